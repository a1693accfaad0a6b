"""The audits' acceptance: the healthy range passes, every fault trips its rules and nothing else that hurts."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from e2e_linker.browser.engines import Browsers
from e2e_linker.config.load import load_config
from e2e_linker.config.overrides import Overrides
from e2e_linker.demo.catalogue import FaultSpec, faults
from e2e_linker.demo.range import PracticeRange
from e2e_linker.model import Depth, Region, Severity
from e2e_linker.report.model import RunReport
from e2e_linker.run.engine import run_linking
from e2e_linker.run.options import RunOptions
from e2e_linker.run.practice import range_config

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

PROJECTS = {
    "iphone": ("iPhone", {"surface": "webview", "engine": "chromium", "mobile": True, "family": "ios", "width": 393}),
    "desktop-chrome": (
        "Desktop Chrome",
        {"surface": "browser", "engine": "chromium", "mobile": False, "family": "windows", "width": 1280},
    ),
    "desktop-firefox": (
        "Desktop Firefox",
        {"surface": "browser", "engine": "firefox", "mobile": False, "family": "windows", "width": 1280},
    ),
}
"""One project of each kind that differs: a phone's web view, a desktop, another engine."""


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browsers() -> AsyncIterator[Browsers]:
    async with Browsers() as running:
        yield running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def practice_range() -> AsyncIterator[PracticeRange]:
    async with PracticeRange(slow_answer_s=5.0) as running:
        yield running


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
    # A dead end of the range is one at once; waiting longer would only make the tests slow.
    wait_ms = 5000 if {"slow-meta-refresh", "late-script"} & set(faults_on) else 3000
    config.write_text(json.dumps({**document, "expect": {"timeout": wait_ms}}))
    overrides = Overrides(
        projects=projects, regions=tuple(regions), output=folder / "reports", formats=("json",), workers=3
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
    [(Depth.PASSIVE, tuple(Region)), (Depth.STANDARD, (Region.EU,)), (Depth.THOROUGH, (Region.NA,))],
    ids=["passive", "standard", "thorough"],
)
async def test_the_healthy_range_comes_out_clean(
    practice_range: PracticeRange, browsers: Browsers, tmp_path: Path, depth: Depth, regions: tuple[Region, ...]
) -> None:
    practice_range.switch()
    # Three regions make more cases than the run may make logins; the last projects are covered by the other runs.
    projects = tuple(name for name, _ in PROJECTS.values()) if len(regions) > 1 else ()
    options = RunOptions(depth=depth, fail_on=Severity.RECOMMENDED)
    report = await linked(practice_range, browsers, tmp_path, options, projects=projects, regions=regions)
    assert report.verdict == "passed", told(report)
    assert report.exit_code == 0
    assert not report.findings
    assert all(case.linked for case in report.cases)
    assert len(report.cases) == (9 if projects else 8)


@pytest.mark.parametrize("name", sorted(faults()))
async def test_a_fault_trips_its_rules_and_no_other(
    practice_range: PracticeRange, browsers: Browsers, tmp_path: Path, name: str
) -> None:
    fault = faults()[name]
    needs = fault.needs
    practice_range.switch(faults=[name], grant=needs.grant, pkce=needs.pkce)
    depth = needs.depth if needs.depth.includes(Depth.STANDARD) else Depth.STANDARD
    options = RunOptions(depth=depth, repeat=needs.repeat)
    names = tuple(project for project, _ in PROJECTS.values())
    report = await linked(
        practice_range, browsers, tmp_path, options, projects=names, regions=needs.regions, faults_on=(name,)
    )
    seen: dict[str, set[str]] = {}
    for found in report.findings:
        seen.setdefault(found.rule, set()).update(found.cases)
    assert set(fault.rules) <= set(seen), told(report)
    hurts = {found.rule for found in report.findings if found.severity.at_least(Severity.DEGRADES)}
    assert hurts <= {*fault.rules, *fault.may}, told(report)
    outcomes = [*report.outcomes, *(one for case in report.cases for one in case.outcomes)]
    assert not [one for one in outcomes if one.status == "errored"], told(report)
    for rule in fault.rules:
        assert_shown(fault, seen[rule], report)


def assert_shown(fault: FaultSpec, cases: set[str], report: RunReport) -> None:
    """Every project that can show a fault does, and no other; what only one case tries is shown by that one."""
    if not cases:
        return
    showing = {key for key, (_, kind) in PROJECTS.items() if fault.shows_on.matches(**kind)}
    by_project = {next(key for key in PROJECTS if case.startswith(key)) for case in cases}
    if fault.needs.depth is Depth.PASSIVE:
        assert by_project == showing, told(report)
    else:
        assert by_project <= showing, told(report)
