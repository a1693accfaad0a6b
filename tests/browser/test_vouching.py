"""Certificates judged by the loopback proxy, for browsers that know nothing of private roots."""

from __future__ import annotations

import asyncio
import datetime
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


class Authority:
    """A root of one's own, in ``pem``, and server contexts with certificates that it signed."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder, self._name = folder, name
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._root = self._made(name, self._key, NOW + datetime.timedelta(days=9), authority=True)
        self.pem = self._written(self._root)

    def server(self, host: str, days: float = 5) -> ssl.SSLContext:
        key = ec.generate_private_key(ec.SECP256R1())
        made = self._made(host, key, NOW + datetime.timedelta(days=days))
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self._written(made, key))
        return context

    def _made(self, name, key, until, *, authority=False):
        names = [x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, one)]) for one in (name, self._name)]
        builder = x509.CertificateBuilder().subject_name(names[0]).issuer_name(names[1]).public_key(key.public_key())
        builder = builder.serial_number(x509.random_serial_number())
        builder = builder.not_valid_before(NOW - datetime.timedelta(days=20)).not_valid_after(until)
        if authority:
            builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        else:
            builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
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
        onward, back = await asyncio.open_connection("127.0.0.1", ways[target])

        async def carry(source, sink):
            while data := await source.read(65536):
                sink.write(data)
            sink.close()

        await asyncio.gather(carry(reader, back), carry(onward, writer))

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
