"""Faults of the Domain List."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from e2e_linker.demo.behaviour import Behaviour
from e2e_linker.demo.catalogue import Needs, fault
from e2e_linker.demo.names import HOMEPASS, IMAGES, PARTNERS, SHARDS, STATIC


def _listing(b: Behaviour, domains: Iterable[str]) -> Behaviour:
    return replace(b, console=replace(b.console, domains=tuple(domains)))


def _without(b: Behaviour, host: str) -> Behaviour:
    return _listing(b, (listed for listed in b.console.domains if listed != host))


def _instead(b: Behaviour, host: str, entry: str) -> Behaviour:
    return _listing(b, (entry if listed == host else listed for listed in b.console.domains))


@fault("domains-complete")
def unlisted_script(b: Behaviour) -> Behaviour:
    """The Domain List lacks the host of the script without which the login form stays dead."""
    return _without(b, STATIC)


@fault("domains-complete")
def unlisted_identity_provider(b: Behaviour) -> Behaviour:
    """The login goes through a federated identity provider whose host is not in the Domain List."""
    b = replace(b, steps=replace(b.steps, federated_only=True), consent=replace(b.consent, ask="every-time"))
    return _without(b, HOMEPASS)


@fault("domains-complete")
def unlisted_image(b: Behaviour) -> Behaviour:
    """The Domain List lacks the host of a picture."""
    return _without(b, IMAGES)


@fault("domains-exact-host", may=("domains-complete",))
def parent_listed(b: Behaviour) -> Behaviour:
    """The Domain List names the parent domain of the content host, which covers nothing."""
    return _instead(b, STATIC, STATIC.partition(".")[2])


@fault("domains-max-15", "domains-complete")
def too_many_hosts(b: Behaviour) -> Behaviour:
    """The login page needs seventeen hosts; the Domain List holds fifteen."""
    b = replace(b, pages=replace(b.pages, images=lambda load: PARTNERS))
    return _listing(b, (*b.console.domains, *PARTNERS)[:15])


@fault("domains-syntax")
def domain_with_scheme(b: Behaviour) -> Behaviour:
    """An entry of the Domain List is a URL, not a host."""
    return _instead(b, STATIC, f"https://{STATIC}/")


@fault("domains-unused")
def unused_domain(b: Behaviour) -> Behaviour:
    """The Domain List names a host that no page contacts."""
    return _listing(b, (*b.console.domains, "status.brightbulb.test"))


@fault("domains-dynamic-hosts", may=("domains-unused",), needs=Needs(repeat=3))
def rotating_hosts(b: Behaviour) -> Behaviour:
    """Each load of the login page takes a picture from another of four listed hosts."""
    b = replace(b, pages=replace(b.pages, images=lambda load: (SHARDS[load % len(SHARDS)],)))
    return _listing(b, (*b.console.domains, *SHARDS))
