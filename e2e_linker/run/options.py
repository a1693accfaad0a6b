"""What a run does beyond its configuration file."""

from __future__ import annotations

from pydantic import Field

from e2e_linker.errors import UsageError
from e2e_linker.model import Depth, Record, Severity
from e2e_linker.report.expectations import Expectation

__all__ = ["RunOptions", "Shard", "parse_shard"]


class Shard(Record):
    """One of several parts that a run is split into; ``index`` counts from 1."""

    index: int
    count: int


def parse_shard(text: str) -> Shard:
    """``I/N`` as a :class:`Shard`. Raises :class:`UsageError` for anything else."""
    index, slash, count = text.partition("/")
    if slash and index.isdecimal() and count.isdecimal() and 1 <= int(index) <= int(count) <= 10_000:
        return Shard(index=int(index), count=int(count))
    raise UsageError(f"{text!r} is no shard", where="--shard", hint="write I/N, such as 1/4 for the first of four")


class RunOptions(Record):
    """The options of ``run`` that are no part of the configuration."""

    depth: Depth = Depth.STANDARD
    repeat: int = Field(default=1, ge=1, le=100)
    shard: Shard | None = None
    cases: tuple[str, ...] = ()
    """Case ids or patterns; empty means all."""
    only: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    fail_on: Severity = Severity.DEGRADES
    expectations: tuple[Expectation, ...] = ()
    again: tuple[str, ...] = ()
    """The command that runs a case of the run again, in words; ``{run}``, ``{case}`` and ``{project}`` stand for what
    they name. Empty for ``e2e-linker reproduce {run} {case}``."""
    becomes_latest: bool = True
    """Whether ``latest`` leads to this run when it has begun."""
    pause_on_error: bool = False
    """Keep a headed browser open where a login stopped, until the user goes on."""
