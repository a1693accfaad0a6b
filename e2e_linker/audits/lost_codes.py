"""The token endpoint refuses no fresh code that it would take at another time."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from e2e_linker.audits.base import Audit, EvidenceRef, Finding, NotApplicable, Outcome, finding
from e2e_linker.audits.exchanges import call_ref
from e2e_linker.audits.probing import probe_ref, undisturbed
from e2e_linker.audits.runner import CaseTable
from e2e_linker.audits.token_codes import CODE_FIX, speaks_of_code
from e2e_linker.audits.token_refusals import remedy
from e2e_linker.audits.trials import nothing_works, unprobed
from e2e_linker.derive.exchange import Exchange
from e2e_linker.derive.guarded import is_blameless
from e2e_linker.derive.lone_codes import code_moments, lone_exchanges
from e2e_linker.derive.probed import Probed
from e2e_linker.derive.replies import Reply, read_reply
from e2e_linker.derive.trials import is_refusal, speaks_of_limits
from e2e_linker.derive.urls import without_parameters
from e2e_linker.evidence.models import Present, RunEvidence
from e2e_linker.model import Confidence, Depth, host_of

__all__ = ["AUDIT"]

_FEWEST = 2
_SHARE = 0.1
"""Which part of the codes must be refused."""


def judge(run: RunEvidence, probed: Probed, cases: CaseTable) -> Outcome:
    """Fresh codes of probes that are made one by one, each at once and as Alexa does, before and after others."""
    if (why := unprobed(probed)) is not None:
        return why
    others = run.probes.value if isinstance(run.probes, Present) else ()
    walked = [(case.id, walks) for case, walks in cases.collect("walks")]
    alone = lone_exchanges(probed, code_moments(probed, walked, others))
    fresh = [reply for reply in alone if reply.worked or _unknown(reply)]
    if not any(reply.worked for reply in fresh):
        return nothing_works(probed, cases) or NotApplicable(reason="no code was redeemed by itself")
    lost = _by_turns(fresh)
    often = len(lost) >= max(_FEWEST, _SHARE * len(fresh))
    return undisturbed(probed, [_finding(probed, cases, lost)] if often else ())


def _unknown(reply: Reply) -> bool:
    """Whether the server says that the code is no good."""
    told = reply.error == "invalid_grant" or speaks_of_code(Exchange(reply.answer, None))
    return told and is_refusal(reply) and not speaks_of_limits([reply])


def _by_turns(fresh: Sequence[Reply]) -> list[Reply]:
    """Those of ``fresh`` that were refused, where some were taken between them and after them; else none."""
    runs = [(worked, list(group)) for worked, group in groupby(fresh, lambda reply: reply.worked)]
    # What nothing follows that was taken may be the end of all links, or of the server.
    refused = [group for worked, group in (runs if runs and runs[-1][0] else runs[:-1]) if not worked]
    return [reply for group in refused for reply in group] if len(refused) >= _FEWEST else []


def _finding(probed: Probed, cases: CaseTable, lost: Sequence[Reply]) -> Finding:
    url, measured = lost[0].call.url, _measured(cases)
    tried = [reply for reply in probed.replies if is_blameless(reply.call) and reply.call.probe != "other_scheme"]
    unknown = [reply for reply in tried if _unknown(reply)]
    refused = [(ref, case) for ref, case, well in measured if not well]
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
        f"Keep codes where every worker and node of {host} finds them as soon as they are issued, in a database or "
        "in Redis, not in the memory of one process. Where they are kept so, see in the server's log what tells the "
        "refused codes from the others."
    )


def _probed_on(probed: Probed) -> tuple[str, ...]:
    return (probed.battery.case,) if probed.battery else ()


def _measured(cases: CaseTable) -> list[tuple[EvidenceRef, str, bool]]:
    """Of every case whose code was taken, or refused as no good, the call, its id, and whether it was taken."""
    found = []
    for case, exchange in cases.collect("exchange"):
        if exchange is not None:
            reply = read_reply(exchange.call)
            if reply.worked or _unknown(reply):
                found.append((call_ref(exchange, case.id), case.id, reply.worked))
    return found


AUDIT = Audit(
    id="lost-codes",
    rules=("token-status-200",),
    title="Of fresh codes all are taken",
    failed_title="Of fresh codes some are refused",
    scope="run",
    depth=Depth.STANDARD,
    judge=judge,
)
