"""The audits' acceptance: the healthy range passes, every fault trips its rules and nothing else that hurts."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from e2e_linker.browser.engines import Browsers
from e2e_linker.config.defaults import default_projects
from e2e_linker.config.load import load_config
from e2e_linker.config.overrides import Overrides
from e2e_linker.demo.catalogue import FaultSpec, faults
from e2e_linker.demo.range import PracticeRange
from e2e_linker.model import Confidence, Depth, Region, Severity
from e2e_linker.report.effects import consequences
from e2e_linker.report.model import RunReport
from e2e_linker.run.engine import run_linking
from e2e_linker.run.options import RunOptions
from e2e_linker.run.practice import range_config

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

PHONE = {"surface": "webview", "engine": "chromium", "mobile": True}
DESKTOP = {"surface": "browser", "mobile": False, "family": "windows", "width": 1280}
PROJECTS: dict[str, dict[str, Any]] = {
    "iPhone": {**PHONE, "family": "ios", "width": 393},
    "Android custom tab": {**PHONE, "surface": "custom-tab", "family": "android", "width": 412},
    "Android web view": {**PHONE, "family": "android", "width": 360},
    "iPad": {**PHONE, "family": "ipados", "width": 656},
    "Fire tablet Silk": {**PHONE, "surface": "browser", "family": "silk", "width": 600},
    "Echo Show": {**PHONE, "family": "silk", "width": 1280},
    "Desktop Chrome": {**DESKTOP, "engine": "chromium"},
    "Desktop Firefox": {**DESKTOP, "engine": "firefox"},
}
"""Every default project, and what a fault may show on. WebKit is not on every machine, so Chromium stands in for it."""
KINDS = ("iPhone", "Desktop Chrome", "Desktop Firefox")
"""One project of each kind that differs: a phone's web view, a desktop, another engine."""
LOGINS = 100
"""Enough for every case of every fault: what does not fit would be inconclusive."""
ALONE = {"code-of-another-worker", "state-swapped"}
"""Faults that hit one case or another, differently from run to run: each project has a run of its own."""
PATIENT = {"slow-meta-refresh", "late-script"}
"""Faults that show only to those who wait. Elsewhere a dead end of the range is one at once."""
LONG = {
    "code-dies-early",
    "cookie-growth",
    "refresh-slow",
    "relink-loses-code",
    "rotation-grace-10s",
    "slow-meta-refresh",
    "small-head-limit",
    "stale-jar",
    "token-drips",
    "token-hangs",
    "token-slow",
    "twenty-hosts",
}
"""Faults whose runs take the longest."""

CAUSES = {
    "answer-as-json": (
        "answers with a document of type application/json that holds what Alexa is to get",
        "303 See Other and the redirect URI as Location",
    ),
    "consent-answers-500": (
        "“Allow” was pressed on the page of login.brightbulb.test, and the request that its script then made, "
        "POST https://login.brightbulb.test/consent, was answered with status 500",
        "Look for the error of this request in the log of login.brightbulb.test.",
    ),
    "cookie-of-another-site": ("`bb_session`, which is for brightbulb-staging.test", "without `Domain`"),
    "lax-cookie-at-form-post": (
        "id.homepass.test sends the customer back to login.brightbulb.test by POST, and this request came without the "
        "cookie `bb_csrf`, which says `SameSite=Lax`",
        "`SameSite=None; Secure`, or let id.homepass.test send the customer back by a redirect",
    ),
    "login-without-cors": (
        "POST https://api.brightbulb.test/login, failed, because the answer does not allow "
        "https://login.brightbulb.test to read it (CORS)",
        "`Access-Control-Allow-Origin: https://login.brightbulb.test`",
    ),
    "redirect-loop-after-login": (
        "`https://login.brightbulb.test/consent` → `https://login.brightbulb.test/authorize` → the first of them again"
        ". Each of these requests brought back what the login had set (`bb_session`)",
        "keep sessions in a store that all share",
    ),
    "redirect-loop-behind-proxy": ("`https://login.brightbulb.test/authorize` leads to itself", "`X-Forwarded-Proto`"),
    "session-forgotten-by-other-worker": (
        "GET https://login.brightbulb.test/consent, brought it back with the same value; the browser was sent to "
        "the login",
        "keep sessions in a store that all share",
    ),
}
"""Faults whose rule is that of many others, and how the first finding and its fix tell which of them it is."""


