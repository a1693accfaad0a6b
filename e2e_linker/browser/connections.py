"""What the proxy notes down about each connection, for diagnosis."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from e2e_linker.browser.addresses import Address, canonical_host
from e2e_linker.browser.dialing import FailureKind
from e2e_linker.evidence.proxy_words import SEEN_THROUGH
from e2e_linker.evidence.tls_words import is_of_tls
from e2e_linker.evidence.traffic import Request
from e2e_linker.model import origin_of

__all__ = ["Connection", "Tally", "objection_to", "with_objections"]


@dataclass(frozen=True, slots=True)
class Connection:
    """What became of one connection the browser asked for, up to now.

    ``opened_at`` is Unix time in seconds; ``dns_s`` and ``connect_s`` are seconds, ``None`` without a connection. Bytes
    are those carried for the browser. ``failure`` is an RFC 9209 error type, ``error`` the sentence for people, ``via``
    the machine's own proxy that it went through, as ``HOST:PORT``.
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
    via: str | None = None


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
    via: str | None = None

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
            self.via,
        )


def objection_to(url: str, connections: Iterable[Connection]) -> str | None:
    """Why no tunnel was opened to the server of ``url``, where its certificate is why; else None."""
    scheme, host, port = origin_of(url)
    wanted = ("tls_certificate_error", canonical_host(host), port)
    against = (seen.error for seen in connections if (seen.failure, seen.host, seen.port) == wanted)
    return next(against, None) if scheme == "https" else None


def with_objections(requests: Iterable[Request], connections: Sequence[Connection]) -> tuple[Request, ...]:
    """``requests``, those that failed for their TLS with what is noted of it here beside the engine's own word.

    That is what is wrong with the certificate, and the machine's own proxy, which may have shown one of its own.
    """
    against = [seen for seen in connections if seen.failure == "tls_certificate_error"]
    through: dict[tuple[str, int | None], str] = {(one.host, one.port): one.via for one in connections if one.via}
    told = []
    for request in requests:
        failure, (scheme, host, port) = request.failure, origin_of(request.url)
        objection = objection_to(request.url, against) if failure is not None else None
        said = f"{failure}: {objection}" if objection is not None else failure
        via = through.get((canonical_host(host), port)) if scheme == "https" and is_of_tls(said or "") else None
        said = f"{said}, {SEEN_THROUGH}{via}" if via is not None else said
        told.append(request if said == failure else request.model_copy(update={"failure": said}))
    return tuple(told)
