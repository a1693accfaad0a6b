"""``pytest playwright.config.json``."""

from __future__ import annotations

import json

import pytest

pytestmark = pytest.mark.browser


def narrow(suite, *devices, **more):
    """Let the configuration have few projects, and little to do."""
    path = suite.pytester.path / "playwright.config.json"
    document = json.loads(path.read_text())
    projects = [{"name": name, "use": {"device": name, "browserName": "chromium"}} for name in devices]
    path.write_text(json.dumps({**document, "projects": projects, **more}))
    return path


def test_a_case_is_a_node_and_an_audit_a_test(suite):
    narrow(suite, "iPhone 15", "Pixel 7")
    result = suite.run("playwright.config.json", "--collect-only", "-q", "-k", "(iphone and state) or run")
    lines = result.stdout.str().splitlines()
    assert "playwright.config.json::iphone-15-na::state-parameter" in lines
    assert "playwright.config.json::run::redirect-uri" in lines or any("::run::" in line for line in lines)
    assert not any("pixel" in line for line in lines)
    assert not (suite.pytester.path / "reports").exists()


def test_a_failing_audit_prints_the_finding_and_the_others_say_why_they_say_nothing(suite):
    suite.arm("state-truncated")
    narrow(suite, "iPhone 15", "Pixel 7")
    result = suite.run("playwright.config.json", "-k", "iphone and (state or linked or token-time or tls)", "-rs")
    said = suite.said(result)
    assert "iphone-15-na: came back to Alexa, but is not linked" in said
    assert "BREAKS  redir-state-unchanged" in said
    assert "cause: the authorization server" in said
    assert "report: reports/<run>/report.html" in said
    assert "Traceback" not in said
    assert "collection.py" not in said
    (case,) = suite.report.cases
    assert (case.id, len(case.attempts)) == ("iphone-15-na", 1)
    outcomes = result.parseoutcomes()
    assert outcomes["failed"] == 2
    assert "errors" not in outcomes


def test_workers_share_the_run_and_engines_multiply_the_cases(suite):
    narrow(suite, "Pixel 7", linker={**suite.range.linker, "limits": {"logins": 2}})
    result = suite.run(
        "playwright.config.json",
        "-n",
        "2",
        "-k",
        "linked or state-parameter",
        "--browser",
        "chromium",
        "--browser",
        "webkit",
    )
    outcomes = result.parseoutcomes()
    # Without WebKit its case cannot be judged: that it links is an error, what an audit asks is skipped.
    assert outcomes["passed"] + outcomes.get("errors", 0) + outcomes.get("skipped", 0) == 4
    cases = {case.id: case for case in suite.report.cases}
    assert set(cases) == {"pixel-7-chromium-na", "pixel-7-webkit-na"}
    assert all(len(case.attempts) == 1 for case in cases.values())
    assert cases["pixel-7-chromium-na"].linked
    again = suite.report.options["again"]["pixel-7-chromium-na"]
    node, *options = again[1:]
    assert node == "playwright.config.json::pixel-7-chromium-na"
    assert options == ["--browser", "chromium", "--browser", "webkit"]


def test_a_wrong_configuration_is_told_in_a_sentence(suite):
    narrow(suite, "Pixel 7", linkr={})
    result = suite.run("playwright.config.json")
    assert result.ret == pytest.ExitCode.INTERRUPTED
    assert "linkr" in result.stdout.str()
    assert "Traceback" not in result.stdout.str()


def test_a_missing_secret_is_an_error_of_every_test(suite):
    path = narrow(suite, "Pixel 7")
    document = json.loads(path.read_text())
    document["linker"]["account"]["password"] = "env:NOBODY_SET_THIS"
    path.write_text(json.dumps(document))
    result = suite.run("playwright.config.json", "-k", "linked or state-parameter")
    result.assert_outcomes(errors=2)
    assert "NOBODY_SET_THIS" in result.stdout.str()
    assert "Traceback" not in result.stdout.str()


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "xdist"])
def test_a_case_that_is_run_again_is_linked_anew_and_once_for_all_its_tests(suite, workers):
    suite.arm("state-truncated")
    narrow(suite, "Pixel 7", "Desktop Chrome")
    asked = ("playwright.config.json", "-k", "pixel and (linked or state-parameter)")
    result = suite.run(*asked, "--reruns", "1", "--tracing", "on", *workers)
    outcomes = result.parseoutcomes()
    assert (outcomes["failed"], outcomes["rerun"]) == (2, 2)
    (case,) = suite.report.cases
    assert [(attempt.number, attempt.reason) for attempt in case.attempts] == [(1, "first"), (2, "retry")]
    kept = {path.parent.name for path in suite.pytester.path.glob("test-results/*/linker-trace.zip")}
    assert kept == {"playwright-config-json-pixel-7-na", "playwright-config-json-pixel-7-na-retry1"}


def test_what_was_recorded_and_said_outlives_a_test_of_another_kind(suite):
    hook = {**suite.range.linker["faultHook"], "mend": "http://127.0.0.1:1/mend"}
    narrow(suite, "Pixel 7", linker={**suite.range.linker, "faultHook": hook})
    suite.write(test_it="def test_it():\n    pass\n")
    stale = suite.pytester.path / "test-results" / "playwright-config-json-pixel-7-na" / "linker-video.webm"
    stale.parent.mkdir(parents=True)
    stale.touch()
    result = suite.run("playwright.config.json", "test_it.py", "-k", "linked or test_it", "--screenshot", "on")
    assert result.parseoutcomes()["passed"] == 2
    assert "note: the fault hook could not mend what it broke" in suite.said(result)
    assert "note: waiting" not in suite.said(result)
    kept = {path.name for path in stale.parent.iterdir()}
    assert "linker-screenshot-1.jpg" in kept
    assert stale.name not in kept
