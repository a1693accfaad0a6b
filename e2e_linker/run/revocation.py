"""Giving back what the probes obtained."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field

from pydantic import SecretStr

from e2e_linker.derive.replies import token_accepted
from e2e_linker.evidence.models import TokenCall
from e2e_linker.run.events import Notice
from e2e_linker.run.links import Link
from e2e_linker.run.prober import Ledger
from e2e_linker.run.resources import Resources
from e2e_linker.service.tokens import Hint, TokenEndpoint, Trial

__all__ = ["revoke_all"]

_AT_ONCE = 4


async def revoke_all(ledger: Ledger, shared: Resources, endpoint: TokenEndpoint, url: str) -> None:
    """Revoke every token that was obtained (RFC 7009); each link is told how that went.

    With a refresh token its access tokens ought to end. They are revoked one by one where they do not, and where
    nothing can tell. The link of a migration is left alone: that grant was the tester's before, and stays his.
    """
    giving = _Giving(ledger, shared, endpoint, url)
    links = [link for link in ledger.links if link.probe != "migration" and (link.refresh or link.access)]
    refreshing = [link for link in links if link.refresh]
    await giving.back((link, link.refresh, "refresh_token") for link in refreshing)
    await giving.back((link, link.access, "access_token") for link in links if not link.refresh)
    if await giving.outlived(refreshing):
        await giving.back(((link, link.access, "access_token") for link in refreshing), step=3)
    _tell(ledger, shared)


@dataclass(frozen=True, slots=True)
class _Giving:
    ledger: Ledger
    shared: Resources
    endpoint: TokenEndpoint
    url: str
    slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))

    async def back(self, given: Iterable[tuple[Link, list[SecretStr], Hint]], step: int = 1) -> None:
        """Revoke those tokens of those links."""
        async with asyncio.TaskGroup() as group:
            for link, tokens, hint in given:
                group.create_task(self._revoked(link, tokens, hint, Trial("revocation", link.id, step)))

    async def outlived(self, links: Iterable[Link]) -> bool:
        """Whether access tokens are good without their refresh tokens, or may be, as one of ``links`` shows."""
        revoked = [link for link in links if link.revoked == "revoked" and link.access]
        if not revoked:
            return False
        # Of an ordinary link: what a replay or a race has ended before shows nothing.
        link = next((link for link in revoked if link.probe == "refresh"), revoked[-1])
        linker, tokens, token = self.shared.loaded.config.linker, self.shared.tokens, link.access[-1]
        trial, purpose = Trial("revocation", link.id, 2), "afterwards"
        if linker.resource:
            call = await tokens.use(linker.resource, token, purpose=purpose, trial=trial)
        elif linker.introspection:
            call = await tokens.introspect(self.endpoint, linker.introspection, token, purpose=purpose, trial=trial)
        else:
            return True
        self.ledger.calls.append(call)
        return token_accepted(call) is not False

    async def _revoked(self, link: Link, tokens: list[SecretStr], hint: Hint, trial: Trial) -> None:
        calls: list[TokenCall] = []
        for token in tokens:
            async with self.slots:
                calls.append(await self.shared.tokens.revoke(self.endpoint, self.url, token, hint=hint, trial=trial))
            self.ledger.calls.append(calls[-1])
        if link.revoked != "refused":
            link.revoked = "revoked" if all(call.status == 200 for call in calls) else "refused"


def _tell(ledger: Ledger, shared: Resources) -> None:
    kept = [link for link in ledger.links if link.revoked == "refused"]
    refusals = (call for call in ledger.calls if call.endpoint == "revocation" and call.status != 200)
    refusal = next(refusals, None)
    if not kept or refusal is None:
        return
    said = f"status {refusal.status}" if refusal.status is not None else f"nothing ({refusal.failure})"
    shared.tell(
        Notice(
            f"linker.revocation answers {said}: what {len(kept)} of the probes' links brought may still be good; "
            "the token story in the report lists them",
            "lasting",
        )
    )
