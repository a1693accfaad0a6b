"""Which host asks which other host for what, as numbers for a drawing, and which of them the Domain List lacks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from e2e_linker.report.model import RunReport
from e2e_linker.report.sections import DomainHost
from e2e_linker.report.texts import visible

__all__ = ["HOST_WORDS", "DomainMap", "Edge", "Node", "domain_map", "host_sign"]

_BOX, _STEP, _TOP = 46, 58, 30
LEFT: Final = 10
RIGHT: Final = 430
WIDE: Final = 300
_LETTERS = 36
_MOST = 30
APP: Final = "the Alexa app"

HostSign = Literal["links", "fails", "degrades", "not_applicable"]
HOST_WORDS: Final[dict[HostSign, str]] = {
    "not_applicable": "needs no entry",
    "links": "listed",
    "fails": "missing",
    "degrades": "not listed, not needed to log in",
}
_ORDER: Final[tuple[HostSign, ...]] = ("fails", "degrades", "not_applicable", "links")


@dataclass(frozen=True, slots=True)
class Node:
    """A host's box: asking hosts stand on the left without a sign, asked ones on the right."""

    y: int
    name: str
    note: str
    sign: HostSign | None


@dataclass(frozen=True, slots=True)
class Edge:
    """A line from an asking host to an asked one; ``y`` are the middles of their boxes."""

    start: int
    end: int
    sign: HostSign


@dataclass(frozen=True, slots=True)
class DomainMap:
    """The whole drawing."""

    asking: tuple[Node, ...]
    asked: tuple[Node, ...]
    edges: tuple[Edge, ...]
    height: int
    undrawn: int
    words: str


def host_sign(use: DomainHost, authorization_host: str) -> HostSign:
    """How ``use`` stands to the Domain List."""
    if use.host == authorization_host:
        return "not_applicable"
    return "links" if use.listed else "fails" if use.needed else "degrades"


def domain_map(report: RunReport) -> DomainMap | None:
    """The map of all cases together; None where nothing was contacted."""
    domains = report.domains
    signs = {use.host: host_sign(use, domains.authorization_host) for use in domains.observed}
    ordered = sorted(domains.observed, key=lambda use: _ORDER.index(signs[use.host]))
    shown = ordered[:_MOST]
    if not shown:
        return None
    asks = _asks(report)
    askers = list(dict.fromkeys(asker for use in shown for asker in asks.get(use.host, ())))
    left = {asker: _TOP + n * _STEP for n, asker in enumerate(askers)}
    right = {use.host: _TOP + n * _STEP for n, use in enumerate(shown)}
    edges = tuple(
        Edge(left[asker] + _BOX // 2, right[use.host] + _BOX // 2, signs[use.host])
        for use in shown
        for asker in asks.get(use.host, ())
    )
    lacking = [use.host for use in ordered if signs[use.host] == "fails"]
    missing = f"; the Domain List lacks {', '.join(lacking[:5])}" if lacking else "; the Domain List lacks none"
    return DomainMap(
        asking=tuple(Node(left[host], _short(host), "asks for", None) for host in askers),
        asked=tuple(
            Node(right[use.host], _short(use.host), _note(use, signs[use.host]), signs[use.host]) for use in shown
        ),
        edges=edges,
        height=_TOP + max(len(left), len(right)) * _STEP,
        undrawn=len(ordered) - len(shown),
        words=f"Map of {len(ordered)} hosts{missing}. The table below says the same.",
    )


def _asks(report: RunReport) -> dict[str, dict[str, None]]:
    """By host, who asked it for something."""
    asks: dict[str, dict[str, None]] = {}
    for requests in report.requests.values():
        for row in requests.rows:
            if row.walk == "measured" and not row.arrival:
                asker = row.initiator_host or (APP if row.n == 1 else None)
                if asker is not None and asker != row.host:
                    asks.setdefault(row.host, {})[asker] = None
    return asks


def _note(use: DomainHost, sign: HostSign) -> str:
    return f"{HOST_WORDS[sign]}: {_short(', '.join(use.kinds))}"


def _short(text: str) -> str:
    plain = visible(text[: _LETTERS + 1])
    return plain if len(plain) <= _LETTERS else f"{plain[: _LETTERS - 1]}…"
