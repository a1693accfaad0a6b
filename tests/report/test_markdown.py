from __future__ import annotations

from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from e2e_linker.report.markdown import markdown


def test_the_summary(build: Any, make: Any, snapshot: SnapshotAssertion) -> None:
    outcomes = (
        make.outcome("domains-complete", "failed", "missing"),
        make.outcome("size-own-hops", "inconclusive", "no sizes"),
        make.outcome("auth-tracks-state", "errored", "KeyError: 'state'"),
    )
    iphone = {"asked_engines": ("webkit", "chromium"), "substitute": True, "flaky": True}
    cases = [make.case("iphone-na", outcomes=outcomes, **iphone), make.case("tablet-na", "captcha")]
    cases += [make.case("phone-na", "dead_end"), make.case("tv-na", "errored", engine=None, engine_version=None)]
    report = make.report(
        build,
        *cases,
        findings=(
            make.finding(fix={"text": "Add it.", "paste": '"domains": ["cdn.example.com"]', "where": "Domain List"}),
            make.finding("domains-unused", "recommended", expected=True, cases=()),
        ),
        unmet_expectations=({"rule": "token-html", "cases": "iphone-*", "reason": "JIRA-12"},),
        verdict="failed",
        headline="1 of 4 cases links, 2 could not be judged. 1 problem breaks linking.",
    )
    assert markdown(report) == snapshot


@pytest.mark.parametrize(
    ("raw", "safe"),
    [
        ("<script>", "\\<script\\>"),
        ("a|b", "a\\|b"),
        ("[x](javascript:alert(1))", "\\[x\\](javascript:alert(1))"),
        ("&lt;b&gt;", "\\&lt;b\\&gt;"),
        ("- item", "\\- item"),
        ("1. first", "1\\. first"),
        ("two\n\nlines", "two lines"),
        ("@octocat look", "@<!-- -->octocat look"),
        ("a\u202eb\x00", "a\\[U\\+202E\\]b␀"),
    ],
)
def test_what_a_site_says_is_no_markup(build: Any, make: Any, raw: str, safe: str) -> None:
    told = markdown(make.report(build, findings=(make.finding(message=raw),)))
    assert f"\n{safe}\n" in told


def test_a_paste_cannot_leave_its_fence(build: Any, make: Any) -> None:
    fix = {"text": "x", "paste": "```\n</details><script>"}
    told = markdown(make.report(build, findings=(make.finding(fix=fix),)))
    assert "\n````\n```\n</details><script>\n````\n" in told


def test_code_spans_cannot_be_left_either(build: Any, make: Any) -> None:
    told = markdown(make.report(build, run_id="a`b\nc"))
    assert "Run `a'b c`" in told


def test_a_hostile_run_stays_short_enough_for_a_job_summary(samples: Any) -> None:
    assert len(markdown(samples.report("hostile")).encode()) < 100_000


def test_the_title_says_what_is_wrong_not_what_is_required(samples: Any) -> None:
    told = markdown(samples.report("sick"))
    assert "### Hosts the login needs are missing from the Domain List" in told


def test_a_finding_is_told_by_what_it_does_to_the_customer(build: Any, make: Any) -> None:
    cause, shown = make.finding("endpoints-same"), make.finding("screen-blank", symptom=True)
    told = markdown(make.report(build, make.case("phone-na", "dead_end"), findings=(cause, shown)))
    assert "**nobody can link**, `endpoints-same` on `phone-na`\n" in told
    assert "**nobody can link**, `screen-blank` on `phone-na`. It follows from a finding above\n" in told
    assert "**breaks**" not in told


def test_a_refused_exchange_is_not_told_as_if_it_had_linked(build: Any, make: Any) -> None:
    told = markdown(make.report(build, make.case("phone-na", linked=False)))
    assert "| ❌ no | the walk ended: arrived, but nothing was linked |" in told
    assert "the walk ended: arrived |" in markdown(make.report(build, make.case("phone-na")))


def test_what_a_page_says_at_length_is_left_to_the_report(build: Any, make: Any) -> None:
    told = markdown(make.report(build, findings=(make.finding(message=f"It stops ({'shows words, ' * 20}) here."),)))
    assert "\nIt stops here\\.\n".replace("\\", "") in told
