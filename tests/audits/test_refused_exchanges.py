"""A refused exchange: what is advised fits what was seen of it."""

from __future__ import annotations

import pytest

from e2e_linker.evidence.models import Present
from e2e_linker.model import Confidence, Fault, Severity

AT = "https://login.example.com/token"
BASIC = {"scheme": "HTTP_BASIC"}
LATER = (("Content-Type", "application/json"), ("Retry-After", "60"))


def judged(build, call, audit="token-status"):
    """The one finding of ``audit``."""
    (one,) = build.judge(audit, build.case(token_calls=Present(value=(call,)))).findings
    return one


@pytest.mark.parametrize(
    ("body", "more", "advice"),
    [
        (
            "<html><title>Whitelabel Error Page</title>",
            {"status": 500},
            "in the log of login.example.com for the error",
        ),
        ({"error": "server_error"}, {"status": 503}, "the server itself failed"),
        ({"error": "use_dpop_nonce"}, {"status": 400}, "Switch DPoP off"),
        ({"error": "invalid_dpop_proof"}, {"status": 400}, "Switch DPoP off"),
        ("", {"status": 406}, "Accept header"),
        ("<h1>Not found</h1>", {"status": 404}, "accessTokenUrl"),
        ({"error": "invalid_request", "error_description": "audience is missing"}, {"status": 400}, "its answer names"),
        ("", {"status": 400}, "its answer does not tell"),
        ("", {"status": 400}, "or of a proxy or gateway before it"),
        ("<title>400 Bad Request</title><h1>Bad Request</h1>", {"status": 400}, "its answer does not tell"),
        ({"message": "Bad Request"}, {"status": 400}, "its answer does not tell"),
        ({"message": "Bad Request: no tenant"}, {"status": 400}, "mend what its answer names"),
        ("", {"status": 401, **BASIC}, "Authorization reaches the server"),
        ({"error": "invalid_client"}, {"status": 401, **BASIC}, "Authorization reaches the server"),
    ],
)
def test_the_advice_fits_the_status(build, pieces, body, more, advice):
    one = judged(build, pieces.token_call(body, **more))
    assert advice in one.fix.text
    assert "200" not in one.fix.text
    assert (one.severity, one.confidence) == (Severity.BREAKS, Confidence.CERTAIN)


@pytest.mark.parametrize(
    ("body", "another"),
    [({"detail": "Bad Request"}, True), ({"error": "invalid_request"}, False), ("Bad Request", False)],
)
def test_an_answer_without_an_oauth_error_may_be_another_endpoints(build, pieces, body, another):
    fix = judged(build, pieces.token_call(body, status=400)).fix.text
    assert ("whether accessTokenUrl is the address of the token endpoint" in fix) is another


@pytest.mark.parametrize("kind", ["closed", "protocol"])
def test_a_connection_without_an_answer_is_sent_to_http_1_1(build, pieces, kind):
    fix = judged(build, pieces.token_call(status=None, failure="gone", failure_kind=kind)).fix.text
    assert "HTTP/1.1" in fix
    assert "close no connection" in fix


def test_a_refused_client_in_the_body_has_lost_no_header(build, pieces):
    call = pieces.token_call({"error": "invalid_client"}, status=401, scheme="REQUEST_BODY_CREDENTIALS")
    assert "Authorization" not in judged(build, call).fix.text


def test_headers_beyond_this_tool_s_own_limit_prove_nothing(build, pieces):
    one = judged(build, pieces.token_call(status=None, failure="the head is too long", failure_kind="too_large"))
    assert one.confidence is Confidence.POSSIBLE
    assert "fewer or shorter headers" in one.fix.text


@pytest.mark.parametrize(
    ("said", "scheme", "named"),
    [
        ("client_id is required", "HTTP_BASIC", True),
        ("Missing parameter: client_id", "HTTP_BASIC", True),
        ('The required parameter "client_id" is missing.', "HTTP_BASIC", True),
        ("client_id is required", "REQUEST_BODY_CREDENTIALS", False),
        ("no such client_id", "HTTP_BASIC", False),
        ("Invalid client id", "HTTP_BASIC", True),
        ("Invalid client id", "REQUEST_BODY_CREDENTIALS", False),
        ("Invalid client identity", "HTTP_BASIC", False),
        ("code is required", "HTTP_BASIC", False),
    ],
)
def test_a_client_id_that_is_missed_beside_http_basic_is_named(build, pieces, said, scheme, named):
    body = {"error": "invalid_request", "error_description": said}
    one = judged(build, pieces.token_call(body, status=400, scheme=scheme))
    assert ("want it in the body, too" in one.message) is named
    assert ("header Authorization alone" in one.fix.text) is named
    assert (one.confidence, one.symptom) == (Confidence.POSSIBLE if named else Confidence.CERTAIN, named)


