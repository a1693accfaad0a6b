from __future__ import annotations

import asyncio
import gc
import hashlib
import os
import socket
import warnings

import h2.config
import h2.connection
import h2.events
import pytest
from hypercorn.asyncio import serve as hypercorn
from hypercorn.config import Config

from e2e_linker.browser.network import LoopbackProxy, Upstream

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


async def echo(reader, writer):
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()


async def read_request(reader):
    return (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")


def answering(answer=OK, seen=None):
    async def handler(reader, writer):
        head = await read_request(reader)
        if seen is not None:
            seen.append(head)
        writer.write(answer)
        await writer.drain()

    return handler


async def finished(proxy, count=1):
    """The records, as soon as ``count`` of them say how they ended."""
    async with asyncio.timeout(5):
        while sum(c.error is not None for c in proxy.connections) < count:
            await asyncio.sleep(0)
    return proxy.connections


async def test_a_tunnel_carries_bytes_both_ways_and_counts_them(serve, proxy, line):
    server = await serve(echo)
    through = await proxy()
    client = await line(through)
    assert await client.connect(f"127.0.0.1:{server.port}") == "HTTP/1.1 200 Connection established"
    await client.send(b"\x00\xffhello")
    assert await client.reader.readexactly(7) == b"\x00\xffhello"
    [record] = through.connections
    assert (record.host, record.port, record.bytes_up, record.bytes_down) == ("127.0.0.1", server.port, 7, 7)
    assert not record.refused
    assert record.error is None
    assert record.dns_s is not None
    assert record.connect_s is not None


async def test_bytes_sent_before_the_tunnel_stands_are_not_lost(serve, proxy, line):
    server = await serve(echo)
    client = await line(await proxy())
    target = f"127.0.0.1:{server.port}".encode()
    await client.send(b"CONNECT " + target + b" HTTP/1.1\r\nHost: " + target + b"\r\n\r\nearly")
    await client.head()
    assert await client.reader.readexactly(5) == b"early"


@pytest.mark.parametrize("asked", ["pitangui.amazon.com:443", "PITANGUI.Amazon.COM.:443"])
async def test_a_refused_host_is_answered_403_and_never_dialled(serve, proxy, line, asked):
    server = await serve(echo)
    through = await proxy(refused={"pitangui.amazon.com"}, resolve={"pitangui.amazon.com": f"127.0.0.1:{server.port}"})
    client = await line(through)
    await client.send(f"CONNECT {asked} HTTP/1.1\r\n\r\n".encode())
    head = await client.head()
    assert head.startswith("HTTP/1.1 403 ")
    assert "Proxy-Status: e2e-linker; error=http_request_denied" in head
    [record] = through.connections
    assert record.refused
    assert record.failure == "http_request_denied"
    assert record.connect_s is None
    assert server.visits == 0


async def test_a_refused_plain_request_is_answered_even_while_its_body_is_sent(serve, proxy, line):
    server = await serve(echo)
    through = await proxy(refused={"example.com"}, resolve={"example.com": f"127.0.0.1:{server.port}"})
    client = await line(through)
    await client.send(b"POST http://example.com/a HTTP/1.1\r\nContent-Length: 3000000\r\n\r\n" + b"x" * 3000000)
    assert (await client.head()).startswith("HTTP/1.1 403 ")
    assert server.visits == 0


async def test_an_ipv6_literal_is_refused_in_any_spelling(proxy, line):
    through = await proxy(refused={"2001:db8::1"})
    client = await line(through)
    assert (await client.connect("[2001:DB8:0:0::1]:443")).startswith("HTTP/1.1 403")


async def test_resolve_points_a_name_elsewhere(serve, proxy, line):
    server, other = await serve(echo), await serve(echo)
    through = await proxy(
        resolve={"Login.Example.com": f"127.0.0.1:{server.port}", "login.example.com:8443": f"127.0.0.1:{other.port}"}
    )
    for target in ("login.example.com:443", "LOGIN.example.com.:8443"):
        client = await line(through)
        assert "200" in await client.connect(target)
        await client.send(b"x")
        await client.reader.readexactly(1)
    assert (server.visits, other.visits) == (1, 1)
    assert [(c.host, c.port) for c in through.connections] == [
        ("login.example.com", 443),
        ("login.example.com", 8443),
    ]


@pytest.mark.skipif(not socket.has_ipv6, reason="no IPv6 here")
async def test_resolve_takes_an_ipv6_address(serve, proxy, line):
    server = await serve(echo, host="::1")
    client = await line(await proxy(resolve={"six.example": f"[::1]:{server.port}"}))
    assert "200" in await client.connect("six.example:443")
    await client.send(b"x")
    assert await client.reader.readexactly(1) == b"x"


async def test_tls_and_http2_pass_end_to_end(proxy, line, certificate):
    async def app(scope, receive, send):
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 200, "headers": [(b"x-http", b"2")]})
            await send({"type": "http.response.body", "body": scope["http_version"].encode()})

    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        config = Config.from_mapping(
            bind=[f"fd://{os.dup(listener.fileno())}"],
            certfile=str(certificate.cert),
            keyfile=str(certificate.key),
            loglevel="CRITICAL",
        )
        stop = asyncio.Event()
        server = asyncio.create_task(hypercorn(app, config, shutdown_trigger=stop.wait))
        try:
            through = await proxy(resolve={"login.example.com": f"127.0.0.1:{listener.getsockname()[1]}"})
            client = await line(through)
            assert "200" in await client.connect("login.example.com:443")
            await client.writer.start_tls(certificate.client("h2"), server_hostname="login.example.com")
            secured = client.writer.get_extra_info("ssl_object")
            assert secured.selected_alpn_protocol() == "h2"
            assert await h2_get(client, "login.example.com") == (b"200", b"2")
        finally:
            stop.set()
            await server


