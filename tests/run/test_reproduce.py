"""A case of a saved run, run again: exactly that one, as far as it came, with everything there is to look at."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace

import pytest

from e2e_linker.browser.engines import Engine, find_engine
from e2e_linker.config.load import load_config
from e2e_linker.config.overrides import Overrides
from e2e_linker.errors import LinkerError
from e2e_linker.evidence.redact import SecretRegistry
from e2e_linker.evidence.store import RunStore, open_run
from e2e_linker.model import Depth
from e2e_linker.report.texts import reproduce_command
from e2e_linker.run import engine_choice
from e2e_linker.run.engine import run_linking
from e2e_linker.run.events import Event, Notice
from e2e_linker.run.options import RunOptions
from e2e_linker.run.reproduce import Reproduced, Wanted, _resolved, has_screen, reproduce

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

STEPS = [
    {"fill": "input[name=username]", "with": "username"},
    {"fill": "input[name=password]", "with": "password"},
    {"click": "#not-there"},
]


def wanted(bench, linked, case="phone-na", **more) -> Wanted:
    return Wanted(run=linked.folder.name, case=case, config=bench.folder / "playwright.config.json", **more)


async def again(wanted: Wanted) -> tuple[Reproduced, list[str]]:
    events: list[Event] = []
    done = await reproduce(wanted, events.append)
    return done, [event.text for event in events if isinstance(event, Notice)]


async def refused(wanted: Wanted) -> str:
    with pytest.raises(LinkerError) as caught:
        await again(wanted)
    return str(caught.value)


async def test_a_failed_case_fails_again_and_leaves_a_trace_and_pictures(bench, phone) -> None:
    bench.projects = {"Other": phone, "Phone": phone}
    linked = await bench.link(linker={"login": STEPS, "regions": ["NA", "EU"]})
    assert linked.case("Phone").ending.kind == "login_not_found"
    done, notices = await again(wanted(bench, linked, "phone-eu"))
    assert [case.id for case in done.report.cases] == ["phone-eu"]
    assert done.report.cases[0].ending.kind == "login_not_found"
    assert done.folder != linked.folder
    assert done.folder.parent == linked.folder.parent
    assert (done.folder.parent / "latest").resolve() == linked.folder.resolve()
    (case,) = open_run(done.folder).cases
    assert [walk.purpose for walk in case.walks] == ["measured"]
    assert list((done.folder / "screens").rglob("*.*"))
    traces = [path for path in done.recordings if path.name == "phone-eu.trace.zip"]
    assert [path.parent for path in traces] == [done.folder / "recordings"]
    with zipfile.ZipFile(traces[0]) as trace:
        told = b"".join(trace.read(name) for name in trace.namelist())
    assert bench.range.users[0].password.encode() not in told
    assert not [text for text in notices if "then," in text or "differently" in text]


async def test_a_case_that_links_now_stops_where_it_failed(bench, phone) -> None:
    linked = await bench.link(linker={"login": STEPS})
    config = json.loads((bench.folder / "playwright.config.json").read_text("utf-8"))
    config["linker"] |= {"login": "auto", "skillKind": "smart_home"}
    (bench.folder / "playwright.config.json").write_text(json.dumps(config), "utf-8")
    done, notices = await again(wanted(bench, linked))
    (case,) = open_run(done.folder).cases
    assert case.walks[0].ending.kind == "stopped"
    assert "after step 3" in case.walks[0].ending.message
    assert any("ended differently" in text for text in notices)
    assert any("skill is not as it was: skill kind" in text for text in notices)
    done, _ = await again(wanted(bench, linked, until="end"))
    assert done.report.cases[0].linked


async def test_until_names_a_step_a_number_or_the_end(bench) -> None:
    linked = await bench.link()
    assert linked.report.cases[0].linked
    done, _ = await again(wanted(bench, linked, until="password"))
    (case,) = open_run(done.folder).cases
    steps = [step.what for step in case.walks[0].login.value]
    assert case.walks[0].ending.kind == "stopped"
    assert "password" not in steps[:1]
    assert len(steps) <= 2
    said = await refused(wanted(bench, linked, until="pasword"))
    assert "there is no login step 'pasword'" in said
    assert "password" in said.partition("try:")[2]


async def test_the_simulation_is_shown_and_taped_after_the_ordinary_link(bench) -> None:
    bench.arm(faults=["blank-without-script"])
    linked = await bench.link(depth=Depth.STANDARD)
    done, _ = await again(wanted(bench, linked, simulate=True))
    (case,) = open_run(done.folder).cases
    assert [walk.purpose for walk in case.walks] == ["measured", "simulated"]
    assert case.walks[0].ending.kind == "arrived"
    assert case.walks[1].ending.kind == "login_not_found"
    assert "phone-na.trace.zip" in [path.name for path in done.recordings]


async def test_where_the_simulation_would_show_nothing_that_is_said(bench) -> None:
    linked = await bench.link()
    _, notices = await again(wanted(bench, linked, simulate=True))
    assert "no simulation: every host that the login contacted is on the Domain List" in notices


async def test_a_device_of_the_command_line_is_known_again(bench) -> None:
    loaded = load_config(bench.config(), overrides=Overrides(devices=("Pixel 5",)))
    _, folder = await run_linking(loaded, RunOptions(depth=Depth.PASSIVE), lambda event: None, browsers=bench.browsers)
    config = bench.folder / "playwright.config.json"
    done, _ = await again(Wanted(run=str(folder), case="pixel-5-na", config=config))
    assert done.report.cases[0].device == "Pixel 5"
    assert done.report.cases[0].linked


async def test_a_secret_in_the_command_is_hidden_before_it_is_quoted(bench, monkeypatch) -> None:
    monkeypatch.setenv("ANNAS_PASSWORD", "it's a secret")
    monkeypatch.setenv("ANNAS_NAME", "anna@example.com")
    config = bench.config(linker={"account": {"username": "env:ANNAS_NAME", "password": "env:ANNAS_PASSWORD"}})
    options = RunOptions(depth=Depth.PASSIVE, again=("pytest", "t.py::test_it[it's a secret]"))
    report, folder = await run_linking(
        load_config(config, overrides=Overrides()), options, lambda event: None, browsers=bench.browsers
    )
    assert report.options["again"] == {"phone-na": ["pytest", "t.py::test_it[<password#1>]"]}
    assert "a secret]" not in (folder / "report.html").read_text("utf-8")


async def test_hosts_are_found_where_the_run_found_them_or_where_it_is_said(bench) -> None:
    path = bench.config()
    config = json.loads(path.read_text("utf-8"))
    hosts = config["linker"].pop("resolve")
    path.write_text(json.dumps(config), "utf-8")
    given = tuple(f"{host}={address}" for host, address in hosts.items())
    loaded = load_config(path, overrides=Overrides(resolve=given))
    _, folder = await run_linking(loaded, RunOptions(depth=Depth.PASSIVE), lambda event: None, browsers=bench.browsers)
    wanted_again = Wanted(run=str(folder), case="phone-na", config=path)
    done, notices = await again(wanted_again)
    assert done.report.cases[0].linked
    host, address = next(iter(hosts.items()))
    assert f"{host} is asked at {address}, as in that run" in notices
    elsewhere = load_config(path, overrides=Overrides())
    moved, told = _resolved(elsewhere, open_run(folder), (f"{host}=192.0.2.1:81",))
    found = {name: str(at) for name, at in moved.config.linker.resolve.items()}
    assert found == {**hosts, host: "192.0.2.1:81"}
    assert not [text for text in told if text.startswith(f"{host} ")]


async def test_what_is_not_there_is_named_with_what_is(bench) -> None:
    linked = await bench.link()
    assert "did you mean phone-na?" in await refused(wanted(bench, linked, "phone-n"))
    near = replace(wanted(bench, linked), run=linked.folder.name[:-1])
    assert f"did you mean {linked.folder.name}?" in await refused(near)
    missing = await refused(replace(near, run="zzz"))
    assert "there is no run 'zzz'" in missing
    assert f"there are: {linked.folder.name}" in missing
    assert "there are: phone-na" in await refused(wanted(bench, linked, "toaster"))
    bench.projects = {"Phones": bench.projects["Phone"]}
    bench.config()
    said = await refused(wanted(bench, linked))
    assert "has no project 'Phone' any more" in said
    assert "did it become 'Phones'?" in said


async def test_a_capture_cannot_be_run_again(bench, tmp_path) -> None:
    linked = await bench.link()
    saved = linked.saved()
    store = RunStore.create(tmp_path / "captures", "capture", SecretRegistry())
    store.write_case(saved.cases[0].model_copy(update={"source": "har"}))
    store.write_run(saved.run)
    store.finish()
    said = await refused(replace(wanted(bench, linked), run=str(store.path)))
    assert "capture of a real phone" in said
    assert "use.cdpEndpoint" in said


async def test_a_walk_that_ends_short_is_held_until_the_tester_goes_on(bench, running_chromium) -> None:
    bench.projects = {"Phone": {"cdpEndpoint": running_chromium}}
    linked = await bench.link(linker={"login": STEPS})
    held: list[str] = []

    async def ask(text: str) -> None:
        held.append(text)

    await again(wanted(bench, linked, headed=True, ask=ask))
    assert len(held) == 1
    assert held[0].startswith("phone-na: Step 3 of linker.login")


@pytest.mark.parametrize(
    ("environ", "platform", "there"),
    [
        ({}, "linux", False),
        ({"DISPLAY": ":0"}, "linux", True),
        ({"WAYLAND_DISPLAY": "w"}, "linux", True),
        ({}, "darwin", True),
        ({}, "win32", True),
    ],
)
async def test_a_screen_is_known_by_its_name(environ, platform, there) -> None:
    assert has_screen(environ, platform) is there


async def test_the_command_survives_a_shell() -> None:
    assert reproduce_command("20261121T103000Z-3f9c", "phone-na") == (
        "e2e-linker reproduce 20261121T103000Z-3f9c phone-na"
    )
    assert reproduce_command("a b", "x;y") == "e2e-linker reproduce 'a b' 'x;y'"


@pytest.mark.skipif(find_engine("webkit") is not None, reason="nothing stands in for WebKit here")
async def test_a_substitute_stays_marked_and_alone(bench, phone, monkeypatch) -> None:
    bench.projects = {"Phone": {**phone, "browserName": ["webkit", "chromium"]}}
    linked = await bench.link()
    (before,) = linked.report.cases
    config = bench.folder / "playwright.config.json"
    now = json.loads(config.read_text("utf-8"))
    now["projects"][0]["use"]["browserName"] = ["firefox", "webkit", "chromium"]
    config.write_text(json.dumps(now), "utf-8")

    def find(name, **how):
        """A machine on which WebKit was installed since."""
        late = Engine("webkit", "playwright", str(bench.folder / "webkit"), None, None, headed_capable=True)
        return late if name == "webkit" else find_engine(name, **how)

    monkeypatch.setattr(engine_choice, "find_engine", find)
    done, _ = await again(wanted(bench, linked))
    (after,) = open_run(done.folder).cases
    assert (before.engine, after.case.engine) == ("chromium", "chromium")
    assert after.case.asked_engines == ("webkit", "chromium")
    assert after.case.substitute is before.substitute is True
