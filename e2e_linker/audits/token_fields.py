"""The token answer has the fields of RFC 6749, section 5.1."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from e2e_linker.alexa.authorization import AuthorizationRequest
from e2e_linker.audits.base import Audit, EvidenceRef, Finding, Inconclusive, Outcome, finding, verdict
from e2e_linker.audits.exchanges import call_ref, unredeemed
from e2e_linker.audits.token_values import as_sent, instead, lifetime_doubt, lifetime_problem, nothing_said, number_in
from e2e_linker.derive.exchange import Exchange
from e2e_linker.evidence.models import Ending, SkillFacts
from e2e_linker.model import Confidence, Severity

__all__ = ["AUDIT", "KIND_FIX", "kind_problem"]

KIND_FIX: Final = 'Put `"token_type": "Bearer"` into the JSON object of the answer (RFC 6749, section 5.1).'

_NOTHING_FIX = (
    "See where the answer is made why there is no value at that place; a refresh token that does not exist is left out."
)


def judge(authorization: AuthorizationRequest, skill: SkillFacts, exchange: Exchange | None, ending: Ending) -> Outcome:
    """``access_token``, ``token_type`` and ``expires_in``; the refresh token has an audit of its own."""
    skipped = unredeemed(
        authorization.grant, exchange, ending, "unreachable", "unanswered", "misdirected", "late", "body"
    )
    if skipped is not None or exchange is None:
        return skipped or verdict(())
    said, status = exchange.answer.json, exchange.call.status or 0
    if said is None or not 200 <= status < 300:
        return Inconclusive(missing=(f"the token endpoint answered with status {status}",))
    return verdict(_findings(said, exchange, has_default=skill.default_expiry_s is not None))


def _findings(said: Mapping[str, Any], exchange: Exchange, *, has_default: bool) -> Iterator[Finding]:
    at = call_ref(exchange)
    token = said.get("access_token")
    if not isinstance(token, str) or not token.strip() or nothing_said(token):
        fix = _NOTHING_FIX if nothing_said(token) else None
        yield _wrong("access_token", _no_token(said, exchange), at, fix=fix)
        # Without a token nothing else in the answer is worth a finding of its own.
        return
    if problem := kind_problem(said):
        yield _wrong("token_type", problem, at, fix=KIND_FIX)
    if word := nothing_said(said.get("refresh_token")):
        yield _wrong("refresh_token", f"refresh_token is {instead(word)}", at, fix=_NOTHING_FIX)
    seconds = number_in(said.get("expires_in"))
    if doubt := lifetime_doubt(seconds, exchange.call.at) if seconds else None:
        yield _wrong("expires_in", f"expires_in {doubt.said}", at, doubt.severity, doubt.confidence, doubt.fix)
    elif problem := lifetime_problem(said):
        numeric = problem.startswith("is a string")
        severity = Severity.RECOMMENDED if numeric else Severity.DEGRADES if has_default else None
        falls_back = " Alexa falls back to the configured default" * (has_default and not numeric)
        confidence = Confidence.LIKELY if numeric else Confidence.CERTAIN
        shown = f"expires_in {problem}" + (f".{falls_back}" if falls_back else "")
        yield _wrong("expires_in", shown, at, severity, confidence)


def kind_problem(said: Mapping[str, Any]) -> str | None:
    """What is wrong with the ``token_type`` of a token answer, in words; None where it is ``bearer``."""
    kind = said.get("token_type")
    if isinstance(kind, str) and kind.lower() == "bearer":
        return None
    shown = f"is “{as_sent(kind)}”" if "token_type" in said else "is missing"
    return f"token_type {shown}; it has to be bearer"


def _no_token(said: Mapping[str, Any], exchange: Exchange) -> str:
    if "error" in said:
        return f"the answer has status 200 but is an error, {exchange.words or as_sent(said['error'])}"
    folded = {re.sub(r"[_-]", "", key).lower(): key for key in said}
    if "access_token" in said:
        return f"access_token is {instead(said['access_token'])}"
    if "accesstoken" in folded:
        return f"the token is called {folded['accesstoken']} instead of access_token"
    wrapper = next((key for key, value in said.items() if isinstance(value, dict) and "access_token" in value), None)
    if wrapper is not None:
        return f"access_token is wrapped in {wrapper} instead of standing at the top level"
    quoted = next((key for key, value in said.items() if isinstance(value, str) and '"access_token"' in value), None)
    if quoted is not None:
        return f"access_token stands in a string of JSON, {quoted}, instead of at the top level"
    if "id_token" in said:
        return "there is an id_token but no access_token"
    return "access_token is missing"


def _wrong(
    field: str,
    said: str,
    at: EvidenceRef,
    severity: Severity | None = None,
    confidence: Confidence = Confidence.CERTAIN,
    fix: str | None = None,
) -> Finding:
    text = f"In the token answer {said}."
    return finding("token-fields", text, subject=field, at=at, severity=severity, confidence=confidence, fix=fix)


AUDIT = Audit(
    id="token-fields",
    rules=("token-fields",),
    title="The token answer has the standard fields",
    failed_title="The token answer lacks standard fields",
    judge=judge,
)
