"""Numbers of an answer that may be tokens, and those that are plainly none."""

from __future__ import annotations

import re

from e2e_linker.evidence.token_looks import SECRET_NAMES

__all__ = ["SpeltNumber"]

_LONGEST = 13
"""Digits of a moment in milliseconds."""
_TOKEN_NAMES = re.compile(r"(?:access|refresh|id)[_-]?token", re.IGNORECASE)
_MOMENT_NAMES = re.compile(
    r"(?:(?:^|_)(?:at|iat|nbf|exp|ts|date)|[a-z]At|Date|[tT]ime|[sS]tamp)(?:_?(?:[nu]s|nanos|micros))?$|^(?:created|issued)$"
)
_MOMENT = re.compile(r"[1-3]\d{15,16}|[1-3]\d{18}")
"""A moment of this century in microseconds, tenths of them, or nanoseconds."""


class SpeltNumber(str):
    """A number as it is spelt, so that one of any length keeps its digits."""

    __slots__ = ()

    def may_be_token(self, key: str) -> bool:
        """Whether it is one by its name ``key``, or by its length: lifetimes and codes of errors are shorter."""
        if _TOKEN_NAMES.fullmatch(key):
            return True
        moment = _MOMENT_NAMES.search(key) and _MOMENT.fullmatch(self) and not SECRET_NAMES.search(key)
        return len(self) > _LONGEST and not moment
