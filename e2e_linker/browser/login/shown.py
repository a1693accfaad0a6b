"""What a page shows, in words for messages."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from urllib.parse import parse_qsl, urlsplit

from e2e_linker.browser.login.words import Text
from e2e_linker.browser.pages.controls import View
from e2e_linker.evidence.cutting import cut
from e2e_linker.evidence.page import BROWSERS_OWN
from e2e_linker.model import host_of

__all__ = [
    "describe",
    "is_own",
    "lines_shown",
    "new_complaints",
    "new_lines",
    "quoted",
    "server_of",
    "unread",
    "why_lost",
]

_MOST_NAMED = 8
_MOST_LINES = 3
_EXCERPT = 200
_LONGEST_NAME = 60
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
    text = _excerpt(" ".join(view.main.text.split()))
    title = f"“{view.main.title}”" if view.main.title else "a page without a title"
    who = "the browser itself" if is_own(view) else host_of(view.main.url) or view.main.url
    return f"{who} shows {title} with {fields} and {buttons}{hidden}" + (
        f"; its text begins “{text}”" if text else unread(view) or "; it has no visible text"
    )


def unread(view: View) -> str:
    """Where a page without a text may show one that nobody can read from outside, in words; empty for all others."""
    if view.main.text.strip() or any(c.pressable or (c.kind == "field" and c.visible) for c in view.controls):
        return ""
    names = dict.fromkeys(cut(name, _LONGEST_NAME) for frame in view.frames for name in frame.unread)
    return f"; what it says, if anything, is drawn by {', '.join(names)} and cannot be read from outside" * bool(names)


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
    return tuple(dict.fromkeys(_excerpt(line) for line in new if _WORD.search(line)))[:_MOST_LINES]


def new_complaints(view: View, known: Set[str], before: Set[str]) -> list[str]:
    """What a page marks as a complaint and is none of ``known``, nor a word that the login went well.

    Nor what a field is called that stood there ``before``, as :func:`lines_shown` told it: many a page turns it red.
    """
    named = {c.label for c in view.controls if _bare(c.label) in before}
    return [text for text in view.complaints if not (text in known or text in named or _lets_in(text))]


def _lets_in(text: str) -> bool:
    said = Text(text)
    return said.about("let_in") and not said.about_any("rejected", "login_failed")


def quoted(words: Sequence[str]) -> str:
    """The first of ``words``, those of a page, each in quotation marks."""
    return " / ".join(f"“{word}”" for word in words[:_MOST_LINES])


def _excerpt(text: str) -> str:
    """The beginning of ``text``; a sign that there is one, where it is one endless word that must not be cut."""
    return cut(text, _EXCERPT) or "…" * bool(text)


def _bare(line: str) -> str:
    return _DIGITS.sub("", line).strip()


def _hidden(view: View) -> str:
    """What is there and of no use to a person, and why."""
    held = [c for c in view.controls if c.kind in {"field", "button"}]
    reasons = (
        ("; out of reach, where the page does not scroll: ", [c.title for c in held if c.out_of_reach]),
        ("; in the colour of the background: ", [c.title for c in held if c.faint]),
        (
            "; still to be chosen, in a list that the page draws: ",
            [c.title for c in held if c.type == "combobox" and c.unfit],
        ),
        ("; covered: ", [f"{c.title} by {c.covered_by}" for c in held if c.visible and c.covered_by]),
    )
    return "".join(f"{why}{', '.join(dict.fromkeys(titles[:_MOST_NAMED]))}" for why, titles in reasons if titles)


def _named(what: str, titles: Sequence[str]) -> str:
    distinct = list(dict.fromkeys(titles))
    if not distinct:
        return f"no {what}"
    more = f" and {len(distinct) - _MOST_NAMED} more" if len(distinct) > _MOST_NAMED else ""
    return f"{what} {', '.join(distinct[:_MOST_NAMED])}{more}"


def why_lost(view: View) -> str:
    """Where to look first where the form of ``view`` is shown again after it was sent, a clause."""
    typed = [(view.frame_of(one).url, one.name) for one in view.controls if one.type == "password" and one.name]
    if any(name in dict(parse_qsl(urlsplit(url).query)) for url, name in typed):
        return (
            "the browser itself sent the form, with the password in the page's address (GET), as it does before a "
            "script of the page has come: keep the button disabled until then, and give the form method=post"
        )
    return "the server may have lost its session: look at its cookies"
