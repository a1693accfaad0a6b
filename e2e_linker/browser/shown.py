"""What a page shows, in words for messages."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set

from e2e_linker.browser.controls import View
from e2e_linker.evidence.page import BROWSERS_OWN
from e2e_linker.model import host_of

__all__ = ["describe", "is_own", "lines_shown", "new_lines", "quoted", "server_of"]

_MOST_NAMED = 8
_MOST_LINES = 3
_EXCERPT = 200
_DIGITS = re.compile(r"\d+")
_WORD = re.compile(r"[^\W\d_]{2}")


def is_own(view: View) -> bool:
    """Whether an engine shows a page of its own: none of its words are the server's."""
    return view.main.url.startswith(BROWSERS_OWN)


def server_of(view: View) -> str:
    """The host that a page came from, or what stands for it where an engine shows a page of its own instead."""
    return "the server" if is_own(view) else host_of(view.main.url)


def describe(view: View | None) -> str:
    """What a page shows, in one sentence: host, title, fields and buttons, the beginning of its text."""
    if view is None:
        return "the window shows no page"
    fields = _named("fields", [c.title for c in view.controls if c.kind == "field" and c.visible])
    buttons = _named("buttons and links", [c.title for c in view.controls if c.pressable])
    hidden = _hidden(view)
    text = " ".join(view.main.text.split())[:_EXCERPT]
    title = f"“{view.main.title}”" if view.main.title else "a page without a title"
    who = "the browser itself" if is_own(view) else host_of(view.main.url) or view.main.url
    return f"{who} shows {title} with {fields} and {buttons}{hidden}" + (
        f"; its text begins “{text}”" if text else "; it has no visible text"
    )


def lines_shown(view: View) -> frozenset[str]:
    """The lines of a page, and what it marks as a complaint, without digits: clocks go on. Never empty."""
    lines = (line for frame in view.frames for line in frame.text.split("\n"))
    return frozenset({"", *map(_bare, lines), *view.complaints})


def new_lines(view: View, before: Set[str]) -> tuple[str, ...]:
    """The first lines of a page that are none of ``before``, as :func:`lines_shown` told it; none where it is empty.

    What a field or a button is called tells nothing.
    """
    named = {c.label for c in view.controls}
    lines = (line.strip() for frame in view.frames for line in frame.text.split("\n"))
    new = (line for line in lines if before and _bare(line) not in before and line not in named)
    return tuple(dict.fromkeys(line[:_EXCERPT] for line in new if _WORD.search(line)))[:_MOST_LINES]


def quoted(words: Sequence[str]) -> str:
    """The first of ``words``, those of a page, each in quotation marks."""
    return " / ".join(f"“{word}”" for word in words[:_MOST_LINES])


def _bare(line: str) -> str:
    return _DIGITS.sub("", line).strip()


def _hidden(view: View) -> str:
    """What is there and of no use to a person, and why."""
    held = [c for c in view.controls if c.kind in {"field", "button"}]
    reasons = (
        ("; out of reach, where the page does not scroll: ", [c.title for c in held if c.out_of_reach]),
        ("; in the colour of the background: ", [c.title for c in held if c.faint]),
        ("; covered: ", [f"{c.title} by {c.covered_by}" for c in held if c.visible and c.covered_by]),
    )
    return "".join(f"{why}{', '.join(dict.fromkeys(titles[:_MOST_NAMED]))}" for why, titles in reasons if titles)


def _named(what: str, titles: Sequence[str]) -> str:
    distinct = list(dict.fromkeys(titles))
    if not distinct:
        return f"no {what}"
    more = f" and {len(distinct) - _MOST_NAMED} more" if len(distinct) > _MOST_NAMED else ""
    return f"{what} {', '.join(distinct[:_MOST_NAMED])}{more}"
