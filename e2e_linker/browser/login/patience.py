"""How long a login waits for a page to change."""

from __future__ import annotations

import asyncio
import math
import time
from dataclasses import dataclass, field

from e2e_linker.browser.login.moves import Wait

__all__ = ["HELD_UP_TIMES", "TO_END_S", "Patience"]

_SHORTEST_WAIT_S = 0.015
_LONGEST_WAIT_S = 0.05
_SLOW_LOOK_S = 0.5
HELD_UP_TIMES = 2
"""For how many times the time of a step a page is waited for that cannot be read on before something comes."""
TO_END_S = 2.0
"""Seconds before the deadline at which such a page is given up, so that the walk can still end by itself."""


@dataclass(slots=True)
class Patience:
    """How long the same thing has been waited for."""

    step_timeout_s: float
    left_s: float = math.inf
    """Seconds after which the walk is ended from outside."""
    _began: float = field(default_factory=time.monotonic)
    pause: float = _SHORTEST_WAIT_S
    _mark: object = None
    _since: float = 0.0
    _forgiven_until: float = 0.0

    def reset(self) -> None:
        """Begin anew: something was done."""
        self._mark = None

    def forgive(self, look_s: float) -> float:
        """Leave out a look that was held up: what it tells is as old as itself, and no page is to blame for it.

        Returns the seconds that were left out.
        """
        held_up_s = look_s if look_s > _SLOW_LOOK_S else 0.0
        self._since += held_up_s
        return held_up_s

    def over(self, wait: Wait, documents: tuple[str, ...], *, held_up: bool = False) -> bool:
        """Whether ``wait`` has lasted too long on the same ``documents``; :attr:`pause` gets longer meanwhile.

        ``held_up``: the page cannot be read on before something comes that is under way. It is slow then, not stuck,
        and has the time of a step from when that came, unless the walk would be ended from outside before.
        """
        mark, now = (wait.why, documents), time.monotonic()
        if mark != self._mark:
            self._mark, self._since, self.pause = mark, now, _SHORTEST_WAIT_S
            self._forgiven_until = now + HELD_UP_TIMES * self.step_timeout_s
        self.pause = min(self.pause * 1.3, _LONGEST_WAIT_S)
        limit = self.step_timeout_s if wait.patience_s is None else min(wait.patience_s, self.step_timeout_s)
        in_time = now - self._began + limit < self.left_s - TO_END_S
        if held_up and wait.patience_s is None and in_time and now < self._forgiven_until:
            self._since = now
        return now - self._since > limit

    async def change(self, changed: asyncio.Event) -> None:
        """Return once ``changed`` is set, and clear it, or after :attr:`pause` to look for what has changed unheard."""
        try:
            async with asyncio.timeout(self.pause):
                await changed.wait()
        except TimeoutError:
            return
        changed.clear()
