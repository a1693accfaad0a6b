"""What the proxy notes down about each connection, for diagnosis."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from e2e_linker.browser.addresses import Address, canonical_host
from e2e_linker.browser.dialing import FailureKind
from e2e_linker.evidence.traffic import Request
from e2e_linker.model import origin_of

__all__ = ["Connection", "Tally", "objection_to", "with_objections"]


@dataclass(frozen=True, slots=True)
class Connection:
    """What became of one connection the browser asked for, up to now.

    ``opened_at`` is Unix time in seconds; ``dns_s`` and ``connect_s`` are seconds, ``None`` without a connection. Bytes
    are those carried for the browser. ``failure`` is an RFC 9209 error type, ``error`` the sentence for people.
    """

    host: str
    port: int
    opened_at: float
    refused: bool
    failure: FailureKind | None
    error: str | None
    bytes_up: int
    bytes_down: int
    dns_s: float | None
    connect_s: float | None


@dataclass(slots=True)
class Tally:
    """A :class:`Connection` that is still being counted."""

    target: Address
    opened_at: float
    refused: bool = False
    failure: FailureKind | None = None
    error: str | None = None
    bytes_up: int = 0
    bytes_down: int = 0
    dns_s: float | None = None
    connect_s: float | None = None

    def up(self, size: int) -> None:
        """Count bytes sent by the browser."""
        self.bytes_up += size

    def down(self, size: int) -> None:
        """Count bytes sent to the browser."""
        self.bytes_down += size

    def fail(self, kind: FailureKind, error: str) -> None:
        """Note why the connection came to nothing, or broke."""
        self.failure, self.error = kind, error

    def record(self) -> Connection:
        """The count as it stands."""
        return Connection(
            self.target.host,
            self.target.port,
            self.opened_at,
            self.refused,
            self.failure,
            self.error,
            self.bytes_up,
            self.bytes_down,
            self.dns_s,
            self.connect_s,
        )


def objection_to(url: str, connections: Iterable[Connection]) -> str | None:
    """Why no tunnel was opened to the server of ``url``, where its certificate is why; else None."""
    scheme, host, port = origin_of(url)
    wanted = ("tls_certificate_error", canonical_host(host), port)
    against = (seen.error for seen in connections if (seen.failure, seen.host, seen.port) == wanted)
    return next(against, None) if scheme == "https" else None


def with_objections(requests: Iterable[Request], connections: Sequence[Connection]) -> tuple[Request, ...]:
    """``requests``, those that failed for a certificate with what is wrong with it beside the engine's own word."""
    against = [seen for seen in connections if seen.failure == "tls_certificate_error"]
    told = []
    for request in requests:
        objection = objection_to(request.url, against) if request.failure is not None else None
        said = {"failure": f"{request.failure}: {objection}"}
        told.append(request if objection is None else request.model_copy(update=said))
    return tuple(told)
