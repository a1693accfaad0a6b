"""What a run will do and ask, before it does it."""

from __future__ import annotations

from dataclasses import dataclass

from e2e_linker.audits.registry import audits
from e2e_linker.config.load import LoadedConfig
from e2e_linker.run.plan import plan_cases, redirect_uris

__all__ = ["AskedAudit", "Outline", "outline"]


@dataclass(frozen=True, slots=True)
class AskedAudit:
    """An audit that will be asked."""

    id: str
    title: str
    """What is so where it passes."""
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outline:
    """The cases by id, and the audits asked of each of them and of the run as a whole."""

    cases: tuple[str, ...]
    of_case: tuple[AskedAudit, ...]
    of_run: tuple[AskedAudit, ...]


def outline(loaded: LoadedConfig) -> Outline:
    """The outline of a run of ``loaded``. Raises :class:`~e2e_linker.errors.ConfigurationError`."""
    linker = loaded.config.linker
    uris = redirect_uris(linker, loaded.skill.grant)
    plans = plan_cases(loaded.config.resolved_projects(), linker.regions, uris)

    def asked(scope: str) -> tuple[AskedAudit, ...]:
        return tuple(
            AskedAudit(audit.id, audit.title, audit.rules) for audit in audits().values() if audit.scope == scope
        )

    return Outline(tuple(plan.id for plan in plans), asked("case"), asked("run"))
