"""Causes of a refused exchange that the server's own words name, and what mends them."""

from __future__ import annotations

import re

from e2e_linker.derive.exchange import Exchange

__all__ = ["named_cause"]

_BOUND = re.compile(
    r"\b(?:issued|bound|tied|granted|generated|created|requested|belongs)\b\W+(?:[^\W\d]\w*\W+){0,4}?"
    r"(?:another|other|different)\W+(?:user[\s_-]?agent|browser|device|ip|address|session|machine)\b"
    r"|\b(?:user[\s_-]?agent|ip(?:[\s_-]?address)?|browser)\W+(?:[^\W\d]\w*\W+){0,3}?"
    r"(?:mismatch|differs?|changed|(?:does\W+not|doesn\Wt)\W+match)\b"
    r"|\bmismatch\w*\W+(?:[^\W\d]\w*\W+){0,2}?(?:user[\s_-]?agent|ip[\s_-]?address)\b",
    re.IGNORECASE,
)
_BOUND_FIX = (
    "Bind the code to the client, its redirect_uri and PKCE challenge, and to no browser, session or address: it is "
    "redeemed by Alexa's servers, never by the customer's browser."
)
_CONSENT = re.compile(r"\bAADSTS65001\b|\bconsent[\s_-]required\b|\bnot (?:yet )?consented to\b", re.IGNORECASE)
_CONSENT_FIX = (
    "Give the consent that is missing for the scopes of this skill: at the application's registration, for everybody "
    "(Entra ID: API permissions, “Grant admin consent”); or let the customer be asked for it while linking, as "
    "`prompt=consent` in the query of authorizationUrl does where the server knows that."
)
_GRANT_TYPE_FIX = (
    "`grant_type=authorization_code` was sent. See whether the server reads the form at all, as one that reads JSON "
    "only answers so (Express: `express.urlencoded()`; Amazon API Gateway and Lambda: `isBase64Encoded`), and whether "
    "it allows this client the authorization code grant."
)


def named_cause(exchange: Exchange) -> str | None:
    """What mends it; None where the words name none of these causes."""
    status, words = exchange.call.status or 0, exchange.words
    if status >= 500:
        return None
    if exchange.error == "unsupported_grant_type":
        return _GRANT_TYPE_FIX
    suberror = (exchange.answer.json or {}).get("suberror")
    if suberror == "consent_required" or _CONSENT.search(words):
        return _CONSENT_FIX
    return _BOUND_FIX if _BOUND.search(words) else None
