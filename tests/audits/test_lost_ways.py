"""Logins that lose their way: redirects in a circle, and cookies that no browser keeps."""

from __future__ import annotations

from itertools import pairwise

import pytest

from e2e_linker.evidence.models import Causes, JarCookie, LoginStep, NotCollected, Present, SetCookie, Trial
from e2e_linker.model import Confidence, Severity

HOST = "https://login.example.com"


def cookie(name="sessionid", **more):
    return SetCookie(**{"name": name, "value": "<cookie#1>", "size": 41, "path": "/", "http_only": True, **more})


FOREIGN = {"domain": "example.org"}
REFUSED = {
    "another site's": (FOREIGN, "is for example.org, to which login.example.com does not belong"),
    "a neighbour's": ({"domain": ".www.example.com"}, "is for www.example.com"),
    "half of a name": ({"domain": "gin.example.com"}, "is for gin.example.com"),
    "SameSite=None": ({"same_site": "None"}, "says `SameSite=None` without `Secure`. Browsers"),
    "prefix": ({"name": "__Secure-sid"}, "has a name that browsers take with `Secure` only"),
    "host prefix": (
        {"name": "__Host-sid", "secure": True, "domain": "login.example.com"},
        "has a name that browsers take with `Path=/` and without",
    ),
}
KEPT = {
    "its own": {"domain": "login.example.com"},
    "its parent's": {"domain": ".Example.com"},
    "SameSite=None with Secure": {"same_site": "None", "secure": True},
    "removed": {**FOREIGN, "max_age": "0"},
    "emptied": {**FOREIGN, "size": 9},
    "long expired": {**FOREIGN, "expires": "Thu, 01 Jan 1970 00:00:00 GMT"},
    "for another path": {**FOREIGN, "path": "/admin"},
    "too large": {**FOREIGN, "size": 5000},
    "not of the login": {"name": "ab_test", "same_site": "None", "http_only": False},
    "an author's": {"name": "author_inside", "same_site": "None", "http_only": False},
}


FORM = '<form><input name="user"><input type="password" name="pass"></form>'
FILLED = LoginStep(at=0.25, action="fill", target="#pass", what="password", outcome="done")


def returned(build, given, *, sent=None, jar=(), ending="dead_end", last=FORM, login=(FILLED,)):
    """A login whose posted form sets ``given`` and that comes back to it, with the cookies ``sent``."""
    steps = [
        build.get(f"{HOST}/authorize", location=f"{HOST}/login"),
        build.get(f"{HOST}/login", excerpt=FORM),
        build.post(f"{HOST}/login", {}, location=f"{HOST}/authorize", status=303, set_cookies=(given,)),
        build.get(f"{HOST}/authorize", location=f"{HOST}/login", cookie=sent),
        build.get(f"{HOST}/login", cookie=sent, excerpt=last),
    ]
    return build.walk(steps, answer=None, ending=ending, jar=jar, login=login)


def in_jar(name="sessionid"):
    about = {"domain": "login.example.com", "path": "/", "size": 41, "secure": True, "http_only": True}
    return JarCookie(name=name, same_site=None, **about)


@pytest.mark.parametrize("name", REFUSED)
def test_a_cookie_that_no_browser_keeps_is_named_where_the_login_failed(build, name):
    given, why = REFUSED[name]
    made = cookie(**given)
    (found,) = build.judge("refused-cookies", returned(build, made)).findings
    assert (found.rule, found.severity, found.symptom) == ("screen-error-page", Severity.BREAKS, False)
    assert found.confidence is Confidence.LIKELY
    assert found.message.startswith(f"login.example.com sets the cookie `{made.name}`, which {why}")
    assert (found.primary.ref, found.related[0].ref) == ("measured#3", "measured#4")


@pytest.mark.parametrize("name", KEPT)
def test_a_cookie_that_browsers_keep_or_that_is_taken_away_is_not(build, name):
    assert build.judge("refused-cookies", returned(build, cookie(**KEPT[name]))).status == "inconclusive"


