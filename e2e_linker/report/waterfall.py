"""Requests and token calls on a time axis, as numbers for a drawing: thousandths of its width."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from e2e_linker.evidence.models import TokenTiming
from e2e_linker.report.texts import milliseconds
from e2e_linker.report.traffic import CaseRequests, Phases, RequestRow

__all__ = ["PHASE_NAMES", "Lane", "Waterfall", "bars", "call_phases", "choices", "lasting", "status_class", "waterfall"]

_THINNEST = 3.0
_PHASES = (
    ("queued", "queued_ms"),
    ("DNS", "dns_ms"),
    ("connect", "connect_ms"),
    ("TLS", "tls_ms"),
    ("wait", "wait_ms"),
    ("receive", "receive_ms"),
)
PHASE_NAMES: Final = tuple(name for name, _ in _PHASES)
_WAIT = PHASE_NAMES.index("wait")

Bar = tuple[int, float, float]
"""(number of the phase from 0, from, length)."""


@dataclass(frozen=True, slots=True)
class Lane:
    """A request on the axis."""

    row: RequestRow
    bars: tuple[Bar, ...]
    words: str


@dataclass(frozen=True, slots=True)
class Waterfall:
    """The requests of one walk, which took ``seconds``."""

    walk: str
    lanes: tuple[Lane, ...]
    seconds: float


def waterfall(requests: CaseRequests) -> tuple[Waterfall, ...]:
    """The walks of ``requests``, each on an axis of its own that ends with its last request."""
    walks: dict[str, list[RequestRow]] = {}
    for row in requests.rows:
        walks.setdefault(row.walk, []).append(row)
    found = []
    for walk, rows in walks.items():
        seconds = max(0.001, *(_end(row) for row in rows))
        found.append(Waterfall(walk, tuple(_lane(row, seconds) for row in rows), seconds))
    return tuple(found)


def status_class(row: RequestRow) -> str:
    """What a filter sorts ``row`` under: ``2xx``…, ``failed``, ``to Alexa``, or ``no answer``."""
    if row.arrival:
        return "to Alexa"
    if row.status is not None:
        return f"{row.status // 100}xx"
    return "failed" if row.failure else "no answer"


def choices(requests: CaseRequests) -> Mapping[str, tuple[str, ...]]:
    """What a filter offers by host, type and status, in the order of first use."""
    rows = requests.rows
    return {
        "host": tuple(dict.fromkeys(row.host for row in rows)),
        "type": tuple(dict.fromkeys(row.type for row in rows)),
        "status": tuple(sorted({status_class(row) for row in rows})),
    }


def _end(row: RequestRow) -> float:
    return row.at + (row.phases.total_ms or 0.0 if row.phases else 0.0) / 1000


def call_phases(timing: TokenTiming | None) -> Phases | None:
    """The phases of a token call, as far as they were measured; where no answer came, the rest is waiting."""
    if timing is None:
        return None
    begun = sum(length or 0.0 for length in (timing.dns_ms, timing.connect_ms, timing.tls_ms))
    first = timing.total_ms if timing.first_byte_ms is None else max(begun, timing.first_byte_ms)
    return Phases(
        **timing.model_dump(exclude={"first_byte_ms"}),
        wait_ms=round(max(0.0, first - begun), 3),
        receive_ms=round(max(0.0, timing.total_ms - first), 3),
    )


def lasting(phases: Phases | None) -> tuple[tuple[int, float], ...]:
    """(number of the phase from 0, milliseconds) of the phases that took any time, in their order."""
    lengths = enumerate(getattr(phases, field, None) or 0.0 for _, field in _PHASES)
    return tuple((n, length) for n, length in lengths if length > 0)


def bars(phases: Phases | None, start: float, whole: float) -> tuple[Bar, ...]:
    """``phases`` of something that began at ``start`` on an axis of ``whole`` milliseconds; never too thin to see."""
    at = first = start / whole * 1000
    drawn = []
    for n, length in lasting(phases):
        drawn.append((n, round(at, 1), round(length / whole * 1000, 1)))
        at += length / whole * 1000
    if at - first < _THINNEST:
        return ((_WAIT, round(min(first, 1000 - _THINNEST), 1), _THINNEST),)
    return tuple(drawn)


def _lane(row: RequestRow, seconds: float) -> Lane:
    return Lane(row, bars(row.phases, row.at * 1000, seconds * 1000), _words(row))


def _words(row: RequestRow) -> str:
    start = f"from {row.at:.2f} s"
    if row.phases is None or row.phases.total_ms is None:
        return f"{start}, how long is not told"
    parts = ", ".join(f"{PHASE_NAMES[n]} {milliseconds(length)}" for n, length in lasting(row.phases) if length >= 0.5)
    return f"{start}, {milliseconds(row.phases.total_ms)}{f' ({parts})' if parts else ''}"
