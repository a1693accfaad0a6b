"""What PHP prints into a page when something goes wrong, always in English and with the file that it happened in."""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["TooLate", "printed", "too_late"]

_PRINTED = re.compile(
    r"\b(?:warning|notice|deprecated|(?:fatal|parse) error) ?: .{1,400}? in \S{1,300} on line \d{1,7}\b",
    re.IGNORECASE,
)
_TOO_LATE = re.compile(
    r"\bheaders (?:have )?already (?:been )?sent\b(?: by)?(?: \(output started at (\S{1,300}):(\d{1,7})\))?",
    re.IGNORECASE,
)
_READ = 20_000
_QUOTED = 160


@dataclass(frozen=True, slots=True)
class TooLate:
    """What was to go into the head of an answer whose body had begun; where it had, in the server's own words."""

    file: str | None
    line: int | None


def printed(text: str) -> str | None:
    """The beginning of the first message of PHP in ``text``; None where there is none."""
    found = _PRINTED.search(_squeezed(text))
    return found[0][:_QUOTED] if found else None


def too_late(text: str) -> TooLate | None:
    """What PHP says in ``text`` of a head that was sent before; None where it says nothing of that."""
    for message in _PRINTED.finditer(_squeezed(text)):
        if found := _TOO_LATE.search(message[0]):
            return TooLate(found[1], int(found[2]) if found[2] else None)
    return None


def _squeezed(text: str) -> str:
    # What is seen of a page breaks its lines around words in bold.
    return " ".join(text[:_READ].split())
