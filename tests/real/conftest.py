"""A django-oauth-toolkit server in a process of its own, and the files that link a skill with it."""

from __future__ import annotations

import json
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from e2e_linker.alexa.facts import redirect_url
from e2e_linker.demo.pki import new_pki
from e2e_linker.model import Grant, Region

HOST = "accounts.example.com"
VENDOR = "M2AAAAAAAAAAAA"
USERNAME = "alex"
CLIENT_ID = "alexa-skill"


@dataclass(frozen=True)
class DjangoServer:
    """A running server: ``folder`` holds its certificates and the secrets, one to a file."""

    folder: Path
    port: int
    password: str
    client_secret: str


@pytest.fixture(scope="session")
def django(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DjangoServer]:
    """The server, with user ``alex`` and a client that knows all three redirect URIs of Alexa."""
    folder = tmp_path_factory.mktemp("django")
    pki = new_pki([HOST])
    for name, data in (("ca.pem", pki.root_pem), ("chain.pem", pki.chain_pem), ("key.pem", pki.key_pem)):
        (folder / name).write_bytes(data)
    password, client_secret = secrets.token_urlsafe(18), secrets.token_urlsafe(48)
    (folder / "password").write_text(password)
    (folder / "client-secret").write_text(client_secret)
    plan = {
        "host": HOST,
        "database": str(folder / "db.sqlite3"),
        "chain": str(folder / "chain.pem"),
        "key": str(folder / "key.pem"),
        "username": USERNAME,
        "password": password,
        "client_id": CLIENT_ID,
        "client_secret": client_secret,
        "redirect_uris": [redirect_url(region, Grant.AUTH_CODE, VENDOR) for region in Region],
    }
    command = [sys.executable, str(Path(__file__).with_name("django_server.py"))]
    with (
        (folder / "log").open("w") as log,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True) as process,
    ):
        try:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(json.dumps(plan))
            process.stdin.close()
            port = process.stdout.readline().strip()
            assert port.isdecimal(), (folder / "log").read_text()
            yield DjangoServer(folder, int(port), password, client_secret)
        finally:
            process.kill()


@pytest.fixture
def write_config(django: DjangoServer, tmp_path: Path) -> Callable[..., Path]:
    """Writes skill.json and playwright.config.json for the server; the path of the latter."""

    def write(*, scheme: str, project: dict[str, Any], pkce: bool = False) -> Path:
        linking = {
            "type": "AUTH_CODE",
            "authorizationUrl": f"https://{HOST}/o/authorize/",
            "accessTokenUrl": f"https://{HOST}/o/token/",
            "accessTokenScheme": scheme,
            "clientId": CLIENT_ID,
            "scopes": ["read"],
            "domains": [],
            "defaultTokenExpirationInSeconds": 3600,
        }
        linker = {
            "skill": "skill.json",
            "vendorId": VENDOR,
            "pkce": pkce,
            "account": {"username": "env:DJANGO_USERNAME", "password": f"file:{django.folder / 'password'}"},
            "clientSecret": f"file:{django.folder / 'client-secret'}",
            "login": "auto",
            "trust": [str(django.folder / "ca.pem")],
            "resolve": {HOST: f"127.0.0.1:{django.port}"},
        }
        (tmp_path / "skill.json").write_text(json.dumps({"accountLinkingResponse": linking}))
        config = tmp_path / "playwright.config.json"
        config.write_text(json.dumps({"outputDir": "reports", "projects": [project], "linker": linker}))
        return config

    return write
