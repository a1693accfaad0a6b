"""The token endpoint answers itself instead of sending elsewhere."""

from __future__ import annotations

from e2e_linker.alexa.authorization import AuthorizationRequest
from e2e_linker.audits.base import Audit, Outcome, finding, verdict
from e2e_linker.audits.exchanges import address_of, call_ref, unredeemed
from e2e_linker.audits.page_redirects import page_redirect
from e2e_linker.derive.exchange import Exchange
from e2e_linker.derive.ladder import header
from e2e_linker.derive.urls import is_web, same_endpoint, without_parameters
from e2e_linker.evidence.models import Ending, TokenCall, Walk
from e2e_linker.model import Fault, host_of, joined

__all__ = ["AUDIT", "target_of"]

_QUOTED = 80


def judge(authorization: AuthorizationRequest, exchange: Exchange | None, ending: Ending, walk: Walk) -> Outcome:
    """Any 3xx; that it is no 200 is told by another audit, and as the cause: this one only says where it leads."""
    skipped = unredeemed(authorization.grant, exchange, ending, "unreachable", "unanswered", "late")
    if skipped is not None or exchange is None:
        return skipped or verdict(())
    call = exchange.call
    if call.status is None or not 300 <= call.status < 400:
        return verdict(())
    location = header(call.response_headers, "location")
    target = target_of(call)
    itself = bool(location) and same_endpoint(joined(call.url, location or ""), call.url)
    lost = f"“{location[:_QUOTED]}”, which is no web address" if location else "nowhere"
    page = page_redirect(walk, call) if target else None
    where = target or ("itself, without end" if itself else lost)
    return verdict(
        [
            finding(
                "token-no-redirect",
                f"The token endpoint {address_of(exchange)} redirects with status {call.status} to {where}. "
                "Alexa follows no redirect, and the form would be lost on the way.",
                subject=host_of(call.url),
                at=call_ref(exchange),
                fix=page,
                paste=f'"accessTokenUrl": "{target}"' if target and not page else None,
                where=None if page else "accountLinkingRequest",
                blame=Fault.SKILL_CONFIGURATION if target and not page else Fault.IDENTITY_PROVIDER,
                symptom=True,
            )
        ]
    )


def target_of(call: TokenCall) -> str | None:
    """The other web address that ``call`` was redirected to, without parameters; None where it leads to none."""
    location = header(call.response_headers, "location")
    target = joined(call.url, location) if location else ""
    return without_parameters(target) if is_web(target) and not same_endpoint(target, call.url) else None


AUDIT = Audit(
    id="token-redirect",
    rules=("token-no-redirect",),
    title="The token endpoint answers without a redirect",
    failed_title="The token endpoint redirects",
    judge=judge,
)
