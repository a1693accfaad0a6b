"""Logins that send the customer to an app store, from which no way leads back to Alexa."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from types import MappingProxyType
from typing import Final

from e2e_linker.derive.base import fact
from e2e_linker.derive.urls import split
from e2e_linker.evidence.models import EndingKind, Request, Walk, records
from e2e_linker.model import host_of

__all__ = ["AppStore", "app_store", "before_store"]

_HOSTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "play.google.com": "Google Play",
        "market.android.com": "Google Play",
        "apps.apple.com": "the App Store",
        "itunes.apple.com": "the App Store",
        "galaxystore.samsung.com": "the Galaxy Store",
        "apps.samsung.com": "the Galaxy Store",
        "appgallery.huawei.com": "AppGallery",
        "apps.microsoft.com": "the Microsoft Store",
    }
)
_SCHEMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "market": "Google Play",
        "itms-apps": "the App Store",
        "itms-appss": "the App Store",
        "samsungapps": "the Galaxy Store",
        "amzn": "Amazon's Appstore",
    }
)
_AMAZON: Final = "/gp/mas/"
"""The path of Amazon's Appstore, whose host serves much else."""

_OTHERWISE: Final[frozenset[EndingKind]] = frozenset(
    {"login_rejected", "captcha", "crashed", "engine_missing", "interrupted", "not_started", "errored", "stopped"}
)
"""Endings that the pages of a store do not bring about."""


@dataclass(frozen=True, slots=True)
class AppStore:
    """The store that a login ended in, and the number of the request that opened it."""

    name: str
    host: str
    request: int


@fact
def app_store(requests: tuple[Request, ...], walk: Walk) -> AppStore | None:
    """The store that ``walk`` was sent to and did not come back from; None where it arrived, or went on elsewhere."""
    if walk.ending.kind == "arrived":
        return None
    shown = [one for one in requests if one.leads]
    last = shown[-1] if shown else None
    name = _store(last.url) if last else None
    if last is None or name is None:
        return None
    # A login may have tried a store before and gone on: where it last left its own pages is what counts.
    first = list(takewhile(lambda one: _store(one.url) == name, reversed(shown)))[-1]
    if walk.ending.kind in _OTHERWISE or _went_on(walk, first):
        return None
    return AppStore(name, host_of(first.url) or split(first.url).scheme, first.n)


def _went_on(walk: Walk, store: Request) -> bool:
    """Whether something was typed afterwards: a page may try to open the store and stay. A press may end after it."""
    return any(step.action == "fill" and step.outcome == "done" and step.at > store.at for step in records(walk.login))


def before_store(walk: Walk) -> Sequence[Request]:
    """The requests of ``walk``, of one that ended in an app store those before: no Domain List leads out of there."""
    requests = records(walk.requests)
    store = app_store(requests, walk)
    return [one for one in requests if one.n < store.request] if store else requests


def _store(url: str) -> str | None:
    parts = split(url)
    if parts.scheme not in {"http", "https"}:
        return _SCHEMES.get(parts.scheme)
    host = host_of(url)
    if host.startswith("www.amazon.") and parts.path.startswith(_AMAZON):
        return "Amazon's Appstore"
    return _HOSTS.get(host)