async def h2_get(client, host):
    talk = h2.connection.H2Connection(h2.config.H2Configuration(header_encoding=None))
    talk.initiate_connection()
    headers = [(":method", "GET"), (":path", "/"), (":scheme", "https"), (":authority", host)]
    talk.send_headers(1, headers, end_stream=True)
    status, body = b"", b""
    while True:
        await client.send(talk.data_to_send())
        for event in talk.receive_data(await client.reader.read(65536)):
            if isinstance(event, h2.events.ResponseReceived):
                status = dict(event.headers)[b":status"]
            elif isinstance(event, h2.events.DataReceived):
                body += event.data
            elif isinstance(event, h2.events.StreamEnded):
                return status, body


async def test_a_plain_request_goes_on_in_origin_form(serve, proxy, line):
    seen = []
    server = await serve(answering(seen=seen))
    through = await proxy(resolve={"login.example.com": f"127.0.0.1:{server.port}"})
    client = await line(through)
    await client.send(
        b"GET http://Login.example.com/a%20b?x=1&y HTTP/1.1\r\nHost: ignored.example\r\nX-Odd:  Value \r\n"
        b"Proxy-Connection: keep-alive\r\nProxy-Authorization: Basic eA==\r\nConnection: X-Hop\r\nX-Hop: 1\r\n"
        b"Cookie: a=1\r\nCookie: b=2\r\n\r\n"
    )
    head = await client.head()
    assert head == "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n"
    assert await client.rest() == b"ok"
    assert seen == [
        "GET /a%20b?x=1&y HTTP/1.1\r\nHost: login.example.com\r\nX-Odd:  Value \r\n"
        "Cookie: a=1\r\nCookie: b=2\r\nConnection: close\r\n\r\n"
    ]


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("http://h.example", "/"),
        ("http://h.example?", "/?"),
        ("http://h.example?q#f", "/?q"),
        ("http://user:pass@h.example//x", "//x"),
    ],
)
async def test_the_path_is_what_the_page_asked_for(serve, proxy, line, url, path):
    seen = []
    server = await serve(answering(seen=seen))
    client = await line(await proxy(resolve={"h.example": f"127.0.0.1:{server.port}"}))
    await client.send(f"GET {url} HTTP/1.1\r\n\r\n".encode())
    await client.rest()
    assert seen[0].startswith(f"GET {path} HTTP/1.1\r\nHost: h.example\r\n")


