"""A page that names the part of the authorization request it refuses: the client, or the scopes."""

from __future__ import annotations

import pytest

from e2e_linker.evidence.models import LoginStep
from e2e_linker.model import Confidence, Fault

HOST = "https://login.example.com"
ELSEWHERE = "https://accounts.google.com"
FORM = '<form method="post"><input name="user"><input type="password" name="pw"></form>'
TYPED = (LoginStep(at=0.25, action="fill", target="#pw", what="password", outcome="done"),)
CLIENT = "The page refuses the client id of the skill, `alexa-skill`: compare it"
SCOPES = "Compare the scopes of the skill, `openid profile`, with those that the server knows and lets the client"


def ended(build, said, status=200, *, host=HOST, late=False, more=()):
    """A walk whose authorization request is answered with ``said``, after a login where it is ``late``."""
    asked = build.authorization(scopes=("openid", "profile"), client_id="alexa-skill", endpoint=f"{HOST}/authorize")
    steps = [build.get(asked.url, location=f"{HOST}/login"), build.get(f"{HOST}/login", excerpt=FORM)]
    steps += [build.post(f"{HOST}/login", {"user": "u", "pw": "<password#1>"}, location=asked.url)]
    end = build.get(asked.url if host == HOST else f"{host}/auth", status=status, excerpt=said)
    kind = "dead_end" if late else "login_not_found"
    return build.walk(
        [*(steps if late else ()), *more, end], asked=asked, answer=None, ending=kind, login=TYPED if late else ()
    )


def advised(build, walk):
    return [found.fix.text for found in build.judge("error-page", walk).findings]


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("<h3>Client ID Error</h3><p>The client identifier (client_id) is missing or invalid.</p>", 200),
        ("<h1>Error</h1><p>Unknown client: alexa-skill</p>", 400),
        ("<h1>We are sorry</h1><p>Client not found.</p>", 400),
        ("<p>Client not found.</p>", 404),
        ("<p>The application is disabled</p>", 403),
        ("<h1>ERROR</h1><h1>Something went wrong</h1><p>CODE: client_disabled</p><p>client is disabled</p>", 200),
        ("<title>Example</title><p>This client has been deactivated.</p>", 200),
        ('{"error": "invalid_client"}', 401),
    ],
)
def test_a_client_that_is_refused_on_a_page_is_named(build, said, status):
    walk = ended(build, said, status)
    assert [fix.startswith(CLIENT) for fix in advised(build, walk)] == [True]
    assert build.judge("requested-scope", walk).status == "inconclusive"


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("<h1>An error has occurred</h1><p>The requested scope is invalid, unknown, or malformed.</p>", 200),
        ("<h1>Bad Request</h1><p>Unknown scope: profile</p>", 400),
        ("<h1>Fehler</h1><p>Der angeforderte Scope ist inkorrekt, unbekannt oder fehlerhaft.</p>", 400),
        ('{"error": "invalid_scope", "error_description": "not one of ours"}', 400),
    ],
)
def test_scopes_that_are_refused_on_a_page_are_the_configurations_fault(build, said, status, late):
    walk = ended(build, said, status, late=late)
    assert [fix.startswith(SCOPES) for fix in advised(build, walk)] == [True]
    (found,) = build.judge("requested-scope", walk).findings
    assert "the scopes asked for" in found.message
    assert "`openid profile`" in found.message
    assert (found.blame, found.confidence) == (Fault.SKILL_CONFIGURATION, Confidence.LIKELY)


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("<p>Your client has issued a malformed or illegal request.</p>", 400),
        ("<p>400 Client Error: Bad Request for url: https://login.example.com/x</p>", 400),
        ("<p>An unknown application error occurred</p>", 400),
        ("<p>The client certificate is not valid</p>", 400),
        ("<p>You are not allowed to use this application</p>", 403),
        ("<p>Unknown client or redirect URI</p>", 400),
        ("<p>Invalid scope. The redirect_uri is not registered.</p>", 400),
        ("<h1>Unknown client</h1><h2>Invalid scope</h2>", 400),
        ("<p>Not valid: https://login.example.com/authorize?client_id=x&amp;scope=y</p>", 400),
        ("<h1>Bad Request</h1>", 400),
        ("<p>AuthorizationError: Unauthorized client</p>", 403),
        ('{"error": "unauthorized_client"}', 400),
        ("<p>TypeError: unknown name in this scope</p>", 500),
    ],
)
def test_other_words_blame_neither(build, said, status):
    walk = ended(build, said, status)
    assert not any("of the skill, `" in fix for fix in advised(build, walk))
    assert build.judge("requested-scope", walk).status == "inconclusive"


@pytest.mark.parametrize("said", ["<p>The OAuth client was not found.</p>", "<p>Invalid scope: lights</p>"])
def test_what_a_server_asks_of_another_one_is_not_what_the_skill_sends(build, said):
    abroad = ended(build, said, 400, host=ELSEWHERE)
    asks = build.get(f"{ELSEWHERE}/auth?client_id=of-the-server", location=f"{HOST}/callback")
    back = ended(build, said, 400, more=(asks,))
    for walk in (abroad, back):
        assert not any("of the skill, `" in fix for fix in advised(build, walk))
        assert build.judge("requested-scope", walk).status == "inconclusive"


