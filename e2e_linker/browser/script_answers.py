"""What the scripts of a page are answered, read for the tokens in it: a script may put one anywhere it likes later on.

Nothing of it is kept. A page that moves on takes the answers to its scripts with it. So the browser is asked to hold
them a little longer, and the driver for each as soon as its headers have come: it is at hand at its end.
"""

from __future__ import annotations

import asyncio

from playwright.async_api import BrowserContext, CDPSession, Request, Response

from e2e_linker.browser.background import Background
from e2e_linker.browser.handlers import Handler
from e2e_linker.browser.windows import Windows
from e2e_linker.evidence.answer_secrets import secrets_in_answer
from e2e_linker.evidence.headers import media_type
from e2e_linker.evidence.redact import SecretRegistry

__all__ = ["ScriptAnswers"]

_MOST = 200
"""Answers that are read in a walk: a page may ask for something again and again."""
_LARGEST = 64 * 1024
"""Bytes of an answer that is read; what brings a token is far smaller."""
_LARGEST_UNPACKED = 256 * 1024
_HELD = 4 * 1024 * 1024
"""Bytes of answers that Chromium holds outside of the page, the newest ones."""


class ScriptAnswers:
    """Registers the secrets in the JSON that the pages of a walk fetch."""

    def __init__(self, windows: Windows, background: Background, registry: SecretRegistry) -> None:
        self._windows = windows
        self._background = background
        self._registry = registry
        self._left = _MOST
        self._coming: dict[Request, asyncio.Future[bytes]] = {}
        self._handler = Handler(self._answered)

    def hold(self, session: CDPSession) -> None:
        """Have the answers to the page of ``session`` outlive it; a Chromium that does not know how lets them go."""
        limits = {"maxTotalBufferSize": _HELD, "maxResourceBufferSize": _LARGEST_UNPACKED}
        self._background.start(session.send("Network.configureDurableMessages", limits))

    def listen(self, context: BrowserContext) -> None:
        """Listen to all answers in ``context``."""
        context.on("response", self._handler)

    def ignore(self, context: BrowserContext) -> None:
        """Stop listening. What has come to its end is still read; a stream need not have one."""
        context.remove_listener("response", self._handler)
        for request, body in self._coming.items():
            if request.timing["responseEnd"] < 0:
                body.cancel()

    def _answered(self, response: Response) -> None:
        if not self._left or self._windows.is_foreign(response.request):
            return
        if (small := _is_small(response)) is not None:
            self._left -= 1
            self._background.start(self._read(response, small=small))

    async def _read(self, response: Response, *, small: bool) -> None:
        request = response.request
        self._coming[request] = asyncio.ensure_future(_body(response, small=small))
        try:
            data = await self._coming[request]
        finally:
            del self._coming[request]
        if len(data) <= _LARGEST_UNPACKED:
            self._registry.register_all(secrets_in_answer(data))


async def _body(response: Response, *, small: bool) -> bytes:
    if not small and (await response.request.sizes())["responseBodySize"] > _LARGEST:
        return b""
    return await response.body()


def _is_small(response: Response) -> bool | None:
    """Whether an answer to a script needs no asking how large it is; None where it is none, or not to be read."""
    request, headers = response.request, response.headers
    if request.resource_type not in {"xhr", "fetch"} or request.method == "HEAD" or not response.ok:
        return None
    only_asked = request.method == "GET"
    kind = media_type(headers.get("content-type"))
    # Some servers call all that they answer text or a page.
    if not kind.endswith("json") and (only_asked or kind not in {"", "text/plain", "text/html"}):
        return None
    length = headers.get("content-length", "")
    if length.isdigit():
        # Asking takes a moment, in which the window may be gone.
        return True if 0 < int(length) <= _LARGEST else None
    return False
