"""How somebody runs a case of a run again: by ``reproduce``, or where that cannot know how, as the run was made."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from e2e_linker.config.load import output_of
from e2e_linker.errors import LinkerError, UsageError
from e2e_linker.evidence.saved import RUNS, SavedRun, found_run, open_run
from e2e_linker.report.texts import reproduce_command

if TYPE_CHECKING:
    from e2e_linker.run.plan import CasePlan

__all__ = ["again_by_reproduce", "again_words", "refuse_by_words", "refuse_made_otherwise"]

_CONFIG = Path("playwright.config.json")


def again_by_reproduce(config: Path, skill: Path | None, output: Path | None) -> tuple[str, ...]:
    """The words of ``reproduce`` for a run that was made with these; none where it finds everything by itself."""
    given = {"--config": config if config != _CONFIG else None, "--skill": skill, "--output": output}
    words = [word for option, path in given.items() if path is not None for word in (option, str(path))]
    return ("e2e-linker", "reproduce", "{run}", "{case}", *words) if words else ()


def again_words(
    words: Iterable[str], plans: Iterable[CasePlan], redact: Callable[[str], str] = str
) -> dict[str, list[str]]:
    """By case, ``words`` with its id and project put in; the id of the run only its report knows.

    ``redact`` hides secrets: where the words are quoted for a shell, it would not know them again.
    """
    known = tuple(words)
    return {plan.id: [redact(_put_in(word, plan)) for word in known] for plan in plans}


def _put_in(word: str, plan: CasePlan) -> str:
    node, sign, name = word.rpartition("::")
    return node + sign + {"{case}": plan.id, "{project}": plan.project.name}.get(name, name)


def refuse_made_otherwise(run: str, case: str, output: Path | None, config: Path) -> None:
    """Raise :class:`UsageError`, with the command that helps, where ``case`` was run by no configuration.

    That is so for the practice range, which is gone, and for a test. A run that is not found is left to others, as is
    one that only a ``config`` in which something is wrong would find: it may name another folder of runs.
    """
    named = output or output_of(config)
    path = found_run(Path(run), *([named, RUNS] if named else [] if config.exists() else [RUNS]))
    if path is None:
        return
    try:
        saved = open_run(path)
    except LinkerError:
        return
    refuse_by_words(saved, case)


def refuse_by_words(saved: SavedRun, case: str) -> None:
    """Raise :class:`UsageError` where ``saved`` says that ``case`` is run again by another command."""
    command = reproduce_command(saved.run.run_id, case, saved.run.options)
    words = shlex.split(command)
    if words[:2] == ["e2e-linker", "reproduce"]:
        return
    by = "pytest" if words[0] == "pytest" else " ".join(words[:2])
    raise UsageError(
        f"{case} was run by `{by}`: no configuration says how to run it again",
        where=str(saved.path),
        hint=f"`{command}`",
    )
