"""The browser gets to every page of the login over TLS, at a depth that asks no host for its certificate."""

from __future__ import annotations

from e2e_linker.audits.base import Audit, NotApplicable, Outcome, finding, verdict
from e2e_linker.audits.served_certificate import PROXY_BETWEEN
from e2e_linker.audits.tls_service import NO_CLIENT_CERTIFICATE, SPEAK_TLS
from e2e_linker.audits.walks import no_arrival, request_ref
from e2e_linker.derive.certificates import remedy
from e2e_linker.derive.flow_hosts import place_of
from e2e_linker.derive.ladder import Ladder
from e2e_linker.evidence.models import Ending, Walk
from e2e_linker.evidence.proxy_words import SEEN_THROUGH
from e2e_linker.evidence.served_tls import ServedTls, TrustVerdict
from e2e_linker.evidence.tls_words import MAY_BE_A_PROXYS, TlsTrouble, tls_trouble
from e2e_linker.model import Confidence

__all__ = ["AUDIT"]

_HANDSHAKE: dict[TlsTrouble, str] = {"client": NO_CLIENT_CERTIFICATE, "version": SPEAK_TLS, "handshake": SPEAK_TLS}
"""What fails before any certificate is judged, and what to do about it."""

_CERTIFICATE: dict[TlsTrouble, TrustVerdict] = {
    "expired": "expired",
    "date": "expired",
    "not_yet_valid": "not_yet_valid",
    "wrong_host": "wrong_host",
    "self_signed": "self_signed",
    "unknown_issuer": "unknown_issuer",
}


def judge(walk: Walk, ladder: Ladder, ending: Ending, known_tls: tuple[ServedTls, ...]) -> Outcome:
    """The page at which TLS stopped the browser. Where its host was asked for its certificates, others judge it.

    A proxy of this machine may have shown a certificate of its own, or failed at the handshake itself.
    """
    if ending.kind != "tls_failure":
        return verdict(()) if ending.kind == "arrived" else no_arrival(ending)
    last = ladder.last
    place = place_of(last.url) if last else None
    if any((tls.host, tls.port) == place for tls in known_tls):
        return NotApplicable(reason=f"what {place[0] if place else 'the host'} served was looked at by itself")
    failure = last.failure or "" if last else ""
    trouble = tls_trouble(failure)
    hidden = SEEN_THROUGH in failure and (trouble in MAY_BE_A_PROXYS or trouble in _HANDSHAKE)
    if last is None or place is None or trouble is None or hidden:
        return no_arrival(ending)
    own = place == place_of(walk.authorization.endpoint)
    proxy = PROXY_BETWEEN if SEEN_THROUGH in failure else ""
    return verdict(
        [
            finding(
                "auth-https-443" if trouble in _HANDSHAKE else "auth-cert-trusted-ca",
                f"The login stops at {'the authorization page' if own else 'a page of it'}: {ending.message}.{proxy}",
                subject=f"{place[0]} {'tls' if trouble in _HANDSHAKE else 'certificate'}",
                at=request_ref(walk, last.request),
                # One handshake may fail for a reason of that moment.
                confidence=Confidence.POSSIBLE if trouble == "handshake" else Confidence.LIKELY,
                fix=_HANDSHAKE.get(trouble) or remedy(_CERTIFICATE[trouble]),
            )
        ]
    )


AUDIT = Audit(
    id="page-tls",
    rules=("auth-cert-trusted-ca", "auth-https-443"),
    title="Every page of the login comes over TLS",
    failed_title="TLS keeps the browser from a page of the login",
    judge=judge,
)
