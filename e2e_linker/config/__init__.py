"""What the user writes: ``playwright.config.json``, the skill's SMAPI JSON, and where the secrets are kept."""

from __future__ import annotations

from e2e_linker.config.address import Address
from e2e_linker.config.linker import Account, Linker, ResolvedAccount, SkillKind
from e2e_linker.config.load import DEFAULT_CONFIG, LoadedConfig, load_config
from e2e_linker.config.models import Config, ReportFormat
from e2e_linker.config.nearest import nearest
from e2e_linker.config.overrides import Overrides
from e2e_linker.config.projects import Project, Use
from e2e_linker.config.secrets import resolve_secret
from e2e_linker.config.skill import ClientAuthentication, Skill, SkillProblem
from e2e_linker.config.smapi import load_skill, parse_skill

__all__ = [
    "DEFAULT_CONFIG",
    "Account",
    "Address",
    "ClientAuthentication",
    "Config",
    "Linker",
    "LoadedConfig",
    "Overrides",
    "Project",
    "ReportFormat",
    "ResolvedAccount",
    "Skill",
    "SkillKind",
    "SkillProblem",
    "Use",
    "load_config",
    "load_skill",
    "nearest",
    "parse_skill",
    "resolve_secret",
]
