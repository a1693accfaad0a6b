"""The login does not end on an error page, nor on a page that has forgotten Alexa."""

from __future__ import annotations

from e2e_linker.audits.base import Audit, Finding, Outcome, finding, verdict
from e2e_linker.audits.failed_requests import part, trouble
from e2e_linker.audits.lost_consent import asked_once_more
from e2e_linker.audits.page_words import quoted
from e2e_linker.audits.rate_limit import limited_login
from e2e_linker.audits.screens import lone, proven, remedy
from e2e_linker.audits.walks import last_screen, no_arrival, of_walk, request_ref
from e2e_linker.audits.ways_back import NOTHING_THERE, lost_way, way_on
from e2e_linker.derive.app_stores import AppStore
from e2e_linker.derive.dead_ends import DeadEnd, turned_away
from e2e_linker.derive.login_requests import FailedLogin
from e2e_linker.derive.pages import Page
from e2e_linker.derive.request_fate import RequestFate
from e2e_linker.evidence.models import Causes, Ending, Trial, Walk
from e2e_linker.model import Fault, host_of

__all__ = ["AUDIT"]

_TOLD_ELSEWHERE = ("unsent_answer", "unsent_redirect", "dead_press", "forgotten_session")


def judge(
    walk: Walk,
    pages: tuple[Page, ...],
    dead_end: DeadEnd | None,
    app_store: AppStore | None,
    request_fate: RequestFate | None,
    healing_trial: Trial | None,
    known_causes: Causes,
    ending: Ending,
) -> Outcome:
    """Says what the customer sees at the end; other audits say why, or tell of a page whose button leads nowhere."""
    if ending.kind == "arrived":
        return verdict(())
    healed = lone(healing_trial, known_causes)
    if app_store is not None:
        return verdict([_in_the_store(walk, app_store, healed)])
    end = dead_end or turned_away(pages, ending, healed)
    if end is None or any(of_walk(walk, one) is not None for one in _TOLD_ELSEWHERE):
        return no_arrival(ending)
    answered = end.failed.request if end.failed else end.page
    limited = None if ending.kind == "login_blocked" else limited_login(host_of(answered.url), answered.status)
    return limited or verdict([_finding(walk, end, request_fate, healed)])


def _in_the_store(walk: Walk, store: AppStore, healed: Trial | None) -> Finding:
    return finding(
        "screen-error-page",
        f"The login sends the customer to an app store, {store.name}, instead of on to Alexa."
        + (f" {proven(healed, 'login')}" if healed else ""),
        subject=f"{store.host} app store",
        at=request_ref(walk, store.request),
        fix="Let customers log in on the web page of the login, also where an app could be installed: they come from "
        "the Alexa app, and the way back to it ends in the store.",
        symptom=True,
        cause="proven" if healed else None,
    )


def _failed_request(walk: Walk, end: DeadEnd, failed: FailedLogin) -> Finding:
    host, status = host_of(failed.request.url), failed.request.status
    what, fix = trouble(walk, failed)
    console = f" The browser says: “{failed.console}”" if failed.console else ""
    return finding(
        "screen-error-page",
        f"The request by which the page of {end.page.host} {part(failed)}, {failed.address}, {what}. Nobody gets "
        f"past this page.{console}",
        subject=f"{host} login request {'CORS' if failed.kept_back else status or 'unanswered'}",
        at=request_ref(walk, failed.request.n),
        related=last_screen(walk, end.page),
        confidence=end.confidence,
        fix=fix,
        symptom=True,
    )


def _finding(walk: Walk, end: DeadEnd, fate: RequestFate | None, healed: Trial | None) -> Finding:
    if end.failed:
        return _failed_request(walk, end, end.failed)
    page, fix = end.page, way_on(walk, end.page)
    if end.kind == "lost":
        message, fix = asked_once_more(walk, end) or lost_way(walk, end, fate)
    else:
        form = page.asks_for_password and page.status < 500
        message = f"The login {'is refused by a' if form else 'ends on an error'} page of {page.host}"
    return finding(
        "screen-error-page",
        f"{message}: {quoted(end)}." + (f" {proven(healed, 'login')}" if healed else ""),
        subject=f"{page.host} {'lost' if end.kind == 'lost' else page.status}",
        at=request_ref(walk, page.request),
        related=last_screen(walk, page),
        confidence=end.confidence,
        fix=remedy(healed, page.host) or fix or _in_the_log(page),
        blame=Fault.SKILL_CONFIGURATION if fix is NOTHING_THERE and not healed else Fault.IDENTITY_PROVIDER,
        symptom=True,
        cause="proven" if healed else None,
    )


def _in_the_log(page: Page) -> str | None:
    """What to do about an error page that holds nothing; None for others, whose words are to be heeded."""
    if not page.empty or page.text.strip():
        return None
    return (
        f"Look into the server's log at that moment: {page.address} was answered with status {page.status} and an "
        "empty page, which tells nobody why."
    )


AUDIT = Audit(
    id="error-page",
    rules=("screen-error-page",),
    title="The login does not end on an error page",
    failed_title="The login ends on a page that does not lead to Alexa",
    judge=judge,
)
