"""Reading a run folder back, and not believing it blindly."""

from __future__ import annotations

from dataclasses import dataclass
from os.path import lexists
from pathlib import Path, PurePosixPath

from e2e_linker.errors import StoreError
from e2e_linker.evidence.files import storage_error
from e2e_linker.evidence.manifest import MANIFEST, Manifest, digest, parsed, read_bytes
from e2e_linker.evidence.models import CaseEvidence, NotCollected, RunEvidence
from e2e_linker.model import Severity

__all__ = ["EVIDENCE", "LATEST", "RUN", "RUNS", "SavedRun", "found_run", "open_run"]

EVIDENCE = "evidence"
RUN = f"{EVIDENCE}/run.json"
LATEST = "latest"
RUNS = Path("reports")
"""The folder of the run folders, where nothing else is said."""


@dataclass(frozen=True, slots=True)
class SavedRun:
    """A run as it was found on disk."""

    path: Path
    """The run folder."""
    run: RunEvidence
    cases: tuple[CaseEvidence, ...]
    """By case id, then attempt."""
    interrupted: bool
    """True where the run was stopped or killed, or is still going on."""
    changed: tuple[str, ...] = ()
    """Files beside the evidence (reports, pictures, captures) that are missing or not as the run wrote them."""


def found_run(path: Path, *roots: Path) -> Path | None:
    """Where ``path`` is: there itself, or in the first of ``roots`` that has it; None where it is nowhere."""
    places = (path, *(root / path for root in roots))
    return next((place for place in places if lexists(place)), None)


def open_run(path: Path) -> SavedRun:
    """The run saved at ``path``: its folder, ``reports/latest`` in either form, a file in the folder, or its bare name
    in ``reports``.

    A run that was killed is given back as far as it came. Raises :class:`~e2e_linker.errors.StoreError` naming the file
    and the reason where evidence is missing, damaged, altered, or from a newer version.
    """
    try:
        folder = _folder((found_run(path, RUNS) if len(path.parts) == 1 else None) or path)
    except OSError as error:
        raise storage_error(error, path, "read") from error
    manifest = parsed(folder / MANIFEST, read_bytes(folder / MANIFEST), Manifest)
    assert isinstance(manifest, Manifest)
    interrupted = manifest.state != "complete"
    documents = _evidence(folder, manifest)
    cases = [parsed(folder / name, data, CaseEvidence) for name, data in documents.items() if name != RUN]
    cases.sort(key=lambda case: (case.case.id, case.attempt))
    if RUN in documents:
        run = parsed(folder / RUN, documents[RUN], RunEvidence)
        _check_severity(run.options.get("fail_on", Severity.DEGRADES), folder / RUN)
        if interrupted:
            run = run.model_copy(update={"interrupted": True})
    elif cases and interrupted:
        run = _pieced_together(manifest.run_id, cases)
    else:
        hint = "the run was stopped before its first case ended: run it again" if interrupted else None
        raise StoreError("this folder holds no evidence of a run", where=str(folder / RUN), hint=hint)
    return SavedRun(folder, run, tuple(cases), interrupted, _changed(folder, manifest))


def _check_severity(told: object, where: Path) -> None:
    if told not in list(Severity):
        raise StoreError(f"options.fail_on: {str(told)[:40]!r} is none of {', '.join(Severity)}", where=str(where))


def _folder(path: Path) -> Path:
    if path.is_dir():
        folder = path
    elif path.name == LATEST and path.is_file():
        name = read_bytes(path).decode("utf-8", "replace").strip()
        folder = path.parent / PurePosixPath(name).name
    elif path.is_file():
        folder = path.parent
    else:
        dangling = path.is_symlink()
        raise StoreError(
            "the run it points at is gone" if dangling else "there is no such run",
            where=str(path),
            hint=_other(path.parent),
        )
    if not (folder / MANIFEST).is_file():
        raise StoreError(f"this is no run folder: it has no {MANIFEST}", where=str(folder), hint=_other(folder))
    return folder.resolve()


def _other(place: Path) -> str:
    """What to name instead, where ``place`` holds no run itself."""
    for known in (place, RUNS):
        if (known / LATEST).exists():
            return f"name a run in {known}, such as {known / LATEST}"
    return f"name a folder below {RUNS}/"


def _evidence(folder: Path, manifest: Manifest) -> dict[str, bytes]:
    """The evidence documents by name, each held against its hash.

    Where the run was killed between writing a file and listing it, the file is whole, only not listed.
    """
    listed = {name for name in manifest.files if PurePosixPath(name).parent == PurePosixPath(EVIDENCE)}
    present = {f"{EVIDENCE}/{file.name}" for file in (folder / EVIDENCE).glob("*.json") if file.name[:1] != "."}
    documents: dict[str, bytes] = {}
    for name in sorted(listed | present):
        data = read_bytes(folder / name)
        if name not in listed:
            if manifest.state == "complete":
                raise StoreError("this file was put there after the run", where=str(folder / name))
        elif digest(data) != manifest.files[name]:
            raise StoreError(
                "this file is not as the run wrote it: its hash differs from the one in the manifest",
                where=str(folder / name),
                hint="restore it from a copy, or run again",
            )
        documents[name] = data
    return documents


def _changed(folder: Path, manifest: Manifest) -> tuple[str, ...]:
    changed: list[str] = []
    for name, expected in sorted(manifest.files.items()):
        relative = PurePosixPath(name)
        if relative.parent == PurePosixPath(EVIDENCE):
            continue
        if relative.is_absolute() or ".." in relative.parts:
            raise StoreError(f"{name} is outside the run folder", where=str(folder / MANIFEST))
        try:
            if digest((folder / name).read_bytes()) != expected:
                changed.append(f"{name} is not as the run wrote it")
        except OSError:
            changed.append(f"{name} is missing or cannot be read")
    return tuple(changed)


def _pieced_together(run_id: str, cases: list[CaseEvidence]) -> RunEvidence:
    """What can be said of a run that was killed before it wrote anything but cases."""
    return RunEvidence(
        run_id=run_id,
        started_at=min(case.started_at for case in cases),
        finished_at=max(case.finished_at for case in cases),
        tool_version="unknown",
        environment={},
        skill=cases[0].skill,
        options={},
        probes=NotCollected(reason="the run was killed before its own evidence was written"),
        interrupted=True,
    )
