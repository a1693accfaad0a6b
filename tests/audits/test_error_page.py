"""Where the login stops: error pages by status and by words, pages that forgot Alexa, and what is neither."""

from __future__ import annotations

import json

import pytest

from e2e_linker.evidence.models import Causes, Ending, LoginStep, NotCollected, Present, Trial
from e2e_linker.evidence.page import ConsoleMessage, Sight
from e2e_linker.evidence.traffic import Body, SetCookie
from e2e_linker.model import Confidence, Fault, Severity

AUDIT = "error-page"
LOGIN = "https://login.example.com"
TYPED = [
    LoginStep(at=0.22, action="fill", target="#password", what="password", outcome="done"),
    LoginStep(at=0.23, action="click", target="button", what="submit", outcome="done"),
]


def ended(build, pieces, *, url=f"{LOGIN}/end", status=200, ending="dead_end", login=TYPED, seen=None, **more):
    """A login whose password was posted and that then stopped at ``url``, seen as ``seen`` (fields of a digest)."""
    asked = build.authorization()
    steps = [*build.healthy_steps(asked, None)[:2], build.post(f"{LOGIN}/login", {}, location=url, status=303)]
    steps.append(build.get(url, status=status, **more))
    shown = [pieces.screen(1, 0.25, pieces.digest())]
    if seen is not None:
        shown.append(pieces.screen(2, 0.6, pieces.digest(url, **({"controls": (), "headings": ()} | seen))))
    return build.walk(steps, answer=None, ending=ending, login=login, screens=shown)


def only(outcome):
    assert outcome.status == "failed", outcome
    (found,) = outcome.findings
    assert found.rule == "screen-error-page"
    assert found.symptom
    assert found.severity is Severity.BREAKS
    return found


@pytest.mark.parametrize("ending", ["dead_end", "login_not_found", "timeout"])
@pytest.mark.parametrize("status", [400, 404, 413, 431, 500, 503])
def test_an_error_status_is_found_and_quoted(build, pieces, status, ending):
    walk = ended(build, pieces, status=status, ending=ending, seen={"title": "Oh no", "text": "The lamp is broken"})
    found = only(build.judge(AUDIT, walk))
    assert found.message == (
        f"The login ends on an error page of login.example.com: status {status}, title “Oh no”, “The lamp is broken”."
    )
    assert found.subject == f"login.example.com {status}"
    assert (found.primary.ref, found.related[0].ref) == ("measured#4", "measured#2")


def test_an_empty_answer_is_said_to_be_empty(build, pieces):
    assert "status 500, an empty page" in only(build.judge(AUDIT, ended(build, pieces, status=500, excerpt=""))).message


def test_without_a_screen_the_source_is_quoted(build, pieces):
    page = "<html><head><title>Broken</title><style>p{}</style></head><body><p>No such client</p><!-- x -->"
    walk = ended(build, pieces, status=400, excerpt=page).model_copy(update={"screens": NotCollected(reason="HAR")})
    assert "title “Broken”, “No such client”" in only(build.judge(AUDIT, walk)).message


@pytest.mark.parametrize("ending", ["dead_end", "login_not_found"])
def test_an_error_on_the_very_first_page_is_found(build, ending):
    walk = build.walk([build.get(f"{LOGIN}/authorize", status=503)], answer=None, ending=ending)
    assert only(build.judge(AUDIT, walk)).subject == "login.example.com 503"


AT_ONCE = "The server refuses the authorization request itself, before anybody logs in"
ITSELF = "The server refuses the authorization request itself: correct what its page"
THE_SCOPES = "Compare the scopes of the skill, `profile`, with those"
THE_CLIENT = "The page refuses the client id of the skill, `alexa-skill`: compare it"


def test_the_advice_goes_by_what_is_known(build, pieces):
    first = [build.get(f"{LOGIN}/authorize", location=f"{LOGIN}/error"), build.get(f"{LOGIN}/error", status=400)]
    at_once = build.walk(first, answer=None, ending="login_not_found")
    assert "refuses the authorization request itself" in only(build.judge(AUDIT, at_once)).fix.text
    later = only(build.judge(AUDIT, ended(build, pieces, status=400))).fix.text
    assert "Keep the authorization request through the whole login" in later
    for status in (413, 414, 431):
        large = build.walk([build.get(f"{LOGIN}/authorize", status=status)], answer=None, ending="dead_end")
        assert only(build.judge(AUDIT, large)).fix.text.startswith("The size of the request is what is refused.")
    for words, advice in (
        ("The requested redirect uri is malformed.", ITSELF),
        ("The requested scope is invalid.", THE_SCOPES),
        ("failed due to unknown client", THE_CLIENT),
        ("Invalid client_id parameter value.", THE_CLIENT),
        ("unauthorized_client: redirect_uri_mismatch", ITSELF),
    ):
        refused = only(build.judge(AUDIT, ended(build, pieces, seen={"title": "An error has occurred", "text": words})))
        assert refused.fix.text.startswith(advice)
    for words in (
        "Invalid request: CSRF token missing",
        "Confirm your e-mail. Return URL: /home",
        "Invalid client_id=alexa&state=s",
    ):
        unclear = only(build.judge(AUDIT, ended(build, pieces, seen={"title": "An error has occurred", "text": words})))
        assert "refuses the authorization request" not in unclear.fix.text
    failing = only(build.judge(AUDIT, ended(build, pieces, status=500))).fix.text
    assert failing == f"Look into the server's log at that moment: {LOGIN}/end fails by itself."


def test_a_page_that_may_want_something_of_the_account_is_to_be_asked_first(build, pieces):
    seen = {"title": "Verify your address", "text": "We have sent you a mail."}
    found = only(build.judge(AUDIT, ended(build, pieces, url=f"{LOGIN}/confirm-email", seen=seen)))
    assert found.confidence is Confidence.POSSIBLE
    assert found.fix.text.startswith("Do what this page asks of the test account")
    assert "Otherwise: Keep the authorization request" in found.fix.text
    known = only(build.judge(AUDIT, ended(build, pieces, url=f"{LOGIN}/", seen={"title": "Dashboard"})))
    assert known.fix.text.startswith("Keep the authorization request")


ELSEWHERE = [
    "You are signed in on another device",
    "Another session is active",
    "Too many active sessions",
    "Sie sind bereits auf einem anderen Gerät angemeldet",
    "Sie sind von einem anderen Gerät aus angemeldet",
    "Trop d'appareils",
    "Une autre session est déjà ouverte",
    "Otra sesión ya está abierta",
    "Un'altra sessione è già aperta",
    "Outra sessão já está ativa",
    "Nombre maximal d’appareils atteint",
    "Has iniciado sesión desde otro navegador",
    "Sessão iniciada noutro dispositivo",
    "Você iniciou sessão em outro aparelho",
    "Vous êtes déjà connecté sur un autre appareil",
    "Ya tienes una sesión iniciada en otro dispositivo",
    "Hai già effettuato l'accesso su un altro dispositivo",
    "Sua conta já está conectada em outro dispositivo",
    "別の端末でログイン中です",
    "他のデバイスでログインしています",
    "आप किसी अन्य डिवाइस पर लॉग इन हैं",
    "لقد تم تسجيل الدخول من جهاز آخر",
]
IN_AN_APP = [
    "Open in our app",
    "Continue in the Lumo app",
    "Weiter in der App",
    "Continuez dans l'application",
    "Abrir en la app",
    "Apri nell'app",
    "Continuar no aplicativo",
    "アプリで開く",
    "ऐप में खोलें",
    "المتابعة في التطبيق",
]


@pytest.mark.parametrize(
    ("said", "advice"),
    [
        *((one, "The page speaks of other sessions") for one in ELSEWHERE),
        *((one, "The page sends the customer on into an app") for one in IN_AN_APP),
    ],
)
def test_a_page_of_other_sessions_or_of_an_app_is_told_in_its_own_words(build, pieces, said, advice):
    for seen in ({"title": said}, {"headings": (said,)}, {"text": said}):
        look = {"title": "Dashboard", "text": "Hello", "headings": (), **seen}
        fix = only(build.judge(AUDIT, ended(build, pieces, url=f"{LOGIN}/", seen=look))).fix.text
        assert fix.startswith(advice)
        assert "Otherwise: Keep the authorization request" in fix
    refused = only(build.judge(AUDIT, ended(build, pieces, status=403, seen={"title": "Error", "text": said})))
    assert refused.fix.text.startswith(advice)


@pytest.mark.parametrize(
    ("said", "more"),
    [
        ("Continue in the Alexa app", {}),
        ("Open the Amazon Alexa app to continue", {}),
        ("Continue in your authenticator app", {}),
        ("You are signed in", {}),
        ("Your device is online. Add another device", {}),
        ("Get the app", {}),
        ("Hello " * 60 + "Continue in the app", {}),
        ("Too many sessions", {"status": 500}),
        ("No other sessions are active", {}),
        ("You are not signed in on another device", {}),
        ("Inicia sesión desde otro navegador", {}),
        ("Prova a effettuare l'accesso da un altro browser", {}),
        ("Inicie sessão em outro navegador", {}),
        ("حاول تسجيل الدخول من متصفح آخر", {}),
        ("別のブラウザでログインしてお試しください", {}),
        ("एलेक्सा ऐप में खोलें", {}),
        ("Open the BankID app to log in", {}),
        ("Open the Okta Verify app to continue", {}),
        ("This browser is not supported. Continue in the app", {"status": 403}),
        ("redirect_uri mismatch. Open the app to continue", {"status": 400}),
        ("Invalid client_id. Open the app to continue", {"status": 400}),
        ("The redirect uri is wrong. Open the app to continue", {"status": 400}),
        ("Your session has expired. Open the app to continue", {"status": 400}),
    ],
)
def test_what_is_said_of_sessions_or_apps_in_passing_says_nothing(build, pieces, said, more):
    seen = {"title": "Dashboard", "text": said}
    fix = only(build.judge(AUDIT, ended(build, pieces, url=f"{LOGIN}/", seen=seen, **more))).fix.text
    assert "The page s" not in fix


SID = SetCookie(name="connect.sid", value="<cookie#2>", size=90, path="/", http_only=True)
CHECK_FIRST = "Check first that client id and redirect URI are registered just as Alexa sends them"
KEEP = "eep the authorization request through the login"


