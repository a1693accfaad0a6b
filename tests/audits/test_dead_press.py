"""A button after the login that leads nowhere: its request, its page's scripts, the page that comes back."""

from __future__ import annotations

import pytest

from e2e_linker.evidence.models import ConsoleMessage, CspViolation, Ending, LoginStep, PageError, Window
from e2e_linker.evidence.page import Sight
from e2e_linker.model import Confidence, Severity

AUDIT = "dead-press"
LOGIN = "https://login.example.com"
CONSENT = f"{LOGIN}/consent"
TEXT = "Allow Alexa to use your lights?"


def step(at, what="allow", action="click", label="Allow", **more):
    return LoginStep(at=at, action=action, target=f"submit “{label}”", what=what, outcome="done", **more)


STEPS = (
    LoginStep(at=0.21, action="fill", target="#password", what="password", outcome="done"),
    step(0.22, what="submit", action="submit", label="Sign in"),
    step(0.42),
)


def pressed(build, pieces, *since, login=STEPS, ending="dead_end", duration=6.0, seen=None, screens=None, **more):
    """A login that ended on its consent page; ``since`` are the requests after the press, from 0.5 s on."""
    asked = build.authorization()
    controls = (pieces.control(label="Allow"), pieces.control(label="Deny"))
    look = {"title": "Consent", "headings": ("Allow Alexa?",), "text": TEXT, "controls": controls, **(seen or {})}
    shown = screens or [
        pieces.screen(0, 0.41, pieces.digest(CONSENT, **look)),
        pieces.screen(1, 5.5, pieces.digest(CONSENT, **look)),
    ]
    steps = [*build.healthy_steps(asked, None), *since]
    ended = Ending(kind=ending, message="Nothing happened after “Allow” was pressed.")
    return build.walk(
        steps, asked=asked, answer=None, ending=ended, login=login, screens=shown, duration_s=duration, **more
    )


def call(build, url=f"{LOGIN}/api/consent", method="POST", **more):
    return {**build.sub(url, "fetch", cookie="session=s", **more), "method": method}


def only(outcome, severity=Severity.BREAKS):
    assert outcome.status == "failed", outcome
    (found,) = outcome.findings
    assert (found.rule, found.severity, found.symptom) == ("screen-error-page", severity, True)
    return found


@pytest.mark.parametrize(
    ("status", "confidence"),
    [(500, Confidence.CERTAIN), (404, Confidence.LIKELY), (403, Confidence.POSSIBLE), (422, Confidence.POSSIBLE)],
)
def test_a_request_that_was_answered_with_an_error_is_named_with_its_button(build, pieces, status, confidence):
    found = only(build.judge(AUDIT, pressed(build, pieces, call(build, status=status))))
    assert found.message == (
        "“Allow” was pressed on the page of login.example.com, and the request that its script then made, POST "
        f"{LOGIN}/api/consent, was answered with status {status}. The login goes no further."
    )
    assert found.confidence is confidence
    assert found.fix.text == "Look for the error of this request in the log of login.example.com."
    assert (found.primary.ref, found.related[0].ref) == ("measured#5", "measured#1")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ('{"error":"invalid_signature"}', "“invalid_signature”"),
        ('{"code": "NO_SESSION", "message": "Sign in  first"}', "“NO_SESSION”: “Sign in first”"),
        ('{"error": {"code": 400, "message": "INVALID_GRANT_TYPE"}}', "“INVALID_GRANT_TYPE”"),
        ('{"title": "Bad request", "detail": "' + "x" * 500 + '"}', "“" + "x" * 200 + "…”"),
        ('{"error": "oops", "error_description": "oops"}', "“oops”"),
    ],
)
def test_what_the_answer_says_of_its_error_is_quoted(build, pieces, answer, said):
    found = only(build.judge(AUDIT, pressed(build, pieces, call(build, status=400, excerpt=answer))))
    assert f"was answered with status 400, {said}. The login goes no further." in found.message
    assert found.fix.text.startswith("Correct what this answer names, or look for the error of this request in the log")


