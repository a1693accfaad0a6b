"""No secret is in any file of a run folder, in no encoding, and no picture shows what was typed."""

from __future__ import annotations

import base64
import json
import re
from html import escape, unescape
from pathlib import Path
from urllib.parse import quote, unquote_to_bytes

import pytest

from e2e_linker.demo.store import TestUser
from e2e_linker.model import Depth, Grant


def browses(test):
    """Mark a test that drives a browser."""
    return pytest.mark.browser(pytest.mark.asyncio(loop_scope="session")(test))


ENOUGH = 16
"""Characters of a long secret that are too many to be told: so many of its beginning and of its end are looked for."""


def secrets_of(bench) -> dict[str, str]:
    """Everything the range made or knows that nobody else may know, by value."""
    store = bench.range._world.store
    former = bench.range._world.former
    found = {
        bench.range.client_secret: "client secret",
        former.client_secret: "former client secret",
        former.refresh_token: "former refresh token",
    }
    for user in bench.range.users:
        found |= {user.password: "password", user.totp_secret: "totp secret"}
    for name in ("sessions", "codes", "access", "refresh", "provider_codes"):
        found |= dict.fromkeys(getattr(store, name), name)
    return found


def forms_of(secret: str) -> set[bytes]:
    """``secret``, and its ends, as they might stand in a file."""
    texts = {secret}
    if len(secret) >= 2 * ENOUGH:
        texts |= {secret[:ENOUGH], secret[-ENOUGH:]}
    forms: set[bytes] = set()
    for text in texts:
        everything = "".join(f"%{byte:02X}" for byte in text.encode())
        spelled = {text, quote(text, safe=""), everything, json.dumps(text)[1:-1], escape(text), text.encode().hex()}
        forms |= {form.encode() for form in spelled}
        for shift in range(3):
            coded = base64.b64encode(b"\0" * shift + text.encode())
            core = coded[(0, 2, 3)[shift] : (shift + len(text)) * 8 // 6]
            forms |= {core, core.translate(bytes.maketrans(b"+/", b"-_"))}
    return {form.lower() for form in forms if len(form) >= 8}


def readings_of(data: bytes) -> set[bytes]:
    """``data`` as it stands and with escapes undone, in lower case."""
    readings = [data]
    for undo in (
        unquote_to_bytes,
        lambda seen: re.sub(rb"\\u00([0-9a-fA-F]{2})", lambda hit: bytes([int(hit[1], 16)]), seen).replace(b"\\", b""),
        lambda seen: unescape(seen.decode("utf-8", "replace")).encode(),
        unquote_to_bytes,
    ):
        readings.append(undo(readings[-1]))
    return {reading.lower() for reading in readings}


def told(folder: Path, secrets: dict[str, str]) -> list[str]:
    """Which secrets are in which files below ``folder``."""
    forms = [(kind, form) for secret, kind in secrets.items() for form in forms_of(secret)]
    found = set()
    for path in folder.rglob("*"):
        if path.is_file():
            readings = readings_of(path.read_bytes())
            found |= {f"{path.name}: {kind}" for kind, form in forms if any(form in one for one in readings)}
    return sorted(found)


def test_the_search_finds_a_secret_however_it_is_written(tmp_path):
    secret = "s3cr+t/with <signs> & more of them"
    ways = {
        "plain": secret,
        "percent": quote(secret, safe=""),
        "twice": quote(quote(secret, safe=""), safe=""),
        "json": json.dumps({"a": secret}),
        "basic": base64.b64encode(f"client:{secret}".encode()).decode(),
        "cut": f"code={secret[:20]}",
        "html": escape(secret),
    }
    for name, text in ways.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "other").write_text("nothing of the kind")
    assert told(tmp_path, {secret: "secret"}) == sorted(f"{name}: secret" for name in ways)


HEALTHY = ("healthy", (), (), Grant.AUTH_CODE, Depth.STANDARD)
SHAPES = [
    HEALTHY,
    ("totp", ("totp",), (), Grant.AUTH_CODE, Depth.PASSIVE),
    ("mail", ("otp-by-command",), (), Grant.AUTH_CODE, Depth.PASSIVE),
    ("federated", ("federated-redirect",), (), Grant.AUTH_CODE, Depth.PASSIVE),
    ("fetch", ("spa-fragment",), (), Grant.AUTH_CODE, Depth.PASSIVE),
    ("in the body", ("body-credentials",), (), Grant.AUTH_CODE, Depth.PASSIVE),
    ("307", (), ("redirect-307",), Grant.AUTH_CODE, Depth.PASSIVE),
    ("huge code", (), ("huge-code",), Grant.AUTH_CODE, Depth.PASSIVE),
    ("implicit", (), (), Grant.IMPLICIT, Depth.PASSIVE),
]


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape[0])
@browses
async def test_no_secret_is_in_the_run_folder(bench, shape):
    _, variants, faults, grant, depth = shape
    bench.arm(*variants, faults=faults, grant=grant)
    run = await bench.link(depth=depth)
    secrets = secrets_of(bench)
    assert {"sessions", "access" if grant is Grant.IMPLICIT else "codes"} <= set(secrets.values())
    assert told(run.folder, secrets) == []


@pytest.mark.parametrize("variant", [(), ("refresh-rotation",), ("consent-every-time",)], ids=str)
@browses
async def test_no_token_of_a_probe_is_in_the_run_folder(bench, variant):
    bench.range.switch(variants=variant, pkce=True)
    # What is given back the range forgets, and then nobody could look for it.
    run = await bench.link(depth=Depth.STANDARD, probes="tokens", linker={"revocation": None})
    battery = run.saved().run.battery.value
    secrets = secrets_of(bench)
    assert len(battery.of("refresh", "burst")) > 20
    assert list(secrets.values()).count("refresh") > 10
    assert told(run.folder, secrets) == []


@browses
async def test_no_token_is_in_the_run_folder_whatever_its_answer_looks_like(bench, token_faults):
    for name in token_faults:
        bench.arm(faults=[name])
        run = await bench.link()
        assert told(run.folder, secrets_of(bench)) == [], name


@browses
async def test_a_wrong_password_is_as_secret_as_a_right_one(bench):
    bench.range.write(bench.folder / "range")
    wrong = "Wr0ng-but/mine+too"
    (bench.folder / "wrong").write_text(wrong)
    account = bench.range.linker["account"]
    run = await bench.link(linker={"account": {**account, "password": f"file:{bench.folder / 'wrong'}"}})
    assert run.endings == {"Phone": "login_rejected"}
    assert told(run.folder, {**secrets_of(bench), wrong: "wrong password"}) == []


@browses
async def test_one_time_codes_are_not_told(bench, monkeypatch):
    typed: set[str] = set()
    honest = TestUser.totp

    def noted(user: TestUser, at: float) -> str:
        typed.add(honest(user, at))
        return honest(user, at)

    monkeypatch.setattr(TestUser, "totp", noted)
    bench.arm("totp")
    run = await bench.link()
    assert typed
    for path in run.folder.rglob("*.json"):
        for code in typed:
            assert not re.search(rf'["= :]{code}["& ,]', path.read_text("utf-8")), path.name
