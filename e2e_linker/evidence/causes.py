"""What was tried to find out why a login breaks: each trial changed one thing, and what came of it."""

from __future__ import annotations

from typing import Literal

from e2e_linker.evidence.ending import EndingKind
from e2e_linker.model import Record

__all__ = ["Causes", "Factor", "Trial"]

Factor = Literal["hosts", "user_agent", "policy", "foreign_cookies"]
"""``hosts``: unlisted hosts were let through in a simulation; ``user_agent``: the device called itself a plain browser;
``policy``: the pages' Content-Security-Policy was not enforced; ``foreign_cookies``: those of other sites were blocked
or let through."""


class Trial(Record):
    """One walk on a device of its own with an empty jar, on which one thing was different."""

    n: int
    factor: Factor
    changed: str
    """What was different, in words: ``let through: static.example.net``."""
    hosts: tuple[str, ...] = ()
    """For ``hosts``: the unlisted hosts that were let through; every other one was refused."""
    until: Literal["arrival", "login_form"]
    """How far it was to go."""
    ending: EndingKind
    """``stopped`` and ``arrived``: it got as far as it was to go."""
    shown: str | None = None
    """What the last screen was, as a kind of screen verdict; None where none could be looked at."""
    duration_s: float


class Causes(Record):
    """The simulation of the Domain List, and the search for what breaks it or the measured walk."""

    skipped: str | None = None
    """Why the Domain List was not simulated; None where the simulation is among the walks."""
    trials: tuple[Trial, ...] = ()
    unfinished: str | None = None
    """Why a search ended before it had found its answer."""
