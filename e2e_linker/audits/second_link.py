"""A user who is still signed in links again and gets a fresh code."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from e2e_linker.audits.base import Audit, Finding, Inconclusive, NotApplicable, Outcome, Passed, finding, verdict
from e2e_linker.audits.blank_remedies import blank_remedy
from e2e_linker.audits.kept_pages import LEAVE_TO_NETWORK, keeper_of_page
from e2e_linker.audits.lasting import IN_THE_LOG, lasting, server_error
from e2e_linker.audits.linked_before import linked_before
from e2e_linker.audits.token_values import nothing_said
from e2e_linker.audits.walks import further, of_walk, proves_nothing, request_ref, stopped_at, unaffordable, walk_ref
from e2e_linker.derive.answer import Answer
from e2e_linker.derive.screen_causes import Suspect
from e2e_linker.derive.screens import ScreenVerdict
from e2e_linker.evidence.models import Purpose, Walk

__all__ = ["AUDIT"]

RULE = "auth-post-login-redirect-works-when-already-signed-in"
_MOST_NAMED = 3
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
    kept = lasting(warm)
    told = [each for each in kept if not proves_nothing(each)]
    found = [f for each in told for f in _faults(each, (walk, *warm), answer)]
    if not found and len(told) < len(kept):
        return Inconclusive(missing=tuple(each.ending.message for each in kept if proves_nothing(each)))
    failed = next((each for each in warm if each not in kept), None)
    if not found and failed is not None:
        return Passed(note=f"The server failed once, and linked when asked again: {stopped_at(failed)}. {IN_THE_LOG}")
    # What came twice is told once.
    return verdict([one for n, one in enumerate(found) if one.subject not in {each.subject for each in found[:n]}])


def _faults(warm: Walk, before: Sequence[Walk], first: Answer) -> Iterator[Finding]:
    first_state = before[0].authorization.state
    second: Answer | None = of_walk(warm, "answer")
    if second is None and (said := linked_before(warm)) is not None:
        text = f"The first link works; a second link of the same account is refused: the page says “{said}”."
        yield finding(RULE, text, subject="linked already", at=walk_ref(warm), fix=_LET_LINK_AGAIN)
        return
    if second is None:
        text = f"The first link works; linking again in the same browser does not: {stopped_at(warm)}."
        seen, fix = _suspected(warm, before)
        yield finding(RULE, f"{text} {seen}".strip(), subject="second link", at=walk_ref(warm), fix=fix)
        return
    at = request_ref(warm, second.arrival.request)
    if second.error is not None:
        text = f"The first link works; linking again in the same browser ends with {second.error_words}."
        yield finding(RULE, text, subject="second link", at=at)
        return
    # An implicit token may be handed out again while it lives; a code is good for one exchange only.
    if _codes(first) & _codes(second):
        text = "Linking again in the same browser returns the code of the first link, which is used up."
        yield finding(RULE, text, subject="code", at=at)
    if warm.authorization.state != first_state and first_state in {param.value for param in second.named("state")}:
        text = "Linking again in the same browser returns the state of the first request."
        yield finding(RULE, text, subject="state", at=at)


def _suspected(warm: Walk, before: Sequence[Walk]) -> tuple[str, str | None]:
    """What may have kept the last page of ``warm`` from showing anything, in sentences, and what to do about it."""
    screens: tuple[ScreenVerdict, ...] = of_walk(warm, "screen_verdicts") or ()
    named: tuple[Suspect, ...] = of_walk(warm, "suspects") or ()
    named = named[:_MOST_NAMED] if screens and screens[-1].empty else ()
    says = f"Suspected, not proven: {'; '.join(one.says for one in named)}." if named else ""
    keeper = keeper_of_page(warm, [one for one in before if one.id != warm.id])
    if keeper is None and server_error(warm) is not None:
        return says, IN_THE_LOG
    if keeper is None:
        return says, blank_remedy(named[0]) if named else None
    kept = f"The page came from what the service worker {keeper} keeps, and not from the server."
    return f"{kept} {says}".strip(), LEAVE_TO_NETWORK


def _codes(answer: Answer) -> set[str]:
    """The codes of ``answer``: a word for nothing (``undefined``) is none, and is told where it is refused."""
    return {param.value for param in answer.named("code") if param.value and not nothing_said(param.value)}


AUDIT = Audit(
    id="second-link",
    rules=(RULE,),
    title="A signed-in user gets a fresh code",
    failed_title="Linking again while signed in does not work",
    judge=judge,
)
