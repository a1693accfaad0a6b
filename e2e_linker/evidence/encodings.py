"""The forms one value can take in a text, and a text with its escapes undone, mapped back to where they stood.

Two ways lead to a value that is written differently from how it was registered. :func:`spellings` lists the forms that
encoders in common use give it, which is what is needed inside base64. :func:`unescaped` goes the other way and undoes
percent, HTML, JSON and JavaScript escapes wherever they stand, so that mixed and partial escaping is seen through, too.
"""

from __future__ import annotations

import binascii
import html
import json
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from html.entities import html5
from itertools import accumulate
from urllib.parse import quote, quote_plus, unquote

__all__ = ["View", "spellings", "unescaped"]

_PLAIN = re.compile(r"[A-Za-z0-9._~-]*")
_SPECIAL = re.compile(r"[^A-Za-z0-9._~-]")
_ESCAPING = re.compile(r"[%&\\]")
_LONGEST_TWICE = 8192
"""Characters of a value that is encoded twice over, in hundreds of forms: servers take no longer headers."""
_FOREIGN = re.compile(r"[^\x00-\x7f]")
_UNTOUCHED = re.compile(r"[!-~]")
_ENOUGH = 6
"""Characters that are the same in all character sets; with fewer, what is left of a value is none of its own."""
_HEX_PAIR = re.compile(r"%[0-9A-F]{2}")
_WESTERN = {octet: bytes((octet,)).decode("cp1252", "ignore") or chr(octet) for octet in range(0x80, 0xA0)}


def _each(pattern: str) -> Callable[[str], str]:
    return lambda text: _SPECIAL.sub(lambda m: pattern.format(ord(m.group())), text)


def _percent(safe: str) -> Callable[[str], str]:
    return lambda text: quote(text.encode("utf-8", "surrogatepass"), safe=safe)


def _lower_hex(text: str) -> str:
    return _HEX_PAIR.sub(lambda m: m.group().lower(), quote(text.encode("utf-8", "surrogatepass"), safe=""))


def _json(text: str, ascii_only: bool = True) -> str:
    return json.dumps(text, ensure_ascii=ascii_only)[1:-1]


_ENCODERS: tuple[Callable[[str], str], ...] = (
    _percent(""),
    _lower_hex,
    _percent("/"),
    _percent("!'()*"),  # encodeURIComponent
    _percent("!'()*;/?:@&=+$,#"),  # encodeURI
    lambda text: quote_plus(text.encode("utf-8", "surrogatepass")),
    html.escape,
    lambda text: html.escape(text).replace("&#x27;", "&#39;").replace("&quot;", "&#34;"),
    lambda text: html.escape(text, quote=False),
    _each("&#{};"),
    _each("&#x{:x};"),
    _each("&#x{:X};"),
    _json,
    lambda text: _json(text, ascii_only=False),
    lambda text: _json(text).replace("/", "\\/"),
    _each("\\u{:04x}"),
    _each("\\u{:04X}"),
    _each("\\x{:02x}"),
    _each("\\x{:02X}"),
    lambda text: text.replace("'", "''"),  # SQL
    lambda text: text.replace('"', '""'),  # CSV, and other SQL
)


def _misread(value: str) -> tuple[str, ...]:
    """What is left of ``value`` where it was written in one character set and read in another, once or twice.

    Empty where that changes nothing, or loses so much that the rest may stand anywhere by chance.
    """
    if value.isascii():
        return ()
    octets = value.encode("utf-8", "surrogatepass")
    wide = [octets.decode("latin-1"), _western(octets)]
    wide += [_western(text.encode()) for text in wide]
    if len(_UNTOUCHED.findall(value)) < _ENOUGH:
        return tuple(dict.fromkeys(wide))
    lost = value.encode("cp1252", "replace").decode("utf-8", "replace")
    one_each = _FOREIGN.sub("\ufffd", value)
    wide += [lost, one_each, _western(lost.encode()), _western(one_each.encode()), _FOREIGN.sub("?", value)]
    return tuple(dict.fromkeys(wide))


def _western(octets: bytes) -> str:
    """``octets`` as browsers read Windows-1252, which has no octet that stands for nothing."""
    return octets.decode("latin-1").translate(_WESTERN)


def spellings(value: str) -> tuple[bytes, ...]:
    """``value`` and what the encoders in common use make of it, as UTF-8, each once, the plain value first.

    Covers both Unicode normal forms, Latin-1, other character sets mistaken for one another, spaces as plus signs and
    hexadecimal. A value that holds escapes of its own is encoded twice over, because undoing escapes in a text would
    undo those of the value as well.
    """
    forms: dict[str, None] = dict.fromkeys((value, *(unicodedata.normalize(form, value) for form in ("NFC", "NFD"))))
    if "%" in value and len(unquote(value)) >= 8:
        forms[unquote(value)] = None
    bases = tuple(forms)
    if not all(_PLAIN.fullmatch(base) for base in bases):
        once = [encode(base) for base in bases for encode in _ENCODERS]
        forms.update(dict.fromkeys(once))
        if _ESCAPING.search(value) and len(value) <= _LONGEST_TWICE:
            forms.update(dict.fromkeys(encode(form) for form in once for encode in _ENCODERS))
    forms.update(dict.fromkeys(base.replace(" ", "+") for base in bases))
    encoded = {form.encode("utf-8", "surrogatepass"): None for form in forms}
    for base in bases:
        digits = base.encode("utf-8", "surrogatepass").hex().encode()
        encoded.update({digits: None, digits.upper(): None})
        if not base.isascii() and max(base) <= "\xff":
            encoded[base.encode("latin-1")] = None
        encoded.update(dict.fromkeys(form.encode("utf-8", "surrogatepass") for form in _misread(base)))
    return tuple(form for form in encoded if len(form) >= min(4, len(value)))


