"""What all cases of a run share."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any

from e2e_linker.alexa.facts import REDIRECT_HOSTS, REGION_HOSTS, is_alexas
from e2e_linker.alexa.look_alikes import foreign_hosts
from e2e_linker.browser.addresses import Address, canonical_host
from e2e_linker.browser.engines import Browsers, Engine
from e2e_linker.browser.login.one_time_codes import TypedCodes
from e2e_linker.browser.network import Upstream
from e2e_linker.browser.pages.digest import install_digest
from e2e_linker.browser.settings import DeviceSettings
from e2e_linker.browser.tape import Taping
from e2e_linker.browser.vouching import Vouching
from e2e_linker.config.linker import ResolvedAccount
from e2e_linker.config.load import LoadedConfig
from e2e_linker.config.projects import Use
from e2e_linker.errors import LinkerError
from e2e_linker.evidence.models import LeftOut, SkillFacts
from e2e_linker.evidence.redact import SecretRegistry
from e2e_linker.evidence.store import RunStore
from e2e_linker.model import EngineName, Region, host_of
from e2e_linker.run.budget import LoginBudget
from e2e_linker.run.door import Door
from e2e_linker.run.engine_choice import choose_engine, launch_arguments
from e2e_linker.run.events import Event, Listener, Notice
from e2e_linker.run.likely_hosts import likely_hosts
from e2e_linker.run.options import RunOptions
from e2e_linker.run.plan import redirect_uris
from e2e_linker.run.watching import Watch

if TYPE_CHECKING:
    import ssl
    from concurrent.futures import Future

    from e2e_linker.run.battery import Battery
    from e2e_linker.run.certificates import Survey
    from e2e_linker.run.credentials import Credentials, Earlier
    from e2e_linker.service.relays import RelayFor
    from e2e_linker.service.tokens import TokenClient, TokenEndpoint

__all__ = ["Resources", "relaying", "resources"]

_APART = "the server takes each one-time code once: from now on every login waits for a code of its own"
_MOST_AT_A_TIME = 8
"""Cases at a time where the user names no number: twice the processors, as a case waits longer than it computes."""


@dataclass(slots=True, kw_only=True)
class Resources:
    """Everything a case needs besides its own plan."""

    loaded: LoadedConfig
    options: RunOptions
    listener: Listener
    registry: SecretRegistry
    store: RunStore
    browsers: Browsers
    account: ResolvedAccount
    second_account: ResolvedAccount | None
    earlier: tuple[Earlier, ...]
    """What the skill was before its migrations."""
    tokens: TokenClient
    endpoint: TokenEndpoint | None
    """None where the skill names no access token URL, or uses the implicit grant."""
    budget: LoginBudget
    codes: TypedCodes
    """The time-based codes that logins have typed."""
    asking: asyncio.Lock
    """Held while a code is asked for in a session that another request may disturb."""
    mailbox: asyncio.Lock
    """Held by the login that may ask for a code which a command fetches."""
    skill: SkillFacts
    uris: Mapping[Region, str]
    upstream: Upstream | None
    slots: asyncio.Semaphore
    """One for each case that may run at a time."""
    battery: Battery
    """The probes of the token endpoint."""
    survey: Survey
    """Asks the hosts of the flow for their certificates."""
    vouching: Vouching | None
    """What judges certificates where some are of a private root; None leaves it to the browsers."""
    door: Door
    """Whether the server still lets this machine in."""
    taping: Taping | None = None
    """What is recorded besides the evidence; None for nothing."""
    watch: Watch | None = None
    """What somebody who looks on wants to see; None where nobody does."""
    left_out: list[LeftOut] = field(default_factory=list)
    """Walks that the budget of logins had no room for."""
    prober: str | None = None
    """The case that makes the walks made once per run; the first that reached Alexa."""
    culprits: list[frozenset[str]] = field(default_factory=list)
    """Sets of unlisted hosts that were found to break a simulation."""
    tried: dict[tuple[str, str], str] = field(default_factory=dict)
    """By what was taken from a login, and the kind of devices that it stands for, the case that tried it."""
    through: dict[str, DeviceSettings] = field(default_factory=dict)
    """By project, the devices whose measured walk got through."""
    searching: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held by the first case that looks for :attr:`culprits`, so that the others can profit."""
    refused: frozenset[str] = field(default_factory=frozenset)

    def __post_init__(self) -> None:
        resembling = {host for uri in self.uris.values() for host in foreign_hosts(uri)}
        self.refused = REDIRECT_HOSTS | resembling | {canonical_host(host_of(uri)) for uri in self.uris.values()}

    @property
    def arrivals(self) -> tuple[str, ...]:
        """The addresses at which an answer arrives: every redirect URI, and anything else on Alexa's redirect hosts.

        A redirect to a wrong path there is an answer too, only a wrong one.
        """
        return (*self.uris.values(), *(f"https://{host}/" for host in REGION_HOSTS.values()))

    @property
    def resolve(self) -> dict[str, str]:
        """Host name overrides, as ``ADDRESS[:PORT]``."""
        return {host: str(address) for host, address in self.loaded.config.linker.resolve.items()}

    @property
    def devices(self) -> Mapping[str, Mapping[str, Any]]:
        """Playwright's device descriptors."""
        return self.browsers.devices

    @property
    def only_engine(self) -> EngineName | None:
        """The one engine that may be started, whichever are asked for; None leaves the choice."""
        return self.watch.engine if self.watch is not None else None

    @property
    def simulating(self) -> bool:
        """Whether somebody only wants to see the Domain List enforced."""
        return self.watch is not None and self.watch.purpose == "simulated"

    def refuse(self, host: str, port: int) -> bool:
        """Whether a browser must not reach ``host``: a code must never arrive at Amazon."""
        return host in self.refused or is_alexas(host)

    def tell(self, event: Event) -> None:
        """Hand ``event`` to whoever listens."""
        self.listener(event)


