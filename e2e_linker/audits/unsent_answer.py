"""The last page of the login sends the browser back to Alexa."""

from __future__ import annotations

from e2e_linker.audits.base import Audit, Finding, Outcome, finding, verdict
from e2e_linker.audits.unsent_redirects import told_redirect
from e2e_linker.audits.walks import last_screen, no_arrival, request_ref
from e2e_linker.derive.unsent_answers import UnsentAnswer
from e2e_linker.derive.unsent_redirects import UnsentRedirect
from e2e_linker.evidence.models import Ending, Walk

__all__ = ["AUDIT"]


def judge(
    walk: Walk, unsent_answer: UnsentAnswer | None, unsent_redirect: UnsentRedirect | None, ending: Ending
) -> Outcome:
    """Where the login ended on a page that holds the way back and does not take it, or that is made for a pop-up."""
    if ending.kind == "arrived":
        return verdict(())
    if unsent_redirect is not None:
        return verdict([told_redirect(walk, unsent_redirect)])
    if unsent_answer is None:
        return no_arrival(ending)
    told = _shown(walk, unsent_answer) if unsent_answer.kind == "shown" else _popup(walk, unsent_answer)
    return verdict([told])


def _shown(walk: Walk, unsent: UnsentAnswer) -> Finding:
    page = unsent.page
    kind = f" of type {page.content_type}" if page.content_type else ""
    return finding(
        "redir-is-http-redirect-or-navigation",
        f"The login is through, and {page.address} answers with a document{kind} that holds what Alexa is to get. The "
        "browser shows it as text and goes nowhere.",
        subject="answer shown as text",
        at=request_ref(walk, page.request),
        related=last_screen(walk, page),
        confidence=unsent.confidence,
        fix="Answer this form with 303 See Other and the redirect URI as Location. Where a script of the page is to "
        "send it and to read the answer, see why the browser sent the form itself, and let the script set `location`.",
    )


def _popup(walk: Walk, unsent: UnsentAnswer) -> Finding:
    page = unsent.page
    if unsent.scripted:
        what = "its script hands over to the window that opened it, or closes its own"
    elif unsent.console:
        what = "its script wants to close the window"
    else:
        what = "it asks the customer to close the window"
    said = f" The browser says: “{unsent.console}”" if unsent.console else ""
    return finding(
        "auth-no-popups",
        f"The login ends on {page.address}, a page as for a pop-up window: {what}. The Alexa app opens the login in a "
        f"window of its own, so nothing leads back to Alexa.{said}",
        subject=f"{page.host} ends as a pop-up",
        at=request_ref(walk, page.request),
        related=last_screen(walk, page),
        confidence=unsent.confidence,
        fix="Send this window itself to the redirect URI of the request, with code and state, by 303 See Other or by a "
        "script that sets its `location`; switch identity SDKs from popup to redirect mode.",
    )


AUDIT = Audit(
    id="unsent-answer",
    rules=("auth-no-popups", "redir-exact-uri-from-request", "redir-is-http-redirect-or-navigation"),
    title="The last page sends the browser to Alexa",
    failed_title="The last page keeps the answer for Alexa",
    judge=judge,
)
