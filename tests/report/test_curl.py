"""The commands, run by a real shell with a stand-in for curl that tells what it was given."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from e2e_linker.report.curl import Command, curl
from e2e_linker.report.sections import TokenEvent

SECRETS = {
    "CLIENT_ID": "alexa-skill",
    "CLIENT_SECRET": "s3cr$t `x` \"y\" 'z' \\",
    "CODE": "c0de+/=&%",
    "REFRESH_TOKEN": "-r $(touch owned)",
    "ACCESS_TOKEN": "a b",
}
HOSTILE = (
    "'; touch owned; '",
    '"; touch owned; "',
    "$(touch owned)",
    "`touch owned`",
    "a\ntouch owned\n",
    "a\\\ntouch owned",
    "-o owned",
    "@/etc/passwd",
    "${IFS}touch${IFS}owned",
    "!! & | > owned < owned # \\",
    "\x1b[31m \u202e é 漢",
)

Run = Callable[..., list[str]]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("no bash on this machine")
    stub = tmp_path / "bin" / "curl"
    stub.parent.mkdir()
    stub.write_text('#!/bin/sh\nfor given in "$@"; do printf \'%s\\0\' "$given"; done\n')
    stub.chmod(0o755)

    def execute(command: Command, secrets: Mapping[str, str] = SECRETS) -> list[str]:
        environment = {"PATH": f"{stub.parent}:{os.environ['PATH']}", "LC_ALL": "C.UTF-8", **secrets}
        done = subprocess.run(
            [bash, "--norc", "-c", command.text], env=environment, cwd=tmp_path, capture_output=True, check=True
        )
        assert done.stderr == b""
        assert [path.name for path in tmp_path.iterdir()] == ["bin"]
        return done.stdout.decode().split("\0")[:-1]

    return execute


def event(**more: Any) -> TokenEvent:
    given: dict[str, Any] = {
        "n": 1,
        "purpose": "exchange",
        "at": datetime(2026, 11, 20, tzinfo=UTC),
        "url": "https://login.example.com/token",
        "status": 200,
        "failure": None,
        "summary": "",
        "timing": None,
        "request_headers": (
            ("Content-Type", "application/x-www-form-urlencoded;charset=UTF-8"),
            ("Authorization", "Basic <client_credentials#1>"),
            ("Content-Length", "99"),
            ("Host", "login.example.com"),
            ("Connection", "Keep-Alive"),
            ("User-Agent", "Apache-HttpClient/4.5.13 (Java/1.8.0_392)"),
            ("Accept-Encoding", "gzip,deflate"),
        ),
        "request_body": "grant_type=authorization_code&code=<code#3>&redirect_uri=https%3A%2F%2Fa.example%2Fx%3Fy%3D1",
        "response_headers": (),
        "response_body": "{}",
    }
    return TokenEvent(**(given | more))


def after(argv: list[str], option: str) -> list[str]:
    return [argv[n + 1] for n, word in enumerate(argv[:-1]) if word == option]


def test_the_same_request_goes_out_with_secrets_of_the_environment(run: Run) -> None:
    command = curl(event())
    assert command.variables == ("CLIENT_ID", "CLIENT_SECRET", "CODE")
    assert run(command) == [
        *("--silent", "--show-error", "--include", "--globoff", "--max-time", "10", "--request", "POST"),
        *("--header", "Content-Type: application/x-www-form-urlencoded;charset=UTF-8"),
        *("--user", f"{SECRETS['CLIENT_ID']}:{SECRETS['CLIENT_SECRET']}"),
        *("--header", "User-Agent: Apache-HttpClient/4.5.13 (Java/1.8.0_392)"),
        *("--data-urlencode", "grant_type=authorization_code"),
        *("--data-urlencode", f"code={SECRETS['CODE']}"),
        *("--data-urlencode", "redirect_uri=https://a.example/x?y=1"),
        *("--url", "https://login.example.com/token"),
    ]


def test_credentials_in_the_body_and_bearer_tokens(run: Run) -> None:
    body = "grant_type=refresh_token&refresh_token=%3Crefresh_token%237%3E&client_id=a&client_secret=<client_secret#1>"
    argv = run(curl(event(request_headers=(), request_body=body)))
    assert after(argv, "--data-urlencode")[1:] == [
        f"refresh_token={SECRETS['REFRESH_TOKEN']}",
        "client_id=a",
        f"client_secret={SECRETS['CLIENT_SECRET']}",
    ]
    used = event(method="GET", request_headers=(("Authorization", "Bearer <access_token#2>"),), request_body="")
    assert after(run(curl(used)), "--header") == [f"Authorization: Bearer {SECRETS['ACCESS_TOKEN']}"]
    assert "--data-urlencode" not in run(curl(used))


def test_no_secret_stands_in_the_text() -> None:
    assert "<" not in curl(event()).text
    assert "%3C" not in curl(event()).text


def test_two_values_of_a_kind_have_two_variables(run: Run) -> None:
    command = curl(event(request_body="code=<code#1>&again=<code#1>&other=<code#2>"))
    assert command.variables == ("CLIENT_ID", "CLIENT_SECRET", "CODE", "CODE_2")
    argv = run(command, {**SECRETS, "CODE_2": "second"})
    assert after(argv, "--data-urlencode") == [f"code={SECRETS['CODE']}", f"again={SECRETS['CODE']}", "other=second"]


@pytest.mark.parametrize("evil", HOSTILE)
def test_hostile_values_stay_inert(run: Run, evil: str) -> None:
    argv = run(
        curl(
            event(
                method=evil,
                url=f"https://login.example.com/{evil}",
                request_headers=(("X-Evil", evil), (evil, "x"), ("@owned", "x")),
                request_body=f"plain {evil}",
            )
        )
    )
    assert after(argv, "--request") == [evil]
    assert after(argv, "--url") == [f"https://login.example.com/{evil}"]
    assert after(argv, "--header") == [f"X-Evil: {' '.join(evil.split())}"]
    assert after(argv, "--data-raw") == [f"plain {evil}"] or after(argv, "--data-urlencode")


@pytest.mark.parametrize("evil", HOSTILE)
def test_hostile_fields_stay_inert(run: Run, evil: str) -> None:
    from urllib.parse import quote, urlencode

    argv = run(curl(event(request_body=urlencode({"good": evil, evil: "x"}))))
    assert after(argv, "--data-urlencode") == [f"good={evil}", f"{quote(evil, safe='')}=x"]


@pytest.mark.parametrize("evil", HOSTILE)
def test_hostile_secrets_stay_inert(run: Run, evil: str) -> None:
    argv = run(curl(event()), {**SECRETS, "CODE": evil, "CLIENT_SECRET": evil})
    assert f"code={evil}" in argv
    assert f"{SECRETS['CLIENT_ID']}:{evil}" in argv


def test_a_label_of_the_sites_own_making_reads_no_variable_of_the_shell(run: Run) -> None:
    command = curl(event(request_headers=(), request_body="a=<path#1>&b=<home#2>"))
    assert command.variables == ("SECRET_PATH", "SECRET_HOME")
    assert after(run(command), "--data-urlencode") == ["a=", "b="]
