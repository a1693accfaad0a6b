"""``run --dry-run``: the configuration judged, no browser opened."""

from __future__ import annotations

import json

import pytest


def test_a_good_configuration_passes(configured, secrets, snapshot):
    assert configured("run", "--dry-run", **secrets).shown == snapshot


def test_only_audits_of_the_configuration_are_asked(configured, secrets):
    said = configured("run", "--dry-run", "--json", **secrets)
    report = json.loads(said.out)
    assert (said.code, report["verdict"], report["cases"]) == (0, "passed", [])
    assert {outcome["status"] for outcome in report["outcomes"]} <= {"passed", "not_applicable"}
    assert "domain-list-syntax" in {outcome["audit"] for outcome in report["outcomes"]}
    assert not any(secret in said.out for secret in (secrets["E2E_LINKER_PASSWORD"], "0c6ab3f0-secret"))


def test_findings_fail_it(configured, secrets, snapshot):
    configured.edit("skill.json", '"domains": []', '"domains": ["https://cdn.example.com/", "*.example.com"]')
    said = configured("run", "--dry-run", **secrets)
    assert said.shown == snapshot
    assert said.code == 1


@pytest.mark.parametrize(("number", "code"), [(15, 0), (16, 1)])
def test_a_domain_list_that_is_too_long_fails_it(configured, secrets, number, code):
    domains = json.dumps([f"h{n:02}.example.com" for n in range(number)])
    configured.edit("skill.json", '"domains": []', f'"domains": {domains}')
    said = configured("run", "--dry-run", **secrets)
    assert (said.code, "domains-max-15" in said.out) == (code, bool(code))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"vendorId"', '"vendorID"'),
        ('"vendorId": "M2ABCDEFGHIJKL"', '"vendorId": ""'),
        ('"env:E2E_LINKER_PASSWORD"', '"hunter2"'),
        ('"env:E2E_LINKER_PASSWORD"', '"env:NOT_SET_ANYWHERE"'),
        ('"skill.json"', '"skil.json"'),
        ('"device": "Pixel 7"', '"device": "Pixl 7"'),
        ('"device": "Pixel 7"', '"cdpEndpoint": "127.0.0.1:9222"'),
    ],
    ids=[
        "unknown key",
        "no vendor",
        "literal secret",
        "missing secret",
        "missing skill",
        "unknown device",
        "no endpoint",
    ],
)
def test_a_mistake_is_named(configured, secrets, snapshot, old, new):
    configured.edit("playwright.config.json", old, new)
    said = configured("run", "--dry-run", **secrets)
    shown = said.shown.replace(str(configured.folder.resolve()), "FOLDER").replace(str(configured.folder), "FOLDER")
    assert shown == snapshot
    assert said.code == 2
    assert "hunter2" not in said.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("--project", "iPhne"),
        ("--device", "Pixl 7"),
        ("--only", "domains-complet"),
        ("--skip", "domain-lst"),
        ("--only", "auth-tracks-state", "--skip", "auth-tracks-state"),
        ("--only", "support-none-at-all"),
        ("--region", "US"),
        ("--shard", "3/2"),
        ("--resolve", "nonsense"),
        ("iphone-eu",),
    ],
    ids=" ".join,
)
def test_an_option_that_names_nothing_is_refused(configured, secrets, snapshot, arguments):
    said = configured("run", "--dry-run", *arguments, **secrets)
    assert said.shown == snapshot
    assert said.code == 2


@pytest.mark.parametrize("arguments", [("--device", "Pixl 7"), ("--only", "domains-complet")], ids=" ".join)
def test_a_run_is_refused_in_the_same_words_before_its_folder_exists(configured, secrets, arguments):
    said = configured("run", *arguments, **secrets)
    assert said.shown == configured("run", "--dry-run", *arguments, **secrets).shown
    assert not (configured.folder / "reports").exists()


