"""pytest-playwright's options and fixtures, as they reach the device that links."""

from __future__ import annotations

import json
import re

import pytest

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
    return {**browser_type_launch_args, "args": ["--force-dark-mode"], "env": {"A": "1"}}
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


def test_fixtures_of_pytest_playwright_reach_the_device(suite):
    suite.pytester.makeconftest(FIXTURES)
    suite.write(test_it=TEST)
    result = suite.run("--device", "Pixel 5")
    result.assert_outcomes(passed=4, warnings=result.parseoutcomes()["warnings"])
    said = suite.said(result)
    assert "LinkerWarning: link_account does not honour 'extra_http_headers'" in said
    assert "LinkerWarning: browser_context_args needs pytest-playwright's blocking driver" in said
    assert set(re.findall(r"does not honour '(\w+)'", said)) == {"extra_http_headers", "env"}


OPTIONS = """
def test_it(link_account):
    case = link_account().evidence.case
    assert case.device == "Pixel 5"
    print("ENGINE", case.asked_engines, case.engine)
"""


def test_engines_and_device_are_taken_from_the_options(suite):
    suite.write(test_it=OPTIONS)
    result = suite.run("-rP", "--device", "Pixel 5", "--browser", "chromium", "--browser", "firefox", "--slowmo", "5")
    result.assert_outcomes(passed=2)
    assert [case.asked_engines for case in suite.report.cases] == [("chromium",), ("firefox",)]
    assert [case.id.rpartition("-")[0] for case in suite.report.cases] == [
        "test-it-test-it-chromium",
        "test-it-test-it-firefox",
    ]


def test_an_engine_that_is_missing_is_told_and_a_channel_and_a_screen_are_asked_for(suite, monkeypatch):
    monkeypatch.delenv("DISPLAY", raising=False)
    suite.write(test_it="def test_it(link_account):\n    link_account(device='Pixel 7').assert_no_findings()\n")
    channel = suite.run("--browser-channel", "msedge-canary")
    channel.assert_outcomes(failed=1)
    assert "msedge-canary" in suite.said(channel)
    headed = suite.run("--headed", "--linker-report", "elsewhere")
    headed.assert_outcomes(failed=1)
    assert "display" in suite.said(headed)
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
    result = suite.run("-rP", "--linker-config", "staging.config.json", "--linker-skill", "other.json")
    assert "another-scope" in suite.said(result).partition("SCOPES")[2].splitlines()[0]
    missing = suite.run()
    missing.assert_outcomes(failed=1)
    assert "playwright.config.json" in missing.stdout.str()
