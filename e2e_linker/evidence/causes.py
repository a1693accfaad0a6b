"""What was tried to find out why a login breaks: each trial changed one thing, and what came of it."""

from __future__ import annotations

from typing import Literal

from e2e_linker.evidence.ending import EndingKind
from e2e_linker.model import Record

__all__ = ["Causes", "Elsewhere", "Factor", "Trial"]

Factor = Literal[
    "hosts",
    "nothing",
    "user_agent",
    "policy",
    "host",
    "locale",
    "foreign_cookies",
    "stand_in",
    "agreeing",
    "framing",
    "script",
    "uncovered",
    "wide_screen",
    "mouse",
    "one_window",
]
"""``hosts``: unlisted hosts were let through in a simulation. The others repeat the measured walk.

``nothing`` changed; ``user_agent``: the device called itself a plain browser or, where it is one, another device, in
its client hints, too; ``policy``: the pages' Content-Security-Policy was not enforced; ``host``: a host that failed was
refused at once; ``locale``: another one; ``foreign_cookies``: cookies of other sites were blocked for a walk that got
through with them; ``stand_in``: something empty stood in for a file or an answer that did not come; ``agreeing``: every
``false`` in an answer was made ``true``; ``framing``: a page that forbids it might be shown in a frame; ``script``:
something empty stood in for a script that failed; ``uncovered``: what lay over a control was hidden; ``wide_screen``:
the screen was as wide as a desktop's; ``mouse``: the device had no touch, and what was pressed was clicked;
``one_window``: no second window could be opened by a walk that got through with one.
"""


class Trial(Record):
    """One walk on a device of its own with an empty jar, on which one thing was different."""

    n: int
    factor: Factor
    changed: str
    """What was different, in words: ``let through: static.example.net``."""
    hosts: tuple[str, ...] = ()
    """For ``hosts`` the unlisted hosts that were let through, all others were refused; for ``host`` the refused one."""
    address: str | None = None
    """For ``stand_in``, ``agreeing``, ``framing`` and ``script`` the URL, without parameters, that was answered in the
    server's stead; for ``uncovered`` what was hidden, as :attr:`Control.covered_by` names it."""
    like: str | None = None
    """For ``user_agent`` the device as which it called itself; None for a plain browser on the same device."""
    until: Literal["arrival", "login_form"]
    """How far it was to go."""
    ending: EndingKind
    """``stopped`` and ``arrived``: it got as far as it was to go."""
    shown: str | None = None
    """What the last screen was, as a kind of screen verdict; None where none could be looked at."""
    server_error: int | None = None
    """The status, 500 or higher, by which a server failed where this broke; None where none did."""
    duration_s: float


class Elsewhere(Record):
    """What was not tried on the device of this case, as another one of the run had done so."""

    factor: Factor
    case: str
    """The case whose trials answer for this one, too; what they showed stands there."""


class Causes(Record):
    """The simulation of the Domain List, and the search for what breaks it or the measured walk."""

    skipped: str | None = None
    """Why the Domain List was not simulated; None where the simulation is among the walks."""
    trials: tuple[Trial, ...] = ()
    unfinished: str | None = None
    """Why a search ended before it had found its answer."""
    elsewhere: tuple[Elsewhere, ...] = ()
