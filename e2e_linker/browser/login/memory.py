"""What a login walk knows and what it has done so far."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from e2e_linker.browser.in_clear import InClear
from e2e_linker.browser.pages.controls import View

__all__ = ["Answer", "Broken", "Fate", "Key", "Known", "Passage", "Past", "Submission"]

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
    in_clear: InClear = field(default_factory=InClear)


@dataclass(frozen=True, slots=True)
class Submission:
    """A form that was sent, and what its page complained about before."""

    signature: str
    kind: Literal["username", "password", "code"]
    host: str
    documents: tuple[str, ...]
    complaints: frozenset[str]
    way: str = ""
    """What was pressed, in words."""
    button: Key | None = None
    """The button that was pressed; None for the return key."""
    by_typing: bool = False
    """Only its last character was typed: many a page sends a code by itself then."""
    shown: frozenset[str] = frozenset()
    """The lines that the page showed before, without digits: clocks go on."""
    of_client: bool = False
    """Whether it asked for the name of a client, as banks call their customers."""


@dataclass(frozen=True, slots=True)
class Broken:
    """The request of a page's script by which it logs in, and what went wrong with it through nobody's password."""

    request: str
    why: str
    answered: bool = False
    """Whether its page could read an answer: what it says then may be the truth."""
    absent: bool = False
    """Whether the answer was "not found": that may be said of a user, too."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A JSON answer that refuses the request by which a page's script logs in."""

    status: int
    words: tuple[str, ...] = ()
    """How it names the error, and what it says of it."""


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of what was sent last."""

    anything: bool = True
    """False where the pages have asked for nothing since it was typed."""
    silent: bool = False
    """Whether they have sent nothing either in another way, and the engine tells of the others."""
    pending: bool = False
    """Whether the page's script waits for an answer to it."""
    sent: bool = False
    """Whether a request of the page's script surely was it."""
    broken: Broken | None = None
    refused: Broken | None = None
    """The same of a request that was refused (400 and the like): what its page says may be of the account."""
    denied: bool = False
    """Whether it was refused by a status that may speak of the account, whatever its page says."""
    answer: Answer | None = None
    """That answer, where it could be read."""
    unauthorized: bool = False
    """Whether it was a page's form with the password, and the answer to just that has the status 401."""
    asked_since: bool = False
    """Whether the pages have asked for something since then."""
    unanswered: bool = False
    """Whether some of it has found no answer yet."""

    @property
    def denial(self) -> Answer | bool:
        """Whether it was denied, and by what answer where that is known."""
        return (self.denied and self.answer) or self.denied


@dataclass(frozen=True, slots=True)
class Passage:
    """A page on which a button or a link was pressed, as it was then."""

    view: View
    pressed: str
    """What was pressed, in words."""
    purpose: str
    """What for: ``allow``, ``next``, ``skip``…"""


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
    passed: list[Passage] = field(default_factory=list)
    """What was pressed since something was sent last, in order."""
    nudged: set[Key] = field(default_factory=set)
    """Fields that got a key press to wake their page's scripts, and closed buttons whose page was read to its end."""
    obstructed: set[Key] = field(default_factory=set)
    """Controls that could not be pressed because something lay over them."""
    actions: int = 0
    idle_s: float = 0.0
    """Seconds since the last action."""
    said: Sequence[str] = ()
    """What dialogs said, in order: they come in while the walk goes on."""
    heard: int = 0
    """How many of them had come when something was sent last."""
    fate: Fate = Fate()
    """What became of it."""

    @property
    def logged_in(self) -> bool:
        """Whether a password was sent."""
        return any(submission.kind == "password" for submission in self.submissions)

    @property
    def told(self) -> tuple[str, ...]:
        """The lines of dialogs that came after something was sent and had not been there before."""
        before = {line for text in self.said[: self.heard] for line in text.splitlines()}
        after = (line.strip() for text in self.said[self.heard :] for line in text.splitlines() if line not in before)
        return tuple(dict.fromkeys(after))

    def sending(self) -> None:
        """Take what dialogs and pages say from now on for the answer to what is being sent."""
        self.heard = len(self.said)
        self.passed.clear()

    def sent(self, signature: str, kind: str, host: str) -> Submission | None:
        """The earlier submission of the same form. A password counts for its whole host: accounts lock."""
        for submission in reversed(self.submissions):
            if submission.signature == signature:
                return submission
            if kind == submission.kind == "password" and submission.host == host:
                return submission
        return None
