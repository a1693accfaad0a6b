"""The run folder: what is written can be read, whatever happened in between."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from e2e_linker.errors import InternalError, StoreError
from e2e_linker.evidence.manifest import distinct, document
from e2e_linker.evidence.redact import SecretRegistry
from e2e_linker.evidence.store import RunStore, new_run_id, open_run

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(64))
CODE = "SplxlOBeZQQYbYS6WxSbIA"


def create(root: Path, name: str = "run-1", registry: SecretRegistry | None = None) -> RunStore:
    return RunStore.create(root / "reports", name, registry or SecretRegistry())


@pytest.fixture
def saved(tmp_path: Path, build: Any) -> Path:
    """A complete run of two cases, one of them in two attempts."""
    with create(tmp_path) as store:
        store.add_picture("phone", PNG, "after login.png")
        for project, attempt in (("phone", 1), ("phone", 2), ("Desktop Chrome", 1)):
            store.write_case(build.case(attempt=attempt, facts={"id": project}))
        store.write_text("report.json", "{}\n")
        store.write_run(build.run())
    return store.path


def test_what_is_written_is_read_back_equal(saved: Path, build: Any) -> None:
    run = open_run(saved)
    assert not run.interrupted
    assert run.changed == ()
    assert run.run == build.run()
    assert [(case.case.id, case.attempt) for case in run.cases] == [("Desktop Chrome", 1), ("phone", 1), ("phone", 2)]
    assert run.cases[1] == build.case(facts={"id": "phone"})


def test_the_folder_is_laid_out_as_promised(saved: Path) -> None:
    files = {str(file.relative_to(saved).as_posix()) for file in saved.rglob("*") if file.is_file()}
    assert files == {
        "manifest.json",
        "report.json",
        "evidence/run.json",
        "evidence/desktop-chrome.json",
        "evidence/phone.json",
        "evidence/phone.attempt-2.json",
        "network/desktop-chrome.har",
        "network/phone.har",
        "network/phone.attempt-2.har",
        "screens/phone/after-login.png",
    }
    manifest = json.loads((saved / "manifest.json").read_text("utf-8"))
    assert manifest["state"] == "complete"
    assert set(manifest["files"]) == files - {"manifest.json"}
    for name, digest in manifest["files"].items():
        data = (saved / name).read_bytes()
        assert hashlib.sha256(data).hexdigest() == digest
        assert name.endswith(".png") or data.endswith(b"\n")


def test_the_same_evidence_makes_the_same_bytes(saved: Path, tmp_path: Path, build: Any) -> None:
    with create(tmp_path, "run-2") as store:
        store.write_case(build.case(facts={"id": "phone"}))
        store.write_run(build.run())
    for name in ("evidence/phone.json", "network/phone.har", "evidence/run.json"):
        assert (store.path / name).read_bytes() == (saved / name).read_bytes()


def test_a_run_id_sorts_by_time() -> None:
    moment = datetime(2026, 11, 21, 12, 30, tzinfo=timezone(timedelta(hours=2)))
    assert new_run_id(moment).startswith("20261121T103000Z-")
    assert new_run_id(moment) != new_run_id(moment) or new_run_id(moment) != new_run_id(moment)
    assert len(new_run_id()) == len("20261121T103000Z-3f9c")


def test_a_run_is_found_by_folder_link_and_file(saved: Path) -> None:
    latest = saved.parent / "latest"
    assert latest.is_symlink()
    for path in (saved, latest, saved / "report.json", saved / "manifest.json", latest / "report.json"):
        assert open_run(path).path == saved.resolve()


def test_a_run_is_found_by_its_bare_name_among_the_reports(
    tmp_path: Path, build: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(StoreError, match="there is no such run") as nothing:
        open_run(Path("latest"))
    assert nothing.value.hint == "name a folder below reports/"
    with create(tmp_path, "run-1") as store:
        store.write_run(build.run(run_id="run-1"))
    assert {open_run(Path(name)).path for name in ("latest", "run-1", "reports/run-1")} == {store.path.resolve()}
    with pytest.raises(StoreError, match="there is no such run") as other:
        open_run(Path("run-2"))
    assert other.value.hint == f"name a run in reports, such as {Path('reports/latest')}"
    with RunStore.create(tmp_path, "run-1", SecretRegistry()) as nearer:
        nearer.write_run(build.run(run_id="run-1"))
    assert open_run(Path("run-1")).path == nearer.path.resolve()
    with pytest.raises(StoreError, match="there is no such run"):
        open_run(Path("elsewhere/run-1"))


def test_latest_moves_on_and_may_be_a_text_file(
    saved: Path, tmp_path: Path, build: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, "no symbolic links here")

    latest = saved.parent / "latest"
    with monkeypatch.context() as patched:
        patched.setattr(Path, "symlink_to", refused)
        with create(tmp_path, "run-2") as store:
            store.write_run(build.run(run_id="run-2"))
    assert not latest.is_symlink()
    assert latest.read_text() == "run-2\n"
    assert open_run(latest).run.run_id == "run-2"
    create(tmp_path, "run-3")
    assert latest.is_symlink()
    assert latest.resolve().name == "run-3"
    assert sorted(file.name for file in saved.parent.iterdir()) == ["latest", "run-1", "run-2", "run-3"]


def test_names_are_safe_and_never_shared(tmp_path: Path, build: Any) -> None:
    ids = [
        "Phone 1",
        "phone-1",
        "phone_1",
        "run",
        "con",
        "../../etc/passwd",
        "電話",
        "x" * 400,
        "x" * 401,
        "a.attempt-2",
    ]
    with create(tmp_path) as store:
        for name in ids:
            store.write_case(build.case(facts={"id": name}))
            store.add_picture(name, PNG, "../up")
        store.write_run(build.run())
    run = open_run(store.path)
    assert sorted(case.case.id for case in run.cases) == sorted(ids)
    assert len(list((store.path / "screens").iterdir())) == len(ids)
    assert {file.name for file in tmp_path.iterdir()} == {"reports"}
    assert not (store.path / "evidence/con.json").exists()


def test_pictures_of_the_same_name_are_all_kept(tmp_path: Path) -> None:
    store = create(tmp_path)
    names = [store.add_picture("phone", PNG + bytes([n]), "login") for n in range(3)]
    names.append(store.add_picture("phone", b"\xff\xd8\xff" + PNG, "login.jpg"))
    assert names == [f"screens/phone/login{end}" for end in (".png", "-2.png", "-3.png", ".jpg")]
    assert (store.path / names[1]).read_bytes() == PNG + b"\x01"


def test_cases_may_be_written_at_the_same_time(tmp_path: Path, build: Any) -> None:
    cases = [build.case(facts={"id": f"case {n:02}"}) for n in range(24)]
    with create(tmp_path) as store, ThreadPoolExecutor(8) as pool:
        list(pool.map(store.write_case, cases))
        paths = list(pool.map(lambda n: store.add_picture("same", PNG, "same"), range(24)))
        store.write_run(build.run())
    run = open_run(store.path)
    assert run.cases == tuple(cases)
    assert len(set(paths)) == 24
    assert run.changed == ()


@pytest.mark.parametrize("spoil", ["case", "run", "text"])
def test_a_secret_that_became_one_late_is_hidden_in_the_file(tmp_path: Path, build: Any, spoil: str) -> None:
    """A cookie of the second login may hold what the first one's page showed: the run goes on."""
    registry = SecretRegistry()
    registry.register(CODE, "code")
    store = create(tmp_path, registry=registry)
    write: dict[str, Callable[[], object]] = {
        "case": lambda: store.write_case(build.case(build.walk([build.get(f"https://a.example/?c={CODE}")]))),
        "run": lambda: store.write_run(build.run(options={"x": [CODE.replace("S", "\\u0053")]})),
        "text": lambda: store.write_text("report.html", f"<p>&#83;{CODE[1:]}"),
    }
    write[spoil]()
    if spoil != "run":
        store.write_run(build.run())
    files = [file for file in store.path.rglob("*") if file.is_file()]
    assert not [file.name for file in files if registry.find(file.read_bytes())]
    assert any(b"code#1" in file.read_bytes() or b"code%231" in file.read_bytes() for file in files)
    assert open_run(store.path).changed == ()


