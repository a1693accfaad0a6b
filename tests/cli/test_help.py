"""Help, and what is said to a command line that cannot be carried out."""

from __future__ import annotations

import pytest

from e2e_linker.cli.app import app

VERBS = sorted(command.name or "" for command in app.registered_commands)


def test_alone_it_shows_what_it_can_do(program, snapshot):
    said = program()
    assert said.shown == snapshot
    assert said.code == 0
    assert program("--help").out == said.out
    assert program.alone() == said


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_explains_itself(program, snapshot, verb):
    assert program(verb, "--help").shown == snapshot


@pytest.mark.parametrize(
    "arguments",
    [
        ("rn",),
        ("run", "--projct", "iPhone"),
        ("run", "--repeat", "0"),
        ("run", "--depth", "deep"),
        ("run",),
        ("explain", "domain-complete"),
        ("demo", "--fault", "unlisted-scrip"),
        ("demo", "--project", "iPhne"),
        ("install", "chrme"),
        ("audit", "nowhere"),
        ("report", "nowhere"),
        ("reproduce", "nowhere", "phone-na"),
    ],
    ids=" ".join,
)
def test_a_wrong_command_line_is_answered_with_advice(program, snapshot, arguments):
    said = program(*arguments)
    assert said.shown == snapshot
    assert said.code == 2
    assert said.out == ""
    assert list(program.folder.iterdir()) == []


def test_version(program):
    from e2e_linker import __version__

    said = program.alone("--version")
    assert (said.code, said.out, said.err) == (0, f"e2e-linker {__version__}\n", "")


def test_a_process_says_the_same_as_a_call(program):
    assert program.alone("audit", "nowhere") == program("audit", "nowhere")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ("run", "--depth", "standrd"),
            "error: --depth: standrd is none of its values\n  try: did you mean standard? there are: ",
        ),
        (
            ("demo", "--depth", "deep"),
            "error: --depth: deep is none of its values\n  try: there are: passive, standard, thorough",
        ),
        (
            ("run", "--fail-on", "warn"),
            "error: --fail-on: warn is none of its values\n  try: there are: breaks, degrades",
        ),
        (
            ("report", "x", "--format", "pdf"),
            "error: --format: pdf is none of its values\n  try: there are: html, json, junit",
        ),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_value_that_there_is_not_is_answered_with_those_that_there_are(program, arguments, said):
    ended = program(*arguments)
    assert ended.code == 2
    assert ended.err.startswith(said)
