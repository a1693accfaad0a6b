"""Questions about advertising, which nobody who links an account says yes to. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from e2e_linker.browser.login.choices import Choice, heads, is_offer
from e2e_linker.browser.login.memory import Known, Past
from e2e_linker.browser.login.submit_buttons import is_federated
from e2e_linker.browser.login.ways_back import (
    ACCESS,
    BODY_AWAY,
    failed,
    names_amazon,
    refuses,
    refusing,
    speaks_of_amazon,
)
from e2e_linker.browser.login.words import Text
from e2e_linker.browser.pages.controls import Layer, Seen, View

__all__ = ["no_advertising", "refuses_ads"]


def no_advertising(view: View, past: Past, known: Known, offers: Sequence[Seen]) -> Choice | None:
    """No, where a page asks about nothing but advertising, and has an answer of either kind."""
    asked = [heading for frame in view.frames for heading in frame.headings if Text(heading).about("advertising")]
    more = any(c.usable and c.kind in {"field", "checkbox"} and c.region not in BODY_AWAY for c in view.controls)
    if not asked or more or names_amazon(view) or heads(view).about("login") or failed(view):
        return None
    # A company may be called so that asks for its consent.
    labels = {" ".join(c.label.split()) for c in view.controls}
    rest = [line for frame in view.frames for line in frame.text.split("\n") if line.strip() not in labels]
    if any(_asks_for_more(line) for line in rest):
        return None
    saying_no = refusing(offers)
    buttons = [c for c in offers if c.kind == "button" and c.region not in BODY_AWAY]
    no = [c for c in offers if c.enabled and (c in saying_no or c in buttons) and _declines(asked[0], c)]
    others = [c for c in buttons if not (c in no or refuses(c))]
    either = len(no) == 1 and any(c.named.about_any("allow", "yes") for c in others)
    return Choice(no[0], "skip", sure=False) if either else None


def refuses_ads(layer: Layer | None, control: Seen) -> bool:
    """Whether a control says no to what ``layer`` asks about advertising, and not to the terms of its site."""
    if layer is None or speaks_of_amazon(layer.text) or (layer.modal and Text(layer.text).about("agree")):
        return False
    return control.kind == "button" and _declines(layer.text, control)


def _asks_for_more(line: str) -> bool:
    """Whether a line asks for anything else: one of such a name stands before the words of who asks for access."""
    access = ACCESS.search(line)
    if access and not Text(line[access.start() :]).about("advertising"):
        return True
    return Text(line).about("allow") and not Text(line).about("advertising")


def _declines(asked: str, control: Seen) -> bool:
    named = control.named
    no = named.about_any("plain_no", "skip", "cookies_refused") and Text(asked).about("advertising")
    astray = named.about_any("dangerous", "leaves_site", "signup") or is_offer(control) or is_federated(control)
    return no and not astray
