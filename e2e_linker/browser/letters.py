"""Mails and codes that a server sends: what has one sent again, and pages that wait for what one asks. Pure."""

from __future__ import annotations

from e2e_linker.browser.choices import heads
from e2e_linker.browser.controls import Seen, View
from e2e_linker.browser.shown import describe
from e2e_linker.evidence.models import Ending
from e2e_linker.model import Fault, host_of

__all__ = ["letter_awaited", "return_sends_again", "sends_again"]

_FAILED = 400


def sends_again(control: Seen) -> bool:
    """Whether a control has a mail or a code sent once more: each run would have one sent to the customer.

    What names Alexa may send the browser back there, and access or consent that is asked for anew comes by no mail.
    """
    named = control.named
    again = named.about("resend") or (named.about("sending") and named.about("once_more"))
    by_no_mail = named.about("by_no_mail") and not named.about_any("email", "code", "bare_code", "sent_code")
    return again and "alexa" not in named and not by_no_mail


def letter_awaited(view: View) -> Ending | None:
    """The ending on a page about mail, without a field, that offers to send it again; None for all others."""
    offered = any(c.kind in {"button", "link"} and c.visible and sends_again(c) for c in view.controls)
    asks = any(c.kind == "field" and c.visible and c.type != "search" for c in view.controls)
    head = heads(view)
    sent = head.about_any("sent_code", "inbox") or (head.about("email") and view.said.about_any("sent_code", "inbox"))
    about_it = sent and not head.about("not_sent")
    if not (offered and about_it) or asks or view.main.status >= _FAILED:
        return None
    return Ending(
        kind="login_blocked",
        message=f"{host_of(view.main.url)} waits for what a message asks that it has sent to the test account; "
        f"{describe(view)}.",
        fault=Fault.TESTER,
        hint="log in once by hand with the test account and do what the message asks, such as opening its link; where "
        "each login sends one, exempt the test account from it at the server",
    )


def return_sends_again(view: View, field: Seen) -> bool:
    """Whether the return key in ``field`` may press a button of its form that has a mail or a code sent again."""
    return any(c.submits and sends_again(c) for c in view.together(field))