def test_a_secret_in_one_line_of_a_large_document_is_hidden(tmp_path: Path, build: Any) -> None:
    registry = SecretRegistry()
    registry.register(CODE, "code")
    steps = [build.get(f"https://a.example/{n}?c={CODE if n == 777 else n}") for n in range(1_200)]
    store = create(tmp_path, registry=registry)
    store.write_case(build.case(build.walk(steps)))
    (file,) = (store.path / "evidence").iterdir()
    data = file.read_bytes()
    assert len(data) > 1_000_000
    assert registry.find(data) is None
    assert data.count(b"code%231") == 1
    assert len(distinct(data)) < data.count(b"\n") / 2


texts = st.text(max_size=12) | st.sampled_from(
    ['": ', ": ", ": a", '\\": ', 'a": "b', "\\", '"', ",", " x ,", "\xff", "\n", '": ": ']
)
documents = st.recursive(
    texts | st.integers() | st.none(), lambda inner: st.lists(inner) | st.dictionaries(texts, inner), max_leaves=20
)


@given(documents)
def test_every_text_of_a_document_stands_whole_in_what_is_searched(content: Any) -> None:
    def of(value: Any) -> Iterator[str]:
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            for name, member in value.items():
                yield name
                yield from of(member)
        elif isinstance(value, list):
            for item in value:
                yield from of(item)

    searched = distinct(document(content))
    for text in of(content):
        written = document(text).strip()[1:-1]
        assert any(written in one for one in searched), written


