"""One-time codes that a page takes to pieces: a character for each of several boxes, or in groups of some characters.

Boxes are sent as fields of one character each (``d0=4&d1=8&…``, ``{"d0": "4", …}``, ``[4, 8, …]``, multipart). A run of
such values is a code where it spells the whole of it and nothing else; of values that stand beside each other, those
belong together whose names differ in their number only. Each is then hidden by itself, so that the request can be read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from e2e_linker.evidence.encodings import View
from e2e_linker.evidence.needles import Hit, Index, Strength, strength_of
from e2e_linker.evidence.traffic import Param

__all__ = ["SpeltCodes"]

_KINDS = frozenset({"totp", "otp"})
_APART = re.compile(r"[\s-]")
_CODE = re.compile(r"[0-9A-Za-z]{4,16}")
_FEWEST_IN_GROUPS = 6
"""Characters of a code that is looked for in groups: ``48-29`` is met everywhere."""
_SAME_SEPARATOR = rb"([ +-]|%20|\xc2\xa0|&nbsp;)"
_BEFORE = re.compile(rb"[0-9]" + _SAME_SEPARATOR + rb"\Z")
_AFTER = re.compile(_SAME_SEPARATOR + rb"[0-9]")

_FIELD_NAME = rb"[^&=\s\"'<>\xff]{0,80}"
_FIELDS = re.compile(
    rb"=[0-9A-Za-z](?:(?:&(?:amp;)?|\r?\n)" + _FIELD_NAME + rb"=[0-9A-Za-z]){3,}(?![\w%+.~\x80-\xfe-])"
)
_FIELD = re.compile(rb"(?P<name>" + _FIELD_NAME + rb")=(?P<value>[0-9A-Za-z])(?![\w%+.~\x80-\xfe-])")

_VALUE = rb'(?:"[0-9A-Za-z]"|[0-9](?![0-9.eE]))'
_KEY = rb'"[^"\\\xff]{1,60}"\s*:\s*'
_OTHER = _KEY + rb'(?:"[^"\\\xff]{2,60}"|true|false|null|-?[0-9]{2,15})'
"""A member that holds something else, such as the name in ``{"name": "d1", "value": "8"}``."""
_BORDER = rb"(?:\s*,\s*" + _OTHER + rb"){0,2}\s*\}\s*,\s*\{\s*(?:" + _OTHER + rb"\s*,\s*){0,2}"
_MEMBERS = re.compile(rb":\s*" + _VALUE + rb"(?:(?:\s*,\s*|" + _BORDER + rb")" + _KEY + _VALUE + rb"){3,}")
_MEMBER = re.compile(
    rb'(?:"name"\s*:\s*"(?P<field>[^"\\\xff]{2,60})"\s*,\s*)?'
    rb'"(?P<name>[^"\\\xff]{1,60})"\s*:\s*(?:"(?P<value>[0-9A-Za-z])"|(?P<number>[0-9])(?![0-9.eE]))'
)
_ITEMS = re.compile(rb"\[\s*" + _VALUE + rb"(?:\s*,\s*" + _VALUE + rb"){3,}(?!\s*,)")
_ITEM = re.compile(rb'(?P<name>)"?(?P<value>[0-9A-Za-z])')

_PART = rb"; name=\"[^\"\r\n\xff]{0,80}\"(?:\r?\n[^\r\n\xff]+){0,4}\r?\n\r?\n[0-9A-Za-z]\r?\n--"
_PARTS = re.compile(_PART + rb"(?:[^\r\n\xff]+\r?\n[^\r\n\xff]+?" + _PART + rb"){3,}")
_ONE_PART = re.compile(
    rb"; name=\"(?P<name>[^\"\r\n\xff]{0,80})\"(?:\r?\n[^\r\n\xff]+){0,4}\r?\n\r?\n(?P<value>[0-9A-Za-z])\r?\n--"
)

_LOOKING_BACK = 160
"""Bytes before a run in which the name of its first value stands."""
_MOST = 200
"""Values of a run that are looked at: a page has no more boxes, and tables of thousands of numbers cost time."""
_FORMS = (
    (_FIELDS, _FIELD, b"="),
    (_MEMBERS, _MEMBER, b":"),
    (_ITEMS, _ITEM, b","),
    (_PARTS, _ONE_PART, b"form-data"),
)
"""What a run looks like, what one of its values, and what stands between two of them at least."""
_NUMBERING = re.compile(
    r"[0-9]+|first|second|third|fourth|fifth|sixth|seventh|eighth|one|two|three|four|five|six|seven|eight|(?:^|[_.-])[a-z]$"
)


class SpeltCodes:
    """The one-time codes of a run by their characters. Codes may be added while other threads search."""

    def __init__(self) -> None:
        self._labels: dict[str, str] = {}
        self._grouped: dict[str, str] = {}
        """The label by the key under which a code in groups is searched for."""

    def add(self, value: str, label: str, kind: str, index: Index) -> None:
        """Look out for ``value`` where ``kind`` says that it is a one-time code; ``index`` finds its groups."""
        code = _APART.sub("", value)
        if kind not in _KINDS or code in self._labels or not _CODE.fullmatch(code):
            return
        self._labels[code] = label
        if code != value:
            index.add(code, label, strength_of(code))
        key = f"{label} in groups"
        self._grouped[key] = label
        for text in _in_groups(code):
            if text != value:
                index.add(text, key, Strength.ORDINARY, wrapped=False)

    def settled(self, data: bytes, hits: Iterable[Hit]) -> Iterator[Hit]:
        """``hits`` in ``data`` by the labels of their codes, less those groups that are part of a longer number."""
        for hit in hits:
            if hit.key not in self._grouped:
                yield hit
            elif not (
                _BEFORE.search(data[max(0, hit.start - 8) : hit.start]) or _AFTER.match(data[hit.end : hit.end + 8])
            ):
                yield Hit(hit.start, hit.end, self._grouped[hit.key])

    def hits(self, views: Iterable[View]) -> Iterator[Hit]:
        """The values of one character that spell a code in one of ``views``, in places of the first."""
        if not self._labels:
            return
        enough = range(min(map(len, tuple(self._labels))) - 1, _MOST)
        for view in views:
            for run, value, sign in _FORMS:
                for found in run.finditer(view.data):
                    if view.data.count(sign, *found.span()) not in enough:
                        continue
                    for start, end, label in self._values(view.data, found, value):
                        yield Hit(*view.source(start, end), label)

    def hidden(self, fields: tuple[Param, ...]) -> tuple[Param, ...]:
        """``fields`` with those hidden that spell a code; the same object where none does."""
        if not (labels := self.labels([(field.name, field.value) for field in fields])):
            return fields
        return tuple(
            field.model_copy(update={"value": labels[n]}) if n in labels else field for n, field in enumerate(fields)
        )

    def labels(self, fields: Sequence[tuple[str, str]]) -> dict[int, str]:
        """The label by the place of each of ``fields``, given as names and values, that spells a code with others."""
        found: dict[int, str] = {}
        if self._labels and len(fields) >= 4:
            for single, run in groupby(range(len(fields)), lambda n: len(fields[n][1]) == 1):
                places = list(run) if single else []
                found |= {places[n]: label for n, label in self._spelt([fields[n] for n in places])}
        return found

    def _values(self, data: bytes, run: re.Match[bytes], value: re.Pattern[bytes]) -> Iterator[tuple[int, int, str]]:
        start = run.start()
        begin = max(0, start - _LOOKING_BACK)
        # The run begins behind the name of its first value.
        first = [found for found in value.finditer(data, begin, run.end()) if found.end() > start]
        places = [found.span("value") if found["value"] else found.span("number") for found in first]
        pairs = []
        for found, place in zip(first, places, strict=True):
            field = found["field"] if "field" in value.groupindex else None
            name = (field or found["name"]).decode("utf-8", "replace")
            pairs.append((name, data[slice(*place)].decode()))
        for n, label in self._spelt(pairs):
            yield (*places[n], label)

    def _spelt(self, pairs: Sequence[tuple[str, str]]) -> Iterator[tuple[int, str]]:
        """Which of the values of one character, given with their names, spell a code, and its label."""
        alike: dict[str, list[int]] = {}
        for n, (name, _) in enumerate(pairs):
            alike.setdefault(_NUMBERING.sub("", name.lower()), []).append(n)
        for places in (list(range(len(pairs))), *(alike.values() if len(alike) > 1 else ())):
            label = self._labels.get("".join(pairs[n][1] for n in places))
            if label:
                yield from ((n, label) for n in places)


def _in_groups(code: str) -> Iterator[str]:
    """``code`` as people read it out: in halves, in threes, in pairs."""
    length = len(code)
    if length < _FEWEST_IN_GROUPS or not re.search("[0-9]", code):
        return
    halves = {length // 2, length - length // 2}
    for size in sorted({*halves, *([3] if length % 3 == 0 else [])}):
        first = [code[:size], code[size:]] if size in halves else [code[n : n + 3] for n in range(0, length, 3)]
        yield from (joint.join(first) for joint in (" ", "-", "\u00a0"))
    if length % 2 == 0:
        yield " ".join(code[n : n + 2] for n in range(0, length, 2))
