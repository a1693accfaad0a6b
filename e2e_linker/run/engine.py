"""The run: plans the cases, gathers them side by side, and has the evidence judged and written."""

from __future__ import annotations

import asyncio
import platform
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from e2e_linker import __version__
from e2e_linker.browser.digest import install_digest
from e2e_linker.browser.engines import Browsers
from e2e_linker.config.load import LoadedConfig
from e2e_linker.derive.base import case_facts
from e2e_linker.evidence.models import CaseEvidence, NotCollected, Part, Present, RunEvidence, SkillFacts, Walk
from e2e_linker.evidence.redact import SecretRegistry
from e2e_linker.evidence.store import RunStore, new_run_id
from e2e_linker.model import Depth
from e2e_linker.report.build import build_report
from e2e_linker.report.model import RunReport
from e2e_linker.run.case import Attempt, Reason
from e2e_linker.run.events import CaseFinished, CaseStarted, Listener, RunFinished, RunStarted
from e2e_linker.run.machine import package_versions
from e2e_linker.run.options import RunOptions
from e2e_linker.run.plan import CasePlan, plan_cases, redirect_uris, skill_facts
from e2e_linker.run.resources import Resources, resources
from e2e_linker.run.saved import write_reports
from e2e_linker.run.selection import require_audits, require_devices

__all__ = ["check_configuration", "run_linking"]

_WORTH_ANOTHER_TRY = frozenset({"unreachable", "timeout", "crashed", "errored", "login_not_found", "tls_failure"})
"""Endings that may be an accident. A rejected login is not tried again: it could lock the account."""


@dataclass(slots=True)
class _Gathered:
    """What the cases have left so far."""

    cases: list[CaseEvidence] = field(default_factory=list)
    probes: list[Walk] = field(default_factory=list)


async def run_linking(
    loaded: LoadedConfig, options: RunOptions, listener: Listener, *, browsers: Browsers | None = None
) -> tuple[RunReport, Path]:
    """Link the skill on every planned case; the report and the run folder.

    ``browsers`` are used where the caller has some running, and left running; otherwise the run starts its own.

    Cancelled, it writes what was gathered and returns a report with verdict ``interrupted``. Raises
    :class:`~e2e_linker.errors.LinkerError` for what keeps the run from starting.
    """
    skill, plans = _planned(loaded, options)
    async with nullcontext(browsers) if browsers else Browsers() as running:
        require_devices((plan.project.use.device for plan in plans), running.playwright.devices)
        return await _linked(loaded, options, listener, skill, plans, running)


async def _linked(
    loaded: LoadedConfig,
    options: RunOptions,
    listener: Listener,
    skill: SkillFacts,
    plans: tuple[CasePlan, ...],
    running: Browsers,
) -> tuple[RunReport, Path]:
    registry, started_at = SecretRegistry(), datetime.now(UTC)
    store = RunStore.create(loaded.config.output_dir, new_run_id(started_at), registry)
    listener(RunStarted(store.path.name, store.path, tuple(plan.id for plan in plans)))
    gathered, interrupted = _Gathered(), False

    def so_far() -> RunEvidence:
        return RunEvidence(
            run_id=store.path.name,
            started_at=started_at,
            finished_at=datetime.now(UTC),
            tool_version=__version__,
            environment=_environment(),
            skill=skill,
            options=_options(loaded, options, plans, dry_run=False),
            probes=_probes(gathered.probes, options),
            interrupted=interrupted,
        )

    store.write_run(so_far())
    try:
        await install_digest(running.playwright)
        uris = redirect_uris(loaded.config.linker, loaded.skill.grant)
        shared = resources(
            loaded,
            options,
            listener,
            store=store,
            registry=registry,
            browsers=running,
            skill=skill,
            uris=uris,
        )
        await _gather(plans, shared, gathered)
    except asyncio.CancelledError:
        interrupted = True
        if (task := asyncio.current_task()) is not None:
            task.uncancel()
    return await asyncio.to_thread(_concluded, so_far(), plans, gathered, store, loaded, listener)


def _planned(loaded: LoadedConfig, options: RunOptions) -> tuple[SkillFacts, tuple[CasePlan, ...]]:
    """What to run. Everything the user may have got wrong is refused here, before a run folder exists."""
    require_audits(options.only, option="--only")
    require_audits(options.skip, option="--skip")
    loaded.account()
    loaded.client_secret()
    linker = loaded.config.linker
    uris = redirect_uris(linker, loaded.skill.grant)
    plans = plan_cases(
        loaded.config.resolved_projects(), linker.regions, uris, wanted=options.cases, shard=options.shard
    )
    return skill_facts(loaded.skill, linker, uris), plans


