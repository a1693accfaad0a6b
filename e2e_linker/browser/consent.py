"""What to press on the pages around a login form: consent, account choosers, “stay signed in?”, notices. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from e2e_linker.browser.controls import Seen, View
from e2e_linker.browser.memory import Known, Past
from e2e_linker.browser.submit_buttons import is_federated
from e2e_linker.browser.words import Text, words_of
from e2e_linker.model import fingerprint

__all__ = ["Choice", "choose", "page_key", "press_key", "uncover"]

Purpose = Literal["allow", "account", "stay signed in", "skip", "sign in", "next", "cookies"]
_LONGEST_LABEL = 60
_MOST_PRESSES = 2
_NOT_ONWARD = ("deny", "dangerous", "signup", "forgot", "search", "newsletter", "marketing", "cookie", "passkey")
_NOT_ALLOWING = ("deny", "dangerous", "signup", "forgot", "cookie")
_SLOW_ANSWER_S = 1.5
_AWAY = frozenset({"nav", "navigation", "footer", "contentinfo", "aside", "complementary", "search"})


@dataclass(frozen=True, slots=True)
class Choice:
    """A control to press, or a box to tick before it."""

    control: Seen
    purpose: Purpose
    tick: bool = False
    sure: bool = True
    """False where nothing but the page's shape speaks for it: wait until the page has settled."""


def page_key(view: View) -> str:
    """The same for the same page, however often it comes back."""
    labels = sorted({c.label for c in view.controls if c.usable})
    headings = [heading for frame in view.frames for heading in frame.headings]
    return fingerprint(view.main.url.split("?", 1)[0], view.main.title, *headings, *labels)


def choose(view: View, past: Past, known: Known) -> Choice | None:
    """The one thing to do on a page without a login form, or None where nothing offers itself."""
    offers = [
        c for c in view.controls if c.pressable and len(c.label) <= _LONGEST_LABEL and not _in_cookie_layer(view, c)
    ]
    fresh = [c for c in offers if past.presses[press_key(view, c)] < _MOST_PRESSES]
    for find in (_consent, _stay, _account, _skip, _sign_in, _next):
        choice = find(view, past, known, fresh)
        if choice is not None:
            return choice
    return None


def uncover(view: View, past: Past, wanted: Seen) -> Choice | None:
    """The button that takes away what lies over ``wanted``: a cookie banner or a dialog with a way out."""
    if wanted.covered_by is None and wanted.key not in past.obstructed:
        return None
    own = (wanted.frame, wanted.layer)
    ways: list[tuple[bool, bool, bool, int, Seen]] = []
    for control in view.controls:
        layer = view.layer_of(control)
        cookie = (layer is not None and (layer.cookie or _about_cookies(layer.text))) or (
            control.frame != wanted.frame and view.frame_of(control).said.about("cookie")
        )
        out = control.pressable and control.enabled and (control.frame, control.layer) != own
        closes = control.named.about_any("cookie_close", "allow" if cookie else "skip")
        if out and (cookie or (layer and layer.modal)) and closes and not is_federated(control):
            refuses = control.named.about("deny")
            ways.append((not cookie, refuses, control.kind == "link", len(ways), control))
    ways = [way for way in ways if past.presses[press_key(view, way[-1])] < _MOST_PRESSES]
    return Choice(min(ways)[-1], "cookies") if ways else None


def press_key(view: View, control: Seen) -> str:
    """The same for the same control of the same page."""
    return f"{page_key(view)} {control.kind} {control.label} {control.name}"


def _consent(view: View, past: Past, known: Known, offers: Sequence[Seen]) -> Choice | None:
    allowing = [c for c in offers if _allows(c) and c.region not in _AWAY]
    if not allowing:
        allowing = _unlabelled_allow(offers) or _yes_to_linking(view, past, offers)
    buttons = [c for c in allowing if c.kind == "button"] or [
        c for c in allowing if len(c.label) <= _LONGEST_LABEL // 2
    ]
    if not buttons:
        return None
    button = max(buttons, key=lambda c: (c.submits, c.solid, -len(c.label)))
    pressed = press_key(view, button)
    answered = past.pressed_in.get(pressed) != view.documents or past.idle_s > _SLOW_ANSWER_S
    again = past.presses[pressed] > 0 and answered
    box = _box_to_tick(view, past, button, every=again or not button.enabled)
    return Choice(box, "allow", tick=True) if box else Choice(button, "allow")


def _allows(control: Seen) -> bool:
    named = control.named
    return named.about("allow") and not named.about_any(*_NOT_ALLOWING) and not is_federated(control)


def _unlabelled_allow(offers: Sequence[Seen]) -> list[Seen]:
    """Of two submit buttons in a language we cannot read, the one that its author calls so."""
    pair = [c for c in offers if c.submits]
    if not any(c.code.about_any("deny", "allow") for c in pair) or len(pair) < 2:
        return []
    unread = [
        c for c in pair if not c.named.about_any("deny", "dangerous", "login", "signup", "next") and not is_federated(c)
    ]
    return [c for c in unread if c.code.about_any("allow", "yes") and not c.code.about("deny")]


def _yes_to_linking(view: View, past: Past, offers: Sequence[Seen]) -> list[Seen]:
    """“Yes” beside “No” after the login, where the page speaks of allowing and of nothing else that could be meant."""
    asks = past.logged_in and view.said.about("allow") and not view.said.about_any("stay", "enrolment", "marketing")
    heads = Text(" ".join((view.main.title, *view.main.headings)))
    yes = [c for c in offers if c.named.about("yes") and not c.named.about_any(*_NOT_ALLOWING)]
    refusing = any(c.named.about("deny") for c in offers)
    return yes if asks and refusing and len(yes) == 1 and not heads.about("dangerous") else []