def lost(build, pieces, kind):
    """A login that ends at the portal of its server, by how the server treats the authorization request."""
    asked = build.authorization()
    again, front, home, bare = asked.url, f"{LOGIN}/", f"{LOGIN}/portal", f"{LOGIN}/authorize"
    form = f"{LOGIN}/login?next=%2Fauthorize%3F{asked.url.partition('?')[2].replace('&', '%26')}"
    shown = build.get(home, excerpt="<title>Portal</title>")
    steps = {
        "seen once more": [
            build.get(form),
            build.post(form, {}, location=again),
            build.get(again, location=home),
            shown,
        ],
        "sent in place": [build.post(again, {}, location=home), shown],
        "shown in place": [build.post(again, {})],
        "front page": [build.get(front), build.post(front, {}, location=home), shown],
        "taken up": [
            build.get(form),
            build.post(form, {}, location=again),
            build.get(again, location=f"{LOGIN}/consent"),
            build.get(f"{LOGIN}/consent"),
            build.post(f"{LOGIN}/consent", {}, location=home),
            shown,
        ],
        "taken up in place": [build.post(again, {}), build.post(f"{LOGIN}/code", {}, location=home), shown],
        "carried": [build.get(form), build.post(form, {}, location=home), shown],
        "carried in the form": [build.post(f"{LOGIN}/login", {"state": asked.state}, location=home), shown],
        "asked by a script": [
            build.get(f"{LOGIN}/login"),
            build.post(f"{LOGIN}/login", {}, location=home),
            shown,
            build.sub(again, "fetch"),
        ],
        "asked by a frame": [
            build.get(f"{LOGIN}/login"),
            build.post(f"{LOGIN}/login", {}, location=home),
            shown,
            build.get(again, main_frame=False, frame=1),
        ],
        "front page that sends to the bare endpoint": [
            build.get(front),
            build.post(front, {}, location=bare),
            build.get(bare, location=home),
            shown,
        ],
        "front page with an error": [
            build.get(front, status=403),
            build.get(f"{LOGIN}/login", set_cookies={"sid": 40}),
            build.post(f"{LOGIN}/login", {}, location=home),
            shown,
        ],
        "not seen again": [
            build.get(f"{LOGIN}/login", set_cookies={"sid": 40}),
            build.post(f"{LOGIN}/login", {}, location=home),
            shown,
        ],
        "no cookie": [build.get(f"{LOGIN}/login"), build.post(f"{LOGIN}/login", {}, location=home), shown],
        "sent by a script": [
            build.get(f"{LOGIN}/login"),
            {**build.sub(f"{LOGIN}/session", "fetch"), "method": "POST"},
            build.post(f"{LOGIN}/login", {}, location=home),
            shown,
        ],
        "a new session": [
            build.get(f"{LOGIN}/login", cookie="connect.sid=a"),
            build.post(f"{LOGIN}/login", {}, location=home, cookie="connect.sid=a", set_cookies=[SID]),
            shown,
        ],
        "a session that each answer sets anew": [
            build.get(f"{LOGIN}/login", cookie="connect.sid=a", set_cookies=[SID]),
            build.post(f"{LOGIN}/login", {}, location=home, cookie="connect.sid=a", set_cookies=[SID]),
            shown,
        ],
    }[kind]
    location = steps[0]["url"] if steps[0]["method"] == "GET" else None
    first = build.get(asked.url, location=location) if location else build.get(asked.url)
    end = steps[-1]["url"]
    digest = pieces.digest(end, controls=(), headings=("Welcome",), title="Portal", text="Welcome. Your applications.")
    login = [one.model_copy(update={"at": 0.25 if location else 0.15}) for one in TYPED]
    screens = [pieces.screen(1, 0.9, digest)]
    return build.walk([first, *steps], asked=asked, answer=None, ending="dead_end", login=login, screens=screens)


@pytest.mark.parametrize(
    "kind",
    ["seen once more", "sent in place", "shown in place", "front page", "front page that sends to the bare endpoint"],
)
def test_where_the_server_had_the_request_and_shows_its_portal_the_client_is_checked_first(build, pieces, kind):
    fix = only(build.judge(AUDIT, lost(build, pieces, kind))).fix.text
    assert fix.startswith(CHECK_FIRST)
    assert ("the server got the request once more after the login" in fix) is (kind == "seen once more")
    assert ("Where both are right, go on with the request there." in fix) is (kind == "seen once more")
    assert (f"Where both are registered, k{KEEP}" in fix) is (kind != "seen once more")
    assert ("Compare authorizationUrl" in fix) is (kind != "seen once more")


@pytest.mark.parametrize(
    "kind",
    ["carried", "carried in the form", "taken up", "taken up in place", "asked by a script", "asked by a frame"],
)
def test_where_the_login_held_the_request_it_is_to_be_kept(build, pieces, kind):
    fix = only(build.judge(AUDIT, lost(build, pieces, kind))).fix.text
    assert fix.startswith(f"K{KEEP}")
    assert "registered" not in fix
    assert "authorizationUrl" not in fix


@pytest.mark.parametrize("kind", ["not seen again", "front page with an error"])
def test_where_nothing_tells_the_two_apart_both_are_named(build, pieces, kind):
    fix = only(build.judge(AUDIT, lost(build, pieces, kind))).fix.text
    assert fix.startswith(f"K{KEEP}")
    assert "Or the server does not know the request" in fix
    assert "check that client id and redirect URI are registered" in fix


@pytest.mark.parametrize("kind", ["no cookie", "sent by a script"])
def test_where_no_cookie_is_set_that_is_told_first_unless_a_script_may_hold_the_request(build, pieces, kind):
    fix = only(build.judge(AUDIT, lost(build, pieces, kind))).fix.text
    assert fix.startswith("The server sets no cookie") is (kind == "no cookie")
    assert ("X-Forwarded-Proto" in fix) is (kind == "no cookie")
    assert f"K{KEEP}" in fix


@pytest.mark.parametrize("kind", ["a new session", "a session that each answer sets anew"])
def test_a_session_that_the_login_renews_may_have_dropped_what_it_held(build, pieces, kind):
    fix = only(build.judge(AUDIT, lost(build, pieces, kind))).fix.text
    assert fix.startswith(f"K{KEEP}")
    assert ("The answer to the login replaces `connect.sid`" in fix) is (kind == "a new session")


@pytest.mark.parametrize(
    ("status", "text", "registered"),
    [
        (403, "Forbidden", True),
        (400, "Unauthorized client", True),
        (400, "Unknown client", False),
        (500, "Forbidden", False),
        (404, "Not Found", False),
        (400, "The requested scope is invalid.", False),
    ],
)
def test_a_whole_request_that_is_refused_after_the_login_is_a_matter_of_its_registration(
    build, pieces, status, text, registered
):
    asked = build.authorization()
    for url, told in ((asked.url, registered), (asked.url.partition("&")[0], False), (f"{LOGIN}/next", False)):
        walk = ended(build, pieces, url=url, status=status, seen={"title": "Error", "text": text})
        fix = only(build.judge(AUDIT, walk)).fix.text
        assert ("got the request once more after the login, and refuses it" in fix) is told


def test_a_request_that_is_refused_without_its_cookie_may_be_for_that(build, pieces):
    given = SetCookie(name="sid", value="<cookie#1>", size=20, path="/", same_site="None")
    asked = build.authorization()
    steps = [
        *build.healthy_steps(asked, None)[:2],
        build.post(f"{LOGIN}/login", {}, location=asked.url, set_cookies=[given]),
        build.get(asked.url, status=403),
    ]
    walk = build.walk(
        steps, answer=None, ending="dead_end", login=TYPED, screens=[pieces.screen(1, 0.25, pieces.digest())]
    )
    assert "registered" not in only(build.judge(AUDIT, walk)).fix.text


@pytest.mark.parametrize(
    ("status", "text", "known"),
    [
        (404, "Not Found", False),
        (405, "Method Not Allowed", False),
        (410, "", False),
        (404, "Not Found: /authorize?response_type=code&client_id=alexa-skill", False),
        (404, "Client not found", True),
        (404, "invalid_request", True),
    ],
)
def test_an_address_that_the_server_does_not_know_is_a_matter_of_the_skill(build, pieces, status, text, known):
    found = only(build.judge(AUDIT, at_once(build, pieces, status=status, text=text)))
    assert found.fix.text.startswith("Compare authorizationUrl") is not known
    assert found.blame is (Fault.IDENTITY_PROVIDER if known else Fault.SKILL_CONFIGURATION)
    later = only(build.judge(AUDIT, ended(build, pieces, status=status, seen={"text": text})))
    assert (later.blame, "authorizationUrl" in later.fix.text) == (Fault.IDENTITY_PROVIDER, False)


@pytest.mark.parametrize(
    ("status", "seen", "headers", "said"),
    [
        (503, {"title": "Maintenance"}, (), "is down for now (“Maintenance”). Run again"),
        (
            503,
            {"text": "Busy"},
            [("Retry-After", "3600")],
            "is down for now, and wants to be asked again after 3600 s.",
        ),
        (503, {"text": "Busy"}, [("Retry-After", "soon")], "is down for now. Run again"),
        (500, {"text": "We’ll be back soon"}, [("Retry-After", "9")], "is down for now (“We’ll be back”). Run again"),
        (200, {"headings": ("Wartungsarbeiten",)}, (), "is down for now (“Wartungsarbeiten”)"),
        (
            200,
            {"text": "Down for scheduled maintenance until 9"},
            (),
            "is down for now (“Down for scheduled maintenance”)",
        ),
        (200, {"text": "このサイトはメンテナンス中です"}, (), "is down for now"),
    ],
)
def test_a_server_that_says_that_it_is_down_for_a_while_is_to_be_asked_again(
    build, pieces, status, seen, headers, said
):
    found = only(build.judge(AUDIT, ended(build, pieces, status=status, seen=seen, response_headers=headers)))
    assert f"login.example.com says that it {said}" in found.fix.text


@pytest.mark.parametrize(
    ("status", "text"),
    [
        (400, "Bad request. Scheduled maintenance is on Sunday."),
        (500, "TypeError" + " at line 7" * 60 + " in scheduled maintenance"),
        (200, "Error: unknown application. Call our maintenance staff."),
        (200, "Invalid redirect_uri. Scheduled maintenance is on Sunday."),
    ],
)
def test_an_error_page_that_speaks_of_maintenance_in_passing_is_one_all_the_same(build, pieces, status, text):
    found = only(build.judge(AUDIT, ended(build, pieces, status=status, seen={"title": "Error", "text": text})))
    assert "down for now" not in found.fix.text


@pytest.mark.parametrize("heading", ["Maintenance", "Scheduled maintenance"])
def test_a_page_of_the_service_that_offers_maintenance_is_no_error_page(build, pieces, heading):
    seen = {"title": "My home", "headings": ("Devices", heading), "text": "Vacuum cleaner"}
    home = {**seen, "controls": (pieces.control(label="Clean the filter"),)}
    found = only(build.judge(AUDIT, ended(build, pieces, url=f"{LOGIN}/dashboard", seen=home)))
    assert found.message.startswith("After the login the customer is left on a page of login.example.com")
    assert "down for now" not in found.fix.text
    down = only(build.judge(AUDIT, ended(build, pieces, url=f"{LOGIN}/dashboard", seen=seen)))
    assert "down for now" in down.fix.text


