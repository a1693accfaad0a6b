"""What the beginning of an HTML document says, read without a browser: for answers of which there is no screen."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from html.parser import HTMLParser

__all__ = ["Markup", "read_markup"]

_MUTE = frozenset({"script", "style", "noscript", "template", "svg", "textarea", "select"})
_HEADINGS = frozenset({"h1", "h2", "h3"})
_ICONS = frozenset({"icon", "apple-touch-icon", "apple-touch-icon-precomposed", "mask-icon"})
"""Relations of links to what stands for the page where it is not shown."""
_READ = 64 * 1024
"""Characters that are read: the standard parser takes minutes for a long text with tags that have no end."""


@dataclass(frozen=True, slots=True)
class Markup:
    """Title, headings and text, blanks squeezed; what scripts would add or hide is not known here."""

    title: str
    headings: tuple[str, ...]
    text: str
    policies: tuple[str, ...]
    """Content of the document's own ``Content-Security-Policy`` meta elements."""
    password_field: bool
    most_submits: int = 0
    """How many buttons send one and the same form, of that with the most; forms that only ask (GET) do not count."""
    icons: tuple[str, ...] = ()
    """Addresses of the icons that it links for its tab, as they stand there."""
    images: tuple[str, ...] = ()
    """Addresses of its images, as they stand there."""

    @property
    def texts(self) -> tuple[str, ...]:
        """All that it says: title, headings and text."""
        return self.title, *self.headings, self.text


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.titles: list[str] = []
        self.headings: list[str] = []
        self.policies: list[str] = []
        self.password_field = False
        self.submits: list[int] = []
        self.icons: list[str] = []
        self.images: list[str] = []
        self._posting = False
        self._mute: list[str] = []
        self._within: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in _MUTE:
            self._mute.append(tag)
        elif (tag == "title" or tag in _HEADINGS) and not self._mute:
            self._within = tag
            (self.titles if tag == "title" else self.headings).append("")
        elif tag == "form":
            self._posting = given.get("method", "").strip().lower() == "post"
            self.submits.append(0)
        elif tag in {"input", "button"}:
            shape = given.get("type", "submit" if tag == "button" else "").strip().lower()
            self.password_field |= (tag, shape) == ("input", "password")
            if self._posting and shape in {"submit", "image"}:
                self.submits[-1] += 1
        elif tag == "link" and not _ICONS.isdisjoint(given.get("rel", "").lower().split()):
            self.icons.append(given.get("href", ""))
        elif tag == "img":
            self.images.append(given.get("src", ""))
        elif (
            tag == "meta"
            and not self._mute
            and given.get("http-equiv", "").strip().lower() == "content-security-policy"
        ):
            self.policies.append(given.get("content", ""))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _MUTE:
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        self._posting &= tag != "form"
        if tag in self._mute:
            del self._mute[self._mute.index(tag) :]
        elif tag == self._within:
            self._within = None

    def handle_data(self, data: str) -> None:
        if self._mute:
            return
        if self._within == "title":
            self.titles[-1] += data
            return
        if self._within is not None:
            self.headings[-1] += data
        self.pieces.append(data)


@lru_cache(maxsize=256)
def read_markup(text: str) -> Markup:
    """``text`` read as HTML, however broken or cut off; plain text and JSON are text without a title."""
    reader = _Reader()
    try:
        reader.feed(text[:_READ])
        reader.close()
    except AssertionError:
        # The standard parser gives up on some malformed declarations: what came before them still counts.
        reader.pieces.append("")
    return Markup(
        title=_squeezed("".join(reader.titles[:1])),
        headings=tuple(filter(None, map(_squeezed, reader.headings))),
        text=_squeezed(" ".join(reader.pieces)),
        policies=tuple(reader.policies),
        password_field=reader.password_field,
        most_submits=max(reader.submits, default=0),
        icons=tuple(reader.icons),
        images=tuple(reader.images),
    )


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()
