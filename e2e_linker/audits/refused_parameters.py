"""The exchange is not refused for the very parameters that Alexa sends, or does not send."""

from __future__ import annotations

import re

from e2e_linker.alexa.authorization import AuthorizationRequest
from e2e_linker.audits.base import Audit, EvidenceRef, Finding, Inconclusive, NotApplicable, Outcome, finding, verdict
from e2e_linker.audits.exchanges import call_ref
from e2e_linker.audits.redirect_uri import elsewhere
from e2e_linker.derive.exchange import Exchange
from e2e_linker.evidence.models import Ending, SkillFacts, Walk
from e2e_linker.model import Confidence, Grant

__all__ = ["AUDIT", "PKCE", "is_explained", "refused_for_pkce"]

PKCE = re.compile(r"code[\s_-]*(?:verifier|challenge)|\bpkce\b|proof\s+key", re.IGNORECASE)
"""Words by which a refusal speaks of PKCE."""
_URI = re.compile(r"redirect[\s_-]*ur[il]", re.IGNORECASE)


def is_explained(exchange: Exchange) -> bool:
    """Whether the words of a refusal name the parameter that it is for, so that this audit tells of it."""
    named = PKCE.search(exchange.words) or _URI.search(exchange.words)
    return exchange.trouble == "status" and exchange.error is not None and named is not None


def judge(
    skill: SkillFacts, authorization: AuthorizationRequest, exchange: Exchange | None, walk: Walk, ending: Ending
) -> Outcome:
    """By the words of the refusal."""
    if authorization.grant is Grant.IMPLICIT:
        return NotApplicable(reason="the implicit grant redeems no code")
    if exchange is None:
        return Inconclusive(missing=(f"no code was redeemed: {ending.message}",))
    if not is_explained(exchange):
        return verdict(())
    said = f"The exchange is refused with status {exchange.call.status}, {exchange.words}"
    if PKCE.search(exchange.words):
        return verdict([refused_for_pkce(skill, said, call_ref(exchange))])
    return verdict([_uri(said, authorization, exchange, astray=elsewhere(walk) is not None)])


def refused_for_pkce(skill: SkillFacts, said: str, at: EvidenceRef) -> Finding:
    """The finding that a request was refused, as ``said``, for a verifier or challenge, or for having none."""
    if skill.pkce:
        text, fix = "although PKCE is on and what belongs to it was sent", None
    else:
        text = "PKCE is off for this skill, so that Alexa sends no code_challenge and no code_verifier"
        fix = "Switch PKCE on in the developer console (and linker.pkce here), or let the server do without."
    return finding(
        "token-pkce-verify",
        f"{said}: {text}.",
        subject="refused" if skill.pkce else "demanded",
        at=at,
        confidence=Confidence.LIKELY,
        fix=fix,
    )


def _uri(said: str, authorization: AuthorizationRequest, exchange: Exchange, *, astray: bool) -> Finding:
    """A symptom where the server put another URI in the place of the one that was asked for, which it misses now."""
    went = ", and the answer was sent to another one" if astray else ""
    return finding(
        "token-redirect-uri-match",
        f"{said}, although redirect_uri is the one of the authorization request{went}.",
        subject=authorization.region.value,
        at=call_ref(exchange),
        confidence=Confidence.LIKELY,
        symptom=astray,
    )


AUDIT = Audit(
    id="refused-parameters",
    rules=("token-pkce-verify", "token-redirect-uri-match"),
    title="What Alexa sends with the code is accepted",
    failed_title="What Alexa sends with the code is not accepted",
    judge=judge,
)
