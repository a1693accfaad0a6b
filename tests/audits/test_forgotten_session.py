"""Logins that are taken and asked for again, although the cookie of their session came back."""

from __future__ import annotations

import pytest

from e2e_linker.evidence.models import Ending, JarCookie, LoginStep, NotCollected, Present, SetCookie
from e2e_linker.model import Confidence, Fault, Severity

AUDIT = "forgotten-session"
HOST = "https://login.example.com"
ASK = f"{HOST}/authorize?client_id=alexa-skill&state=s"
FORM = f"{HOST}/login?next=%2Fauthorize"
SENT = {"username": "<username#1>", "password": "<password#1>"}
KNOWN = "csrftoken=<cookie#1>"
BACK = f"{KNOWN}; sessionid=<cookie#2>"
TYPED = LoginStep(at=0.25, action="fill", target="#pass", what="password", outcome="done")


def cookie(name="sessionid", value="<cookie#2>", **more):
    return SetCookie(**{"name": name, "value": value, "size": 41, "path": "/", "http_only": True, **more})


def asked_again(
    build, pieces, *, given=None, sent=BACK, before=KNOWN, first=(), shown=(), removed=(), to=ASK, form=FORM,
    fields=SENT, begin=None, end=None, again=None, ending="dead_end", login=(),
):  # fmt: skip
    """A login at ``form`` that is answered with ``to`` and the cookies ``given``, and asked for once more.

    ``before`` are the cookies that the posted form brings, ``first`` and ``shown`` those of the first two answers,
    ``begin`` and ``end`` the controls of the first and the last page, ``again`` where ``to`` leads.
    """
    given, again = [cookie()] if given is None else given, again or form
    steps = [
        build.get(ASK, location=form, set_cookies=first),
        build.get(form, set_cookies=shown, cookie=before),
        build.post(form, fields, location=to, set_cookies=given, cookie=before),
        build.get(to, location=again, cookie=sent, set_cookies=removed),
        build.get(again, cookie=sent),
    ]
    look = {"controls": begin} if begin is not None else {}
    last = {"controls": end} if end is not None else look
    screens = [pieces.screen(1, 0.22, pieces.digest(form, **look)), pieces.screen(2, 0.9, pieces.digest(again, **last))]
    return build.walk(steps, answer=None, ending=ending, screens=screens, login=login)


IDP = "https://id.example.net/authorize"


def federated(
    build, pieces, *, callback="code=c1&state=x", given=None, sent="sessionid=<cookie#2>", back=f"{HOST}/start"
):
    """A login at another server, which sends the customer back with ``callback``, and is asked for once more."""
    start, returned = f"{HOST}/start", f"{HOST}/callback?{callback}"
    steps = [
        build.get(ASK, location=start),
        build.get(start, location=f"{IDP}?state=1"),
        build.get(f"{IDP}?state=1"),
        build.post("https://id.example.net/login", SENT, location=returned),
        build.get(returned, location=ASK, set_cookies=[cookie()] if given is None else given),
        build.get(ASK, location=back, cookie=sent),
        build.get(back, location=f"{IDP}?state=2", cookie=sent),
        build.get(f"{IDP}?state=2"),
    ]
    screens = [
        pieces.screen(1, 0.32, pieces.digest(f"{IDP}?state=1")),
        pieces.screen(2, 0.99, pieces.digest(f"{IDP}?state=2")),
    ]
    return build.walk(steps, answer=None, ending="dead_end", screens=screens)


def only(outcome):
    assert outcome.status == "failed", outcome
    (found,) = outcome.findings
    assert found.rule == "screen-error-page"
    return found


