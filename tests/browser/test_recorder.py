"""What is recorded of single requests, windows and incidents, on real browsers."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest
from starlette.responses import Response

from e2e_linker.browser.devtools import LIMIT
from e2e_linker.browser.plan import Settle
from e2e_linker.evidence.models import NotCollected, Present

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

ALEXA = "https://pitangui.amazon.com/api/skill/link/M2AAAAAAAAAAAA?code=SplxlOBeZQQYbYS6WxSbIA"
ENGINES = pytest.mark.parametrize("engine", ["chromium", "firefox"])


def to(made, path):
    return next(request for request in made.requests.value if request.url.partition("?")[0].endswith(path))


@ENGINES
async def test_every_redirect_is_a_request_of_its_own(phones, site, engine):
    phone = await phones(engine)
    cookies = ("a=1; Path=/", "b=2; Path=/; Max-Age=60")
    site.redirect("/authorize", "/second", cookies=cookies)
    site.redirect("/second", "https://www.example.com/third", status=303)
    site.page("/third", "<p>end</p>")
    made = await phone.walk("/authorize")
    first, second, third = to(made, "/authorize"), to(made, "/second"), to(made, "/third")
    assert (first.status, second.status, third.status) == (302, 303, 200)
    assert (first.redirected_from, second.redirected_from, third.redirected_from) == (None, first.n, second.n)
    assert [cookie.name for cookie in first.set_cookies] == ["a", "b"]
    assert ("location", "/second") in [(name.lower(), value) for name, value in first.response_headers]
    assert [cookie.name for cookie in second.sizes.cookies] == ["a", "b"]
    assert third.sizes.cookies == ()
    assert third.main_frame
    assert third.navigation
    assert third.resource_type == "document"
    assert third.excerpt == "<p>end</p>"
    assert third.timing.total_ms is not None


async def test_the_head_of_a_request_is_weighed_to_the_byte(phone, site):
    received = []

    async def measure(request):
        lines = [f"{request.method} {request.url.path}?{request.url.query} HTTP/1.1"]
        lines += [f"{name.decode()}: {value.decode()}" for name, value in request.headers.raw]
        received.append(len("\r\n".join(lines)) + 4)
        return Response("ok")

    site.on("/authorize", measure)
    made = await phone.walk("/authorize")
    assert to(made, "/authorize").sizes.head == received[0]


async def test_chromium_tells_what_made_it_ask_and_what_it_was_shown(phone, site):
    site.page("/authorize", "<!doctype html>\n<script src=/a.js></script>")
    site.page("/a.js", "\nfetch('/data')", headers={"content-type": "text/javascript"})
    site.page("/data", "{}")
    made = await phone.walk("/authorize")
    script, data = to(made, "/a.js"), to(made, "/data")
    assert (script.initiator.type, script.initiator.line) == ("parser", 2)
    assert (data.initiator.type, data.initiator.line) == ("script", 2)
    assert data.initiator.url.endswith("/a.js")
    assert "login.example.com" in to(made, "/authorize").server_certificate


async def test_firefox_says_what_it_does_not_tell(phones, site):
    phone = await phones("firefox")
    site.page("/authorize")
    made = await phone.walk("/authorize")
    assert any("what made it send" in gap for gap in made.gaps)
    assert isinstance(made.service_workers, NotCollected)
    assert to(made, "/authorize").initiator is None


@ENGINES
async def test_error_answers_keep_their_words_and_missing_files_do_not_end_the_walk(phones, site, engine):
    phone = await phones(engine)
    site.page("/authorize", "<p>here</p><img src=/missing.png><script>fetch('/broken')</script>")
    site.page("/broken", "Bad Gateway by nginx", status=502, headers={"content-type": "text/plain"})
    made = await phone.walk("/authorize", settle=Settle(quiet_s=1, at_most_s=10))
    assert to(made, "/broken").excerpt == "Bad Gateway by nginx"
    assert (to(made, "/missing.png").status, to(made, "/missing.png").resource_type) == (404, "image")
    assert made.ending.kind == "dead_end"


async def test_a_broken_part_of_a_page_is_not_taken_for_a_failed_window(phone, site):
    site.page(
        "/authorize",
        "<p>here</p><img src='https://nowhere.invalid/x.png'><iframe src='https://nowhere.invalid/'></iframe>",
    )
    made = await phone.walk("/authorize")
    assert made.ending.kind == "dead_end"
    assert to(made, "/x.png").failure
    assert not to(made, "nowhere.invalid/").main_frame


async def test_a_page_that_polls_is_no_loop(phone, site):
    site.page("/authorize", "<script>let n = 0; setInterval(() => n++ < 40 && fetch('/poll'), 10)</script>")
    site.page("/poll", "[]")
    made = await phone.walk("/authorize", settle=Settle(quiet_s=0.3, at_most_s=3))
    assert made.ending.kind == "dead_end"
    assert len([request for request in made.requests.value if request.url.endswith("/poll")]) == 40


@ENGINES
@pytest.mark.parametrize(
    ("html", "asked_by"),
    [
        ("<button onclick=\"window.open('/popup')\">open</button>", "window.open"),
        ("<a target=_blank href=/popup>open</a>", "target=_blank"),
    ],
)
async def test_a_second_window_is_numbered_and_says_who_asked_for_it(phones, site, engine, html, asked_by):
    phone = await phones(engine)
    site.page("/authorize", html)
    site.page("/popup", "<p>second</p>")

    class Opening:
        def __init__(self, **_):
            pass

        async def run(self, windows, arrived):
            await windows.current().click("text=open")
            while windows.current().url == "about:blank" or len(windows.pages()) < 2:
                windows.changed.clear()
                await windows.changed.wait()
            await windows.current().wait_for_selector("text=second")
            await windows.current().close()
            return None

    made = await phone.walk("/authorize", login=Opening)
    first, second = made.windows.value
    assert (first.n, first.opener, second.n, second.opener) == (0, None, 1, 0)
    assert second.asked_by == asked_by
    assert second.url == "https://login.example.com/popup"
    assert second.closed_at is not None
    assert to(made, "/popup").window == 1
    assert to(made, "/popup").frame != to(made, "/authorize").frame
    assert to(made, "/popup").main_frame


@ENGINES
async def test_dialogs_are_recorded_and_accepted(phones, site, engine):
    phone = await phones(engine)
    site.page(
        "/authorize",
        "<script>alert('careful'); const yes = confirm('sure?'); const name = prompt('who?', 'me');"
        "location = `/answer?${yes}-${name}`</script>",
    )
    site.redirect("/answer", ALEXA)
    made = await phone.walk("/authorize", login=phone.waiting)
    assert [(dialog.type, dialog.message) for dialog in made.dialogs.value] == [
        ("alert", "careful"),
        ("confirm", "sure?"),
        ("prompt", "who?"),
    ]
    assert {dialog.url for dialog in made.dialogs.value} == {to(made, "/authorize").url.partition("?")[0]}
    assert to(made, "/answer").url.endswith("?true-me")


@ENGINES
async def test_console_and_script_errors_are_kept(phones, site, engine):
    phone = await phones(engine)
    site.page("/authorize", "<script>console.warn('look', 1); (() => { throw new TypeError('no good') })()</script>")
    made = await phone.walk("/authorize")
    assert ("warning", "look 1") in [(line.type, line.text) for line in made.console.value]
    assert ["no good" in error.message for error in made.page_errors.value] == [True]


async def test_a_page_that_writes_too_much_is_silenced_and_the_evidence_says_so(phone, site):
    site.page(
        "/authorize",
        "<script>for (let n = 0; n < 4000; n++) console.log('line ' + n);"
        "const wait = setInterval(() => { if ((console.log + '').includes('native')) return;"
        " clearInterval(wait); location = '/answer' }, 50)</script>",
    )
    site.redirect("/answer", ALEXA)
    made = await phone.walk("/authorize", login=phone.waiting, deadline_s=60)
    assert made.ending.kind == "arrived"
    assert len(made.console.value) == 1000
    (gap,) = [gap for gap in made.gaps if "console" in gap]
    assert gap.startswith("The page wrote 2000 lines to the console within ")


async def test_half_a_surrogate_pair_spoils_nothing(phone, site):
    script = "document.title = '\\ud800'; document.body.append('\\udfff'); console.log('\\ud83d'); alert('\\ud83d')"
    site.page("/authorize", f"<body><p>x</p><script>{script}</script>")
    made = await phone.walk("/authorize")
    assert made.model_dump_json()
    assert made.screens.value[-1].digest.value.title in {"?", "\ufffd"}
    assert made.console.value[0].text in {"?", "\ufffd"}
    assert made.dialogs.value[0].message in {"?", "\ufffd"}


async def test_of_a_page_with_very_many_requests_the_first_are_told_in_full(phone, site):
    site.page(
        "/authorize", f"<script>(async () => {{ for (let i = 0; i < {LIMIT + 60}; i++) await fetch('/r') }})()</script>"
    )
    site.page("/r", "[]")
    made = await phone.walk("/authorize", settle=Settle(quiet_s=0.5, at_most_s=20))
    told = [request.initiator is not None for request in made.requests.value]
    assert all(told[: LIMIT - 1])
    assert not any(told[-10:])
    assert any(f"the first {LIMIT} only" in gap for gap in made.gaps)


async def test_of_dialogs_without_end_a_thousand_are_kept_and_all_are_answered(phone, site):
    site.page("/authorize", "<script>for (let n = 0; n < 1010; n++) alert(n); location = '/answer'</script>")
    site.redirect("/answer", ALEXA)
    made = await phone.walk("/authorize", login=phone.waiting, deadline_s=60)
    assert made.ending.kind == "arrived"
    assert [dialog.message for dialog in made.dialogs.value] == [str(n) for n in range(1000)]


@ENGINES
async def test_content_that_the_policy_forbids_is_named_once(phones, site, engine):
    phone = await phones(engine)
    site.page(
        "/authorize",
        "<p>x</p><script src='https://cdn.example.com/a.js'></script>",
        headers={"content-security-policy": "script-src 'self'"},
    )
    made = await phone.walk("/authorize")
    (violation,) = made.csp_violations.value
    assert (violation.directive, violation.blocked) == ("script-src-elem", "https://cdn.example.com/a.js")
    assert violation.disposition == "enforce"
    assert not [line for line in made.console.value if "e2e-linker" in line.text]


async def test_a_form_that_chromium_stops_at_the_redirect_leaves_a_violation_and_the_answer(phone, site):
    site.page(
        "/authorize",
        "<form method=post action=/go></form><script>document.forms[0].submit()</script>",
        headers={"content-security-policy": "form-action 'self'"},
    )
    site.redirect("/go", ALEXA, cookies=("sid=4f9d2c7be1",))
    made = await phone.walk("/authorize")
    assert made.ending.kind == "dead_end"
    sent = to(made, "/go")
    assert (sent.status, sent.failure, sent.method) == (302, "net::ERR_ABORTED", "POST")
    assert dict(sent.response_headers)["location"].startswith(ALEXA.partition("=")[0])
    assert [cookie.name for cookie in sent.set_cookies] == ["sid"]
    assert "SplxlOBeZQQYbYS6WxSbIA" not in made.model_dump_json()
    assert [violation.directive for violation in made.csp_violations.value] == ["form-action"]
    assert "form-action" in made.csp_violations.value[0].text
    assert made.arrivals == Present(value=())


async def test_the_listener_for_violations_cannot_be_met_by_the_page(phone, site):
    site.page(
        "/authorize",
        "<script>const bare = document.createElement('iframe'); document.documentElement.append(bare);"
        "const own = new Set(Object.getOwnPropertyNames(bare.contentWindow));"
        "const more = Object.getOwnPropertyNames(window).filter(name => !own.has(name) && isNaN(name)"
        " && !['bare', 'own', 'more'].includes(name));"
        "fetch('/more/' + more.length + '/' + /native code/.test(console.debug + '' + addEventListener))</script>",
    )
    made = await phone.walk("/authorize")
    assert to(made, "/more/0/true").status == 404


async def test_service_workers_and_sockets_are_seen(phone, site):
    site.page(
        "/authorize",
        "<script>navigator.serviceWorker.register('/sw.js').catch(() => 0);"
        "new WebSocket('wss://login.example.com/socket')</script>",
    )
    site.page("/sw.js", "/* empty */", headers={"content-type": "text/javascript"})
    made = await phone.walk("/authorize", settle=Settle(quiet_s=0.5, at_most_s=3))
    assert [worker.url for worker in made.service_workers.value] == ["https://login.example.com/sw.js"]
    (socket,) = made.web_sockets.value
    assert socket.url == "wss://login.example.com/socket"
    assert socket.error
    own = to(made, "/sw.js")
    assert (own.service_worker, own.window, own.main_frame) == (True, None, False)


async def test_an_answer_out_of_the_cache_is_marked(phone, site):
    style = "<link rel=stylesheet href=/a.css>"
    site.page("/authorize", f"{style}<script>onload = () => location.replace('/next')</script>")
    site.page("/next", style)
    site.page("/a.css", "p { color: red }", headers={"content-type": "text/css", "cache-control": "max-age=600"})
    made = await phone.walk("/authorize")
    assert [request.from_cache for request in made.requests.value if request.url.endswith("/a.css")] == [False, True]
    assert [path for path, _ in site.seen].count("/a.css") == 1


async def test_two_thousand_requests_stay_small_in_memory(phone, site, monkeypatch):
    # How much of them is read in time on a busy machine is another matter.
    monkeypatch.setattr("e2e_linker.browser.transcription._FETCH_S", 60)
    monkeypatch.setattr("e2e_linker.browser.recorder._COLLECT_MOST_S", 60)
    site.page(
        "/authorize",
        "<script>(async () => {"
        "const ask = async k => { for (let i = 0; i < 100; i++) await (await fetch('/r/' + k + '/' + i)).text() };"
        "await Promise.all([...Array(20).keys()].map(ask)); location = '/answer' })()</script>",
    )

    async def answer(_):
        return Response(b"x" * 2_000, media_type="application/json", headers={"set-cookie": f"n={'v' * 200}; Path=/"})

    for k in range(20):
        for i in range(100):
            site.on(f"/r/{k}/{i}", answer)
    site.redirect("/answer", ALEXA)
    gc.collect()
    before = resident()
    made = await phone.walk("/authorize", login=phone.waiting, deadline_s=120)
    grown = resident() - before
    assert made.ending.kind == "arrived"
    assert len(made.requests.value) == 2_003
    assert sum(request.sizes is not None for request in made.requests.value) == 2_003
    assert grown < 150 * 1024 * 1024


def resident() -> int:
    """Bytes of this process's memory, without the pages it shares."""
    pages = Path("/proc/self/statm").read_text().split()
    return (int(pages[1]) - int(pages[2])) * 4096
