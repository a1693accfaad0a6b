"""What the exchange itself tells of the server and of what stands before it."""

from __future__ import annotations

import pytest

from e2e_linker.evidence.models import Present
from e2e_linker.model import Confidence, Fault, Severity
from tests.audits.judged import failures

AUDITS = (
    "bot-protection",
    "refused-parameters",
    "token-body",
    "token-endpoint",
    "token-form",
    "token-redirect",
    "token-status",
)
HTML = (("Content-Type", "text/html; charset=utf-8"),)
BARE_CLOUDFLARE = "<html><title>403 Forbidden</title><h1>403 Forbidden</h1><hr>cloudflare</html>"
JUST_A_MOMENT = "<!doctype html><html><title>Just a moment...</title><body>Enable JavaScript</body></html>"
NO_PERMISSION = "<h2>Your client does not have permission to the requested URL <code>/token</code>.</h2>"
LOGIN = "<!doctype html><html><title>Sign in</title><div class=g-recaptcha></div><input type=password></html>"


def case(build, call, **more):
    return build.case(token_calls=Present(value=(call,)), **more)


def found(build, call, **more):
    """(audit, finding) of everything that failed."""
    return failures({audit: build.judge(audit, case(build, call, **more)) for audit in AUDITS})


def only(build, call, audit, **more):
    ((by, one),) = found(build, call, **more)
    assert by == audit
    assert (one.primary.kind, one.primary.ref) == ("token_call", "1")
    return one


# The form


@pytest.mark.parametrize(
    ("status", "body", "confidence"),
    [
        (415, "", Confidence.CERTAIN),
        (400, {"error": "invalid_request", "error_description": "grant_type is missing."}, Confidence.LIKELY),
        (
            400,
            {"error": "invalid_request", "error_description": "Missing required parameter: grant_type"},
            Confidence.LIKELY,
        ),
        (
            400,
            {"error": "invalid_request", "error_description": "The grant_type parameter is required"},
            Confidence.LIKELY,
        ),
        (400, {"message": "Unsupported content type"}, Confidence.LIKELY),
        (200, {"error": "invalid_request", "error_description": "missing grant_type"}, Confidence.LIKELY),
    ],
)
def test_a_form_that_is_not_read_is_one_finding(build, pieces, status, body, confidence):
    one = only(build, pieces.token_call(body, status=status), "token-form")
    assert (one.rule, one.severity, one.confidence) == ("token-post-form", Severity.BREAKS, confidence)
    assert "charset=UTF-8" in one.message


def test_a_refused_code_proves_that_the_form_was_read(build, pieces):
    call = pieces.token_call({"error": "invalid_grant", "error_description": "expired"}, status=400)
    assert build.judge("token-form", case(build, call)).status == "passed"


@pytest.mark.parametrize(
    ("error", "text"),
    [
        ("invalid_client", "The client is required to authenticate."),
        ("unsupported_grant_type", "There is no such grant type."),
        ("unauthorized_client", "The client lacks the required grant type authorization_code."),
        ("server_error", ""),
    ],
)
def test_other_refusals_leave_it_open(build, pieces, error, text):
    call = pieces.token_call({"error": error, "error_description": text}, status=400)
    assert build.judge("token-form", case(build, call)).status == "inconclusive"


# Guards


