"""JSON web tokens (RFC 7519) in an address, a header or a body: secrets wherever they stand, whatever their name."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator

from e2e_linker.evidence.token_looks import signed_tokens

__all__ = ["PUBLIC_NAMES", "holds_web_token", "web_tokens"]

PUBLIC_NAMES = frozenset({"state", "nonce", "client_id", "request", "samlrequest", "code_challenge", "jwks"})
"""Under these stands what any visitor of a login page is handed, or what the audits compare: never a secret."""
_NAMES = "|".join(sorted(PUBLIC_NAMES))
_PUBLIC = re.compile(
    rf"(?:^|[?&#;]|%(?:25)*(?:3f|26|23|3b))(?:amp;)?(?:{_NAMES})(?:=|%(?:25)*3d)$"
    rf"|[\"'](?:{_NAMES})\\?[\"'][\s:,=]*(?:(?:type=\S+\s+)?value\s*=\s*)?\\?[\"']$",
    re.IGNORECASE,
)
"""What stands before such a value: in an address, in JSON, in a field of markup."""
_REACH = 80
"""Characters before a token in which its name stands."""
_BEGINNING = "eyJ"


def holds_web_token(text: str) -> bool:
    """Whether a look at ``text`` is worth it."""
    return _BEGINNING in text


def web_tokens(text: str) -> Iterator[str]:
    """The JSON web tokens in ``text``, signed or encrypted, but for those under one of :data:`PUBLIC_NAMES`.

    ``heyJude.bundle.js`` is none: the first part of a token is an object of JSON.
    """
    if not holds_web_token(text):
        return
    place = 0
    for token in signed_tokens(text):
        place = text.index(token, place)
        if _is_object(token.partition(".")[0]) and not _PUBLIC.search(text[max(0, place - _REACH) : place]):
            yield token
        place += len(token)


def _is_object(part: str) -> bool:
    try:
        told = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        return False
    return isinstance(told, dict)
