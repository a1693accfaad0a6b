"""What one range is made of at one moment. Re-arming the range replaces the whole of it."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass, field
from typing import cast

from starlette.requests import Request
from starlette.responses import Response

from e2e_linker.demo.behaviour import Behaviour
from e2e_linker.demo.former import Former
from e2e_linker.demo.link_request import Client, form_fields, redirect_uris
from e2e_linker.demo.store import Store, TestUser
from e2e_linker.model import Grant, Region

__all__ = ["Backend", "World", "fields_of", "held_back", "new_world", "world_of"]

_LATE_FILE_S = 3.6
"""Seconds that a late file takes: a little more than the three a customer should have to wait."""
_MAX_BODY = 1_000_000


@dataclass(slots=True)
class Backend:
    """Where the server looks its users up."""

    down: bool = False


@dataclass(frozen=True, slots=True)
class World:
    """Behaviour, memory and the registered client, today's and the one before it."""

    behaviour: Behaviour
    store: Store
    client: Client
    outbox_key: str
    """What somebody needs to know to read the mails the range sends, or to break its backend."""
    slow_answer_s: float
    former: Former
    backend: Backend = field(default_factory=Backend)


def new_world(
    behaviour: Behaviour, *, users: tuple[TestUser, ...], vendor_id: str, client_secret: str, slow_answer_s: float
) -> World:
    """A world that has seen nobody yet."""
    console = behaviour.console
    client = Client(
        client_id=console.client_id,
        client_secret=client_secret + console.secret_tail,
        grant=console.grant,
        redirect_uris=frozenset(redirect_uris(vendor_id, console.grant).values()),
        scopes=frozenset({"profile", "lights", "openid"}),
        matches=behaviour.steps.matches_redirect_uri,
    )
    store = Store(users={user.username: user for user in users})
    former = Former()
    if console.grant is Grant.AUTH_CODE:
        former.seed(store, users[0].username, redirect_uris(vendor_id, console.grant)[Region.NA])
    return World(behaviour, store, client, secrets.token_urlsafe(12), slow_answer_s, former)


def world_of(request: Request) -> World:
    """The world a request came into."""
    return cast(World, request.scope["range.world"])


async def held_back(request: Request, name: str) -> Response | None:
    """What the file ``name`` is answered with instead; None for the file itself, though perhaps after a while."""
    match dict(world_of(request).behaviour.pages.files).get(name):
        case "unavailable":
            return Response("Service unavailable", 503, {"Cache-Control": "no-store"})
        case "late":
            await asyncio.sleep(_LATE_FILE_S)
        case "never":
            while (await request.receive())["type"] != "http.disconnect":
                continue
    return None


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
