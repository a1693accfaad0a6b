"""The server knows again whom it let in."""

from __future__ import annotations

from typing import Final

from e2e_linker.audits.base import Audit, Finding, Outcome, finding, verdict
from e2e_linker.audits.walks import last_screen, no_arrival, request_ref
from e2e_linker.derive.cookie_scopes import lasting_names
from e2e_linker.derive.forgotten_session import ForgottenSession
from e2e_linker.derive.no_session import NoSession
from e2e_linker.derive.urls import without_parameters
from e2e_linker.evidence.models import Ending, Walk
from e2e_linker.model import Confidence, Severity, host_of

__all__ = ["AUDIT", "NOT_LET_IN", "SHARE"]

SHARE: Final = (
    "Let every worker and node know the sessions that any of them opens: keep sessions in a store that all share, not "
    "in the memory of a process, and give all the same secret key (in Django and Flask SECRET_KEY), not one that each "
    "makes when it starts. With a single process, see why the session ends at once: its lifetime, the server's clock."
)
NOT_LET_IN: Final = (
    " Or the test account may not use this client, and the server asks for a login in place of saying so."
)
_SET_ONE = (
    "Set a session cookie with the answer to the login. Behind a proxy that ends TLS, frameworks leave a cookie with "
    "Secure out unless they are told that the request was https: have the proxy send X-Forwarded-Proto, and let the "
    "framework trust it (Express: `app.set('trust proxy', 1)`). See, too, that nothing before the server removes "
    "Set-Cookie."
)
_REFUSED = "Check first that the test account is right, and tell customers of a wrong password. Where it is right: "


def judge(
    walk: Walk, forgotten_session: ForgottenSession | None, no_session: NoSession | None, ending: Ending
) -> Outcome:
    """A login that has to be made again although its cookie came back, or that no cookie was set for; what browsers
    refuse is told by others.
    """
    if ending.kind == "arrived":
        return verdict(())
    if forgotten_session is not None:
        return verdict([_finding(walk, forgotten_session)])
    return verdict([_cookieless(walk, no_session)]) if no_session is not None else no_arrival(ending)


def _cookieless(walk: Walk, session: NoSession) -> Finding:
    login, again, host = session.login, session.again, host_of(session.login.url)
    doubt = "" if session.goes_on else " A wrong password may be answered so, too."
    return finding(
        "screen-error-page",
        f"No answer of {host} set a cookie, so it cannot know whom it let in. Request {login.n}, POST "
        f"{without_parameters(login.url)}, was answered with status {login.status} and none; request {again.n}, "
        f"{again.method} {without_parameters(again.url)}, was sent to the login again.{doubt}",
        subject=f"{host} sets no cookie",
        at=request_ref(walk, again.n),
        related=[request_ref(walk, login.n)],
        severity=None if session.goes_on else Severity.RECOMMENDED,
        confidence=Confidence.LIKELY if session.goes_on else Confidence.POSSIBLE,
        fix=("" if session.goes_on else _REFUSED) + _SET_ONE,
    )


def _finding(walk: Walk, session: ForgottenSession) -> Finding:
    """A finding that hurts only where a wrong password is not answered so."""
    login, again, host = session.login, session.again, host_of(session.login.url)
    sure = session.opened or session.discarded
    names = ", ".join(f"`{name}`" for name in session.cookies)
    several = len(session.cookies) > 1
    where = host_of(session.password.url)
    took = f"{host} took the login" if sure else f"{host} seems to have taken the login"
    told = "" if where == host else f" Or it could not make use of what {where} sent along: its own log tells."
    took = f"{host} was told of the login at {where}" if told else took
    discards = f", and its answer takes {'such a cookie' if several else 'it'} away" if session.discarded else ""
    doubt = "" if sure else " A wrong password may be answered so, too."
    return finding(
        "screen-error-page",
        f"{took}, and does not know the customer again. Request {login.n}, {login.method} "
        f"{without_parameters(login.url)}, was answered with status {login.status} and the cookie{'s' * several} "
        f"{names}. Request {again.n}, {again.method} {without_parameters(again.url)}, brought "
        f"{'them' if several else 'it'} back with the same value{'s' * several}{discards}; the browser was sent to the "
        f"login again, {session.page.address}.{doubt}",
        subject=f"{host} forgotten {lasting_names(session.cookies)}",
        at=request_ref(walk, again.n),
        related=[request_ref(walk, login.n), *last_screen(walk, session.page)],
        severity=None if sure else Severity.RECOMMENDED,
        confidence=Confidence.LIKELY if sure else Confidence.POSSIBLE,
        fix=("" if sure else _REFUSED) + SHARE + ("" if session.discarded else NOT_LET_IN) + told,
    )


AUDIT = Audit(
    id="forgotten-session",
    rules=("screen-error-page",),
    title="The server knows again whom it let in",
    failed_title="The server forgets the session that the login opened",
    judge=judge,
)
