"""A link that a probe has made for itself, and what it holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from pydantic import SecretStr

from e2e_linker.alexa.authorization import Authorization
from e2e_linker.derive.tokens import read_token_answer
from e2e_linker.evidence.models import TokenCall
from e2e_linker.evidence.redact import SecretRegistry
from e2e_linker.evidence.token_calls import ProbedLink, ProbeName

__all__ = ["AccountName", "Jar", "Link"]

Jar = Literal["signed_in", "fresh"]
AccountName = Literal["first", "second"]


@dataclass(slots=True, kw_only=True)
class Link:
    """One link: the request it was made with, its code, and every token that came for it, oldest first."""

    id: str
    probe: ProbeName
    request: Authorization
    jar: Jar = "signed_in"
    account: AccountName = "first"
    walk: str | None = None
    code: SecretStr | None = None
    problem: str | None = None
    access: list[SecretStr] = field(default_factory=list)
    refresh: list[SecretStr] = field(default_factory=list)
    """No token twice: a server that does not rotate sends the same one again."""
    revoked: Literal["revoked", "refused", "not_tried"] = "not_tried"

    @property
    def verifier(self) -> SecretStr | None:
        """The PKCE verifier; None where PKCE is off."""
        return SecretStr(self.request.code_verifier) if self.request.code_verifier else None

    def take(self, call: TokenCall, registry: SecretRegistry) -> bool:
        """Keep the tokens that ``call`` brought; whether Alexa would take its answer."""
        answer = read_token_answer(call)
        for name, kept in (("access_token", self.access), ("refresh_token", self.refresh)):
            value = (answer.json or {}).get(name)
            if isinstance(value, str) and value:
                token = registry.reveal(value)
                if name == "access_token" or token not in kept:
                    kept.append(token)
        return answer.succeeded

    def record(self, registry: SecretRegistry) -> ProbedLink:
        """The link as evidence."""
        asked = self.request.request
        return ProbedLink(
            id=self.id,
            probe=self.probe,
            account=self.account,
            jar=self.jar,
            region=asked.region,
            redirect_uri=asked.redirect_uri,
            walk=self.walk,
            code=registry.redact(self.code.get_secret_value()) if self.code else None,
            problem=registry.redact(self.problem) if self.problem else None,
            revoked=self.revoked,
        )
