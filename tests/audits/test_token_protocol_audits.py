"""What the token endpoint checks and how it refuses, judged on built batteries. A server that is right some other way
than ours is right."""

from __future__ import annotations

import pytest

from e2e_linker.evidence.models import NotCollected, Present
from e2e_linker.evidence.token_calls import HookAction, ProbedLink, SkippedProbe, TokenBattery
from e2e_linker.model import Confidence, Depth, Fault, Severity

RUN_AUDITS = (
    "client-authentication",
    "code-lifetime",
    "code-reuse",
    "code-verifier",
    "error-bodies",
    "error-codes",
    "exchange-redirect-uri",
    "outage",
    "token-pace",
)
MISUSES = {
    "wrong_client": (401, "invalid_client"),
    "wrong_secret": (401, "invalid_client"),
    "garbage_grant": (400, "unsupported_grant_type"),
    "missing_code": (400, "invalid_request"),
    "missing_refresh_token": (400, "invalid_request"),
    "bad_refresh_token": (400, "invalid_grant"),
}
PKCE = ("wrong_verifier", "missing_verifier", "plain_verifier")
NOT_STORED = ("Cache-Control", "no-store")
JSON = (("Content-Type", "application/json"), NOT_STORED)
HTML = (("Content-Type", "text/html"), NOT_STORED)
CHALLENGE = "<!doctype html><html><title>Just a moment...</title><h1>Checking</h1></html>"
HEADERS_OF_A_GUARD = (("Content-Type", "text/html"), ("cf-mitigated", "challenge"), NOT_STORED)


def tokens(n=1, **more):
    said = {"access_token": f"<access_token#{n}>", "token_type": "Bearer", "expires_in": 3600}
    return {**said, "refresh_token": f"<refresh_token#{n}>", **more}


def refusal(code, text="no"):
    return {"error": code, "error_description": text}


class Battery:
    """A battery to be filled, healthy to begin with; ``answer`` replaces what a step of a probe met."""

    def __init__(self, build, pieces):
        self.build, self.pieces = build, pieces
        self.answers = {
            ("other_scheme", 1): ("exchange", tokens(1), 200),
            ("client_id_in_body", 1): ("exchange", tokens(2), 200),
            ("code_twice", 1): ("exchange", tokens(3), 200),
            ("code_twice", 2): ("replay", refusal("invalid_grant"), 400),
            ("code_twice", 3): ("use", {"sub": "mia"}, 200),
            ("code_twice", 4): ("refresh", tokens(4), 200),
            ("code_later", 1): ("exchange", tokens(5), 200),
            ("wrong_redirect_uri", 1): ("misuse", refusal("invalid_grant"), 400),
            ("outage", 1): ("refresh", refusal("temporarily_unavailable"), 503),
            ("outage", 2): ("exchange", refusal("server_error"), 500),
            ("outage", 3): ("refresh", tokens(6), 200),
            ("refresh", 2): ("refresh", tokens(7), 200),
        }
        self.answers |= {(probe, 1): ("misuse", refusal(code), status) for probe, (status, code) in MISUSES.items()}
        self.answers |= {(probe, 1): ("misuse", refusal("invalid_grant"), 400) for probe in PKCE}
        self.skipped, self.extra, self.hooks, self.links = {}, {}, [("break", None), ("mend", None)], []
        self.pkce, self.scheme, self.measured = True, "HTTP_BASIC", pieces.token_call(scheme="HTTP_BASIC")

    def answer(self, probe, body, status=200, *, step=1, **extra):
        purpose = self.answers[probe, step][0]
        self.answers[probe, step] = (purpose, body, status)
        self.extra[probe, step] = extra

    def all_refusals(self, body, status, **extra):
        for (probe, step), (purpose, _, given) in list(self.answers.items()):
            if 400 <= given < 500 and purpose != "use":
                self.answer(probe, body, status, step=step, **extra)

    def leave_out(self, probe, reason):
        self.answers = {key: value for key, value in self.answers.items() if key[0] != probe}
        self.skipped[probe] = reason

    def calls(self):
        for n, ((probe, step), (purpose, body, status)) in enumerate(self.answers.items(), 10):
            scheme = "REQUEST_BODY_CREDENTIALS" if (probe, step) == ("other_scheme", 1) else self.scheme
            link = None if probe in {"garbage_grant", "missing_code", "missing_refresh_token"} else f"{probe}-1"
            given = {"n": n, "purpose": purpose, "probe": probe, "step": step, "link": link, "scheme": scheme}
            given |= {"endpoint": "resource"} if purpose == "use" else {}
            yield self.pieces.token_call(body, status=status, **(given | self.extra.get((probe, step), {})))

    def run(self):
        hooks = [HookAction(action=action, at=self.build.run().started_at, failure=why) for action, why in self.hooks]
        battery = TokenBattery(
            case="phone-na",
            links=tuple(self.links),
            calls=tuple(self.calls()),
            skipped=tuple(SkippedProbe(probe=probe, reason=reason) for probe, reason in self.skipped.items()),
            hooks=tuple(hooks),
        )
        skill = self.build.skill(pkce=self.pkce, access_token_scheme=self.scheme)
        return self.build.run(battery=Present(value=battery), skill=skill)

    def judge(self, audit, *others, **more):
        cases = [self.build.case(token_calls=Present(value=(self.measured,)))] if self.measured else []
        return self.build.judge_run(audit, self.run(), [*cases, *others], depth=Depth.THOROUGH, **more)

    def only(self, audit):
        outcome = self.judge(audit)
        assert outcome.status == "failed", outcome
        (found,) = outcome.findings
        assert (found.primary.kind, found.primary.case) == ("token_call", "phone-na")
        return found


