"""How a walk ends that a guard against robots does not let in."""

from __future__ import annotations

from playwright.async_api import Page

from e2e_linker.browser.controls import View
from e2e_linker.browser.requests import Requests
from e2e_linker.browser.shown import describe
from e2e_linker.evidence.guards import asks_for_human
from e2e_linker.evidence.models import Ending
from e2e_linker.model import Fault, host_of

__all__ = ["behind_guard", "human_check", "shows_human_check"]

_NOTHING_LED_ON = frozenset({"login_not_found", "dead_end", "timeout", "redirect_loop", "captcha"})
_HINT = (
    "let the address that this tester comes from through, or lower the bot protection for the authorization page; "
    "this tool does not hide that it is automated, and what customers meet there it cannot tell"
)


def behind_guard(said: Ending, requests: Requests, page: Page | None) -> Ending:
    """``said``, or that a guard is in the way, where ``page`` shows the challenge that answered the last document.

    A challenge that solves itself leads on to another document, and is not the last then.
    """
    # One that loads itself again and again may have been asked for once more.
    last = requests.last(answered=said.kind == "redirect_loop")
    if said.kind not in _NOTHING_LED_ON or last is None or last.guard is None or page is None:
        return said
    host = host_of(last.url)
    if host_of(page.url) != host:
        return said
    guard, sign = last.guard
    return Ending(
        kind="captcha" if said.kind == "captcha" else "login_blocked",
        message=f"{guard} answers for {host} with a challenge to robots ({sign}, status {last.status}), and the login "
        "did not get past it.",
        fault=Fault.TESTER,
        hint=_HINT,
    )


def shows_human_check(view: View) -> bool:
    """Whether a page without a form, and without a way on, demands a proof of humanity."""
    if any(control.kind == "field" and control.usable for control in view.controls):
        return False
    main = view.main
    return any(map(asks_for_human, (main.title, *main.headings, *main.text.split("\n"))))


def human_check(view: View) -> Ending:
    """The page demands a proof of humanity, and shows nothing by which it could be given."""
    return Ending(
        kind="captcha",
        message=f"The page only asks for a proof that a human is there: {describe(view)}.",
        fault=Fault.TESTER,
        hint=_HINT,
    )
