"""The calls of the probes in words: what each came to, and what a probe came to as a whole."""

from __future__ import annotations

import json
from typing import Any, get_args

import pytest

from e2e_linker.evidence.models import Failed, NotCollected, RunEvidence
from e2e_linker.evidence.token_calls import ProbeName, SkippedProbe
from e2e_linker.report.probe_words import PROBES
from e2e_linker.report.sections import TokenEvent, TokenProbe
from e2e_linker.report.token_story import token_probes


@pytest.fixture
def battery(build: Any, samples: Any) -> Any:
    return samples.battery(build)


def told(build: Any, battery: Any) -> tuple[TokenProbe, ...]:
    return token_probes(build.run(battery=battery.made())).probes


def event(build: Any, battery: Any, **more: Any) -> TokenEvent:
    battery.call("refresh", 1, "refresh", **more)
    return told(build, battery)[0].events[-1]


def test_every_probe_has_words() -> None:
    assert set(PROBES) == set(get_args(ProbeName))
    assert len({title for title, _ in PROBES.values()}) == len(PROBES)
    assert all(tried.endswith(".") for _, tried in PROBES.values())


@pytest.mark.parametrize(
    ("answer", "fate", "summary"),
    [
        ({"status": 200}, "granted", "200 with access_token, expires_in, refresh_token, token_type"),
        ({"status": 400, "response_body": '{"error": "invalid_grant"}'}, "refused", "400 invalid_grant"),
        ({"status": 200, "response_body": '{"error": "invalid_grant"}'}, "refused", "200 with error invalid_grant"),
        ({"status": 200, "response_body": ""}, "unclear", "200 with an empty body"),
        ({"status": 403, "response_body": ""}, "refused", "403 with an empty body"),
        ({"status": 500, "response_body": "<html>"}, "failed", "500 with HTML"),
        ({"status": 302, "response_body": "<html>"}, "unclear", "302 with HTML"),
        ({"status": 201}, "unclear", "201 with access_token, expires_in, refresh_token, token_type"),
        ({"status": 200, "response_body": "{}"}, "unclear", "200 with an empty object"),
        (
            {"status": None, "response_body": None, "failure": "no answer within 10 s"},
            "failed",
            "no answer within 10 s",
        ),
        ({"status": 400, "response_body": '{"error": ["a", 1]}'}, "refused", "400 ['a', 1]"),
    ],
)
def test_answers_are_told_apart(build: Any, battery: Any, answer: Any, fate: str, summary: str) -> None:
    found = event(build, battery, **answer)
    assert (found.fate, found.summary) == (fate, summary)


@pytest.mark.parametrize(
    ("more", "fate"),
    [
        ({"endpoint": "resource", "response_body": '{"name": "x"}'}, "granted"),
        ({"endpoint": "resource", "response_body": "", "status": 204}, "granted"),
        ({"endpoint": "resource", "response_body": "", "status": 401}, "refused"),
        ({"endpoint": "introspection", "response_body": '{"active": true}'}, "granted"),
        ({"endpoint": "introspection", "response_body": '{"active": false}'}, "refused"),
        ({"endpoint": "introspection", "response_body": "{}"}, "unclear"),
        ({"endpoint": "revocation", "response_body": ""}, "granted"),
        ({"endpoint": "revocation", "response_body": "", "status": 503}, "failed"),
    ],
)
def test_other_endpoints_have_their_own_yes(build: Any, battery: Any, more: Any, fate: str) -> None:
    assert event(build, battery, **more).fate == fate


@pytest.mark.parametrize(
    ("value", "seconds"),
    [(3600, 3600.0), ("3600", 3600.0), (0, 0.0), (-1, None), (True, None), ("soon", None), (1e300, None), (None, None)],
)
def test_lifetimes_are_read_as_they_can_be(build: Any, battery: Any, value: Any, seconds: Any) -> None:
    body = json.dumps({"access_token": "<access_token#1>", "expires_in": value})
    assert event(build, battery, response_body=body).lifetime_s == seconds


def test_a_probe_is_told_step_by_step(build: Any, battery: Any) -> None:
    link = battery.link("reuse_soon")
    battery.call("reuse_soon", 1, "exchange", link)
    battery.call("reuse_soon", 2, "refresh", link)
    battery.call("reuse_soon", 3, "replay", link, refused=True)
    battery.call("reuse_soon", 4, "refresh", link, status=None, response_body=None, failure="closed")
    (probe,) = told(build, battery)
    assert probe.came == (
        "The exchange was granted (200); the refresh was granted (200); "
        "the replay was refused (400 invalid_grant); the refresh failed (no answer)."
    )
    assert [one.id for one in probe.links] == [link]


def test_equal_steps_of_several_links_are_counted(build: Any, battery: Any) -> None:
    for n in range(3):
        link = battery.link("race")
        battery.call("race", 1, "exchange", link)
        battery.call("race", 2, "refresh", link)
        battery.call("race", 2, "refresh", link, refused=n != 1, status=400 if n != 1 else 200)
        battery.call("race", 3, "refresh", link, refused=True)
    (probe,) = told(build, battery)
    assert probe.came == (
        "All 3 exchanges were granted (200); of 6 refreshes 4 were granted (200) and 2 were refused "
        "(400 invalid_grant); all 3 refreshes were refused (400 invalid_grant)."
    )


def test_a_link_without_a_code_is_told(build: Any, battery: Any) -> None:
    battery.link("relink_fresh", code=None, problem="the login was rejected.")
    (probe,) = told(build, battery)
    assert probe.came == "No code came for relink_fresh-1: the login was rejected."
    assert probe.events == ()


def test_what_was_not_tried_says_why(build: Any, battery: Any) -> None:
    battery.skipped.append(SkippedProbe(probe="migration", reason="linker.previous is empty"))
    found = token_probes(build.run(battery=battery.made()))
    assert [(skip.title, skip.reason) for skip in found.skipped] == [
        ("The previous configuration", "linker.previous is empty")
    ]


@pytest.mark.parametrize("part", [NotCollected(reason="depth passive"), Failed(error="depth passive")])
def test_a_run_without_probes_says_why(build: Any, part: Any) -> None:
    run: RunEvidence = build.run(battery=part)
    found = token_probes(run)
    assert (found.missing, found.probes) == ("depth passive", ())