@pytest.mark.parametrize("answer", [None, "", "Bad request", '{"ok": 1}', '["error"]', "[" * 4000, '{"error": "cut o'])
def test_an_answer_that_names_no_error_is_not_quoted(build, pieces, answer):
    found = only(build.judge(AUDIT, pressed(build, pieces, call(build, status=400, excerpt=answer))))
    assert "was answered with status 400. The login goes no further." in found.message
    assert found.fix.text.startswith("Look for the error")


def test_a_request_that_a_limit_answers_says_nothing_of_the_server(build, pieces):
    outcome = build.judge(AUDIT, pressed(build, pieces, call(build, status=429)))
    assert outcome.status == "inconclusive"
    assert "login.example.com, which answers with status 429, that it is asked too often" in outcome.missing[0]


def test_what_the_page_says_is_quoted(build, pieces):
    seen = {"alerts": ("Please choose a lamp.",)}
    found = only(build.judge(AUDIT, pressed(build, pieces, call(build, status=422), seen=seen)))
    assert found.message.endswith("goes no further. The page says “Please choose a lamp.”")


def test_an_answer_that_the_browser_keeps_back_is_one_of_cors(build, pieces):
    url = "https://api.example.com/api/consent"
    said = f"Access to fetch at '{url}?tx=1' from origin '{LOGIN}' has been blocked by CORS policy"
    console = [ConsoleMessage(at=0.6, window=0, type="error", text=said)]
    walk = pressed(build, pieces, call(build, url, failure="net::ERR_FAILED"), console=console)
    found = only(build.judge(AUDIT, walk))
    assert f"failed, because the answer does not allow {LOGIN} to read it (CORS)" in found.message
    assert found.message.endswith(" has been blocked by CORS policy”")
    assert f"`Access-Control-Allow-Origin: {LOGIN}`" in found.fix.text
    assert found.confidence is Confidence.CERTAIN


def test_a_request_without_an_answer_says_how_long_it_had(build, pieces):
    found = only(build.judge(AUDIT, pressed(build, pieces, call(build, status=None))), Severity.RECOMMENDED)
    assert "was not answered within 6 s" in found.message
    assert found.confidence is Confidence.POSSIBLE
    refused = only(build.judge(AUDIT, pressed(build, pieces, call(build, failure="net::ERR_CONNECTION_REFUSED"))))
    assert "found no answer (net::ERR_CONNECTION_REFUSED)" in refused.message
    assert refused.confidence is Confidence.LIKELY


@pytest.mark.parametrize(
    "since",
    [
        [{"status": 200}],
        [{"status": 500}, {"status": 200}],
        [{"url": "https://stats.example.net/collect", "status": 500}],
        [{"url": "https://stats.example.com/collect", "status": 204}],
        [{"method": "GET", "status": 500}],
        [{"method": "OPTIONS", "status": 500}],
        [{"failure": "net::ERR_ABORTED"}],
        [],
    ],
)
def test_where_a_request_got_through_or_is_not_the_buttons_nothing_is_said(build, pieces, since):
    assert build.judge(AUDIT, pressed(build, pieces, *(call(build, **one) for one in since))).status == "inconclusive"


def test_a_request_of_another_site_counts_where_its_address_says_so(build, pieces):
    url = "https://api.example.net/oauth/authorize"
    found = only(build.judge(AUDIT, pressed(build, pieces, call(build, url, status=502))))
    assert found.subject == "api.example.net request after a press 502"


@pytest.mark.parametrize("path", ["v1/save", "consent"])
@pytest.mark.parametrize("mode", ["cors", "no-cors"])
def test_a_request_that_does_not_ask_for_an_answer_is_none_that_leads_on(build, pieces, mode, path):
    one = call(build, f"https://api.example.com/{path}", status=204, headers=(("Sec-Fetch-Mode", mode),))
    assert (build.judge(AUDIT, pressed(build, pieces, one)).status == "failed") is (mode == "cors")


