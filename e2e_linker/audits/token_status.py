"""The redemption of the code is answered with status 200."""

from __future__ import annotations

from e2e_linker.alexa.authorization import AuthorizationRequest
from e2e_linker.audits.base import Audit, EvidenceRef, Finding, Inconclusive, Outcome, finding, verdict
from e2e_linker.audits.basic_spelling import SPELLING_FIX
from e2e_linker.audits.client_refusals import refused_client
from e2e_linker.audits.exchanges import address_of, call_ref, unredeemed
from e2e_linker.audits.failing_servers import no_service
from e2e_linker.audits.missed_prefix import prefix_first
from e2e_linker.audits.refused_parameters import is_explained
from e2e_linker.audits.spoilt_codes import holds_state
from e2e_linker.audits.token_redirect import instead
from e2e_linker.audits.token_refusals import advice as advice_of
from e2e_linker.audits.token_refusals import silence_remedy, told, wants_client_id
from e2e_linker.derive.basic_spelling import UNENCODED, breaks_down, proves_client
from e2e_linker.derive.exchange import Exchange
from e2e_linker.derive.tokens import TokenAnswer
from e2e_linker.evidence.headers import header
from e2e_linker.evidence.models import Ending, SkillFacts, TokenCall, Walk
from e2e_linker.model import Confidence, Fault, Severity, host_of

__all__ = ["AUDIT"]

_USED_UP = (
    "With id and secret as they stand, not form-urlencoded, it may have been taken: what was refused then is the code, "
    "which the first try may have used up. Which of the two Alexa sends is not documented"
)
_USED_UP_FIX = f"{SPELLING_FIX} See first that the secret is the server's: a wrong one may be answered so, too."


def judge(
    authorization: AuthorizationRequest,
    exchange: Exchange | None,
    token_answers: tuple[TokenAnswer, ...],
    ending: Ending,
    skill: SkillFacts,
    walk: Walk,
) -> Outcome:
    """Status 200 and no other; also where the endpoint hung up without an answer."""
    skipped = unredeemed(authorization.grant, exchange, ending, "unreachable", "challenged", "misdirected", "unread")
    if skipped is None and exchange is not None and exchange.call.status != 200:
        skipped = unredeemed(authorization.grant, exchange, ending, "late")
    if skipped is not None or exchange is None:
        return skipped or verdict(())
    if exchange.trouble == "status" and holds_state(exchange, authorization.state):
        return Inconclusive(missing=("a code of its own: the redirect joins the state to it",))
    raw = next((answer.call for answer in token_answers if answer.call.purpose == UNENCODED), None)
    if exchange.trouble not in {"unanswered", "status"}:
        return verdict(())
    return verdict([_finding(exchange, raw, skill, instead(walk, exchange.call, token_answers), walk)])


def _finding(
    exchange: Exchange, raw: TokenCall | None, skill: SkillFacts, elsewhere: tuple[str, Fault], walk: Walk
) -> Finding:
    call, advice, blame = exchange.call, None, Fault.IDENTITY_PROVIDER
    failed = raw if raw is not None and breaks_down(raw) else None
    refusal = refused_client(exchange, skill, failed)
    used_up = raw is not None and proves_client(raw)
    explained = exchange.error == "invalid_grant" or is_explained(exchange)
    nobody = no_service(exchange)
    # One call does not tell a server that hangs up on every exchange, or limits all, from one that does now and then.
    passing = exchange.limited or (nobody is not None and nobody[2])
    once = (call.status is None and call.failure_kind == "closed") or passing or failed is not None
    unsure = used_up or wants_client_id(exchange) or (call.status is None and call.failure_kind == "too_large")
    if call.status is None:
        said, advice = f"gave no answer: {call.failure}", silence_remedy(call)
    elif used_up or refusal is not None:
        reason, advice = refusal if refusal is not None and not used_up else (_USED_UP, _USED_UP_FIX)
        blame = Fault.IDENTITY_PROVIDER if failed else Fault.SKILL_CONFIGURATION
        words = f", {exchange.words}" if exchange.words else ""
        said = f"refused the client with status {call.status}{words}. {reason}"
    elif 300 <= call.status < 400:
        said = f"redirects with status {call.status} to {header(call.response_headers, 'location') or 'nowhere'}"
        advice, blame = elsewhere
    elif 200 < call.status < 300:
        said = f"answered with status {call.status}; Alexa takes 200 only"
    elif nobody is not None:
        said, advice, _ = nobody
    else:
        said, advice = told(exchange), prefix_first(walk, exchange, advice_of(exchange))
    return finding(
        "token-status-200",
        f"The token endpoint {address_of(exchange)} {said}.",
        subject=f"{host_of(call.url)} {call.status or call.failure_kind} {exchange.error or ''}".strip(),
        at=call_ref(exchange),
        related=[EvidenceRef(kind="token_call", ref=str(failed.n))] if failed else (),
        # The code was used up by this tool's own first try: the case stays unlinked, and nobody is to blame for sure.
        severity=Severity.RECOMMENDED if used_up else None,
        confidence=Confidence.POSSIBLE if unsure else Confidence.LIKELY if once else Confidence.CERTAIN,
        fix=advice,
        blame=blame,
        # Another audit may know the cause: a swapped setting, a verifier that does not fit.
        symptom=explained or refusal is not None or wants_client_id(exchange),
    )


AUDIT = Audit(
    id="token-status",
    rules=("token-status-200",),
    title="The token endpoint answers with status 200",
    failed_title="The token endpoint does not answer with status 200",
    judge=judge,
)
