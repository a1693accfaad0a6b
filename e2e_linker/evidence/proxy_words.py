"""What is told of the proxy through which this machine reaches the world."""

from __future__ import annotations

import re
from collections.abc import Iterable

__all__ = ["SEEN_THROUGH", "asked_for"]

SEEN_THROUGH = "seen through upstream proxy "
"""What the address of the proxy follows that may have shown a certificate of its own."""
_WAYS = re.compile(r"(?:^|,)\s*([A-Za-z][\w-]*)(?=\s*(?:,|$)|\s+[^\s=,])")
"""The schemes in a ``Proxy-Authenticate``: words that are no parameter."""
_QUOTED = 200


def asked_for(headers: Iterable[tuple[str, str]]) -> str:
    """What a proxy that refused with ``headers`` wants first, in brackets: its ways to log in, or a page elsewhere."""
    fields = [(name.strip().lower(), value.strip()) for name, value in headers]
    ways = dict.fromkeys(way for name, value in fields if name == "proxy-authenticate" for way in _WAYS.findall(value))
    if ways:
        return f" (it takes {', '.join(ways)})"
    pages = (value for name, value in fields if name == "location")
    page = next((one for one in pages if one.startswith(("http://", "https://"))), None)
    return f" (it leads to {re.split('[?#]', page, maxsplit=1)[0][:_QUOTED]})" if page else ""
