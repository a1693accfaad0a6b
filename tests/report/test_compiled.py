"""Templates are compiled once, and again whenever they or the program have changed."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader

from e2e_linker.report.compiled import compiled_templates


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", None)
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "page.html").write_text("{{ 'as ' ~ sign() }}")
    (tmp_path / "html.py").write_text("")
    return tmp_path


def shown(package: Path, finalize=str) -> str:
    environment = Environment(
        loader=FileSystemLoader(package / "templates"), bytecode_cache=compiled_templates(package), finalize=finalize
    )
    return environment.get_template("page.html").render(sign=lambda: "is")


def kept(package: Path) -> list[bytes]:
    return [file.read_bytes() for file in (package / "templates" / "__pycache__").glob("*.jinja")]


def test_what_is_kept_is_used_until_template_or_program_change(package: Path) -> None:
    assert shown(package) == "as is"
    (first,) = kept(package)
    assert shown(package) == "as is"
    assert kept(package) == [first]
    (package / "templates" / "page.html").write_text("{{ 'now ' ~ sign() }}")
    assert shown(package) == "now is"
    (package / "templates" / "page.html").write_text("{{ 'constant' }}")
    assert shown(package) == "constant"
    os.utime(package / "html.py", ns=(0, (package / "html.py").stat().st_mtime_ns + 10**9))
    assert shown(package, str.upper) == "CONSTANT"


def test_a_broken_file_is_compiled_anew(package: Path) -> None:
    shown(package)
    (file,) = (package / "templates" / "__pycache__").glob("*.jinja")
    file.write_bytes(file.read_bytes()[:40])
    assert shown(package) == "as is"


def test_a_folder_that_cannot_be_written_costs_nothing_but_time(package: Path) -> None:
    (package / "templates" / "__pycache__").write_text("a file in the way")
    assert compiled_templates(package) is None
    assert shown(package) == "as is"


def test_a_disk_that_is_full_costs_nothing_but_time(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tempfile.NamedTemporaryFile", full)
    assert shown(package) == "as is"
    assert kept(package) == []


def test_nothing_is_written_where_python_is_told_so(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert shown(package) == "as is"
    assert not (package / "templates" / "__pycache__").exists()


def test_they_go_where_python_keeps_compiled_modules(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "pycache_prefix", str(package / "elsewhere"))
    assert shown(package) == "as is"
    assert not (package / "templates" / "__pycache__").exists()
    (file,) = (package / "elsewhere").rglob("*.jinja")
    assert file.parent.name == "templates"
    assert shown(package) == "as is"