@pytest.fixture
def battery(build, pieces):
    return Battery(build, pieces)


def test_a_healthy_server_passes_everything(battery):
    assert {audit: battery.judge(audit).status for audit in RUN_AUDITS} == dict.fromkeys(RUN_AUDITS, "passed")


@pytest.mark.parametrize("audit", RUN_AUDITS)
def test_without_probes_nothing_is_judged(build, audit):
    run = build.run(battery=NotCollected(reason="no case reached Alexa"))
    outcome = build.judge_run(audit, run, depth=Depth.THOROUGH)
    assert outcome.status == "inconclusive"
    assert outcome.missing == ("no case reached Alexa",)


@pytest.mark.parametrize("audit", RUN_AUDITS)
def test_the_implicit_grant_has_nothing_to_probe(build, audit):
    skill = build.skill(build.authorization(grant="IMPLICIT"))
    run = build.run(skill=skill, battery=NotCollected(reason="no token endpoint"))
    assert build.judge_run(audit, run, depth=Depth.THOROUGH).status == "not_applicable"


@pytest.mark.parametrize("audit", RUN_AUDITS)
def test_a_passive_run_tries_nothing(build, audit):
    assert build.judge_run(audit, build.run(), depth=Depth.PASSIVE).status == "not_applicable"


# What is right in another way


@pytest.mark.parametrize(
    ("probe", "status", "code"),
    [
        ("wrong_client", 400, "invalid_client"),
        ("wrong_client", 401, "unauthorized_client"),
        ("wrong_secret", 400, "invalid_client"),
        ("wrong_secret", 403, "invalid_client"),
        ("missing_refresh_token", 401, "invalid_request"),
        ("garbage_grant", 422, "unsupported_grant_type"),
    ],
)
def test_another_status_with_the_right_code_is_right(battery, probe, status, code):
    battery.answer(probe, refusal(code, "Ungültig, 無効, нет"), status)
    assert battery.judge("error-codes").status == "passed"
    assert battery.judge("error-bodies").status == "passed"


@pytest.mark.parametrize("status", [401, 403, 422])
def test_a_bad_refresh_token_is_to_be_refused_with_400(battery, status):
    battery.answer("bad_refresh_token", refusal("invalid_grant"), status)
    found = battery.only("error-codes")
    assert found.severity is Severity.RECOMMENDED
    assert f"with status {status}" in found.message
    assert "the status for it is 400" in found.message


def test_fields_of_a_provider_and_a_missing_description_do_no_harm(battery):
    battery.answer("bad_refresh_token", {"error": "invalid_grant", "trace_id": "7", "suberror": "bad_token"}, 400)
    assert battery.judge("error-bodies").status == "passed"
    assert battery.judge("error-codes").status == "passed"


def test_a_server_that_takes_both_schemes_or_only_the_configured_one_is_right(battery):
    assert battery.judge("client-authentication").status == "passed"
    battery.answer("other_scheme", refusal("invalid_client"), 401)
    assert battery.judge("client-authentication").status == "passed"


def test_a_public_client_has_no_secret_to_be_wrong(battery):
    battery.leave_out("wrong_secret", "no client secret is configured")
    battery.leave_out("other_scheme", "no client secret is configured")
    assert battery.judge("error-codes").status == "passed"
    assert battery.judge("client-authentication").status == "passed"


def test_the_very_same_tokens_again_are_a_retry_well_served(battery):
    battery.answer("code_twice", tokens(3), 200, step=2)
    assert battery.judge("code-reuse").status == "passed"


def test_pkce_that_is_off_is_not_tried(battery):
    battery.pkce = False
    for probe in PKCE:
        battery.leave_out(probe, "PKCE is off for this skill (linker.pkce)")
    outcome = battery.judge("code-verifier")
    assert (outcome.status, outcome.reason) == ("not_applicable", "PKCE is off for this skill")


def test_without_a_hook_the_outage_is_said_not_to_have_been_seen(battery):
    battery.leave_out("outage", "linker.faultHook is not configured")
    outcome = battery.judge("outage")
    assert outcome.status == "not_applicable"
    assert "what an outage is answered with was not seen" in outcome.reason


@pytest.mark.parametrize(
    ("body", "status", "extra"),
    [
        (None, None, {"failure": "reset", "failure_kind": "closed"}),
        (None, None, {"failure": "no answer", "failure_kind": "timeout"}),
        ("down", 502, {}),
        (refusal("server_error"), 400, {}),
        (refusal("temporarily_unavailable"), 429, {}),
    ],
)
def test_honest_answers_to_an_outage_pass(battery, body, status, extra):
    for step in (1, 2):
        battery.answer("outage", body, status, step=step, **extra)
    assert battery.judge("outage").status == "passed"


# What says nothing


