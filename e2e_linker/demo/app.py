"""One ASGI application for all hosts: finds the world and the host's routes, and keeps the record of requests."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import formatdate

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from e2e_linker.demo import account, authorize, federation, login, names, outage, static_hosts, tokens
from e2e_linker.demo.answer import not_answerable, refused
from e2e_linker.demo.former import FORMER_TOKEN_PATH
from e2e_linker.demo.head_limits import Farewell, verdict
from e2e_linker.demo.link_request import NotAnswerable, Refused
from e2e_linker.demo.world import World, world_of

__all__ = ["RangeApp", "Seen"]


@dataclass(frozen=True, slots=True)
class Seen:
    """One request. ``status`` is 0 where the connection ended without an answer."""

    method: str
    host: str
    path: str
    status: int


class RangeApp:
    """The ASGI application. ``current`` gives the world each new request comes into."""

    def __init__(self, current: Callable[[], World], hang_up: Callable[[Scope, bytes], None]) -> None:
        self.requests_seen: list[Seen] = []
        self._current = current
        self._hang_up = hang_up
        self._hosts = _hosts()
        self._plain_hosts = {names.LINKS: _site(Route("/sign-in", _hop)), "127.0.0.1": _own_host()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        host = Request(scope).headers.get("host", "").partition(":")[0].lower()
        world = self._current()
        scope["range.world"] = world
        scope["range.hang_up"] = lambda last_words: self._hang_up(scope, last_words)
        noted = False

        def note(status: int) -> None:
            nonlocal noted
            noted = True
            self.requests_seen.append(Seen(scope["method"], host, scope["path"], status))

        async def dated(message: Message) -> None:
            if message["type"] == "http.response.start":
                note(message["status"])
                message["headers"] = [*message["headers"], (b"date", formatdate(usegmt=True).encode())]
            await send(message)

        app = self._app(scope, host, world)
        if isinstance(app, Farewell):
            note(app.answer.status)
        try:
            await app(scope, receive, dated)
        except asyncio.CancelledError:
            return  # the range is stopping and has cut the connection
        finally:
            if not noted:
                note(0)

    def _app(self, scope: Scope, host: str, world: World) -> ASGIApp:
        if scope["scheme"] == "http":
            secure = RedirectResponse(f"https://{host}{scope['path']}", 301)
            return self._plain_hosts.get(host, secure)
        if host == names.LOGIN:
            if world.behaviour.steps.takes_https_for_http:
                return RedirectResponse(str(Request(scope).url), 301)
            refusal = verdict(world.behaviour.head_limits, scope)
            if refusal is not None:
                return refusal
        return self._hosts.get(host, PlainTextResponse("Misdirected request", 421))


async def _not_answerable(request: Request, problem: Exception) -> Response:
    assert isinstance(problem, NotAnswerable)
    return not_answerable(request, problem)


async def _refused(request: Request, refusal: Exception) -> Response:
    assert isinstance(refusal, Refused)
    return refused(request, refusal)


async def _hop(request: Request) -> Response:
    return RedirectResponse(f"https://{names.LOGIN}/sign-in?{request.url.query}", 302)


async def _outbox(request: Request) -> Response:
    world = world_of(request)
    if request.query_params.get("key") != world.outbox_key:
        return PlainTextResponse("wrong key", 403)
    return PlainTextResponse(world.store.last_mail.get(request.query_params.get("to", ""), ""))


def _site(*routes: Route) -> Starlette:
    return Starlette(
        routes=[*routes, Route("/favicon.ico", static_hosts.favicon)],
        exception_handlers={NotAnswerable: _not_answerable, Refused: _refused},
    )


def _file(path: str, name: str) -> Route:
    async def answer(request: Request) -> Response:
        return static_hosts.named(name)

    return Route(path, answer)


def _hosts() -> dict[str, ASGIApp]:
    pictures = _site(Route("/pixel.svg", static_hosts.pixel))
    return {
        names.LOGIN: _login_host(),
        names.OAUTH: _site(
            Route("/token", tokens.token, methods=["POST"]),
            Route("/token", tokens.token_by_get),
            Route(FORMER_TOKEN_PATH, tokens.token, methods=["POST"]),
            Route("/introspect", tokens.introspect, methods=["POST"]),
            Route("/revoke", tokens.revoke, methods=["POST"]),
        ),
        names.API: _site(Route("/me", static_hosts.me), Route("/login", login.post_to_api, methods=["POST"])),
        names.STATIC: _site(Route("/{name}", static_hosts.asset)),
        names.IMAGES: _site(_file("/hero.svg", "hero.svg"), Route("/poster.png", static_hosts.poster)),
        names.FONTS: _site(
            Route("/css", static_hosts.font_css),
            Route("/bulb-icons.ttf", static_hosts.font_file),
        ),
        names.HOMEPASS: _site(
            Route("/authorize", federation.provider_login),
            Route("/login", federation.provider_post, methods=["POST"]),
            Route("/session", federation.provider_session),
            _file("/session.js", "session.js"),
            _file("/framed.js", "framed.js"),
            _file("/send.js", "send.js"),
            _file("/button.svg", "homepass.svg"),
            _file("/site.css", "site.css"),
        ),
        **dict.fromkeys((*names.SHARDS, *names.PARTNERS, *names.PARTS), pictures),
    }


def _own_host() -> Starlette:
    return _site(
        Route("/outbox", _outbox),
        Route("/backend/break", outage.break_backend, methods=["POST"]),
        Route("/backend/mend", outage.mend_backend, methods=["POST"]),
    )


def _login_host() -> Starlette:
    return _site(
        Route("/authorize", authorize.authorize),
        Route("/sign-in", authorize.authorize),
        Route("/login", login.post_login, methods=["POST"]),
        Route("/login/window", login.login_window),
        Route("/verify", login.post_verify, methods=["POST"]),
        Route("/consent", authorize.consent),
        Route("/consent", authorize.post_consent, methods=["POST"]),
        Route("/federated/start", federation.start),
        Route("/federated/callback", federation.callback, methods=["GET", "POST"]),
        Route("/signup", account.signup),
        Route("/signup", account.post_signup, methods=["POST"]),
        Route("/recover", account.recover),
        Route("/recover", account.post_recover, methods=["POST"]),
        Route("/captcha", account.post_captcha, methods=["POST"]),
        _file("/captcha.svg", "captcha.svg"),
        _file("/reload.js", "reload.js"),
        _file("/worker.js", "worker.js"),
        Route("/poll", account.poll),
        Route("/home", account.home),
        Route("/privacy", account.legal),
        Route("/terms", account.legal),
        Route("/.well-known/oauth-authorization-server", account.metadata),
    )
