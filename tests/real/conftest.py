"""Authorization servers from PyPI, each in a process of its own, and the files that link a skill with them."""

from __future__ import annotations

import json
import secrets
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from e2e_linker.alexa.facts import redirect_url
from e2e_linker.config.load import load_config
from e2e_linker.demo.pki import new_pki
from e2e_linker.model import Depth, Grant, Region, Severity
from e2e_linker.report.model import RunReport
from e2e_linker.run.engine import run_linking
from e2e_linker.run.options import RunOptions

HOST = "accounts.example.com"
VENDOR = "M2AAAAAAAAAAAA"
USERNAME = "alex"
CLIENT_ID = "alexa-skill"


@dataclass(frozen=True)
class RealServer:
    """A running server: ``folder`` holds its certificates and the secrets, one to a file."""

    folder: Path
    port: int
    password: str
    client_secret: str


@dataclass(frozen=True)
class Linked:
    """What came of one run."""

    report: RunReport
    folder: Path

    @property
    def found(self) -> set[tuple[str, str]]:
        """(rule, subject) of every finding."""
        return {(finding.rule, finding.subject) for finding in self.report.findings}

    @property
    def grave(self) -> set[tuple[str, str]]:
        """(rule, subject) of what is worse than advice."""
        worse = (finding for finding in self.report.findings if finding.severity.at_least(Severity.DEGRADES))
        return {(finding.rule, finding.subject) for finding in worse}

    @property
    def advice(self) -> set[tuple[str, str]]:
        """(rule, subject) of the rest."""
        return self.found - self.grave

    @property
    def undecided(self) -> list[str]:
        """The audits that came to no verdict, with what they say."""
        outcomes = [*self.report.outcomes, *(outcome for case in self.report.cases for outcome in case.outcomes)]
        return [f"{each.audit}: {each.reason}" for each in outcomes if each.status in {"inconclusive", "errored"}]

    @property
    def passed(self) -> set[str]:
        """The audits that passed: those of the run, and those of its only case."""
        outcomes = [*self.report.outcomes, *self.report.cases[0].outcomes]
        return {outcome.audit for outcome in outcomes if outcome.status == "passed"}

    @property
    def unrevoked(self) -> list[str]:
        """The probes' links whose tokens were not given back."""
        links = [link for probe in self.report.token_probes.probes for link in probe.links]
        assert any(link.revoked == "revoked" for link in links)
        return [link.id for link in links if link.revoked not in {"revoked", "not_tried"}]

    def message(self, rule: str, subject: str) -> str:
        """What the only finding of ``rule`` about ``subject`` says."""
        findings = self.report.findings
        (found,) = (finding.message for finding in findings if (finding.rule, finding.subject) == (rule, subject))
        return found


Serve = Callable[..., RealServer]
Link = Callable[..., Awaitable[Linked]]


@contextmanager
def _served(program: str, folder: Path, provider: dict[str, Any]) -> Iterator[RealServer]:
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
        "provider": provider,
    }
    command = [sys.executable, str(Path(__file__).with_name(program))]
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
            yield RealServer(folder, int(port), password, client_secret)
        finally:
            process.kill()


@pytest.fixture(scope="session")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    """Starts a server by its program and its provider's settings; the same one again for the same settings."""
    running: dict[str, RealServer] = {}
    with ExitStack() as stack:

        def started(program: str, **provider: Any) -> RealServer:
            key = json.dumps([program, provider])
            if key not in running:
                folder = tmp_path_factory.mktemp("server")
                running[key] = stack.enter_context(_served(program, folder, provider))
            return running[key]

        yield started


@pytest.fixture
def link_with(tmp_path_factory: pytest.TempPathFactory) -> Link:
    """Links a skill with a server: ``skill`` and ``linker`` are further settings of the two files, as paths of URLs.

    How fast this machine is while other tests run is no property of the server, so slow answers are not remarked on.
    """

    async def linked(
        server: RealServer,
        *,
        project: dict[str, Any],
        scheme: str,
        scopes: list[str],
        skill: dict[str, str],
        linker: dict[str, str],
        pkce: bool = False,
        depth: Depth = Depth.STANDARD,
    ) -> Linked:
        linking = {
            "type": "AUTH_CODE",
            **{name: f"https://{HOST}{path}" for name, path in skill.items()},
            "accessTokenScheme": scheme,
            "clientId": CLIENT_ID,
            "scopes": scopes,
            "domains": [],
            "defaultTokenExpirationInSeconds": 3600,
        }
        settings = {
            "skill": "skill.json",
            "vendorId": VENDOR,
            "pkce": pkce,
            "account": {"username": "env:REAL_USERNAME", "password": f"file:{server.folder / 'password'}"},
            "clientSecret": f"file:{server.folder / 'client-secret'}",
            "login": "auto",
            "trust": [str(server.folder / "ca.pem")],
            "resolve": {HOST: f"127.0.0.1:{server.port}"},
            "thresholds": {"token-slow-ms": 60_000, "token-responds-ms": 60_000},
            **{name: f"https://{HOST}{path}" for name, path in linker.items()},
        }
        folder = tmp_path_factory.mktemp("linked")
        (folder / "skill.json").write_text(json.dumps({"accountLinkingResponse": linking}))
        config = folder / "playwright.config.json"
        config.write_text(json.dumps({"outputDir": "reports", "projects": [project], "linker": settings}))
        loaded = load_config(config, environ={"REAL_USERNAME": USERNAME})
        return Linked(*await run_linking(loaded, RunOptions(depth=depth), lambda _: None))

    return linked
