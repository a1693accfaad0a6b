from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from e2e_linker.report.build import _ranked
from e2e_linker.report.effects import Effects, consequences, distance, why_failed
from e2e_linker.report.fixes import leads, remedies
from e2e_linker.report.html import html_page
from e2e_linker.report.sections import TokenProbe, TokenProbes
from e2e_linker.report.verdict import headline_of


def cases_of(make: Any, *endings: str) -> list[Any]:
    return [make.case(f"c{n}-na", ending) for n, ending in enumerate(endings)]


@pytest.mark.parametrize(
    ("endings", "shown", "word", "sentence"),
    [
        (["dead_end"] * 3, 3, "nobody can link", "None of the 3 cases links."),
        (["dead_end"], 1, "nobody can link", "The one case does not link."),
        (["dead_end", "arrived", "arrived"], 1, "stops 1 of 3", "1 of 3 cases shows it, and does not link."),
        (["dead_end", "dead_end", "arrived"], 2, "stops 2 of 3", "2 of 3 cases show it, and none of these links."),
        (
            ["dead_end", "arrived"],
            2,
            "stops 1 of the 2 that show it",
            "Of the 2 cases that show it 1 does not link and 1 links all the same.",
        ),
        (
            ["dead_end", "dead_end", "arrived", "arrived", "captcha", "arrived"],
            5,
            "stops 2 of the 5 that show it",
            "Of the 5 cases that show it 2 do not link, 2 link all the same and 1 could not be judged.",
        ),
        (
            ["arrived"] * 3,
            3,
            "can break linking",
            "All 3 cases show it and link all the same; some customers may not.",
        ),
        (
            ["arrived"],
            1,
            "can break linking",
            "The one case shows it and links all the same; some customers may not.",
        ),
        (["captcha"] * 2, 2, "can break linking", "Seen in 2 of 2 cases; not all of these could be judged."),
        (
            ["arrived"] * 2,
            0,
            "can break linking",
            "Found over the whole run, in no single case. Every case links all the same; some customers may not.",
        ),
        (["dead_end"] * 2, 0, "can break linking", "Found over the whole run, in no single case."),
    ],
)
def test_what_breaks_is_told_by_whom_it_stopped(
    make: Any, endings: list[str], shown: int, word: str, sentence: str
) -> None:
    cases = cases_of(make, *endings)
    found = make.finding("redir-once", cases=tuple(case.id for case in cases[:shown]))
    does = Effects(cases, (found,)).of(found)
    assert (does.word, does.sentence, does.security, does.follows) == (word, sentence, False, False)


def test_what_is_milder_than_the_failure_beside_it_says_so(make: Any) -> None:
    fails, links = cases_of(make, "dead_end", "arrived")
    for ids, word in (((fails.id,), "Milder"), ((links.id,), "Linking works only partly"), ((), "Linking works only")):
        found = make.finding(severity="degrades", cases=ids)
        does = Effects([fails, links], (found,)).of(found)
        assert does.word == "degrades"
        assert does.sentence.startswith(word)
    advice = make.finding(severity="recommended", cases=(fails.id,))
    assert Effects([fails], (advice,)).of(advice).word == "advice"


def test_a_threat_to_others_is_no_failure_to_link(make: Any) -> None:
    cases = cases_of(make, "arrived", "arrived")
    threat = make.finding("token-identifies-user", cases=())
    does = Effects(cases, (threat,)).of(threat)
    assert (does.word, does.security) == ("security", True)
    assert does.sentence == "Nobody is stopped, but a customer may reach somebody else's account."
    assert headline_of("failed", cases, (threat,)) == (
        "All 2 cases link, but a customer may reach somebody else's account."
    )
    broken = cases_of(make, "dead_end", "arrived")
    assert Effects(broken, (threat,)).of(threat).sentence == "A customer may reach somebody else's account."
    assert headline_of("failed", broken, (threat, make.finding("redir-once", cases=("c0-na",)))) == (
        "1 of 2 cases links. A customer may reach somebody else's account, 1 problem breaks linking."
    )


