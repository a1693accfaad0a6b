"""What is said of the machine."""

from __future__ import annotations

import json

import pytest

from e2e_linker.browser.engines import Engine
from e2e_linker.cli.install import install
from e2e_linker.errors import EngineMissing, UsageError
from e2e_linker.run import machine
from e2e_linker.run.machine import _engine_lines, examine, install_engines

ENGINES = ["chromium", "firefox", "webkit"]


def engine(name, *, headed=False):
    return Engine(name, "system", f"/opt/{name}", None, None, headed_capable=True)


def nothing(name, *, headed):
    return None


def test_doctor_as_json(program):
    said = program("doctor", "--json", HTTPS_PROXY="http://me:hunter2@proxy.example:8080")
    found = json.loads(said.out)
    assert [row["name"] for row in found["engines"]] == ENGINES
    assert said.code == (0 if any(row["found"] for row in found["engines"]) else 3)
    assert all(row["found"] is (row["executable"] is not None) and row["looked"] for row in found["engines"])
    assert "HTTPS_PROXY" in found["proxies"]
    assert "hunter2" not in said.out
    assert found["folder_writable"] is True


async def test_without_any_browser_it_says_where_it_looked(tmp_path):
    found = await examine(environ={"PATH": str(tmp_path), "PLAYWRIGHT_BROWSERS_PATH": str(tmp_path)}, folder=tmp_path)
    lines = "\n".join(found.lines())
    webkit = found.engines[2]
    assert (webkit.found, webkit.executable) == (False, None)
    assert "e2e-linker install webkit" in lines
    assert str(tmp_path) in lines


async def test_a_folder_that_is_not_there_cannot_be_written(tmp_path):
    found = await examine(environ={}, folder=tmp_path / "missing")
    assert found.folder_writable is False
    assert "cannot be written" in found.lines()[-1]


async def test_an_engine_that_is_there_is_not_fetched():
    async def install(name, **_):
        raise AssertionError(name)

    assert await install_engines(["Chromium", "firefox"], print, find=engine, install=install) == [
        "chromium is already here: /opt/chromium",
        "firefox is already here: /opt/firefox",
    ]


async def test_an_engine_that_is_too_old_is_fetched_anew():
    told = []

    async def install(name, **_):
        return engine(f"new {name}")

    def outdated(found):
        return "Firefox 140 is too old" if found.name == "firefox" else None

    lines = await install_engines(["chromium", "firefox"], told.append, find=engine, install=install, outdated=outdated)
    assert lines == ["chromium is already here: /opt/chromium", "firefox is installed: /opt/new firefox"]
    assert told == ["firefox: Firefox 140 is too old"]


async def test_a_headless_browser_is_not_enough_where_windows_are_wanted():
    asked = []

    def find(name, *, headed):
        return None if headed else engine(name)

    async def install(name, *, headed, on_progress):
        asked.append((name, headed))
        return engine("full")

    assert await install_engines(["chromium"], print, headed=True, find=find, install=install) == [
        "chromium is installed: /opt/full"
    ]
    assert asked == [("chromium", True)]
    assert await install_engines(["chromium"], print, find=find, install=install) == [
        "chromium is already here: /opt/chromium"
    ]


def test_the_verb_asks_for_windows(monkeypatch):
    asked = []

    async def install_engines(names, say, *, headed):
        asked.append((names, headed))
        return []

    monkeypatch.setattr(machine, "install_engines", install_engines)
    install(["chromium"], headed=True)
    assert asked == [(("chromium",), True)]


async def test_a_browser_without_windows_is_told_with_what_to_fetch(tmp_path):
    shell = tmp_path / "chromium-headless-shell"
    shell.touch(mode=0o755)
    environ = {"PATH": str(tmp_path), "PLAYWRIGHT_BROWSERS_PATH": str(tmp_path), "HOME": str(tmp_path)}
    found = (await examine(environ=environ, folder=tmp_path)).engines[0]
    lines = "\n".join(_engine_lines(found.model_copy(update={"windows": False})))
    assert f"{shell}, cannot open windows (--headed)" in lines
    assert "`e2e-linker install chromium --headed` fetches one that can" in lines
    assert "--headed" not in "\n".join(_engine_lines(found.model_copy(update={"windows": True})))


async def test_one_engine_that_cannot_be_fetched_does_not_keep_the_others_away():
    told = []

    async def install(name, *, headed, on_progress):
        on_progress(f"fetching {name}")
        if name == "firefox":
            return engine(name)
        raise EngineMissing(f"no {name}", hint=f"find {name}")

    with pytest.raises(EngineMissing, match="no chromium\nno webkit") as caught:
        await install_engines(["chromium", "firefox", "webkit"], told.append, find=nothing, install=install)
    assert caught.value.hint == "find chromium; find webkit"
    assert told[-1] == "firefox is installed: /opt/firefox"


@pytest.mark.parametrize(("name", "near"), [("chrome", "chromium"), ("Safari", "webkit"), ("fierfox", "firefox")])
async def test_an_unknown_engine_is_refused_with_the_nearest(name, near):
    with pytest.raises(UsageError) as caught:
        await install_engines(["firefox", name], print, find=engine)
    assert f"did you mean {near}?" in str(caught.value)