async def linked(
    practice_range: PracticeRange,
    browsers: Browsers,
    folder: Path,
    options: RunOptions,
    *,
    projects: tuple[str, ...] = (),
    regions: tuple[Region, ...] = (),
    faults_on: tuple[str, ...] = (),
) -> RunReport:
    config = range_config(practice_range, folder)
    document: dict[str, Any] = json.loads(config.read_text())
    document["linker"].setdefault("limits", {})["logins"] = LOGINS
    wait_ms = 5000 if PATIENT & set(faults_on) else 3000
    config.write_text(json.dumps({**document, "expect": {"timeout": wait_ms}}))
    overrides = Overrides(
        projects=projects, regions=tuple(regions), output=folder / "reports", formats=("json",), workers=4
    )
    report, _ = await run_linking(
        load_config(config, overrides=overrides), options, lambda event: None, browsers=browsers
    )
    return report


def told(report: RunReport) -> str:
    lines = [f"{case.id}: {case.ending.kind}, linked {case.linked}: {case.ending.message}" for case in report.cases]
    lines += [f"{found.severity} {found.rule} {found.cases}: {found.message}" for found in report.findings]
    outcomes = [*report.outcomes, *(one for case in report.cases for one in case.outcomes)]
    lines += [
        f"{one.audit} {one.status}: {one.reason}" for one in outcomes if one.status in {"errored", "inconclusive"}
    ]
    return "\n".join(dict.fromkeys(lines))


@pytest.mark.parametrize(
    ("depth", "regions"),
    [
        pytest.param(Depth.PASSIVE, tuple(Region), id="passive"),
        pytest.param(Depth.STANDARD, (Region.EU,), id="standard"),
        pytest.param(Depth.THOROUGH, (Region.NA,), id="thorough", marks=pytest.mark.patient),
    ],
)
async def test_the_healthy_range_comes_out_clean(
    practice_range: PracticeRange, browsers: Browsers, tmp_path: Path, depth: Depth, regions: tuple[Region, ...]
) -> None:
    practice_range.switch()
    options = RunOptions(depth=depth, fail_on=Severity.RECOMMENDED)
    report = await linked(practice_range, browsers, tmp_path, options, regions=regions)
    assert report.verdict == "passed", told(report)
    assert report.exit_code == 0
    assert not report.findings
    assert all(case.linked for case in report.cases)
    assert len(report.cases) == len(PROJECTS) * len(regions)


async def test_the_projects_are_those_that_are_run_by_default() -> None:
    assert {project.name for project in default_projects()} == PROJECTS.keys()
    surfaces = {project.name: project.use.surface for project in default_projects()}
    assert surfaces == {name: kind["surface"] for name, kind in PROJECTS.items()}


def showing(fault: FaultSpec, projects: Iterable[str] = PROJECTS) -> list[str]:
    """The projects among ``projects`` that can show ``fault``."""
    return [name for name in projects if fault.shows_on.matches(**PROJECTS[name])]


async def broken(
    practice_range: PracticeRange,
    browsers: Browsers,
    folder: Path,
    fault: FaultSpec,
    depth: Depth,
    projects: tuple[str, ...] = (),
) -> tuple[RunReport, dict[str, set[str]]]:
    """The report of a run against the range with ``fault``, and the projects that show each rule.

    The fault's rules are there, and nothing else that hurts.
    """
    needs = fault.needs
    practice_range.switch(faults=[fault.name], grant=needs.grant, pkce=needs.pkce)
    options = RunOptions(depth=depth, repeat=needs.repeat)
    report = await linked(
        practice_range, browsers, folder, options, projects=projects, regions=needs.regions, faults_on=(fault.name,)
    )
    project = {case.id: case.project for case in report.cases}
    seen: dict[str, set[str]] = {}
    for found in report.findings:
        seen.setdefault(found.rule, set()).update(project[case] for case in found.cases)
    assert set(fault.rules) <= set(seen), told(report)
    hurts = {found.rule for found in report.findings if found.severity.at_least(Severity.DEGRADES)}
    assert hurts <= {*fault.rules, *fault.may}, told(report)
    outcomes = [*report.outcomes, *(one for case in report.cases for one in case.outcomes)]
    assert not [one for one in outcomes if one.status == "errored"], told(report)
    return report, seen


def with_marks(names: Iterable[str]) -> list[Any]:
    return [pytest.param(name, marks=[pytest.mark.patient] if name in LONG else []) for name in sorted(names)]


PLAIN = {name for name, fault in faults().items() if fault.needs.depth is Depth.PASSIVE}
DEEP = faults().keys() - PLAIN


