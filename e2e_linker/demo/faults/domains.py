"""Faults of the Domain List."""

from __future__ import annotations

from dataclasses import replace

from e2e_linker.demo.behaviour import Behaviour
from e2e_linker.demo.catalogue import Needs, fault
from e2e_linker.demo.changes import always_asking, listing, without
from e2e_linker.demo.names import HOMEPASS, IMAGES, PARTNERS, SHARDS, STATIC


def _instead(b: Behaviour, host: str, entry: str) -> Behaviour:
    return listing(b, (entry if listed == host else listed for listed in b.console.domains))


@fault("domains-complete")
def unlisted_script(b: Behaviour) -> Behaviour:
    """The Domain List lacks the host of the script without which the login form stays dead."""
    return without(b, STATIC)


@fault("domains-complete")
def unlisted_identity_provider(b: Behaviour) -> Behaviour:
    """The login goes through a federated identity provider whose host is not in the Domain List."""
    return without(always_asking(replace(b, steps=replace(b.steps, federated_only=True))), HOMEPASS)


@fault("domains-complete")
def unlisted_image(b: Behaviour) -> Behaviour:
    """The Domain List lacks the host of a picture."""
    return without(b, IMAGES)


@fault("domains-exact-host", may=("domains-complete",))
def parent_listed(b: Behaviour) -> Behaviour:
    """The Domain List names the parent domain of the content host, which covers nothing."""
    return _instead(b, STATIC, STATIC.partition(".")[2])


@fault("domains-max-15", "domains-complete")
def too_many_hosts(b: Behaviour) -> Behaviour:
    """The login page needs seventeen hosts; the Domain List holds fifteen."""
    b = replace(b, pages=replace(b.pages, images=lambda load: PARTNERS))
    return listing(b, (*b.console.domains, *PARTNERS)[:15])


@fault("domains-syntax")
def domain_with_scheme(b: Behaviour) -> Behaviour:
    """An entry of the Domain List is a URL, not a host."""
    return _instead(b, STATIC, f"https://{STATIC}/")


@fault("domains-unused")
def unused_domain(b: Behaviour) -> Behaviour:
    """The Domain List names a host that no page contacts."""
    return listing(b, (*b.console.domains, "status.brightbulb.test"))


@fault("domains-dynamic-hosts", may=("domains-unused",), needs=Needs(repeat=3))
def rotating_hosts(b: Behaviour) -> Behaviour:
    """Each load of the login page takes a picture from another of four listed hosts."""
    b = replace(b, pages=replace(b.pages, images=lambda load: (SHARDS[load % len(SHARDS)],)))
    return listing(b, (*b.console.domains, *SHARDS))
