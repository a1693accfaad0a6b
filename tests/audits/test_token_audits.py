"""The redemption of the code: one trouble, one finding; healthy answers pass."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from urllib.parse import quote, unquote, urlencode

import pytest

from e2e_linker.evidence.models import NotCollected, Present, TokenTiming
from e2e_linker.evidence.token_calls import SecretShape
from e2e_linker.model import Confidence, Fault, Severity
from tests.audits.judged import failures

AUDITS = (
    "token-connection",
    "token-time",
    "token-status",
    "basic-spelling",
    "token-body",
    "token-fields",
    "token-endpoint",
    "declared-expiry",
)
TOKENS = {
    "access_token": "<access_token#1>",
    "token_type": "Bearer",
    "expires_in": 3600,
    "refresh_token": "<refresh_token#1>",
}
HIDDEN = "<token#1> (a number)"
FORM = "access_token=<access_token#1>&token_type=bearer&expires_in=3600"
LOGIN_PAGE = "<!doctype html><html><title>Sign in</title><form><input type=password></form></html>"


def case(build, *calls, **more):
    return build.case(token_calls=Present(value=calls), **more)


def judged(build, *calls, **more):
    """Every token audit's outcome."""
    evidence = case(build, *calls, **more)
    return {audit: build.judge(audit, evidence) for audit in AUDITS}


def only(outcomes, audit):
    ((by, one),) = failures(outcomes)
    assert by == audit
    return one


def test_a_healthy_answer_passes_everything(build, pieces):
    assert {outcome.status for outcome in judged(build, pieces.token_call()).values()} == {"passed"}


@pytest.mark.parametrize(
    "body",
    [
        {**TOKENS, "token_type": "bearer"},
        {**TOKENS, "token_type": "BEARER", "scope": "profile", "expires_in": 3600.0},
        {key: value for key, value in TOKENS.items() if key != "refresh_token"},
    ],
)
def test_allowed_differences_pass(build, pieces, body):
    assert {outcome.status for outcome in judged(build, pieces.token_call(body)).values()} == {"passed"}


@pytest.mark.parametrize("audit", AUDITS)
def test_missing_calls_are_inconclusive(build, audit):
    evidence = build.case(token_calls=NotCollected(reason="no client secret was given"))
    outcome = build.judge(audit, evidence)
    assert outcome.status == "inconclusive"
    assert "no client secret was given" in outcome.missing[0]
    assert build.judge(audit, case(build)).status == "inconclusive"


@pytest.mark.parametrize("audit", AUDITS)
def test_the_implicit_grant_has_no_exchange(build, audit):
    asked = build.authorization(grant="IMPLICIT")
    evidence = build.case(build.walk(asked=asked), token_calls=Present(value=()))
    outcome = build.judge(audit, evidence)
    assert outcome.status == "not_applicable"
    assert "implicit" in outcome.reason


def test_other_calls_than_the_exchange_are_not_judged(build, pieces):
    replay = pieces.token_call({"error": "invalid_grant"}, status=400, purpose="replay", n=2)
    assert not failures(judged(build, pieces.token_call(), replay))


# Each trouble is told once.


@pytest.mark.parametrize(
    ("kind", "audit", "rule", "confidence"),
    [
        ("dns", "token-connection", "token-https-443", Confidence.LIKELY),
        ("connect", "token-connection", "token-https-443", Confidence.LIKELY),
        ("tls", "token-connection", "token-https-443", Confidence.CERTAIN),
        ("timeout", "token-time", "token-responds-4500ms", Confidence.CERTAIN),
        ("protocol", "token-status", "token-status-200", Confidence.CERTAIN),
        ("closed", "token-status", "token-status-200", Confidence.LIKELY),
        ("too_large", "token-status", "token-status-200", Confidence.POSSIBLE),
    ],
)
def test_no_answer_is_one_finding(build, pieces, kind, audit, rule, confidence):
    call = pieces.token_call(status=None, failure="the peer said no", failure_kind=kind)
    one = only(judged(build, call), audit)
    assert (one.rule, one.severity, one.confidence) == (rule, Severity.BREAKS, confidence)
    assert "the peer said no" in one.message
    assert (one.primary.kind, one.primary.ref) == ("token_call", "1")


def test_a_proxy_of_this_machine_says_nothing_of_the_server(build, pieces):
    said = "upstream proxy 10.0.0.8:3128 did not lead to the server: 407 Denied"
    outcomes = judged(build, pieces.token_call(status=None, failure=said, failure_kind="proxy"))
    assert not failures(outcomes)
    assert outcomes["token-connection"].missing == (said,)


def test_a_wrong_url_that_cannot_be_reached_is_left_to_the_configuration(build, pieces):
    call = pieces.token_call(status=None, url="http://localhost/token", failure="refused", failure_kind="connect")
    assert not failures(judged(build, call))