def test_a_session_whose_cookie_came_back_is_forgotten(build, pieces):
    walk = asked_again(build, pieces)
    found = only(build.judge(AUDIT, walk))
    assert found.message == (
        "login.example.com took the login, and does not know the customer again. Request 3, POST "
        "https://login.example.com/login, was answered with status 302 and the cookie `sessionid`. Request 4, GET "
        "https://login.example.com/authorize, brought it back with the same value; the browser was sent to the "
        "login again, https://login.example.com/login."
    )
    assert (found.severity, found.confidence, found.symptom) == (Severity.BREAKS, Confidence.LIKELY, False)
    assert "a store that all share" in found.fix.text
    assert "the test account may not use this client" in found.fix.text
    assert (found.primary.ref, [one.ref for one in found.related]) == ("measured#4", ["measured#3", "measured#2"])
    assert build.judge("error-page", walk).status == "inconclusive"


def test_an_answer_that_takes_the_cookie_away_leaves_no_other_reason(build, pieces):
    found = only(build.judge(AUDIT, asked_again(build, pieces, removed=[cookie(value="", size=11, max_age="0")])))
    assert "with the same value, and its answer takes it away; the browser was sent to the login again" in found.message
    assert "the test account" not in found.fix.text


def test_the_cookies_of_forms_are_not_named_and_several_others_are_told_together(build, pieces):
    given = [cookie("csrftoken", "<cookie#3>"), cookie(), cookie("auth", "<cookie#4>", http_only=False)]
    sent = "csrftoken=<cookie#3>; sessionid=<cookie#2>; auth=<cookie#4>"
    found = only(build.judge(AUDIT, asked_again(build, pieces, given=given, sent=sent)))
    assert "the cookies `sessionid`, `auth`. Request 4" in found.message
    assert "brought them back with the same values; the browser was" in found.message


def test_a_session_that_begins_anew_at_the_login_is_its_own(build, pieces):
    kept = {"before": "sessionid=<cookie#1>", "sent": "sessionid=<cookie#2>", "first": [cookie(value="<cookie#1>")]}
    assert only(build.judge(AUDIT, asked_again(build, pieces, **kept))).severity is Severity.BREAKS


def test_where_each_answer_sets_the_cookie_anew_the_password_may_be_wrong(build, pieces):
    each = {
        "before": "sessionid=<cookie#1>",
        "sent": "sessionid=<cookie#2>",
        "first": [cookie(value="<cookie#1>")],
        "shown": [cookie(value="<cookie#3>")],
    }
    found = only(build.judge(AUDIT, asked_again(build, pieces, **each)))
    assert found.message.startswith("login.example.com seems to have taken the login, and")
    assert found.message.endswith(" A wrong password may be answered so, too.")
    assert (found.severity, found.confidence) == (Severity.RECOMMENDED, Confidence.POSSIBLE)
    assert found.fix.text.startswith("Check first that the test account is right")


def test_a_front_page_may_send_whoever_is_not_signed_in_to_the_login(build, pieces):
    found = only(build.judge(AUDIT, asked_again(build, pieces, to=f"{HOST}/")))
    assert (found.severity, found.confidence) == (Severity.RECOMMENDED, Confidence.POSSIBLE)
    only(build.judge(AUDIT, asked_again(build, pieces, to=f"{HOST}/auth/callback?client_id=alexa-skill")))


def test_an_engine_that_tells_no_fields_tells_what_was_typed(build, pieces):
    assert build.judge(AUDIT, asked_again(build, pieces, fields={})).status == "inconclusive"
    only(build.judge(AUDIT, asked_again(build, pieces, fields={}, login=(TYPED,))))


def test_the_page_of_somebody_who_is_signed_in_says_so_too(build, pieces):
    """Another worker knows the session, and shows its own page at the login's address."""
    link = pieces.control("link", "Log Out", href=f"{HOST}/logout")
    signed_in = {"form": f"{HOST}/?next=%2Fauthorize", "end": (link,), "login": (TYPED,)}
    walk = asked_again(build, pieces, **signed_in)
    only(build.judge(AUDIT, walk))
    assert build.judge("error-page", walk).status == "inconclusive"
    each = {
        "first": [cookie(value="<cookie#1>")],
        "shown": [cookie(value="<cookie#3>")],
        "before": "sessionid=<cookie#1>",
    }
    assert only(build.judge(AUDIT, asked_again(build, pieces, **signed_in, **each))).severity is Severity.BREAKS
    other = asked_again(build, pieces, **signed_in, again=f"{HOST}/?next=%2Fother")
    assert build.judge(AUDIT, other).status == "inconclusive"
    assert build.judge("error-page", other).status == "failed"