@pytest.mark.parametrize(
    ("body", "status", "extra", "words"),
    [
        ("", 429, {}, "come back later"),
        (None, None, {"failure": "no route", "failure_kind": "connect"}, "could not be reached"),
        ("<html>oops</html>", 503, {}, "the server failed"),
        (CHALLENGE, 403, {"response_headers": HEADERS_OF_A_GUARD}, "Cloudflare answered instead of the server"),
    ],
)
@pytest.mark.parametrize(
    ("audit", "probe", "step"),
    [
        ("error-codes", "bad_refresh_token", 1),
        ("error-codes", "wrong_secret", 1),
        ("code-verifier", "plain_verifier", 1),
        ("exchange-redirect-uri", "wrong_redirect_uri", 1),
        ("code-reuse", "code_twice", 2),
        ("code-lifetime", "code_later", 1),
    ],
)
def test_a_busy_or_guarded_server_leaves_a_probe_inconclusive(battery, body, status, extra, words, audit, probe, step):
    battery.answer(probe, body, status, step=step, **extra)
    outcome = battery.judge(audit)
    assert outcome.status == "inconclusive"
    assert words in outcome.missing[0]


@pytest.mark.parametrize(
    ("audit", "probe"),
    [
        ("error-codes", "missing_code"),
        ("code-verifier", "wrong_verifier"),
        ("exchange-redirect-uri", "wrong_redirect_uri"),
        ("code-lifetime", "code_later"),
        ("code-reuse", "code_twice"),
        ("outage", "outage"),
    ],
)
def test_a_probe_that_was_left_out_says_why(battery, audit, probe):
    battery.leave_out(probe, "limits.logins allows 20, and none is left for it")
    outcome = battery.judge(audit)
    assert outcome.status == "inconclusive"
    assert "limits.logins" in outcome.missing[0]


def test_a_link_without_a_code_says_why(battery, build):
    battery.answers.pop(("wrong_redirect_uri", 1))
    link = {"id": "wrong_redirect_uri-1", "probe": "wrong_redirect_uri", "region": "NA"}
    battery.links.append(ProbedLink(**link, redirect_uri=build.redirect_uri(), problem="a page answers"))
    assert battery.judge("exchange-redirect-uri").missing == ("wrong redirect uri: a page answers",)


@pytest.mark.parametrize(
    ("probe", "body", "status", "outcome"),
    [
        ("reuse_29s", refusal("invalid_grant"), 400, "inconclusive"),
        ("reuse_29s", tokens(8), 200, "failed"),
        ("reuse_soon", refusal("invalid_grant"), 400, "failed"),
    ],
)
def test_a_code_that_a_replay_may_have_ended_is_not_called_short_lived(battery, probe, body, status, outcome):
    battery.answers = {(probe, 3): ("replay", body, status), **battery.answers}
    battery.answer("code_later", refusal("invalid_grant"), 400)
    assert battery.judge("code-lifetime").status == outcome


@pytest.mark.parametrize("audit", ["error-codes", "code-verifier", "exchange-redirect-uri", "code-lifetime"])
@pytest.mark.parametrize("other_run", [False, True])
def test_where_nothing_works_a_refusal_says_nothing(battery, pieces, build, audit, other_run):
    battery.measured = pieces.token_call(refusal("invalid_client"), status=401)
    linked = build.case(facts={"id": "tablet-na"}, token_calls=Present(value=(pieces.token_call(tokens()),)))
    for (probe, step), (purpose, _, _) in list(battery.answers.items()):
        if purpose == "exchange" and probe != "other_scheme":
            battery.answer(probe, refusal("invalid_client"), 401, step=step)
    outcome = battery.judge(audit, *([linked] if other_run else ()))
    assert outcome.status == "inconclusive"
    assert "a refusal says nothing" in outcome.missing[0]


def test_a_refusal_says_something_where_the_configured_scheme_was_taken_at_last(battery, pieces):
    battery.measured = pieces.token_call(refusal("invalid_grant"), status=400)
    for (probe, step), (purpose, _, _) in list(battery.answers.items()):
        if purpose == "exchange":
            battery.answer(probe, refusal("invalid_grant"), 400, step=step)
    assert battery.judge("error-codes").status == "inconclusive"
    battery.answers["other_scheme", 2] = ("exchange", tokens(), 200)
    assert battery.judge("error-codes").status == "passed"


# The client's authentication


def swapped(battery, pieces):
    battery.measured = pieces.token_call(refusal("invalid_client"), status=401, scheme=battery.scheme)
    for probe, step in [key for key, value in battery.answers.items() if value[0] == "exchange"]:
        if probe != "other_scheme":
            battery.answer(probe, refusal("invalid_client"), 401, step=step)


def test_a_swapped_setting_is_called_swapped(battery, pieces):
    swapped(battery, pieces)
    found = battery.only("client-authentication")
    assert (found.severity, found.blame) == (Severity.BREAKS, Fault.SKILL_CONFIGURATION)
    assert found.message.startswith("The setting is swapped: accessTokenScheme is HTTP_BASIC")
    assert "takes credentials in the body" in found.message
    assert found.fix.paste == '"accessTokenScheme": "REQUEST_BODY_CREDENTIALS"'
    assert found.shown_by == ("phone-na",)


