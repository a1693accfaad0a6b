"""Certificates that browsers refuse, of hosts that the pages of the login only load from."""

from __future__ import annotations

from collections.abc import Iterable

from e2e_linker.audits.base import EvidenceRef, Finding, finding
from e2e_linker.derive.certificates import remedy
from e2e_linker.evidence.served_tls import ServedTls, TrustVerdict
from e2e_linker.model import Confidence, Fault, Severity

__all__ = ["refused_content"]

_REFUSED: frozenset[TrustVerdict] = frozenset(
    {"self_signed", "missing_intermediate", "unknown_issuer", "expired", "not_yet_valid", "wrong_host"}
)
"""What every browser refuses; of a weak key each has its own opinion."""


def refused_content(hosts: Iterable[ServedTls]) -> list[Finding]:
    """Those of ``hosts`` that a browser refuses; what was seen through a proxy may be the proxy's own."""
    return [_finding(tls) for tls in hosts if tls.trust in _REFUSED and not tls.through_proxy]


def _finding(tls: ServedTls) -> Finding:
    fetched = tls.trust == "missing_intermediate"
    then = "Browsers that do not fetch the missing certificate load" if fetched else "Browsers load"
    return finding(
        "auth-cert-trusted-ca",
        f"The certificate of {tls.host}, from which pages of the login load what they are made of, is not trusted: "
        f"{tls.trust_detail}. {then} nothing from there, and the page may stop.",
        subject=f"{tls.host} {tls.trust}",
        at=EvidenceRef(kind="certificate", ref=tls.host),
        severity=Severity.DEGRADES if fetched else None,
        confidence=Confidence.LIKELY,
        fix=remedy(tls.trust) if tls.trust else None,
        blame=Fault.CONTENT_HOST,
    )
