"""How a login ends that the server refuses before it looks at what was typed."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from e2e_linker.browser.login.shown import describe, quoted
from e2e_linker.browser.login.words import Text, refuses_credentials
from e2e_linker.browser.pages.controls import View
from e2e_linker.evidence.models import Ending
from e2e_linker.model import Fault, host_of

__all__ = ["asks_for_captcha", "captcha", "refused_unseen"]

_FORGED_HINT = (
    "look in the evidence whether the cookies of the form's page came back, with which the form's token is "
    "compared: where they did not, at their SameSite, Secure and Domain; where they did, whether the server "
    "knows that its proxy speaks HTTPS, at the page's Referrer-Policy, and at how long the token is good"
)
_ORIGIN_HINT = (
    "the server does not trust the origin of its own page: look at its list of trusted origins, at its public "
    "base URL, and whether it knows that its proxy speaks HTTPS"
)
_SESSION_HINT = (
    "its session did not come back, or ended too soon: look at its cookie (Path, Domain, SameSite, Secure), at "
    "how long it lives, and whether all workers know the sessions of each other"
)
_REQUEST_HINT = (
    "its server did not find the login that was begun: look in the evidence whether the hidden fields and the "
    "cookies of the form's page came back with it, in the server's log whether it read the form at all, how "
    "long it keeps what was begun, and whether all workers know of it"
)
_WAY_HINT = (
    "switch it on at the service that keeps the accounts (Firebase: Authentication, Sign-in method; Supabase: "
    "Authentication, Sign In / Providers), or take its form from the page"
)


def refused_unseen(view: View, words: Sequence[str], what: str) -> Ending | None:
    """The ending of a login that the server's ``words`` refuse for where it came from, or as none that it awaits.

    None for other words. ``what`` was sent; a clause.
    """
    if asks_for_captcha(words):
        return captcha(view, words)
    reason = _reason(words, what)
    if reason is None:
        return None
    how, hint = reason
    return Ending(
        kind="dead_end",
        message=f"{host_of(view.main.url)} {how}: {quoted(words)}. Now {describe(view)}.",
        fault=Fault.IDENTITY_PROVIDER,
        hint=hint,
    )


def asks_for_captcha(words: Collection[str]) -> bool:
    """Whether a line of ``words`` asks for a proof of humanity, and none refuses a user name or a password."""
    return any(Text(word).about("captcha") for word in words) and not any(map(refuses_credentials, words))


def captcha(view: View, words: Sequence[str] = ()) -> Ending:
    """The page asks for a proof of humanity; ``words``: how it says so."""
    return Ending(
        kind="captcha",
        message=f"The page asks for a captcha{f', {quoted(words)}' if words else ''}: {describe(view)}.",
        fault=Fault.TESTER,
        hint="switch it off for the test account, use its test keys, "
        'or solve it by hand with --headed and a {"pause": …} step',
    )


def _reason(words: Sequence[str], what: str) -> tuple[str, str] | None:
    """What the server did, and where to look; None where its ``words`` tell of no such thing."""
    told = Text(" ".join(words))
    if told.about("forged"):
        return "took the login for a forged request", _FORGED_HINT
    if told.about("foreign_origin"):
        return f"did not look at {what}, for where it came from", _ORIGIN_HINT
    # Beside a word on the password, an old session may only have been why the form was shown at all.
    if told.about("sessionless") and not any(_refuses_beside("sessionless", word) for word in words):
        return f"did not look at {what}, for want of a session", _SESSION_HINT
    if told.about("request_lost") and not any(refuses_credentials(word) for word in words):
        return f"did not look at {what}, for want of the request that it belongs to", _REQUEST_HINT
    if any(map(_switched_off, words)):
        return f"did not look at {what}, for it has switched this way to log in off", _WAY_HINT
    return None


def _refuses_beside(topic: str, line: str) -> bool:
    """Whether ``line`` refuses what was typed in other words than those of ``topic``."""
    return refuses_credentials(Text(line).without(topic).raw)


def _switched_off(line: str) -> bool:
    """Whether ``line`` says so of a way to log in, and not of this account alone."""
    return Text(line).about("login_way_off") and not Text(line).without("login_way_off").about("username")
