"""Whether the server shuts this machine out in the middle of a run: what it refuses then says nothing of the skill.

Token requests that are wrong on purpose count as attacks with some servers and with guards before them. So where a walk
is refused after another one had arrived, the very request that arrived is made once more, from an empty jar on the same
kind of device: a refusal that is about a redirect URI, a device, a jar or a customer does not meet it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from e2e_linker.evidence.models import Ending, Walk, records
from e2e_linker.model import Fault, host_of
from e2e_linker.run.events import Event, Notice

if TYPE_CHECKING:
    from e2e_linker.run.walks import Walker

__all__ = ["Door"]

_FORBIDDEN = 403
_TIMES = 2
"""Refusals in a row besides the one that was met; a server that fails now and then is not taken for one that bans."""
_HINT = (
    "see at the server, and at what guards it, whether the address of this tester was banned, and let it in again; "
    "then except it from the ban, or run with --depth passive, which sends nothing that is wrong on purpose"
)


class Door:
    """The way in of the server, as the walks of a run find it. ``tell`` hears once that it is closed."""

    def __init__(self, tell: Callable[[Event], None]) -> None:
        self._tell = tell
        self._known: Walker | None = None
        """Whose measured walk arrived."""
        self._looking = asyncio.Lock()
        self.shut: Ending | None = None
        """How walks end since it is closed; None while it is not known to be."""

    async def met(self, found: Walk, walker: Walker) -> Walk:
        """``found``, which ``walker`` walked; where it was refused because the door is closed, it ends with that."""
        if found.ending.kind == "arrived":
            if self._known is None and found.purpose == "measured" and walker.isolated:
                self._known = walker
            return found
        host = host_of(found.authorization.endpoint)
        refused = any(one.status == _FORBIDDEN and host_of(one.url) == host for one in records(found.requests))
        if self._known is None or not refused:
            return found
        async with self._looking:
            if self.shut is None and await _is_closed_to(self._known):
                self.shut = _shut(host)
                self._tell(Notice(f"{self.shut.message}: {_HINT}", "lasting"))
        return found.model_copy(update={"ending": self.shut}) if self.shut else found


async def _is_closed_to(known: Walker) -> bool:
    """Whether the server refuses the request of ``known`` at once, as often as it is made."""
    try:
        for n in range(1, _TIMES + 1):
            async with known.apart(unkept=True) as other:
                looked = await other.walk(f"door-{n}", "abandoned", glance=True)
            first = next((one for one in records(looked.requests) if one.leads), None)
            if first is None or first.status != _FORBIDDEN:
                return False
    except Exception:  # a browser that is gone tells nothing of the server
        return False
    return True


def _shut(host: str) -> Ending:
    return Ending(
        kind="login_blocked",
        message=f"{host} has shut this machine out in the course of the run: it answers the authorization request that "
        f"it had taken before with status {_FORBIDDEN}, in a fresh browser too",
        fault=Fault.TESTER,
        hint=_HINT,
    )
