"""Which part of the authorization request a page refuses, where it names one alone: the client, or the scopes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

from e2e_linker.derive.late_refusals import refused_what
from e2e_linker.derive.pages import Page
from e2e_linker.derive.stack_frames import without_frames
from e2e_linker.derive.urls import parameters, same_endpoint
from e2e_linker.derive.wordings import BLAMED_REDIRECT, UNKNOWN_CLIENT
from e2e_linker.evidence.models import Walk, records
from e2e_linker.evidence.traffic import READING
from e2e_linker.model import host_of

__all__ = ["BlamedPart", "blamed_part", "error_in_address"]

_LITTLE: Final = 1_200
"""Characters up to which the text of a page is about one thing; of a longer one only title and headings are read."""
_LONGEST: Final = 4_000
"""Characters of a line that is looked into: a file from elsewhere may hold titles without end."""
_CODES: Final = re.compile(
    r"\b(?:(?P<scope>invalid_scope)|invalid_client|invalid value for ['\"“]?client_id"
    r"|user pool client \S{1,80} does not exist)\b",
    re.IGNORECASE,
)
_ADDRESSES: Final = re.compile(r"https?://\S+|\S+(?:=|%3D)\S*", re.IGNORECASE)
"""Addresses and their parameters, which hold names of parts that nobody blames."""
_OTHERS: Final = re.compile(
    r"unauthori[sz]ed|\b(?:you|your|user|firewall|certificate|tls|ssl|csrf|token|cookie|session|browser|secret)\b"
    r"|\b(?:grant|response)[\s_-]types?\b|\bflow\b|\bpkce\b|\bcode[\s_-]challenge|\b(?:region|country|network|bot)\b"
    r"|\bout of scope\b|\b(?:http|automated|bad) clients?\b|\bclient hints\b|\bsaml\b|\blicen[cs]e\b"
    r"|\b(?:deployed|suspended)\b"
    r"|\b(?:client|application)[\s-](?:error|request|side|ip|address|version|data|state|exception|trace|server)"
    r"|\bapplication/",
    re.IGNORECASE,
)
"""Words of lines that speak of the customer, of the browser or of a program, none of which is the client of OAuth.

"Unauthorized client" is also what a known client is told whose redirect URI is not.
"""


@dataclass(frozen=True, slots=True)
class BlamedPart:
    """What a page refuses of the authorization request, and the line that says so."""

    what: Literal["client", "scope"]
    line: str


def blamed_part(walk: Walk, page: Page) -> BlamedPart | None:
    """What ``page`` refuses of the request of ``walk``; None where it names nothing, several parts, or another's.

    A server that has its customers log in elsewhere is a client there itself, with an id and scopes of its own.
    """
    if page.status >= 500 or page.host != host_of(walk.authorization.url) or _asks_for_another(walk, page):
        return None
    if _came_without_it(walk, page):
        return None
    text = without_frames(page.text)
    lines = [
        page.title,
        *page.headings,
        error_in_address(page.url),
        *(text.splitlines() if len(text) <= _LITTLE else ()),
    ]
    if any(BLAMED_REDIRECT.search(line) for line in lines):
        return None
    found = [part for line in lines if (part := _of_line(line.strip()))]
    return found[0] if len({part.what for part in found}) == 1 else None


def error_in_address(url: str) -> str:
    """What ``url`` of a page says of an error by OAuth's parameters; empty where nothing."""
    given = {part.name: part.value for part in parameters(url, nested=False)}
    return ": ".join(filter(None, (given.get("error"), given.get("error_description")))) if "error" in given else ""


def _asks_for_another(walk: Walk, page: Page) -> bool:
    asked = (one for one in records(walk.requests) if one.leads and one.n <= page.request)
    own = walk.authorization.client_id
    return any(part.name == "client_id" and part.value != own for one in asked for part in parameters(one.url))


def _came_without_it(walk: Walk, page: Page) -> bool:
    """Whether ``page`` answers a request to the authorization endpoint that lost the client's id on its way back."""
    if page.method not in READING or not same_endpoint(page.url, walk.authorization.url) or _names_client(page.url):
        return False
    asked = records(walk.requests)
    return any(one.n < page.request and same_endpoint(one.url, page.url) and _names_client(one.url) for one in asked)


def _names_client(url: str) -> bool:
    return any(part.name == "client_id" for part in parameters(url))


def _of_line(line: str) -> BlamedPart | None:
    if len(line) > _LONGEST:
        return None
    told = _ADDRESSES.sub(" ", line)
    if len(told) <= _LITTLE and (code := _CODES.search(line)):
        return BlamedPart("scope" if code["scope"] else "client", line)
    if _OTHERS.search(told):
        return None
    what = "client" if UNKNOWN_CLIENT.search(told) and "AAD" not in told else refused_what(told)
    return BlamedPart(what, line) if what == "client" or what == "scope" else None