@pytest.mark.parametrize(
    ("location", "blame", "advice"),
    [
        ("https://www.example.com/token/?x=1", Fault.SKILL_CONFIGURATION, "`https://www.example.com/token/`"),
        (AT, Fault.IDENTITY_PROVIDER, "Let it answer itself"),
        ("mailto:x@example.com", Fault.IDENTITY_PROVIDER, "Let it answer itself"),
    ],
)
def test_both_findings_of_a_redirect_blame_the_same_and_one_follows(build, pieces, location, blame, advice):
    call = pieces.token_call("", status=301, response_headers=(("Location", location),))
    cause, symptom = judged(build, call), judged(build, call, "token-redirect")
    assert advice in cause.fix.text
    assert (cause.symptom, symptom.symptom) == (False, True)
    assert cause.blame is symptom.blame is blame


@pytest.mark.parametrize(
    ("location", "advice"),
    [
        ("/login", "asks for a login, which Alexa's servers cannot do. Exempt it from what sends"),
        ("/Account/SignIn/", "asks for a login"),
        ("/wp-login.php", "asks for a login"),
        ("https://sso.example.com/start?returnUrl=https%3A%2F%2Flogin.example.com%2Ftoken", "asks for a login"),
        ("/start?next=/token", "asks for a login"),
        ("/authorize", "asks for a login"),
        ("/consent", "asks for a login"),
        ("/maintenance", "seems to be a page for people. The log of login.example.com"),
        ("/error/500.html", "seems to be a page for people"),
        ("/", "seems to be a page for people"),
        ("https://pitangui.amazon.com/api/skill/link/M2AAAAAAAAAAAA?error=x", "Let https://login.example.com/token an"),
    ],
)
def test_a_redirect_to_a_page_for_people_is_no_address_for_the_skill(build, pieces, location, advice):
    call = pieces.token_call("", status=302, response_headers=(("Location", location),))
    for audit in ("token-status", "token-redirect"):
        one = judged(build, call, audit)
        assert advice in one.fix.text
        assert (one.fix.paste, one.blame) == (None, Fault.IDENTITY_PROVIDER)


@pytest.mark.parametrize(
    "location",
    [
        "https://www.example.com/token",
        "/v2/access",
        "/login/oauth/access",
        "/login/oauth/access_token",
        "/tokens/signing",
        "/login-tokens",
        "/TOKEN/?next=/token",
        "/logistics",
    ],
)
def test_a_redirect_to_what_may_be_the_token_endpoint_is_configured(build, pieces, location):
    call = pieces.token_call("", status=301, response_headers=(("Location", location),))
    for audit in ("token-status", "token-redirect"):
        assert judged(build, call, audit).blame is Fault.SKILL_CONFIGURATION
    assert judged(build, call).fix.text.startswith("Configure the final address")


@pytest.mark.parametrize(
    ("body", "status", "fix", "advised"),
    [
        (None, 200, "It was tried: it gives tokens.", True),
        ({"error": "invalid_grant"}, 400, "It was tried: it answers as a token endpoint does.", True),
        ({"detail": "Bad Request"}, 400, "was tried, and does not answer as a token endpoint (status 400)", False),
        ("<h1>Not found</h1>", 404, "was tried, and does not answer as a token endpoint (status 404)", False),
        ("", 503, "See first that it is the token endpoint", True),
        ("", 429, "See first that it is the token endpoint", True),
        ("", 401, "See first that it is the token endpoint", True),
        ({"error": "invalid_client"}, 401, "It was tried: it answers as a token endpoint does.", True),
        ({"errorCode": "invalid_client"}, 401, "It was tried: it answers as a token endpoint does.", True),
        ("<h1>invalid_grant</h1>", 400, "It was tried: it answers as a token endpoint does.", True),
        ("access_token=<access_token#1>", 200, "It was tried: it answers as a token endpoint does.", True),
        (
            "<html><script>let access_token</script>",
            200,
            "was tried, and does not answer as a token endpoint (status 200)",
            False,
        ),
    ],
)
def test_an_address_that_only_gets_a_slash_is_advised_by_what_it_answered(build, pieces, body, status, fix, advised):
    first = pieces.token_call("", status=307, response_headers=(("Location", "/token/"),))
    tried = pieces.token_call(body, status=status, n=2, url=f"{AT}/", purpose="exchange at the final address")
    case = build.case(token_calls=Present(value=(first, tried)))
    (cause,), (symptom,) = (build.judge(audit, case).findings for audit in ("token-status", "token-redirect"))
    assert fix in cause.fix.text
    assert ("Configure the final address" in cause.fix.text) is advised
    assert (symptom.fix.paste is not None) is advised
    assert cause.blame is symptom.blame is Fault.SKILL_CONFIGURATION


