"""Pages that turn the browser itself away."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from e2e_linker.derive.base import fact
from e2e_linker.derive.pages import Page
from e2e_linker.derive.urls import parameters
from e2e_linker.derive.wordings import BROWSER_REFUSED, EMBEDDED_REFUSED, INSECURE, first_match
from e2e_linker.model import Confidence

__all__ = ["Refusal", "refusal_of", "refusals", "refuses_by_policy"]

_PROVIDERS = {
    "accounts.google.com": "Google",
    "m.facebook.com": "Facebook",
    "www.facebook.com": "Facebook",
}
"""Identity providers known to answer a recognised web view with a bare 403."""

_BARE = re.compile(
    r"(?:[\W\d]|(?:access (?:blocked|denied)|error|facebook|forbidden|google|http|status)\b)*", re.IGNORECASE
)
"""What such a page says: others name an app that is being tested, a client or an account."""

_SHORT = 1200
"""Characters of text up to which a page that asks for nothing says one thing only."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A page that refuses the browser, the words by which it was told, and how surely it means embedded browsers."""

    page: Page
    words: str
    confidence: Confidence
    ambiguous: bool = False
    """Whether automated browsers, which this is, are turned away in the same words."""


@fact
def refusals(pages: tuple[Page, ...]) -> tuple[Refusal, ...]:
    """The refusing ones of ``pages``, one for each host."""
    found: dict[str, Refusal] = {}
    for page in pages:
        refusal = refusal_of(page)
        if refusal is not None:
            found.setdefault(page.host, refusal)
    return tuple(found.values())


def refusal_of(page: Page) -> Refusal | None:
    """The refusal that ``page`` is, or None.

    An error status may say it anywhere. A page with status 200 has to offer nothing else: a remark under a login form,
    or one that only browsers without scripts are shown, refuses nobody.
    """
    coded = next((p.value for p in parameters(page.url) if p.name == "error" and "useragent" in p.value.lower()), None)
    if coded is not None:
        return Refusal(page, coded, Confidence.CERTAIN)
    refused = page.status >= 400
    texts = tuple(_said(page, whole=refused or _asks_nothing(page)))
    if words := first_match(EMBEDDED_REFUSED, *texts):
        certain = refused or "disallowed" in words.lower()
        return Refusal(page, words, Confidence.CERTAIN if certain else Confidence.LIKELY)
    if words := first_match(INSECURE, *texts):
        return Refusal(page, words, Confidence.POSSIBLE, ambiguous=True)
    if words := first_match(BROWSER_REFUSED, *texts):
        return Refusal(page, words, Confidence.LIKELY)
    if page.status == 403 and page.host in _PROVIDERS and _BARE.fullmatch(f"{page.title} {page.text}"):
        return Refusal(page, f"status 403 from {_PROVIDERS[page.host]}", Confidence.LIKELY)
    return None


def refuses_by_policy(host: str) -> bool:
    """Whether ``host`` is a provider's that refuses embedded browsers, whoever has customers log in there."""
    return host in _PROVIDERS


def _asks_nothing(page: Page) -> bool:
    fields = any(control.kind == "field" for control in page.controls)
    return not fields and not page.asks_for_password and len(page.text) <= _SHORT


def _said(page: Page, *, whole: bool) -> Iterator[str]:
    if not whole:
        return
    yield page.title
    yield from page.headings
    yield page.text
    yield from (page.digest.alerts if page.digest else ())
    if page.status >= 400:
        yield page.markup.text
