from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from e2e_linker.audits.base import Errored, EvidenceRef, Failed, Finding, Inconclusive, NotApplicable, Passed, finding
from e2e_linker.audits.registry import audits
from e2e_linker.errors import ConfigurationError
from e2e_linker.model import Depth
from e2e_linker.report.expectations import (
    Expectation,
    Judged,
    idle,
    is_expected,
    judged_rules,
    read_expectations,
    unmet,
)


def known(rule: str = "domains-complete", **more: str) -> Expectation:
    return Expectation(rule=rule, reason="JIRA-12", **more)


def found(rule: str = "domains-complete", subject: str = "cdn.example.com") -> Finding:
    return finding(rule, "message", subject=subject, at=EvidenceRef(kind="host", ref=subject))


def settled(*rules: str) -> Judged:
    return Judged(frozenset(rules), frozenset())


def doubtful(*rules: str) -> Judged:
    return Judged(frozenset(), frozenset(rules))


def write(folder: Path, content: Any) -> Path:
    path = folder / "expected.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def test_the_file_is_read(tmp_path: Path) -> None:
    path = write(tmp_path, {"expected": [{"rule": "domains-complete", "cases": "iphone-*", "reason": "JIRA-12"}]})
    assert read_expectations(path) == (known(cases="iphone-*"),)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "not JSON"),
        ("[" * 100_000, "nested deeper"),
        ("\ud800".encode("utf-8", "surrogatepass").decode("latin-1"), "not JSON"),
        ([], "the file: must be an object"),
        ({"expected": [{"rule": "domains-complete"}]}, "expected[0].reason: is required"),
        ({"expected": [{"rule": "domains-complete", "reason": ""}]}, "expected[0].reason: must not be empty"),
        (
            {"expected": [{"rule": "domains-complete", "reason": "x", "case": "a"}]},
            "expected[0].case: unknown key; did you mean cases?",
        ),
        ({"expcted": []}, "expcted: unknown key; did you mean expected?"),
        ({"expected": [{"rule": "domain-complete", "reason": "x"}]}, "did you mean domains-complete"),
        ('{"expected": [], "expected": []}', "expected: is written twice in one object"),
    ],
)
def test_what_is_wrong_with_the_file_is_named(tmp_path: Path, content: Any, words: str) -> None:
    path = write(tmp_path, content)
    with pytest.raises(ConfigurationError) as raised:
        read_expectations(path)
    assert words in raised.value.message
    assert raised.value.where is not None
    assert raised.value.where.startswith(str(path))
    assert raised.value.hint or words == "nested deeper"


def test_everything_wrong_is_named_at_once(tmp_path: Path) -> None:
    path = write(tmp_path, {"expected": [{"rule": "x-y-z", "reason": "x"}, {"rule": "no-rule-at-all", "reason": "x"}]})
    with pytest.raises(ConfigurationError) as raised:
        read_expectations(path)
    assert "expected[0].rule: there is no rule 'x-y-z'" in raised.value.message
    assert "expected[1].rule: there is no rule 'no-rule-at-all'" in raised.value.message


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    content = {"expected": [{"rule": "domains-complete", "reason": "JIRA-12"}]}
    for encoding in ("utf-8-sig", "utf-16"):
        (tmp_path / "marked.json").write_text(json.dumps(content), encoding=encoding)
        assert read_expectations(tmp_path / "marked.json") == (known(),)


def test_unreadable_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"gone\.json: there is no such file"):
        read_expectations(tmp_path / "gone.json")
    (tmp_path / "binary.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigurationError, match="not text"):
        read_expectations(tmp_path / "binary.json")


@pytest.mark.parametrize(
    ("expectation", "cases", "expected"),
    [
        (known(), ("iphone-na",), True),
        (known(), (), True),
        (known(cases="iphone-*"), ("iphone-na", "iphone-eu"), True),
        (known(cases="iphone-*"), ("iphone-na", "android-na"), False),
        (known(cases="iphone-*"), (), False),
        (known(subject="*.example.com"), ("iphone-na",), True),
        (known(subject="other"), ("iphone-na",), False),
        (known("domains-unused"), ("iphone-na",), False),
    ],
)
def test_a_finding_is_expected_where_every_case_is_covered(
    expectation: Expectation, cases: tuple[str, ...], expected: bool
) -> None:
    assert is_expected(found(), cases, [expectation]) is expected


def test_a_pattern_that_no_case_meets_is_named_with_the_case_that_is_meant() -> None:
    cases = ("iphone-na", "desktop-chrome-na")
    assert idle([known(), known(cases="iphone-*"), known(cases="desktop-chrome-na")], cases) == []
    (said,) = idle([known(), known(cases="iphone")], cases)
    assert said.startswith("expected[1].cases: iphone is no case of this configuration; did you mean iphone-na?")


def test_several_expectations_may_cover_a_finding_together() -> None:
    parts = [known(cases="iphone-*"), known(cases="android-*")]
    assert is_expected(found(), ("iphone-na", "android-na"), parts)


RULE = "domains-complete"


@pytest.mark.parametrize(
    ("expectation", "judged", "missing"),
    [
        (known(), {"": settled(), "a-na": settled(RULE)}, True),
        (known(cases="a-*"), {"": settled(), "a-na": settled(RULE), "b-na": doubtful(RULE)}, True),
        (known(), {"": settled(), "a-na": settled("other")}, False),
        (known(), {"": settled(), "a-na": settled(RULE), "b-na": doubtful(RULE)}, False),
        (known(cases="c-*"), {"": settled(RULE), "a-na": settled(RULE)}, False),
        (known(), {"": settled(RULE)}, True),
    ],
)
def test_an_expectation_is_unmet_only_where_its_rule_was_judged(
    expectation: Expectation, judged: dict[str, Judged], missing: bool
) -> None:
    assert unmet([expectation], [], judged) == ((expectation,) if missing else ())


@pytest.mark.parametrize(
    ("expectation", "seen", "missing"),
    [
        (known(), (found(), ("a-na",)), False),
        (known(), (found(), ()), False),
        (known(cases="a-*"), (found(), ("a-na", "b-na")), False),
        (known(cases="a-*"), (found(), ("b-na",)), True),
        (known(subject="other"), (found(), ("a-na",)), True),
        (known(), (found("domains-unused"), ("a-na",)), True),
    ],
)
def test_a_finding_meets_its_expectation(expectation: Expectation, seen: Any, missing: bool) -> None:
    judged = {"": settled(RULE), "a-na": settled(RULE), "b-na": settled(RULE)}
    assert unmet([expectation], [seen], judged) == ((expectation,) if missing else ())


def test_what_audits_say_of_their_rules() -> None:
    outcomes = {
        "domain-list": Passed(),
        "domain-list-unused": Inconclusive(missing=("no case",)),
        "domain-list-size": Errored(fault="KeyError"),
        "state-parameter": Failed(findings=(found("redir-state-unchanged"),)),
        "redirect-fragment": NotApplicable(reason="another grant"),
        "cookie-growth": NotApplicable(reason="tried from --depth thorough on"),
    }
    told = judged_rules(outcomes, audits(), Depth.STANDARD)
    assert told.settled == {"domains-complete", "domains-exact-host", "auth-tracks-state", "redir-state-unchanged"}
    assert told.doubtful == {"domains-unused", "domains-max-15", "size-cookie-growth"}