@pytest.mark.parametrize(
    ("answer", "url", "why"),
    [
        ({"failure_kind": "dns"}, "https://nas.local:8123/token", "its name cannot be resolved (the peer said no)"),
        ({"failure_kind": "connect"}, "https://nas.local/token", "no connection can be made (the peer said no)"),
        ({"failure_kind": "proxy"}, "https://nas.local/token", None),
        ({"failure_kind": "timeout"}, "https://nas.local/token", None),
        ({}, "https://login.example.com:8443/token", None),
        ({"failure_kind": "dns"}, "https://login.example.com/token", ""),
    ],
)
def test_a_wrong_url_names_the_cases_that_could_not_reach_it(build, pieces, answer, url, why):
    failed = {"status": None, "failure": "the peer said no"} if answer else {}
    made = [case(build, pieces.token_call(url=url, **failed, **answer)), build.case(facts={"id": "tablet-na"})]
    outcome = build.judge_run("access-token-url", build.run(skill=build.skill(access_token_url=url)), made)
    assert outcome.status == ("passed" if why == "" else "failed")
    for one in getattr(outcome, "findings", ()):
        assert one.shown_by == (("phone-na",) if why else ())
        assert ("It could not be reached" in one.message) is (why is not None)
        assert why is None or one.message.endswith(f"It could not be reached: {why}.")


@pytest.mark.parametrize(
    ("kind", "advice"),
    [
        ("dns", "Compare the host name"),
        ("connect", "See that login.example.com takes connections"),
        ("tls", "With openssl s_client -connect login.example.com:443 "),
    ],
)
def test_what_mends_a_connection_depends_on_what_failed(build, pieces, kind, advice):
    one = only(judged(build, pieces.token_call(status=None, failure="no", failure_kind=kind)), "token-connection")
    assert one.fix.text.startswith(advice)


@pytest.mark.parametrize("kind", ["proxy", "here"])
def test_what_kept_this_machine_from_the_server_blames_nobody(build, pieces, kind):
    call = pieces.token_call(status=None, failure="temporary failure in name resolution", failure_kind=kind)
    outcome = judged(build, call)["token-connection"]
    assert (outcome.status, outcome.missing) == ("inconclusive", ("temporary failure in name resolution",))


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (201, "answered with status 201"),
        (204, "answered with status 204"),
        (500, "failed on the exchange with status 500"),
    ],
)
def test_another_status_is_one_finding(build, pieces, status, words):
    body = TOKENS if status == 201 else ""
    one = only(judged(build, pieces.token_call(body, status=status)), "token-status")
    assert words in one.message
    assert one.blame is Fault.IDENTITY_PROVIDER


def test_a_redirect_names_its_target(build, pieces):
    headers = (("Location", "https://www.example.com/token"),)
    one = only(judged(build, pieces.token_call("", status=301, response_headers=headers)), "token-status")
    assert "redirects with status 301 to https://www.example.com/token" in one.message
    assert "final address" in one.fix.text
    assert "add a slash" not in one.fix.text


def test_a_redirect_that_only_adds_a_slash_may_be_one_of_an_unknown_address(build, pieces):
    call = pieces.token_call("", status=307)
    call = call.model_copy(update={"response_headers": (("Location", f"{call.url}/"),)})
    assert (
        "frameworks add a slash to addresses that they do not know"
        in only(judged(build, call), "token-status").fix.text
    )


@pytest.mark.parametrize(
    ("error", "status"), [("invalid_client", 401), ("invalid_client", 400), ("unauthorized_client", 400)]
)
def test_a_refused_client_is_blamed_on_the_configuration(build, pieces, error, status):
    body = {"error": error, "error_description": "Wrong secret."}
    one = only(judged(build, pieces.token_call(body, status=status)), "token-status")
    assert one.blame is Fault.SKILL_CONFIGURATION
    assert f"“{error}”: “Wrong secret.”" in one.message


def test_a_client_without_a_grant_may_be_one_with_a_wrong_secret(build, pieces):
    one = only(judged(build, pieces.token_call({"error": "unauthorized_client"}, status=403)), "token-status")
    assert one.symptom
    assert "wrong client secret" in one.message
    assert one.fix.text.startswith("Compare the client secret")


@pytest.mark.parametrize(
    ("words", "secret"),
    [({}, True), ({"error_description": "Authorization failed"}, True)]
    + [
        ({"error_description": text}, False)
        for text in ("The client may not use this grant", "grant_type not allowed", "Not for authorization_code")
    ],
)
def test_a_client_that_is_unauthorized_with_401_failed_to_prove_itself(build, pieces, words, secret):
    body = {"error": "unauthorized_client", **words}
    one = only(judged(build, pieces.token_call(body, status=401)), "token-status")
    assert ("The client secret or accessTokenScheme is not what the server has" in one.message) is secret
    assert ("may not use the authorization code grant" in one.message) is not secret


@pytest.mark.parametrize("status", [400, 403])
@pytest.mark.parametrize("scheme", ["HTTP_BASIC", "REQUEST_BODY_CREDENTIALS"])
@pytest.mark.parametrize(
    ("words", "of_the_grant"),
    [({}, False), ({"error_description": "Refused"}, False), ({"error_description": "Grant not allowed"}, True)],
)
def test_a_client_that_got_a_code_hardly_lacks_the_grant_where_no_word_names_it(
    build, pieces, words, of_the_grant, scheme, status
):
    body = {"error": "unauthorized_client", **words}
    one = only(judged(build, pieces.token_call(body, status=status, scheme=scheme)), "token-status")
    assert one.fix.text.startswith("Compare the client secret and accessTokenScheme")
    assert ("The client may not use the authorization code grant" in one.message) is of_the_grant
    assert ("a wrong client secret, or of a wrong accessTokenScheme; less likely" in one.message) is not of_the_grant
    assert "the authorization code grant." in one.fix.text