def test_the_end_of_a_redirect_decides(build, pieces):
    to = f"{LOGIN}/api/done"
    made = [call(build, location=to), call(build, to, method="GET", status=500)]
    assert (
        "GET https://login.example.com/api/done, was answered with status 500"
        in only(build.judge(AUDIT, pressed(build, pieces, *made))).message
    )
    made[1]["status"] = 200
    assert build.judge(AUDIT, pressed(build, pieces, *made)).status == "inconclusive"


SCRIPT = f"{LOGIN}/missing.js"
THROWN = PageError(at=0.5, window=0, message="submitConsent is not defined")


def scripts(build, pieces, *, status=404, url=SCRIPT, errors=(), **more):
    script = build.sub(url, "script", status=status, at=0.41)
    return pressed(build, pieces, script, page_errors=errors, **more)


def test_a_button_without_its_script_is_found(build, pieces):
    found = only(build.judge(AUDIT, scripts(build, pieces, errors=[THROWN])))
    assert found.message == (
        "“Allow” was pressed on the page of login.example.com, and the page asked for nothing. Seen on this page: the "
        f"script {SCRIPT} did not load (status 404); a script of the page failed: submitConsent is not defined."
    )
    assert (found.confidence, found.cause, found.primary.kind) == (Confidence.LIKELY, "suspected", "request")
    assert only(build.judge(AUDIT, scripts(build, pieces))).confidence is Confidence.POSSIBLE
    alone = only(build.judge(AUDIT, scripts(build, pieces, status=200, errors=[THROWN])))
    assert (alone.primary.kind, alone.confidence) == ("page_error", Confidence.LIKELY)


def test_what_failed_before_the_press_or_elsewhere_says_nothing_of_the_button(build, pieces):
    before = THROWN.model_copy(update={"at": 0.41})
    foreign = THROWN.model_copy(update={"stack": "x\n    at https://stats.example.net/count.js:1:1"})
    for errors in ([before], [foreign], []):
        assert build.judge(AUDIT, scripts(build, pieces, status=200, errors=errors)).status == "inconclusive"
    other = scripts(build, pieces, url="https://stats.example.net/count.js")
    assert build.judge(AUDIT, other).status == "inconclusive"


def test_a_page_that_asked_for_something_or_changed_did_not_stand_still(build, pieces):
    walk = pressed(build, pieces, call(build, status=200), page_errors=[THROWN])
    assert build.judge(AUDIT, walk).status == "inconclusive"
    changed = scripts(build, pieces, errors=[THROWN], seen={"controls": (pieces.control(label="Kitchen"),)})
    assert build.judge(AUDIT, changed).status == "inconclusive"


def test_what_other_audits_tell_is_left_to_them(build, pieces):
    failing = call(build, status=500)
    policy = CspViolation(
        at=0.5, window=0, directive="form-action", blocked=CONSENT, document=CONSENT, disposition="enforce"
    )
    assert build.judge(AUDIT, pressed(build, pieces, failing, csp_violations=[policy])).status == "inconclusive"
    windows = [Window(n=n, at=n / 2, url=CONSENT, opener=None) for n in (0, 1)]
    assert build.judge(AUDIT, pressed(build, pieces, failing, windows=windows)).status == "inconclusive"
    blank = {"controls": (), "text": "", "headings": (), "title": "", "visible_elements": 0}
    assert build.judge(AUDIT, pressed(build, pieces, failing, seen=blank)).status == "inconclusive"
    assert build.judge("screen-blank", pressed(build, pieces, failing, seen=blank)).status == "failed"


@pytest.mark.parametrize(
    ("login", "found"),
    [
        (STEPS, True),
        ((*STEPS, STEPS[0].model_copy(update={"at": 0.43})), False),
        (STEPS[:2], False),
        ((), False),
        ((*STEPS[:2], step(0.42, what="cookies")), False),
        ((*STEPS[:2], step(0.42).model_copy(update={"outcome": "failed"})), False),
        ((STEPS[0], step(0.42, what="click")), False),
        ((STEPS[0], step(0.22, what="click"), step(0.42, what="click")), True),
    ],
)
def test_only_a_press_that_was_to_lead_on_from_the_login_counts(build, pieces, login, found):
    outcome = build.judge(AUDIT, pressed(build, pieces, call(build, status=500), login=login))
    assert (outcome.status == "failed") is found