def test_two_addresses_that_redirect_to_each_other_are_none_for_the_skill(build, pieces):
    first = pieces.token_call("", status=301, response_headers=(("Location", "/token/"),))
    back = {"url": f"{AT}/", "response_headers": (("Location", "/token"),)}
    tried = pieces.token_call("", status=307, n=2, purpose="exchange at the final address", **back)
    case = build.case(token_calls=Present(value=(first, tried)))
    (cause,), (symptom,) = (build.judge(audit, case).findings for audit in ("token-status", "token-redirect"))
    assert "`https://login.example.com/token/` was tried, and redirects back" in cause.fix.text
    assert cause.blame is symptom.blame is Fault.IDENTITY_PROVIDER
    assert symptom.fix.paste is None


@pytest.mark.parametrize(
    ("body", "headers", "said"),
    [
        (
            "<h1>We'll be back soon</h1>",
            LATER,
            "down for now (“We'll be back”), and wants to be asked again after 60 s.",
        ),
        ("<title>Maintenance</title>", (), "and says that it is down for now (“Maintenance”)."),
        ("", LATER, "status 503 and says that it is down for now, and wants to be asked again after 60 s."),
        (
            {"error": "temporarily_unavailable"},
            LATER,
            "503, “temporarily_unavailable”, and says that it is down for now",
        ),
        ("Down", (("Retry-After", "Wed, 21 Oct 2026 07:28:00 GMT"),), "status 503 and says that it is down for now."),
    ],
)
def test_a_server_that_says_it_is_down_for_now_stands_behind_no_gateway(build, pieces, body, headers, said):
    one = judged(build, pieces.token_call(body, status=503, response_headers=headers))
    assert said in one.message
    assert one.fix.text.startswith("Run again when login.example.com is back.")
    assert (one.severity, one.confidence) == (Severity.BREAKS, Confidence.LIKELY)


def test_a_503_that_says_what_is_wrong_with_the_code_is_no_matter_of_waiting(build, pieces):
    one = judged(build, pieces.token_call({"error": "invalid_grant"}, status=503, response_headers=LATER))
    assert "down for now" not in one.message
    assert "Run again" not in one.fix.text


def test_a_bare_503_is_of_the_server_or_of_its_proxy(build, pieces):
    one = judged(build, pieces.token_call("<h1>Service Unavailable</h1>", status=503))
    assert one.message.endswith("answered with status 503: it serves nobody for now.")
    assert "Either may answer so." in one.fix.text
    assert (one.severity, one.confidence) == (Severity.BREAKS, Confidence.CERTAIN)


TRACE = (
    "<br> &nbsp; &nbsp;at Handler.handle (/srv/node_modules/@<token#1>.js:101:13)<br> at async file:///srv/a.mjs:3:9"
)
EXPRESS = "<!DOCTYPE html><html><head><title>Error</title></head><body><pre>{}</pre></body></html>"


@pytest.mark.parametrize("status", [502, 503, 504])
@pytest.mark.parametrize(
    "said",
    [
        "server_error: <token#2>: value too long for type character varying(40)",
        f"<token#2>: value too long for type character varying(40){TRACE}",
    ],
)
def test_a_program_that_failed_serves_others(build, pieces, status, said):
    one = judged(build, pieces.token_call(EXPRESS.format(said), status=status))
    assert f"failed on the exchange with status {status}, “" in one.message
    assert one.message.endswith("<token#2>: value too long for type character varying(40)”.")
    assert "for the error of this request: the server itself failed on it" in one.fix.text


