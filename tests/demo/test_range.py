"""Starting, stopping, files, certificates."""

from __future__ import annotations

import asyncio
import datetime
import json
import socket
import ssl
import stat
import threading
from pathlib import Path
from typing import Any

import pyotp
import pytest
from cryptography import x509
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from e2e_linker.demo import PracticeRange, names
from e2e_linker.demo.font import bulb_font
from e2e_linker.demo.pki import new_pki
from e2e_linker.errors import StoreError, UsageError
from e2e_linker.model import Grant


def refuses(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


async def test_starts_and_stops() -> None:
    practice = PracticeRange()
    async with practice:
        ports = (practice.port, practice.plain_port)
        assert not any(refuses(port) for port in ports)
        assert practice.address == f"127.0.0.1:{practice.port}"
    assert all(refuses(port) for port in ports)
    with pytest.raises(UsageError):
        _ = practice.port


async def test_stops_with_connections_open_and_answers_pending(tmp_path: Path) -> None:
    threads = threading.active_count()
    async with PracticeRange(variants=["hang"]) as practice:
        context = ssl.create_default_context(cadata=practice.root_pem.decode())
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", practice.port, ssl=context, server_hostname=names.LOGIN
        )
        redirect = f"https://pitangui.amazon.com/api/skill/link/{practice.vendor_id}"
        target = f"/authorize?client_id=alexa-brightbulb&response_type=code&redirect_uri={redirect}"
        writer.write(f"GET {target} HTTP/1.1\r\nHost: {names.LOGIN}\r\n\r\n".encode())
        await writer.drain()
        waiting = asyncio.create_task(reader.read())
        await asyncio.sleep(0)
    (ending,) = await asyncio.gather(waiting, return_exceptions=True)
    assert ending == b"" or isinstance(ending, OSError)
    writer.close()
    assert threading.active_count() <= threads + 1


async def test_two_ranges_share_nothing() -> None:
    async with PracticeRange() as one, PracticeRange(faults=["state-missing"]) as other:
        assert one.port != other.port
        assert one.users[0].password != other.users[0].password
        assert one.vendor_id != other.vendor_id
        assert one.root_pem != other.root_pem
        assert one.behaviour.carrying.drift == ()


def test_requests_are_recorded(practice: PracticeRange, visitor: Any) -> None:
    visitor.link()
    seen = [(each.method, each.host, each.path, each.status) for each in practice.requests_seen]
    assert seen == [
        ("GET", names.LOGIN, "/authorize", 200),
        ("POST", names.LOGIN, "/login", 303),
        ("GET", names.LOGIN, "/consent", 200),
        ("POST", names.LOGIN, "/consent", 303),
    ]
    practice.switch()
    assert practice.requests_seen == []


def test_writes_what_a_tester_needs(practice: PracticeRange, tmp_path: Path) -> None:
    folder = practice.write(tmp_path / "range")
    assert json.loads((folder / "skill.json").read_text()) == practice.skill
    assert (folder / "ca.pem").read_bytes() == practice.root_pem
    linker = practice.linker
    assert linker["trust"] == [str(folder / "ca.pem")]
    for reference in (*linker["account"].values(), linker["clientSecret"]):
        path = Path(reference.removeprefix("file:"))
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert path.parent == folder
    assert (folder / "password").read_text().strip() == practice.users[0].password
    assert practice.users[0].password not in (folder / "skill.json").read_text()
    assert set(linker["resolve"]) == set(names.ALL_HOSTS)
    assert linker["resolve"][names.LINKS] == f"127.0.0.1:{practice.plain_port}"


def test_writing_nowhere_is_told(practice: PracticeRange, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be written"):
        practice.write(tmp_path / "file")


@pytest.mark.parametrize(
    ("variants", "keys"),
    [
        ([], {"username", "password"}),
        (["totp"], {"username", "password", "totp"}),
        (["otp-by-command"], {"username", "password", "otpCommand"}),
    ],
)
def test_account_names_what_the_login_asks(practice: PracticeRange, variants: list[str], keys: set[str]) -> None:
    practice.switch(variants=variants)
    assert practice.linker["account"].keys() == keys


def test_implicit_grant_needs_no_secret(practice: PracticeRange) -> None:
    practice.switch(grant=Grant.IMPLICIT)
    assert "clientSecret" not in practice.linker


def test_totp_is_the_one_of_authenticator_apps(practice: PracticeRange) -> None:
    user = practice.users[0]
    assert all(user.totp(at) == pyotp.TOTP(user.totp_secret).at(at) for at in (0, 59, 1_111_111_109, 20_000_000_000))
    assert user.password not in repr(user)
    assert user.totp_secret not in repr(user)


def test_certificates_satisfy_a_strict_verifier() -> None:
    pki = new_pki(names.ALL_HOSTS)
    root, (leaf, intermediate) = (
        x509.load_pem_x509_certificate(pki.root_pem),
        x509.load_pem_x509_certificates(pki.chain_pem),
    )
    for host in names.ALL_HOSTS:
        verifier = PolicyBuilder().store(Store([root])).build_server_verifier(x509.DNSName(host))
        assert verifier.verify(leaf, [intermediate]) == [leaf, intermediate, root]
        with pytest.raises(VerificationError):
            verifier.verify(leaf, [])
    assert leaf.not_valid_after_utc - datetime.datetime.now(datetime.UTC) > datetime.timedelta(days=60)
    assert b"BEGIN CERTIFICATE" not in pki.key_pem


async def test_old_and_new_tls_clients_are_served() -> None:
    async with PracticeRange() as practice:
        for version, ciphers in ((ssl.TLSVersion.TLSv1_2, "ECDHE-RSA-AES128-SHA256"), (ssl.TLSVersion.TLSv1_3, None)):
            context = ssl.create_default_context(cadata=practice.root_pem.decode())
            context.minimum_version = context.maximum_version = version
            if ciphers:
                context.set_ciphers(ciphers)
            _, writer = await asyncio.open_connection(
                "127.0.0.1", practice.port, ssl=context, server_hostname=names.OAUTH
            )
            assert writer.get_extra_info("ssl_object").version() == version.name.replace("_", ".")
            writer.close()


def test_the_font_has_its_tables_in_order() -> None:
    font = bulb_font()
    count = int.from_bytes(font[4:6], "big")
    records = [font[12 + 16 * n : 28 + 16 * n] for n in range(count)]
    tags = [record[:4] for record in records]
    assert tags == sorted(tags)
    assert {b"cmap", b"glyf", b"head", b"hhea", b"hmtx", b"loca", b"maxp", b"name", b"post", b"OS/2"} == set(tags)
    padded = font + b"\0" * (-len(font) % 4)
    total = sum(int.from_bytes(padded[at : at + 4], "big") for at in range(0, len(padded), 4)) & 0xFFFFFFFF
    assert total == 0xB1B0AFBA
