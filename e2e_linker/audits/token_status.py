"""The redemption of the code is answered with status 200."""

from __future__ import annotations

from e2e_linker.alexa.authorization import AuthorizationRequest
from e2e_linker.audits.base import Audit, Finding, Outcome, finding, verdict
from e2e_linker.audits.exchanges import address_of, call_ref, unredeemed
from e2e_linker.derive.exchange import Exchange
from e2e_linker.derive.ladder import header
from e2e_linker.evidence.models import Ending
from e2e_linker.model import Fault, host_of

__all__ = ["AUDIT"]

_OURS = {
    "invalid_client": (
        "The client id, the client secret or accessTokenScheme is not what the server has for this client",
        "Compare clientId, the client secret and accessTokenScheme with the client's registration at the server.",
    ),
    "unauthorized_client": (
        "The client may not use the authorization code grant",
        "Allow the authorization code grant for this client at the server.",
    ),
}
"""Errors of RFC 6749 section 5.2 that speak of the configuration rather than of the server."""


def judge(authorization: AuthorizationRequest, exchange: Exchange | None, ending: Ending) -> Outcome:
    """Status 200 and no other; also where the endpoint hung up without an answer."""
    skipped = unredeemed(authorization.grant, exchange, ending, "unreachable", "challenged", "misdirected", "unread")
    if skipped is None and exchange is not None and exchange.call.status != 200:
        skipped = unredeemed(authorization.grant, exchange, ending, "late")
    if skipped is not None or exchange is None:
        return skipped or verdict(())
    return verdict([_finding(exchange)] if exchange.trouble in {"unanswered", "status"} else ())


def _finding(exchange: Exchange) -> Finding:
    call = exchange.call
    advice, blame = None, Fault.IDENTITY_PROVIDER
    refusal = _OURS.get(exchange.error or "")
    if call.status is None:
        said = f"gave no answer: {call.failure}"
    elif refusal is not None:
        blame, advice = Fault.SKILL_CONFIGURATION, refusal[1]
        said = f"refused the client with status {call.status}, {exchange.words}. {refusal[0]}"
    elif 300 <= call.status < 400:
        said = f"redirects with status {call.status} to {header(call.response_headers, 'location') or 'nowhere'}"
        advice = "Configure the final address as accessTokenUrl; Alexa does not follow redirects."
    elif 200 < call.status < 300:
        said = f"answered with status {call.status}; Alexa takes 200 only"
    else:
        said = f"refused the code with status {call.status}" + (f", {exchange.words}" if exchange.words else "")
    return finding(
        "token-status-200",
        f"The token endpoint {address_of(exchange)} {said}.",
        subject=f"{host_of(call.url)} {call.status or call.failure_kind} {exchange.error or ''}".strip(),
        at=call_ref(exchange),
        fix=advice,
        blame=blame,
    )


AUDIT = Audit(
    id="token-status",
    rules=("token-status-200",),
    title="The token endpoint answers with status 200",
    failed_title="The token endpoint does not answer with status 200",
    judge=judge,
)
