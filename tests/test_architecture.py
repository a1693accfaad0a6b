"""The layers: imports point downward only, and every third-party library has one home."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import e2e_linker

PACKAGE = Path(e2e_linker.__file__).parent
BOTTOM = {"errors", "model"}
MAY_IMPORT: dict[str, set[str]] = {
    "errors": set(),
    "model": set(),
    "config": {"alexa"},
    "alexa": set(),
    "evidence": {"config", "alexa"},
    "derive": {"evidence", "config", "alexa"},
    "audits": {"derive", "evidence", "config", "alexa"},
    "report": {"audits", "derive", "evidence", "config", "alexa"},
    "browser": {"evidence", "config", "alexa"},
    "service": {"evidence", "config", "alexa"},
    "demo": {"alexa", "config"},
    "run": {"browser", "service", "report", "audits", "derive", "evidence", "config", "alexa", "demo"},
    "cli": {"run", "report", "config", "alexa", "demo"},
    "pytest_plugin": {"run", "report", "config"},
    "__main__": {"cli"},
}
HOMES = {
    "playwright": {"browser"},
    "httpx2": {"service"},
    "jinja2": {"report"},
    "typer": {"cli"},
    "rich": {"cli"},
    "pytest": {"pytest_plugin"},
    "starlette": {"demo"},
    "uvicorn": {"demo"},
    "tldextract": {"derive"},
    "junitparser": {"report"},
    "pyotp": {"browser", "demo"},
    "keyring": {"config"},
}
MODULES = sorted(PACKAGE.rglob("*.py"))


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports hide the layer"
            yield node.module or ""


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_downward(path: Path) -> None:
    room = room_of(path)
    if room == "__init__":
        return
    allowed = MAY_IMPORT[room] | BOTTOM | {room} if room not in BOTTOM else {"errors"}
    for module in imports(path):
        parts = module.split(".")
        if parts[0] == "e2e_linker" and len(parts) > 1:
            assert parts[1] in allowed, f"{room} imports {module}"
        home = HOMES.get(parts[0])
        assert home is None or room in home, f"{parts[0]} is used outside {home}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_modules_fit_two_screens(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").count("\n")
    limit = 120 if room_of(path) == "audits" and path.name not in {"base.py", "registry.py", "runner.py"} else 250
    assert lines <= limit


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_functions_stay_short(path: Path) -> None:
    # A command's signature is its documentation, one option a line; it does not count.
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = (node.end_lineno or 0) - node.body[0].lineno + 1
            assert body <= 45, f"{node.name} has {body} lines"