@pytest.mark.parametrize(
    ("urlencoded", "said", "advice"),
    [
        (None, refusal("invalid_client"), "whether the header Authorization reaches it at all"),
        (True, refusal("invalid_client"), "look at its decoding"),
        (None, refusal("invalid_request", "client_id missing"), "as it misses the one in the body"),
    ],
)
def test_what_else_may_be_wrong_with_http_basic_fits_what_was_refused(battery, pieces, urlencoded, said, advice):
    swapped(battery, pieces)
    status = 401 if said == refusal("invalid_client") else 400
    battery.answers = {("other_scheme", 1): ("exchange", tokens(), 200)}
    encoded = pieces.token_call(said, status=status, scheme=battery.scheme, urlencoded=urlencoded)
    raw = pieces.token_call(said, status=status, scheme=battery.scheme, urlencoded=False)
    cases = [battery.build.case(token_calls=Present(value=(call,))) for call in (encoded, raw)[: 1 + bool(urlencoded)]]
    (found,) = battery.build.judge_run("client-authentication", battery.run(), cases, depth=Depth.THOROUGH).findings
    hints = [hint for hint in ("its decoding", "header Authorization reaches", "it misses") if hint in found.fix.text]
    assert advice in found.fix.text
    assert len(hints) == 1


def test_two_refused_schemes_are_no_swapped_setting(battery, pieces):
    swapped(battery, pieces)
    battery.answer("other_scheme", refusal("invalid_client"), 401)
    outcome = battery.judge("client-authentication")
    assert outcome.missing == ("both schemes are refused: the reason is another than the scheme",)


STRANGER = (refusal("invalid_client"), 401)


@pytest.mark.parametrize(
    ("spent", "fresh", "outcome"),
    [
        ((refusal("invalid_grant"), 401), None, "inconclusive"),
        ((refusal("invalid_grant"), 401), (tokens(), 200), "passed"),
        ((refusal("invalid_grant"), 401), (refusal("invalid_grant"), 400), "inconclusive"),
        ((refusal("invalid_grant"), 401), ({}, 503), "inconclusive"),
        ((refusal("invalid_grant"), 401), STRANGER, "failed"),
        (STRANGER, None, "failed"),
        (STRANGER, ({}, 503), "failed"),
        (({}, 503), None, "inconclusive"),
    ],
)
def test_one_refused_spelling_of_two_is_no_swapped_setting(battery, pieces, spent, fresh, outcome):
    swapped(battery, pieces)
    body, status = spent
    raw = pieces.token_call(body, status=status, n=2, purpose="unencoded exchange", scheme=battery.scheme)
    encoded = battery.measured.model_copy(update={"urlencoded": True})
    battery.answers = {("other_scheme", 1): ("exchange", tokens(), 200)}
    if fresh is not None:
        battery.answers["other_scheme", 3] = ("exchange", *fresh)
        battery.extra["other_scheme", 3] = {"urlencoded": False, "link": "other_scheme-2"}
    case = battery.build.case(token_calls=Present(value=(encoded, raw)))
    found = battery.build.judge_run("client-authentication", battery.run(), [case], depth=Depth.THOROUGH)
    assert found.status == outcome
    if outcome == "failed":
        assert "refuses HTTP Basic, however id and secret are spelled in it (status 401" in found.findings[0].message
    if outcome == "inconclusive":
        assert "HTTP Basic may be taken in the other spelling" in found.missing[0]


@pytest.mark.parametrize(("status", "outcome"), [(401, "failed"), (503, "inconclusive")])
def test_both_spellings_are_refused_where_a_later_case_used_the_other_one(battery, pieces, status, outcome):
    swapped(battery, pieces)
    battery.answers = {("other_scheme", 1): ("exchange", tokens(), 200)}
    raw = pieces.token_call(refusal("invalid_client"), status=status, scheme=battery.scheme, urlencoded=False)
    calls = [battery.measured.model_copy(update={"urlencoded": True}), raw]
    cases = [battery.build.case(token_calls=Present(value=(call,))) for call in calls]
    found = battery.build.judge_run("client-authentication", battery.run(), cases, depth=Depth.THOROUGH)
    assert found.status == outcome


def test_a_refused_code_accuses_no_scheme(battery, pieces):
    swapped(battery, pieces)
    battery.measured = pieces.token_call(refusal("invalid_grant"), status=400, scheme="HTTP_BASIC")
    battery.answers = {("other_scheme", 1): ("exchange", tokens(), 200)}
    assert battery.judge("client-authentication").status == "inconclusive"


def test_an_exchange_without_an_answer_accuses_no_scheme(battery, pieces):
    swapped(battery, pieces)
    battery.measured = pieces.token_call(status=None, failure="reset", failure_kind="closed")
    battery.answers = {("other_scheme", 1): ("exchange", tokens(), 200)}
    assert battery.judge("client-authentication").status == "inconclusive"


def test_a_refused_repetition_of_the_client_id_is_advice(battery):
    battery.answer("client_id_in_body", refusal("invalid_request"), 400)
    found = battery.only("client-authentication")
    assert (found.severity, found.confidence) == (Severity.RECOMMENDED, Confidence.POSSIBLE)


# Error codes