def test_a_request_without_scopes_is_told_to_have_one(build):
    asked = build.authorization(scopes=(), endpoint=f"{HOST}/authorize")
    walk = build.walk(
        [build.get(asked.url, status=400, excerpt="<p>The scope is invalid</p>")],
        asked=asked,
        answer=None,
        ending="login_not_found",
    )
    assert [fix.startswith("The skill asks for no scope") for fix in advised(build, walk)] == [True]


@pytest.mark.parametrize(
    "said",
    [
        "<p>Grant type 'authorization_code' not allowed for the client.</p>",
        "<p>Response type code is not allowed for this client.</p>",
        "<p>Automated clients are not permitted</p>",
        "<p>Clients from this network are not allowed here</p>",
        "<p>The SAML application is not configured</p>",
        "<p>The request was out of scope: page not found</p>",
    ],
)
def test_other_things_that_are_refused_blame_neither_client_nor_scopes(build, said):
    walk = ended(build, said, 403)
    assert not [fix for fix in advised(build, walk) if fix.startswith((CLIENT, SCOPES))]
    assert build.judge("requested-scope", walk).status != "failed"


def elsewhere(build, said, status, *, late=False):
    """A login at another server, where this one is a client, which ends on ``said``."""
    asked = build.authorization(client_id="alexa-skill", endpoint=f"{HOST}/authorize")
    address = f"{ELSEWHERE}/auth?client_id=shop.apps&redirect_uri={HOST}/callback"
    steps = [build.get(asked.url, location=address)]
    if late:
        steps += [build.get(address, excerpt=FORM), build.post(address, {"pw": "<password#1>"}, location="/consent")]
    end = build.get(f"{ELSEWHERE}/consent" if late else address, status=status, excerpt=said)
    kind = "dead_end" if late else "login_not_found"
    return build.walk([*steps, end], asked=asked, answer=None, ending=kind, login=TYPED if late else ())


@pytest.mark.parametrize(
    ("said", "status", "late", "advice"),
    [
        ("<p>Invalid web redirect url.</p>", 403, False, "register `https://login.example.com/callback` there"),
        ("<p>The OAuth client was deleted.</p>", 401, False, "see at accounts.google.com that the client `shop.apps`"),
        ("<p>invalid_client</p>", 403, False, "see at accounts.google.com that the client `shop.apps` exists"),
        ("<h1>App not active</h1><p>The developer is aware.</p>", 400, False, "open that app to all customers"),
        ("<p>Error 403: org_internal</p>", 403, False, "open that app to all customers"),
        ("<title>Error 403: access_denied</title><p>Access blocked</p>", 403, True, "open that app to all customers"),
    ],
)
def test_what_another_server_refuses_is_laid_to_the_client_that_asks_there(build, said, status, late, advice):
    walk = elsewhere(build, said, status, late=late)
    (fix,) = advised(build, walk)
    assert advice in fix
    assert build.judge("embedded-browser", walk).status == "inconclusive"


@pytest.mark.parametrize(
    ("said", "status", "late"),
    [("<p>Sorry</p>", 403, False), ("<p>Bad request</p>", 400, True), ("<p>disallowed_useragent</p>", 403, False)],
)
def test_a_page_that_names_no_client_is_laid_to_none(build, said, status, late):
    assert not any("client of its own" in fix for fix in advised(build, elsewhere(build, said, status, late=late)))


def test_a_client_id_that_is_called_an_invalid_value_is_the_client(build):
    said = "<h2>400</h2><p>Your request resulted in an error. Invalid value for 'client_id' parameter.</p>"
    assert [fix.startswith(CLIENT) for fix in advised(build, ended(build, said, 400))] == [True]


def test_login_pages_that_a_client_has_none_of_are_no_ban(build):
    walk = ended(build, "<h1>Login pages unavailable</h1><p>Please contact an administrator.</p>", 403)
    assert [fix.startswith("The server has no login pages to show to this client") for fix in advised(build, walk)] == [
        True
    ]


def led_to(build, query):
    """A server that leads to an error page whose words name no reason, and whose address holds ``query``."""
    asked = build.authorization(client_id="alexa-skill", endpoint=f"{HOST}/authorize")
    address = f"{HOST}/error?{query}"
    end = build.get(address, status=400, excerpt="<p>An error was encountered with the requested page.</p>")
    steps = [build.get(asked.url, location=address), end]
    (found,) = build.judge("error-page", build.walk(steps, asked=asked, answer=None, ending="login_not_found")).findings
    return found


def test_the_reason_that_stands_in_the_address_of_an_error_page_is_told(build):
    found = led_to(build, "error=invalid_request&error_description=User%20pool%20client%20x%20does%20not%20exist.")
    assert "in its address “invalid_request: User pool client x does not exist.”" in found.message
    assert found.fix.text.startswith(CLIENT)
    assert "in its address “server_error”" in led_to(build, "error=server_error").message


@pytest.mark.parametrize("query", ["code=7", "error=", "message=server_error"])
def test_an_address_without_an_error_is_not_quoted(build, query):
    assert "in its address" not in led_to(build, query).message