def test_what_is_listed_together_is_listed_also_where_it_breaks_off(tmp_path: Path, build: Any) -> None:
    store = create(tmp_path)
    listed = store.path / "manifest.json"
    before = listed.read_bytes()

    def break_off() -> None:
        with store.listed_together():
            store.write_run(build.run())
            store.write_text("summary.md", "fine")
            assert listed.read_bytes() == before
            raise RuntimeError("half way")

    with pytest.raises(RuntimeError, match="half way"):
        break_off()
    assert json.loads(listed.read_bytes())["files"].keys() == {"evidence/run.json", "summary.md"}
    assert json.loads(listed.read_bytes())["state"] == "interrupted"
    store.write_text("report.json", "{}")
    assert "report.json" in json.loads(listed.read_bytes())["files"]


def test_a_picture_that_holds_a_secret_is_never_written(tmp_path: Path) -> None:
    registry = SecretRegistry()
    registry.register(CODE, "code")
    store = create(tmp_path, registry=registry)
    with pytest.raises(InternalError) as caught:
        store.add_picture("phone", PNG + f"tEXt{CODE}".encode(), "login")
    assert "<code#1>" in str(caught.value)
    assert CODE not in str(caught.value)
    assert not list(store.path.rglob("*.png"))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL")
def test_a_run_killed_at_any_moment_can_be_read(tmp_path: Path, build: Any) -> None:
    (tmp_path / "run.in").write_text(build.run().model_dump_json())
    (tmp_path / "case.in").write_text(build.case().model_dump_json())
    script = Path(__file__).with_name("killed_writer.py")
    subprocess.run([sys.executable, str(script), str(tmp_path)], check=True, timeout=200)
    folders = sorted(path for path in (tmp_path / "reports").iterdir() if path.name.startswith("run-"))
    assert len(folders) > 20
    runs = [open_run(folder) for folder in folders]
    assert [run.interrupted for run in runs] == [True] * (len(runs) - 1) + [False]
    assert [run.run.interrupted for run in runs] == [True] * (len(runs) - 1) + [False]
    counts = [len(run.cases) for run in runs]
    assert counts == sorted(counts)
    assert set(counts) == {0, 1, 2}
    assert all(run.changed == () for run in runs)


