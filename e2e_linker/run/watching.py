"""What somebody who looks on wants to see of a case."""

from __future__ import annotations

from dataclasses import dataclass

from e2e_linker.browser.login.halting import Ask, halting
from e2e_linker.browser.plan import LoginFactory
from e2e_linker.evidence.models import Ending, Purpose
from e2e_linker.model import EngineName

__all__ = ["Watch"]

_GOOD = frozenset({"arrived", "interrupted"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """Where to stop, and how to wait for the person who watches."""

    pause: bool = True
    """Whether a walk that ends short of Alexa stays on the screen until the tester goes on."""
    ask: Ask | None = None
    """Waits for the tester; None leaves it to Playwright's inspector."""
    purpose: Purpose = "measured"
    """The walk that is watched: ``measured``, or ``simulated`` to have the Domain List enforced after it."""
    steps: int | None = None
    """Actions of the login after which the watched walk stops; None lets it run to its end."""
    engine: EngineName | None = None
    """The engine to watch it on, in place of those asked for; None leaves the choice."""

    def asks(self, where: str) -> Ask | None:
        """What asks the tester, and names the case and walk, ``where``, for it; None where :attr:`ask` is."""
        ask = self.ask
        return (lambda said: ask(f"{where}: {said}")) if ask else None

    def login(self, factory: LoginFactory, purpose: Purpose) -> LoginFactory:
        """``factory``, which stops where the watched walk is to stop."""
        return halting(factory, self.steps) if self.steps is not None and purpose == self.purpose else factory

    def waits(self, purpose: Purpose, ending: Ending, *, visible: bool) -> bool:
        """Whether somebody wants to look at the page on which a walk ended."""
        return self.pause and visible and purpose == self.purpose and ending.kind not in _GOOD