@pytest.mark.parametrize(
    "body",
    [
        EXPRESS.format("Service Unavailable"),
        "upstream connect error: no server at 10.0.0.5:8080",
        "<h1>Unavailable since 12:30:45</h1>",
    ],
)
def test_a_503_without_a_trace_may_be_a_proxy_s(build, pieces, body):
    assert "it serves nobody for now" in judged(build, pieces.token_call(body, status=503)).message


@pytest.mark.parametrize(
    ("body", "told", "advice"),
    [
        (
            EXPRESS.format(f"invalid_client: Invalid client: client is invalid{TRACE}"),
            "refused the client with status 400, “invalid_client: Invalid client: client is invalid”. The client",
            "Compare the client secret",
        ),
        (
            '"Invalid client: client is invalid"',
            "refused the client with status 400, “Invalid client: client is invalid”. The client secret",
            "Compare the client secret",
        ),
        (
            EXPRESS.format(f"invalid_grant: Invalid grant: authorization code is invalid{TRACE}"),
            "refused the code with status 400, “invalid_grant: Invalid grant: authorization code is invalid”.",
            "live for a minute",
        ),
        (
            "<title>400 Bad Request</title><h1>Bad Request</h1><p>invalid_grant</p>",
            "with status 400, “invalid_grant”.",
            "live for a minute",
        ),
        (
            "<title>HTTP Status 400 – Bad Request</title><h1>Oops</h1><p>The tenant is off</p>",
            "with status 400, “Oops The tenant is off”.",
            "its answer names",
        ),
        (
            "<title>403 Forbidden</title><h1>Forbidden</h1><p>Request ID: 8af3c2d91e</p>",
            "with status 400, “403 Forbidden”.",
            "its answer does not tell",
        ),
        (f"<title>Error</title><p>{'Home ' * 99}</p>", "with status 400, “Error”.", "its answer names"),
        ("Invalid client certificate", "refused the code with status 400, “Invalid client certificate”.", "its answer"),
        ('"\\ud800 off"', "with status 400, “? off”.", "its answer names"),
    ],
)
def test_what_an_answer_for_people_says_is_read(build, pieces, body, told, advice):
    one = judged(build, pieces.token_call(body, status=400))
    assert told in one.message
    assert advice in one.fix.text
    assert one.confidence is Confidence.CERTAIN


@pytest.mark.parametrize("body", ["Unauthorized", "", {"message": "Bad credentials"}])
def test_a_401_without_an_oauth_error_is_about_the_client(build, pieces, body):
    one = judged(build, pieces.token_call(body, status=401, **BASIC))
    assert one.blame is Fault.SKILL_CONFIGURATION
    assert one.symptom  # of a swapped accessTokenScheme, where that is found
    assert "refused the client with status 401" in one.message
    assert ", ." not in one.message
    assert one.fix.text.startswith("Compare the client secret and accessTokenScheme, then clientId")
    assert "a proxy with a password of its own" in one.fix.text


def test_a_401_by_which_the_client_is_named_is_no_proxys(build, pieces):
    assert (
        "password of its own" not in judged(build, pieces.token_call({"error": "invalid_client"}, status=401)).fix.text
    )


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        (
            {"errorCode": "invalid_client", "errorSummary": "Invalid value for 'client_id' parameter."},
            401,
            "refused the client with status 401, “invalid_client”: “Invalid value for 'client_id' parameter.”",
        ),
        (
            {"errorCode": "E0000047", "errorSummary": "API call exceeded rate limit"},
            403,
            "“E0000047”: “API call exceeded rate limit”",
        ),
        ({"error": {"type": "OAuthException", "message": "Cannot load it"}}, 400, "status 400, “Cannot load it”"),
        ({"detail": "Bad Request"}, 400, "with status 400, “Bad Request”"),
        ({"title": "Unsupported", "status": 400, "detail": None}, 400, "with status 400, “Unsupported”"),
    ],
)
def test_what_a_server_says_in_fields_of_its_own_is_quoted(build, pieces, body, status, said):
    one = judged(build, pieces.token_call(body, status=status))
    assert said in one.message
    assert "password of its own" not in one.fix.text
    assert ("does not tell" in one.fix.text) is (body == {"detail": "Bad Request"})


