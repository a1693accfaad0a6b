"""The proxy through which this machine reaches the world, as the calls of the Alexa cloud use it."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import httpx2

from e2e_linker.evidence.proxy_words import SEEN_THROUGH, asked_for
from e2e_linker.service.answers import Answer

__all__ = ["Passage", "Relay", "RelayFor", "direct"]

_OPEN = {"https": "proxy.start_tls.started", "http": "http11.send_request_headers.started"}
"""By the scheme of the server, the trace event before which everything is between this machine and its proxy."""
_ANSWERED = "http11.receive_response_headers.complete"


@dataclass(frozen=True, slots=True)
class Relay:
    """A proxy to send a request through: its address, and the value of ``Proxy-Authorization``."""

    url: str
    """``http://HOST:PORT`` or ``https://HOST:PORT``, without credentials."""
    authorization: str | None = field(default=None, repr=False)

    def proxy(self) -> httpx2.Proxy:
        """It as the HTTP client takes it. One over TLS is trusted by this machine's own roots, as browsers do."""
        tls = ssl.create_default_context() if self.url.startswith("https:") else None
        headers = {"Proxy-Authorization": self.authorization} if self.authorization else None
        return httpx2.Proxy(self.url, ssl_context=tls, headers=headers)


RelayFor = Callable[[str, str, int], Relay | None]
"""The proxy for a scheme, a host and a port; None where the server is reached directly."""


def direct(scheme: str, host: str, port: int) -> Relay | None:
    """None: no proxy for anything."""
    return None


class Passage:
    """Listens to the HTTP client's trace events for whether this machine opened the way to the server."""

    def __init__(self, scheme: str, relay: Relay | None, address: str | None = None) -> None:
        self._sign, self._relay, self._address, self._is_open = _OPEN.get(scheme), relay, address, False
        self._wanted = ""

    async def trace(self, event: str, info: dict[str, Any]) -> None:
        """Listen to one event."""
        self._is_open = self._is_open or event == self._sign
        if event == _ANSWERED and self._relay is not None and not self._is_open:
            headers = info["return_value"][3]
            self._wanted = asked_for((name.decode("latin-1"), value.decode("latin-1")) for name, value in headers)

    def judged(self, answer: Answer) -> Answer:
        """``answer``, or where there is none because this machine did not let the request through, that it did not.

        So does its proxy, and an address that the tester named for the server.
        """
        if self._address is not None and answer.failure_kind in {"dns", "connect"}:
            said = f"{answer.failure}, at {self._address}, where linker.resolve or --resolve says that this host is"
            return replace(answer, failure=said, failure_kind="here")
        if self._relay is None or answer.failure is None:
            return answer
        proxy, said = self._relay.url.rpartition("/")[2], answer.failure
        if not self._is_open:
            told = f"upstream proxy {proxy} did not lead to the server: {said}{self._wanted}"
            return replace(answer, failure=told, failure_kind="proxy")
        return replace(answer, failure=f"{said}, {SEEN_THROUGH}{proxy}") if answer.failure_kind == "tls" else answer