def test_an_address_that_is_refused_for_its_length_is_not_to_be_compared(build, pieces):
    text = "HTTP Error 404.15 - Not Found. The request filtering module denies a query string that is too long."
    asked = build.authorization()
    step = build.get(asked.url, status=404, excerpt=f"<h2>{text}</h2>", response_headers=[("Server", "IIS/10.0")])
    found = only(build.judge(AUDIT, build.walk([step], asked=asked, answer=None, ending="login_not_found")))
    assert found.blame is Fault.IDENTITY_PROVIDER
    assert found.fix.text.startswith("The size of the request is what is refused. IIS probably answered: raise")


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("interaction session id cookie not found", "The server looks for a session, and does not find it."),
        ("Your session has expired", "The server looks for a session, and does not find it."),
        ("Restart login cookie not found. It may have expired.", "The server looks for a session"),
        ("Invalid origin", "The server does not take its own login page for its own"),
        ("Origin not allowed", "The server does not take its own login page for its own"),
        ("Invalid CORS request", "The server does not take its own login page for its own"),
        ("Cookies\nThis page is not found", None),
        ("The session for yoga is expired by now", None),
    ],
)
def test_what_is_refused_for_its_session_or_its_origin_is_no_refusal_of_the_request(build, pieces, text, advice):
    later = ended(build, pieces, status=400, seen={"title": "Error", "text": text})
    first = at_once(build, pieces, status=400, title="Error", text=text)
    fixes = [only(build.judge(AUDIT, walk)).fix.text for walk in (first, later)]
    assert all(fix.startswith(advice or "") for fix in fixes)
    assert any("trusted origins" in fix or "looks for a session" in fix for fix in fixes) is (advice is not None)


def unseen(build, pieces, said, *, before="Sign in", typed=TYPED, url=f"{LOGIN}/login", status=200):
    """A login form whose script sends it, and that then says ``said`` in place of ``before``."""
    steps = [
        *build.healthy_steps(build.authorization(), None)[:2],
        {**build.sub(f"{LOGIN}/api/sign-in", "fetch", status=403), "method": "POST"},
    ]
    if url != f"{LOGIN}/login":
        steps.append(build.post(url, {}, status=status))
    looks = [pieces.digest(text=before), pieces.digest(url, text=said)]
    screens = [pieces.screen(0, 0.22, looks[0]), pieces.screen(1, 0.9, looks[1])]
    return build.walk(steps, answer=None, ending="dead_end", login=typed, screens=screens)


@pytest.mark.parametrize("where", [{}, {"url": f"{LOGIN}/session", "status": 403}])
@pytest.mark.parametrize(
    "said",
    [
        *("Invalid origin", "Sorry, your session has expired.", "Exceeded authentication timeout"),
        *("Überschreitung des Zeitlimits für die Authentifizierung", "Délai d’authentification dépassé"),
    ],
)
def test_a_form_that_is_refused_before_its_password_was_looked_at_is_found(build, pieces, said, where):
    found = only(build.judge(AUDIT, unseen(build, pieces, f"Sign in\n{said}", **where)))
    assert found.message.startswith("The login is refused by a page of login.example.com: status ")
    assert "invalid" not in found.fix.text.lower()
    assert ("trusted origins" in found.fix.text) is (said == "Invalid origin")


@pytest.mark.parametrize(
    ("said", "more"),
    [
        ("Your session has expired.", {"before": "Your session has expired. Sign in"}),
        ("Your session has expired.", {"typed": ()}),
        ("Sign in again.", {}),
        ("Zeitlimit für die Authentifizierung: 5 Minuten", {}),
    ],
)
def test_a_form_that_said_so_before_or_says_nothing_of_it_is_left_open(build, pieces, said, more):
    assert build.judge(AUDIT, unseen(build, pieces, said, **more)).status == "inconclusive"


def in_place(build, pieces, said, *, before="Sign in", typed=TYPED, buttons=("Sign out", "Switch user")):
    """A login of one document that says ``said`` where its form stood, and ``before`` before it."""
    controls = tuple(pieces.control(label=label) for label in buttons)
    looks = [pieces.digest(text=before), pieces.digest(controls=controls, headings=("Hello",), text=said)]
    screens = [pieces.screen(0, 0.21, looks[0]), pieces.screen(1, 0.9, looks[1])]
    steps = build.healthy_steps(build.authorization(), None)[:2]
    return build.walk(steps, answer=None, ending="dead_end", login=typed, screens=screens)


@pytest.mark.parametrize(
    ("said", "advice"),
    [
        ("Error, no required scope is available", ITSELF),
        ("Error 17: unknown scope", THE_SCOPES),
        ("Fehler: no such scope", ITSELF),
    ],
)
def test_an_error_that_stands_where_the_form_stood_is_found_beside_buttons(build, pieces, said, advice):
    found = only(build.judge(AUDIT, in_place(build, pieces, f"Example\n{said}\nHello Rose")))
    assert found.confidence is Confidence.LIKELY
    assert said in found.message
    assert found.message.startswith("The login ends on an error page of login.example.com: status 200")
    assert found.fix.text.startswith(advice)


@pytest.mark.parametrize(
    ("said", "more"),
    [
        ("Hello Rose\nKitchen\nHall", {}),
        ("Error, no cookies", {"before": "Sign in\nError, no cookies"}),
        ("Error, no required scope is available", {"typed": ()}),
        ("Error: wrong password", {}),
        ("Error: your account is not confirmed", {}),
        ("Errors\nError log\nError-proof lamps", {}),
        ("The lamp tells of each error: it blinks", {}),
        ("Error: no such scope", {"buttons": ("Continue",)}),
        ("Error: " + "a text on the page, and no message " * 9, {}),
        ("Error: the hall does not answer\n" + "The kitchen is lit\n" * 70, {}),
    ],
)
def test_a_login_of_one_document_that_stopped_without_a_new_error_is_left_open(build, pieces, said, more):
    assert build.judge(AUDIT, in_place(build, pieces, said, **more)).status == "inconclusive"


def refused_late(build, pieces, said, *, label="Go to portal", before="Sign in", typed=True, led_to=None, **more):
    """A login that is posted to the authorization endpoint, whose answer says ``said`` over one button.

    ``led_to``: the title of the page of the server's own to which that button led.
    """
    asked = build.authorization()
    given = (pieces.control(label=label), pieces.control(label="", visible=False), *more.pop("controls", ()))
    shown = {"title": "Sign-on", "headings": (), "text": f"{said}\n{label}\nService provided by Acme", **more}
    steps = [build.get(asked.url), build.post(asked.url, {})]
    screens = [
        pieces.screen(0, 0.12, pieces.digest(asked.url, text=before)),
        pieces.screen(1, 0.3, pieces.digest(asked.url, controls=given, **shown)),
    ]
    login = [one.model_copy(update={"at": 0.13}) for one in TYPED] if typed else []
    if led_to is not None:
        steps.append(build.get(f"{LOGIN}/?cancel=1"))
        home = pieces.digest(f"{LOGIN}/?cancel=1", controls=(), headings=(), title=led_to, text="Lamps, Locks")
        screens.append(pieces.screen(2, 0.9, home))
        login.append(LoginStep(at=0.25, action="click", target=f"button “{label}”", what="next", outcome="done"))
    return build.walk(steps, asked=asked, answer=None, ending="dead_end", login=login, screens=screens)


LATE = {
    "Unauthorized URL": "Check first that the redirect URIs are registered",
    "Mauvaise URL": "Check first that the redirect URIs are registered",
    "Fehlerhafte URL": "Check first that the redirect URIs are registered",
    "The callback URL is not registered": "Check first that the redirect URIs are registered",
    "This application is not known": "Check first that the client id is registered",
    "Cette application n’est pas reconnue": "Check first that the client id is registered",
    "不明なクライアントです": "Check first that the client id is registered",
    "Unknown application": "Check first that the client id is registered",
    "Die Anwendung wurde gesperrt": "Check first that the client id is registered",
    "このアプリケーションは許可されておりません": "Check first that the client id is registered",
    "このクライアントは登録されていません": "Check first that the client id is registered",
    "This application is disabled": "Check first that the client id is registered",
    "Scope devices is not allowed": "Check first that the server knows every scope",
    "You're not authorized to access to this host": "Check first that the test account may use this client",
    "Vous n'êtes pas autorisé à accéder à ce site": "Check first that the test account may use this client",
    "Sie sind nicht berechtigt, auf diesen Host zuzugreifen": "Check first that the test account may use this client",
    "Error": "The server answers the password with this page",
    "Fehler 21": "The server answers the password with this page",
    "An error has occurred.": "The server answers the password with this page",
    "403 Forbidden": "The server answers the password with this page",
    "Not allowed!": "The server answers the password with this page",
    "Accès interdit": "The server answers the password with this page",
    "You have no permission to use this service": "Check first that the test account may use this client",
}


@pytest.mark.parametrize("said", LATE)
@pytest.mark.parametrize(
    "label",
    [
        *("Go to portal", "Zum Portal", "Aller au portail", "Continue to portal", "ポータルへ"),
        *("Continue to your account", "OK, to my profile", "Weiter zu meinem Konto", "Continuer vers mon compte"),
        *("Continuar a mi cuenta", "Continua al mio account", "Continuar para a minha conta", "マイページに続ける"),
    ],
)
def test_a_page_that_took_the_password_and_refuses_the_request_is_found_whatever_its_status(build, pieces, said, label):
    found = only(build.judge(AUDIT, refused_late(build, pieces, said, label=label)))
    assert found.confidence is Confidence.LIKELY
    assert found.message.startswith("The login ends on an error page of login.example.com: status 200")
    assert f"“{said} {label}" in found.message
    assert found.fix.text.startswith(LATE[said])
    assert all(name in found.fix.text for name in ("client id", "redirect URI", "scope"))


@pytest.mark.parametrize("said", LATE)
def test_a_button_that_led_off_such_a_page_is_not_what_lost_the_request(build, pieces, said):
    found = only(build.judge(AUDIT, refused_late(build, pieces, said, led_to="My dashboard")))
    assert found.message.startswith(
        f"After the login login.example.com shows “{said} Go to portal Service provided by Acme”, and button "
        "“Go to portal” there leads to a page of login.example.com instead of to the Alexa app: status 200, title"
    )
    assert found.fix.text.startswith(LATE[said])


def test_a_page_of_the_authorization_endpoint_in_other_words_is_quoted_too(build, pieces):
    found = only(build.judge(AUDIT, refused_late(build, pieces, "Tämä ei käy", led_to="My dashboard")))
    assert "shows “Tämä ei käy Go to portal Service provided by Acme”, and button “Go to portal” there" in found.message
    assert found.fix.text.startswith(CHECK_FIRST)


@pytest.mark.parametrize(
    ("said", "more"),
    [
        ("Welcome back", {}),
        ("This application is not known", {"typed": False}),
        ("This application is not known", {"before": "This application is not known\nSign in"}),
        ("This application is not known", {"label": "Continue"}),
        ("Your account is not authorized to use this application", {}),
        ("Unknown device: is it yours?", {}),
        ("Errors\nError log", {}),
        ("Alexa is not allowed to read your mail", {}),
        ("The url of your home: lamps.example.com", {}),
        ("許可されているアプリケーション\nこのアプリケーションは登録されています", {}),
        ("Disabled applications", {}),
        ("Alexa has no access to your mail", {}),
        ("Not allowed: lamps\nNo permission for the garage", {}),
        ("Error 0\nLamps 3", {}),
        ("Error: 0\nLamps 3", {}),
    ],
)
def test_a_page_that_says_no_such_thing_or_asks_for_more_is_left_open(build, pieces, said, more):
    assert build.judge(AUDIT, refused_late(build, pieces, said, **more)).status == "inconclusive"


