"""The redirect ladder as a picture: a lane for each host, a rung for each hop, and the state's fate on every rung."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from e2e_linker.report.sections import LadderHop, StatePlace, StateTrail

__all__ = ["Drawing", "Lane", "Rung", "StateNote", "drawing"]

_COLOURS = 6


@dataclass(frozen=True, slots=True)
class Lane:
    """A host's lane. ``letter`` names it on the dots, ``colour`` is the number of its colour."""

    host: str
    letter: str
    colour: int


@dataclass(frozen=True, slots=True)
class StateNote:
    """What the state was like at some places of a hop."""

    right: bool
    text: str
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rung:
    """A hop in its place. ``came_from`` is the lane above, None for the first."""

    hop: LadderHop
    lane: Lane
    came_from: Lane | None
    state: tuple[StateNote, ...]

    @property
    def wrong(self) -> bool:
        """Whether the state was seen changed here."""
        return any(not note.right for note in self.state)


@dataclass(frozen=True, slots=True)
class Drawing:
    """The whole ladder."""

    lanes: tuple[Lane, ...]
    rungs: tuple[Rung, ...]


def drawing(hops: Sequence[LadderHop], trail: StateTrail | None) -> Drawing:
    """The ladder of ``hops`` with what became of the state."""
    hosts = list(dict.fromkeys(hop.host for hop in hops))
    lanes = {host: Lane(host, _letter(n), n % _COLOURS + 1) for n, host in enumerate(hosts)}
    places = trail.places if trail else ()
    rungs = [
        Rung(
            hop=hop,
            lane=lanes[hop.host],
            came_from=lanes[hops[n - 1].host] if n else None,
            state=_notes([place for place in places if _belongs(place, hop)]),
        )
        for n, hop in enumerate(hops)
    ]
    return Drawing(tuple(lanes.values()), tuple(rungs))


def _letter(n: int) -> str:
    return chr(ord("A") + n) if n < 26 else str(n + 1)


def _belongs(place: StatePlace, hop: LadderHop) -> bool:
    if place.request is None:
        return place.place == "arrival" and hop.arrival
    return place.request == hop.request


def _notes(places: Sequence[StatePlace]) -> tuple[StateNote, ...]:
    """Places of one fate together: the state as it should be, then each change."""
    groups: dict[str | None, list[str]] = {}
    for place in places:
        groups.setdefault(place.detail if place.drift else None, []).append(place.place)
    ordered = sorted(groups.items(), key=lambda item: item[0] is not None)
    return tuple(
        StateNote(detail is None, "unchanged" if detail is None else detail, tuple(dict.fromkeys(where)))
        for detail, where in ordered
    )
