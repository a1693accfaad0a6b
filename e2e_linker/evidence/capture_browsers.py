"""What a browser sends on its own account: a proxy's capture holds it beside what the pages ask for.

No page asks for it, so it tells nothing of the login.
"""

from __future__ import annotations

from collections.abc import Mapping

from e2e_linker.alexa.facts import is_alexas
from e2e_linker.evidence.capture_entry import Entry
from e2e_linker.evidence.headers import media_type
from e2e_linker.model import host_of

__all__ = ["is_browsers_own", "own_told"]

_HOSTS = frozenset({
    # Chrome, the Android WebView and what is built on Chromium
    "android.clients.google.com", "clients1.google.com", "clients2.google.com", "clients4.google.com",
    "clientservices.googleapis.com", "connectivitycheck.gstatic.com", "content-autofill.googleapis.com",
    "optimizationguide-pa.googleapis.com", "passwordsleakcheck-pa.googleapis.com", "safebrowsing.google.com",
    "safebrowsing.googleapis.com", "sb-ssl.google.com", "update.googleapis.com", "edgedl.me.gvt1.com",
    "redirector.gvt1.com", "edge.microsoft.com", "config.edge.skype.com", "msedge.api.cdp.microsoft.com",
    "go-updater.brave.com", "safebrowsing.brave.com", "variations.brave.com",
    # Firefox
    "detectportal.firefox.com", "aus5.mozilla.org", "incoming.telemetry.mozilla.org", "mozilla.cloudflare-dns.com",
    "services.addons.mozilla.org", "versioncheck.addons.mozilla.org", "versioncheck-bg.addons.mozilla.org",
    # Windows and Apple's systems
    "captive.apple.com", "www.msftconnecttest.com",
})  # fmt: skip
"""Services of the browsers' makers that only browsers call."""
_DOMAINS = (".cdn.mozilla.net", ".services.mozilla.com", ".smartscreen.microsoft.com")
_CERTIFICATE_CHECKS = frozenset({
    "application/ocsp-request", "application/ocsp-response", "application/pkix-cert", "application/pkix-crl",
    "application/x-x509-ca-cert",
})  # fmt: skip
_MOST_NAMED = 5


def is_browsers_own(entry: Entry) -> bool:
    """Whether the browser sent ``entry`` by itself: no page, and nobody who opened an address, asked for it.

    ``Sec-Fetch-Site: none`` says so of all that is no navigation. A request to a known service says so where it names
    no page that it comes from; so does the check of a certificate. What goes to Alexa is judged as an answer to it.
    """
    host = host_of(entry.url)
    if entry.navigation or is_alexas(host):
        return False
    if entry.header("sec-fetch-site").strip().lower() == "none":
        return True
    if entry.header("referer") or entry.header("origin"):
        return False
    return host in _HOSTS or host.endswith(_DOMAINS) or _checks_certificate(entry)


def _checks_certificate(entry: Entry) -> bool:
    kinds = (entry.header("content-type"), entry.answer_header("content-type"))
    return any(media_type(kind) in _CERTIFICATE_CHECKS for kind in kinds)


def own_told(left_out: Mapping[str, int]) -> str:
    """The sentence on such requests that were ``left_out``, counted by their hosts; empty where there are none."""
    number = sum(left_out.values())
    if not number:
        return ""
    hosts = sorted(filter(None, left_out)) or ["no host"]
    named = ", ".join(hosts[:_MOST_NAMED]) + (f" and {len(hosts) - _MOST_NAMED} more" * (len(hosts) > _MOST_NAMED))
    what = "1 request was" if number == 1 else f"{number} requests were"
    return f"{what} left out that the browser sent by itself and no page asked for: to {named}."
