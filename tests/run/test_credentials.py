"""What of the account is kept out of the records."""

from __future__ import annotations

import json

import pytest

from e2e_linker.config.load import load_config
from e2e_linker.evidence.redact import SecretRegistry
from e2e_linker.run.credentials import read_credentials

SKILL = {
    "type": "IMPLICIT",
    "authorizationUrl": "https://login.example.com/authorize",
    "clientId": "kR7wQ2mZ9xT4vB6n",
    "scopes": ["read"],
    "domains": [],
}


@pytest.fixture
def told(tmp_path, monkeypatch):
    """Texts as they are written in a run whose account has a command that prints codes."""

    def redacted(command, *texts):
        monkeypatch.setenv("OTP_COMMAND", command)
        monkeypatch.setenv("OTP_USER", "xW3rT6yU9iO2pA5s@example.com")
        linker = {
            "skill": "skill.json",
            "vendorId": "M2AAAAAAAAAAAA",
            "account": {"otpCommand": "env:OTP_COMMAND", "username": "env:OTP_USER"},
        }
        (tmp_path / "skill.json").write_text(json.dumps({"accountLinkingResponse": SKILL}))
        (tmp_path / "playwright.config.json").write_text(json.dumps({"linker": linker}))
        registry = SecretRegistry()
        known = read_credentials(load_config(tmp_path / "playwright.config.json"), registry).account.otp_command
        assert known is not None
        assert known.get_secret_value() == command
        return registry.redact_many(texts)

    return redacted


@pytest.mark.parametrize(
    ("command", "hidden"), [("otp", False), ("totp-of-jane", False), ("a b", False), ("totp --seed JBSWY3DPEHPK", True)]
)
def test_a_command_is_no_secret_by_its_length(told, command, hidden):
    (said,) = told(command, f"ran {command} now")
    assert (said == "ran <otp_command#1> now") is hidden


@pytest.mark.parametrize(
    "command",
    [
        "MAILBOX_TOKEN={} fetch-otp",
        "env MAILBOX_TOKEN='{}' fetch-otp",
        "fetch-otp --token {}",
        "fetch-otp --token={}",
        "fetch-otp imap://joe:{}@mail.example.com/inbox",
        "/opt/{}",
    ],
)
def test_what_looks_like_a_secret_in_a_command_is_one_by_itself(told, command):
    secret = "hunter2Zx9Qq7LmP0"
    plain = "fetch-otp MAILBOX_TOKEN mail.example.com --token"
    unknown = f"unknown user <otp_command#{2 if ' ' in command else 1}>"
    assert told(command.format(secret), f"unknown user {secret}", plain) == [unknown, plain]


def test_names_in_a_command_are_no_secrets(told):
    text = "my_totp_helper_2024 alexa-brightbulb-12345 kR7wQ2mZ9xT4vB6n xW3rT6yU9iO2pA5s@example.com en_US.UTF-8"
    assert told(f"{text} ", text.replace(" ", ", ")) == [text.replace(" ", ", ")]


@pytest.mark.parametrize("where", ["token", "introspection", "revocation", "resource"])
def test_the_key_in_an_address_that_only_alexa_calls_is_hidden(tmp_path, where):
    key = "AzFuKeyQ9zx8Wv7Ut6Sr5Qp4On3Ml2Kj1=="
    address = f"https://api.example.com/x?code={key}&version=2026-01-01&client=kR7wQ2mZ9xT4vB6n"
    linker = {"skill": "skill.json", "vendorId": "M2AAAAAAAAAAAA"}
    skill = {**SKILL, "type": "AUTH_CODE", "accessTokenUrl": "https://api.example.com/token", "clientSecret": "env:X"}
    if where == "token":
        skill["accessTokenUrl"] = address
    else:
        linker[where] = address
    (tmp_path / "skill.json").write_text(json.dumps({"accountLinkingResponse": skill}))
    (tmp_path / "playwright.config.json").write_text(json.dumps({"linker": {**linker, "account": {}}}))
    registry = SecretRegistry()
    read_credentials(
        load_config(tmp_path / "playwright.config.json", environ={"X": "aG7-secret-of-the-client"}), registry
    )
    said = registry.redact(f"POST {address}")
    assert key not in said
    assert "version=2026-01-01&client=kR7wQ2mZ9xT4vB6n" in said


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://login.example.com/token?p=B2C_1A_signup_signin", True),
        ("https://login.example.com/token?p=B2C_1A_login_only", False),
        ("https://[login.example.com/token?p=B2C_1A_login_only", True),
    ],
)
def test_what_browsers_are_sent_with_and_what_is_no_address_is_no_key(tmp_path, address, shown):
    asked = "https://login.example.com/authorize?p=B2C_1A_signup_signin"
    skill = {
        **SKILL,
        "type": "AUTH_CODE",
        "authorizationUrl": asked,
        "accessTokenUrl": address,
        "clientSecret": "env:X",
    }
    (tmp_path / "skill.json").write_text(json.dumps({"accountLinkingResponse": skill}))
    linker = {"skill": "skill.json", "vendorId": "M2AAAAAAAAAAAA", "account": {}}
    (tmp_path / "playwright.config.json").write_text(json.dumps({"linker": linker}))
    registry = SecretRegistry()
    read_credentials(
        load_config(tmp_path / "playwright.config.json", environ={"X": "aG7-secret-of-the-client"}), registry
    )
    assert (address.rpartition("=")[2] in registry.redact(f"POST {address}")) is shown
    assert registry.redact(asked) == asked
