"""What of the account is kept out of the records."""

from __future__ import annotations

import json

import pytest

from e2e_linker.config.load import load_config
from e2e_linker.evidence.redact import SecretRegistry
from e2e_linker.run.credentials import read_credentials


@pytest.mark.parametrize(
    ("command", "hidden"), [("otp", False), ("totp-of-jane", False), ("a b", False), ("totp --seed JBSWY3DPEHPK", True)]
)
def test_a_command_is_no_secret_by_its_length(tmp_path, monkeypatch, command, hidden):
    monkeypatch.setenv("OTP_COMMAND", command)
    skill = {
        "type": "IMPLICIT",
        "authorizationUrl": "https://login.example.com/authorize",
        "clientId": "alexa",
        "scopes": ["read"],
        "domains": [],
    }
    linker = {"skill": "skill.json", "vendorId": "M2AAAAAAAAAAAA", "account": {"otpCommand": "env:OTP_COMMAND"}}
    (tmp_path / "skill.json").write_text(json.dumps({"accountLinkingResponse": skill}))
    (tmp_path / "playwright.config.json").write_text(json.dumps({"linker": linker}))
    loaded = load_config(tmp_path / "playwright.config.json")
    registry = SecretRegistry()
    account = read_credentials(loaded, registry).account
    assert account.otp_command is not None
    assert account.otp_command.get_secret_value() == command
    (said,) = registry.redact_many([f"ran {command} now"])
    assert (said == "ran <otp_command#1> now") is hidden
