"""Host names, and the addresses they are found at instead of in DNS."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Annotated, Any

from pydantic import AfterValidator, PlainSerializer, PlainValidator, WithJsonSchema

from e2e_linker.config.written import complaint

__all__ = ["Address", "HostName", "WrittenAddress", "parse_address", "parse_resolve"]

_NAME = re.compile(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True)
class Address:
    """Where a host name is found instead of in DNS. ``port`` None keeps the port of the request."""

    host: str
    port: int | None = None

    def __str__(self) -> str:
        if self.port is None:
            return self.host
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def parse_address(text: str) -> Address | None:
    """``ADDRESS[:PORT]`` as an :class:`Address`, an IPv6 address with a port in brackets; None for anything else."""
    bracketed = re.fullmatch(r"\[([^\]]*)\](?::([0-9]{1,5}))?", text)
    if bracketed:
        host, port = bracketed.groups()
        return _address(host, port) if ":" in host and _is_ip(host) else None
    if _is_ip(text):
        return Address(text)
    host, colon, port = text.partition(":")
    return _address(host, port if colon else None) if _NAME.fullmatch(host) else None


def _address(host: str, port: str | None) -> Address | None:
    if port is None:
        return Address(host)
    return Address(host, int(port)) if re.fullmatch(r"[0-9]{1,5}", port) and 0 < int(port) < 65_536 else None


def _is_ip(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def parse_resolve(text: str) -> tuple[str, Address] | None:
    """``HOST=ADDRESS[:PORT]``, as after ``--resolve``; the host in lower case. None for anything else."""
    host, equals, target = text.partition("=")
    address = parse_address(target)
    return (host.lower(), address) if equals and address and _NAME.fullmatch(host) else None


def _as_address(value: Any) -> Address:
    if isinstance(value, Address):
        return value
    address = parse_address(value) if isinstance(value, str) else None
    if address is None:
        raise complaint("must be ADDRESS or ADDRESS:PORT, such as 127.0.0.1:8443 or [::1]:8443")
    return address


def _as_host(value: str) -> str:
    if not _NAME.fullmatch(value):
        raise complaint("must be a host name, with no scheme, port or path")
    return value.lower()


HostName = Annotated[str, AfterValidator(_as_host)]
"""A host name, in lower case after reading."""

WrittenAddress = Annotated[
    Address,
    PlainValidator(_as_address),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": "string", "description": "ADDRESS or ADDRESS:PORT"}),
]
"""An :class:`Address`, written ``ADDRESS[:PORT]``."""
