"""Several saved runs as one."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from e2e_linker.errors import UsageError
from e2e_linker.evidence.models import LeftOut, NotCollected, Picture, Present
from e2e_linker.evidence.redact import SecretRegistry
from e2e_linker.evidence.store import RunStore, open_run
from e2e_linker.run.merge import merge, merge_folders
from e2e_linker.run.saved import saved_report


def png(colour: str) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (4, 4), colour).save(made, "PNG")
    return made.getvalue()


@pytest.fixture
def saved(tmp_path, build, pieces):
    """Saves a run of one case whose only screen has a picture of ``colour``; returns its folder."""

    def save(name: str, *, case="phone-na", colour="red", run=None, answer="", **more) -> Path:
        with RunStore.create(tmp_path / "runs", name, SecretRegistry()) as store:
            path = store.add_picture(case, png(colour), "step")
            picture = Picture(path=path, width=4, height=4, sha256="0")
            screen = pieces.screen(1, 0.1, pieces.digest()).model_copy(update={"picture": Present(value=picture)})
            walk = build.walk(answer=answer, screens=(screen,))
            evidence = build.case(walk, facts={"id": case}, token_calls=Present(value=(pieces.token_call(),)), **more)
            store.write_case(evidence)
            options = {"cases": [case], "depth": "passive"}
            store.write_run(build.run(**({"run_id": name, "options": options} | (run or {}))))
        return store.path

    return save


def test_shards_become_one_run_with_all_that_belongs_to_their_cases(saved, tmp_path):
    first, second = saved("one", colour="red"), saved("two", case="tablet-na", colour="blue")
    report, folder = merge_folders([first, second], tmp_path / "merged")
    assert [case.id for case in report.cases] == ["phone-na", "tablet-na"]
    assert [case.linked for case in report.cases] == [True, True]
    assert {path.name for path in folder.iterdir()} >= {"report.html", "report.json", "junit.xml", "summary.md"}
    assert open_run(folder).changed == ()
    pictures = [case.screens[0].picture for case in report.cases]
    assert [(folder / picture).read_bytes() for picture in pictures] == [png("red"), png("blue")]


def test_labels_of_two_runs_stay_two_things(saved):
    runs = [open_run(saved("one")), open_run(saved("two", case="tablet-na"))]
    merged = merge(runs, run_id="all")
    bodies = [case.token_calls.value[0].response_body for case in merged.cases]
    assert ["<access_token#1>" in body for body in bodies] == [True, False]
    assert "<access_token#2>" in bodies[1]
    assert merged.cases[0] == runs[0].cases[0]
    arrivals = [case.walks[0].arrivals.value[0].url for case in merged.cases]
    assert arrivals[0] != arrivals[1]


@pytest.mark.parametrize(("again", "linked"), [("repeat", False), ("retry", True)])
def test_a_case_of_two_runs_has_the_attempts_of_both(saved, tmp_path, again, linked):
    folders = [saved("one", answer=None, colour="red"), saved("two", colour="blue")]
    report, folder = merge_folders(folders, tmp_path / "merged", again=again, formats=["json"])
    (case,) = report.cases
    assert [(attempt.number, attempt.reason) for attempt in case.attempts] == [(1, "first"), (2, again)]
    assert (case.linked, case.flaky) == (linked, True)
    assert sorted(path.read_bytes() for path in folder.glob("screens/*/*")) == sorted([png("red"), png("blue")])
    assert not (folder / "report.html").exists()


def test_a_run_that_is_named_twice_counts_once(saved, tmp_path):
    first, second = saved("one"), saved("two", case="tablet-na")
    # As the shell makes them of runs/*: the last of them is `latest`, too.
    named = [first, second, second.parent / "latest", first / "manifest.json"]
    report, _ = merge_folders(named, tmp_path / "merged")
    assert [(case.id, len(case.attempts)) for case in report.cases] == [("phone-na", 1), ("tablet-na", 1)]


def test_what_is_gathered_once_is_taken_where_it_is(saved, build):
    asked = {"depth": "standard", "cases": ["tablet-na"], "only": ["tls-chain-complete"]}
    nothing = NotCollected(reason="nobody walked")
    runs = [
        open_run(saved("one", run={"probes": nothing})),
        open_run(saved("two", case="tablet-na", run={"options": asked, "interrupted": True})),
    ]
    merged = merge(runs, run_id="all")
    assert isinstance(merged.run.probes, Present)
    assert merged.probers == (runs[1].path,)
    assert merged.run.options["depth"] == "standard"
    assert merged.run.options["cases"] == ["phone-na", "tablet-na"]
    assert merged.run.options["only"] == []
    assert merged.run.interrupted


def test_what_no_login_was_left_for_is_told_of_every_run(saved):
    one, two = LeftOut(case="phone-na", purpose="warm"), LeftOut(case="tablet-na", purpose="special_state")
    runs = [
        open_run(saved("one", run={"left_out": (one,)})),
        open_run(saved("two", case="tablet-na", run={"left_out": (one, two)})),
    ]
    assert merge(runs, run_id="all").run.left_out == (one, two)


def shard(*cases, planned=("phone-na", "tablet-na")):
    return {"options": {"cases": list(cases), "depth": "passive", "planned": list(planned)}}


def test_a_shard_that_is_not_there_leaves_its_cases_unknown(saved, tmp_path):
    first, second = saved("one", run=shard("phone-na")), saved("two", case="tablet-na", run=shard("tablet-na"))
    report, folder = merge_folders([first], tmp_path / "merged")
    assert (report.verdict, report.exit_code) == ("inconclusive", 3)
    assert "1 planned case (tablet-na) is in none of the merged runs" in report.headline
    assert report.headline in (folder / "summary.md").read_text(encoding="utf-8")
    assert saved_report(folder)[0] == report
    whole, _ = merge_folders([folder, second], tmp_path / "whole")
    assert "planned case" not in whole.headline
    alone, _ = saved_report(first)
    assert "planned case" not in alone.headline


def test_a_shard_that_no_case_fell_to_is_not_missed(saved, tmp_path):
    report, _ = merge_folders([saved("one", run=shard("phone-na", planned=("phone-na",)))], tmp_path / "merged")
    assert "planned case" not in report.headline


def test_runs_of_different_skills_stay_apart(saved, build):
    other = build.skill(client_id="somebody-else")
    runs = [open_run(saved("one")), open_run(saved("two", run={"skill": other}))]
    with pytest.raises(UsageError, match="of another skill"):
        merge(runs, run_id="all")
    with pytest.raises(UsageError, match="nothing to merge"):
        merge([], run_id="all")


def test_the_verb_leaves_with_the_code_of_the_merged_report(saved, tmp_path, cli):
    import subprocess

    runs = [str(saved("one", answer=None)), str(saved("two", case="tablet-na"))]
    done = subprocess.run([*cli, "merge", *runs, "--output", str(tmp_path / "out")], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (3, "")
    assert "1 of 2 cases link" in done.stdout
    here = subprocess.run([*cli, "merge", *runs, "--output", "out"], capture_output=True, text=True, cwd=tmp_path)
    assert f"report: {tmp_path / 'out'}" in here.stdout
    again = subprocess.run([*cli, "merge", str(tmp_path / "nowhere")], capture_output=True, text=True)
    assert again.returncode == 2
    assert "there is no such run" in again.stderr
