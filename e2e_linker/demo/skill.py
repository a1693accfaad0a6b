"""What a tester of the range needs to know: the skill's SMAPI file, and what belongs under ``linker`` beside it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from e2e_linker.demo import names
from e2e_linker.demo.behaviour import Behaviour, Console
from e2e_linker.demo.store import TestUser
from e2e_linker.model import Grant

__all__ = ["ACCOUNT_FILES", "FORMER_SKILL", "linker_values", "secret_files", "skill_json"]

ACCOUNT_FILES = {"username": "username", "password": "password", "totp": "totp", "otpCommand": "otp-command"}
"""Names of the files that :func:`secret_files` makes, by key of ``linker.account``."""
_SECOND = "second-"
_SECRET_FILE = "client-secret"  # noqa: S105 - the name of a file
_FORMER_SECRET, _FORMER_TOKEN = "former-client-secret", "former-refresh-token"
FORMER_SKILL = "former-skill.json"
"""The file of the skill before its migration."""


def skill_json(console: Console, client_secret: str) -> dict[str, Any]:
    """The file that ``ask smapi get-account-linking-info`` prints, or the request form where the secret is in it."""
    linking: dict[str, Any] = {
        "type": console.grant.value,
        "authorizationUrl": console.authorization_url,
        "clientId": console.client_id,
        "scopes": list(console.scopes),
        "domains": list(console.domains),
    }
    if console.grant is Grant.AUTH_CODE:
        linking |= {
            "accessTokenUrl": console.access_token_url,
            "accessTokenScheme": console.access_token_scheme,
            "defaultTokenExpirationInSeconds": console.default_expiry_s,
        }
    if console.literal_secret:
        linking["clientSecret"] = client_secret
    kept = {key: value for key, value in linking.items() if key not in console.without}
    return {"accountLinkingRequest" if console.literal_secret else "accountLinkingResponse": kept}


def linker_values(
    behaviour: Behaviour,
    *,
    vendor_id: str,
    ports: tuple[int, int],
    folder: Path | None,
    hook: Mapping[str, str],
) -> dict[str, Any]:
    """The ``linker`` block of a configuration; paths are inside ``folder``, or relative where there is none yet.

    ``hook`` is what breaks the backend and mends it.
    """
    console, steps = behaviour.console, behaviour.steps
    base = folder or Path()
    wanted = {"username", "password"}
    wanted |= {"totp"} if steps.second_factor == "totp" else set()
    wanted |= {"otpCommand"} if steps.second_factor == "mail" else set()
    files = {key: name for key, name in ACCOUNT_FILES.items() if key in wanted}
    tls, plain = (f"127.0.0.1:{port}" for port in ports)
    values: dict[str, Any] = {
        "skill": str(base / "skill.json"),
        "vendorId": vendor_id,
        "regions": [region.value for region in console.regions],
        "pkce": console.pkce,
        "skillKind": console.skill_kind,
        "account": {key: f"file:{base / name}" for key, name in files.items()},
        "secondAccount": {key: f"file:{base / (_SECOND + name)}" for key, name in files.items()},
        "login": "auto",
        "resource": f"https://{names.API}/me",
        "introspection": f"https://{names.OAUTH}/introspect",
        "revocation": f"https://{names.OAUTH}/revoke",
        "trust": [str(base / "ca.pem")],
        "resolve": {host: plain if host == names.LINKS else tls for host in names.ALL_HOSTS},
    }
    if console.grant is Grant.AUTH_CODE:
        values["faultHook"] = hook
        values["previous"] = [
            {
                "skill": str(base / FORMER_SKILL),
                "refreshToken": f"file:{base / _FORMER_TOKEN}",
                "clientSecret": f"file:{base / _FORMER_SECRET}",
            }
        ]
    if console.grant is Grant.AUTH_CODE and not console.literal_secret:
        values["clientSecret"] = f"file:{base / _SECRET_FILE}"
    if console.locales:
        values["locales"] = list(console.locales)
    return values


def secret_files(
    users: tuple[TestUser, TestUser],
    *,
    client_secret: str,
    former: tuple[str, str],
    outbox: Callable[[TestUser], str],
) -> Mapping[str, str]:
    """Contents by file name: both accounts, the client secret, and those of before the migration.

    ``former`` are client secret and refresh token of then, ``outbox`` gives the URL of a user's last mail.
    """
    first, second = (_account_files(user, outbox(user)) for user in users)
    return {
        **first,
        **{_SECOND + name: content for name, content in second.items()},
        _SECRET_FILE: client_secret,
        _FORMER_SECRET: former[0],
        _FORMER_TOKEN: former[1],
    }


def _account_files(user: TestUser, outbox: str) -> dict[str, str]:
    fetch = f"import urllib.request as u; print(u.urlopen('{outbox}').read().decode())"
    return {
        ACCOUNT_FILES["username"]: user.username,
        ACCOUNT_FILES["password"]: user.password,
        ACCOUNT_FILES["totp"]: user.totp_secret,
        ACCOUNT_FILES["otpCommand"]: f'"{sys.executable}" -c "{fetch}"',
    }
