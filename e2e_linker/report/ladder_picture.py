"""The redirect ladder drawn to be looked at: who sends whom where, with status, size, time and the state's fate.

All numbers are in the drawing's own units, which are pixels where it is shown at its natural size.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from e2e_linker.report.rungs import Drawing, Rung
from e2e_linker.report.texts import milliseconds, size, visible
from e2e_linker.report.words import HOWS

__all__ = ["Arrow", "Column", "LadderPicture", "ladder_picture", "narrow_ladder"]

_TOP, _STEP = 76, 62
_LEFT, _LOOP = 60, 30
_SPACES = ((3, 300), (5, 236))
"""(most hosts, space between two), the rest :data:`_TIGHT_SPACE`."""
_TIGHT_SPACE = 200
_NARROW = 330
"""Width of the drawing for a phone."""
_NARROW_LEFT, _NARROW_LOOP, _NARROW_SPACE, _NARROW_LEAST, _NARROW_LANES = 30, 14, 24, 10, 130
"""The last is the width of all lanes together: many hosts move closer, but no closer than the one before."""
_GLYPH = 6.2
"""Width of a letter at the drawing's text size, rather too wide than too narrow."""
_BOLD_GLYPH = 7.2
"""The same of a bold one: nothing stands beyond the narrow drawing that a long line could reach into."""
MOST: Final = 40
"""Hops that are drawn; the list below the picture has them all."""


@dataclass(frozen=True, slots=True)
class Column:
    """A host, or the Alexa app before all of them; ``name`` is empty where only the letter finds room."""

    x: int
    name: str
    letter: str | None
    colour: int | None


@dataclass(frozen=True, slots=True)
class Arrow:
    """A hop. ``path`` is its line, ``head`` its point, ``lines`` what stands at it."""

    path: str
    head: str
    y: int
    text_x: int
    anchor: Literal["start", "end"]
    title: str
    detail: str
    state: str | None
    """What became of the state; None where no state was followed."""
    fate: Literal["right", "wrong", "none"]
    tone: Literal["links", "moved", "fails"]