@pytest.mark.parametrize("chunked", [False, True])
async def test_a_body_is_streamed_and_nothing_behind_it_is_sent_on(serve, proxy, line, chunked):
    body = b"b\r\nhello=world\r\n0\r\nX-Trailer: 1\r\n\r\n" if chunked else b"hello=world"
    announced = b"Transfer-Encoding: chunked" if chunked else b"Content-Length: 11"
    taken = []

    async def handler(reader, writer):
        await read_request(reader)
        taken.append(await reader.readexactly(len(body)))
        writer.write(OK)
        writer.write_eof()
        taken.append(await reader.read())

    server = await serve(handler)
    client = await line(await proxy(resolve={"h.example": f"127.0.0.1:{server.port}"}))
    request = b"POST http://h.example/ HTTP/1.1\r\n" + announced + b"\r\n\r\n"
    await client.send(request + body + b"GET http://other.example/ HTTP/1.1\r\n\r\n")
    assert (await client.head()).startswith("HTTP/1.1 200 OK")
    assert await client.rest() == b"ok"
    client.writer.close()
    assert taken[0] == body
    assert b"".join(taken[1:]) == b""


async def test_interim_answers_pass_before_the_final_one(serve, proxy, line):
    server = await serve(answering(b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n" + OK))
    client = await line(await proxy(resolve={"h.example": f"127.0.0.1:{server.port}"}))
    await client.send(b"GET http://h.example/ HTTP/1.1\r\n\r\n")
    assert await client.head() == "HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n"
    assert (await client.head()).startswith("HTTP/1.1 200 OK")


async def test_a_websocket_upgrade_passes(serve, proxy, line):
    async def handler(reader, writer):
        head = await read_request(reader)
        assert "\r\nConnection: Upgrade\r\n" in head
        assert "\r\nUpgrade: websocket\r\n" in head
        writer.write(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")
        await echo(reader, writer)

    server = await serve(handler)
    client = await line(await proxy(resolve={"h.example": f"127.0.0.1:{server.port}"}))
    await client.send(b"GET http://h.example/ws HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
    assert "\r\nConnection: Upgrade\r\n" in await client.head()
    await client.send(b"\x81\x00frame")
    assert await client.reader.readexactly(7) == b"\x81\x00frame"


async def test_a_declined_upgrade_is_an_ordinary_answer(serve, proxy, line):
    server = await serve(answering(b"HTTP/1.1 400 No\r\nContent-Length: 0\r\n\r\n"))
    client = await line(await proxy(resolve={"h.example": f"127.0.0.1:{server.port}"}))
    await client.send(b"GET http://h.example/ws HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
    assert (await client.head()).startswith("HTTP/1.1 400 No")
    assert await client.rest() == b""


async def test_an_early_answer_to_a_body_nobody_reads_still_arrives(serve, proxy, line):
    async def handler(reader, writer):
        await read_request(reader)
        writer.write(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        writer.write_eof()
        await reader.read()

    server = await serve(handler)
    client = await line(await proxy(resolve={"h.example": f"127.0.0.1:{server.port}"}))
    await client.send(b"POST http://h.example/ HTTP/1.1\r\nContent-Length: 50000000\r\n\r\n")
    await client.send(b"x" * 100_000)
    assert (await client.head()).startswith("HTTP/1.1 413")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b"", "closed without an answer"),
        (b"HTTP/1.1 200 OK\r\nX: ", "closed in the middle"),
        (b"SSH-2.0-x\r\n\r\n", "not HTTP/1.1"),
    ],
)
async def test_a_server_without_a_proper_answer_is_no_answer(serve, proxy, line, answer, words):
    server = await serve(answering(answer))
    through = await proxy(resolve={"h.example": f"127.0.0.1:{server.port}"})
    client = await line(through)
    await client.send(b"GET http://h.example/ HTTP/1.1\r\n\r\n")
    assert await client.rest() == b""
    [record] = await finished(through)
    assert words in record.error


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


async def test_a_refused_connection_is_502_and_named(proxy, line):
    through = await proxy()
    client = await line(through)
    assert (await client.connect(f"127.0.0.1:{free_port()}")).startswith("HTTP/1.1 502")
    assert through.connections[0].failure == "connection_refused"
    assert not through.connections[0].refused


async def test_a_name_that_does_not_exist_is_502_and_named(proxy, line, monkeypatch):
    def fail(*_, **__):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    through = await proxy()
    port = int(through.url.rpartition(":")[2])
    with socket.socket() as sock:
        sock.setblocking(False)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(sock, ("127.0.0.1", port))
        await loop.sock_sendall(sock, b"CONNECT nowhere.example:443 HTTP/1.1\r\n\r\n")
        assert (await loop.sock_recv(sock, 4096)).startswith(b"HTTP/1.1 502")
    assert through.connections[0].failure == "dns_error"
    assert "nowhere.example" in through.connections[0].error


async def test_an_impossible_name_is_a_dns_error(proxy, line):
    through = await proxy()
    client = await line(through)
    assert (await client.connect(f"{'a' * 70}.example:443")).startswith("HTTP/1.1 502")
    assert through.connections[0].failure == "dns_error"


async def test_silence_is_a_timeout(serve, proxy, line):
    async def silent(reader, writer):
        await reader.read()

    deaf = await serve(silent)
    upstream = Upstream.from_environment({"HTTPS_PROXY": f"http://127.0.0.1:{deaf.port}"})
    through = await proxy(upstream=upstream, connect_timeout_s=0.1)
    client = await line(through)
    assert (await client.connect("far.example:443")).startswith("HTTP/1.1 502")
    assert through.connections[0].failure == "connection_timeout"


async def test_an_upstream_proxy_is_used_with_its_credentials(serve, proxy, line):
    server = await serve(echo)
    seen = []
    far = await proxy(resolve={"far.example": f"127.0.0.1:{server.port}"})

    async def checkpoint(reader, writer):
        head = await read_request(reader)
        seen.append(head)
        onward = await asyncio.open_connection("127.0.0.1", int(far.url.rpartition(":")[2]))
        onward[1].write(head.encode("latin-1"))
        await asyncio.gather(copy(reader, onward[1]), copy(onward[0], writer))
        onward[1].close()

    async def copy(reader, writer):
        while data := await reader.read(65536):
            writer.write(data)
        writer.write_eof()

    gate = await serve(checkpoint)
    environ = {"https_proxy": f"http://me:p%40ss@127.0.0.1:{gate.port}", "NO_PROXY": "inside.example"}
    near = await proxy(upstream=Upstream.from_environment(environ))
    client = await line(near)
    assert "200" in await client.connect("far.example:443")
    await client.send(b"hello")
    assert await client.reader.readexactly(5) == b"hello"
    client.writer.write_eof()
    assert await client.rest() == b""
    assert "\r\nProxy-Authorization: Basic bWU6cEBzcw==\r\n" in seen[0]
    assert [c.host for c in far.connections] == ["far.example"]


async def test_an_upstream_proxy_takes_plain_requests_in_absolute_form(serve, proxy, line):
    seen = []
    server = await serve(answering(seen=seen))
    far = await proxy(resolve={"far.example": f"127.0.0.1:{server.port}"})
    near = await proxy(upstream=Upstream.from_environment({"HTTP_PROXY": far.url}))
    client = await line(near)
    await client.send(b"GET http://far.example:8080/p?q HTTP/1.1\r\nHost: far.example:8080\r\n\r\n")
    assert (await client.head()).startswith("HTTP/1.1 200 OK")
    assert seen[0].startswith("GET /p?q HTTP/1.1\r\nHost: far.example:8080\r\n")
    assert [(c.host, c.port) for c in far.connections] == [("far.example", 8080)]


async def test_an_upstream_proxy_over_tls(serve, proxy, line, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.cert))

    async def gate(reader, writer):
        await read_request(reader)
        writer.write(b"HTTP/1.1 200 fine\r\n\r\nfirst")
        await echo(reader, writer)

    server = await serve(gate, ssl=certificate.server())
    upstream = Upstream.from_environment({"ALL_PROXY": f"https://127.0.0.1:{server.port}"})
    client = await line(await proxy(upstream=upstream))
    assert "200" in await client.connect("far.example:443")
    assert await client.reader.readexactly(5) == b"first"
    await client.send(b"back")
    assert await client.reader.readexactly(4) == b"back"
    client.writer.write_eof()
    assert await client.rest() == b""


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        (b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", "destination_unavailable"),
        (b"what?\r\n\r\n", "http_protocol_error"),
        (b"", "http_protocol_error"),
    ],
)
async def test_an_upstream_proxy_that_declines_is_named(serve, proxy, line, answer, failure):
    server = await serve(answering(answer))
    through = await proxy(upstream=Upstream.from_environment({"HTTPS_PROXY": f"127.0.0.1:{server.port}"}))
    client = await line(through)
    assert (await client.connect("far.example:443")).startswith("HTTP/1.1 502")
    [record] = through.connections
    assert (record.failure, record.via) == (failure, f"127.0.0.1:{server.port}")
    assert "upstream proxy" in record.error


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        (b"Proxy-Authenticate: Negotiate\r\nProxy-Authenticate: NTLM\r\n", "Negotiate, NTLM"),
        (b'proxy-authenticate: NTLM, Digest realm="a, b", nonce="NTLM x", Basic realm=Corp\r\n', "NTLM, Digest, Basic"),
        (b'Proxy-Authenticate: Basic realm="Corp Proxy"\r\n', "Basic"),
    ],
)
async def test_the_ways_into_an_upstream_proxy_are_told(serve, proxy, line, headers, said):
    server = await serve(answering(b"HTTP/1.1 407 Denied\r\n" + headers + b"\r\n"))
    through = await proxy(upstream=Upstream.from_environment({"HTTPS_PROXY": f"127.0.0.1:{server.port}"}))
    await (await line(through)).connect("far.example:443")
    assert through.connections[0].error.endswith(f"407 Denied (it takes {said})")


