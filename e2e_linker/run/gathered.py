"""What a run has gathered by now, beside what its cases hold themselves."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from e2e_linker.config.load import LoadedConfig
from e2e_linker.evidence.models import CaseEvidence, LeftOut, NotCollected, Part, Present, Walk
from e2e_linker.evidence.served_tls import ServedTls
from e2e_linker.evidence.token_calls import TokenBattery
from e2e_linker.model import Depth
from e2e_linker.run.again import again_words
from e2e_linker.run.options import RunOptions
from e2e_linker.run.plan import CasePlan, of_all_shards

if TYPE_CHECKING:
    from e2e_linker.run.battery import Battery
    from e2e_linker.run.certificates import Survey

__all__ = ["Gathered", "run_options"]


@dataclass(slots=True)
class Gathered:
    """What the cases have left so far, and the probes that stand with the run."""

    cases: list[CaseEvidence] = field(default_factory=list)
    probes: list[Walk] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    battery: Battery | None = None
    survey: Survey | None = None
    closing: set[asyncio.Task[None]] = field(default_factory=set)
    """Devices on their way out, which no evidence waits for."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.left()

    def leave(self, closing: Coroutine[Any, Any, None]) -> None:
        """Begin with ``closing``, which raises nothing; :meth:`left` waits for it."""
        task = asyncio.create_task(closing)
        self.closing.add(task)
        task.add_done_callback(self.closing.discard)

    async def left(self) -> None:
        """Wait until every device is closed."""
        if self.closing:
            await asyncio.wait(self.closing)

    def in_order(self, plans: Sequence[CasePlan]) -> list[CaseEvidence]:
        """All attempts, the cases in the order of ``plans``."""
        order = {plan.id: n for n, plan in enumerate(plans)}
        return sorted(self.cases, key=lambda evidence: (order[evidence.case.id], evidence.attempt))

    def once_per_run(self, depth: Depth) -> dict[str, Any]:
        """The run's own evidence."""
        parts = {"probes": self._walks(depth), "battery": self._calls(), "served_tls": self._served()}
        return {**parts, "left_out": tuple(self.left_out)}

    def _walks(self, depth: Depth) -> Part[tuple[Walk, ...]]:
        walks = (*self.probes, *(self.battery.walks if self.battery else ()))
        if not depth.includes(Depth.STANDARD):
            return NotCollected(reason=f"--depth {depth} makes one link only, as a customer would")
        if not walks:
            return NotCollected(reason="no case reached Alexa, so nothing more was tried")
        return Present(value=walks)

    def _calls(self) -> Part[TokenBattery]:
        if self.battery is None:
            return NotCollected(reason="the run was interrupted before it began")
        return self.battery.evidence()

    def _served(self) -> Part[tuple[ServedTls, ...]]:
        if self.survey is None:
            return NotCollected(reason="the run was interrupted before it began")
        return self.survey.evidence()


def run_options(
    loaded: LoadedConfig,
    options: RunOptions,
    plans: Sequence[CasePlan],
    *,
    redact: Callable[[str], str] = str,
    dry_run: bool,
) -> dict[str, Any]:
    """The options of a run that audits and the report need, as evidence; ``redact`` hides secrets in commands."""
    chosen = options.model_dump(mode="json", exclude={"cases", "shard", "pause_on_error", "becomes_latest", "again"})
    linker = loaded.config.linker
    planned = of_all_shards(loaded, options)
    return {
        **chosen,
        "cases": [plan.id for plan in plans],
        **({"planned": planned} if planned else {}),
        **({"again": again_words(options.again, plans, redact)} if options.again else {}),
        "thresholds": dict(linker.thresholds),
        "limits": linker.limits.model_dump(mode="json"),
        **({"resolve": {host: str(address) for host, address in linker.resolve.items()}} if linker.resolve else {}),
        "dry_run": dry_run,
    }