def test_cookies_that_are_refused_for_one_reason_are_one_finding(build):
    walk = circle(
        build, f"{HOST}/a", f"{HOST}/b", f"{HOST}/a", given=(cookie(**FOREIGN), cookie("messages", **FOREIGN))
    )
    (found,) = build.judge("refused-cookies", walk).findings
    assert found.message.startswith(
        "login.example.com sets the cookies `sessionid`, `messages`: each is for example.org"
    )


def test_a_refused_cookie_whose_name_is_made_up_is_the_same_finding_at_each_run(build):
    subjects = set()
    for made_up in ("UNwTOFFSk3QdaJr9VbXcE", "7zwUAtAkpLm3QnR8sTv2"):
        walk = returned(build, cookie(f".AspNetCore.Correlation.{made_up}", size=90, **FOREIGN))
        subjects |= {one.subject for one in build.judge("refused-cookies", walk).findings}
    assert subjects == {"login.example.com cookies `.AspNetCore.Correlation.*`"}


def test_what_came_back_or_is_in_the_jar_was_not_refused(build):
    refused = cookie(same_site="None")
    assert build.judge("refused-cookies", returned(build, refused, sent="sessionid=s")).status == "inconclusive"
    assert build.judge("refused-cookies", returned(build, refused, jar=(in_jar(),))).status == "inconclusive"
    assert build.judge("refused-cookies", returned(build, refused, jar=(in_jar("other"),))).status == "failed"


@pytest.mark.parametrize(("host", "status"), [(HOST, "failed"), ("https://telemetry.example.net", "inconclusive")])
def test_a_script_that_logs_in_sets_cookies_of_the_login_and_one_that_counts_does_not(build, host, status):
    sent = {"method": "POST", "status": 200}
    steps = [
        build.get(f"{HOST}/login", excerpt=FORM),
        {**build.sub(f"{host}/session", "fetch", set_cookies=(cookie(same_site="None"),)), **sent},
        {**build.sub(f"{host}/session", "fetch"), **sent},
        build.get(f"{HOST}/login", excerpt=FORM),
    ]
    walk = build.walk(steps, answer=None, ending="dead_end", login=(FILLED,), jar=())
    assert build.judge("refused-cookies", walk).status == status


ENDINGS = {
    "another page": {"last": "<p>Thank you for your patience</p>"},
    "a button that stays disabled": {"login": ()},
    "a step that failed": {"login": (FILLED.model_copy(update={"outcome": "failed"}),)},
}


@pytest.mark.parametrize("name", ENDINGS)
def test_where_the_server_shows_no_sign_of_having_forgotten_anything_a_cookie_is_the_cause_of_nothing(build, name):
    (found,) = build.judge("refused-cookies", returned(build, cookie(**FOREIGN), **ENDINGS[name])).findings
    assert (found.severity, found.confidence) == (Severity.RECOMMENDED, Confidence.POSSIBLE)


@pytest.mark.parametrize("text", ["Forbidden (403) CSRF verification failed.", "InvalidAuthenticityToken"])
def test_a_form_that_is_taken_for_forged_depends_on_its_cookie(build, text):
    token = cookie("csrftoken", same_site="None", http_only=False)
    (found,) = build.judge("refused-cookies", returned(build, token, last=f"<h1>{text}</h1>")).findings
    assert (found.severity, found.confidence) == (Severity.BREAKS, Confidence.LIKELY)


MISSED = "interaction session id cookie not found"


def led(build, *given, text=MISSED, status=400, sent=None, to="/interaction/1"):
    """An authorization request that is answered with cookies and leads on ``to`` an error page."""
    steps = [
        build.get(f"{HOST}/auth?client_id=a", location=f"{HOST}{to}", set_cookies=given),
        build.get(f"{HOST}{to}", status=status, cookie=sent, excerpt=f"<h1>{text}</h1>"),
    ]
    return build.walk(steps, answer=None, ending="login_not_found")


def test_a_session_that_is_missed_before_the_login_was_refused_by_the_browser(build):
    (found,) = build.judge("refused-cookies", led(build, cookie(same_site="None"))).findings
    assert (found.severity, found.confidence) == (Severity.BREAKS, Confidence.LIKELY)
    assert "says `SameSite=None` without `Secure`. Browsers refuse that" in found.message
    for other in ({"text": "Unknown scope"}, {"status": 200}):
        assert build.judge("refused-cookies", led(build, cookie(same_site="None"), **other)).status == "inconclusive"


