"""What codes and tokens look like, measured before they are hidden."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from e2e_linker.evidence.token_calls import SecretShape
from e2e_linker.service.answers import Answer

__all__ = ["shapes_of"]

_USUAL = re.compile(r"[A-Za-z0-9._~-]")
"""The characters that need no encoding anywhere (RFC 3986, section 2.3)."""
_LARGEST_CLAIMS = 32 * 1024
_LAST_MOMENT = 1e11
"""Seconds since 1970 that no token's end is told beyond: what is more was counted in milliseconds."""
_TOKENS: tuple[Literal["access_token", "refresh_token"], ...] = ("access_token", "refresh_token")


def shapes_of(fields: Mapping[str, str], answer: Answer) -> tuple[SecretShape, ...]:
    """The shapes of the code among the ``fields`` that were sent and of the tokens in ``answer``, where it is JSON."""
    return tuple(_shapes(fields, _object(answer.text or "")))


def _shapes(fields: Mapping[str, str], said: Mapping[str, Any]) -> Iterator[SecretShape]:
    if code := fields.get("code"):
        yield _shape("code", code)
    for name in _TOKENS:
        token = said.get(name)
        if isinstance(token, str) and token:
            yield _shape(name, token)


def _shape(name: Literal["code", "access_token", "refresh_token"], value: str) -> SecretShape:
    # A lone surrogate, which a JSON escape may spell, has no UTF-8 of its own.
    as_bytes = value.encode("utf-8", "replace")
    unusual = "".join(sorted(set(_USUAL.sub("", as_bytes.decode()))))
    claims = _claims(value)
    return SecretShape(
        name=name,
        length=len(as_bytes),
        unusual=unusual,
        ends=_moment(claims.get("exp")),
        issued=_moment(claims.get("iat")),
    )


def _claims(token: str) -> Mapping[str, Any]:
    """What ``token`` claims where it is a signed JWT (RFC 7519), unverified; nothing where it is none."""
    parts = token.split(".", 3)
    if len(parts) != 3 or not parts[0].startswith("eyJ") or len(parts[1]) > _LARGEST_CLAIMS:
        return {}
    try:
        return _object(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)).decode())
    except ValueError:
        return {}


def _moment(claim: Any) -> float | None:
    """A claim that is a number of seconds since 1970, as such; None where it cannot be one."""
    if isinstance(claim, bool) or not isinstance(claim, int | float) or not 0 < claim < _LAST_MOMENT:
        return None
    return float(claim)


def _object(text: str) -> Mapping[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