def test_what_the_customer_sees_of_a_problem_is_no_second_problem(make: Any) -> None:
    (case,) = cases_of(make, "dead_end")
    cause = make.finding("auth-tracks-state", cases=(case.id,))
    seen = make.finding("redir-state-unchanged", symptom=True, cases=(case.id,))
    assert consequences((cause, seen)) == {(seen.audit, seen.fingerprint)}
    assert [Effects([case], (cause, seen)).of(one).follows for one in (cause, seen)] == [False, True]
    assert [one.follows for one in remedies((cause, seen))] == [False, True]
    assert headline_of("failed", [case], (cause, seen)) == (
        "The one case does not link. 1 problem breaks linking; 1 more finding follows from it."
    )
    more = make.finding("screen-blank", symptom=True, cases=(case.id,))
    assert headline_of("failed", [case], (cause, make.finding("redir-once", cases=(case.id,)), seen, more)).endswith(
        "2 problems break linking; 2 more findings follow from these."
    )


@pytest.mark.parametrize("cause", [{"severity": "degrades"}, {"cases": ("other-na",)}, {"expected": True}, None])
def test_without_a_cause_as_grave_in_its_cases_what_is_seen_stands_for_itself(make: Any, cause: Any) -> None:
    seen = make.finding("screen-blank", symptom=True, cases=("phone-na",))
    others = () if cause is None else (make.finding(**cause),)
    assert consequences((*others, seen)) == frozenset()


def test_what_the_token_endpoint_says_does_not_follow_from_what_a_page_does(make: Any) -> None:
    seen = make.finding("token-status-200", symptom=True, cases=("phone-na",))
    page = make.finding("screen-dialogs", cases=("phone-na",))
    scheme = make.finding("token-client-auth-scheme", cases=("phone-na",))
    assert consequences((page, seen)) == frozenset()
    assert consequences((page, scheme, seen)) == {(seen.audit, seen.fingerprint)}


def test_only_a_run_that_fails_although_all_link_needs_a_word_why(build: Any, make: Any) -> None:
    found = (make.finding(severity="recommended"), make.finding(expected=True), make.finding(cases=()))
    more = {"findings": found, "verdict": "failed"}
    assert why_failed(make.report(build, make.case(), **more)) is found[2]
    assert why_failed(make.report(build, make.case(ending="dead_end"), **more)) is None
    assert why_failed(make.report(build, **more)) is None
    assert why_failed(make.report(build, make.case(), findings=found)) is None


def test_the_first_screen_tells_why_and_how_much_is_not_known(build: Any, make: Any, tmp_path: Path) -> None:
    found = make.finding("token-identifies-user", cases=(), evidence=())
    page = html_page(make.report(build, make.case(), findings=(found,), verdict="failed"), tmp_path)
    head = page[page.index("<header") : page.index("</header>")]
    assert "It failed although every case links" in head
    assert "belongs to no single case" in head
    assert "not determined" not in head
    unsure = tuple(
        {"audit": rule, "title": rule, "rules": (rule,), "status": "inconclusive", "reason": "no code arrived"}
        for rule in ("token-html", "token-post-form")
    )
    lost = html_page(make.report(build, make.case(ending="dead_end", outcomes=unsure), verdict="failed"), tmp_path)
    head = lost[lost.index("<header") : lost.index("</header>")]
    assert '<a href="#undetermined">' in head
    assert "no link succeeded, so what comes after linking could not be tried" in head
    assert "It failed although" not in head
    probe = TokenProbe(probe="refresh", title="Refresh", tried="", came="", links=(), events=())
    tried = make.report(build, make.case(ending="dead_end", outcomes=unsure), verdict="failed").model_copy(
        update={"token_probes": TokenProbes(case="phone-na", probes=(probe,))}
    )
    assert "no link succeeded" not in html_page(tried, tmp_path)