def test_a_run_killed_before_its_own_evidence_is_pieced_together(tmp_path: Path, build: Any) -> None:
    store = create(tmp_path)
    with pytest.raises(StoreError, match="before its first case ended"):
        open_run(store.path)
    store.write_case(build.case())
    run = open_run(store.path)
    assert run.interrupted
    assert run.run.interrupted
    assert run.run.run_id == "run-1"
    assert run.run.skill == build.case().skill
    assert len(run.cases) == 1


def test_a_run_left_by_an_exception_is_interrupted(tmp_path: Path, build: Any) -> None:
    store = create(tmp_path)
    store.write_run(build.run())
    with pytest.raises(KeyboardInterrupt), store:
        raise KeyboardInterrupt
    assert open_run(tmp_path / "reports/latest").interrupted


def test_reports_of_a_saved_run_can_be_written_anew(saved: Path) -> None:
    with RunStore.reopen(saved) as store:
        store.write_text("report.json", '{"new": true}\n')
    run = open_run(saved)
    assert not run.interrupted
    assert run.changed == ()
    assert (saved / "report.json").read_text() == '{"new": true}\n'


def test_only_plain_names_are_reports(tmp_path: Path) -> None:
    store = create(tmp_path)
    for name in ("../x.html", "a/b", "manifest.json"):
        with pytest.raises(InternalError):
            store.write_text(name, "x")


def damage(saved: Path, name: str, data: bytes | None) -> None:
    if data is None:
        (saved / name).unlink()
    else:
        (saved / name).write_bytes(data)


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("evidence/phone.json", b"{}", "hash differs"),
        ("evidence/run.json", b"{}", "hash differs"),
        ("evidence/phone.json", None, "missing"),
        ("evidence/extra.json", b"{}", "after the run"),
        ("manifest.json", b'{"schema_version": 1', "not JSON"),
        ("manifest.json", b"\xff\xfe", "not JSON"),
        ("manifest.json", b"[" * 100_000, "not JSON"),
        ("manifest.json", b"[]", "the document"),
        ("manifest.json", b'{"schema_version": 2, "anything": 1}', "newer version"),
        ("manifest.json", b'{"schema_version": 1, "run_id": "x", "state": "odd"}', "state"),
        ("manifest.json", None, "no manifest.json"),
    ],
)
def test_damage_is_named_with_its_file(saved: Path, name: str, data: bytes | None, reason: str) -> None:
    damage(saved, name, data)
    with pytest.raises(StoreError) as caught:
        open_run(saved)
    assert reason in str(caught.value)
    assert (name if data is not None or name != "manifest.json" else "run-1") in str(caught.value)


def relist(saved: Path, name: str, listed: str | None = None) -> None:
    manifest = json.loads((saved / "manifest.json").read_text())
    manifest["files"][listed or name] = hashlib.sha256((saved / name).read_bytes()).hexdigest()
    (saved / "manifest.json").write_text(json.dumps(manifest))


@pytest.mark.parametrize(
    ("change", "reason"),
    [({"schema_version": 7}, "newer version"), ({"attempt": "many"}, "attempt"), ({"surprise": 1}, "surprise")],
)
def test_evidence_that_does_not_fit_is_named(saved: Path, change: dict[str, Any], reason: str) -> None:
    path = saved / "evidence/phone.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    relist(saved, "evidence/phone.json")
    with pytest.raises(StoreError) as caught:
        open_run(saved)
    assert reason in str(caught.value)
    assert "phone.json" in str(caught.value)


