"""The verb that judges what is there already."""

from __future__ import annotations

import json

import pytest

from e2e_linker.evidence.models import Present
from e2e_linker.evidence.redact import SecretRegistry
from e2e_linker.evidence.store import RunStore


def test_a_capture_is_known_by_its_name(configured, secrets):
    capture = {"log": {"version": "1.2", "creator": {"name": "phone", "version": "1"}, "entries": []}}
    (configured.folder / "phone.har").write_text(json.dumps(capture))
    named = configured("audit", "--har", "phone.har", **secrets)
    bare = configured("audit", "phone.har", **secrets)
    assert "manifest.json" not in bare.err
    assert (bare.code, bare.err.splitlines()[:1]) == (named.code, named.err.splitlines()[:1])
    assert "phone.har" in bare.err


@pytest.mark.parametrize("arguments", [("--only", "domains-complet"), ("--skip", "domain-lst")], ids=" ".join)
def test_a_choice_that_names_nothing_is_refused_as_a_run_refuses_it(configured, secrets, arguments):
    (configured.folder / "phone.har").write_text("{}")
    said = configured("audit", "--har", "phone.har", *arguments, **secrets)
    assert said.code == 2
    assert said.shown == configured("run", "--dry-run", *arguments, **secrets).shown


@pytest.fixture
def run(configured, build, pieces):
    """Saves a run of one case that links, with ``options`` and the empty reports ``there``; returns its folder."""

    def save(*there, name="one", **options):
        case = build.case(token_calls=Present(value=(pieces.token_call(),)))
        with RunStore.create(configured.folder / "reports", name, SecretRegistry()) as store:
            store.write_case(case)
            store.write_run(build.run(run_id=name, options={"cases": ["phone-na"], "depth": "passive", **options}))
            for file in there:
                store.write_text(file, "")
        return store.path

    return save


def reports(folder):
    return {path.name for path in folder.iterdir() if path.is_file()} - {"manifest.json"}


ALL = {"report.html", "report.json", "junit.xml", "summary.md"}


@pytest.mark.parametrize(
    ("there", "written", "told"),
    [
        ((), ALL, "report.html"),
        (("report.json",), {"report.json"}, "report.json"),
        (("junit.xml", "report.json"), {"junit.xml", "report.json"}, "report.json"),
        (("report.html",), {"report.json", "report.html"}, "report.html"),
    ],
    ids=["killed", "json", "junit", "html"],
)
def test_a_run_that_was_killed_before_its_reports_gets_all_of_them(configured, run, there, written, told):
    folder = run(*there)
    said = configured("audit", str(folder))
    assert reports(folder) == written
    assert all((folder / name).stat().st_size for name in written)
    assert said.out.splitlines()[-1] == f"report: {folder / told}"


def test_a_saved_run_is_judged_for_the_rules_that_it_was_made_for(configured, run):
    folder = run(only=["domains-complete"])
    report = json.loads(configured("audit", str(folder), "--json").out)
    (outcome,) = report["cases"][0]["outcomes"]
    assert (outcome["audit"], outcome["rules"]) == ("domain-list", ["domains-complete"])
    before = {name: (folder / name).read_bytes() for name in ALL}
    assert configured("audit", str(folder)).code == report["exit_code"]
    assert {name: (folder / name).read_bytes() for name in ALL} == before


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (("--only", "windows"), "--only"),
        (("--skip", "windows", "--only", "domain-list"), "--only, --skip"),
        (("--fail-on", "degrades"), "--fail-on"),
        (("--config", "playwright.config.json"), "--config"),
        (("--skill", "skill.json", "--output", "x", "--fail-on", "breaks"), "--skill, --output, --fail-on"),
    ],
)
def test_what_only_a_capture_can_be_judged_with_is_refused_for_a_saved_run(configured, run, options, named):
    folder = run()
    said = configured("audit", str(folder), *options)
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith(f"error: {named}: only a capture can be judged with this; ")
    assert "try: leave " in said.err
    assert reports(folder) == set()
    assert configured("audit", *options).code == 2


def test_a_capture_takes_all_of_these_options(configured, secrets):
    (configured.folder / "phone.har").write_text("{}")
    options = ("--config", "playwright.config.json", "--skill", "skill.json", "--output", "x", "--fail-on", "breaks")
    for named in (("phone.har",), ("--har", "phone.har")):
        said = configured("audit", *named, *options, "--only", "windows", "--skip", "domain-list", **secrets)
        assert (said.code, "this is no HAR capture" in said.err) == (2, True)


@pytest.mark.parametrize("named", [("gone.har",), ("--har", "gone.har")])
def test_a_capture_that_is_not_there_is_named_as_a_file(configured, secrets, named):
    said = configured("audit", *named, **secrets)
    assert said.code == 2
    assert "gone.har" in said.err
    assert "there is no such run" not in said.err
    assert "--output" not in said.err
