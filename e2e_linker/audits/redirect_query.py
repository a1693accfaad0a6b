"""With the code grant, code and state stand in the query of the redirect."""

from __future__ import annotations

from collections.abc import Iterator

from e2e_linker.audits.absent_codes import absent_code, own_name
from e2e_linker.audits.base import Audit, EvidenceRef, Finding, Inconclusive, NotApplicable, Outcome, finding, verdict
from e2e_linker.audits.error_remedies import remedy
from e2e_linker.audits.error_words import told_elsewhere
from e2e_linker.audits.return_remedies import cut_short
from e2e_linker.audits.state_joining import JOINING
from e2e_linker.audits.walks import no_arrival, request_ref
from e2e_linker.derive.answer import UNSEEN, Answer
from e2e_linker.evidence.models import Ending, Walk
from e2e_linker.model import Fault, Grant

__all__ = ["AUDIT"]

RULE = "redir-query-code-state"
_PLACES = {
    "fragment": "after the `#`, which never reaches a server",
    "path": "in the path: they are joined with `&` where `?` belongs",
    "body": "in the body of a POST",
}


def judge(walk: Walk, answer: Answer | None, kept_answer: Answer | None, ending: Ending) -> Outcome:
    """Code and state once each in the query, no token anywhere in the URL, also where the browser was kept from it."""
    if walk.authorization.grant is not Grant.AUTH_CODE:
        return NotApplicable(reason="the implicit grant answers in the fragment")
    sent = answer or kept_answer
    if sent is None:
        return no_arrival(ending)
    if sent.unseen:
        return Inconclusive(missing=(UNSEEN,))
    found = [_error(walk, sent)] if sent.error is not None else [*_misplaced(walk, sent)]
    return verdict(found) if found or answer is not None else no_arrival(ending)


def _error(walk: Walk, answer: Answer) -> Finding:
    state = "The state is right, but that does not help. " if _state_is_right(walk, answer) else ""
    cut = cut_short(walk, answer) is not None
    place = "beside its code" if any(param.length for param in answer.named("code")) else "instead of a code"
    return finding(
        RULE,
        f"The redirect carries an error {place}: {answer.error_words}. {state}"
        "Alexa shows that the authorization server returned an error parameter.",
        subject=f"error {answer.error}",
        at=request_ref(walk, answer.arrival.request),
        fix=remedy(walk, answer),
        symptom=told_elsewhere(answer) and not cut,
        blame=Fault.SKILL_CONFIGURATION if answer.error == "invalid_scope" and not cut else Fault.IDENTITY_PROVIDER,
    )


def _state_is_right(walk: Walk, answer: Answer) -> bool:
    return [param.value for param in answer.named("state")] == [walk.authorization.state]


def _misplaced(walk: Walk, answer: Answer) -> Iterator[Finding]:
    at = request_ref(walk, answer.arrival.request)
    codes, tokens = answer.named("code"), answer.named("access_token")
    stray = next((param.place for param in codes or tokens or answer.named("state") if param.place != "query"), None)
    if stray is not None and (codes or not tokens):
        yield finding(RULE, f"The answer stands {_PLACES[stray]}.", subject=f"place {stray}", at=at)
    elif not codes:
        text, fix = absent_code(answer)
        yield finding(RULE, text, subject="code", at=at, fix=fix)
    elif not any(param.length for param in codes):
        yield finding(RULE, "The code of the redirect is empty.", subject="code", at=at)
    yield from _lost_state(walk, answer, at, told=stray)
    for name in ("code", "state"):
        given = answer.named(name, "query")
        if len(given) > 1:
            yield finding(RULE, f"`{name}` stands {len(given)} times in the query.", subject=f"{name} twice", at=at)
    if tokens and codes:
        text = "The redirect carries an access token. With the code grant it is of no use and ends up in logs."
        yield finding(RULE, text, subject="access_token", at=at)


def _lost_state(walk: Walk, answer: Answer, at: EvidenceRef, *, told: str | None) -> Iterator[Finding]:
    """What became of it on the way is told by ``state-parameter``."""
    states = answer.named("state")
    within = None if states else answer.holding(walk.authorization.state)
    if within is not None:
        spelt = {"&": "%26", "#": "%23"}.get(within.joint)
        how = f"`{within.joint}`" + (f" spelt as `{spelt}`" if spelt else "")
        text = f"The redirect has no `state`: the state is joined to `{within.name}` by {how}, as part of its value."
        yield finding(RULE, text, subject="state", at=at, fix=JOINING[within.joint])
    elif not any(param.length for param in states):
        how = "an empty" if states else "no"
        text, fix = f"The redirect carries {how} state.", own_name(answer, "state")
        yield finding(RULE, text, subject="state", at=at, symptom=True, fix=fix)
    elif not any(param.place in {"query", told} for param in states):
        yield finding(RULE, f"The state stands {_PLACES[states[0].place]}.", subject="state", at=at)


AUDIT = Audit(
    id="redirect-query",
    rules=(RULE,),
    title="The redirect carries code and state in its query",
    failed_title="The redirect does not carry a code as Alexa needs it",
    judge=judge,
)
