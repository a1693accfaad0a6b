"""Secrets that a page marks up or breaks: ``abc<b>def</b>`` in its source, ``abc def`` or a line each in its text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from e2e_linker.evidence.encodings import View
from e2e_linker.evidence.needles import Hit, Index, Strength, strength_of

__all__ = ["Pieces"]

_BLANKS = b" \t\r\n\f\v"
_ATTRIBUTES = rb"(?:[^<>\"'\xff]++|\"[^\"<\xff]*+\"|'[^'<\xff]*+'|[\"'])*+"
"""A value in quotes may hold a ``>``."""
_TAG = rb"<(?:/?[A-Za-z][A-Za-z0-9:-]{0,40}+(?:[\s/]" + _ATTRIBUTES + rb")?>|!--[^<>\xff]*+(?<=--)>)"
_UNSEEN = rb"\xc2[\xa0\xad]|\xe2\x80[\x80-\x8f\xa8-\xaf]|\xe2\x81[\x9f-\xaf]|\xe3\x80\x80|\xef\xbb\xbf"
"""Signs that take no room, and the blanks that are no ASCII."""
_MARKS = (re.compile(_UNSEEN), re.compile(_UNSEEN + b"|" + _TAG))
"""Within tags, too, as in an attribute, then across them."""
_GAPS = {mark: re.compile(rb"(?:[ \t\r\n\f\v]++|" + mark.pattern + b")++") for mark in _MARKS}
_CUT = b"\xfe"
"""Never part of UTF-8: what it stands in place of is not taken for one text."""
_ANGLES = re.compile("[<>]")
_NAMES = frozenset({"username"})
"""Kinds that people write with blanks where the account has none (``Jane Doe 7``)."""


class Pieces:
    """The secrets of a run that are looked for where they are taken to pieces. Any thread may add or search."""

    def __init__(self) -> None:
        self._index = Index()

    def add(self, value: str, label: str, kind: str) -> None:
        """Look out for ``value``, unless its characters may meet by chance or could be part of a tag."""
        text = "".join(value.split())
        if strength_of(text) is Strength.UNIQUE and kind not in _NAMES and not _ANGLES.search(text):
            self._index.add(text, label, Strength.UNIQUE, wrapped=False)

    def hits(self, views: Iterable[View]) -> Iterator[Hit]:
        """Where a secret stands in one of ``views`` with gaps in it, from its first piece to its last.

        In places of the first view. Secrets that stand there whole are reported as well where one is broken.
        """
        for view in views:
            for mark in _MARKS if b"<" in view.data else _MARKS[:1]:
                yield from self._broken(view, mark)

    def _broken(self, view: View, mark: re.Pattern[bytes]) -> Iterator[Hit]:
        cut = mark.sub(_CUT, view.data)
        dense = cut.translate(None, _BLANKS + _CUT)
        if len(dense) == len(view.data):
            return
        found = {dense[hit.start : hit.end] for hit in self._index.hits([View(dense)])}
        # What is whole is cheaply told from what is broken; where each piece stood is not.
        if any(dense.count(text) > cut.count(text) for text in found):
            yield from self._index.hits([_dense(view, _GAPS[mark])])


def _dense(parent: View, gaps: re.Pattern[bytes]) -> View:
    """``parent`` without ``gaps``."""
    out: list[bytes] = []
    there, here = [0], [0]
    done = length = 0
    for gap in gaps.finditer(parent.data):
        out.append(parent.data[done : gap.start()])
        length += gap.start() - done
        done = gap.end()
        there.append(length)
        here.append(done)
    out.append(parent.data[done:])
    return View(b"".join(out), parent, tuple(there), tuple(here), b"\1" * len(there))
