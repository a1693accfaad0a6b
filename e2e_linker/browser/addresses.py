"""Host names and ports as a proxy meets them: compared in one canonical form, overridden by the user's ``resolve``."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from typing import NamedTuple

from e2e_linker.errors import ConfigurationError

__all__ = ["Address", "Overrides", "canonical_host", "is_loopback", "split_authority"]

_NOT_IN_A_HOST = re.compile(r"[\s/?#@\\\x00-\x1f\x7f]")


class Address(NamedTuple):
    """A canonical host and a port. Written as text, an IPv6 host stands in brackets."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def canonical_host(host: str) -> str:
    """``host`` in the one form in which hosts are compared.

    Lower case, no trailing dots, no IPv6 brackets, IPv6 compressed, international names as ``xn--`` labels.
    """
    name = host.strip().removeprefix("[").removesuffix("]").lower().rstrip(".")
    if ":" in name:
        try:
            return ipaddress.ip_address(name).compressed
        except ValueError:
            return name
    if not name.isascii():
        try:
            # An ideographic full stop at the end is a dot now.
            return name.encode("idna").decode("ascii").rstrip(".")
        except UnicodeError:
            return name
    return name


def split_authority(text: str) -> tuple[str, int | None]:
    """The canonical host and the port of ``host``, ``host:port``, ``[v6]:port`` or a bare IPv6 address.

    The port is ``None`` where there is none. Raises ``ValueError`` for anything else.
    """
    text = text.strip()
    if text.startswith("["):
        inside, closed, rest = text[1:].partition("]")
        if not closed or (rest and not rest.startswith(":")):
            raise ValueError(f"{text!r} is not an address in brackets")
        host, port = ipaddress.IPv6Address(inside).compressed, rest[1:] or None
        return host, None if port is None else _port(port)
    if text.count(":") > 1:
        return ipaddress.IPv6Address(text).compressed, None
    name, colon, number = text.partition(":")
    host = canonical_host(name)
    if not host or _NOT_IN_A_HOST.search(host):
        raise ValueError(f"{text!r} names no host")
    return host, _port(number) if colon else None


def _port(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 0 < int(text[:6]) < 65536):
        raise ValueError(f"{text!r} is not a port (1 to 65535)")
    return int(text)


def is_loopback(host: str) -> bool:
    """Whether a canonical ``host`` can only be this machine: ``localhost``, its subdomains, 127.0.0.0/8 and ::1."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Overrides:
    """The user's ``resolve``: where a host name is to be found instead of where DNS says.

    Keys are ``host`` or ``host:port`` (the latter wins), values ``address`` or ``address:port``; without a port the
    port asked for is kept. Raises :class:`~e2e_linker.errors.ConfigurationError` for an entry that cannot be read.
    """

    def __init__(self, resolve: Mapping[str, str]) -> None:
        self._entries: dict[tuple[str, int | None], tuple[str, int | None]] = {}
        for name, place in resolve.items():
            try:
                self._entries[split_authority(name)] = split_authority(place)
            except ValueError as error:
                raise ConfigurationError(
                    f"{name}={place} cannot be read: {error}",
                    where="resolve",
                    hint="write HOST=ADDRESS or HOST:PORT=ADDRESS:PORT, an IPv6 address in brackets",
                ) from None

    def of(self, target: Address) -> Address | None:
        """Where to connect for ``target`` instead, or ``None`` where the user said nothing about it."""
        place = self._entries.get(target) or self._entries.get((target.host, None))
        return None if place is None else Address(place[0], place[1] or target.port)