@pytest.mark.parametrize(
    ("told", "scheme", "unread"),
    [
        ("Client is not authorized to use this authorization code", "HTTP_BASIC", True),
        ("Client is not authorized to use this authorization code", "REQUEST_BODY_CREDENTIALS", False),
        ("The client is not authorized to use this authorization code grant", "HTTP_BASIC", False),
        ("The client lacks the grant type authorization_code", "HTTP_BASIC", False),
    ],
)
def test_a_code_that_is_taken_for_another_clients_shows_where_the_client_id_is_looked_for(
    build, pieces, told, scheme, unread
):
    body = {"error": "unauthorized_client", "error_description": told}
    one = only(judged(build, pieces.token_call(body, status=403, scheme=scheme)), "token-status")
    assert ("in the body only" in one.message) is unread
    assert one.fix.text.startswith("Let the server take the client id" if unread else "Compare the client secret")


def test_a_server_that_answers_503_in_its_own_words_is_no_gateway(build, pieces):
    one = only(judged(build, pieces.token_call({"error": "temporarily_unavailable"}, status=503)), "token-status")
    assert "“temporarily_unavailable”" in one.message
    assert "gateway" not in one.message


@pytest.mark.parametrize("status", [502, 504])
def test_a_gateway_refuses_no_code(build, pieces, status):
    one = only(judged(build, pieces.token_call("<html>", status=status)), "token-status")
    assert "refused" not in one.message
    assert f"answered with status {status}, a gateway's" in one.message
    assert "proxy in front of" in one.fix.text


CLOUDFLARE = (("Content-Type", "text/html"), ("Server", "cloudflare"))
API_GATEWAY = (("Content-Type", "application/json"), ("x-amz-apigw-id", "abc="))
LOAD_BALANCER_503 = (
    "<html><head><title>503 Service Temporarily Unavailable</title></head>"
    "<body><center><h1>503 Service Temporarily Unavailable</h1></center></body></html>"
)
NO_POST = (
    "<html><title>ERROR: The request could not be satisfied</title>This distribution is not configured to allow the "
    "HTTP request method that was used for this request.<pre>Generated by cloudfront (CloudFront)</pre></html>"
)


@pytest.mark.parametrize(
    ("status", "body", "headers", "who", "fix"),
    [
        (521, "<title>x | 521: Web server</title>", CLOUDFLARE, "Cloudflare", "its firewall lets Cloudflare in"),
        (526, "", CLOUDFLARE, "Cloudflare", "Give the server behind Cloudflare a certificate"),
        (504, {"message": "Endpoint request timed out"}, API_GATEWAY, "Amazon API Gateway", "four and a half seconds"),
        (503, LOAD_BALANCER_503, (("Server", "awselb/2.0"),), "AWS Application Load Balancer", "its health check"),
        (403, NO_POST, (), "CloudFront", "hand on all methods"),
    ],
)
def test_an_answer_in_the_servers_place_is_told_as_the_gateways(build, pieces, status, body, headers, who, fix):
    one = only(judged(build, pieces.token_call(body, status=status, response_headers=headers)), "token-status")
    assert f"did not answer itself: {who} did so with status {status}, " in one.message
    assert fix in one.fix.text
    assert "the server itself failed" not in one.fix.text


@pytest.mark.parametrize(
    ("status", "body", "fix"),
    [
        (500, "<title>Server Error (500)</title>", "the server itself failed on it"),
        (500, "error code: 1101", "the server itself failed on it"),
        (503, "<title>503 Service Unavailable</title>", "some frameworks answer so where their own code fails"),
        (521, {"error": "server_error"}, "the server itself failed on it"),
        (503, "<title>503 Down for maintenance</title>Guru Meditation:<p>Varnish cache server", "Run again when"),
    ],
)
def test_a_servers_failure_behind_a_gateway_stays_its_own(build, pieces, status, body, fix):
    one = only(judged(build, pieces.token_call(body, status=status, response_headers=CLOUDFLARE)), "token-status")
    assert "Cloudflare" not in one.message
    assert fix in one.fix.text


@pytest.mark.parametrize(
    ("status", "body", "fix"),
    [
        (421, "<title>421 Misdirected Request</title>", "`proxy_ssl_server_name on`"),
        (400, "<title>400 No required SSL certificate was sent</title>", "`ssl_verify_client off`"),
        (400, "<title>400 Bad Request</title>", "why it refuses this request"),
    ],
)
def test_a_refusal_of_the_connection_is_no_refusal_of_the_code(build, pieces, status, body, fix):
    one = only(judged(build, pieces.token_call(body, status=status, response_headers=CLOUDFLARE)), "token-status")
    assert fix in one.fix.text


def test_a_refused_code_quotes_the_server(build, pieces):
    one = only(judged(build, pieces.token_call({"error": "invalid_grant"}, status=400)), "token-status")
    assert "refused the code with status 400, “invalid_grant”" in one.message
    assert one.blame is Fault.IDENTITY_PROVIDER
    assert one.symptom
    assert "why the code is not taken" in one.fix.text
    assert "200" not in one.fix.text


@pytest.mark.parametrize(
    ("error", "unusual", "blank"),
    [("invalid_grant", " /", True), ("invalid_grant", "/=", False), ("invalid_request", " ", False)],
)
def test_a_blank_in_a_refused_code_was_a_plus(build, pieces, error, unusual, blank):
    shapes = (
        SecretShape(name="code", length=31, unusual=unusual),
        SecretShape(name="access_token", length=9, unusual=" "),
    )
    one = only(judged(build, pieces.token_call({"error": error}, status=400, shapes=shapes)), "token-status")
    assert ("blank" in one.message) is blank
    assert ("`%2B`" in one.fix.text) is blank


