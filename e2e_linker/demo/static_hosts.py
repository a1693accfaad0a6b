"""The hosts that only hand out files: scripts and style sheets, the icon font, pictures."""

from __future__ import annotations

import struct
import zlib
from collections.abc import AsyncIterator
from functools import cache
from importlib.resources import files

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from e2e_linker.demo.font import bulb_font
from e2e_linker.demo.names import FONTS
from e2e_linker.demo.world import held_back, world_of

__all__ = ["asset", "favicon", "font_css", "font_file", "me", "named", "pixel", "poster"]

_KINDS = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml"}
_FOR_AN_HOUR = {
    "Cache-Control": "public, max-age=3600",
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "X-Content-Type-Options": "nosniff",
}
_PIXEL = b'<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'
_FONT_CSS = f"""@font-face {{
  font-family: "Bulb Icons";
  src: url("https://{FONTS}/bulb-icons.ttf") format("truetype");
  font-display: block;
  unicode-range: U+E000;
}}
"""


@cache
def _file(name: str) -> bytes | None:
    resource = files("e2e_linker.demo").joinpath("assets", name)
    return resource.read_bytes() if resource.is_file() else None


def named(name: str) -> Response:
    """The asset ``name``, or 404."""
    content = _file(name)
    if content is None:
        return Response("Not found", 404)
    return Response(content, headers={**_FOR_AN_HOUR, "Content-Type": _KINDS[name.rpartition(".")[2]]})


async def asset(request: Request) -> Response:
    """``GET /{name}``: a file of the package's ``assets`` folder."""
    name = request.path_params["name"]
    return await held_back(request, name) or named(name)


async def favicon(request: Request) -> Response:
    """``GET /favicon.ico``."""
    return named("favicon.svg")


async def pixel(request: Request) -> Response:
    """``GET /pixel.svg``: a picture of nothing."""
    return Response(_PIXEL, headers={**_FOR_AN_HOUR, "Content-Type": _KINDS["svg"], "Cache-Control": "no-cache"})


async def poster(request: Request) -> Response:
    """``GET /poster.png``: one black dot in a valid PNG of 50 MB."""
    return StreamingResponse(_poster(), media_type="image/png", headers=_FOR_AN_HOUR)


async def _poster() -> AsyncIterator[bytes]:
    yield b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    padding = _chunk(b"bulB", bytes(1_000_000))
    for _ in range(50):
        yield padding
    yield _chunk(b"IDAT", zlib.compress(b"\0\0")) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


async def font_css(request: Request) -> Response:
    """``GET /css``: the style sheet that names the font file."""
    return Response(_FONT_CSS, headers={**_FOR_AN_HOUR, "Content-Type": _KINDS["css"]})


@cache
def _font() -> bytes:
    return bulb_font()


async def font_file(request: Request) -> Response:
    """``GET /bulb-icons.ttf``."""
    late = await held_back(request, "bulb-icons.ttf")
    return late or Response(_font(), headers={**_FOR_AN_HOUR, "Content-Type": "font/ttf"})


async def me(request: Request) -> Response:
    """``GET /me`` of the resource server: who the bearer token belongs to (RFC 6750)."""
    world = world_of(request)
    store = world.store
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return _unauthorized("Bearer")
    found = store.live(store.access, token.strip())
    if found is None or not world.behaviour.tokens.keeps(store.turn_of(token.strip())):
        return _unauthorized('Bearer error="invalid_token", error_description="unknown or expired"')
    if world.behaviour.tokens.access_ends == "when the next is used":
        store.end_access(found.grant, but=found)
    body = {"sub": found.grant.username, "scope": found.scope}
    return JSONResponse(body, headers={"Cache-Control": "no-store"})


def _unauthorized(challenge: str) -> Response:
    return JSONResponse({"error": "invalid_token"}, 401, {"WWW-Authenticate": challenge, "Cache-Control": "no-store"})