def test_a_search_of_the_site_asks_for_nothing(build, pieces):
    search = pieces.control(kind="field", type="text", name="q", label="Find")
    found = only(build.judge(AUDIT, refused_late(build, pieces, "This application is not known", controls=(search,))))
    assert found.fix.text.startswith("Check first that the client id is registered")


def test_a_page_with_a_field_may_ask_for_more(build, pieces):
    field = pieces.control(kind="field", type="text", label="Home")
    walk = refused_late(build, pieces, "This application is not known", controls=(field,))
    assert build.judge(AUDIT, walk).status == "inconclusive"


@pytest.mark.parametrize("said", ["CSRF verification failed. Request aborted.", "Invalid CSRF token."])
def test_a_form_that_comes_back_for_a_forged_one_is_found(build, pieces, said):
    found = only(build.judge(AUDIT, unseen(build, pieces, f"Sign in\n{said}")))
    assert found.confidence is Confidence.LIKELY
    assert found.message.startswith("The login is refused by a page of login.example.com: status ")
    before = unseen(build, pieces, f"Sign in\n{said}", before=f"Sign in\n{said}")
    assert build.judge(AUDIT, before).status == "inconclusive"


def test_an_error_page_that_takes_a_form_for_a_forged_one_is_as_certain_as_its_status(build, pieces):
    refused = unseen(build, pieces, "CSRF verification failed.", url=f"{LOGIN}/session", status=403)
    bare = ended(build, pieces, status=403, seen={"title": "Error", "text": "CSRF verification failed."})
    assert only(build.judge(AUDIT, bare)).confidence is Confidence.CERTAIN
    assert only(build.judge(AUDIT, refused)).confidence is Confidence.LIKELY


def test_words_beyond_what_is_quoted_of_a_page_are_quoted_too(build, pieces):
    text = f"{'Sign in here. ' * 20}Invalid origin"
    assert "…”, and in it “Invalid origin”." in only(build.judge(AUDIT, unseen(build, pieces, text))).message


@pytest.mark.parametrize(
    "title",
    [
        "Something went wrong",
        "404 Page not found",
        "Seite nicht gefunden",
        "Une erreur est survenue",
        "Página no encontrada",
        "Errore",
        "Algo deu errado",
        "エラーが発生しました",
        "Er ging iets mis",
    ],
)
def test_error_pages_with_status_200_are_known_by_their_words(build, pieces, title):
    found = only(build.judge(AUDIT, ended(build, pieces, seen={"title": title, "text": title})))
    assert found.confidence is Confidence.LIKELY
    assert title in found.message


def test_the_words_may_stand_in_a_heading_or_in_a_short_text(build, pieces):
    for seen in (
        {"title": "Example", "headings": ("Access denied",), "text": "Example"},
        {"title": "Example", "text": "Your session has expired."},
    ):
        found = only(build.judge(AUDIT, ended(build, pieces, seen=seen)))
        assert (found.subject, found.confidence) == ("login.example.com 200", Confidence.LIKELY)


@pytest.mark.parametrize(
    "ending",
    [
        "login_rejected",
        "login_blocked",
        "captcha",
        "unreachable",
        "tls_failure",
        "redirect_loop",
        "crashed",
        "interrupted",
        "errored",
    ],
)
def test_what_is_not_the_pages_doing_is_inconclusive(build, pieces, ending):
    seen = {"title": "Error", "text": "Error: wrong password"}
    walk = ended(build, pieces, status=403, ending=ending, seen=seen)
    outcome = build.judge(AUDIT, walk)
    assert outcome.status == "inconclusive"
    assert ending in outcome.missing[0]


@pytest.mark.parametrize(
    ("status", "title", "text", "found"),
    [
        (200, "Something went wrong", "An unexpected error occurred. Please contact support.", True),
        (503, "Wrong password", "The password could not be compared.", True),
        (200, "Error", "The password is wrong.", False),
        (200, "Fehler", "Ihre Zugangsdaten stimmen nicht.", False),
        (401, "Unauthorized", "Unauthorized", False),
        (200, "Example", "Please try something else.", False),
    ],
)
def test_a_rejected_login_without_a_form_may_be_an_error_page(build, pieces, status, title, text, found):
    walk = ended(build, pieces, status=status, ending="login_rejected", seen={"title": title, "text": text})
    assert (build.judge(AUDIT, walk).status == "failed") is found


def test_a_login_that_was_refused_for_what_was_typed_is_no_error_page_whatever_its_words(build, pieces):
    walk = ended(build, pieces, ending="login_rejected", seen={"title": "Fehler", "text": "Anmeldung fehlgeschlagen"})
    assert build.judge(AUDIT, walk).status == "failed"
    known = Ending(kind="login_rejected", message="login.example.com refused the password", fault=Fault.TESTER)
    assert build.judge(AUDIT, walk.model_copy(update={"ending": known})).status == "inconclusive"


@pytest.mark.parametrize("ending", ["login_not_found", "timeout"])
def test_words_alone_do_not_make_an_error_where_the_login_was_not_found(build, pieces, ending):
    walk = ended(build, pieces, ending=ending, seen={"title": "Error", "text": "Error"})
    assert build.judge(AUDIT, walk).status == "inconclusive"


@pytest.mark.parametrize("status", [200, 400, 401, 403, 422])
def test_a_login_form_that_comes_back_is_no_error_page(build, pieces, status):
    login = {"title": "Error: wrong password", "text": "Error: wrong password", "controls": pieces.digest().controls}
    assert build.judge(AUDIT, ended(build, pieces, status=status, seen=login)).status == "inconclusive"


def test_a_form_of_a_failed_server_is_an_error_page_all_the_same(build, pieces):
    login = {"title": "Error", "text": "Error", "controls": pieces.digest().controls}
    found = only(build.judge(AUDIT, ended(build, pieces, status=500, seen=login)))
    assert found.subject == "login.example.com 500"
    assert "status 500, title “Error”" in found.message


@pytest.mark.parametrize("label", ["Allow", "Zulassen", "許可する", "Autoriser", "Continue to Alexa"])
def test_a_consent_page_is_neither_error_nor_lost(build, pieces, label):
    controls = (pieces.control(label=label), pieces.control("link", "Log out", type="a"))
    consent = {"title": "Welcome! Connect your account", "text": "Errors may happen", "controls": controls}
    assert build.judge(AUDIT, ended(build, pieces, seen=consent)).status == "inconclusive"


@pytest.mark.parametrize(
    ("url", "seen"),
    [
        (f"{LOGIN}/", {"title": "Example", "text": "Hi"}),
        (f"{LOGIN}/home", {"title": "Your lights", "text": "Kitchen, hall and garden are off."}),
        (f"{LOGIN}/accounts/profile/", {"title": "Example", "text": "Hi"}),
        (f"{LOGIN}/x", {"title": "Mein Konto", "text": "Hallo"}),
    ],
)
def test_a_login_that_ends_at_home_has_lost_its_way(build, pieces, url, seen):
    controls = (pieces.control(label="Lamp 1"), pieces.control("field", "Find", type="search"))
    found = only(build.judge(AUDIT, ended(build, pieces, url=url, seen={**seen, "controls": controls})))
    assert found.confidence is Confidence.LIKELY
    assert found.subject == "login.example.com lost"
    assert "instead of in the Alexa app: status 200" in found.message


HOMES = '<h1>x</h1><form method="POST"><button name=home value=1>A</button><input type=submit name=home value=B></form>'


@pytest.mark.parametrize(
    ("title", "heading", "source"),
    [
        ("Choose a home", "Select a home to link", ""),
        ("Choose your profile", "", ""),
        ("Profile", "Wer nutzt Acme?", HOMES),
        ("Sign in", "Who’s watching?", ""),
        ("Qui regarde ?", "", ""),
        ("Startseite", "Wählen Sie ein Zuhause", ""),
        ("ホーム", "ホームを選択してください", ""),
        ("Home", "", HOMES),
    ],
)
def test_a_page_with_something_to_choose_from_has_lost_nothing(build, pieces, title, heading, source):
    controls = tuple(pieces.control("link", label, type="a") for label in ("Beach house", "City flat"))
    seen = {"title": title, "headings": (heading,) if heading else (), "text": "Beach house", "controls": controls}
    assert build.judge(AUDIT, ended(build, pieces, seen=seen, excerpt=source)).status == "inconclusive"
    inside = {**seen, "controls": (*controls, pieces.control("link", "Log out", type="a"))}
    found = only(build.judge(AUDIT, ended(build, pieces, seen=inside, excerpt=source)))
    assert found.confidence is Confidence.POSSIBLE
    assert found.fix.text.startswith("Do what this page asks of the test account")


@pytest.mark.parametrize(
    "source",
    [
        HOMES.replace("POST", "get"),
        HOMES.replace("<input", "</form><form method=post><input"),
        HOMES.replace("<button", "<button type=button"),
        HOMES.replace("<input type=submit", "<input type=text"),
    ],
)
def test_a_home_page_with_less_than_two_ways_to_send_a_form_is_a_lost_way(build, pieces, source):
    seen = {"title": "Home", "text": "Hi", "controls": (pieces.control("link", "Lamps", type="a"),)}
    assert only(build.judge(AUDIT, ended(build, pieces, seen=seen, excerpt=source))).confidence is Confidence.LIKELY


def test_a_way_out_marks_a_page_behind_the_login(build, pieces):
    controls = (pieces.control("link", "Abmelden", type="a"),)
    seen = {"title": "Lampen", "text": "Küche", "controls": controls}
    assert only(build.judge(AUDIT, ended(build, pieces, seen=seen))).confidence is Confidence.LIKELY


def test_a_bare_page_after_the_password_is_possibly_lost(build, pieces):
    seen = {"title": "Example", "text": "Done."}
    assert only(build.judge(AUDIT, ended(build, pieces, seen=seen))).confidence is Confidence.POSSIBLE


@pytest.mark.parametrize(
    "login", [(), [TYPED[0].model_copy(update={"outcome": "failed"})], [TYPED[0].model_copy(update={"at": 9.0})]]
)
def test_nothing_is_lost_before_the_password_was_given(build, pieces, login):
    walk = ended(build, pieces, url=f"{LOGIN}/home", login=login, seen={"title": "Home", "text": "Welcome"})
    assert build.judge(AUDIT, walk).status == "inconclusive"


def test_an_unknown_page_with_buttons_is_left_open(build, pieces):
    seen = {"title": "Lamps", "text": "Kitchen", "controls": (pieces.control(label="Kitchen"),)}
    assert build.judge(AUDIT, ended(build, pieces, seen=seen)).status == "inconclusive"


@pytest.mark.parametrize(
    ("text", "status"),
    [("Error 403: disallowed_useragent", "failed"), ("This browser or app may not be secure", "inconclusive")],
)
def test_a_refusal_of_the_apps_browser_is_an_error_page_and_one_of_robots_is_not(build, pieces, text, status):
    walk = ended(build, pieces, status=403, ending="login_blocked", seen={"title": "Access blocked", "text": text})
    assert build.judge(AUDIT, walk).status == status


def test_a_button_that_went_grey_after_it_was_pressed_still_belongs_to_a_consent_page(build, pieces):
    controls = (pieces.control(label="Allow", enabled=False), pieces.control(label="Cancel"))
    seen = {"title": "Welcome", "text": "Welcome", "controls": controls}
    assert build.judge(AUDIT, ended(build, pieces, seen=seen)).status == "inconclusive"


