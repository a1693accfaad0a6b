"""How a walk ends that a guard against robots does not let in."""

from __future__ import annotations

from playwright.async_api import Page

from e2e_linker.browser.login.shown import describe
from e2e_linker.browser.navigations import Led
from e2e_linker.browser.pages.controls import View
from e2e_linker.browser.pages.digest import Looker
from e2e_linker.browser.requests import Requests
from e2e_linker.evidence.gateways import Gateway, gateway_in
from e2e_linker.evidence.guards import asks_for_human
from e2e_linker.evidence.models import Ending
from e2e_linker.model import Fault, host_of

__all__ = ["behind_guard", "human_check", "shows_human_check", "turned_away"]

_NOTHING_LED_ON = frozenset({"login_not_found", "dead_end", "timeout", "redirect_loop", "captcha"})
_LED_NOWHERE = frozenset({"login_not_found", "dead_end", "timeout", "redirect_loop", "login_rejected"})
"""After which the rule of a gateway counts: nobody has judged what was typed then."""
_HINT = (
    "let the address that this tester comes from through, or lower the bot protection for the authorization page; "
    "this tool does not hide that it is automated, and what customers meet there it cannot tell"
)
_LET_IN = (
    "let the address that this tester comes from through in {name}: what it has logged of this request names the rule; "
    "this tool does not hide that it is automated, and what customers meet there it cannot tell"
)


async def behind_guard(said: Ending, requests: Requests, page: Page | None) -> Ending:
    """``said``, or that a guard is in the way, where ``page`` shows the challenge that answered the last document.

    A challenge that solves itself leads on to another document, and is not the last then.
    """
    # One that loads itself again and again may have been asked for once more.
    last = requests.last(answered=said.kind == "redirect_loop")
    if last is None or page is None or host_of(page.url) != host_of(last.url):
        return said
    host = host_of(last.url)
    if last.guard is None:
        gateway = await _gateway(last, page) if said.kind in _LED_NOWHERE else None
        return _refused(gateway, host, last.status or 0) if gateway and gateway.refuses else said
    if said.kind not in _NOTHING_LED_ON:
        return said
    guard, sign = last.guard
    return Ending(
        kind="captcha" if said.kind == "captcha" else "login_blocked",
        message=f"{guard} answers for {host} with a challenge to robots ({sign}, status {last.status}), and the login "
        "did not get past it.",
        fault=Fault.TESTER,
        hint=_HINT,
    )


def turned_away(view: View) -> Ending | None:
    """How a walk ends on a page that says that a gateway did not hand the request on; None for all others."""
    main = view.main
    gateway = gateway_in(main.status, (), _words(view))
    return _refused(gateway, host_of(main.url), main.status) if gateway and gateway.refuses else None


async def _gateway(last: Led, page: Page) -> Gateway | None:
    """Who answered with what ``page`` shows in the server's place."""
    if not last.headers:
        return None
    view = await Looker().look(page)
    return gateway_in(last.status, last.headers, _words(view) if view else "")


def _words(view: View) -> str:
    return "\n".join((view.main.title, *view.main.headings, view.main.text))


def _refused(gateway: Gateway, host: str, status: int) -> Ending:
    answered = f"{gateway.name} answered for {host} with status {status} ({gateway.sign})"
    if gateway.cause == "method":
        return Ending(
            kind="dead_end",
            message=f"{answered}: it does not hand such requests on, by POST, to the server, which has not seen it.",
            fault=Fault.IDENTITY_PROVIDER,
            hint=f"let {gateway.name} hand on all methods for this path",
        )
    why = "the country that the tester asks from" if gateway.cause == "country" else "a rule of its own"
    return Ending(
        kind="login_blocked",
        message=f"{answered} and turned the request away for {why}: the server has not seen it, and nobody has judged "
        "what was typed.",
        fault=Fault.TESTER,
        hint=_LET_IN.format(name=gateway.name),
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
