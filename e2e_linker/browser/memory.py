"""What a login walk knows and what it has done so far."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

__all__ = ["Key", "Known", "Past", "Submission"]

Key = tuple[str, int]
"""Document and number of a control."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the tester's account can answer. The name is here because pages show it; the secrets are not."""

    username: str | None
    password: bool
    code: bool
    by_steps: bool = False
    """The login was done by the tester's own steps: nothing is typed any more, what follows is only gone through."""


@dataclass(frozen=True, slots=True)
class Submission:
    """A form that was sent, and what its page complained about before."""

    signature: str
    kind: Literal["username", "password", "code"]
    host: str
    documents: tuple[str, ...]
    complaints: frozenset[str]


@dataclass(slots=True)
class Past:
    """What was done in a walk. Only the driver writes it."""

    fills: Counter[Key] = field(default_factory=Counter)
    """How often each field was filled."""
    submissions: list[Submission] = field(default_factory=list)
    presses: Counter[str] = field(default_factory=Counter)
    """How often a button was pressed, by page and name."""
    pressed_in: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """The documents shown when it was pressed last."""
    nudged: set[Key] = field(default_factory=set)
    """Fields that got a key press to wake their page's scripts."""
    obstructed: set[Key] = field(default_factory=set)
    """Controls that could not be pressed because something lay over them."""
    actions: int = 0
    idle_s: float = 0.0
    """Seconds since the last action."""

    @property
    def logged_in(self) -> bool:
        """Whether a password was sent."""
        return any(submission.kind == "password" for submission in self.submissions)

    def sent(self, signature: str, kind: str, host: str) -> Submission | None:
        """The earlier submission of the same form. A password counts for its whole host: accounts lock."""
        for submission in reversed(self.submissions):
            if submission.signature == signature:
                return submission
            if kind == submission.kind == "password" and submission.host == host:
                return submission
        return None
