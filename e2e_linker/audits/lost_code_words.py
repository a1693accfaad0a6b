"""What the audit of lost codes says where it is not known why codes were refused, and of those of cases."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from e2e_linker.audits.base import EvidenceRef, Finding, finding
from e2e_linker.audits.exchanges import call_ref
from e2e_linker.audits.probing import probe_ref
from e2e_linker.audits.refused_parameters import is_explained
from e2e_linker.audits.runner import CaseTable
from e2e_linker.audits.token_codes import CODE_FIX, speaks_of_code
from e2e_linker.audits.token_refusals import remedy
from e2e_linker.derive.exchange import Exchange
from e2e_linker.derive.guarded import is_blameless
from e2e_linker.derive.lone_codes import code_moments, logged_in_anew
from e2e_linker.derive.probed import Probed
from e2e_linker.derive.replies import Reply, read_reply
from e2e_linker.derive.trials import is_refusal, speaks_of_limits
from e2e_linker.derive.urls import without_parameters
from e2e_linker.evidence.models import Walk, records
from e2e_linker.model import Confidence, host_of

__all__ = ["KEEP_CODES", "CaseCode", "crossed_codes", "is_unknown", "lost_by_case", "of_cases", "untold_losses"]

KEEP_CODES = (
    "Keep codes where every worker and node of {host} finds them as soon as they are issued, in a database or in "
    "Redis, not in the memory of one process."
)
_ONE_REFUSED = (
    "Let them live for a minute at least. Where they are kept so, see in the server's log why the one was not taken"
)
_SIGNED_IN = ": it came right after a login, the other one to a browser that was signed in"
CaseCode = tuple[EvidenceRef, str, Reply]
"""The call that redeemed the code of a case, the case, and the answer."""


def is_unknown(reply: Reply) -> bool:
    """Whether the server says that the code is no good."""
    told = reply.error == "invalid_grant" or speaks_of_code(Exchange(reply.answer, None))
    return told and is_refusal(reply) and not speaks_of_limits([reply])


def of_cases(cases: CaseTable) -> list[CaseCode]:
    """The codes of cases that were taken, or refused as no good and not, in so many words, for another parameter."""
    made = [(case.id, exchange) for case, exchange in cases.collect("exchange") if exchange is not None]
    found = [(case, exchange) for case, exchange in made if speaks_of_code(exchange) or not is_explained(exchange)]
    codes = [(call_ref(exchange, case), case, read_reply(exchange.call)) for case, exchange in found]
    return [code for code in codes if code[2].worked or is_unknown(code[2])]


def untold_losses(fresh: Sequence[Reply], doubted: Sequence[Reply], *, logged_in: bool) -> str:
    """Why the refusals among ``fresh``, and ``doubted``, do not show that the server loses codes."""
    refused = [reply for reply in (*fresh, *doubted) if not reply.worked]
    why = ". The server may lose codes, it may have failed for a moment, or punish what was wrong on purpose"
    if not any(reply.worked for reply in fresh):
        why = ", although another one was taken"
    elif logged_in:
        why = ", and only those were taken for which the account logged in anew, as if each session had one code"
    return (
        f"{len(refused)} of {len(fresh) + len(doubted)} fresh codes were refused with {refused[0].words}{why}: look in "
        "its log for what became of them, and run this again"
    )


def crossed_codes(crossed: Sequence[Reply]) -> str | None:
    """What is worth knowing of codes that were refused while others were got; None where none was."""
    if not crossed:
        return None
    codes = "1 fresh code was" if len(crossed) == 1 else f"{len(crossed)} fresh codes were"
    return (
        f"{codes} refused ({crossed[0].words}) while others may have been got, each of which ends the one before it on "
        "some servers."
    )


def lost_by_case(probed: Probed, cases: CaseTable, others: Iterable[Walk]) -> Finding | None:
    """What follows where every case's code was refused, and the same call took another one later; None elsewhere.

    ``others`` are the walks of which some brought the codes of the probes.
    """
    battery, codes = probed.battery, of_cases(cases)
    own = next((code for code in codes if battery and code[1] == battery.case), None)
    later = next((reply for reply in probed.replies if reply.worked and is_blameless(reply.call)), None)
    if own is None or later is None or any(reply.worked for _, _, reply in codes):
        return None
    at, _, refused = own
    if remedy(Exchange(refused.answer, "status")) != CODE_FIX or _crossed(probed, cases, own):
        return None
    host = host_of(refused.call.url)
    alike = later.call.link in logged_in_anew(probed, others)
    return finding(
        "token-status-200",
        f"The token endpoint {without_parameters(refused.call.url)} refused the code with {refused.words}, and took "
        "another one later that was sent in the same way. So what is sent is right, and whether a customer "
        "is linked may be chance.",
        subject=f"{host} refuses some codes",
        at=at,
        related=[probe_ref(probed, later.call), *(ref for ref, _, _ in codes if ref != at)][:3],
        confidence=Confidence.LIKELY,
        fix=f"{KEEP_CODES.format(host=host)} {_ONE_REFUSED}{'' if alike else _SIGNED_IN}.",
        shown_by=dict.fromkeys(case for _, case, _ in codes),
    )


def _crossed(probed: Probed, cases: CaseTable, own: CaseCode) -> bool:
    """Whether another code was got while that of ``own`` was under way, by its own walk or by another case."""
    walks, sent = {case.id: walks for case, walks in cases.collect("walks")}, own[2].call.at
    mine = [walk for walk in walks.get(own[1], ()) if walk.started_at <= sent]
    if any(len(records(walk.arrivals)) > 1 for walk in mine):
        return True
    began = min((walk.started_at for walk in mine), default=sent)
    others = [(case, walked) for case, walked in walks.items() if case != own[1]]
    return any(first <= sent and last >= began for first, last in code_moments(probed, others, ()))
