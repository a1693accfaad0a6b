from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from e2e_linker.alexa.limits import (
    OVERSIZE_STATUSES,
    HeadSizes,
    ServerLimit,
    blames_size,
    browser_limits,
    has_one_page,
    recognise,
    server_limits,
    tightest,
)

# Largest request line, header line, whole head and number of headers that were let through, then the first refusals.
# None: no limit was found, or the head was limited by the number of its headers.
MEASURED: dict[str, tuple[int | None, int | None, int | None, int | None, tuple[int | str | None, ...]]] = {
    "nginx": (8190, 8190, 32508, 998 + 2, (414, 400, 400)),
    "Apache httpd": (8191, 8191, None, 98 + 2, (414, 400, 400)),
    "HAProxy": (15256, 15236, 15232, 99 + 2, (400, 400, 400)),
    "lighttpd": (8152, 8136, 8192, None, (431, 431, 431)),
    "Caddy or another Go server": (1052632, 1052616, 1052672, None, (431, 431, 431)),
    "Node.js": (16368, 16356, 16476, None, (431, 431, 431)),
    "gunicorn": (4094, 8188, None, 98 + 2, (414, 431, 431)),
    "uvicorn with h11": (127933, 127917, 127973, None, (400, 400, 400)),
    "uvicorn with httptools": (65548, None, None, None, (400, None, None)),
    "hypercorn": (65496, 65480, 65536, None, (431, 431, 431)),
    "waitress": (262103, 262087, 262143, None, (431, 431, 431)),
    "aiohttp": (8203, 8198, None, 126 + 2, (400, 400, 400)),
    "Tornado": (65496, 65480, 65536, None, ("closed", "closed", "closed")),
    "Daphne on Twisted": (16352, 16338, 16426, 498 + 2, (400, 400, 400)),
    "granian": (65547, 425976, None, 98 + 2, (414, 431, 431)),
    "Werkzeug development server": (65534, 65534, None, 97 + 2, (414, 431, 431)),
    "Tomcat": (8152, 8136, 8192, 98 + 2, (400, 400, 400)),
    "Jetty": (8183, 8176, 8225, None, (431, 431, 431)),
}
DOCUMENTED = {
    "AWS Application Load Balancer",
    "AWS CloudFront",
    "AWS API Gateway, HTTP API",
    "AWS Lambda function URL",
    "Cloudflare",
    "IIS",
    "ASP.NET Core Kestrel",
    "Envoy",
    "Apigee Edge",
}
NGINX_PAGE = (
    "<html>\r\n<head><title>400 Request Header Or Cookie Too Large</title></head>\r\n<body>\r\n"
    "<center><h1>400 Bad Request</h1></center>\r\n<center>Request Header Or Cookie Too Large</center>\r\n"
    "<hr><center>{name}</center>\r\n</body>\r\n</html>"
)
TOMCAT_PAGE = (
    "<!doctype html><html><head><title>HTTP Status 400 – Bad Request</title></head><body>"
    "<p><b>Message</b> Request header is too large</p><h3>Apache Tomcat/10.1.60</h3></body></html>"
)


def by_name(name: str) -> ServerLimit:
    return next(each for each in server_limits() if each.server == name)


def names(*answer: Any) -> list[str]:
    return [each.server for each in recognise(*answer)]


def test_every_known_server_has_one_row() -> None:
    listed = [each.server for each in server_limits()]
    assert len(listed) == len(set(listed))
    assert set(listed) == set(MEASURED) | DOCUMENTED


@pytest.mark.parametrize("name", MEASURED)
def test_measured_rows_hold_the_measured_figures(name: str) -> None:
    row = by_name(name)
    answers = (row.statuses.line, row.statuses.header, row.statuses.total)
    assert (row.request_line, row.header_line, row.head_total, row.header_count, answers) == MEASURED[name]
    assert row.confidence == "M"


@pytest.mark.parametrize("name", MEASURED)
def test_budget_is_shared_where_line_and_head_end_together(name: str) -> None:
    row = by_name(name)
    together = row.head_total is not None and abs(row.head_total - (row.request_line or 0)) < 128
    assert row.shared_budget is together


def test_documented_rows_do_not_claim_to_be_measured() -> None:
    assert {each.server for each in server_limits() if each.confidence != "M"} == DOCUMENTED
    assert by_name("IIS").query == 2048
    assert by_name("AWS CloudFront").head_total == 20480
    assert by_name("AWS API Gateway, HTTP API").head_total == 10240


def test_every_answer_is_an_oversize_status() -> None:
    for each in server_limits():
        assert {answer for answer in each.statuses.every if isinstance(answer, int)} <= OVERSIZE_STATUSES
    assert {413, 414, 431, 494} <= OVERSIZE_STATUSES


