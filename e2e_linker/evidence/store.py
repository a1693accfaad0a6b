"""The run folder: written file by file while the run goes on, readable whenever it ends.

::

    reports/<run-id>/
      manifest.json                 state and hash of every file
      evidence/run.json             RunEvidence
      evidence/<case>.json          CaseEvidence; attempt 2 is <case>.attempt-2.json
      network/<case>.har            the same traffic for other tools
      screens/<case>/<step>.png
      report.html report.json junit.xml summary.md
    reports/latest                  symbolic link, or a text file with the run's name where links are not possible

Nothing that holds a registered secret is written. Methods block and may be called from several threads at once.
"""

from __future__ import annotations

import secrets as random
import shutil
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from threading import RLock

from e2e_linker.errors import InternalError, StoreError
from e2e_linker.evidence.files import storage_error, write_whole
from e2e_linker.evidence.har import har_of
from e2e_linker.evidence.manifest import (
    MANIFEST,
    Manifest,
    RunState,
    digest,
    document,
    parsed,
    read_bytes,
)
from e2e_linker.evidence.models import CaseEvidence, RunEvidence
from e2e_linker.evidence.redact import SecretRegistry
from e2e_linker.evidence.saved import EVIDENCE, LATEST, RUN, SavedRun, open_run
from e2e_linker.model import fingerprint, slug

__all__ = ["RunStore", "SavedRun", "new_run_id", "open_run"]

_NAME_LENGTH = 80
_DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}
_RESERVED = frozenset({"run"} | _DEVICES)
"""Names a case's file must not have: the run's own, and those Windows keeps for devices."""


def new_run_id(now: datetime | None = None) -> str:
    """A name for a run that sorts by time and is unlike any other: ``20261121T103000Z-3f9c``."""
    moment = (now or datetime.now(UTC)).astimezone(UTC)
    return f"{moment:%Y%m%dT%H%M%SZ}-{random.token_hex(2)}"


