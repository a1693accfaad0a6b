"""The host names of the practice range. They live under ``.test`` (RFC 6761), so none of them can exist outside it."""

from __future__ import annotations

__all__ = [
    "ALL_HOSTS",
    "API",
    "FONTS",
    "HOMEPASS",
    "IMAGES",
    "LINKS",
    "LOGIN",
    "OAUTH",
    "PARTNERS",
    "PARTS",
    "SHARDS",
    "SITE",
    "STATIC",
]

SITE = "brightbulb.test"
"""The domain of the service's own hosts; nothing is served there."""
LOGIN = "login.brightbulb.test"
"""The authorization host: login, consent, sign-up."""
OAUTH = "oauth.brightbulb.test"
"""Token endpoint, introspection and revocation. No browser ever comes here."""
API = "api.brightbulb.test"
"""The resource server, ``/me``, where the login page's script may log in as well."""
IMAGES = "images.brightbulb.test"
STATIC = "static.brightbulb-cdn.test"
"""Style sheet and scripts."""
FONTS = "fonts.typehouse.test"
HOMEPASS = "id.homepass.test"
"""A federated identity provider of another company."""
LINKS = "links.brightbulb.test"
"""Served without TLS: where a downgrade goes."""
SHARDS = tuple(f"img{n}.brightbulb-cdn.test" for n in range(1, 5))
"""Image hosts of which a page picks one."""
PARTNERS = tuple(f"pixel{n:02}.lampmetrics.test" for n in range(1, 14))
"""Third parties whose pictures a marketing department puts on every page."""
PARTS = tuple(f"part{n:02}.pagekit.test" for n in range(1, 21))
"""Third parties of which a page is put together."""

ALL_HOSTS = (LOGIN, OAUTH, API, IMAGES, STATIC, FONTS, HOMEPASS, LINKS, *SHARDS, *PARTNERS, *PARTS)
