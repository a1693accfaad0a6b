"""The verbs that write files: import and init."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from functools import partial

import pytest

RESPONSE = {
    "accountLinkingResponse": {
        "type": "AUTH_CODE",
        "authorizationUrl": "https://login.example.com/authorize",
        "accessTokenUrl": "https://login.example.com/token",
        "clientId": "alexa",
        "scopes": ["lights"],
        "domains": ["cdn.example.com"],
        "accessTokenScheme": "HTTP_BASIC",
        "defaultTokenExpirationInSeconds": 3600,
        "skipOnEnablement": "false",
    }
}
REQUEST = {
    "accountLinkingRequest": {**RESPONSE["accountLinkingResponse"], "clientSecret": "0c6ab3f0-secret"},
}


def test_import_the_response_form(program, snapshot):
    said = program("import", "-", stdin=json.dumps(RESPONSE))
    assert said.shown == snapshot
    written = json.loads((program.folder / "skill.json").read_text())
    assert written["accountLinkingResponse"]["domains"] == ["cdn.example.com"]


def test_import_the_request_form_without_its_secret(program, snapshot):
    (program.folder / "request.json").write_text(json.dumps(REQUEST))
    said = program("import", "request.json", "--output", "mine.json")
    assert said.shown == snapshot
    text = (program.folder / "mine.json").read_text()
    assert "0c6ab3f0-secret" not in text + said.out + said.err
    assert json.loads(text)["accountLinkingRequest"]["clientId"] == "alexa"


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", '{"a": NaN}', "[" * 5000 + "]" * 5000, '{"accountLinkingResponse": {"type": 7}}', "\x00\x1b[2J"],
    ids=["empty", "broken", "array", "nan", "deep", "types", "control"],
)
def test_import_refuses_what_is_no_skill(program, snapshot, text):
    said = program("import", "-", stdin=text)
    assert said.shown == snapshot
    assert said.code == 2
    assert "\x1b" not in said.err
    assert not (program.folder / "skill.json").exists()


def test_import_says_what_comes_next(program):
    told = program("import", "-", "--output", "my skill.json", stdin=json.dumps(RESPONSE)).err
    assert told.endswith("next: e2e-linker init --smapi 'my skill.json'\n")
    (program.folder / "playwright.config.json").write_text("{}")
    told = program("import", "-", stdin=json.dumps(RESPONSE)).err
    assert told.endswith("next: e2e-linker run --dry-run --skill skill.json\n")


def test_import_keeps_the_file_that_is_there(program, snapshot):
    (program.folder / "skill.json").write_text("mine")
    said = program("import", "-", stdin=json.dumps(RESPONSE))
    assert said.shown == snapshot
    assert (program.folder / "skill.json").read_text() == "mine"
    assert program("import", "-", "--force", stdin=json.dumps(RESPONSE)).code == 0
    assert json.loads((program.folder / "skill.json").read_text())


def test_init_writes_a_template(program, snapshot):
    said = program("init", "--yes")
    assert said.shown == snapshot
    names = {"playwright.config.json", "playwright.config.schema.json", "skill.json"}
    assert {path.name for path in program.folder.iterdir()} == names
    assert program("init", "--yes").shown == snapshot(name="again")


def test_init_asks(program, snapshot):
    answers = [
        "https://id.example.org/authorize",
        "y",
        "bulbs",
        "https://id.example.org/token",
        "n",
        "read write",
        "cdn.example.org, fonts.example.org",
        "M2ABCDEFGHIJKL",
        "NA EU",
        "y",
        "y",
    ]
    said = program("init", "fresh", stdin="\n".join(answers) + "\n")
    assert said.shown == snapshot
    skill = json.loads((program.folder / "fresh" / "skill.json").read_text())["accountLinkingResponse"]
    assert skill["accessTokenScheme"] == "REQUEST_BODY_CREDENTIALS"
    assert skill["domains"] == ["cdn.example.org", "fonts.example.org"]
    linker = json.loads((program.folder / "fresh" / "playwright.config.json").read_text())["linker"]
    assert (linker["regions"], linker["pkce"], linker["account"]["totp"]) == (["NA", "EU"], True, "env:E2E_LINKER_TOTP")


def answers(**own):
    given = {
        "authorization": "https://id.example.org/authorize",
        "code": "y",
        "client": "bulbs",
        "token": "https://id.example.org/token",
        "basic": "n",
        "scopes": "read",
        "domains": "",
        "vendor": "",
        "regions": "NA",
        "pkce": "n",
        "totp": "n",
    }
    return "\n".join((given | own).values()) + "\n"


def vendor_of(program, folder):
    return json.loads((program.folder / folder / "playwright.config.json").read_text())["linker"]["vendorId"]


@pytest.mark.parametrize(
    "url",
    [
        "https://pitangui.amazon.com/api/skill/link/M2ABCDEFGHIJKL",
        " https://layla.amazon.com/api/skill/link/M2ABCDEFGHIJKL/ ",
        "https://pitangui.amazon.com/spa/skill/account-linking-status.html?vendorId=M2ABCDEFGHIJKL",
    ],
)
def test_init_takes_the_vendor_id_out_of_a_redirect_url(program, url):
    said = program("init", "fresh", stdin=answers(vendor=url))
    assert said.code == 0
    assert "taken as M2ABCDEFGHIJKL" in said.err
    assert vendor_of(program, "fresh") == "M2ABCDEFGHIJKL"


@pytest.mark.parametrize("answer", ["M2-ABC", "https://pitangui.amazon.com/api/skill/link/", "my vendor"])
def test_init_asks_again_for_what_is_no_vendor_id(program, answer):
    said = program("init", "fresh", stdin=answers(vendor=f"{answer}\nM2ABC"))
    assert (said.code, vendor_of(program, "fresh")) == (0, "M2ABC")
    assert said.err.count("letters and digits alone") == 1
    ended = program("init", "other", stdin=answers(vendor=answer).partition(answer)[0] + answer + "\n")
    assert ended.code == 2
    assert "the answers ended" in ended.err


def test_init_asks_again_for_what_is_no_address(program):
    bad = "id.example.org/authorize\nhttps://me:hunter2@id.example.org/a\n"
    said = program("init", "fresh", stdin=answers(authorization=f"{bad}https://id.example.org/authorize"))
    assert said.code == 0
    assert "it must be a complete URL" in said.err
    assert "it names a user or a password before the host" in said.err
    assert "hunter2" not in (program.folder / "fresh" / "skill.json").read_text()
    said = program("init", "second", stdin=answers(token="nowhere\nhttps://id.example.org/token"))
    assert (said.code, said.err.count("it must be a complete URL")) == (0, 1)
    assert "nowhere" not in (program.folder / "second" / "skill.json").read_text()


def test_init_without_answers_writes_nothing(program, snapshot):
    assert program("init", "fresh").shown == snapshot
    assert not (program.folder / "fresh").exists()


def test_an_interrupt_at_a_question_is_an_interrupt(program):
    command = [sys.executable, "-m", "e2e_linker", "init", "fresh"]
    pipe = subprocess.PIPE
    # A shell that runs the tests in the background has its children ignore the signal.
    heeding = partial(signal.signal, signal.SIGINT, signal.default_int_handler)
    with subprocess.Popen(
        command, cwd=program.folder, stdin=pipe, stdout=pipe, stderr=pipe, preexec_fn=heeding
    ) as asking:
        shown = b""
        while b"Authorization URL" not in shown:
            said = os.read(asking.stderr.fileno(), 1024)
            assert said, shown
            shown += said
        assert interrupted(asking) == 130
    assert not (program.folder / "fresh").exists()


def interrupted(asking):
    """The exit code of ``asking``. Python loses an interrupt in the instant before it reads, so: press again."""
    for _ in range(12):
        asking.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            return asking.wait(timeout=5)
    return None


@pytest.mark.parametrize("force", [(), ("--force",)])
def test_init_keeps_the_file_that_it_reads(program, force):
    text = json.dumps(REQUEST)
    (program.folder / "skill.json").write_text(text)
    said = program("init", "--yes", "--smapi", "skill.json", ".", *force)
    assert (said.code, (program.folder / "skill.json").read_text()) == (0, text)
    assert "kept skill.json as it is" in said.err
    assert json.loads((program.folder / "playwright.config.json").read_text())["linker"]["skill"] == "skill.json"
    again = program("init", "--yes", "--smapi", "skill.json", ".")
    assert again.code == 2
    assert "playwright.config.json, playwright.config.schema.json exist already" in again.err


def test_init_refuses_a_useless_file_before_it_asks(program):
    (program.folder / "linking.json").write_text("[1]")
    said = program("init", "--smapi", "linking.json", stdin="")
    assert said.code == 2
    assert "must be a JSON object" in said.err
    assert "Vendor id" not in said.err


def test_init_asks_for_no_vendor_id_that_the_file_tells(program):
    urls = ["https://pitangui.amazon.com/api/skill/link/M2ABCDEFGHIJKL"]
    told = {"accountLinkingResponse": {**RESPONSE["accountLinkingResponse"], "redirectUrls": urls}}
    (program.folder / "linking.json").write_text(json.dumps(told))
    said = program("init", "fresh", "--smapi", "linking.json", stdin="All\nn\nn\n")
    assert (said.code, vendor_of(program, "fresh")) == (0, "M2ABCDEFGHIJKL")
    assert "vendor id: M2ABCDEFGHIJKL" in said.err
    written = json.loads((program.folder / "fresh" / "playwright.config.json").read_text())
    assert written["linker"]["regions"] == ["NA", "EU", "FE"]


def test_init_asks_again_for_a_region_that_there_is_not(program):
    (program.folder / "linking.json").write_text(json.dumps(RESPONSE))
    said = program("init", "--smapi", "linking.json", stdin="M1\nNA ASIA\nna eu\nn\nn\n")
    assert said.code == 0
    assert "there is no region ASIA" in said.err
    written = json.loads((program.folder / "playwright.config.json").read_text())
    assert written["linker"]["regions"] == ["NA", "EU"]
