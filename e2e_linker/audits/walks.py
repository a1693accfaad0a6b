"""What audits of a walk share: where a finding can be seen, which walks there are, and how one ended."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from e2e_linker.audits.base import EvidenceRef, Inconclusive
from e2e_linker.derive.base import walk_facts
from e2e_linker.derive.ladder import Ladder
from e2e_linker.derive.pages import Page
from e2e_linker.derive.screens import ScreenVerdict
from e2e_linker.evidence.models import Ending, EndingKind, Present, Purpose, RunEvidence, Walk, records
from e2e_linker.model import Fault

if TYPE_CHECKING:
    from e2e_linker.audits.runner import CaseTable

__all__ = [
    "ends_untold",
    "further",
    "hop_ref",
    "last_screen",
    "no_arrival",
    "of_walk",
    "probe_walks",
    "proves_nothing",
    "request_ref",
    "stopped_at",
    "unaffordable",
    "walk_ref",
]

_STOPPED: frozenset[EndingKind] = frozenset({"crashed", "engine_missing", "interrupted", "not_started", "errored"})
_UNTOLD: frozenset[EndingKind] = _STOPPED | {"login_rejected", "login_blocked", "captcha", "unreachable", "tls_failure"}
"""Endings after which nothing is known of what the server would have answered."""
_ERROR = 400


def request_ref(walk: Walk, request: int | None) -> EvidenceRef:
    """The request of that number in ``walk``, or the walk's arrival where only its address was seen."""
    if request is None:
        return EvidenceRef(kind="arrival", ref=f"{walk.id}#1")
    return EvidenceRef(kind="request", ref=f"{walk.id}#{request}")


def hop_ref(walk: Walk, hop: int) -> EvidenceRef:
    """The hop of that number in the ladder of ``walk``."""
    return EvidenceRef(kind="hop", ref=f"{walk.id}#{hop}")


def walk_ref(walk: Walk, case: str | None = None) -> EvidenceRef:
    """``walk`` as a whole."""
    return EvidenceRef(kind="walk", ref=walk.id, case=case)


def last_screen(walk: Walk, page: Page) -> list[EvidenceRef]:
    """The last look at ``page``; none where nobody looked."""
    return [EvidenceRef(kind="screen", ref=f"{walk.id}#{view.screen}") for view in page.views[-1:]]


def no_arrival(ending: Ending) -> Inconclusive:
    """The outcome of an audit that needs an arrival where none came."""
    return Inconclusive(missing=(f"no answer reached Alexa: {ending.message}",))


def ends_untold(walk: Walk) -> bool:
    """Whether ``walk`` ended for a reason that says nothing of the server: a wrong password, a crash, Ctrl-C."""
    return walk.ending.kind in _UNTOLD


def proves_nothing(walk: Walk) -> bool:
    """Whether the end of ``walk`` tells nothing: untold, of a server asked too often, or of a step of the tester's own.

    Not so where the server answered with an error, or with nothing a person could see: no step would have helped then.
    """
    often = of_walk(walk, "asked_too_often") is not None
    if often or walk.ending.kind != "login_not_found" or walk.ending.fault is not Fault.TESTER:
        return often or ends_untold(walk)
    ladder: Ladder | None = of_walk(walk, "ladder")
    status = ladder.last.status if ladder and ladder.last else None
    screens: tuple[ScreenVerdict, ...] = of_walk(walk, "screen_verdicts") or ()
    return (status is None or status < _ERROR) and not (screens and screens[-1].empty)


def further(walks: Iterable[Walk], *purposes: Purpose) -> tuple[Walk, ...]:
    """The walks made for one of ``purposes``, in order."""
    return tuple(walk for walk in walks if walk.purpose in purposes)


def unaffordable(purposes: Iterable[Purpose], wanted: Purpose) -> Inconclusive | None:
    """The outcome of an audit that needs a walk for ``wanted`` where that is among those left out; else None."""
    if wanted not in purposes:
        return None
    return Inconclusive(missing=("limits.logins left no login for it: raise it, or run fewer cases",))


def of_walk(walk: Walk, name: str) -> Any:
    """The part or fact ``name`` of ``walk`` alone, None where it is missing."""
    part = walk_facts(walk).get(name)
    return part.value if isinstance(part, Present) else None


def probe_walks(run: RunEvidence, cases: CaseTable, *purposes: Purpose) -> tuple[tuple[str | None, Walk], ...]:
    """(case, walk) of all walks made for one of ``purposes``: the run's probes, whose case is None, then the cases'."""
    probes = records(run.probes)
    last = {case.id: walks for case, walks in cases.collect("walks")}
    return tuple((None, walk) for walk in further(probes, *purposes)) + tuple(
        (case, walk) for case, walks in last.items() for walk in further(walks, *purposes)
    )


def stopped_at(walk: Walk) -> str:
    """Where the main frame of ``walk`` ended, in words for a message."""
    found: Ladder | None = of_walk(walk, "ladder")
    last = found.last if found else None
    if last is None:
        return walk.ending.message
    answered = f"status {last.status}" if last.status is not None else last.failure or "no answer"
    return f"{walk.ending.message.rstrip('.')} (hop {last.n}, {answered})"
