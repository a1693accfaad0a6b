"""The proxy that this machine itself must use to reach the world, as the usual environment variables name it."""

from __future__ import annotations

import base64
import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import unquote, urlsplit

from e2e_linker.browser.addresses import Address, canonical_host, is_loopback, split_authority
from e2e_linker.errors import UsageError

__all__ = ["Exemptions", "ProxyServer", "Upstream"]

_Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class ProxyServer:
    """One upstream proxy: where it listens, whether it is spoken to over TLS, and its ``Proxy-Authorization`` value."""

    address: Address
    tls: bool = False
    authorization: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        """Its address as a URL, without credentials."""
        return f"{'https' if self.tls else 'http'}://{self.address}"

    @property
    def secrets(self) -> tuple[tuple[str, str], ...]:
        """What must stay out of the records, each with its kind: the password, and what carries it in a header."""
        basic = (self.authorization or "").partition(" ")[2]
        return tuple(
            (value, kind) for value, kind in ((self.password, "proxy_password"), (basic, "proxy_credentials")) if value
        )

    @classmethod
    def from_url(cls, url: str, *, where: str) -> ProxyServer:
        """Read ``[http[s]://][user:password@]host[:port]``.

        ``where`` names the variable in errors, which never carry the URL: it may hold a password. Raises
        :class:`~e2e_linker.errors.UsageError`.
        """
        hint = f"set {where} to http://HOST:PORT or https://HOST:PORT"
        try:
            parts = urlsplit(url if "://" in url else f"http://{url}")
            host, port = canonical_host(parts.hostname or ""), parts.port
        except ValueError:
            raise UsageError("the proxy address cannot be read", where=where, hint=hint) from None
        if parts.scheme not in ("http", "https"):
            raise UsageError(f"a {parts.scheme} proxy cannot be used", where=where, hint=hint)
        if not host:
            raise UsageError("the proxy address names no host", where=where, hint=hint)
        tls = parts.scheme == "https"
        authorization = password = None
        if parts.username is not None:
            password = unquote(parts.password or "")
            pair = f"{unquote(parts.username)}:{password}"
            authorization = "Basic " + base64.b64encode(pair.encode()).decode()
        return cls(Address(host, port or (443 if tls else 80)), tls, authorization, password)


@dataclass(frozen=True, slots=True)
class Exemptions:
    """``NO_PROXY``, read: ``*``, names with their subdomains, addresses and CIDR ranges, with or without a port."""

    everything: bool = False
    names: tuple[tuple[str, int | None], ...] = ()
    networks: tuple[tuple[_Network, int | None], ...] = ()

    @classmethod
    def parse(cls, text: str) -> Exemptions:
        """Read a list separated by commas or blanks. An entry that means nothing is passed over, as in curl."""
        everything = False
        names: list[tuple[str, int | None]] = []
        networks: list[tuple[_Network, int | None]] = []
        for entry in re.split(r"[,\s]+", text):
            if entry == "*":
                everything = True
            elif "/" in entry:
                try:
                    networks.append((ipaddress.ip_network(entry, strict=False), None))
                except ValueError:
                    continue
            elif entry:
                try:
                    host, port = split_authority(entry.removeprefix("*").removeprefix("."))
                except ValueError:
                    continue
                try:
                    networks.append((ipaddress.ip_network(host), port))
                except ValueError:
                    names.append((host, port))
        return cls(everything, tuple(names), tuple(networks))

    def cover(self, target: Address) -> bool:
        """Whether ``target`` is to be reached without the proxy."""
        if self.everything:
            return True
        try:
            address = ipaddress.ip_address(target.host)
        except ValueError:
            return any(
                port in (None, target.port) and (target.host == name or target.host.endswith("." + name))
                for name, port in self.names
            )
        return any(port in (None, target.port) and address in network for network, port in self.networks)


@dataclass(frozen=True, slots=True)
class Upstream:
    """Which upstream proxy, if any, is used for which target."""

    https: ProxyServer | None
    http: ProxyServer | None
    exemptions: Exemptions = Exemptions()

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Upstream | None:
        """What ``HTTPS_PROXY``, ``HTTP_PROXY``, ``ALL_PROXY`` and ``NO_PROXY`` say; ``None`` where they name no proxy.

        The lower-case spelling wins, as in curl. Raises :class:`~e2e_linker.errors.UsageError` for an unusable value.
        """

        def server(*names: str) -> ProxyServer | None:
            for name in names:
                for spelling in (name.lower(), name):
                    if value := environ.get(spelling, "").strip():
                        return ProxyServer.from_url(value, where=spelling)
            return None

        https, http = server("HTTPS_PROXY", "ALL_PROXY"), server("HTTP_PROXY", "ALL_PROXY")
        if https is None and http is None:
            return None
        return cls(https, http, Exemptions.parse(environ.get("no_proxy") or environ.get("NO_PROXY") or ""))

    @property
    def secrets(self) -> frozenset[tuple[str, str]]:
        """What must stay out of the records of every proxy, each with its kind."""
        return frozenset(secret for server in (self.https, self.http) if server for secret in server.secrets)

    def server_for(self, scheme: Literal["http", "https"], target: Address) -> ProxyServer | None:
        """The proxy to use for ``target``, or ``None`` to connect directly. This machine itself is always direct."""
        if is_loopback(target.host) or self.exemptions.cover(target):
            return None
        return self.https if scheme == "https" else self.http
