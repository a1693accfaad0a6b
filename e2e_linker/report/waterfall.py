"""The requests of a case on a time axis, as numbers for a drawing. Places and lengths are thousandths of its width."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from e2e_linker.report.texts import milliseconds
from e2e_linker.report.traffic import CaseRequests, Phases, RequestRow

__all__ = ["PHASE_NAMES", "Lane", "Waterfall", "choices", "status_class", "waterfall"]

_THINNEST = 3.0
_PHASES = (
    ("queued", "queued_ms"),
    ("name", "dns_ms"),
    ("connect", "connect_ms"),
    ("TLS", "tls_ms"),
    ("wait", "wait_ms"),
    ("receive", "receive_ms"),
)
PHASE_NAMES: Final = tuple(name for name, _ in _PHASES)


@dataclass(frozen=True, slots=True)
class Lane:
    """A request on the axis."""

    row: RequestRow
    bars: tuple[tuple[int, float, float], ...]
    """(number of the phase from 0, from, length)."""
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


def _lane(row: RequestRow, seconds: float) -> Lane:
    at, bars = row.at / seconds * 1000, []
    for n, (_, length) in enumerate(_known(row.phases)):
        wide = length / seconds
        if wide > 0:
            bars.append((n, round(at, 1), round(wide, 1)))
        at += wide
    if sum(length for _, _, length in bars) < _THINNEST:
        bars = [(4, round(min(row.at / seconds * 1000, 1000 - _THINNEST), 1), _THINNEST)]
    return Lane(row, tuple(bars), _words(row))


def _known(phases: Phases | None) -> list[tuple[str, float]]:
    return [(name, getattr(phases, field) or 0.0) for name, field in _PHASES] if phases else []


def _words(row: RequestRow) -> str:
    start = f"from {row.at:.2f} s"
    if row.phases is None or row.phases.total_ms is None:
        return f"{start}, how long is not told"
    parts = ", ".join(f"{name} {milliseconds(length)}" for name, length in _known(row.phases) if length >= 0.5)
    return f"{start}, {milliseconds(row.phases.total_ms)}{f' ({parts})' if parts else ''}"
