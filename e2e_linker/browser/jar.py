"""The cookies that a browser holds, as evidence: what they are called and how large they are, never their values."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from playwright.async_api import BrowserContext, Cookie, Error

from e2e_linker.evidence.parts import Failed, Part, Present
from e2e_linker.evidence.redact import SecretRegistry
from e2e_linker.evidence.traffic import JarCookie

__all__ = ["cookies_held"]


async def cookies_held(
    context: BrowserContext, addresses: Sequence[str] | None, registry: SecretRegistry, *, within_s: float
) -> Part[tuple[JarCookie, ...]]:
    """The cookies of ``context`` for ``addresses``, or all; the secrets in their values are registered."""
    try:
        async with asyncio.timeout(within_s):
            cookies = await context.cookies(addresses)
    except (Error, TimeoutError):
        return Failed(error="the browser did not hand out its cookies")
    # Whoever else asked with this jar may not have said what it was given, and a path may hold a cookie's value.
    registry.register_headers(("set-cookie", f"{one['name']}={one['value']}") for one in cookies)
    return Present(value=tuple(_jar_cookie(cookie) for cookie in cookies))


def _jar_cookie(cookie: Cookie) -> JarCookie:
    name, value = cookie["name"], cookie["value"]
    return JarCookie(
        name=name,
        domain=cookie["domain"],
        path=cookie["path"],
        size=len(name.encode()) + len(value.encode()),
        secure=cookie["secure"],
        http_only=cookie["httpOnly"],
        same_site=cookie.get("sameSite"),
    )
