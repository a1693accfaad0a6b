"""Walks where some certificates are of a private root: a server whose certificate does not hold is not reached."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress

import pytest

from e2e_linker.browser.silent import ask_silently
from e2e_linker.browser.vouching import Vouching
from e2e_linker.model import Fault

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

HOST = "login.example.com"
PORTAL = "portal.example.com"
FORM = "<form method=post action=/in><input name=user><input type=password name=p><button>Sign in</button></form>"
ANSWER = "https://pitangui.amazon.com/api/skill/link/M2AAAAAAAAAAAA?code=x"
JUDGED = {"ignore_https_errors": False}


@pytest.mark.parametrize("engine", ["chromium", "firefox"])
@pytest.mark.parametrize("wrong", ["name", "root"])
async def test_nothing_is_typed_where_the_certificate_does_not_hold(phones, site, certificate, engine, wrong):
    phone = await phones(engine)
    host = PORTAL if wrong == "name" else HOST
    phone.vouching = Vouching([certificate.cert] if wrong == "name" else [])
    phone.elsewhere = {PORTAL: f"127.0.0.1:{site.port}"}
    site.page("/authorize", FORM)
    made = await phone.walk(f"https://{host}/authorize", use=JUDGED)
    why = "it is made out for another host" if wrong == "name" else "it is signed by itself, not by an authority"
    assert (made.ending.kind, made.ending.fault) == ("tls_failure", Fault.IDENTITY_PROVIDER)
    assert made.ending.message == f"the certificate of {host} is not to be trusted: {why}"
    assert ("names this host" if wrong == "name" else "linker.trust") in made.ending.hint
    assert made.requests.value[0].failure.endswith(made.ending.message)
    assert not site.seen


@asynccontextmanager
async def _after_a_bad_start(port):
    """Another way to the server at ``port``: who comes first is sent away."""
    came = []

    async def carry(source, sink):
        with suppress(OSError):
            while data := await source.read(65536):
                sink.write(data)
        sink.close()

    async def lead_on(reader, writer):
        came.append(writer)
        if len(came) == 1:
            writer.close()
            return
        onward, back = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(carry(reader, back), carry(onward, writer))

    async with await asyncio.start_server(lead_on, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]


@pytest.mark.parametrize("engine", ["chromium", "firefox"])
@pytest.mark.parametrize("trusted", [True, False])
async def test_a_server_that_shows_its_certificate_to_the_browser_first(phones, site, certificate, engine, trusted):
    phone = await phones(engine)
    phone.vouching = Vouching([certificate.cert] if trusted else [])
    site.redirect("/authorize", ANSWER)
    async with _after_a_bad_start(site.port) as port:
        phone.elsewhere = {HOST: f"127.0.0.1:{port}"}
        made = await phone.walk("/authorize", use=JUDGED)
    assert made.ending.kind == ("arrived" if trusted else "tls_failure")
    assert [path for path, _ in site.seen] == (["/authorize"] if trusted else [])


@pytest.mark.parametrize("engine", ["chromium", "firefox"])
async def test_a_root_of_ones_own_is_trusted(phones, site, certificate, engine):
    phone = await phones(engine)
    phone.vouching = Vouching([certificate.cert])
    site.redirect("/authorize", ANSWER)
    made = await phone.walk("/authorize", use=JUDGED)
    assert made.ending.kind == "arrived"


async def test_every_certificate_is_taken_where_that_is_asked_for(phone, site):
    phone.vouching = Vouching([])
    site.redirect("/authorize", ANSWER)
    made = await phone.walk("/authorize", use={"ignore_https_errors": True})
    assert made.ending.kind == "arrived"


@pytest.mark.parametrize("engine", ["chromium", "firefox"])
async def test_what_a_page_loads_fails_with_the_reason_and_the_page_goes_on(phones, site, certificate, engine):
    phone = await phones(engine)
    phone.vouching = Vouching([certificate.cert])
    phone.elsewhere = {PORTAL: f"127.0.0.1:{site.port}"}
    site.page("/authorize", f"<h1>Sign in</h1><script src=https://{PORTAL}/site.js></script>")
    made = await phone.walk("/authorize", use=JUDGED, deadline_s=3)
    page, script = made.requests.value[:2]
    assert (page.status, script.status) == (200, None)
    words = f"the certificate of {PORTAL} is not to be trusted: it is made out for another host"
    assert script.failure.endswith(f": {words}")
    assert made.ending.kind != "tls_failure"
    assert "/site.js" not in [path for path, _ in site.seen]


async def test_the_plain_client_of_the_browser_sends_no_cookie_there(phone, site, certificate):
    phone.vouching = Vouching([certificate.cert])
    phone.elsewhere = {PORTAL: f"127.0.0.1:{site.port}"}
    async with phone.device(**JUDGED) as device:
        for host in (HOST, PORTAL):
            await device.context.add_cookies([{"name": "session", "value": "s" * 30, "url": f"https://{host}/"}])
            trail = await ask_silently(
                device, f"https://{host}/authorize", arrives=lambda url: False, refuse=lambda host, port: False
            )
            assert trail.failed is (host == PORTAL)
    assert trail.problem == f"the certificate of {PORTAL} is not to be trusted: it is made out for another host"
    assert not trail.answers
    assert [path for path, _ in site.seen] == ["/authorize"]