def test_a_path_that_leaves_out_where_the_answer_leads_is_named_where_the_session_is_missed(build):
    resume = cookie("resume_session", path="/auth/1")
    (found,) = build.judge("refused-cookies", led(build, cookie(path="/auth"), resume)).findings
    assert found.message == (
        "login.example.com sets the cookie `sessionid`, which is for the path `/auth` alone, not for "
        "https://login.example.com/interaction/1. Browsers do not send it there: the next request to login.example.com "
        "came without, and the login did not get to Alexa."
    )
    assert (found.severity, found.confidence) == (Severity.BREAKS, Confidence.LIKELY)
    assert "Path=/" in found.fix.text


@pytest.mark.parametrize(
    ("given", "more"),
    [
        ({"path": "/auth"}, {"text": "Unknown scope"}),
        ({"path": "/auth"}, {"sent": "sessionid=s"}),
        ({"path": "/auth"}, {"to": "/auth/next"}),
        ({"path": "/"}, {}),
        ({"path": "/auth", "max_age": "0"}, {}),
    ],
)
def test_a_path_that_is_as_it_is_meant_to_be_is_the_cause_of_nothing(build, given, more):
    assert build.judge("refused-cookies", led(build, cookie(**given), **more)).status == "inconclusive"


def anew(build, *given, text="No request.", sent=None, again=None, to="/interaction/1", more=()):
    """A redirect with cookies to a page that refuses, and sets ``again``, by default the same once more."""
    again = given if again is None else again
    date = [("Date", "Mon, 23 Nov 2026 15:00:00 GMT")]
    first = {"location": f"{HOST}{to}", "set_cookies": given, "response_headers": date}
    steps = [
        build.get(f"{HOST}/auth?client_id=a", **first),
        build.get(f"{HOST}{to}", status=400, cookie=sent, excerpt=f"<h1>{text}</h1>", set_cookies=again),
        *more,
    ]
    return build.walk(steps, answer=None, ending="login_not_found")


ENDED = "Mon, 23 Nov 2026 15:00:00 GMT"
MISSING = {
    "SameSite=None": ({"same_site": "None"}, "says `SameSite=None` without `Secure`. Browsers refuse that: the next"),
    "Domain": (FOREIGN, "is for example.org, to which login.example.com does not belong. Browsers refuse that: the"),
    "Path": ({"path": "/auth"}, "is for the path `/auth` alone, not for https://login.example.com/interaction/1."),
    "Expires": ({"expires": ENDED}, "ends the moment it is set. Browsers drop it then: a later request to login."),
    "Max-Age": ({"max_age": "2"}, "lives for 2 s only. Browsers drop it then: a later request to login."),
}


@pytest.mark.parametrize("name", MISSING)
@pytest.mark.parametrize("text", ["No request.", "", "Keine Anfrage."])
def test_a_cookie_that_did_not_come_and_is_set_once_more_is_missed_whatever_the_page_says(build, name, text):
    given, why = MISSING[name]
    walk = anew(build, cookie(**given), text=text)
    (found,) = build.judge("refused-cookies", walk).findings
    assert found.message.startswith(f"login.example.com sets the cookie `sessionid`, which {why}")
    assert (found.severity, found.confidence) == (Severity.BREAKS, Confidence.LIKELY)
    (page,) = build.judge("error-page", walk).findings
    assert page.symptom
    assert page.fix.text.startswith("The server looks for a session, and does not find it.")


