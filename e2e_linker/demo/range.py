"""The practice range: a real authorization server on loopback, healthy or broken on purpose."""

from __future__ import annotations

import asyncio
import json
import secrets
import string
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

from e2e_linker.demo import names
from e2e_linker.demo.app import RangeApp, Seen
from e2e_linker.demo.behaviour import Behaviour, Console
from e2e_linker.demo.catalogue import applied
from e2e_linker.demo.listener import Listener
from e2e_linker.demo.outage import hook_urls
from e2e_linker.demo.pki import new_pki
from e2e_linker.demo.serving import Serving, Wardrobe
from e2e_linker.demo.session import SESSION_COOKIE
from e2e_linker.demo.skill import FORMER_SKILL, linker_values, secret_files, skill_json
from e2e_linker.demo.store import TestUser, new_users
from e2e_linker.demo.world import World, new_world
from e2e_linker.errors import StoreError, UsageError
from e2e_linker.model import Grant

__all__ = ["PracticeRange"]


class PracticeRange:
    """An authorization server to practise on. Use it as an async context manager.

    ``faults`` and ``variants`` are names of the catalogue; a trouble is named among the variants. ``slow_answer_s`` is
    how many seconds slow answers take. Raises :class:`UsageError` for an unknown name.
    """

    def __init__(
        self,
        *,
        faults: Sequence[str] = (),
        variants: Sequence[str] = (),
        grant: Grant = Grant.AUTH_CODE,
        pkce: bool = False,
        slow_answer_s: float = 5.0,
    ) -> None:
        self.users: tuple[TestUser, TestUser] = new_users()
        """Two test users. They exist as long as the range does."""
        self.vendor_id = "M" + "".join(secrets.choice(string.ascii_uppercase + string.digits) for _ in range(13))
        """The vendor id in the registered redirect URLs."""
        self._client_secret = secrets.token_urlsafe(24)
        self._slow_answer_s = slow_answer_s
        self._world = self._armed(faults, variants, grant, pkce)
        self._listener = Listener()
        self._app = RangeApp(lambda: self._world, self._listener.hang_up)
        self._root_pem = b""
        self._ports: tuple[int, int] | None = None
        self._folder: Path | None = None

    async def __aenter__(self) -> Self:
        await asyncio.to_thread(self._start)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.to_thread(self._listener.stop)
        self._ports = None

    def _start(self) -> None:
        pki = new_pki(names.ALL_HOSTS)
        self._root_pem = pki.root_pem
        wardrobe = Wardrobe(pki, names.ALL_HOSTS)
        self._listener.start(self._app, lambda host: wardrobe.context(self._world.behaviour.tls.get(host, Serving())))
        self._ports = self._listener.ports

    def _armed(self, faults: Sequence[str], variants: Sequence[str], grant: Grant, pkce: bool) -> World:
        healthy = Behaviour(console=replace(Console(), grant=grant, pkce=pkce))
        return new_world(
            applied(healthy, faults_on=faults, variants_on=variants),
            users=self.users,
            vendor_id=self.vendor_id,
            client_secret=self._client_secret,
            slow_answer_s=self._slow_answer_s,
        )

    def switch(
        self,
        *,
        faults: Sequence[str] = (),
        variants: Sequence[str] = (),
        grant: Grant = Grant.AUTH_CODE,
        pkce: bool = False,
    ) -> None:
        """Re-arm the running range: other faults and variants, and nothing remembered but the users and the client.

        What :meth:`write` wrote is out of date afterwards. Raises :class:`UsageError` for an unknown name.
        """
        self._world = self._armed(faults, variants, grant, pkce)
        self._app.requests_seen.clear()

    @property
    def requests_seen(self) -> list[Seen]:
        """Every request since the start or the last :meth:`switch`, in the order they were answered."""
        return self._app.requests_seen

    @property
    def behaviour(self) -> Behaviour:
        """What is switched on."""
        return self._world.behaviour

    @property
    def hosts(self) -> tuple[str, ...]:
        """All host names it serves."""
        return names.ALL_HOSTS

    @property
    def port(self) -> int:
        """The TLS port."""
        return self._running()[0]

    @property
    def plain_port(self) -> int:
        """The port without TLS."""
        return self._running()[1]

    @property
    def address(self) -> str:
        """Where every host but the plain one is found: ``127.0.0.1:PORT``."""
        return f"127.0.0.1:{self.port}"

    @property
    def root_pem(self) -> bytes:
        """The root certificate to trust."""
        return self._root_pem

    @property
    def client_secret(self) -> str:
        """The secret of the client that stands for Alexa."""
        return self._world.client.client_secret

    @property
    def skill(self) -> dict[str, Any]:
        """The skill's account linking as SMAPI prints it."""
        return skill_json(self._world.behaviour.console, self.client_secret)

    @property
    def linker(self) -> dict[str, Any]:
        """What belongs under ``linker`` in ``playwright.config.json``.

        Paths are absolute once :meth:`write` was called, before that relative to the folder it will be given.
        """
        world = self._world
        return linker_values(
            world.behaviour,
            vendor_id=self.vendor_id,
            ports=self._running(),
            folder=self._folder,
            hook=hook_urls(f"127.0.0.1:{self.plain_port}", world.outbox_key),
        )

    def write(self, directory: Path) -> Path:
        """Write the skill's files, ``ca.pem`` and the secret files (readable by their owner only); returns the folder.

        Raises :class:`StoreError` where it cannot be written.
        """
        folder = directory.absolute()
        world = self._world
        private = secret_files(
            self.users,
            client_secret=self.client_secret,
            former=(world.former.client_secret, world.former.refresh_token),
            outbox=self._outbox,
        )
        former = world.former.skill(world.behaviour.console)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "skill.json").write_text(json.dumps(self.skill, indent=2) + "\n", "utf-8")
            (folder / FORMER_SKILL).write_text(json.dumps(former, indent=2) + "\n", "utf-8")
            (folder / "ca.pem").write_bytes(self._root_pem)
            for name, content in private.items():
                path = folder / name
                path.touch(mode=0o600)
                path.chmod(0o600)
                path.write_text(content + "\n", "utf-8")
        except OSError as error:
            raise StoreError(
                f"the range's files cannot be written: {error.strerror or error}",
                where=str(folder),
                hint="name a folder you may write to",
            ) from error
        self._folder = folder
        return folder

    def _outbox(self, user: TestUser) -> str:
        key, to = self._world.outbox_key, quote(user.username)
        return f"http://127.0.0.1:{self.plain_port}/outbox?key={key}&to={to}"

    def storage_state(self) -> dict[str, Any]:
        """A Playwright storage state of a browser in which the first user is signed in and pressed Allow before."""
        store, user = self._world.store, self.users[0]
        store.consents.add((user.username, self._world.client.client_id))
        cookie = {
            "name": SESSION_COOKIE,
            "value": store.new_session(user.username),
            "domain": names.LOGIN,
            "path": "/",
            "expires": -1,
            "httpOnly": True,
            "secure": True,
            "sameSite": "Lax",
        }
        return {"cookies": [cookie], "origins": []}

    def _running(self) -> tuple[int, int]:
        if self._ports is None:
            raise UsageError("the practice range is not running", hint="use it inside `async with`")
        return self._ports