def looking_deeper(fault: FaultSpec) -> str:
    """The phone that looks at ``fault`` at depth standard; all others look at it once."""
    return showing(fault, ("Android custom tab", "iPhone"))[0]


def shown_on(fault: FaultSpec, projects: Iterable[str], seen: dict[str, set[str]]) -> bool:
    """Whether every one of ``projects`` that can show ``fault`` shows all its rules, and no other does."""
    expected = sorted(showing(fault, projects))
    # What the configuration alone shows belongs to no project.
    return all(sorted(seen[rule]) in (expected, []) for rule in fault.rules)


def names_the_cause(report: RunReport, name: str) -> bool:
    """Whether the first finding says of the fault ``name`` what it is and how to mend it; it is the only such one."""
    if name not in CAUSES:
        return True
    shown = consequences(report.findings)
    grave = [found for found in report.findings if found.severity.at_least(Severity.DEGRADES)]
    first, *others = (found for found in grave if (found.audit, found.fingerprint) not in shown)
    (said, advised), fix = CAUSES[name], first.fix.text if first.fix else ""
    return said in first.message and advised in fix and not others


@pytest.mark.parametrize("name", with_marks(PLAIN))
async def test_a_fault_shows_on_every_project_that_can_show_it_and_on_no_other(
    practice_range: PracticeRange, browsers: Browsers, tmp_path: Path, name: str
) -> None:
    fault = faults()[name]
    projects = tuple(project for project in PROJECTS if project != looking_deeper(fault))
    report, seen = await broken(practice_range, browsers, tmp_path, fault, Depth.PASSIVE, projects)
    assert shown_on(fault, projects, seen), told(report)
    assert names_the_cause(report, name), told(report)


@pytest.mark.parametrize("name", with_marks(PLAIN))
async def test_a_deeper_look_at_a_fault_shows_it_and_finds_no_more_that_hurts(
    practice_range: PracticeRange, browsers: Browsers, tmp_path: Path, name: str
) -> None:
    fault = faults()[name]
    projects = (looking_deeper(fault),)
    report, seen = await broken(practice_range, browsers, tmp_path, fault, Depth.STANDARD, projects)
    assert shown_on(fault, projects, seen), told(report)
    assert names_the_cause(report, name), told(report)


@pytest.mark.parametrize("name", with_marks(DEEP))
async def test_a_fault_that_takes_more_than_one_login_shows(
    practice_range: PracticeRange, browsers: Browsers, tmp_path: Path, name: str
) -> None:
    fault = faults()[name]
    for projects in [(kind,) for kind in KINDS] if name in ALONE else [KINDS]:
        folder = tmp_path / projects[0]
        folder.mkdir()
        report, seen = await broken(practice_range, browsers, folder, fault, fault.needs.depth, projects)
        for rule in fault.rules:
            # What is tried once for the whole run is seen in the one case that tried it, or in none.
            everywhere = sorted(showing(fault, projects))
            assert sorted(seen[rule]) == everywhere or len(seen[rule]) <= 1, f"{rule}\n{told(report)}"


async def test_tokens_after_alexa_has_given_up_link_nobody(
    practice_range: PracticeRange, browsers: Browsers, tmp_path: Path
) -> None:
    report, _ = await broken(
        practice_range, browsers, tmp_path, faults()["token-slow"], Depth.PASSIVE, ("Desktop Chrome",)
    )
    (case,) = report.cases
    assert case.ending.kind == "arrived"
    assert not case.linked
    assert report.exit_code == 1


@pytest.mark.parametrize(
    ("project", "links", "confidence"),
    [("Desktop Chrome", False, Confidence.CERTAIN), ("Desktop Firefox", True, Confidence.LIKELY)],
)
async def test_form_action_stops_chromium_and_is_read_from_the_policy_where_firefox_goes_on(
    practice_range: PracticeRange, browsers: Browsers, tmp_path: Path, project: str, links: bool, confidence: Confidence
) -> None:
    fault = faults()["csp-form-action"]
    report, _ = await broken(practice_range, browsers, tmp_path, fault, Depth.PASSIVE, (project,))
    (case,), (found,) = report.cases, [found for found in report.findings if found.rule == "auth-csp-form-action"]
    assert case.linked is links
    assert (found.severity, found.confidence) == (Severity.BREAKS, confidence)
    assert found.fix is not None
    assert found.fix.paste is not None
    assert found.fix.paste.startswith("form-action 'self' https://pitangui.amazon.com https://layla.")
    assert "pitangui.amazon.com" in found.message