def test_an_arrival_passes_even_after_an_error_on_the_way(build):
    asked = build.authorization()
    steps = build.healthy_steps(asked, build.answer(asked))
    steps.insert(2, build.get(f"{LOGIN}/oops", status=500))
    assert build.judge(AUDIT, build.walk(steps)).status == "passed"


API = "https://api.example.net/login"
ALLOWED = (("Access-Control-Allow-Origin", LOGIN),)
SECRET = Body(content_type="application/json", size=60, text='{"password":"<password#1>"}')
BLOCKED = (
    f"Access to fetch at '{API}?state=abc' from origin '{LOGIN}' has been blocked by CORS policy: No "
    "'Access-Control-Allow-Origin' header is present on the requested resource."
)


def scripted(build, pieces, *made, ending="login_rejected", said=(), login=TYPED):
    """A login whose page, after the password was typed, made the requests ``made`` and stayed."""
    steps = [*build.healthy_steps(build.authorization(), None)[:2], *made]
    lines = tuple(ConsoleMessage(at=0.9, window=0, type="error", text=text) for text in said)
    shown = [pieces.screen(1, 0.25, pieces.digest())]
    return build.walk(steps, answer=None, ending=ending, login=login, screens=shown, console=lines)


def asked(build, url=API, *, body=SECRET, **more):
    return build.sub(f"{url}?state=abc", "fetch", **{"method": "POST", "body": body, **more})


@pytest.mark.parametrize("ending", ["login_rejected", "dead_end"])
def test_a_login_request_that_died_of_cors_is_quoted_in_the_browsers_words(build, pieces, ending):
    walk = scripted(build, pieces, asked(build, failure="net::ERR_FAILED"), said=["Hello", BLOCKED], ending=ending)
    found = only(build.judge(AUDIT, walk))
    assert f"POST {API}, failed, because the answer does not allow {LOGIN} to read it (CORS)." in found.message
    assert "The browser says: “Access to fetch at 'https://api.example.net/login?…' from" in found.message
    assert f"Access-Control-Allow-Origin: {LOGIN}" in found.fix.text
    assert (found.confidence, found.primary.ref, found.related[0].ref) == (
        Confidence.CERTAIN,
        "measured#3",
        "measured#1",
    )


@pytest.mark.parametrize(
    ("taken", "path", "later", "ending", "status"),
    [
        ({"excerpt": '{"idToken":"<id_token#1>"}'}, "/api/code", (500,), "login_rejected", "failed"),
        ({"excerpt": '{"idToken":"<id_token#1>"}'}, "/api/code", (500,), "dead_end", "failed"),
        (
            {"excerpt": '{"error":{"message":"INVALID_PASSWORD"}}'},
            "/api/code",
            (500,),
            "login_rejected",
            "inconclusive",
        ),
        ({}, "/api/code", (401,), "login_rejected", "inconclusive"),
        ({}, "/api/code", (500, 200), "login_rejected", "inconclusive"),
        ({}, "/api/events", (500,), "login_rejected", "inconclusive"),
        ({}, "/api/code", (500,), "refused", "inconclusive"),
    ],
)
def test_a_server_that_fails_after_it_took_the_password_is_named(build, pieces, taken, path, later, ending, status):
    first = asked(build, response_headers=ALLOWED, **{"status": 200, **taken})
    body = Body(content_type="application/json", size=60, text='{"idToken":"<id_token#1>"}')
    answer = '{"error":"auth/argument-error"}'
    made = [asked(build, f"{LOGIN}{path}", body=body, status=each, excerpt=answer) for each in later]
    refused = Ending(kind="login_rejected", message="login.example.com refused the password", fault=Fault.TESTER)
    walk = scripted(build, pieces, first, *made, ending=refused if ending == "refused" else ending)
    outcome = build.judge(AUDIT, walk)
    assert outcome.status == status
    if status == "failed":
        found = only(outcome)
        assert f"had got through, POST {LOGIN}/api/code, was answered with status 500, “auth/arg" in found.message
        assert found.confidence is Confidence.LIKELY


FLOW = f"{LOGIN}/flows/1"
NO_FLOW = {"status": 404, "excerpt": '{"code": "NOT_FOUND", "message": "The requested flow could not be found"}'}
LONG = "The requested flow could not be found. " * 9
NOTHING_THERE = {"status": 404, "excerpt": '{"message": "Not Found"}'}
WENT_WRONG = {"title": "Sign on", "headings": ("Something went wrong",), "controls": ()}


@pytest.mark.parametrize(
    ("made", "seen", "said"),
    [
        ([NO_FLOW], {"text": "Something went wrong The requested flow could not be found"}, "404, “NOT_FOUND”: “The"),
        ([NO_FLOW | {"url": API}], {"text": "The requested flow could not be found"}, f"GET {API}, was answered"),
        ([{"status": 500}], {"text": "Something went wrong"}, "status 500."),
        ([{"status": 500}, {"status": 200}], {"text": "Something went wrong"}, None),
        ([{"status": 500, "url": f"{LOGIN}/api/events"}], {"text": "Something went wrong"}, None),
        ([{"status": 500, "url": "https://api.example.net/"}], {"text": "Something went wrong"}, None),
        ([{"status": 404, "excerpt": json.dumps({"message": LONG})}], {"text": LONG}, "404, “The requested flow"),
        ([NOTHING_THERE], {"text": "Something went wrong: Not Found"}, "404, “Not Found”."),
        ([NOTHING_THERE | {"url": "https://api.example.net/"}], {"text": "Something went wrong: Not Found"}, None),
        ([{"status": 429}], {"text": "Something went wrong"}, None),
        ([{"status": 401, "excerpt": '{"message": "Not signed in"}'}], {"text": "Something went wrong"}, None),
        ([{"status": 401, "excerpt": '{"message": "Not signed in"}'}], {"text": "Not signed in", "headings": ()}, None),
        ([], {"text": "Something went wrong"}, None),
    ],
)
def test_the_request_behind_an_error_in_place_of_the_login_form_is_named(build, pieces, made, seen, said):
    steps = build.healthy_steps(build.authorization(), None)[:2]
    made = [{"cookie": "session=s", **one} for one in made]
    steps += [build.sub(one.get("url", FLOW), "fetch", **{n: v for n, v in one.items() if n != "url"}) for one in made]
    shown = [pieces.screen(1, 0.25, pieces.digest(**(WENT_WRONG | seen)))]
    outcome = build.judge(AUDIT, build.walk(steps, answer=None, ending="login_not_found", login=(), screens=shown))
    if said is None:
        assert outcome.status == "inconclusive"
        return
    found = only(outcome)
    assert "The request by which the page of login.example.com begins the login, GET" in found.message
    assert said in found.message
    assert found.confidence is Confidence.LIKELY


def flow_of(build, pieces, *, flow="https://idp.example.com/flows/1", given=None, jar=None, **more):
    """A page that begins its login at an identity provider, which had sent the browser there with a cookie."""
    usual = {"value": "<cookie#1>", "size": 20, "http_only": True, "secure": True, "path": "/", "same_site": "None"}
    cookie = SetCookie(**{"name": "ST", **usual, **(given or {})})
    asked = build.authorization()
    steps = [
        build.get(asked.url, location="https://idp.example.com/authorize"),
        build.get("https://idp.example.com/authorize", location=f"{LOGIN}/login", set_cookies=[cookie]),
        build.get(f"{LOGIN}/login"),
        build.sub(flow, "fetch", **{**NO_FLOW, "headers": [("Sec-Fetch-Site", "same-site")], **more}),
    ]
    look = {**WENT_WRONG, "text": "Something went wrong The requested flow could not be found"}
    shown = [pieces.screen(1, 0.45, pieces.digest(**look))]
    walk = build.walk(steps, asked=asked, answer=None, ending="login_not_found", login=(), screens=shown)
    kept = Present(value=build.jar({cookie.name: 20}, "idp.example.com"))
    return walk.model_copy(update={"jar": jar or kept})


def test_a_request_that_came_without_the_cookie_that_its_host_had_set_is_told_with_it(build, pieces):
    found = only(build.judge(AUDIT, flow_of(build, pieces)))
    assert (
        "could not be found”; it came without any cookie, although idp.example.com had set `ST` for it before "
        "(request 2). Nobody gets past this page."
    ) in found.message
    assert found.fix.text.startswith("Where idp.example.com knows the login by `ST`: let the script ask with `cred")
    assert "Otherwise: Correct what this answer names" in found.fix.text
    assert "SameSite" not in found.fix.text


def test_the_cookie_of_another_site_is_told_to_stay_away_whatever_the_script_does(build, pieces):
    asked = build.authorization()
    flow, sent = "https://idp.example.net/flows/1", [("Sec-Fetch-Site", "cross-site")]
    cookie = SetCookie(name="ST", value="<cookie#1>", size=20, http_only=True, path="/")
    steps = [
        build.get(asked.url, location="https://idp.example.net/authorize"),
        build.get("https://idp.example.net/authorize", location=f"{LOGIN}/login", set_cookies=[cookie]),
        build.get(f"{LOGIN}/login"),
        build.sub(flow, "fetch", **NO_FLOW, headers=sent, response_headers=[("Access-Control-Allow-Origin", LOGIN)]),
    ]
    shown = [pieces.screen(1, 0.45, pieces.digest(**WENT_WRONG, text="The requested flow could not be found"))]
    kept = build.jar({"ST": 20}, "idp.example.net")
    walk = build.walk(steps, asked=asked, answer=None, ending="login_not_found", login=(), screens=shown, jar=kept)
    found = only(build.judge(AUDIT, walk))
    assert "serve its page from the site of idp.example.net: a cookie with `SameSite=Lax`" in found.fix.text


@pytest.mark.parametrize(
    "more",
    [
        {"cookie": "ST=1"},
        {"cookie": "theme=dark"},
        {"headers": [("Sec-Fetch-Site", "same-site"), ("Authorization", "Bearer x")]},
        {"headers": [("Referer", f"{LOGIN}/login")]},  # a service worker answered it
        {"status": 422},
        {"given": {"path": "/authorize"}},
        {"given": {"max_age": "0"}},
        {"given": {"http_only": False}},
        {"flow": f"{LOGIN}/flows/1"},
        {"jar": NotCollected(reason="a capture")},
        {"jar": Present(value=())},  # the browser refused it, or a script took it away
    ],
)
def test_what_brought_a_cookie_or_a_token_or_was_set_none_lacks_none(build, pieces, more):
    assert "without any cookie" not in only(build.judge(AUDIT, flow_of(build, pieces, **more))).message


@pytest.mark.parametrize("answer", [{"status": 200}, {"failure": "NS_ERROR_DOM_BAD_URI"}])
def test_firefox_that_has_no_words_for_it_is_understood(build, pieces, answer):
    walk = scripted(build, pieces, asked(build, body=Body(content_type="application/json", size=60), **answer))
    assert "(CORS)" in only(build.judge(AUDIT, walk)).message


