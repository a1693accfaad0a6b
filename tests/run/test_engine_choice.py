"""Which browser a case runs on, and what somebody is told who has none that will do."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from e2e_linker.browser.engines import Engine, find_engine
from e2e_linker.config.projects import LaunchOptions, Use
from e2e_linker.errors import EngineMissing
from e2e_linker.run import engine_choice
from e2e_linker.run.engine_choice import choose_engine, launch_arguments

SHELL = Engine("chromium", "headless-shell", "/opt/shell", None, None, headed_capable=False)
FIREFOX = Engine("firefox", "playwright", "/opt/firefox", None, None, headed_capable=True)


@pytest.fixture
def here(monkeypatch):
    """``here(engine, …)``: a machine with these browsers and no other."""

    def machine(*engines):
        def find(name, *, configured=None, channel=None, headed=False):
            if configured:
                return find_engine(name, configured=configured, headed=headed)
            if channel not in (None, "chromium-headless-shell"):
                return find_engine(name, channel=channel, environ={}, which=lambda _: None, platform="none")
            found = (engine for engine in engines if engine.name == name and (engine.headed_capable or not headed))
            return next(found, None)

        monkeypatch.setattr(engine_choice, "find_engine", find)

    return machine


def missing(use):
    engine, _ = choose_engine(use, {})
    assert isinstance(engine, EngineMissing)
    return engine


def test_the_first_that_is_here_is_taken(here):
    here(SHELL, FIREFOX)
    use = Use(browser_name=("webkit", "firefox", "chromium"))
    assert choose_engine(use, {}) == (FIREFOX, ("webkit", "firefox", "chromium"))
    assert choose_engine(Use(device="iPhone 13"), {"iPhone 13": {"default_browser_type": "firefox"}})[0] is FIREFOX


def test_one_alone_is_taken_without_forgetting_those_asked_for(here):
    here(SHELL, FIREFOX)
    use = Use(browser_name=("webkit", "firefox", "chromium"))
    assert choose_engine(use, {}, only="chromium") == (SHELL, ("webkit", "firefox", "chromium"))
    engine, _ = choose_engine(Use(browser_name="firefox"), {}, only="webkit")
    assert str(engine) == "engine not installed: webkit\n  try: e2e-linker install webkit"


def test_where_none_is_here_the_first_is_to_be_installed(here):
    here()
    found = missing(Use(browser_name=("webkit", "chromium")))
    assert found.message == "engine not installed: webkit and chromium"
    assert found.hint == "e2e-linker install webkit"
    assert missing(Use(headless=False)).hint == "e2e-linker install chromium --headed"
    assert missing(Use(browser_name="firefox", headless=False)).hint == "e2e-linker install firefox"


def test_a_headless_browser_alone_is_not_said_to_be_missing(here):
    here(SHELL)
    for use in (Use(headless=False), Use(headless=False, browser_name=("webkit", "chromium"))):
        found = missing(use)
        assert found.message == "chromium is here only without windows to show: /opt/shell"
        assert "leave out --headed (or use.headless: false)" in found.hint
        assert "e2e-linker install chromium --headed" in found.hint
    assert choose_engine(Use(), {})[0] is SHELL


def test_a_channel_without_windows_is_not_to_be_installed_again(here):
    here(SHELL)
    found = missing(Use(headless=False, channel="chromium-headless-shell"))
    assert "name another browser in use.channel" in found.hint
    assert "install" not in found.hint


def test_what_the_configuration_names_wrongly_is_not_to_be_installed(here, tmp_path):
    here(SHELL)
    gone = str(tmp_path / "gone")
    path = missing(Use(launch_options=LaunchOptions(executable_path=gone)))
    assert path.message == f"use.launchOptions.executablePath: there is no chromium to run at {gone}"
    assert path.hint == "correct the path, or leave it out"
    channel = missing(Use(channel="chorme"))
    assert channel.message == "use.channel: 'chorme' is no channel of chromium"
    assert channel.hint.startswith("one of chromium, ")
    absent = missing(Use(browser_name=("chromium", "webkit"), channel="msedge"))
    assert absent.message == "engine not installed: use.channel asks for msedge, which is not here"
    assert "e2e-linker install" not in absent.hint


@pytest.mark.parametrize(
    ("use", "mouse"),
    [
        (Use(), True),
        (Use(device="Desktop Firefox"), True),
        (Use(device="Desktop Firefox", has_touch=True), False),
        (Use(device="Pixel 7"), False),
        (Use(is_mobile=True), False),
    ],
)
def test_only_desktops_are_started_with_a_mouse(use, mouse):
    loaded = SimpleNamespace(config=SimpleNamespace(linker=SimpleNamespace(trust=())))
    assert launch_arguments(use, loaded)["mouse"] is mouse
