"""The whole of ``playwright.config.json``: the shape of a Playwright Test configuration and the ``linker`` block."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema, field_validator

from e2e_linker.config.defaults import default_projects
from e2e_linker.config.linker import Linker
from e2e_linker.config.projects import Project, Use
from e2e_linker.config.written import Count, Milliseconds, Written, WrittenPath, complaint

__all__ = ["DEFAULT_TIMEOUT", "REPORT_FORMATS", "Config", "Expect", "ReportFormat", "duplicate_names"]

DEFAULT_TIMEOUT = 60_000
"""The deadline of a case in milliseconds, where the configuration sets none."""

ReportFormat = Literal["html", "json", "junit", "markdown"]
"""A form in which the report is written."""

REPORT_FORMATS: tuple[ReportFormat, ...] = ("html", "json", "junit", "markdown")


def _reporters(value: Any) -> Any:
    """Playwright's three spellings, ``"html"``, ``["html", …]`` and ``[["html", {}], …]``, as one list of names."""
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, list | tuple):
        return value
    return tuple(
        dict.fromkeys(_reporter(entry) if isinstance(entry, list | tuple) else _hashable(entry) for entry in value)
    )


def _reporter(entry: Any) -> Any:
    name, options = (*entry, None, None)[:2]
    if len(entry) not in (1, 2) or not isinstance(name, str) or not (options is None or isinstance(options, dict)):
        raise complaint('must be names, or pairs such as ["html", {}]')
    if options and options != {"open": "never"}:
        raise complaint('takes no options here; write the name alone, such as "html"')
    return name


def _hashable(entry: Any) -> Any:
    if not isinstance(entry, str):
        raise complaint('must be names, or pairs such as ["html", {}]')
    return entry


_FORMAT_SCHEMA = {"enum": list(REPORT_FORMATS)}
_REPORTER_SCHEMA: dict[str, Any] = {
    "anyOf": [
        _FORMAT_SCHEMA,
        {
            "type": "array",
            "items": {
                "anyOf": [
                    _FORMAT_SCHEMA,
                    {
                        "type": "array",
                        "prefixItems": [_FORMAT_SCHEMA, {"type": "object"}],
                        "minItems": 1,
                        "maxItems": 2,
                    },
                ]
            },
            "minItems": 1,
        },
    ]
}


def duplicate_names(names: Iterable[str]) -> list[str]:
    """The project names that occur more than once, each once, in order."""
    return [name for name, count in Counter(names).items() if count > 1]


class Expect(Written):
    """Playwright's ``expect``: how long a step waits for what it expects to see."""

    timeout: Milliseconds = 5_000
    """Milliseconds that a wait step waits."""


class Config(Written):
    """Everything that a configuration file says."""

    schema_: str | None = Field(default=None, alias="$schema")
    """The JSON schema of this file, for the editor."""
    projects: Annotated[tuple[Project, ...], Field(min_length=1)] = Field(default_factory=default_projects)
    """The devices and browsers to link on; left out, the eight default ones."""
    use: Use = Use()
    """Options of every project that does not set its own."""
    timeout: Milliseconds = DEFAULT_TIMEOUT
    """The deadline of a case in milliseconds."""
    expect: Expect = Expect()
    """How long a step waits."""
    retries: Count = 0
    """How often a case that failed for no reason of the server's is tried again."""
    workers: Annotated[int, Field(strict=True, ge=1, le=256)] | None = None
    """How many cases run at a time; left out, twice as many as the machine has cores, at most 8."""
    reporter: Annotated[
        tuple[ReportFormat, ...], Field(min_length=1), BeforeValidator(_reporters), WithJsonSchema(_REPORTER_SCHEMA)
    ] = REPORT_FORMATS
    """The reports to write: html, json, junit, markdown."""
    output_dir: WrittenPath = Path("reports")
    """The folder of the run folders."""
    linker: Linker = Linker()
    """What Playwright has no word for: the skill, the account, and how to link."""

    @field_validator("projects")
    @classmethod
    def _distinct(cls, projects: tuple[Project, ...]) -> tuple[Project, ...]:
        twice = duplicate_names(project.name for project in projects)
        if twice:
            raise complaint(f"two projects are called {', '.join(map(repr, twice))}; a name tells the cases apart")
        return projects

    def resolved_projects(self) -> tuple[Project, ...]:
        """The projects as they run: ``use`` merged under each one's own, ``timeout`` and ``retries`` filled in."""
        return tuple(
            project.model_copy(
                update={
                    "use": project.use.under(self.use),
                    "timeout": self.timeout if project.timeout is None else project.timeout,
                    "retries": self.retries if project.retries is None else project.retries,
                }
            )
            for project in self.projects
        )
