"""Pages between the login and Alexa as the login driver sees them, made without a browser, and what it presses."""

from __future__ import annotations

from typing import Any

from e2e_linker.browser.login.decision import decide
from e2e_linker.browser.login.memory import Known, Past, Submission
from e2e_linker.browser.login.moves import Act, Wait
from e2e_linker.browser.pages.controls import Box, Seen, SeenFrame, View

KNOWN = Known(username="alice@example.test", password=True, code=True)


def past(*, logged_in: bool = True) -> Past:
    return Past(submissions=[Submission("s", "password", "h", ("before",), frozenset())] if logged_in else [])


def control(uid: int, kind: str = "field", shape: str = "text", label: str = "", **more: Any) -> Seen:
    return Seen(
        frame=0, document="d", uid=uid, kind=kind, type=shape, box=Box(0, uid * 50, 100, 40), label=label, **more
    )


def button(uid: int, label: str, **more: Any) -> Seen:
    return control(uid, "button", "submit", label, **{"form": 0, **more})


def link(uid: int, label: str, href: str = "/elsewhere", **more: Any) -> Seen:
    return control(uid, "link", "a", label, href=href, **more)


def field(uid: int, label: str, **more: Any) -> Seen:
    return control(uid, "field", "text", label, **{"form": 0, **more})


def view(*controls: Seen, title: str = "", heading: str = "", text: str = "", **frame: Any) -> View:
    shown = SeenFrame(
        n=0,
        document="d",
        url="https://id.example.test/mid",
        title=title,
        headings=(heading,) if heading else (),
        text=" \n".join((heading, text, *(c.label for c in controls if c.visible))),
        forms=("form0", "form1"),
        **frame,
    )
    return View((shown,), controls)


def pressed(shown: View, *, logged_in: bool = True) -> str | None:
    """The label of what is pressed or ticked; None where the page is left as it is."""
    decision = decide(shown, past(logged_in=logged_in), KNOWN)
    assert isinstance(decision, Act | Wait)
    return decision.control.label if isinstance(decision, Act) else None
