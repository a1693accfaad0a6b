"""The small value types that every layer shares. They know nothing of browsers, files or reports."""

from __future__ import annotations

import hashlib
import re
from enum import StrEnum
from functools import lru_cache
from typing import Literal, NamedTuple
from urllib.parse import urljoin, urlsplit

from pydantic import BaseModel, ConfigDict

__all__ = [
    "Confidence",
    "Depth",
    "EngineName",
    "Fault",
    "Grant",
    "Origin",
    "Record",
    "Region",
    "Severity",
    "Surface",
    "fingerprint",
    "host_of",
    "joined",
    "origin_of",
    "slug",
]

EngineName = Literal["chromium", "firefox", "webkit"]
"""A browser engine, by Playwright's own names."""


class Record(BaseModel):
    """Base of every value that crosses a boundary: frozen, and closed against unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_bytes="base64", val_json_bytes="base64")


class Severity(StrEnum):
    """How bad a finding is, worst first: somebody cannot link, it works only partly, or Amazon advises otherwise."""

    BREAKS = "breaks"
    DEGRADES = "degrades"
    RECOMMENDED = "recommended"

    @property
    def rank(self) -> int:
        """0 for the worst; compare ranks, not names."""
        return list(Severity).index(self)

    def at_least(self, other: Severity) -> bool:
        """Whether this is as bad as ``other`` or worse."""
        return self.rank <= other.rank


class Confidence(StrEnum):
    """How sure a finding is: seen in the evidence, inferred from it, or a threshold of our own making."""

    CERTAIN = "certain"
    LIKELY = "likely"
    POSSIBLE = "possible"


class Fault(StrEnum):
    """Whose fault a failure is, so that the reader knows whom to ask."""

    IDENTITY_PROVIDER = "identity_provider"
    CONTENT_HOST = "content_host"
    SKILL_CONFIGURATION = "skill_configuration"
    NETWORK = "network"
    TESTER = "tester"
    """The tester's own account, credentials or login steps."""
    TOOL = "tool"


class Region(StrEnum):
    """Amazon's three Alexa regions: North America, Europe with India, Far East (Japan, Australia)."""

    NA = "NA"
    EU = "EU"
    FE = "FE"


class Grant(StrEnum):
    """The account linking type, by SMAPI's names."""

    AUTH_CODE = "AUTH_CODE"
    IMPLICIT = "IMPLICIT"


class Surface(StrEnum):
    """What shows the page: a plain browser, a custom tab over the app, or a web view inside the app."""

    BROWSER = "browser"
    CUSTOM_TAB = "custom-tab"
    WEBVIEW = "webview"


class Depth(StrEnum):
    """How much is tried on somebody's server, least first."""

    PASSIVE = "passive"
    STANDARD = "standard"
    THOROUGH = "thorough"

    def includes(self, other: Depth) -> bool:
        """Whether a run of this depth does what ``other`` asks for."""
        return _DEPTHS.index(self) >= _DEPTHS.index(other)


_DEPTHS = tuple(Depth)


class Origin(NamedTuple):
    """Scheme, lower-case host and effective port of a URL."""

    scheme: str
    host: str
    port: int | None


_DEFAULT_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}


_PLAIN_ORIGIN = re.compile(r"[a-z]+://[A-Za-z0-9.-]+(?::\d+)?(?=[/?#]|\Z)")
"""The beginning of a URL that says all about its origin, and that many URLs share."""


def origin_of(url: str) -> Origin:
    """The origin of ``url``. A URL that cannot be parsed has an empty scheme and host, and no port."""
    plain = _PLAIN_ORIGIN.match(url)
    return _origin_of(plain.group() if plain else url)


@lru_cache(maxsize=20_000)
def _origin_of(url: str) -> Origin:
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".").lower()
        return Origin(parts.scheme.lower(), host, parts.port or _DEFAULT_PORTS.get(parts.scheme.lower()))
    except ValueError:
        return Origin("", "", None)


def host_of(url: str) -> str:
    """The lower-case host of ``url``, or an empty string where it has none (``data:``, ``about:``, nonsense)."""
    return origin_of(url).host


def joined(base: str, target: str) -> str:
    """``target`` as a page of ``base`` means it; as it stands where it is nonsense (``https://[object Object]/``)."""
    try:
        return urljoin(base, target)
    except ValueError:
        return target


def fingerprint(*parts: str) -> str:
    """A stable 16-digit hexadecimal id made of ``parts``; give it nothing that changes between runs."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]


def slug(text: str) -> str:
    """``text`` as lower-case words joined by hyphens, safe as a file name; ``x`` where nothing is left."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "x"
