"""When something began, and when it ended, by a clock that may be set back meanwhile."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from time import monotonic

__all__ = ["Began"]


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Began:
    """The moment at which this was made."""

    at: datetime = field(default_factory=_now)
    _ticks: float = field(default_factory=monotonic)

    @property
    def seconds(self) -> float:
        """What has passed since."""
        return monotonic() - self._ticks

    def by_now(self) -> datetime:
        """The time, though never less than what has passed."""
        return max(_now(), self.at + timedelta(seconds=self.seconds))
