"""The survey of certificates: every host of the flow is asked once per run, beside the cases.

Amazon's rules bind the hosts that its customers' browsers and its own servers come to: the pages of the login and the
token endpoint. The resource is asked besides, because the skill at work depends on it. The introspection and the
revocation endpoint are not: Amazon calls neither, they serve this tool and the customer's own servers, whose trust is
their own affair.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self

from e2e_linker.browser.addresses import Address, Overrides
from e2e_linker.browser.dialing import Dialer, DialError
from e2e_linker.browser.upstream import Upstream
from e2e_linker.derive.flow_hosts import Place, content_hosts, flow_hosts, place_of
from e2e_linker.evidence.models import Failed, NotCollected, Part, Present, SkillFacts, Walk
from e2e_linker.evidence.served_tls import HostRole, ServedTls
from e2e_linker.model import Depth

if TYPE_CHECKING:
    from e2e_linker.service.certificates import Roots

__all__ = ["Survey"]

_AT_ONCE = 6
_CONNECT_S = 5.0
_CUT_SHORT = "the run ended before it had answered"
_ORDER: tuple[HostRole, ...] = ("authorization", "page", "token", "resource")


class Survey:
    """Asks hosts for their TLS, as an async context manager around the cases, each of which hands in its walk."""

    def __init__(
        self,
        depth: Depth,
        skill: SkillFacts,
        *,
        resource: str | None = None,
        trust: tuple[Path, ...] = (),
        resolve: Mapping[str, str] | None = None,
        upstream: Upstream | None = None,
    ) -> None:
        self._depth, self._skill, self._trust, self._upstream = depth, skill, trust, upstream
        self._resource = place_of(resource)
        self._overrides = Overrides(resolve or {})
        self._dialer = Dialer(timeout_s=_CONNECT_S)
        self._roles: dict[Place, set[HostRole]] = {}
        self._tasks: dict[Place, asyncio.Task[ServedTls]] = {}
        self._roots: asyncio.Task[Roots] | None = None
        self._turns = asyncio.Semaphore(_AT_ONCE)

    def ask(self, walk: Walk) -> None:
        """Begin to ask those hosts of ``walk`` that were not asked yet, in the background."""
        if not self._depth.includes(Depth.STANDARD):
            return
        if self._roots is None:
            self._roots = asyncio.create_task(asyncio.to_thread(_roots, self._trust))
        hosts = flow_hosts(walk, self._skill)
        if self._resource is not None:
            hosts[self._resource] = hosts.get(self._resource, frozenset()) | {"resource"}
        for place in content_hosts(walk, self._skill):
            hosts.setdefault(place, frozenset())
        for place, roles in hosts.items():
            self._roles.setdefault(place, set()).update(roles)
            if place not in self._tasks:
                self._tasks[place] = asyncio.create_task(self._examined(place, self._roots))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Wait for the last answers, or, where the run is given up, stop asking."""
        tasks = [*self._tasks.values(), *([self._roots] if self._roots else [])]
        try:
            if tasks and kind is None:
                await asyncio.wait(tasks)
        finally:
            for task in tasks:
                task.cancel()
            if tasks:
                await asyncio.wait(tasks)

    def evidence(self) -> Part[tuple[ServedTls, ...]]:
        """What has been told by now, in the order the hosts were met; of a host that is still asked, that it is."""
        if not self._depth.includes(Depth.STANDARD):
            return NotCollected(reason=f"--depth {self._depth} makes one link only, as a customer would")
        if not self._tasks:
            return NotCollected(reason="no page came over https, so no host was asked for its certificate")
        told = {
            place: task.result() if task.done() and not task.cancelled() else _untold(place, _CUT_SHORT)
            for place, task in self._tasks.items()
        }
        return Present(
            value=tuple(
                found.model_copy(update={"roles": tuple(role for role in _ORDER if role in self._roles[place])})
                for place, found in told.items()
            )
        )

    async def _examined(self, place: Place, roots: asyncio.Task[Roots]) -> ServedTls:
        try:
            async with self._turns:
                return await self._asked(place, await asyncio.shield(roots))
        except Exception as error:
            return _untold(place, f"{type(error).__name__}: {error}")

    async def _asked(self, place: Place, roots: Roots) -> ServedTls:
        # Imported where the roots were read, beside the first walk: OpenSSL is a tenth of a second.
        from e2e_linker.service.tls import TlsTarget, examine

        target = Address(*place)
        override = self._overrides.of(target)
        via = None if override or self._upstream is None else self._upstream.server_for("https", target)

        async def connect() -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
            try:
                dialed = await self._dialer.dial(override or target, via=via, tunnelled=via is not None)
            except DialError as error:
                raise OSError(str(error)) from None
            return dialed.stream.reader, dialed.stream.writer

        return await examine(TlsTarget(*place, roles=(), through_proxy=via is not None), connect, roots)


def _untold(place: Place, why: str) -> ServedTls:
    host, port = place
    return ServedTls(host=host, port=port, roles=(), at=datetime.now(UTC), chain=Failed(error=why), trust=None)


def _roots(trust: tuple[Path, ...]) -> Roots:
    import e2e_linker.service.tls  # noqa: F401 - loads OpenSSL outside the event loop
    from e2e_linker.service.certificates import Roots

    return Roots.read(trust)
