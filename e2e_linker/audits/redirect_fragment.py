"""With the implicit grant, state and token stand in the fragment of the redirect."""

from __future__ import annotations

from collections.abc import Iterator

from e2e_linker.audits.base import Audit, EvidenceRef, Finding, NotApplicable, Outcome, finding, verdict
from e2e_linker.audits.error_remedies import remedy
from e2e_linker.audits.misjoined_answers import how_joined, rejoin
from e2e_linker.audits.return_remedies import cut_short
from e2e_linker.audits.walks import no_arrival, request_ref
from e2e_linker.derive.answer import Answer
from e2e_linker.derive.misjoined import Misjoined
from e2e_linker.derive.urls import parameters
from e2e_linker.evidence.models import Ending, Walk
from e2e_linker.model import Grant, Severity

__all__ = ["AUDIT"]

RULE = "redir-fragment-implicit"
_WHERE = {"query": "in the query", "path": "in the path", "body": "in the body of a POST"}


def judge(walk: Walk, answer: Answer | None, misjoined: Misjoined | None, ending: Ending) -> Outcome:
    """Token, token type and state after the ``#``; the query that the redirect URI already had is left alone."""
    if walk.authorization.grant is not Grant.IMPLICIT:
        return NotApplicable(reason="the code grant answers in the query")
    if answer is None:
        return no_arrival(ending)
    at = request_ref(walk, answer.arrival.request)
    found = [] if misjoined is None else [_joint(misjoined, at)]
    # What its joint alone spoils is told by that.
    answer = answer if misjoined is None else misjoined.meant
    if answer.error is not None:
        return verdict([*found, _error(walk, answer, at)])
    found += [finding(RULE, message, subject=subject, at=at) for subject, message in _faults(walk, answer)]
    states = answer.named("state")
    if not any(param.length for param in states):
        # What became of it on the way is told by ``state-parameter``.
        how = "an empty" if states else "no"
        found.append(finding(RULE, f"The redirect carries {how} state.", subject="state", at=at, symptom=True))
    return verdict(found)


def _joint(found: Misjoined, at: EvidenceRef) -> Finding:
    severity = None if found.harmful else Severity.RECOMMENDED
    return finding(RULE, how_joined(found), subject=f"joint {found.joint}", at=at, severity=severity, fix=rejoin(found))


def _error(walk: Walk, answer: Answer, at: EvidenceRef) -> Finding:
    stray = next((param.place for param in answer.named("error") if param.place != "fragment"), None)
    place = f", and that {_WHERE[stray]} instead of the fragment" if stray else ""
    also = " And put an error after the `#`, as a token (RFC 6749, section 4.2.2.1)." if stray else ""
    return finding(
        RULE,
        f"The redirect carries an error instead of a token{place}: {answer.error_words}.",
        subject=f"error {answer.error}",
        at=at,
        fix=remedy(walk, answer) + also,
        symptom=answer.error == "invalid_scope" and cut_short(walk, answer) is None,
    )


def _faults(walk: Walk, answer: Answer) -> Iterator[tuple[str, str]]:
    yield from _token(answer)
    beside = answer.named("state", "fragment")
    # A state beside a token that stands there is told by that.
    told = {param.place for param in answer.named("access_token")} if beside else {"fragment"}
    strays = [param for param in answer.named("state") if param.place not in told]
    if strays and answer.named("access_token", "fragment"):
        how = "as well as in" if beside else "instead of"
        yield "state", f"The state stands {_WHERE[strays[0].place]} {how} the fragment."
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
        how = "as well as in" if len(strays) < len(tokens) else "instead of"
        yield "access_token", f"The token stands {_WHERE[strays[0].place]}, where it is logged, {how} the fragment."
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
