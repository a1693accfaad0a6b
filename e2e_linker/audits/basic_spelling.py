"""HTTP Basic is taken however id and secret are spelled."""

from __future__ import annotations

from e2e_linker.alexa.authorization import AuthorizationRequest
from e2e_linker.audits.base import Audit, EvidenceRef, Finding, Inconclusive, NotApplicable, Outcome, finding, verdict
from e2e_linker.audits.exchanges import address_of, call_ref, unredeemed
from e2e_linker.derive.basic_spelling import ENCODED, UNENCODED, breaks_down, proves_client, refuses_client
from e2e_linker.derive.exchange import Exchange, words_of
from e2e_linker.derive.tokens import TokenAnswer
from e2e_linker.evidence.models import Ending, TokenCall
from e2e_linker.model import Confidence, Severity, host_of

__all__ = ["AUDIT", "SPELLING_FIX"]

SPELLING_FIX = (
    "Give Alexa a client id and a client secret of letters, digits, - . _ only, which both spellings leave alone; or "
    "have the server form-decode id and secret of HTTP Basic (RFC 6749, section 2.3.1), and take them undecoded too; "
    "or set accessTokenScheme to REQUEST_BODY_CREDENTIALS, where the server takes them in the body."
)


def judge(
    authorization: AuthorizationRequest,
    exchange: Exchange | None,
    token_answers: tuple[TokenAnswer, ...],
    ending: Ending,
) -> Outcome:
    """An exchange that was refused with the encoded pair, and taken with the same pair as it stands."""
    if (skipped := unredeemed(authorization.grant, exchange, ending)) is not None or exchange is None:
        return skipped or verdict(())
    if exchange.call.scheme == "REQUEST_BODY_CREDENTIALS":
        return NotApplicable(reason="the client does not authenticate by HTTP Basic")
    refused = next((answer for answer in token_answers if answer.call.purpose == ENCODED), None)
    taken = exchange.call.status == 200 and not refuses_client(exchange.call)
    if refused is None and not taken and not proves_client(exchange.call):
        raw = next((answer.call for answer in token_answers if answer.call.purpose == UNENCODED), None)
        return Inconclusive(missing=(_untold(exchange, raw),))
    return verdict([_finding(exchange, refused)] if refused is not None or exchange.call.urlencoded is False else ())


def _untold(exchange: Exchange, raw: TokenCall | None) -> str:
    if raw is not None and breaks_down(raw):
        got = f"status {raw.status}" if raw.status is not None else f"nothing ({raw.failure})"
        return f"whether the client was accepted as id and secret stand: that was answered with {got}"
    if raw is not None and not refuses_client(raw):
        return "whether the client was accepted as id and secret stand: the first try may have used the code up"
    if refuses_client(exchange.call):
        return "the token endpoint did not accept the client, however it was spelled"
    if exchange.limited:
        return f"the token endpoint answered with status {exchange.call.status}, a rate limit"
    return "the token endpoint's answer does not tell whether it accepted the client"


def _finding(exchange: Exchange, refused: TokenAnswer | None) -> Finding:
    call, said = exchange.call, " in another case"
    if refused is not None:
        call, words = refused.call, words_of(refused)
        said = f" (status {call.status}{f', {words}' if words else ''})"
    return finding(
        "token-client-auth-scheme",
        f"The token endpoint {address_of(exchange)} takes client id and secret in HTTP Basic only as they stand: "
        f"form-urlencoded, as RFC 6749 has it, they were refused{said}. "
        "Which of the two Alexa sends is not documented.",
        subject=f"{host_of(call.url)} spelling",
        at=EvidenceRef(kind="token_call", ref=str(call.n)),
        related=[call_ref(exchange)],
        severity=Severity.RECOMMENDED,
        confidence=Confidence.POSSIBLE,
        fix=SPELLING_FIX,
    )


AUDIT = Audit(
    id="basic-spelling",
    rules=("token-client-auth-scheme",),
    title="HTTP Basic is taken form-urlencoded too",
    failed_title="HTTP Basic is taken only as id and secret stand",
    judge=judge,
)
