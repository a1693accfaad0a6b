"""The way through the pages between a login and Alexa: notices, offers, things to choose from. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from urllib.parse import urlsplit

from e2e_linker.browser.login.choices import (
    AWAY,
    Choice,
    box_to_tick,
    heads,
    is_offer,
    is_priced,
    may_open,
    only,
    sends_letter,
)
from e2e_linker.browser.login.memory import Known, Past
from e2e_linker.browser.login.options import select_to_choose, to_answer
from e2e_linker.browser.login.other_forms import is_aside
from e2e_linker.browser.login.own_pages import LITTLE, NOT_LINKING, NOT_ONWARD, but_own_pages, turns_down
from e2e_linker.browser.login.submit_buttons import is_federated
from e2e_linker.browser.login.ways_back import (
    ACCESS,
    BODY_AWAY,
    failed,
    leads_back,
    names_alexa,
    names_amazon,
    refuses,
    refusing,
)
from e2e_linker.browser.login.words import Text, fold
from e2e_linker.browser.pages.controls import Seen, View

__all__ = ["about_link", "asks_to_choose", "beside_refusal", "countdown", "decline", "onward", "pick", "turn_down"]

_SENDING = ("sent_code", "second_factor", "code", "bare_code", "phone", "email", "passkey", "chooser", "login")
"""Topics of what has a message sent or leads back to the login."""
_AGREEING = re.compile(
    r"\bi? ?(?:accept|agree)\b|akzeptieren|zustimmen|einverstanden|accepter"
    r"|aceptar|aceitar|accetta|accepteren|akkoord|同意"
)
"""Words by which an offer is taken just as consent is given."""
_CONSENTING = re.compile(r"consent|authori[sz]|grant|permission|approv", re.IGNORECASE)
"""Parts of addresses of pages that ask for consent to a link."""
_SECONDS = re.compile(r"\b(\d{1,2}) ?(?:s\b|secs?\b|second|sekund|segund|秒|초)", re.IGNORECASE)
_LEADING = re.compile(
    r"alexa|redirect|taken to|weiterleit|weitergeleitet|redirig|reindirizz|redirecion|doorgestuurd|移動|跳转|이동",
    re.IGNORECASE,
)
_HOW = re.compile(r"\bhow\b|\bmethod|\bverif", re.IGNORECASE)


def countdown(view: View) -> str | None:
    """Where a page says in how many seconds it leads on: that, as a reason to wait; each second is another one."""
    said = " ".join(view.said.raw.split())
    left = _SECONDS.search(said) if len(said) <= LITTLE and _LEADING.search(said) else None
    return f"a countdown at {left[1]}" if left else None


def asks_to_choose(view: View) -> bool:
    """Whether a page says that something is to be chosen."""
    return heads(view).about("choose")


def turn_down(view: View, past: Past, known: Known, offers: Sequence[Seen]) -> Choice | None:
    """Out of a page that says itself that it is an offer: what agrees there is no consent."""
    said = Text(" ".join(heading for frame in view.frames for heading in frame.headings))
    plain = any(Text(_AGREEING.sub(" ", fold(c.label))).about("allow") and not refuses(c) for c in offers)
    link = plain or ACCESS.search(view.said.raw)
    return decline(view, past, known, offers) if said.about_any("offer", "marketing") and not link else None


def _done(past: Past, known: Known) -> bool:
    """Whether the login is over."""
    return past.logged_in or known.by_steps


def decline(view: View, past: Past, known: Known, offers: Sequence[Seen]) -> Choice | None:
    """Out of an offer: to add a passkey, a phone number, an app; after the login, out of any other too.

    None where the page may ask for consent to the link itself.
    """
    adding = view.said.about("enrolment")
    without = [c for c in offers if adding and c.named.about("without") and c.named.about("next")]
    ways = [c for c in (*refusing(offers), *without) if c.enabled and (c.named.about("skip") or c in without)]
    ways = [c for c in ways if not c.named.about_any("dangerous", "signup") and not is_federated(c)]
    other = _done(past, known) and not about_link(view)
    return Choice(ways[0], "skip", sure=False) if ways and (other or adding) else None


def about_link(view: View) -> bool:
    """Whether a page may ask for consent to the link itself."""
    asks = names_amazon(view) or heads(view).about("allow") or ACCESS.search(view.said.raw)
    return bool(asks or _CONSENTING.search(urlsplit(view.main.url).path))


def beside_refusal(view: View, past: Past, known: Known, offers: Sequence[Seen]) -> list[Seen]:
    """After the login, on a page about Alexa, the only button beside the only refusal: consent in words of its own."""
    access = ACCESS.search(view.said.raw)
    if not _done(past, known) or not (names_alexa(view) or access) or _open_fields(view):
        return []
    if heads(view).about_any("dangerous", "offer", "enrolment", "marketing", "stay"):
        return []
    no = refusing(offers)
    others = [c for c in offers if c.kind == "button" and c.region not in BODY_AWAY and c not in no]
    others = [c for c in others if not (leads_back(c) and not c.named.about("allow"))]
    others = [c for c in others if c.submits] or others
    if any(c.named.about("skip") for c in no) and not (heads(view).about("allow") or access):
        return []
    if len(no) != 1 or len(others) != 1:
        return []
    button = others[0]
    fit = any(letter.isalpha() for letter in button.label) and not button.named.about_any(*NOT_LINKING)
    return [button] if fit and not is_offer(button) and not is_federated(button) else []


def pick(view: View, past: Past, known: Known, offers: Sequence[Seen]) -> Choice | None:
    """The first of several equal things under a heading that asks to choose: any home will do for a test."""
    if not _is_any_good(view, past, known):
        return None
    if any(c.kind == "checkbox" and c.usable for c in view.controls) or is_priced(view.said.raw):
        return None
    body = [c for c in offers if c.region not in BODY_AWAY and c.enabled]
    buttons = [c for c in body if c.kind == "button"]
    groups: dict[tuple[object, ...], list[Seen]] = defaultdict(list)
    for c in buttons or body:
        if c.submits and c.name:
            groups[c.frame, c.form, c.name].append(c)
        elif c.kind == "link" and re.match(r"[/?]", c.href or "") and "?" in (c.href or ""):
            groups[c.frame, (c.href or "").partition("?")[0]].append(c)
    equal = [group for group in groups.values() if len(group) > 1]
    if len(equal) != 1 or (not buttons and len(equal[0]) != len(body)):
        return None
    safe = all(not (_is_aside(c) or c.named.about("next")) for c in equal[0])
    return Choice(equal[0][0], "choose", sure=False) if safe else None


def _is_any_good(view: View, past: Past, known: Known) -> bool:
    """Whether a page after the login asks to choose something of the customer's own, so that any will do for a test."""
    said = heads(view)
    asks = _done(past, known) and said.about("choose") and not _HOW.search(said.raw)
    return asks and not said.about_any("offer", "dangerous", *_SENDING)


