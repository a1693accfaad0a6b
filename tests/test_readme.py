"""What the README says is what the program does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer.main

from e2e_linker.cli.app import app
from e2e_linker.config.defaults import default_projects
from e2e_linker.demo.catalogue import faults
from e2e_linker.errors import ExitCode
from e2e_linker.model import slug

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
PYTEST = "## In pytest\n"
COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]
CALLS = sorted(set(re.findall(r"e2e-linker ([a-z]+)((?: (?:--?[\w-]+|[\w./*-]+))*)", README)))


@pytest.mark.parametrize(("verb", "words"), [call for call in CALLS if call[0] in COMMANDS or "--" in call[1]])
def test_every_command_shown_exists_with_its_options(verb: str, words: str) -> None:
    assert verb in COMMANDS
    options = {name for parameter in COMMANDS[verb].params for name in parameter.opts}
    assert set(re.findall(r"--[\w-]+", words)) <= options
    for fault in re.findall(r"--fault ([\w-]+)", words):
        assert fault in faults()


def test_every_option_named_in_the_text_belongs_to_run() -> None:
    before, _, pytest_and_on = (
        README.partition("## A skill of your own")[2].partition("## Engines")[0].partition(PYTEST)
    )
    text = before + pytest_and_on.partition("\n## ")[2]
    options = {name for command in COMMANDS.values() for parameter in command.params for name in parameter.opts}
    assert set(re.findall(r"`?(--[a-z][\w-]+)", text)) <= options


def test_every_option_named_beside_pytest_belongs_to_it(pytestconfig: pytest.Config) -> None:
    text = README.partition(PYTEST)[2].partition("\n## ")[0]
    merging = {name for parameter in COMMANDS["merge"].params for name in parameter.opts}
    own = {name.split("=")[0] for name in re.findall(r"`(--[a-z][\w-]+)", text)} - merging
    assert {"--linker-config", "--linker-skill", "--linker-report", "--browser"} <= own
    for name in own:
        pytestconfig.getoption(name)


def test_the_exit_codes_are_those_of_the_table() -> None:
    table = README.partition("## Exit codes")[2].partition("##")[0]
    assert {int(code) for code in re.findall(r"^\| (\d+) \|", table, re.MULTILINE)} == {int(code) for code in ExitCode}


def test_the_demo_shown_has_the_default_cases() -> None:
    shown = README.partition("<!-- demo-output -->")[2].partition("```\n\n")[0]
    assert re.findall(r"✓  (\S+)", shown) == [f"{slug(project.name)}-na" for project in default_projects()]


def test_what_is_linked_to_is_there() -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", README)
    assert links
    assert all((ROOT / link).exists() for link in links)
