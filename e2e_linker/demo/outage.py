"""The hook that breaks the range's user backend and mends it again. It listens on loopback alone, and wants a key."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from e2e_linker.demo.world import world_of

__all__ = ["break_backend", "hook_urls", "mend_backend"]


def hook_urls(plain: str, key: str) -> dict[str, str]:
    """What belongs under ``linker.faultHook``. ``plain`` is the address without TLS."""
    return {action: f"http://{plain}/backend/{action}?key={key}" for action in ("break", "mend")}


async def break_backend(request: Request) -> Response:
    """``POST /backend/break``: from now on users cannot be looked up."""
    return _set(request, down=True)


async def mend_backend(request: Request) -> Response:
    """``POST /backend/mend``: they can again."""
    return _set(request, down=False)


def _set(request: Request, *, down: bool) -> Response:
    world = world_of(request)
    if request.query_params.get("key") != world.outbox_key:
        return PlainTextResponse("wrong key", 403)
    world.backend.down = down
    return PlainTextResponse("down" if down else "up")
