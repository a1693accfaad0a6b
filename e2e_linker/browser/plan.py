"""What a walk is to do: the request to open, who logs in, how far to go, and when to give up."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from playwright.async_api import Page
from pydantic import JsonValue

from e2e_linker.alexa.authorization import Authorization
from e2e_linker.browser.login.hands import OnScreen
from e2e_linker.browser.windows import Windows
from e2e_linker.evidence.models import Ending, Purpose
from e2e_linker.evidence.page import LoginStep
from e2e_linker.evidence.redact import SecretRegistry
from e2e_linker.evidence.traffic import Arrival

__all__ = ["Login", "LoginFactory", "Page", "Reprieve", "Settle", "Until", "WalkPlan"]

Until = Literal["arrival", "login_form"]
"""How far a walk goes."""


class Login(Protocol):
    """Whoever logs in in the customer's stead: :class:`~e2e_linker.browser.login.driver.LoginDriver`, or a test."""

    async def run(self, windows: Windows, arrived: asyncio.Event) -> Ending | None:
        """Log in until ``arrived`` is set, or the login form is reached where only that was asked for: None.

        Otherwise why it cannot go on.
        """
        ...


class LoginFactory(Protocol):
    """Makes the login of one walk; what does not depend on the walk is bound beforehand."""

    def __call__(
        self,
        *,
        on_screen: OnScreen,
        record: Callable[[LoginStep], None],
        clock: Callable[[], float],
        until: Until,
    ) -> Login:
        """A login that shows its screens to ``on_screen`` and notes its steps with ``record``."""
        ...


@dataclass(frozen=True, slots=True)
class Settle:
    """When a page counts as finished: nothing under way for ``quiet_s`` seconds, or ``at_most_s`` seconds gone by."""

    quiet_s: float = 0.25
    at_most_s: float = 5.0


@dataclass(slots=True)
class Reprieve:
    """What the deadline of one walk is put off by, where its login waits for what is not the server's doing."""

    given_s: float = 0.0
    limit: asyncio.Timeout | None = None
    """Set by who keeps the deadline."""

    def give(self, seconds: float) -> None:
        """Put the deadline off by ``seconds``, or below 0 take them back."""
        when = self.limit.when() if self.limit is not None and not self.limit.expired() else None
        if self.limit is not None and when is not None:
            self.limit.reschedule(when + seconds)
            self.given_s += seconds


@dataclass(frozen=True, slots=True)
class WalkPlan:
    """What is to be walked. ``deadline_s`` counts seconds from the opening of the page."""

    id: str
    authorization: Authorization
    redirect_uris: tuple[str, ...]
    deadline_s: float
    purpose: Purpose = "measured"
    variation: Mapping[str, JsonValue] = field(default_factory=dict)
    login: LoginFactory | None = None
    """None waits for an answer that needs no login, until the page has settled."""
    reprieve: Reprieve = field(default_factory=Reprieve)
    settle: Settle = Settle()
    until: Until = "arrival"
    on_arrived: Callable[[Arrival], None] | None = None
    """Told of the first arrival as it comes in, not redacted, while what else is on its way is still collected."""
    on_end: Callable[[Page | None, Ending], Awaitable[None]] | None = None
    """Awaited with the page that the customer is left with, None where all are closed, before it is closed."""

    def announce(self, registry: SecretRegistry) -> None:
        """Tell ``registry`` what is public in the request that is made, and what is not."""
        registry.publish_request(self.authorization.request)
        if self.authorization.code_verifier:
            registry.register(self.authorization.code_verifier, "code_verifier")
