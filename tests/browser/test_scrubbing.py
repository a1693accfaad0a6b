"""A Playwright trace without secrets."""

from __future__ import annotations

import io
import json
import zipfile
from itertools import pairwise
from pathlib import Path

import pytest

from e2e_linker.browser.scrubbing import scrubbed_trace
from e2e_linker.errors import InternalError
from e2e_linker.evidence.redact import SecretRegistry

PASSWORD = 'corr€ct "horse" battery'


def trace(folder: Path, **members: bytes) -> Path:
    path = folder / "trace.zip"
    with zipfile.ZipFile(path, "w") as made:
        for name, data in members.items():
            made.writestr(name, data)
    return path


def lines(*events: object) -> bytes:
    return "\n".join(json.dumps(event) for event in events).encode()


def scrubbed(path: Path, registry: SecretRegistry) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(scrubbed_trace(path, registry))) as members:
        return {name: members.read(name) for name in members.namelist()}


@pytest.fixture
def registry() -> SecretRegistry:
    made = SecretRegistry()
    made.register(PASSWORD, "password")
    made.register("482913", "totp")
    return made


def test_what_was_typed_is_hidden_and_numbers_stay_numbers(tmp_path, registry):
    fill = {"type": "before", "startTime": 482913, "params": {"value": PASSWORD, "selector": "#p"}}
    code = {"type": "log", "message": 'fill("482913")'}
    left = scrubbed(trace(tmp_path, **{"trace.trace": lines(fill, code), "trace.stacks": b"{}"}), registry)
    assert set(left) == {"trace.trace"}
    first, second = map(json.loads, left["trace.trace"].splitlines())
    assert first == {**fill, "params": {"value": "<password#1>", "selector": "#p"}}
    assert second["message"] == 'fill("<totp#1>")'


def test_what_no_recorder_saw_is_known_by_its_place(tmp_path, registry):
    secret, code = "s3ss10n-0f-a-host-nobody-watched", "c0de-that-came-to-somebody-else"
    request = {
        "url": f"https://elsewhere.example/cb?code={code}",
        "headers": [{"name": "Cookie", "value": f"sid={secret}"}],
        "cookies": [{"name": "sid", "value": secret}],
    }
    stored = {"cookies": [{"name": "own", "value": "j4r-of-the-tester-0123456789", "domain": "a.example"}]}
    members = {
        "trace.trace": lines({"type": "context-options", "options": {"storageState": stored}}),
        "trace.network": lines({"type": "resource-snapshot", "snapshot": {"request": request}}),
        "resources/a.html": f"<p>{secret} {code}</p>".encode(),
    }
    left = b"".join(scrubbed(trace(tmp_path, **members), registry).values())
    for value in (secret, code, "j4r-of-the-tester-0123456789"):
        assert value.encode() not in left
    assert b"<code#1>" in left


def test_pictures_stay_and_what_cannot_be_read_goes(tmp_path, registry):
    hidden = b"\xff\xfe" + PASSWORD.encode()
    members = {
        "trace.trace": lines({"type": "event"}),
        "resources/a.png": b"\x89PNG\xff",
        "resources/b.png": hidden,
        "resources/c.dat": b"\xff\x00\xfe",
        "resources/d.dat": b"user=me&password=" + PASSWORD.encode(),
    }
    left = scrubbed(trace(tmp_path, **members), registry)
    assert set(left) == {"trace.trace", "resources/a.png", "resources/d.dat"}
    assert left["resources/d.dat"] == b"user=me&password=<password#1>"


def test_what_is_no_trace_is_refused(tmp_path, registry):
    path = tmp_path / "trace.zip"
    path.write_bytes(b"nothing of the kind")
    with pytest.raises(InternalError, match="cannot be read"):
        scrubbed_trace(path, registry)
    with pytest.raises(InternalError, match="cannot be read"):
        scrubbed_trace(trace(tmp_path, **{"trace.trace": b"{not json"}), registry)


def test_a_code_sent_as_fields_of_one_character_is_hidden(tmp_path, registry):
    fields = [("csrf", "abc"), *((f"d{n}", digit) for n, digit in enumerate("482913")), ("keep", "1")]
    sent = {"postData": {"params": [{"name": name, "value": value} for name, value in fields]}}
    left = scrubbed(trace(tmp_path, **{"trace.network": lines({"snapshot": {"request": sent}})}), registry)
    shown = json.loads(left["trace.network"])["snapshot"]["request"]["postData"]["params"]
    assert [one["value"] for one in shown] == ["abc", *["<totp#1>"] * 6, "1"]


@pytest.mark.parametrize(
    "cuts", [(9,), (5, 12), range(1, len("Tr0ub4dor&3-h+rse"))], ids=["halves", "thirds", "letters"]
)
def test_a_secret_that_a_page_marks_up_is_hidden_in_its_snapshots(tmp_path, cuts):
    secret = "Tr0ub4dor&3-h+rse"
    registry = SecretRegistry()
    registry.register(secret, "password")
    places = [0, *cuts, len(secret)]
    spans = [["B", {"class": "x"}, secret[a:b]] for a, b in pairwise(places)]
    first, last = ["P", {}, "Wrong: ", *spans, " – try again"], ["P", {"title": "y"}, ["WBR"], "1 < 2 <b", [[1, 7]]]
    event = {"type": "frame-snapshot", "snapshot": {"html": ["HTML", {}, first, last], "viewport": {"width": 9}}}
    other = {"type": "frame-snapshot", "snapshot": {"html": ["HTML", {}, ["P", "nothing"]]}}
    left = scrubbed(trace(tmp_path, **{"trace.trace": lines(event, other)}), registry)["trace.trace"]
    one, two = map(json.loads, left.splitlines())
    assert two == other
    texts = [span[2] for span in one["snapshot"]["html"][2][3:-1]]
    assert texts == ["<password#1>", *[""] * (len(texts) - 1)]
    assert one["snapshot"]["html"][2][:: len(texts) + 3] == ["P", " – try again"]
    assert one["snapshot"]["html"][3] == last
    assert one["snapshot"]["viewport"] == {"width": 9}
