"""The token answer grants every scope of the skill configuration, as far as it speaks of scopes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from e2e_linker.alexa.authorization import AuthorizationRequest
from e2e_linker.audits.base import Audit, EvidenceRef, Inconclusive, NotApplicable, Outcome, finding, verdict
from e2e_linker.audits.exchanges import call_ref, unredeemed
from e2e_linker.audits.screens import listed_in_words
from e2e_linker.derive.exchange import Exchange, Trouble
from e2e_linker.derive.scopes import left_out
from e2e_linker.evidence.models import Ending
from e2e_linker.model import Confidence, Fault, Severity

__all__ = ["AUDIT", "said_scope"]

RULE = "auth-scope-exact"
_SELDOM_LISTED = frozenset({"openid", "profile", "email", "address", "phone", "offline_access"})
"""Scopes of OpenID Connect Core 1.0, sections 5.4 and 11. They ask for claims, or for the refresh token that has an
audit of its own, and servers do not list them back, or under other names."""
_DEFAULT = ".default"
"""Ends a scope that stands for all that the client was granted before, by whose names Microsoft answers."""
_KEYCLOAK = "not-before-policy"
"""A member of Keycloak's answers. It refuses scopes that a client may not ask for, and leaves granted ones out of
``scope`` where their setting ``include.in.token.scope`` says so."""
_LONGEST_QUOTE = 200
_FIX = (
    "If the skill needs it, allow this client the scope at the authorization server, and see that the account grants "
    "it at the consent page. If not, take it out of the scopes in the developer console. Where the token has the scope "
    "all the same, nothing but the answer is wrong: RFC 6749 section 5.1 has it name what was granted."
)


def judge(authorization: AuthorizationRequest, exchange: Exchange | None, ending: Ending) -> Outcome:
    """By the ``scope`` of the answer to the exchange; what it does not say was granted as asked."""
    skipped = unredeemed(authorization.grant, exchange, ending, *get_args(Trouble))
    if skipped is not None or exchange is None:
        return skipped or verdict(())
    if not exchange.answer.succeeded:
        return Inconclusive(missing=("the exchange brought no access token",))
    if not authorization.scopes:
        return NotApplicable(reason="the skill asks for no scope")
    answer = exchange.answer.json or {}
    lacking = [scope for scope in left_out(authorization.scopes, answer) if not _is_special(scope, authorization)]
    if not lacking or _KEYCLOAK in answer:
        return verdict(())
    names, said = listed_in_words([f"`{scope}`" for scope in lacking]), said_scope(answer)
    return verdict(
        [
            finding(
                RULE,
                f"The skill asks for {names}, which the scope of the token answer leaves out: it is “{said}”.",
                subject=f"granted {' '.join(lacking)}",
                at=call_ref(exchange),
                related=[EvidenceRef(kind="configuration", ref="scopes")],
                # It is no failed link, and what the skill needs the scope for is not known here.
                severity=Severity.RECOMMENDED,
                confidence=Confidence.POSSIBLE,
                fix=_FIX,
                blame=Fault.SKILL_CONFIGURATION,
            )
        ]
    )


def _is_special(scope: str, authorization: AuthorizationRequest) -> bool:
    return scope in _SELDOM_LISTED or scope.endswith(_DEFAULT) or scope == authorization.client_id


def said_scope(answer: Mapping[str, Any]) -> str:
    """The ``scope`` of a token answer that has one, on one line, and shortened where it is long."""
    said = answer["scope"]
    text = " ".join((said if isinstance(said, str) else " ".join(map(str, said))).split())
    return text if len(text) <= _LONGEST_QUOTE else f"{text[:_LONGEST_QUOTE]}…"


AUDIT = Audit(
    id="token-scope",
    rules=(RULE,),
    title="The token has the configured scopes",
    failed_title="The token answer leaves out configured scopes",
    judge=judge,
)
