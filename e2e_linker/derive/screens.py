"""What each screen of a walk was to the person before it: blank, an error page, a login, a consent page.

The document decides, by what could be read and used in it; the picture only corroborates: a healthy login form may be
as white as an empty page, but then it has edges.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from e2e_linker.derive.base import fact
from e2e_linker.derive.choosers import leads_on
from e2e_linker.derive.dead_ends import DeadEnd
from e2e_linker.derive.pages import Page
from e2e_linker.derive.refusals import refusal_of
from e2e_linker.derive.screen_words import CAPTCHA, LINK_RESULT, VERDICT, WAITING
from e2e_linker.derive.wordings import CONSENT, CREDENTIALS, ERROR, HOME, LEAVING, first_match
from e2e_linker.evidence.models import Control, DomDigest, Ending, Picture, Present, Screen
from e2e_linker.evidence.page import BROWSERS_OWN
from e2e_linker.model import Confidence, host_of

__all__ = ["ScreenKind", "ScreenVerdict", "screen_verdicts"]

ScreenKind = Literal[
    "blank",
    "nearly blank",
    "error page",
    "unsupported browser",
    "captcha",
    "login",
    "consent",
    "verdict page",
    "other",
]

_FEW = 40
"""Characters of text up to which a page without anything to use says next to nothing. Threshold."""
_WAITING_TEXT = 300
"""Characters of text up to which a page may wait and say nothing else. Threshold."""
_FLAT = 0.9999
"""Share of one colour from which a picture shows nothing; a form on white was measured at 0.991. Threshold."""
_FLAT_EDGES = 0.0005
"""Share of edges up to which a phone's picture shows nothing; less on a larger screen. Threshold."""
_PHONE_AREA = 360 * 780
"""Pixels of a phone's screen: a spinner is as large on a wider one, and a smaller share of it."""
_DRAWN_EDGES = 0.004
"""Share of edges from which a phone's picture shows more than a spinner, whatever the document says: in a closed shadow
root nobody can look. Less on a larger screen. Threshold."""
_FRAME_EDGES = 3000
"""Pixels of edges up to which the borders of a frame that no page came into, and a logo, may be all (1,800 were
measured); a form has more. Threshold."""
_LETTER_EDGES = 230
"""Pixels of edges that a letter of a large heading has at most, as measured. Threshold."""
_FORM_EDGES = 2000
"""Pixels of edges from which more is drawn than letters and a spinner (550): two bare fields and a button have 3,100.
Threshold."""
_REJECTING = frozenset({400, 401, 403, 422, 429})
_TYPED = frozenset({"password", "email", "tel", "text", "number", "textbox", "url"})


@dataclass(frozen=True, slots=True)
class ScreenVerdict:
    """What one screen was. ``screen`` is its number, ``at`` its time in the walk in seconds."""

    screen: int
    at: float
    label: str
    url: str
    kind: ScreenKind
    confidence: Confidence
    words: str | None
    """What the page said, or how it hid what it holds; None where the kind says it all."""
    page: Page | None
    """The document it shows; None where the engine shows a page of its own."""
    digest: DomDigest

    @property
    def empty(self) -> bool:
        """Whether there was nothing, or next to nothing, for a person to read or to use."""
        return self.kind in {"blank", "nearly blank"}

    @property
    def faded(self) -> bool:
        """Whether it is blank because all that it offers to use has the colour of its background."""
        return self.kind == "blank" and _is_faded(self.digest)

    @property
    def host(self) -> str:
        """Where it came from."""
        return self.page.host if self.page else host_of(self.url)


@fact
def screen_verdicts(
    screens: tuple[Screen, ...], pages: tuple[Page, ...], dead_end: DeadEnd | None, ending: Ending
) -> tuple[ScreenVerdict, ...]:
    """The verdict on every screen that could be looked at, in order."""
    shown = {view.screen: page for page in pages for view in page.views}
    last = screens[-1].n if screens else None
    found = []
    for screen in screens:
        # What the browser says in place of a page is no page of the server: the ending of the walk tells it.
        if isinstance(screen.digest, Present) and not screen.digest.value.url.startswith(BROWSERS_OWN):
            page, digest = shown.get(screen.n), screen.digest.value
            end = dead_end if screen.n == last else None
            asked = ending.kind == "captcha" and screen.n == last
            kind, sure, words = _judged(digest, page, _pixels(screen), end, asked_captcha=asked)
            found.append(ScreenVerdict(screen.n, screen.at, screen.label, digest.url, kind, sure, words, page, digest))
    return tuple(found)


_Judged = tuple[ScreenKind, Confidence, str | None]


def _judged(
    digest: DomDigest, page: Page | None, picture: Picture | None, end: DeadEnd | None, *, asked_captcha: bool
) -> _Judged:
    usable = [control for control in digest.controls if control.visible and not control.faint]
    status = page.status if page else 0
    blank = _blank(digest, [control for control in usable if control.covered_by is None], picture)
    if blank is not None:
        return blank
    if status < 400 and not _keeps_to_itself(digest, picture) and (nearly := _nearly_blank(digest, usable, page)):
        return nearly
    form = any(control.kind == "field" and control.type == "password" for control in usable)
    if status >= 400 and not (status in _REJECTING and form):
        return "error page", Confidence.CERTAIN, first_match(ERROR, digest.title, *digest.headings)
    if end is not None and end.kind == "error" and end.page is page:
        return "error page", end.confidence, end.words
    refusal = refusal_of(page) if page else None
    if refusal is not None:
        return "unsupported browser", refusal.confidence, refusal.words
    return _asking(digest, usable, asked_captcha=asked_captcha)