@pytest.mark.parametrize("probe", MISUSES)
def test_tokens_for_a_misuse_are_found(battery, probe):
    battery.answer(probe, tokens(), 200)
    found = battery.only("error-codes")
    grave = probe != "wrong_secret"
    assert found.severity is (Severity.DEGRADES if grave else Severity.RECOMMENDED)
    assert "gives tokens for" in found.message


@pytest.mark.parametrize(
    ("probe", "code", "severity"),
    [
        ("bad_refresh_token", "invalid_token", Severity.DEGRADES),
        ("bad_refresh_token", "invalid_request", Severity.RECOMMENDED),
        ("wrong_secret", "invalid_grant", Severity.DEGRADES),
        ("wrong_secret", "access_denied", Severity.RECOMMENDED),
        ("wrong_client", "invalid_grant", Severity.RECOMMENDED),
        ("garbage_grant", "invalid_request", Severity.RECOMMENDED),
        ("missing_code", "invalid_grant", Severity.RECOMMENDED),
    ],
)
def test_a_wrong_code_weighs_as_much_as_alexa_would_meet_it(battery, probe, code, severity):
    battery.answer(probe, refusal(code), 400)
    found = battery.only("error-codes")
    assert found.severity is severity
    assert f"status 400, “{code}”" in found.message


def test_refusals_with_status_200_are_told_once(battery):
    battery.all_refusals(refusal("invalid_grant"), 200)
    found = {one.fingerprint: one for one in battery.judge("error-codes").findings}
    assert [one.subject for one in found.values()] == ["status 200"]
    assert battery.judge("error-bodies").status == "inconclusive"
    assert battery.judge("code-verifier").status == "passed"


def test_a_crash_is_told_from_a_busy_server(battery):
    battery.answer("bad_refresh_token", "Internal Server Error", 500)
    assert battery.only("error-codes").severity is Severity.DEGRADES
    battery.answer("bad_refresh_token", "", 503, response_headers=(("Retry-After", "5"),))
    assert battery.judge("error-codes").status == "inconclusive"


def test_the_right_code_with_a_crashs_status_is_a_refusal_with_the_wrong_status(battery):
    battery.answer("garbage_grant", refusal("unsupported_grant_type"), 501)
    found = battery.only("error-codes")
    assert "refuses a grant type that does not exist with status 501" in found.message
    assert found.message.endswith("the status for it is 400.")
    assert found.severity is Severity.RECOMMENDED
    assert found.fix.text == "Refuse a grant type that does not exist with status 400 and unsupported_grant_type."


@pytest.mark.parametrize("probe", MISUSES)
def test_what_is_to_be_done_about_a_misuse_is_about_that_misuse(battery, probe):
    status, code = MISUSES[probe]
    battery.answer(probe, "Internal Server Error", 500)
    fix = battery.only("error-codes").fix.text
    assert f"with status {status} and " in fix
    assert code in fix


@pytest.mark.parametrize("code", ["invalid_grant", "rate_limit_exceeded", "slow_down"])
def test_too_many_requests_under_another_status_are_found(battery, code):
    battery.answer("missing_code", refusal(code, "Too many requests, try again later."), 400)
    found = battery.only("error-codes")
    assert found.subject == "rate limit"
    assert "429 or 503" in found.message


# Error bodies


@pytest.mark.parametrize(
    ("body", "extra", "words"),
    [
        ("<!doctype html><html><h1>Bad request</h1>", {"response_headers": HTML}, "Refusals come as HTML"),
        ("", {"response_headers": JSON}, "Refusals come as an empty body"),
        ({"message": "no"}, {"response_headers": JSON}, "has message (11 of 11), and no error code."),
        (
            {"error": {"code": 400, "message": "no"}},
            {"response_headers": JSON},
            "has an error that is no text (11 of 11), and no error code.",
        ),
        (refusal("invalid_grant"), {"response_headers": (("Content-Type", "text/plain"), NOT_STORED)}, "text/plain"),
        (refusal("invalid_grant"), {"response_headers": JSON[:1]}, "no Cache-Control: no-store"),
    ],
)
def test_a_refusal_that_does_not_say_why_is_advice(battery, body, extra, words):
    battery.all_refusals(body, 400, **extra)
    found = battery.only("error-bodies")
    assert found.severity is Severity.RECOMMENDED
    assert words in found.message


@pytest.mark.parametrize(
    ("others", "words"),
    [
        ({}, "of 11, status 400)"),
        ({"wrong_client": 401}, "statuses 400 and 401)"),
        ({"wrong_client": 403, "wrong_secret": 401}, "statuses 400, 401 and 403)"),
    ],
)
def test_every_status_of_refusals_that_are_not_json_is_named_once(battery, others, words):
    battery.all_refusals("", 400, response_headers=JSON)
    for probe, status in others.items():
        battery.answer(probe, "", status, response_headers=JSON)
    assert words in battery.only("error-bodies").message


PAGE, NAMELESS = "<!doctype html><html><h1>Bad request</h1>", {"message": "no"}


def several(battery):
    """The findings of ``error-bodies`` by subject."""
    return {found.subject: found for found in battery.judge("error-bodies").findings}


