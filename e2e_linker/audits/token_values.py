"""What is wrong with the values of a token answer: words for nothing, and moments where a lifetime belongs."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from e2e_linker.audits.lifetimes import span
from e2e_linker.evidence.token_looks import is_placeholder
from e2e_linker.model import Confidence, Severity

__all__ = ["Doubt", "as_sent", "instead", "lifetime_doubt", "lifetime_problem", "nothing_said", "number_in"]

_MOST_SHOWN = 40
_DAY = 86_400
_YEAR = 365 * _DAY
_EARLIER, _LATER = _DAY, 2 * _YEAR
"""Seconds before and after an answer within which a number is the moment when its token ends."""
_LONG = 30 * _DAY
_ROUND = 300
"""Seconds that a lifetime given in milliseconds is a multiple of: no whole days up to 124 are that, read as such."""
_FIX = (
    "Send expires_in as the number of seconds that the token lives from now on, such as 3600 (RFC 6749, section 5.1). "
)
_MOMENT_FIX = _FIX + "The moment when it ends has no field there."
_MILLISECONDS_FIX = _FIX + "If the tokens do live that long, nothing is wrong with it."


@dataclass(frozen=True, slots=True)
class Doubt:
    """What a lifetime seems to be instead, to stand behind “expires_in”, how much that weighs and how sure it is."""

    said: str
    severity: Severity | None
    confidence: Confidence
    fix: str


def as_sent(value: Any) -> str:
    """The beginning of ``value`` as the server wrote it: a text without its quotation marks, anything else as JSON."""
    return (value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))[:_MOST_SHOWN]


def nothing_said(value: Any) -> str | None:
    """The word for nothing that ``value`` consists of; None where it may be a token."""
    return value.strip() if isinstance(value, str) and is_placeholder(value) else None


def lifetime_doubt(given: float, at: datetime) -> Doubt | None:
    """What ``given`` seems to be instead of a lifetime in seconds, in an answer of ``at``; None where it may be one."""
    now = at.timestamp()
    for unit, named in ((1, "seconds"), (1000, "milliseconds")):
        moment = given / unit
        if now - _EARLIER <= moment <= now + _LATER and moment % _DAY:
            text = (
                f"is {given:.15g}, a moment in {named} since 1970, and not the number of seconds that the token lives"
            )
            return Doubt(text, None, Confidence.LIKELY, _MOMENT_FIX)
    meant = given / 1000
    if given > _LONG and meant <= _LONG and not math.fmod(given, 1000 * _ROUND) and given % _YEAR:
        text = f"is {given:.15g}, which Alexa takes for seconds: {span(given)}; as milliseconds it is {span(meant)}"
        return Doubt(text, Severity.RECOMMENDED, Confidence.POSSIBLE, _MILLISECONDS_FIX)
    return None


def number_in(given: Any) -> float | None:
    """``given`` as a number, also where it is spelt in a string; None where it is none."""
    if isinstance(given, bool) or not isinstance(given, int | float | str):
        return None
    if isinstance(given, str) and not re.fullmatch(r"\s*\d+(?:\.\d+)?\s*", given):
        return None
    try:
        number = float(given)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def instead(token: Any) -> str:
    """What ``token`` is that is no string, empty or a word for nothing, to stand behind “access_token is”."""
    if token in ("", None):
        return "empty"
    if word := nothing_said(token):
        return f"“{word}”, a word for a value that is missing, and no token"
    return "a number, not a string" if isinstance(token, int | float) and token not in (True, False) else "not a string"


def lifetime_problem(said: Mapping[str, Any]) -> str | None:
    """What is wrong with the form of ``expires_in`` in ``said``, to stand behind its name; None where nothing is."""
    given = said.get("expires_in")
    if given is None:
        return "is missing"
    if isinstance(given, str) and re.fullmatch(r"\s*\d+(?:\.0+)?\s*", given):
        return f"is a string (“{given}”); it should be a number"
    if isinstance(given, bool) or not isinstance(given, int | float) or given == math.inf:
        return "is not a number"
    return None if given > 0 or math.isnan(given) else f"is {given}"