@pytest.mark.parametrize(
    ("status", "body", "of_the_code"),
    [
        (400, {"error": "invalid_request", "error_description": "Authorization code is expired or revoked"}, True),
        (400, {"error": "invalid_request", "error_description": "The code has already been used."}, True),
        (401, {"message": "Invalid authorization code"}, True),
        (404, {"error": "not_found", "error_description": "code not found"}, True),
        (400, {"error": "invalid_request", "error_description": "code_verifier is invalid"}, False),
        (400, {"error": "invalid_request", "error_description": "The code verifier is invalid"}, False),
        (400, {"error": "invalid_request", "error_description": "code is required"}, False),
        (404, "<title>HTTP code 404: not found</title>", False),
        (500, {"error": "server_error", "error_description": "code not found"}, False),
    ],
)
def test_words_about_the_code_are_answered_by_what_mends_codes(build, pieces, status, body, of_the_code):
    one = judged(build, pieces.token_call(body, status=status))
    assert ("live for a minute" in one.fix.text) is of_the_code
    assert ("clocks" in one.fix.text) is of_the_code
    assert one.blame is Fault.IDENTITY_PROVIDER


@pytest.mark.parametrize(
    "body",
    [
        {"error": "too_many_requests"},
        {"error": "invalid_request", "error_description": "Too many requests"},
        {"error": "access_denied", "error_description": "Global limit has been reached; client_id is required"},
        "",
        "<html><title>429 Too Many Requests</title>",
    ],
)
def test_a_rate_limit_is_named_as_that(build, pieces, body):
    one = judged(build, pieces.token_call(body, status=429, response_headers=LATER, **BASIC))
    assert "a rate limit: it is asked too often, and wants to be asked again after 60 s." in one.message
    assert "Exempt Alexa's token requests from this rate limit" in one.fix.text
    # The next exchange may be answered.
    assert (one.severity, one.confidence) == (Severity.BREAKS, Confidence.LIKELY)


@pytest.mark.parametrize("later", ["", "Wed, 21 Oct 2026 07:28:00 GMT", "soon", "9" * 5000])
def test_only_seconds_are_quoted_of_a_rate_limit(build, pieces, later):
    call = pieces.token_call("", status=429, response_headers=(("Retry-After", later),))
    assert judged(build, call).message.endswith("a rate limit: it is asked too often.")


@pytest.mark.parametrize(
    ("error", "status"), [("invalid_grant", 429), ("invalid_client", 429), ("too_many_requests", 400)]
)
def test_what_the_server_says_of_the_request_itself_is_no_rate_limit(build, pieces, error, status):
    one = judged(build, pieces.token_call({"error": error}, status=status, response_headers=LATER))
    assert "rate limit" not in one.message + one.fix.text
    assert one.confidence is Confidence.CERTAIN


@pytest.mark.parametrize(
    ("body", "status", "told"),
    [
        ({"error": "too_many_requests"}, 429, "a rate limit"),
        ("", 503, "does not tell whether it accepted the client"),
        ({"error": "invalid_client"}, 401, "did not accept the client"),
    ],
)
def test_only_a_refused_client_is_told_not_to_be_accepted(build, pieces, body, status, told):
    case = build.case(token_calls=Present(value=(pieces.token_call(body, status=status, **BASIC),)))
    (missing,) = build.judge("basic-spelling", case).missing
    assert told in missing


@pytest.mark.parametrize(
    ("error", "more", "told"),
    [
        ("", {"status": 500}, "that was answered with status 500"),
        ("", {"status": None, "failure": "timed out", "failure_kind": "timeout"}, "answered with nothing (timed out)"),
        ("invalid_grant", {"status": 400}, "the first try may have used the code up"),
        ("invalid_grant", {"status": 500}, "the first try may have used the code up"),
    ],
)
def test_a_failure_over_id_and_secret_as_they_stand_is_no_code_that_was_used_up(build, pieces, error, more, told):
    calls = (
        pieces.token_call({"error": "invalid_client"}, status=401, **BASIC),
        pieces.token_call({"error": error} if error else "", n=2, purpose="unencoded exchange", **BASIC, **more),
    )
    (missing,) = build.judge("basic-spelling", build.case(token_calls=Present(value=calls))).missing
    assert missing.endswith(told)