@pytest.mark.parametrize(
    ("url", "more"),
    [
        ("https://stats.example.net/collect", {"status": 204}),
        ("https://o1.sentry.example/api/1/envelope/", {"failure": "net::ERR_BLOCKED_BY_CLIENT"}),
        ("https://replay.example.net/session/append", {"status": 204}),
        (f"{LOGIN}/i18n.json", {"method": "GET", "status": 503}),
    ],
)
def test_a_request_of_something_else_is_not_taken_for_the_login(build, pieces, url, more):
    given = {"body": Body(content_type="text/plain", size=60), **more}
    assert build.judge(AUDIT, scripted(build, pieces, asked(build, url, **given))).status == "inconclusive"


def test_a_wildcard_that_the_browser_refuses_for_credentials_is_no_leave(build, pieces):
    headers = (("Access-Control-Allow-Origin", "*"),)
    made = asked(build, status=200, failure="net::ERR_FAILED", response_headers=headers)
    assert "(CORS)" in only(build.judge(AUDIT, scripted(build, pieces, made, said=[BLOCKED]))).message


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_login_request_answered_by_an_error_of_the_server_is_told_with_its_status(build, pieces, status):
    found = only(build.judge(AUDIT, scripted(build, pieces, asked(build, f"{LOGIN}/api", status=status))))
    assert f"POST {LOGIN}/api, was answered with status {status}." in found.message
    assert found.confidence is Confidence.CERTAIN
    assert "in the log of login.example.com" in found.fix.text


def test_a_login_request_without_an_answer_is_told_with_the_reason(build, pieces):
    found = only(build.judge(AUDIT, scripted(build, pieces, asked(build, failure="net::ERR_CONNECTION_RESET"))))
    assert "found no answer (net::ERR_CONNECTION_RESET)" in found.message
    assert found.confidence is Confidence.LIKELY


COUNTED = Body(content_type="text/plain", size=3, text="abc")
WELL = {
    "refused": [{"status": 401, "response_headers": ALLOWED}],
    "refused in another way": [{"status": 422, "response_headers": ALLOWED}],
    "refused by its own host": [{"url": f"{LOGIN}/api", "status": 400}],
    "tried again": [{"status": 503}, {"status": 401, "response_headers": ALLOWED}],
    "called off": [{"failure": "net::ERR_ABORTED"}],
    "not the login": [{"url": "https://count.example.org/", "body": COUNTED, "failure": "net::ERR_FAILED"}],
    "nothing at all": [],
}


@pytest.mark.parametrize("name", WELL)
def test_a_login_request_that_was_answered_is_no_dead_end(build, pieces, name):
    walk = scripted(build, pieces, *(asked(build, **one) for one in WELL[name]))
    assert build.judge(AUDIT, walk).status == "inconclusive"


def test_a_request_that_failed_before_anything_was_typed_is_no_login(build, pieces):
    late = [step.model_copy(update={"at": 5.0}) for step in TYPED]
    walk = scripted(build, pieces, asked(build, failure="net::ERR_FAILED"), login=late)
    assert build.judge(AUDIT, walk).status == "inconclusive"


@pytest.mark.parametrize("same_site", ["Lax", "None"])
def test_a_login_page_that_comes_back_because_no_session_is_kept_is_a_dead_end(build, pieces, same_site):
    auth = "https://auth.example.org"
    sid = SetCookie(name="sid", value="<cookie#1>", size=9, secure=True, http_only=True, same_site=same_site)
    back = [build.get(f"{auth}/authorize", location=f"{LOGIN}/login"), build.get(f"{LOGIN}/login")]
    login = asked(build, f"{auth}/login", status=200, response_headers=ALLOWED, set_cookies=[sid])
    walk = scripted(build, pieces, login, *back, ending="dead_end")
    again = walk.model_copy(update={"screens": Present(value=(pieces.screen(1, 0.9, pieces.digest()),))})
    found = only(build.judge(AUDIT, again))
    assert "asked to log in once more by login.example.com" in found.message


@pytest.mark.parametrize("audit", [AUDIT, "screen-blank"])
@pytest.mark.parametrize("ending", ["dead_end", "login_not_found"])
@pytest.mark.parametrize("seen", [{"title": "Too many requests"}, {"text": "Slow down"}, {}])
def test_a_server_that_was_asked_too_often_may_have_been_so_by_the_test(build, pieces, audit, ending, seen):
    nothing = {"controls": (), "headings": (), "text": "", "title": ""}
    walk = ended(build, pieces, ending=ending, status=429, seen={**nothing, **seen})
    outcome = build.judge(audit, walk)
    assert outcome.status == "inconclusive"
    if audit == AUDIT:
        assert "login.example.com, which answers with status 429, that it is asked too often" in outcome.missing[0]
        assert "--workers 1" in outcome.missing[0]


def test_a_login_request_that_a_limit_answers_says_nothing_of_how_scripts_may_read_it(build, pieces):
    unread = [("Content-Type", "application/json")]
    judged = [
        build.judge(AUDIT, scripted(build, pieces, asked(build, status=status, response_headers=unread)))
        for status in (429, 403)
    ]
    assert [one.status for one in judged] == ["inconclusive", "failed"]
    assert "asked too often" in judged[0].missing[0]


def test_the_services_own_start_page_may_have_forms_of_its_own(build, pieces):
    switches = "<form method=post><button name=lamp value=on>On</button><button name=lamp value=off>Off</button></form>"
    controls = (pieces.control(label="On"), pieces.control(label="Off"))
    seen = {"title": "Acme", "headings": ("Welcome home",), "controls": controls}
    for path, status in (("dashboard", "failed"), ("next", "inconclusive")):
        walk = ended(build, pieces, url=f"{LOGIN}/{path}", seen=seen, excerpt=switches)
        outcome = build.judge(AUDIT, walk)
        assert outcome.status == status
        assert [one.confidence for one in getattr(outcome, "findings", ())] == [Confidence.POSSIBLE] * (
            status == "failed"
        )


# Proven causes, stores, refusals of the request


def tried(n, factor, ending):
    return Trial(n=n, factor=factor, changed="", until="login_form", ending=ending, duration_s=0.1)


def healed_by(build, walk, factor="user_agent", ending="login_not_found"):
    """A case of ``walk`` that broke once more with nothing changed, and did not with ``factor`` changed."""
    trials = tried(1, "nothing", ending), tried(2, factor, "stopped")
    return build.case(walk, causes=Present(value=Causes(trials=trials)))


def at_once(build, pieces, *, ending="login_not_found", status=200, url=f"{LOGIN}/authorize", **seen):
    """A walk that ended at its first page, seen as ``seen``."""
    given = {"controls": (), "headings": (), "text": "", "title": ""} | seen
    screens = [pieces.screen(0, 0.2, pieces.digest(url, **given))]
    return build.walk([build.get(url, status=status)], answer=None, ending=ending, screens=screens)


@pytest.mark.parametrize(
    ("ending", "status"), [("login_not_found", 403), ("login_blocked", 403), ("login_blocked", 429)]
)
def test_an_error_page_for_one_user_agent_is_told_with_the_proof(build, pieces, ending, status):
    walk = at_once(build, pieces, ending=ending, status=status, text="The request could not be satisfied")
    found = only(build.judge(AUDIT, healed_by(build, walk, ending=ending)))
    assert "“The request could not be satisfied”. Proven: its user agent is why; when the same device" in found.message
    assert (found.cause, found.confidence) == ("proven", Confidence.CERTAIN)
    assert found.fix.text.startswith("Remove what treats this user agent otherwise")


def test_what_a_provider_does_to_web_views_nobody_can_remove(build, pieces):
    url, said = "https://accounts.google.com/auth", {"title": "Error 403: disallowed_useragent"}
    case = healed_by(build, at_once(build, pieces, status=403, url=url, **said))
    found = only(build.judge(AUDIT, case))
    assert "Proven: its user agent is why" in found.message
    assert found.fix.text.startswith("Offer a login of your own beside the provider")


def test_a_blocked_login_without_a_proof_says_nothing_of_customers(build, pieces):
    walk = at_once(build, pieces, ending="login_blocked", status=403, text="The request could not be satisfied")
    assert build.judge(AUDIT, walk).status == "inconclusive"
    assert build.judge(AUDIT, healed_by(build, walk, "locale", "login_blocked")).status == "inconclusive"


@pytest.mark.parametrize("ending", ["login_not_found", "login_blocked"])
def test_what_any_change_of_the_device_heals_proves_none_of_them(build, pieces, ending):
    walk = at_once(build, pieces, ending=ending, status=503, text="The request could not be satisfied")
    trials = (
        tried(1, "nothing", ending),
        tried(2, "user_agent", "stopped"),
        tried(3, "locale", "stopped"),
    )
    outcome = build.judge(AUDIT, build.case(walk, causes=Present(value=Causes(trials=trials))))
    if ending == "login_blocked":
        assert outcome.status == "inconclusive"
    else:
        assert (only(outcome).cause, "Proven" in only(outcome).message) == (None, False)


@pytest.mark.parametrize(("begins", "told"), [("AADSTS50011: The", True), ("See AADSTS50011: the", False)])
def test_a_refusal_by_number_counts_beside_much_for_whoever_looks_for_the_cause(build, pieces, begins, told):
    text = f"Sign in\n{begins} redirect URI does not match.\nTroubleshooting details\n{'Request Id: 7e2a8a4e ' * 60}"
    outcome = build.judge(AUDIT, at_once(build, pieces, title="Sign in", text=text))
    assert outcome.status == ("failed" if told else "inconclusive")


def test_an_app_that_a_provider_has_switched_off_is_refused(build, pieces):
    only(build.judge(AUDIT, at_once(build, pieces, title="Log in", text="App not active\nThis app is not accessible")))


def test_what_is_asked_too_often_heals_by_itself(build, pieces):
    outcome = build.judge(AUDIT, healed_by(build, at_once(build, pieces, status=429, text="Slow down")))
    assert outcome.status == "inconclusive"
    assert "asked too often" in outcome.missing[0]


@pytest.mark.parametrize(
    ("title", "text", "advice"),
    [
        (
            "Sign in to your account",
            "Sorry, but we’re having trouble signing you in. AADSTS700016: Application with identifier "
            "'535fb089-9ff3' was not found in the directory 'Contoso'.",
            AT_ONCE,
        ),
        (
            "Error",
            "AADB2C90018: The client id 'alexa' specified in the request is not registered in tenant 'x'.",
            THE_CLIENT,
        ),
        ("Hydra", "invalid_client: the requested OAuth 2.0 Client does not exist.", THE_CLIENT),
        ("Duende IdentityServer", "Sorry, there was an error : invalid_request code challenge required", AT_ONCE),
        ("Example", "The application 'alexa' is unknown.", THE_CLIENT),
    ],
)
def test_a_refusal_of_the_request_with_status_200_is_an_error_page(build, pieces, title, text, advice):
    found = only(build.judge(AUDIT, at_once(build, pieces, title=title, text=text)))
    assert found.confidence is Confidence.LIKELY
    assert found.fix.text.startswith(advice)


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Error-free homes", "Welcome to Example, the home without an error."),
        ("Example", "This application is registered with the authority. Please wait while it loads."),
        ("Sign in", "Sign in to go on to the application."),
        ("Sign in", "Disabled customers: ask our client service. Cookies of this client may be disabled."),
    ],
)
def test_a_page_whose_form_was_not_found_refuses_nothing(build, pieces, title, text):
    assert build.judge(AUDIT, at_once(build, pieces, title=title, text=text)).status == "inconclusive"


