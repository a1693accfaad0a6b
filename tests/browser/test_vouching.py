"""Certificates judged by the loopback proxy, for browsers that know nothing of private roots."""

from __future__ import annotations

import asyncio
import datetime
import ipaddress
import socket
import ssl
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from e2e_linker.browser.addresses import Address
from e2e_linker.browser.dialing import Dialer, DialError
from e2e_linker.browser.network import Upstream
from e2e_linker.browser.vouching import Vouching

HOST = "login.example.com"
NOW = datetime.datetime.now(datetime.UTC)
TAKEN = "HTTP/1.1 200 Connection established"


def _san(name):
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


class Authority:
    """A root of one's own, in ``pem``, and server contexts with certificates that it signed."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder, self._name = folder, name
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._root = self._made(name, self._key, NOW + datetime.timedelta(days=9), authority=True)
        self.pem = self._written(self._root)

    def server(self, host: str, days: float = 5, *, listed: bool = True) -> ssl.SSLContext:
        key = ec.generate_private_key(ec.SECP256R1())
        made = self._made(host, key, NOW + datetime.timedelta(days=days), listed=listed)
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self._written(made, key))
        return context

    def _made(self, name, key, until, *, authority=False, listed=True):
        names = [x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, one)]) for one in (name, self._name)]
        builder = x509.CertificateBuilder().subject_name(names[0]).issuer_name(names[1]).public_key(key.public_key())
        builder = builder.serial_number(x509.random_serial_number())
        builder = builder.not_valid_before(NOW - datetime.timedelta(days=20)).not_valid_after(until)
        if authority:
            builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        elif listed:
            builder = builder.add_extension(x509.SubjectAlternativeName([_san(name)]), critical=False)
        return builder.sign(self._key, hashes.SHA256())

    def _written(self, made, key=None):
        path = self._folder / f"{made.serial_number}.pem"
        text = made.public_bytes(serialization.Encoding.PEM)
        if key is not None:
            text += key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        path.write_bytes(text)
        return path


@pytest.fixture(scope="module")
def ours(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("ours"), "Ours")


@pytest.fixture(scope="module")
def theirs(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("theirs"), "Theirs")


async def silent(reader, writer):
    await reader.read()


async def hangs(reader, writer):
    await asyncio.sleep(60)


async def hangs_up(reader, writer):
    await reader.read(1)


async def talks_plainly(reader, writer):
    await reader.read(1)
    writer.write(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")
    await writer.drain()


async def _carried(reader, writer, port):
    """Carry all bytes to the server at ``port``, and back."""
    onward, back = await asyncio.open_connection("127.0.0.1", port)

    async def carry(source, sink):
        while data := await source.read(65536):
            sink.write(data)
        sink.close()

    await asyncio.gather(carry(reader, back), carry(onward, writer))


async def asked(line, through, target=f"{HOST}:443"):
    """(status line, what the proxy says in its answer)"""
    client = await line(through)
    await client.send(f"CONNECT {target} HTTP/1.1\r\n\r\n".encode())
    status, _, rest = (await client.head()).partition("\r\n")
    return status, rest


async def test_a_root_of_ones_own_is_trusted_and_each_server_asked_once(serve, proxy, line, ours):
    context, met = ours.server(HOST), []
    context.sni_callback = lambda _, name, __: met.append(name)
    server = await serve(silent, ssl=context)
    vouching = Vouching([ours.pem])
    places = {HOST: f"127.0.0.1:{server.port}"}
    one, other = [await proxy(resolve=places, vouching=vouching) for _ in range(2)]
    assert {status for status, _ in await asyncio.gather(*(asked(line, one) for _ in range(4)))} == {TAKEN}
    assert (await asked(line, other))[0] == TAKEN
    assert met == [HOST]
    assert [record.failure for record in one.connections] == [None] * 4


async def test_an_expected_server_is_asked_before_the_browser_comes(serve, proxy, line, ours):
    context, met = ours.server(HOST), asyncio.Queue()
    context.sni_callback = lambda _, name, __: met.put_nowait(name)
    server = await serve(silent, ssl=context)
    vouching = Vouching([ours.pem], expected=[Address(HOST, 443)])
    through, _ = [await proxy(resolve={HOST: f"127.0.0.1:{server.port}"}, vouching=vouching) for _ in range(2)]
    assert await asyncio.wait_for(met.get(), 10) == HOST
    assert (await asked(line, through))[0] == TAKEN
    assert met.empty()


async def test_concurrent_tunnels_to_a_refused_server_share_one_handshake(serve, proxy, line, ours, theirs):
    context, met = theirs.server(HOST), []
    context.sni_callback = lambda _, name, __: met.append(name)
    server = await serve(silent, ssl=context)
    through = await proxy(resolve={HOST: f"127.0.0.1:{server.port}"}, vouching=Vouching([ours.pem]))
    for status, head in await asyncio.gather(*(asked(line, through) for _ in range(4))):
        assert status == "HTTP/1.1 502 Bad Gateway"
        assert f'Proxy-Status: e2e-linker; error=tls_certificate_error; details="the certificate of {HOST} is' in head
    assert (await asked(line, through))[0].startswith("HTTP/1.1 502")
    assert met == [HOST]
    assert {record.failure for record in through.connections} == {"tls_certificate_error"}


async def test_what_is_wrong_with_a_certificate_is_said_in_plain_words(serve, proxy, line, certificate, ours, theirs):
    stranger = "nor in linker.trust; an intermediate is missing, or a root"
    for context, words in (
        (certificate.server(), "it is signed by itself, not by an authority"),
        (theirs.server(HOST), stranger),
        (ours.server("router.example.net"), "it is made out for another host"),
        (ours.server(HOST, days=-1), "it, or one above it, has expired"),
    ):
        server = await serve(silent, ssl=context)
        through = await proxy(resolve={HOST: f"127.0.0.1:{server.port}"}, vouching=Vouching([ours.pem]))
        status, _ = await asked(line, through)
        assert status == "HTTP/1.1 502 Bad Gateway", words
        [record] = through.connections
        assert record.error.startswith(f"the certificate of {HOST} is not to be trusted: ")
        assert record.error.endswith(words)


async def test_a_certificate_that_is_named_itself_is_trusted(serve, proxy, line, certificate):
    server = await serve(silent, ssl=certificate.server())
    places = {HOST: f"127.0.0.1:{server.port}"}
    through = await proxy(resolve=places, vouching=Vouching([certificate.cert]))
    assert [(await asked(line, through, target))[0] for target in (f"{HOST}:443", f"127.0.0.1:{server.port}")] == [
        TAKEN,
        TAKEN,
    ]


@pytest.mark.parametrize("handler", [hangs, hangs_up, talks_plainly])
async def test_a_server_that_shows_no_certificate_is_left_to_the_browser(serve, proxy, line, ours, handler):
    server = await serve(handler)
    places = {HOST: f"127.0.0.1:{server.port}"}
    through = await proxy(resolve=places, vouching=Vouching([ours.pem], time_cap_s=0.5))
    assert [(await asked(line, through))[0] for _ in range(2)] == [TAKEN] * 2
    assert server.visits == 3


async def test_a_server_that_does_not_answer_fails_as_it_does_without(serve, proxy, line, ours):
    places = {HOST: "127.0.0.1:1"}
    [plain, judged] = [await proxy(resolve=places, vouching=one) for one in (None, Vouching([ours.pem]))]
    assert await asked(line, judged) == await asked(line, plain)
    assert [one.failure for one in judged.connections] == ["connection_refused"]


async def test_a_plain_request_is_not_asked_for_a_certificate(serve, proxy, line, ours):
    server = await serve(talks_plainly)
    through = await proxy(resolve={HOST: f"127.0.0.1:{server.port}"}, vouching=Vouching([ours.pem]))
    client = await line(through)
    await client.send(f"GET http://{HOST}/ HTTP/1.1\r\n\r\n".encode())
    assert (await client.head()).startswith("HTTP/1.1 400")
    assert server.visits == 1


async def test_a_server_behind_the_machines_proxy_is_asked_through_it(serve, proxy, line, ours, theirs):
    good, bad = [await serve(silent, ssl=one.server(HOST)) for one in (ours, theirs)]
    ways = {f"{HOST}:443": good.port, f"{HOST}:8443": bad.port}
    asked_for = []

    async def machines_proxy(reader, writer):
        target = (await reader.readuntil(b"\r\n\r\n")).split()[1].decode()
        asked_for.append(target)
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        await _carried(reader, writer, ways[target])

    via = await serve(machines_proxy)
    upstream = Upstream.from_environment({"https_proxy": f"http://127.0.0.1:{via.port}"})
    through = await proxy(upstream=upstream, vouching=Vouching([ours.pem]))
    assert (await asked(line, through))[0] == TAKEN
    assert (await asked(line, through, f"{HOST}:8443"))[0] == "HTTP/1.1 502 Bad Gateway"
    assert asked_for == [f"{HOST}:443", f"{HOST}:443", f"{HOST}:8443"]


async def test_who_gives_up_does_not_take_the_answer_from_others(serve, ours, theirs):
    server = await serve(silent, ssl=theirs.server(HOST))
    let_on, vouching = asyncio.Event(), Vouching([ours.pem])

    async def dial():
        await let_on.wait()
        return await Dialer(timeout_s=5).dial(Address("127.0.0.1", server.port), via=None, tunnelled=True)

    impatient, patient = [asyncio.create_task(vouching.require(Address(HOST, 443), dial)) for _ in range(2)]
    await asyncio.sleep(0)
    impatient.cancel()
    let_on.set()
    with pytest.raises(DialError, match=f"the certificate of {HOST} is not to be trusted"):
        await patient
    assert impatient.cancelled()


async def _tells(line, through, secret):
    """What a browser that takes every certificate gets back for ``secret``; None where the connection breaks."""
    client = await line(through)
    try:
        assert await client.connect(f"{HOST}:443") == TAKEN
        careless = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        careless.check_hostname, careless.verify_mode = False, ssl.CERT_NONE
        await client.writer.start_tls(careless, server_hostname=HOST)
        await client.send(secret)
        return await client.reader.read(100) or None
    except OSError:
        return None


def _at_first(context, handler):
    """A server on plain streams that treats the first who comes badly, then speaks TLS with ``context``."""
    came = []

    async def serve_one(reader, writer):
        came.append(writer)
        if len(came) == 1:
            await handler(reader, writer)
            return
        await writer.start_tls(context)
        heard = await reader.read(100)
        told.append(heard)
        writer.write(b"thanks")
        await writer.drain()

    told = []
    return serve_one, told


@pytest.mark.parametrize("handler", [hangs, hangs_up, talks_plainly])
@pytest.mark.parametrize("newest", ["TLSv1_2", "TLSv1_3"])
async def test_nothing_is_said_to_a_server_that_showed_its_certificate_late(
    serve, proxy, line, ours, theirs, handler, newest
):
    for authority in (theirs, ours):
        context = authority.server(HOST)
        context.maximum_version = ssl.TLSVersion[newest]
        serve_one, told = _at_first(context, handler)
        server = await serve(serve_one)
        vouching = Vouching([ours.pem], time_cap_s=0.3)
        through = await proxy(resolve={HOST: f"127.0.0.1:{server.port}"}, vouching=vouching)
        answer = await _tells(line, through, b"password")
        good = authority is ours
        assert answer == (b"thanks" if good else None)
        assert (b"password" in told) is good
        [record] = through.connections
        assert record.failure == (None if good else "tls_certificate_error")
        if not good:
            assert "nor in linker.trust" in record.error


async def test_a_slow_server_is_waited_for(serve, proxy, line, ours):
    async def thanks(reader, writer):
        told.append(await reader.read(100))
        writer.write(b"thanks")
        await writer.drain()

    async def slowly(reader, writer):
        await asyncio.sleep(0.6)
        await _carried(reader, writer, server.port)

    told: list[bytes] = []
    server = await serve(thanks, ssl=ours.server(HOST))
    slow = await serve(slowly)
    through = await proxy(resolve={HOST: f"127.0.0.1:{slow.port}"}, vouching=Vouching([ours.pem], time_cap_s=0.3))
    assert [await _tells(line, through, b"password") for _ in range(2)] == [b"thanks"] * 2
    assert told.count(b"password") == 2
    assert slow.visits == 4


async def test_nothing_is_said_to_a_server_whose_certificate_only_the_browser_gets_to_see(serve, proxy, line, ours):
    context = ours.server(HOST)
    met = []

    async def serve_one(reader, writer):
        met.append(writer)
        if len(met) != 2:
            return
        await writer.start_tls(context)
        told.append(await reader.read(100))

    told: list[bytes] = []
    server = await serve(serve_one)
    through = await proxy(resolve={HOST: f"127.0.0.1:{server.port}"}, vouching=Vouching([ours.pem]))
    assert await _tells(line, through, b"password") is None
    assert told == [b""] or not told
    [record] = through.connections
    assert record.failure == "tls_certificate_error"
    assert record.error == f"the certificate of {HOST} cannot be judged: only the browser saw one"


async def test_a_plain_websocket_goes_through_a_tunnel(serve, proxy, line, ours):
    async def echoes(reader, writer):
        if (first := await reader.read(100))[:1] == b"G":
            writer.write(first)
            await writer.drain()

    server = await serve(echoes)
    through = await proxy(resolve={HOST: f"127.0.0.1:{server.port}"}, vouching=Vouching([ours.pem]))
    client = await line(through)
    assert await client.connect(f"{HOST}:80") == TAKEN
    await client.send(b"GET /socket HTTP/1.1\r\nUpgrade: websocket\r\n\r\n")
    assert (await client.head()).startswith("GET /socket")


async def test_only_a_name_in_the_list_of_names_counts(serve, proxy, line, ours):
    server = await serve(silent, ssl=ours.server(HOST, listed=False))
    through = await proxy(resolve={HOST: f"127.0.0.1:{server.port}"}, vouching=Vouching([ours.pem]))
    assert (await asked(line, through))[0] == "HTTP/1.1 502 Bad Gateway"
    assert through.connections[0].error.endswith("it is made out for another host")


async def test_a_server_that_speaks_http_2_only_is_offered_it(serve, proxy, line, ours):
    context, chosen = ours.server(HOST), []
    context.set_alpn_protocols(["h2"])

    async def picky(reader, writer):
        chosen.append(writer.get_extra_info("ssl_object").selected_alpn_protocol())

    server = await serve(picky, ssl=context)
    through = await proxy(resolve={HOST: f"127.0.0.1:{server.port}"}, vouching=Vouching([ours.pem]))
    assert (await asked(line, through))[0] == TAKEN
    assert chosen[0] == "h2"


@pytest.mark.parametrize("second", ["ours", "theirs"])
async def test_each_address_of_a_host_is_asked(serve, proxy, line, ours, theirs, monkeypatch, second):
    told = []

    async def hears(reader, writer):
        told.append(await reader.read(100))
        writer.write(b"thanks")
        await writer.drain()

    first = await serve(hears, ssl=ours.server(HOST))
    other = (ours if second == "ours" else theirs).server(HOST)
    await serve(hears, ssl=other, host="127.0.0.2", port=first.port)
    addresses = iter(["127.0.0.1", "127.0.0.2"])
    real = socket.getaddrinfo
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda host, *more, **rest: real(next(addresses) if host == "cluster.example.com" else host, *more, **rest),
    )
    vouching = Vouching([ours.pem])
    answers = []
    for _ in range(2):
        through = await proxy(resolve={HOST: f"cluster.example.com:{first.port}"}, vouching=vouching)
        answers.append(await _tells(line, through, b"password"))
    assert answers == [b"thanks", b"thanks" if second == "ours" else None]
    assert told.count(b"password") == (2 if second == "ours" else 1)
    if second == "theirs":
        assert "nor in linker.trust" in through.connections[0].error


@pytest.mark.parametrize(
    ("target", "name", "taken"),
    [
        ("login.example.com:8443", "*.example.com", True),
        ("LOGIN.example.com.:443", "Login.Example.com", True),
        ("my_login.example.com:443", "*.example.com", True),
        ("login.xn--mller-kva.example:443", "*.xn--mller-kva.example", True),
        ("10.1.2.3:443", "10.1.2.3", True),
        ("[2001:db8::1]:443", "2001:db8:0::1", True),
        ("a.login.example.com:443", "*.example.com", False),
        ("example.com:443", "*.example.com", False),
        ("login.example:443", "*.example", False),
        ("login.example.com:443", "log*.example.com", False),
        ("10.1.2.3:443", "10.1.2.4", False),
        ("10.1.2.3:443", "*.1.2.3", False),
        ("[2001:db8::1]:443", "2001:db8::2", False),
        ("login.example.com:443", "10.1.2.3", False),
    ],
)
async def test_names_are_compared_as_browsers_do(serve, proxy, line, ours, target, name, taken):
    server = await serve(silent, ssl=ours.server(name))
    vouching = Vouching([ours.pem])
    host = target.rpartition(":")[0]
    through = await proxy(resolve={host: f"127.0.0.1:{server.port}"}, vouching=vouching)
    assert (await asked(line, through, target))[0] == (TAKEN if taken else "HTTP/1.1 502 Bad Gateway")
    [record] = through.connections
    assert vouching.has_seen(Address(record.host, record.port), Address("127.0.0.1", server.port)) is taken
