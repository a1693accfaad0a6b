"""Reading a network capture (HAR 1.2) that another tool wrote, whatever state it is in.

Sources: HTTP Archive (HAR) 1.2 specification, by Jan Odvarko; the fields that Chrome, Firefox, Safari, Charles and
mitmproxy add to it. The entries are decoded one after another, so that a file that was cut off, or holds one broken
entry, still gives the others, and 200 MB need little more memory than their text.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from e2e_linker.errors import StoreError
from e2e_linker.evidence.files import storage_error
from e2e_linker.evidence.packing import read_limited, unpacked

__all__ = ["Capture", "open_capture"]

_ENTRIES = re.compile(r'"entries"\s*:\s*\[')
_NEXT = re.compile(
    r'\{\s*"(?:_[a-zA-Z]+|pageref|startedDateTime|time|request|response|cache|timings|serverIPAddress|connection'
    r'|comment)"\s*:'
)
"""How an entry may begin: its fields may come in any order."""
_SPACE = re.compile(r"[\s,]*")
_MOST_RESTARTS = 1000
"""Broken entries after which the rest of a file is given up."""
_DECODER = json.JSONDecoder(parse_constant=lambda name: None)
_PATIENT = json.JSONDecoder(parse_constant=lambda name: None, parse_int=float)
"""Takes numbers of any length: Python refuses to make whole numbers of thousands of digits."""


@dataclass(slots=True)
class Capture:
    """A capture as it was found. Iterating :meth:`entries` fills :attr:`gaps`."""

    name: str
    text: str = field(repr=False)
    creator: str = ""
    """Name and version of the tool that wrote it, and of its browser, as it says."""
    gaps: list[str] = field(default_factory=list)
    """What could not be read, in sentences."""

    def entries(self) -> Iterator[dict[str, Any]]:
        """The entries in file order; what is no entry is left out and named in :attr:`gaps`."""
        place = self._first()
        broken = 0
        while True:
            match = _SPACE.match(self.text, place)
            place = match.end() if match else place
            if place >= len(self.text):
                self.gaps.append("the file ends in the middle: it was cut off")
                break
            if self.text[place] == "]":
                break
            try:
                entry, place = _read(self.text, place)
            except (ValueError, RecursionError):
                broken += 1
                restart = _NEXT.search(self.text, place + 1) if broken < _MOST_RESTARTS else None
                if restart is None:
                    self.gaps.append("the file is damaged after its last readable entry")
                    break
                place = restart.start()
                continue
            if isinstance(entry, dict) and isinstance(entry.get("request"), dict):
                yield entry
            else:
                broken += 1
        if broken:
            left = (
                "1 entry could not be read and was" if broken == 1 else f"{broken} entries could not be read and were"
            )
            self.gaps.append(f"{left} left out")

    def _first(self) -> int:
        """Where the first entry begins: behind the ``entries`` that hold requests, not somebody else's of that name."""
        places = [match.end() for match in _ENTRIES.finditer(self.text)]
        for place in places[:100]:
            try:
                first, _ = _read(self.text, _after_space(self.text, place))
            except (ValueError, RecursionError):
                continue
            if isinstance(first, dict) and isinstance(first.get("request"), dict):
                return place
        return places[0] if places else len(self.text)


def open_capture(path: Path) -> Capture:
    """The capture in ``path``: a HAR file, plain, zipped or gzipped.

    Raises :class:`~e2e_linker.errors.StoreError` where the file cannot be read or holds no capture at all.
    """
    try:
        data = read_limited(path)
    except OSError as error:
        raise storage_error(error, path, "read") from error
    text = _decoded(unpacked(data, path))
    if not _ENTRIES.search(text):
        hint = "export the traffic as HAR 1.2: a JSON file that begins with a log and its entries"
        raise StoreError("this is no HAR capture: it has no entries", where=str(path), hint=hint)
    return Capture(path.name, text, _creator(text))


def _read(text: str, place: int) -> tuple[Any, int]:
    """The JSON value that begins at ``place``, and where it ends."""
    try:
        return _DECODER.raw_decode(text, place)
    except json.JSONDecodeError:
        raise
    except ValueError:
        return _PATIENT.raw_decode(text, place)


def _decoded(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace")
    return data.removeprefix(codecs.BOM_UTF8).decode("utf-8", "replace")


def _creator(text: str) -> str:
    said = []
    for key in ("creator", "browser"):
        match = re.search(rf'"{key}"\s*:\s*(?=\{{)', text[:1_000_000])
        if match is None:
            continue
        try:
            told, _ = _DECODER.raw_decode(text, match.end())
        except (ValueError, RecursionError):
            continue
        words = [word for name in ("name", "version") if isinstance(word := told.get(name), str)]
        said.append(" ".join(" ".join(words).split())[:80])
    return ", ".join(dict.fromkeys(filter(None, said)))


def _after_space(text: str, place: int) -> int:
    match = _SPACE.match(text, place)
    return match.end() if match else place
