"""The skill before its last migration: another client, another token URL, and a link of that time that still lives."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, replace
from typing import Any

from e2e_linker.demo.behaviour import Console
from e2e_linker.demo.names import OAUTH
from e2e_linker.demo.skill import skill_json
from e2e_linker.demo.store import GrantRecord, Store, Token

__all__ = ["FORMER_TOKEN_PATH", "Former"]

FORMER_TOKEN_PATH = "/v1/token"  # noqa: S105 - a path


@dataclass(frozen=True, slots=True)
class Former:
    """What was registered then. Links of that time keep using it."""

    client_id: str = "alexa-brightbulb-v1"
    client_secret: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)
    refresh_token: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)

    def seed(self, store: Store, username: str, redirect_uri: str) -> None:
        """Remember the link that ``username`` made back then."""
        grant = GrantRecord(
            username=username,
            client_id=self.client_id,
            redirect_uri=redirect_uri,
            scope="profile lights",
            code_challenge=None,
            expires=0.0,
            redeemed=True,
        )
        store.refresh[self.refresh_token] = Token(grant, grant.scope, float("inf"), store.clock())

    def skill(self, console: Console) -> dict[str, Any]:
        """The SMAPI file of that time."""
        then = replace(
            console,
            client_id=self.client_id,
            access_token_url=f"https://{OAUTH}{FORMER_TOKEN_PATH}",
            access_token_scheme="HTTP_BASIC",  # noqa: S106 - the name of a scheme
            literal_secret=False,
            without=frozenset(),
        )
        return skill_json(then, self.client_secret)
