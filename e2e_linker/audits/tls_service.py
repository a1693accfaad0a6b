"""Every host of the flow speaks TLS where its https address says so."""

from __future__ import annotations

from e2e_linker.audits.base import Audit, EvidenceRef, Finding, Inconclusive, Outcome, finding, verdict
from e2e_linker.derive.certificates import role_words, token_only, unheard
from e2e_linker.evidence.served_tls import ServedTls
from e2e_linker.model import Confidence, Depth

__all__ = ["AUDIT", "NO_CLIENT_CERTIFICATE", "SPEAK_TLS"]

NO_CLIENT_CERTIFICATE = (
    "Ask clients for no certificate on this address: switch off mutual TLS (client authentication) at the server, load "
    "balancer or gateway that answers here, or have it pass on clients without a certificate."
)
SPEAK_TLS = 'Terminate TLS 1.2 and 1.3 on this address; Mozilla\'s "intermediate" profile suits every client.'


def judge(hosts_tls: tuple[ServedTls, ...]) -> Outcome:
    """Hosts that answer, but agree to no handshake of a customer or of Alexa. One that says nothing cannot be judged.

    The port itself is judged from the configured addresses: ``resolve`` may lead to another one here. Amazon never
    comes to the resource.
    """
    asked = [tls for tls in hosts_tls if set(tls.roles) != {"resource"}]
    refusing = [_finding(tls) for tls in asked if tls.demands_certificate or _refuses(tls)]
    if refusing:
        return verdict(refusing)
    silent = unheard(asked)
    return Inconclusive(missing=silent) if silent else verdict(())


def _refuses(tls: ServedTls) -> bool:
    return tls.answered and not any(one.version for one in tls.handshakes)


def _finding(tls: ServedTls) -> Finding:
    if tls.demands_certificate:
        said = "turns away every client that shows no certificate of its own"
        who = "Alexa's servers have" if token_only(tls) else "the phones of customers have"
        besides = f"; {who} none: {_failures(tls)}"
        fix = NO_CLIENT_CERTIFICATE
    else:
        said = "agrees to no TLS handshake, neither 1.2 nor 1.3"
        besides = f": {_failures(tls)}"
        fix = SPEAK_TLS
    return finding(
        "token-https-443" if token_only(tls) else "auth-https-443",
        f"{tls.host}, which serves {role_words(tls)}, {said}{besides}.",
        subject=f"{tls.host} tls",
        at=EvidenceRef(kind="certificate", ref=tls.host),
        # A browser may have come through all the same: some servers choose their clients.
        confidence=Confidence.LIKELY,
        fix=fix,
    )


def _failures(tls: ServedTls) -> str:
    return "; ".join(dict.fromkeys(one.failure for one in tls.handshakes if one.failure))


AUDIT = Audit(
    id="tls-service",
    rules=("auth-https-443", "token-https-443"),
    title="Every host speaks TLS",
    failed_title="A host agrees to no TLS handshake",
    depth=Depth.STANDARD,
    judge=judge,
)
