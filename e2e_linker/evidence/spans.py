"""Which stretches of a text are replaced by which label."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from urllib.parse import quote

from e2e_linker.evidence.needles import Hit

__all__ = ["merged", "replaced", "without"]

_BREAKS = b" \t\r\n\f\v\"'<>`\xff"
_TO_SPACE = bytes.maketrans(_BREAKS, b" " * len(_BREAKS))


def merged(data: bytes, hits: Iterable[Hit]) -> list[Hit]:
    """Hits in order, none overlapping another; where two begin together the longer one is kept."""
    merged: list[Hit] = []
    for hit in sorted(hits, key=lambda hit: (hit.start, -hit.end)):
        start, end = hit.start, hit.end
        while 0x80 <= data[start] < 0xC0:
            start -= 1
        while end < len(data) and 0x80 <= data[end] < 0xC0:
            end += 1
        if merged and start < merged[-1].end:
            last = merged[-1]
            if end <= last.end:
                continue
            if hit.key == last.key:
                merged[-1] = Hit(last.start, end, last.key)
                continue
            start = last.end
        merged.append(Hit(start, end, hit.key))
    return merged


def _joined(spans: Iterable[tuple[int, int]]) -> tuple[list[int], list[int]]:
    """The starts and the ends of ``spans`` in order, overlapping ones made one."""
    starts: list[int] = []
    ends: list[int] = []
    for start, end in sorted(spans):
        if ends and start <= ends[-1]:
            ends[-1] = max(end, ends[-1])
        else:
            starts.append(start)
            ends.append(end)
    return starts, ends


def without(hits: Iterable[Hit], kept: Iterable[tuple[int, int]]) -> list[Hit]:
    """``hits`` less the spans ``kept``; a hit may be left in several pieces."""
    starts, ends = _joined(kept)
    left: list[Hit] = []
    for hit in hits:
        start = hit.start
        for n in range(bisect_right(ends, start), len(starts)):
            if starts[n] >= hit.end:
                break
            if starts[n] > start:
                left.append(Hit(start, starts[n], hit.key))
            start = ends[n]
        if start < hit.end:
            left.append(Hit(start, hit.end, hit.key))
    return left


def replaced(data: bytes, spans: Iterable[Hit]) -> bytes:
    """``data`` with each span replaced by its key, which is percent-encoded inside a URL."""
    out: list[bytes] = []
    done = 0
    for span in spans:
        label = quote(span.key, safe="") if _in_url(data, span.start) else span.key
        out += (data[done : span.start], label.encode())
        done = span.end
    out.append(data[done:])
    return b"".join(out)


def _in_url(data: bytes, place: int) -> bool:
    """Whether ``place`` is inside a URL, absolute or relative, where a bare ``#`` would begin the fragment."""
    before = data[max(0, place - 8192) : place]
    word = before[before.translate(_TO_SPACE).rfind(b" ") + 1 :]
    query = b"?" in word and b"=" in word
    return query or b"://" in word or b"%3a%2f%2f" in word.lower() or word.startswith((b"/", b"?"))
