"""How a login can fail, in words that quote the page and say what to do next."""

from __future__ import annotations

from collections.abc import Sequence, Set

from e2e_linker.browser.login.account_needs import (
    account_locked,
    account_shut_out,
    account_wanting,
    entry_refused,
    login_refused_for_account,
    page_tells_of_account,
)
from e2e_linker.browser.login.memory import Answer, Broken
from e2e_linker.browser.login.refused_unseen import asks_for_captcha, captcha, refused_unseen
from e2e_linker.browser.login.rejections import refused, with_answer
from e2e_linker.browser.login.shown import describe, quoted, server_of, unread, why_lost
from e2e_linker.browser.login.throttled import ASK_LESS, asked_too_often, no_more_logins
from e2e_linker.browser.login.words import Text, refuses_credentials
from e2e_linker.browser.pages.controls import View
from e2e_linker.evidence.models import Ending
from e2e_linker.model import Fault

__all__ = [
    "blocked",
    "captcha",
    "code_missing",
    "credentials_missing",
    "dead_end",
    "disabled_control",
    "form_returned",
    "no_answer",
    "not_found",
    "not_sent",
    "rejected",
    "request_failed",
    "restless",
    "stuck_window",
    "unreachable_control",
]

_ERROR, _UNAUTHORIZED, _SERVER_ERROR = 400, 401, 500
_STEPS_HINT = (
    'write the steps under linker.login, for example [{"fill": "#user", "with": "username"}, '
    '{"fill": "#pass", "with": "password"}, {"click": "text=Sign in"}]'
)
_UNREAD_HINT = (
    "where the picture shows a login, it is on a canvas or in a closed shadow root, and neither “auto” nor a step "
    'finds anything there: let a function of your own go through it by places and keys, {"python": "module:function"}, '
    "or let the page tell screen readers of its fields (Flutter: SemanticsBinding.instance.ensureSemantics())"
)
_SCRIPT_HINT = "look for script errors, and for what a Content-Security-Policy stopped, at that moment in the evidence"
_AS_TOLD = "where a person gets on by doing what the page says, write that as steps under linker.login; else "


def not_found(view: View, *, acted: bool = False) -> Ending:
    """No login form was found before the login. ``acted``: something was pressed on the way to this page."""
    loading = "" if view.complete else "; it is still loading"
    if view.main.status >= _ERROR:
        return _error_page(view, "answered" if acted else "answered the authorization request", loading)
    return Ending(
        kind="login_not_found",
        message="No login form was found. Looked in all frames and open shadow roots for a password field, a field for "
        "a user name, an e-mail address or a one-time code, a consent button, and a button that leads on; "
        f"{describe(view)}{loading}.",
        hint=_UNREAD_HINT
        if unread(view)
        else f"{_STEPS_HINT}; in a closed shadow root neither the tester nor a step can find anything",
    )


def _error_page(view: View, answered: str, loading: str) -> Ending:
    status, often = view.main.status, ", that it is asked too often," * asked_too_often(view)
    return Ending(
        kind="login_not_found",
        message=f"{server_of(view)} {answered} with status {status}{often or ','} and no login form was found on that "
        f"page; {describe(view)}{loading}.",
        hint=ASK_LESS
        if often
        else "look into the server's log at that moment, and into that of what stands before it, if anything does"
        if status >= _SERVER_ERROR
        else "look at what the page, or the server's log, says of this request; if a person finds the login form on "
        f"that page, {_STEPS_HINT}",
    )


def restless(view: View) -> Ending:
    """The login form is there, and the page did not come to rest for as long as one step may take."""
    return Ending(
        kind="timeout",
        message=f"The login form is there, but the page around it does not come to rest; {describe(view)}.",
        fault=Fault.IDENTITY_PROVIDER,
        hint="look for a request that is never answered; expect.timeout gives each step more time",
    )


def dead_end(view: View | None, what: str, before: Set[str] = frozenset()) -> Ending:
    """The login was sent, and then the way ended. ``before``: the complaints of the page that was sent."""
    return (view and (account_wanting(view) or account_shut_out(view, before))) or Ending(
        kind="dead_end",
        message=f"{what}, the browser did not come back to Alexa: {describe(view)}.",
        fault=Fault.IDENTITY_PROVIDER,
        hint=ASK_LESS
        if asked_too_often(view)
        else "go through the login by hand in a private window; if a person has to do more here, "
        "write it as steps under linker.login",
    )


def no_answer(view: View, what: str, before: Set[str] | None = None) -> Ending:
    """``what`` (a clause: “the password was sent”) was done and nothing happened.

    ``before``: of a form that was sent, what its page had to say at that time.
    """
    return (page_tells_of_account(view, before) if before is not None else None) or Ending(
        kind="dead_end",
        message=f"Nothing happened after {what}; {describe(view)}.",
        fault=Fault.IDENTITY_PROVIDER,
        hint="look for failed requests and script errors at that moment in the evidence",
    )


