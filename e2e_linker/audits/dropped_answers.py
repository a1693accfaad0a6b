"""Proxies that drop what a server answered, and put a 502 of their own in its place."""

from __future__ import annotations

from typing import Final

from e2e_linker.derive.pages import Page
from e2e_linker.evidence.gateways import Gateway, gateway_in

__all__ = ["broken_gateway", "drops_large_answers"]

_LIMITS: Final = {
    "nginx": "Where nginx writes `upstream sent too big header` in its error log, raise `proxy_buffer_size` and "
    "`proxy_buffers` (before FastCGI `fastcgi_buffer_size` and `fastcgi_buffers`)",
    "Apache": "Where the headers of that answer are long, raise `responsefieldsize` of `ProxyPass` in Apache (8,192 "
    "bytes where nobody set it)",
    "HAProxy": "Where the headers of that answer are long, raise `tune.bufsize` in HAProxy (16,384 bytes where "
    "nobody set it)",
}
"""What proxies drop answers for, by name."""


def drops_large_answers(gateway: Gateway) -> bool:
    """Whether ``gateway`` answers with 502 where the answer of a server is too large for it."""
    return gateway.name in _LIMITS and gateway.cause in {"unanswered", "broken"}


def broken_gateway(page: Page) -> str:
    """Where to look after ``page`` with 502 came: the server may have done well, and its proxy not."""
    gateway = gateway_in(page.status, (), "\n".join(page.texts))
    limit = _LIMITS.get(gateway.name if gateway else "", _LIMITS["nginx"])
    return (
        f"Look into the logs at that moment, the proxy's first: {page.address} failed behind it, or the proxy dropped "
        f"its answer. {limit}, or shrink the cookies and the redirect of that answer."
    )
