"""The whole program, in this process or in one of its own, on a terminal that is always the same."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from e2e_linker.cli import main

SECRETS = {
    "E2E_LINKER_USERNAME": "tester@example.com",
    "E2E_LINKER_PASSWORD": "correct horse battery",
    "E2E_LINKER_CLIENT_SECRET": "0c6ab3f0-secret",
}


@dataclass(frozen=True)
class Said:
    """How a call ended and what it said."""

    code: int
    out: str
    err: str

    @property
    def shown(self) -> str:
        """Exit code on the first line, then both streams: the shape of every snapshot."""
        return f"exit {self.code}\n--- stdout\n{self.out}--- stderr\n{self.err}"


@dataclass(frozen=True)
class Program:
    """``e2e-linker`` in a folder of its own."""

    folder: Path

    def __call__(self, *arguments: str, stdin: str = "", **environ: str) -> Said:
        """Call it here, from its first line to its exit."""
        out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
        kept = _environment()
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(self.folder)
            for name in os.environ:
                patch.delenv(name)
            for name, value in {**kept, **environ}.items():
                patch.setenv(name, value)
            patch.setattr(sys, "argv", ["e2e-linker", *arguments])
            patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode()), encoding="utf-8"))
            patch.setattr(sys, "stdout", out)
            patch.setattr(sys, "stderr", err)
            with pytest.raises(SystemExit) as ended:
                main()
        said, told = (stream.buffer.getvalue().decode() for stream in (out, err))  # type: ignore[attr-defined]
        return Said(int(ended.value.code or 0), said, told)

    def alone(self, *arguments: str, **environ: str) -> Said:
        """Call it as a process of its own."""
        done = subprocess.run(
            [sys.executable, "-m", "e2e_linker", *arguments],
            cwd=self.folder,
            env={**_environment(), **environ},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=180,
            check=False,
        )
        return Said(done.returncode, done.stdout.decode(), done.stderr.decode())

    def edit(self, name: str, old: str, new: str) -> None:
        """Replace ``old``, which must be there, in the file ``name``."""
        path = self.folder / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")


def _environment() -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("E2E_LINKER_", "PYTEST_", "COV_")) and name not in {"FORCE_COLOR", "CI"}
    }
    return {**kept, "COLUMNS": "80", "LINES": "50", "NO_COLOR": "1", "TERM": "dumb", "PYTHONUTF8": "1"}


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """The program in an empty folder."""
    return Program(tmp_path)


@pytest.fixture
def configured(program: Program) -> Program:
    """The program beside a configuration that is complete."""
    assert program("init", "--yes").code == 0
    program.edit("playwright.config.json", '"vendorId": ""', '"vendorId": "M2ABCDEFGHIJKL"')
    return program


@pytest.fixture
def secrets() -> dict[str, str]:
    """The environment that the starter configuration asks for."""
    return dict(SECRETS)