@pytest.mark.parametrize(
    ("status", "body", "headers", "guard"),
    [
        (403, JUST_A_MOMENT, (*HTML, ("cf-mitigated", "challenge")), "Cloudflare"),
        (503, JUST_A_MOMENT, HTML, "Cloudflare"),
        (403, BARE_CLOUDFLARE, (*HTML, ("Server", "cloudflare")), "Cloudflare"),
        (202, "", (("x-amzn-waf-action", "challenge"),), "AWS WAF"),
        (429, "<title>Vercel Security Checkpoint</title>", (*HTML, ("x-vercel-mitigated", "challenge")), "Vercel"),
        (405, "<html>Human verification</html>", (*HTML, ("x-amzn-waf-action", "captcha")), "AWS WAF"),
        (403, "<html><title>Access Denied</title>No permission. Reference #18.2ab.17.9c</html>", HTML, "Akamai"),
        (403, "<html><script src='https://geo.captcha-delivery.com/c.js'></script></html>", HTML, "DataDome"),
        (200, "<html><title>ngrok</title>You are about to visit: a.ngrok-free.app</html>", HTML, "ngrok"),
        (403, "<html>Please verify you are human</html>", HTML, "a captcha"),
        (401, "<html>Restricted</html>", (*HTML, ("WWW-Authenticate", 'Basic realm="staging"')), "a password gate"),
    ],
)
def test_a_guard_is_named_and_told_once(build, pieces, status, body, headers, guard):
    call = pieces.token_call(body, status=status, response_headers=headers, scheme="REQUEST_BODY_CREDENTIALS")
    one = only(build, call, "bot-protection")
    assert (one.rule, one.severity) == ("token-not-behind-bot-protection", Severity.BREAKS)
    assert f"{guard} answered with status {status}" in one.message


@pytest.mark.parametrize(
    ("status", "body", "headers", "scheme"),
    [
        (403, "<html><title>Forbidden</title>CSRF verification failed.</html>", HTML, "HTTP_BASIC"),
        (401, {"error": "invalid_client"}, (("WWW-Authenticate", 'Basic realm="oauth"'),), "HTTP_BASIC"),
        (401, {"error": "invalid_client"}, (("WWW-Authenticate", 'Basic realm="x"'),), "REQUEST_BODY_CREDENTIALS"),
        (401, "<html>Unauthorized</html>", (*HTML, ("WWW-Authenticate", "Basic")), "HTTP_BASIC"),
        (503, {"error": "temporarily_unavailable"}, (("Server", "cloudflare"),), "HTTP_BASIC"),
        (429, "", (("Server", "cloudflare"),), "HTTP_BASIC"),
        (400, {"error": "invalid_grant"}, (("X-DataDome", "protected"),), "HTTP_BASIC"),
        (405, LOGIN, HTML, "HTTP_BASIC"),
        (502, "<html><title>502 Bad Gateway</title></html>", (*HTML, ("Server", "cloudflare")), "HTTP_BASIC"),
    ],
)
def test_a_server_that_is_merely_unkind_is_no_guard(build, pieces, status, body, headers, scheme):
    call = pieces.token_call(body, status=status, response_headers=headers, scheme=scheme)
    assert build.judge("bot-protection", case(build, call)).status == "passed"


AKAMAI = (
    "<HTML><HEAD><TITLE>Access Denied</TITLE></HEAD><BODY><H1>Access Denied</H1>You don't have permission to access "
    "this.<P>Reference&#32;&#35;18&#46;2d351ab8&#46;1733764400&#46;a4e16ab</BODY></HTML>"
)
PLAIN = (("Content-Type", "text/plain; charset=UTF-8"), ("Server", "cloudflare"))


