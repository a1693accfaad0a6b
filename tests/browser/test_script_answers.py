"""Tokens that a server answers to a script are hidden wherever the script puts them, and nothing waits for that."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

import pytest
from starlette.responses import JSONResponse, Response, StreamingResponse

from e2e_linker.browser.background import Background
from e2e_linker.browser.plan import Settle
from e2e_linker.browser.script_answers import ScriptAnswers
from e2e_linker.browser.windows import Windows
from e2e_linker.evidence.redact import SecretRegistry, readable

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

ENGINES = pytest.mark.parametrize("engine", ["chromium", "firefox"])
TOKEN = "N4rYtTq8Lx2-Vw7cKz3P_b9mRd5JhQ1s"
REDIRECT_URI = "https://pitangui.amazon.com/api/skill/link/M2AAAAAAAAAAAA"
SHORT = Settle(quiet_s=0.5, at_most_s=5)


def log_in(site, goes_on: str, answer: Response) -> None:
    """A page that logs in by a script, which goes on to an address made of what it was answered."""

    async def answered(_):
        return answer

    site.page(
        "/authorize",
        "<p>x</p><script>fetch('/login', {method: 'POST'}).then(told => told.json())"
        f".then(told => location.href = {goes_on})</script>",
    )
    site.on("/login", answered)
    site.redirect("/cb", f"{REDIRECT_URI}?code=SplxlOBeZQQ12abc&state=x")
    site.redirect(f"/cb/{TOKEN}", f"{REDIRECT_URI}?code=SplxlOBeZQQ12abc&state=x")


@ENGINES
@pytest.mark.parametrize(
    ("goes_on", "shown"),
    [
        ("'/cb?t=' + told.sessionToken", "/cb?t=<token#1>"),
        ("'/cb/' + told.sessionToken", "/cb/<token#1>"),
        ("'/cb#' + told.sessionToken", "/cb"),
    ],
)
async def test_a_token_is_hidden_wherever_the_page_goes_on_with_it(phones, site, engine, goes_on, shown):
    phone = await phones(engine)
    log_in(site, goes_on, JSONResponse({"status": "SUCCESS", "sessionToken": TOKEN}))
    for _ in range(3):
        phone.registry = SecretRegistry()
        made = await phone.walk("/authorize", login=phone.waiting)
        assert made.arrivals.value
        text = made.model_dump_json()
        assert TOKEN not in text
        assert shown in readable(text)


@ENGINES
async def test_so_is_one_that_came_in_pieces(phones, site, engine):
    phone = await phones(engine)

    async def pieces():
        for piece in ('{"data": {"session": {"id": "', TOKEN, '"}}}'):
            yield piece.encode()
            await asyncio.sleep(0.05)

    log_in(site, "'/cb?t=' + told.data.session.id", StreamingResponse(pieces(), media_type="application/json"))
    made = await phone.walk("/authorize", login=phone.waiting)
    assert made.arrivals.value
    assert TOKEN not in made.model_dump_json()


@ENGINES
async def test_a_large_answer_in_pieces_stays_in_the_browser(phones, site, engine, monkeypatch):
    read = []

    async def body(response):
        read.append(response.url)
        return b""

    async def pieces():
        yield b'{"a": "' + b"x" * 1024 * 1024 + b'"}'

    async def answered(_):
        return StreamingResponse(pieces(), media_type="application/json")

    monkeypatch.setattr("playwright.async_api.Response.body", body)
    phone = await phones(engine)
    site.on("/large", answered)
    site.page("/authorize", "<script>fetch('/large', {method: 'POST'}).then(told => told.text())</script><p>x</p>")
    made = await phone.walk("/authorize", settle=SHORT)
    assert any(request.url.endswith("/large") for request in made.requests.value)
    assert not [url for url in read if url.endswith("/large")]


async def test_what_is_no_token_stays_readable(phone, site):
    build, order = "7f3a9c1e5b2d8046", "0b1c2d3e-1111-4222-8333-123456789abc"
    told = {"version": build, "orderId": order, "code": "E0000011", "token": "Your token is too old 12", "x": [order]}
    site.page(
        "/authorize",
        f"<p>x</p><script>fetch('/settings').then(() => fetch('/next/{order}?v={build}&e=E0000011'))</script>",
    )

    async def answered(_):
        return JSONResponse(told)

    site.on("/settings", answered)
    site.page(f"/next/{order}", "{}")
    made = await phone.walk("/authorize", settle=SHORT)
    assert made.requests.value[-1].url.endswith(f"/next/{order}?v={build}&e=E0000011")


@dataclass(eq=False)
class Asked:
    """A request, and the answer to it, as the driver tells of them."""

    method: str = "POST"
    resource_type: str = "fetch"
    ok: bool = True
    kind: str = "application/json; charset=utf-8"
    length: str = "60"
    size: int = 60
    ended: bool = True
    reads: int = 0
    text: str = json.dumps({"sessionToken": TOKEN})
    service_worker: Any = None
    end: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def request(self) -> Asked:
        return self

    @property
    def headers(self) -> dict[str, str]:
        return {"content-type": self.kind} | ({"content-length": self.length} if self.length else {})

    @property
    def timing(self) -> dict[str, float]:
        return {"responseEnd": 3.0 if self.ended else -1}

    async def sizes(self) -> dict[str, int]:
        return {"responseBodySize": self.size}

    async def body(self) -> bytes:
        self.reads += 1
        if not self.ended:
            await self.end.wait()
        return self.text.encode()


@dataclass
class Context:
    """A context that tells of answers."""

    handlers: list[Any] = field(default_factory=list)

    def on(self, event: str, handler: Any) -> None:
        self.handlers.append(handler)

    def remove_listener(self, event: str, handler: Any) -> None:
        self.handlers.remove(handler)

    def tell(self, *answers: Asked) -> None:
        for answer in answers:
            self.handlers[0](answer)


@pytest.fixture
def heard() -> tuple[Context, ScriptAnswers, Background, SecretRegistry]:
    background, registry, context = Background(), SecretRegistry(), Context()
    answers = ScriptAnswers(Windows(lambda: 0.0, background), background, registry)
    answers.listen(context)
    return context, answers, background, registry


async def test_an_answer_without_an_end_is_not_waited_for(heard):
    context, answers, background, registry = heard
    context.tell(endless := Asked(ended=False), ended := Asked())
    while not endless.reads:
        await asyncio.sleep(0)
    answers.ignore(context)
    assert await background.finish(60) == 0
    assert (endless.reads, ended.reads, registry.redact(TOKEN)) == (1, 1, "<token#1>")


@pytest.mark.parametrize(
    "answer",
    [
        {"resource_type": "script"},
        {"resource_type": "document"},
        {"method": "HEAD"},
        {"ok": False},
        {"kind": "image/png"},
        {"kind": "text/html", "method": "GET"},
        {"kind": "text/event-stream"},
        {"length": "65537"},
        {"length": "0"},
        {"length": "", "size": 65537, "method": "GET"},
        {"length": "", "size": 65537},
    ],
)
async def test_nothing_is_asked_for_that_brings_no_token(heard, answer):
    context, _, background, registry = heard
    context.tell(asked := Asked(**answer))
    await background.finish(60)
    assert (asked.reads, registry.redact(TOKEN)) == (0, TOKEN)


@pytest.mark.parametrize(
    "answer", [{"method": "GET"}, {"method": "GET", "length": ""}, {"length": ""}, {"kind": "text/html"}, {"kind": ""}]
)
async def test_everything_is_that_may_bring_one(heard, answer):
    context, _, background, registry = heard
    context.tell(asked := Asked(**answer))
    await background.finish(60)
    assert (asked.reads, registry.redact(TOKEN)) == (1, "<token#1>")


async def test_a_page_that_asks_without_end_is_not_read_without_end(heard):
    context, _, background, _ = heard
    context.tell(*(asked := [Asked() for _ in range(300)]))
    await background.finish(60)
    assert sum(one.reads for one in asked) == 200
