"""How a walk ends that TLS stopped: what is wrong with the certificate, or with the handshake around it."""

from __future__ import annotations

from collections.abc import Sequence

from e2e_linker.browser.connections import Connection, objection_to
from e2e_linker.browser.navigations import NavigationFailure
from e2e_linker.evidence.models import Ending
from e2e_linker.evidence.tls_words import is_of_tls, tls_trouble
from e2e_linker.model import Fault, origin_of

__all__ = ["tls_stopped"]


def tls_stopped(failure: NavigationFailure, connections: Sequence[Connection]) -> Ending | None:
    """The end of a walk whose server the browser did not speak to for its TLS; None where that is not why."""
    objection = objection_to(failure.url, connections)
    if objection is None and not is_of_tls(failure.text):
        return None
    said, hint = _told(failure) if objection is None else (objection, _renewed(objection))
    return Ending(kind="tls_failure", message=said, fault=Fault.IDENTITY_PROVIDER, hint=hint)


def _told(failure: NavigationFailure) -> tuple[str, str]:
    """What the engine's word means, and what to try."""
    text, (_, host, port) = failure.text, origin_of(failure.url)
    match tls_trouble(text):
        case "client":
            return (
                f"{host} demands a certificate of the browser, and the phones of customers have none: {text}",
                "switch off mutual TLS (client authentication) for this host, or let it pass on clients without a "
                "certificate; that of the server is not why",
            )
        case "version":
            return (
                f"{host} and the browser have no TLS version or no cipher in common: {text}",
                "let the server speak TLS 1.2 and 1.3 with current ciphers, and answer to this name; its certificate "
                "is not why",
            )
        case "handshake":
            return (
                f"the TLS handshake with {host} fails: {text}",
                f"see with openssl s_client -connect {host}:{port} -servername {host} whether TLS is spoken there, and "
                "for this name",
            )
    return f"the browser does not trust {host}: {text}", _renewed(text)


def _renewed(said: str) -> str:
    """What to do about a certificate of which ``said`` is what is wrong."""
    match tls_trouble(said):
        case "expired":
            return "renew the certificate, with its intermediates, and reload the server so that the new one is served"
        case "date" | "not_yet_valid":
            return "see whether the certificate is valid today, renew it where not, and check the clock of this machine"
        case "wrong_host":
            return "install a certificate that names this host, or let the server choose it by the name asked for (SNI)"
    return (
        "install a public certificate with its whole chain; name a private root, or that of a proxy which looks into "
        "TLS, in linker.trust"
    )
