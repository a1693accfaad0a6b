"""What can be said of the skill's two endpoints by their addresses alone."""

from __future__ import annotations

import re
from ipaddress import ip_address

from e2e_linker.alexa.facts import DEFAULT_PORT
from e2e_linker.derive.urls import last_part
from e2e_linker.model import origin_of

__all__ = ["address_problem", "host_problem", "look_swapped", "transport_problem"]

_LOCAL = re.compile(r"(?:.+\.)?localhost|.+\.(?:local|internal|intranet|lan|home|corp|home\.arpa)", re.IGNORECASE)
"""Names that only a private network knows (RFC 6761, RFC 6762, RFC 8375, ICANN's reservations)."""

_AUTHORIZATION = re.compile(r"auth|oauth2?|authori[sz](?:e|ation)|log-?in|sign-?in|dialog|consent|oa", re.IGNORECASE)
_TOKEN = re.compile(r"(?:access|oauth2?|get|issue)?[-_]?tokens?(?:[-_.]?(?:endpoint|json|php|aspx?))?", re.IGNORECASE)


def transport_problem(url: str) -> str | None:
    """What is wrong with scheme or port of ``url``, None where it is https on port 443."""
    scheme, host, port = origin_of(url)
    if not host:
        return None
    if scheme != "https":
        return f"uses {scheme or 'no scheme'} instead of https"
    if port != DEFAULT_PORT:
        return f"uses port {port} instead of {DEFAULT_PORT}"
    return None


def address_problem(url: str) -> str | None:
    """What keeps Alexa's customers and servers from reaching ``url``, None where nothing does.

    Only what is written is judged, never what a name resolves to here.
    """
    return ", and ".join(filter(None, (transport_problem(url), host_problem(url)))) or None


def host_problem(url: str) -> str | None:
    """What is wrong with the host of ``url``, None where everybody may know it."""
    host = origin_of(url).host
    if _is_address(host):
        return f"names the address {host} instead of a host, and no trusted certificate covers it"
    if host and (_LOCAL.fullmatch(host) or "." not in host):
        return f"names {host}, which only a private network knows"
    return None


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        # 0x7f.1 and 2130706433 are addresses to a browser as well.
        return re.fullmatch(r"(?:0x[0-9a-f]*|\d+)(?:\.(?:0x[0-9a-f]*|\d+))*", host, re.IGNORECASE) is not None
    return True


def look_swapped(authorization_url: str, access_token_url: str) -> bool:
    """Whether the last words of both paths say that each URL stands in the other's place."""
    return (
        _TOKEN.fullmatch(last_part(authorization_url)) is not None
        and _AUTHORIZATION.fullmatch(last_part(access_token_url)) is not None
    )
