"""pytest-playwright's options and fixtures, as they reach the device that links."""

from __future__ import annotations

import json
import re

import pytest

from e2e_linker.browser.engines import find_engine

pytestmark = pytest.mark.browser

FIXTURES = """
import pytest

@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    own = {"locale": "de-DE", "timezone_id": "Asia/Tokyo", "viewport": {"width": 500, "height": 700}}
    own |= {"user_agent": "Mozilla/5.0 mine", "color_scheme": "dark", "extra_http_headers": {"X-Mine": "1"}}
    return {**browser_context_args, **own}

@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    own = {"args": ["--force-dark-mode"], "env": {"A": "1"}, "executable_path": EXECUTABLE}
    return {**browser_type_launch_args, **own}
"""
TEST = """
import pytest

# First, because no async test can run once pytest-playwright has started its blocking driver.
async def test_async(link_account):
    assert (await link_account.aio(device="Pixel 7")).evidence.case.locale == "en-US"

def test_fixtures(link_account):
    case = link_account().evidence.case
    assert (case.locale, case.viewport_width, case.viewport_height) == ("de-DE", 500, 700)
    assert case.user_agent == "Mozilla/5.0 mine"

def test_own_device(link_account):
    case = link_account(device="Pixel 7").evidence.case
    assert (case.locale, case.viewport_width, case.device) == ("de-DE", 412, "Pixel 7")
    assert "Pixel 7" in case.user_agent

@pytest.mark.browser_context_args(locale="fr-FR")
def test_marker(link_account):
    assert link_account().evidence.case.locale == "fr-FR"
"""


@pytest.fixture
def noted_start(suite):
    """A browser that writes down what it is started with, one line a time."""
    log, browser = suite.pytester.path / "started", suite.pytester.path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$@" >> "{log}"\nexec "{find_engine("chromium").executable}" "$@"\n')
    browser.chmod(0o755)
    return browser, log


def test_fixtures_of_pytest_playwright_reach_the_device(suite, noted_start):
    browser, started = noted_start
    suite.pytester.makeconftest(FIXTURES.replace("EXECUTABLE", repr(str(browser))))
    suite.write(test_it=TEST)
    result = suite.run("--device", "Pixel 5")
    result.assert_outcomes(passed=4, warnings=result.parseoutcomes()["warnings"])
    said = suite.said(result)
    assert "LinkerWarning: link_account does not honour 'extra_http_headers'" in said
    assert "LinkerWarning: browser_context_args needs pytest-playwright's blocking driver" in said
    assert set(re.findall(r"does not honour '(\w+)'", said)) == {"extra_http_headers", "env"}
    assert all("--force-dark-mode" in line for line in started.read_text().splitlines())


OPTIONS = """
def test_it(link_account):
    case = link_account().evidence.case
    assert case.device == "Pixel 5"
    print("ENGINE", case.asked_engines, case.engine)
"""


def test_engines_and_device_are_taken_from_the_options(suite):
    suite.write(test_it=OPTIONS)
    result = suite.run("-rP", "--device", "Pixel 5", "--browser", "chromium", "--browser", "firefox")
    result.assert_outcomes(passed=2)
    assert [case.asked_engines for case in suite.report.cases] == [("chromium",), ("firefox",)]
    assert [case.id.rpartition("-")[0] for case in suite.report.cases] == [
        "test-it-test-it-chromium",
        "test-it-test-it-firefox",
    ]


CAUGHT = """
from e2e_linker.errors import UsageError

def pytest_collection_finish(session):
    from e2e_linker.pytest_plugin import file_run, linking
    file_run.run_linking = linking.link_case = note

async def note(loaded, options, *more, **others):
    for project in loaded.config.projects:
        use = project.use.under(loaded.config.use)
        print("USE", use.device, use.browser_name, use.channel, use.headless, use.launch_options.slow_mo)
    raise UsageError("noted")
"""


def test_every_option_reaches_both_kinds_of_test(suite):
    suite.pytester.makeconftest(CAUGHT)
    suite.write(test_it="def test_it(link_account):\n    link_account()\n")
    options = ("--device", "Pixel 5", "--browser-channel", "msedge", "--headed", "--slowmo", "250")
    result = suite.run("playwright.config.json", "test_it.py", "-k", "linked or test_it", "-rA", *options)
    used = [line for line in result.outlines if line.startswith("USE ")]
    assert used == ["USE Pixel 5 ('chromium',) msedge False 250"] * 2


def test_actions_are_slowed_down(suite):
    suite.write(test_it="def test_it(link_account):\n    assert link_account(device='Pixel 7').linked\n")
    suite.run("--slowmo", "700").assert_outcomes(passed=1)
    (case,) = suite.report.cases
    # Two fields and two buttons, and nothing waits for anything else.
    assert case.duration_s > 4 * 0.7


def test_an_engine_that_is_missing_is_told_and_a_channel_and_a_screen_are_asked_for(suite, monkeypatch):
    monkeypatch.delenv("DISPLAY", raising=False)
    suite.write(test_it="def test_it(link_account):\n    link_account(device='Pixel 7').assert_no_findings()\n")
    channel = suite.run("--browser-channel", "msedge-canary")
    channel.assert_outcomes(failed=1)
    assert "msedge-canary" in suite.said(channel)
    headed = suite.run("--headed", "--linker-report", "elsewhere")
    headed.assert_outcomes(failed=1)
    # A machine with headless browsers alone has nothing to show, another no display to show it on.
    assert "display" in suite.said(headed) or "without windows to show" in suite.said(headed)
    assert list(suite.pytester.path.glob("elsewhere/*/report.html"))


def test_another_skill_and_another_configuration(suite):
    path = suite.pytester.path
    skill = json.loads((path / "skill.json").read_text())
    text = json.dumps(skill).replace("profile", "another-scope")
    assert text != json.dumps(skill)
    (path / "other.json").write_text(text)
    (path / "playwright.config.json").rename(path / "staging.config.json")
    code = "def test_it(link_account):\n    print('SCOPES', link_account(device='Pixel 7').report.skill.scopes)\n"
    suite.write(test_it=code)
    given = ("--linker-config", "staging.config.json", "--linker-skill", "other.json")
    result = suite.run("-rP", *given)
    assert "another-scope" in suite.said(result).partition("SCOPES")[2].splitlines()[0]
    assert suite.report.options["again"] == {"test-it-test-it-na": ["pytest", "test_it.py::test_it", *given]}
    missing = suite.run()
    missing.assert_outcomes(failed=1)
    assert "playwright.config.json" in missing.stdout.str()
    assert "--linker-config FILE names another" in missing.stdout.str()
