"""What turns out to be secret late is hidden in what was written early."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from e2e_linker.evidence.models import CaseEvidence, Picture, Present
from e2e_linker.evidence.redact import SecretRegistry
from e2e_linker.evidence.store import RunStore, open_run

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(64))
TOKEN = "gho/Spl+xlOBeZQQYbYS6WxSbIA"
VOUCHER = "k3yz-9f8a-77bc"
SPELLINGS = (
    TOKEN,
    TOKEN.replace("/", "%2F").replace("+", "%2b"),
    TOKEN.replace("/", "\\/"),
    f"&#{ord('g')};{TOKEN[1:]}",
)


class Late:
    """A run of which one case was written before anybody knew that what its pages show is a token."""

    def __init__(self, root: Path, build: Any, pieces: Any) -> None:
        self.registry = SecretRegistry()
        self.store = RunStore.create(root / "reports", "run-1", self.registry)
        self.picture = self.store.add_picture("phone", PNG, f"voucher {VOUCHER}.png")
        self.case = self.written(build, pieces, "phone")
        self.other = self.registry.redact_record(build.case(facts={"id": "desk"}))
        self.store.write_case(self.other)

    def written(self, build: Any, pieces: Any, name: str) -> CaseEvidence:
        asked = build.authorization()
        steps = build.healthy_steps(asked, build.answer(asked))
        steps[1]["excerpt"] = "".join(f"<p>{text}</p>" for text in SPELLINGS)
        steps[2]["response_headers"] = (("X-Seen", TOKEN),)
        steps[3]["url"] = f"{build.login}/consent?seen={SPELLINGS[1]}"
        picture = Picture(path=self.picture, width=1, height=1, sha256="0" * 64)
        screen = pieces.screen(1, 1.0, pieces.digest()).model_copy(update={"picture": Present[Picture](value=picture)})
        case = build.case(build.walk(steps, asked=asked, screens=[screen]), facts={"id": name})
        recorded: CaseEvidence = self.registry.redact_record(case)
        self.store.write_case(recorded)
        return recorded

    def holding(self, *secrets: str) -> set[str]:
        """The files below the run folder that hold one of ``secrets`` in their name or contents."""
        probe = SecretRegistry()
        for secret in secrets:
            probe.register(secret, "token")
        files = [file for file in self.store.path.rglob("*") if file.is_file()]
        return {
            file.relative_to(self.store.path).as_posix()
            for file in files
            if probe.find(file.relative_to(self.store.path).as_posix()) or probe.find(file.read_bytes())
        }

    def written_at(self) -> dict[str, int]:
        """The inode of every file: another one where it was written anew."""
        files = (file for file in self.store.path.rglob("*.*") if file.is_file() and file.name != "manifest.json")
        return {file.name: file.stat().st_ino for file in files}


@pytest.fixture
def late(tmp_path: Path, build: Any, pieces: Any) -> Late:
    return Late(tmp_path, build, pieces)


def test_it_is_hidden_in_evidence_and_capture_and_both_stay_readable(late: Late, build: Any) -> None:
    assert late.holding(TOKEN) == {"evidence/phone.json", "network/phone.har"}
    late.registry.register(TOKEN, "access_token")
    clean = late.store.settled(late.case)
    late.store.write_run(build.run())
    late.store.finish()
    assert late.holding(TOKEN) == set()
    saved = open_run(late.store.path)
    assert saved.changed == ()
    assert saved.cases == (late.other, clean)
    har = json.loads((late.store.path / "network/phone.har").read_text())
    assert "<access_token#1>" in json.dumps(har)


def test_a_picture_gets_another_name_and_is_found_under_it(late: Late, build: Any) -> None:
    assert late.holding(VOUCHER) == {late.picture, "evidence/phone.json", "manifest.json"}
    late.registry.register(VOUCHER, "otp")
    clean = late.store.settled(late.case)
    late.store.write_run(build.run())
    late.store.finish()
    assert late.holding(VOUCHER) == set()
    ((screen,),) = (walk.screens.value for walk in clean.walks if isinstance(walk.screens, Present))
    assert isinstance(screen.picture, Present)
    assert (late.store.path / screen.picture.value.path).read_bytes() == PNG
    saved = open_run(late.store.path)
    assert saved.changed == ()
    assert clean in saved.cases


def test_reports_and_runs_left_early_are_searched_too(late: Late, build: Any) -> None:
    late.store.write_run(build.run(options={"cases": [TOKEN]}))
    late.store.write_text("report.html", f"<title>A report</title><p>{TOKEN}</p>")
    late.registry.register(TOKEN, "access_token")
    with pytest.raises(KeyboardInterrupt), late.store:
        raise KeyboardInterrupt
    assert late.holding(TOKEN) == set()
    assert "&lt;" not in (late.store.path / "report.html").read_text()
    assert open_run(late.store.path).changed == ()


def test_nothing_is_read_or_written_where_nothing_was_learnt(late: Late, monkeypatch: pytest.MonkeyPatch) -> None:
    before = late.written_at()
    with monkeypatch.context() as patched:
        patched.setattr(late.registry, "find", None)
        patched.setattr(late.registry, "redact_record", None)
        assert late.store.settled(late.case) is late.case
        late.store.finish()
    assert late.written_at() == before


def test_only_what_holds_it_is_written_anew(late: Late) -> None:
    before = late.written_at()
    late.registry.register(TOKEN, "access_token")
    assert late.store.settled(late.other) is late.other
    assert late.store.settled(late.case) is not late.case
    late.store.finish()
    after = late.written_at()
    assert {name for name in after if after[name] != before[name]} == {"phone.json", "phone.har"}
    assert late.store.settled(late.other) is late.other


def test_what_the_file_hid_by_itself_is_hidden_in_what_is_judged_as_well(tmp_path: Path, build: Any) -> None:
    """A secret learnt between the record and its file: the report has to be made of what can be read back."""
    registry = SecretRegistry()
    store = RunStore.create(tmp_path / "reports", "run-1", registry)
    registry.register(TOKEN, "access_token")
    case = build.case(build.walk([build.get(f"https://a.example/?seen={TOKEN}")]))
    store.write_case(case)
    clean = store.settled(case)
    store.write_run(build.run())
    store.finish()
    assert clean != case
    assert open_run(store.path).cases == (clean,)
