"""Controls that lead to a page of the server's own, and not on with what Alexa asked for. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from e2e_linker.browser.login.choices import is_offer
from e2e_linker.browser.login.submit_buttons import is_federated
from e2e_linker.browser.login.ways_back import BODY_AWAY, failed, leads_back, names_amazon, refuses
from e2e_linker.browser.login.words import Text
from e2e_linker.browser.pages.controls import Seen, View

__all__ = ["LITTLE", "NOT_LINKING", "NOT_ONWARD", "but_own_pages", "turns_down"]

_ASTRAY = ("dangerous", "signup", "forgot", "search")
NOT_ONWARD: Final = (*_ASTRAY, "newsletter", "marketing", "cookie", "passkey", "elsewhere", "claimed")
"""Topics of what nobody presses to get on."""
NOT_LINKING: Final = (*NOT_ONWARD, "help", "beside", "another_account", "reveal")
"""Topics of what has nothing to do with a link either."""
_OF_ONESELF: Final = ("username", "email", "phone", "sent_code", "cookie_close")
"""Topics of buttons that switch the user, have a message sent once more, or put a banner away."""

LITTLE: Final = 600
"""Characters of a page that says little else."""


def but_own_pages(view: View, offers: Sequence[Seen]) -> Sequence[Seen]:
    """What of ``offers`` is not sure to lead to a page of the server's own: a portal, the customer's account.

    On a notice that may be a word for the way on; not where the page refuses something, nor beside a button that sends
    a form and is the way itself.
    """
    own = [c for c in offers if c.named.about("own_pages") and not (leads_back(c) or refuses(c))]
    other = any(c not in own and _may_be_meant(view, c) for c in offers)
    return [c for c in offers if c not in own] if own and (other or failed(view) or turns_down(view)) else offers


def _may_be_meant(view: View, button: Seen) -> bool:
    """Whether a button that sends a form says that it leads on, or offers more where a page speaks of logging in."""
    if not button.submits or button.region in BODY_AWAY or refuses(button) or is_federated(button):
        return False
    if is_offer(button):
        return view.said.about("logging_in")
    return button.named.about("next") and not button.named.about_any(*NOT_LINKING, *_OF_ONESELF)


def turns_down(view: View) -> bool:
    """Whether a page that says little says that something is not allowed, not known, or wrong; or marks such a message.

    What is named so only to be pressed, such as “Report an error”, says nothing of the page.
    """
    if not names_amazon(view) and any(map(_fails, view.complaints)):
        return True
    said = " ".join(view.said.raw.split())
    if len(said) > LITTLE:
        return False
    for control in view.controls:
        if control.named.about("turned_down"):
            said = said.replace(" ".join(control.label.split()), " ")
    return Text(said).about("turned_down")


def _fails(message: str) -> bool:
    """Whether ``message`` says that something failed now: a question says no such thing, nor the history of logins."""
    said = Text(message)
    return not message.rstrip().endswith(("?", "？")) and said.about("rejected") and not said.about("login_history")