@pytest.mark.parametrize("ending", ["login_rejected", "login_blocked", "captcha", "crashed", "interrupted"])
def test_another_ending_is_not_the_buttons(build, pieces, ending):
    assert build.judge(AUDIT, pressed(build, pieces, call(build, status=500), ending=ending)).status == "inconclusive"


def test_an_answer_that_is_an_error_page_is_left_to_be_told_as_one(build, pieces):
    asked = build.authorization()
    steps = [*build.healthy_steps(asked, None)[:3], build.get(CONSENT, status=500), call(build, status=500)]
    walk = pressed(build, pieces).model_copy(update={"requests": build.walk(steps, answer=None).requests})
    assert build.judge(AUDIT, walk).status == "inconclusive"
    assert build.judge("error-page", walk).status == "failed"


def test_what_happens_in_another_window_or_was_called_off_is_no_way_on(build, pieces):
    other = call(build, status=500, window=1)
    assert build.judge(AUDIT, pressed(build, pieces, other)).status == "inconclusive"
    called_off = build.get(f"{LOGIN}/next", failure="net::ERR_ABORTED")
    only(build.judge(AUDIT, pressed(build, pieces, called_off, call(build, status=500))))
    gone = build.get(f"{LOGIN}/next", status=204)
    assert build.judge(AUDIT, pressed(build, pieces, gone, call(build, status=500))).status == "inconclusive"


def test_windows_and_policies_of_earlier_pages_are_not_the_buttons(build, pieces):
    about = {"blocked": CONSENT, "document": f"{LOGIN}/login", "disposition": "enforce"}
    early = [CspViolation(at=0.1, window=0, directive="form-action", **about)]
    windows = [Window(n=n, at=n / 10, url=CONSENT, opener=None) for n in (0, 1)]
    only(build.judge(AUDIT, pressed(build, pieces, call(build, status=500), csp_violations=early, windows=windows)))


@pytest.mark.parametrize(
    ("url", "more", "found"),
    [
        ("https://api.example.com/v1/save", {"status": 500}, False),
        ("https://api.example.com/v1/save", {"status": 500, "said": True}, True),
        ("https://api.example.com/v1/save", {"failure": "net::ERR_FAILED"}, True),
        ("https://api.example.net/v1/save", {"failure": "net::ERR_FAILED"}, False),
    ],
)
def test_requests_of_other_hosts_count_where_the_script_waits_for_their_answer(build, pieces, url, more, found):
    said = f"Access to fetch at '{url}' from origin '{LOGIN}' has been blocked by CORS policy"
    console = [ConsoleMessage(at=0.6, window=0, type="error", text=said)] if more.pop("said", False) else []
    walk = pressed(build, pieces, call(build, url, **more), console=console)
    assert (build.judge(AUDIT, walk).status == "failed") is found


def test_a_login_that_arrives_has_no_dead_button(build):
    assert build.judge(AUDIT).status == "passed"


def test_no_page_of_the_services_own_is_lost_where_its_button_leads_nowhere(build, pieces):
    seen = {"title": "Welcome", "controls": (pieces.control(label="Finish"), pieces.control("link", "Log out"))}
    login = (*STEPS[:2], step(0.42, label="Finish"))
    failing, fine = (pressed(build, pieces, call(build, status=code), seen=seen, login=login) for code in (500, 200))
    assert build.judge("error-page", failing).status == "inconclusive"
    assert "“Finish” was pressed" in only(build.judge(AUDIT, failing)).message
    assert "instead of in the Alexa app" in build.judge("error-page", fine).findings[0].message


def again(build, pieces, *, times=2, second=None, first=None):
    controls = (pieces.control(label="Allow"), pieces.control(label="Deny"))
    look = {"title": "Consent", "headings": ("Allow Alexa?",), "text": TEXT, "controls": controls}
    sent = [
        build.post(CONSENT, {"decision": "allow"}, location=CONSENT),
        build.get(CONSENT),
        build.post(CONSENT, {"decision": "allow"}, location=CONSENT),
        build.get(CONSENT),
    ]
    screens = [
        pieces.screen(0, 0.41, pieces.digest(CONSENT, **(look | (first or {})))),
        pieces.screen(1, 5.5, pieces.digest(CONSENT, **(look | (second or {})))),
    ]
    login = (*STEPS, step(0.65))[: 2 + times]
    return pressed(build, pieces, *sent[: 2 * times], login=login, screens=screens)


