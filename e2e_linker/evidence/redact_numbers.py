"""Labels where JSON has a bare number: a string that says so, so that the text stays JSON and tells what stood there.

A label stands for the whole number then, with its sign, its fraction and its exponent, because what is left of a number
beside a label is no JSON either. Within a string, and in what is no JSON, a label is put in as it is.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator

from e2e_linker.evidence.needles import Hit

__all__ = ["HIDDEN_NUMBER", "quoted_in_json"]

HIDDEN_NUMBER = re.compile(r"<[a-z][a-z0-9_]*#\d+> \(a number\)")
"""What stands in JSON for a number that was hidden."""

_BEGINNING = re.compile(rb"(?:\xef\xbb\xbf)?[ \t\r\n]*[{\[]")
_PIECE = re.compile(
    rb'"[^"\\]*(?:\\.[^"\\]*)*"?|(?<![\w.+-])(?P<number>-?[0-9][0-9.eE+-]*)(?=[ \t\r\n]*(?:[,}\]]|\Z))', re.DOTALL
)
"""A string, also one that was cut off, or a number."""
_OF_NUMBERS = re.compile(rb"[0-9.eE+-]+")


def quoted_in_json(data: bytes, hits: Iterable[Hit], separator: bytes) -> Iterator[Hit]:
    """``hits``, in order, with those within bare numbers of JSON widened to the number, their keys quoted.

    ``separator`` stands between the texts that ``data`` is joined of. Several hits in one number become the first.
    """
    begin, end, numbers = 0, -1, list[tuple[int, int]]()
    done = 0
    for hit in hits:
        if hit.start < done:
            if hit.end > done:
                yield Hit(done, hit.end, hit.key)
            continue
        if not _OF_NUMBERS.fullmatch(data, hit.start, hit.end):
            yield hit
            continue
        if hit.start >= end:
            begin = data.rfind(separator, 0, hit.start) + 1
            end = data.find(separator, hit.start)
            end = len(data) if end < 0 else end
            numbers = _numbers(data, begin, end)
        place = bisect_right(numbers, (hit.start, end)) - 1
        if place < 0 or numbers[place][1] <= hit.start:
            yield hit
            continue
        first, done = numbers[place]
        yield Hit(first, done, f'"{hit.key} (a number)"')


def _numbers(data: bytes, begin: int, end: int) -> list[tuple[int, int]]:
    """Where the bare numbers stand in ``data[begin:end]``, none where that is no JSON by its beginning."""
    if not _BEGINNING.match(data, begin, end):
        return []
    return [match.span() for match in _PIECE.finditer(data, begin, end) if match["number"] is not None]
