"""Where new authorization codes come from: a copy of the jar that is signed in asks for another one.

First without a page, by redirects alone, which costs no login and next to no time. Where that meets a page (consent
every time, a script, a login), a customer walks through it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Self
from urllib.parse import parse_qsl, urlsplit

from pydantic import SecretStr

from e2e_linker.alexa.authorization import Authorization, is_arrival
from e2e_linker.browser.device import Device
from e2e_linker.browser.silent import ask_silently
from e2e_linker.errors import in_one_line
from e2e_linker.evidence.models import Walk, records
from e2e_linker.evidence.redact import SHORTEST, SecretRegistry
from e2e_linker.run.links import Link
from e2e_linker.run.seat import Seat
from e2e_linker.run.walks import Walker, logged_in

__all__ = ["Mint"]

_DESKS = 3
"""Copies of the jar in use at the same time."""
_PATIENCE = 3
"""Walks in a row without a code after which no further one is taken."""


@dataclass(frozen=True, slots=True)
class _Desk:
    device: Device
    walker: Walker


def _code_of(found: Walk, registry: SecretRegistry) -> SecretStr | None:
    """The authorization code that arrived in ``found``; None where none did."""
    arrivals = records(found.arrivals)
    if not arrivals:
        return None
    code = next((param.value for param in arrivals[0].params if param.name == "code"), "")
    return registry.reveal(code) if code else None


class Mint:
    """Gets the codes of links, a few at a time. ``keep`` is handed every walk it took."""

    def __init__(self, seat: Seat, keep: Callable[[Walk], None]) -> None:
        self._seat = seat
        self._keep = keep
        self._slots = asyncio.Semaphore(_DESKS)
        self._free: list[_Desk] = []
        self._opened = AsyncExitStack()
        self._silent: bool | None = None
        """Whether the server answers without a page; None until a link has shown it."""
        self._failures: list[str] = []
        """Why the last walks brought no code, since one did."""
        self._states: set[str] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._opened.aclose()

    async def issue(self, link: Link) -> None:
        """Give ``link`` its code, or the problem that there is none. Raises nothing but cancellation."""
        self._announce(link.request)
        try:
            if link.jar == "fresh":
                await self._afresh(link)
            else:
                await self._signed_in(link)
        except Exception as error:
            link.problem = in_one_line(error)

    def _announce(self, asked: Authorization) -> None:
        registry = self._seat.shared.registry
        registry.publish_request(asked.request)
        if asked.code_verifier:
            registry.register(asked.code_verifier, "code_verifier")
        self._states.add(asked.request.state)

    async def _signed_in(self, link: Link) -> None:
        if self._seat.jar is None:
            link.problem = "the browser that was signed in is gone"
            return
        async with self._desk() as desk:
            link.problem = self._given_up()
            if link.problem:
                return
            if self._silent is not False:
                shared = self._seat.shared
                found = await ask_silently(
                    desk.device,
                    link.request.request.url,
                    arrives=lambda url: is_arrival(url, shared.arrivals),
                    refuse=shared.refuse,
                )
                if found.arrival is not None:
                    self._silent = True
                    self._read(link, found.arrival)
                    return
            walked = await self._walk(desk.walker, link)
            self._failures = [*self._failures, link.problem] if link.problem else []
            # A page that needs no password will be there every time; one that does will not, in this jar.
            if walked is not None and not logged_in(walked):
                self._silent = False

    def _given_up(self) -> str | None:
        """Why the server is not asked any more; None where it is."""
        if shut := self._seat.shared.door.shut:
            return shut.message
        if len(self._failures) < _PATIENCE:
            return None
        return f"{self._failures[-1]} (so it was {_PATIENCE} times before, and not tried again)"

    async def _afresh(self, link: Link) -> None:
        shared = self._seat.shared
        account = shared.second_account if link.account == "second" else None
        async with self._seat.open_device(None) as device:
            walker = Walker(self._seat.plan, device, shared, self._keep, self._empty, account=account, quiet=True)
            walker.patience_s = self._seat.patience_s
            await self._walk(walker, link)

    async def _walk(self, walker: Walker, link: Link) -> Walk | None:
        about = {"probe": link.probe, "account": link.account, "jar": link.jar}
        name = f"minted-{link.id}"
        walked = await walker.within_budget(name, "minted", about, request=link.request, spare=True)
        if walked is None:
            most = self._seat.shared.budget.limit
            link.problem = f"limits.logins allows {most}, and none is left for it; raise it, or run fewer cases"
            return None
        self._keep(walked)
        link.walk, link.code = name, _code_of(walked, self._seat.shared.registry)
        if link.code is None:
            link.problem = walked.ending.message
        return walked

    def _read(self, link: Link, arrival: str) -> None:
        """Take the code off the URL that was to be handed to Alexa."""
        registry = self._seat.shared.registry
        registry.register_url(arrival)
        given = dict(parse_qsl(urlsplit(arrival).query, keep_blank_values=True))
        code, state = given.get("code", ""), given.get("state", "")
        if not code:
            said = f": {given['error']}" if given.get("error") else ""
            link.problem = f"the answer carried no code{said}"
        elif state != link.request.request.state and state in self._states:
            link.problem = "the answer carried the state of another request, so the code may be another's, too"
        else:
            if len(code) >= SHORTEST:
                registry.register(code, "code")
            link.code = SecretStr(code)

    def _empty(self) -> AbstractAsyncContextManager[Device]:
        return self._seat.open_device(None)

    @asynccontextmanager
    async def _desk(self) -> AsyncIterator[_Desk]:
        """A copy of the jar. All are one session to the server, which may keep one request until its page is left."""
        async with AsyncExitStack() as turn:
            if not self._silent:
                await turn.enter_async_context(self._seat.shared.asking)
            if self._silent:
                await turn.aclose()
                await turn.enter_async_context(self._slots)
            desk = self._free.pop() if self._free else await self._furnished()
            try:
                yield desk
            finally:
                self._free.append(desk)

    async def _furnished(self) -> _Desk:
        seat = self._seat
        device = await self._opened.enter_async_context(seat.open_device(seat.jar))
        walker = Walker(seat.plan, device, seat.shared, self._keep, self._empty, quiet=True)
        walker.patience_s = seat.patience_s
        return _Desk(device, walker)
