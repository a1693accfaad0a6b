"""Misuse of the token endpoint is refused with the error code that says what was wrong."""

from __future__ import annotations

from collections.abc import Iterator

from e2e_linker.audits.base import Audit, Finding, Inconclusive, Outcome, finding, verdict
from e2e_linker.audits.lost_code_words import is_unknown, of_cases
from e2e_linker.audits.misuses import ADVICE, MISUSES, Misuse
from e2e_linker.audits.probing import probe_ref
from e2e_linker.audits.refresh_grant import may_not_refresh
from e2e_linker.audits.runner import CaseTable
from e2e_linker.audits.trials import nothing_works, trial, unprobed, untold
from e2e_linker.derive.guarded import STRANGERS, is_blameless
from e2e_linker.derive.probed import Probed
from e2e_linker.derive.replies import Reply, read_reply
from e2e_linker.derive.trials import is_refusal, speaks_of_limits
from e2e_linker.evidence.token_calls import ProbeName
from e2e_linker.model import Confidence, Depth, Severity

__all__ = ["AUDIT"]

RULE = "token-error-semantics"
_CRASHES = frozenset({500, 501, 502})
_AGAIN = 2
"""The step of a misuse that was repeated alone, because the server failed on it among others."""


def judge(probed: Probed, cases: CaseTable) -> Outcome:
    """Six kinds of misuse against RFC 6749 section 5.2, and every refusal that speaks of too many requests."""
    if (why := unprobed(probed) or nothing_works(probed, cases)) is not None:
        return why
    calls = probed.battery.calls if probed.battery else ()
    limited = speaks_of_limits(read_reply(call) for call in calls if call.endpoint == "token")
    found = [_limited(probed, limited[0])] if limited else []
    missing: list[str] = []
    good = [*(reply for _, _, reply in of_cases(cases)), *(r for r in probed.replies if is_blameless(r.call))]
    lost = {reply.words for reply in good if is_unknown(reply)}
    for probe, misuse in MISUSES.items():
        step = _AGAIN if trial(probed, probe, _AGAIN) else 1
        reply = trial(probed, probe, step)
        if reply is not None and probe in STRANGERS and reply.words in lost:  # the code may be why
            missing.append(f"{probe.replace('_', ' ')}: {reply.words}, as a good exchange was answered, too")
            continue
        told = [] if reply is None or reply in limited else list(_faults(probed, reply, misuse, probe))
        found += told
        turned_away = reply is not None and probe in STRANGERS and reply.call.n in probed.guarded
        if told or turned_away or (reply is None and probe == "wrong_secret"):
            continue
        if gap := untold(probed, probe, step):
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
    elif may_not_refresh(probed, probe, reply):
        return
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
    at, fix, follows = probe_ref(probed, reply.call), misuse.fix if misuse else None, _is_any_refresh(probed, reply)
    return finding(RULE, text, subject=subject, at=at, severity=severity, confidence=sure, fix=fix, symptom=follows)


def _is_any_refresh(probed: Probed, reply: Reply) -> bool:
    """Whether every refresh is answered in the very way, so that another audit tells why."""
    if reply.worked or reply.sent("grant_type") != "refresh_token":
        return False
    good = [each for each in probed.replies if each.call.purpose == "refresh" and each.call.probe == "refresh"]
    return bool(good) and {(each.call.status, each.error) for each in good} == {(reply.call.status, reply.error)}


AUDIT = Audit(
    id="error-codes",
    rules=(RULE,),
    title="The token endpoint's errors say what was wrong",
    failed_title="The token endpoint's errors say something else than what was wrong",
    judge=judge,
    scope="run",
    depth=Depth.STANDARD,
)
