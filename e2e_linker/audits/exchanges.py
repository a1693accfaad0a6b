"""What the audits of the code's redemption share."""

from __future__ import annotations

from e2e_linker.audits.base import EvidenceRef, Inconclusive, NotApplicable
from e2e_linker.derive.exchange import Exchange, Trouble
from e2e_linker.derive.urls import without_parameters
from e2e_linker.evidence.models import Ending
from e2e_linker.model import Grant

__all__ = ["address_of", "call_ref", "unreachable", "unredeemed"]

_WHY: dict[Trouble, str] = {
    "unreachable": "the token endpoint could not be reached",
    "late": "the token endpoint did not answer in time",
    "unanswered": "the token endpoint gave no answer",
    "challenged": "a bot protection answered instead of the token endpoint",
    "misdirected": "another endpoint answered the token request",
    "unread": "the token endpoint did not read the form it was sent",
    "status": "the token endpoint answered with another status than 200",
    "body": "the token endpoint's answer is not a JSON object",
}

_UNREACHABLE = {
    "dns": "its name cannot be resolved",
    "connect": "no connection can be made",
    "tls": "the TLS handshake fails, as it would for Alexa",
}


def unreachable(exchange: Exchange) -> str | None:
    """Why no connection to the endpoint came about; None where one did, or a proxy of this machine was in the way."""
    why = _UNREACHABLE.get(exchange.call.failure_kind or "connect") if exchange.trouble == "unreachable" else None
    return f"{why} ({exchange.call.failure})" if why else None


def unredeemed(
    grant: Grant, exchange: Exchange | None, ending: Ending, *hides: Trouble
) -> NotApplicable | Inconclusive | None:
    """Why there is nothing to judge; None where there is. ``hides`` are troubles after which nothing can be said."""
    if grant is Grant.IMPLICIT:
        return NotApplicable(reason="the implicit grant redeems no code")
    if exchange is None:
        return Inconclusive(missing=(f"no code was redeemed: {ending.message}",))
    if exchange.trouble in hides:
        return Inconclusive(missing=(_WHY[exchange.trouble],))
    return None


def call_ref(exchange: Exchange, case: str | None = None) -> EvidenceRef:
    """The token call itself; audits of the run name its ``case``."""
    return EvidenceRef(kind="token_call", ref=str(exchange.call.n), case=case)


def address_of(exchange: Exchange) -> str:
    """The token endpoint's address, without parameters."""
    return without_parameters(exchange.call.url)
