"""The seeds of one-time codes that pages hand out which ask to set up a second factor: in letters, or as a picture."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

from e2e_linker.browser.login.account_needs import sets_up_factor
from e2e_linker.browser.login.account_words import FACTOR, PICTURE
from e2e_linker.evidence.page import DomDigest
from e2e_linker.evidence.secret_places import SecretValue

__all__ = ["draws_seed", "seeds_in", "seeds_on"]

_KIND = "totp_secret"
_UPPER, _LOWER = (
    rf"(?:{sign}{{16,128}}|(?:{sign}{{4}}[ \u00a0-]){{3,31}}{sign}{{1,4}})" for sign in ("[A-Z2-7]", "[a-z2-7]")
)
_SEED = re.compile(rf"(?<![\w+/-])(?:{_UPPER}|{_LOWER})={{0,6}}(?![\w+/-])")
"""Base32 (RFC 4648, section 6) in one piece or in groups of four."""
_NAMED = re.compile(r"(?:\b(?:key|secret|seed|cl[eé]|clave|chiave|chave)|schlüssel|キー)\s*[:：]?\s*$", re.IGNORECASE)
_SPAN = 24
"""Characters before a run of letters that are looked at for its name."""
_MARKS = re.compile(r"[ \u00a0=-]")
_LINK = re.compile(r"otpauth://[^\s\"'<>]+", re.IGNORECASE)
_SCANNED = re.compile(r"\bqr\b|\bqr[-_]?code|barcode|qr\s?コード|二次元コード", re.IGNORECASE)


def seeds_on(page: DomDigest) -> Iterator[SecretValue]:
    """The seeds that ``page`` shows, or has in a link."""
    told = (page.title, *page.headings, page.text, *(text for c in page.controls for text in (c.label, c.href) if text))
    yield from seeds_in("\n".join(told))


def seeds_in(text: str) -> Iterator[SecretValue]:
    """The seeds in ``text``, as far as it speaks of a second factor; such as stand in links anywhere.

    Words in capitals are none: one has a number, or follows what names it.
    """
    for link in _LINK.findall(text):
        yield from ((seed, _KIND) for seed in _of_link(link))
    if not (FACTOR.search(text) or PICTURE.search(text)):
        return
    for found in _SEED.finditer(text):
        seed = _MARKS.sub("", found.group()).upper()
        named = found.group().isupper() and _NAMED.search(text[max(0, found.start() - _SPAN) : found.start()])
        if len(seed) >= 16 and (named or re.search(r"\d", seed)):
            yield seed, _KIND


def draws_seed(text: str) -> bool:
    """Whether a page with this text has a picture on it that an app reads a seed from."""
    return sets_up_factor(text) and bool(_SCANNED.search(text))


def _of_link(link: str) -> list[str]:
    try:
        return parse_qs(urlsplit(link.replace("&amp;", "&")).query).get("secret", [])
    except ValueError:
        return []
