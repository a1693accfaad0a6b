"""Content-Security-Policy, as far as it decides where a form may lead (CSP Level 3, sections 4 and 6.7.2)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from e2e_linker.derive.urls import split
from e2e_linker.model import Origin, origin_of

__all__ = ["Policy", "matches", "parse_policies"]

_BLANKS = " \t\n\f\r"
_SCHEME_SOURCE = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_HOST_SOURCE = re.compile(
    r"(?:(?P<scheme>[a-z][a-z0-9+.-]*)://)?"
    r"(?P<host>\*|\[[0-9a-f:.]+\]|(?:\*\.)?[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?)"
    r"(?::(?P<port>[0-9]+|\*))?"
    r"(?P<path>/[^?#]*)?(?:[?#].*)?",
    re.IGNORECASE,
)
_DEFAULT_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}
_UPGRADES = {"http": {"http", "https"}, "ws": {"ws", "wss", "http", "https"}, "wss": {"wss", "https"}}


@dataclass(frozen=True, slots=True)
class Policy:
    """One policy: its directives by lower-case name, the first of a name counting."""

    directives: dict[str, tuple[str, ...]]

    def allows_form(self, url: str, document: str, *, redirected: bool = False) -> bool:
        """Whether a form of ``document`` may be sent to ``url``, or be redirected there.

        ``form-action`` falls back to no other directive: without it everything is allowed.
        """
        sources = self.directives.get("form-action")
        return sources is None or matches(sources, url, origin_of(document), redirected=redirected)


def parse_policies(values: Iterable[str]) -> tuple[Policy, ...]:
    """The policies in header ``values``; one value may hold several, joined by commas.

    Some engines hand over repeated headers joined by line ends, so those part policies too.
    """
    found = (_policy(text) for value in values for text in re.split(r"[,\n]", value))
    return tuple(policy for policy in found if policy.directives)


def _policy(text: str) -> Policy:
    directives: dict[str, tuple[str, ...]] = {}
    for part in text.split(";"):
        name, *sources = re.split(f"[{_BLANKS}]+", part.strip(_BLANKS))
        if name:
            directives.setdefault(name.lower(), tuple(sources))
    return Policy(directives)


def matches(sources: Sequence[str], url: str, origin: Origin, *, redirected: bool = False) -> bool:
    """Whether one of the source expressions matches ``url``; ``origin`` is what ``'self'`` means.

    After a redirect paths are ignored, so that a policy cannot be used to learn where another site redirects to.
    ``'none'``, nonces and hashes match nothing.
    """
    return any(_matches(source, url, origin, redirected) for source in sources)


def _matches(source: str, url: str, origin: Origin, redirected: bool) -> bool:
    target = origin_of(url)
    if source == "*":
        return target.scheme in {"http", "https"} or target.scheme == origin.scheme
    if source.lower() == "'self'":
        return _is_self(target, origin)
    if scheme := _SCHEME_SOURCE.fullmatch(source):
        return _scheme_matches(scheme[1].lower(), target.scheme)
    parts = _HOST_SOURCE.fullmatch(source)
    if parts is None or not target.host:
        return False
    return (
        _scheme_matches((parts["scheme"] or origin.scheme).lower(), target.scheme)
        and _host_matches(parts["host"].lower().strip("[]").rstrip("."), target.host)
        and _port_matches(parts["port"], target)
        and (redirected or _path_matches(parts["path"] or "", split(url).path or "/"))
    )


def _is_self(target: Origin, origin: Origin) -> bool:
    if target == origin:
        return True
    ports = target.port == origin.port or (_is_default(target) and _is_default(origin))
    safer = target.scheme in {"https", "wss"} or (origin.scheme == "http" and target.scheme == "ws")
    return target.host == origin.host and ports and safer


def _is_default(place: Origin) -> bool:
    return place.port == _DEFAULT_PORTS.get(place.scheme)


def _scheme_matches(wanted: str, scheme: str) -> bool:
    return scheme in _UPGRADES.get(wanted, {wanted})


def _host_matches(pattern: str, host: str) -> bool:
    if pattern == "*":
        return True
    return host.endswith(pattern[1:]) if pattern.startswith("*.") else host == pattern


def _port_matches(wanted: str | None, target: Origin) -> bool:
    if wanted is None:
        return _is_default(target)
    if wanted == "*" or target.port is None:
        return wanted == "*"
    # Port 80 also means its secure counterpart: the scheme may be upgraded, and the port with it.
    return int(wanted) == target.port or (int(wanted) == 80 and target.port == 443)


def _path_matches(wanted: str, path: str) -> bool:
    if wanted in {"", "/"}:
        return True
    theirs, mine = path.split("/"), wanted.split("/")
    if wanted.endswith("/"):
        mine.pop()
        theirs = theirs[: len(mine)] if len(theirs) > len(mine) else []
    return [unquote(piece) for piece in mine] == [unquote(piece) for piece in theirs]
