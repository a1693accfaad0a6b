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

Nothing that holds a registered secret is written: where redaction can mend a text it is mended, anything else is
refused. What turns out to be secret after it was written is hidden in its file before the run is marked as finished.

Methods block and may be called from several threads at once.
"""

from __future__ import annotations

import secrets as random
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from threading import RLock

from e2e_linker.errors import InternalError, StoreError
from e2e_linker.evidence.files import storage_error, write_whole
from e2e_linker.evidence.har import har_of
from e2e_linker.evidence.hindsight import recorded, renamed, surroundings
from e2e_linker.evidence.latest import point
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
from e2e_linker.evidence.names import LONGEST, PICTURES, CaseNames, PictureNames
from e2e_linker.evidence.redact import SecretRegistry
from e2e_linker.evidence.saved import EVIDENCE, LATEST, RUN, SavedRun, open_run
from e2e_linker.evidence.screening import Screening

__all__ = ["RunStore", "SavedRun", "new_run_id", "open_run"]


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
        self._screening = Screening(registry)
        self._lock = RLock()
        self._run_id = run_id
        self._state: RunState = "running"
        self._files: dict[str, str] = {}
        self._names = CaseNames()
        self._pictures = PictureNames(registry)
        self._moved: dict[str, str] = {}
        self._listing = True
        self._searched: dict[str, int] = {}
        """By file, how many secrets were known when it was last found to hold none as it came."""

    @classmethod
    def create(cls, root: Path, run_id: str, registry: SecretRegistry, *, latest: bool = True) -> RunStore:
        """Make the folder ``root/run_id`` and, with ``latest``, point ``root/latest`` at it.

        Raises :class:`~e2e_linker.errors.StoreError` where that is not possible, so that nothing is started in vain.
        """
        path = root / run_id
        pointer = root / LATEST
        try:
            if pointer.is_dir() and not pointer.is_symlink():
                raise StoreError("a folder of this name is in the way", where=str(pointer), hint="rename or remove it")
            path.mkdir(parents=True)
        except OSError as error:
            raise storage_error(error, path, "make") from error
        store = cls(path, run_id, registry)
        try:
            store._probe()
            store._write_manifest()
            if latest:
                point(pointer, run_id)
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
        path = self._pictures.path(self._names.of(case_id), name, ".jpg" if data.startswith(b"\xff\xd8") else ".png")
        self._write(path, data)
        return path

    def write_case(self, evidence: CaseEvidence) -> None:
        """Write one attempt's evidence, and its network traffic as HAR, unless it came as such."""
        name = self._case_name(evidence)
        self._write(f"{EVIDENCE}/{name}.json", document(evidence), durable=True)
        if evidence.source != "har":
            self._write(f"network/{name}.har", document(har_of(evidence)))
        self._list()

    def settled(self, evidence: CaseEvidence) -> CaseEvidence:
        """``evidence`` without what turned out to be secret since it was written; its files are mended likewise.

        Costs nothing where no secret was registered since. What is judged after this is what will be read back.
        """
        name, known = self._case_name(evidence), self._registry.learnt
        files = [file for file in (f"{EVIDENCE}/{name}.json", f"network/{name}.har") if file in self._files]
        if all(self._searched.get(file) == known for file in files):
            return evidence
        self._move_pictures()
        clean = recorded(self._registry, renamed(evidence, self._moved))
        rest = document(surroundings(evidence))
        if clean is not evidence or self._registry.find(rest):
            self.write_case(clean)
        else:
            self._searched |= dict.fromkeys(files, known)
        return clean

    def write_run(self, evidence: RunEvidence, *, durable: bool = True) -> RunEvidence:
        """Write what was gathered once for the run; written early, too, it makes a killed run readable sooner.

        Returns what was written: ``evidence`` without what turned out to be secret after it was recorded.
        """
        self._move_pictures()
        evidence = recorded(self._registry, renamed(evidence, self._moved))
        self._write(RUN, document(evidence), durable=durable)
        self._list()
        return evidence

    def write_text(self, name: str, text: str) -> Path:
        """Write a report such as ``report.html`` into the run folder; returns its path."""
        if PurePosixPath(name).name != name or name == MANIFEST:
            raise InternalError(f"{name!r} is not the name of a report", where=str(self.path))
        self._write(name, text.encode("utf-8", "replace"))
        self._list()
        return self.path / name

    @contextmanager
    def listed_together(self) -> Iterator[None]:
        """What is written in this block is listed all at once behind it; where it breaks off, so is the run."""
        self._listing = False
        try:
            yield
        except BaseException:
            with suppress(StoreError):
                self.finish(interrupted=True)
            raise
        finally:
            self._listing = True
            self._list()

    def finish(self, *, interrupted: bool = False) -> None:
        """Mark the run as complete, or as interrupted with what it has, once no file holds a secret learnt late."""
        known = self._registry.learnt
        for name in list(self._files):
            if known and self._searched.get(name) != known and not name.startswith(PICTURES):
                data = read_bytes(self.path / name)
                if self._screening.label_in(name, data):
                    self._write(name, data)
        with self._lock:
            self._state = "interrupted" if interrupted else "complete"
            self._write_manifest(durable=True)

    def _case_name(self, evidence: CaseEvidence) -> str:
        return self._names.of(evidence.case.id) + (f".attempt-{evidence.attempt}" if evidence.attempt > 1 else "")

    def _probe(self) -> None:
        """Write and remove a file with the longest path there can be."""
        folder = self.path / PICTURES / ("x" * (LONGEST + 17))
        write_whole(folder / ("x" * (LONGEST + 8)), b"")
        shutil.rmtree(folder.parent, ignore_errors=True)

    def _write(self, name: str, data: bytes, *, durable: bool = False) -> None:
        path, known = self.path / name, self._registry.learnt
        clean = self._screening.mended(name, data, path)
        with self._lock:
            if self._files.pop(name, None) is not None:
                # A kill between here and the next list must not make the new file look tampered with.
                self._write_manifest()
        write_whole(path, clean, durable=durable)
        with self._lock:
            self._files[name] = digest(clean)
            # Where something was hidden, what it was made from holds it still.
            self._searched[name] = known if clean is data else -1

    def _list(self) -> None:
        if self._listing:
            self._write_manifest()

    def _move_pictures(self) -> None:
        for old, new in self._pictures.better().items():
            try:
                (self.path / old).rename(self.path / new)
            except OSError as error:
                raise storage_error(error, self.path / new) from error
            with self._lock:
                self._files[new] = self._files.pop(old)
                self._moved[old] = new

    def _write_manifest(self, *, durable: bool = False) -> None:
        with self._lock:
            manifest = Manifest(run_id=self._run_id, state=self._state, files=self._files)
            write_whole(self.path / MANIFEST, document(manifest), durable=durable)