def field(pieces, name, kind="text"):
    return pieces.control("field", name, name=name, type=kind)


def test_a_login_in_two_steps_that_begins_anew_is_forgotten_and_a_further_step_is_not(build, pieces):
    name, word = field(pieces, "username"), field(pieces, "password", "password")
    steps = {"begin": (name, word, pieces.control())}
    for step in (
        (field(pieces, "code"), pieces.control()),
        (word, pieces.control()),
        (*steps["begin"], field(pieces, "code")),
        (pieces.control(label="Allow"),),
    ):
        assert build.judge(AUDIT, asked_again(build, pieces, **steps, end=step)).status == "inconclusive"
    renamed = (field(pieces, "f81"), field(pieces, "f82", "password"), pieces.control())
    only(build.judge(AUDIT, asked_again(build, pieces, **steps, end=renamed)))
    first = (name, pieces.control())
    only(build.judge(AUDIT, asked_again(build, pieces, begin=first)))
    assert build.judge(AUDIT, asked_again(build, pieces, begin=first, end=(field(pieces, "otp"),))).status != "failed"


@pytest.mark.parametrize(
    "healthy",
    [
        pytest.param({"to": f"{HOST}/login?error=1"}, id="a wrong password is sent to the login"),
        pytest.param({"given": []}, id="no cookie of its own"),
        pytest.param({"given": [cookie("csrftoken", "<cookie#1>")], "sent": KNOWN}, id="a form's cookie alone"),
        pytest.param({"given": [cookie(value="<cookie#1>")], "before": "sessionid=<cookie#1>"}, id="as it was"),
        pytest.param({"sent": KNOWN}, id="a cookie that did not come back"),
        pytest.param({"sent": None}, id="no cookie is known to have come back"),
        pytest.param({"given": [cookie(), cookie("auth", "<cookie#4>")]}, id="one of two did not"),
        pytest.param({"sent": f"{KNOWN}; sessionid=<cookie#9>"}, id="overwritten"),
        pytest.param({"sent": f"{BACK}; sessionid=<cookie#9>"}, id="two of one name"),
        pytest.param({"given": [cookie("theme", http_only=False)], "sent": "theme=<cookie#2>"}, id="no session"),
        pytest.param({"given": [cookie(path="/admin")]}, id="for another path"),
        pytest.param({"to": f"{ASK}&prompt=login"}, id="asked for anew"),
        pytest.param({"to": f"{ASK}&max_age=0"}, id="asked for by age"),
        pytest.param({"to": "https://idp.example.net/authorize"}, id="another site's"),
        pytest.param({"again": f"{HOST}/step-up"}, id="a further step elsewhere"),
        pytest.param({"ending": "login_rejected"}, id="refused with a word"),
        pytest.param({"ending": "redirect_loop"}, id="told as a loop"),
        pytest.param({"fields": {"username": "<username#1>"}}, id="no password was sent"),
        pytest.param({"fields": {"code": "<totp#1>"}, "login": (TYPED,)}, id="a one-time code was sent"),
    ],
)
def test_what_may_be_another_step_or_another_reason_is_left_to_others(build, pieces, healthy):
    assert build.judge(AUDIT, asked_again(build, pieces, **healthy)).status == "inconclusive"


def test_a_login_that_arrived_passes(build):
    assert build.judge(AUDIT).status == "passed"