@pytest.mark.parametrize("told", ["never", "", None, 3, ["breaks"]])
def test_a_severity_that_is_none_is_named(saved: Path, told: object) -> None:
    path = saved / "evidence/run.json"
    saved_run = json.loads(path.read_text())
    saved_run["options"]["fail_on"] = told
    path.write_text(json.dumps(saved_run))
    relist(saved, "evidence/run.json")
    with pytest.raises(StoreError, match="none of breaks, degrades, recommended"):
        open_run(saved)


def test_a_manifest_cannot_lead_out_of_the_folder(saved: Path) -> None:
    relist(saved, "report.json", "../../outside.txt")
    with pytest.raises(StoreError, match="outside the run folder"):
        open_run(saved)


def test_changes_beside_the_evidence_are_told_but_do_not_stop(saved: Path) -> None:
    damage(saved, "report.json", b"edited")
    damage(saved, "screens/phone/after-login.png", None)
    assert open_run(saved).changed == (
        "report.json is not as the run wrote it",
        "screens/phone/after-login.png is missing or cannot be read",
    )


def test_what_is_no_run_is_said(tmp_path: Path) -> None:
    (tmp_path / "latest").symlink_to("gone")
    wrong = (("nothing", "no such run"), ("latest", "is gone"), ("", "no run folder"), ("x" * 300, "too long"))
    for path, reason in wrong:
        with pytest.raises(StoreError, match=reason):
            open_run(tmp_path / path)


@pytest.mark.parametrize("named", ["", "one-that-is-gone"])
def test_a_folder_of_runs_is_told_by_its_own_name(saved: Path, named: str) -> None:
    runs = saved.parent
    with pytest.raises(StoreError) as refused:
        open_run(runs / named)
    assert refused.value.hint == f"name a run in {runs}, such as {runs / 'latest'}"
    (runs / "latest").unlink()
    with pytest.raises(StoreError, match="no") as refused:
        open_run(runs / named)
    assert refused.value.hint == "name a folder below reports/"


def test_a_folder_that_cannot_be_made_is_known_at_once(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    (tmp_path / "reports/latest").mkdir(parents=True)
    create(tmp_path / "other")
    for root, name, reason in (
        (tmp_path / "file", "run-1", "Not a directory|File exists"),
        (tmp_path / "reports", "run-1", "in the way"),
        (tmp_path / "other/reports", "run-1", "File exists"),
        (tmp_path / ("d" * 300), "run-1", "too long"),
        (Path(str(tmp_path) + "/deep" * ((3950 - len(str(tmp_path))) // 5)), "run-1", "too long"),
    ):
        with pytest.raises(StoreError, match=reason) as caught:
            RunStore.create(root, name, SecretRegistry())
        assert caught.value.hint
    assert not (tmp_path / "reports/run-1").exists()


def test_where_no_folder_can_be_made_no_run_has_lost_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(path: Path, *_: Any, **__: Any) -> None:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))

    monkeypatch.setattr(Path, "mkdir", refused)
    with pytest.raises(StoreError, match="cannot make this") as caught:
        RunStore.create(tmp_path / "proc", "run-1", SecretRegistry())
    assert caught.value.hint == "no folder can be made there: choose another one with --output"


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES, errno.EROFS])
def test_a_disk_that_refuses_is_named(tmp_path: Path, build: Any, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    store = create(tmp_path)
    store.write_run(build.run())
    opened = Path.open

    def refused(self: Path, mode: str = "r", **more: Any) -> Any:
        if "x" in mode:
            raise OSError(number, os.strerror(number), str(self))
        return opened(self, mode, **more)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "open", refused)
        with pytest.raises(StoreError) as caught:
            store.write_case(build.case())
        with pytest.raises(StoreError):
            create(tmp_path, "run-2")
    assert os.strerror(number) in str(caught.value)
    assert caught.value.hint
    assert not (tmp_path / "reports/run-2").exists()
    assert open_run(store.path).run.run_id == "run-1"
    store.write_case(build.case())
    assert len(open_run(store.path).cases) == 1
