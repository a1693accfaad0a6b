"""What is known of Alexa's own side: addresses, limits, times and words, each with its unit and its source.

Sources in short: *schemas* is Amazon's "Account Linking Schemas" (SMAPI); *FAQ* its "Account Linking FAQ"; *blog 2020*
and *blog 2024* its troubleshooting articles; "threshold" marks a figure of this tool's own choosing, never Amazon's.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import Final
from urllib.parse import quote

from e2e_linker.errors import UsageError
from e2e_linker.model import Grant, Region

__all__ = [
    "ABANDONED_LOGINS",
    "CODE_LONG_CHARACTERS",
    "COOKIES_OF_HOST_BYTES",
    "COOKIE_BYTES",
    "DEFAULT_PORT",
    "GROWN_COOKIE_BYTES",
    "GROWN_STATE_BYTES",
    "LINKING_UNSUCCESSFUL_TEXT",
    "MAX_DOMAINS",
    "MAX_SCOPES",
    "MIN_EXPIRES_IN",
    "OTHER_HEADER_BYTES",
    "RECOMMENDED_EXPIRES_IN",
    "REDIRECT_HOSTS",
    "REDIRECT_LABELS",
    "REDIRECT_URL_CHARACTERS",
    "REDIRECT_URL_LIKELY_CHARACTERS",
    "REDIRECT_URL_MAX_CHARACTERS",
    "REFRESH_GRACE_SECONDS",
    "REFRESH_IDLE_SECONDS",
    "REFRESH_LATE_SECONDS",
    "REFRESH_TOKEN_SECONDS",
    "REGION_HOSTS",
    "SIMULATED_COOKIE_BYTES",
    "SMALL_HEAD_BYTES",
    "TOKEN_BYTES",
    "TOKEN_SECONDS",
    "TOKEN_SLOW_SECONDS",
    "UNABLE_TO_LINK_TEXT",
    "VENDOR_ID",
    "is_alexas",
    "redirect_url",
    "region_of_host",
]

REGION_HOSTS: Final = MappingProxyType(
    {Region.NA: "pitangui.amazon.com", Region.EU: "layla.amazon.com", Region.FE: "alexa.amazon.co.jp"}
)
"""The redirect host of each region. Source: the redirect URLs of the developer console, as *schemas* lists them."""

_PATHS: Final = {
    Grant.AUTH_CODE: "/api/skill/link/{vendor}",
    Grant.IMPLICIT: "/spa/skill/account-linking-status.html?vendorId={vendor}",
}

REDIRECT_LABELS: Final = ("pitangui", "layla", "alexa", "skills-store")
"""The first labels of Alexa's redirect hosts."""

_COUNTRIES: Final = (
    "com", "co.uk", "de", "fr", "it", "es", "in", "ca", "co.jp", "com.au", "com.br", "com.mx",
    "ae", "cn", "com.be", "com.tr", "eg", "ie", "nl", "pl", "sa", "se", "sg",
)  # fmt: skip

REDIRECT_HOSTS: Final = frozenset(
    # ``skills-store`` is where the redirect hosts forward a code to, and where the verdict page stands
    # (koush/scrypted#308, alexa-samples/alexa-smarthome#83); ``alexa`` is the web application, which takes part when
    # linking starts in a browser; layla.amazon.co.uk was the European host in 2016. Servers are configured by hand, so
    # each of them is here under every country Amazon sells in.
    f"{name}.amazon.{country}"
    for name in REDIRECT_LABELS
    for country in _COUNTRIES
)
"""Every Alexa host that may receive an authorization code or token: none may be reached from a test."""

_ALEXAS: Final = re.compile(
    rf"(?:[^.]+\.)*(?:(?:{'|'.join(REDIRECT_LABELS)})\.amazon\.(?:com|(?:com?\.)?[a-z]{{2}})|amazonalexa\.com)"
)
"""Hosts of Alexa's by rule, not by list: Amazon goes to new countries, and a mistyped name may exist all the same."""

_REGION_OF_HOST: Final = {**{host: region for region, host in REGION_HOSTS.items()}, "layla.amazon.co.uk": Region.EU}

VENDOR_ID: Final = re.compile(r"M[0-9A-Z]{12,13}")
"""What a vendor id looks like in public code; match it whole. Undocumented: a mismatch is worth a question only."""

MAX_DOMAINS: Final = 15
"""Entries a Domain List may hold. Source: *schemas*, v0 and v1."""

MAX_SCOPES: Final = 15
"""Scopes a configuration may hold. Source: *schemas*, v0 and v1."""

DEFAULT_PORT: Final = 443
"""The TCP port on which both endpoints must answer. Source: Amazon's "Requirements for Account Linking"."""

TOKEN_SECONDS: Final = 4.5
"""Seconds within which the token endpoint must have answered completely. Source: FAQ."""