def test_a_session_whose_cookie_has_a_made_up_name_is_the_same_finding_at_each_run(build, pieces):
    names = [f"session.{each}" for each in ("UNwTOFFSk3QdaJr9VbXcE", "7zwUAtAkpLm3QnR8sTv2")]
    walks = [asked_again(build, pieces, given=[cookie(n)], sent=f"{KNOWN}; {n}=<cookie#2>") for n in names]
    assert {only(build.judge(AUDIT, walk)).subject for walk in walks} == {"login.example.com forgotten `session.*`"}


PATHS = "refused-cookies"
KEPT_BACK = {"given": [cookie(path="/oauth2")], "sent": KNOWN, "login": (TYPED,)}


def test_a_session_whose_path_leaves_out_where_the_login_leads_back_is_named(build, pieces):
    walk = asked_again(build, pieces, **KEPT_BACK)
    found = only(build.judge(PATHS, walk))
    assert found.message.startswith(
        "login.example.com sets the cookie `sessionid`, which is for the path `/oauth2` alone, not for "
        "https://login.example.com/authorize. Browsers do not send it there"
    )
    assert (found.severity, found.confidence) == (Severity.BREAKS, Confidence.LIKELY)
    assert (found.primary.ref, [one.ref for one in found.related]) == ("measured#3", ["measured#4"])
    assert build.judge(AUDIT, walk).status == "inconclusive"


def test_a_path_that_is_not_named_is_that_of_the_login(build, pieces):
    deep = {"form": f"{HOST}/auth/login", "given": [cookie(path=None)], "sent": None, "login": (TYPED,)}
    assert (
        "names no path, so is for its own alone" in only(build.judge(PATHS, asked_again(build, pieces, **deep))).message
    )


def test_the_session_before_the_login_may_come_in_its_place(build, pieces):
    old = {"before": "sessionid=<cookie#1>", "sent": "sessionid=<cookie#1>", "first": [cookie(value="<cookie#1>")]}
    found = only(build.judge(PATHS, asked_again(build, pieces, **{**KEPT_BACK, **old})))
    assert found.severity is Severity.BREAKS


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({"before": "authsid=<cookie#7>", "sent": "authsid=<cookie#7>"}, id="another session came along"),
        pytest.param(
            {
                "before": "sessionid=<cookie#1>",
                "sent": "sessionid=<cookie#1>",
                "first": [cookie(value="<cookie#1>")],
                "shown": [cookie(value="<cookie#1>")],
            },
            id="each answer sets it",
        ),
        pytest.param({"given": [cookie("login_attempts", path="/login")]}, id="of the login's page"),
    ],
)
def test_where_the_server_may_know_the_customer_otherwise_a_path_is_advice(build, pieces, more):
    found = only(build.judge(PATHS, asked_again(build, pieces, **{**KEPT_BACK, **more})))
    assert (found.severity, found.confidence) == (Severity.RECOMMENDED, Confidence.POSSIBLE)


@pytest.mark.parametrize(
    "healthy",
    [
        pytest.param({"given": [cookie(path="/oauth2"), cookie("auth", "<cookie#4>")]}, id="a cookie that goes there"),
        pytest.param({"given": [cookie("flash", path="/login")]}, id="a message for the page"),
        pytest.param({"given": [cookie("csrftoken", path="/oauth2")]}, id="a form's cookie"),
        pytest.param({"given": [cookie("__RequestVerificationToken", path="/oauth2")]}, id="one of ASP.NET's forms"),
        pytest.param({"given": [cookie("theme", path="/oauth2", http_only=False)]}, id="no session"),
        pytest.param({"given": [cookie(path="/oauth2", max_age="0")]}, id="taken away"),
        pytest.param({"given": [cookie(path="/oauth2", domain="example.org")]}, id="refused"),
        pytest.param({"given": [cookie(path="/authorize")]}, id="for that path"),
        pytest.param({"sent": BACK}, id="it came"),
        pytest.param({"to": f"{ASK}&ticket=ST-1"}, id="a ticket came"),
        pytest.param({"to": f"{HOST}/cb?client_id=alexa-skill"}, id="sent elsewhere"),
        pytest.param({"to": f"{HOST}/login?error=1"}, id="a wrong password"),
        pytest.param({"again": f"{HOST}/step-up"}, id="a further step"),
        pytest.param({"fields": {"code": "<totp#1>"}}, id="no password was sent"),
    ],
)
def test_a_path_that_may_be_meant_so_is_not_blamed(build, pieces, healthy):
    walk = asked_again(build, pieces, **{**KEPT_BACK, **healthy})
    assert build.judge(PATHS, walk).status == "inconclusive"


