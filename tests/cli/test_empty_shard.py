"""A shard that no case falls to: a matrix of jobs may be wider than the run."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest

from e2e_linker.evidence.models import Present
from e2e_linker.evidence.redact import SecretRegistry
from e2e_linker.evidence.store import RunStore, open_run


@pytest.fixture
def empty(configured, secrets):
    """The folder of a shard without a case, and what was said of it."""
    said = configured("run", "--shard", "99/99", **secrets)
    return configured.folder / "reports" / "latest", said


def test_it_turns_no_matrix_red(configured, empty):
    folder, said = empty
    assert said.code == 0
    assert said.out.startswith("PASSED  No case fell to this shard: only the configuration was checked. Nothing ")
    assert "not determined" not in said.out
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    assert (report["verdict"], report["exit_code"], report["cases"]) == ("passed", 0, [])
    suites = ElementTree.parse(folder / "junit.xml").getroot()
    assert not list(suites.iter("failure")) + list(suites.iter("error"))
    assert configured("audit", "reports/latest").out == said.out


@pytest.mark.parametrize("first", [True, False])
def test_it_is_merged_with_the_shards_that_have_cases(configured, build, pieces, empty, first):
    folder, _ = empty
    skill = open_run(folder).run.skill
    with RunStore.create(configured.folder / "other", "one", SecretRegistry()) as store:
        store.write_case(build.case(token_calls=Present(value=(pieces.token_call(),)), skill=skill))
        store.write_run(build.run(run_id="one", skill=skill, options={"cases": ["phone-na"], "depth": "passive"}))
    folders = [str(folder), str(store.path)]
    said = configured("merge", *(folders if first else reversed(folders)), "--json")
    report = json.loads(said.out)
    assert [(case["id"], case["linked"]) for case in report["cases"]] == [("phone-na", True)]
    assert "one case links" in report["headline"]
    assert "domain-list-size" in {outcome["audit"] for outcome in report["outcomes"]}


def test_it_knows_the_cases_that_other_shards_have(configured, empty):
    folder, _ = empty
    planned = open_run(folder).run.options["planned"]
    assert planned
    said = configured("merge", str(folder))
    assert said.code == 3
    assert f"({planned[0]}" in said.out
    assert "in none of the merged runs" in " ".join(said.out.split())