@dataclass(slots=True, frozen=True)
class View:
    """A text in bytes and, where escapes were undone to get it, how its places map to its parent's.

    Pieces start at ``there`` in this text and at ``here`` in the parent's; ``stride`` is how many bytes of the parent
    one byte of the piece stands for, 0 where the piece is one indivisible escape.
    """

    data: bytes
    parent: View | None = None
    there: tuple[int, ...] = ()
    here: tuple[int, ...] = ()
    stride: bytes = b""

    def source(self, start: int, end: int) -> tuple[int, int]:
        """The span of the outermost text that the span ``start:end`` of this one was made from."""
        view = self
        while view.parent is not None:
            first = bisect_right(view.there, start) - 1
            last = bisect_right(view.there, end - 1) - 1
            start = view.here[first] + view.stride[first] * (start - view.there[first])
            if view.stride[last]:
                end = view.here[last] + view.stride[last] * (end - view.there[last])
            else:
                end = view.here[last + 1]
            view = view.parent
        return start, end


_ESCAPE = re.compile(
    rb"(?:%[0-9A-Fa-f]{2})+"
    rb"|%u[0-9A-Fa-f]{4}"
    rb"|&(?:#[0-9]{1,7};?|#[xX][0-9A-Fa-f]{1,6};?|[A-Za-z][A-Za-z0-9]{1,31};|(?:amp|lt|gt|quot))"
    rb"|\\(?:u[dD][89abAB][0-9A-Fa-f]{2}\\u[dD][c-fC-F][0-9A-Fa-f]{2}|u\{[0-9A-Fa-f]{1,6}\}|u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|[!-$'-~])"
)
_LEADS = bytes.maketrans(b"&\\", b"%%")
_BYTEWISE, _WHOLE = b"\x03\x01", b"\x00\x01"
"""The :attr:`View.stride` of an escape, and of what stands behind it."""
_CONTROL = {b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v"}


def _character(digits: bytes, base: int) -> bytes | None:
    point = int(digits, base)
    return chr(point).encode("utf-8", "surrogatepass") if point < 0x110000 else None


def _undo(escape: bytes) -> bytes | None:
    """What ``escape`` stands for, or None where it stands for nothing."""
    lead, kind = escape[:1], escape[1:2]
    if lead == b"%":
        return _character(escape[2:], 16) if kind == b"u" else binascii.unhexlify(escape.replace(b"%", b""))
    if lead == b"&":
        name = escape[1:].rstrip(b";")
        if kind != b"#":
            text = html5.get(f"{name.decode()};")
            return text.encode() if text else None
        return _character(name[2:], 16) if name[1:2] in b"xX" else _character(name[1:], 10)
    if len(escape) == 2:
        return _CONTROL.get(kind, kind)
    if len(escape) == 12:
        units = bytes.fromhex((escape[2:6] + escape[8:]).decode())
        return units.decode("utf-16-be").encode()
    return _character(escape[2:].strip(b"{}"), 16)


_undo_again = lru_cache(2_048)(_undo)
_SHORT = 32
"""Bytes of an escape that may stand in a text a thousand times; a run of percent pairs may be as long as the text."""


def unescaped(parent: View) -> View | None:
    """``parent`` with one layer of escapes of every kind undone, or None where it holds none.

    The regular expression is tried only where a lead character stands: splitting finds those several times faster than
    the expression itself would.
    """
    data = parent.data
    chunks = data.translate(_LEADS).split(b"%")
    out: list[bytes] = []
    there, here, stride = [0], [0], bytearray((1,))
    done = length = 0
    for place in accumulate(len(chunk) + 1 for chunk in chunks[:-1]):
        lead = place - 1
        if lead < done or (match := _ESCAPE.match(data, lead)) is None:
            continue
        escape = match.group()
        if (text := _undo_again(escape) if len(escape) <= _SHORT else _undo(escape)) is None:
            continue
        out += (data[done:lead], text)
        length += lead - done
        done = match.end()
        # A run of percent pairs maps byte by byte; every other escape is taken as a whole.
        there += (length, length + len(text))
        here += (lead, done)
        pairs = len(text) * 3 == len(escape) and escape.startswith(b"%") and not escape.startswith(b"%u")
        stride += _BYTEWISE if pairs else _WHOLE
        length += len(text)
    if not out:
        return None
    out.append(data[done:])
    return View(b"".join(out), parent, tuple(there), tuple(here), bytes(stride))
