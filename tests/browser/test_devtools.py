"""What DevTools tell is put down to the request it belongs to, and the driver is asked for the rest only."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest
from starlette.responses import Response

from e2e_linker.browser import devtools, transcription
from e2e_linker.browser.background import Background
from e2e_linker.browser.devtools import DevTools
from e2e_linker.browser.plan import Settle

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


def named(headers, name):
    return [value for key, value in headers if key.lower() == name]


def asked(monkeypatch):
    """The paths whose headers the driver was asked for, filled while a walk goes on."""
    paths: list[str] = []
    transcribe = transcription._pairs

    def counted(headers):
        paths.append(next((header["value"] for header in headers if header["name"].lower() == ":path"), "an answer"))
        return transcribe(headers)

    monkeypatch.setattr(transcription, "_pairs", counted)
    return paths


async def test_headers_of_requests_for_one_address_at_one_time_are_not_mixed_up(phone, site, monkeypatch):
    async def answer(request):
        number = request.headers["x-number"]
        await asyncio.sleep(int(number) * 7 % 11 / 100)
        response = Response("{}", headers={"x-number": number})
        response.headers.append("set-cookie", f"first-{number}=1")
        response.headers.append("set-cookie", f"second-{number}=2")
        return response

    site.on("/same", answer)
    fetches = "for (let n = 0; n < 24; n++) fetch('/same', {headers: {'X-Number': n}, cache: 'no-store'})"
    site.page("/authorize", f"<script>{fetches}</script>")
    paths = asked(monkeypatch)
    made = await phone.walk("/authorize", settle=Settle(quiet_s=0.5, at_most_s=10))
    same = [request for request in made.requests.value if request.url.endswith("/same")]
    pairs = [(named(one.headers, "x-number"), named(one.response_headers, "x-number")) for one in same]
    assert sorted(int(sent[0]) for sent, _ in pairs) == list(range(24))
    assert all(sent == answered for sent, answered in pairs)
    for request in same:
        (number,) = named(request.headers, "x-number")
        assert [cookie.name for cookie in request.set_cookies] == [f"first-{number}", f"second-{number}"]
    assert paths == [], "DevTools had told of every request"


@pytest.mark.parametrize("order", [("memory", "network"), ("network", "memory")])
async def test_an_answer_out_of_the_memory_is_told_apart_from_the_one_that_brought_it_there(order):
    devtools, url = DevTools(Background()), "https://login.example.com/a.css"
    courses = {"network": (0.5, 3.6), "memory": (-1, 0.3)}
    for number, remembered in [("1", False), ("2", True)]:
        devtools._will_be_sent({"requestId": number, "request": {"url": url, "method": "GET"}})
        if remembered:
            devtools._served_from_cache({"requestId": number})
        # What comes out of the memory is told with the times of what was put there.
        times = {"timing": {"sendStart": 0.5, "receiveHeadersEnd": 3.6}}
        devtools._answered({"requestId": number, "response": times})
    taken = {kind: devtools.take("GET", url, courses[kind]) for kind in order}
    assert {kind: note.cached for kind, note in taken.items() if note} == {"network": False, "memory": True}


async def test_words_that_never_come_are_waited_for_once(monkeypatch):
    waits = []

    async def waited(seconds):
        waits.append(seconds)

    class Silent:
        def on(self, *_):
            pass

        async def send(self, *_):
            pass

    told, url = DevTools(Background()), "https://widget.example.net/logo.svg"
    await told.listen(Silent())
    # Only there: a server in the same loop that never slept would let nobody else have a turn.
    monkeypatch.setattr(devtools, "asyncio", SimpleNamespace(sleep=waited))
    for _ in range(3):
        assert await told.tell_of_memory("GET", url, remembered=True)
    assert len(waits) == 10 + 1 + 1
    assert sum(waits) < 0.2


async def test_every_hop_of_a_chain_through_one_address_has_its_own_headers(phone, site):
    async def again(request):
        number = int(request.cookies.get("hop", "0"))
        if number == 5:
            return Response("<p>end</p>", media_type="text/html")
        headers = {"location": "/authorize", "x-hop": str(number), "set-cookie": f"hop={number + 1}; Path=/"}
        return Response(status_code=302, headers=headers)

    site.on("/authorize", again)
    made = await phone.walk("/authorize")
    hops = [request for request in made.requests.value if request.url.partition("?")[0].endswith("/authorize")]
    assert [named(hop.response_headers, "x-hop") for hop in hops] == [["0"], ["1"], ["2"], ["3"], ["4"], []]
    assert [[cookie.name for cookie in hop.sizes.cookies] for hop in hops] == [[], *[["hop"]] * 5]


async def test_an_answer_out_of_the_cache_has_the_headers_that_the_driver_knows_of(phone, site, monkeypatch):
    style = "<link rel=stylesheet href=/a.css>"
    site.page("/authorize", f"{style}<script>onload = () => location.replace('/next')</script>")
    site.page("/next", style)
    kept = {"content-type": "text/css", "cache-control": "max-age=600", "x-kept": "yes"}
    site.page("/a.css", "p { color: red }", headers=kept)
    paths = asked(monkeypatch)
    made = await phone.walk("/authorize")
    sheets = [request for request in made.requests.value if request.url.endswith("/a.css")]
    assert [sheet.from_cache for sheet in sheets] == [False, True]
    assert [named(sheet.response_headers, "x-kept") for sheet in sheets] == [["yes"], ["yes"]]
    assert all(named(sheet.headers, "referer") for sheet in sheets)
    assert paths == [], "nothing was on the wire that the driver could have been asked for"


async def test_a_request_that_is_never_answered_has_the_headers_it_was_sent_with(phone, site):
    over = asyncio.Event()

    async def hang(_):
        await over.wait()
        return Response("late")

    site.on("/hangs", hang)
    stop = "const one = new AbortController(); setTimeout(() => one.abort(), 300)"
    call = "fetch('/hangs', {headers: {'X-Mine': 'yes'}, signal: one.signal}).catch(() => 0)"
    site.page("/authorize", f"<script>{stop}; {call}</script>")
    try:
        made = await phone.walk("/authorize", settle=Settle(quiet_s=0.6, at_most_s=10))
    finally:
        over.set()
    (request,) = (request for request in made.requests.value if request.url.endswith("/hangs"))
    assert request.failure
    assert named(request.headers, "x-mine") == ["yes"]