@dataclass(frozen=True, slots=True)
class LadderPicture:
    """The whole drawing."""

    width: int
    height: int
    columns: tuple[Column, ...]
    arrows: tuple[Arrow, ...]
    radius: int
    """Of the dots above the columns."""
    undrawn: int
    """Hops that found no room."""
    words: str
    """The drawing for those who do not see it."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """Where everything stands."""

    width: int
    left: int
    space: int
    loop: int
    text_x: int | None
    """Where every text begins; None where it stands at its arrow."""

    def name(self, host: str) -> str:
        """What stands above the column of ``host``."""
        return _short(host or "no host", int((self.space - 34) / _GLYPH)) if self.text_x is None else ""

    def room(self, start: int, end: int) -> int:
        """Letters that fit beside the arrow from ``start`` to ``end``."""
        if self.text_x is not None:
            return int((self.width - self.text_x) / _BOLD_GLYPH)
        return int((self.space - self.loop - 24 if start == end else abs(end - start) - 32) / _GLYPH)


def ladder_picture(drawn: Drawing, followed: bool, linked: bool) -> LadderPicture | None:
    """The picture of ``drawn``; ``followed`` says whether the state was. None where no page was opened.

    The arrival of a case that is not ``linked`` is no success, whatever it brought.
    """
    lanes = len(drawn.lanes)
    space = next((space for most, space in _SPACES if lanes <= most), _TIGHT_SPACE)
    return _picture(drawn, _Plan(_LEFT + (lanes + 1) * space, _LEFT, space, _LOOP, None), followed, linked)


def narrow_ladder(drawn: Drawing, followed: bool, linked: bool) -> LadderPicture | None:
    """The same for a phone: lanes close together under their letters, and all that is said to the right of them."""
    space = max(_NARROW_LEAST, min(_NARROW_SPACE, _NARROW_LANES // max(1, len(drawn.lanes))))
    text_x = _NARROW_LEFT + len(drawn.lanes) * space + _NARROW_LOOP + 8
    return _picture(drawn, _Plan(_NARROW, _NARROW_LEFT, space, _NARROW_LOOP, text_x), followed, linked)


def _picture(drawn: Drawing, plan: _Plan, followed: bool, linked: bool) -> LadderPicture | None:
    if not drawn.rungs:
        return None
    places = {lane.host: plan.left + (n + 1) * plan.space for n, lane in enumerate(drawn.lanes)}
    app = Column(plan.left, "Alexa app", None, None)
    columns = [Column(places[one.host], plan.name(one.host), one.letter, one.colour) for one in drawn.lanes]
    arrows = [_arrow(rung, n, places, plan, followed, linked) for n, rung in enumerate(drawn.rungs[:MOST])]
    return LadderPicture(
        width=plan.width,
        height=_TOP + len(arrows) * _STEP + 10,
        columns=(app, *columns),
        arrows=tuple(arrows),
        radius=min(11, plan.space // 2 - 1),
        undrawn=len(drawn.rungs) - len(arrows),
        words=_words(drawn, followed),
    )


def _arrow(rung: Rung, n: int, places: dict[str, int], plan: _Plan, followed: bool, linked: bool) -> Arrow:
    start = places[rung.came_from.host] if rung.came_from else plan.left
    end, y = places[rung.lane.host], _TOP + n * _STEP + 14
    loop, right = start == end, end >= start
    room = plan.room(start, end)
    if loop:
        path = f"M{start} {y - 12}h{plan.loop - 8}q8 0 8 8v8q0 8 -8 8h-{plan.loop - 12}"
        head, text_x = _head(start, y + 12, False), start + plan.loop + 8
    else:
        path = f"M{start} {y}H{end - 5 if right else end + 5}"
        head, text_x = _head(end, y, right), start + 14 if right else start - 14
    title, detail = _said(rung)
    state, fate = _state(rung, followed)
    return Arrow(
        path=path,
        head=head,
        y=y,
        text_x=text_x if plan.text_x is None else plan.text_x,
        anchor="start" if right or plan.text_x is not None else "end",
        title=_short(title, room),
        detail=_short(detail, room),
        state=_short(state, room) if state else None,
        fate=fate,
        tone=_tone(rung, linked),
    )


def _head(x: int, y: int, right: bool) -> str:
    back = -9 if right else 9
    return f"{x},{y} {x + back},{y - 5} {x + back},{y + 5}"


def _said(rung: Rung) -> tuple[str, str]:
    hop = rung.hop
    path = hop.url.partition("://")[2].partition("/")[2].partition("?")[0].partition("#")[0]
    how = HOWS.get(hop.how, hop.how)
    title = f"{hop.n}  {hop.method} /{path}"
    answer = "the answer to Alexa" if hop.arrival else str(hop.status) if hop.status is not None else "no answer"
    sizes = [size(hop.head_bytes)] if hop.head_bytes is not None else []
    times = [milliseconds(hop.time_ms)] if hop.time_ms is not None else []
    # The arrow that leaves the app says by itself who opened it.
    return title, " · ".join([answer, *times, *sizes, *([how] if rung.came_from else [])])


def _state(rung: Rung, followed: bool) -> tuple[str | None, Literal["right", "wrong", "none"]]:
    if not followed:
        return None, "none"
    bad = next((note for note in rung.state if not note.right), None)
    if bad is not None:
        return f"✗ state {bad.text}", "wrong"
    return ("✓ state unchanged", "right") if rung.state else ("state not seen", "none")


def _tone(rung: Rung, linked: bool) -> Literal["links", "moved", "fails"]:
    status = rung.hop.status
    if rung.hop.arrival:
        return "links" if linked else "moved"
    if status is None or status >= 400:
        return "fails"
    return "moved" if status >= 300 else "links"


def _words(drawn: Drawing, followed: bool) -> str:
    hops = f"{len(drawn.rungs)} {'hop' if len(drawn.rungs) == 1 else 'hops'}"
    hosts = f"{len(drawn.lanes)} {'host' if len(drawn.lanes) == 1 else 'hosts'}"
    wrong = next((rung.hop.n for rung in drawn.rungs if rung.wrong), None)
    fate = f"the state is changed from hop {wrong} on" if wrong is not None else "the state is never seen changed"
    return f"Redirect ladder: {hops} over {hosts}{f'; {fate}' if followed else ''}. The list below says the same."


def _short(text: str, most: int) -> str:
    plain = visible(text[: most + 1])
    return plain if len(plain) <= most else f"{plain[: max(1, most - 1)]}…"
