"""A host that is barred in a browser of somebody else's is not reached, however its name is written."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Error, Page

from e2e_linker.browser.attached import barred

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.parametrize("browser", ["chromium"], indirect=True),
]


@dataclass
class Visited:
    """A server on loopback."""

    port: int = 0
    lines: list[bytes] = field(default_factory=list)


@pytest_asyncio.fixture(loop_scope="module")
async def visited() -> AsyncIterator[Visited]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        made.lines.append(await reader.readline())
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
        await writer.drain()
        writer.close()

    made = Visited()
    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        made.port = server.sockets[0].getsockname()[1]
        yield made


@pytest.mark.parametrize("written", ["localhost", "LOCALHOST", "localhost.", "jane@localhost", "jane:pw@localhost."])
async def test_a_barred_host_is_not_reached(browser: Browser, own_page: Page, visited: Visited, written: str) -> None:
    async with barred(browser, ["localhost"]) as bar:
        with pytest.raises(Error, match="ERR_BLOCKED_BY_CLIENT"):
            await own_page.goto(f"http://{written}:{visited.port}/link?code=1")
    assert visited.lines == []
    assert [(seen.host, seen.port, seen.refused) for seen in bar.connections] == [("localhost", visited.port, True)]


@pytest.mark.parametrize(
    "host", ["pitangui.amazon.com", "x.layla.amazon.com", "alexa.amazon.com.sg", "api.amazonalexa.com"]
)
async def test_alexa_is_not_reached_in_any_country(browser: Browser, own_page: Page, host: str) -> None:
    async with barred(browser, []) as bar:
        with pytest.raises(Error, match="ERR_BLOCKED_BY_CLIENT"):
            await own_page.goto(f"https://{host}/api/skill/link/M1?code=1")
    assert [(seen.host, seen.refused) for seen in bar.connections] == [(host, True)]


async def test_what_only_speaks_of_it_is_let_through(browser: Browser, own_page: Page, visited: Visited) -> None:
    async with barred(browser, ["localhost"]) as bar:
        await own_page.goto(
            f"http://127.0.0.1:{visited.port}/?next=http://localhost/&as=a@localhost&to=https://alexa.amazon.com/"
        )
    assert visited.lines[0].startswith(b"GET /?next=")
    assert bar.connections == []
