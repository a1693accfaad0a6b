"""What the served certificates amount to: who is concerned, how long they last, and what to do about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from e2e_linker.derive.base import fact
from e2e_linker.derive.flow_hosts import content_hosts, flow_hosts
from e2e_linker.evidence.models import Failed, Present, SkillFacts, Walk
from e2e_linker.evidence.served_tls import ServedCertificate, ServedTls, TrustVerdict

__all__ = [
    "Remaining",
    "content_tls",
    "distrusted",
    "hosts_tls",
    "masked",
    "remaining",
    "remedy",
    "role_words",
    "token_only",
    "unheard",
]

_SOON, _VERY_SOON = timedelta(days=30), timedelta(days=14)
_SOON_SHARE, _VERY_SOON_SHARE = 1 / 3, 1 / 6
"""Of a certificate's whole life: one that is made for six days is renewed days, not weeks, before its end."""

_WORDS = {
    "authorization": "the authorization page",
    "page": "a page of the login",
    "token": "the token endpoint",
    "resource": "the resource of the skill",
}

_REMEDIES: dict[TrustVerdict, str] = {
    "missing_intermediate": "Send the whole chain: configure the file that holds the certificate and its intermediates "
    "(usually fullchain.pem) in place of the one that holds the certificate alone (cert.pem).",
    "self_signed": "Install a certificate of a public authority, and send it with its intermediates (fullchain.pem).",
    "unknown_issuer": "Install a certificate of an authority on Mozilla's list, and send it with its intermediates "
    "(fullchain.pem). Where this is a test system, name its private root in linker.trust.",
    "expired": "Renew the certificate, reload the server so that the new one is served, and let a timer do both from "
    "now on.",
    "not_yet_valid": "Serve the earlier certificate until then, or correct the clock of the machine that issued this "
    "one.",
    "wrong_host": "Serve a certificate that names this host; where the server has one, let it choose by the name the "
    "client asks for (SNI) instead of showing its default.",
    "weak": "Have the certificate issued anew with an RSA key of 2,048 bits or an elliptic one of 256, signed with "
    "SHA-256.",
    "broken": "Have the certificate issued anew by a public authority and send it with its intermediates.",
}


@dataclass(frozen=True, slots=True)
class Remaining:
    """What is left of the certificate that ends first on the way to the root; no ``urgency`` where that is ample."""

    certificate: ServedCertificate
    days: int
    own: bool
    """Whether it is the host's own, not an intermediate."""
    urgency: Literal["soon", "very_soon"] | None


@fact
def hosts_tls(served_tls: tuple[ServedTls, ...], walk: Walk, skill: SkillFacts) -> tuple[ServedTls, ...]:
    """What the hosts of this case served: those its login passed, the token host and the resource."""
    concerned = flow_hosts(walk, skill)
    return tuple(one for one in served_tls if (one.host, one.port) in concerned or "resource" in one.roles)


@fact
def content_tls(served_tls: tuple[ServedTls, ...], walk: Walk, skill: SkillFacts) -> tuple[ServedTls, ...]:
    """What the hosts served that pages only load from, where the browser was told to take every certificate."""
    loaded = {*content_hosts(walk, skill)} - flow_hosts(walk, skill).keys()
    return tuple(one for one in served_tls if (one.host, one.port) in loaded and "resource" not in one.roles)


def unheard(hosts: Sequence[ServedTls]) -> tuple[str, ...]:
    """What was not learnt: of each host that said nothing the reason, or that none was asked; empty where all spoke.

    Nor does a host speak for itself through a proxy that looks into TLS.
    """
    if not hosts:
        return ("no host of this login was asked for its certificate",)
    silent = (one for one in hosts if not one.answered or masked(one))
    return tuple(f"{one.host}: {_silence(one)}" for one in silent)


def _silence(tls: ServedTls) -> str:
    if tls.answered:
        return (
            f"what came through this machine's proxy is not trusted, {tls.trust_detail}, and may be the proxy's own; "
            "name the proxy's root in linker.trust, or the host in NO_PROXY"
        )
    return tls.chain.error if isinstance(tls.chain, Failed) else "it was not asked"


def distrusted(tls: ServedTls) -> bool:
    """Whether the host served a chain that Amazon's servers would not accept, private roots of the tester aside."""
    return tls.trust not in {None, "trusted", "private_root"} and not masked(tls)


def masked(tls: ServedTls) -> bool:
    """Whether the chain may be that of this machine's proxy: one that looks into TLS issues certificates itself."""
    return tls.through_proxy and tls.trust in {"unknown_issuer", "self_signed"}


def remedy(verdict: TrustVerdict) -> str | None:
    """What mends ``verdict``, None where nothing needs to be."""
    return _REMEDIES.get(verdict)


def role_words(tls: ServedTls) -> str:
    """What the host is to the linking: ``the authorization page and the token endpoint``."""
    # A page on the authorization host is the authorization page.
    roles = [role for role in _WORDS if role in tls.roles and not (role == "page" and "authorization" in tls.roles)]
    return " and ".join(_WORDS[role] for role in roles)


def token_only(tls: ServedTls) -> bool:
    """Whether the token endpoint is there and no page that a customer sees."""
    return "token" in tls.roles and not {"authorization", "page"} & {*tls.roles}


def remaining(tls: ServedTls) -> Remaining | None:
    """How long a trusted chain stays valid, counted from the moment it was served; None without one."""
    if distrusted(tls) or masked(tls) or not isinstance(tls.chain, Present) or not tls.path:
        return None
    place = min(tls.path, key=lambda n: tls.chain.value[n].not_after)  # type: ignore[union-attr]
    first = tls.chain.value[place]
    left, life = first.not_after - tls.at, first.not_after - first.not_before
    urgency: Literal["soon", "very_soon"] | None = None
    if left < min(_VERY_SOON, life * _VERY_SOON_SHARE):
        urgency = "very_soon"
    elif left < min(_SOON, life * _SOON_SHARE):
        urgency = "soon"
    return Remaining(first, left.days, place == 0, urgency)
