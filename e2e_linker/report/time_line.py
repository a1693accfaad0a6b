"""The token calls on a time axis, and the lifetimes they declared, as numbers for a drawing.

Places and lengths are percentages of the drawing's width, so that it can be drawn in any width without distortion.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from e2e_linker.alexa.facts import MIN_EXPIRES_IN, RECOMMENDED_EXPIRES_IN
from e2e_linker.evidence.token_calls import ProbedLink
from e2e_linker.report.model import RunReport
from e2e_linker.report.probe_words import REVOKED
from e2e_linker.report.sections import Fate, TokenEvent, TokenProbe, TokenProbes

__all__ = [
    "Batch",
    "Lifetimes",
    "Row",
    "TimeLine",
    "batches",
    "brought",
    "lifetimes",
    "links_made",
    "spent",
    "tally",
    "ticks",
    "time_line",
]

_LABEL = re.compile(r"<((?:code|access_token|refresh_token)#\d+)>|%3C((?:code|access_token|refresh_token)%23\d+)%3E")
_THINNEST = 0.5
_FEW = 3
_TICKS = 5


@dataclass(frozen=True, slots=True)
class Mark:
    """A call on the axis."""

    x: float
    width: float
    fate: Fate
    n: int


@dataclass(frozen=True, slots=True)
class Row:
    """The calls of one probe, or of the links under test where ``probe`` is None."""

    probe: TokenProbe | None
    marks: tuple[Mark, ...]
    expiries: tuple[tuple[float, float], ...]
    """(from, length) of the access tokens that expired before the last call."""
    down: tuple[tuple[float, float], ...]
    """(from, length) of the time in which the backend was broken on purpose."""
    words: str
    """The row for those who do not see it."""


@dataclass(frozen=True, slots=True)
class TimeLine:
    """All calls. ``ticks`` are (place, seconds since the first call)."""

    rows: tuple[Row, ...]
    ticks: tuple[tuple[float, float], ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class Lifetime:
    """A lifetime that calls of one purpose declared, and how many did."""

    purpose: str
    seconds: float
    number: int
    length: float


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """The lifetimes to scale, shortest first, with the least Alexa needs and what Amazon advises."""

    rows: tuple[Lifetime, ...]
    least: tuple[float, float]
    """(place, seconds)."""
    advised: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Batch:
    """Calls of one step with one answer; all but the first may be folded away where they are many."""

    shown: tuple[TokenEvent, ...]
    folded: tuple[TokenEvent, ...]


class _Axis:
    def __init__(self, start: datetime, end: datetime) -> None:
        self.start = start
        self.seconds = max((end - start).total_seconds(), 0.001)

    def x(self, moment: datetime) -> float:
        return round(min(max((moment - self.start).total_seconds() / self.seconds, 0.0), 1.0) * 100, 2)

    def span(self, start: datetime, end: datetime) -> tuple[float, float]:
        return self.x(start), round(max(self.x(end) - self.x(start), 0.0), 2)


def time_line(report: RunReport) -> TimeLine | None:
    """All token calls of ``report``; None where there are none."""
    measured = tuple(event for story in report.token_story.values() for event in story)
    probes = [probe for probe in report.token_probes.probes if probe.events]
    every = [*measured, *(event for probe in probes for event in probe.events)]
    if not every:
        return None
    axis = _Axis(min(event.at for event in every), max(map(_end, every)))
    rows = [_row(None, measured, axis)] if measured else []
    rows += [_row(probe, probe.events, axis) for probe in probes]
    down = _down(report, axis)
    rows = [_with_outage(row, down) for row in rows]
    return TimeLine(tuple(rows), tuple(ticks(axis.seconds)), axis.seconds)


def _end(event: TokenEvent) -> datetime:
    return event.at + timedelta(milliseconds=event.timing.total_ms if event.timing else 0)


def _row(probe: TokenProbe | None, events: Sequence[TokenEvent], axis: _Axis) -> Row:
    marks = []
    for event in events:
        x, width = axis.span(event.at, _end(event))
        marks.append(Mark(min(x, 100 - _THINNEST), max(width, _THINNEST), event.fate, event.n))
    lives = [
        axis.span(_end(event), _end(event) + timedelta(seconds=event.lifetime_s))
        for event in events
        if event.lifetime_s is not None and event.lifetime_s < axis.seconds
    ]
    expiries = tuple((x, length) for x, length in lives if x + length < 100)
    name = probe.title if probe else "Links under test"
    first, last = min(event.at for event in events), max(map(_end, events))
    counts = ", ".join(f"{n} {fate}" for fate, n in tally(events).items())
    words = f"{name}: {counts}; from {_since(axis, first)} to {_since(axis, last)} after the first call"
    return Row(probe, tuple(marks), expiries, (), words)


def _since(axis: _Axis, moment: datetime) -> str:
    return f"{(moment - axis.start).total_seconds():.1f} s"


def tally(events: Iterable[TokenEvent]) -> dict[Fate, int]:
    """How many of ``events`` came to what, in a fixed order, without what did not occur."""
    fates = [event.fate for event in events]
    order: tuple[Fate, ...] = ("granted", "refused", "failed", "unclear")
    return {fate: fates.count(fate) for fate in order if fate in fates}


def _down(report: RunReport, axis: _Axis) -> tuple[tuple[float, float], ...]:
    found, broken = [], None
    for hook in report.token_probes.hooks:
        if hook.action == "break":
            broken = hook.at
        elif broken is not None:
            found.append(axis.span(broken, hook.at))
            broken = None
    return tuple(found)


def _with_outage(row: Row, down: tuple[tuple[float, float], ...]) -> Row:
    if row.probe is None or row.probe.probe != "outage":
        return row
    return Row(row.probe, row.marks, row.expiries, down, row.words)


def ticks(seconds: float) -> Iterable[tuple[float, float]]:
    """(place in percent, seconds) of round numbers of seconds on an axis of ``seconds``."""
    step = _round_step(seconds / _TICKS)
    n = 0
    while n * step <= seconds * 0.97:
        yield round(n * step / seconds * 100, 2), n * step
        n += 1


def _round_step(least: float) -> float:
    """The next of 1, 2 and 5 times a power of ten."""
    power = 0.001
    while power * 10 <= least:
        power *= 10
    return next((factor * power for factor in (1, 2, 5) if factor * power >= least), 10 * power)


def lifetimes(report: RunReport) -> Lifetimes | None:
    """The lifetimes of all access tokens in ``report``; None where none was declared."""
    events = [event for story in report.token_story.values() for event in story]
    events += [event for probe in report.token_probes.probes for event in probe.events]
    told: dict[tuple[float, str], int] = {}
    for event in events:
        if event.lifetime_s is not None and event.fate == "granted":
            key = (event.lifetime_s, "refresh" if event.purpose in {"refresh", "replay"} else "exchange")
            told[key] = told.get(key, 0) + 1
    if not told:
        return None
    whole = max(*(seconds for seconds, _ in told), RECOMMENDED_EXPIRES_IN) * 1.02
    return Lifetimes(
        tuple(Lifetime(why, s, n, round(s / whole * 100, 3)) for (s, why), n in sorted(told.items())),
        (round(MIN_EXPIRES_IN / whole * 100, 3), MIN_EXPIRES_IN),
        (round(RECOMMENDED_EXPIRES_IN / whole * 100, 3), RECOMMENDED_EXPIRES_IN),
    )


def batches(events: Iterable[TokenEvent]) -> tuple[Batch, ...]:
    """``events`` by their steps; of more than three calls of a step with one answer all but the first are folded."""
    steps: dict[tuple[int, str, str], list[TokenEvent]] = {}
    for event in sorted(events, key=lambda event: (event.step, event.at, event.n)):
        steps.setdefault((event.step, event.purpose, event.summary), []).append(event)
    return tuple(
        Batch(tuple(group[:1]), tuple(group[1:])) if len(group) > _FEW else Batch(tuple(group), ())
        for group in steps.values()
    )


def links_made(probes: TokenProbes) -> tuple[tuple[ProbedLink, str], ...]:
    """Every link that was made for a probe, and in words what became of the tokens that came of it."""
    every = [event for probe in probes.probes for event in probe.events]
    fruitful = {event.link for event in every if event.endpoint == "token" and brought(event)}
    links = (link for probe in probes.probes for link in probe.links)
    return tuple((link, REVOKED[link.revoked] if link.id in fruitful else "no token came") for link in links)


def spent(event: TokenEvent) -> tuple[str, ...]:
    """The labels of the code and tokens that ``event`` sent."""
    sent = [event.request_body, *(value for name, value in event.request_headers if name.lower() == "authorization")]
    return _labels(sent)


def brought(event: TokenEvent) -> tuple[str, ...]:
    """The labels of the tokens that came with the answer to ``event``."""
    return _labels([event.response_body or ""])


def _labels(texts: Iterable[str]) -> tuple[str, ...]:
    found = (match[1] or match[2].replace("%23", "#") for text in texts for match in _LABEL.finditer(text))
    return tuple(f"<{label}>" for label in dict.fromkeys(found))