async def test_where_an_upstream_proxy_leads_to_is_told_without_its_query(serve, proxy, line):
    answer = b"HTTP/1.1 302 Found\r\nLocation: http://portal.corp/login?for=x\r\n\r\n"
    server = await serve(answering(answer))
    through = await proxy(upstream=Upstream.from_environment({"HTTPS_PROXY": f"127.0.0.1:{server.port}"}))
    await (await line(through)).connect("far.example:443")
    assert through.connections[0].error.endswith("302 Found (it leads to http://portal.corp/login)")


async def test_loopback_overrides_and_exemptions_never_go_upstream(serve, proxy, line):
    server, upstream = await serve(echo), await serve(echo)
    near = await proxy(
        upstream=Upstream.from_environment({"ALL_PROXY": f"http://127.0.0.1:{upstream.port}"}),
        resolve={"here.example": f"127.0.0.1:{server.port}"},
    )
    for target in (f"127.0.0.1:{server.port}", f"localhost:{server.port}", "here.example:443"):
        client = await line(near)
        assert "200" in await client.connect(target)
    assert upstream.visits == 0
    assert {record.via for record in near.connections} == {None}


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET https://h.example/ HTTP/1.1\r\n\r\n",
        b"GET http:///x HTTP/1.1\r\n\r\n",
        b"GET http://h.example:99999/ HTTP/1.1\r\n\r\n",
        b"CONNECT h.example HTTP/1.1\r\n\r\n",
        b"CONNECT h.example:0 HTTP/1.1\r\n\r\n",
        b"CONNECT a@b:443 HTTP/1.1\r\n\r\n",
        b"CONNECT [::1:443 HTTP/1.1\r\n\r\n",
        b"POST http://h.example/ HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"POST http://h.example/ HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"GET http://h.example/ HTTP/1.1\r\nno colon\r\n\r\n",
        b"CONNECT h.example:443 HTTP/1.1\r\nX: " + b"x" * 70_000 + b"\r\n\r\n",
        b"x" * 1_500_000,
    ],
    ids=lambda garbage: garbage[:40].decode("latin-1"),
)
async def test_garbage_is_answered_400_and_harms_nothing(serve, proxy, line, garbage):
    server = await serve(echo)
    through = await proxy(resolve={"h.example": f"127.0.0.1:{server.port}"})
    client = await line(through)
    await client.send(garbage)
    assert (await client.head()).startswith("HTTP/1.1 400")
    assert server.visits == 0
    again = await line(through)
    assert "200" in await again.connect("h.example:443")


