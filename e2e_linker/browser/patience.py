"""How long a login waits for a page to change."""

from __future__ import annotations

import time
from dataclasses import dataclass

from e2e_linker.browser.moves import Wait

__all__ = ["Patience"]

_SHORTEST_WAIT_S = 0.015
_LONGEST_WAIT_S = 0.05
_SLOW_LOOK_S = 0.5


@dataclass(slots=True)
class Patience:
    """How long the same thing has been waited for."""

    step_timeout_s: float
    pause: float = _SHORTEST_WAIT_S
    _mark: object = None
    _since: float = 0.0

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

    def over(self, wait: Wait, documents: tuple[str, ...]) -> bool:
        """Whether ``wait`` has lasted too long on the same ``documents``; :attr:`pause` gets longer meanwhile."""
        mark = (wait.why, documents)
        if mark != self._mark:
            self._mark, self._since, self.pause = mark, time.monotonic(), _SHORTEST_WAIT_S
        self.pause = min(self.pause * 1.3, _LONGEST_WAIT_S)
        limit = self.step_timeout_s if wait.patience_s is None else min(wait.patience_s, self.step_timeout_s)
        return time.monotonic() - self._since > limit