@pytest.mark.parametrize(
    ("body", "headers", "guard", "confidence"),
    [
        (AKAMAI, HTML, "Akamai", Confidence.CERTAIN),
        ("error code: 1020", PLAIN, "Cloudflare", Confidence.CERTAIN),
        ("error code: 1009", PLAIN, "Cloudflare", Confidence.POSSIBLE),
        ({"cloudflare_error": True, "type": "x/cloudflare-1xxx-errors/error-1010/"}, PLAIN, "Cloudflare", None),
        ("<html><title>403 Forbidden</title></html>", (("server", "awselb/2.0"),), "AWS Application Load Ba", None),
    ],
)
def test_a_firewall_before_the_server_is_to_let_the_request_through(build, pieces, body, headers, guard, confidence):
    one = only(build, pieces.token_call(body, status=403, response_headers=headers), "bot-protection")
    assert f"{guard}" in one.message
    assert "solve no challenge" not in one.message
    assert one.confidence is (confidence or Confidence.CERTAIN)
    assert "its log holds nothing of this request" in one.fix.text
    assert ("rule that goes by country" in one.fix.text) is (confidence is Confidence.POSSIBLE)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (503, "<html><title>503 Service Unavailable</title>We are busy</html>"),
        (403, "<html><title>403 Forbidden</title><center>nginx/1.27</center></html>"),
        (403, "<html><title>403 Forbidden</title><h1>403 Forbidden</h1></html>"),
        (403, "<html><title>Forbidden</title>CSRF verification failed.</html>"),
        (500, "error code: 1101"),
        (403, {"error": "access_denied", "type": "x/cloudflare-1xxx-errors/error-1010/", "cloudflare_error": True}),
    ],
)
def test_what_only_came_through_cloudflare_is_the_servers_own(build, pieces, status, body):
    call = pieces.token_call(body, status=status, response_headers=(*HTML, ("Server", "cloudflare")))
    assert build.judge("bot-protection", case(build, call)).status == "passed"


@pytest.mark.parametrize(
    ("status", "server", "body", "happened", "advice"),
    [
        (401, "Google Frontend", NO_PERMISSION, "own 401, as not everybody", "give `allUsers` the role"),
        (403, "Google Frontend", NO_PERMISSION, "own 403, as not everybody", "give `allUsers` the role"),
        (400, "nginx", "<title>400 The plain HTTP request was sent to HTTPS port</title>", "by plain HTTP", "by HTTPS"),
        (421, "Apache", "<h1>Misdirected Request</h1>", "not take this connection", "`proxy_ssl_server_name on`"),
    ],
)
def test_what_refuses_before_the_server_says_nothing_of_code_or_client(
    build, pieces, status, server, body, happened, advice
):
    one = only(
        build, pieces.token_call(body, status=status, response_headers=(*HTML, ("Server", server))), "token-status"
    )
    assert "was not reached" in one.message
    assert happened in one.message
    assert not any(said in one.message for said in ("refused the code", "refused the client", "client secret"))
    assert advice in one.fix.text


@pytest.mark.parametrize(
    ("status", "server", "body"),
    [
        (401, "nginx", NO_PERMISSION),
        (401, "Google Frontend", {"error": "invalid_client"}),
        (400, "Google Frontend", {"error": "invalid_grant", "error_description": "Your client does not have a code"}),
    ],
)
def test_a_server_behind_a_front_end_still_speaks_for_itself(build, pieces, status, server, body):
    one = only(
        build, pieces.token_call(body, status=status, response_headers=(*HTML, ("Server", server))), "token-status"
    )
    assert "was not reached" not in one.message


# Redirects


@pytest.mark.parametrize(
    ("location", "words", "blame"),
    [
        ("https://www.example.com/token", "to https://www.example.com/token. Alexa", Fault.SKILL_CONFIGURATION),
        ("/token/", "to https://login.example.com/token/. Alexa", Fault.SKILL_CONFIGURATION),
        ("/token?once=more", "to itself, without end", Fault.IDENTITY_PROVIDER),
        (None, "to nowhere", Fault.IDENTITY_PROVIDER),
        ("https://[object Object]/", "to “https://[object Object]/”, which is no web", Fault.IDENTITY_PROVIDER),
        ("myapp://token", "to “myapp://token”, which is no web address. Alexa", Fault.IDENTITY_PROVIDER),
    ],
)
def test_a_redirect_says_where_it_leads(build, pieces, location, words, blame):
    headers = (("Location", location),) if location else ()
    by_audit = dict(found(build, pieces.token_call("", status=307, response_headers=headers)))
    assert set(by_audit) == {"token-redirect", "token-status"}
    assert by_audit["token-status"].severity is Severity.BREAKS
    one = by_audit["token-redirect"]
    assert words in one.message
    assert one.blame is blame
    assert (one.fix.paste is None) == (not words.startswith("to https://"))


