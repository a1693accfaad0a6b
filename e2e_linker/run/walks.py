"""The walks of a case, on its own device or one like it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from functools import partial
from typing import Any, Literal

from pydantic import JsonValue, SecretStr

from e2e_linker.alexa.authorization import Authorization, AuthorizationRequest, authorization
from e2e_linker.browser.device import Device
from e2e_linker.browser.login.halting import hold
from e2e_linker.browser.plan import LoginFactory, Page, Reprieve, WalkPlan
from e2e_linker.browser.session import walk as take_walk
from e2e_linker.browser.settings import DeviceSettings
from e2e_linker.browser.silent import jar_of
from e2e_linker.config.linker import ResolvedAccount
from e2e_linker.evidence.models import Arrival, Ending, LeftOut, Present, Purpose, Walk
from e2e_linker.model import Fault, Region
from e2e_linker.run.events import CaseProgress
from e2e_linker.run.failures import answered
from e2e_linker.run.logins import login_factory, visible
from e2e_linker.run.plan import CasePlan
from e2e_linker.run.resources import Resources

__all__ = ["OpenDevice", "Until", "Walker", "logged_in"]

Until = Literal["arrival", "login_form"]
_TYPED = frozenset({"password"})
_PATIENCE_S, _PATIENCE = 15.0, 6.0
_TIMES = 2
"""How often an account is linked again where the server fails each time."""
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
        *,
        account: ResolvedAccount | None = None,
        quiet: bool = False,
    ) -> None:
        self.plan = plan
        self._device = device
        self._open_device = open_device
        self.shared = shared
        self._on_partial = on_partial
        self._account = account or shared.account
        self._quiet = quiet
        """Whether nobody is told of its walks, because the case may be over."""
        self._used_jar = device.borrowed or device.settings.storage_state is not None
        """Whether a server may know the customer by what the device holds."""
        self._asked = self.authorization()
        self.deadline_s = (plan.project.timeout or 60_000) / 1000
        """Seconds the measured walk may take."""
        self.patience_s = self.deadline_s
        """Seconds any other walk may take: many times what the measured one took, so that none holds the run up."""
        self.step_s: float | None = None
        """Seconds to wait for a page to go on, where that is less than the configured time."""

    @property
    def code_verifier(self) -> SecretStr | None:
        """The PKCE verifier of the measured walk, None where PKCE is off."""
        verifier = self._asked.code_verifier
        return SecretStr(verifier) if verifier else None

    @property
    def isolated(self) -> bool:
        """Whether there can be other devices of the case's kind; a real phone is one of its kind."""
        return self._device.isolated

    @property
    def mobile(self) -> bool:
        """Whether the device is a phone or a tablet."""
        return self.settings.is_mobile

    @property
    def settings(self) -> DeviceSettings:
        """What the device was told."""
        return self._device.settings

    @property
    def asked(self) -> AuthorizationRequest:
        """What the measured walk asks."""
        return self._asked.request

    async def measured(self, on_arrived: Callable[[Arrival], None] | None = None) -> Walk | Ending:
        """The walk everything is judged on; an ending where the budget of logins leaves none.

        ``on_arrived`` is told of the answer to Alexa as soon as it is there: Alexa redeems a code at once.
        """
        if not self.shared.budget.take(case=self.plan.id):
            limit = self.shared.budget.limit
            return Ending(
                kind="not_started",
                message=f"limits.logins: {limit} logins were made, this case would be one more",
                fault=Fault.TESTER,
                hint='raise "limits": {"logins": ...} in the linker block, or run fewer cases',
            )
        found = await self.walk("measured", "measured", request=self._asked, pictures=True, on_arrived=on_arrived)
        self.patience_s = _PATIENCE_S + _PATIENCE * found.duration_s
        return found

    async def jar(self) -> Mapping[str, Any] | None:
        """The cookie jar as it is now, to be copied onto another device; None where the browser is gone."""
        return await jar_of(self._device)

    async def warm(self, keep: Callable[[Walk | None], None], measured: Walk) -> None:
        """Link again in the jar that the first link left, as far as the budget leaves logins for it.

        What is made once more because the server failed takes no login from a case that waits for it.
        """
        await answered(
            lambda name: self.within_budget(name, "warm", spare=name != "warm"), "warm", keep, measured, _TIMES
        )

    @asynccontextmanager
    async def apart(
        self, opening: AbstractAsyncContextManager[Device] | None = None, *, unkept: bool = False
    ) -> AsyncIterator[Walker]:
        """Somebody who walks on another device of the same kind: the one that ``opening`` brings, or an empty one.

        ``unkept``: nobody is told of the walks, and one that is interrupted leaves nothing.
        """
        async with opening or self._open_device() as device:
            partly = _dropped if unkept else self._on_partial
            other = Walker(self.plan, device, self.shared, partly, self._open_device, quiet=unkept)
            other.patience_s = self.patience_s
            yield other

    def padded(self, hosts: Iterable[str], size: int) -> AbstractAsyncContextManager[None]:
        """``size`` more bytes of cookies for each of ``hosts``, for as long as the ``async with`` block lasts."""
        return self._device.padded(hosts, size)

    async def within_budget(
        self,
        name: str,
        purpose: Purpose,
        about: Mapping[str, JsonValue] | None = None,
        *,
        request: Authorization | None = None,
        spare: bool = False,
        pictures: bool = False,
    ) -> Walk | None:
        """A walk that may have to log in. Where it did not, the login goes back to the budget.

        ``spare``: only with a login that no case is waiting for.
        """
        if not self.shared.budget.take(spare=spare):
            self.shared.left_out.append(LeftOut(case=self.plan.id, purpose=purpose))
            return None
        found = await self.walk(name, purpose, variation=about, request=request, pictures=pictures)
        if not logged_in(found):
            self.shared.budget.give_back()
        return found

    async def walk(
        self,
        name: str,
        purpose: Purpose,
        *,
        variation: Mapping[str, JsonValue] | None = None,
        request: Authorization | None = None,
        until: Until = "arrival",
        pictures: bool = False,
        glance: bool = False,
        on_arrived: Callable[[Arrival], None] | None = None,
    ) -> Walk:
        """Walk once, whatever it costs; ``request`` is what is asked instead of the ordinary.

        ``glance``: log in nowhere, and take the redirect URI of ``request`` for Alexa's, whatever it is.
        """
        shared, asked = self.shared, request or self.authorization()
        deadline_s = self.deadline_s if purpose == "measured" else min(self.deadline_s, self.patience_s)
        reprieve = Reprieve()
        plan = WalkPlan(
            id=name,
            purpose=purpose,
            variation=dict(variation or {}),
            authorization=asked,
            redirect_uris=(*shared.arrivals, *([asked.request.redirect_uri] if glance else [])),
            deadline_s=deadline_s,
            login=None if glance else self._login(name, purpose, deadline_s, reprieve.give),
            reprieve=reprieve,
            until=until,
            on_arrived=on_arrived,
            on_end=partial(self._ended, purpose=purpose) if shared.watch else None,
        )
        if not self._quiet:
            shared.tell(CaseProgress(self.plan.id, name.replace("-", " ")))
        # A command fetches the code that was sent last, be it another login's.
        by_command = self._account.otp_command is not None and plan.login is not None and until == "arrival"
        sink, on_partial = self._keep if pictures else None, self._on_partial
        async with shared.mailbox if by_command else nullcontext():
            found = await take_walk(self._device, plan, registry=shared.registry, sink=sink, on_partial=on_partial)
        return found if glance else await shared.door.met(found, self)

    def _keep(self, data: bytes, name: str) -> str:
        return self.shared.store.add_picture(self.plan.id, data, name)

    def _login(self, name: str, purpose: Purpose, deadline_s: float, on_wait: Callable[[float], None]) -> LoginFactory:
        shared, use, used = self.shared, self.plan.project.use, self._used_jar
        self._used_jar = True
        where = self.plan.id if name == "measured" else f"{self.plan.id}, {name.replace('-', ' ')}"
        made = partial(login_factory, shared, use, self._account, self.step_s, deadline_s, on_wait, where=where)
        login = made(used_jar=used, in_clear=self._device.in_clear)
        return shared.watch.login(login, purpose) if shared.watch else login

    async def _ended(self, page: Page | None, ending: Ending, purpose: Purpose) -> None:
        """Let somebody who watches look at ``page``."""
        watch, use = self.shared.watch, self.plan.project.use
        if watch and watch.waits(purpose, ending, visible=visible(use)):
            await hold(page, ending, self._device.lost, watch.asks(self.plan.id))

    def authorization(
        self, *, state: str | None = None, region: Region | None = None, redirect_uri: str | None = None
    ) -> Authorization:
        """A fresh request of the case's own region, or of ``region``."""
        skill = self.shared.skill
        return authorization(
            endpoint=skill.authorization_url,
            client_id=skill.client_id,
            grant=self.shared.loaded.skill.grant,
            region=region or self.plan.region,
            redirect_uri=redirect_uri or self.plan.redirect_uri,
            scopes=skill.scopes,
            pkce=skill.pkce,
            state=state,
        )


def _dropped(partial: Walk) -> None:
    """Keep nothing of a walk that was interrupted."""


def logged_in(found: Walk) -> bool:
    """Whether a password was typed in ``found``, or may have been."""
    if not isinstance(found.login, Present):
        return True
    return any(step.what in _TYPED for step in found.login.value)
