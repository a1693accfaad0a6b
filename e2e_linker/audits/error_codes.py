"""Misuse of the token endpoint is refused with the error code that says what was wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from e2e_linker.audits.base import Audit, Finding, Inconclusive, Outcome, finding, verdict
from e2e_linker.audits.probing import probe_ref
from e2e_linker.audits.runner import CaseTable
from e2e_linker.audits.trials import nothing_works, trial, unprobed, untold
from e2e_linker.derive.probed import Probed
from e2e_linker.derive.replies import Reply, read_reply
from e2e_linker.derive.trials import is_refusal, speaks_of_limits
from e2e_linker.evidence.token_calls import ProbeName
from e2e_linker.model import Confidence, Depth, Severity

__all__ = ["AUDIT"]

RULE = "token-error-semantics"
_CLIENT = frozenset({"invalid_client", "unauthorized_client"})
_BAD_REQUEST = 400
"""Alexa meets refused refresh tokens; any other misuse may be refused with whatever 4xx (RFC 6749, section 5.2)."""
_CRASHES = frozenset({500, 501, 502})
_ADVICE = Severity.RECOMMENDED


@dataclass(frozen=True, slots=True)
class _Misuse:
    what: str
    right: frozenset[str]
    tolerated: frozenset[str] = frozenset()
    """Codes that are arguable; worth advice at most."""
    severity: Severity | None = _ADVICE
    """Of another code and of a crash; None is the rule's own. Alexa itself never sends most of these."""
    taken: Severity | None = None
    """Of tokens that came all the same."""


_MISUSES: dict[ProbeName, _Misuse] = {
    "bad_refresh_token": _Misuse(
        "a refresh token that does not exist", frozenset({"invalid_grant"}), frozenset({"invalid_request"}), None
    ),
    "wrong_client": _Misuse("a client id that does not exist", _CLIENT),
    # A public client has no secret to be wrong; whoever registered Alexa as one is free to ignore it. Auth0 says
    # access_denied, which is not the code for it, but unlinks nobody.
    "wrong_secret": _Misuse(
        "a wrong client secret", _CLIENT, frozenset({"invalid_request", "access_denied"}), None, _ADVICE
    ),
    "garbage_grant": _Misuse("a grant type that does not exist", frozenset({"unsupported_grant_type"})),
    "missing_code": _Misuse("an exchange without a code", frozenset({"invalid_request"})),
    "missing_refresh_token": _Misuse("a refresh without a refresh token", frozenset({"invalid_request"})),
}


def judge(probed: Probed, cases: CaseTable) -> Outcome:
    """Six kinds of misuse against RFC 6749 section 5.2, and every refusal that speaks of too many requests."""
    if (why := unprobed(probed) or nothing_works(probed, cases)) is not None:
        return why
    calls = probed.battery.calls if probed.battery else ()
    limited = speaks_of_limits(read_reply(call) for call in calls if call.endpoint == "token")
    found = [_limited(probed, limited[0])] if limited else []
    missing: list[str] = []
    for probe, misuse in _MISUSES.items():
        reply = trial(probed, probe)
        told = [] if reply is None or reply in limited else list(_faults(probed, reply, misuse, probe))
        found += told
        if not told and (gap := untold(probed, probe)) and (reply is not None or probe != "wrong_secret"):
            missing.append(gap)
    return Inconclusive(missing=tuple(missing)) if missing and not found else verdict(found)


def _faults(probed: Probed, reply: Reply, misuse: _Misuse, probe: ProbeName) -> Iterator[Finding]:
    subject, right = probe.replace("_", " "), " or ".join(sorted(misuse.right))
    if reply.worked:
        text = f"The token endpoint gives tokens for {misuse.what}; it has to refuse it with {right}."
        yield _found(probed, reply, text, f"{subject} taken", misuse.taken, Confidence.CERTAIN)
    elif reply.call.status in _CRASHES:
        text = f"On {misuse.what} the token endpoint fails ({reply.words}) instead of refusing it with {right}."
        yield _found(probed, reply, text, f"{subject} crash", misuse.severity)
    elif reply.kind == "error with 200":
        text = f"The token endpoint refuses {misuse.what} with {reply.words}. To Alexa, 200 is a success."
        yield _found(probed, reply, text, "status 200", None, Confidence.CERTAIN)
    elif is_refusal(reply) and reply.error and reply.error not in misuse.right:
        severity = _ADVICE if reply.error in misuse.tolerated else misuse.severity
        harm = " Alexa may unlink a customer on invalid_grant." if reply.error == "invalid_grant" else ""
        text = f"The token endpoint refuses {misuse.what} with {reply.words}; the code for it is {right}.{harm}"
        yield _found(probed, reply, text, f"{subject} {reply.error}", severity)
    elif is_refusal(reply) and reply.error and probe == "bad_refresh_token" and reply.call.status != _BAD_REQUEST:
        text = f"The token endpoint refuses {misuse.what} with {reply.words}; the status for it is {_BAD_REQUEST}."
        yield _found(probed, reply, text, f"{subject} status {reply.call.status}", _ADVICE)


def _limited(probed: Probed, reply: Reply) -> Finding:
    text = f"Too many requests are answered with {reply.words}. For Alexa that is a refusal; 429 or 503 is none."
    return _found(probed, reply, text, "rate limit", None)


def _found(
    probed: Probed,
    reply: Reply,
    text: str,
    subject: str,
    severity: Severity | None,
    confidence: Confidence = Confidence.LIKELY,
) -> Finding:
    sure = Confidence.POSSIBLE if severity is _ADVICE else confidence
    at = probe_ref(probed, reply.call)
    return finding(RULE, text, subject=subject, at=at, severity=severity, confidence=sure)


AUDIT = Audit(
    id="error-codes",
    rules=(RULE,),
    title="The token endpoint's errors say what was wrong",
    failed_title="The token endpoint's errors say something else than what was wrong",
    judge=judge,
    scope="run",
    depth=Depth.STANDARD,
)