def test_quotes_in_a_refused_code_are_named(build, pieces):
    shapes = (SecretShape(name="code", length=31, unusual='"'),)
    one = only(judged(build, pieces.token_call({"error": "invalid_grant"}, status=400, shapes=shapes)), "token-status")
    assert "a quotation mark in it" in one.message
    assert "without quotation marks" in one.fix.text


def sent_code(code, **more):
    return {"request_body": urlencode({"grant_type": "authorization_code", "code": code}), "status": 400, **more}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"error": "invalid_grant"}, 400),
        ({"error": "invalid_grant"}, 401),
        ({"error": "invalid_request", "error_description": "malformed"}, 400),
        ({"error": "server_error"}, 500),
        ("<h1>Cast to ObjectId failed</h1>", 500),
        ({"message": "code is invalid"}, 403),
    ],
)
@pytest.mark.parametrize("code", ["[object Object]", "undefined", "null", "None"])
def test_a_code_that_is_a_word_for_nothing_is_named(build, pieces, code, body, status):
    shapes = (SecretShape(name="code", length=len(code), unusual=" []" if " " in code else ""),)
    one = only(judged(build, pieces.token_call(body, **sent_code(code, status=status, shapes=shapes))), "token-status")
    assert f"The code of the redirect is “{code}”, as programs write a value that is missing" in one.message
    assert one.fix.text.startswith("Put the code itself into the redirect.")
    assert "blank" not in one.message


@pytest.mark.parametrize(
    ("code", "body", "status"),
    [
        ("<code#1>", {"error": "invalid_grant"}, 400),
        ("undefined-9f3b", {"error": "invalid_grant"}, 400),
        ("undefined", {"error": "invalid_client"}, 401),
        ("undefined", {"error": "unsupported_grant_type"}, 400),
        ("undefined", {"error": "slow_down"}, 429),
        ("undefined", "<h1>Not Found</h1>", 404),
        ("undefined", "<h1>Bad Gateway</h1>", 502),
    ],
)
def test_a_refusal_for_another_reason_says_nothing_of_the_code(build, pieces, code, body, status):
    outcomes = judged(build, pieces.token_call(body, **sent_code(code, status=status)))
    assert failures(outcomes)
    assert not [one for _, one in failures(outcomes) if "code of the redirect is" in one.message]
    assert not [one for _, one in failures(outcomes) if "Put the code itself" in one.fix.text]


@pytest.mark.parametrize("joint", ["?", ";", "%26"])
def test_a_code_with_the_state_behind_it_is_told_by_the_redirect(build, pieces, joint):
    asked = build.authorization()
    walk = build.walk(asked=asked, answer=f"{asked.redirect_uri}?code=<code#1>{joint}state={asked.state}")
    body = f"grant_type=authorization_code&code=%3Ccode%231%3E{quote(unquote(joint))}state%3D{asked.state}"
    refused = pieces.token_call({"error": "invalid_grant"}, status=400, request_body=body)
    evidence = build.case(walk, token_calls=Present(value=(refused,)))
    assert build.judge("token-status", evidence).status == "inconclusive"
    down = pieces.token_call(status=None, failure="closed", failure_kind="closed", request_body=body)
    evidence = build.case(walk, token_calls=Present(value=(down,)))
    assert build.judge("token-status", evidence).status == "failed"
    refused = pieces.token_call({"error": "invalid_grant"}, status=400, request_body="code=%3Ccode%231%3E")
    evidence = build.case(build.walk(asked=asked), token_calls=Present(value=(refused,)))
    assert build.judge("token-status", evidence).status == "failed"


AGENT = (("User-Agent", "Apache-HttpClient/4.5.13"),)


@pytest.mark.parametrize(
    ("status", "shown", "advice"),
    [
        (403, "<h1>Request blocked</h1><p>Incident 123</p>", "`Apache-HttpClient/4.5.13`"),
        (406, "<h1>Not Acceptable!</h1><p>This error was generated by Mod_Security.</p>", "firewall"),
        (403, "<title>403 Forbidden</title><h1>Forbidden</h1><p>CSRF verification failed.</p>", "(CSRF)"),
        (403, "<h1>Unknown client</h1>", None),
        (403, "<h1>This account is locked</h1>", None),
        (404, "<h1>Not found</h1>", None),
        (400, "<title>400 Bad Request</title><h1>Bad Request</h1><p>The CSRF token is missing.</p>", "(CSRF)"),
        (419, "<title>Page Expired</title>", "(CSRF)"),
        (422, "<h1>The change you wanted was rejected.</h1>", "(CSRF)"),
        (400, "<h1>state mismatch</h1>", None),
        (400, "<h1>Request blocked</h1>", None),
    ],
)
def test_a_page_that_turns_programs_away_may_be_a_firewall_s(build, pieces, status, shown, advice):
    call = pieces.token_call(f"<html><body>{shown}</body></html>", status=status, request_headers=AGENT)
    one = only(judged(build, call), "token-status")
    assert (one.severity, one.confidence) == (Severity.BREAKS, Confidence.CERTAIN)
    assert ("firewall" in one.fix.text) is (advice is not None and advice != "(CSRF)")
    assert advice is None or advice in one.fix.text


