"""How large every request head is, and how near it comes to what servers bear."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from e2e_linker.alexa import facts
from e2e_linker.alexa.limits import Headroom, HeadSizes, tightest
from e2e_linker.derive.base import fact
from e2e_linker.derive.ladder import Ladder
from e2e_linker.derive.urls import without_parameters
from e2e_linker.evidence.models import Arrival, NamedSize, Param, Request, RequestSizes
from e2e_linker.evidence.traffic import PADDING

__all__ = ["ArrivalSize", "HopSize", "Largest", "Sizes", "head_sizes", "largest", "sizes"]

_SUBREQUESTS = 3


@dataclass(frozen=True, slots=True)
class Largest:
    """The largest single thing in a request head."""

    what: str
    """``cookie`` or ``parameter``."""
    name: str
    bytes: int

    @property
    def text(self) -> str:
        """In words: ``cookie session (3,100 bytes)``."""
        return f"{self.what} {self.name} ({self.bytes:,} bytes)"


@dataclass(frozen=True, slots=True)
class HopSize:
    """The head of one request, in bytes."""

    request: int
    method: str
    url: str
    """Without query and fragment."""
    request_line: int
    cookie_header: int
    head: int
    largest: Largest | None
    rooms: tuple[Headroom, ...]
    """For each known server the part it would refuse first, the fullest first."""

    @property
    def refusing(self) -> tuple[Headroom, ...]:
        """The servers that would refuse this request in their default configuration."""
        return tuple(room for room in self.rooms if room.left < 0)


@dataclass(frozen=True, slots=True)
class ArrivalSize:
    """The redirect to Alexa. ``url_length`` counts characters as sent, the rest bytes."""

    request: int | None
    url_length: int
    request_line: int
    with_cookies: int
    """The head Amazon would receive from a long-time customer: cookies and other headers are assumed."""
    params: tuple[Param, ...]
    """The longest first. Those of the fragment are never sent to a server."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """Sizes of one walk."""

    hops: tuple[HopSize, ...]
    """Main-frame hops whose size is known, in order."""
    subrequests: tuple[HopSize, ...]
    """The largest of the other requests, largest first."""
    arrival: ArrivalSize | None


@fact
def sizes(requests: tuple[Request, ...], arrivals: tuple[Arrival, ...], ladder: Ladder) -> Sizes:
    """Sizes of ``requests`` and of the first of ``arrivals``. Requests an engine did not measure are left out."""
    main = {hop.request for hop in ladder.main if not hop.arrival}
    reached = {arrival.request for arrival in arrivals}
    others = sorted(
        ((r.sizes.head, r) for r in requests if r.sizes and r.n not in main and r.n not in reached),
        key=lambda pair: -pair[0],
    )
    return Sizes(
        hops=_measured(r for r in requests if r.n in main),
        subrequests=_measured(r for _, r in others[:_SUBREQUESTS]),
        arrival=_arrival(arrivals[0]) if arrivals else None,
    )


def _measured(requests: Iterable[Request]) -> tuple[HopSize, ...]:
    return tuple(
        HopSize(
            request=request.n,
            method=request.method,
            url=without_parameters(request.url),
            request_line=request.sizes.request_line,
            cookie_header=request.sizes.cookie_header,
            head=request.sizes.head,
            largest=largest(request.sizes),
            rooms=tightest(head_sizes(request.sizes)),
        )
        for request in requests
        if request.sizes is not None
    )


def head_sizes(measured: RequestSizes) -> HeadSizes:
    """``measured`` as the table of server limits counts."""
    return HeadSizes(
        request_line=measured.request_line,
        query=sum(part.bytes for part in measured.query) + max(0, len(measured.query) - 1),
        header_line=max(
            measured.cookie_header and measured.cookie_header + len("Cookie: "),
            measured.largest_header.bytes if measured.largest_header else 0,
        ),
        head_total=measured.head,
        header_count=measured.header_count,
    )


def largest(measured: RequestSizes) -> Largest | None:
    """The largest parameter or cookie that the test did not make itself, None where there is neither."""
    named: list[tuple[str, NamedSize]] = [("parameter", part) for part in measured.query]
    named += [("cookie", part) for part in measured.cookies if not part.name.startswith(PADDING)]
    if not named:
        return None
    what, part = max(named, key=lambda pair: pair[1].bytes)
    return Largest(what, part.name, part.bytes)


def _arrival(arrival: Arrival) -> ArrivalSize:
    return ArrivalSize(
        request=arrival.request,
        url_length=arrival.url_length,
        request_line=arrival.request_line,
        with_cookies=arrival.request_line + facts.SIMULATED_COOKIE_BYTES + facts.OTHER_HEADER_BYTES,
        params=tuple(sorted(arrival.params, key=lambda param: -param.length)),
    )