def not_sent(view: View, what: str, ways: Sequence[str], *, found: bool, words: Sequence[str] = ()) -> Ending:
    """``what`` was typed, and the page sent nothing whichever of ``ways`` was tried. ``found``: a button among them."""
    if asks_for_captcha(words):
        return captcha(view, words)
    tried = " and then ".join(ways) or "everything that looks like a button for it"
    return Ending(
        kind="dead_end" if found else "login_not_found",
        message=f"The page sent nothing after {what} was typed; tried: {tried}{_says(words)}; {describe(view)}.",
        fault=Fault.IDENTITY_PROVIDER if found else None,
        hint=f"{_AS_TOLD if words else ''}{_SCRIPT_HINT}" if found else _STEPS_HINT,
    )


def request_failed(view: View, what: str, broken: Broken, words: Sequence[str]) -> Ending:
    """The page's script sent ``what``, and its request found no answer or an error of the server."""
    if broken.answered and any(broken.absent or refuses_credentials(word) for word in words):
        # Some servers fail at a wrong password, or find no such user.
        return rejected(view, words, what, denied=broken.absent)
    return Ending(
        kind="dead_end",
        message=f"The request by which the page sent {what}, {broken.request}, {broken.why}{_says(words)}. "
        f"It was not sent a second time. Now {describe(view)}.",
        fault=Fault.IDENTITY_PROVIDER,
        hint="look at this request and at the browser's console in the evidence",
    )


def _says(words: Sequence[str]) -> str:
    return f"; the page says {quoted(words)}" if words else ""


def form_returned(view: View, what: str, before: Set[str] = frozenset(), new: Sequence[str] = ()) -> Ending:
    """The same form came back without a word of a refusal but those of ``before``; ``new``: what else it says now."""
    if told := page_tells_of_account(view, before):
        return told
    lost = why_lost(view)
    said = f"with new words on its page, {quoted(new)},"
    return Ending(
        kind="dead_end",
        message=f"The same form came back {said if new else 'without an error text'} after {what} was sent; it was not "
        f"sent a second time. Now {describe(view)}.",
        fault=None if new else Fault.IDENTITY_PROVIDER,
        hint=f"check linker.account by logging in by hand: the page may say so in words of its own; or {lost}"
        if new
        else f"{lost}; or the account is wrong and the page does not say so",
    )


def rejected(
    view: View, words: Sequence[str], what: str, *, denied: Answer | bool = False, alone: bool = False
) -> Ending:
    """The server did not take the login, and says so in its own ``words``; ``what`` was sent, a clause.

    ``denied``: a status says that it was refused, or this answer; ``alone``: those are words of a page without a form.
    """
    words = with_answer(words, denied)
    if unknown := refused_unseen(view, words, what) or account_locked(view, words) or no_more_logins(view, words, what):
        return unknown
    wanting = account_wanting(view, code=True, said=f": {quoted(words)}") if "code" in what else None
    of_account = wanting or login_refused_for_account(view, words) or (entry_refused(view, words) if alone else None)
    denied = denied or view.main.status == _UNAUTHORIZED
    return of_account or refused(view, words, what, denied=denied, alone=alone)


def blocked(view: View, words: str) -> Ending:
    """The server refuses automated or unknown browsers, or any inside an app."""
    return Ending(
        kind="login_blocked",
        message=f"The server refuses this browser: “{words}”; {describe(view)}.",
        hint="offer a login of your own beside this page: as it says, it lets no browser of an app in, whoever logs in"
        if Text(words).about("in_app_browser")
        else "let the test account or this machine in at the server; this tool does not hide that it is automated",
    )


def credentials_missing(view: View, what: str) -> Ending:
    """The page asks for something that linker.account does not hold."""
    return Ending(
        kind="login_blocked",
        message=f"The page asks for {what}, and none is configured; {describe(view)}.",
        fault=Fault.TESTER,
        hint='set linker.account.username and linker.account.password to references such as "env:LINK_PASSWORD"',
    )


def code_missing(view: View) -> Ending:
    """The page asks for a one-time code and nothing makes one."""
    return account_wanting(view, code=True) or Ending(
        kind="login_blocked",
        message=f"The page asks for a one-time code, and none is configured; {describe(view)}.",
        fault=Fault.TESTER,
        hint="set linker.account.totp to a reference to the secret, "
        "or linker.account.otpCommand to a command that prints the code",
    )


def unreachable_control(view: View, title: str, cover: str | None) -> Ending:
    """The button is there and cannot be pressed."""
    over = f": {cover} lies over it" if cover else ""
    return Ending(
        kind="dead_end",
        message=f"{title} cannot be pressed{over}; {describe(view)}.",
        fault=Fault.IDENTITY_PROVIDER,
        hint="open the page at this screen size and try to press it with a finger",
    )


def disabled_control(view: View, title: str) -> Ending:
    """The button stays disabled."""
    return Ending(
        kind="dead_end",
        message=f"{title} cannot be used: it stays disabled; {describe(view)}.",
        fault=Fault.IDENTITY_PROVIDER,
        hint="see what the page still wants: a field, a box, a script that did not load",
    )


def stuck_window(what: str) -> Ending:
    """The window does not answer at all."""
    return Ending(
        kind="timeout",
        message=f"The page does not answer: {what}.",
        fault=Fault.IDENTITY_PROVIDER,
        hint="look at the last requests and the console in the evidence: a script may be busy for ever",
    )
