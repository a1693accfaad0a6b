"""The hosts that a login is likely to need, known before its first request."""

from __future__ import annotations

import re

from e2e_linker.alexa.facts import MAX_DOMAINS, is_alexas
from e2e_linker.browser.addresses import Address, canonical_host
from e2e_linker.evidence.models import SkillFacts
from e2e_linker.model import origin_of

__all__ = ["likely_hosts"]

_HOST = re.compile(r"(?:[a-z0-9_-]{1,63}\.)+[a-z0-9-]{2,63}", re.IGNORECASE)


def likely_hosts(skill: SkillFacts) -> tuple[Address, ...]:
    """That of the login page, and those that the skill lists; never one of Alexa's."""
    origin = origin_of(skill.authorization_url)
    page = [Address(canonical_host(origin.host), origin.port or 443)] if origin.scheme == "https" else []
    listed = [Address(canonical_host(name), 443) for name in skill.domains[:MAX_DOMAINS] if _HOST.fullmatch(name)]
    return tuple(dict.fromkeys(one for one in (*page, *listed) if one.host and not is_alexas(one.host)))
