"""Pages that turn into an error because what their script sent was refused."""

from __future__ import annotations

import pytest

from e2e_linker.evidence.models import LoginStep

HOST = "https://login.example.com"
TYPED = (LoginStep(at=0.25, action="fill", target="#user", what="username", outcome="done"),)


def fix_of(build, pieces, *, status=400, method="POST", url=f"{HOST}/login", later=(), login=TYPED, kind="xhr"):
    """What is advised where the page's request of ``method`` to ``url`` was answered with ``status``."""
    steps = [
        build.get(f"{HOST}/authorize?client_id=alexa-skill", location=f"{HOST}/login"),
        build.get(f"{HOST}/login"),
        {**build.sub(url, kind, status=status), "method": method},
        *later,
    ]
    said = {"headings": ("Bad request",), "text": "Bad request. The request you made is invalid.", "controls": ()}
    screens = [pieces.screen(1, 0.9, pieces.digest(f"{HOST}/login", **said))]
    walk = build.walk(steps, answer=None, ending="dead_end", login=login, screens=screens)
    (found,) = build.judge("error-page", walk).findings
    return found.fix.text


@pytest.mark.parametrize(
    ("status", "page", "named", "guarded"),
    [
        (403, "", True, True),
        (403, "<p>Invalid redirect_uri</p>", True, True),
        (403, "<title>403 Forbidden</title><hr>nginx", False, False),
        (400, "", True, False),
        (404, "", False, False),
        (500, "", False, False),
    ],
)
def test_an_authorization_request_that_is_refused_at_once_has_its_usual_reasons(build, status, page, named, guarded):
    first = build.get(f"{HOST}/authorize?client_id=alexa-skill", status=status, excerpt=page)
    walk = build.walk([first], answer=None, ending="login_not_found")
    (found,) = build.judge("error-page", walk).findings
    assert ("Usual reasons are a client id, a redirect URI, a scope" in found.fix.text) is named
    assert ("its log names, for the page is empty" in found.fix.text) is (named and not page)
    assert ("another guard before the server" in found.fix.text) is guarded


BAD, NGINX = "400: Bad Request", "<title>400 Bad Request</title><h1>400 Bad Request</h1><hr>nginx/1.22.0"
DJANGO = "<title>Bad Request (400)</title><h1>Bad Request (400)</h1>"
NAMELESS = "The page names no reason. Open https://login.example.com/ by hand first"
TURNED_AWAY = "answers with 403 before anybody logs in, and its page names "


def at_once(build, said, status, *, before=()):
    """What is advised where the authorization request is answered with ``status`` and a page, after ``before``."""
    asked = f"{HOST}/authorize?client_id=alexa-skill"
    end = build.get(f"{HOST}/sign-in" if before else asked, status=status, excerpt=said)
    walk = build.walk([*before, end], answer=None, ending="login_not_found")
    (found,) = build.judge("error-page", walk).findings
    return found.fix.text


@pytest.mark.parametrize(
    ("status", "said", "nameless"),
    [
        (400, BAD, True),
        (400, NGINX, True),
        (400, DJANGO, True),
        (401, "401: Unauthorized", True),
        (400, "<h1>Bad Request</h1><p>Unknown scope</p>", False),
        (400, "Error: Invalid client id", False),
        (400, "", False),
        (403, BAD, False),
        (500, BAD, False),
    ],
)
def test_a_refusal_in_no_words_may_be_one_of_everything(build, status, said, nameless):
    fix = at_once(build, said, status)
    assert fix.startswith(NAMELESS) is nameless
    # Who redirects has understood who asks, and for what.
    led = build.get(f"{HOST}/authorize?client_id=alexa-skill", location=f"{HOST}/sign-in")
    assert not at_once(build, said, status, before=[led]).startswith(NAMELESS)


@pytest.mark.parametrize(
    ("status", "said", "whoever"),
    [
        (403, "403: Forbidden", "no reason"),
        (403, "<title>403 Forbidden</title><h1>403 Forbidden</h1><hr>nginx", "no reason"),
        (403, "<h1>Access denied</h1><p>Reference 18.2f</p>", "nothing of the request"),
        (403, "", None),
        (403, "<p>Invalid redirect_uri</p>", None),
        (403, "<p>The client is not registered: unauthorized_client</p>", None),
        (403, "<p>The client is disabled</p>", None),
        (403, "<p>Unknown client</p>", None),
        (403, "<p>Access denied: this application is not allowed</p>", None),
        (403, "<p>The scope profile is not permitted</p>", None),
        (403, "<p>The web application firewall has not allowed this</p>", "nothing of the request"),
        (403, "<p>Error 403: disallowed_useragent</p>", None),
        (403, "<p>This browser is not supported</p>", None),
        (400, "403: Forbidden", None),
    ],
)
def test_a_first_request_that_is_forbidden_may_be_refused_to_whoever_asks(build, status, said, whoever):
    fix = at_once(build, said, status)
    assert (TURNED_AWAY in fix) is (whoever is not None)
    assert TURNED_AWAY + (whoever or "") in fix or whoever is None
    assert "Keep the authorization request" not in fix


UNKNOWN_NAME = "The application does not know the host name that it is called by, login.example.com"


