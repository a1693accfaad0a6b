"""A user who is still signed in links again and gets a fresh code."""

from __future__ import annotations

from collections.abc import Iterator

from e2e_linker.audits.base import Audit, Finding, Inconclusive, NotApplicable, Outcome, finding, verdict
from e2e_linker.audits.linked_before import linked_before
from e2e_linker.audits.walks import further, of_walk, proves_nothing, request_ref, stopped_at, unaffordable, walk_ref
from e2e_linker.derive.answer import Answer
from e2e_linker.evidence.models import Purpose, Walk

__all__ = ["AUDIT"]

RULE = "auth-post-login-redirect-works-when-already-signed-in"
_LET_LINK_AGAIN = (
    "Let an account link again while a link of it stands: somebody of the household with an Alexa account of their own "
    "does, and everybody who enables the skill once more, also where the server never heard that it was disabled. "
    "Answer with consent or a new code, and keep the grants that are there."
)


def judge(walk: Walk, answer: Answer | None, walks: tuple[Walk, ...], left_out: tuple[Purpose, ...]) -> Outcome:
    """The warm walks of a case whose first link succeeded."""
    warm = further(walks, "warm")
    if not warm:
        never = "the account was not linked a second time in the same browser"
        return unaffordable(left_out, "warm") or NotApplicable(reason=never)
    if answer is None or not answer.succeeded:
        return Inconclusive(missing=(f"the first link did not succeed: {walk.ending.message}",))
    told = [each for each in warm if not proves_nothing(each)]
    found = [f for each in told for f in _faults(each, answer, walk.authorization.state)]
    if not found and len(told) < len(warm):
        return Inconclusive(missing=tuple(each.ending.message for each in warm if proves_nothing(each)))
    return verdict(found)


def _faults(warm: Walk, first: Answer, first_state: str) -> Iterator[Finding]:
    second: Answer | None = of_walk(warm, "answer")
    if second is None and (said := linked_before(warm)) is not None:
        text = f"The first link works; a second link of the same account is refused: the page says “{said}”."
        yield finding(RULE, text, subject="linked already", at=walk_ref(warm), fix=_LET_LINK_AGAIN)
        return
    if second is None:
        text = f"The first link works; linking again in the same browser does not: {stopped_at(warm)}."
        yield finding(RULE, text, subject="second link", at=walk_ref(warm))
        return
    at = request_ref(warm, second.arrival.request)
    if second.error is not None:
        text = f"The first link works; linking again in the same browser ends with {second.error_words}."
        yield finding(RULE, text, subject="second link", at=at)
        return
    # An implicit token may be handed out again while it lives; a code is good for one exchange only.
    if {param.value for param in first.named("code") if param.value} & {p.value for p in second.named("code")}:
        text = "Linking again in the same browser returns the code of the first link, which is used up."
        yield finding(RULE, text, subject="code", at=at)
    if warm.authorization.state != first_state and first_state in {param.value for param in second.named("state")}:
        text = "Linking again in the same browser returns the state of the first request."
        yield finding(RULE, text, subject="state", at=at)


AUDIT = Audit(
    id="second-link",
    rules=(RULE,),
    title="A signed-in user gets a fresh code",
    failed_title="Linking again while signed in does not work",
    judge=judge,
)