def test_a_form_beside_such_words_still_asks_for_something(build, pieces):
    controls = (pieces.control("field", "User", type="text"),)
    walk = at_once(build, pieces, title="Sign in", text="invalid_client", controls=controls)
    assert build.judge(AUDIT, walk).status == "inconclusive"


def test_a_page_that_wants_another_browser_first_is_told_as_such(build, pieces):
    found = only(build.judge(AUDIT, at_once(build, pieces, title="Example", text="Please update your browser.")))
    assert "“Please update your browser.”" in found.message
    assert "user-agent checks" in found.fix.text
    for label in ("Allow", "Use a passkey"):
        button = (pieces.control(label=label),)
        passing = at_once(build, pieces, title="Example", text="Please update your browser.", controls=button)
        assert build.judge(AUDIT, passing).status == "inconclusive"


def test_a_word_on_the_browser_beside_what_cannot_be_looked_into_is_no_refusal(build, pieces):
    sealed = Sight(readable_length=40, pictures=0, sealed=("x-login",))
    seen = {"title": "Sign in", "sight": sealed}
    told = at_once(build, pieces, text="For the best experience upgrade your browser.", **seen)
    assert build.judge(AUDIT, told).status == "inconclusive"
    refused = at_once(build, pieces, text="invalid_client: no such client.", **seen)
    assert only(build.judge(AUDIT, refused)).confidence is Confidence.LIKELY


@pytest.mark.parametrize(
    ("store", "name", "ending"),
    [
        ("https://play.google.com/store/apps/details?id=io.example", "Google Play", "unreachable"),
        ("https://apps.apple.com/app/id123", "the App Store", "login_not_found"),
        ("https://www.amazon.com/gp/mas/dl/android?p=io.example", "Amazon's Appstore", "login_not_found"),
        ("market://details?id=io.example", "Google Play", "dead_end"),
    ],
)
def test_a_login_that_ends_in_an_app_store_is_told_so_and_needs_no_entry_for_it(build, store, name, ending):
    steps = [
        build.get(f"{LOGIN}/authorize", location=store),
        build.get(store),
        build.sub("https://store-cdn.example.net/x.js", "script"),
    ]
    walk = build.walk(steps, answer=None, ending=ending)
    found = only(build.judge(AUDIT, healed_by(build, walk, ending=ending)))
    assert (
        f"sends the customer to an app store, {name}, instead of on to Alexa. Proven: its user agent" in found.message
    )
    assert found.primary.ref == "measured#2"
    assert build.judge("domain-list", walk).status == "inconclusive"
    assert build.judge("screen-blank", walk).status == "inconclusive"


def test_a_store_that_is_only_linked_or_left_again_is_no_end(build):
    store = "https://play.google.com/store"
    steps = [build.get(store, location=f"{LOGIN}/end"), build.get(f"{LOGIN}/end", status=500)]
    assert (
        only(build.judge(AUDIT, build.walk(steps, answer=None, ending="dead_end"))).subject == "login.example.com 500"
    )
    shop = build.walk([build.get("https://www.amazon.com/dp/1", status=500)], answer=None, ending="dead_end")
    assert only(build.judge(AUDIT, shop)).subject == "www.amazon.com 500"


def test_a_page_that_tried_the_store_and_then_took_the_login_does_not_end_there(build):
    steps = [build.get(f"{LOGIN}/authorize"), build.get("market://details?id=io.example")]
    typed = [LoginStep(at=0.5, action="fill", target="#user", what="username", outcome="done")]
    assert build.judge(AUDIT, build.walk(steps, answer=None, ending="dead_end", login=typed)).status == "inconclusive"
    before = [LoginStep(at=0.05, action="fill", target="#user", what="username", outcome="done")]
    assert only(build.judge(AUDIT, build.walk(steps, answer=None, ending="dead_end", login=before))).primary.ref == (
        "measured#2"
    )


@pytest.mark.parametrize("ending", ["login_rejected", "captcha", "interrupted"])
def test_what_no_store_brings_about_is_not_laid_at_its_door(build, ending):
    steps = [build.get(f"{LOGIN}/authorize"), build.get("market://details?id=io.example")]
    assert build.judge(AUDIT, build.walk(steps, answer=None, ending=ending)).status == "inconclusive"


def test_of_a_store_tried_twice_the_last_time_counts(build):
    store = "https://play.google.com/store/apps/details?id=io.example"
    steps = [
        build.get(store, location=f"{LOGIN}/authorize"),
        build.get(f"{LOGIN}/authorize"),
        build.sub("https://cdn.example.net/x.js", "script"),
        build.get(store),
    ]
    walk = build.walk(steps, answer=None, ending="login_not_found")
    assert only(build.judge(AUDIT, walk)).primary.ref == "measured#4"
    assert "cdn.example.net" in [one.subject for one in build.judge("domain-list", walk).findings]


@pytest.mark.parametrize("text", ["Logged in!", "Angemeldet.", "OK", "ログインしました。"])
def test_a_page_that_asks_nothing_has_lost_its_way_first(build, pieces, text):
    found = only(build.judge(AUDIT, ended(build, pieces, url=f"{LOGIN}/x", seen={"title": "", "text": text})))
    assert found.confidence is Confidence.POSSIBLE
    assert found.fix.text.startswith("Keep the authorization request")
    assert found.fix.text.endswith(" Where the page asks something of the test account, do that first.")


@pytest.mark.parametrize("text", ["Please verify your phone.", "Which home is yours?", "メールアドレスの確認"])
def test_a_page_that_asks_in_its_text_is_to_be_asked_first(build, pieces, text):
    found = only(build.judge(AUDIT, ended(build, pieces, url=f"{LOGIN}/x", seen={"title": "", "text": text})))
    assert found.fix.text.startswith("Do what this page asks of the test account")


TOO_LATE = "Warning\n: Cannot modify header information - headers already sent{} in\n/srv/www/login.php\non line\n88"


@pytest.mark.parametrize(
    ("where", "says"),
    [
        (" by (output started at /srv/www/config.php:12)", " in /srv/www/config.php, line 12"),
        (" by (output started at C:\\www\\config.php:12)", " in C:\\www\\config.php, line 12"),
        ("", ""),
    ],
)
@pytest.mark.parametrize("around", ["", "Acme\n", "My lamps and much else. " * 40])
def test_a_redirect_that_php_could_not_send_any_more_is_named_with_its_file(build, pieces, where, says, around):
    text = f"{around}{TOO_LATE.format(where)}"
    found = only(build.judge(AUDIT, ended(build, pieces, url=f"{LOGIN}/x", seen={"title": "", "text": text})))
    assert found.message.startswith("The login ends on an error page of login.example.com: status 200")
    assert found.fix.text.startswith(f"The redirect was not sent: PHP had begun the page{says} before it was set.")
    assert "ob_start()" in found.fix.text


def test_other_messages_of_php_are_errors_and_prose_is_none(build, pieces):
    undefined = "Notice: Undefined index: state in /srv/www/callback.php on line 7"
    found = only(build.judge(AUDIT, ended(build, pieces, url=f"{LOGIN}/x", seen={"title": "", "text": undefined})))
    assert found.message.startswith("The login ends on an error page")
    assert found.confidence is Confidence.LIKELY
    for prose in ("Notice: we moved. See you in Rome on Sunday.", "Warning: lamps are hot", "headers already sent"):
        found = only(build.judge(AUDIT, ended(build, pieces, url=f"{LOGIN}/x", seen={"title": "", "text": prose})))
        assert "instead of in the Alexa app" in found.message


# Homes


@pytest.mark.parametrize(
    ("url", "title"),
    [(f"{LOGIN}/x", "Brightbulb Home"), (f"{LOGIN}/realms/home/required-action", "You need to verify")],
)
def test_a_product_called_home_is_no_start_page(build, pieces, url, title):
    found = only(build.judge(AUDIT, ended(build, pieces, url=url, seen={"title": title, "text": "Check your mail."})))
    assert found.confidence is Confidence.POSSIBLE
    assert found.fix.text.startswith("Do what this page asks of the test account")


@pytest.mark.parametrize(
    ("path", "confidence"),
    [
        ("/realms/home/login-actions/authenticate", Confidence.POSSIBLE),
        ("/home", Confidence.LIKELY),
        ("/home/lamps", Confidence.LIKELY),
        ("/app/home/", Confidence.LIKELY),
        ("/app/dashboard/lamps", Confidence.LIKELY),
    ],
)
def test_a_realm_called_home_is_no_start_page(build, pieces, path, confidence):
    seen = {"title": "Sign in to Acme Home", "text": "You are already logged in."}
    found = only(build.judge(AUDIT, ended(build, pieces, url=f"{LOGIN}{path}", seen=seen)))
    assert found.confidence is confidence
    assert ("“home”" in found.message) == ("home" in path and confidence is Confidence.LIKELY)


@pytest.mark.parametrize("title", ["Home", "Home | Brightbulb", "Brightbulb - Home", "My home"])
def test_a_start_page_called_home_is_one(build, pieces, title):
    found = only(build.judge(AUDIT, ended(build, pieces, url=f"{LOGIN}/x", seen={"title": title, "text": "Hi"})))
    assert found.confidence is Confidence.LIKELY
    assert "Do what this page asks" not in found.fix.text


def test_a_start_page_that_wants_the_account_verified_is_to_be_asked_first(build, pieces):
    seen = {"title": "My account", "headings": ("Verify your e-mail address",), "text": "We sent you a mail."}
    found = only(build.judge(AUDIT, ended(build, pieces, url=f"{LOGIN}/x", seen=seen)))
    assert found.fix.text.startswith("Do what this page asks of the test account")


@pytest.mark.parametrize("kind", ["combobox", "select-one"])
def test_a_choice_of_the_language_keeps_no_page_from_refusing(build, pieces, kind):
    language = (pieces.control("field", "English", type=kind, name="language"),)
    seen = {"title": "Home Assistant", "text": "Error: Invalid client id", "controls": language}
    assert "Invalid client id" in only(build.judge(AUDIT, at_once(build, pieces, **seen))).message
    typed = (*language, pieces.control("field", "E-mail", type="email", name="user"))
    assert build.judge(AUDIT, at_once(build, pieces, **(seen | {"controls": typed}))).status == "inconclusive"
    welcome = seen | {"text": "Select your language"}
    assert build.judge(AUDIT, at_once(build, pieces, **welcome)).status == "inconclusive"
    assert build.judge(AUDIT, at_once(build, pieces, ending="dead_end", **welcome)).status != "findings"


