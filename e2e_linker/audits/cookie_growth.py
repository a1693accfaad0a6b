"""Logins that are given up leave no cookies that pile up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from e2e_linker.alexa import facts
from e2e_linker.audits.base import Audit, Finding, Inconclusive, Outcome, finding, verdict
from e2e_linker.audits.runner import CaseTable
from e2e_linker.audits.walks import of_walk, probe_walks, proves_nothing, walk_ref
from e2e_linker.derive.jar import JarGrowth, JarTotal, carried, growth, places
from e2e_linker.derive.ladder import Ladder
from e2e_linker.evidence.models import EndingKind, RunEvidence, Walk
from e2e_linker.model import Depth

__all__ = ["AUDIT"]

_ERROR = 400
_GUARDED = frozenset({401, 403, 407})
"""Errors that say who may come in, however large the request is."""
_THROUGH: frozenset[EndingKind] = frozenset({"arrived", "stopped"})


def judge(run: RunEvidence, cases: CaseTable) -> Outcome:
    """What one request carries of the jars of the abandoned walks of each browser, in order."""
    rows: dict[str | None, list[Walk]] = {}
    for case, walk in probe_walks(run, cases, "abandoned"):
        rows.setdefault(case, []).append(walk)
    if not rows:
        return Inconclusive(missing=("no login was given up on purpose",))
    # A cookie for the end of the login is sent by those alone that get there.
    ways = frozenset(place for _, requests in cases.collect("requests") for place in places(requests or ()))
    found: list[Finding] = []
    for case, walks in rows.items():
        jars = [jar for walk in walks if (jar := of_walk(walk, "jar")) is not None]
        if len(jars) < len(walks):
            return Inconclusive(missing=(f"the cookie jar of {len(walks) - len(jars)} abandoned logins is not known",))
        to = ways.union(*(places(of_walk(walk, "requests") or ()) for walk in walks))
        if not to:
            return Inconclusive(missing=("no request of an abandoned login is known",))
        # A login that comes to no form leaves nothing more: the jar grows up to there.
        most = _come_through(walks)
        statuses = dict.fromkeys(_refusal(walk) for walk in walks[most:])
        refused = bool(statuses) and None not in statuses
        # One that was not given up holds what every login sets at its end.
        left = [jar for walk, jar in zip(walks[:most], jars, strict=False) if not walk.variation.get("completed")]
        totals = [carried(jar, to) for jar in left]
        grown = growth(totals, refused=refused)
        if grown is not None:
            then = _then(len(walks) - most, statuses) if refused else _limit(grown, totals[-1])
            found.append(_finding(case, (walks[0], walks[most] if refused else walks[-1]), totals[-1], grown, then))
    return verdict(found[:1])


def _come_through(walks: Sequence[Walk]) -> int:
    """How many of ``walks`` there are up to the last that came as far as it was to; all where none did."""
    through = [n for n, walk in enumerate(walks, 1) if walk.ending.kind in _THROUGH]
    return through[-1] if through else len(walks)


def _refusal(walk: Walk) -> int | None:
    """The error that ``walk`` ended on; None where it ended on none, or on one that a guard or a limit answers."""
    ladder: Ladder | None = of_walk(walk, "ladder")
    status = ladder.last.status if ladder and ladder.last else None
    if status is None or status < _ERROR or status in _GUARDED or proves_nothing(walk):
        return None
    return status


def _then(number: int, statuses: Iterable[int | None]) -> str:
    those = "the next one was" if number == 1 else f"all {number} after that were"
    return f"Then the login breaks: {those} refused with status {' or '.join(map(str, statuses))}."


def _limit(grown: JarGrowth, last: JarTotal) -> str:
    limit = facts.SMALL_HEAD_BYTES
    most = grown.logins + max(0, limit - last.bytes) / grown.bytes_per_login
    return f"About {most:,.0f} fill {limit:,} bytes, where many servers refuse the request."


def _finding(case: str | None, seen: tuple[Walk, Walk], last: JarTotal, grown: JarGrowth, then: str) -> Finding:
    which = f" (`{'`, `'.join(grown.families)}`)" if grown.families else ""
    first, at = seen
    return finding(
        "size-cookie-growth",
        f"Every login that is given up leaves {grown.cookies_per_login:.1f} more cookies and "
        f"{grown.bytes_per_login:,.0f} more bytes{which}: after {grown.logins} one request carries {last.count} with "
        f"{last.bytes:,} bytes. {then}",
        subject="abandoned logins",
        at=walk_ref(at, case),
        related=[walk_ref(first, case)],
    )


AUDIT = Audit(
    id="cookie-growth",
    rules=("size-cookie-growth",),
    title="Abandoned logins leave no growing cookies",
    failed_title="Every abandoned login leaves more cookies",
    judge=judge,
    scope="run",
    depth=Depth.THOROUGH,
)
