"""What the command line says differently from the configuration file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from e2e_linker.config.address import Address, parse_resolve
from e2e_linker.config.defaults import device_project
from e2e_linker.config.models import REPORT_FORMATS, Config, ReportFormat
from e2e_linker.config.nearest import offer
from e2e_linker.config.projects import Project
from e2e_linker.config.written import shown
from e2e_linker.errors import UsageError
from e2e_linker.model import Region

__all__ = ["Overrides", "report_formats"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Overrides:
    """The values of the command line options, as typed; None or empty leaves the configuration as it is.

    Paths are relative to the working directory.
    """

    skill: Path | None = None
    projects: tuple[str, ...] = ()
    """Names of the projects to keep, in any case of letters."""
    devices: tuple[str, ...] = ()
    """Playwright devices, each a project of its own; they replace the projects that are not named."""
    regions: tuple[str, ...] = ()
    """``NA``, ``EU``, ``FE`` or ``all``."""
    resolve: tuple[str, ...] = ()
    """``HOST=ADDRESS[:PORT]``, added to those of the file."""
    output: Path | None = None
    formats: tuple[str, ...] = ()
    workers: int | None = None
    retries: int | None = None
    headed: bool = False

    def applied(self, config: Config) -> Config:
        """``config`` with these options. Raises :class:`UsageError` naming the option that cannot be carried out."""
        linker: dict[str, Any] = {}
        if self.regions:
            linker["regions"] = _regions(self.regions)
        if self.resolve:
            linker["resolve"] = {**config.linker.resolve, **_resolve(self.resolve)}
        changes: dict[str, Any] = {"projects": self._projects(config)}
        if linker:
            changes["linker"] = config.linker.model_copy(update=linker)
        if self.output is not None:
            changes["output_dir"] = self.output.absolute()
        if self.formats:
            changes["reporter"] = report_formats(self.formats)
        if self.workers is not None:
            changes["workers"] = _number(self.workers, "--workers", least=1, most=256)
        if self.retries is not None:
            changes["retries"] = _number(self.retries, "--retries", least=0, most=1000)
        return config.model_copy(update=changes)

    def _projects(self, config: Config) -> tuple[Project, ...]:
        projects = config.projects
        if self.projects or self.devices:
            named = _named(projects, self.projects)
            taken = {project.name for project in named}
            fresh = [device_project(device) for device in dict.fromkeys(self.devices) if device not in taken]
            projects = (*named, *fresh)
        changes: dict[str, Any] = {} if self.retries is None else {"retries": self.retries}
        if not self.headed:
            return tuple(project.model_copy(update=changes) for project in projects)
        return tuple(
            project.model_copy(update={**changes, "use": project.use.model_copy(update={"headless": False})})
            for project in projects
        )


def _named(projects: tuple[Project, ...], names: Iterable[str]) -> tuple[Project, ...]:
    known = {project.name.casefold(): project for project in projects} | {project.name: project for project in projects}
    found: dict[str, Project] = {}
    for name in names:
        project = known.get(name) or known.get(name.casefold())
        if project is None:
            choices = [choice.name for choice in projects]
            raise _unknown("--project", "project", name, choices)
        found[project.name] = project
    return tuple(found.values())


def _regions(names: tuple[str, ...]) -> tuple[Region, ...]:
    found: dict[Region, None] = {}
    for name in names:
        if name.casefold() == "all":
            found.update(dict.fromkeys(Region))
        elif name.upper() in set(Region):
            found[Region(name.upper())] = None
        else:
            raise _unknown("--region", "region", name, [*Region, "all"])
    return tuple(found)


def _resolve(entries: tuple[str, ...]) -> dict[str, Address]:
    found = {}
    for entry in entries:
        parsed = parse_resolve(entry)
        if parsed is None:
            raise UsageError(
                f"{shown(entry)} is not HOST=ADDRESS[:PORT]",
                where="--resolve",
                hint="--resolve login.example.com=127.0.0.1:8443",
            )
        found[parsed[0]] = parsed[1]
    return found


def report_formats(names: tuple[str, ...]) -> tuple[ReportFormat, ...]:
    """The report formats called ``names``. Raises :class:`UsageError` for an unknown one."""
    by_name = {choice: choice for choice in REPORT_FORMATS}
    for name in names:
        if name not in by_name:
            raise _unknown("--format", "report format", name, [*REPORT_FORMATS])
    return tuple(dict.fromkeys(choice for name in names for choice in REPORT_FORMATS if choice == name))


def _number(value: int, option: str, *, least: int, most: int) -> int:
    if not least <= value <= most:
        raise UsageError(f"{value} is not between {least} and {most}", where=option, hint=f"{option} {least}")
    return value


def _unknown(option: str, noun: str, name: str, choices: list[str]) -> UsageError:
    return UsageError(f"there is no {noun} {shown(name)}", where=option, hint=offer(name, choices))
