"""The vendor id in Alexa's redirect URLs."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from e2e_linker.alexa.facts import REDIRECT_HOSTS

__all__ = ["vendor_ids"]

_ENDS = re.compile(r"(?:/skill/link/|[?&]vendorId=)([A-Za-z0-9]+)/?\Z")
"""The end of an Alexa redirect URL, of either grant, and the vendor id in it."""


def vendor_ids(urls: Iterable[str]) -> tuple[str, ...]:
    """The vendor ids that those of ``urls`` end with that are Alexa's, each once; other addresses have none."""
    ends = (_ENDS.search(url.strip()) for url in urls if _is_alexas(url.strip()))
    return tuple(dict.fromkeys(end[1] for end in ends if end))


def _is_alexas(url: str) -> bool:
    try:
        return (urlsplit(url).hostname or "") in REDIRECT_HOSTS
    except ValueError:
        return False
