"""The cookie jar: how much it holds, and whether it grows with every login that is given up."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from e2e_linker.derive.base import fact
from e2e_linker.evidence.models import JarCookie

__all__ = ["JarGrowth", "JarTotal", "growth", "jar_total"]

_LEAST_LOGINS = 4
_LEAST_BYTES = 16
"""Bytes per login below which a jar is taken to be steady: identifiers vary a little in length."""


@dataclass(frozen=True, slots=True)
class JarTotal:
    """Sums over one jar; ``bytes`` counts names and values."""

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


@fact
def jar_total(jar: tuple[JarCookie, ...]) -> JarTotal:
    """Sums over ``jar``."""
    return JarTotal(len(jar), sum(cookie.size for cookie in jar), tuple(cookie.name for cookie in jar))


def growth(totals: Sequence[JarTotal]) -> JarGrowth | None:
    """The growth over ``totals`` in order; None where the jar is steady, grows at first only, or there are too few.

    Linear growth is still there in the second half: a server that keeps its last few state cookies has stopped by then.
    """
    if len(totals) < _LEAST_LOGINS:
        return None
    middle = len(totals) // 2
    later = len(totals) - 1 - middle
    early = (totals[middle].bytes - totals[0].bytes) / middle
    late = (totals[-1].bytes - totals[middle].bytes) / later
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
