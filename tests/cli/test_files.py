"""Files that the user names."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from e2e_linker.cli.files import write


@pytest.mark.skipif(sys.platform == "win32", reason="has permissions of another kind")
def test_what_is_private_is_for_nobody_else_to_read(tmp_path):
    before = tmp_path / "before"
    before.write_bytes(b"longer than what comes")
    before.chmod(0o644)
    mask = os.umask(0o022)
    try:
        for path in (before, tmp_path / "new"):
            write(path, b"secret", private=True)
            assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"secret", 0o600)
        write(tmp_path / "shared", b"all")
    finally:
        os.umask(mask)
    assert (tmp_path / "shared").stat().st_mode & 0o777 == 0o644


@pytest.mark.skipif(sys.platform == "win32", reason="has another name there")
def test_what_is_no_file_keeps_its_permissions():
    before = os.stat(os.devnull).st_mode
    write(Path(os.devnull), b"x", private=True)
    assert os.stat(os.devnull).st_mode == before
