"""The token endpoint answers itself instead of sending elsewhere."""

from __future__ import annotations

from collections.abc import Iterable

from e2e_linker.alexa.authorization import AuthorizationRequest
from e2e_linker.audits.base import Audit, Outcome, finding, verdict
from e2e_linker.audits.exchanges import address_of, call_ref, unredeemed
from e2e_linker.audits.page_redirects import page_redirect
from e2e_linker.derive.exchange import FINAL, Exchange, error_of, target_of
from e2e_linker.derive.tokens import TokenAnswer
from e2e_linker.derive.urls import same_endpoint, without_parameters
from e2e_linker.evidence.headers import header
from e2e_linker.evidence.models import Ending, TokenCall, Walk
from e2e_linker.model import Fault, host_of, joined

__all__ = ["AUDIT", "instead"]

_QUOTED = 80
_AT_THE_DOOR = frozenset({401, 403, 429})
"""Statuses with which servers refuse whatever is asked, also at addresses that they do not know."""
_NAMED = "or with what it names in /.well-known/openid-configuration"
_ADDS_A_SLASH = (
    " See first that it is the token endpoint: frameworks add a slash to addresses that they do not know, too "
    "(FastAPI, Django). Many a server names its own in /.well-known/openid-configuration."
)


def judge(
    authorization: AuthorizationRequest,
    exchange: Exchange | None,
    token_answers: tuple[TokenAnswer, ...],
    ending: Ending,
    walk: Walk,
) -> Outcome:
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
    advice, blame = instead(walk, call, token_answers)
    tried = _tried(token_answers)
    final = target and not page_redirect(walk, call) and (tried is None or _is_endpoint(tried))
    where = target or ("itself, without end" if itself else lost)
    return verdict(
        [
            finding(
                "token-no-redirect",
                f"The token endpoint {address_of(exchange)} redirects with status {call.status} to {where}. "
                "Alexa follows no redirect, and the form would be lost on the way.",
                subject=host_of(call.url),
                at=call_ref(exchange),
                fix=advice if target and not final else None,
                paste=f'"accessTokenUrl": "{target}"' if final else None,
                where="accountLinkingRequest" if final or not target else None,
                blame=blame,
                symptom=True,
            )
        ]
    )


def instead(walk: Walk, call: TokenCall, answers: Iterable[TokenAnswer]) -> tuple[str, Fault]:
    """What to do about the redirect that ``call`` of the case with ``answers`` met, and whose it is to do."""
    target = target_of(call)
    if target is None:
        return "Let it answer itself: Alexa follows no redirect.", Fault.IDENTITY_PROVIDER
    if page := page_redirect(walk, call):
        return page, Fault.IDENTITY_PROVIDER
    tried = _tried(answers)
    if tried is not None and target_of(tried.call) == without_parameters(call.url):
        return f"Let one of the two answer itself: `{target}` was tried, and redirects back.", Fault.IDENTITY_PROVIDER
    if tried is not None and not _is_endpoint(tried):
        return (
            f"Compare accessTokenUrl with the server's documentation, {_NAMED}: `{target}`, to which it redirects, was "
            f"tried, and does not answer as a token endpoint (status {tried.call.status}).",
            Fault.SKILL_CONFIGURATION,
        )
    final = f"Configure the final address, `{target}`, as accessTokenUrl: Alexa follows no redirect."
    more = _ADDS_A_SLASH if target == f"{without_parameters(call.url)}/" else ""
    if tried is not None:
        more = " It was tried: it " + ("gives tokens." if tried.succeeded else "answers as a token endpoint does.")
    return final + more, Fault.SKILL_CONFIGURATION


def _tried(answers: Iterable[TokenAnswer]) -> TokenAnswer | None:
    """What the final address answered, None where it was not tried, or nobody looked at it there."""
    tried = (one for one in answers if one.call.purpose == FINAL and 200 <= (one.call.status or 0) < 500)
    return next((one for one in tried if _is_endpoint(one) or one.call.status not in _AT_THE_DOOR), None)


def _is_endpoint(tried: TokenAnswer) -> bool:
    """Whether it gives tokens, be it in a form that Alexa does not read, or refuses as OAuth has it."""
    page = tried.json_problem in {"HTML", "XML"}
    gives = tried.call.status == 200 and not page and "access_token" in (tried.call.response_body or "")
    return gives or error_of(tried) is not None


AUDIT = Audit(
    id="token-redirect",
    rules=("token-no-redirect",),
    title="The token endpoint answers without a redirect",
    failed_title="The token endpoint redirects",
    judge=judge,
)