TOKEN_SLOW_SECONDS: Final = 2.0
"""Seconds above which an answer of the token endpoint is worth a remark. Threshold."""

MIN_EXPIRES_IN: Final = 360
"""Seconds an access token must live at least. Source: FAQ and *blog 2020* (an older text says more than 300)."""

RECOMMENDED_EXPIRES_IN: Final = 3600
"""Seconds an access token should live. Source: *blog 2024*."""

REFRESH_GRACE_SECONDS: Final = 30
"""Seconds a refresh token must stay usable after it was replaced. Source: *blog 2024*."""

REFRESH_LATE_SECONDS: Final = 24 * 3600
"""Seconds after the end of an access token at which its refresh has to work still. Threshold."""

REFRESH_TOKEN_SECONDS: Final = 180 * 24 * 3600
"""Seconds a refresh token should live at least. Source: *blog 2024*."""

REFRESH_IDLE_SECONDS: Final = 365 * 24 * 3600
"""Seconds a refresh token that nobody uses should live at least. Source: *blog 2024*."""

TOKEN_BYTES: Final = 2048
"""Bytes a token should not exceed. Threshold: the size Login with Amazon allows its own tokens."""

UNABLE_TO_LINK_TEXT: Final = "We were unable to link {skill} at this time"
"""What the customer reads when Alexa could not finish a link; ``{skill}`` is the skill's name. Source: *blog 2020*."""

LINKING_UNSUCCESSFUL_TEXT: Final = "Linking unsuccessful"
"""The other wording of the same verdict. Source: Amazon's forum article on debugging account linking."""

CODE_LONG_CHARACTERS: Final = 512
"""Characters above which an authorization code is long. Threshold; *blog 2020* names long codes as a cause of 400."""

REDIRECT_URL_CHARACTERS: Final = 2000
"""Characters a redirect URL should not exceed, percent-encoded as sent. Threshold."""

REDIRECT_URL_LIKELY_CHARACTERS: Final = 4000
"""Characters above which a redirect URL is probably refused. Threshold: the smallest common limit is 4,094 bytes."""

REDIRECT_URL_MAX_CHARACTERS: Final = 8000
"""Characters above which a redirect URL is refused by many. RFC 9110 section 4.1 asks for 8,000 octets at least."""

SIMULATED_COOKIE_BYTES: Final = 4096
"""Bytes of Cookie header assumed for a long-time Amazon customer (1.5 to 4 KB are usual). Threshold."""

OTHER_HEADER_BYTES: Final = 1000
"""Bytes assumed for all headers of a request to Amazon other than Cookie. Threshold."""

SMALL_HEAD_BYTES: Final = 8190
"""Bytes of request head that common servers with one 8 KB budget take (Tomcat, lighttpd). Threshold, as measured."""

GROWN_COOKIE_BYTES: Final = (4096, 8192, 12288, 16384)
"""Bytes to which cookies are grown, step by step, to find a hop that breaks. Threshold."""

GROWN_STATE_BYTES: Final = (1024, 2048, 4096)
"""Bytes to which the state is grown, step by step, to find a hop that breaks. Threshold."""

ABANDONED_LOGINS: Final = 20
"""Logins begun and left in one browser to see whether cookies accumulate. Threshold."""

COOKIE_BYTES: Final = 4096
"""Bytes of name and value above which browsers drop a cookie silently. Source: Chromium's parsed_cookie.h, RFC 6265."""

COOKIES_OF_HOST_BYTES: Final = 4096
"""Bytes of all cookies sent to one host above which trouble is near. Threshold."""


def redirect_url(region: Region, grant: Grant, vendor_id: str) -> str:
    """The redirect URI that Alexa sends for this region and grant.

    Raises :class:`UsageError` when ``vendor_id`` is empty. The list in the developer console is the authority; these
    are the addresses every public configuration shows.
    """
    if not vendor_id.strip():
        raise UsageError(
            "the vendor id is empty",
            where="vendorId",
            hint="copy it from the end of a redirect URL on the console's Account Linking page",
        )
    return f"https://{REGION_HOSTS[region]}" + _PATHS[grant].format(vendor=quote(vendor_id.strip(), safe=""))


def region_of_host(host: str) -> Region | None:
    """The region whose redirect URIs are on ``host``, or None for a host that is nobody's or everybody's."""
    return _REGION_OF_HOST.get(host.rstrip(".").lower())


def is_alexas(host: str) -> bool:
    """Whether the lower-case ``host`` is Alexa's or below one that is, in any country: no code may ever get there.

    Wider than :data:`REDIRECT_HOSTS`, to refuse by. Login with Amazon (``www.amazon.com``) is another matter.
    """
    return _ALEXAS.fullmatch(host.rstrip(".")) is not None
