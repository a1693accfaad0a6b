"""Errors in the words of pytest: what the command line of this program calls otherwise is named as it is here."""

from __future__ import annotations

import re

from e2e_linker.errors import LinkerError

__all__ = ["in_pytest"]

_HERE = {
    "--config": "--linker-config",
    "--skill": "--linker-skill",
    "--output": "--linker-report",
    # What a test asks for itself.
    "--region": "region",
    "--project": "project",
    "--depth": "depth",
    "--only": "only",
    "--skip": "skip",
}
_OPTION = re.compile(r"(?<![\w-])--[a-z]+(?![\w-])")


def in_pytest(error: LinkerError) -> str:
    """The whole of ``error``; what it quotes between backticks stays as it is."""
    parts = str(error).split("`")
    parts[::2] = [_OPTION.sub(lambda found: _HERE.get(found[0], found[0]), part) for part in parts[::2]]
    return "`".join(parts)
