"""The redemption of the code is answered with status 200."""

from __future__ import annotations

from e2e_linker.alexa.authorization import AuthorizationRequest
from e2e_linker.audits.base import Audit, Finding, Inconclusive, Outcome, finding, verdict
from e2e_linker.audits.basic_spelling import SPELLING_FIX
from e2e_linker.audits.exchanges import address_of, call_ref, unredeemed
from e2e_linker.audits.token_refusals import holds_state, remedy, told
from e2e_linker.derive.basic_spelling import UNENCODED, proves_client
from e2e_linker.derive.exchange import Exchange
from e2e_linker.derive.ladder import header
from e2e_linker.derive.tokens import TokenAnswer
from e2e_linker.evidence.models import Ending, TokenCall
from e2e_linker.model import Confidence, Fault, Severity, host_of

__all__ = ["AUDIT"]

_CLIENT = (
    "The client id, the client secret or accessTokenScheme is not what the server has for this client",
    "Compare clientId, the client secret and accessTokenScheme with the client's registration at the server.",
)
_OURS = {
    "invalid_client": _CLIENT,
    "unauthorized_client": (
        "The client may not use the authorization code grant; some servers say so of a wrong client secret, too",
        "Compare the client secret with the client's registration at the server, and allow it the authorization code "
        "grant.",
    ),
}
"""Errors of RFC 6749 section 5.2 that speak of the configuration rather than of the server."""
_TOLD_BY_OTHERS = frozenset({"invalid_client", "invalid_grant", "unauthorized_client"})
"""Refusals whose cause another audit may know: a swapped setting, a verifier that does not fit."""
_GATEWAY = frozenset({502, 503, 504})
_USED_UP = (
    "With id and secret as they stand, not form-urlencoded, it was taken, but by then the code was used up. Which of "
    "the two Alexa sends is not documented"
)


def judge(
    authorization: AuthorizationRequest,
    exchange: Exchange | None,
    token_answers: tuple[TokenAnswer, ...],
    ending: Ending,
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
    return verdict([_finding(exchange, raw)] if exchange.trouble in {"unanswered", "status"} else ())


def _finding(exchange: Exchange, raw: TokenCall | None) -> Finding:
    call = exchange.call
    advice, blame = None, Fault.IDENTITY_PROVIDER
    refusal = _OURS.get(exchange.error or "")
    used_up = raw is not None and proves_client(raw)
    if call.status is None:
        said = f"gave no answer: {call.failure}"
    elif used_up or refusal is not None:
        reason, advice = (_USED_UP, SPELLING_FIX) if used_up else refusal or _CLIENT
        blame = Fault.SKILL_CONFIGURATION
        said = f"refused the client with status {call.status}, {exchange.words}. {reason}"
    elif 300 <= call.status < 400:
        said = f"redirects with status {call.status} to {header(call.response_headers, 'location') or 'nowhere'}"
        advice = "Configure the final address as accessTokenUrl; Alexa does not follow redirects."
    elif 200 < call.status < 300:
        said = f"answered with status {call.status}; Alexa takes 200 only"
    elif call.status in _GATEWAY and exchange.answer.json is None:
        advice = (
            f"Look at the proxy in front of {host_of(call.url)}: it got no answer, or none in time, from the server "
            "behind it. Alexa waits four and a half seconds at most."
        )
        said = f"answered with status {call.status}, a gateway's: nothing behind it answered the exchange"
    else:
        said, advice = told(exchange), remedy(exchange)
    return finding(
        "token-status-200",
        f"The token endpoint {address_of(exchange)} {said}.",
        subject=f"{host_of(call.url)} {call.status or call.failure_kind} {exchange.error or ''}".strip(),
        at=call_ref(exchange),
        # The code was used up by this tool's own first try: the case stays unlinked, and nobody is to blame for sure.
        severity=Severity.RECOMMENDED if used_up else None,
        confidence=Confidence.POSSIBLE if used_up else Confidence.CERTAIN,
        fix=advice,
        blame=blame,
        symptom=exchange.error in _TOLD_BY_OTHERS,
    )


AUDIT = Audit(
    id="token-status",
    rules=("token-status-200",),
    title="The token endpoint answers with status 200",
    failed_title="The token endpoint does not answer with status 200",
    judge=judge,
)
