"""What keeps a control from being pressed: whose frame lies over it, for whom it is there, or where the control is."""

from __future__ import annotations

import re
from collections.abc import Sequence

from e2e_linker.audits.screens import remedy
from e2e_linker.derive.causes import got_through
from e2e_linker.derive.screens import ScreenVerdict
from e2e_linker.evidence.models import Control, DomDigest, Trial
from e2e_linker.model import host_of

__all__ = ["cover_name", "cover_remedy", "for_this_agent", "place_of"]

_FRAME = re.compile(r"i?frame(?![\w-])")


def cover_name(cover: str, last: ScreenVerdict) -> str:
    """``cover`` as it is told: a frame with the host that its page is from, where it can be no other."""
    host = _framed_host(cover, last)
    return f"{cover}, a frame with a page of {host}," if host else cover


def _framed_host(cover: str, last: ScreenVerdict) -> str | None:
    if not _FRAME.match(cover):
        return None
    hosts = {host_of(url) for url in last.digest.frames}
    only = next(iter(hosts), "") if len(hosts) == 1 else ""
    return only if only and only != last.host else None


def for_this_agent(healed: Trial | None, trials: Sequence[Trial]) -> Trial | None:
    """The trial with another user agent that got through as well as the one with the cover hidden; None for none.

    Where another trait of the device did, too, a server that covers one page in two is likelier.
    """
    through = {trial.factor: trial for trial in trials if got_through(trial.ending)}
    return through.get("user_agent") if healed and "locale" not in through else None


def cover_remedy(cover: str, last: ScreenVerdict, agent: Trial | None) -> str | None:
    """What to do about ``cover`` where more is known than that it is there; None where it is not."""
    if agent is not None:
        return remedy(agent)
    host = _framed_host(cover, last)
    return host and f"Keep the frame of {host} off the login's pages, or so small that the form stays free of it."


def place_of(control: Control, digest: DomDigest) -> str:
    """Where ``control`` lies, by the direction in which it is off the screen; empty where it is off in none."""
    rect, width, height = control.rect, digest.client_width, digest.client_height
    if not 0 <= rect.x + rect.width / 2 < width:
        return f"at {round(rect.x)} pixels on a screen of {round(width)}, "
    if not 0 <= rect.y + rect.height / 2 < height:
        return f"{round(rect.y)} pixels down on a screen {round(height)} pixels high, "
    return ""
