"""What happened in the page: windows, dialogs, errors, and what the person saw."""

from __future__ import annotations

from typing import Literal

from e2e_linker.evidence.parts import Part
from e2e_linker.model import Record

__all__ = [
    "BROWSERS_OWN",
    "ConsoleMessage",
    "Control",
    "CspViolation",
    "Dialog",
    "DomDigest",
    "LoginStep",
    "PageError",
    "Picture",
    "Pixels",
    "Rect",
    "Screen",
    "Sight",
    "Window",
]


BROWSERS_OWN = ("chrome-error:", "about:neterror", "about:certerror")
"""How the addresses of pages begin that an engine shows where none came."""


class Window(Record):
    """A page or tab. Number 0 is the one the login was opened in."""

    n: int
    at: float
    url: str
    opener: int | None
    """Number of the window that opened this one."""
    closed_at: float | None = None
    asked_by: str | None = None
    """``window.open``, ``target=_blank`` or None where it could not be told."""


class Dialog(Record):
    """A JavaScript dialog. It was recorded, then accepted, so that the run could go on."""

    at: float
    window: int
    type: Literal["alert", "confirm", "prompt", "beforeunload"]
    message: str
    url: str | None = None
    """The address of the page it stood before, without query and fragment."""


class ConsoleMessage(Record):
    """A line of the browser's console."""

    at: float
    window: int
    type: str
    text: str
    url: str | None = None


class PageError(Record):
    """An uncaught script error."""

    at: float
    window: int
    message: str
    stack: str | None = None


class CspViolation(Record):
    """A Content-Security-Policy violation, by event or by the console's words."""

    at: float
    window: int
    directive: str
    blocked: str
    document: str
    disposition: str
    text: str | None = None


class Rect(Record):
    """A box in CSS pixels, relative to the top left of the page."""

    x: float
    y: float
    width: float
    height: float


class Control(Record):
    """A field, button or link as a person would meet it."""

    kind: Literal["field", "button", "link", "checkbox"]
    type: str
    name: str | None = None
    label: str | None = None
    """Its accessible name: label, aria-label, placeholder or text."""
    autocomplete: str | None = None
    href: str | None = None
    rect: Rect
    tap: Rect | None = None
    """The label that a field lies in: a finger anywhere on it reaches the field."""
    visible: bool
    enabled: bool = True
    font_px: float | None = None
    covered_by: str | None = None
    """What lies over its centre, if anything: ``div#banner``."""
    out_of_reach: bool = False
    """Whether it was drawn where no scrolling of a person's brings it onto the screen; it is not visible then."""
    held_below: bool = False
    """Whether it lay below the screen on a page that no finger scrolls. A script can, so it may be on its way."""
    faint: bool = False
    """Whether nothing of it stands out from what lies behind: white on white."""
    moving: bool = False
    """Whether an animation moved it sideways just then: where it was says nothing of where it stays."""
    frame: int = 0


class Sight(Record):
    """What a person could make out of a page, and since when. Times are milliseconds from the page's navigation."""

    readable_length: int
    """Characters of visible text that is neither covered nor in the colour of its background."""
    pictures: int
    """Visible images, drawings and videos that are bigger than an icon."""
    sealed: tuple[str, ...] = ()
    """Components, such as ``x-login#main``, that cannot be looked into: their shadow root is closed, or they hold
    nothing."""
    first_paint_ms: float | None = None
    """When the engine first painted text or a picture, where it tells."""
    content_ms: float | None = None
    """When text, a field or a button was first seen; None where none was, or where it is in a frame."""
    empty_until_ms: float | None = None
    """When the page was last looked at without any."""
    empty_looks: int = 0
    """How often the page was looked at, and answered, without any: many mean that machine and page were not busy."""


class DomDigest(Record):
    """What a page's document held, small enough to keep for every step."""

    url: str
    title: str
    lang: str | None
    ready_state: str
    viewport_meta: str | None
    text: str
    """Visible text, at most 4,000 characters."""
    text_length: int
    controls: tuple[Control, ...]
    headings: tuple[str, ...]
    elements: int
    visible_elements: int
    scroll_width: float
    client_width: float
    client_height: float
    frames: tuple[str, ...] = ()
    """URLs of the frames the page embeds."""
    styled: bool = True
    """Whether every style sheet that applies had come. Before that sizes and places mean nothing."""
    alerts: tuple[str, ...] = ()
    """Texts of elements with ``role=alert`` or ``aria-invalid`` hints."""
    sight: Sight | None = None
    """None where it was not measured."""

    @property
    def texts(self) -> tuple[str, ...]:
        """All that it says: title, headings and text."""
        return self.title, *self.headings, self.text

    @property
    def sealed(self) -> tuple[str, ...]:
        """Components that cannot be looked into; empty where that was not measured."""
        return self.sight.sealed if self.sight else ()


class Pixels(Record):
    """What was counted in a screenshot, in colours of five bits a channel."""

    commonest: float
    """Share of the commonest colour, 0 to 1. A healthy login form on white has 0.99, a blank page 1."""
    colours: int
    edges: float
    """Share of pixels that differ clearly from their neighbour, 0 to 1."""


class Picture(Record):
    """A screenshot in the run folder. ``path`` is relative to it."""

    path: str
    width: int
    height: int
    sha256: str
    pixels: Pixels | None = None
    """None where the picture could not be read."""


class Screen(Record):
    """What the person saw at one step."""

    n: int
    at: float
    label: str
    """``authorization page``, ``after username``, ``consent``, ``last screen`` and so on."""
    window: int
    url: str
    digest: Part[DomDigest]
    picture: Part[Picture]


class LoginStep(Record):
    """One thing that was done in the page in the customer's stead."""

    at: float
    action: Literal["fill", "click", "check", "wait", "pause", "python", "submit"]
    target: str
    """How the control was found, in words or as a locator."""
    what: str
    """``username``, ``password``, ``totp``, ``otp``, ``allow``… never a value."""
    outcome: Literal["done", "failed"]
    error: str | None = None
