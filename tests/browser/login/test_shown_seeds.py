"""The seed that a page hands out where it wants a second factor set up is neither quoted nor pictured."""

from __future__ import annotations

import pytest

from e2e_linker.browser.login.shown_seeds import draws_seed, seeds_in
from e2e_linker.browser.pages.shown_secrets import shows_secret
from e2e_linker.evidence.redact import SecretRegistry, readable

SEED = "JBSWY3DPEHPK3PXP"
LONG = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
PLAIN = "JBSWYDPEHPKPXPQR"
GROUPS = "JBSW Y3DP EHPK 3PXP"
SCAN = "Scan this QR code with your authenticator app."


@pytest.mark.parametrize(
    ("text", "seed"),
    [
        (f"Set up authenticator\n{SCAN}\nKey: {GROUPS}\nCode", SEED),
        (f"Mobile Authenticator Setup\nEnter the key:\n{GROUPS}", SEED),
        (f"Two-step verification\nSecret key\n{GROUPS.lower()}\nNext", SEED),
        (f"Two-factor authentication\n{GROUPS.replace(' ', '-')}", SEED),
        (f"Multi-factor\n{GROUPS.replace(' ', chr(160))}", SEED),
        (f"Enter this in your authenticator app: {LONG}.", LONG),
        (f"Enter this in your authenticator app: {LONG}====", LONG),
        (f"Zwei-Faktor-Authentifizierung einrichten\nGeheimer Schlüssel: {PLAIN}", PLAIN),
        (f"認証アプリ\nキー：{PLAIN}", PLAIN),
        (f"Scan the QR code, or type {SEED}", SEED),
        (f"otpauth://totp/Shop:alex?issuer=Shop&secret={PLAIN}&digits=6", PLAIN),
        (f"<a href='otpauth://totp/x?issuer=Shop&amp;secret={SEED}'>", SEED),
    ],
)
def test_a_seed_is_known_however_it_is_written(text: str, seed: str) -> None:
    assert set(seeds_in(text)) == {(seed, "totp_secret")}


@pytest.mark.parametrize(
    "text",
    [
        f"Order {SEED} of {GROUPS}",
        "TWO-FACTOR LOGIN: SCAN THIS CODE WITH YOUR BEST FRIEND\nZWEIFAKTORAUTHENTIFIZIERUNGSEINRICHTUNG",
        "Two-factor authentication: scan this code with your best iPhone2 here",
        "MFA\n3fae87b25d63c8f0d18899aa 0HN7GKQ2 X3DP-EHPK-3PXP A1B2C3D4E5F6G7H8 01ARZ3NDEKTSV4RRFFQ69G5FAV",
        f"2FA https://cdn.example/{SEED}/x {SEED}_v2 x{SEED} data:{SEED}+Ab",
        "Enter the code from your authenticator app: 123456",
        "otpauth://[ otpauth://totp/x?issuer=Shop",
    ],
)
def test_other_texts_hold_none(text: str) -> None:
    assert list(seeds_in(text)) == []


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        (f"Secure your account\n{SCAN}", True),
        ("Set up two-factor authentication\nOpen the app and scan the QR code", True),
        ("Zwei-Faktor-Anmeldung einrichten\nScannen Sie den QR-Code", True),
        ("Set up two-factor authentication\nWe send a code to your phone", False),
        ("Enter the code from your authenticator app\nNo authenticator? Log in with a QR code", False),
        ("Sign in\nScan the QR code with our app", False),
    ],
)
def test_a_page_is_not_pictured_where_an_app_could_read_a_seed(text: str, drawn: bool) -> None:
    assert draws_seed(text) is drawn
    assert shows_secret([[line] for line in text.split("\n")], SecretRegistry(), ()) is drawn


def test_a_page_that_shows_a_seed_is_not_pictured() -> None:
    registry = SecretRegistry()
    assert shows_secret([["Set up your authenticator"], ["Key: ", *GROUPS.split(" ")]], registry, ())
    assert not shows_secret([["Set up your authenticator"], ["Key: "]], registry, ())


@pytest.mark.browser
@pytest.mark.asyncio(loop_scope="module")
async def test_it_is_hidden_in_all_that_is_kept(phone, site) -> None:
    shown = f"<p>Key: <b>{GROUPS}</b></p><a href='otpauth://totp/x?secret={SEED}'>Open the app</a>"
    shown += f"<input readonly value={LONG}>"
    site.page("/authorize", f"<h1>Set up authenticator</h1>{shown}<form><label>Code<input name=code></label></form>")
    made = await phone.walk("/authorize")
    text = readable(made.model_dump_json())
    assert "Key: <totp_secret#1>" in text
    assert "secret=<totp_secret#1>" in text
    assert SEED not in text
    assert LONG not in text
    assert "JBSW" not in text
    assert "withheld: the page shows a secret" in text
    assert not phone.pictures
