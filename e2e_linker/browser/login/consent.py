"""What to press on the pages around a login form: consent, account choosers, “stay signed in?”, notices. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from e2e_linker.browser.login.advertising import no_advertising, refuses_ads
from e2e_linker.browser.login.choices import (
    AWAY,
    LONGEST_LABEL,
    MOST_PRESSES,
    Choice,
    about_cookies,
    heads,
    in_cookie_layer,
    is_offer,
    may_open,
    page_key,
    press_key,
    sends_letter,
)
from e2e_linker.browser.login.letters import awaits_code, sends_again
from e2e_linker.browser.login.memory import Known, Past
from e2e_linker.browser.login.notices import about_link, beside_refusal, decline, onward, pick, turn_down
from e2e_linker.browser.login.options import to_answer
from e2e_linker.browser.login.submit_buttons import is_federated
from e2e_linker.browser.login.ways_back import BODY_AWAY, denies, failed, refuses, way_back
from e2e_linker.browser.pages.controls import Seen, View
from e2e_linker.model import host_of

__all__ = ["Choice", "choose", "page_key", "press_key", "uncover"]

_NOT_ALLOWING = ("dangerous", "signup", "forgot", "cookie", "claimed")
_NO_PASSWORD = (
    *("forgot", "signup", "dangerous", "passkey", "deny", "code", "bare_code", "sent_code", "without", "help"),
    *("reveal", "new_password"),
)
_READ = ("allow", "yes", "deny", "skip", "next")
"""Topics of answers: a label about one of them is in a language that is known."""
_NO_VALUES = ("0", "false")
"""Values of a button that says no, whatever its name: both of a pair may be called “approve”."""
_SLOW_ANSWER_S = 1.5
_UNAUTHORIZED = 401
"""The HTTP status that asks for a login."""
_SHORT = 30


def choose(view: View, past: Past, known: Known) -> Choice | None:
    """The one thing to do on a page without a login form, or None where nothing offers itself."""
    offers = [
        c for c in view.controls if c.pressable and len(c.label) <= LONGEST_LABEL and not in_cookie_layer(view, c)
    ]
    offers = [c for c in offers if not (sends_again(c) or (not past.logged_in and _sends_empty_password(view, c)))]
    fresh = [c for c in offers if past.presses[press_key(view, c)] < MOST_PRESSES]
    for find in (way_back, no_advertising, turn_down, _consent, _stay, _account, decline, _sign_in, pick, onward):
        if find is not way_back and awaits_code(view):
            return None
        choice = find(view, past, known, fresh)
        if choice is not None:
            return choice
    return None


def uncover(view: View, past: Past, wanted: Seen) -> Choice | None:
    """The button that takes away what lies over ``wanted``: a cookie banner, or a dialog or bar with a way out."""
    if wanted.covered_by is None and wanted.key not in past.obstructed:
        return None
    own = (wanted.frame, wanted.layer)
    ways: list[tuple[bool, bool, bool, bool, bool, bool, int, Seen]] = []
    for control in view.controls:
        layer = view.layer_of(control)
        cookie = (layer is not None and (layer.cookie or about_cookies(layer.text))) or (
            control.frame != wanted.frame and view.frame_of(control).said.about("cookie")
        )
        out = control.pressable and control.enabled and (control.frame, control.layer) != own
        leaves = _leaves_it(view, control)
        refuses = cookie and _refuses_cookies(control) and (layer is None or layer.cookie or not layer.modal)
        refuses = refuses or (not cookie and refuses_ads(layer, control))
        closes = leaves or refuses or control.named.about_any("cookie_close", "allow" if cookie else "skip")
        over = cookie or (layer and (layer.modal or leaves or refuses))
        if out and over and closes and not is_federated(control):
            no = control.named.about("deny") and not (leaves or refuses)
            # A page that takes no refusal of its cookies may go on with all of them alone.
            vain = refuses and past.presses[press_key(view, control)] > 0 and past.idle_s > _SLOW_ANSWER_S
            first = (not cookie, not (cookie or leaves), vain, not refuses)
            ways.append((*first, no, control.kind == "link", len(ways), control))
    ways = [way for way in ways if past.presses[press_key(view, way[-1])] < MOST_PRESSES]
    return Choice(min(ways)[-1], "cookies") if ways else None


def _refuses_cookies(control: Seen) -> bool:
    """Whether a button takes a banner away without more cookies than are needed: one that costs something does not."""
    named = control.named.about("cookies_refused") and not control.named.about_any("dangerous", "leaves_site")
    return named and control.kind == "button" and not is_offer(control)


def _leaves_it(view: View, control: Seen) -> bool:
    """Whether a control puts away what advertises an app, and stays on its site: a link “X” may lead elsewhere."""
    href = control.href or ""
    astray = "//" in href and host_of(href) != host_of(view.main.url)
    return control.named.about("leave_it") and not control.named.about("dangerous") and not astray


def _consent(view: View, past: Past, known: Known, offers: Sequence[Seen]) -> Choice | None:
    allowing = [c for c in offers if _allows(c) and c.region not in AWAY]
    allowing = [c for c in allowing if not c.named.about("for_others")] or allowing
    if not allowing:
        allowing = _unlabelled_allow(view, offers) or _yes_to_linking(view, past, offers)
        allowing = allowing or beside_refusal(view, past, known, offers)
    buttons = [c for c in allowing if c.kind == "button"] or [c for c in allowing if len(c.label) <= LONGEST_LABEL // 2]
    if not buttons:
        return None
    button = max(buttons, key=lambda c: (c.submits, c.solid, -len(c.label)))
    pressed = press_key(view, button)
    answered = past.pressed_in.get(pressed) != view.documents or past.idle_s > _SLOW_ANSWER_S
    again = past.presses[pressed] > 0 and answered
    answer = to_answer(view, past, button, every=again or not (button.enabled or may_open(view, past)))
    return Choice(answer, "allow", tick=True) if answer else Choice(button, "allow")


def _allows(control: Seen) -> bool:
    about = control.named.about_any
    otherwise = about(*_NOT_ALLOWING) or denies(control) or sends_letter(control)
    return about("allow") and not (otherwise or is_federated(control))


def _unlabelled_allow(view: View, offers: Sequence[Seen]) -> list[Seen]:
    """Of two submit buttons in a language we cannot read, the one that its author calls so.

    Where one of them can be read, so can the question: what the author calls “yes” may delete or buy something, and
    only on a page about the link is what is called “allow” its consent.
    """
    pair = [c for c in offers if c.submits and c.region not in BODY_AWAY]
    if not any(c.code.about_any("deny", "allow") for c in pair) or len(pair) < 2:
        return []
    if any(c.named.about_any(*_READ) for c in pair):
        linking = about_link(view) and not heads(view).about_any("dangerous", "offer", "enrolment", "marketing", "stay")
        pair = [c for c in pair if linking and c.code.about("allow") and not refuses(c)]
    unread = [c for c in pair if not c.named.about_any("dangerous", "login", "signup") and not is_federated(c)]
    meant = [c for c in unread if c.code.about_any("allow", "yes") and not c.code.about("deny")]
    return [c for c in meant if c.value.lower() not in _NO_VALUES]


def _yes_to_linking(view: View, past: Past, offers: Sequence[Seen]) -> list[Seen]:
    """“Yes” beside “No” after the login, where the page speaks of allowing and of nothing else that could be meant."""
    asks = past.logged_in and view.said.about("allow") and not view.said.about_any("stay", "enrolment", "marketing")
    yes = [c for c in offers if c.named.about("yes") and not c.named.about_any("deny", *_NOT_ALLOWING)]
    refusing = any(c.named.about("deny") for c in offers)
    return yes if asks and refusing and len(yes) == 1 and not heads(view).about("dangerous") else []


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


def _sign_in(view: View, past: Past, known: Known, offers: Sequence[Seen]) -> Choice | None:
    """The way from a landing page, or from a choice of ways to sign in, to the login form."""
    if past.logged_in:
        return None
    leading = [
        c
        for c in offers
        if c.enabled and not is_federated(c) and not c.named.about_any("passkey", "forgot", "dangerous")
    ]
    leading = [c for c in leading if not (_sends_unseen_password(view, c) or _is_held_back(view, c))]
    if failed(view) and view.main.status != _UNAUTHORIZED:
        # What stands on every page of a site logs in to that site, not to what Alexa asked for.
        leading = [c for c in leading if c.region not in BODY_AWAY]
    by_password = [c for c in leading if c.named.about("by_password")]
    plain = [c for c in leading if c.named.about("login") and not c.named.about("signup")]
    plain = [c for c in plain if not (past.submissions and c.named.about("deny"))]  # “Back to login” leads in a circle
    ways = (
        by_password
        or _passwords(view, leading)
        or sorted(plain, key=lambda c: (c.region in AWAY, c.kind != "button", len(c.label)))
    )
    if not ways and view.said.about("passkey"):
        ways = [c for c in leading if c.named.about("other_methods") and c.region not in AWAY]
    return Choice(ways[0], "sign in", sure=bool(by_password)) if ways else None


def _sends_unseen_password(view: View, control: Seen) -> bool:
    """Whether a button belongs to a password field that nobody can make out: it would be sent empty."""
    return control.kind == "button" and any(c.type == "password" and c.faint for c in view.together(control))


def _sends_empty_password(view: View, control: Seen) -> bool:
    """Whether a button sends a form with an empty password field that has its room on the page, and is not seen.

    A field that waits to be shown mostly has no room yet.
    """
    fields = (c for c in view.together(control) if c.type == "password" and not (c.filled or c.visible))
    return control.submits and any(min(c.box.width, c.box.height) > 1 and not c.out_of_reach for c in fields)


def _is_held_back(view: View, control: Seen) -> bool:
    """Whether the browser would not send the form of its only button, because a field of it lacks a value.

    Of several buttons, one that logs in may be there for a script that shows another form.
    """
    lacks = any(c.unfit == "required" and c.usable for c in view.together(control))
    return lacks and [c.key for c in view.together(control) if c.submits and c.pressable] == [control.key]


def _passwords(view: View, leading: Sequence[Seen]) -> list[Seen]:
    """Of several ways to sign in, the one by a password."""
    if not heads(view).about_any("login", "choose", "passkey"):
        return []
    named = [c for c in leading if c.named.about("password") and not c.named.about_any(*_NO_PASSWORD)]
    return [c for c in named if c.region not in AWAY and not c.label.endswith("?") and len(c.label) <= _SHORT]
