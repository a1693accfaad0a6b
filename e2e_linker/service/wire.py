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

__all__ = ["TIME_CAP_S", "Wire", "trusting"]

TIME_CAP_S = 10.0
Trace = Callable[[str, dict[str, Any]], Awaitable[None]]
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
"""Where no proxy leads back to."""


def trusting(roots: Sequence[Path] = ()) -> ssl.SSLContext:
    """A TLS context that trusts Mozilla's roots and ``roots``, and nothing of this machine's own store."""
    context = ssl.create_default_context(cafile=certifi.where())
    for root in roots:
        context.load_verify_locations(cafile=str(root))
    return context


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """Sends requests. No redirect is followed, no cookie kept, nothing tried twice."""

    tls: ssl.SSLContext | Future[ssl.SSLContext] = field(default_factory=trusting)
    """Or the promise of one: reading all of Mozilla's roots takes as long as a fast token call does."""
    resolve: Mapping[str, str] = field(default_factory=dict)
    """Host name to ``ADDRESS[:PORT]``; such a host never goes through a proxy of the environment."""
    time_cap_s: float = TIME_CAP_S
    """Seconds after which a call is given up, wherever it is by then."""

    async def send(
        self, method: str, url: str, headers: Sequence[tuple[str, str]], body: str, clock: CallClock
    ) -> Answer:
        """The answer, or in it what came instead. Nothing is raised."""
        deadline, came = asyncio.get_running_loop().time() + self.time_cap_s, FirstBytes()
        try:
            parts = urlsplit(url)
            default = 80 if parts.scheme == "http" else 443
            async with asyncio.timeout_at(deadline):
                address = self._address_of(parts.hostname or "", parts.port or default)
                if address is None and parts.hostname:
                    await clock.resolve(parts.hostname, parts.port or default)
            request = self._request(method, url, headers, body, address, (clock.trace, came.trace))
            return await self._sent(request, address, deadline)
        except (TimeoutError, httpx2.TimeoutException):
            return too_late(self.time_cap_s)
        except httpx2.RemoteProtocolError as error:
            return without_head(came.seen) or failure_of(error)
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError, ValueError) as error:
            return failure_of(error)
        finally:
            clock.stop()

    async def _sent(self, request: httpx2.Request, address: str | None, deadline: float) -> Answer:
        direct = address is not None or request.url.host in _LOOPBACK
        async with asyncio.timeout_at(deadline):
            tls = self.tls if isinstance(self.tls, ssl.SSLContext) else await asyncio.wrap_future(self.tls)
        async with httpx2.AsyncClient(verify=tls, trust_env=not direct, timeout=self.time_cap_s) as client:
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