@pytest.mark.parametrize(
    ("kind", "certain"), [("timeout", False), ("closed", False), ("protocol", False), ("connect", True)]
)
def test_a_secret_is_not_certainly_wrong_where_one_spelling_got_no_answer(build, pieces, kind, certain):
    silent = {"status": None, "failure": "gone", "failure_kind": kind}
    calls = (
        pieces.token_call({"error": "invalid_client"}, status=401, **BASIC),
        pieces.token_call("", n=2, purpose="unencoded exchange", **BASIC, **silent),
    )
    (one,) = build.judge("token-status", build.case(token_calls=Present(value=calls))).findings
    assert one.confidence is (Confidence.CERTAIN if certain else Confidence.LIKELY)
    assert ("it gave no answer (gone): it may take the client so" in one.message) is not certain
    assert ("the request that it left without an answer" in one.fix.text) is not certain


NGINX_401 = (
    "<html>\r\n<head><title>401 Authorization Required</title></head>\r\n<body>\r\n"
    "<center><h1>401 Authorization Required</h1></center>\r\n<hr><center>nginx/1.22.1</center>\r\n</body></html>"
)


@pytest.mark.parametrize(
    ("asked", "words", "advice"),
    [
        (
            (("WWW-Authenticate", 'Basic realm="Staging"'),),
            "password of its own (realm “Staging”).",
            "`auth_basic off`",
        ),
        ((("WWW-Authenticate", "Basic"),), "as it asks for a password of its own.", "`auth_basic off`"),
        ((), "answered with its own 401.", "`auth_request`"),
    ],
)
def test_a_401_of_nginx_itself_is_not_about_the_client(build, pieces, asked, words, advice):
    one = judged(build, pieces.token_call(NGINX_401, status=401, response_headers=asked, **BASIC))
    assert one.message.startswith("The token endpoint https://login.example.com/token was not reached: nginx before it")
    assert one.message.endswith(words)
    assert advice in one.fix.text
    assert "secret and accessTokenScheme" not in one.fix.text
    assert (one.blame, one.symptom) == (Fault.IDENTITY_PROVIDER, False)


@pytest.mark.parametrize(
    "body", ["<h1>401 Authorization Required</h1><hr><center>Apache</center>", "<h1>401</h1> nginx", {"error": "x"}]
)
def test_another_401_may_be_about_the_client(build, pieces, body):
    asked = (("WWW-Authenticate", 'Basic realm="OAuth"'),)
    said = judged(build, pieces.token_call(body, status=401, response_headers=asked, **BASIC)).message
    assert "was not reached" not in said


@pytest.mark.parametrize(
    ("body", "scheme", "doubted"),
    [
        ({"error": "invalid_grant"}, "HTTP_BASIC", True),
        ({"error": "invalid_grant", "error_description": "access denied"}, "REQUEST_BODY_CREDENTIALS", True),
        ({"error": "invalid_grant", "error_description": "The code has expired"}, "HTTP_BASIC", False),
        ({"error": "invalid_request", "error_description": "code is invalid"}, "HTTP_BASIC", False),
        ({"error": "invalid_grant"}, None, False),
    ],
)
def test_a_wrong_secret_may_be_answered_as_a_wrong_code(build, pieces, body, scheme, doubted):
    fix = judged(build, pieces.token_call(body, status=400, scheme=scheme)).fix.text
    assert "live for a minute" in fix
    assert ("compare the client secret" in fix) is doubted


FORGERY_PAGE = "<html><title>Hub</title><h1>403 : Forbidden</h1><p>'_xsrf' argument missing from POST</p></html>"


def hub(build, pieces, *, to="/hub/api/authorize", token="/api/token", status=403, body=FORGERY_PAGE, path="/api"):
    """The advice for a token request where the authorization URL was sent on ``to``."""
    asked = build.authorization()
    at = f"https://login.example.com{path}/authorize?response_type=code"
    steps = [build.get(at, location=to), build.get(build.answer(asked))]
    call = pieces.token_call(body, status=status, url=f"https://login.example.com{token}")
    case = build.case(build.walk(steps, asked=asked), token_calls=Present(value=(call,)))
    (one,) = build.judge("token-status", case).findings
    return one.fix.text