def _box_to_tick(view: View, past: Past, button: Seen, *, every: bool) -> Seen | None:
    """The next box to tick before ``button`` is pressed; where ``every`` one may count, all but advertising."""
    boxes = [c for c in view.together(button) if c.kind == "checkbox" and c.usable and c.enabled]
    boxes += [
        c
        for c in view.controls
        if c.kind == "checkbox" and c.usable and c.enabled and c.form is None and c not in boxes
    ]
    chosen = {(c.form, c.name) for c in boxes if c.type == "radio" and c.checked}
    scoped = {c.form for c in boxes if c.type != "radio" and c.checked and words_of(c.name).about("scope")}
    for box in boxes:
        if box.checked or _in_cookie_layer(view, box) or past.fills[box.key] >= _MOST_PRESSES:
            continue
        if box.type == "radio":
            needed = (box.form, box.name) not in chosen and not box.said.about("deny") and (box.required or every)
        else:
            aside = box.said.about_any("marketing", "remember")
            # An answer without any scope is none: one of them at least is what the customer is asked for.
            scope = words_of(box.name).about("scope") and box.form not in scoped and not box.said.about("dangerous")
            needed = box.required or (not aside and (every or scope or box.said.about("agree")))
        if needed:
            return box
    return None


def _stay(view: View, past: Past, known: Known, offers: Sequence[Seen]) -> Choice | None:
    if not view.said.about("stay"):
        return None
    buttons = [c for c in offers if c.kind == "button"]
    agreeing = [c for c in buttons if c.named.about("yes") and not c.named.about("deny")]
    return Choice(agreeing[0], "stay signed in") if agreeing else None


def _account(view: View, past: Past, known: Known, offers: Sequence[Seen]) -> Choice | None:
    """The tester's own entry of an account chooser."""
    if not known.username or (past.logged_in and not view.said.about("chooser")):
        return None
    own = [c for c in offers if known.username in c.named and not c.named.about_any("dangerous", "deny")]
    own = [c for c in own if c.region not in {"nav", "navigation", "footer", "contentinfo", "header", "banner"}]
    if own:
        return Choice(own[0], "account", sure=view.said.about("chooser"))
    if not view.said.about("chooser"):
        return None
    other = [c for c in offers if c.named.about("another_account") and not c.named.about("signup")]
    return Choice(other[0], "account", sure=False) if other else None


def _skip(view: View, past: Past, known: Known, offers: Sequence[Seen]) -> Choice | None:
    """Out of an offer to add a passkey, a phone number, an app."""
    if not view.said.about("enrolment"):
        return None
    ways = [c for c in offers if c.named.about("skip") and not c.named.about_any("dangerous", "signup")]
    return Choice(ways[0], "skip", sure=False) if ways else None


def _sign_in(view: View, past: Past, known: Known, offers: Sequence[Seen]) -> Choice | None:
    """The way from a landing page, or from a choice of ways to sign in, to the login form."""
    if past.logged_in:
        return None
    leading = [
        c
        for c in offers
        if c.enabled and not is_federated(c) and not c.named.about_any("passkey", "forgot", "dangerous")
    ]
    by_password = [c for c in leading if c.named.about("by_password")]
    plain = [c for c in leading if c.named.about("login") and not c.named.about("signup")]
    plain = [c for c in plain if not (past.submissions and c.named.about("deny"))]  # “Back to login” leads in a circle
    ways = by_password or sorted(plain, key=lambda c: (c.region in _AWAY, c.kind != "button", len(c.label)))
    return Choice(ways[0], "sign in", sure=bool(by_password)) if ways else None


def _next(view: View, past: Past, known: Known, offers: Sequence[Seen]) -> Choice | None:
    """The one clear button of a notice."""
    if any(c.kind == "field" and c.visible and c.required and not c.filled for c in view.controls):
        return None
    if Text(view.main.title).about("dangerous"):
        return None
    harmless = [
        c
        for c in offers
        if c.kind == "button"
        and c.enabled
        and c.region not in _AWAY
        and not is_federated(c)
        and not c.named.about_any(*_NOT_ONWARD)
        and not c.headed.about_any("dangerous", "signup", "newsletter")
        and not _asks_more(view, c)
    ]
    for ways in (_only(c for c in harmless if c.named.about("next")), _only(c for c in harmless if c.submits)):
        if ways is not None:
            box = _box_to_tick(view, past, ways, every=not ways.enabled)
            return Choice(box, "next", tick=True, sure=False) if box else Choice(ways, "next", sure=False)
    links = _only(
        c for c in offers if c.kind == "link" and c.named.about("next") and not c.named.about_any("deny", "dangerous")
    )
    return Choice(links, "next", sure=False) if links else None


def _asks_more(view: View, button: Seen) -> bool:
    """Whether the form of ``button`` has a field to fill, so that it is more than a notice."""
    return button.form is not None and any(
        c.kind == "field" and c.visible and not c.filled and c.type != "select-one" for c in view.together(button)
    )


def _only(controls: Iterable[Seen]) -> Seen | None:
    """The only one of ``controls``, or the only one of them that stands out by its colour."""
    found = list(controls)
    prominent = [c for c in found if c.solid]
    if len(found) == 1:
        return found[0]
    return prominent[0] if len(prominent) == 1 else None


def _in_cookie_layer(view: View, control: Seen) -> bool:
    layer = view.layer_of(control)
    return layer is not None and (layer.cookie or (_about_cookies(layer.text) and not layer.modal))


def _about_cookies(text: str) -> bool:
    return Text(text).about("cookie")
