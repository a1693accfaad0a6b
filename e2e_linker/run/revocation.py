"""Giving back what the probes obtained."""

from __future__ import annotations

import asyncio

from e2e_linker.evidence.models import TokenCall
from e2e_linker.run.events import Notice
from e2e_linker.run.links import Link
from e2e_linker.run.prober import Ledger
from e2e_linker.run.resources import Resources
from e2e_linker.service.tokens import TokenEndpoint, Trial

__all__ = ["revoke_all"]

_AT_ONCE = 4


async def revoke_all(ledger: Ledger, shared: Resources, endpoint: TokenEndpoint, url: str) -> None:
    """Revoke every refresh token, and the access tokens of links that have none (RFC 7009); each link is told how.

    Not those of a migration: that grant was the tester's before, and stays his.
    """
    slots = asyncio.Semaphore(_AT_ONCE)

    async def revoked(link: Link) -> None:
        hint = "refresh_token" if link.refresh else "access_token"
        calls: list[TokenCall] = []
        for token in link.refresh or link.access:
            async with slots:
                trial = Trial("revocation", link.id)
                calls.append(await shared.tokens.revoke(endpoint, url, token, hint=hint, trial=trial))  # type: ignore[arg-type]
            ledger.calls.append(calls[-1])
        if calls:
            link.revoked = "revoked" if all(call.status == 200 for call in calls) else "refused"

    async with asyncio.TaskGroup() as group:
        for link in ledger.links:
            if link.probe != "migration":
                group.create_task(revoked(link))
    if kept := [link for link in ledger.links if link.revoked == "refused"]:
        refusal = next(call for call in ledger.calls if call.probe == "revocation" and call.status != 200)
        said = f"status {refusal.status}" if refusal.status is not None else f"nothing ({refusal.failure})"
        shared.tell(
            Notice(
                f"linker.revocation answers {said}: what {len(kept)} of the probes' links brought may still be good; "
                "the token story in the report lists them",
                "lasting",
            )
        )
