"""What was gathered once per run: of a run that was made of several, by each of them."""

from __future__ import annotations

from e2e_linker.evidence.models import Present, RunEvidence, Walk, records
from e2e_linker.evidence.token_calls import TokenBattery

__all__ = ["apart", "batteries", "once_walks"]


def apart(run: RunEvidence) -> tuple[RunEvidence, ...]:
    """``run`` with the probes and the battery of each run that it is made of; it alone where it is made of none."""
    if not run.further:
        return (run,)
    own = run.model_copy(update={"further": ()})
    others = (own.model_copy(update={"probes": one.probes, "battery": one.battery}) for one in run.further)
    return (own, *others)


def batteries(run: RunEvidence) -> tuple[TokenBattery, ...]:
    """Every battery of ``run`` that was gathered."""
    return tuple(one.battery.value for one in apart(run) if isinstance(one.battery, Present))


def once_walks(run: RunEvidence) -> tuple[Walk, ...]:
    """All walks that were made once for the whole of ``run``, or of a run that it is made of."""
    return tuple(walk for one in apart(run) for walk in records(one.probes))
