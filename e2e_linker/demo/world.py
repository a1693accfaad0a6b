"""What one range is made of at one moment. Re-arming the range replaces the whole of it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import cast

from starlette.requests import Request

from e2e_linker.demo.behaviour import Behaviour
from e2e_linker.demo.link_request import Client, form_fields, redirect_uris
from e2e_linker.demo.store import Store, TestUser

__all__ = ["World", "fields_of", "new_world", "world_of"]

_MAX_BODY = 1_000_000


@dataclass(frozen=True, slots=True)
class World:
    """Behaviour, memory and the one registered client."""

    behaviour: Behaviour
    store: Store
    client: Client
    outbox_key: str
    """What somebody needs to know to read the mails the range sends."""
    slow_answer_s: float


def new_world(
    behaviour: Behaviour, *, users: tuple[TestUser, ...], vendor_id: str, client_secret: str, slow_answer_s: float
) -> World:
    """A world that has seen nobody yet."""
    console = behaviour.console
    client = Client(
        client_id=console.client_id,
        client_secret=client_secret,
        grant=console.grant,
        redirect_uris=frozenset(redirect_uris(vendor_id, console.grant).values()),
        scopes=frozenset({"profile", "lights", "openid"}),
    )
    store = Store(users={user.username: user for user in users})
    return World(behaviour, store, client, secrets.token_urlsafe(12), slow_answer_s)


def world_of(request: Request) -> World:
    """The world a request came into."""
    return cast(World, request.scope["range.world"])


async def fields_of(request: Request) -> list[tuple[str, str]]:
    """The fields of a posted form, in order. A body of another kind, or a huge one, has none."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        return []
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MAX_BODY:
            return []
    try:
        return form_fields(body.decode("utf-8", "replace"))
    except ValueError:
        return []