@pytest.mark.parametrize(
    ("body", "status", "forged"),
    [
        ({"message": "CSRF token mismatch."}, 419, True),
        ("Forbidden - CSRF token invalid", 403, True),
        ({"error": "invalid_request", "error_description": "state mismatch"}, 400, False),
        ({"error": "invalid_grant", "error_description": "made for another csrf_token"}, 400, False),
        ("Request blocked", 403, False),
        ("<html><h1>CSRF</h1>", 500, False),
        ("<html><pre>TokenError: unknown<br>at csrf (/srv/csurf/index.js:112:19)</pre>", 403, False),
        ("<html><pre>ForbiddenError: invalid csrf token<br>at csrf (/srv/csurf/index.js:112:19)</pre>", 403, True),
    ],
)
def test_what_refuses_forged_forms_is_known_by_its_words_in_any_answer(build, pieces, body, status, forged):
    one = only(judged(build, pieces.token_call(body, status=status)), "token-status")
    assert ("(CSRF)" in one.fix.text) is forged


def test_an_error_in_json_is_no_firewall_s(build, pieces):
    call = pieces.token_call({"error": "access_denied"}, status=403, request_headers=AGENT)
    assert "firewall" not in only(judged(build, call), "token-status").fix.text


REFUSED = {"error": "invalid_client"}


def test_a_pair_that_is_taken_only_as_it_stands_is_advice(build, pieces):
    refused = pieces.token_call(REFUSED, status=401, purpose="form-urlencoded exchange")
    one = only(judged(build, refused, pieces.token_call(n=2, scheme="HTTP_BASIC")), "basic-spelling")
    assert (one.severity, one.confidence) == (Severity.RECOMMENDED, Confidence.POSSIBLE)
    assert (one.primary.ref, one.related[0].ref) == ("1", "2")
    assert "not documented" in one.message


@pytest.mark.parametrize(
    ("call", "status"),
    [
        ({"urlencoded": True}, "passed"),
        ({}, "passed"),
        ({"urlencoded": False}, "failed"),
        ({"answer": REFUSED, "status": 401, "urlencoded": False}, "inconclusive"),
        ({"answer": {"error": "invalid_grant"}, "status": 400, "urlencoded": True}, "passed"),
        ({"answer": REFUSED, "status": 401, "urlencoded": True}, "inconclusive"),
        ({"answer": {}, "status": 503, "urlencoded": True}, "inconclusive"),
    ],
)
def test_only_a_client_that_was_accepted_proves_its_spelling(build, pieces, call, status):
    answer = [call.pop("answer")] if "answer" in call else []
    made = pieces.token_call(*answer, scheme="HTTP_BASIC", **call)
    assert judged(build, made)["basic-spelling"].status == status


def test_a_code_that_the_refused_spelling_used_up_is_no_wrong_secret(build, pieces):
    calls = [
        pieces.token_call(REFUSED, status=401),
        pieces.token_call({"error": "invalid_grant"}, status=400, n=2, purpose="unencoded exchange"),
    ]
    one = only(judged(build, *calls), "token-status")
    assert (one.severity, one.confidence) == (Severity.RECOMMENDED, Confidence.POSSIBLE)
    assert "may have been taken: what was refused then is the code" in one.message
    assert "what the server has" not in one.message
    assert "a wrong one may be answered so" in one.fix.text
    (missing,) = judged(build, *calls)["basic-spelling"].missing
    assert "may have used the code up" in missing


def test_a_client_that_is_refused_in_both_spellings_is_a_wrong_secret(build, pieces):
    raw = pieces.token_call(REFUSED, status=401, n=2, purpose="unencoded exchange")
    one = only(judged(build, pieces.token_call(REFUSED, status=401), raw), "token-status")
    assert one.confidence is Confidence.CERTAIN
    assert "what the server has" in one.message


@pytest.mark.parametrize(("status", "fails"), [(500, True), (502, True), (404, False), (None, False)])
def test_a_client_that_is_refused_in_one_spelling_and_fails_in_the_other_may_be_right(build, pieces, status, fails):
    raw = pieces.token_call("<h1>Sorry</h1>", status=status, n=2, purpose="unencoded exchange")
    one = only(judged(build, pieces.token_call(REFUSED, status=401), raw), "token-status")
    assert (f"not form-urlencoded, it failed with status {status}: it may take the client so" in one.message) is fails
    assert one.fix.text.startswith(f"Look first in the server's log for what it answered with status {status}") is fails
    assert "what the server has" in one.message
    assert one.confidence is (Confidence.LIKELY if fails else Confidence.CERTAIN)
    assert one.blame is (Fault.IDENTITY_PROVIDER if fails else Fault.SKILL_CONFIGURATION)
    assert [ref.ref for ref in one.related] == ["2"] * fails


def test_an_error_page_is_quoted_by_its_title(build, pieces):
    call = pieces.token_call("<html><title>Attention required</title>", status=403)
    assert "“Attention required”" in only(judged(build, call), "token-status").message


# Time


def test_a_slow_answer_breaks(build, pieces):
    one = only(judged(build, pieces.token_call(ms=4600.0)), "token-time")
    assert (one.rule, one.severity) == ("token-responds-4500ms", Severity.BREAKS)
    assert (
        "took 4.6 s; Alexa waits 4.5 s (DNS 5 ms, connect 10 ms, TLS 20 ms, answer 65 ms, rest of the answer 4500 ms)"
        in (one.message)
    )


