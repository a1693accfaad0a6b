"""The token endpoint refuses no fresh code that it would take at another time."""

from __future__ import annotations

from collections.abc import Sequence

from e2e_linker.audits.base import Audit, Finding, Inconclusive, NotApplicable, Outcome, Passed, finding, verdict
from e2e_linker.audits.lost_code_words import (
    KEEP_CODES,
    crossed_codes,
    is_unknown,
    lost_by_case,
    of_cases,
    untold_losses,
)
from e2e_linker.audits.probing import probe_ref, undisturbed, unmade
from e2e_linker.audits.runner import CaseTable
from e2e_linker.audits.token_codes import CODE_FIX
from e2e_linker.audits.token_refusals import remedy
from e2e_linker.audits.trials import nothing_works, unprobed
from e2e_linker.derive.exchange import Exchange
from e2e_linker.derive.guarded import is_blameless
from e2e_linker.derive.lone_codes import by_turns, code_moments, fresh_codes, only_after_login
from e2e_linker.derive.probed import Probed
from e2e_linker.derive.replies import Reply
from e2e_linker.derive.urls import without_parameters
from e2e_linker.evidence.models import RunEvidence, records
from e2e_linker.model import Confidence, Depth, host_of

__all__ = ["AUDIT"]

_FEWEST = 2
_SHARE = 0.1
"""Which part of the codes must be refused."""


def judge(run: RunEvidence, probed: Probed, cases: CaseTable) -> Outcome:
    """Fresh codes of probes that are made one by one, each at once and as Alexa does, before and after others."""
    if (why := unprobed(probed)) is not None:
        return why
    others = records(run.probes)
    walked = [(case.id, walks) for case, walks in cases.collect("walks")]
    codes = fresh_codes(probed, code_moments(probed, walked, others), others)
    fresh = [reply for reply in codes.judged if reply.worked or is_unknown(reply)]
    doubted = [reply for reply in codes.doubted if is_unknown(reply)]
    refused = [*(reply for reply in fresh if not reply.worked), *doubted]
    if (why := nothing_works(probed, cases)) is not None:
        return why
    if not any(reply.worked for reply in fresh) and (found := lost_by_case(probed, cases, others)):
        return verdict([found])
    if not fresh and not refused:
        return unmade(probed, "relink") or NotApplicable(reason="no code was redeemed by itself")
    lost, logged_in = by_turns(fresh), only_after_login(probed, fresh, others)
    if len(lost) >= max(_FEWEST, _SHARE * len(fresh)) and not logged_in:
        return undisturbed(probed, [_finding(probed, cases, lost)])
    measured = [reply for _, _, reply in of_cases(cases) if not reply.worked]
    if refused or measured:
        return Inconclusive(missing=(untold_losses(fresh, [*doubted, *measured], logged_in=logged_in),))
    return Passed(note=crossed_codes([reply for reply in codes.crossed if is_unknown(reply)]))


def _finding(probed: Probed, cases: CaseTable, lost: Sequence[Reply]) -> Finding:
    url, measured = lost[0].call.url, of_cases(cases)
    tried = [reply for reply in probed.replies if is_blameless(reply.call) and reply.call.probe != "other_scheme"]
    unknown = [reply for reply in tried if is_unknown(reply)]
    refused = [(ref, case) for ref, case, reply in measured if not reply.worked]
    host = host_of(url)
    ids, of = dict.fromkeys(case for _, case in refused), {case for _, case, _ in measured}
    own = f" So it did with those of {len(ids)} of {len(of)} cases." if ids else ""
    return finding(
        "token-status-200",
        f"The token endpoint {without_parameters(url)} refused {len(unknown)} of {len(tried)} fresh codes with "
        f"{lost[0].words}, and took others in between. Each was sent once, as soon as it came, and like the others."
        f"{own} Customers whose code is among the refused are not linked.",
        subject=f"{host} refuses some codes",
        at=probe_ref(probed, lost[0].call),
        related=[*(probe_ref(probed, reply.call) for reply in lost[1:3]), *(ref for ref, _ in refused[:2])],
        confidence=Confidence.LIKELY,
        fix=_fix(host, lost),
        shown_by=dict.fromkeys([*ids, *_probed_on(probed)]),
    )


def _fix(host: str, lost: Sequence[Reply]) -> str:
    """What mends it, which is another thing where a character spoils just the codes that were refused."""
    known = {remedy(Exchange(reply.answer, "status")) for reply in lost if reply.error == "invalid_grant"}
    if len(known) == 1 and CODE_FIX not in known:
        return known.pop()
    return (
        f"{KEEP_CODES.format(host=host)} Where they are kept so, see in the server's log what tells the refused codes "
        "from the others."
    )


def _probed_on(probed: Probed) -> tuple[str, ...]:
    return (probed.battery.case,) if probed.battery else ()


AUDIT = Audit(
    id="lost-codes",
    rules=("token-status-200",),
    title="Of fresh codes all are taken",
    failed_title="Of fresh codes some are refused",
    scope="run",
    depth=Depth.STANDARD,
    judge=judge,
)