@pytest.mark.parametrize(
    ("given", "more"),
    [
        ({"path": "/auth"}, {"text": "Unknown scope"}),
        ({"path": "/auth"}, {"text": "redirect_uri mismatch"}),
        ({"same_site": "None"}, {"text": "unauthorized_client"}),
        ({"path": "/auth"}, {"sent": "sessionid=s"}),
        ({"path": "/auth"}, {"again": ()}),
        ({"path": "/auth", "name": "csrftoken"}, {}),
        ({"same_site": "None", "name": "XSRF-TOKEN"}, {}),
        ({"path": "/auth"}, {"again": (cookie(path="/interaction"),)}),
        ({"path": "/auth"}, {"again": (cookie(path="/auth", max_age="0"),)}),
        ({"path": "/interaction"}, {}),
        ({"max_age": "2"}, {"sent": "sessionid=s"}),
        ({"max_age": "600"}, {}),
        ({"max_age": "2", "name": "flash"}, {}),
        ({"expires": "Mon, 23 Nov 2026 14:59:00 GMT"}, {}),
        ({"expires": "Mon, 23 Nov 2026 15:10:00 GMT"}, {}),
        ({"expires": "no date at all"}, {}),
        ({"expires": "Thu, 01 Jan 2026 00:00:00 +9999999999999999"}, {}),
    ],
)
def test_a_cookie_that_came_that_is_another_or_that_the_page_does_not_miss_is_the_cause_of_nothing(build, given, more):
    walk = anew(build, cookie(**given), **more)
    assert build.judge("refused-cookies", walk).status == "inconclusive"


def test_a_session_that_ends_while_the_form_is_filled_in_is_named(build):
    short = cookie("connect.sid", expires="Mon, 23 Nov 2026 15:00:02 GMT")
    date = [("Date", "Mon, 23 Nov 2026 15:00:00 GMT")]
    steps = [
        build.get(f"{HOST}/auth", location=f"{HOST}/login", set_cookies=(short,), response_headers=date),
        build.get(f"{HOST}/login", cookie="connect.sid=s", excerpt=FORM),
        build.post(f"{HOST}/login", {}, status=400, set_cookies=(short,), excerpt="<h1>Missing request</h1>"),
    ]
    walk = build.walk(steps, answer=None, ending="dead_end", login=(FILLED,), jar=(in_jar("connect.sid"),))
    (found,) = build.judge("refused-cookies", walk).findings
    assert (found.severity, found.confidence) == (Severity.BREAKS, Confidence.LIKELY)
    assert "which lives for 2 s only. Browsers drop it then" in found.message
    assert (found.primary.ref, found.related[0].ref) == ("measured#1", "measured#3")
    assert "`maxAge` of Express" in found.fix.text


@pytest.mark.parametrize(
    ("again", "other", "severity"),
    [(True, None, Severity.BREAKS), (True, "login=1", Severity.RECOMMENDED), (False, None, None)],
)
def test_a_session_for_the_path_of_the_request_alone_does_not_come_to_the_login(build, pieces, again, other, severity):
    given = cookie(path="/oauth")
    steps = [
        build.get(f"{HOST}/oauth/authorize", location=f"{HOST}/login", set_cookies=(given,)),
        build.get(f"{HOST}/login", excerpt=FORM, cookie=other),
        build.post(f"{HOST}/login", {}, excerpt="Logged in!", cookie=other, set_cookies=(given,) if again else ()),
    ]
    end = pieces.digest(f"{HOST}/login", (), title="", headings=(), text="Logged in!")
    walk = build.walk(steps, answer=None, ending="dead_end", login=(FILLED,), screens=[pieces.screen(1, 0.6, end)])
    outcome = build.judge("refused-cookies", walk)
    assert [one.severity for one in getattr(outcome, "findings", ())] == [severity] * (severity is not None)
    if severity:
        assert "is for the path `/oauth` alone, not for https://login.example.com/login." in outcome.findings[0].message


def filled_in(build, *given, text=MISSED, sent=None, to="/realms/home/authenticate"):
    """A page that comes with cookies, and whose form is answered with ``text``."""
    steps = [
        build.get(f"{HOST}/realms/home/auth?client_id=a", set_cookies=given, excerpt=FORM),
        build.post(f"{HOST}{to}", {}, status=400, cookie=sent, excerpt=f"<h1>{text}</h1>"),
    ]
    return build.walk(steps, answer=None, ending="dead_end", login=(FILLED,))


def test_a_path_that_leaves_out_where_the_form_leads_is_named_where_the_session_is_missed(build):
    (found,) = build.judge("refused-cookies", filled_in(build, cookie(path="/realms/other/"))).findings
    assert (
        "which is for the path `/realms/other/` alone, not for https://login.example.com/realms/home" in found.message
    )
    assert (found.severity, found.confidence) == (Severity.BREAKS, Confidence.LIKELY)
    assert (found.primary.ref, found.related[0].ref) == ("measured#1", "measured#2")