def onward(view: View, past: Past, known: Known, offers: Sequence[Seen]) -> Choice | None:
    """The one clear button of a notice. Beside a refusal, only what says plainly that it leads on."""
    choosing = _is_any_good(view, past, known) and not heads(view).about("not_to_guess")
    open_ = [c for c in view.controls if c.kind == "field" and c.visible and c.required and not c.filled]
    if any(not (choosing and c.options) for c in open_):
        return None
    if Text(view.main.title).about("dangerous") or (not _done(past, known) and _asks_email(view)):
        return None
    broken, offers = failed(view), but_own_pages(view, offers)
    closed = broken or turns_down(view)
    buttons = [c for c in offers if c.kind == "button" and _is_harmless(view, c)]
    buttons = [c for c in buttons if not leads_back(c)] or buttons
    plain = [c for c in buttons if c.named.about("next") and not (closed and not _leads_on(c))]
    opened = [c for c in plain if c.enabled] or [c for c in plain if _opens_by_box(view, past, c, any_good=choosing)]
    lone = [c for c in buttons if c.enabled and c.submits and not broken]
    if refusing(offers):
        lone = [c for c in lone if _agrees(view, c)]
    way = only(opened) or only(lone)
    if way is not None:
        answer = to_answer if choosing else box_to_tick
        box = answer(view, past, way, every=not (way.enabled or may_open(view, past)))
        return Choice(box, "next", tick=True, sure=False) if box else Choice(way, "next", sure=False)
    link = only([c for c in offers if c.kind == "link" and _is_way_on(view, c)])
    return Choice(link, "next", sure=False) if link else None


