"""The other ways in which people, pages and this tool itself write a secret, where no encoder explains them."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from urllib.parse import parse_qs, unquote_plus, urlsplit

from e2e_linker.evidence.needles import Strength, strength_of

__all__ = ["also_written", "strength_as", "taken_apart"]

_SEEDS = frozenset({"totp", "totp_secret"})
_SEED = re.compile(r"[A-Z2-7]{16,}")
_LISTED = frozenset({"password", "client_secret"})
"""Kinds that programs take to pieces: to derive keys from them, or to count their letters."""
_BETWEEN = (",", ", ", '","', '", "', "','", "', '", "-")
"""What stands between the items of a list, as consoles, JSON and scripts write it."""
_LONGEST_LISTED = 200


def also_written(value: str, kind: str, public: AbstractSet[str]) -> tuple[str, ...]:
    """What else ``value`` may be written as, most often nothing, and never what is ``public``.

    Without the blanks that HTML does not show; as it is read where its percent-escapes are no UTF-8; the seed of
    one-time codes in either case and in groups of four; a user name in small letters or in capitals, which encoders
    are given, unless it is a plain word.
    """
    found = [" ".join(value.split())]
    if "%" in value and "\ufffd" in (decoded := unquote_plus(value)):
        found += [decoded] if decoded.strip("\ufffd") else []
    if kind in _SEEDS:
        found += _of_seed(value)
    if kind == "username" and strength_of(value) is not Strength.ORDINARY:
        found += [value.lower(), value.upper()]
    return tuple(dict.fromkeys(text for text in found if text and text != value and text not in public))


def strength_as(value: str, kind: str, public: AbstractSet[str]) -> Strength:
    """How far ``value`` may be believed: a user name of which a public address is made no further than a plain word."""
    folded = value.casefold()
    known = (text.casefold() for text in public) if kind == "username" else ()
    if any(text == folded or ("://" in text and folded in text) for text in known):
        return Strength.ORDINARY
    return strength_of(value)


def taken_apart(value: str, kind: str) -> tuple[str, ...]:
    """A password letter by letter and byte by byte (``console.log(new TextEncoder().encode(password))``), and reversed.

    Nothing of other kinds, nor of what may stand in a list by chance.
    """
    if kind not in _LISTED or len(value) > _LONGEST_LISTED or strength_of(value) is not Strength.UNIQUE:
        return ()
    octets = value.encode("utf-8", "surrogatepass")
    lists = [between.join(value) for between in _BETWEEN]
    lists += [between.join(map(str, octets)) for between in (",", ", ", " ")]
    return (*lists, octets.hex(":"), octets.hex(":").upper(), value[::-1])


def _of_seed(value: str) -> list[str]:
    try:
        given = parse_qs(urlsplit(value).query).get("secret", [""])[0] if value.startswith("otpauth:") else value
    except ValueError:
        return []
    bare = re.sub(r"[\s=-]", "", given).upper()
    if not _SEED.fullmatch(bare):
        return []
    groups = [bare[n : n + 4] for n in range(0, len(bare), 4)]
    return [text for upper in (bare, " ".join(groups), "-".join(groups)) for text in (upper, upper.lower())]