async def _gather(plans: Sequence[CasePlan], shared: Resources, gathered: _Gathered) -> None:
    async with asyncio.TaskGroup() as group:
        for plan in plans:
            group.create_task(_case(plan, shared, gathered))


async def _case(plan: CasePlan, shared: Resources, gathered: _Gathered) -> None:
    """All attempts at one case: its repeats, and retries of those that ended by accident."""
    async with shared.slots:
        began, number = datetime.now(UTC), 0
        last: CaseEvidence | None = None
        for repeat in range(shared.options.repeat):
            tries_left, reason = plan.project.retries or 0, "first" if repeat == 0 else "repeat"
            while True:
                number += 1
                last = await _attempt(plan, number, reason, shared, gathered)  # type: ignore[arg-type]
                if _kind(last) not in _WORTH_ANOTHER_TRY or not tries_left:
                    break
                tries_left, reason = tries_left - 1, "retry"
        if last is not None:
            ending = last.ending or last.walks[0].ending
            linked = _links(last)
            spent = (datetime.now(UTC) - began).total_seconds()
            shared.tell(CaseFinished(plan.id, linked, ending, spent, number))


def _links(evidence: CaseEvidence) -> bool:
    part = case_facts(evidence).get("linked")
    return isinstance(part, Present) and bool(part.value)


def _kind(evidence: CaseEvidence) -> str:
    return (evidence.ending or evidence.walks[0].ending).kind


async def _attempt(plan: CasePlan, number: int, reason: Reason, shared: Resources, gathered: _Gathered) -> CaseEvidence:
    shared.tell(CaseStarted(plan.id, number))
    attempt = Attempt(plan=plan, number=number, reason=reason, shared=shared)
    try:
        await attempt.run()
    finally:
        # Also when cancelled: what there is is kept.
        evidence = attempt.evidence()
        gathered.cases.append(evidence)
        gathered.probes += attempt.probes
        shared.store.write_case(evidence)
    return evidence


def _concluded(
    run: RunEvidence,
    plans: Sequence[CasePlan],
    gathered: _Gathered,
    store: RunStore,
    loaded: LoadedConfig,
    listener: Listener,
) -> tuple[RunReport, Path]:
    order = {plan.id: n for n, plan in enumerate(plans)}
    cases = sorted(gathered.cases, key=lambda evidence: (order[evidence.case.id], evidence.attempt))
    store.write_run(run)
    report = build_report(run, cases)
    write_reports(store, report, loaded.config.reporter)
    store.finish(interrupted=run.interrupted)
    listener(RunFinished(report, store.path))
    return report, store.path


def _probes(walks: Sequence[Walk], options: RunOptions) -> Part[tuple[Walk, ...]]:
    if not options.depth.includes(Depth.STANDARD):
        return NotCollected(reason=f"--depth {options.depth} makes one link only, as a customer would")
    if not walks:
        return NotCollected(reason="no case reached Alexa, so nothing more was tried")
    return Present(value=tuple(walks))


async def check_configuration(loaded: LoadedConfig, options: RunOptions) -> RunReport:
    """The report of what can be judged without opening a browser. Nothing is written.

    Raises what :func:`run_linking` would raise for the same configuration.
    """
    skill, plans = _planned(loaded, options)
    async with Browsers() as running:
        require_devices((plan.project.use.device for plan in plans), running.playwright.devices)
    now = datetime.now(UTC)
    run = RunEvidence(
        run_id=new_run_id(now),
        started_at=now,
        finished_at=now,
        tool_version=__version__,
        environment=_environment(),
        skill=skill,
        options=_options(loaded, options, plans, dry_run=True),
        probes=NotCollected(reason="a dry run opens no browser"),
    )
    return build_report(run, ())


def _options(loaded: LoadedConfig, options: RunOptions, plans: Sequence[CasePlan], *, dry_run: bool) -> dict[str, Any]:
    chosen = options.model_dump(mode="json", exclude={"cases", "shard", "pause_on_error"})
    linker = loaded.config.linker
    return {
        **chosen,
        "cases": [plan.id for plan in plans],
        "thresholds": dict(linker.thresholds),
        "limits": linker.limits.model_dump(mode="json"),
        "dry_run": dry_run,
    }


def _environment() -> dict[str, str]:
    return {"python": platform.python_version(), "platform": sys.platform, **package_versions()}
