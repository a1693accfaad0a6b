"""What the user writes: ``playwright.config.json``, the skill's SMAPI JSON, and where the secrets are kept."""

from __future__ import annotations

from e2e_linker.config.address import Address
from e2e_linker.config.load import LoadedConfig, load_config
from e2e_linker.config.models import Config
from e2e_linker.config.nearest import nearest
from e2e_linker.config.overrides import Overrides
from e2e_linker.config.skill import ClientAuthentication, Skill
from e2e_linker.config.smapi import load_skill, parse_skill

__all__ = [
    "Address",
    "ClientAuthentication",
    "Config",
    "LoadedConfig",
    "Overrides",
    "Skill",
    "load_config",
    "load_skill",
    "nearest",
    "parse_skill",
]
