"""What a login page offers, as plain data, so that deciding what to do next needs no browser."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from e2e_linker.browser.login.words import Text, words_of

__all__ = ["Box", "Layer", "Seen", "SeenFrame", "View"]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in CSS pixels from the top left of the page."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Seen:
    """A field, button, link or box, and what helps to tell what it is for. No typed value: ``value`` is a button's."""

    frame: int
    """Which of :attr:`View.frames` it is in."""
    document: str
    """The document's own random name: another one after each navigation."""
    uid: int
    """Stays with the element as long as its document lives."""
    kind: str
    type: str
    box: Box
    name: str | None = None
    id: str | None = None
    label: str = ""
    near: str = ""
    """The text before a field, or behind a box, for those that have no label."""
    heading: str = ""
    """The last heading before it."""
    value: str = ""
    toggle: bool = False
    """A button that turns something on and off, going by its author's names for it."""
    autocomplete: str = ""
    href: str | None = None
    visible: bool = True
    out_of_reach: bool = False
    """Drawn, but where no finger can scroll to; not visible then."""
    faint: bool = False
    """Nothing of it stands out from what lies behind."""
    by_label: bool = False
    """An invisible box that is ticked by its visible label."""
    enabled: bool = True
    read_only: bool = False
    checked: bool = False
    required: bool = False
    filled: bool = False
    unfit: str = ""  # the condition of the page that it breaks, such as "type=email": its form is not sent
    options: Sequence[str] = ()
    """Of a select, what is chosen, with “…” where that is no answer, then what it offers, empty where it cannot be."""
    max_length: int | None = None
    numeric: bool = False
    form: int | None = None
    font_px: float | None = None
    solid: bool = False
    """A button with a colour of its own, as the main one of a page has."""
    covered_by: str | None = None
    layer: int | None = None
    region: str | None = None

    @property
    def key(self) -> tuple[str, int]:
        """What tells this element from all others of the walk."""
        return self.document, self.uid

    @cached_property
    def named(self) -> Text:
        """Its accessible name."""
        return Text(self.label)

    @cached_property
    def said(self) -> Text:
        """What a person reads on it or beside it."""
        return Text(self.label or self.near)

    @cached_property
    def headed(self) -> Text:
        """The heading that it stands under."""
        return Text(self.heading)

    @cached_property
    def code(self) -> Text:
        """What its author called it: name, id and autocomplete; for a button its value too."""
        return words_of(self.name, self.id, self.value, self.autocomplete)

    def means(self, topic: str) -> bool:
        """Whether its label, or failing that its author's name for it, belongs to ``topic`` of the word list."""
        return self.said.about(topic) or self.code.about(topic)

    @property
    def usable(self) -> bool:
        """Whether a person could use it now or after something enables it."""
        return (self.visible and not self.faint) or self.by_label

    @property
    def is_text(self) -> bool:
        """A one-line field for typing anything but a search."""
        return self.kind == "field" and self.type in {"text", "email", "tel", "number", "url", "textbox"}

    @property
    def submits(self) -> bool:
        """A control that sends its form without the help of a script."""
        return self.kind == "button" and self.type in {"submit", "image"} and self.form is not None

    @property
    def pressable(self) -> bool:
        """A button or a link that can be seen."""
        return self.kind in {"button", "link"} and self.visible and not self.faint

    @property
    def title(self) -> str:
        """A name for messages: its label, or what its author called it."""
        return f"“{self.label or self.near or self.name or self.id or self.type}”"


@dataclass(frozen=True, slots=True)
class Layer:
    """Something laid over a page: a dialog, a banner, a fixed bar."""

    text: str
    modal: bool
    cookie: bool