def test_where_another_session_came_with_the_form_its_path_is_advice(build):
    walk = filled_in(build, cookie(path="/realms/other/"), sent="authsid=1; lang=en")
    (found,) = build.judge("refused-cookies", walk).findings
    assert (found.severity, found.confidence) == (Severity.RECOMMENDED, Confidence.POSSIBLE)


@pytest.mark.parametrize(("path", "later"), [("/oauth", True), ("/elsewhere", False)])
def test_what_the_way_to_the_form_sets_for_itself_may_be_for_the_way_back(build, path, later):
    steps = [
        build.get(f"{HOST}/oauth/authorize?client_id=a", location=f"{HOST}/login", set_cookies=[cookie(path=path)]),
        build.get(f"{HOST}/login", excerpt=FORM),
        build.post(f"{HOST}/login", {}, status=400, excerpt=f"<h1>{MISSED}</h1>"),
    ]
    walk = build.walk(steps, answer=None, ending="dead_end", login=(FILLED,))
    (found,) = build.judge("refused-cookies", walk).findings
    assert found.severity is (Severity.RECOMMENDED if later else Severity.BREAKS)


@pytest.mark.parametrize(
    ("given", "more"),
    [
        ({"path": "/realms/other/"}, {"text": "Unknown scope"}),
        ({"path": "/realms/other/"}, {"sent": "sessionid=s"}),
        ({"path": "/realms/other/", "max_age": "0"}, {}),
        ({"path": "/realms/other/", "domain": "example.org"}, {}),
        ({"path": "/realms/home/"}, {}),
        ({"name": "theme", "path": "/realms/other/", "http_only": False}, {}),
        ({"path": "/realms/other/"}, {"to": "/realms/other/authenticate"}),
    ],
)
def test_a_path_that_holds_the_form_or_a_session_that_nobody_misses_is_not_blamed(build, given, more):
    assert build.judge("refused-cookies", filled_in(build, cookie(**given), **more)).status == "inconclusive"


@pytest.mark.parametrize(("sent", "severity"), [(None, Severity.BREAKS), ("lang=en", Severity.RECOMMENDED)])
def test_a_login_that_ends_at_the_front_page_without_any_cookie_has_lost_its_session(build, sent, severity):
    given = cookie(same_site="None")
    steps = [
        build.get(f"{HOST}/authorize", location=f"{HOST}/login", set_cookies=(given,)),
        build.get(f"{HOST}/login", excerpt=FORM, cookie=sent),
        build.post(f"{HOST}/login", {}, location=f"{HOST}/", status=303, cookie=sent),
        build.get(f"{HOST}/", excerpt="<h1>Welcome</h1>", cookie=sent),
    ]
    walk = build.walk(steps, answer=None, ending="dead_end", login=(FILLED,))
    (found,) = build.judge("refused-cookies", walk).findings
    assert found.severity is severity


@pytest.mark.parametrize(
    "name",
    ["csrftoken", "XSRF-TOKEN", "authenticity_token", "PHPSESSID", "connect.sid", "authorization", "__Secure-x"],
)
def test_what_scripts_may_read_counts_by_its_name(build, name):
    given = cookie(name, http_only=False, domain="example.org")
    assert build.judge("refused-cookies", returned(build, given)).status == "failed"


def test_a_form_of_other_fields_comes_back_for_no_lost_session(build, pieces):
    def asked(*names):
        shown = [pieces.control("field", name, name=name, type="text") for name in names]
        return pieces.digest(controls=tuple(shown))

    for second, severity in (("email", Severity.BREAKS), ("code", Severity.RECOMMENDED)):
        screens = [pieces.screen(1, 0.22, asked("email")), pieces.screen(2, 0.6, asked(second))]
        walk = returned(build, cookie(**FOREIGN), last="<form></form>").model_copy(
            update={"screens": build.walk(screens=screens).screens}
        )
        (found,) = build.judge("refused-cookies", walk).findings
        assert found.severity is severity


