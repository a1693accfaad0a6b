"""The authorization request is not refused for its code_challenge, or for having none."""

from __future__ import annotations

import re

from e2e_linker.audits.base import Audit, Finding, Inconclusive, NotApplicable, Outcome, verdict
from e2e_linker.audits.error_words import names_no_parameter
from e2e_linker.audits.page_words import around
from e2e_linker.audits.refused_parameters import PKCE, refused_for_pkce
from e2e_linker.audits.return_remedies import cut_short
from e2e_linker.audits.walks import last_screen, no_arrival, request_ref
from e2e_linker.derive.answer import Answer
from e2e_linker.derive.dead_ends import DeadEnd
from e2e_linker.derive.urls import parameters
from e2e_linker.evidence.models import Ending, Request, SkillFacts, Walk
from e2e_linker.model import Grant

__all__ = ["AUDIT"]

_SAID = re.compile(rf"(?:{PKCE.pattern})(?!\w*(?:=|%3D))", re.IGNORECASE)
"""The same words; the name of a parameter in an address that is shown on an error page says nothing."""


def judge(
    skill: SkillFacts,
    walk: Walk,
    requests: tuple[Request, ...],
    dead_end: DeadEnd | None,
    answer: Answer | None,
    ending: Ending,
) -> Outcome:
    """By the words of the error that came back to Alexa in place of a code, or of the page that came instead."""
    if walk.authorization.grant is Grant.IMPLICIT:
        return NotApplicable(reason="the implicit grant has no code to protect")
    if answer is None:
        found = _on_page(skill, walk, requests, dead_end) if dead_end else None
        return verdict([found]) if found else no_arrival(ending)
    if names_no_parameter(answer):
        missing = f"the refusal, {answer.error_words}, does not say whether it is for PKCE"
        return Inconclusive(missing=(missing,))
    if answer.error is None or not PKCE.search(answer.error_words):
        return verdict(())
    cut = cut_short(walk, answer)
    if cut is not None and "code_challenge" in cut.lost:
        return Inconclusive(missing=("the login brought the request back without its code_challenge",))
    at = request_ref(walk, answer.arrival.request)
    return verdict([refused_for_pkce(skill, f"The authorization request is refused with {answer.error_words}", at)])


def _on_page(skill: SkillFacts, walk: Walk, requests: tuple[Request, ...], end: DeadEnd) -> Finding | None:
    """The error page that answers Alexa's own request at once: one further on may speak of any other client's."""
    page = end.page
    way = [one for one in requests if one.leads and one.n <= page.request]
    asked = {one.value for request in way for one in parameters(request.url) if one.name == "client_id"}
    at_once = all(one.redirects for one in way if one.n < page.request)
    # The page of a crash may show all that was asked.
    if end.kind != "error" or page.status >= 500 or not at_once or asked - {skill.client_id}:
        return None
    said = next((line for line in (page.title, *page.headings, *page.text.split("\n")) if _SAID.search(line)), None)
    if said is None:
        return None
    text = f"The authorization request is refused by a page of {page.host}, “{around(said, _SAID)}”"
    found = refused_for_pkce(skill, text, request_ref(walk, page.request))
    return found.model_copy(update={"related": tuple(last_screen(walk, page))})


AUDIT = Audit(
    id="refused-challenge",
    rules=("token-pkce-verify",),
    title="The authorization request is accepted with PKCE as it is configured",
    failed_title="The server and the console disagree about PKCE",
    judge=judge,
)
