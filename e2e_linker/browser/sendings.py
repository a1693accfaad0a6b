"""What pages ask for once something was typed and sent, and what became of the login's own request."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Sequence
from urllib.parse import quote, quote_plus

from playwright.async_api import BrowserContext, Error, Page, Request, WebSocket

from e2e_linker.browser.credentials import Credentials
from e2e_linker.browser.memory import Broken, Fate
from e2e_linker.evidence.traffic import CALLED_OFF, LOGS_IN, READING, SCRIPTED
from e2e_linker.model import host_of

__all__ = ["Sendings"]

_CARRIERS = SCRIPTED | {"document"}
_FEWEST_LETTERS = 6
"""Shorter user names stand in addresses and bodies of anything."""


class Sendings:
    """Listens to a context. :meth:`typed` and :meth:`sending` tell it when what was done."""

    def __init__(self) -> None:
        self._asked: list[Request] = []
        self._origins: dict[Request, str] = {}
        """Where the script of a request runs."""
        self._proofs: dict[Request, int] = {}
        """How well each is known for the login's own: bodies can be large, and are read once."""
        self._sent_from: int | None = None
        """How many had been asked for when something was sent; None where nothing was since the last typing."""
        self._over = True
        """Whether what is typed next begins anew."""
        self._sockets = 0

    def listen(self, context: BrowserContext) -> None:
        """Hear of every request of ``context`` from now on."""
        context.on("request", self._request)
        context.on("page", self._page)
        for page in context.pages:
            self._page(page)

    def ignore(self, context: BrowserContext) -> None:
        """Hear of no more."""
        context.remove_listener("request", self._request)
        context.remove_listener("page", self._page)
        for page in context.pages:
            page.remove_listener("websocket", self._socket)

    def typed(self) -> None:
        """Something is typed: a page may send it at once. Begins anew after what was sent before."""
        if self._over:
            self._asked.clear()
            self._origins.clear()
            self._proofs.clear()
            self._over, self._sent_from = False, None

    def sending(self) -> None:
        """Something is pressed that sends what was typed, or was typed before."""
        self.typed()
        self._over, self._sent_from = True, len(self._asked)

    def fate(self, page_url: str, account: Credentials) -> Fate:
        """What has become of it on the page at ``page_url``, into which ``account`` was typed."""
        if self._sent_from is None:
            return Fate()
        own = self._own(host_of(page_url), self._asked[self._sent_from :], account)
        broken = [_broken(request, self._origins.get(request, "")) for request in own]
        ends = [_end(request) for request in own]
        pending = any(request.existing_response is None and request.failure is None for request in ends)
        failed = broken[0] if broken and all(broken) else None
        return Fate(anything=bool(self._asked or self._sockets), pending=pending, broken=failed)

    def _own(self, host: str, asked: Sequence[Request], account: Credentials) -> list[Request]:
        """The requests of the page's script by which it logs in, going by what they hold, else by how they look."""
        since = [r for r in asked if _readable(r)]
        made = [r for r in since if r.resource_type in SCRIPTED and r.redirected_from is None]
        for request in made:
            if request not in self._proofs:
                self._proofs[request] = _proof(request, account)
        best = max((self._proofs[r] for r in made), default=0)
        if best:
            return [r for r in made if self._proofs[r] == best]
        if any(r.resource_type == "document" for r in since):
            return []
        # Others may only count what customers do, and are blocked by many: of those only the page's own site matters.
        return [r for r in made if r.method not in READING and (_akin(host_of(r.url), host) or _may_log_in(r))]

    def _request(self, request: Request) -> None:
        if request.resource_type in _CARRIERS and request.method != "OPTIONS":
            self._asked.append(request)
            with contextlib.suppress(Error):  # a service worker's own has no frame
                self._origins[request] = _origin(request.frame.url) if request.resource_type in SCRIPTED else ""

    def _page(self, page: Page) -> None:
        page.on("websocket", self._socket)

    def _socket(self, socket: WebSocket) -> None:
        # What goes over it is nobody's business here: it may be the login.
        self._sockets += 1


def _readable(request: Request) -> bool:
    """Whether its script can read the answer: no page can log in by one that it cannot. Firefox alone tells."""
    return request.headers.get("sec-fetch-mode") != "no-cors"


def _proof(request: Request, account: Credentials) -> int:
    """2 for a request that holds the password, 1 for one that holds a user name that stands nowhere by chance."""
    name = account.username.get_secret_value() if account.username else ""
    telling = len(name) >= _FEWEST_LETTERS and not name.isalpha()
    secret = account.password.get_secret_value() if account.password else ""
    for proof, value in ((2, secret), (1, name if telling else "")):
        if value and any(form.encode() in _body(request) or form in request.url for form in _spellings(value)):
            return proof
    return 0


def _body(request: Request) -> bytes:
    try:
        return request.post_data_buffer or b""
    except Error:
        return b""


def _spellings(value: str) -> Sequence[str]:
    """How a value stands in a body or an address: the engines' ways of escaping leave different signs bare."""
    texts = (json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1])
    form = quote_plus(value, safe="*").replace("~", "%7E")
    components = [quote(value, safe=bare) for bare in ("", "!*'()", "!*()")]  # an address keeps no quote bare
    return tuple(dict.fromkeys((value, *texts, quote_plus(value), form, *components)))


def _may_log_in(request: Request) -> bool:
    """Whether its address is one to log in at, where the engine does not tell what was sent."""
    return not _body(request) and LOGS_IN.search(request.url.partition("?")[0]) is not None


def _akin(host: str, other: str) -> bool:
    """Whether two hosts may belong together; more often than not this errs to the side of yes."""
    return host.rsplit(".", 2)[-2:] == other.rsplit(".", 2)[-2:]


def _end(request: Request) -> Request:
    """Where the redirects of a request have led so far."""
    while request.redirected_to is not None:
        request = request.redirected_to
    return request


def _origin(url: str) -> str:
    return "/".join(url.split("/", 3)[:3])


def _broken(first: Request, origin: str) -> Broken | None:
    request = _end(first)
    failure, response = request.failure, request.existing_response
    name = f"{request.method} {request.url.split('?', 1)[0]}"
    called_off = failure is not None and any(word in failure for word in CALLED_OFF)
    if response is not None and response.from_service_worker:
        return None
    if response is not None and response.status >= 500:
        # A page that is told so seldom reads on: it calls off the rest.
        return Broken(name, f"was answered with status {response.status}", answered=failure is None or called_off)
    if failure is not None:
        return None if called_off else Broken(name, f"failed: {failure}")
    if response is None:
        return None
    # Firefox does not tell that it keeps an answer from the script, but what the script has asked for. Others tell.
    if first.headers.get("sec-fetch-mode") != "cors":
        return None
    allowed = response.headers.get("access-control-allow-origin")
    if origin and origin != _origin(request.url) and allowed not in {"*", "null", origin}:
        return Broken(name, f"was answered without an Access-Control-Allow-Origin for {origin}")
    return None
