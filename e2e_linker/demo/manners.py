"""What the token endpoint checks, and how it says no. The defaults do both as RFC 6749 and RFC 7636 ask."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from e2e_linker.demo.raw_response import JSON_HEADERS, RawResponse

__all__ = ["Manners", "Scheme", "s256"]

Scheme = Literal["HTTP_BASIC", "REQUEST_BODY_CREDENTIALS"]


def s256(verifier: str) -> str:
    """The S256 code challenge of ``verifier`` (RFC 7636, section 4.2)."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _read(content_type: str) -> RawResponse | None:
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "application/x-www-form-urlencoded":
        return None
    body = '{"error": "invalid_request", "error_description": "The body must be application/x-www-form-urlencoded."}'
    return RawResponse(400, body, JSON_HEADERS)


def _fits(challenge: str, verifier: str | None) -> bool:
    return verifier is not None and s256(verifier) == challenge


@dataclass(frozen=True, slots=True)
class Manners:
    """What is checked of a token request, and what becomes of a refusal."""

    read: Callable[[str], RawResponse | None] = _read
    """By content type: why the body is not read; None where it is."""
    schemes: frozenset[Scheme] = frozenset(("HTTP_BASIC", "REQUEST_BODY_CREDENTIALS"))
    """How clients may authenticate."""
    decodes_basic: bool = True
    """Whether id and secret are form-decoded after base64."""
    takes_client_id_twice: bool = True
    """Whether the body may repeat the client id of the header."""
    checks_client: bool = True
    checks_secret: bool = True
    checks_redirect_uri: bool = True
    verifies: Callable[[str, str | None], bool] = _fits
    """Whether a verifier fits the challenge of a code that has one."""
    wants_verifier: bool = False
    """Whether a code without a challenge is refused."""
    code_s: float = 600
    """Seconds that a code lives."""
    used_code: Literal["refused", "more tokens", "same tokens", "ends the link"] = "refused"
    """What the second redemption of a code meets."""
    refusal: Callable[[int, str, str], RawResponse] | None = None
    """Status, error and description as the server writes them; None for RFC 6749, section 5.2."""
    slow_refresh: bool = False
    """A refresh takes as long as the range's ``slow_answer_s``."""
    turn_s: float = 0
    """Seconds each request takes while all others wait."""
