"""What became of a case, in the light of what was found."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from e2e_linker.evidence.models import EndingKind
from e2e_linker.model import Severity
from e2e_linker.report.model import CaseReport, FindingReport
from e2e_linker.report.words import ENDINGS, Standing, standing

__all__ = ["became", "cut_short", "fate", "let_pass"]

_FOR_WANT_OF_A_PAGE: frozenset[EndingKind] = frozenset({"login_not_found", "timeout"})

_ERROR: Final = 400
_OF_PAGES: Final = "screen-"
_OF_THE_WAY: Final = frozenset(
    {
        "auth-cert-trusted-ca",
        "auth-csp-form-action",
        "auth-embedded-browser-tolerated",
        "auth-https-443",
        "auth-no-js-dialogs",
        "auth-no-popups",
        "auth-tls-cipher-breadth",
        "redir-code-size",
        "redir-is-http-redirect-or-navigation",
        "size-cookie-growth",
        "size-own-hops",
        "size-redirect-url",
        "size-simulated-amazon-cookies",
    }
)
_OF_THE_REQUEST: Final = frozenset(
    {"invalid_request", "invalid_scope", "unauthorized_client", "unsupported_response_type"}
)
"""Errors of RFC 6749, section 4.1.2.1, that refuse the request itself: nothing on the way brings them about."""


def let_pass(rule: str, case: CaseReport) -> bool:
    """Whether ``case`` came back to Alexa, so that nothing which ``rule`` is about stopped it, linked or not.

    Only rules about the way and the size of its end are asked for: not those about the answer or the exchange.
    """
    return (rule in _OF_THE_WAY or rule.startswith(_OF_PAGES)) and _reached_alexa(case)


def _reached_alexa(case: CaseReport) -> bool:
    """Whether every attempt at ``case`` came back to Alexa, with a code, a token or an error that is not of the way."""
    endings = (case.ending, *(one.ending for one in case.attempts))
    if case.arrival_url is None or any(ending.kind != "arrived" for ending in endings):
        return False
    parts = urlsplit(case.arrival_url)
    given = dict(parse_qsl(parts.query) + parse_qsl(parts.fragment))
    if "error" in given:
        return given["error"] in _OF_THE_REQUEST
    return "code" in given or "access_token" in given


def fate(case: CaseReport, findings: Iterable[FindingReport]) -> Standing:
    """The standing of ``case``, where its walk ended for want of a page to go on with: what ``findings`` say of that.

    That no form was found says nothing of the server; that the customer is left with a blank screen does. That the
    server lets no automated browser in says nothing either, unless a trial on the case's own device proves otherwise.
    """
    known = standing(case)
    kind = case.ending.kind
    if known != "unknown" or (kind not in _FOR_WANT_OF_A_PAGE and kind != "login_blocked"):
        return known
    breaking = [found for found in findings if found.symptom and found.severity is Severity.BREAKS]
    if kind == "login_blocked":
        return "fails" if any(case.id in found.proven_in for found in breaking) else known
    return "fails" if any(case.id in found.cases for found in breaking) else known


def cut_short(case: CaseReport) -> bool:
    """Whether the browser of ``case`` was lost after a link, so that something that follows it may not have been tried.

    What was never begun leaves nothing that an audit could call unknown.
    """
    later = (*case.attempts[1:], None)
    return any(
        one.linked and one.ending.kind == "crashed" and (after is None or after.reason != "retry")
        for one, after in zip(case.attempts, later, strict=False)
    )


def became(case: CaseReport, findings: Iterable[FindingReport]) -> str:
    """What became of ``case`` in a few words; a refused exchange ends at Alexa too, yet nothing is linked."""
    flaky = ", flaky" if case.flaky else ""
    if case.linked or case.flaky:
        after = ", but the browser ended before everything was tried" if cut_short(case) else ""
        return f"{'linked' if case.linked else 'not always linked'}{flaky}{after}"
    if case.came_back:
        return "came back to Alexa"
    if case.ending.kind == "arrived":
        return "came back to Alexa, but is not linked"
    # What was looked for where no form was found takes many lines, and a finding tells what is there instead.
    told = standing(case) == "fails"
    if case.ending.kind == "login_not_found" and (answered := _answered_with_an_error(case)):
        return answered
    return case.ending.message if told else ENDINGS[case.ending.kind]


def _answered_with_an_error(case: CaseReport) -> str | None:
    """Which server answered the last request of the way with an error, where it did."""
    way = [hop for hop in case.ladder if hop.main_frame]
    if not way or (way[-1].status or 0) < _ERROR:
        return None
    at_once = all(hop.how in {"opened", "redirect"} for hop in way)
    return f"{way[-1].host} answered {'the authorization request ' * at_once}with status {way[-1].status}"