def cookieless(build, pieces, **more):
    return asked_again(build, pieces, **{"given": [], "sent": "", "before": "", **more})


def test_a_server_that_sets_no_cookie_knows_nobody(build, pieces):
    found = only(build.judge(AUDIT, cookieless(build, pieces)))
    assert found.message == (
        "No answer of login.example.com set a cookie, so it cannot know whom it let in. Request 3, POST "
        "https://login.example.com/login, was answered with status 302 and none; request 4, GET "
        "https://login.example.com/authorize, was sent to the login again."
    )
    assert (found.severity, found.confidence) == (Severity.BREAKS, Confidence.LIKELY)
    assert "X-Forwarded-Proto" in found.fix.text


@pytest.mark.parametrize(
    "more",
    [
        {"first": [cookie("csrftoken")]},
        {"shown": [cookie("csrftoken")]},
        {"before": "csrftoken=<cookie#1>"},
        {"sent": "sessionid=<cookie#1>"},
        {"given": [cookie(path="/elsewhere")]},
        {"removed": [cookie()]},
        {"to": f"{ASK}&ticket=ST-1"},
    ],
)
def test_a_server_that_may_know_its_customer_otherwise_is_not_said_to_set_none(build, pieces, more):
    outcome = build.judge(AUDIT, cookieless(build, pieces, **more))
    assert not any("set a cookie" in found.message for found in getattr(outcome, "findings", ()))


def test_a_cookie_in_the_jar_that_no_answer_showed_was_set_all_the_same(build, pieces):
    kept = JarCookie(name="sid", domain=".example.com", path="/", size=20, secure=True, http_only=True, same_site=None)
    walk = cookieless(build, pieces).model_copy(update={"jar": Present(value=(kept,))})
    assert build.judge(AUDIT, walk).status == "inconclusive"


def test_of_a_capture_whose_cookies_may_be_left_out_nothing_is_said(build, pieces):
    walk = cookieless(build, pieces).model_copy(update={"jar": NotCollected(reason="a capture")})
    assert build.judge(AUDIT, walk).status == "inconclusive"


@pytest.mark.parametrize(("fresh", "status"), [("forgotten", "inconclusive"), ("arrived", "failed")])
def test_a_server_that_forgets_sessions_of_fresh_jars_too_says_nothing_of_used_ones(build, pieces, fresh, status):
    forgotten, arrived = asked_again(build, pieces), build.walk()
    used = forgotten.model_copy(update={"id": "warm-1", "purpose": "warm"})
    other = forgotten if fresh == "forgotten" else arrived
    other = other.model_copy(update={"id": "special", "purpose": "special_state"})
    assert build.judge("warm-jar", build.case(arrived, used, other)).status == status


def test_a_session_that_only_the_fresh_jar_lost_is_no_matter_of_cookies(build, pieces):
    used = build.walk(id="warm-1", purpose="warm")
    assert build.judge("warm-jar", build.case(asked_again(build, pieces), used)).status == "inconclusive"


def test_a_session_after_a_login_at_another_server_is_forgotten(build, pieces):
    found = only(build.judge(AUDIT, federated(build, pieces)))
    assert found.message == (
        "login.example.com was told of the login at id.example.net, and does not know the customer again. Request 5, "
        "GET https://login.example.com/callback, was answered with status 302 and the cookie `sessionid`. Request 6, "
        "GET https://login.example.com/authorize, brought it back with the same value; the browser was sent to the "
        "login again, https://id.example.net/authorize."
    )
    assert found.fix.text.endswith("Or it could not make use of what id.example.net sent along: its own log tells.")
    assert (found.severity, found.confidence) == (Severity.BREAKS, Confidence.LIKELY)


