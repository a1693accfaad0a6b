"""What the files of a run are called."""

from __future__ import annotations

from pathlib import PurePosixPath
from threading import RLock

from e2e_linker.evidence.redact import SecretRegistry
from e2e_linker.model import fingerprint, slug

__all__ = ["LONGEST", "PICTURES", "CaseNames", "PictureNames"]

PICTURES = "screens/"
"""What the path of every picture begins with."""
LONGEST = 80
"""Characters of a name before what makes it unique."""
_DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}
_RESERVED = frozenset({"run"} | _DEVICES)
"""Names a case's file must not have: the run's own, and those Windows keeps for devices."""


class CaseNames:
    """The file names of a run's cases: readable, and no other case's even where their ids read alike."""

    def __init__(self) -> None:
        self._lock = RLock()
        self._names: dict[str, str] = {}

    def of(self, case_id: str) -> str:
        """The name of a case, which it keeps."""
        with self._lock:
            if case_id not in self._names:
                name = slug(case_id)
                taken = name in self._names.values() or name in _RESERVED
                if taken or len(name) > LONGEST:
                    name = f"{name[:LONGEST]}-{fingerprint(case_id)}"
                self._names[case_id] = name
            return self._names[case_id]


class PictureNames:
    """The paths of a run's pictures, each given once, and none with a secret in it that was known at the time."""

    def __init__(self, registry: SecretRegistry) -> None:
        self._registry = registry
        self._lock = RLock()
        self._taken: set[str] = set()

    def path(self, folder: str, name: str, suffix: str) -> str:
        """A path for a picture suggested to be called ``name``; a name used before gets a number."""
        (name,) = self._registry.redact_many([name.removesuffix(suffix)], ordinary=False)
        stem = f"{PICTURES}{folder}/{slug(name)[:LONGEST]}"
        with self._lock:
            number = 1
            while (path := f"{stem}-{number}{suffix}" if number > 1 else f"{stem}{suffix}") in self._taken:
                number += 1
            self._taken.add(path)
            return path

    def better(self) -> dict[str, str]:
        """New paths, by the old ones, for all that hold a secret by now; from here on they are the pictures' paths."""
        moves: dict[str, str] = {}
        with self._lock:
            for old in sorted(self._taken):
                if self._registry.find(old):
                    place = PurePosixPath(old)
                    self._taken.discard(old)
                    moves[old] = self.path(place.parent.name, place.name, place.suffix)
        return moves
