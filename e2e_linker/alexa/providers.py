"""What is known of single identity providers: how each is recognised, and what its users trip over.

The figures live in ``providers.json`` beside this module. A provider never changes what an audit says: it only makes
the advice more precise.
"""

from __future__ import annotations

import json
import re
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Literal
from urllib.parse import parse_qsl, urlsplit

from pydantic import Field

from e2e_linker.alexa.rules import Basis, Source
from e2e_linker.model import Record, origin_of

__all__ = ["Lacking", "Place", "Provider", "ProviderHost", "Quirk", "Sign", "provider_at", "providers"]

Place = Literal["authorization", "token", "login"]
"""Where a provider was met: at the authorization URL, at the token URL, or at another page on the customer's way."""

SignKind = Literal["header", "cookie", "request", "path", "json", "error_uri", "refusal"]
"""A header or a cookie of an answer, a request that the page makes, the path of a configured URL, a member of a JSON
answer (dotted where nested), the host that an answer's ``error_uri`` names, the form of a page that refuses."""


class ProviderHost(Record):
    """A host that is the provider's own: exactly, or every name under a suffix; below ``path`` where one is given."""

    host: str | None = None
    suffix: str | None = None
    path: str = "/"

    def owns(self, url: str) -> bool:
        """Whether ``url`` leads there. A name that merely ends in the same letters does not."""
        host = origin_of(url).host
        if host != self.host and not (self.suffix is not None and host.endswith(f".{self.suffix}")):
            return False
        return urlsplit(url).path.startswith(self.path) or self.path == "/"


class Sign(Record):
    """One sign of a provider on a host of somebody's own."""

    kind: SignKind
    name: str
    alone: bool
    """Whether it suffices. The signs that do not count only where every one of them is seen on the same host."""


class Lacking(Record):
    """What must be missing from the configuration for a hint to make sense."""

    parameters: dict[str, str] = Field(default_factory=dict)
    """Of the authorization URL."""
    scope: str | None = None
    scheme: str | None = None
    """The access token scheme."""

    def holds(self, authorization_url: str, scopes: tuple[str, ...], scheme: str | None = None) -> bool:
        """Whether anything of it is missing."""
        if self.scheme is not None:
            return self.scheme != scheme
        if self.scope is not None:
            return self.scope not in scopes
        given = dict(parse_qsl(authorization_url.partition("#")[0].partition("?")[2]))
        return any(given.get(name) != value for name, value in self.parameters.items())


class Quirk(Record):
    """Something that a provider does differently, told as advice to whoever breaks one of ``rules`` with it."""

    rules: tuple[str, ...]
    places: frozenset[Place]
    """Where the provider must have been met for it to matter."""
    hint: str
    paste: str | None = None
    """Text to use as it stands; ``{client_id}``, ``{token_path}``, ``{redirect_origin}`` stand for the skill's own."""
    where: str | None = None
    lacking: Lacking | None = None
    says: re.Pattern[str] | None = None
    """Words of the server that a finding must tell of for the hint to make sense."""
    instead: bool = False
    """Whether it stands in place of the general remedy, which mends nothing at this provider."""
    sources: tuple[Source, ...]
    confidence: tuple[Basis, ...]


class Provider(Record):
    """One identity provider, or what stands in front of one."""

    id: str
    name: str
    hosts: tuple[ProviderHost, ...]
    signs: tuple[Sign, ...]
    quirks: tuple[Quirk, ...]

    def owns(self, url: str) -> bool:
        """Whether ``url`` leads to a host of the provider's own."""
        return any(host.owns(url) for host in self.hosts)


@cache
def providers() -> tuple[Provider, ...]:
    """All providers that are known."""
    document: dict[str, Any] = json.loads(files(__package__).joinpath("providers.json").read_text("utf-8"))
    sources = {key: Source(key=key, **text) for key, text in document["sources"].items()}
    for row in document["providers"]:
        for quirk in row["quirks"]:
            quirk["sources"] = [sources[key] for key in quirk["sources"]]
    return tuple(Provider.model_validate(row) for row in document["providers"])


@lru_cache(maxsize=2_000)
def provider_at(url: str) -> Provider | None:
    """The provider whose own host ``url`` leads to, None where it is nobody's that is known."""
    return next((each for each in providers() if each.owns(url)), None)