@pytest.mark.parametrize(
    "other",
    [
        {"callback": "error=access_denied&state=x"},
        {"given": []},
        {"sent": "sessionid=<cookie#3>"},
        {"back": f"{HOST}/further-factor"},
    ],
    ids=["refused there", "no session", "another session", "another way"],
)
def test_what_another_server_did_not_vouch_for_was_not_forgotten(build, pieces, other):
    assert build.judge(AUDIT, federated(build, pieces, **other)).status != "failed"


def code_given(
    build, pieces, *, given=None, sent=None, to=ASK, first=(), fault=Fault.IDENTITY_PROVIDER, code="<totp#1>"
):
    """A login with a one-time code, whose answer sets the cookies ``given`` and which is asked for once more."""
    anonymous, given = "pre=<cookie#1>", [cookie()] if given is None else given
    steps = [
        build.get(ASK, location=FORM, set_cookies=[cookie("pre", "<cookie#1>"), *first]),
        build.get(FORM, cookie=anonymous),
        build.post(FORM, SENT, location=f"{HOST}/code", cookie=anonymous),
        build.get(f"{HOST}/code", cookie=anonymous),
        build.post(f"{HOST}/code", {"otp": code}, location=to, set_cookies=given, cookie=anonymous),
        build.get(to, location=FORM, cookie=sent or f"{anonymous}; sessionid=<cookie#2>"),
        build.get(FORM, cookie=sent or f"{anonymous}; sessionid=<cookie#2>"),
    ]
    box = pieces.control("field", "Code", type="text", name="otp")
    screens = [
        pieces.screen(1, 0.22, pieces.digest(FORM)),
        pieces.screen(2, 0.42, pieces.digest(f"{HOST}/code", controls=(box,))),
        pieces.screen(3, 0.9, pieces.digest(FORM)),
    ]
    ending = Ending(kind="dead_end", message="The same form came back", fault=fault)
    return build.walk(steps, answer=None, ending=ending, screens=screens)


def test_a_session_that_was_first_given_for_a_one_time_code_is_forgotten_too(build, pieces):
    found = only(build.judge(AUDIT, code_given(build, pieces)))
    assert "took the login, and does not know the customer again. Request 5, POST https://login.exam" in found.message
    assert "Request 6, GET https://login.example.com/authorize, brought it back with the same value" in found.message
    assert (found.severity, found.confidence) == (Severity.BREAKS, Confidence.LIKELY)


@pytest.mark.parametrize(
    "more",
    [
        {"given": []},
        {"given": [cookie("pre", "<cookie#2>")], "sent": "pre=<cookie#2>"},
        {"first": [cookie(value="<cookie#3>")]},
        {"given": [cookie("notice")], "sent": "pre=<cookie#1>; notice=<cookie#2>"},
        {"given": [cookie(http_only=False)]},
        {"sent": "pre=<cookie#1>"},
        {"sent": "pre=<cookie#1>; sessionid=<cookie#3>"},
        {"to": f"{HOST}/start"},
        {"fault": None},
        {"code": "123"},
        {"given": [cookie("login_error")], "sent": "pre=<cookie#1>; login_error=<cookie#2>"},
        {"given": [cookie("login_attempts")], "sent": "pre=<cookie#1>; login_attempts=<cookie#2>"},
        {"given": [cookie("auth_flash")], "sent": "pre=<cookie#1>; auth_flash=<cookie#2>"},
    ],
)
def test_a_one_time_code_that_may_be_wrong_leaves_it_open(build, pieces, more):
    assert build.judge(AUDIT, code_given(build, pieces, **more)).status == "inconclusive"