@pytest.mark.parametrize(
    ("status", "said", "unknown"),
    [
        (403, "<h1>Blocked host: login.example.com</h1><p>To allow requests to it, make sure it is valid.</p>", True),
        (403, "<h1>Blocked hosts: login.example.com:8443</h1>", True),
        (400, "<p>Invalid HTTP_HOST header: 'login.example.com'. You may need to add it to ALLOWED_HOSTS.</p>", True),
        (403, '<p>Blocked request. This host ("login.example.com") is not allowed.</p>', True),
        (400, "<p>Host 'login.example.com' is not trusted.</p>", True),
        (400, "Invalid host header", True),
        (400, "<title>Bad Request</title><h2>Bad Request - Invalid Hostname</h2>", True),
        (403, "<h1>Blocked host: login.example.com.evil.example</h1>", False),
        (403, "<h1>Blocked host: 192.0.2.7</h1>", False),
        (400, "<p>Invalid redirect_uri: host pitangui.amazon.com is not allowed</p>", False),
        (400, "<p>Invalid hostname in redirect_uri</p>", False),
        (404, "Unknown host", False),
    ],
)
def test_an_application_that_does_not_know_its_name_bans_nobody(build, status, said, unknown):
    fix = at_once(build, said, status)
    assert fix.startswith(UNKNOWN_NAME) is unknown
    assert not unknown or TURNED_AWAY not in fix


@pytest.mark.parametrize(
    ("status", "said", "may_be"), [(403, "", True), (400, "", False), (403, "Invalid scope", False)]
)
def test_an_empty_refusal_may_be_that_of_an_unknown_name(build, status, said, may_be):
    assert ("`config.hosts`" in at_once(build, said, status)) is may_be


@pytest.mark.parametrize(
    ("host", "fix"), [(HOST, "Remove user-agent checks"), ("https://accounts.google.com", "Offer a login of your own")]
)
def test_a_browser_that_is_forbidden_is_no_address_that_was_banned(build, host, fix):
    led = build.get(f"{HOST}/authorize?client_id=alexa-skill", location=f"{host}/sign-in")
    end = build.get(f"{host}/sign-in", status=403, excerpt="<p>Error 403: disallowed_useragent</p>")
    (found,) = build.judge("error-page", build.walk([led, end], answer=None, ending="login_not_found")).findings
    assert found.fix.text.startswith(fix)


def test_what_is_forbidden_after_the_login_is_refused_to_the_customer(build):
    steps = [build.get(f"{HOST}/login"), build.post(f"{HOST}/login", {}, status=403, excerpt="403: Forbidden")]
    (found,) = build.judge("error-page", build.walk(steps, answer=None, ending="dead_end", login=TYPED)).findings
    assert TURNED_AWAY not in (found.fix.text if found.fix else "")


def test_an_empty_answer_after_the_login_is_no_refusal_of_the_request(build):
    steps = [build.get(f"{HOST}/login"), build.post(f"{HOST}/login", {}, status=403, excerpt="")]
    (found,) = build.judge("error-page", build.walk(steps, answer=None, ending="dead_end", login=TYPED)).findings
    assert "Usual reasons" not in found.fix.text


@pytest.mark.parametrize("status", [400, 403, 419])
def test_the_refused_request_is_named(build, pieces, status):
    fix = fix_of(build, pieces, status=status)
    assert fix.startswith(
        f"The page shows this after its request POST https://login.example.com/login was answered with status {status}:"
    )
    assert "one secret key and one store of sessions" in fix


@pytest.mark.parametrize(
    "other",
    [
        {"status": 200},
        {"status": 401},
        {"method": "GET"},
        {"kind": "image"},
        {"url": "https://count.example.net/login"},
        {"login": ()},
        {"login": (TYPED[0].model_copy(update={"at": 0.4}),)},
        {"later": ({"method": "POST", "url": f"{HOST}/b", "resource_type": "xhr", "navigation": False},)},
    ],
)
def test_other_requests_are_not(build, pieces, other):
    assert "was answered with status" not in fix_of(build, pieces, **other)


HELD = "The authorization request was answered with a redirect to https://login.example.com/{}, which is asked without"


@pytest.mark.parametrize(
    ("to", "said", "held"),
    [
        ("login", "Invalid or expired login request", True),
        ("login?t=x", "Keine Anfrage", True),
        ("login", "Invalid client", False),
        ("login", "redirect_uri does not match", False),
        ("login?client_id=alexa-skill", "Bad request", False),
        ("login?go=%2Fauthorize%3Fclient_id%3Dalexa-skill%26state%3Ds", "Bad request", False),
        ("error", "Bad request", False),
        ("oauth2/failure", "Bad request", False),
        ("authorize", "Bad request", False),
    ],
)
def test_a_redirect_that_leads_to_a_page_which_refuses_may_have_lost_the_request(build, to, said, held):
    before = [build.get(f"{HOST}/authorize?client_id=alexa-skill", location=f"{HOST}/{to}")]
    end = build.get(f"{HOST}/{to}", status=400, excerpt=f"<title>Acme</title><h1>{said}</h1>")
    walk = build.walk([*before, end], answer=None, ending="login_not_found")
    (found,) = build.judge("error-page", walk).findings
    assert found.fix.text.startswith(HELD.format(to.partition("?")[0])) is held
