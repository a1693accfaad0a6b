"""A TrueType font of one picture, drawn in code: a light bulb at U+E000.

The tables are the ones a browser's sanitizer asks for (OpenType 1.9, "Required tables"), nothing more.
"""

from __future__ import annotations

import math
import struct

__all__ = ["bulb_font"]

_UNITS = 1000
_FAMILY = "Bulb Icons"
_Point = tuple[int, int, bool]
_Contour = list[_Point]


def bulb_font() -> bytes:
    """The font file."""
    glyphs = [_glyph([_box(100, 0, 500, 700)]), b"", _glyph(_bulb())]
    offsets = [0]
    for glyph in glyphs:
        offsets.append(offsets[-1] + len(glyph))
    tables = {
        b"OS/2": _os2(),
        b"cmap": _cmap(),
        b"glyf": b"".join(glyphs),
        b"head": _head(),
        b"hhea": struct.pack(">IhhhHhhhhhhhhhhhH", 0x10000, 900, -100, 0, _UNITS, 0, 0, 900, 1, 0, 0, 0, 0, 0, 0, 0, 3),
        b"hmtx": struct.pack(">HhHhHh", 600, 100, 300, 0, _UNITS, 150),
        b"loca": struct.pack(f">{len(offsets)}I", *offsets),
        b"maxp": struct.pack(">I14H", 0x10000, 3, 40, 4, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0),
        b"name": _name(),
        b"post": struct.pack(">IiihhIIIII", 0x30000, 0, -75, 50, 0, 0, 0, 0, 0, 0),
    }
    return _file(tables)


def _box(left: int, bottom: int, right: int, top: int) -> _Contour:
    return [(left, bottom, True), (left, top, True), (right, top, True), (right, bottom, True)]


def _bulb() -> list[_Contour]:
    radius, centre = 320, (500, 560)
    circle: _Contour = []
    for step in range(16):
        angle = -math.pi * step / 8
        on_curve = step % 2 == 0
        reach = radius if on_curve else radius / math.cos(math.pi / 8)
        circle.append(
            (round(centre[0] + reach * math.cos(angle)), round(centre[1] + reach * math.sin(angle)), on_curve)
        )
    return [circle, _box(390, 130, 610, 200), _box(390, 40, 610, 100), _box(440, -40, 560, 10)]


def _glyph(contours: list[_Contour]) -> bytes:
    points = [point for contour in contours for point in contour]
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    ends, total = [], -1
    for contour in contours:
        total += len(contour)
        ends.append(total)
    data = struct.pack(">hhhhh", len(contours), min(xs), min(ys), max(xs), max(ys))
    data += struct.pack(f">{len(ends)}HH", *ends, 0)
    data += bytes(int(on_curve) for _, _, on_curve in points)
    for values in (xs, ys):
        data += struct.pack(f">{len(values)}h", *[b - a for a, b in zip([0, *values], values, strict=False)])
    return data + b"\0" * (-len(data) % 4)


def _cmap() -> bytes:
    ends, starts, deltas = (0x20, 0xE000, 0xFFFF), (0x20, 0xE000, 0xFFFF), (1 - 0x20, 2 - 0xE000, 1)
    pack = ">3H"
    segments = struct.pack(pack, *ends) + b"\0\0" + struct.pack(pack, *starts)
    segments += struct.pack(pack, *[delta & 0xFFFF for delta in deltas]) + struct.pack(pack, 0, 0, 0)
    subtable = struct.pack(">7H", 4, 14 + len(segments), 0, 6, 4, 1, 2) + segments
    return struct.pack(">HHHHI", 0, 1, 3, 1, 12) + subtable


def _head() -> bytes:
    return struct.pack(
        ">IIIIHHqqhhhhHHhhh",
        *(0x10000, 0x10000, 0, 0x5F0F3CF5, 0x000B, _UNITS),
        *(3_850_000_000, 3_850_000_000, 100, -40, 900, 900, 0, 8, 2, 1, 0),
    )


def _os2() -> bytes:
    return struct.pack(
        ">Hh3H11h10s4I4s3H3h2H2I2h3H",
        *(4, 633, 400, 5, 0),
        *(650, 700, 0, 140, 650, 700, 0, 480, 50, 250, 0),
        *(bytes(10), 0, 0, 0, 0, b"BULB"),
        *(0x40, 0x20, 0xE000, 900, -100, 0, 900, 100),
        *(1, 0, 500, 700, 0, 0x20, 1),
    )


def _name() -> bytes:
    entries = {1: _FAMILY, 2: "Regular", 3: f"{_FAMILY} 1", 4: _FAMILY, 5: "Version 1.0", 6: "BulbIcons-Regular"}
    records, strings = b"", b""
    for name_id, text in entries.items():
        raw = text.encode("utf-16-be")
        records += struct.pack(">6H", 3, 1, 0x409, name_id, len(raw), len(strings))
        strings += raw
    return struct.pack(">3H", 0, len(entries), 6 + len(records)) + records + strings


def _checksum(data: bytes) -> int:
    padded = data + b"\0" * (-len(data) % 4)
    total: int = sum(struct.unpack(f">{len(padded) // 4}I", padded))
    return total & 0xFFFFFFFF


def _file(tables: dict[bytes, bytes]) -> bytes:
    count = len(tables)
    power = 1 << (count.bit_length() - 1)
    header = struct.pack(">IHHHH", 0x10000, count, power * 16, power.bit_length() - 1, (count - power) * 16)
    directory, body = b"", b""
    start = len(header) + 16 * count
    for tag, data in sorted(tables.items()):
        directory += tag + struct.pack(">3I", _checksum(data), start + len(body), len(data))
        body += data + b"\0" * (-len(data) % 4)
    whole = bytearray(header + directory + body)
    head_at = whole.index(struct.pack(">I", 0x5F0F3CF5)) - 4
    struct.pack_into(">I", whole, head_at, (0xB1B0AFBA - _checksum(bytes(whole))) & 0xFFFFFFFF)
    return bytes(whole)
