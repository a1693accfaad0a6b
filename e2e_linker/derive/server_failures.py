"""Answers by which servers say that they failed: a busy one does so now and then, whatever is asked of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from e2e_linker.derive.base import fact
from e2e_linker.derive.urls import without_parameters
from e2e_linker.evidence.causes import Trial
from e2e_linker.evidence.models import Causes, EndingKind, Request, Walk, records
from e2e_linker.model import host_of

__all__ = ["FAILED", "broken_by", "fails_elsewhere", "got_through", "server_failures", "sure_after"]

FAILED: Final = 500
"""The first status by which a server says that it failed itself."""
_NEEDED = frozenset({"document", "script", "stylesheet", "xhr", "fetch", "font"})
"""Types of the requests without which a page may show nothing, or go no further."""
_THROUGH: frozenset[EndingKind] = frozenset({"arrived", "stopped"})


def got_through(ending: EndingKind) -> bool:
    """Whether a walk got as far as it was to go."""
    return ending in _THROUGH


def broken_by(walk: Walk, beside: Walk | None = None) -> tuple[Request, ...]:
    """What servers failed to answer on ``walk``, where it did not get through; the last one is the likeliest reason.

    Where ``beside`` got through, what failed there as well stops nobody.
    """
    if got_through(walk.ending.kind):
        return ()
    known = _failed(beside) if beside is not None and got_through(beside.ending.kind) else ()
    harmless = {without_parameters(one.url) for one in known}
    return tuple(one for one in _failed(walk) if without_parameters(one.url) not in harmless)


def sure_after(trial: Trial, trials: Iterable[Trial]) -> bool:
    """Whether ``trial`` got through, and did so again each time it was made."""
    same = [got_through(one.ending) for one in trials if _change(one) == _change(trial)]
    return len(same) > 1 and all(same)


def fails_elsewhere(failed: Iterable[Request], known: frozenset[str]) -> bool:
    """Whether a host that answered one of ``failed`` is among ``known``, which fail now and then."""
    return any(host_of(request.url) in known for request in failed)


@fact
def server_failures(
    walks: tuple[Walk, ...], attempts: tuple[tuple[Walk, ...], ...], known_causes: Causes
) -> frozenset[str]:
    """The hosts by whose failure the measured walk broke, where it got through when nothing was changed."""
    trials = [trial.ending for trial in known_causes.trials if trial.factor == "nothing"]
    through = [walk for attempt in attempts for walk in attempt[:1] if got_through(walk.ending.kind)]
    if not through and not any(map(got_through, trials)):
        return frozenset()
    # What failed on an attempt that got through as well stops nobody.
    known = [frozenset(_hosts(broken_by(walk, beside) for walk in walks[:1])) for beside in through or (None,)]
    return frozenset.intersection(*known)


def _hosts(failed: Iterable[tuple[Request, ...]]) -> Iterator[str]:
    return (host_of(one.url) for each in failed for one in each)


def _failed(walk: Walk) -> tuple[Request, ...]:
    return tuple(one for one in records(walk.requests) if (one.status or 0) >= FAILED and one.resource_type in _NEEDED)


def _change(trial: Trial) -> tuple[object, ...]:
    return trial.factor, trial.changed, trial.hosts, trial.address, trial.like
