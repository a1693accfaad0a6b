"""Which audits a run asks."""

from __future__ import annotations

from typing import Any

import pytest

from e2e_linker.audits.registry import audits
from e2e_linker.evidence.models import LoginStep
from e2e_linker.report.asked import asked
from e2e_linker.report.build import build_report


@pytest.mark.parametrize("name", ["error-page", "screen-blank"])
def test_who_asks_for_an_audit_is_told_by_those_that_stand_in_for_it(build: Any, name: str) -> None:
    chosen = asked(build.run(options={"only": [name]}), alone=False)
    assert {name, "unsent-answer"} < set(chosen) <= set(audits())
    left = asked(build.run(options={"only": [name], "skip": ["unsent-answer"]}), alone=False)
    assert "unsent-answer" not in left


@pytest.mark.parametrize("name", ["error-page", "screen-blank"])
def test_who_asks_for_one_is_told_of_a_page_that_is_not_laid_out(build: Any, name: str) -> None:
    assert "undisplayed-page" in asked(build.run(options={"only": [name]}), alone=False)


def test_another_audit_is_asked_alone(build: Any) -> None:
    assert list(asked(build.run(options={"only": ["code-size"]}), alone=False)) == ["code-size"]


def test_a_page_that_another_audit_tells_of_is_told_to_who_asks_for_error_pages(build: Any, pieces: Any) -> None:
    asked_for = build.authorization()
    url = "https://login.example.com/consent"
    answer = f"{build.answer(asked_for)}".replace("%3Ccode%231%3E", "<code#1>")
    seen = pieces.digest(url, title="", headings=(), text=answer, controls=(), viewport_meta=None)
    shown = build.post(url, {}, excerpt=answer, response_headers=[("Content-Type", "text/plain")])
    signed_in = LoginStep(at=0.21, action="fill", target="#password", what="password", outcome="done")
    walk = build.walk(
        [*build.healthy_steps(asked_for, None), shown],
        asked=asked_for,
        answer=None,
        ending="dead_end",
        login=(signed_in,),
        screens=[pieces.screen(1, 5.5, seen)],
    )
    report = build_report(build.run(options={"only": ["error-page"]}), [build.case(walk)])
    assert [found.audit for found in report.findings] == ["unsent-answer"]


def test_a_session_that_was_forgotten_is_told_to_who_asks_for_error_pages(build: Any) -> None:
    assert "forgotten-session" in asked(build.run(options={"only": ["error-page"]}), alone=False)
