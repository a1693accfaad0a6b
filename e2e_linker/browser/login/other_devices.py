"""Pages that wait for what somebody does elsewhere: who approves a login on a phone, who holds a passkey. Pure."""

from __future__ import annotations

import re

from e2e_linker.browser.login.account_needs import says
from e2e_linker.browser.login.account_pages import demands_factor
from e2e_linker.browser.login.account_words import FACTOR
from e2e_linker.browser.login.choices import AWAY, MOST_PRESSES, Choice, heads, only, press_key
from e2e_linker.browser.login.letters import letter_awaited, sends_again
from e2e_linker.browser.login.memory import Known, Past
from e2e_linker.browser.login.shown import describe
from e2e_linker.browser.login.submit_buttons import is_federated
from e2e_linker.browser.login.ways_back import BODY_AWAY, failed
from e2e_linker.browser.login.words import Text
from e2e_linker.browser.pages.controls import Seen, View
from e2e_linker.evidence.models import Ending
from e2e_linker.model import Fault, host_of

__all__ = ["awaited_before_login", "awaited_elsewhere", "by_code", "untold"]

_OTHER_WAYS = ("login", "by_password", "other_methods", "password", "code", "email", "phone")
"""Topics of what may lead to a login of another kind."""
_NO_WAY = ("sending", "beside", "phone", "claimed", "dangerous", "help", "signup")
"""Topics of what does more than to lead to where a code is typed."""
_LITTLE = 1200
"""Characters of a page that waits for something, and tells little else."""
_NEWS = re.compile(r"\bnotification (?:about|regarding|of)\b", re.IGNORECASE)


def approval_awaited(view: View) -> Ending | None:
    """The ending on a page that waits until the login is approved on another device; None for all others."""
    if not _only_tells(view):
        return None
    sentences = (part for line in _lines(view) for part in line.split(". ") if not line.rstrip().endswith(("?", "？")))
    told = ("approval_awaited",) if any(map(_leads_on, view.controls)) else ("approval_awaited", "approval_anywhere")
    if not any(says(part, topic) and not _notifies_only(part) for part in sentences for topic in told):
        return None
    return Ending(
        kind="login_blocked",
        message=f"{host_of(view.main.url)} waits until somebody approves the login on another device; "
        f"{describe(view)}.",
        fault=Fault.TESTER,
        hint="exempt the test account from that second factor at the server, or let it be asked for a code there and "
        "not for an approval: linker.account.totp takes a reference to the secret, linker.account.otpCommand a command "
        "that prints the code",
    )


def factor_offered(view: View) -> Ending | None:
    """The ending on a page that asks by which second factor to go on, a code among them; None for all others."""
    asks = heads(view).about("second_factor") and any(Text(line).about("choose") for line in _lines(view))
    if not (asks and _only_tells(view) and _code_ways(view)):
        return None
    return Ending(
        kind="login_blocked",
        message=f"{host_of(view.main.url)} asks by which second factor to go on, and none of them is at hand; "
        f"{describe(view)}.",
        fault=Fault.TESTER,
        hint="set linker.account.totp to a reference to the secret, or linker.account.otpCommand to a command that "
        "prints the code; or exempt the test account from a second factor at the server",
    )


def by_code(view: View, past: Past, known: Known) -> Choice | None:
    """The only way to where a code is typed, on a page that waits for an approval or asks for a second factor."""
    if not known.code or known.by_steps or not (approval_awaited(view) or (past.logged_in and factor_offered(view))):
        return None
    ways = _code_ways(view)
    way = only([c for c in ways if FACTOR.search(c.label)]) or only(ways)
    return Choice(way, "sign in", sure=False) if way and past.presses[press_key(view, way)] < MOST_PRESSES else None


def _code_ways(view: View) -> list[Seen]:
    """What leads to where a code is typed, and has none sent."""
    ways = [c for c in view.controls if c.pressable and c.enabled and c.region not in AWAY and not sends_again(c)]
    return [c for c in ways if c.named.about_any("code", "bare_code") and not c.named.about_any(*_NO_WAY)]


def untold(view: View, choice: Choice) -> bool:
    """Whether ``choice`` would go on from a page that waits for an approval, or begin to set up a second factor.

    Nobody says that a login was approved who does not know.
    """
    if choice.tick or choice.purpose not in {"next", "choose"}:
        return False
    return demands_factor(view) or approval_awaited(view) is not None


def awaited_elsewhere(view: View) -> Ending | None:
    """The ending on a page after the login that waits for an approval, a second factor or a message."""
    return approval_awaited(view) or factor_offered(view) or letter_awaited(view)


def awaited_before_login(view: View, past: Past) -> Ending | None:
    """The ending on a page that takes no password, and waits for a device or a message instead; None for all others."""
    if past.submissions and (ending := approval_awaited(view) or letter_awaited(view, unasked=True)):
        return ending
    return _by_passkey_only(view)


def _by_passkey_only(view: View) -> Ending | None:
    body = [c for c in view.controls if c.pressable and c.region not in BODY_AWAY]
    keys = [c for c in body if c.named.about("passkey") and not c.named.about_any("help", "forgot", "signup")]
    others = [c for c in body if c not in keys and (is_federated(c) or c.named.about_any(*_OTHER_WAYS))]
    if not keys or others or failed(view) or _asks(view):
        return None
    return Ending(
        kind="login_blocked",
        message=f"{host_of(view.main.url)} takes no password here: all that it offers to log in with is "
        f"{keys[0].title}; {describe(view)}.",
        fault=Fault.TESTER,
        hint="let the server offer a password, or a code, to the test account, too; or let linker.login name a Python "
        "function that logs in with what the page asks for",
    )


def _notifies_only(sentence: str) -> bool:
    """Whether what ``sentence`` says was sent is news, or a mail: nobody approves a login by it."""
    return _NEWS.search(sentence) is not None or Text(sentence).about("email")


def _only_tells(view: View) -> bool:
    """Whether a page is short, no error, and wants nothing to be filled or allowed."""
    long = len(view.said.raw) > _LITTLE
    return not (long or failed(view) or _asks(view) or any(map(_allows, view.controls)))


def _lines(view: View) -> list[str]:
    return [line for frame in view.frames for line in (*frame.headings, *frame.text.split("\n"))]


def _asks(view: View) -> bool:
    """Whether a page has a field to be filled."""
    return any(c.kind == "field" and c.visible and c.type != "search" and not c.filled for c in view.controls)


def _leads_on(control: Seen) -> bool:
    """Whether a button of the page itself may be the approval that it waits for."""
    body = control.kind == "button" and control.pressable and control.region not in AWAY
    return body and control.named.about_any("next", "yes") and not control.named.about_any(*_NO_WAY)


def _allows(control: Seen) -> bool:
    """Whether a button gives leave on the page itself."""
    return control.kind == "button" and control.pressable and control.named.about("allow")