def _is_way_on(view: View, link: Seen) -> bool:
    """Whether a link leads on. Those of an error page lead away from what Alexa asked for: home, to the support."""
    if failed(view) or link.region in AWAY or is_offer(link) or is_federated(link):
        return False
    return _leads_on(link) and not link.named.about_any("deny", "help", *NOT_ONWARD)


def _leads_on(control: Seen) -> bool:
    """Whether a control says that it leads on, by more than a word that anything may follow: go, send, submit."""
    rest = control.named.without("alone")
    alone = not any(letter.isalpha() for letter in rest.raw)
    return control.named.about("next") and (alone or rest.about("next") or leads_back(control))


def _is_harmless(view: View, button: Seen) -> bool:
    if button.region in AWAY or is_federated(button) or refuses(button) or is_offer(button) or sends_letter(button):
        return False
    if leads_back(button) and (view.complaints or heads(view).about("rejected")):
        return False
    headed = button.headed.about_any("dangerous", "signup", "newsletter")
    return not (headed or button.named.about_any(*NOT_ONWARD) or _asks_more(view, button))


def _agrees(view: View, button: Seen) -> bool:
    """Whether “yes” beside “no” answers a question that is known: whether it was the customer, or about Alexa."""
    known = view.said.about("was_you") or heads(view).about("choose") or about_link(view)
    return button.named.about("yes") and known


def _opens_by_box(view: View, past: Past, button: Seen, *, any_good: bool) -> bool:
    """Whether a closed button waits for a box of its form or one by which terms are agreed to, or got it just now.

    Where what is asked for is ``any_good``, for a select too, or for one of some things to choose from.
    """
    box = box_to_tick(view, past, button, every=True)
    if box is None:
        return may_open(view, past) or (any_good and select_to_choose(view, past, button, every=True) is not None)
    if is_offer(box) or box.said.about("dangerous"):
        return False
    chosen = any_good and box.type == "radio" and box.region not in BODY_AWAY
    return box.said.about("agree") or chosen or (box.form is not None and box.form == button.form)


def _asks_more(view: View, button: Seen) -> bool:
    """Whether the form of ``button`` has a field to fill, so that it is more than a notice."""
    return button.form is not None and any(
        c.kind == "field" and c.visible and not c.filled and c.type != "select-one" for c in view.together(button)
    )


def _asks_email(view: View) -> bool:
    """Whether a page asks for an e-mail address, and not for the sake of something beside it."""
    empty = [c for c in view.controls if c.visible and c.is_text and not c.filled and c.region not in BODY_AWAY]
    # One with a button of its own asks for its own sake.
    empty = [c for c in empty if c.form is None or not any(other.submits for other in view.together(c))]
    return any((c.type == "email" or c.means("email")) and not is_aside(view, c) for c in empty)


def _open_fields(view: View) -> bool:
    """Whether a page has a field that a person would fill first."""
    return any(c.kind == "field" and c.visible and not c.filled and c.region not in BODY_AWAY for c in view.controls)


def _is_aside(control: Seen) -> bool:
    """Whether something to choose from costs money, sends a message or leads elsewhere."""
    astray = control.named.about_any(*NOT_LINKING, *_SENDING)
    return astray or is_offer(control) or refuses(control) or is_federated(control)
