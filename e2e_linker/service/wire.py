"""One HTTP request on a cold connection, whatever the server makes of it."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import certifi
import httpx2

from e2e_linker.service.answers import Answer, failure_of, read_answer, too_late, without_head
from e2e_linker.service.clock import CallClock
from e2e_linker.service.first_bytes import FirstBytes
from e2e_linker.service.relays import Passage, Relay, RelayFor, direct

__all__ = ["TIME_CAP_S", "Trust", "Wire", "trusting"]

TIME_CAP_S = 10.0
_SUITES = "DEFAULT:!PSK:!SRP:@SECLEVEL=1"
"""OpenSSL's words for what Java takes too, which Alexa's cloud runs on: suites without forward secrecy, short groups.
What a host offers besides is judged apart."""
_LEGACY_SERVER_CONNECT = 0x4
"""OpenSSL's SSL_OP_LEGACY_SERVER_CONNECT: Java talks to servers without RFC 5746."""
Trust = ssl.SSLContext | Future[ssl.SSLContext]
"""A context, or the promise of one: reading all of Mozilla's roots takes as long as a fast token call does."""
Trace = Callable[[str, dict[str, Any]], Awaitable[None]]


def trusting(roots: Sequence[Path] = ()) -> ssl.SSLContext:
    """A TLS context that trusts Mozilla's roots and ``roots``, and nothing of this machine's own store.

    It agrees to all that Java agrees to: what Python by itself turns away may do for Alexa.
    """
    context = ssl.create_default_context(cafile=certifi.where())
    context.set_ciphers(_SUITES)
    context.options |= _LEGACY_SERVER_CONNECT
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    for root in roots:
        context.load_verify_locations(cafile=str(root))
    return context


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """Sends requests. No redirect is followed, no cookie kept, nothing tried twice."""

    tls: Trust = field(default_factory=trusting)
    resolve: Mapping[str, str] = field(default_factory=dict)
    """Host name to ``ADDRESS[:PORT]``; such a host never goes through a proxy."""
    relay_for: RelayFor = direct
    """The proxy for each server; it looks up the server's name, which this machine may not know."""
    time_cap_s: float = TIME_CAP_S
    """Seconds after which a call is given up, wherever it is by then."""

    async def send(
        self, method: str, url: str, headers: Sequence[tuple[str, str]], body: str, clock: CallClock
    ) -> Answer:
        """The answer, or in it what came instead. Nothing is raised."""
        try:
            scheme, host, port = _place(url)
            address = self._address_of(host, port)
            relay = self.relay_for(scheme, host, port) if address is None and host else None
        except ValueError as error:
            clock.stop()
            return failure_of(error)
        deadline = asyncio.get_running_loop().time() + self.time_cap_s
        came, passage = FirstBytes(), Passage(scheme, relay, address)
        try:
            if address is None and relay is None and host:
                async with asyncio.timeout_at(deadline):
                    await clock.resolve(host, port)
            request = self._request(method, url, headers, body, address, (clock.trace, came.trace, passage.trace))
            return passage.judged(await self._sent(request, relay, deadline))
        except (TimeoutError, httpx2.TimeoutException):
            return passage.judged(too_late(self.time_cap_s))
        except httpx2.RemoteProtocolError as error:
            return passage.judged(without_head(came.seen) or failure_of(error))
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError, ValueError) as error:
            return passage.judged(failure_of(error))
        finally:
            clock.stop()

    async def _sent(self, request: httpx2.Request, relay: Relay | None, deadline: float) -> Answer:
        async with asyncio.timeout_at(deadline):
            tls = self.tls if isinstance(self.tls, ssl.SSLContext) else await asyncio.wrap_future(self.tls)
        proxy = relay.proxy() if relay is not None else None
        async with httpx2.AsyncClient(verify=tls, proxy=proxy, trust_env=False, timeout=self.time_cap_s) as client:
            async with asyncio.timeout_at(deadline):
                response = await client.send(request, auth=None, follow_redirects=False, stream=True)
            try:
                return await read_answer(response, deadline, self.time_cap_s)
            finally:
                await response.aclose()

    @staticmethod
    def _request(
        method: str,
        url: str,
        headers: Sequence[tuple[str, str]],
        body: str,
        address: str | None,
        listeners: Sequence[Trace],
    ) -> httpx2.Request:
        async def trace(event: str, info: dict[str, Any]) -> None:
            for listen in listeners:
                await listen(event, info)

        target, extensions = httpx2.URL(url), {"trace": trace}
        if address is not None:
            at, _, port = address.rpartition(":")
            extensions["sni_hostname"] = target.host  # type: ignore[assignment]
            target = target.copy_with(host=at.strip("[]"), port=int(port))
        return httpx2.Request(method, target, headers=list(headers), content=body.encode(), extensions=extensions)

    def _address_of(self, host: str, port: int) -> str | None:
        known = {name.lower(): address for name, address in self.resolve.items()}
        found = known.get(f"{host}:{port}".lower()) or known.get(host.lower())
        if found is None:
            return None
        has_port = found.endswith("]") is False and ":" in found.rpartition("]")[2]
        return found if has_port else f"{found}:{port}"


def _place(url: str) -> tuple[str, str, int]:
    """Scheme, host (empty where there is none) and port of ``url``. Raises :class:`ValueError`."""
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port or (80 if parts.scheme == "http" else 443)
