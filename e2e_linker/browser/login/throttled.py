"""What a server answers that takes no more requests, or no more logins, for now."""

from __future__ import annotations

from collections.abc import Sequence

from e2e_linker.browser.login.account_words import EITHER, LOCKED, PASSES
from e2e_linker.browser.login.shown import quoted
from e2e_linker.browser.login.words import Text
from e2e_linker.browser.pages.controls import View
from e2e_linker.evidence.models import Ending
from e2e_linker.model import Fault, host_of

__all__ = ["ASK_LESS", "asked_too_often", "no_more_logins"]

_TOO_MANY = 429
ASK_LESS = (
    "wait, and make fewer requests: fewer projects, --workers 1, --depth passive; if a single login is answered so, "
    "raise the server's limit"
)
"""For a page in place of the login, or behind it."""


def asked_too_often(view: View | None) -> bool:
    """Whether the status of the page says so (RFC 6585, section 4)."""
    return view is not None and view.main.status == _TOO_MANY


def no_more_logins(view: View, words: Sequence[str], what: str) -> Ending | None:
    """The ending of a login that was refused because there were many, as its status or its ``words`` say; else None.

    ``what`` was sent, a clause.
    """
    told = Text(" ".join(word if PASSES.search(word) else Text(word).without("account_full").raw for word in words))
    if not (asked_too_often(view) or told.about("throttled") or any(map(_passing_lock, words))):
        return None
    return Ending(
        kind="login_rejected",
        message=f"{host_of(view.main.url)} takes no more logins for now: {quoted(words)}. {what[0].upper()}{what[1:]} "
        "was not sent again.",
        fault=Fault.TESTER,
        hint="wait, let the test account, or the address of this tester, log in as often as it likes, or make fewer "
        "logins: --workers 1, --depth passive, linker.limits.logins",
    )


def _passing_lock(line: str) -> bool:
    """Whether ``line`` says that the account is locked for a while, and names no other cause that it may be."""
    said = Text(line)
    locked = LOCKED.search(line) or said.about("account_blocked")
    return bool(locked and PASSES.search(line)) and not (EITHER.search(line) or said.about("password"))
