"""While the user's backend is down, nobody is told that the customer's grant is gone."""

from __future__ import annotations

from collections.abc import Iterator

from e2e_linker.audits.base import Audit, Finding, Inconclusive, NotApplicable, Outcome, finding, verdict
from e2e_linker.audits.probing import probe_ref, unmade
from e2e_linker.audits.trials import trial
from e2e_linker.derive.probed import Probed
from e2e_linker.derive.replies import Reply
from e2e_linker.derive.trials import is_refusal, why_untold
from e2e_linker.model import Confidence, Depth

__all__ = ["AUDIT"]

RULE = "token-error-semantics"
_HONEST = frozenset({"server_error", "temporarily_unavailable"})
_STEPS = ((1, "a refresh"), (2, "the exchange of a code"))


def judge(probed: Probed) -> Outcome:
    """The calls between the hook's break and its mend, and the first refresh after it."""
    if (why := unmade(probed, "outage")) is not None:
        if isinstance(why, NotApplicable) and probed.battery is not None:
            return NotApplicable(reason=f"{why.reason}: what an outage is answered with was not seen")
        return why
    hooks = probed.battery.hooks if probed.battery else ()
    if failed := [f"the fault hook's {hook.action} failed: {hook.failure}" for hook in hooks if hook.failure]:
        return Inconclusive(missing=tuple(failed))
    replies = [(what, reply) for step, what in _STEPS if (reply := trial(probed, "outage", step)) is not None]
    found = [each for what, reply in replies for each in _faults(probed, what, reply)]
    after = trial(probed, "outage", 3)
    if not found and after is not None and (is_refusal(after) or why_untold(after)):
        found += _afterwards(probed, after)
        if not found:
            return Inconclusive(missing=(f"after the outage: {why_untold(after) or after.words}",))
    if not found and all(reply.worked for _, reply in replies):
        return Inconclusive(missing=("the fault hook broke nothing that the token endpoint needs",))
    return verdict(found)


def _faults(probed: Probed, what: str, reply: Reply) -> Iterator[Finding]:
    """A 5xx, too many requests and no answer at all are honest; so is ``server_error`` with whatever status."""
    if not is_refusal(reply) or reply.error in _HONEST:
        return
    grave = reply.error == "invalid_grant"
    harm = "Alexa takes that for a real revocation and may unlink the customer" if grave else "that is a refusal"
    yield finding(
        RULE,
        f"While the backend is down, {what} is answered with {reply.words}: {harm}. A 5xx says what is the matter.",
        subject=f"outage {reply.error or reply.call.status}",
        at=probe_ref(probed, reply.call),
        confidence=Confidence.CERTAIN if grave else Confidence.LIKELY,
    )


def _afterwards(probed: Probed, reply: Reply) -> Iterator[Finding]:
    if reply.error == "invalid_grant" and probed.refreshes:
        yield finding(
            RULE,
            f"After the outage the refresh token from before is refused with {reply.words}: the grant did not survive.",
            subject="after the outage",
            at=probe_ref(probed, reply.call),
        )


AUDIT = Audit(
    id="outage",
    rules=(RULE,),
    title="An outage is never answered with invalid_grant",
    failed_title="An outage is answered like a revocation",
    judge=judge,
    scope="run",
    depth=Depth.STANDARD,
)
