"""The cookie jar: how much of it a request carries, and whether that grows with every login that is given up."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from e2e_linker.derive.cookie_scopes import belongs_to, is_within
from e2e_linker.derive.urls import split
from e2e_linker.evidence.models import JarCookie, Request
from e2e_linker.evidence.traffic import SCRIPTED
from e2e_linker.model import host_of

__all__ = ["JarGrowth", "JarTotal", "Place", "carried", "growth", "places"]

Place = tuple[str, str]
"""Host and path of a request."""


_LEAST_LOGINS = 4
_LEAST_BEFORE_REFUSAL = 2
"""Logins that show growth where those after them were refused: a jar of large cookies is full by then."""
_LARGE_BYTES = 2048
"""Bytes below which a request is refused for no cookies, so that few logins show nothing."""
_LEAST_BYTES = 16
"""Bytes per login below which a jar is taken to be steady: identifiers vary a little in length."""


@dataclass(frozen=True, slots=True)
class JarTotal:
    """Sums over what one request carries of a jar; ``bytes`` counts names and values."""

    count: int
    bytes: int
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class JarGrowth:
    """How a jar grew over a row of logins."""

    logins: int
    bytes_per_login: float
    cookies_per_login: float
    families: tuple[str, ...]
    """Names of the cookies that pile up, their changing ends written as ``*``."""


def places(requests: Iterable[Request]) -> frozenset[Place]:
    """Where ``requests`` went that the login is made of: pages, and what their scripts ask for. No images or styles."""
    ways = (each for each in requests if each.navigation or each.resource_type in SCRIPTED)
    return frozenset((host_of(each.url), split(each.url).path or "/") for each in ways)


def carried(jar: Sequence[JarCookie], to: Iterable[Place]) -> JarTotal:
    """Sums over what a request to one of ``to`` would carry of ``jar``: the one that carries most.

    A cookie of each login's own path is sent to that path alone, however many there are (RFC 6265, section 5.4). Of
    requests that carry as much, the first by host and path is told.
    """
    most: list[JarCookie] = []
    for host, places_of_host in groupby(sorted(set(to)), itemgetter(0)):
        paths = [path for _, path in places_of_host]
        sent = _most([cookie for cookie in jar if _is_for(cookie, host)], paths)
        most = max(most, sent, key=_bytes)
    return JarTotal(len(most), _bytes(most), tuple(cookie.name for cookie in most))


def _most(cookies: Sequence[JarCookie], paths: Iterable[str]) -> list[JarCookie]:
    """What the one of ``paths`` carries to which most of ``cookies``, all of one host, are sent."""
    # Most cookies share one path, so that paths are compared, and not cookies.
    sizes: Counter[str] = Counter()
    for cookie in cookies:
        sizes[cookie.path] += cookie.size
    most = max(paths, key=lambda path: sum(size for within, size in sizes.items() if is_within(path, within)))
    return [cookie for cookie in cookies if is_within(most, cookie.path)]


def _bytes(cookies: Iterable[JarCookie]) -> int:
    return sum(cookie.size for cookie in cookies)


def _is_for(cookie: JarCookie, host: str) -> bool:
    domain = cookie.domain.lower()
    return belongs_to(host, domain.removeprefix(".")) if domain.startswith(".") else host == domain


def growth(totals: Sequence[JarTotal], *, refused: bool = False) -> JarGrowth | None:
    """The growth over ``totals`` in order; None where the jar is steady, grows at first only, or there are too few.

    Linear growth is still there in the second half: a server that keeps its last few state cookies has stopped by then.
    ``refused`` says that the logins after ``totals`` were.
    """
    full = refused and len(totals) >= _LEAST_BEFORE_REFUSAL and totals[-1].bytes >= _LARGE_BYTES
    if len(totals) < _LEAST_LOGINS and not full:
        return None
    middle = len(totals) // 2
    later = len(totals) - 1 - middle
    early = (totals[middle].bytes - totals[0].bytes) / middle
    late = (totals[-1].bytes - totals[middle].bytes) / later if later else early
    if late < _LEAST_BYTES or late < early / 2:
        return None
    steps = len(totals) - 1
    return JarGrowth(
        logins=len(totals),
        bytes_per_login=(totals[-1].bytes - totals[0].bytes) / steps,
        cookies_per_login=(totals[-1].count - totals[0].count) / steps,
        families=_families(totals[0].names, totals[-1].names),
    )


def _families(first: Sequence[str], last: Sequence[str]) -> tuple[str, ...]:
    fresh = [name for name in last if name not in first]
    stems = Counter(re.sub(r"[A-Za-z0-9]*\d[A-Za-z0-9]*$|(?<=[._-])[^._-]{6,}$", "", name) for name in fresh)
    return tuple(f"{stem}*" for stem, count in stems.most_common(3) if count > 1)
