"""What pages of an earlier walk still do while they close is in no later walk."""

from __future__ import annotations

import asyncio
from pathlib import PurePath

import pytest
from starlette.responses import Response

from e2e_linker.browser import device as devices
from e2e_linker.browser.contexts import Opened
from e2e_linker.browser.device import Device
from e2e_linker.browser.plan import Settle

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

ENGINES = pytest.mark.parametrize("engine", ["chromium", "firefox"])
ALEXA = "https://pitangui.amazon.com/api/skill/link/M2AAAAAAAAAAAA"
OLD = f"""<title>Old</title><script>(async () => {{
  while (await (await fetch('/go')).text() !== 'go') await new Promise(done => setTimeout(done, 20))
  console.error('old')
  alert('old')
  await fetch('/told')
  setTimeout(() => {{ throw new Error('old') }})
  setTimeout(() => location = '{ALEXA}?state=old&code=old', 50)
}})()</script>"""
WITHIN_S = 20


class Leaving:
    """A login that gives up at once."""

    def __init__(self, **_):
        pass

    async def run(self, windows, arrived):
        return None


def paths(made):
    return [PurePath(request.url.partition("?")[0]).name for request in made.requests.value]


def answering(site, device):
    """Serve a page that is let go on, up to an answer for Alexa, by the request for the page of the next walk."""
    told, going = asyncio.Event(), [b"wait"]

    async def go(_):
        return Response(going[0])

    async def tell(_):
        told.set()
        return Response()

    async def second(_):
        going[0] = b"go"
        async with asyncio.timeout(WITHIN_S):
            await told.wait()
            while not any(seen.refused for seen in device.connections):
                await asyncio.sleep(0.02)
        return Response("<title>New</title><p>end", media_type="text/html")

    site.page("/first", OLD)
    for path, answer in (("/go", go), ("/told", tell), ("/second", second)):
        site.on(path, answer)


async def stays(page):
    """Close ``page`` as slowly as a browser at its limits."""
    await asyncio.sleep(3600)


def lent(device, *tabs):
    """``device`` as one whose context is the browser's own, with ``tabs`` of somebody else's in it."""
    return Device(Opened(device.context, device._guard, True, frozenset(tabs)), device.settings)


@ENGINES
@pytest.mark.parametrize("borrowed", [False, True])
async def test_a_page_that_closes_slowly_is_not_in_the_next_walk(phones, site, monkeypatch, engine, borrowed):
    phone = await phones(engine)
    monkeypatch.setattr(devices, "_close", stays)
    async with phone.device() as opened:
        device = lent(opened, await opened.context.new_page()) if borrowed else opened
        device._within_s = 0.01
        answering(site, device)
        first = await phone.on(device, "/first", login=Leaving)
        assert paths(first)[0] == "first"
        made = await phone.on(device, "/second", login=Leaving, deadline_s=60)
        if borrowed:
            for task in device._leaving:
                task.cancel()
    assert made.arrivals.value == ()
    assert [(path, request.status) for path, request in zip(paths(made), made.requests.value, strict=True)] == [
        ("second", 200)
    ]
    assert [window.url.rpartition("/")[2].partition("?")[0] for window in made.windows.value] == ["second"]
    assert [line for line in (*made.console.value, *made.page_errors.value) if "old" in str(line)] == []
    assert made.dialogs.value == ()


@ENGINES
async def test_a_window_that_a_closing_page_opened_is_not_in_the_next_walk(phones, site, engine):
    phone = await phones(engine)
    site.page("/first")
    site.page("/second")
    site.page("/beat")
    site.page("/late", "<script>setInterval(() => fetch('/beat'), 5)</script>")
    async with phone.device() as device:
        await phone.on(device, "/first", login=Leaving)
        late = await device.context.new_page()
        await late.goto("https://login.example.com/late")
        made = await phone.on(device, "/second")
        async with asyncio.timeout(WITHIN_S):
            while not late.is_closed():
                await asyncio.sleep(0.02)
    assert paths(made) == ["second"]
    assert len(made.windows.value) == 1


async def test_service_workers_are_heard_in_every_walk(phone, site):
    site.page("/first")
    site.page("/second", "<script>navigator.serviceWorker.register('/sw.js').catch(() => 0)</script>")
    site.page("/sw.js", "/* empty */", headers={"content-type": "text/javascript"})
    async with phone.device() as device:
        await phone.on(device, "/first", login=Leaving)
        made = await phone.on(device, "/second", settle=Settle(quiet_s=0.5, at_most_s=3))
    assert [request.service_worker for request in made.requests.value if "/sw.js" in request.url] == [True]
