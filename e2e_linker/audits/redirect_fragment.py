"""With the implicit grant, state and token stand in the fragment of the redirect."""

from __future__ import annotations

from collections.abc import Iterator

from e2e_linker.audits.base import Audit, NotApplicable, Outcome, finding, verdict
from e2e_linker.audits.error_remedies import remedy
from e2e_linker.audits.return_remedies import cut_short
from e2e_linker.audits.walks import no_arrival, request_ref
from e2e_linker.derive.answer import Answer
from e2e_linker.derive.urls import parameters
from e2e_linker.evidence.models import Ending, Walk
from e2e_linker.model import Grant

__all__ = ["AUDIT"]

RULE = "redir-fragment-implicit"
_WHERE = {"query": "in the query", "path": "in the path", "body": "in the body of a POST"}


def judge(walk: Walk, answer: Answer | None, ending: Ending) -> Outcome:
    """Token, token type and state after the ``#``; the query that the redirect URI already had is left alone."""
    if walk.authorization.grant is not Grant.IMPLICIT:
        return NotApplicable(reason="the code grant answers in the query")
    if answer is None:
        return no_arrival(ending)
    at = request_ref(walk, answer.arrival.request)
    if answer.error is not None:
        words = f"The redirect carries an error instead of a token: {answer.error_words}."
        subject = f"error {answer.error}"
        symptom = answer.error == "invalid_scope" and cut_short(walk, answer) is None
        return verdict([finding(RULE, words, subject=subject, at=at, fix=remedy(walk, answer), symptom=symptom)])
    found = [finding(RULE, message, subject=subject, at=at) for subject, message in _faults(walk, answer)]
    states = answer.named("state")
    if not any(param.length for param in states):
        # What became of it on the way is told by ``state-parameter``.
        how = "an empty" if states else "no"
        found.append(finding(RULE, f"The redirect carries {how} state.", subject="state", at=at, symptom=True))
    return verdict(found)


def _faults(walk: Walk, answer: Answer) -> Iterator[tuple[str, str]]:
    yield from _token(answer)
    strays = [param for param in answer.named("state") if param.place != "fragment"]
    if strays and answer.named("access_token", "fragment"):
        yield "state", f"The state stands {_WHERE[strays[0].place]} instead of the fragment."
    for name in ("access_token", "state"):
        if (times := len(answer.named(name, "fragment"))) > 1:
            yield f"{name} twice", f"`{name}` stands {times} times in the fragment."
    for wanted in parameters(walk.authorization.redirect_uri, nested=False):
        kept = [param.value for param in answer.named(wanted.name, "query")]
        if kept != [wanted.value]:
            lost = "lost" if not kept else "changed"
            yield wanted.name, f"`{wanted.name}` of the redirect URI was {lost}: `#` has to follow the query it has."


def _token(answer: Answer) -> Iterator[tuple[str, str]]:
    tokens = answer.named("access_token")
    strays = [param for param in tokens if param.place != "fragment"]
    if strays:
        yield (
            "access_token",
            f"The token stands {_WHERE[strays[0].place]}, where it is logged, instead of the fragment.",
        )
    elif not any(param.length for param in tokens):
        code = ": it carries a code, as if response_type were `code`" if answer.named("code") else ""
        yield "access_token", f"The redirect carries no access token{code}."
    else:
        kinds = [param.value for param in answer.named("token_type")]
        if not kinds:
            yield "token_type", "The fragment has no `token_type=Bearer`."
        elif kinds[0].lower() != "bearer":
            yield "token_type", f"token_type is `{kinds[0][:40]}`, Alexa expects `Bearer`."


AUDIT = Audit(
    id="redirect-fragment",
    rules=(RULE,),
    title="The redirect carries state and token in its fragment",
    failed_title="The redirect does not carry a token as Alexa needs it",
    judge=judge,
)