def test_a_leisurely_answer_is_advice(build, pieces):
    one = only(judged(build, pieces.token_call(ms=2500.0)), "token-time")
    assert (one.severity, one.confidence) == (Severity.RECOMMENDED, Confidence.POSSIBLE)


@pytest.mark.parametrize(
    ("phases", "listed", "fix"),
    [
        (
            {"connect_ms": 42.0, "tls_ms": 6138.0, "first_byte_ms": 9881.0},
            "(connect 42 ms, TLS 6138 ms, answer 3701 ms, rest of the answer 119 ms)",
            "See why the handshake takes so long",
        ),
        ({"dns_ms": 7000.0, "first_byte_ms": 9990.0}, "(DNS 7000 ms, answer 2990 ms)", "See which name server is slow"),
        ({"connect_ms": 9900.0}, "(connect 9900 ms)", "See why the host takes connections so slowly"),
        ({"tls_ms": 90.0, "first_byte_ms": 9990.0}, "(TLS 90 ms, answer 9900 ms)", "Keep instances warm"),
        ({"tls_ms": 4000.0, "first_byte_ms": 8000.0}, "rest of the answer 2000 ms)", "Keep instances warm"),
    ],
)
def test_the_parts_of_a_slow_call_follow_one_another(build, pieces, phases, listed, fix):
    call = pieces.token_call().model_copy(update={"timing": TokenTiming(total_ms=10_000.0, **phases)})
    one = only(judged(build, call), "token-time")
    assert listed in one.message
    assert one.fix.text.startswith(fix)


@pytest.mark.parametrize("took", [4500.0, 2000.0])
def test_the_limits_themselves_are_allowed(build, pieces, took):
    outcome = build.judge("token-time", case(build, pieces.token_call(ms=took)))
    assert [one.severity for one in getattr(outcome, "findings", ())] == ([Severity.RECOMMENDED] if took > 2000 else [])


def test_the_limits_can_be_tuned(build, pieces):
    evidence = case(build, pieces.token_call(ms=900.0))
    assert build.judge("token-time", evidence, thresholds={"token-responds-ms": 800}).status == "failed"
    assert (
        build.judge("token-time", evidence, thresholds={"token-slow-ms": 800}).findings[0].severity
        is Severity.RECOMMENDED
    )


def test_an_answer_that_broke_off_in_time_is_late_only(build, pieces):
    call = pieces.token_call('{"access_tok', failure="read timed out", failure_kind="timeout")
    one = only(judged(build, call), "token-time")
    assert (one.rule, one.severity) == ("token-responds-4500ms", Severity.BREAKS)
    assert "did not answer completely: read timed out" in one.message


def test_an_untimed_call_is_inconclusive(build, pieces):
    assert build.judge("token-time", case(build, pieces.token_call(timing=None))).status == "inconclusive"


# Body


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (FORM, "a form-encoded body"),
        ("<html><body>Thanks</body></html>", "HTML"),
        ("<?xml version='1.0'?><token/>", "XML"),
        ("\ufeff" + '{"access_token": "x"}', "JSON behind a byte order mark"),
        ('callback({"access_token": "x"})', "JSON inside a wrapper"),
        (")]}',\n" + '{"access_token": "x"}', "JSON inside a wrapper"),
        ('["x"]', "a JSON array instead of an object"),
        ('"x"', "a JSON string instead of an object"),
        ("null", "a JSON null instead of an object"),
        ('{"access_token": NaN}', "a body that is not JSON"),
        ("{'access_token': 'x'}", "a body that is not JSON"),
        ("", "an empty body"),
    ],
)
def test_a_body_that_is_not_json_is_named(build, pieces, body, words):
    one = only(judged(build, pieces.token_call(body)), "token-body")
    assert (one.rule, one.severity) == ("token-json-body", Severity.BREAKS)
    assert f"is {words}, not a JSON object" in one.message


def test_json_that_is_not_utf8_is_found(build, pieces):
    call = pieces.token_call(body_is_utf8=False)
    assert "not valid UTF-8" in only(judged(build, call), "token-body").message


@pytest.mark.parametrize("kind", ["text/html; charset=utf-8", "text/plain", None])
def test_a_wrong_content_type_is_found(build, pieces, kind):
    headers = (("Content-Type", kind),) if kind else ()
    one = only(judged(build, pieces.token_call(response_headers=headers)), "token-body")
    assert one.confidence is Confidence.LIKELY
    assert (kind or "nothing at all").partition(";")[0] in one.message


def test_tokens_in_a_form_with_status_201_are_two_troubles(build, pieces):
    outcomes = judged(build, pieces.token_call(FORM, status=201))
    assert [audit for audit, _ in failures(outcomes)] == ["token-status", "token-body"]