def test_each_kind_of_a_refusal_that_is_no_json_has_its_own_count(battery):
    battery.answer("wrong_client", PAGE, 401, response_headers=HTML)
    battery.answer("wrong_secret", PAGE, 403, response_headers=HTML)
    battery.answer("missing_code", "", 400, response_headers=JSON)
    battery.answer("garbage_grant", "error=unsupported_grant_type", 400, response_headers=JSON)
    assert battery.only("error-bodies").message == (
        "Refusals come as HTML (2 of 11, statuses 401 and 403), a form-encoded body (1 of 11, status 400) and "
        "an empty body (1 of 11, status 400). RFC 6749 section 5.2 asks for a JSON object."
    )


def test_html_and_json_without_an_error_are_told_apart(battery):
    battery.answer("wrong_client", PAGE, 401, response_headers=HTML)
    battery.answer("missing_code", NAMELESS, 400, response_headers=JSON)
    battery.answer("bad_refresh_token", NAMELESS, 400, response_headers=JSON)
    found = several(battery)
    assert "Refusals come as HTML (1 of 11, status 401)." in found["body"].message
    assert "the JSON object has message (2 of 11), and no error code." in found["error"].message


def test_json_without_an_error_is_told_by_its_fields(battery):
    battery.answer("missing_code", NAMELESS, 400, response_headers=JSON)
    battery.answer("garbage_grant", {}, 400, response_headers=JSON)
    battery.answer("bad_refresh_token", {"detail": "no", "code": 7}, 400, response_headers=JSON)
    battery.answer("wrong_client", {"code": 8, "detail": "no"}, 401, response_headers=JSON)
    assert battery.only("error-bodies").message == (
        "Refusals do not say why: the JSON object has code and detail (2 of 11), no field at all (1 of 11) or "
        "message (1 of 11), and no error code."
    )


def test_each_wrong_content_type_of_a_refusal_has_its_own_count(battery):
    text, none = (("Content-Type", "text/plain"), NOT_STORED), (NOT_STORED,)
    battery.answer("wrong_client", refusal("invalid_client"), 401, response_headers=text)
    battery.answer("wrong_secret", refusal("invalid_client"), 401, response_headers=none)
    battery.answer("missing_code", refusal("invalid_request"), 400, response_headers=none)
    assert battery.only("error-bodies").message == (
        "Refusals are JSON, but declared as nothing at all (2 of 11) or text/plain (1 of 11)."
    )


def test_a_body_of_every_kind_is_among_the_evidence(battery):
    battery.all_refusals("", 400, response_headers=JSON)
    battery.answer("plain_verifier", PAGE, 400, response_headers=HTML)
    page = next(call.n for call in battery.calls() if call.probe == "plain_verifier")
    found = battery.only("error-bodies")
    assert str(page) in [ref.ref for ref in (found.primary, *found.related)]


def test_tokens_that_may_be_stored_are_told_by_their_own_audit(battery):
    battery.all_refusals(refusal("invalid_grant"), 400, response_headers=JSON[:1])
    battery.answer("code_later", tokens(), 200, response_headers=JSON[:1])
    assert battery.judge("error-bodies").status == "passed"


# PKCE, redirect URI, code


def test_a_server_that_ignores_the_verifier_is_told_once(battery):
    for probe in PKCE:
        battery.answer(probe, tokens(), 200)
    found = battery.only("code-verifier")
    assert found.severity is Severity.DEGRADES
    assert found.message.startswith("PKCE is switched on, but not in force")


@pytest.mark.parametrize(
    ("probe", "words"),
    [
        ("wrong_verifier", "with a wrong code_verifier"),
        ("missing_verifier", "without a code_verifier"),
        ("plain_verifier", "as if its method were plain"),
    ],
)
def test_each_weakness_of_pkce_is_named(battery, probe, words):
    battery.answer(probe, tokens(), 200)
    assert words in battery.only("code-verifier").message


@pytest.mark.parametrize(("code", "status"), [("invalid_request", 400), ("invalid_grant", 403), ("nope", 422)])
def test_how_a_wrong_verifier_is_refused_is_left_to_the_server(battery, code, status):
    battery.answer("wrong_verifier", refusal(code), status)
    assert battery.judge("code-verifier").status == "passed"


@pytest.mark.parametrize(("pkce", "confidence"), [(False, Confidence.CERTAIN), (True, Confidence.POSSIBLE)])
def test_taking_another_redirect_uri_unlinks_nobody_and_is_advice(battery, pkce, confidence):
    battery.pkce = pkce
    battery.answer("wrong_redirect_uri", tokens(), 200)
    found = battery.only("exchange-redirect-uri")
    assert (found.subject, found.severity, found.confidence) == (
        "another redirect_uri",
        Severity.RECOMMENDED,
        confidence,
    )


def test_further_tokens_for_a_used_code_are_found(battery):
    battery.answer("code_twice", tokens(99), 200, step=2)
    assert battery.only("code-reuse").subject == "second redemption"


@pytest.mark.parametrize(("step", "body", "status"), [(4, refusal("invalid_grant"), 400), (3, {"sub": ""}, 401)])
def test_tokens_that_die_with_a_replay_are_advice(battery, step, body, status):
    if step == 3:
        battery.answers["relink", 3] = ("use", {"sub": "mia"}, 200)
    battery.answer("code_twice", body, status, step=step)
    found = battery.only("code-reuse")
    assert (found.subject, found.severity) == ("first tokens revoked", Severity.RECOMMENDED)
    assert found.confidence is Confidence.POSSIBLE