def test_a_missing_secret_is_told_before_a_run_folder_exists(configured):
    said = configured("run")
    assert said.code == 2
    assert "E2E_LINKER_USERNAME is not set" in said.err
    assert not (configured.folder / "reports").exists()


def test_a_rule_that_is_checked_by_hand_cannot_be_chosen(configured, secrets):
    from e2e_linker.alexa.rules import rules
    from e2e_linker.run.coverage import rule_coverage

    by_hand = next(row.rule for row in rule_coverage() if not row.automated)
    assert by_hand in rules()
    said = configured("run", "--dry-run", "--only", by_hand, **secrets)
    assert said.code == 2
    assert f"no audit covers the rule {by_hand}" in said.err


def test_a_pause_needs_something_to_look_at(configured, secrets):
    said = configured("run", "--dry-run", "--pause-on-error", **secrets)
    assert said.code == 2
    assert "--pause-on-error" in said.err
    assert "add --headed" in said.err
    assert configured("run", "--dry-run", "--pause-on-error", "--headed", **secrets).code == 0


@pytest.mark.parametrize("verb", [("run", "--dry-run"), ("run",), ("audit", "--har", "phone.har")], ids=" ".join)
def test_a_threshold_that_nothing_asks_for_is_refused_with_the_nearest(configured, secrets, verb):
    configured.edit("playwright.config.json", '"login"', '"thresholds": {"code-caracters": 100}, "login"')
    said = configured(*verb, **secrets)
    assert said.code == 2
    assert "did you mean code_characters?" in said.err
    assert not (configured.folder / "reports").exists()


def test_that_no_client_secret_will_be_sent_is_advice(configured, secrets):
    configured.edit("playwright.config.json", '"clientSecret": "env:E2E_LINKER_CLIENT_SECRET",', "")
    said = configured("run", "--dry-run", **secrets)
    assert said.code == 0
    assert "linker.clientSecret is not set" in said.out


def test_the_implicit_grant_needs_no_client_secret(configured, secrets):
    configured.edit("playwright.config.json", '"clientSecret": "env:E2E_LINKER_CLIENT_SECRET",', "")
    configured.edit("skill.json", '"AUTH_CODE"', '"IMPLICIT"')
    assert "clientSecret" not in configured("run", "--dry-run", **secrets).out


@pytest.mark.parametrize("arguments", [("run", "--dry-run"), ("run",)], ids=" ".join)
def test_a_login_function_that_cannot_be_imported_is_a_mistake_of_the_configuration(configured, secrets, arguments):
    configured.edit("playwright.config.json", '"login": "auto"', '"login": {"python": "no_such_module:log_in"}')
    said = configured(*arguments, **secrets)
    assert said.code == 2
    assert "linker.login.python: no_such_module:log_in cannot be used: ModuleNotFoundError" in said.err
    assert not (configured.folder / "reports").exists()


def test_a_seed_that_is_no_base32_is_a_mistake_of_the_configuration(configured, secrets):
    password = '"password": "env:E2E_LINKER_PASSWORD"'
    configured.edit("playwright.config.json", password, f'{password}, "totp": "env:E2E_LINKER_TOTP"')
    said = configured("run", "--dry-run", **secrets, E2E_LINKER_TOTP="0189!!")
    assert (said.code, "linker.account.totp: what it refers to is no base32" in said.err) == (2, True)
    assert "0189" not in said.err


def test_an_expectation_that_no_case_can_meet_is_named_and_changes_nothing(configured, secrets):
    known = {"expected": [{"rule": "domains-complete", "cases": "iphone", "reason": "JIRA-12"}]}
    (configured.folder / "known.json").write_text(json.dumps(known))
    said = configured("run", "--dry-run", "--expect", "known.json", **secrets)
    assert said.code == 0
    assert "known.json: expected[0].cases: iphone is no case of this configuration" in " ".join(said.err.split())
    narrowed = configured("run", "--dry-run", "--expect", "known.json", "--region", "EU", **secrets)
    assert "expected[0]" not in narrowed.err
