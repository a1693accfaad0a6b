"""The hands of one probe: each method makes one call and keeps it as evidence."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field

from pydantic import SecretStr

from e2e_linker.alexa.authorization import authorization
from e2e_linker.derive.replies import read_reply
from e2e_linker.derive.tokens import read_token_answer
from e2e_linker.evidence.models import TokenCall, Walk
from e2e_linker.evidence.token_calls import HookAction, ProbeName
from e2e_linker.run.links import AccountName, Jar, Link
from e2e_linker.run.mint import Mint
from e2e_linker.run.seat import Seat
from e2e_linker.service.tokens import TokenEndpoint, Trial

__all__ = ["Ledger", "Prober", "Skip"]

_ALONE_TIMES = 2
"""A case that goes on beside may get a code as well."""


class Skip(Exception):  # noqa: N818 - no error: a probe that cannot be made
    """A probe ends because the rest of it cannot be done; its text says why, in plain words."""


@dataclass(slots=True)
class Ledger:
    """Everything the probes have left so far."""

    links: list[Link] = field(default_factory=list)
    calls: list[TokenCall] = field(default_factory=list)
    walks: list[Walk] = field(default_factory=list)
    hooks: list[HookAction] = field(default_factory=list)
    skipped: dict[ProbeName, str] = field(default_factory=dict)
    misuses: list[ProbeName] = field(default_factory=list)
    """Probes without a link that are still to come, each by itself."""
    ended: set[ProbeName] = field(default_factory=set)
    """The probes that went their way to the end."""
    wakes: dict[ProbeName, float] = field(default_factory=dict)
    """When those that are asleep will call again, by the event loop's clock."""
    lain_down: asyncio.Event = field(default_factory=asyncio.Event)
    """Set whenever one falls asleep."""
    one_code: bool = False
    """Whether a new code may end the one before it: from then on, none is got while a link is being opened."""
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held by who gets a code then, until it is redeemed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prober:
    """What the functions of :mod:`~e2e_linker.run.token_probes` work with."""

    probe: ProbeName
    seat: Seat
    mint: Mint
    ledger: Ledger
    endpoint: TokenEndpoint

    async def link(
        self,
        *,
        jar: Jar = "signed_in",
        account: AccountName = "first",
        wanted: bool = True,
    ) -> Link:
        """A new link with its code, or without one where none is ``wanted``. Raises :class:`Skip` where none comes."""
        async with self.ledger.turn if wanted and self.ledger.one_code else nullcontext():
            return await self._linked(jar, account, wanted=wanted)

    async def _linked(self, jar: Jar, account: AccountName, *, wanted: bool = True) -> Link:
        skill, plan, shared = self.seat.shared.skill, self.seat.plan, self.seat.shared
        request = authorization(
            endpoint=skill.authorization_url,
            client_id=skill.client_id,
            grant=shared.loaded.skill.grant,
            region=plan.region,
            redirect_uri=plan.redirect_uri,
            scopes=skill.scopes,
            pkce=skill.pkce,
        )
        number = 1 + sum(link.probe == self.probe for link in self.ledger.links)
        link = Link(id=f"{self.probe}-{number}", probe=self.probe, request=request, jar=jar, account=account)
        self.ledger.links.append(link)
        if wanted:
            await self.mint.issue(link)
            if link.code is None:
                raise Skip(f"no code came for it: {link.problem}")
        return link

    async def opened(self, *, jar: Jar = "signed_in", account: AccountName = "first", step: int = 1) -> Link:
        """A new link whose code was redeemed, as that step. Raises :class:`Skip` where that fails.

        Where a fresh code is refused, it may be that the server keeps one code of each customer, and that another one
        was got meanwhile: that is tried again with no other code in between.
        """
        if not self.ledger.one_code:
            link = await self.link(jar=jar, account=account)
            if await self.exchange(link, step):
                return link
            said = next(call for call in reversed(self.ledger.calls) if call.link == link.id)
            self.ledger.one_code = self.ledger.one_code or read_reply(said).error == "invalid_grant"
        for _ in range(_ALONE_TIMES if self.ledger.one_code else 0):
            async with self.ledger.turn:
                link = await self._linked(jar, account)
                if await self.exchange(link, step):
                    return link
        raise Skip("the exchange it begins with failed")

    async def pause(self, until: float, *, late_s: float) -> None:
        """Sleep until that time of the event loop's clock.

        Raises :class:`Skip` where more than ``late_s`` seconds have passed since: what would be tried by then is
        something else than what was to be.
        """
        loop = asyncio.get_running_loop()
        self.ledger.wakes[self.probe] = until
        self.ledger.lain_down.set()
        try:
            await asyncio.sleep(until - loop.time())
        finally:
            del self.ledger.wakes[self.probe]
        if loop.time() - until > late_s:
            raise Skip(f"this machine was busy, and came to it {loop.time() - until:.1f} s too late")

    async def exchange(
        self,
        link: Link,
        step: int,
        *,
        purpose: str = "exchange",
        endpoint: TokenEndpoint | None = None,
        redirect_uri: str | None = None,
        verifier: SecretStr | None = None,
        without_verifier: bool = False,
        extra: Mapping[str, str] | None = None,
    ) -> bool:
        """Redeem the code of ``link``, ordinarily or with what is different; whether it brought an access token."""
        assert link.code is not None
        call = await self.seat.shared.tokens.exchange(
            endpoint or self.endpoint,
            code=link.code,
            redirect_uri=redirect_uri or link.request.request.redirect_uri,
            code_verifier=None if without_verifier else verifier or link.verifier,
            purpose=purpose,
            extra=extra,
            trial=Trial(self.probe, link.id, step),
        )
        return self._kept(call, link)

    async def refresh(
        self,
        link: Link,
        step: int,
        token: SecretStr | None = None,
        *,
        purpose: str = "refresh",
        endpoint: TokenEndpoint | None = None,
    ) -> bool:
        """Refresh with ``token``, by default the newest one; whether it brought an access token."""
        if token is None and not link.refresh:
            raise Skip("the exchange brought no refresh token")
        call = await self.seat.shared.tokens.refresh(
            endpoint or self.endpoint,
            token or link.refresh[-1],
            purpose=purpose,
            trial=Trial(self.probe, link.id, step),
        )
        return self._kept(call, link)

    async def use(self, link: Link, step: int, token: SecretStr, *, purpose: str = "use") -> None:
        """Try an access token at the resource, or by introspection; nothing where neither is configured."""
        shared, linker = self.seat.shared, self.seat.shared.loaded.config.linker
        trial = Trial(self.probe, link.id, step)
        if linker.resource:
            call = await shared.tokens.use(linker.resource, token, purpose=purpose, trial=trial)
        elif linker.introspection:
            call = await shared.tokens.introspect(
                self.endpoint, linker.introspection, token, purpose=purpose, trial=trial
            )
        else:
            return
        self.ledger.calls.append(call)

    async def introspect(self, link: Link, step: int, token: SecretStr) -> None:
        """Ask until when a refresh token is good; nothing where no introspection endpoint is configured."""
        shared, trial = self.seat.shared, Trial(self.probe, link.id, step)
        if url := shared.loaded.config.linker.introspection:
            call = await shared.tokens.introspect(
                self.endpoint, url, token, purpose="introspect", hint="refresh_token", trial=trial
            )
            self.ledger.calls.append(call)

    async def misuse(self, fields: Mapping[str, str]) -> None:
        """Send ``fields``, which no server may take, without any link; one that takes them has made a link.

        Each time is a step of its own.
        """
        trial = Trial(self.probe, step=1 + sum(call.probe == self.probe for call in self.ledger.calls))
        call = await self.seat.shared.tokens.call(self.endpoint, "misuse", fields, trial=trial)
        self.ledger.calls.append(call)
        if read_token_answer(call).succeeded:
            (await self.link(wanted=False)).take(call, self.seat.shared.registry)

    def _kept(self, call: TokenCall, link: Link) -> bool:
        self.ledger.calls.append(call)
        return link.take(call, self.seat.shared.registry)
