"""What a run tells its listeners while it goes on. The engine itself never prints."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from e2e_linker.evidence.models import Ending
from e2e_linker.report.model import RunReport

__all__ = [
    "CaseFinished",
    "CaseProgress",
    "CaseStarted",
    "Event",
    "Listener",
    "Notice",
    "NoticeKind",
    "RunFinished",
    "RunStarted",
]


NoticeKind = Literal["doing", "lasting"]
"""``doing``: what the run is at, of no use afterwards. ``lasting``: still true when the run is over."""


@dataclass(frozen=True, slots=True)
class RunStarted:
    """The cases are planned and the run folder exists."""

    run_id: str
    folder: Path
    cases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the user should know that is no finding."""

    text: str
    kind: NoticeKind


@dataclass(frozen=True, slots=True)
class CaseStarted:
    """An attempt at a case begins."""

    case: str
    attempt: int


@dataclass(frozen=True, slots=True)
class CaseProgress:
    """What a case is doing now, in a few words."""

    case: str
    doing: str


@dataclass(frozen=True, slots=True)
class CaseFinished:
    """A case has ended, after all its attempts."""

    case: str
    linked: bool
    ending: Ending
    duration_s: float
    attempts: int


@dataclass(frozen=True, slots=True)
class RunFinished:
    """Everything is judged and written."""

    report: RunReport
    folder: Path


Event = RunStarted | Notice | CaseStarted | CaseProgress | CaseFinished | RunFinished
Listener = Callable[[Event], None]
