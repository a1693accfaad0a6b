"""Time zones as a configuration names them.

Sources: the IANA time zone database, as this machine has it and as the package ``tzdata`` brings it, because
distributions leave old names out. Chromium 156 and Firefox 153 were asked which other names they take.
"""

from __future__ import annotations

import re
from zoneinfo import available_timezones

from e2e_linker.config.nearest import nearest

__all__ = ["unknown_zone"]

_OFFSET = re.compile(r"(GMT)?[+-]\d{1,2}(:?\d{2})?|[A-Z]{3}|(Etc|SystemV)/.+")
"""What one browser or the other takes besides the names of the database."""


def unknown_zone(name: str) -> str | None:
    """What is wrong with the time zone ``name``, with the nearest name; None where a browser may know it."""
    known = available_timezones()
    if name in known or _OFFSET.fullmatch(name):
        return None
    places = {zone.rpartition("/")[2].casefold(): zone for zone in sorted(known)}
    near = nearest(name, known, cutoff=0.8) or places.get(name.strip().replace(" ", "_").casefold())
    return f"there is no such time zone; {f'did you mean {near}?' if near else 'write one such as Europe/Berlin'}"