def test_a_page_that_comes_back_whenever_its_button_is_pressed_is_told(build, pieces):
    found = only(build.judge(AUDIT, again(build, pieces)))
    assert found.message == (
        "“Allow” was pressed 2 times, and the same page of login.example.com came back without a word of why."
    )
    assert found.confidence is Confidence.LIKELY


@pytest.mark.parametrize("kind", ["field", "checkbox"])
def test_a_page_that_may_want_something_else_first_is_left_open(build, pieces, kind):
    more = {"controls": (pieces.control(label="Allow"), pieces.control(kind, "Home 1", type="radio"))}
    assert build.judge(AUDIT, again(build, pieces, first=more, second=more)).status == "inconclusive"


def test_a_page_on_which_something_may_have_to_be_chosen_is_left_open(build, pieces):
    tiles = (pieces.control(label="Allow"), pieces.control(label="Kitchen", type="generic"))
    hidden = Sight(readable_length=40, pictures=0, sealed=("x-homes",))
    for more in ({"controls": tiles}, {"headings": ("Select a home to link",)}, {"sight": hidden}):
        assert build.judge(AUDIT, again(build, pieces, first=more, second=more)).status == "inconclusive"


def test_another_page_one_with_a_word_of_why_or_one_that_was_pressed_once_is_left_open(build, pieces):
    for second in ({"text": f"{TEXT} Step 2."}, {"alerts": ("Choose a lamp.",)}, {"title": "Devices"}):
        assert build.judge(AUDIT, again(build, pieces, second=second)).status == "inconclusive"
    assert build.judge(AUDIT, again(build, pieces, times=1)).status == "inconclusive"
    other = {"controls": (pieces.control(label="Kitchen"),)}
    assert build.judge(AUDIT, again(build, pieces, second=other)).status == "inconclusive"


BLOCKED = "https://api.example.com/auth/sign-in"


def stopped(pieces, blocked=BLOCKED, **more):
    about = {"directive": "connect-src", "at": 0.5, "document": f"{LOGIN}/login?state=1"}
    return pieces.policy_violation(blocked=f"{blocked}?tx=1", **{**about, **more})


def unsent(build, pieces, *since, csp="default-src 'self' 'nonce-abc'", login=STEPS[:2], **more):
    """A login whose button sends nothing, as far as the requests tell; ``since`` are those after it was pressed."""
    asked = build.authorization()
    look = {
        "title": "Sign in",
        "controls": (pieces.control("field", "Password", type="password"), pieces.control(label="Sign in")),
    }
    page = build.get(f"{LOGIN}/login?state=1", response_headers=(("Content-Security-Policy", csp),))
    shown = [pieces.screen(n, at, pieces.digest(page["url"], **look)) for n, at in enumerate((0.2, 5.5))]
    screens = more.pop("screens", None) or shown
    steps = [build.get(asked.url, location=page["url"]), page, *since]
    ended = Ending(kind=more.pop("ending", "dead_end"), message="The page sent nothing.")
    return build.walk(
        steps, asked=asked, answer=None, ending=ended, login=login, screens=screens, duration_s=6.0, **more
    )


def test_a_login_that_the_pages_own_policy_stops_is_told_with_what_it_lacks(build, pieces):
    found = only(build.judge(AUDIT, unsent(build, pieces, csp_violations=[stopped(pieces)], page_errors=[THROWN])))
    assert found.message == (
        "“Sign in” was pressed on the page of login.example.com, and the page's own Content-Security-Policy "
        f"(connect-src) stopped what its script was to send to {BLOCKED}. The login goes no further."
    )
    assert (found.confidence, found.cause) == (Confidence.CERTAIN, None)
    assert found.fix.paste == "connect-src 'self' https://api.example.com"
    assert found.primary.ref == "measured#1"
    assert build.judge("error-page", unsent(build, pieces, csp_violations=[stopped(pieces)])).status == "inconclusive"