def routed(build, pieces, now, *, at=f"{LOGIN}/login", form=None):
    """A login whose script shows ``now`` (fields of a digest) in place of its form, without another document."""
    asked = build.authorization()
    page = f"{at}?{asked.url.partition('?')[2]}"
    field = pieces.control("field", "Password", type="password")
    asks = {"title": "Sign in", "headings": ("Sign in",), "controls": (field,), **(form or {})}
    seen = {"title": "Sign in", "headings": (), "controls": (), "text": "Fine so far.", "url": page, **now}
    screens = [
        pieces.screen(1, 0.21, pieces.digest(page, **asks)),
        pieces.screen(2, 0.9, pieces.digest(seen.pop("url"), **seen)),
    ]
    sent = {**build.sub(f"{LOGIN}/api/login", "fetch"), "method": "POST"}
    steps = [build.get(asked.url, location=page), build.get(page), sent]
    return build.walk(steps, asked=asked, answer=None, ending="dead_end", login=TYPED, screens=screens)


@pytest.mark.parametrize(
    "now",
    [
        {"title": "Dashboard", "headings": ("Dashboard",), "url": f"{LOGIN}/login#/dashboard"},
        {"url": f"{LOGIN}/dashboard"},
        {"url": f"{LOGIN}/#/lamps", "headings": ("Lamps",)},
        {"headings": ("Lamps",), "url": f"{LOGIN}/lamps", "leaving": True},
    ],
)
def test_a_page_that_a_script_shows_after_the_login_has_forgotten_alexa_too(build, pieces, now):
    if now.pop("leaving", None):
        now["controls"] = (pieces.control("link", "Devices"), pieces.control(label="Sign out"))
    walk = routed(build, pieces, now)
    found = only(build.judge(AUDIT, walk))
    assert found.message.startswith("After the login the customer is left on a page of login.example.com instead of in")
    assert found.fix.text.startswith(f"K{KEEP}")
    assert found.confidence is Confidence.LIKELY


@pytest.mark.parametrize(
    ("now", "at"),
    [
        ({"text": "Signing you in…", "headings": ("One moment",)}, f"{LOGIN}/login"),
        ({"headings": ("Check your phone",)}, f"{LOGIN}/"),
        ({"headings": ("Check your phone",), "url": f"{LOGIN}/#/push"}, f"{LOGIN}/"),
        ({"headings": ("Check your phone",), "url": f"{LOGIN}/home#push"}, f"{LOGIN}/home"),
        ({"headings": ("Dashboard",)}, f"{LOGIN}/login"),
        ({}, f"{LOGIN}/dashboard/login"),
    ],
)
def test_what_a_script_shows_at_the_address_of_the_form_is_not_lost_for_that_address(build, pieces, now, at):
    assert build.judge(AUDIT, routed(build, pieces, now, at=at)).status == "inconclusive"


@pytest.mark.parametrize(
    "more",
    [
        {"controls": [("field", "Code")]},
        {"controls": [("button", "Allow")]},
        {"controls": [("field", "Password")]},
    ],
)
def test_what_a_script_shows_that_still_asks_for_something_is_no_dead_end(build, pieces, more):
    shown = tuple(
        pieces.control(kind, label, type="password" if label == "Password" else "text")
        for kind, label in more["controls"]
    )
    now = {"title": "Dashboard", "headings": ("Home",), "controls": shown, "url": f"{LOGIN}/dashboard"}
    assert build.judge(AUDIT, routed(build, pieces, now)).status == "inconclusive"


NGINX_502 = "<html><title>502 Bad Gateway</title><h1>502 Bad Gateway</h1><hr><center>nginx/1.22.1</center></html>"
APACHE_502 = "<title>502 Proxy Error</title>The proxy server received an invalid response from an upstream server."
HAPROXY_502 = "<h1>502 Bad Gateway</h1>The server returned an invalid or incomplete response."
CLOUDFLARE = (("Server", "cloudflare"), ("CF-RAY", "8e7a-FRA"))
NO_POST = "not configured to allow the HTTP request method that was used. Generated by cloudfront (CloudFront)"
FAILS = f"Look into the server's log at that moment: {LOGIN}/authorize fails by itself."


@pytest.mark.parametrize(
    ("title", "words", "own"),
    [
        ("Sign in", "Unexpected error when handling authentication request to identity provider.", True),
        ("Example", "Unexpected error when handling authentication request to identity provider.", False),
        ("", "Bad gateway", False),
    ],
)
def test_a_502_in_the_servers_own_design_is_looked_for_in_its_log(build, pieces, title, words, own):
    steps = build.healthy_steps(build.authorization(), None)[:1]
    steps.append(build.get(f"{LOGIN}/login", excerpt="<title>Sign in</title><input type=password>"))
    steps.append(build.post(f"{LOGIN}/login", {}, status=502, excerpt=f"<title>{title}</title><p>{words}"))
    screens = [pieces.screen(1, 0.25, pieces.digest())]
    found = only(build.judge(AUDIT, build.walk(steps, answer=None, ending="dead_end", login=TYPED, screens=screens)))
    assert ("log at that moment: login.example.com seems to have answered so itself" in found.fix.text) is own
    assert ("proxy_buffer_size" in found.fix.text) is not own


@pytest.mark.parametrize(
    ("status", "headers", "excerpt", "advice"),
    [
        (521, CLOUDFLARE, "<title>x | 521: Web server is down</title>", "Cloudflare answered for login.example.com"),
        (502, (("Server", "awselb/2.0"),), "<h1>502 Bad Gateway</h1>", "AWS Application Load Balancer answered for"),
        (
            503,
            (("Server", "awselb/2.0"),),
            "<h1>503 Service Temporarily Unavailable</h1>",
            "why it fails its health check",
        ),
        (
            504,
            (("x-amz-apigw-id", "a"),),
            '{"message": "Endpoint request timed out"}',
            "Amazon API Gateway answered for",
        ),
        (403, (), NO_POST, "Let CloudFront hand on all methods for this path"),
        (502, (), NGINX_502, "`upstream sent too big header`"),
        (502, (), APACHE_502, "`responsefieldsize` of `ProxyPass`"),
        (502, (), HAPROXY_502, "`tune.bufsize` in HAProxy"),
        (502, (), "<h1>Bad gateway</h1>", "Look at the proxy in front of login.example.com first"),
        (504, (), "<h1>Too slow</h1>", f"Where that server itself answered {LOGIN}/authorize so, its log tells why."),
        (421, (), "<h1>Misdirected Request</h1>", "`proxy_ssl_server_name on`"),
        (400, (), "<title>400 No required SSL certificate was sent</title>", "`ssl_verify_client off`"),
        (500, CLOUDFLARE, "<title>Server Error (500)</title>", FAILS),
        (503, CLOUDFLARE, "<title>Lumo</title>Too many of you", FAILS),
        (503, (("Server", "awselb/2.0"),), "<title>Lumo</title>Too many of you", FAILS),
    ],
)
def test_a_gateways_answer_is_not_looked_for_in_the_servers_log(build, status, headers, excerpt, advice):
    asked = build.get(f"{LOGIN}/authorize", status=status, response_headers=headers, excerpt=excerpt)
    found = only(build.judge(AUDIT, build.walk([asked], answer=None, ending="login_not_found")))
    assert advice in found.fix.text
    assert ("fails by itself" in found.fix.text) is (advice == FAILS)
    assert ("nginx writes" in found.fix.text) is (excerpt == NGINX_502)


GOOGLE = (("Server", "Google Frontend"),)
NOT_FOR_ALL = "<h1>Error: Forbidden</h1>Your client does not have permission to get URL /authorize from this server."


@pytest.mark.parametrize(
    ("status", "headers", "excerpt", "advice"),
    [
        (400, (), "<title>400 The plain HTTP request was sent to HTTPS port</title>", "`proxy_pass https://…`"),
        (400, (), "Client sent an HTTP request to an HTTPS server.", "`proxy_pass https://…`"),
        (403, GOOGLE, NOT_FOR_ALL, "give `allUsers` the role Cloud Run Invoker"),
        (
            400,
            GOOGLE,
            "<p>Your client has issued a malformed or illegal request.",
            "has refused nothing that the skill",
        ),
        (403, GOOGLE, f"{NOT_FOR_ALL} You are accessing this page from a forbidden country.", None),
        (403, (), NOT_FOR_ALL, None),
        (400, GOOGLE, "<h1>invalid_client</h1>Unknown client id", None),
        (401, (("Server", "nginx"),), NOT_FOR_ALL, None),
    ],
)
def test_a_front_ends_own_refusal_is_not_laid_to_the_client(build, status, headers, excerpt, advice):
    asked = build.get(f"{LOGIN}/authorize", status=status, response_headers=headers, excerpt=excerpt)
    text = only(build.judge(AUDIT, build.walk([asked], answer=None, ending="login_not_found"))).fix.text
    assert ("client id" in text) is (advice is None)
    assert advice is None or advice in text


def test_an_address_with_http_is_corrected_and_no_proxy(build):
    asked = build.get(f"{LOGIN}/authorize", status=302)
    plain = build.get(
        "http://login.example.com:8443/login", status=400, excerpt="Client sent an HTTP request to an HTTPS server."
    )
    text = only(build.judge(AUDIT, build.walk([asked, plain], answer=None, ending="login_not_found"))).fix.text
    assert text.startswith("Name the address with https")


def fetched(build, status=500, **more):
    return {**build.sub(f"{LOGIN}/api/consent", "fetch", status=status, cookie="session=s", **more), "method": "POST"}


@pytest.mark.parametrize("word", ["undefined", "null", "%5Bobject%20Object%5D"])
@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"excerpt": '{"message":"The lamp broke"}'}, "500, “The lamp broke”"),
        ({"status": 403}, "403"),
        ({"status": 200, "excerpt": "{}"}, "200"),
    ],
)
def test_a_script_that_went_on_without_an_address_is_told_with_the_answer_it_read(build, pieces, word, answer, said):
    asked, url = build.authorization(), f"{LOGIN}/app/{word}"
    form = [*build.healthy_steps(asked, None)[:2], fetched(build, **answer), build.sub(f"{LOGIN}/api/me", "fetch")]
    for status in (404, 200):
        seen = {"title": "Home", "text": "Welcome home", "controls": (), "headings": ()}
        screens = [pieces.screen(1, 0.25, pieces.digest()), pieces.screen(2, 0.9, pieces.digest(url, **seen))]
        steps = [*(form if said != "200" else form[:-1]), build.get(url, status=status)]
        walk = build.walk(steps, answer=None, ending="dead_end", login=TYPED, screens=screens)
        assert only(build.judge(AUDIT, walk)).fix.text.startswith(
            f"A script led to {url}, as one does that reads an address where there is none, after POST "
            f"{LOGIN}/api/consent was answered with status {said}. See why that answer"
        )


@pytest.mark.parametrize("url", [f"{LOGIN}/undefined-terms", f"{LOGIN}/end?next=undefined", f"{LOGIN}/undefined/end"])
def test_another_address_or_one_without_an_answer_before_it_was_no_scripts_mistake(build, pieces, url):
    asked = build.authorization()
    form = [*build.healthy_steps(asked, None)[:2], fetched(build)]
    for steps in ([*form, build.get(url, status=404)], [*form[:2], build.get(f"{LOGIN}/undefined", status=404)]):
        walk = build.walk(steps, answer=None, ending="dead_end", login=TYPED)
        assert "A script led to" not in only(build.judge(AUDIT, walk)).fix.text
