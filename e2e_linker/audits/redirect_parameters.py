"""The redirect carries nothing that Alexa does not need."""

from __future__ import annotations

from collections.abc import Sequence

from e2e_linker.audits.base import Audit, Outcome, finding, verdict
from e2e_linker.audits.other_names import called_otherwise
from e2e_linker.audits.screens import listed_in_words
from e2e_linker.audits.walks import no_arrival, request_ref
from e2e_linker.derive.answer import Answer, AnswerParam
from e2e_linker.derive.urls import parameters
from e2e_linker.evidence.models import Ending, Walk
from e2e_linker.model import Grant

__all__ = ["AUDIT"]

_NEEDED = frozenset({"code", "state", "error", "error_description", "error_uri", "source", "?code", "?state"})
"""``source`` is what Amazon's own app-to-app sample adds; ``?code`` is the code behind a ``??``."""
_OF_TOKENS = frozenset({"access_token", "token_type", "expires_in", "scope", "id_token"})
"""A token in the query is a worse fault of another rule, together with what belongs to it."""

_MOST_NAMED = 8
_SHORT_NAME = 100
"""Characters that the address of a server needs at most: no redirect gets too long by them. Threshold."""


def judge(walk: Walk, answer: Answer | None, ending: Ending) -> Outcome:
    """List what counts towards Amazon's limit without need. The fragment never reaches a server, so it does not."""
    if answer is None:
        return no_arrival(ending)
    own = {param.name for param in parameters(walk.authorization.redirect_uri, nested=False)}
    sent = [p for p in answer.params if p.place in {"query", "path"}]
    needed = _NEEDED | own | (_OF_TOKENS if any(p.name == "access_token" for p in sent) else frozenset())
    known = {called_otherwise(answer, name) for name in ("code", "state")}
    if not answer.named("state"):
        known |= {p.name for p in sent if p.value == walk.authorization.state}
    extra = [p for p in sent if p.name not in needed and p.name not in known]
    if _fails(walk, answer) or not extra or _is_worth_it(extra):
        return verdict(())
    names = listed_in_words(list(dict.fromkeys(f"`{param.name}`" for param in extra[:_MOST_NAMED])))
    listed = ", ".join(f"`{param.name}` ({param.length:,} characters)" for param in extra[:_MOST_NAMED])
    total = sum(len(param.name) + param.length + 2 for param in extra)
    return verdict(
        [
            finding(
                "redir-only-needed-params",
                f"The redirect carries {listed} beside code and state: {total:,} of {answer.arrival.url_length:,} "
                "characters of its URL.",
                subject=", ".join(sorted({param.name for param in extra})),
                at=request_ref(walk, answer.arrival.request),
                fix=f"Switch off for this client what adds {names} to the redirect, or leave that out where the server "
                "builds its answer.",
            )
        ]
    )


def _fails(walk: Walk, answer: Answer) -> bool:
    """Whether it is the answer of a link that fails anyway: what stands beside it is part of no code's redirect."""
    handed = any(answer.named(name) for name in ("code", "?code", "access_token"))
    return not handed and (answer.error is not None or walk.authorization.grant is Grant.AUTH_CODE)


def _is_worth_it(extra: Sequence[AnswerParam]) -> bool:
    """Whether all that there is is the server's short name, which protects clients of several servers (RFC 9207)."""
    return [param.name for param in extra] == ["iss"] and extra[0].length <= _SHORT_NAME


AUDIT = Audit(
    id="redirect-parameters",
    rules=("redir-only-needed-params",),
    title="The redirect carries only what Alexa needs",
    failed_title="The redirect carries parameters that Alexa does not need",
    judge=judge,
)