@pytest.mark.parametrize(("status", "body"), [(403, FORGERY_PAGE), (404, "<h1>Not found</h1>"), (405, "")])
def test_a_token_url_without_the_prefix_of_the_authorization_url_is_named_first(build, pieces, status, body):
    fix = hub(build, pieces, status=status, body=body)
    assert fix.startswith("Try `https://login.example.com/hub/api/token` as accessTokenUrl first:")
    assert ("Otherwise: Exempt the token endpoint" in fix) is (status == 403)


@pytest.mark.parametrize(
    "other",
    [
        {"to": "/login?next=/api/authorize"},
        {"to": "https://sso.example.com/hub/api/authorize"},
        {"to": "/(S(lit3py55t21z5v55vlm25s55))/api/authorize"},
        {"to": "/api/authorize"},
        {"to": "/hub/authorize", "path": "", "token": "/token"},
        {"token": "/hub/api/token"},
        {"token": "/oauth/token"},
        {"status": 500},
        {"status": 400, "body": {"error": "invalid_request"}},
        {"status": 403, "body": {"error": "access_denied"}},
    ],
)
def test_a_prefix_is_missed_only_beside_the_authorization_url(build, pieces, other):
    assert "accessTokenUrl first" not in hub(build, pieces, **other)


@pytest.mark.parametrize(
    ("body", "status", "advice"),
    [
        ({"error": "unsupported_grant_type"}, 400, "express.urlencoded"),
        (
            {"error": "invalid_grant", "error_description": "AADSTS65001: The user has not consented to use the app."},
            400,
            "Grant admin consent",
        ),
        ({"error": "invalid_grant", "suberror": "consent_required"}, 400, "prompt=consent"),
        ({"error": "invalid_grant", "error_description": "code was issued to another user agent"}, 400, "no browser,"),
        ({"error": "invalid_request", "error_description": "IP address mismatch"}, 400, "no browser,"),
    ],
)
def test_a_cause_that_the_words_name_is_the_advice(build, pieces, body, status, advice):
    fix = judged(build, pieces.token_call(body, status=status, scheme="REQUEST_BODY_CREDENTIALS")).fix.text
    assert advice in fix
    assert "live for a minute" not in fix
    assert "client secret" not in fix


@pytest.mark.parametrize(
    "said",
    [
        "The authorization grant is invalid, expired, revoked or was issued to another client.",
        "does not match the redirection URI used in the authorization request, or was issued to another client",
        "The code was used in another session's place",
    ],
)
def test_a_code_of_another_client_is_bound_to_no_browser(build, pieces, said):
    call = pieces.token_call({"error": "invalid_grant", "error_description": said}, status=400)
    fix = judged(build, call).fix.text
    assert "live for a minute" in fix
    assert "bound to no browser and no address" in fix


def test_a_grant_type_that_is_not_known_says_nothing_of_the_code(build, pieces):
    call = pieces.token_call({"error": "unsupported_grant_type"}, status=400)
    assert "refused the exchange with status 400" in judged(build, call).message
    broken = pieces.token_call({"error": "unsupported_grant_type"}, status=500)
    assert "the server itself failed" in judged(build, broken).fix.text


@pytest.mark.parametrize(
    ("body", "status", "client"),
    [
        ({"error": "access_denied", "error_description": "Unauthorized"}, 401, True),
        ({"error": "access_denied"}, 401, True),
        ({"error": "access_denied", "error_description": "Access is denied."}, 401, True),
        ({"error": "access_denied", "error_description": "The account is locked"}, 401, False),
        ({"error": "access_denied", "error_description": "Unauthorized"}, 403, False),
    ],
)
def test_a_bare_access_denied_with_401_speaks_of_the_client(build, pieces, body, status, client):
    one = judged(build, pieces.token_call(body, status=status, **BASIC))
    assert ("refused the client with status 401" in one.message) is client
    assert ("refused the code" in one.message) is not client
    assert one.symptom is client
    assert ("accessTokenScheme" in one.fix.text) is client


@pytest.mark.parametrize(("spelled", "named"), [(True, True), (False, True), (None, False)])
def test_a_refused_secret_that_may_be_decoded_wrongly_is_said_to_be_one(build, pieces, spelled, named):
    call = pieces.token_call({"error": "invalid_client"}, status=401, urlencoded=spelled, **BASIC)
    assert ("letters and digits alone" in judged(build, call).fix.text) is named
