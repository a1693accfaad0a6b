"""Writes a run folder again and again, killed each time one file operation later. Run as a script, on POSIX."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from e2e_linker.evidence.models import CaseEvidence, RunEvidence
from e2e_linker.evidence.redact import SecretRegistry
from e2e_linker.evidence.store import RunStore


def write(folder: Path, root: Path, name: str, fuse: int) -> None:
    """Write a run of two cases, and die at file operation number ``fuse`` after the first document."""
    run = RunEvidence.model_validate_json((folder / "run.in").read_bytes())
    case = CaseEvidence.model_validate_json((folder / "case.in").read_bytes())
    store = RunStore.create(root, name, SecretRegistry())
    store.write_run(run.model_copy(update={"interrupted": True}))
    left = [fuse]

    def burn(event: str, arguments: tuple[object, ...]) -> None:
        if event in {"open", "os.rename", "os.remove", "os.mkdir"} and str(root) in str(arguments[0]):
            left[0] -= 1
            if left[0] < 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(burn)
    for attempt in (1, 2):
        store.add_picture(case.case.id, b"\x89PNG" + bytes(100), "login")
        store.write_case(case.model_copy(update={"attempt": attempt}))
    store.write_run(run)
    store.write_text("report.html", "<html>")
    store.finish()


def main(folder: Path) -> None:
    """Kill one writer after the other until one lives to the end."""
    for fuse in range(1000):
        child = os.fork()
        if child == 0:
            write(folder, folder / "reports", f"run-{fuse:03}", fuse)
            os._exit(0)
        if os.waitpid(child, 0)[1] == 0:
            break


if __name__ == "__main__":
    main(Path(sys.argv[1]))
