"""Mails and codes that a server sends: what has one sent again, and pages that wait for what one asks. Pure."""

from __future__ import annotations

from e2e_linker.browser.login.choices import heads
from e2e_linker.browser.login.other_forms import is_code
from e2e_linker.browser.login.shown import describe
from e2e_linker.browser.login.words import Text
from e2e_linker.browser.pages.controls import Seen, View
from e2e_linker.evidence.models import Ending
from e2e_linker.model import Fault, host_of

__all__ = ["awaits_code", "letter_awaited", "return_sends_again", "sends_again", "sends_first"]

_FAILED = 400
_LITTLE = 600
"""Characters of a page that says little else."""
_UNASKED = (
    "no step can open a message: let the server ask the test account for a password or a code, or let linker.login "
    "name a Python function that fetches the link and opens it"
)


def sends_again(control: Seen) -> bool:
    """Whether a control has a mail or a code sent once more: each run would have one sent to the customer.

    What names Alexa may send the browser back there, and access or consent that is asked for anew comes by no mail.
    """
    named = control.named
    again = named.about("resend") or (named.about("sending") and named.about("once_more"))
    by_no_mail = named.about("by_no_mail") and not named.about_any("email", "code", "bare_code", "sent_code")
    return again and "alexa" not in named and not by_no_mail


def sends_first(control: Seen) -> bool:
    """Whether a button has a code sent that was not sent before: no field waits for one meanwhile."""
    asks = control.kind == "button" and control.enabled and control.named.about("sending")
    return asks and control.named.about_any("code", "bare_code") and not sends_again(control)


def awaits_code(view: View) -> bool:
    """Whether a page asks for a one-time code that nobody has typed, be its field seen or drawn by other means."""
    empty = [c for c in view.controls if is_code(c) and not c.filled]
    told = view.said.about("code") or (view.said.about("second_factor") and view.said.about("bare_code"))
    other = any(c.pressable and (c.named.about("allow") or (sends_first(c) and not c.submits)) for c in view.controls)
    return any(c.visible or (told and not other) for c in empty)


def letter_awaited(view: View, *, unasked: bool = False) -> Ending | None:
    """The ending on a page about mail, without a field, that offers to send it again or tells of a link in it.

    ``unasked``: no password was asked for, so that the message stands in its place. None for all other pages.
    """
    offered = any(c.kind in {"button", "link"} and c.visible and sends_again(c) for c in view.controls)
    asks = any(c.kind == "field" and c.visible and c.type != "search" for c in view.controls)
    head = heads(view)
    sent = head.about_any("sent_code", "inbox") or (head.about("email") and view.said.about_any("sent_code", "inbox"))
    about_it = sent and not head.about("not_sent")
    told = _tells_of_link(view) and (about_it or (unasked and not head.about_any("not_sent", "allow")))
    if not ((offered and about_it) or told) or asks or view.main.status >= _FAILED:
        return None
    return Ending(
        kind="login_blocked",
        message=f"{host_of(view.main.url)} waits for what a message asks that it has sent to the test account; "
        f"{describe(view)}.",
        fault=Fault.TESTER,
        hint=_UNASKED
        if unasked
        else "log in once by hand with the test account and do what the message asks, such as opening its link; where "
        "each login sends one, exempt the test account from it at the server",
    )


def _tells_of_link(view: View) -> bool:
    """Whether a page that says little else tells that a link was sent, and has no button that gives leave."""
    if len(view.said.raw) > _LITTLE or any(c.pressable and c.named.about("allow") for c in view.controls):
        return False
    lines = [line for frame in view.frames for line in (frame.title, *frame.headings, *frame.text.split("\n"))]
    sent = any(Text(line).about_any("sent_code", "inbox") and not Text(line).about("not_sent") for line in lines)
    return sent and any(Text(line).about("mailed_link") and not line.rstrip().endswith(("?", "？")) for line in lines)


def return_sends_again(view: View, field: Seen) -> bool:
    """Whether the return key in ``field`` may press a button of its form that has a mail or a code sent again."""
    return any(c.submits and sends_again(c) for c in view.together(field))