# Parameters


@pytest.mark.parametrize("text", ["code_verifier is required (PKCE).", "PKCE is mandatory", "Missing code challenge"])
def test_a_server_that_demands_pkce_is_told_to_the_console(build, pieces, text):
    call = pieces.token_call({"error": "invalid_grant", "error_description": text}, status=400)
    by_audit = dict(found(build, call))
    assert by_audit["refused-parameters"].rule == "token-pkce-verify"
    assert "PKCE is off for this skill" in by_audit["refused-parameters"].message


def test_a_right_verifier_that_is_refused_is_the_servers_fault(build, pieces):
    call = pieces.token_call({"error": "invalid_grant", "error_description": "code_verifier mismatch"}, status=400)
    one = dict(found(build, call, skill=build.skill(pkce=True)))["refused-parameters"]
    assert "although PKCE is on" in one.message


def test_pkce_may_be_demanded_on_the_authorization_request(build):
    asked = build.authorization()
    answer = build.answer(asked, error="invalid_request", error_description="code_challenge required").replace(
        "code=%3Ccode%231%3E&", ""
    )
    outcome = build.judge("refused-challenge", build.walk(asked=asked, answer=answer))
    assert outcome.findings[0].rule == "token-pkce-verify"
    assert build.judge("refused-challenge").status == "passed"
    denied = build.answer(asked, error="access_denied")
    assert build.judge("refused-challenge", build.walk(asked=asked, answer=denied)).status == "passed"
    lost = build.walk(asked=asked, answer=None)
    assert build.judge("refused-challenge", lost).status == "inconclusive"


def refused_by_page(build, pieces, text, *, hops=(), url="https://login.example.com/error", status=400):
    seen = pieces.digest(url, title="Error", headings=("Error",), text=text, controls=())
    screens = [pieces.screen(len(hops), 0.2, seen)]
    steps = [*(build.get(hop, location=then) for hop, then in hops), build.get(url, status=status)]
    return build.walk(steps, answer=None, ending="login_not_found", screens=screens)


ASK = "https://login.example.com/authorize?client_id="
NO_CHALLENGE = "Sorry, there was an error: invalid_request\ncode challenge required"


@pytest.mark.parametrize("status", [200, 400])
def test_pkce_may_be_demanded_by_a_page_of_the_server(build, pieces, status):
    own = ((f"{ASK}{build.skill().client_id}", "https://login.example.com/error"),)
    walk = refused_by_page(build, pieces, NO_CHALLENGE, hops=own, status=status)
    (found,) = build.judge("refused-challenge", walk).findings
    assert found.rule == "token-pkce-verify"
    assert "refused by a page of login.example.com, “code challenge required”: PKCE is off" in found.message
    assert found.fix.text.startswith("Switch PKCE on in the developer console")
    alone = refused_by_page(build, pieces, "Code challenge required", status=status)
    assert build.judge("refused-challenge", alone).status == "failed"


@pytest.mark.parametrize(
    ("status", "text"),
    [
        (
            404,
            "Request URL: https://login.example.com/authorize?state=s&code_challenge=Zz12&code_challenge_method=S256",
        ),
        (404, "Not found: /authorize%3Fcode_challenge_method%3DS256"),
        (500, "Internal error\nGET\ncode_challenge\n'Zz12'"),
    ],
)
def test_a_page_that_shows_what_was_asked_says_nothing_of_pkce(build, pieces, status, text):
    walk = refused_by_page(build, pieces, text, status=status)
    on = build.case(walk, skill=build.skill(walk.authorization, pkce=True))
    assert build.judge("refused-challenge", on).status == "inconclusive"