# Fields


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"accessToken": "<access_token#1>", "tokenType": "Bearer"}, "called accessToken instead of access_token"),
        ({"data": TOKENS}, "wrapped in data"),
        ({"error": None, "data": TOKENS}, "wrapped in data"),
        ({"error": False, "accessToken": "<access_token#1>"}, "called accessToken instead of access_token"),
        ({"statusCode": 200, "body": json.dumps(TOKENS)}, "in a string of JSON, body, instead"),
        ({"id_token": "<id_token#1>", "token_type": "Bearer"}, "an id_token but no access_token"),
        ({**TOKENS, "access_token": ""}, "access_token is empty"),
        ({**TOKENS, "access_token": None}, "access_token is empty"),
        ({**TOKENS, "access_token": 17}, "access_token is a number, not a string"),
        ({**TOKENS, "access_token": ["<access_token#1>"]}, "access_token is not a string"),
        ({**TOKENS, "access_token": "<access_token#1> (a number)"}, "access_token is a number, not a string"),
        ({}, "access_token is missing"),
        ({"error": "invalid_grant"}, "status 200 but is an error, “invalid_grant”"),
        ({"error": {"code": 7}}, 'status 200 but is an error, {"code": 7}'),
    ],
)
def test_an_answer_without_a_token_is_one_finding(build, pieces, body, words):
    outcomes = judged(build, pieces.token_call(body))
    one = only(outcomes, "token-fields")
    assert (one.rule, one.subject, one.severity) == ("token-fields", "access_token", Severity.BREAKS)
    assert words in one.message


@pytest.mark.parametrize(
    ("body", "said", "fix"),
    [
        ({"access_token": {}}, "access_token is not a string", "a promise that nothing has waited for"),
        ({"accessToken": "<access_token#1>"}, "called accessToken", "Call the member access_token"),
        ({"error": "invalid_grant"}, "is an error", "answer errors with status 400"),
        (
            {"errorMessage": "Task timed out after 3.00 seconds"},
            "the answer says “Task timed out after 3.00 seconds”",
            "or of the function behind it",
        ),
    ],
)
def test_what_stands_in_the_place_of_a_token_has_a_remedy_of_its_own(build, pieces, body, said, fix):
    one = only(judged(build, pieces.token_call(body)), "token-fields")
    assert said in one.message
    assert fix in one.fix.text


def test_a_lifetime_in_quotation_marks_is_to_be_a_number(build, pieces):
    one = only(judged(build, pieces.token_call({**TOKENS, "expires_in": "3600"})), "token-fields")
    assert "without quotation marks" in one.fix.text


@pytest.mark.parametrize(
    ("kind", "advice"),
    [
        ("MissingAuthenticationTokenException", "its stage, path and method (POST)"),
        ("IncompleteSignatureException:http://internal.example.com/", "its stage, path and method (POST)"),
        ("IncompleteSignatureException:http://internal.example.com/", "to NONE"),
        ("ForbiddenException", "See in the log"),
    ],
)
def test_what_api_gateway_answers_itself_is_in_no_log_of_the_server(build, pieces, kind, advice):
    call = pieces.token_call({"message": "No"}, status=403, response_headers=(("x-amzn-ErrorType", kind),))
    assert advice in only(judged(build, call), "token-status").fix.text


@pytest.mark.parametrize("status", [403, 406, 500])
def test_a_firewall_that_names_itself_is_no_failure_of_the_server(build, pieces, status):
    page = "<html><title>Blocked</title><body><p>The request was blocked by ModSecurity.</p></body></html>"
    one = only(judged(build, pieces.token_call(page, status=status, request_headers=AGENT)), "token-status")
    assert "firewall, ModSecurity" in one.fix.text


@pytest.mark.parametrize(
    ("change", "subject", "words"),
    [
        ({"token_type": "mac"}, "token_type", "is “mac”"),
        ({"token_type": None}, "token_type", "is “null”"),
        ({"token_type": True}, "token_type", "is “true”"),
        ({"token_type": ...}, "token_type", "is missing"),
        ({"expires_in": ...}, "expires_in", "is missing"),
        ({"expires_in": "soon"}, "expires_in", "is not a number"),
        ({"expires_in": True}, "expires_in", "is not a number"),
        ({"expires_in": 0}, "expires_in", "is 0"),
    ],
)
def test_a_wrong_field_is_named(build, pieces, change, subject, words):
    body = {key: value for key, value in {**TOKENS, **change}.items() if value is not ...}
    skill = build.skill(default_expiry_s=None)
    one = only(judged(build, pieces.token_call(body), skill=skill), "token-fields")
    assert (one.subject, one.severity) == (subject, Severity.BREAKS)
    assert words in one.message
    assert ('"token_type": "Bearer"' in one.fix.text) is (subject == "token_type")


def test_a_number_that_was_hidden_is_no_wrong_lifetime(build, pieces):
    outcomes = judged(build, pieces.token_call({**TOKENS, "expires_in": "<password#1> (a number)", "n": HIDDEN}))
    assert [by for by, _ in failures(outcomes)] == []
    assert outcomes["token-fields"].status == "passed"


@pytest.mark.parametrize(
    "word", ["undefined", "NULL", "null", "None", "nil", " NaN\n", "[object Object]", "[object Promise]"]
)
@pytest.mark.parametrize("name", ["access_token", "refresh_token"])
def test_a_word_for_nothing_is_no_token(build, pieces, name, word):
    one = only(judged(build, pieces.token_call({**TOKENS, name: word})), "token-fields")
    assert (one.rule, one.subject, one.severity, one.confidence) == (
        "token-fields",
        name,
        Severity.BREAKS,
        Confidence.CERTAIN,
    )
    assert f"{name} is “{word.strip()}”" in one.message


