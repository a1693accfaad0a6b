"""Which host asks which other one for what, as numbers for a drawing; which the list lacks, which is to blame."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from e2e_linker.model import Severity
from e2e_linker.report.model import RunReport
from e2e_linker.report.sections import DomainHost
from e2e_linker.report.texts import visible

__all__ = ["HOST_WORDS", "DomainMap", "Edge", "Node", "domain_map", "host_sign"]

_TOP, _APART = 30, 12
_BOX, _TALL = 46, 62
"""Height of a box of two lines, and of one with a third line for blame."""
_LETTERS = 36
_MOST = 30
_APP = "the Alexa app"

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
    """A host's box: asking hosts stand on the left without note and sign, asked ones on the right."""

    y: int
    name: str
    note: str | None = None
    sign: HostSign | None = None
    blame: str | None = None
    """The rules that the host breaks, advice left out."""


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
    box: int
    """Height of a box."""
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
    asks, blame = _asks(report), _blame(report)
    askers = list(dict.fromkeys(asker for use in shown for asker in asks.get(use.host, ())))
    box = _TALL if any(use.host in blame for use in shown) else _BOX
    left = {asker: _TOP + n * (box + _APART) for n, asker in enumerate(askers)}
    right = {use.host: _TOP + n * (box + _APART) for n, use in enumerate(shown)}
    edges = tuple(
        Edge(left[asker] + box // 2, right[use.host] + box // 2, signs[use.host])
        for use in shown
        for asker in asks.get(use.host, ())
    )
    lacking = [use.host for use in ordered if signs[use.host] == "fails"]
    missing = f"; the Domain List lacks {', '.join(lacking[:5])}" if lacking else "; the Domain List lacks none"
    broken = f"; to blame: {', '.join([host for host in right if host in blame][:5])}" if box == _TALL else ""
    return DomainMap(
        asking=tuple(Node(left[host], _short(host)) for host in askers),
        asked=tuple(_node(right[use.host], use, signs[use.host], blame) for use in shown),
        edges=edges,
        box=box,
        height=_TOP + max(len(left), len(right)) * (box + _APART),
        undrawn=len(ordered) - len(shown),
        words=f"Map of {len(ordered)} hosts{missing}{broken}. The table below says the same.",
    )


def _node(y: int, use: DomainHost, sign: HostSign, blame: Mapping[str, Sequence[str]]) -> Node:
    rules = blame.get(use.host)
    note = f"{HOST_WORDS[sign]}: {_short(', '.join(use.kinds))}"
    return Node(y, _short(use.host), note, sign, _short(f"to blame for {', '.join(rules)}") if rules else None)


def _blame(report: RunReport) -> dict[str, list[str]]:
    """By host the rules it breaks: those of findings about it, or whose evidence it is."""
    blame: dict[str, list[str]] = {}
    for found in report.findings:
        if not found.expected and found.severity is not Severity.RECOMMENDED:
            for host in {found.subject, *(link.ref for link in found.evidence if link.kind == "host")}:
                rules = blame.setdefault(host, [])
                rules += [found.rule] * (found.rule not in rules)
    return blame


def _asks(report: RunReport) -> dict[str, dict[str, None]]:
    """By host, who asked it for something."""
    asks: dict[str, dict[str, None]] = {}
    for requests in report.requests.values():
        for row in requests.rows:
            if row.walk == "measured" and not row.arrival:
                asker = row.initiator_host or (_APP if row.n == 1 else None)
                if asker is not None and asker != row.host:
                    asks.setdefault(row.host, {})[asker] = None
    return asks


def _short(text: str) -> str:
    plain = visible(text[: _LETTERS + 1])
    return plain if len(plain) <= _LETTERS else f"{plain[: _LETTERS - 1]}…"
