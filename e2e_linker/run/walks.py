"""The walks of a case: the measured one, a second one in the same jar, and those that are made once per run."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from functools import partial
from typing import Literal

from pydantic import JsonValue, SecretStr

from e2e_linker.alexa import facts
from e2e_linker.alexa.authorization import Authorization, authorization, new_state
from e2e_linker.browser.device import Device
from e2e_linker.browser.login import Credentials, LoginDriver
from e2e_linker.browser.plan import LoginFactory, WalkPlan
from e2e_linker.browser.session import walk
from e2e_linker.evidence.models import Ending, Present, Purpose, Walk
from e2e_linker.evidence.redact import SecretRegistry
from e2e_linker.model import Depth, Fault, Region
from e2e_linker.run.events import CaseProgress
from e2e_linker.run.plan import CasePlan
from e2e_linker.run.resources import Resources

__all__ = ["Walker", "code_of"]

Until = Literal["arrival", "login_form"]
_TYPED = frozenset({"password"})
OpenDevice = Callable[[], AbstractAsyncContextManager[Device]]
"""Opens a device of the case's kind with an empty jar."""


class Walker:
    """Walks on the device of one case."""

    def __init__(
        self,
        plan: CasePlan,
        device: Device,
        shared: Resources,
        on_partial: Callable[[Walk], None],
        open_device: OpenDevice,
    ) -> None:
        self._plan = plan
        self._device = device
        self._open_device = open_device
        self._shared = shared
        self._on_partial = on_partial
        self._asked = self._authorization()

    @property
    def code_verifier(self) -> SecretStr | None:
        """The PKCE verifier of the measured walk, None where PKCE is off."""
        verifier = self._asked.code_verifier
        return SecretStr(verifier) if verifier else None

    async def measured(self) -> Walk | Ending:
        """The walk everything is judged on; an ending where the budget of logins leaves none."""
        if not self._shared.budget.take():
            limit = self._shared.budget.limit
            return Ending(
                kind="not_started",
                message=f"limits.logins: {limit} logins were made, this case would be one more",
                fault=Fault.TESTER,
                hint='raise "limits": {"logins": ...} in the linker block, or run fewer cases',
            )
        return await self._walk("measured", "measured", request=self._asked, pictures=True)

    async def warm(self) -> Walk | None:
        """Link again in the jar that the first link left; None where the budget leaves no login for it."""
        return await self._within_budget("warm", "warm")

    async def probes(self, hosts: frozenset[str]) -> AsyncIterator[Walk]:
        """The walks made once per run: a state with special characters, the other regions, two logins at once.

        ``hosts`` are those the login passes through; their cookies are grown at depth thorough.
        """
        apart = asyncio.create_task(self._apart())
        try:
            special = self._authorization(state=new_state("special"))
            async for found in self._signed_in("special-state", "special_state", special, {"state": "special"}):
                yield found
            for region, uri in self._shared.uris.items():
                if region is not self._plan.region:
                    request = self._authorization(region=region, redirect_uri=uri)
                    async for found in self._signed_in(f"region-{region}", "region", request, {"region": str(region)}):
                        yield found
            if self._shared.options.depth.includes(Depth.THOROUGH):
                async for found in self._grown(hosts):
                    yield found
            for found in await apart:
                yield found
        finally:
            apart.cancel()
            await asyncio.gather(apart, return_exceptions=True)

    async def _apart(self) -> list[Walk]:
        """Walks that need jars of their own."""
        found = await self._pair()
        if self._shared.options.depth.includes(Depth.THOROUGH):
            found += await self._abandoned()
        return found

    async def _pair(self) -> list[Walk]:
        async def one(name: str) -> Walk | None:
            async with self._open_device() as device:
                walker = Walker(self._plan, device, self._shared, self._on_partial, self._open_device)
                return await walker._within_budget(f"parallel-{name}", "parallel", {"pair": name})

        pair = await asyncio.gather(one("a"), one("b"))
        return [found for found in pair if found is not None]

    async def _abandoned(self) -> list[Walk]:
        """Twenty logins that stop at the form, then one that goes all the way, in one jar."""
        found: list[Walk] = []
        async with self._open_device() as device:
            walker = Walker(self._plan, device, self._shared, self._on_partial, self._open_device)
            for n in range(1, facts.ABANDONED_LOGINS + 1):
                about: dict[str, JsonValue] = {"attempt": n}
                name = f"abandoned-{n}"
                found.append(await walker._walk(name, "abandoned", variation=about, until="login_form"))
            last = await walker._within_budget("abandoned-last", "abandoned", {"completed": True})
        return [*found, last] if last is not None else found

    async def _grown(self, hosts: frozenset[str]) -> AsyncIterator[Walk]:
        """Walks with larger and larger cookies, then states, each until one does not arrive."""
        for size in facts.GROWN_COOKIE_BYTES:
            arrived = True
            async with self._device.padded(hosts, size):
                async for found in self._signed_in(f"cookies-{size}", "grown", None, {"cookie_bytes": size}):
                    arrived = found.ending.kind == "arrived"
                    yield found
            if not arrived:
                break
        for size in facts.GROWN_STATE_BYTES:
            request, arrived = self._authorization(state=new_state(length=size)), True
            async for found in self._signed_in(f"state-{size}", "grown", request, {"state_length": size}):
                arrived = found.ending.kind == "arrived"
                yield found
            if not arrived:
                break

    async def _signed_in(
        self, name: str, purpose: Purpose, request: Authorization | None, about: Mapping[str, JsonValue]
    ) -> AsyncIterator[Walk]:
        found = await self._within_budget(name, purpose, about, request=request)
        if found is not None:
            yield found

    async def _within_budget(
        self,
        name: str,
        purpose: Purpose,
        about: Mapping[str, JsonValue] | None = None,
        *,
        request: Authorization | None = None,
    ) -> Walk | None:
        """A walk that may have to log in. Where it did not, the login goes back to the budget."""
        if not self._shared.budget.take():
            return None
        found = await self._walk(name, purpose, variation=about, request=request)
        if not _logged_in(found):
            self._shared.budget.give_back()
        return found

    async def _walk(
        self,
        name: str,
        purpose: Purpose,
        *,
        variation: Mapping[str, JsonValue] | None = None,
        request: Authorization | None = None,
        until: Until = "arrival",
        pictures: bool = False,
    ) -> Walk:
        shared = self._shared
        plan = WalkPlan(
            id=name,
            purpose=purpose,
            variation=dict(variation or {}),
            authorization=request or self._authorization(),
            redirect_uris=shared.arrivals,
            deadline_s=(self._plan.project.timeout or 60_000) / 1000,
            login=self._login(),
            until=until,
        )
        shared.tell(CaseProgress(self._plan.id, name.replace("-", " ")))
        return await walk(
            self._device,
            plan,
            registry=shared.registry,
            sink=self._keep if pictures else None,
            on_partial=self._on_partial,
        )

    def _keep(self, data: bytes, name: str) -> str:
        return self._shared.store.add_picture(self._plan.id, data, name)

    def _login(self) -> LoginFactory:
        shared, use = self._shared, self._plan.project.use
        account, linker = shared.account, shared.loaded.config.linker
        timeout_ms = use.action_timeout or shared.loaded.config.expect.timeout
        credentials = Credentials(
            username=account.username,
            password=account.password,
            totp=account.totp,
            otp_command=account.otp_command.get_secret_value() if account.otp_command else None,
        )

        return partial(
            LoginDriver,
            login=linker.login,
            credentials=credentials,
            register=shared.registry.register,
            step_timeout_s=timeout_ms / 1000,
        )

    def _authorization(
        self, *, state: str | None = None, region: Region | None = None, redirect_uri: str | None = None
    ) -> Authorization:
        skill = self._shared.skill
        return authorization(
            endpoint=skill.authorization_url,
            client_id=skill.client_id,
            grant=self._shared.loaded.skill.grant,
            region=region or self._plan.region,
            redirect_uri=redirect_uri or self._plan.redirect_uri,
            scopes=skill.scopes,
            pkce=skill.pkce,
            state=state,
        )


def _logged_in(found: Walk) -> bool:
    if not isinstance(found.login, Present):
        return True
    return any(step.what in _TYPED for step in found.login.value)


def code_of(found: Walk, registry: SecretRegistry) -> SecretStr | None:
    """The authorization code that arrived in ``found``; None where none did."""
    if not isinstance(found.arrivals, Present) or not found.arrivals.value:
        return None
    code = next((param.value for param in found.arrivals.value[0].params if param.name == "code"), "")
    return registry.reveal(code) if code else None
