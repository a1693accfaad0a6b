"""How a walk ended, in words that name the host, the cause and what to try."""

from __future__ import annotations

import re
from collections.abc import Sequence

from playwright.async_api import Error

from e2e_linker.browser.navigations import Pending
from e2e_linker.evidence.models import Ending
from e2e_linker.evidence.page import Window
from e2e_linker.model import Fault, host_of

__all__ = [
    "arrived",
    "browser_lost",
    "closed",
    "crashed",
    "errored",
    "flooded",
    "form_shown",
    "interrupted",
    "no_arrival",
    "no_page",
    "timed_out",
    "unanswered",
]

_MANY_REDIRECTS = 5
_UNANSWERED_S = 3.0
"""Seconds after which the login's finding nothing is put down to an answer that has not come."""
_SETTINGS = {
    "use.timezoneId": "setTimezoneOverride|Invalid timezone ID",
    "use.locale": "setLocaleOverride",
    "use.userAgent": "setUserAgentOverride",
    "use.storageState": r"storageState\.|setting storage state",
}
"""What a browser says, as Playwright 1.64 passes it on, where it does not take a setting that it is opened with."""
_GONE = "browser has been closed"
"""What Playwright 1.64 says of whatever is asked of a browser that is gone, or goes meanwhile."""


def arrived(url: str) -> Ending:
    """The answer was handed to Alexa."""
    return Ending(kind="arrived", message=f"the answer for Alexa was sent to {host_of(url)}")


def no_arrival(url: str) -> Ending:
    """The login went through, as far as could be seen, and nothing led back to Alexa."""
    return Ending(
        kind="dead_end",
        message=f"the last page, on {host_of(url) or url}, leads nowhere: no redirect to Alexa followed",
        fault=Fault.IDENTITY_PROVIDER,
        hint="look at the last screen; the authorization server must redirect to redirect_uri when it is done",
    )


def timed_out(deadline_s: float, pending: Pending | None, url: str) -> Ending:
    """The deadline passed; ``pending`` is the document that was still waited for, ``url`` what was shown."""
    host = host_of(pending.url if pending else url) or url
    if pending is None and host in {"", "about:blank"}:
        return Ending(
            kind="timeout",
            message=f"the browser had not shown a page after {deadline_s:g} s, and was asking for none",
            fault=Fault.TOOL,
            hint="run the case again, with fewer workers where the machine has too much to do",
        )
    if pending is None:
        said = f"the login on {host} was not through"
    elif pending.begun:
        said = f"{host} began an answer, and it was not complete"
    elif pending.redirects >= _MANY_REDIRECTS:
        said = f"{host} was not done with redirecting the browser: {pending.redirects} times in a row"
    else:
        said = f"{host} has not answered"
    return Ending(
        kind="timeout",
        message=f"{said} after {deadline_s:g} s",
        fault=Fault.IDENTITY_PROVIDER,
        hint="look at the last screen and the last request; a slow server can be given more time with timeout",
    )


def unanswered(pending: Pending, now_s: float) -> Ending | None:
    """The server leaves a document unanswered; None where its answer has begun, or it was only just asked for."""
    waited = now_s - pending.at
    if pending.begun or waited < _UNANSWERED_S:
        return None
    return Ending(
        kind="timeout",
        message=f"{host_of(pending.url)} has not answered the request for {pending.url.partition('?')[0]} "
        f"within {waited:.0f} s",
        fault=Fault.IDENTITY_PROVIDER,
        hint="look into the server's log for this request; a slow server can be given more time with expect.timeout",
    )


def crashed(url: str) -> Ending:
    """The engine's process for the page died."""
    return Ending(
        kind="crashed",
        message=f"the page on {host_of(url) or url} crashed in the browser",
        fault=Fault.TOOL,
        hint="run the case again; a page that crashes every time, on other engines too, needs too much memory",
    )


def closed(url: str) -> Ending:
    """The last window was closed: by somebody who looks on, a login function, or the first page of a new window."""
    return Ending(
        kind="interrupted",
        message=f"the browser's window was closed while {host_of(url) or url} was shown, before the login had ended",
        fault=Fault.TESTER,
        hint="run the case again and leave its window open until it has ended; where nobody closed it, look for "
        f"window.close() in the scripts of {host_of(url) or url}",
    )


def flooded(windows: Sequence[Window], after_s: float) -> Ending:
    """Windows opened without end."""
    host = host_of(windows[0].url) or windows[0].url
    return Ending(
        kind="dead_end",
        message=f"{host} opens one window after another: {len(windows)} of them within {after_s:.3g} s",
        fault=Fault.IDENTITY_PROVIDER,
        hint="keep the login in the window it began in; the Alexa app may open no other at all",
    )


def _refused(error: str) -> Ending | None:
    """The browser refuses a setting of the configuration; None where ``error`` tells of anything else."""
    found = re.search(r"\b(?:new_context|new_page): (.*)", error)
    setting = next((key for key, words in _SETTINGS.items() if found and re.search(words, found[1])), None)
    if found is None or setting is None:
        return None
    return Ending(
        kind="not_started",
        message=f"the browser does not take {setting} of the configuration: {found[1]}",
        fault=Fault.TOOL,
        hint=f"correct {setting}, or leave it out; what one engine takes another may refuse",
    )


def browser_lost(url: str, error: str) -> Ending:
    """The browser is gone, with every page in it, or it never came to show one."""
    return _refused(error) or Ending(
        kind="crashed",
        message=f"the browser ended while {host_of(url) or 'no page'} was shown: {error}",
        fault=Fault.TOOL,
        hint="run the case again, with fewer workers where memory is short",
    )


def no_page(url: str, downloads: int) -> Ending:
    """The authorization request was answered, by ``url`` in the end, but not with a page."""
    what = "a download" if downloads else "nothing to show"
    return Ending(
        kind="dead_end",
        message=f"{host_of(url) or url} answers the authorization request with {what} instead of a page",
        fault=Fault.IDENTITY_PROVIDER,
        hint="answer with a login page, or with a redirect to redirect_uri",
    )


def form_shown(url: str) -> Ending:
    """The walk was to go as far as the login form, and there it is."""
    return Ending(kind="stopped", message=f"{host_of(url) or url} shows the login form; the walk was to end there")


def errored(error: Exception) -> Ending:
    """Something failed between the walks; of several that failed together the first is told.

    Where that is only that the browser has gone, it is not this tool that failed.
    """
    if isinstance(error, ExceptionGroup):
        return errored(error.exceptions[0])
    if isinstance(error, Error) and _GONE in error.message:
        return browser_lost("", error.message.partition("\n")[0])
    said = f"{type(error).__name__}: {error}".partition("\n")[0]
    return _refused(said) or Ending(
        kind="errored",
        message=f"the walk ended with {said}",
        fault=Fault.TOOL,
        hint="where linker.login names a Python function, look there first; otherwise please report it as a defect",
    )


def interrupted() -> Ending:
    """The run was stopped from outside."""
    return Ending(kind="interrupted", message="the run was stopped before this walk ended")
