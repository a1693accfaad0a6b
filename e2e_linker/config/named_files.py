"""The files that a configuration names: whether they are there, and whether they hold what they should."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from e2e_linker.config.models import Config
from e2e_linker.config.storage_states import wrong_state
from e2e_linker.config.written import shown

__all__ = ["wrong_files"]

_ENOUGH = 3
"""Mistakes of one file that are told: they are mostly all of one kind."""


def wrong_files(config: Config) -> Iterator[str]:
    """A line ``key: what is wrong`` for every file of ``config`` (its paths absolute) that cannot be used."""
    for index, path in enumerate(config.linker.trust):
        key = f"linker.trust[{index}]"
        yield from (f"{key}: {said}" for said in (_absent(path) or _not_roots(path)))
    for index, item in enumerate(config.linker.previous):
        yield from (f"linker.previous[{index}].skill: {said}" for said in _absent(item.skill))
    uses = [("use", config.use)]
    uses += [(f"projects[{index}].use", project.use) for index, project in enumerate(config.projects)]
    for key, use in uses:
        if use.storage_state is not None:
            said = _absent(use.storage_state) or wrong_state(use.storage_state)
            yield from (f"{key}.storageState: {line}" for line in said[:_ENOUGH])


def _absent(path: Path) -> list[str]:
    try:
        there = path.is_file()
    except (OSError, ValueError):
        there = False
    return [] if there else [f"there is no file {shown(str(path))}"]


def _not_roots(path: Path) -> list[str]:
    # Most configurations name no root, and the library behind this takes its time to load.
    import ssl

    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cafile=str(path))
    except ssl.SSLError:
        return [f"{shown(str(path))} holds no certificate that can be read; it must be a PEM file"]
    except OSError as error:
        return [f"{shown(str(path))} cannot be read: {error.strerror}"]
    return []
