"""Authorization requests of a network capture that begin no link: a server's own pages repeat the one that did."""

from __future__ import annotations

import re
from urllib.parse import unquote_plus, urldefrag, urljoin

from e2e_linker.evidence.capture_entry import Entry
from e2e_linker.evidence.loose_json import a_text, an_object

__all__ = ["is_altered", "redirect_target"]

_SHORTEST = 16
"""Characters by which a state is known again. Of shorter ones, such as a tester makes, one may be a part of another."""
_UNALTERED = re.compile(r"[^a-z0-9]+")


def is_altered(state: str, original: str) -> bool:
    """Whether ``state`` is ``original`` cut off, decoded, encoded once more or in other case; no two links' states are.

    A state that was replaced by another one is not known by this.
    """
    told, whole = (_UNALTERED.sub("", unquote_plus(text).lower()) for text in (state, original))
    return state != original and len(told) >= _SHORTEST and told in whole


def redirect_target(entry: Entry) -> str | None:
    """The absolute URL that the answer of ``entry`` redirects to, without fragment; None where it does not redirect."""
    if not 300 <= (entry.status or 0) < 400:
        return None
    response = an_object(entry.raw.get("response"))
    location = entry.answer_header("location") or a_text(response.get("redirectURL"))
    try:
        return urldefrag(urljoin(entry.url, location)).url if location else None
    except ValueError:
        return None