class RunStore:
    """Writes one run folder. Made by :meth:`create`; as a context manager it finishes the run when left."""

    def __init__(self, path: Path, run_id: str, registry: SecretRegistry) -> None:
        self.path = path
        """The run folder."""
        self._registry = registry
        self._lock = RLock()
        self._run_id = run_id
        self._state: RunState = "running"
        self._files: dict[str, str] = {}
        self._names: dict[str, str] = {}
        self._pictures: set[str] = set()

    @classmethod
    def create(cls, root: Path, run_id: str, registry: SecretRegistry) -> RunStore:
        """Make the folder ``root/run_id`` and point ``root/latest`` at it.

        Raises :class:`~e2e_linker.errors.StoreError` where that is not possible, so that nothing is started in vain.
        """
        path = root / run_id
        latest = root / LATEST
        try:
            if latest.is_dir() and not latest.is_symlink():
                raise StoreError("a folder of this name is in the way", where=str(latest), hint="rename or remove it")
            path.mkdir(parents=True)
        except OSError as error:
            raise storage_error(error, path) from error
        store = cls(path, run_id, registry)
        try:
            store._probe()
            store._write_manifest()
            _point(latest, run_id)
        except StoreError:
            shutil.rmtree(path, ignore_errors=True)
            raise
        return store

    @classmethod
    def reopen(cls, path: Path) -> RunStore:
        """The folder of a saved run, to write its reports anew; its evidence and its state stay as they are.

        What it was redacted with is long gone, so nothing can be refused: give it only what was made from the evidence.
        """
        manifest = parsed(path / MANIFEST, read_bytes(path / MANIFEST), Manifest)
        store = cls(path, manifest.run_id, SecretRegistry())
        store._state = "complete" if manifest.state == "complete" else "interrupted"
        store._files = dict(manifest.files)
        return store

    def __enter__(self) -> RunStore:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Finish a run that was not finished: as complete, or as interrupted where an exception got in between."""
        if self._state == "running":
            self.finish(interrupted=kind is not None)

    def add_picture(self, case_id: str, data: bytes, name: str) -> str:
        """Keep a screenshot; returns its path relative to the run folder. A name used before gets a number."""
        suffix = ".jpg" if data.startswith(b"\xff\xd8") else ".png"
        stem = f"screens/{self._name(case_id)}/{slug(name.removesuffix(suffix))[:_NAME_LENGTH]}"
        with self._lock:
            number = 1
            while (path := f"{stem}-{number}{suffix}" if number > 1 else f"{stem}{suffix}") in self._pictures:
                number += 1
            self._pictures.add(path)
        self._write(path, data)
        return path

    def write_case(self, evidence: CaseEvidence) -> None:
        """Write one attempt's evidence, and its network traffic as HAR."""
        attempt = f".attempt-{evidence.attempt}" if evidence.attempt > 1 else ""
        name = self._name(evidence.case.id) + attempt
        self._write(f"{EVIDENCE}/{name}.json", document(evidence.model_dump(mode="json")), durable=True)
        self._write(f"network/{name}.har", document(har_of(evidence)))
        self._write_manifest()

    def write_run(self, evidence: RunEvidence) -> None:
        """Write what was gathered once for the run; written early, too, it makes a killed run readable sooner."""
        self._write(RUN, document(evidence.model_dump(mode="json")), durable=True)
        self._write_manifest()

    def write_text(self, name: str, text: str) -> Path:
        """Write a report such as ``report.html`` into the run folder; returns its path."""
        if PurePosixPath(name).name != name or name == MANIFEST:
            raise InternalError(f"{name!r} is not the name of a report", where=str(self.path))
        self._write(name, text.encode("utf-8", "replace"))
        self._write_manifest()
        return self.path / name

    def finish(self, *, interrupted: bool = False) -> None:
        """Mark the run as complete, or as interrupted with what it has."""
        with self._lock:
            self._state = "interrupted" if interrupted else "complete"
            self._write_manifest(durable=True)

    def _probe(self) -> None:
        """Write and remove a file with the longest path there can be."""
        folder = self.path / "screens" / ("x" * (_NAME_LENGTH + 17))
        write_whole(folder / ("x" * (_NAME_LENGTH + 8)), b"")
        shutil.rmtree(folder.parent, ignore_errors=True)

    def _name(self, case_id: str) -> str:
        """The file name of a case: readable, and no other case's even where their ids read alike."""
        with self._lock:
            if case_id not in self._names:
                name = slug(case_id)
                taken = name in self._names.values() or name in _RESERVED
                if taken or len(name) > _NAME_LENGTH:
                    name = f"{name[:_NAME_LENGTH]}-{fingerprint(case_id)}"
                self._names[case_id] = name
            return self._names[case_id]

    def _write(self, name: str, data: bytes, *, durable: bool = False) -> None:
        path = self.path / name
        if self._registry.find(data) and not name.startswith("screens/"):
            # What was written down before its value turned up as a secret elsewhere is hidden here.
            (text,) = self._registry.redact_many([data.decode()], ordinary=False)
            data = text.encode()
        if label := self._registry.find(data):
            raise InternalError(
                f"refused to write a file that holds the secret {label}",
                where=str(path),
                hint="this is a defect of e2e-linker: please report which kind of secret and which file it was",
            )
        with self._lock:
            listed = self._files.pop(name, None)
            if listed is not None:
                # A kill between here and the next list must not make the new file look tampered with.
                self._write_manifest()
        write_whole(path, data, durable=durable)
        with self._lock:
            self._files[name] = digest(data)

    def _write_manifest(self, *, durable: bool = False) -> None:
        with self._lock:
            manifest = Manifest(run_id=self._run_id, state=self._state, files=self._files)
            write_whole(self.path / MANIFEST, document(manifest.model_dump(mode="json")), durable=durable)


def _point(latest: Path, run_id: str) -> None:
    """Make ``latest`` lead to the run beside it, in one step."""
    temporary = latest.with_name(f".{LATEST}.{random.token_hex(6)}.tmp")
    try:
        temporary.symlink_to(run_id, target_is_directory=True)
    except (OSError, NotImplementedError):
        write_whole(latest, f"{run_id}\n".encode())
        return
    try:
        temporary.replace(latest)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink()
        raise storage_error(error, latest) from error
