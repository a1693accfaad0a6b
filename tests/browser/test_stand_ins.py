"""Answers in a server's stead: they reach the page, and no other request is touched."""

from __future__ import annotations

import asyncio
import json
from urllib.parse import unquote

import pytest
from starlette.responses import JSONResponse, Response

from e2e_linker.browser.stand_ins import StandIn, hide, stand_in

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

CDN = "https://cdn.example.com"
PAGE = f"""<!doctype html><title>x</title><div id="root"></div>
<style>@font-face {{ font-family: Icons; src: url("{CDN}/icons.woff2"); }}</style>
<script>
const tell = (name, what) => fetch(`/told?${{encodeURIComponent(JSON.stringify([name, what]))}}`);
const tried = async (name, work) => {{
  try {{ await tell(name, await work()); }} catch (error) {{ await tell(name, "failed"); }}
}};
const loaded = (url) => new Promise((resolve, reject) => {{
  document.head.append(Object.assign(document.createElement("script"), {{
    src: url, onload: () => resolve("loaded"), onerror: reject,
  }}));
}});
tried("script", () => loaded("{CDN}/app.js?v=3"));
tried("other", () => loaded("{CDN}/app.json"));
tried("font", async () => (await document.fonts.load("30px Icons")).length);
tried("poll", async () => (await fetch("/poll?n=1")).json());
tried("text", async () => (await fetch("/text")).text());
</script>"""


@pytest.mark.parametrize("engine", ["chromium", "firefox"])
async def test_answers_in_the_servers_stead_reach_the_page(phones, site, engine):
    phone = await phones(engine)
    told: dict[str, object] = {}
    over = asyncio.Event()

    async def never(_):
        await over.wait()
        return Response()

    async def take(request):
        name, what = json.loads(unquote(request.url.query))
        told[name] = what
        return Response()

    async def poll(_):
        return JSONResponse({"ready": False, "of": [{"done": False, "n": 0}], "error": None}, headers={"X-Own": "yes"})

    async def text(_):
        return Response("false")

    site.page("/authorize", PAGE)
    for path, answer in (("/told", take), ("/icons.woff2", never), ("/poll", poll), ("/text", text)):
        site.on(path, answer)
    site.page("/app.js", status=503)
    site.page("/app.json", status=503)
    stand_ins = (
        StandIn(f"{CDN}/app.js", "script", "empty"),
        StandIn(f"{CDN}/icons.woff2", "font", "empty"),
        StandIn("https://login.example.com/poll", "fetch", "agreeing"),
        StandIn("https://login.example.com/text", "fetch", "agreeing"),
    )
    try:
        async with phone.device() as device:
            await stand_in(device, stand_ins)
            await phone.on(device, "/authorize")
    finally:
        over.set()
    agreed = {"ready": True, "of": [{"done": True, "n": 0}], "error": None}
    assert told == {"script": "loaded", "other": "failed", "font": 1, "poll": agreed, "text": "true"}
    asked = [path for path, _ in site.seen]
    assert "/app.js" not in asked
    assert {"/poll", "/app.json"} <= set(asked)


@pytest.mark.parametrize("engine", ["chromium", "firefox"])
@pytest.mark.parametrize("framed", [False, True])
async def test_what_lies_over_a_page_is_hidden_whatever_its_policy_and_its_name(phones, site, engine, framed):
    phone = await phones(engine)
    shown: dict[str, str] = {}

    async def take(request):
        shown.update(json.loads(unquote(request.url.query)))
        return Response()

    body = """<!doctype html><title>x</title>
    <div id="a.b#&quot;ü\\">1</div><p class="x Ba[nn]er y">2</p><p class="Ba">3</p><aside>4</aside><section>5</section>
    <script nonce="n">
    addEventListener("load", () => setTimeout(() => {
      const all = [...document.querySelectorAll("body > *")];
      const seen = all.slice(0, 5).map((el) => [el.textContent, getComputedStyle(el).display]);
      fetch(`/told?${encodeURIComponent(JSON.stringify(Object.fromEntries(seen)))}`);
    }));
    </script>"""
    strict = {"Content-Security-Policy": "default-src 'none'; script-src 'nonce-n'; connect-src 'self'"}
    site.page("/form", body, headers=strict)
    site.page("/authorize", "<!doctype html><iframe src=/form></iframe>" if framed else body)
    site.on("/told", take)
    async with phone.device() as device:
        for name in ('div#a.b#"ü\\', "p.Ba[nn]er", "aside", "", "#", "{"):
            await hide(device, name)
        await phone.on(device, "/authorize")
    assert shown == {"1": "none", "2": "none", "3": "block", "4": "none", "5": "block"}