@pytest.mark.parametrize(
    ("csp", "paste"),
    [
        ("connect-src 'none'", "connect-src https://api.example.com"),
        ("connect-src https://stats.example.net; default-src *", "connect-src https://stats.example.net"),
        ("script-src 'self', connect-src 'self'", "connect-src 'self'"),
        ("script-src 'self'", None),
    ],
)
def test_what_the_policy_allows_already_is_kept(build, pieces, csp, paste):
    found = only(build.judge(AUDIT, unsent(build, pieces, csp=csp, csp_violations=[stopped(pieces)])))
    assert (found.fix.paste or "").startswith(paste or "")
    assert (found.fix.paste is None) is (paste is None)


@pytest.mark.parametrize(
    ("blocked", "confidence"),
    [
        ("https://api.example.com/v1/save", Confidence.LIKELY),
        ("https://id.example.net/accounts:signInWithPassword", Confidence.LIKELY),
        ("https://stats.example.net/collect", Confidence.POSSIBLE),
    ],
)
def test_a_connection_that_may_count_customers_is_told_with_doubt(build, pieces, blocked, confidence):
    seen = [stopped(pieces, "https://stats.example.net/first"), stopped(pieces, blocked)]
    found = only(build.judge(AUDIT, unsent(build, pieces, csp_violations=seen)))
    assert (found.confidence, found.cause) == (confidence, "suspected")
    assert ("Whether the login needs that request" in found.message) is (confidence is Confidence.POSSIBLE)


@pytest.mark.parametrize(
    "more", [{"at": 0.2}, {"disposition": "report"}, {"window": 1}, {"directive": "img-src"}, {"blocked": "inline"}]
)
def test_a_violation_that_is_not_of_the_press_says_nothing_of_it(build, pieces, more):
    assert build.judge(AUDIT, unsent(build, pieces, csp_violations=[stopped(pieces, **more)])).status == "inconclusive"


def test_a_login_that_was_sent_all_the_same_was_not_stopped(build, pieces):
    seen = {"csp_violations": [stopped(pieces, "https://api.example.com/auth/count")], "page_errors": [THROWN]}
    form = build.post(f"{LOGIN}/login", {"u": "alice"})
    for sent in (call(build, f"{LOGIN}/api/login", status=401), form, {**form, "main_frame": False}):
        assert build.judge(AUDIT, unsent(build, pieces, sent, **seen)).status == "inconclusive"
    only(build.judge(AUDIT, unsent(build, pieces, call(build, "https://stats.example.net/x", status=204), **seen)))


def test_a_page_that_takes_the_stopped_request_for_a_refusal_is_told_where_that_is_sure(build, pieces):
    for blocked, found in ((BLOCKED, "failed"), ("https://stats.example.net/x", "inconclusive")):
        walk = unsent(build, pieces, csp_violations=[stopped(pieces, blocked)], ending="login_rejected")
        assert build.judge(AUDIT, walk).status == found
    thrown = unsent(build, pieces, page_errors=[THROWN], ending="login_rejected")
    assert build.judge(AUDIT, thrown).status == "inconclusive"


def test_a_login_form_whose_script_fails_at_the_press_is_told_with_the_error(build, pieces):
    found = only(build.judge(AUDIT, unsent(build, pieces, page_errors=[THROWN])))
    assert found.message.endswith(
        "asked for nothing. Seen on this page: a script of the page failed: submitConsent is not defined."
    )
    assert found.confidence is Confidence.LIKELY
    early = THROWN.model_copy(update={"at": 0.21})
    assert build.judge(AUDIT, unsent(build, pieces, page_errors=[early])).status == "inconclusive"
    failed = (STEPS[0], STEPS[1].model_copy(update={"outcome": "failed"}))
    assert build.judge(AUDIT, unsent(build, pieces, page_errors=[THROWN], login=failed)).status == "inconclusive"


