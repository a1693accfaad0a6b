"""The token endpoint answers itself instead of sending elsewhere."""

from __future__ import annotations

from urllib.parse import urljoin

from e2e_linker.alexa.authorization import AuthorizationRequest
from e2e_linker.audits.base import Audit, Outcome, finding, verdict
from e2e_linker.audits.exchanges import address_of, call_ref, unredeemed
from e2e_linker.derive.exchange import Exchange
from e2e_linker.derive.ladder import header
from e2e_linker.derive.urls import without_parameters
from e2e_linker.evidence.models import Ending
from e2e_linker.model import Fault, host_of

__all__ = ["AUDIT"]


def judge(authorization: AuthorizationRequest, exchange: Exchange | None, ending: Ending) -> Outcome:
    """Any 3xx; that it is no 200 is told by another audit."""
    skipped = unredeemed(authorization.grant, exchange, ending, "unreachable", "unanswered", "late")
    if skipped is not None or exchange is None:
        return skipped or verdict(())
    call = exchange.call
    if call.status is None or not 300 <= call.status < 400:
        return verdict(())
    location = header(call.response_headers, "location")
    target = urljoin(call.url, location) if location else None
    itself = target is not None and without_parameters(target) == without_parameters(call.url)
    where = "itself, without end" if itself else without_parameters(target) if target else "nowhere"
    return verdict(
        [
            finding(
                "token-no-redirect",
                f"The token endpoint {address_of(exchange)} redirects with status {call.status} to {where}. "
                "Alexa follows no redirect, and the form would be lost on the way.",
                subject=host_of(call.url),
                at=call_ref(exchange),
                paste=None if itself or target is None else f'"accessTokenUrl": "{without_parameters(target)}"',
                where="accountLinkingRequest",
                blame=Fault.IDENTITY_PROVIDER if itself else Fault.SKILL_CONFIGURATION,
            )
        ]
    )


AUDIT = Audit(
    id="token-redirect",
    rules=("token-no-redirect",),
    title="The token endpoint answers without a redirect",
    failed_title="The token endpoint redirects",
    judge=judge,
)
