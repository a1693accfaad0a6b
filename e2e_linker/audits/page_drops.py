"""The login's servers hang up on no page that they would send at another time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from e2e_linker.alexa.facts import is_alexas
from e2e_linker.audits.base import Audit, EvidenceRef, Finding, NotApplicable, Outcome, finding, verdict
from e2e_linker.audits.hang_ups import Asked, habit, look_for_closers
from e2e_linker.audits.runner import CaseTable
from e2e_linker.audits.screens import listed_in_words
from e2e_linker.audits.walks import probe_walks
from e2e_linker.evidence.models import Request, RunEvidence, Walk, records
from e2e_linker.model import Confidence, Severity, host_of

__all__ = ["AUDIT"]

_SHARE = 0.05
"""Which part of the pages of a host must be left without an answer."""
_HUNG_UP = ("RESET", "EMPTY_RESPONSE", "CONNECTION_CLOSED", "NET_INTERRUPT")
"""What engines call a connection that ended before any answer."""
_MOST_NAMED = 5


def judge(run: RunEvidence, cases: CaseTable) -> Outcome:
    """The pages of logins as customers make them; what was made to try the server may well be refused."""
    asked: dict[str, list[Asked]] = {}
    for host, each in _pages(run, cases):
        asked.setdefault(host, []).append(each)
    if not asked:
        return NotApplicable(reason="no page was asked for")
    dropped = {host: habit(pages, _SHARE) for host, pages in asked.items()}
    return verdict([_finding(host, asked[host], found) for host, found in dropped.items() if found])


def _pages(run: RunEvidence, cases: CaseTable) -> Iterator[tuple[str, Asked]]:
    """(host, page) of all that ordinary logins asked for."""
    for case, walk in probe_walks(run, cases, "measured", "warm", "minted"):
        for request in records(walk.requests):
            if request.leads and not is_alexas(host := host_of(request.url)):
                ref = EvidenceRef(kind="request", ref=f"{walk.id}#{request.n}", case=case)
                moment = walk.started_at + timedelta(seconds=request.at)
                yield host, Asked(ref, moment, (case, walk.id), request.status is not None, _hung_up(request, walk))


def _hung_up(request: Request, walk: Walk) -> str | None:
    failure = request.failure or ""
    # What is still under way when a login has come to its end is cut off by this tool.
    cut = request.status is not None or walk.ending.kind == "arrived"
    return failure if not cut and any(mark in failure.upper() for mark in _HUNG_UP) else None


def _finding(host: str, asked: Sequence[Asked], dropped: Sequence[Asked]) -> Finding:
    return finding(
        "screen-error-page",
        f"{host} hung up on {len(dropped)} of {len(asked)} pages ({dropped[0].hung_up}), and sent others before and "
        "after. Who meets that sees an error page of the browser's own, and is not linked.",
        subject=f"{host} hangs up",
        at=dropped[0].ref,
        related=[each.ref for each in dropped[1:4]],
        severity=Severity.DEGRADES,
        confidence=Confidence.LIKELY,
        fix=_otherwise_treated(asked, dropped) + look_for_closers(host),
    )


def _otherwise_treated(asked: Sequence[Asked], dropped: Sequence[Asked]) -> str:
    """Where to look first where none of the cases that were hung up on got any page; empty where one did."""
    hit = {each.ref.case for each in dropped}
    if None in hit or any(each.answered and each.ref.case in hit for each in asked):
        return ""
    names = sorted(case for case in hit if case)
    named = listed_in_words(names) if len(names) <= _MOST_NAMED else f"{len(names)} cases"
    return (
        f"No page at all came for {named}: see first whether something treats their devices or languages otherwise, "
        "such as a firewall or a bot protection. "
    )


AUDIT = Audit(
    id="page-drops",
    rules=("screen-error-page",),
    title="The login's servers hang up on no page",
    failed_title="The login's servers hang up on some pages",
    scope="run",
    judge=judge,
)
