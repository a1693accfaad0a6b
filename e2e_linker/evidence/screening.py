"""Looks through every file of a run for registered secrets before it is written."""

from __future__ import annotations

import re
from base64 import b64decode
from pathlib import Path
from threading import Lock

from e2e_linker.errors import InternalError
from e2e_linker.evidence.manifest import digest, distinct
from e2e_linker.evidence.names import PICTURES
from e2e_linker.evidence.redact import SecretRegistry

__all__ = ["Screening"]

_DOCUMENTS = (".json", ".har")
_EMBEDDED = re.compile(rb"data:image/jpeg;base64,([A-Za-z0-9+/]{1000,}={0,2})")
_MOST_LINES = 20_000
"""Lines that are remembered, give or take those of one document: some five megabytes."""


class Screening:
    """Finds the secrets of ``registry`` in what is to be written. May be asked by several threads at once."""

    def __init__(self, registry: SecretRegistry) -> None:
        self._registry = registry
        self._lock = Lock()
        self._clean: set[bytes] = set()
        self._pictures: set[str] = set()
        """Hashes of the pictures that were found to hold none, whichever secrets were known then."""
        self._known = 0
        """How many secrets were known when the lines of :attr:`_clean` were found to hold none."""

    def label_in(self, name: str, data: bytes) -> str | None:
        """The label of a secret in ``data``, the file ``name``; None where there is none.

        The documents of a run say much the same, so that a line that was found to hold no secret is not searched again
        until another secret is known. Nor is a picture that was searched as a file and now stands in a report.
        """
        if name.startswith(PICTURES):
            return self._label_in_picture(data)
        if not name.endswith(_DOCUMENTS):
            return self._registry.find(_EMBEDDED.sub(self._unless_searched, data))
        known, lines = self._registry.learnt, distinct(data)
        with self._lock:
            if self._known != known:
                self._clean, self._known = set(), known
            lines -= self._clean
        label = self._registry.find(b"\n".join(lines))
        if label is None and len(lines) < _MOST_LINES:
            with self._lock:
                if self._known == known and len(self._clean) < _MOST_LINES:
                    self._clean |= lines
        return label

    def _label_in_picture(self, data: bytes) -> str | None:
        label = self._registry.find(data)
        if label is None:
            self._pictures.add(digest(data))
        return label

    def _unless_searched(self, embedded: re.Match[bytes]) -> bytes:
        return b"" if digest(b64decode(embedded[1] + b"==")) in self._pictures else embedded[0]

    def mended(self, name: str, data: bytes, where: Path) -> bytes:
        """``data`` with every secret hidden; the same object where there is none.

        Raises :class:`~e2e_linker.errors.InternalError` where that cannot be done, as in a picture. ``where`` is the
        file that would hold it.
        """
        label = self.label_in(name, data)
        if label is not None and not name.startswith(PICTURES):
            (text,) = self._registry.redact_many([data.decode()], ordinary=False)
            data = text.encode()
            label = self.label_in(name, data)
        if label is not None:
            raise InternalError(
                f"refused to write a file that holds the secret {label}",
                where=str(where),
                hint="this is a defect of e2e-linker: please report which kind of secret and which file it was",
            )
        return data
