"""What is to be said of a missing refresh token where the skill asks for the scope that is to bring one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from e2e_linker.audits.base import Fix
from e2e_linker.derive.scopes import left_out
from e2e_linker.evidence.models import SkillFacts

__all__ = ["asked_and_dropped"]

_OFFLINE = "offline_access"
"""The scope of OpenID Connect Core 1.0, section 11."""
_ALLOW = f"llow this client {_OFFLINE} and the grant type refresh_token at the server"


def asked_and_dropped(skill: SkillFacts, answer: Mapping[str, Any]) -> tuple[str, Fix | None]:
    """A sentence on the scope, and what to do; nothing where ``skill`` does not ask for it.

    ``answer`` is the token answer. One without a scope grants what was asked for (RFC 6749, section 5.1).
    """
    if _OFFLINE not in skill.scopes:
        return "", None
    dropped = bool(left_out([_OFFLINE], answer))
    told = f" The skill asks for {_OFFLINE}" + (", which the scope of the answer leaves out." if dropped else ".")
    return told, _fix(skill.authorization_url, dropped=dropped)


def _fix(url: str, *, dropped: bool) -> Fix:
    if "consent" in dict(parse_qsl(urlsplit(url).query)).get("prompt", "").split():
        text = f"A{_ALLOW}: prompt=consent, without which many servers ignore the scope, is in authorizationUrl."
        return Fix(text=text)
    did = "The server dropped it, as" if dropped else "The server may have dropped it:"
    text = (
        f"{did} OpenID Connect has a server do with {_OFFLINE} unless the user is asked for consent anew. Add "
        f"prompt=consent to the query of authorizationUrl. Where that brings none, a{_ALLOW}."
    )
    longer = f"{url}{'&' if '?' in url else '?'}prompt=consent"
    return Fix(text=text, paste=f'"authorizationUrl": {json.dumps(longer)}', where="accountLinkingRequest")