def test_a_consent_that_the_pages_own_policy_stops_is_told(build, pieces):
    violation = stopped(pieces, f"{LOGIN}/api/consent", document=CONSENT)
    found = only(build.judge(AUDIT, pressed(build, pieces, csp_violations=[violation])))
    assert "“Allow” was pressed" in found.message
    assert f"send to {LOGIN}/api/consent." in found.message


TURNING = {"label": None, "type": "submit", "enabled": False}


@pytest.fixture
def turning(pieces):
    """Screens of a login form whose button shows a turning wheel from its press on; ``new`` stands on the last one."""

    def screens(*new, **last):
        look = {"title": "Sign in", "headings": ("Sign in",)}
        fields = (pieces.control("field", "Password", type="password"),)
        before = pieces.digest(f"{LOGIN}/login?state=1", **look, controls=(*fields, pieces.control(label="Sign in")))
        held = (*last.pop("fields", fields), pieces.control(**TURNING), *new)
        after = pieces.digest(f"{LOGIN}/login?state=1", **{**look, **last}, controls=held)
        return [pieces.screen(0, 0.2, before), pieces.screen(1, 5.5, after)]

    return screens


def test_a_button_that_shows_a_turning_wheel_is_the_one_that_was_pressed(build, pieces, turning):
    found = only(build.judge(AUDIT, unsent(build, pieces, page_errors=[THROWN], screens=turning())))
    assert "“Sign in” was pressed on the page of login.example.com, and the page asked for nothing." in found.message
    other = pieces.control("field", "Code from your app")
    for screens in (
        turning(pieces.control(label="Allow")),
        turning(fields=(other,)),
        turning(headings=("Almost there",)),
        turning(title="Please wait"),
    ):
        walk = unsent(build, pieces, page_errors=[THROWN], screens=screens)
        assert build.judge(AUDIT, walk).status == "inconclusive"


CHUNK = f"{LOGIN}/consent-4f2a1c.js"
UNLOADED = PageError(at=0.5, window=0, message=f"Loading chunk 731 failed. (error: {CHUNK})")


def test_a_script_that_is_gone_when_the_login_has_got_through_is_told(build, pieces, turning):
    sent, gone = call(build, f"{LOGIN}/api/login", status=200), build.sub(CHUNK, "script", status=404)
    for screens in (turning(), None):
        found = only(build.judge(AUDIT, unsent(build, pieces, sent, gone, page_errors=[UNLOADED], screens=screens)))
        assert found.message.startswith(
            "“Sign in” was pressed on the page of login.example.com, and a script that the page asked for since did "
            f"not come. Seen on this page: the script {CHUNK} did not load (status 404); a script of the page failed: "
        )
        assert (found.confidence, found.cause) == (Confidence.LIKELY, "suspected")
        assert "keep the files of earlier releases" in found.fix.text
    only(build.judge(AUDIT, pressed(build, pieces, call(build, status=200), gone)))


def test_a_script_that_is_gone_says_nothing_where_something_else_may_be_why(build, pieces):
    gone = build.sub(CHUNK, "script", status=404)
    foreign = build.sub("https://stats.example.net/x.js", "script", status=404)
    well = call(build, f"{LOGIN}/api/login", status=200)
    refused = call(build, f"{LOGIN}/api/login", status=200, excerpt='{"error": "bad_password"}')
    failing = call(build, f"{LOGIN}/api/session", status=403)
    for since in ((refused, gone), (well, failing, gone), (well, foreign), (well, build.sub(CHUNK, "script"))):
        assert build.judge(AUDIT, unsent(build, pieces, *since)).status == "inconclusive"
    assert build.judge(AUDIT, unsent(build, pieces, well, gone, ending="login_rejected")).status == "inconclusive"
    named = PageError(at=0.5, window=0, message="Failed to fetch https://stats.example.net/x.js")
    only(build.judge(AUDIT, unsent(build, pieces, well, foreign, page_errors=[named])))


