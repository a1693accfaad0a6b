"""Look-alikes that a plain request settles, and those for which a page is opened after all.

The server is real, and so is the HTTP client, the driver's own. Of the walker there is only what is asked of it: that
it is to open a page is noted.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import Error

from e2e_linker.alexa.authorization import authorization
from e2e_linker.alexa.look_alikes import look_alikes
from e2e_linker.evidence.redact import SecretRegistry
from e2e_linker.model import Grant, Region
from e2e_linker.run.look_alike_probes import ask_for_look_alikes

pytestmark = pytest.mark.asyncio(loop_scope="session")

ALEXA = "https://pitangui.amazon.com/api/skill/link/M2AAAAAAAAAAAA"
KINDS = {each.uri: each.kind for each in look_alikes(ALEXA)}
CODE = "SplxlOBeZQQYbYS6WxSbIA"
JAR = {"cookies": [], "origins": [{"origin": "https://login.example.com", "localStorage": []}]}
GIVEN = f"HTTP/1.1 302 Found\r\nLocation: {ALEXA}?code={CODE}\r\nContent-Length: 0\r\n\r\n"


def page(status, text="<title>Error</title>"):
    return f"HTTP/1.1 {status} -\r\nContent-Type: text/html\r\nContent-Length: {len(text)}\r\n\r\n{text}"


def sent_to(url):
    return f"HTTP/1.1 302 Found\r\nLocation: {url}\r\nContent-Length: 0\r\n\r\n"


@dataclass
class Server:
    """Answers the registered redirect URI with each of ``registered`` in turn, the last again and again."""

    registered: list[str] = field(default_factory=lambda: [GIVEN])
    others: dict[str, str | None] = field(default_factory=dict)
    """By kind of look-alike; None hangs. A plain refusal for the rest."""
    port: int = 0
    asked: list[str] = field(default_factory=list)
    """The kinds of the look-alikes that were asked for, ``registered`` among them."""
    hanging: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, reader, writer):
        line = (await reader.readuntil(b"\r\n\r\n")).decode().split()[1]
        uri = parse_qs(urlsplit(line).query)["redirect_uri"][0]
        kind = KINDS.get(uri, "registered")
        self.asked.append(kind)
        if uri == ALEXA:
            text = self.registered.pop(0) if len(self.registered) > 1 else self.registered[0]
        else:
            text = self.others.get(kind, page(400))
        if text is None:
            self.hanging.set()
            await reader.read()
        else:
            writer.write(text.replace("\r\n", "\r\nConnection: close\r\n", 1).encode())
            await writer.drain()
        writer.close()


class Desk:
    """A walker of which pages are noted, and a server beside it."""

    def __init__(self, client, server):
        self.registry = SecretRegistry()
        self.plan = SimpleNamespace(id="phone-na", redirect_uri=ALEXA)
        self.told = []
        self.shared = SimpleNamespace(
            arrivals=(ALEXA, "https://pitangui.amazon.com/"),
            refuse=lambda host, port: host.endswith(("amazon.com", "evil.example")),
            registry=self.registry,
            tell=self.told.append,
        )
        self.deadline_s, self.patience_s = 20.0, 15.0
        self.kept, self.paged, self.jars = [], [], []
        self.lost = False
        self.pages = 0
        self.go_on, self.three = asyncio.Event(), asyncio.Event()
        self.go_on.set()
        self._client = client
        self._endpoint = f"http://127.0.0.1:{server.port}/authorize"

    def authorization(self, *, redirect_uri=ALEXA):
        return authorization(
            endpoint=self._endpoint,
            client_id="alexa",
            grant=Grant.AUTH_CODE,
            region=Region.NA,
            redirect_uri=redirect_uri,
        )

    @asynccontextmanager
    async def open_device(self, jar):
        self.jars.append(jar)
        context = SimpleNamespace(request=self._client, cookies=self._cookies)
        yield SimpleNamespace(context=context, settings=SimpleNamespace(locale="en-US"))

    async def _cookies(self, _):
        if self.lost:
            raise Error("Target page, context or browser has been closed")
        return []

    @asynccontextmanager
    async def apart(self, opening):
        async with opening:
            yield self

    async def walk(self, name, purpose, *, variation, request, glance):
        assert (purpose, glance) == ("unknown_redirect", True)
        self.pages += 1
        if self.pages == 3:
            self.three.set()
        await self.go_on.wait()
        assert name == f"unknown-{variation['look_alike'].replace(' ', '-')}"
        assert request.request.redirect_uri == variation["redirect_uri"]
        self.paged.append(variation["look_alike"])

    def ask(self):
        def keep(walk):
            if walk is not None:
                self.kept.append(walk)

        return ask_for_look_alikes(self, keep, self.open_device, JAR)

    @property
    def settled(self):
        """How each look-alike ended that was settled without a page, by kind."""
        return {walk.variation["look_alike"]: walk.ending.kind for walk in self.kept}


@pytest_asyncio.fixture(loop_scope="session")
async def client(browsers):
    """The driver's HTTP client, without a browser."""
    made = await browsers.playwright.request.new_context()
    yield made
    await made.dispose()