@pytest.mark.parametrize(("token", "status"), [("[object Object]", "passed"), ("<access_token#1>", "failed")])
def test_the_characters_of_a_word_for_nothing_are_no_matter(build, pieces, token, status):
    shapes = (SecretShape(name="access_token", length=15, unusual=" []"),)
    call = pieces.token_call({**TOKENS, "access_token": token}, shapes=shapes)
    assert build.judge("token-characters", case(build, call)).status == status


@pytest.mark.parametrize("token", ["none-such", "undefined1", "nil.nil", "object", "[1]"])
def test_a_token_that_holds_such_a_word_is_one(build, pieces, token):
    assert not failures(judged(build, pieces.token_call({**TOKENS, "access_token": token})))


MOMENT = int(datetime(2026, 11, 20, 12, 0, tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    "given", [MOMENT + 3600, MOMENT, MOMENT + 31_536_000, (MOMENT + 3600) * 1000 + 17, str(MOMENT + 60), MOMENT + 0.5]
)
def test_a_moment_is_no_lifetime(build, pieces, given):
    one = only(judged(build, pieces.token_call({**TOKENS, "expires_in": given})), "token-fields")
    assert (one.subject, one.severity, one.confidence) == ("expires_in", Severity.BREAKS, Confidence.LIKELY)
    assert "a moment" in one.message
    assert "number of seconds" in one.message


@pytest.mark.parametrize("given", [3_600_000, 86_400_000, 21_600_000, 43_200_000])
def test_milliseconds_are_advice(build, pieces, given):
    one = only(judged(build, pieces.token_call({**TOKENS, "expires_in": given})), "token-fields")
    assert (one.subject, one.severity, one.confidence) == ("expires_in", Severity.RECOMMENDED, Confidence.POSSIBLE)
    assert "milliseconds" in one.message
    assert "seconds" in one.fix.text


@pytest.mark.parametrize(
    "given",
    [
        *(3600, 86_400, 604_800, 2_592_000, 5_184_000, 7_776_000, 15_552_000, 31_536_000, 63_072_000, 94_608_000),
        *(157_680_000, 315_360_000, 630_720_000, 1_576_800_000, 3_153_600_000, 2**31 - 1, 2**32 - 1, 31_622_400),
        *(
            10**9,
            9_999_999_999,
            999_999_999,
            100_000_000,
            3_599_999,
            900_000,
            2_400_000,
            3_600_000_000,
            20_800 * 86_400,
        ),
    ],
)
def test_a_long_life_is_one(build, pieces, given):
    assert not failures(judged(build, pieces.token_call({**TOKENS, "expires_in": given})))


def test_a_lifetime_written_as_a_string_is_advice(build, pieces):
    one = only(judged(build, pieces.token_call({**TOKENS, "expires_in": "3600"})), "token-fields")
    assert one.severity is Severity.RECOMMENDED


def test_a_missing_lifetime_weighs_less_where_a_default_is_configured(build, pieces):
    body = {key: value for key, value in TOKENS.items() if key != "expires_in"}
    one = only(judged(build, pieces.token_call(body)), "token-fields")
    assert one.severity is Severity.DEGRADES
    assert one.message == "In the token answer expires_in is missing. Alexa falls back to the configured default."


# The right endpoint


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (LOGIN_PAGE, 200),
        (LOGIN_PAGE, 405),
        ({"error": "invalid_request", "error_description": "response_type is missing."}, 400),
        ("<html><h1>Bad request: response_type missing</h1></html>", 400),
    ],
)
def test_a_login_page_at_the_token_url_is_one_finding(build, pieces, body, status):
    one = only(judged(build, pieces.token_call(body, status=status)), "token-endpoint")
    assert (one.rule, one.confidence) == ("token-endpoint-not-swapped", Confidence.CERTAIN)
    assert one.blame is Fault.SKILL_CONFIGURATION


def test_urls_that_already_look_swapped_are_not_told_twice(build, pieces):
    skill = build.skill(authorization_url="https://a.example/token", access_token_url="https://a.example/authorize")
    assert not failures(judged(build, pieces.token_call(LOGIN_PAGE), skill=skill))


# Default lifetime


def test_a_default_longer_than_the_tokens_is_advice(build, pieces):
    skill = build.skill(default_expiry_s=7200)
    one = only(judged(build, pieces.token_call(), skill=skill), "declared-expiry")
    assert (one.rule, one.severity) == ("token-default-expiry-consistent", Severity.RECOMMENDED)
    assert "7200 seconds, but the server's tokens live 3600" in one.message


@pytest.mark.parametrize(("declared", "status"), [(3599, "passed"), (3598, "failed")])
def test_a_second_less_than_the_default_is_rounding_and_two_are_not(build, pieces, declared, status):
    call, skill = pieces.token_call({**TOKENS, "expires_in": declared}), build.skill(default_expiry_s=3600)
    assert judged(build, call, skill=skill)["declared-expiry"].status == status


@pytest.mark.parametrize("default", [None, 60])
def test_without_a_usable_default_there_is_nothing_to_compare(build, pieces, default):
    evidence = case(build, pieces.token_call(), skill=build.skill(default_expiry_s=default))
    assert build.judge("declared-expiry", evidence).status == "not_applicable"


@pytest.mark.parametrize("given", ["soon", None, True, 0, -1])
def test_an_unreadable_lifetime_is_inconclusive(build, pieces, given):
    evidence = case(build, pieces.token_call({**TOKENS, "expires_in": given}))
    assert build.judge("declared-expiry", evidence).status == "inconclusive"