@pytest.mark.parametrize("expires", ["Thu, 01 Jan 1970 00:00:00 +9999999999999999", "no date at all"])
def test_a_date_that_is_none_loses_nothing(build, expires):
    assert build.judge("refused-cookies", returned(build, cookie(**FOREIGN, expires=expires))).status == "failed"


@pytest.mark.parametrize(
    "ending", ["timeout", "login_not_found", "login_rejected", "unreachable", "interrupted", "captcha"]
)
def test_other_endings_are_not_the_cookies_doing(build, ending):
    assert build.judge("refused-cookies", returned(build, cookie(**FOREIGN), ending=ending)).status == "inconclusive"


def test_a_login_that_works_depends_on_no_such_cookie(build):
    asked = build.authorization()
    steps = build.healthy_steps(asked, build.answer(asked))
    steps[2] |= {"set_cookies": (cookie(**FOREIGN),)}
    for jar in ((), NO_JAR):
        walk = build.walk(steps, asked=asked, jar=jar)
        assert build.judge("refused-cookies", walk).status == "passed"
        assert build.judge("redirect-loop", walk).status == "passed"


NO_JAR = NotCollected(reason="a network capture does not hold the cookie jar")


def test_without_a_jar_nothing_is_known_of_cookies_and_a_loop_is_one_all_the_same(build):
    walk = circle(build, *[f"{HOST}/authorize"] * 4, given=(cookie(**FOREIGN),)).model_copy(update={"jar": NO_JAR})
    (found,) = build.judge("redirect-loop", walk).findings
    assert "leads to itself" in found.message
    assert "not sent back" not in found.message
    assert build.judge("refused-cookies", walk).status == "inconclusive"


def circle(build, *addresses, given=(), ending="redirect_loop"):
    steps = [build.get(one, location=to) for one, to in pairwise(addresses)]
    steps[-1]["set_cookies"] = given
    return build.walk([*steps, build.get(addresses[-1])], answer=None, ending=ending, jar=())


def test_a_circle_is_told_with_its_addresses(build):
    a, b, c = (f"{HOST}/{name}" for name in ("authorize", "login", "mfa"))
    (found,) = build.judge("redirect-loop", circle(build, a, f"{b}?x=1", c, f"{b}?x=2", c, f"{b}?x=3")).findings
    assert (found.rule, found.severity, found.symptom) == ("screen-error-page", Severity.BREAKS, True)
    assert f"an error page of its own: `{b}` → `{c}` → the first of them again." in found.message
    assert [one.ref for one in (found.primary, *found.related)] == ["measured#4", "measured#5"]
    assert "not found again" in found.fix.text


def test_an_address_that_leads_to_itself_may_not_know_of_tls(build):
    (found,) = build.judge("redirect-loop", circle(build, *[f"{HOST}/authorize"] * 4)).findings
    assert f"`{HOST}/authorize` leads to itself" in found.message
    assert "X-Forwarded-Proto" in found.fix.text


def test_a_circle_for_one_user_agent_is_told_with_the_proof(build):
    walk = circle(build, *[f"{HOST}/authorize"] * 4)
    given = {"changed": "", "until": "login_form", "duration_s": 0.1}
    trials = (
        Trial(n=1, factor="nothing", ending="redirect_loop", **given),
        Trial(n=2, factor="user_agent", ending="stopped", **given),
    )
    (found,) = build.judge("redirect-loop", build.case(walk, causes=Present(value=Causes(trials=trials)))).findings
    assert "Proven: its user agent is why" in found.message
    assert found.cause == "proven"
    assert found.fix.text.startswith("Remove what treats this user agent otherwise")


def test_the_cookie_that_is_not_sent_back_in_a_circle_is_named(build):
    a, b = f"{HOST}/authorize", f"{HOST}/login"
    walk = circle(build, a, b, a, b, a, given=(cookie(**FOREIGN),))
    (found,) = build.judge("redirect-loop", walk).findings
    assert "not sent back: `sessionid` of login.example.com (is for example.org" in found.message
    assert "browsers keep" in found.fix.text
    (cause,) = build.judge("refused-cookies", walk).findings
    assert (cause.severity, cause.confidence) == (Severity.BREAKS, Confidence.LIKELY)


