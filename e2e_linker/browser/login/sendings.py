"""What pages ask for once something was typed and sent, and what became of the login's own request."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import quote, quote_plus, urlsplit

from playwright.async_api import BrowserContext, Error, Page, Request, WebSocket

from e2e_linker.browser.login.credentials import Credentials
from e2e_linker.browser.login.memory import Answer, Fate
from e2e_linker.browser.login.refusing_answers import read_answer
from e2e_linker.browser.login.sent_requests import broken as broken_by
from e2e_linker.browser.login.sent_requests import denied, end_of, origin_of, refused, unauthorized, waits
from e2e_linker.evidence.traffic import LOGS_IN, READING, SCRIPTED
from e2e_linker.model import host_of

__all__ = ["Sendings"]

_CARRIERS = SCRIPTED | {"document"}
_HARMLESS = frozenset({"image", "stylesheet", "font", "media", "cspviolationreport", "preflight"})
"""Types of other requests that send nothing of what was typed."""
_PASSWORD = 2
"""How well a request that holds it is known for the login's."""
_FEWEST_LETTERS = 6
"""Shorter user names stand in addresses and bodies of anything."""


class Sendings:
    """Listens to a context. :meth:`typed` and :meth:`sending` tell it when what was done.

    ``sure_only``: a request that nothing but its time and place speak for is not the login's, whatever became of it.
    """

    def __init__(self, *, sure_only: bool = False) -> None:
        self._sure_only = sure_only
        self._asked: list[Request] = []
        self._origins: dict[Request, str] = {}
        """Where the script of a request runs."""
        self._proofs: dict[Request, int] = {}
        """How well each is known for the login's own: bodies can be large, and are read once."""
        self._answers: dict[Request, Answer | None] = {}
        """What they were refused with, each read once."""
        self._sent_from: int | None = None
        """How many had been asked for when something was sent; None where nothing was since the last typing."""
        self._over = True
        """Whether what is typed next begins anew."""
        self._sockets = 0
        self._others = 0
        """Requests of other types, beacons for one, since something was typed."""
        self._hears_sockets = False

    def listen(self, context: BrowserContext) -> None:
        """Hear of every request of ``context`` from now on."""
        self._hears_sockets = context.browser is not None and context.browser.browser_type.name == "chromium"
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
            self._answers.clear()
            self._others = 0
            self._over, self._sent_from = False, None

    def sending(self) -> None:
        """Something is pressed that sends what was typed, or was typed before."""
        self.typed()
        self._over, self._sent_from = True, len(self._asked)

    def pressed(self) -> None:
        """Something is pressed of which nobody knows what it does: where something was typed before, it may send it."""
        if not self._over:
            self.sending()

    def fate(self, page_url: str, account: Credentials, *, code: str | None = None) -> Fate:
        """What has become of it on the page at ``page_url``, into which ``account`` was typed, and at last ``code``."""
        if self._sent_from is None:
            return Fate()
        since = self._asked[self._sent_from :]
        own = self._own(host_of(page_url), since, account)
        before = {_way(request) for request in self._asked[: self._sent_from]}
        carrying = [r for r in since if _way(r) not in before and _may_carry(r, host_of(page_url), code)]
        sure = [request for request in own if self._is_sure(request)]
        broken = {request: broken_by(request, self._origins.get(request, ""), sure=request in sure) for request in own}
        named = sure or ([] if self._sure_only else own)
        anything = bool(self._asked or self._sockets)
        return Fate(
            anything=anything,
            silent=self._hears_sockets and not anything and not self._others,
            pending=any(map(waits, own)),
            sent=bool(sure),
            broken=broken[named[0]] if named and all(broken.values()) else None,
            refused=refused(sure[0]) if sure and all(map(refused, sure)) else None,
            denied=bool(sure) and all(map(denied, sure)),
            unauthorized=_turned_down(since, account),
            asked_since=bool(carrying),
            unanswered=any(map(waits, carrying)),
        )

    async def told(self, page_url: str, account: Credentials, *, code: str | None = None) -> Fate:
        """:meth:`fate`, with what the answer says by which the login's own request was refused."""
        fate = self.fate(page_url, account, code=code)
        if not fate.denied:
            return fate
        sure = [r for r in self._own(host_of(page_url), self._asked[self._sent_from :], account) if self._is_sure(r)]
        if sure[-1] not in self._answers:
            self._answers[sure[-1]] = await read_answer(end_of(sure[-1]).existing_response)
        return replace(fate, answer=self._answers[sure[-1]])

    def _is_sure(self, request: Request) -> bool:
        return bool(self._proofs[request]) or _logs_in(request)

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
                self._origins[request] = origin_of(request.frame.url) if request.resource_type in SCRIPTED else ""
        elif request.resource_type not in _HARMLESS:
            self._others += 1

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
    for proof, value in ((_PASSWORD, secret), (1, name if telling else "")):
        if value and any(form.encode() in _body(request) or form in request.url for form in _spellings(value)):
            return proof
    return 0


def _turned_down(since: Sequence[Request], account: Credentials) -> bool:
    """Whether the last page that was asked for is the answer with 401 to a form that held the password."""
    pages = [r for r in since if r.resource_type == "document" and r.is_navigation_request() and not _framed(r)]
    return bool(pages) and unauthorized(pages[-1]) and _proof(pages[-1], account) == _PASSWORD


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


def _way(request: Request) -> tuple[str, str]:
    return request.method, request.url.partition("?")[0]


def _may_carry(request: Request, host: str, code: str | None) -> bool:
    """Whether a page at ``host`` may have sent ``code`` by it. What is written of each key may be another thing."""
    if request.resource_type == "document":
        return request.is_navigation_request() and not _framed(request)
    spelt = ".{0,24}?".join(map(re.escape, code or ""))
    if spelt and re.search(spelt, request.url.partition("?")[2]):
        return True
    if request.method in READING or not _akin(host_of(request.url), host):
        return False
    body = _body(request).decode(errors="replace")
    return not body or re.search(spelt, body, re.DOTALL) is not None


def _framed(request: Request) -> bool:
    try:
        return request.frame.parent_frame is not None
    except Error:  # a window that is only about to open
        return False


def _may_log_in(request: Request) -> bool:
    """Whether its address is one to log in at, where the engine does not tell what was sent."""
    return not _body(request) and LOGS_IN.search(request.url.partition("?")[0]) is not None


def _logs_in(request: Request) -> bool:
    """Whether its address ends in a word for logging in: under such a word servers keep anything."""
    return LOGS_IN.search(urlsplit(request.url).path.rstrip("/").rpartition("/")[2]) is not None


def _akin(host: str, other: str) -> bool:
    """Whether two hosts may belong together; more often than not this errs to the side of yes."""
    return host.rsplit(".", 2)[-2:] == other.rsplit(".", 2)[-2:]
