"""How many logins a run may still make on somebody's server."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["LoginBudget"]


class LoginBudget:
    """Counts logins down. A login is taken before it is made, and given back where none was needed."""

    def __init__(self, logins: int) -> None:
        self.limit = logins
        self.refused = 0
        """How many more were asked for than could be given."""
        self._left = logins
        self._waiting: set[str] = set()

    def promise(self, cases: Iterable[str]) -> None:
        """Keep a login for each of ``cases``, until it has taken it or is :meth:`done`."""
        self._waiting = set(cases)

    def done(self, case: str) -> None:
        """The case needs no login any more."""
        self._waiting.discard(case)

    def take(self, *, case: str | None = None, spare: bool = False) -> bool:
        """Reserve one login, for ``case`` where it is the one it was promised; False where none is left.

        ``spare`` leaves those alone that cases are still waiting for.
        """
        if case is not None:
            self.done(case)
        if self._left - (len(self._waiting) if spare else 0) < 1:
            self.refused += 1
            return False
        self._left -= 1
        return True

    def give_back(self) -> None:
        """Return a login that was reserved but not made."""
        self._left = min(self._left + 1, self.limit)

    @property
    def left(self) -> int:
        """Logins that may still be made."""
        return self._left
