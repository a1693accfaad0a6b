"""What mends a redirect whose parameters are joined so that the state became a part of another one."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

__all__ = ["JOINING"]

JOINING: Final[Mapping[str, str]] = MappingProxyType(
    {
        "?": "Join every parameter of the redirect but the first with `&`: a `?` within the query is part of a value.",
        ";": "Join the parameters of the redirect with `&`: a `;` is part of the value before it.",
        "#": "Join the parameters of the redirect with `&`: a `#` that was percent-encoded is part of a value.",
        "&": "Percent-encode each value of the redirect for itself, and not the `&` between two of them: `%26` is part "
        "of a value.",
    }
)
"""By the character that stands between the two; an ``&`` or ``#`` is one that was percent-encoded."""
