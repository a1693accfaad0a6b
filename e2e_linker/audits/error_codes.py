"""Misuse of the token endpoint is refused with the error code that says what was wrong."""

from __future__ import annotations

from collections.abc import Iterator

from e2e_linker.audits.base import Audit, Finding, Inconclusive, Outcome, finding, verdict
from e2e_linker.audits.misuses import ADVICE, MISUSES, Misuse
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
_CRASHES = frozenset({500, 501, 502})


def judge(probed: Probed, cases: CaseTable) -> Outcome:
    """Six kinds of misuse against RFC 6749 section 5.2, and every refusal that speaks of too many requests."""
    if (why := unprobed(probed) or nothing_works(probed, cases)) is not None:
        return why
    calls = probed.battery.calls if probed.battery else ()
    limited = speaks_of_limits(read_reply(call) for call in calls if call.endpoint == "token")
    found = [_limited(probed, limited[0])] if limited else []
    missing: list[str] = []
    for probe, misuse in MISUSES.items():
        reply = trial(probed, probe)
        told = [] if reply is None or reply in limited else list(_faults(probed, reply, misuse, probe))
        found += told
        if not told and (gap := untold(probed, probe)) and (reply is not None or probe != "wrong_secret"):
            missing.append(gap)
    return Inconclusive(missing=tuple(missing)) if missing and not found else verdict(found)


def _faults(probed: Probed, reply: Reply, misuse: Misuse, probe: ProbeName) -> Iterator[Finding]:
    subject, right = probe.replace("_", " "), " or ".join(sorted(misuse.right))
    if reply.worked:
        text = f"The token endpoint gives tokens for {misuse.what}; it has to refuse it with {right}."
        yield _found(probed, misuse, reply, text, f"{subject} taken", misuse.taken, Confidence.CERTAIN)
    elif reply.call.status in _CRASHES and reply.error in misuse.right:
        text = f"The token endpoint refuses {misuse.what} with {reply.words}; the status for it is {misuse.status}."
        yield _found(probed, misuse, reply, text, f"{subject} status {reply.call.status}", misuse.severity)
    elif reply.call.status in _CRASHES:
        text = f"On {misuse.what} the token endpoint fails ({reply.words}) instead of refusing it with {right}."
        yield _found(probed, misuse, reply, text, f"{subject} crash", misuse.severity)
    elif reply.kind == "error with 200":
        text = f"The token endpoint refuses {misuse.what} with {reply.words}. To Alexa, 200 is a success."
        yield _found(probed, misuse, reply, text, "status 200", None, Confidence.CERTAIN)
    elif is_refusal(reply) and reply.error and reply.error not in misuse.right:
        severity = ADVICE if reply.error in misuse.tolerated else misuse.severity
        harm = " Alexa may unlink a customer on invalid_grant." if reply.error == "invalid_grant" else ""
        text = f"The token endpoint refuses {misuse.what} with {reply.words}; the code for it is {right}.{harm}"
        yield _found(probed, misuse, reply, text, f"{subject} {reply.error}", severity)
    # Alexa meets refused refresh tokens; any other misuse may be refused with whatever 4xx (RFC 6749, section 5.2).
    elif is_refusal(reply) and reply.error and probe == "bad_refresh_token" and reply.call.status != misuse.status:
        text = f"The token endpoint refuses {misuse.what} with {reply.words}; the status for it is {misuse.status}."
        yield _found(probed, misuse, reply, text, f"{subject} status {reply.call.status}", ADVICE)


def _limited(probed: Probed, reply: Reply) -> Finding:
    text = f"Too many requests are answered with {reply.words}. For Alexa that is a refusal; 429 or 503 is none."
    return _found(probed, None, reply, text, "rate limit", None)


def _found(
    probed: Probed,
    misuse: Misuse | None,
    reply: Reply,
    text: str,
    subject: str,
    severity: Severity | None,
    confidence: Confidence = Confidence.LIKELY,
) -> Finding:
    sure = Confidence.POSSIBLE if severity is ADVICE else confidence
    at, fix = probe_ref(probed, reply.call), misuse.fix if misuse else None
    return finding(RULE, text, subject=subject, at=at, severity=severity, confidence=sure, fix=fix)


AUDIT = Audit(
    id="error-codes",
    rules=(RULE,),
    title="The token endpoint's errors say what was wrong",
    failed_title="The token endpoint's errors say something else than what was wrong",
    judge=judge,
    scope="run",
    depth=Depth.STANDARD,
)
