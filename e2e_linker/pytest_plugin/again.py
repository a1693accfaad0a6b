"""The command by which a test, or a case of a collected configuration, is run again."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path

import pytest

__all__ = ["again_by_pytest"]

_OPTIONS = (
    "--linker-config",
    "--linker-skill",
    "--linker-report",
    "--browser",
    "--browser-channel",
    "--device",
)
"""What decides with what is linked, where to the report goes, and how parametrized tests are called."""
_DEFAULTS = {"--linker-config": "playwright.config.json"}


def again_by_pytest(config: pytest.Config, node: str) -> tuple[str, ...]:
    """The words that run ``node``, a node id, alone and with the same options."""
    path, _, inside = node.partition("::")
    file, here = config.rootpath / path, config.invocation_params.dir
    shown = file.relative_to(here) if file.is_relative_to(here) else file
    words = ["pytest", f"{shown}::{inside}"]
    for option in _OPTIONS:
        told = config.getoption(option.removeprefix("--").replace("-", "_"), None) or ()
        given = [str(told)] if isinstance(told, str | Path) else [str(one) for one in told]
        if option == "--browser":
            given = _added(given, config.getini("addopts"))
        words += [word for value in given if value != _DEFAULTS.get(option) for word in (option, value)]
    return tuple(words)


def _added(browsers: list[str], addopts: list[str]) -> list[str]:
    """``browsers`` less those that the ini file asks for anyway: named twice, an engine has other tests."""
    parser = ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--browser", action="append", default=[])
    anyway = parser.parse_known_args(addopts)[0].browser
    return [browser for browser in browsers if browser not in anyway]