def test_a_consequence_is_tagged_and_stands_behind_its_cause(build: Any, make: Any, tmp_path: Path) -> None:
    seen = make.finding("screen-blank", symptom=True, fix={"text": "Show a page."})
    other = make.finding("redir-once", fix={"text": "Redirect once."})
    report = make.report(build, make.case(ending="dead_end"), findings=(seen, other), verdict="failed")
    page = html_page(report, tmp_path)
    todo = page[page.index('id="fixes"') : page.index('id="devices"')]
    assert todo.count("what the customer sees of it") == 1
    assert todo.index("Redirect once.") < todo.index("what the customer sees of it") < todo.index("Show a page.")
    # The advice comes before its cause.
    assert todo.index("Redirect once.") < todo.index("<strong>what redir-once demands</strong>")


@pytest.mark.parametrize("rule", ["domains-complete", "domains-exact-host", "domains-max-15"])
def test_a_list_that_nobody_enforced_is_not_why_a_measured_login_failed(make: Any, rule: str) -> None:
    (case,) = cases_of(make, "dead_end")
    unlisted = make.finding(rule, cases=(case.id,))
    failed = make.finding("screen-error-page", audit="error-page", symptom=True, cases=(case.id,))
    effects = Effects([case], (unlisted, failed))
    assert (effects.of(failed).word, effects.of(failed).follows) == ("nobody can link", False)
    assert effects.of(unlisted).word == "can break linking"
    assert "Every host was let through, so this is not why" in effects.of(unlisted).sentence
    assert headline_of("failed", [case], (unlisted, failed)) == (
        "The one case does not link. 1 problem breaks linking, 1 more can."
    )

    assert headline_of("failed", [case], (unlisted, unlisted)) == (
        "The one case does not link. 2 problems can break linking."
    )


def test_a_missing_host_is_why_the_page_stays_blank_where_the_list_is_enforced(make: Any) -> None:
    (case,) = cases_of(make, "arrived")
    unlisted = make.finding("domains-complete", cases=(case.id,))
    blank = make.finding("screen-blank", audit="enforced-list", symptom=True, cases=(case.id,))
    effects = Effects([case], (unlisted, blank))
    assert (effects.of(blank).word, effects.of(blank).follows) == ("can break linking", True)
    assert effects.of(unlisted).sentence == "The one case shows it and links all the same; some customers may not."


def test_interchanged_endpoints_stop_every_login_and_what_is_seen_of_it_follows(make: Any) -> None:
    cases = cases_of(make, "login_not_found", "login_not_found")
    swapped = make.finding("token-endpoint-not-swapped", cases=())
    shown = make.finding("screen-error-page", symptom=True, cases=tuple(case.id for case in cases))
    effects = Effects(cases, (swapped, shown))
    assert effects.of(swapped).word == "nobody can link"
    assert effects.of(shown).follows
    assert "1 problem breaks linking; 1 more finding follows from it." in headline_of("failed", cases, (swapped, shown))


def refusals(make: Any, *cases: str, host: str = "login.example.com") -> Any:
    cause = make.finding("auth-embedded-browser-tolerated", subject="login.example.com", cases=("phone-na",))
    return cause, make.finding("screen-unsupported-browser", subject=host, symptom=True, cases=cases)


def test_one_host_that_turns_browsers_away_is_one_problem_on_all_devices(make: Any) -> None:
    cases = [make.case(name, "login_not_found") for name in ("phone-na", "silk-na")]
    findings = refusals(make, "phone-na", "silk-na")
    assert [Effects(cases, findings).of(one).follows for one in findings] == [False, True]
    assert headline_of("failed", cases, findings).endswith("1 problem breaks linking; 1 more finding follows from it.")


def test_another_host_that_turns_browsers_away_is_another_problem(make: Any) -> None:
    cases = [make.case(name, "login_not_found") for name in ("phone-na", "silk-na")]
    for findings in (refusals(make, "phone-na", "silk-na", host="id.example.com"), refusals(make, "silk-na")):
        assert [Effects(cases, findings).of(one).follows for one in findings] == [False, False]


