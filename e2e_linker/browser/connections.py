"""What the proxy notes down about each connection, for diagnosis."""

from __future__ import annotations

from dataclasses import dataclass

from e2e_linker.browser.addresses import Address
from e2e_linker.browser.dialing import FailureKind

__all__ = ["Connection", "Tally"]


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
