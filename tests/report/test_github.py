from __future__ import annotations

from typing import Any

from e2e_linker.report.github import github_annotations


def test_each_finding_is_a_line_at_its_level(build: Any, make: Any) -> None:
    findings = (
        make.finding(fix={"text": "Add it.", "paste": '"domains": [\n  "a"\n]', "where": "console, Domain List"}),
        make.finding("domains-unused", "recommended"),
        make.finding("redir-once", "breaks", expected=True),
    )
    report = make.report(build, make.case(), make.case("blocked-na", "captcha"), findings=findings, verdict="failed")
    lines = github_annotations(report).splitlines()
    levels = [line.split(" ", 1)[0] for line in lines]
    assert levels == ["::error", "::notice", "::notice", "::warning", "::notice"]
    assert lines[0].startswith("::error title=domains-complete%3A what domains-complete demands::")
    assert "Paste at console, Domain List:%0A" in lines[0]
    assert "On 1 of 2 cases: phone-na." in lines[0]
    assert "blocked-na" in lines[3]


def test_what_does_not_fail_the_run_is_a_warning(build: Any, make: Any) -> None:
    report = make.report(build, findings=(make.finding("a-rule", "degrades"),), options={"fail_on": "breaks"})
    assert github_annotations(report).startswith("::warning ")


def test_a_failure_of_the_tool_is_an_error(build: Any, make: Any) -> None:
    case = make.case(outcomes=(make.outcome("code-size", "errored", "KeyError: 'a'"),))
    assert "::error title=e2e-linker itself failed in code-size::KeyError: 'a'" in github_annotations(
        make.report(build, case)
    )


def test_a_page_cannot_give_commands(build: Any, make: Any) -> None:
    evil = "100%\r\n::set-env name=PATH::/evil\n::error::x\u202e\u2028::warning::y"
    found = make.finding(message=evil, title=evil, cases=(evil,))
    text = github_annotations(make.report(build, make.case(), findings=(found,)))
    assert all(line.startswith(("::error title=", "::notice title=")) for line in text.splitlines())
    assert len(text.splitlines()) == 2
    assert "100%25" in text
    assert "\u202e" not in text
