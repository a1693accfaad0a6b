"""The access tokens of implicit links, as a resource that was tried with them takes them."""

from __future__ import annotations

import pytest

from e2e_linker.evidence.models import Present
from e2e_linker.model import Confidence, Severity

RESOURCE = "https://api.example.com/me"


def judged(build, pieces, *answers, grant="IMPLICIT", **more):
    asked = build.authorization(grant=grant)
    cases = []
    for n, status in enumerate(answers, start=1):
        call = pieces.token_call("", status=status, n=n, purpose="use", endpoint="resource", url=RESOURCE, **more)
        calls = Present(value=(call,) if status != 0 else ())
        cases.append(build.case(build.walk(asked=asked), facts={"id": f"phone-{n}"}, token_calls=calls))
    skill = build.skill(asked)
    return build.judge_run("implicit-token", build.run(skill=skill), cases)


def test_a_resource_that_takes_the_token_passes(build, pieces):
    assert judged(build, pieces, 200, 204).status == "passed"


def test_one_that_refuses_every_token_leaves_it_open(build, pieces):
    for answers in ((401,), (403, 401)):
        outcome = judged(build, pieces, *answers)
        assert outcome.status == "inconclusive"
        assert f"{RESOURCE} refuses it with status {answers[0]}" in outcome.missing[0]
        assert "the skill's tokens permit" in outcome.missing[0]


def test_one_that_takes_some_and_refuses_others_degrades(build, pieces):
    (found,) = judged(build, pieces, 200, 401).findings
    assert (found.rule, found.severity) == ("token-no-early-invalidation", Severity.DEGRADES)
    assert found.confidence is Confidence.LIKELY
    assert "refuses it with status 401, which takes that of phone-1" in found.message
    assert (found.primary.ref, found.primary.case) == ("2", "phone-2")


def test_an_answer_that_does_not_say_leaves_it_open(build, pieces):
    assert "status 500" in judged(build, pieces, 500).missing[0]
    assert judged(build, pieces, None, failure="closed").status == "inconclusive"
    guard = {"response_headers": (("cf-mitigated", "challenge"),)}
    assert judged(build, pieces, 403, **guard).status == "inconclusive"


@pytest.mark.parametrize(("grant", "answer"), [("AUTH_CODE", 401), ("IMPLICIT", 0)])
def test_it_does_not_apply_where_none_was_tried(build, pieces, grant, answer):
    assert judged(build, pieces, answer, grant=grant).status == "not_applicable"