@dataclass(frozen=True)
class SeenFrame:
    """One document: the page's own or that of a frame in it."""

    n: int
    document: str
    url: str
    title: str = ""
    lang: str | None = None
    text: str = ""
    headings: tuple[str, ...] = ()
    alerts: tuple[str, ...] = ()
    """What is marked as an alert for screen readers."""
    errors: tuple[str, ...] = ()
    """What is marked as an error by its class only."""
    forms: tuple[str, ...] = ()
    """What each form is called by its author: id, name, class, role and action."""
    layers: tuple[Layer, ...] = ()
    ready_state: str = "complete"
    styled: bool = True
    """Whether every style sheet that applies has come."""
    status: int = 0  # the HTTP status the document came with; 0 where the engine does not tell
    age_ms: float = 10_000
    """Milliseconds since the document began to come."""
    quiet_ms: float = 10_000
    """Milliseconds since the document last changed."""
    captcha: Literal["", "open", "solved"] = ""
    """The state of a widget that asks for a proof of humanity."""
    embedded: tuple[str, ...] = ()
    """Addresses of the frames a person can see in it."""
    unread: tuple[str, ...] = ()  # what shows something that nobody can read from outside

    @cached_property
    def said(self) -> Text:
        """Title, headings and text together."""
        return Text(" \n".join((self.title, *self.headings, self.text)))

    @property
    def complaints(self) -> tuple[str, ...]:
        """What the document marks as an alert or an error, each text once."""
        return tuple(dict.fromkeys((*self.alerts, *self.errors)))


_SETTLED_MS, _PATIENT_MS, _RESTLESS_MS = 100, 1500, 3000
"""Milliseconds after which a page that never stops changing is taken as it is: tickers and animations do not end."""


@dataclass(frozen=True)
class View:
    """A window as a person sees it. Frame 0 is the page itself; there is always one."""

    frames: tuple[SeenFrame, ...]
    controls: tuple[Seen, ...]

    @property
    def main(self) -> SeenFrame:
        """The page's own document."""
        return self.frames[0]

    @property
    def styled(self) -> bool:
        """Whether all of it is drawn as it is meant to be."""
        return all(frame.styled for frame in self.frames)

    @property
    def documents(self) -> tuple[str, ...]:
        """The names of all documents shown: they change with every navigation."""
        return tuple(frame.document for frame in self.frames)

    @property
    def complete(self) -> bool:
        """Whether everything in it has been loaded that it asked for at first."""
        return all(f.ready_state == "complete" for f in self.frames)

    @property
    def loaded(self) -> bool:
        """Whether the page's scripts have had their chance: it is complete, or something in it hangs."""
        return all(f.ready_state == "complete" or f.age_ms > _PATIENT_MS for f in self.frames)

    @property
    def settled(self) -> bool:
        """Whether it is loaded and nothing has changed for a moment."""
        return self.loaded and all(f.quiet_ms >= _SETTLED_MS or f.age_ms > _RESTLESS_MS for f in self.frames)

    @cached_property
    def said(self) -> Text:
        """The text of all frames."""
        return Text(" \n".join(frame.said.raw for frame in self.frames))

    @property
    def complaints(self) -> tuple[str, ...]:
        """Alerts and error texts of all frames."""
        return tuple(text for frame in self.frames for text in frame.complaints)

    def frame_of(self, control: Seen) -> SeenFrame:
        """The document ``control`` is in."""
        return self.frames[control.frame]

    def layer_of(self, control: Seen) -> Layer | None:
        """What lies over the page and holds ``control``."""
        return None if control.layer is None else self.frame_of(control).layers[control.layer]

    def form_name(self, control: Seen) -> Text:
        """What the author calls the form that ``control`` belongs to."""
        named = "" if control.form is None else self.frame_of(control).forms[control.form]
        # Its address ends the text. What comes in its query, such as the state, is nobody's word for the form.
        return words_of(re.sub(r"[?#]\S*$", "", named))

    def together(self, control: Seen) -> Iterable[Seen]:
        """The controls of the same form, or of the same frame outside all forms, in document order."""
        return (c for c in self.controls if c.frame == control.frame and c.form == control.form)
