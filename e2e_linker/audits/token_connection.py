"""The token endpoint can be reached over TLS."""

from __future__ import annotations

from e2e_linker.alexa.authorization import AuthorizationRequest
from e2e_linker.audits.base import Audit, Inconclusive, NotApplicable, Outcome, finding, verdict
from e2e_linker.audits.exchanges import address_of, call_ref, unreachable, unredeemed
from e2e_linker.derive.certificates import distrusted, masked, unheard
from e2e_linker.derive.endpoints import address_problem
from e2e_linker.derive.exchange import Exchange
from e2e_linker.derive.flow_hosts import place_of
from e2e_linker.evidence.models import Ending
from e2e_linker.evidence.served_tls import ServedTls
from e2e_linker.model import Confidence, host_of

__all__ = ["AUDIT"]

_FIXES = {
    "dns": "Compare the host name in accessTokenUrl with the server's, and see that the public DNS knows it.",
    "connect": "See that {host} takes connections from the whole internet on port 443: the server, its firewall, and "
    "what passes the port on to it.",
    "tls": "With openssl s_client -connect {host}:443 -servername {host}, see why the handshake fails: the server has "
    "to speak TLS 1.2, and to ask a client for no certificate of its own.",
    "certificate": "Serve a current certificate of a public authority that is made out for {host}, with its whole "
    "chain.",
}


def judge(
    authorization: AuthorizationRequest, exchange: Exchange | None, ending: Ending, known_tls: tuple[ServedTls, ...]
) -> Outcome:
    """Name resolution, connection and TLS of the exchange. A slow or broken answer is the business of others.

    Where the host was asked for its certificates, and they are why no connection comes about, the audit of the
    certificates says so.
    """
    skipped = unredeemed(authorization.grant, exchange, ending)
    if skipped is not None or exchange is None:
        return skipped or verdict(())
    if exchange.trouble != "unreachable":
        return verdict(())
    if address_problem(exchange.call.url) is not None:
        return NotApplicable(reason="the configured access token URL is already wrong")
    kind = exchange.call.failure_kind or "connect"
    if kind in {"proxy", "here"}:  # nothing of the server was seen, and Alexa goes through nothing of this machine
        return Inconclusive(missing=(exchange.call.failure or "a way from this machine to the server",))
    seen = next((tls for tls in known_tls if (tls.host, tls.port) == place_of(exchange.call.url)), None)
    if kind == "tls" and seen is not None:
        if masked(seen):
            return Inconclusive(missing=unheard([seen]))
        if why := _explained(seen):
            return NotApplicable(reason=why)
    distrust = kind == "tls" and "verify failed" in (exchange.call.failure or "")
    return verdict(
        [
            finding(
                "token-https-443",
                f"The token endpoint {address_of(exchange)} cannot be reached: {unreachable(exchange)}.",
                subject=f"{host_of(exchange.call.url)} {kind}",
                at=call_ref(exchange),
                confidence=Confidence.CERTAIN if kind == "tls" else Confidence.LIKELY,
                fix=_FIXES["certificate" if distrust else kind].format(host=host_of(exchange.call.url)),
            )
        ]
    )


def _explained(seen: ServedTls) -> str | None:
    """What is known of the host's TLS that keeps the exchange from coming about, None where nothing is."""
    if distrusted(seen):
        return f"the certificate of {seen.host} is not trusted"
    if seen.demands_certificate:
        return f"{seen.host} demands a certificate of its clients"
    refuses = seen.answered and not any(one.version for one in seen.handshakes)
    return f"{seen.host} agrees to no TLS handshake" if refuses else None


AUDIT = Audit(
    id="token-connection",
    rules=("token-https-443",),
    title="The token endpoint can be reached over TLS",
    failed_title="The token endpoint cannot be reached over TLS",
    judge=judge,
)
