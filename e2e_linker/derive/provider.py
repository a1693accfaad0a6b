"""Whose authorization server this is, as far as hosts and answers tell.

A host of the provider's own settles it. On a host of somebody's own only what a server does counts: a header or a
cookie that nobody else sends, or several signs together. A path that merely looks alike is no sign.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from e2e_linker.alexa.providers import Place, Provider, Sign, provider_at, providers
from e2e_linker.derive.base import fact
from e2e_linker.derive.tokens import TokenAnswer, read_token_answer
from e2e_linker.derive.urls import split
from e2e_linker.evidence.models import Request, SkillFacts, TokenCall
from e2e_linker.model import Confidence, host_of

__all__ = ["Mark", "Recognised", "marks_of_calls", "provider_answers", "provider_pages", "recognised"]


_BARE_REFUSAL = re.compile(r"([45]\d\d): [A-Z][A-Za-z' -]+")
"""All that aiohttp says where a program refuses by a status alone."""


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """Something seen on a host that some provider is known by; ``kind`` is that of a sign, or ``page``."""

    host: str
    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Recognised:
    """A provider, where it was met, by what it was recognised and how sure that is."""

    provider: Provider
    places: frozenset[Place]
    by: str
    """In words: ``the host acme.eu.auth0.com``."""
    confidence: Confidence


@cache
def _signs(kind: str) -> frozenset[str]:
    return frozenset(sign.name for each in providers() for sign in each.signs if sign.kind == kind)


@fact
def provider_pages(skill: SkillFacts, requests: tuple[Request, ...]) -> frozenset[Mark]:
    """Marks of the skill's own hosts in what the browser saw, and the pages of known providers on the way."""
    own = {host_of(skill.authorization_url), host_of(skill.access_token_url or "")} - {""}
    found: set[Mark] = set()
    for request in requests:
        host = host_of(request.url)
        if request.leads and (known := provider_at(request.url)):
            found.add(Mark(host, "page", known.id))
        if host in own and request.status is not None:
            found.update(_marks_of_answer(host, request))
    return frozenset(found)


def _marks_of_answer(host: str, request: Request) -> Iterator[Mark]:
    names = {name.lower() for name, _ in request.response_headers}
    yield from (Mark(host, "header", name) for name in names & _signs("header"))
    yield from (Mark(host, "cookie", name) for name in {c.name for c in request.set_cookies} & _signs("cookie"))
    path = split(request.url).path
    if not request.navigation and path in _signs("request"):
        yield Mark(host, "request", path)
    said = _BARE_REFUSAL.fullmatch((request.excerpt or "").strip())
    if request.leads and said and int(said[1]) == request.status:
        yield Mark(host, "refusal", "STATUS: REASON")


@fact
def provider_answers(token_calls: tuple[TokenCall, ...]) -> frozenset[Mark]:
    """Marks in the answers of the token endpoint."""
    return marks_of_calls(token_calls)


def marks_of_calls(calls: Iterable[TokenCall]) -> frozenset[Mark]:
    """Marks in the answers to ``calls`` of the token endpoint."""
    answers = [read_token_answer(call) for call in calls if call.endpoint == "token" and call.status is not None]
    return frozenset(mark for answer in answers for mark in _marks_of_token(answer))


def _marks_of_token(answer: TokenAnswer) -> Iterator[Mark]:
    host = host_of(answer.call.url)
    names = {name.lower() for name, _ in answer.call.response_headers}
    yield from (Mark(host, "header", name) for name in names & _signs("header"))
    yield from (Mark(host, "json", name) for name in _signs("json") if _has(answer.json, name))
    named = (answer.json or {}).get("error_uri")
    if isinstance(named, str) and host_of(named) in _signs("error_uri"):
        yield Mark(host, "error_uri", host_of(named))


def _has(value: Any, dotted: str) -> bool:
    for name in dotted.split("."):
        if not isinstance(value, dict) or name not in value:
            return False
        value = value[name]
    return True


def recognised(skill: SkillFacts, marks: Iterable[Mark]) -> tuple[Recognised, ...]:
    """The providers that ``skill`` stands on, those by their own host first; empty where none is known."""
    urls: dict[Place, str] = {"authorization": skill.authorization_url, "token": skill.access_token_url or ""}
    own = {place: host_of(url) for place, url in urls.items() if host_of(url)}
    seen = {*marks, *(Mark(own[place], "path", split(urls[place]).path) for place in own)}
    found = [*_by_host({place: urls[place] for place in own}), *_by_pages(seen, set(own.values()))]
    known = {each.provider.id for each in found if "login" not in each.places}
    for host in dict.fromkeys(own.values()):
        places = frozenset(place for place, name in own.items() if name == host)
        found += [each for each in _by_signs(host, places, seen) if each.provider.id not in known]
    return tuple(found)


def _by_host(urls: dict[Place, str]) -> Iterator[Recognised]:
    met: dict[str, list[Place]] = {}
    for place, url in urls.items():
        if known := provider_at(url):
            met.setdefault(known.id, []).append(place)
    for each in providers():
        if places := met.get(each.id):
            yield Recognised(each, frozenset(places), f"the host {host_of(urls[places[0]])}", Confidence.CERTAIN)


def _by_pages(marks: Iterable[Mark], own: set[str]) -> Iterator[Recognised]:
    by_id = {each.id: each for each in providers()}
    met = {mark.name: mark.host for mark in sorted(marks) if mark.kind == "page" and mark.host not in own}
    for name, host in met.items():
        yield Recognised(by_id[name], frozenset({"login"}), f"a page of {host} on the way", Confidence.CERTAIN)


def _by_signs(host: str, places: frozenset[Place], marks: Iterable[Mark]) -> Iterator[Recognised]:
    here = {(mark.kind, mark.name) for mark in marks if mark.host == host}
    for each in providers():
        alone = [sign for sign in each.signs if sign.alone and (sign.kind, sign.name) in here]
        together = [sign for sign in each.signs if not sign.alone]
        if not alone and (not together or not all((sign.kind, sign.name) in here for sign in together)):
            continue
        shown = ", ".join(_words(sign) for sign in (alone[:1] or together))
        yield Recognised(each, places, f"{shown} of {host}", Confidence.LIKELY)


def _words(sign: Sign) -> str:
    match sign.kind:
        case "header":
            return f"the answer header {sign.name}"
        case "cookie":
            return f"the cookie {sign.name}"
        case "request":
            return f"requests for {sign.name}"
        case "path":
            return f"the path {sign.name}"
        case "json":
            return f"the member {sign.name} in answers"
        case "error_uri":
            return f"error_uri pointing to {sign.name}"
        case "refusal":
            return f"a refusal of the form “{sign.name}”"
