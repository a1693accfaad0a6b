"""Logins that are given up leave no cookies that pile up."""

from __future__ import annotations

from collections.abc import Sequence

from e2e_linker.alexa import facts
from e2e_linker.audits.base import Audit, Finding, Inconclusive, Outcome, finding, verdict
from e2e_linker.audits.runner import CaseTable
from e2e_linker.audits.walks import of_walk, probe_walks, walk_ref
from e2e_linker.derive.jar import JarGrowth, JarTotal, carried, growth, places
from e2e_linker.evidence.models import RunEvidence, Walk
from e2e_linker.model import Depth

__all__ = ["AUDIT"]


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
        totals = [carried(jar, to) for jar in jars]
        grown = growth(totals)
        if grown is not None:
            found.append(_finding(case, walks, totals, grown))
    return verdict(found[:1])


def _finding(case: str | None, walks: Sequence[Walk], totals: Sequence[JarTotal], grown: JarGrowth) -> Finding:
    which = f" (`{'`, `'.join(grown.families)}`)" if grown.families else ""
    limit, last = facts.SMALL_HEAD_BYTES, totals[-1]
    most = grown.logins + max(0, limit - last.bytes) / grown.bytes_per_login
    return finding(
        "size-cookie-growth",
        f"Every login that is given up leaves {grown.cookies_per_login:.1f} more cookies and "
        f"{grown.bytes_per_login:,.0f} more bytes{which}: after {grown.logins} one request carries {last.count} with "
        f"{last.bytes:,} bytes. About {most:,.0f} fill {limit:,} bytes, where many servers refuse the request.",
        subject="abandoned logins",
        at=walk_ref(walks[-1], case),
        related=[walk_ref(walks[0], case)],
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
