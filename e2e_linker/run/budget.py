"""How many logins a run may still make on somebody's server."""

from __future__ import annotations

__all__ = ["LoginBudget"]


class LoginBudget:
    """Counts logins down. A login is taken before it is made, and given back where none was needed."""

    def __init__(self, logins: int) -> None:
        self.limit = logins
        self._left = logins

    def take(self) -> bool:
        """Reserve one login; False where none is left."""
        if self._left < 1:
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