def test_a_refresh_token_that_outlived_itself_was_not_revoked_by_a_replay(battery):
    battery.answer("code_twice", refusal("invalid_grant"), 400, step=4)
    battery.answer("code_twice", tokens(3) | {"refresh_expires_in": 3600}, 200, step=1)
    assert battery.only("code-reuse").subject == "first tokens revoked"
    battery.answer("code_twice", tokens(3) | {"refresh_expires_in": 0.01}, 200, step=1)
    assert battery.judge("code-reuse").status == "passed"


def test_a_resource_that_takes_no_token_at_all_accuses_nobody(battery):
    battery.answer("code_twice", {"sub": ""}, 401, step=3)
    assert battery.judge("code-reuse").status == "passed"


def test_a_server_without_refresh_tokens_accuses_nobody(battery):
    battery.answer("code_twice", refusal("unsupported_grant_type"), 400, step=4)
    battery.answers = {key: value for key, value in battery.answers.items() if key[0] not in {"refresh", "outage"}}
    assert battery.judge("code-reuse").status == "passed"


def test_a_code_that_is_dead_after_30_seconds_breaks_links(battery):
    battery.answer("code_later", refusal("invalid_grant", "expired"), 400)
    found = battery.only("code-lifetime")
    assert (found.severity, found.confidence) == (Severity.BREAKS, Confidence.CERTAIN)


@pytest.mark.parametrize(
    ("body", "status", "outcome"), [(refusal("invalid_grant"), 400, "inconclusive"), (tokens(12), 200, "failed")]
)
def test_a_code_that_the_next_one_ends_however_young_is_not_called_short_lived(battery, body, status, outcome):
    battery.answer("code_later", refusal("invalid_grant", "expired"), 400)
    battery.answers["code_later", 2] = ("exchange", body, status)
    assert battery.judge("code-lifetime").status == outcome


# Outage


@pytest.mark.parametrize(
    ("code", "confidence"), [("invalid_grant", Confidence.CERTAIN), ("invalid_client", Confidence.LIKELY)]
)
def test_an_outage_that_looks_like_a_refusal_is_found(battery, code, confidence):
    battery.answer("outage", refusal(code), 400)
    found = battery.only("outage")
    assert (found.severity, found.confidence) == (Severity.DEGRADES, confidence)
    assert "While the backend is down, a refresh is answered with" in found.message


def test_a_grant_that_an_outage_kills_is_found(battery):
    battery.answer("outage", refusal("invalid_grant"), 400, step=3)
    assert "did not survive" in battery.only("outage").message


def test_where_no_refresh_works_no_outage_is_to_blame(battery):
    for probe, step in (("outage", 3), ("refresh", 2), ("code_twice", 4)):
        battery.answer(probe, refusal("invalid_grant"), 400, step=step)
    assert battery.judge("outage").status == "inconclusive"
    assert battery.judge("code-reuse").status == "passed"


def test_a_hook_that_fails_or_breaks_nothing_proves_nothing(battery):
    for step in (1, 2):
        battery.answer("outage", tokens(), 200, step=step)
    assert "broke nothing" in battery.judge("outage").missing[0]
    battery.hooks = [("break", "the hook's URL answers 404")]
    assert battery.judge("outage").missing == ("the fault hook's break failed: the hook's URL answers 404",)


def test_a_backend_that_was_not_mended_proves_nothing(battery):
    battery.answer("outage", "", 503, step=3)
    assert "after the outage" in battery.judge("outage").missing[0]


# Time


def timed(battery, *milliseconds, probe="refresh", step=2):
    battery.answers = {key: value for key, value in battery.answers.items() if key[0] != probe}
    calls = [
        battery.pieces.token_call(
            tokens(), n=500 + n, purpose="refresh", probe=probe, link=f"{probe}-1", step=step, ms=float(took)
        )
        for n, took in enumerate(milliseconds)
    ]
    before = battery.calls
    battery.calls = lambda: [*before(), *calls]


def test_refreshes_that_take_too_long_break_links(battery):
    timed(battery, 4700, 4800, 300)
    found = battery.only("token-pace")
    assert found.severity is Severity.BREAKS
    assert "2 of 3 refreshes took longer than the 4.5 s Alexa waits" in found.message


@pytest.mark.parametrize(("times", "status"), [((2100, 2200, 300), "failed"), ((9000, 300, 300), "passed")])
def test_only_what_most_refreshes_show_is_told(battery, times, status):
    timed(battery, *times)
    outcome = battery.judge("token-pace")
    assert outcome.status == status
    assert all(found.severity is Severity.RECOMMENDED for found in getattr(outcome, "findings", ()))


def test_one_in_twenty_decides_how_a_burst_went(battery):
    timed(battery, *[300] * 18, 2500, 2600, probe="burst")
    found = battery.only("token-pace")
    assert (found.severity, found.confidence) == (Severity.RECOMMENDED, Confidence.POSSIBLE)
    assert "With 20 refreshes at once, one in twenty takes 2.5 s or longer" in found.message


def test_a_burst_that_is_given_up_is_told_in_whole_sentences(battery):
    timed(battery, *[300] * 18, 9000, 9000, probe="burst")
    calls = battery.calls()
    given_up = {"status": None, "failure": "timed out", "failure_kind": "timeout"}
    battery.calls = lambda: [*calls[:-2], *(call.model_copy(update=given_up) for call in calls[-2:])]
    assert battery.only("token-pace").message.endswith(
        "With 20 refreshes at once, one in twenty did not end in time; Alexa waits 4.5 s."
    )


