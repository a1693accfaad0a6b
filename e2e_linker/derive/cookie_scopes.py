"""Where a cookie goes by what it says of itself, and what a request brought. Source: RFC 6265, sections 5.1 and 5.4."""

from __future__ import annotations

import re
from collections.abc import Iterable
from email.utils import parsedate_to_datetime
from typing import Final

from e2e_linker.derive.urls import split
from e2e_linker.evidence.models import Request, SetCookie
from e2e_linker.evidence.token_looks import is_unguessable, is_wording
from e2e_linker.model import host_of

__all__ = [
    "FORGERY",
    "SESSION",
    "belongs_to",
    "domain_of",
    "goes_to",
    "goes_to_host",
    "goes_to_path",
    "is_removal",
    "is_within",
    "lasting_name",
    "lasting_names",
    "left_alone",
    "may_know",
    "names_sent",
    "values_sent",
]

FORGERY: Final = re.compile(r"csrf|xsrf|forgery|RequestVerificationToken|authenticity_?token", re.IGNORECASE)
"""Names of what forms prove by where they come from, fields and cookies: they change at a login, and hold none."""
SESSION: Final = re.compile(r"sess|login|auth(?!or(?!i))|(?<![a-z])sid(?![a-z])", re.IGNORECASE)
"""Names of cookies that may hold a login; that of an ``author`` does not."""
_FIRST_YEAR: Final = 2000
"""Cookies that expire before it are being removed."""
_PARTS: Final = re.compile(r"([.:|])")
_WORDS: Final = re.compile(r"_{0,2}(?:(?:in|id|[a-z]{3,}|[A-Z]{3,}|(?:[A-Z][a-z]{2,})+)[_-])*")
"""What may stand before the made-up rest of a part of a name: ``wordpress_logged_in_``."""
_MADE_UP: Final = re.compile(r"(?=[A-Za-z%]*\d|\d*[a-z]*[A-Z]+[a-z]+[A-Z])[\w%]{6,}", re.ASCII)
"""A run such as chance makes, beside the words and short numbers that ``KEYCLOAK_3P_COOKIE_SAMESITE`` has."""
_MOMENT: Final = re.compile(r"\d{8,}")


def domain_of(cookie: SetCookie) -> str:
    """The domain that ``cookie`` is for, empty where it is for the host that set it alone."""
    return (cookie.domain or "").lower().removeprefix(".")


def belongs_to(host: str, domain: str) -> bool:
    """Whether ``host`` is ``domain``, or one below it."""
    return host == domain or host.endswith(f".{domain}")


def goes_to(cookie: SetCookie, setter: str, url: str) -> bool:
    """Whether ``cookie``, set by an answer to the address ``setter``, is for ``url``, but for what it says of sites."""
    return goes_to_host(cookie, host_of(setter), host_of(url)) and goes_to_path(cookie, setter, url)


def goes_to_host(cookie: SetCookie, setter: str, host: str) -> bool:
    """Whether ``cookie``, set by the host ``setter``, is for ``host``."""
    domain = domain_of(cookie)
    return host == setter or (bool(domain) and belongs_to(host, domain))


def goes_to_path(cookie: SetCookie, setter: str, url: str) -> bool:
    """Whether ``cookie``, set by an answer to the address ``setter``, is for the path of ``url``.

    One that names no path is for the folder of the address that set it.
    """
    named = cookie.path if cookie.path and cookie.path.startswith("/") else None
    return is_within(split(url).path or "/", named or split(setter).path.rpartition("/")[0] or "/")


def is_within(path: str, within: str) -> bool:
    """Whether a cookie for the path ``within`` is sent with a request for ``path``."""
    return path == within or path.startswith(within.rstrip("/") + "/")


def names_sent(request: Request) -> frozenset[str]:
    """The names of the cookies that came with ``request``."""
    measured = {part.name for part in request.sizes.cookies} if request.sizes else set()
    headers = [value for name, value in request.headers if name.lower() == "cookie"]
    pairs = (pair for value in headers for pair in value.split(";") if pair.strip())
    return frozenset(measured | {pair.partition("=")[0].strip() for pair in pairs})


def values_sent(request: Request) -> dict[str, set[str]]:
    """The values of the cookies that came with ``request``, by name, as far as its headers were seen."""
    found: dict[str, set[str]] = {}
    for name, value in request.headers:
        if name.lower() == "cookie":
            for pair in value.split(";"):
                key, _, content = pair.strip().partition("=")
                found.setdefault(key, set()).add(content)
    return found


def left_alone(name: str, requests: Iterable[Request]) -> bool:
    """Whether a document of ``requests`` got the cookie ``name`` and did not set it anew."""
    return any(
        one.status is not None and name in names_sent(one) and name not in {given.name for given in one.set_cookies}
        for one in requests
        if one.leads
    )


def is_removal(cookie: SetCookie) -> bool:
    """Whether ``cookie`` is set to be taken away: it is empty, or ends at once."""
    if cookie.size <= len(cookie.name.encode()):
        return True
    if cookie.max_age is not None:
        return cookie.max_age.lstrip().startswith(("0", "-"))
    try:
        return cookie.expires is not None and parsedate_to_datetime(cookie.expires).year < _FIRST_YEAR
    except (ValueError, OverflowError):
        return False


def may_know(cookie: SetCookie) -> bool:
    """Whether a server may know its customer or a form again by ``cookie``; tests and statistics are of scripts."""
    prefixed = cookie.name.lower().startswith(("__host-", "__secure-"))
    named = SESSION.search(cookie.name) or FORGERY.search(cookie.name)
    return cookie.http_only or prefixed or named is not None


def lasting_names(names: Iterable[str]) -> str:
    """``names`` of cookies as the subject of a finding: each as :func:`lasting_name`, in backticks, once."""
    return ", ".join(dict.fromkeys(f"`{lasting_name(name)}`" for name in names))


def lasting_name(name: str) -> str:
    """``name`` with ``*`` for what is made up anew for each login, as in ASP.NET's ``.AspNetCore.Correlation.*``."""
    first, *others = _PARTS.split(name)
    words = _WORDS.match(first)
    head = words.group() if words else ""
    return head + "".join("*" if _is_made_up(part) else part for part in (first.removeprefix(head), *others))


def _is_made_up(part: str) -> bool:
    if _MOMENT.fullmatch(part):
        return True
    return is_unguessable(part) and not is_wording(part) and any(map(_MADE_UP.fullmatch, re.split(r"[_-]", part)))