@pytest.mark.parametrize(
    ("rule", "cases", "far"),
    [
        ("screen-error-page", ("a-na", "b-na"), 0),
        ("screen-error-page", ("b-na",), 1),
        ("screen-error-page", (), 2),
        ("token-endpoint-not-swapped", (), 0),
    ],
)
def test_a_finding_is_near_to_the_cases_that_it_stops(make: Any, rule: str, cases: tuple[str, ...], far: int) -> None:
    assert distance(rule, cases, [make.case("a-na", "dead_end")]) == far


CODE = "https://pitangui.amazon.com/api/skill/link/M1?code=%3Ccode%231%3E&state=s"
OF_THE_WAY = (
    "auth-csp-form-action",
    "auth-cert-trusted-ca",
    "auth-no-popups",
    "auth-embedded-browser-tolerated",
    "redir-is-http-redirect-or-navigation",
    "screen-blank",
    "screen-error-page",
    "size-own-hops",
    "size-redirect-url",
)


def let_through(make: Any, id_: str = "firefox-na", url: str | None = CODE, **more: Any) -> Any:
    """A case that came back to Alexa, whose exchange failed."""
    return make.case(id_, linked=False, arrival_url=url, **more)


@pytest.mark.parametrize("rule", OF_THE_WAY)
def test_what_is_on_the_way_did_not_stop_who_came_back_and_then_got_no_token(make: Any, rule: str) -> None:
    stopped, through = make.case("phone-na", "dead_end"), let_through(make)
    way = make.finding(rule, cases=(stopped.id, through.id))
    token = make.finding("token-https-443", cases=(through.id,))
    does = Effects([stopped, through], (way, token)).of(way)
    assert does.word == "stops 1 of the 2 that show it"
    assert does.sentence == "Of the 2 cases that show it 1 does not link and 1 came back to Alexa all the same."
    assert Effects([stopped, through], (way, token)).of(token).word == "stops 1 of 2"
    assert [distance(rule, way.cases, [case]) for case in (stopped, through)] == [0, 1]


@pytest.mark.parametrize(("subject", "word"), [("script call", "nobody can link"), ("form post", "can break linking")])
def test_where_a_script_alone_came_to_alexa_the_customer_did_not(make: Any, subject: str, word: str) -> None:
    case = let_through(make)
    found = make.finding("redir-is-http-redirect-or-navigation", cases=(case.id,)).model_copy(
        update={"subject": subject}
    )
    assert Effects([case], (found,)).of(found).word == word
    linked = make.case(case.id, arrival_url=CODE)
    assert Effects([linked], (found,)).of(found).word == "can break linking"


def test_where_all_came_back_what_is_on_the_way_only_can_break_linking(make: Any) -> None:
    cases = [let_through(make), make.case("phone-na")]
    for own, text in (
        (cases[:1], "The one case shows it and comes back to Alexa all the same; some customers may not."),
        (cases, "All 2 cases show it and link or come back to Alexa all the same; some customers may not."),
    ):
        way = make.finding("auth-csp-form-action", cases=tuple(case.id for case in own))
        does = Effects(own, (way,)).of(way)
        assert (does.word, does.sentence) == ("can break linking", text)


def test_a_capture_that_came_back_is_not_stopped_by_what_is_on_the_way(make: Any) -> None:
    case = let_through(make, source="har", came_back=True)
    way = make.finding("auth-csp-form-action", cases=(case.id,))
    assert "comes back to Alexa all the same" in Effects([case], (way,)).of(way).sentence


@pytest.mark.parametrize(
    ("rule", "more"),
    [
        ("token-https-443", {}),
        ("redir-state-unchanged", {}),
        ("auth-tracks-state", {}),
        ("redir-code-lifetime", {}),
        ("auth-embedded-browser-tolerated", {"url": CODE.replace("code", "error")}),
        ("screen-error-page", {"url": f"{CODE}&error=access_denied"}),
        ("screen-error-page", {"url": CODE.replace("%3Ccode%231%3E", "")}),
        ("screen-error-page", {"url": None}),
        ("screen-blank", {"ending": "dead_end"}),
    ],
)
def test_what_arrives_and_the_exchange_stop_who_came_back_as_ever(make: Any, rule: str, more: Any) -> None:
    case = let_through(make, **more)
    found = make.finding(rule, cases=(case.id,))
    assert Effects([case], (found,)).of(found).word == "nobody can link"