def test_a_cookie_for_tests_of_the_page_is_not_what_a_circle_waits_for(build):
    a, b = f"{HOST}/authorize", f"{HOST}/login"
    walk = circle(build, a, b, a, b, a, given=(cookie("ab_test", same_site="None", http_only=False),))
    (found,) = build.judge("redirect-loop", walk).findings
    assert "ab_test" not in found.message
    assert "not found again" in found.fix.text
    assert build.judge("refused-cookies", walk).status == "inconclusive"


def signed_in_circle(build, pieces, *, form="/login", back="sessionid=<cookie#2>", last=None, fields=None):
    """A password that is taken, and then /authorize and /login that each send the browser to the other."""
    first, other = f"{HOST}/authorize", f"{HOST}/login"
    given = cookie(value="<cookie#2>", same_site="Lax")
    fields = {"password": "<password#1>"} if fields is None else fields
    steps = [
        build.get(first, location=f"{HOST}{form}"),
        build.get(f"{HOST}{form}"),
        build.post(f"{HOST}{form}", fields, location=first, set_cookies=(given,)),
        build.get(first, location=other, cookie=back),
        build.get(other, location=first, cookie=back),
        build.get(first, location=other, cookie=last or back),
        build.get(other, location=first, cookie=back),
    ]
    screens = [pieces.screen(1, 0.22, pieces.digest(f"{HOST}{form}"))]
    return build.walk(steps, answer=None, ending="redirect_loop", screens=screens)


def test_a_circle_in_which_the_session_comes_back_is_of_servers_that_do_not_share_it(build, pieces):
    walk = signed_in_circle(build, pieces)
    given = {"changed": "", "until": "login_form", "duration_s": 0.1}
    trials = (
        Trial(n=1, factor="nothing", ending="redirect_loop", **given),
        Trial(n=2, factor="user_agent", ending="stopped", **given),
    )
    for case in (walk, build.case(walk, causes=Present(value=Causes(trials=trials)))):
        (found,) = build.judge("redirect-loop", case).findings
        assert "Each of these requests brought back what the login had set (`sessionid`)" in found.message
        assert "SECRET_KEY" in found.fix.text
        assert (found.cause, "Proven" in found.message) == (None, False)


@pytest.mark.parametrize(("given", "told"), [("code=c1", True), ("error=access_denied", False)])
def test_a_circle_after_a_login_at_another_server_tells_of_the_session_that_was_opened_for_it(build, given, told):
    idp, cookie = "https://id.example.net", SetCookie(name="sessionid", value="<cookie#2>", size=41, http_only=True)
    back, circle = "sessionid=<cookie#2>", (f"{HOST}/consent?client_id=alexa", f"{HOST}/authorize?client_id=alexa")
    steps = [
        build.get(circle[1], location=f"{idp}/authorize"),
        build.get(f"{idp}/authorize"),
        build.post(f"{idp}/login", {"password": "<password#1>"}, location=f"{HOST}/callback?{given}"),
        build.get(f"{HOST}/callback?{given}", location=circle[0], set_cookies=[cookie]),
        *(build.get(circle[n % 2], location=circle[1 - n % 2], cookie=back) for n in range(4)),
    ]
    walk = build.walk(steps, answer=None, ending="redirect_loop")
    (found,) = build.judge("redirect-loop", walk).findings
    assert ("brought back what the login had set (`sessionid`)" in found.message) is told


@pytest.mark.parametrize(
    "other",
    [
        {"back": "theme=dark"},
        {"last": "sessionid=<cookie#9>"},
        {"form": "/sign-in"},
        {"fields": {"username": "<username#1>"}},
    ],
)
def test_a_circle_without_the_session_or_the_login_says_nothing_of_it(build, pieces, other):
    (found,) = build.judge("redirect-loop", signed_in_circle(build, pieces, **other)).findings
    assert "brought back" not in found.message
    assert "not found again" in found.fix.text


@pytest.mark.parametrize("ending", ["dead_end", "unreachable"])
def test_a_way_that_comes_back_to_an_address_is_no_loop(build, ending):
    outcome = build.judge("redirect-loop", circle(build, *[f"{HOST}/authorize"] * 3, ending=ending))
    assert outcome.status == "inconclusive"


