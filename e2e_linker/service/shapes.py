"""What codes and tokens look like, measured before they are hidden."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from e2e_linker.evidence.token_calls import SecretShape
from e2e_linker.service.answers import Answer

__all__ = ["shapes_of"]

_USUAL = re.compile(r"[A-Za-z0-9._~-]")
"""The characters that need no encoding anywhere (RFC 3986, section 2.3)."""
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
    return SecretShape(name=name, length=len(as_bytes), unusual=unusual)


def _object(text: str) -> Mapping[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
