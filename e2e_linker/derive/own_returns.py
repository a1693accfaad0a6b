"""Addresses of its own to which a server means to come back, and words of an error page that speak of one of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from e2e_linker.alexa.authorization import AuthorizationRequest
from e2e_linker.derive.ladder import came_from
from e2e_linker.derive.urls import is_web, parameters, same_endpoint, without_parameters
from e2e_linker.derive.wordings import BLAMED_REDIRECT
from e2e_linker.evidence.models import Request
from e2e_linker.model import host_of, joined

__all__ = ["OwnReturn", "blames", "own_return"]

_WORD = re.compile(r"\w*")
_ALEXAS = "redirecturi"


@dataclass(frozen=True, slots=True)
class OwnReturn:
    """A parameter that holds an address, which is not Alexa's."""

    name: str
    address: str
    """Without parameters."""


def own_return(
    text: str, request: int, requests: Sequence[Request], authorization: AuthorizationRequest
) -> OwnReturn | None:
    """What ``text``, the answer to ``request``, blames where that is the server's own, and nothing else; else None."""
    own, alexas = _returns(request, requests, authorization)
    named = [_named(text, found, own, alexas) for found in BLAMED_REDIRECT.finditer(text)]
    return named[0] if named and all(named) else None


def blames(
    text: str, request: int | None, requests: Sequence[Request], authorization: AuthorizationRequest
) -> re.Match[str] | None:
    """The first words of ``text``, the answer to ``request``, for the redirect URI, and for no address of its own."""
    own, alexas = _returns(request, requests, authorization)
    return next((found for found in BLAMED_REDIRECT.finditer(text) if _named(text, found, own, alexas) is None), None)


def _named(text: str, found: re.Match[str], own: Mapping[str, OwnReturn], alexas: bool) -> OwnReturn | None:
    """The one of ``own`` that ``found`` names: letter by letter where the request also holds Alexa's address."""
    start = found.start()
    while start and (text[start - 1].isalnum() or text[start - 1] == "_"):
        start -= 1
    rest = _WORD.match(text, found.end())
    word = text[start : rest.end() if rest else found.end()]
    for said in (word, found[0]):
        named = own.get(_plain(said))
        if named is not None and (not alexas or said.casefold() == named.name.casefold()):
            return named
    return None


def _returns(
    request: int | None, requests: Sequence[Request], authorization: AuthorizationRequest
) -> tuple[dict[str, OwnReturn], bool]:
    """By its plain name what ``request``, or a redirect to it, has for addresses; and whether Alexa's is among them.

    What is asked of the authorization endpoint itself is Alexa's request, and the name that Alexa gives its address may
    mean that, whatever it holds.
    """
    own: dict[str, OwnReturn] = {}
    alexas = False
    asked = next((one for one in requests if one.n == request), None)
    for one in reversed(came_from(asked, requests)) if asked else ():
        if same_endpoint(one.url, authorization.endpoint):
            break
        for name, value in _given(one):
            target = joined(one.url, value)
            if not is_web(target) or not value.startswith(("/", "http:", "https:")):
                continue
            if host_of(target) == host_of(authorization.redirect_uri):
                alexas = True
            elif _plain(name) != _ALEXAS:
                own.setdefault(_plain(name), OwnReturn(name, without_parameters(target)))
    return own, alexas


def _given(request: Request) -> Iterator[tuple[str, str]]:
    for parameter in parameters(request.url, nested=False):
        yield parameter.name, parameter.value
    for field in request.body.fields if request.body else ():
        yield field.name, field.value


def _plain(name: str) -> str:
    return "".join(filter(str.isalnum, name)).casefold()