def test_a_loop_that_the_requests_do_not_show_is_not_judged(build):
    assert build.judge("redirect-loop", circle(build, f"{HOST}/a", f"{HOST}/b")).status == "inconclusive"


def scripted(build, given, *, api=HOST, site="same-origin", status=401, sent=None, headers=(), jar=(), between=()):
    """A login whose script signs in at ``api``, which sets ``given``, and whose consent is then refused."""
    asks = {"method": "POST", "headers": (("Sec-Fetch-Site", site), *headers)}
    steps = [
        build.get(f"{HOST}/login", excerpt=FORM),
        {**build.sub(f"{api}/sign-in", "fetch", set_cookies=(given,)), **asks},
        build.get(f"{HOST}/consent", excerpt="<h1>Consent</h1>"),
        *between,
        {**build.sub(f"{api}/consent", "fetch", status=status, cookie=sent), **asks},
    ]
    return build.walk(steps, answer=None, ending="dead_end", login=(FILLED,), jar=jar)


@pytest.mark.parametrize("status", [401, 403])
def test_a_cookie_that_no_browser_keeps_is_why_a_scripts_request_is_refused_without_it(build, status):
    (found,) = build.judge("refused-cookies", scripted(build, cookie(**FOREIGN), status=status)).findings
    assert (found.severity, found.confidence) == (Severity.BREAKS, Confidence.LIKELY)
    assert "which is for example.org" in found.message


NOT_WITHOUT_IT = {
    "another session": {"sent": "auth_token=x"},
    "something else, and a bare refusal": {"sent": "lang=en", "status": 403},
    "a token": {"headers": (("Authorization", "Bearer x"),)},
    "an error": {"status": 500},
    "a good answer": {"status": 200},
}


@pytest.mark.parametrize("name", NOT_WITHOUT_IT)
def test_a_scripts_request_that_was_refused_otherwise_does_not_depend_on_a_refused_cookie(build, name):
    walk = scripted(build, cookie(**FOREIGN), **NOT_WITHOUT_IT[name])
    assert [one.severity for one in build.judge("refused-cookies", walk).findings] == [Severity.RECOMMENDED]
    lasting = scripted(build, cookie(), **NOT_WITHOUT_IT[name])
    assert build.judge("refused-cookies", lasting).status == "inconclusive"


@pytest.mark.parametrize(("api", "site"), [(HOST, "same-origin"), ("https://api.example.com", "same-site")])
def test_a_session_that_a_script_asked_for_without_credentials_is_named(build, api, site):
    (found,) = build.judge("refused-cookies", scripted(build, cookie(), api=api, site=site)).findings
    assert (found.severity, found.confidence) == (Severity.BREAKS, Confidence.LIKELY)
    assert "`sessionid`, which came with the answer to a script's request that was made without" in found.message
    assert "`credentials: 'include'`" in found.fix.text
    assert found.primary.ref == "measured#2"


LEFT_ALONE = {
    "another site's answer": {"site": "cross-site", "api": "https://api.example.net"},
    "an unknown way": {"site": "none"},
    "not a session": {"given": cookie("lang", http_only=True)},
    "for another path": {"given": cookie(path="/admin")},
    "over plain http": {"api": "http://login.example.com"},
    "a short one": {"given": cookie(max_age="60")},
    "too large": {"given": cookie(size=5000)},
    "of a partition": {"given": cookie(partitioned=True)},
}


@pytest.mark.parametrize("name", LEFT_ALONE)
def test_a_cookie_that_may_have_been_left_for_another_reason_is_not(build, name):
    more = {"given": cookie(), **LEFT_ALONE[name]}
    assert build.judge("refused-cookies", scripted(build, more.pop("given"), **more)).status == "inconclusive"


def test_a_session_that_is_in_the_jar_came_back_or_was_taken_away_again_was_kept(build):
    assert build.judge("refused-cookies", scripted(build, cookie(), jar=(in_jar(),))).status == "inconclusive"
    came = build.get(f"{HOST}/lamps", cookie="sessionid=s")
    ended = build.get(f"{HOST}/lamps", set_cookies=(cookie(max_age="0"),))
    for between in (came, ended):
        assert build.judge("refused-cookies", scripted(build, cookie(), between=(between,))).status == "inconclusive"