@pytest.mark.parametrize(
    ("status", "headers", "body", "first"),
    [
        (400, {"Server": "nginx/1.22.1"}, NGINX_PAGE.format(name="nginx/1.22.1"), "nginx"),
        (400, {"Server": "openresty"}, NGINX_PAGE.format(name="openresty"), "nginx"),
        (414, {"server": "nginx"}, "", "nginx"),
        (400, {"server": "cloudflare", "cf-ray": "8"}, NGINX_PAGE.format(name="cloudflare"), "Cloudflare"),
        (400, {"server": "cloudflare"}, NGINX_PAGE.format(name="nginx"), "nginx"),
        (400, {"connection": "close"}, TOMCAT_PAGE, "Tomcat"),
        (404, {"server": "Microsoft-IIS/10.0"}, "404 - File or directory not found.", "IIS"),
        (
            400,
            {"Server": "Microsoft-HTTPAPI/2.0"},
            "<h2>Bad Request - Request Too Long</h2><p>HTTP Error 400. The size of the request headers is too long.",
            "IIS",
        ),
        (414, {"Server": "Apache/2.4.71 (Debian)"}, "", "Apache httpd"),
        (431, {"Server": "Apache/2.4.71 (Debian)"}, "", "Apache httpd"),
        (400, {"Server": "Apache"}, "Size of a request header field exceeds server limit.", "Apache httpd"),
        (
            400,
            {"Connection": "close"},
            "<html><body><h1>400 Bad request</h1>\nYour browser sent an invalid request.\n</body></html>",
            "HAProxy",
        ),
        (431, {"server": "lighttpd/1.4.69"}, "", "lighttpd"),
        (431, {"Connection": "close"}, "431 Request Header Fields Too Large", "Caddy or another Go server"),
        (431, {"Connection": "close"}, "", "Node.js"),
        (431, {"Server": "Jetty(9.4.57)"}, "<h1>Bad Message 431</h1>", "Jetty"),
        (431, {}, "<h1>Bad Message 431</h1><pre>reason: Request Header Fields Too Large</pre>", "Jetty"),
        (414, {}, "<h1>Bad Request</h1>Request Line is too large (9001 &gt; 4094)", "gunicorn"),
        (431, {"Server": "waitress"}, "exceeds max_header of 262144\n\n(generated by waitress)", "waitress"),
        (400, {"Server": "Python/3.11 aiohttp/3.14.0"}, "Got more than 8190 bytes when reading", "aiohttp"),
        (414, {"Server": "Werkzeug/3.1 Python/3.11"}, "Request-URI Too Long", "Werkzeug development server"),
        (414, {"server": "awselb/2.0"}, "", "AWS Application Load Balancer"),
        (413, {"Server": "CloudFront"}, "Generated by cloudfront (CloudFront)", "AWS CloudFront"),
        (431, {"Apigw-Requestid": "x="}, '{"message":"Request Header Fields Too Large"}', "AWS API Gateway, HTTP API"),
        (431, {"server": "envoy"}, "", "Envoy"),
        (431, {"server": "istio-envoy"}, "", "Envoy"),
        (414, {"Server": "Kestrel"}, "", "ASP.NET Core Kestrel"),
        (414, {}, '{"fault":{"detail":{"errorcode":"protocol.http.TooBigLine"}}}', "Apigee Edge"),
        (431, {"server": "granian"}, "", "granian"),
        (400, {}, "", "Daphne on Twisted"),
    ],
)
def test_a_servers_own_answer_is_recognised(status: int, headers: dict[str, str], body: str, first: str) -> None:
    assert names(status, headers, body, False)[0] == first


@pytest.mark.parametrize("name", ["nginx", "Tomcat", "IIS", "Jetty", "gunicorn"])
def test_own_words_leave_no_second_candidate(name: str) -> None:
    answers: dict[str, tuple[int, dict[str, str], str]] = {
        "nginx": (400, {"server": "nginx"}, NGINX_PAGE.format(name="nginx")),
        "Tomcat": (400, {}, TOMCAT_PAGE),
        "IIS": (404, {"server": "Microsoft-IIS/10.0"}, "HTTP Error 404.15 - Not Found"),
        "Jetty": (431, {}, "<h1>Bad Message 431</h1>"),
        "gunicorn": (400, {}, "Request Line is too large (9001 > 4094)"),
    }
    assert names(*answers[name], False) == [name]


def test_a_dropped_connection_points_at_those_that_drop() -> None:
    assert names(None, {}, "", True) == ["Tornado", "Daphne on Twisted"]
    assert names(None, {}, "", False) == []


def test_a_stream_that_is_reset_points_at_those_that_speak_http_2() -> None:
    assert [each.server for each in recognise(None, {}, "", True, stream_reset=True)] == ["HAProxy"]


def test_a_page_for_all_that_is_malformed_is_a_servers_own_only_where_it_has_no_words_for_size() -> None:
    assert has_one_page(by_name("HAProxy"), "Your browser sent an invalid request.")
    assert not has_one_page(by_name("HAProxy"), "Bad request")
    assert not has_one_page(by_name("nginx"), NGINX_PAGE.format(name="nginx"))


