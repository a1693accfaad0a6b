"""Client ids that are one of Alexa's addresses, by which some servers know what redirect URIs the client may have."""

from __future__ import annotations

from e2e_linker.alexa.facts import REDIRECT_HOSTS
from e2e_linker.model import origin_of

__all__ = ["fits", "is_alexas_address"]


def is_alexas_address(client_id: str) -> bool:
    """Whether ``client_id`` is a URL on one of Alexa's redirect hosts. Any other is just a name."""
    origin = origin_of(client_id)
    return origin.scheme in {"http", "https"} and origin.host in REDIRECT_HOSTS


def fits(client_id: str, redirect_uri: str) -> bool:
    """Whether a server that goes by the client's address allows ``redirect_uri``; a mere name fits all of them."""
    return not is_alexas_address(client_id) or origin_of(client_id) == origin_of(redirect_uri)