async def test_a_long_plain_head_passes(serve, proxy, line):
    seen = []
    server = await serve(answering(seen=seen), limit=2_000_000)
    client = await line(await proxy(resolve={"h.example": f"127.0.0.1:{server.port}"}))
    path = "/" + "x" * 500_000
    await client.send(f"GET http://h.example{path} HTTP/1.1\r\n\r\n".encode())
    assert (await client.head()).startswith("HTTP/1.1 200")
    assert seen[0].startswith(f"GET {path} HTTP/1.1")


async def test_a_silent_client_is_dropped(proxy, line):
    client = await line(await proxy(head_timeout_s=0.05))
    assert await client.rest() == b""


async def test_a_broken_chunk_ends_the_request(serve, proxy, line):
    async def handler(reader, writer):
        await reader.read()

    server = await serve(handler)
    client = await line(await proxy(resolve={"h.example": f"127.0.0.1:{server.port}"}))
    await client.send(b"POST http://h.example/ HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")
    with pytest.raises(ConnectionResetError):
        await client.rest()


async def test_half_close_reaches_the_server_and_its_answer_the_client(serve, proxy, line):
    async def handler(reader, writer):
        everything = await reader.read()
        writer.write(everything[::-1])
        await writer.drain()

    server = await serve(handler)
    client = await line(await proxy())
    await client.connect(f"127.0.0.1:{server.port}")
    await client.send(b"abc")
    client.writer.write_eof()
    assert await client.rest() == b"cba"


