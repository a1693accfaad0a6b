"""The run: plans the cases, gathers them side by side, and has the evidence judged and written."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from e2e_linker import __version__
from e2e_linker.browser.call_stacks import without_call_stacks
from e2e_linker.browser.engines import Browsers
from e2e_linker.browser.tape import Taping
from e2e_linker.config.load import LoadedConfig
from e2e_linker.errors import LinkerError, StoreError
from e2e_linker.evidence.models import CaseEvidence, NotCollected, RunEvidence, SkillFacts
from e2e_linker.evidence.redact import SecretRegistry
from e2e_linker.evidence.store import RunStore, new_run_id
from e2e_linker.run.case import Attempt, Reason
from e2e_linker.run.clock import Began
from e2e_linker.run.events import CaseFinished, CaseStarted, Listener, Notice, RunFinished, RunStarted
from e2e_linker.run.gathered import Gathered, run_options
from e2e_linker.run.late import conclude, load
from e2e_linker.run.leisure import undisturbed
from e2e_linker.run.machine import environment
from e2e_linker.run.options import RunOptions
from e2e_linker.run.plan import CasePlan, planned
from e2e_linker.run.resources import Resources, resources
from e2e_linker.run.selection import require_devices
from e2e_linker.run.watching import Watch

if TYPE_CHECKING:
    from e2e_linker.report.model import RunReport

__all__ = ["check_configuration", "run_linking"]

_WORTH_ANOTHER_TRY = frozenset({"unreachable", "timeout", "crashed", "errored", "login_not_found", "tls_failure"})
"""Endings that may be an accident. A rejected login is not tried again: it could lock the account."""


async def run_linking(
    loaded: LoadedConfig,
    options: RunOptions,
    listener: Listener,
    *,
    browsers: Browsers | None = None,
    registry: SecretRegistry | None = None,
    taping: Taping | None = None,
    watch: Watch | None = None,
) -> tuple[RunReport, Path]:
    """Link the skill on every planned case; the report and the run folder.

    ``browsers`` are used where the caller has some running, and left running; otherwise the run starts its own. In
    ``registry``, a new one, the caller can look up what the labels in the evidence stand for. ``taping`` says what
    is recorded besides, ``watch`` where to stop for somebody who looks on.

    Cancelled, it writes what was gathered and returns a report with verdict ``interrupted``. Raises
    :class:`~e2e_linker.run.late.Unwritten`, with the report, where the run folder takes no more, and
    :class:`~e2e_linker.errors.LinkerError` for what keeps the run from starting.
    """
    skill, plans = planned(loaded, options)
    asyncio.get_running_loop().run_in_executor(None, load)
    async with nullcontext(browsers) if browsers else Browsers() as running:
        require_devices((plan.project.use.device for plan in plans), running.devices)
        known = registry or SecretRegistry()
        with undisturbed(), without_call_stacks():
            async with Gathered() as gathered:
                return await _linked(loaded, options, listener, skill, plans, running, known, gathered, taping, watch)


async def _linked(
    loaded: LoadedConfig,
    options: RunOptions,
    listener: Listener,
    skill: SkillFacts,
    plans: tuple[CasePlan, ...],
    running: Browsers,
    registry: SecretRegistry,
    gathered: Gathered,
    taping: Taping | None,
    watch: Watch | None,
) -> tuple[RunReport, Path]:
    began = Began()
    run_id = new_run_id(began.at)
    store = RunStore.create(loaded.config.output_dir, run_id, registry, latest=options.becomes_latest)
    listener(RunStarted(store.path.name, store.path, tuple(plan.id for plan in plans)))
    interrupted = False
    full: StoreError | None = None

    def so_far() -> RunEvidence:
        return RunEvidence(
            run_id=store.path.name,
            started_at=began.at,
            finished_at=began.by_now(),
            tool_version=__version__,
            environment=environment(),
            skill=skill,
            options=run_options(loaded, options, plans, redact=registry.redact, dry_run=False),
            interrupted=interrupted,
            **gathered.once_per_run(options.depth),
        )

    store.write_run(so_far(), durable=False)
    try:
        first = [plan.project.use for plan in plans[:1]]
        shared = await resources(
            loaded, options, listener, store=store, registry=registry, browsers=running, skill=skill, first=first,
            taping=taping, watch=watch,
        )  # fmt: skip
        await _gather(plans, shared, gathered)
    except asyncio.CancelledError:
        interrupted = True
        if (task := asyncio.current_task()) is not None:
            task.uncancel()
    except StoreError as error:
        full, interrupted = error, True
    report, folder = await asyncio.to_thread(
        conclude, so_far(), gathered.in_order(plans), store, loaded, registry, full
    )
    await gathered.left()
    listener(RunFinished(report, folder))
    return report, folder


async def _gather(plans: Sequence[CasePlan], shared: Resources, gathered: Gathered) -> None:
    gathered.battery, gathered.survey, gathered.left_out = shared.battery, shared.survey, shared.left_out
    shared.budget.promise(plan.id for plan in plans)
    limit = f"linker.limits.logins is {shared.budget.limit}"
    if (over := len(plans) - shared.budget.limit) > 0:
        shared.tell(Notice(f"{limit}: {over} of {len(plans)} cases get no login; raise it, or run fewer", "lasting"))
    try:
        async with shared.survey, shared.battery, asyncio.TaskGroup() as group:
            for plan in plans:
                group.create_task(_case(plan, shared, gathered))
    except BaseExceptionGroup as found:
        # A full disk ends every case with the same words: they are said once, and by themselves.
        if (known := found.subgroup(LinkerError)) is not None:
            raise _first(known) from found
        raise
    if (more := shared.budget.refused) and over <= 0:
        wanted = f"{more} more {'was' if more == 1 else 'were'} wanted, so that something was left out"
        shared.tell(Notice(f"{limit}: {wanted}; raise it to {shared.budget.limit + more} or more", "lasting"))


def _first(group: BaseExceptionGroup[LinkerError]) -> LinkerError:
    inner = group.exceptions[0]
    return _first(inner) if isinstance(inner, BaseExceptionGroup) else inner


async def _case(plan: CasePlan, shared: Resources, gathered: Gathered) -> None:
    """All attempts at one case: its repeats, and retries of those that ended by accident."""
    from e2e_linker.run.conclusion import links

    async with shared.slots:
        began, number, linked = Began(), 0, False
        last: CaseEvidence | None = None
        for repeat in range(shared.options.repeat):
            tries_left, reason = plan.project.retries or 0, "first" if repeat == 0 else "repeat"
            while True:
                number += 1
                last = await _attempt(plan, number, reason, shared, gathered)  # type: ignore[arg-type]
                linked = links(last, shared.loaded.config.linker.thresholds)
                if not _worth_another_try(last, linked=linked) or not tries_left:
                    break
                tries_left, reason = tries_left - 1, "retry"
        shared.budget.done(plan.id)
        if last is not None:
            ending = last.ending or last.walks[0].ending
            shared.tell(CaseFinished(plan.id, linked, ending, began.seconds, number))


def _worth_another_try(evidence: CaseEvidence, *, linked: bool) -> bool:
    kind = (evidence.ending or evidence.walks[0].ending).kind
    # A browser that was lost after the link took with it what is made once per run, and is not made anew.
    return kind in _WORTH_ANOTHER_TRY and not (linked and kind == "crashed")


async def _attempt(plan: CasePlan, number: int, reason: Reason, shared: Resources, gathered: Gathered) -> CaseEvidence:
    shared.tell(CaseStarted(plan.id, number))
    attempt = Attempt(plan=plan, number=number, reason=reason, shared=shared)
    try:
        await attempt.run()
    finally:
        # Also when cancelled: what there is is kept.
        evidence = attempt.evidence()
        gathered.cases.append(evidence)
        gathered.probes += attempt.probes
        gathered.leave(attempt.close())
        await asyncio.to_thread(shared.store.write_case, evidence)
    return evidence


async def check_configuration(loaded: LoadedConfig, options: RunOptions) -> RunReport:
    """The report of what can be judged without opening a browser. Nothing is written.

    Raises what :func:`run_linking` would raise for the same configuration.
    """
    from e2e_linker.run.conclusion import judged

    skill, plans = planned(loaded, options)
    async with Browsers() as running:
        require_devices((plan.project.use.device for plan in plans), running.devices)
    now = datetime.now(UTC)
    run = RunEvidence(
        run_id=new_run_id(now),
        started_at=now,
        finished_at=now,
        tool_version=__version__,
        environment=environment(),
        skill=skill,
        options=run_options(loaded, options, plans, dry_run=True),
        probes=NotCollected(reason="a dry run opens no browser"),
    )
    return judged(run)