def test_a_single_slow_one_of_a_burst_is_chance(battery):
    timed(battery, *[300] * 19, 8000, probe="burst")
    assert battery.judge("token-pace").status == "passed"


def test_an_endpoint_that_is_slow_with_everything_is_told_once(battery, pieces):
    timed(battery, 4700, 4800, 4900)
    battery.measured = pieces.token_call(ms=4800.0)
    assert battery.judge("token-pace").status == "not_applicable"


def test_refreshes_that_are_worse_than_a_slow_exchange_are_told_besides(battery, pieces):
    battery.measured = pieces.token_call(ms=3000.0)
    timed(battery, 6000, 7000, 6500)
    found = battery.only("token-pace")
    assert found.severity is Severity.BREAKS
    assert "3 of 3 refreshes took longer than the 4.5 s Alexa waits" in found.message


@pytest.mark.parametrize(("probe", "times"), [("refresh", (3100, 3200, 3300)), ("burst", (3000,) * 20)])
def test_refreshes_as_slow_as_the_exchange_are_no_more_news(battery, pieces, probe, times):
    battery.measured = pieces.token_call(ms=3000.0)
    timed(battery, *times, probe=probe)
    assert battery.judge("token-pace").status == "passed"


def test_a_pace_that_was_not_measured_has_not_passed(battery):
    for probe, step in (("burst", 2), ("refresh", 2)):
        battery.answers = {key: value for key, value in battery.answers.items() if key != (probe, step)}
    battery.answers["refresh", 1] = ("exchange", tokens(), 200)
    assert battery.judge("token-pace").status == "not_applicable"
    battery.answers["refresh", 2] = ("refresh", "", None)
    battery.extra["refresh", 2] = {"failure": "the server hung up", "failure_kind": "closed"}
    assert battery.judge("token-pace").missing == ("no refresh was answered, or given up for taking too long",)


def test_a_crash_that_does_not_happen_again_alone_was_the_others(battery):
    battery.answer("bad_refresh_token", "", 500)
    assert battery.only("error-codes").subject == "bad refresh token crash"
    battery.answers["bad_refresh_token", 2] = ("misuse", refusal("invalid_grant"), 400)
    assert battery.judge("error-codes").status == "passed"
    battery.answers["bad_refresh_token", 2] = ("misuse", "", 502)
    assert "status 502" in battery.only("error-codes").message


@pytest.mark.parametrize(
    ("code", "text"), [("invalid_grant", "code was used"), ("invalid_request", "too many requests")]
)
def test_a_refusal_for_another_reason_does_not_accuse_the_client_id_in_the_body(battery, code, text):
    battery.answer("client_id_in_body", refusal(code, text), 400)
    assert battery.judge("client-authentication").status == "passed"


NO_GRANT = [
    ("unauthorized_client", "The client is not authorized to use 'grant_type=refresh_token'", 400),
    ("unsupported_grant_type", "no", 400),
    ("invalid_request", "requested grant type is not allowed for this client", 400),
]


@pytest.mark.parametrize("probe", ["bad_refresh_token", "missing_refresh_token"])
@pytest.mark.parametrize(("code", "text", "status"), [*NO_GRANT, ("invalid_client", "revoked or invalid", 401)])
def test_a_client_that_may_not_refresh_is_refused_for_that(battery, probe, code, text, status):
    battery.answer(probe, refusal(code, text), status)
    if code != "invalid_request" or probe == "bad_refresh_token":
        assert battery.only("error-codes").subject.startswith(probe.replace("_", " "))  # for others refresh
    for other in ("outage", "refresh", "code_twice"):
        battery.leave_out(other, "the code brings no refresh token")
    assert battery.judge("error-codes").status == "passed"


@pytest.mark.parametrize("body", [refusal("unauthorized_client"), refusal("invalid_client")])
def test_a_client_that_may_not_refresh_is_not_told_so_with_status_200(battery, body):
    for other in ("outage", "refresh", "code_twice"):
        battery.leave_out(other, "the code brings no refresh token")
    battery.answer("bad_refresh_token", body, 200)
    assert "To Alexa, 200 is a success" in battery.only("error-codes").message


@pytest.mark.parametrize(
    ("code", "text", "status", "named"), [(*each, True) for each in NO_GRANT] + [("invalid_grant", "no", 400, False)]
)
def test_a_missing_refresh_token_is_told_in_the_servers_words(battery, pieces, code, text, status, named):
    battery.answers = {
        key: (given[0], {name: value for name, value in given[1].items() if name != "refresh_token"}, given[2])
        for key, given in battery.answers.items()
        if given[0] != "refresh"
    }
    battery.measured = pieces.token_call({"access_token": "<access_token#1>", "token_type": "Bearer"})
    battery.answer("bad_refresh_token", refusal(code, text), status)
    outcome = battery.judge("refresh-issued")
    (found,) = outcome.findings
    assert ("To a refresh the server answers status 400" in found.message) is named
    assert found.fix.text.startswith("Allow the client the grant type refresh_token") is named
