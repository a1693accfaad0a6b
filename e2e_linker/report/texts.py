"""Strange strings made harmless to read, and numbers made easy to read.

What a tested page says may hold control characters, marks that turn the reading direction, or ten million letters.
Every shape of the report shows such text through this module.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from pydantic import JsonValue

__all__ = [
    "BODY",
    "HIDDEN",
    "LINE",
    "TEXT",
    "cut",
    "json_text",
    "milliseconds",
    "reproduce_command",
    "seconds",
    "short_url",
    "shown",
    "size",
    "terse",
    "trusted_url",
    "utc",
    "visible",
]

LINE = 300
"""Characters of a value that stands on a line of its own, such as a URL."""

TEXT = 2_000
"""Characters of a text."""

BODY = 16_000
"""Characters of the body of an answer."""

HIDDEN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    r"\ud800-\udfff\U000e0000-\U000e007f]"
)
"""Controls other than tabs and newlines, marks that are not seen, and halves of surrogate pairs."""
_CONTROL_PICTURES = 0x2400
_VALUE = re.compile(r"([?&#][^=&#<>]*=)((?:<\w+#\d+>|[^&#])*)")
_LABEL = re.compile(r"%3C([a-z_]+)%23(\d+)%3E", re.IGNORECASE)
_BRIEF = 18
_ASIDE = re.compile(r" \([^()]{80,}\)")

# Rules name their sources; only these hosts become links, so that no tested host ever does.
_TRUSTED = frozenset({"developer.amazon.com", "www.rfc-editor.org", "github.com"})


def visible(text: str) -> str:
    """``text`` with control characters and invisible marks shown as signs. Tabs and newlines stay."""
    if text.isascii() and text.isprintable():
        return text
    return HIDDEN.sub(_sign, text)


def _sign(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x20:
        return chr(_CONTROL_PICTURES + code)
    return f"[U+{code:04X}]"


def cut(text: str, most: int) -> str:
    """The first ``most`` characters of ``text``; where it is longer, its whole length is named."""
    return text if len(text) <= most else f"{text[:most]}… [cut, {len(text):,} characters in all]"


def shown(text: str, most: int = TEXT) -> str:
    """``text`` cut to ``most`` characters and made visible."""
    return visible(cut(text, most))


def short_url(url: str) -> str:
    """``url`` with the values of its parameters cut short and secrets' labels plain; for the eye only."""
    plain = _LABEL.sub(r"<\1#\2>", cut(url, BODY))
    return cut(_VALUE.sub(lambda found: found[1] + _brief(found[2]), plain), LINE)


def _brief(value: str) -> str:
    return value if len(value) <= _BRIEF + 6 else f"{value[:_BRIEF]}…({len(value):,})"


def size(count: int | None) -> str:
    """A number of bytes in words."""
    return "not measured" if count is None else f"{count:,} B"


def milliseconds(value: float | None) -> str:
    """A duration in words."""
    if value is None:
        return "not measured"
    return f"{value:.0f} ms" if value < 1000 else f"{value / 1000:.2f} s"


def seconds(value: float) -> str:
    """A number of seconds, with what it amounts to where it is long."""
    plain = f"{value:,.0f}" if value >= 10 or value == int(value) else f"{value:.3g}"
    for name, length in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if value >= 2 * length or value == length:
            return f"{plain} s ({value / length:.3g} {name})"
    return f"{plain} s"


def utc(moment: datetime) -> str:
    """``moment`` to the second in UTC, as people write it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def json_text(value: JsonValue) -> str:
    """``value`` as indented JSON, a plain string as itself."""
    return value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False)


def reproduce_command(run_id: str, case: str, options: Mapping[str, Any] = MappingProxyType({})) -> str:
    """The command that runs ``case`` of the run ``run_id``, made with ``options``, again, for a POSIX shell.

    A capture cannot be run again. Words that no run of this program writes are not offered: a folder may be anybody's.
    """
    known = options.get("again")
    words = known.get(case) if isinstance(known, dict) else None
    written = isinstance(words, list) and words[:1] in (["e2e-linker"], ["pytest"])
    told = words if words and written else ("e2e-linker", "reproduce", "{run}", case)
    return shlex.join(run_id if word == "{run}" else str(word) for word in told)


def trusted_url(url: str | None) -> str | None:
    """``url`` where it is the address of a known source that may be linked to, else None."""
    try:
        parts = urlsplit(url or "")
        known = parts.scheme == "https" and parts.netloc in _TRUSTED
    except ValueError:
        return None
    return url if known else None


def terse(text: str) -> str:
    """``text`` without long asides in brackets, such as the words of a page, for where the whole stands elsewhere."""
    return _ASIDE.sub("", text)