async def resources(
    loaded: LoadedConfig,
    options: RunOptions,
    listener: Listener,
    *,
    store: RunStore,
    registry: SecretRegistry,
    browsers: Browsers,
    skill: SkillFacts,
    first: Iterable[Use],
    taping: Taping | None = None,
    watch: Watch | None = None,
) -> Resources:
    """Read every secret, register it, and put together what the cases share; browsers for ``first`` start meanwhile.

    Raises :class:`~e2e_linker.errors.SecretError` for a secret that cannot be read.
    """
    upstream = Upstream.from_environment(loaded.environ)
    registry.register_all(upstream.secrets if upstream else ())
    reading = asyncio.to_thread(_read, loaded, registry)
    started = _start_early(first, browsers, loaded, watch.engine if watch else None)
    (known, tls), _, _ = await asyncio.gather(reading, install_digest(browsers.playwright), started)
    from e2e_linker.run.battery import Battery
    from e2e_linker.run.certificates import Survey
    from e2e_linker.service.tokens import TokenClient

    linker = loaded.config.linker
    resolve = {host: str(address) for host, address in linker.resolve.items()}
    return Resources(
        loaded=loaded,
        options=options,
        listener=listener,
        registry=registry,
        store=store,
        browsers=browsers,
        account=known.account,
        second_account=known.second_account,
        earlier=known.earlier,
        battery=Battery(options.depth),
        survey=Survey(
            options.depth, skill, resource=linker.resource, trust=linker.trust, resolve=resolve, upstream=upstream
        ),
        vouching=Vouching(linker.trust, expected=likely_hosts(skill)) if linker.trust else None,
        tokens=TokenClient(registry=registry, tls=tls, resolve=resolve, relay_for=relaying(upstream)),
        endpoint=known.endpoint,
        budget=LoginBudget(linker.limits.logins),
        codes=TypedCodes(on_apart=lambda: listener(Notice(_APART, "doing"))),
        door=Door(listener),
        asking=asyncio.Lock(),
        mailbox=asyncio.Lock(),
        skill=skill,
        uris=redirect_uris(linker, loaded.skill.grant),
        upstream=upstream,
        taping=taping,
        watch=watch,
        slots=asyncio.Semaphore(loaded.config.workers or min(_MOST_AT_A_TIME, 2 * (os.cpu_count() or 1))),
    )


def _read(loaded: LoadedConfig, registry: SecretRegistry) -> tuple[Credentials, Future[ssl.SSLContext]]:
    """The secrets, and whom the token endpoint is trusted by."""
    # Loaded here, while the browser starts: an HTTP client is a tenth of a second.
    import_module("e2e_linker.run.battery")
    import_module("e2e_linker.run.certificates")
    from e2e_linker.run.credentials import promised_trust, read_credentials

    known = read_credentials(loaded, registry)
    return known, promised_trust(loaded.config.linker.trust)


def relaying(upstream: Upstream | None) -> RelayFor:
    """Where token calls go through ``upstream``, the way the pages of the login do."""
    from e2e_linker.service.relays import Relay

    def relay_for(scheme: str, host: str, port: int) -> Relay | None:
        target = Address(canonical_host(host), port)
        server = upstream.server_for("http" if scheme == "http" else "https", target) if upstream else None
        return Relay(server.url, server.authorization) if server else None

    return relay_for


async def _start_early(uses: Iterable[Use], browsers: Browsers, loaded: LoadedConfig, only: EngineName | None) -> None:
    """Start the browsers that ``uses`` will ask for. What stands against one is for its case to say."""
    for use in uses:
        engine, _ = choose_engine(use, browsers.devices, only=only)
        if isinstance(engine, Engine):
            with suppress(LinkerError):
                await browsers.get(engine, **launch_arguments(use, loaded))