@pytest.mark.parametrize(
    ("status", "headers", "body"),
    [
        (200, {"server": "nginx"}, NGINX_PAGE.format(name="nginx")),
        (302, {"server": "cloudflare"}, ""),
        (500, {"server": "nginx"}, "<center>nginx</center>"),
        (404, {"server": "nginx"}, "<center>nginx</center>"),
        (400, {"content-type": "application/json", "server": "my-app"}, '{"error":"invalid_request"}'),
        (400, {"content-type": "text/html"}, ""),
        (403, {"server": "Microsoft-IIS/10.0"}, ""),
    ],
)
def test_other_answers_are_nobodys(status: int, headers: dict[str, str], body: str) -> None:
    assert names(status, headers, body, False) == []


def test_an_answer_blames_the_size_or_does_not() -> None:
    assert all(blames_size(status, "") for status in (413, 414, 431, 494))
    assert blames_size(400, NGINX_PAGE.format(name="nginx"))
    assert blames_size(400, TOMCAT_PAGE)
    assert blames_size(404, "HTTP Error 404.15 - Not Found")
    assert not blames_size(400, '{"error":"invalid_request","error_description":"redirect_uri is not registered"}')
    assert not blames_size(400, "Invalid HTTP request received.")
    assert not blames_size(404, "Page not found")
    assert not blames_size(200, TOMCAT_PAGE)
    assert not blames_size(None, "")


def test_the_fullest_server_comes_first() -> None:
    sizes = HeadSizes(request_line=4095, query=1000, header_line=500, head_total=6000, header_count=12)
    rooms = tightest(sizes)
    assert rooms[0].server.server == "gunicorn"
    assert (rooms[0].part, rooms[0].left) == ("request_line", -1)
    assert [room.used / room.limit for room in rooms] == sorted(
        (room.used / room.limit for room in rooms), reverse=True
    )
    assert len({room.server.server for room in rooms}) == len(rooms) == len(server_limits())


def test_cookies_fill_the_budget_they_share_with_the_url() -> None:
    sizes = HeadSizes(request_line=3000, query=1900, header_line=5200, head_total=8600, header_count=12)
    rooms = {room.server.server: room for room in tightest(sizes)}
    assert (rooms["Tomcat"].part, rooms["Tomcat"].left) == ("head_total", 8192 - 8600)
    assert rooms["nginx"].left > 0
    assert (rooms["IIS"].part, rooms["IIS"].left) == ("query", 148)


def test_browser_limits_cover_the_engines_and_the_specification() -> None:
    limits = {each.engine: each for each in browser_limits()}
    assert set(limits) == {"chromium", "firefox", "webkit", "specification"}
    assert limits["chromium"].url_chars == 2_097_152
    assert (limits["chromium"].cookie_bytes, limits["chromium"].cookie_attribute_bytes) == (4096, 1024)
    assert (limits["chromium"].cookies_per_site, limits["chromium"].cookies_total) == (180, 3300)
    least = limits["specification"]
    assert all(each.url_chars >= least.url_chars for each in limits.values())
    assert all(each.cookies_per_site >= least.cookies_per_site for each in limits.values())


async def _app(scope: dict[str, Any], receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"ok"})


async def _uvicorn(listener: socket.socket, stop: asyncio.Event) -> None:
    import uvicorn

    server = uvicorn.Server(uvicorn.Config(_app, http="h11", ws="none", lifespan="off", log_level="critical"))

    async def halt() -> None:
        await stop.wait()
        server.should_exit = True

    await asyncio.gather(server.serve(sockets=[listener]), halt())


async def _hypercorn(listener: socket.socket, stop: asyncio.Event) -> None:
    from hypercorn.asyncio import serve
    from hypercorn.config import Config

    config = Config()
    config.bind = [f"fd://{listener.dup().detach()}"]
    config.errorlog = None

    async def halt() -> None:
        await stop.wait()

    await serve(_app, config, shutdown_trigger=halt)  # type: ignore[arg-type]


@asynccontextmanager
async def _serving(run: Callable[..., Any]) -> AsyncIterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        stop = asyncio.Event()
        task = asyncio.create_task(run(listener, stop))
        try:
            yield listener.getsockname()[1]
        finally:
            stop.set()
            await task


async def _answer(port: int, request: bytes) -> tuple[int, dict[str, str], str]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {name: value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
        body = b""
        if headers.get("content-length") != "0":
            body = await reader.read(1000)
    finally:
        writer.transport.abort()
    return int(head[0].split()[1]), headers, body.decode()


@pytest.mark.parametrize(("run", "name"), [(_uvicorn, "uvicorn with h11"), (_hypercorn, "hypercorn")])
async def test_a_live_server_is_known_by_its_answer(run: Callable[..., Any], name: str) -> None:
    too_long = b"GET /" + b"a" * 400_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n"
    async with asyncio.timeout(20), _serving(run) as port:
        status, headers, body = await _answer(port, too_long)
    assert status == by_name(name).statuses.line
    assert name in names(status, headers, body, False)
    assert names(status, headers, body, False)[0].split()[0] == name.split()[0]
