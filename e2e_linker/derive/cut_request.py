"""An authorization request that the login brings back with only some of its parameters, or with none."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from e2e_linker.alexa.authorization import AuthorizationRequest
from e2e_linker.derive.base import fact
from e2e_linker.derive.pages import Page, last_page
from e2e_linker.derive.urls import parameters, same_endpoint, without_parameters
from e2e_linker.derive.wordings import first_match
from e2e_linker.evidence.models import Request
from e2e_linker.model import joined

__all__ = ["CutRequest", "cut_request"]

_NAMES = r"(?:client[\s_-]?id|response[\s_-]?type|redirect[\s_-]?ur[il])"
_MISSED = re.compile(
    rf"{_NAMES}\W+(?:\w+\W+){{0,3}}?"
    r"(?:missing|required|empty|absent|blank|null|undefined|not\s+(?:given|specified|present|provided|set))\b"
    rf"|\b(?:missing|required|no)\W+(?:\w+\W+){{0,3}}?{_NAMES}",
    re.IGNORECASE,
)
"""How a server says that one of the parameters did not come."""
_NEEDED = frozenset({"client_id", "response_type", "redirect_uri"})
"""A server that makes the request anew may well leave out the others."""


@dataclass(frozen=True, slots=True)
class CutRequest:
    """The request that came with less. Addresses are without parameters."""

    request: int
    address: str
    kept: tuple[str, ...]
    lost: tuple[str, ...]
    """Names of parameters, in the order in which Alexa sends them."""
    carrier: tuple[str, str] | None
    """The address and the parameter in which the whole request stood unencoded; None where it was not seen."""


@fact
def cut_request(
    requests: tuple[Request, ...], pages: tuple[Page, ...], authorization: AuthorizationRequest
) -> CutRequest | None:
    """The last request to the authorization endpoint, where nothing but some of Alexa's parameters was left in it.

    None where the login went on from there: a session may hold the rest. Where none is left, a session may hold them
    all, unless the server says that one is missing.
    """
    asked, end = _query(authorization.url), last_page(pages)
    read = [one for one in requests if _reads(one)]
    again = [one for one in read if same_endpoint(one.url, read[0].url)]
    if len(again) < 2 or _query(again[0].url) != asked:
        return None
    last, kept = again[-1], _query(again[-1].url)
    if not kept.items() < asked.items() or end is None or any(_shown(page, last, end) for page in pages):
        return None
    if not kept and first_match(_MISSED, last.excerpt or "", end.text if end.request >= last.n else "") is None:
        return None
    lost = tuple(name for name in asked if name not in kept)
    if _NEEDED.isdisjoint(lost):
        return None
    carrier = _carrier([one for one in read if one.n < last.n], last, kept, lost) if kept else None
    return CutRequest(last.n, without_parameters(last.url), tuple(kept), lost, carrier)


def _reads(request: Request) -> bool:
    return request.leads and request.method == "GET"


def _shown(page: Page, since: Request, end: Page) -> bool:
    return page.main_frame and since.n <= page.request < end.request


def _query(url: str) -> dict[str, str]:
    return {one.name: one.value for one in parameters(url, nested=False) if one.place == "query"}


def _carrier(
    before: Iterable[Request], cut: Request, kept: Mapping[str, str], lost: Sequence[str]
) -> tuple[str, str] | None:
    """Where the address of ``cut`` stood in a parameter as it came, with what it has lost beside that."""
    for request in before:
        given = {one.name: one.value for one in parameters(request.url, nested=False)}
        for name, value in given.items():
            inner = joined(request.url, value)
            if same_endpoint(inner, cut.url) and _query(inner) == kept and given.keys() >= set(lost):
                return without_parameters(request.url), name
    return None