@pytest.mark.parametrize(("subject", "follows"), [("alert Signing you in", False), ("confirm Go on?", True)])
def test_an_alert_does_not_bring_about_the_error_page_that_comes_after_it(
    make: Any, subject: str, follows: bool
) -> None:
    case = make.case("phone-na", "dead_end")
    dialog = make.finding("auth-no-js-dialogs", cases=(case.id,), subject=subject)
    page = make.finding("screen-error-page", cases=(case.id,), symptom=True)
    assert Effects([case], (dialog, page)).of(page).follows is follows
    assert [one.rule for one in _ranked((dialog, page), [case])][follows] == "screen-error-page"


@pytest.mark.parametrize("cases", [("phone-na",), ()])
@pytest.mark.parametrize("rule", ["token-status-200", "token-refresh-works"])
def test_a_refusal_does_not_follow_from_how_long_it_took(make: Any, rule: str, cases: tuple[str, ...]) -> None:
    case = make.case("phone-na")
    late = make.finding("token-responds-4500ms", cases=cases)
    refused = make.finding(rule, cases=cases, symptom=True)
    assert consequences((late, refused)) == frozenset()
    assert [one.rule for one in _ranked((late, refused), [case])] == [rule, "token-responds-4500ms"]
    scheme = make.finding("token-client-auth-scheme", cases=cases)
    assert consequences((late, scheme, refused)) == {(refused.audit, refused.fingerprint)}


@pytest.mark.parametrize(
    ("error", "word"), [("invalid_scope", "can break linking"), ("household_not_ready", "nobody can link")]
)
def test_an_error_that_refuses_the_request_itself_is_not_of_the_way(make: Any, error: str, word: str) -> None:
    case = let_through(make, url=CODE.replace("code=%3Ccode%231%3E", f"error={error}"))
    alert = make.finding("auth-no-js-dialogs", cases=(case.id,))
    assert Effects([case], (alert,)).of(alert).word == word


def test_who_came_back_in_one_attempt_and_not_in_another_was_stopped(make: Any) -> None:
    attempt = {"reason": "first", "linked": False, "duration_s": 1.0, "started_at": "2026-07-01T10:00:00Z"}
    ends = ({"kind": "dead_end", "message": "dead end"}, {"kind": "arrived", "message": "arrived"})
    tries = [attempt | {"number": n, "ending": end, "evidence": f"{n}.json"} for n, end in enumerate(ends, 1)]
    case = let_through(make, attempts=tuple(tries))
    way = make.finding("auth-csp-form-action", cases=(case.id,))
    assert Effects([case], (way,)).of(way).word == "nobody can link"


def test_what_is_on_the_way_does_not_say_why_who_came_back_got_no_token(build: Any, make: Any) -> None:
    case = let_through(make, ending="arrived")
    case = case.model_copy(update={"ending": case.ending.model_copy(update={"hint": "Look at the server's log."})})
    for rule, told in (("auth-csp-form-action", 1), ("token-https-443", 0)):
        found = make.finding(rule, cases=(case.id,))
        assert len(leads(make.report(build, case, findings=(found,)))) == told


@pytest.mark.parametrize(("rule", "word"), [("token-status-200", "can break linking"), ("token-json-body", "nobody")])
def test_where_other_codes_were_taken_nobody_is_kept_from_linking_for_good(make: Any, rule: str, word: str) -> None:
    case = make.case("phone-na", "dead_end")
    some = make.finding("token-status-200", cases=(case.id,)).model_copy(update={"audit": "lost-codes"})
    shown = make.finding(rule, cases=(case.id,), subject="shown", symptom=True)
    effects = Effects([case], (some, shown))
    assert effects.of(some).word == "can break linking"
    assert effects.of(some).sentence == "The one case does not link. Other codes were taken."
    assert effects.of(some).stopped == (case.id,)
    assert effects.of(shown).word.startswith(word)
    assert effects.of(shown).follows
    assert headline_of("failed", [case], [some]).endswith("1 problem can break linking.")
