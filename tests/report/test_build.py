"""From evidence to the report: what is joined, counted and left out."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from e2e_linker.evidence.models import Causes, CspViolation, Ending, NotCollected, PageError, Present, Trial
from e2e_linker.model import Confidence, Region, Severity
from e2e_linker.report.build import build_report
from e2e_linker.report.effects import of_the_list
from e2e_linker.report.model import FindingReport, RunReport

UNTIMED = {"depth": "passive", "skip": ["screen-step-time"]}
"""Built evidence shows no page that could be timed, and no probes were made."""


@pytest.fixture
def linked(build: Any, samples: Any) -> Any:
    """A case that links, of a project, with steps of its own."""

    def case(project: str = "phone", walk: Any = None, region: str = "NA", **more: Any) -> Any:
        walk = walk or build.walk(asked=build.authorization(region=region))
        facts = {"id": f"{project}-{region.lower()}", "project": project}
        calls = Present(value=(samples.token_call(build),))
        return build.case(walk, facts=facts, **{"token_calls": calls, **more})

    return case


def unlisted(build: Any, *hosts: str, region: str = "NA", kind: str = "script") -> Any:
    asked = build.authorization(region=region)
    steps = build.healthy_steps(asked, build.answer(asked))
    return build.walk([*steps[:2], *(build.sub(f"https://{host}/x", kind) for host in hosts), *steps[2:]], asked=asked)


def of_rule(report: RunReport, rule: str) -> list[FindingReport]:
    return [found for found in report.findings if found.rule == rule]


def test_a_healthy_case_passes_with_everything_shown(build: Any, linked: Any) -> None:
    report = build_report(build.run(options=UNTIMED), [linked()])
    (case,) = report.cases
    assert (report.verdict, report.exit_code, report.findings) == ("passed", 0, ())
    assert case.linked
    assert [hop.how for hop in case.ladder][:2] == ["opened", "redirect"]
    assert case.ladder[-1].arrival
    assert case.ladder[-1].failure is None
    assert (case.arrival_url or "").startswith("https://pitangui.amazon.com/")
    assert {place.drift for place in report.state_trail[case.id].places} == {None}
    assert report.size_headroom[case.id].hops[-1].arrival
    assert [event.purpose for event in report.token_story[case.id]] == ["exchange"]


def test_a_case_without_a_login_form_ends_with_the_script_that_failed_on_the_page(
    build: Any, pieces: Any, linked: Any
) -> None:
    digest = pieces.digest("https://login.example.com/authorize", [pieces.control("link", "Lamps")], headings=())
    steps = [
        build.get("https://login.example.com/authorize"),
        build.sub("https://login.example.com/app.js", "script", status=404),
    ]
    walk = build.walk(steps, answer=None, ending="login_not_found", screens=[pieces.screen(0, 4.0, digest)])
    (case,) = build_report(build.run(options=UNTIMED), [linked(walk=walk)]).cases
    named = "the script https://login.example.com/app.js did not load (status 404)"
    assert named in case.ending.message
    assert named in case.attempts[0].ending.message


def test_the_same_evidence_gives_the_same_report(build: Any, linked: Any) -> None:
    cases = [linked("a"), linked("b", unlisted(build, "cdn.example.net"))]
    assert build_report(build.run(), cases).model_dump_json() == build_report(build.run(), cases).model_dump_json()


def test_one_finding_names_all_cases_that_show_it(build: Any, linked: Any) -> None:
    cases = [linked(name, unlisted(build, "cdn.example.net")) for name in ("a", "b")] + [linked("c")]
    report = build_report(build.run(), cases)
    (found,) = of_rule(report, "domains-complete")
    assert found.cases == ("a-na", "b-na")
    assert {link.case for link in found.evidence if link.kind == "request"} == {"a-na", "b-na"}
    assert found.fix.paste is not None
    assert "cdn.example.net" in found.fix.paste
    assert report.verdict == "failed"


def test_the_worst_that_any_case_shows_speaks_for_all(build: Any, linked: Any) -> None:
    mild = linked("a", unlisted(build, "cdn.example.net", kind="image"))
    bad = linked("b", unlisted(build, "cdn.example.net", kind="script"))
    (found,) = of_rule(build_report(build.run(), [mild, bad]), "domains-complete")
    assert found.severity is Severity.BREAKS
    assert found.evidence[0].case == "b-na"
    (again,) = of_rule(build_report(build.run(), [bad, mild]), "domains-complete")
    assert (again.severity, again.fingerprint) == (found.severity, found.fingerprint)


@pytest.mark.parametrize("order", [(400, 415), (415, 400)])
@pytest.mark.parametrize("repeated", [False, True])
def test_of_equally_bad_findings_the_surest_speaks_for_all(
    build: Any, samples: Any, linked: Any, order: tuple[int, int], repeated: bool
) -> None:
    body = '{"error": "invalid_request", "error_description": "grant_type is missing"}'
    calls = [Present(value=(samples.token_call(build, status=status, response_body=body),)) for status in order]
    cases = [linked("a", token_calls=calls[0]), linked("a" if repeated else "b", token_calls=calls[1])]
    if repeated:
        cases[1] = cases[1].model_copy(update={"attempt": 2, "reason": "repeat"})
    (found,) = of_rule(build_report(build.run(), cases), "token-post-form")
    assert found.confidence is Confidence.CERTAIN
    assert "status 415" in found.message


def test_findings_come_worst_first_and_causes_before_symptoms(samples: Any) -> None:
    found = samples.report("sick").findings
    order = [(one.severity.rank, of_the_list(one), one.symptom) for one in found]
    assert order == sorted(order)


def test_what_shows_in_a_case_that_does_not_link_comes_first_of_equals(build: Any, linked: Any) -> None:
    uris = {region: build.redirect_uri(region) for region in ("NA", "EU")}
    skill = build.skill(client_id="https://pitangui.amazon.com/", redirect_uris=uris, regions=("NA", "EU"))
    steps = [build.get("https://login.example.com/authorize"), build.get("http://login.example.com/login", status=500)]
    stopped = build.case(build.walk(steps, answer=None, ending="dead_end"))
    found = build_report(build.run(skill=skill), [stopped]).findings
    causes = [(one.rule, one.cases) for one in found if one.severity is Severity.BREAKS and not one.symptom]
    assert causes == [("auth-https-443", ("phone-na",)), ("auth-clientid-per-region", ())]


def test_the_status_of_an_empty_page_is_told_before_that_nothing_stands_there(build: Any, pieces: Any) -> None:
    empty = {"controls": (), "headings": (), "text": "", "title": "", "visible_elements": 1}
    address = "https://login.example.com/authorize"
    steps = [build.get(address, status=403, excerpt="")]
    screens = [pieces.screen(0, 4.0, pieces.digest(address, **empty))]
    stopped = build.case(build.walk(steps, answer=None, ending="login_not_found", screens=screens))
    found = [one.rule for one in build_report(build.run(), [stopped]).findings if one.severity is Severity.BREAKS]
    assert found == ["screen-error-page", "screen-blank"]


def test_what_other_cases_suspect_of_one_finding_is_told_with_its_own_advice(
    build: Any, pieces: Any, linked: Any
) -> None:
    address = "https://login.example.com/authorize"
    empty = {"controls": (), "headings": (), "text": "", "title": "", "visible_elements": 1}
    forbids = CspViolation(
        at=0.15,
        window=0,
        directive="connect-src",
        blocked="https://pay.example.com/x",
        document=address,
        disposition="enforce",
    )
    missing = PageError(at=0.15, window=0, message="PaymentRequest is not defined")

    def blank(project: str, **more: Any) -> Any:
        screens = [pieces.screen(0, 4.0, pieces.digest(address, **empty))]
        steps = [build.get(address, excerpt="<title>Sign in</title>")]
        walk = build.walk(steps, answer=None, ending="login_not_found", screens=screens, **more)
        return linked(project, walk, token_calls=Present(value=()))

    policy, script = {"csp_violations": [forbids]}, {"page_errors": [missing]}
    alike = [blank(name, **policy) for name in ("a", "b")]
    (one,) = of_rule(build_report(build.run(), alike), "screen-blank")
    assert "Otherwise" not in one.message
    (found,) = of_rule(build_report(build.run(), [*alike, blank("c", **script), blank("d", **script)]), "screen-blank")
    assert found.message.startswith(f"{one.message} Otherwise in c-na, d-na: On c the login stops at a screen of ")
    assert "PaymentRequest is not defined" in found.message
    assert found.fix.text.startswith(f"{one.fix.text} In c-na, d-na: ")
    assert found.cases == ("a-na", "b-na", "c-na", "d-na")
    assert found.fingerprint == one.fingerprint


def test_a_symptom_that_nothing_explains_comes_before_what_shows_in_no_case(
    build: Any, samples: Any, linked: Any
) -> None:
    uris = {region: build.redirect_uri(region) for region in ("NA", "EU")}
    skill = build.skill(client_id="https://pitangui.amazon.com/", redirect_uris=uris, regions=("NA", "EU"))
    refused = samples.token_call(build, status=401, response_body='{"error": "invalid_client"}')
    report = build_report(build.run(skill=skill), [linked(token_calls=Present(value=(refused,)))])
    found = [(one.rule, one.symptom) for one in report.findings if one.severity is Severity.BREAKS]
    assert found == [("token-status-200", True), ("auth-clientid-per-region", False)]


def test_what_stopped_a_case_is_told_before_the_hosts_that_are_not_listed(build: Any, linked: Any) -> None:
    steps = [
        build.sub("https://stats.example.net/x", "script"),
        build.get("https://login.example.com/authorize", status=500),
    ]
    stopped = build.case(build.walk(steps, answer=None, ending="dead_end"))
    report = build_report(build.run(), [stopped])
    assert [one.rule for one in report.findings if one.severity is Severity.BREAKS] == [
        "screen-error-page",
        "domains-complete",
    ]


@pytest.mark.parametrize("again", [{"reason": "repeat"}, {"reason": "retry"}])
def test_hosts_that_change_between_attempts_change_in_every_case_and_are_not_pasted(
    build: Any, linked: Any, again: dict[str, str]
) -> None:
    attempts = [
        linked("phone", unlisted(build, host, "cdn.example.net")).model_copy(update={"attempt": n, **reason})
        for n, (host, reason) in enumerate([("n1.example.org", {}), ("n7.example.org", again)], 1)
    ]
    report = build_report(build.run(), [*attempts, linked("view", unlisted(build, "n9.example.org"))])
    told = {found.subject: found for found in of_rule(report, "domains-complete")}
    assert set(told) == {"changing hosts of example.org", "cdn.example.net"}
    assert sorted(told["changing hosts of example.org"].cases) == ["phone-na", "view-na"]
    assert "n1.example.org, n7.example.org" in told["changing hosts of example.org"].message
    assert report.domains.paste == ("cdn.example.net",)
    assert {"n7.example.org", "n9.example.org"} <= {*report.domains.missing}


def test_a_host_with_a_number_of_its_own_in_each_case_is_pasted(build: Any, linked: Any) -> None:
    cases = [linked(f"p{n}", unlisted(build, f"n{n}.example.org")) for n in (1, 2)]
    assert build_report(build.run(), cases).domains.paste == ("n1.example.org", "n2.example.org")


def test_evidence_of_many_cases_is_capped(build: Any, linked: Any) -> None:
    cases = [linked(f"p{n}", unlisted(build, "cdn.example.net")) for n in range(20)]
    (found,) = of_rule(build_report(build.run(), cases), "domains-complete")
    assert len(found.cases) == 20
    assert len(found.evidence) == 12


def test_a_retry_stands_in_for_the_attempt_it_repeats(build: Any, linked: Any) -> None:
    blocked = build.walk(answer=None, ending=Ending(kind="unreachable", message="no answer"))
    nothing = NotCollected(reason="nothing arrived")
    first = linked("phone", blocked, token_calls=nothing)
    second = linked("phone").model_copy(update={"attempt": 2, "reason": "retry"})
    (case,) = build_report(build.run(), [second, first]).cases
    assert case.linked
    assert case.flaky
    assert [(one.number, one.reason, one.linked, one.evidence) for one in case.attempts] == [
        (1, "first", False, "evidence/phone-na.json"),
        (2, "retry", True, "evidence/phone-na.attempt-2.json"),
    ]
    assert case.ending.kind == "arrived"


def test_every_repeat_counts_and_keeps_the_worst(build: Any, linked: Any) -> None:
    first = linked("phone", unlisted(build, "cdn.example.net", kind="image"))
    second = linked("phone", unlisted(build, "cdn.example.net")).model_copy(update={"attempt": 2, "reason": "repeat"})
    report = build_report(build.run(), [first, second])
    (found,) = of_rule(report, "domains-complete")
    assert found.cases == ("phone-na",)
    assert found.severity is Severity.BREAKS
    assert not report.cases[0].flaky


def test_a_repeat_that_cannot_be_judged_makes_its_case_inconclusive(build: Any, linked: Any) -> None:
    blocked = build.walk(answer=None, ending=Ending(kind="captcha", message="a captcha"))
    nothing = NotCollected(reason="nothing arrived")
    again = linked("phone", blocked, token_calls=nothing).model_copy(update={"attempt": 2, "reason": "repeat"})
    report = build_report(build.run(), [linked("phone"), again])
    assert not report.cases[0].linked
    assert report.cases[0].flaky
    assert report.verdict == "inconclusive"


def test_durations_add_up_over_attempts(build: Any, linked: Any) -> None:
    ended = build.run().started_at + timedelta(seconds=2.5)
    cases = [
        linked(finished_at=ended),
        linked(finished_at=ended).model_copy(update={"attempt": 2, "reason": "repeat"}),
    ]
    assert build_report(build.run(), cases).cases[0].duration_s == 5.0


def test_a_case_that_never_began_is_reported_as_such(build: Any, linked: Any) -> None:
    case = linked(token_calls=NotCollected(reason="not started")).model_copy(update={"walks": ()})
    report = build_report(build.run(), [case])
    (told,) = report.cases
    assert (told.ending.kind, told.ladder, told.screens, told.arrival_url) == ("not_started", (), (), None)
    assert report.verdict == "inconclusive"
    assert case.case.id not in report.state_trail


def test_an_arrival_of_which_only_the_address_is_known_has_a_rung(build: Any, linked: Any) -> None:
    asked = build.authorization()
    seen = build.arrival(build.answer(asked), request=None)
    walk = build.walk(build.healthy_steps(asked, None), asked=asked, arrivals=[seen])
    report = build_report(build.run(), [linked("phone", walk)])
    assert report.cases[0].ladder[-1].request is None
    assert report.cases[0].ladder[-1].arrival


def test_only_and_skip_choose_the_audits(build: Any, linked: Any) -> None:
    case = linked("phone", unlisted(build, "cdn.example.net"))
    only = build_report(build.run(options={"only": ["domains-complete"]}), [case])
    assert [outcome.audit for outcome in only.cases[0].outcomes] == ["domain-list"]
    skipped = build_report(build.run(options={"skip": ["domain-list"]}), [case])
    assert "domain-list" not in [outcome.audit for outcome in skipped.cases[0].outcomes]
    assert of_rule(skipped, "domains-complete") == []


@pytest.mark.parametrize(
    ("options", "rules", "findings"),
    [
        ({}, ("domains-complete", "domains-exact-host"), {"domains-complete", "domains-exact-host"}),
        ({"skip": ["domains-complete"]}, ("domains-exact-host",), {"domains-exact-host"}),
        ({"only": ["domains-complete"]}, ("domains-complete",), {"domains-complete"}),
        ({"only": ["domain-list"], "skip": ["domains-exact-host"]}, ("domains-complete",), {"domains-complete"}),
    ],
)
def test_of_rules_that_share_an_audit_only_those_wanted_are_told(
    build: Any, linked: Any, options: dict[str, Any], rules: tuple[str, ...], findings: set[str]
) -> None:
    skill = build.skill(domains=("example.org",))
    case = linked("phone", unlisted(build, "cdn.example.net", "img.example.org"), skill=skill)
    report = build_report(build.run(options=options, skill=skill), [case])
    (outcome,) = [one for one in report.cases[0].outcomes if one.audit == "domain-list"]
    assert (outcome.status, outcome.rules) == ("failed", rules)
    assert {found.rule for found in report.findings if found.audit == "domain-list"} == findings
    assert ("cdn.example.net (" in (outcome.reason or "")) is ("domains-complete" in rules)


def test_an_audit_that_only_broke_a_rule_which_is_not_wanted_says_so_and_hurts_nothing(build: Any, linked: Any) -> None:
    options = {**UNTIMED, "skip": [*UNTIMED["skip"], "domains-complete"]}
    report = build_report(build.run(options=options), [linked("phone", unlisted(build, "cdn.example.net"))])
    (outcome,) = [one for one in report.cases[0].outcomes if one.audit == "domain-list"]
    assert (outcome.status, outcome.rules, outcome.reason) == (
        "not_applicable",
        ("domains-exact-host",),
        "what was found belongs to domains-complete, which is left out",
    )
    assert (report.verdict, report.findings) == ("passed", ())


def test_what_is_not_wanted_of_a_shared_audit_cannot_vanish(build: Any, linked: Any) -> None:
    known = {**UNTIMED, "expectations": [EXPECTED], "skip": [*UNTIMED["skip"], "domains-complete"]}
    assert build_report(build.run(options=known), [linked("phone")]).verdict == "passed"


TOO_MANY = tuple(f"h{n:02}.example.org" for n in range(20))
NO_CASE = [{"dry_run": True}, {"dry_run": False, "cases": []}]


@pytest.mark.parametrize("options", NO_CASE, ids=["dry run", "empty shard"])
def test_without_a_case_the_configuration_alone_is_judged(build: Any, options: dict[str, Any]) -> None:
    report = build_report(build.run(options=options), [])
    assert (report.verdict, report.exit_code, report.findings) == ("passed", 0, ())
    asked = {outcome.audit for outcome in report.outcomes}
    assert "domain-list-syntax" in asked
    assert not asked & {"domain-list-size", "domain-list-unused", "client-id", "code-reuse", "unknown-redirects"}


@pytest.mark.parametrize("options", NO_CASE, ids=["dry run", "empty shard"])
def test_a_list_that_is_too_long_needs_no_case_to_be_found(build: Any, options: dict[str, Any]) -> None:
    report = build_report(build.run(options=options, skill=build.skill(domains=TOO_MANY)), [])
    (found,) = report.findings
    assert (found.rule, found.audit, found.fix.paste) == ("domains-max-15", "domain-list-size", None)
    assert "20 entries" in found.message
    assert (report.verdict, report.exit_code) == ("failed", 1)
    skipped = {**options, "skip": ["domains-max-15"]}
    assert build_report(build.run(options=skipped, skill=build.skill(domains=TOO_MANY)), []).findings == ()


@pytest.mark.parametrize("needed", [0, 20])
def test_a_list_that_is_too_long_is_one_finding_of_a_run(build: Any, linked: Any, needed: int) -> None:
    skill = build.skill(domains=TOO_MANY)
    case = linked("phone", unlisted(build, *TOO_MANY[:needed]), skill=skill)
    (found,) = of_rule(build_report(build.run(skill=skill, options=UNTIMED), [case]), "domains-max-15")
    assert found.subject == ("needed hosts" if needed else "listed hosts")
    assert found.fix.paste is not None


def test_a_client_id_is_not_blamed_before_any_region_was_tried(build: Any) -> None:
    uris = {region: build.redirect_uri(region) for region in ("NA", "EU")}
    skill = build.skill(client_id="https://pitangui.amazon.com", redirect_uris=uris)
    assert build_report(build.run(options={"dry_run": True}, skill=skill), []).findings == ()


def test_a_shard_without_a_case_says_so(build: Any) -> None:
    empty, checked = (build_report(build.run(options=options), []).headline for options in reversed(NO_CASE))
    both = build_report(build.run(options={"dry_run": True, "cases": []}), [])
    assert both.headline == checked
    assert empty == "No case fell to this shard: only the configuration was checked. Nothing was found."
    assert checked == "The configuration was checked, no case was run. Nothing was found."
    one = build_report(build.run(options=NO_CASE[1], skill=build.skill(domains=TOO_MANY)), [])
    assert one.headline.endswith("only the configuration was checked. 1 problem can break linking.")
    unsure = build_report(build.run(options=NO_CASE[1], skill=build.skill(access_token_url=None)), [])
    assert (unsure.verdict, unsure.headline.endswith("checked. Not everything could be determined.")) == (
        "inconclusive",
        True,
    )
    stopped = build_report(build.run(options=NO_CASE[1], interrupted=True), [])
    assert stopped.headline == "The run was interrupted before any case was run."


def test_a_run_that_has_cases_is_no_empty_shard(build: Any, linked: Any) -> None:
    report = build_report(build.run(options={**UNTIMED, "cases": []}), [linked()])
    assert report.headline == "The one case links. Nothing was found."
    assert "domain-list-size" in {outcome.audit for outcome in report.outcomes}


def test_an_empty_shard_does_not_miss_what_other_shards_show(build: Any) -> None:
    known = {"rule": "auth-https-443", "reason": "a hop of the phones"}
    report = build_report(build.run(options={**NO_CASE[1], "expectations": [known]}), [])
    assert (report.verdict, report.unmet_expectations) == ("passed", ())


EXPECTED = {"rule": "domains-complete", "cases": "phone-*", "subject": "*", "reason": "JIRA-12"}


def test_an_expected_failure_is_shown_but_fails_nothing(build: Any, linked: Any) -> None:
    report = build_report(
        build.run(options={"expectations": [EXPECTED], **UNTIMED}),
        [linked("phone", unlisted(build, "cdn.example.net"))],
    )
    (found,) = of_rule(report, "domains-complete")
    assert found.expected
    assert (report.verdict, report.unmet_expectations) == ("passed", ())


def test_an_expected_failure_that_vanished_fails(build: Any, linked: Any) -> None:
    report = build_report(build.run(options={"expectations": [EXPECTED]}), [linked("phone")])
    assert [(one.rule, one.cases, one.reason) for one in report.unmet_expectations] == [
        ("domains-complete", "phone-*", "JIRA-12")
    ]
    assert (report.verdict, report.exit_code) == ("failed", 1)
    assert report.headline.endswith(" What was expected to fail did not.")


@pytest.mark.parametrize("options", [{"skip": ["domain-list"]}, {"only": ["redir-once"]}])
def test_a_rule_nobody_asked_for_cannot_vanish(build: Any, linked: Any, options: dict[str, Any]) -> None:
    report = build_report(build.run(options={"expectations": [EXPECTED], **options}), [linked("phone")])
    assert report.unmet_expectations == ()


def test_a_rule_that_could_not_be_judged_cannot_vanish(build: Any, linked: Any) -> None:
    blocked = build.walk([], answer=None, ending=Ending(kind="unreachable", message="no answer"))
    walk = blocked.model_copy(update={"requests": NotCollected(reason="the browser did not start")})
    case = linked("phone", walk, token_calls=NotCollected(reason="nothing arrived"))
    report = build_report(build.run(options={"expectations": [EXPECTED]}), [case])
    assert report.unmet_expectations == ()
    assert report.verdict == "inconclusive"


def test_domains_are_joined_over_all_cases(build: Any, linked: Any) -> None:
    cases = [
        linked("a", unlisted(build, "cdn.example.net")),
        linked("b", unlisted(build, "img.example.net", kind="image")),
    ]
    report = build_report(build.run(skill=build.skill(domains=("old.example.com",))), cases)
    by_host = {use.host: use for use in report.domains.observed}
    assert by_host["login.example.com"].cases == ("a-na", "b-na")
    assert (by_host["cdn.example.net"].cases, by_host["cdn.example.net"].needed) == (("a-na",), True)
    assert by_host["cdn.example.net"].first_seen == "a-na measured#3"
    assert set(report.domains.missing) == {"cdn.example.net", "img.example.net"}
    assert report.domains.unused == ("old.example.com",)
    assert report.domains.paste == ("cdn.example.net", "img.example.net", "old.example.com")


def test_an_interrupted_run_says_so(build: Any, linked: Any) -> None:
    report = build_report(build.run(interrupted=True), [linked()])
    assert (report.verdict, report.exit_code) == ("interrupted", 130)


def test_regions_are_cases_of_their_own(build: Any, linked: Any) -> None:
    report = build_report(build.run(), [linked(region="NA"), linked(region="EU")])
    assert [(case.id, case.region) for case in report.cases] == [("phone-na", Region.NA), ("phone-eu", Region.EU)]


def test_the_document_is_plain_json(samples: Any) -> None:
    document = json.loads(samples.report("sick").model_dump_json(indent=2))
    assert document["schema_version"] == 1
    assert document["started_at"] == "2026-11-20T12:00:00Z"
    assert document["cases"][0]["region"] == "NA"


@pytest.mark.parametrize("again", ["login_not_found", "stopped"])
def test_a_server_that_fails_for_another_case_once_blames_no_user_agent(build: Any, linked: Any, again: str) -> None:
    def case(project: str, *trials: tuple[str, str]) -> Any:
        given: Any = {"until": "login_form", "duration_s": 1.0}
        made = [Trial(n=n, factor=f, changed=f, ending=end, **given) for n, (f, end) in enumerate(trials, 1)]  # type: ignore[arg-type]
        steps = [build.get(build.authorization().url, status=500, excerpt="Internal Server Error")]
        walk = build.walk(steps, answer=None, ending="login_not_found")
        return linked(project, walk, causes=Present(value=Causes(trials=tuple(made))))

    broke, healed = ("nothing", "login_not_found"), ("user_agent", "stopped")
    cases = [case("phone", broke, healed, broke, healed), case("tablet", ("nothing", again))]
    (found,) = of_rule(build_report(build.run(options=UNTIMED), cases), "screen-error-page")
    assert (found.cause == "proven") is (again == "login_not_found")
