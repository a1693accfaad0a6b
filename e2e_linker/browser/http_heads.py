"""HTTP/1.1 message heads as a proxy reads and rewrites them. What it need not touch stays as it was, byte for byte."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from e2e_linker.browser.addresses import Address, canonical_host, split_authority

__all__ = ["Head", "HeadError", "parse_head"]

_HOP_BY_HOP = frozenset({"connection", "keep-alive", "proxy-connection", "proxy-authorization", "proxy-authenticate"})
_REQUEST_LINE = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+ [^\s\x00-\x1f]+ HTTP/1\.[01]")
_STATUS_LINE = re.compile(rb"HTTP/1\.[01] [1-9][0-9][0-9]( .*)?", re.DOTALL)


class HeadError(Exception):
    """A message head that is not HTTP/1.1, or not what a proxy can act on. The message says why."""


@dataclass(frozen=True, slots=True)
class Head:
    """A start line and the raw field lines below it."""

    start: bytes
    lines: tuple[bytes, ...]

    def values(self, name: str) -> list[str]:
        """Every value of a field, its name compared without case."""
        found = []
        for line in self.lines:
            field, _, value = line.partition(b":")
            if field.decode("latin-1").lower() == name:
                found.append(value.decode("latin-1").strip())
        return found

    def tokens(self, name: str) -> set[str]:
        """The comma-separated words of a field, lower-cased."""
        return {word.strip().lower() for value in self.values(name) for word in value.split(",") if word.strip()}

    @property
    def method(self) -> str:
        """The method of a request."""
        return self.start.split(b" ", 1)[0].decode("latin-1")

    @property
    def status(self) -> int:
        """The status code of a response."""
        return int(self.start.split(b" ", 2)[1])

    @property
    def upgrade(self) -> bool:
        """Whether a request asks to leave HTTP, as a WebSocket handshake does."""
        return "upgrade" in self.tokens("connection") and bool(self.values("upgrade"))

    @property
    def chunked(self) -> bool:
        """Whether the body comes in chunks."""
        return "chunked" in self.tokens("transfer-encoding")

    @property
    def body_size(self) -> int | None:
        """The announced length of the body in bytes, 0 where none is, ``None`` where the announcement is nonsense."""
        announced = self.tokens("content-length") or {"0"}
        value = announced.pop()
        return int(value) if not announced and value.isascii() and value.isdecimal() and len(value) < 19 else None

    def tunnel_target(self) -> Address:
        """Where a CONNECT request wants to go. Raises :class:`HeadError`."""
        text = self.start.split(b" ")[1].decode("latin-1")
        try:
            host, port = split_authority(text)
        except ValueError as error:
            raise HeadError(str(error)) from None
        if port is None:
            raise HeadError("CONNECT names no port")
        return Address(host, port)

    def forward_target(self) -> tuple[Address, str]:
        """Where a plain request wants to go: the address, and the origin-form of its URL. Raises :class:`HeadError`."""
        url = self.start.split(b" ")[1].decode("latin-1")
        try:
            parts = urlsplit(url)
            host, port = canonical_host(parts.hostname or ""), parts.port or 80
        except ValueError as error:
            raise HeadError(str(error)) from None
        if parts.scheme.lower() != "http" or not host:
            raise HeadError("this is a proxy: it takes CONNECT and http:// URLs")
        # Cut by hand: urlsplit loses an empty query, and the server must see exactly what the page asked for.
        rest = re.sub(r"^[^:]+://[^/?#]*", "", url).partition("#")[0]
        return Address(host, port), rest if rest.startswith("/") else f"/{rest}"

    def for_next_hop(self, request_target: str, *, host: str, authorization: str | None) -> bytes:
        """The request to send on: one request per connection, our own hop's fields taken out.

        No ``Via`` and no ``Forwarded`` is added: the server under test must see the request as a phone sends it.
        """
        method, _, version = self.start.split(b" ")
        connection = b"Connection: Upgrade" if self.upgrade else b"Connection: close"
        own = [b"Host: " + host.encode("latin-1")]
        if authorization:
            own.append(b"Proxy-Authorization: " + authorization.encode("latin-1"))
        kept = self._without(lambda name: name == "host")
        start = b" ".join((method, request_target.encode("latin-1"), version))
        return replace(self, start=start, lines=(*own, *kept, connection)).raw()

    def for_client(self) -> bytes:
        """The response to hand on, telling the client that its connection to this proxy ends with it."""
        return replace(self, lines=(*self._without(lambda _: False), b"Connection: close")).raw()

    def raw(self) -> bytes:
        """The head as bytes, with the empty line that ends it."""
        return b"\r\n".join((self.start, *self.lines)) + b"\r\n\r\n"

    def _without(self, dropped: Callable[[str], bool]) -> list[bytes]:
        named = self.tokens("connection") - {"upgrade"}
        kept = []
        for line in self.lines:
            name = line.partition(b":")[0].decode("latin-1").lower()
            if name not in _HOP_BY_HOP and name not in named and not dropped(name):
                kept.append(line)
        return kept


def parse_head(raw: bytes, *, response: bool = False) -> Head:
    """Read a head that ends with an empty line. Raises :class:`HeadError` where it is not HTTP/1.x."""
    start, *lines = raw.removesuffix(b"\r\n\r\n").lstrip(b"\r\n").split(b"\r\n")
    if not (_STATUS_LINE if response else _REQUEST_LINE).fullmatch(start):
        raise HeadError("not an HTTP/1.1 message")
    if not response and any(not line.partition(b":")[0].strip() or b":" not in line for line in lines):
        raise HeadError("a header line has no name")
    head = Head(start, tuple(lines))
    if not response and head.body_size is None:
        raise HeadError("Content-Length cannot be read")
    return head
