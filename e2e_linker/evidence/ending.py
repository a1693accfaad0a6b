"""How a walk ended."""

from __future__ import annotations

from typing import Literal

from e2e_linker.model import Fault, Record

__all__ = ["Ending", "EndingKind"]

EndingKind = Literal[
    "arrived",
    "dead_end",
    "login_not_found",
    "login_rejected",
    "login_blocked",
    "captcha",
    "unreachable",
    "tls_failure",
    "redirect_loop",
    "timeout",
    "crashed",
    "engine_missing",
    "interrupted",
    "not_started",
    "errored",
    "stopped",
]
"""``stopped``: the walk was not to go further, and got where it was to go."""


class Ending(Record):
    """How a walk ended. ``arrived`` is the only one after which a code or token exists."""

    kind: EndingKind
    message: str
    fault: Fault | None = None
    hint: str | None = None
    exposed: str | None = None
    """The address at which a password would have gone out in clear: it was not typed."""
