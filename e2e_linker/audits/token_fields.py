"""The token answer has the fields of RFC 6749, section 5.1."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from e2e_linker.alexa.authorization import AuthorizationRequest
from e2e_linker.audits.base import Audit, EvidenceRef, Finding, Inconclusive, Outcome, finding, verdict
from e2e_linker.audits.exchanges import call_ref, unredeemed
from e2e_linker.audits.missing_tokens import NOTHING_FIX, missing_token
from e2e_linker.audits.token_values import as_sent, instead, lifetime_doubt, lifetime_problem, nothing_said, number_in
from e2e_linker.derive.exchange import Exchange
from e2e_linker.evidence.models import Ending, SkillFacts
from e2e_linker.model import Confidence, Severity

__all__ = ["AUDIT", "KIND_FIX", "kind_problem"]

KIND_FIX: Final = 'Put `"token_type": "Bearer"` into the JSON object of the answer (RFC 6749, section 5.1).'

_NUMBER_FIX = "Send expires_in as a number of seconds, such as 3600, without quotation marks."


def judge(authorization: AuthorizationRequest, skill: SkillFacts, exchange: Exchange | None, ending: Ending) -> Outcome:
    """``access_token``, ``token_type`` and ``expires_in``; the refresh token has an audit of its own."""
    skipped = unredeemed(
        authorization.grant, exchange, ending, "unreachable", "unanswered", "misdirected", "unread", "late", "body"
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
        text, fix = missing_token(said, exchange)
        yield _wrong("access_token", text, at, fix=fix)
        # Without a token nothing else in the answer is worth a finding of its own.
        return
    if problem := kind_problem(said):
        yield _wrong("token_type", problem, at, fix=KIND_FIX)
    if word := nothing_said(said.get("refresh_token")):
        yield _wrong("refresh_token", f"refresh_token is {instead(word)}", at, fix=NOTHING_FIX)
    seconds = number_in(said.get("expires_in"))
    if doubt := lifetime_doubt(seconds, exchange.call.at) if seconds else None:
        yield _wrong("expires_in", f"expires_in {doubt.said}", at, doubt.severity, doubt.confidence, doubt.fix)
    elif problem := lifetime_problem(said):
        numeric = problem.startswith("is a string")
        severity = Severity.RECOMMENDED if numeric else Severity.DEGRADES if has_default else None
        falls_back = " Alexa falls back to the configured default" * (has_default and not numeric)
        confidence = Confidence.LIKELY if numeric else Confidence.CERTAIN
        shown = f"expires_in {problem}" + (f".{falls_back}" if falls_back else "")
        fix = _NUMBER_FIX if "expires_in" in said else None
        yield _wrong("expires_in", shown, at, severity, confidence, fix)


def kind_problem(said: Mapping[str, Any]) -> str | None:
    """What is wrong with the ``token_type`` of a token answer, in words; None where it is ``bearer``."""
    kind = said.get("token_type")
    if isinstance(kind, str) and kind.lower() == "bearer":
        return None
    shown = f"is “{as_sent(kind)}”" if "token_type" in said else "is missing"
    return f"token_type {shown}; it has to be bearer"


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
