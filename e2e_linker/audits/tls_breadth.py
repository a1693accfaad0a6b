"""The hosts that Amazon's servers may call accept the handshake of a Java client of some age, and TLS 1.3."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from e2e_linker.audits.base import Audit, EvidenceRef, Finding, Inconclusive, Outcome, finding, verdict
from e2e_linker.derive.certificates import role_words, unheard
from e2e_linker.evidence.served_tls import ServedTls
from e2e_linker.model import Confidence, Depth, Severity

__all__ = ["AUDIT"]


def judge(hosts_tls: tuple[ServedTls, ...]) -> Outcome:
    """Both handshakes of every host but the resource, where Amazon never comes.

    A host that refuses both, or every client without a certificate, is left to the audit of reachability. What Amazon's
    client offers is not documented, so nothing here is more than likely; without TLS 1.3 everybody still links, so
    that is advice.
    """
    asked = [tls for tls in hosts_tls if set(tls.roles) != {"resource"}]
    hosts = [tls for tls in asked if any(one.version for one in tls.handshakes) and not tls.demands_certificate]
    found = tuple(_findings(hosts))
    if found:
        return verdict(found)
    half = tuple(f"{tls.host}: {one.failure}" for tls in hosts for one in tls.handshakes if not one.answered)
    unsaid = (*unheard(asked), *half)
    return Inconclusive(missing=unsaid) if unsaid else verdict(())


def _findings(hosts: Iterable[ServedTls]) -> Iterator[Finding]:
    for tls in hosts:
        old, new = tls.handshake("java8_tls12"), tls.handshake("tls13")
        by_rsa = tls.handshake("rsa_tls12")
        if old is not None and old.answered and old.failure and not old.asks_certificate:
            yield _too_narrow(tls, old.failure)
        elif by_rsa is not None and by_rsa.answered and by_rsa.failure:
            yield _finding(
                tls,
                "ecdsa",
                f"{tls.host}, which serves {role_words(tls)}, has an ECDSA certificate only; clients that know RSA "
                "alone cannot connect.",
                Severity.RECOMMENDED,
                Confidence.POSSIBLE,
                "Add an RSA certificate beside the ECDSA one; servers choose between the two by themselves.",
            )
        if new is not None and new.answered and new.failure and old is not None and old.version:
            yield _finding(
                tls,
                "tls13",
                f"{tls.host}, which serves {role_words(tls)}, does not accept TLS 1.3: {new.failure}.",
                Severity.RECOMMENDED,
                Confidence.POSSIBLE,
            )


def _too_narrow(tls: ServedTls, failure: str) -> Finding:
    other = tls.handshake("any_tls12")
    if other is not None and other.cipher:
        how = f"speaks TLS 1.2 only with suites that a Java 8 client does not offer, such as {other.cipher}"
    else:
        how = "speaks TLS 1.3 and nothing before it"
    token = "token" in tls.roles
    return _finding(
        tls,
        "tls12",
        f"{tls.host}, which serves {role_words(tls)}, {how}. A Java client of some age, which Amazon's servers may be, "
        f"is turned away: {failure}.",
        # Pages are opened by phones, which are younger than that.
        Severity.BREAKS if token else Severity.DEGRADES,
        Confidence.LIKELY if token else Confidence.POSSIBLE,
    )


def _finding(
    tls: ServedTls, what: str, message: str, severity: Severity, confidence: Confidence, fix: str | None = None
) -> Finding:
    return finding(
        "auth-tls-cipher-breadth",
        message,
        subject=f"{tls.host} {what}",
        at=EvidenceRef(kind="certificate", ref=tls.host),
        severity=severity,
        confidence=confidence,
        fix=fix,
    )


AUDIT = Audit(
    id="tls-breadth",
    rules=("auth-tls-cipher-breadth",),
    title="TLS is offered to old clients and new ones",
    failed_title="TLS turns some clients away",
    depth=Depth.STANDARD,
    judge=judge,
)