def test_a_page_that_refuses_the_request_of_another_client_says_nothing_of_the_skills_pkce(build, pieces):
    other = (
        (f"{ASK}{build.skill().client_id}", "https://id.example.net/authorize?client_id=portal"),
        ("https://id.example.net/authorize?client_id=portal", "https://id.example.net/error"),
    )
    walks = [
        refused_by_page(build, pieces, NO_CHALLENGE, hops=other, url="https://id.example.net/error"),
        refused_by_page(build, pieces, NO_CHALLENGE, url="https://id.example.net/authorize?client_id=portal"),
        refused_by_page(build, pieces, "Sorry, there was an error: invalid_request"),
    ]
    seen = pieces.digest("https://login.example.com/callback", title="Error", text=NO_CHALLENGE, controls=())
    late = build.walk(
        [build.get("https://login.example.com/login"), build.get("https://login.example.com/callback", status=400)],
        answer=None,
        ending="dead_end",
        screens=[pieces.screen(1, 0.3, seen)],
    )
    for walk in (*walks, late):
        assert build.judge("refused-challenge", walk).status == "inconclusive"


def test_whether_a_refusal_without_a_reason_is_about_pkce_stays_open(build):
    asked = build.authorization()
    bare = build.walk(asked=asked, answer=f"{asked.redirect_uri}?error=invalid_request&state={asked.state}")
    outcome = build.judge("refused-challenge", bare)
    assert outcome.status == "inconclusive"
    assert "“invalid_request”" in outcome.missing[0]
    told = build.answer(asked, error="invalid_request", error_description="nonce is required for scope openid")
    assert build.judge("refused-challenge", build.walk(asked=asked, answer=told)).status == "passed"
    on = build.case(bare, skill=build.skill(asked, pkce=True))
    assert build.judge("refused-challenge", on).status == "inconclusive"


def test_a_right_redirect_uri_that_is_refused_is_found(build, pieces):
    call = pieces.token_call({"error": "invalid_grant", "error_description": "redirect_uri does not match"}, status=400)
    one = dict(found(build, call))["refused-parameters"]
    assert (one.rule, one.severity, one.subject) == ("token-redirect-uri-match", Severity.BREAKS, "NA")


def test_a_redirect_uri_that_the_server_itself_put_in_place_of_another_is_the_cause(build, pieces):
    call = pieces.token_call({"error": "invalid_grant", "error_description": "redirect_uri mismatch"}, status=400)
    asked = build.authorization(region="EU")
    went = build.answer(asked).replace(asked.redirect_uri, build.redirect_uri("NA"))
    astray = build.case(build.walk(asked=asked, answer=went), token_calls=Present(value=(call,)))
    (one,) = build.judge("refused-parameters", astray).findings
    assert one.symptom
    assert "the answer was sent to another one" in one.message
    (own,) = build.judge("refused-parameters", case(build, call)).findings
    assert not own.symptom


@pytest.mark.parametrize("words", ["redirect_uri not allowed here", "code_verifier is required"])
def test_a_refusal_whose_parameter_is_named_is_one_problem(build, pieces, words):
    call = pieces.token_call({"error": "invalid_request", "error_description": words}, status=400)
    both = dict(found(build, call))
    assert {audit: one.symptom for audit, one in both.items()} == {"refused-parameters": False, "token-status": True}


@pytest.mark.parametrize("text", ["The code has expired", "Le code a expiré", "認可コードが無効です"])
def test_other_refusals_accuse_no_parameter(build, pieces, text):
    call = pieces.token_call({"error": "invalid_grant", "error_description": text}, status=400)
    assert build.judge("refused-parameters", case(build, call)).status == "passed"


# Caches


def test_a_token_answer_that_may_be_stored_is_advice(build, pieces):
    one = only(build, pieces.token_call(response_headers=(("Content-Type", "application/json"),)), "token-body")
    assert (one.rule, one.severity) == ("token-json-body", Severity.RECOMMENDED)
    assert "no-store" in one.message


@pytest.mark.parametrize("value", ["no-store", "no-cache, No-Store, private"])
def test_no_store_in_any_company_is_enough(build, pieces, value):
    headers = (("Content-Type", "application/json"), ("cache-control", value))
    assert not found(build, pieces.token_call(response_headers=headers))
