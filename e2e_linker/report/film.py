"""The film strip: the screens of a case and what happened between them, in the order and at the place of time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from e2e_linker.report.model import CaseReport
from e2e_linker.report.sections import PageEvent, ReportScreen
from e2e_linker.report.time_line import ticks

__all__ = ["TONE_WORDS", "Film", "Frame", "Mark", "film"]

_MEASURED = "measured"
_MOST_EVENTS = 24
"""Events shown between the screens; the list of events has them all."""

Tone = Literal["screen", "window", "dialog", "error", "login"]
_TONES: Final[dict[str, Tone]] = {
    "window": "window",
    "dialog": "dialog",
    "page_error": "error",
    "csp_violation": "error",
    "console": "error",
    "login": "login",
}
TONE_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {"window": "window opened", "dialog": "dialog", "error": "error"}
)


@dataclass(frozen=True, slots=True)
class Frame:
    """A screen, or an event between two screens."""

    at: float
    screen: ReportScreen | None
    event: PageEvent | None
    tone: Tone


@dataclass(frozen=True, slots=True)
class Mark:
    """A frame on the axis; ``x`` is a percentage."""

    x: float
    tone: Tone
    label: str


@dataclass(frozen=True, slots=True)
class Film:
    """The strip of the measured walk, its axis, and the screens of further walks."""

    frames: tuple[Frame, ...]
    marks: tuple[Mark, ...]
    ticks: tuple[tuple[float, float], ...]
    """(place in percent, seconds)."""
    others: tuple[ReportScreen, ...]
    hidden: int
    """Events that found no room in the strip."""
    words: str


def film(case: CaseReport, seconds: float) -> Film:
    """The film of ``case``, whose measured walk took ``seconds``."""
    own = [screen for screen in case.screens if screen.walk == _MEASURED]
    events = [event for event in case.events if event.walk == _MEASURED]
    told = any(event.kind == "csp_violation" for event in events)
    loud = [event for event in events if _loud(event) and not (told and _of_policy(event))]
    shown = loud[:_MOST_EVENTS]
    frames = [Frame(screen.at, screen, None, "screen") for screen in own]
    frames += [Frame(event.at, None, event, _TONES[event.kind]) for event in shown]
    # A dialog or an error stands before the screen that was taken at the same moment.
    frames.sort(key=lambda frame: (frame.at, frame.screen is not None))
    done = [Frame(event.at, None, event, "login") for event in events if event.kind == "login"]
    end = max([seconds, 0.001, *(frame.at for frame in (*frames, *done))])
    return Film(
        frames=tuple(frames),
        marks=tuple(_mark(frame, end) for frame in sorted((*frames, *done), key=lambda one: one.at)),
        ticks=tuple(ticks(end)),
        others=tuple(screen for screen in case.screens if screen.walk != _MEASURED),
        hidden=len(loud) - len(shown),
        words=_words(own, loud, end),
    )


def _loud(event: PageEvent) -> bool:
    """Whether a person watching would have noticed, or a developer be alarmed: not every line a page logs."""
    if event.kind == "console":
        return event.text.startswith("error")
    return event.kind != "login"


def _of_policy(event: PageEvent) -> bool:
    """Whether a line of the console says what the policy violation beside it says already."""
    return event.kind == "console" and "Content Security Policy" in event.text


def _mark(frame: Frame, end: float) -> Mark:
    label = str(frame.screen.n + 1) if frame.screen else ""
    return Mark(round(min(frame.at / end, 1.0) * 96 + 2, 2), frame.tone, label)


def _words(screens: Sequence[ReportScreen], events: Iterable[PageEvent], end: float) -> str:
    kinds: dict[str, int] = {}
    for event in events:
        kinds[_TONES[event.kind]] = kinds.get(_TONES[event.kind], 0) + 1
    names = {"window": ("popup", "popups"), "dialog": ("dialog", "dialogs"), "error": ("error", "errors")}
    told = [f"{n} {names[kind][n != 1]}" for kind, n in kinds.items()]
    count = f"{len(screens)} {'screen' if len(screens) == 1 else 'screens'}"
    return f"Time axis of {end:.1f} s with {', '.join([count, *told])}; the strip below shows them in this order"
