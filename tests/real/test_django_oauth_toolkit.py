from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from e2e_linker.config.load import load_config
from e2e_linker.model import Depth, Severity
from e2e_linker.report.model import RunReport
from e2e_linker.run.engine import run_linking
from e2e_linker.run.options import RunOptions

pytestmark = [pytest.mark.real, pytest.mark.browser]

PHONE = {"name": "phone", "use": {"device": "Pixel 7", "surface": "custom-tab", "browserName": "chromium"}}
FIREFOX = {
    "name": "Desktop Firefox",
    "use": {"device": "Desktop Firefox", "surface": "browser", "browserName": "firefox"},
}

Link = Callable[..., Awaitable[tuple[RunReport, Path]]]


@pytest.fixture
def link(write_config: Callable[..., Path]) -> Link:
    """Links with the server; the report and the run folder."""

    async def run(*, depth: Depth = Depth.STANDARD, **config: Any) -> tuple[RunReport, Path]:
        loaded = load_config(write_config(**config), environ={"DJANGO_USERNAME": "alex"})
        return await run_linking(loaded, RunOptions(depth=depth), lambda _: None)

    return run


TOUCH = ("auth-mobile-friendly", "small accounts.example.com")
"""The admin's login draws fields and buttons 24 to 40 pixels high or wide; 44 is this tool's own threshold."""
LONG_STATE = ("size-own-hops", "state_length")
"""Django follows no ``next`` of more than 2,048 characters: the login then ends on /accounts/profile/, a 404."""


def advice(report: RunReport) -> set[tuple[str, str]]:
    """(rule, subject) of everything found, after a look that nothing worse than advice is among it."""
    worse = [finding.message for finding in report.findings if finding.severity.at_least(Severity.DEGRADES)]
    assert not worse
    return {(finding.rule, finding.subject) for finding in report.findings}


def undecided(report: RunReport) -> list[str]:
    """The audits that came to no verdict, with what they say."""
    outcomes = [*report.outcomes, *(outcome for case in report.cases for outcome in case.outcomes)]
    return [f"{each.audit}: {each.reason}" for each in outcomes if each.status in {"inconclusive", "errored"}]


def passed(report: RunReport) -> set[str]:
    """The audits of the only case that passed."""
    return {outcome.audit for outcome in report.cases[0].outcomes if outcome.status == "passed"}


@pytest.mark.parametrize(
    ("scheme", "pkce"),
    [
        pytest.param("REQUEST_BODY_CREDENTIALS", False, id="body"),
        pytest.param("HTTP_BASIC", True, id="basic-pkce"),
    ],
)
async def test_a_phone_links_without_a_false_alarm(link: Link, scheme: str, pkce: bool) -> None:
    report, _ = await link(project=PHONE, scheme=scheme, pkce=pkce, depth=Depth.PASSIVE)
    assert report.cases[0].linked
    assert report.verdict == "passed", undecided(report)
    assert advice(report) == {TOUCH}
    assert {"token-status", "token-fields"} <= passed(report)
    asked = "code_challenge=" in report.cases[0].ladder[0].url
    assert asked is pkce


async def test_everything_that_can_be_tried_finds_only_what_is_true(link: Link, django: Any) -> None:
    report, folder = await link(project=PHONE, scheme="HTTP_BASIC", depth=Depth.THOROUGH)
    assert report.cases[0].linked
    assert undecided(report) == []
    assert report.verdict == "passed"
    assert advice(report) == {TOUCH, LONG_STATE}
    grown = next(finding for finding in report.findings if finding.rule == "size-own-hops")
    assert "2,048" in grown.message
    assert "404" in grown.message
    written = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    assert written
    for secret in (django.password, django.client_secret):
        assert not any(secret.encode() in content for content in written)


async def test_firefox_links_without_a_false_alarm(link: Link) -> None:
    report, _ = await link(project=FIREFOX, scheme="HTTP_BASIC", depth=Depth.PASSIVE)
    if report.cases[0].ending.kind == "engine_missing":
        pytest.skip("no Firefox on this machine")
    assert report.cases[0].linked
    assert report.verdict == "passed", undecided(report)
    assert advice(report) == set()  # touch targets are measured on phones only
    assert {"token-status", "token-fields"} <= passed(report)
