"""How much of a value that stands where a secret belongs is one."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet

from e2e_linker.evidence.token_looks import is_placeholder

__all__ = ["secret_part"]

_JOINT = re.compile(r"[?&;]state=")


def secret_part(value: str, public: AbstractSet[str]) -> str:
    """``value`` less a state of ``public`` that was joined to its end; empty where it is a program's word for nothing.

    So a redirect shows how its parameters were joined (``?code=<code#1>?state=…``), and an answer that it has no token.
    """
    if is_placeholder(value):
        return ""
    joint = _JOINT.search(value)
    return value[: joint.start()] if joint and value[joint.end() :] in public else value