@pytest_asyncio.fixture(loop_scope="session")
async def desk(client):
    """``desk(server)``: a desk whose server runs."""
    running = []

    async def start(server):
        listening = await asyncio.start_server(server, "127.0.0.1", 0)
        running.append(listening)
        server.port = listening.sockets[0].getsockname()[1]
        return Desk(client, server)

    yield start
    for each in running:
        each.close()
        await each.wait_closed()


ALL = set(KINDS.values())


@pytest.mark.parametrize(("given", "said"), [(GIVEN, "an answer for Alexa"), (page(200, "<form></form>"), "a page")])
async def test_a_server_that_refuses_all_is_asked_for_no_page(desk, given, said):
    server = Server(registered=[given])
    made = await desk(server)
    await made.ask()
    assert (made.settled, made.paged) == (dict.fromkeys(ALL, "dead_end"), [])
    assert (server.asked[0], server.asked[-1], set(server.asked[1:-1])) == ("registered", "registered", ALL)
    assert made.jars == [{"cookies": [], "origins": []}]
    assert all(walk.gaps[-1].endswith(f"was answered with {said}.") for walk in made.kept)
    assert sorted(event.doing for event in made.told) == sorted(walk.id.replace("-", " ") for walk in made.kept)


async def test_what_the_registered_uri_brings_is_a_secret_and_no_arrival(desk):
    made = await desk(Server())
    await made.ask()
    assert made.registry.redact(CODE) == "<code#1>"
    assert all(walk.arrivals.value == () for walk in made.kept)
    assert len({walk.id for walk in made.kept}) == len(ALL)


async def test_a_redirect_to_a_look_alike_is_settled_too(desk):
    uris = {kind: uri for uri, kind in KINDS.items()}
    kind = "user information"
    made = await desk(Server(others={kind: sent_to(f"{uris[kind]}?code={CODE}2")}))
    await made.ask()
    assert (made.settled, made.paged) == ({**dict.fromkeys(ALL, "dead_end"), kind: "arrived"}, [])
    (arrival,) = next(walk.arrivals.value for walk in made.kept if walk.variation["look_alike"] == kind)
    assert {param.name: param.value for param in arrival.params} == {"code": "<code#2>"}


async def test_only_what_is_in_doubt_is_opened(desk):
    script = page(400, "<script src=/site.js></script>")
    made = await desk(Server(others={"longer path": page(200), "plain http": script, "trailing slash": page(403)}))
    await made.ask()
    assert set(made.paged) == {"longer path", "plain http", "trailing slash"}
    assert set(made.settled) == ALL - set(made.paged)
    assert made.jars[1:] == [JAR] * 3


@pytest.mark.parametrize(
    "given",
    [
        page(403),
        page(400),
        page(503),
        "HTTP/1.1 204 -\r\n\r\n",
        sent_to(f"{ALEXA}?error=access_denied"),
        "",
        "nonsense",
    ],
)
async def test_nothing_is_settled_where_the_registered_uri_is_refused(desk, given):
    server = Server(registered=[given])
    made = await desk(server)
    await made.ask()
    assert (made.settled, set(made.paged), server.asked) == ({}, ALL, ["registered"])


@pytest.mark.parametrize("later", [page(200), page(429), sent_to(f"{ALEXA}?error=access_denied")])
async def test_nothing_is_settled_where_it_is_answered_in_another_way_afterwards(desk, later):
    made = await desk(Server(registered=[GIVEN, later]))
    await made.ask()
    assert (made.settled, set(made.paged)) == ({}, ALL)


async def test_where_an_answer_fails_to_come_the_rest_is_not_waited_for(desk):
    server = Server(others=dict.fromkeys(ALL))
    made = await desk(server)
    made.patience_s = 0.3
    await made.ask()
    assert (made.settled, set(made.paged)) == ({}, ALL)
    assert len(server.asked) <= 4


async def test_a_browser_that_is_gone_is_walked_in_all_the_same(desk):
    made = await desk(Server(registered=[""]))
    made.lost = True
    await made.ask()
    assert set(made.paged) == ALL
    assert len(made.jars) == 1


async def test_who_is_stopped_while_asking_leaves_word_of_every_question(desk):
    server = Server(others={"longer host": None})
    made = await desk(server)
    task = asyncio.create_task(made.ask())
    await server.hanging.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert made.settled["longer host"] == "interrupted"
    assert set(made.settled.values()) == {"interrupted"}


async def test_who_is_stopped_at_the_pages_does_not_pass_for_done(desk):
    made = await desk(Server(others=dict.fromkeys(ALL - {"longer host"}, page(200))))
    made.go_on.clear()
    task = asyncio.create_task(made.ask())
    await made.three.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    # Three pages were open, whose walks leave word of themselves.
    assert sorted(made.settled.values()) == ["dead_end", *["interrupted"] * (len(ALL) - 4)]
    assert made.settled["longer host"] == "dead_end"
