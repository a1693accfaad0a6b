"""Servers and clients on loopback for the browser tests."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import ipaddress
import shutil
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar

import pytest
import pytest_asyncio
import uvicorn
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from playwright.async_api import Browser, Page, async_playwright
from starlette.requests import Request as WebRequest
from starlette.responses import HTMLResponse, Response

from e2e_linker.alexa.authorization import authorization
from e2e_linker.browser.device import Device
from e2e_linker.browser.engines import Browsers, Engine, find_engine
from e2e_linker.browser.network import LoopbackProxy, Upstream
from e2e_linker.browser.pages.digest import install_digest
from e2e_linker.browser.plan import Settle, WalkPlan
from e2e_linker.browser.session import walk
from e2e_linker.browser.settings import device_settings
from e2e_linker.browser.vouching import Vouching
from e2e_linker.config.projects import Use
from e2e_linker.evidence.models import Walk
from e2e_linker.evidence.redact import SecretRegistry
from e2e_linker.model import Grant, Region

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Served:
    """A server on loopback that counts who came."""

    port: int
    visits: int = 0


@dataclass
class Line:
    """A raw client connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def head(self) -> str:
        return (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1")

    def abort(self) -> None:
        self.writer.transport.abort()

    async def rest(self) -> bytes:
        return await self.reader.read()

    async def connect(self, target: str) -> str:
        """Ask the proxy for a tunnel; the status line of its answer, or of nothing."""
        await self.send(f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n".encode())
        return (await self.head()).partition("\r\n")[0]


@pytest.fixture
async def serve() -> AsyncIterator[Callable[..., Awaitable[Served]]]:
    """Start a server from a coroutine function on streams; all are stopped at the end."""
    async with contextlib.AsyncExitStack() as stack:

        async def start(handler: Handler, **more: Any) -> Served:
            tasks: set[asyncio.Task[None]] = set()

            async def run(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                try:
                    await handler(reader, writer)
                except (OSError, asyncio.IncompleteReadError):
                    pass
                finally:
                    writer.close()

            def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                served.visits += 1
                task = asyncio.create_task(run(reader, writer))
                tasks.add(task)
                task.add_done_callback(tasks.discard)

            async def stop() -> None:
                server.close()
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
                await server.wait_closed()

            server = await asyncio.start_server(accept, **{"host": "127.0.0.1", "port": 0, **more})
            served = Served(server.sockets[0].getsockname()[1])
            stack.push_async_callback(stop)
            return served

        yield start


@pytest.fixture
async def proxy() -> AsyncIterator[Callable[..., Awaitable[LoopbackProxy]]]:
    """Open proxies: ``await proxy(refused={"host"}, resolve={...}, upstream=...)``; all are closed at the end."""
    async with contextlib.AsyncExitStack() as stack:

        async def start(
            *,
            refused: frozenset[str] | set[str] = frozenset(),
            resolve: Mapping[str, str] | None = None,
            upstream: Upstream | None = None,
            **more: Any,
        ) -> LoopbackProxy:
            made = LoopbackProxy(
                refuse=lambda host, port: host in refused, resolve=resolve or {}, upstream=upstream, **more
            )
            return await stack.enter_async_context(made)

        yield start


@pytest.fixture
async def line() -> AsyncIterator[Callable[..., Awaitable[Line]]]:
    """Connect to a proxy (or a port) as a raw client; all connections are closed at the end."""
    async with contextlib.AsyncExitStack() as stack:

        async def start(to: LoopbackProxy | int) -> Line:
            port = to if isinstance(to, int) else int(to.url.rpartition(":")[2])
            made = Line(*await asyncio.open_connection("127.0.0.1", port))
            stack.callback(made.abort)
            return made

        yield start


@dataclass(frozen=True)
class Certificate:
    """A self-signed certificate on disk, and contexts for both ends that agree on it."""

    cert: Path
    key: Path

    def server(self, *alpn: str) -> ssl.SSLContext:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.cert, self.key)
        context.set_alpn_protocols(list(alpn))
        return context

    def client(self, *alpn: str) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=str(self.cert))
        context.set_alpn_protocols(list(alpn))
        return context


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """A certificate for ``login.example.com`` and 127.0.0.1."""
    folder = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "login.example.com")])
    now = datetime.datetime.now(datetime.UTC)
    alternatives = x509.SubjectAlternativeName(
        [x509.DNSName("login.example.com"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    )
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(alternatives, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    paths = folder / "cert.pem", folder / "key.pem"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return Certificate(*paths)


REDIRECT_URI = "https://pitangui.amazon.com/api/skill/link/M2AAAAAAAAAAAA"


class Site:
    """A web server for ``login.example.com`` (and any other name a phone resolves to it), page by page."""

    def __init__(self) -> None:
        self.port = 0
        self.answers: dict[str, Callable[[Any], Awaitable[Response]]] = {}
        self.seen: list[tuple[str, dict[str, str]]] = []

    def on(self, path: str, answer: Callable[[Any], Awaitable[Response]]) -> None:
        self.answers[path] = answer

    def page(self, path: str, html: str = "", *, status: int = 200, headers: Mapping[str, str] | None = None) -> None:
        async def answer(_: Any) -> Response:
            return HTMLResponse(html, status, headers)

        self.on(path, answer)

    def redirect(self, path: str, target: str, *, status: int = 302, cookies: tuple[str, ...] = ()) -> None:
        async def answer(_: Any) -> Response:
            response = Response(status_code=status, headers={"location": target})
            for cookie in cookies:
                response.headers.append("set-cookie", cookie)
            return response

        self.on(path, answer)

    def headers(self, path: str) -> dict[str, str]:
        """The headers of the last request for ``path``."""
        return next(headers for seen, headers in reversed(self.seen) if seen == path)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1000})
            return
        request = WebRequest(scope, receive)
        self.seen.append((request.url.path, dict(request.headers)))
        answer = self.answers.get(request.url.path)
        response = await answer(request) if answer else Response(status_code=404)
        await response(scope, receive, send)


class _Quiet(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def site(certificate: Certificate) -> AsyncIterator[Site]:
    """A TLS server whose pages a test writes itself."""
    made = Site()
    # asyncio switches Nagle's delay off only where the socket names its protocol.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    made.port = listener.getsockname()[1]
    config = uvicorn.Config(
        made,
        ssl_certfile=certificate.cert,
        ssl_keyfile=certificate.key,
        lifespan="off",
        log_level="critical",
        ws="wsproto",
    )
    server = _Quiet(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    yield made
    server.should_exit = server.force_exit = True
    await serving
    listener.close()


class Waiting:
    """A login that has nothing to do but to wait for the answer."""

    def __init__(self, **_: Any) -> None: ...

    async def run(self, windows: Any, arrived: asyncio.Event) -> None:
        await arrived.wait()


@dataclass
class Phone:
    """Walks on one engine: ``await phone.walk("/authorize")``."""

    waiting: ClassVar[type[Waiting]] = Waiting
    browsers: Browsers
    engine: Engine
    site: Site
    amazon: Served
    elsewhere: dict[str, str]
    registry: SecretRegistry = field(default_factory=SecretRegistry)
    pictures: dict[str, bytes] = field(default_factory=dict)
    vouching: Vouching | None = None

    @contextlib.asynccontextmanager
    async def device(self, **use: Any) -> AsyncIterator[Device]:
        wanted = Use(**{"ignore_https_errors": True} | use)
        settings = device_settings(wanted, self.browsers.playwright.devices, self.engine.name)
        settings = replace(settings, vouching=self.vouching)
        hosts = ("login.example.com", "www.example.com", "cdn.example.com")
        resolve = dict.fromkeys(hosts, f"127.0.0.1:{self.site.port}")
        resolve |= {"pitangui.amazon.com": f"127.0.0.1:{self.amazon.port}"} | self.elsewhere
        browser = await self.browsers.get(self.engine)
        async with Device.open(
            browser,
            self.engine,
            settings,
            refuse=lambda host, port: host.endswith("amazon.com"),
            resolve=resolve,
            upstream=None,
        ) as device:
            yield device

    def plan(self, path: str, **plan: Any) -> WalkPlan:
        asked = authorization(
            endpoint=path if "://" in path else f"https://login.example.com{path}",
            client_id="alexa",
            grant=Grant.AUTH_CODE,
            region=Region.NA,
            redirect_uri=REDIRECT_URI,
        )
        short = Settle(quiet_s=0.3, at_most_s=3)
        given = {"id": "w", "redirect_uris": (REDIRECT_URI,), "deadline_s": 20, "settle": short, **plan}
        return WalkPlan(authorization=asked, **given)

    def keep(self, picture: bytes, name: str) -> str:
        self.pictures[name] = picture
        return f"screens/{name}"

    async def on(self, device: Device, path: str, **plan: Any) -> Walk:
        return await walk(device, self.plan(path, **plan), registry=self.registry, sink=self.keep)

    async def walk(self, path: str, use: Mapping[str, Any] | None = None, **plan: Any) -> Walk:
        async with self.device(**(use or {})) as device:
            return await self.on(device, path, **plan)


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["chromium", "firefox"])
async def browser(request: pytest.FixtureRequest) -> AsyncIterator[Browser]:
    """Each engine of this machine, driven without anything else of the tool."""
    async with async_playwright() as playwright:
        for _ in range(2):  # as by two who do not know of each other
            await install_digest(playwright)
        if request.param == "chromium":
            path = shutil.which("chromium-headless-shell") or shutil.which("chromium")
            kind, channel = playwright.chromium, None
        else:
            path, kind, channel = shutil.which("firefox-esr"), playwright.firefox, "moz-firefox"
        if path is None:
            pytest.skip(f"no {request.param} on this machine")
        launched = await kind.launch(executable_path=path, channel=channel)
        yield launched
        await launched.close()


@pytest_asyncio.fixture(loop_scope="module")
async def own_page(browser: Browser) -> AsyncIterator[Page]:
    """An empty page as wide as a phone, in a context that no other test has seen."""
    context = await browser.new_context(viewport={"width": 400, "height": 600})
    yield await context.new_page()
    await context.close()


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def _tab(browser: Browser) -> AsyncIterator[Page]:
    context = await browser.new_context(viewport={"width": 400, "height": 600})
    yield await context.new_page()
    await context.close()


@pytest_asyncio.fixture(loop_scope="module")
async def page(_tab: Page) -> Page:
    """An empty page as wide as a phone, in the one tab of a module: Firefox starts a process for each new one."""
    await _tab.goto("about:blank")
    return _tab


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def running() -> AsyncIterator[Browsers]:
    """The browsers of a module's tests; each is started once, where a test asks for it."""
    async with Browsers() as browsers:
        await install_digest(browsers.playwright)
        yield browsers


@pytest_asyncio.fixture(loop_scope="module")
async def phones(running: Browsers, site: Site) -> AsyncIterator[Callable[[str], Awaitable[Phone]]]:
    """Phones by engine. Behind Alexa's host name listens a server that counts who comes."""
    reached = Served(0)

    def came(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        reached.visits += 1
        writer.close()

    amazon = await asyncio.start_server(came, "127.0.0.1", 0)
    reached.port = amazon.sockets[0].getsockname()[1]
    site.answers.clear()
    site.seen.clear()

    async def phone(name: Any) -> Phone:
        engine = find_engine(name)
        if engine is None:
            pytest.skip(f"{name} is not on this machine")
        return Phone(running, engine, site, reached, {})

    yield phone
    amazon.close()
    await amazon.wait_closed()


@pytest_asyncio.fixture(loop_scope="module")
async def phone(phones: Callable[[str], Awaitable[Phone]]) -> Phone:
    """A phone on Chromium."""
    return await phones("chromium")
