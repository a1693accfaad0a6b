"""Compiled templates, kept beside their sources as Python keeps compiled modules."""

from __future__ import annotations

import sys
from contextlib import suppress
from importlib.util import cache_from_source
from pathlib import Path

import jinja2
from jinja2 import FileSystemBytecodeCache
from jinja2.bccache import Bucket, BytecodeCache

from e2e_linker import __version__

__all__ = ["compiled_templates"]


class _Beside(FileSystemBytecodeCache):
    """Does without whatever it cannot write. ``made_by`` says which program compiled: it folds what is constant."""

    def __init__(self, folder: Path, made_by: str) -> None:
        super().__init__(str(folder), "%s.jinja")
        self._made_by = made_by

    def get_source_checksum(self, source: str) -> str:
        return super().get_source_checksum(f"{self._made_by}\n{source}")

    def load_bytecode(self, bucket: Bucket) -> None:
        try:
            super().load_bytecode(bucket)
        except Exception:  # pickle raises nearly anything for a file that was cut off
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            super().dump_bytecode(bucket)


def compiled_templates(package: Path) -> BytecodeCache | None:
    """Where the templates of ``package``, the folder of the modules that use them, are kept compiled.

    To compile them takes longer than to fill them in. They lie where Python would keep a module that is beside them
    compiled. None where nothing may be written there, or Python is told to write no compiled files.
    """
    if sys.dont_write_bytecode:
        return None
    try:
        folder = Path(cache_from_source(str(package / "templates" / "any.py"))).parent
        folder.mkdir(parents=True, exist_ok=True)
        changed = max(module.stat().st_mtime_ns for module in package.glob("*.py"))
    except (OSError, ValueError, NotImplementedError):  # the last: a Python that keeps no compiled files at all
        return None
    return _Beside(folder, f"{__version__} {jinja2.__version__} {changed}")