def _pixels(screen: Screen) -> Picture | None:
    return screen.picture.value if isinstance(screen.picture, Present) else None


def _flat(picture: Picture | None) -> bool | None:
    """Whether a picture shows nothing at all; None where that was not counted."""
    if picture is None or picture.pixels is None:
        return None
    # A background may run from one colour to another: that has no edges.
    return picture.pixels.commonest >= _FLAT or picture.pixels.edges <= _share(_FLAT_EDGES, picture)


def _share(of_phone: float, picture: Picture) -> float:
    """The share of ``picture`` that is as large as the share ``of_phone`` of a phone's."""
    return of_phone * min(1.0, _PHONE_AREA / max(1, picture.width * picture.height))


def _is_drawn(digest: DomDigest, picture: Picture | None) -> bool:
    """Whether a picture shows more than a spinner, or than a frame into which no page came."""
    if picture is None or picture.pixels is None:
        return False
    lost = any(url.startswith(BROWSERS_OWN) for url in digest.frames) and not digest.sealed
    return not (lost and _edges(picture) <= _FRAME_EDGES) and picture.pixels.edges >= _share(_DRAWN_EDGES, picture)


def _readable(digest: DomDigest) -> int:
    return digest.sight.readable_length if digest.sight else digest.text_length


def _blank(digest: DomDigest, usable: Sequence[Control], picture: Picture | None) -> _Judged | None:
    """A page without anything a person could make out.

    What is there and covered, or in the colour of its ground, counts only where the picture does not contradict.
    """
    if usable or _readable(digest) or (digest.sight and digest.sight.pictures):
        return None
    flat, hidden = _flat(picture), _hidden(digest)
    if hidden is not None:
        contradicts = flat is False and not (_is_faded(digest) and _edges(picture) < _FORM_EDGES)
        return None if contradicts else ("blank", Confidence.CERTAIN if flat else Confidence.LIKELY, hidden)
    if flat is False:
        shown = _is_drawn(digest, picture)
        return ("other", Confidence.POSSIBLE, None) if shown else ("nearly blank", Confidence.LIKELY, None)
    return "blank", Confidence.CERTAIN, None


def _is_faded(digest: DomDigest) -> bool:
    """Whether all that a page offers to use is there, a field among it, and has the colour of its background."""
    held = [control for control in digest.controls if control.visible or control.faint]
    return all(one.faint and not one.covered_by for one in held) and any(control.kind == "field" for control in held)


def _edges(picture: Picture | None) -> float:
    return picture.pixels.edges * picture.width * picture.height if picture and picture.pixels else 0.0


def _hidden(digest: DomDigest) -> str | None:
    """How a page that shows nothing hides what it holds."""
    if covered := next((c.covered_by for c in digest.controls if c.visible and c.covered_by), None):
        return f"{covered} lies over everything"
    if any(control.faint for control in digest.controls) or digest.text_length:
        return "what it holds has the colour of its background or is covered"
    return None


def _keeps_to_itself(digest: DomDigest, picture: Picture | None) -> bool:
    """Whether a component that cannot be looked into draws more than the page says and a spinner."""
    if picture is None or picture.pixels is None or not digest.sealed:
        return False
    return _edges(picture) - _LETTER_EDGES * len(" ".join(digest.text.split())) >= _FORM_EDGES


def _nearly_blank(digest: DomDigest, usable: Sequence[Control], page: Page | None) -> _Judged | None:
    """A page with nothing to use and next to nothing to read, or one that only says to wait."""
    if any(control.kind != "link" for control in usable) or (page and refusal_of(page)):
        return None
    text = " ".join(digest.text.split())
    if len(text) <= _WAITING_TEXT and (words := first_match(WAITING, digest.title, *digest.headings, text)):
        return "nearly blank", Confidence.LIKELY, words
    pictures = digest.sight.pictures if digest.sight else 0
    told = first_match(ERROR, digest.title, text) or first_match(HOME, digest.title, text) or _verdict_words(digest)
    leaving = first_match(LEAVING, *(control.label or "" for control in usable))
    if _readable(digest) > _FEW or pictures or told or leaving or leads_on(digest, usable):
        return None
    return "nearly blank", Confidence.LIKELY, text or None


def _asking(digest: DomDigest, usable: Sequence[Control], *, asked_captcha: bool) -> _Judged:
    """What a page that works asks for."""
    fields = [control for control in usable if control.kind == "field"]
    named = [" ".join(filter(None, (control.name, control.label))) for control in fields]
    if asked_captcha or (words := first_match(CAPTCHA, *named)):
        return "captcha", Confidence.CERTAIN if asked_captcha else Confidence.LIKELY, None if asked_captcha else words
    typed = [control for control in fields if control.type in _TYPED and control.name != "q"]
    if any(control.type == "password" or control.autocomplete == "one-time-code" for control in typed):
        return "login", Confidence.CERTAIN, None
    if typed and first_match(CREDENTIALS, digest.title, *digest.headings, *named):
        return "login", Confidence.LIKELY, None
    if words := _verdict_words(digest):
        return "verdict page", Confidence.LIKELY, words
    buttons = [control.label or control.name or "" for control in usable if control.kind == "button"]
    if not typed and (words := first_match(CONSENT, *buttons)):
        return "consent", Confidence.LIKELY, words
    return "other", Confidence.POSSIBLE, None


def _verdict_words(digest: DomDigest) -> str | None:
    """What Alexa itself says at the end of linking."""
    if re.search(LINK_RESULT, digest.url):
        return first_match(VERDICT, *digest.headings, digest.text) or digest.title or "link-result"
    return first_match(VERDICT, *digest.headings, digest.text)
