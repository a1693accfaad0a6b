"""Finding many values in a large text at once, in any of their forms.

A value may stand in thousands of forms, so the text is not searched once for each. It is read once in blocks of eight
bytes: where a needle of fifteen bytes or more stands, one of its first eight windows is such a block, so that a needle
none of whose windows is among the blocks is not there. Only the few that may be there are searched for.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from struct import Struct

from e2e_linker.evidence.encodings import View, spellings, unescaped

__all__ = ["Hit", "Index", "Strength", "strength_of", "views_of"]

_ROUNDS = 4
"""Layers of escapes that are undone: percent twice, within something else that was percent-encoded twice."""
_FOLD = bytes.maketrans(b"-_", b"+/")
_STANDARD = re.compile(rb"[A-Za-z0-9+/]*")
_STRETCH = 1 << 18
"""Bytes that are read at once, a multiple of eight. What may be there is searched for there only: a text in which
thousands of values stand, each in another place, is not gone through once for each of them."""


class Strength(Enum):
    """How far a value may be believed when its characters are met somewhere."""

    UNIQUE = "unique"
    """Eight characters or more: wherever they stand, they are the value."""
    SHORT = "short"
    """Four to seven mixed characters: the value only where no letter or digit touches it."""
    ORDINARY = "ordinary"
    """A short number or a plain word, such as ``password`` or ``123456``: the value only where it stands for itself in
    running text or as a field, not in a host, a path or an identifier; and its presence alone proves nothing."""


_WORDLIKE = re.compile(r"[A-Z]?[a-z]+(?:[ _-][a-z]+)*|[A-Z]+")


def strength_of(value: str) -> Strength:
    """How far the characters of ``value`` may be believed."""
    if (value.isdigit() and len(value) < 12) or (len(value) < 16 and _WORDLIKE.fullmatch(value)):
        return Strength.ORDINARY
    return Strength.UNIQUE if len(value) >= 8 else Strength.SHORT


_LETTER_BEFORE = (
    rb"[\x80-\xfe](?<!\xc2[\x80-\xbf])(?<!\xe2[\x80-\xaf\xb8-\xbf][\x80-\xbf])(?<!\xe3\x80[\x80-\xbf])"
    rb"(?<!\xef\xbc[\x80-\x8f\x9a-\xa0\xbb-\xbf])(?<!\xef\xbd[\x80\x9b-\xa5])(?<!\xef\xbb\xbf)(?<!\xef\xbf[\x80-\xbf])"
)
_LETTER_AFTER = (
    rb"(?!\xc2|\xe2[\x80-\xaf\xb8-\xbf]|\xe3\x80|\xef\xbc[\x80-\x8f\x9a-\xa0\xbb-\xbf]|\xef\xbd[\x80\x9b-\xa5]"
    rb"|\xef\xbb\xbf|\xef\xbf)[\x80-\xfe]"
)
"""Letters beyond ASCII in UTF-8, which common quotes, dashes, dots, blanks and signs are not."""
_GLUED = {
    Strength.SHORT: (
        re.compile(rb"(?:[A-Za-z0-9]|" + _LETTER_BEFORE + rb")\Z"),
        re.compile(rb"[A-Za-z0-9]|" + _LETTER_AFTER),
    ),
    Strength.ORDINARY: (
        re.compile(rb"(?:[\w.-]|//|" + _LETTER_BEFORE + rb")\Z"),
        re.compile(rb"[\w-]|[.:]\w|" + _LETTER_AFTER),
    ),
}


@dataclass(slots=True, frozen=True)
class Hit:
    """A value found: where in the source text, and under which key."""

    start: int
    end: int
    key: str


@dataclass(slots=True, frozen=True, eq=False)
class _Needle:
    folded: bytes
    """What is searched for, with the base64url alphabet folded into that of base64."""
    exact: bytes
    """The form itself, or the bytes that must come out of base64."""
    key: str
    strength: Strength
    shift: int = -1
    """How many bytes of its group of three stand before it in base64; -1 for a form that is not in base64."""

    def spans(self, data: bytes, folded: bytes, begin: int, end: int) -> Iterator[tuple[int, int]]:
        """The places of ``data`` that begin in ``begin:end``, left to right, none overlapping another."""
        last = end + len(self.folded) - 1
        place = folded.find(self.folded, begin, last)
        while place >= 0:
            span = self._plain(data, place) if self.shift < 0 else self._wrapped(folded, place)
            if span:
                yield span
            place = folded.find(self.folded, max(span[1], place + 1) if span else place + 1, last)

    def _plain(self, data: bytes, place: int) -> tuple[int, int] | None:
        end = place + len(self.exact)
        if data[place:end] != self.exact or self._glued(data[max(0, place - 3) : place], data[end : end + 3]):
            return None
        return place, end

    def _wrapped(self, folded: bytes, place: int) -> tuple[int, int] | None:
        group = place - (0, 2, 3)[self.shift]
        length = self.shift + len(self.exact)
        stop = group + -(-length * 8 // 6)
        decoded = _decoded(folded[group:stop]) if group >= 0 else b""
        if decoded[self.shift : length] != self.exact:
            return None
        if self.strength is not Strength.UNIQUE:
            before = _decoded(folded[max(0, group - 4) : group]) + decoded[: self.shift]
            after = _decoded(folded[group : group - (-length // 3) * 4 + 4].partition(b"=")[0])[length:]
            if self._glued(before, after):
                return None
        while folded[stop : stop + 1] == b"=":
            stop += 1
        return group + self.shift, stop

    def _glued(self, before: bytes, after: bytes) -> bool:
        if self.strength is Strength.UNIQUE:
            return False
        head, tail = _GLUED[self.strength]
        return bool(head.search(before) or tail.match(after))


def _decoded(chars: bytes) -> bytes:
    """What characters of base64 decode to, empty where they are none; an incomplete last byte is left out."""
    if not _STANDARD.fullmatch(chars):
        return b""
    return binascii.a2b_base64(chars + b"A" * (-len(chars) % 4))[: len(chars) * 6 // 8]


def _core(form: bytes, shift: int) -> bytes:
    """The characters of base64 that depend on ``form`` alone when ``shift`` bytes stand before it in its group."""
    whole = base64.b64encode(b"\0" * shift + form)
    return whole[(0, 2, 3)[shift] : (shift + len(form)) * 8 // 6]


def _needles(forms: tuple[bytes, ...], key: str, strength: Strength, *, wrapped: bool) -> Iterator[_Needle]:
    for form in forms:
        yield _Needle(form.translate(_FOLD), form, key, strength)
    if not wrapped:
        return
    plain = forms[0]
    inner = [_core(plain, shift) for shift in range(3)] if len(plain) >= 6 else []
    inner += [core.translate(bytes.maketrans(b"+/", b"-_")) for core in inner]
    for form in dict.fromkeys((*forms, *inner)):
        for shift in range(3):
            if len(core := _core(form, shift)) >= 4:
                yield _Needle(core, form, key, strength, shift)


def views_of(data: bytes) -> list[View]:
    """``data`` as it stands, then with one layer of escapes after the other undone."""
    views = [View(data)]
    while len(views) <= _ROUNDS and (view := unescaped(views[-1])):
        views.append(view)
    return views


class Index:
    """Needles to be found together. Values may be added while other threads search."""

    def __init__(self) -> None:
        self._long: dict[int, list[_Needle]] = {}
        self._middle: dict[int, list[_Needle]] = {}
        self._short: list[_Needle] = []
        self._caseless: list[_Needle] = []

    def add(
        self,
        value: str,
        key: str,
        strength: Strength,
        *,
        wrapped: bool = True,
        caseless: bool = False,
        encoded: bool = True,
    ) -> None:
        """Search for ``value`` from now on, unless not ``encoded`` in every form; with ``wrapped`` also inside base64.

        With ``caseless`` also in capitals or without, unless it is a plain word, which may be a label then; what is one
        without its capitals may be part of a host or an identifier (``BrightBulb``).
        """
        lowered = value.encode("utf-8", "surrogatepass").lower()
        if caseless and strength is not Strength.ORDINARY and lowered not in [one.exact for one in self._caseless]:
            self._caseless.append(_Needle(lowered, lowered, key, strength_of(value.lower())))
        forms = spellings(value) if encoded else (value.encode("utf-8", "surrogatepass"),)
        for needle in _needles(forms, key, strength, wrapped=wrapped):
            text = needle.folded
            if len(text) >= 15:
                _file(self._long, text, needle, _EIGHT)
            elif len(text) >= 7:
                _file(self._middle, text, needle, _FOUR)
            else:
                self._short.append(needle)

    def hits(self, views: Iterable[View], *, ordinary: bool = True) -> Iterator[Hit]:
        """Every place where a value stands in one of ``views``, in places of the first.

        ``ordinary`` says whether plain words and short numbers count. A value may be reported more than once.
        """
        for view in views:
            lowered = view.data.lower() if self._caseless else b""
            for needle in tuple(self._caseless):
                if needle.strength is Strength.ORDINARY and not ordinary:
                    continue
                for first, last in needle.spans(lowered, lowered, 0, len(lowered)):
                    yield Hit(*view.source(first, last), needle.key)
            folded = view.data.translate(_FOLD)
            for begin in range(0, len(folded), _STRETCH):
                end = begin + _STRETCH
                for needle in self._candidates(folded, begin, end):
                    if needle.strength is Strength.ORDINARY and not ordinary:
                        continue
                    for first, last in needle.spans(view.data, folded, begin, end):
                        yield Hit(*view.source(first, last), needle.key)

    def _candidates(self, folded: bytes, begin: int, end: int) -> Iterable[_Needle]:
        """What may begin in ``begin:end``."""
        found: dict[_Needle, None] = {}
        # The block that gives a needle away may end fifteen bytes behind the needle's first.
        read = memoryview(folded)[begin : end + 16]
        eights = read[: len(read) // 8 * 8].cast("Q")
        fours = read[: len(read) // 4 * 4].cast("I")
        for filed, blocks in ((self._long, eights), (self._middle, fours)):
            for block in filed.keys() & blocks:
                found.update(dict.fromkeys(filed[block]))
        for needle in tuple(self._short):
            if folded.find(needle.folded, begin, end + len(needle.folded) - 1) >= 0:
                found[needle] = None
        return found


_EIGHT = Struct("=Q")
_FOUR = Struct("=I")


def _file(filed: dict[int, list[_Needle]], text: bytes, needle: _Needle, unit: Struct) -> None:
    for offset in range(unit.size):
        filed.setdefault(unit.unpack_from(text, offset)[0], []).append(needle)