async def test_a_reset_by_the_server_is_a_reset_for_the_client(serve, proxy, line):
    async def handler(reader, writer):
        await reader.readexactly(1)
        plain = writer.get_extra_info("socket")
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
        writer.transport.abort()

    server = await serve(handler)
    through = await proxy()
    client = await line(through)
    await client.connect(f"127.0.0.1:{server.port}")
    await client.send(b"x")
    with pytest.raises(ConnectionResetError):
        await client.rest()
    [record] = await finished(through)
    assert record.failure == "connection_terminated"


async def test_much_data_arrives_whole_on_many_connections(serve, proxy, line):
    piece = os.urandom(1 << 20)

    async def handler(reader, writer):
        size, digest = 0, hashlib.sha256()
        while size < 4 << 20:
            data = await reader.read(1 << 18)
            size += len(data)
            digest.update(data)
        writer.write(digest.digest())
        for _ in range(4):
            writer.write(piece)
            await writer.drain()

    server = await serve(handler)
    through = await proxy()

    async def one():
        client = await line(through)
        await client.connect(f"127.0.0.1:{server.port}")
        for _ in range(4):
            await client.send(piece)
        digest = await client.reader.readexactly(32)
        got = hashlib.sha256()
        while data := await client.reader.read(1 << 18):
            got.update(data)
        return digest, got.digest()

    expected = hashlib.sha256(piece * 4).digest()
    assert await asyncio.gather(*(one() for _ in range(48))) == [(expected, expected)] * 48
    assert {(c.bytes_up, c.bytes_down) for c in through.connections} == {(4 << 20, (4 << 20) + 32)}


async def test_closing_under_load_ends_everything_at_once(serve, line):
    async def flood(reader, writer):
        while True:
            writer.write(b"x" * 65536)
            await writer.drain()

    server = await serve(flood)
    before = asyncio.all_tasks()
    async with LoopbackProxy(refuse=lambda host, port: False, resolve={}, upstream=None) as through:
        clients = [await line(through) for _ in range(12)]
        for client in clients[:6]:
            await client.connect(f"127.0.0.1:{server.port}")
            await client.reader.readexactly(100_000)
        started = asyncio.get_running_loop().time()
    assert asyncio.get_running_loop().time() - started < 1
    for client in clients[6:]:
        with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
            await client.head()
    assert not [task for task in asyncio.all_tasks() - before if "LoopbackProxy" in repr(task)]
    assert len(through.connections) == 6
    with pytest.raises(OSError):
        await line(through)


async def test_a_second_case_is_not_disturbed_by_the_end_of_the_first(serve, proxy, line):
    server = await serve(echo)
    through = await proxy()
    client = await line(through)
    await client.connect(f"127.0.0.1:{server.port}")
    async with LoopbackProxy(refuse=lambda host, port: True, resolve={}, upstream=None) as other:
        assert (await (await line(other)).connect("a.example:443")).startswith("HTTP/1.1 403")
    await client.send(b"still")
    assert await client.reader.readexactly(5) == b"still"


@pytest.mark.parametrize("turns", range(8))
def test_nothing_is_left_open_where_the_proxy_is_closed_as_somebody_connects(turns):
    async def go() -> None:
        async with LoopbackProxy(refuse=lambda host, port: True, resolve={}, upstream=None) as through:
            host, _, port = through.url.rpartition("//")[2].rpartition(":")
            connecting = socket.create_connection((host, int(port)))
            for _ in range(turns):
                await asyncio.sleep(0)
        connecting.close()

    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always", ResourceWarning)
        asyncio.run(go())
        gc.collect()
    assert [str(one.message) for one in heard] == []