def test_a_login_request_without_an_answer_is_told_with_how_long_it_had(build, pieces):
    asked = call(build, f"{LOGIN}/api/login", status=None)
    found = only(build.judge(AUDIT, unsent(build, pieces, asked)), Severity.RECOMMENDED)
    assert f"POST {LOGIN}/api/login, was not answered within 6 s." in found.message
    assert found.confidence is Confidence.POSSIBLE
    beacon = call(build, "https://stats.example.net/collect", status=None)
    for since in ((asked, call(build, f"{LOGIN}/api/login", status=200)), (beacon,)):
        assert build.judge(AUDIT, unsent(build, pieces, *since)).status == "inconclusive"
    assert build.judge(AUDIT, unsent(build, pieces, asked, ending="login_rejected")).status == "inconclusive"


def test_what_failed_at_the_first_press_is_told_where_the_same_button_was_pressed_again(build, pieces):
    again = (*STEPS[:2], step(5.2, what="next", label="Sign in"))
    found = only(build.judge(AUDIT, unsent(build, pieces, page_errors=[THROWN], login=again)))
    assert "“Sign in” was pressed" in found.message
    between = call(build, f"{LOGIN}/api/login", status=200)
    assert build.judge(AUDIT, unsent(build, pieces, between, page_errors=[THROWN], login=again)).status != "failed"


@pytest.fixture
def shut(build, pieces):
    """A login form that was filled in and whose button cannot be pressed, on a page whose script did not come."""

    def judge(*loads, controls=None, enabled=False, tried=False, stood=False, **seen):
        asked = build.authorization()
        held = [pieces.control("field", "Password", type="password"), pieces.control(label="Sign in", enabled=enabled)]
        look = pieces.digest(f"{LOGIN}/login", **{"controls": controls(held) if controls else held, **seen})
        login = [LoginStep(at=0.3, action="fill", target="password “Password”", what="password", outcome="done")]
        if tried:
            login.append(step(0.4, "submit", "submit", "Sign in").model_copy(update={"outcome": "failed"}))
        steps = [*build.healthy_steps(asked, None)[:2], *loads]
        shown = [*([pieces.screen(0, 0.25, look)] if stood else []), pieces.screen(1, 5.5, look)]
        walk = build.walk(steps, asked=asked, answer=None, ending="dead_end", login=login, screens=shown)
        return build.judge(AUDIT, walk)

    return judge


@pytest.mark.parametrize("held", [{}, {"enabled": True, "tried": True}])
def test_a_button_that_stays_closed_without_its_script_is_found(build, shut, held):
    found = only(shut(build.sub(SCRIPT, "script", status=500, at=0.2), **held))
    assert found.message == (
        "“Sign in” cannot be pressed on the page of login.example.com, although all is filled in. Seen on this page: "
        f"the script {SCRIPT} did not load (status 500)."
    )
    assert (found.confidence, found.cause) == (Confidence.POSSIBLE, "suspected")


def test_what_a_page_said_before_anything_was_typed_is_no_reason_for_a_closed_button(build, shut):
    lost = build.sub(SCRIPT, "script", status=500, at=0.21)
    only(shut(lost, alerts=("We use cookies",), stood=True))


def test_a_closed_button_that_may_wait_for_something_else_blames_no_script(build, pieces, shut):
    lost = build.sub(SCRIPT, "script", status=500, at=0.2)
    sealed = Sight(readable_length=9, pictures=0, sealed=("x-captcha",))
    others = [
        shut(build.sub(SCRIPT, "script", status=200, at=0.2)),
        shut(build.sub("https://stats.example.net/count.js", "script", status=500, at=0.2)),
        shut(lost, enabled=True),
        shut(lost, controls=lambda held: [*held[:1], pieces.control("checkbox", "I agree"), *held[1:]]),
        shut(lost, controls=lambda held: [*held[:1], pieces.control("field", "Company"), *held[1:]]),
        shut(lost, controls=lambda held: [*held, pieces.control(label="Later")]),
        shut(lost, frames=("https://captcha.example.net/",)),
        shut(lost, sight=sealed),
        shut(lost, alerts=("Enter a valid e-mail address",)),
        shut(lost, call(build, at=0.5)),
    ]
    assert {outcome.status for outcome in others} == {"inconclusive"}
