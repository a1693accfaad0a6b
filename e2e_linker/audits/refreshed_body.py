"""The answer to a refresh is JSON with the headers and the token type that the answer to an exchange has to have."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from e2e_linker.audits.base import Audit, Finding, NotApplicable, Outcome, finding, verdict
from e2e_linker.audits.probing import ordinal, probe_ref, ready
from e2e_linker.audits.token_body import CACHE_FIX, JSON, TYPE_FIX
from e2e_linker.audits.token_fields import KIND_FIX, kind_problem
from e2e_linker.derive.probed import Probed
from e2e_linker.derive.replies import Reply
from e2e_linker.model import Confidence, Depth, Severity

__all__ = ["AUDIT"]


def judge(probed: Probed) -> Outcome:
    """The refreshes that brought tokens; one that did not is told by ``refreshing``.

    What is already wrong with the link's exchange is told of the exchange.
    """
    links = ready(probed, "refresh")
    if not isinstance(links, tuple):
        return links
    worked = [(n, reply) for n, reply in enumerate(links[0].refreshes) if reply.worked]
    if not worked:
        return NotApplicable(reason="refreshing does not work")
    return verdict(_faults(probed, links[0].exchange, worked))


def _faults(probed: Probed, exchange: Reply | None, worked: list[tuple[int, Reply]]) -> Iterator[Finding]:
    for check in _CHECKS:
        if exchange is not None and check.problem(exchange):
            continue
        met = next(((n, reply, said) for n, reply in worked if (said := check.problem(reply))), None)
        if met is not None:
            n, reply, said = met
            yield finding(
                check.rule,
                f"The answer to the {ordinal(n)} refresh {said}; the answer to the exchange does better.",
                subject=f"refresh {check.subject}",
                at=probe_ref(probed, reply.call),
                # The account is linked by then; what is lost is the next hour.
                severity=check.severity,
                confidence=Confidence.LIKELY,
                fix=check.fix,
            )


def _body(reply: Reply) -> str | None:
    problem = reply.answer.json_problem
    return f"is {problem}, not a JSON object in UTF-8" if problem else None


def _declared(reply: Reply) -> str | None:
    kind = reply.answer.content_type or "nothing at all"
    return f"is JSON, but declared as {kind}" if kind != JSON else None


def _kind(reply: Reply) -> str | None:
    problem = kind_problem(reply.answer.json or {})
    return f"is not as it should be: {problem}" if problem else None


def _kept(reply: Reply) -> str | None:
    return "carries no Cache-Control: no-store (RFC 6749, section 5.1)" if reply.may_be_stored else None


@dataclass(frozen=True, slots=True)
class _Check:
    rule: str
    subject: str
    problem: Callable[[Reply], str | None]
    severity: Severity
    fix: str | None = None


_CHECKS = (
    _Check("token-json-body", "body", _body, Severity.DEGRADES),
    _Check("token-json-body", "content type", _declared, Severity.DEGRADES, TYPE_FIX),
    _Check("token-fields", "token_type", _kind, Severity.DEGRADES, KIND_FIX),
    _Check("token-json-body", "cache", _kept, Severity.RECOMMENDED, CACHE_FIX),
)

AUDIT = Audit(
    id="refreshed-body",
    rules=("token-json-body", "token-fields"),
    title="The answer to a refresh is as well-formed as the one to an exchange",
    failed_title="The answer to a refresh is less well-formed than the one to an exchange",
    scope="run",
    depth=Depth.STANDARD,
    judge=judge,
)
