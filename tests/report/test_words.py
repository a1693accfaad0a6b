from __future__ import annotations

from typing import Any, get_args

import pytest

from e2e_linker.derive.ladder import How
from e2e_linker.derive.state_trail import Where
from e2e_linker.evidence.models import EndingKind
from e2e_linker.model import Confidence, Fault, Severity
from e2e_linker.report import words
from e2e_linker.report.model import Status, Verdict


@pytest.mark.parametrize(
    ("table", "kinds"),
    [
        (words.ENDINGS, get_args(EndingKind)),
        (words.STANDINGS, get_args(words.Standing)),
        (words.VERDICTS, get_args(Verdict)),
        (words.STATUSES, get_args(Status)),
        (words.SEVERITIES, tuple(Severity)),
        (words.SEVERITY_ADJECTIVES, tuple(Severity)),
        (words.CONFIDENCES, tuple(Confidence)),
        (words.FAULTS, tuple(Fault)),
        (words.HOWS, get_args(How)),
        (words.PLACES, get_args(Where)),
    ],
)
def test_every_kind_has_a_word(table: Any, kinds: tuple[str, ...]) -> None:
    assert set(table) == set(kinds)
    assert all(table.values())


@pytest.mark.parametrize(
    ("ending", "linked", "fate"),
    [
        ("arrived", True, "links"),
        ("arrived", False, "fails"),
        ("dead_end", False, "fails"),
        ("redirect_loop", False, "fails"),
        ("captcha", False, "unknown"),
        ("unreachable", False, "unknown"),
        ("interrupted", False, "unknown"),
        ("errored", False, "errored"),
    ],
)
def test_only_a_way_walked_to_its_end_condemns_the_server(make: Any, ending: str, linked: bool, fate: str) -> None:
    assert words.standing(make.case(ending=ending, linked=linked)) == fate


def test_failed_titles_say_what_is_wrong(build: Any, make: Any) -> None:
    case = make.case(outcomes=(make.outcome("a", "failed"), make.outcome("b")))
    report = make.report(build, case, outcomes=(make.outcome("c", "failed"),))
    assert words.failed_titles(report) == {"a": "a is wrong", "c": "c is wrong"}
