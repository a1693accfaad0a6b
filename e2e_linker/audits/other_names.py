"""Code and state that come back under another name than their own, such as ``amp;code``."""

from __future__ import annotations

import re

from e2e_linker.derive.answer import Answer
from e2e_linker.evidence.handed_over import bare_name

__all__ = ["called_otherwise", "under_its_name"]

_ESCAPED_FIX = (
    "Write the redirect URL with `&` between its parameters. `&amp;` belongs into the source of an HTML page alone, "
    "and once: neither a Location header nor a script reads it. Look for htmlspecialchars(), an escape() or a template "
    "that the URL goes through."
)
_LIKE = {"code": re.compile(r"(?:auth(?:ori[sz]ation)?|oauth2?)?[_-]?code", re.IGNORECASE)}


def called_otherwise(answer: Answer, wanted: str) -> str | None:
    """The name under which ``answer`` seems to hold ``wanted``; None where it has that, or nothing like it."""
    names = [param.name for param in answer.params if param.length]
    if wanted in names:
        return None
    like = _LIKE.get(wanted, re.compile(re.escape(wanted), re.IGNORECASE))
    return next((name for name in names if like.fullmatch(bare_name(name))), None)


def under_its_name(name: str, wanted: str) -> str:
    """What to do so that the value of ``name`` comes back as ``wanted``."""
    escaped = name.startswith("amp;") and bare_name(name) == wanted
    return _ESCAPED_FIX if escaped else f"Send the value back as `{wanted}`, not as `{name}`."
