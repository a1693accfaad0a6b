"""The token answer is one JSON object, and says so."""

from __future__ import annotations

from e2e_linker.alexa.authorization import AuthorizationRequest
from e2e_linker.audits.base import Audit, Finding, Inconclusive, Outcome, finding, verdict
from e2e_linker.audits.body_remedies import body_remedy, other_charset
from e2e_linker.audits.exchanges import call_ref, unredeemed
from e2e_linker.derive.exchange import Exchange
from e2e_linker.derive.replies import read_reply
from e2e_linker.evidence.models import Ending
from e2e_linker.model import Confidence, Severity, host_of

__all__ = ["AUDIT", "CACHE_FIX", "JSON", "TYPE_FIX"]

JSON = "application/json"
TYPE_FIX = f"Send every token answer with Content-Type: {JSON}."
CACHE_FIX = "Send Cache-Control: no-store with every answer of the token endpoint."


def judge(authorization: AuthorizationRequest, exchange: Exchange | None, ending: Ending) -> Outcome:
    """A strict reading of the body, then its headers. Error answers and empty ones are judged by their status."""
    skipped = unredeemed(
        authorization.grant, exchange, ending, "unreachable", "unanswered", "misdirected", "late", "challenged"
    )
    if skipped is not None or exchange is None:
        return skipped or verdict(())
    call = exchange.call
    if call.status is None or not 200 <= call.status < 300 or (call.status != 200 and not call.response_body):
        return Inconclusive(missing=(f"the token endpoint answered with status {call.status}",))
    problem = exchange.answer.json_problem
    if problem is not None:
        return verdict([_finding(exchange, f"is {problem}, not a JSON object in UTF-8", "body")])
    if exchange.answer.content_type != JSON:
        kind = exchange.answer.content_type or "nothing at all"
        return verdict([_finding(exchange, f"is JSON, but declared as {kind}", "content type")])
    return verdict([_stored(exchange)] if call.status == 200 and read_reply(call).may_be_stored else ())


def _stored(exchange: Exchange) -> Finding:
    return finding(
        "token-json-body",
        f"The token answer of {host_of(exchange.call.url)} carries no Cache-Control: no-store (RFC 6749, section 5.1).",
        subject=f"{host_of(exchange.call.url)} cache",
        at=call_ref(exchange),
        severity=Severity.RECOMMENDED,
        confidence=Confidence.LIKELY,
        fix=CACHE_FIX,
    )


def _finding(exchange: Exchange, said: str, subject: str) -> Finding:
    declared = subject == "content type"
    # A reader that goes by the declared character set reads it well; whether Alexa does is not known.
    unsure = not declared and other_charset(exchange.answer) is not None
    return finding(
        "token-json-body",
        f"The answer of the token endpoint on {host_of(exchange.call.url)} {said}.",
        subject=f"{host_of(exchange.call.url)} {subject}",
        at=call_ref(exchange),
        confidence=Confidence.POSSIBLE if unsure else Confidence.LIKELY if declared else Confidence.CERTAIN,
        fix=TYPE_FIX if declared else body_remedy(exchange.answer),
    )


AUDIT = Audit(
    id="token-body",
    rules=("token-json-body",),
    title="The token answer is a JSON object",
    failed_title="The token answer is not a JSON object",
    judge=judge,
)
