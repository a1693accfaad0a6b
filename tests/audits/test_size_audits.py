import pytest

from e2e_linker.evidence.models import Ending, NotCollected, ServiceWorker
from e2e_linker.evidence.page import Sight
from e2e_linker.model import Confidence, Fault, Severity

CAPTCHA = Ending(kind="captcha", message="a captcha stands before the login")
BLANK = Sight(readable_length=0, pictures=0)


def url_of(build, code):
    return build.walk(lengths={"code": code})


@pytest.mark.parametrize(
    ("code", "severity"),
    [
        (64, None),
        (512, None),
        (513, Severity.RECOMMENDED),
        (1800, Severity.DEGRADES),
        (8000, Severity.BREAKS),
    ],
)
def test_the_length_of_the_code(build, code, severity):
    outcome = build.judge("code-size", url_of(build, code))
    assert [found.severity for found in getattr(outcome, "findings", ())] == ([severity] if severity else [])


@pytest.mark.parametrize(
    ("code", "severity", "confidence"),
    [
        (64, None, None),
        (1700, Severity.RECOMMENDED, Confidence.POSSIBLE),
        (3700, Severity.BREAKS, Confidence.LIKELY),
        (8000, Severity.BREAKS, Confidence.CERTAIN),
    ],
)
def test_the_length_of_the_redirect_url(build, code, severity, confidence):
    outcome = build.judge("redirect-size", url_of(build, code))
    found = [f for f in getattr(outcome, "findings", ()) if f.rule == "size-redirect-url"]
    assert [(f.severity, f.confidence) for f in found] == ([(severity, confidence)] if severity else [])
    if found:
        assert f"code {code:,}, state" in found[0].message


def test_a_redirect_url_beyond_known_limits_names_the_servers(build):
    assert "gunicorn" in build.judge("redirect-size", url_of(build, 4500)).findings[0].message


def test_room_for_a_shoppers_cookies(build):
    (found,) = [f for f in build.judge("redirect-size", url_of(build, 2800)).findings if "cookies" in f.rule]
    assert found.severity is Severity.DEGRADES
    assert "would pass" in found.message
    quiet = build.judge("redirect-size", url_of(build, 2600)).findings
    assert [f.rule for f in quiet] == ["size-redirect-url"]


def test_thresholds_are_the_users(build):
    strict = {"redirect_url_characters": 300, "code_characters": 10}
    assert build.judge("redirect-size", url_of(build, 64), thresholds=strict).status == "failed"
    assert build.judge("code-size", url_of(build, 64), thresholds=strict).status == "failed"
    loose = {"simulated_cookie_bytes": 0, "redirect_url_characters": 9000, "redirect_url_likely_characters": 9000}
    assert build.judge("redirect-size", url_of(build, 3700), thresholds=loose).status == "passed"


def test_an_implicit_token_is_not_sent_and_does_not_count(build):
    walk = build.walk(asked=build.authorization(grant="IMPLICIT"), lengths={"access_token": 9000})
    assert build.judge("redirect-size", walk).status == "passed"


def cookies(build, host, sizes, **more):
    asked = build.authorization()
    page = build.get(f"https://{host}/x", set_cookies=sizes, **more)
    steps = [build.get(asked.url), page, build.get(build.answer(asked), failure="net::ERR_TUNNEL_CONNECTION_FAILED")]
    return build.judge("cookie-size", build.walk(steps, asked=asked))


@pytest.mark.parametrize(
    ("sizes", "severity"),
    [({"a": 4096}, None), ({"a": 4097}, Severity.DEGRADES), ({"a": 3000, "b": 3000}, None)],
)
def test_cookies_browsers_drop(build, sizes, severity):
    outcome = cookies(build, "login.example.com", sizes)
    assert [found.severity for found in getattr(outcome, "findings", ())] == ([severity] if severity else [])


def test_a_tracker_that_loses_its_cookie_is_only_worth_a_remark(build):
    pixel = build.sub("https://tracker.example/p", set_cookies={"huge": 9000})
    outcome = build.judge("cookie-size", build.walk([build.get(build.authorization().url), pixel]))
    assert [found.severity for found in outcome.findings] == [Severity.RECOMMENDED]


def test_many_cookies_of_one_host_are_advice(build):
    (found,) = cookies(build, "login.example.com", {}, cookie="a=" + "x" * 4200).findings
    assert (found.severity, found.confidence) == (Severity.RECOMMENDED, Confidence.POSSIBLE)
    assert cookies(build, "login.example.com", {}, cookie="a=" + "x" * 4000).status == "passed"


def refusal(build, **answer):
    asked = build.authorization()
    return build.walk([build.get(asked.url), build.get(f"{build.login}/consent", **answer)], asked=asked)


def test_a_refused_hop_names_size_hop_server_and_setting(build):
    page = "<center><h1>400 Bad Request</h1></center>Request Header Or Cookie Too Large<center>nginx</center>"
    walk = refusal(build, status=400, excerpt=page, cookie="session=" + "x" * 9000)
    (found,) = build.judge("request-size", walk).findings
    assert (found.severity, found.confidence) == (Severity.BREAKS, Confidence.CERTAIN)
    assert "cookie session (9,008 bytes)" in found.message
    assert "raise its limit, by default `large_client_header_buffers 4 8k`, or shrink" in found.fix.text
    assert found.primary.ref == "measured#2"
    (named,) = build.judge("request-size", refusal(build, status=494, excerpt="")).findings
    assert "(status 494): this status says nothing else." in named.message


def test_a_guess_counts_less_and_an_ordinary_400_not_at_all(build):
    (found,) = build.judge("request-size", refusal(build, status=400, excerpt="", head=8500)).findings
    assert (found.severity, found.confidence) == (Severity.DEGRADES, Confidence.POSSIBLE)
    wrong_uri = refusal(build, status=400, excerpt="redirect_uri does not match", head=8500)
    assert build.judge("request-size", wrong_uri).status == "inconclusive"


def test_a_background_call_refused_for_size_stops_nobody(build):
    asked = build.authorization()
    steps = build.healthy_steps(asked, build.answer(asked))
    steps.insert(2, build.sub("https://metrics.example/collect", "fetch", status=431))
    (found,) = build.judge("request-size", build.walk(steps, asked=asked)).findings
    assert found.severity is Severity.RECOMMENDED


def grown(build, size, *, kind="cookie_bytes", ok=False, **answer):
    asked = build.authorization()
    steps = [build.get(asked.url, **(answer or {"status": 431}))]
    name = f"grown-{kind}-{size}"
    return build.walk(None if ok else steps, asked=asked, id=name, purpose="grown", variation={kind: size})


def grow(build, *walks, cases=None, depth="thorough"):
    return build.judge_run("grown-requests", build.run(*walks), [build.case()] if cases is None else cases, depth=depth)


@pytest.mark.parametrize(
    ("size", "severity"),
    [(4096, Severity.BREAKS), (8192, Severity.DEGRADES), (12288, Severity.RECOMMENDED), (16384, Severity.RECOMMENDED)],
)
def test_the_smallest_cookies_that_break_the_login_decide(build, size, severity):
    healthy = [grown(build, less, ok=True) for less in (4096, 8192, 12288) if less < size]
    outcome = grow(build, *healthy, grown(build, size), grown(build, 20000))
    (found,) = outcome.findings
    assert (found.severity, found.confidence) == (severity, Confidence.POSSIBLE)
    assert f"{size:,} bytes of cookies" in found.message
    assert found.primary.ref == f"grown-cookie_bytes-{size}#1"


@pytest.mark.parametrize(
    ("size", "severity"), [(4096, Severity.BREAKS), (8192, Severity.RECOMMENDED), (12288, Severity.RECOMMENDED)]
)
def test_a_login_that_sets_no_cookie_hardly_meets_many(build, size, severity):
    asked = build.authorization()
    steps = [build.get(asked.url, location=build.answer(asked)), build.get(build.answer(asked))]
    given = [{**steps[0], "set_cookies": {"sid": 30}}, steps[1]]
    (found,) = grow(build, grown(build, size), cases=[build.case(build.walk(steps, asked=asked))]).findings
    assert found.severity is severity
    for walk in (
        build.walk(given, asked=asked),
        build.walk(steps, asked=asked, jar=build.jar({"sid": 30})),
        build.walk(steps, asked=asked, jar=NotCollected(reason="a capture shows no jar")),
    ):
        (found,) = grow(build, grown(build, size), cases=[build.case(walk)]).findings
        assert found.severity is (Severity.DEGRADES if size == 8192 else severity)


def test_a_request_that_is_dropped_above_2048_ends_on_a_404(build):
    lost = grown(build, 2048, kind="state_length", status=404, excerpt="Not Found")
    (found,) = grow(build, lost).findings
    assert "a state of 2,048 characters" in found.message
    assert "status 404" in found.message
    assert found.severity is Severity.RECOMMENDED
    assert found.fix.text.startswith("Raise the limit that the server's log names")


@pytest.mark.parametrize(("status", "named"), [(502, True), (504, False), (404, False)])
@pytest.mark.parametrize("kind", ["state_length", "cookie_bytes"])
def test_an_answer_too_large_for_its_proxy_names_the_proxys_buffers(build, status, named, kind):
    (found,) = grow(build, grown(build, 4096, kind=kind, status=status, excerpt="<h1>Bad Gateway</h1>")).findings
    for setting in ("`proxy_buffer_size`", "`fastcgi_buffer_size`"):
        assert (setting in found.fix.text) is named
    assert ("keep the request on the server's side" in found.fix.text) is (not named and kind == "state_length")


def test_the_padding_of_the_test_is_no_part_of_the_server(build):
    pads = "; ".join(f"linker-pad-{n}={'x' * 3500}" for n in range(2))
    page = "<center><h1>400 Bad Request</h1></center>Request Header Or Cookie Too Large<center>nginx</center>"
    walk = grown(build, 8192, status=400, excerpt=page, cookie=f"{pads}; session={'s' * 400}")
    (found,) = grow(build, walk).findings
    assert "(7,026 of them padding of this test); the largest other part is" in found.message
    assert "linker-pad" not in found.message


@pytest.mark.parametrize("length", [1000, 1024])
def test_a_server_that_breaks_on_a_state_alexa_might_send_breaks(build, length):
    (found,) = grow(build, grown(build, length, kind="state_length", status=414)).findings
    assert (found.rule, found.severity) == ("size-own-hops", Severity.BREAKS)


def test_a_long_state_that_comes_back_cut(build):
    asked = build.authorization(state="A2SAAEAE" + "q7" * 508)
    walk = build.walk(
        asked=asked,
        answer=build.answer(asked, state=asked.state[:1000]),
        purpose="grown",
        variation={"state_length": 1024},
    )
    (found,) = grow(build, walk).findings
    assert found.rule == "auth-tracks-state"
    assert found.severity is Severity.BREAKS


def test_a_state_that_comes_back_cut_anyway_is_not_told_of_growth(build):
    def cut(length, **more):
        asked = build.authorization(state="A2SAAEAE" + "q7" * 172)
        return build.walk(asked=asked, answer=build.answer(asked, state=asked.state[:length]), **more)

    grown_walk = cut(255, purpose="grown", variation={"cookie_bytes": 16384})
    assert grow(build, grown_walk, cases=[build.case(cut(255))]).status == "passed"
    assert grow(build, grown_walk).status == "failed"


def test_growth_that_does_no_harm_or_says_nothing(build):
    sizes = (4096, 8192, 12288, 16384)
    assert grow(build, *(grown(build, size, ok=True) for size in sizes)).status == "passed"
    assert grow(build).status == "inconclusive"
    assert grow(build, grown(build, 4096), cases=[build.case(build.walk(answer=None))]).status == "inconclusive"
    blocked = build.walk(answer=None, ending=CAPTCHA, purpose="grown", variation={"cookie_bytes": 4096})
    assert grow(build, blocked).status == "inconclusive"
    assert grow(build, grown(build, 4096), depth="standard").status == "not_applicable"


def warm(build, **more):
    asked = build.authorization(state="A2SAAEAE-second-" + "w" * 300)
    given = {"asked": asked, "id": "warm-1", "purpose": "warm", **more}
    given.setdefault("answer", build.answer(asked, code="<code#2>"))
    return build.walk(**given)


@pytest.mark.parametrize(("code", "status"), [("<code#1>", "failed"), ("undefined", "passed")])
def test_a_word_for_nothing_is_no_code_that_comes_back_a_second_time(build, code, status):
    first, asked = build.authorization(), build.authorization(state="A2SAAEAE-second-" + "w" * 300)
    again = warm(build, asked=asked, answer=build.answer(asked, code=code))
    walk = build.walk(asked=first, answer=build.answer(first, code=code))
    outcome = build.judge("second-link", build.case(walk, again))
    assert outcome.status == status


def test_only_a_fresh_jar_gets_through(build):
    asked = build.authorization()
    steps = [build.get(asked.url, cookie="nonce=" + "n" * 3000, status=400, excerpt="Bad Request")]
    (found,) = build.judge("warm-jar", build.case(build.walk(), warm(build, steps=steps, asked=asked))).findings
    assert "fresh cookie jar only" in found.message
    assert "`nonce` (3,006 bytes)" in found.message
    assert found.severity is Severity.RECOMMENDED
    assert found.primary.ref == "warm-1"


def stopped_on(build, pieces, purpose, text):
    screens = (pieces.screen(1, 1.0, pieces.digest(text=text, controls=())),)
    return build.walk(answer=None, ending="login_not_found", id=purpose, purpose=purpose, screens=screens)


@pytest.mark.parametrize(
    ("texts", "status"),
    [
        (("Come back later.", "Come back later."), "passed"),
        (("Reference 4f21: come back at 10:15.", "Reference 9a03: come back at 10:16."), "passed"),
        (("Come back later.", "Something else"), "failed"),
        (("", ""), "failed"),
        (("Your account is already linked to Alexa.", "Something else"), "passed"),
    ],
)
def test_what_stops_a_fresh_jar_too_is_no_matter_of_cookies(build, pieces, texts, status):
    walks = [
        stopped_on(build, pieces, purpose, text) for purpose, text in zip(("warm", "special_state"), texts, strict=True)
    ]
    assert build.judge("warm-jar", build.case(build.walk(), *walks)).status == status


@pytest.mark.parametrize(
    "said",
    [
        "Your account is already linked to Alexa.",
        "This account has already been linked",
        "Ihr Konto ist bereits mit Alexa verknüpft.",
        "Votre compte est déjà associé à Alexa.",
        "Tu cuenta ya está vinculada.",
        "このアカウントはすでに連携されています。",
    ],
)
def test_a_server_that_links_an_account_once_is_told_to_let_it_link_again(build, pieces, said):
    walk = stopped_on(build, pieces, "warm", f"Acme Lights. Hello Ann!\n{said} Close this window.")
    (found,) = build.judge("second-link", build.case(build.walk(), walk)).findings
    assert f"a second link of the same account is refused: the page says “{said}" in found.message
    assert "Let an account link again" in found.fix.text
    assert "start page" not in found.fix.text
    assert build.judge("warm-jar", build.case(build.walk(), walk)).status == "passed"


@pytest.mark.parametrize(
    "said",
    [
        "You are already signed in.",
        "Vous êtes déjà connecté.",
        "Welcome back, Ann",
        "Already have a linked account? Sign in",
        "If your account is already linked, sign in.",
        "Wenn das Konto schon verknüpft ist, melden Sie sich an.",
    ],
)
def test_a_start_page_is_told_as_one(build, pieces, said):
    walk = stopped_on(build, pieces, "warm", said)
    (found,) = build.judge("second-link", build.case(build.walk(), walk)).findings
    assert "linking again in the same browser does not" in found.message
    assert "start page" in found.fix.text


OLD_SCRIPT = "https://cdn.example.net/old.js"
WORKER = ServiceWorker(at=0.1, url="https://login.example.com/sw.js")


def stopped_blank(build, pieces, *, cached=True, script=404, url=None, **more):
    asked = build.authorization(state="A2SAAEAE-second-" + "w" * 300)
    blank = pieces.digest(url or asked.url, text="", text_length=0, controls=(), headings=(), sight=BLANK)
    page = build.get(url or asked.url) | {"from_cache": cached}
    lost = [build.sub(OLD_SCRIPT, "script", status=script)] if script else []
    more = {"screens": [pieces.screen(0, 4.0, blank)], "ending": "login_not_found", **more}
    return warm(build, asked=asked, answer=None, steps=[page, *lost], **more)


def test_a_page_that_a_service_worker_kept_is_told_as_that_and_is_no_matter_of_cookies(build, pieces):
    case = build.case(build.walk(service_workers=[WORKER]), stopped_blank(build, pieces))
    (found,) = build.judge("second-link", case).findings
    assert "from what the service worker https://login.example.com/sw.js keeps" in found.message
    assert f"Suspected, not proven: the script {OLD_SCRIPT} did not load (status 404)." in found.message
    assert "leave every address of the login to the network" in found.fix.text
    assert "skipWaiting()" in found.fix.text
    assert build.judge("warm-jar", case).status == "passed"


def test_a_second_link_that_stays_blank_is_told_with_what_failed_there(build, pieces):
    case = build.case(build.walk(), stopped_blank(build, pieces, cached=False))
    (found,) = build.judge("second-link", case).findings
    assert "service worker" not in found.message
    assert f"the script {OLD_SCRIPT} did not load (status 404)" in found.message
    assert "Make what did not load available" in found.fix.text
    assert build.judge("warm-jar", case).status == "passed"


@pytest.mark.parametrize(
    ("worker", "more"),
    [
        ("https://login.example.com/sw.js", {"cached": False}),
        ("https://cdn.example.net/sw.js", {}),
        (None, {}),
    ],
)
@pytest.mark.parametrize("script", [None, 503])
def test_a_blank_page_of_the_server_itself_may_be_a_matter_of_cookies(build, pieces, worker, more, script):
    workers = [ServiceWorker(at=0.1, url=worker)] if worker else []
    case = build.case(build.walk(service_workers=workers), stopped_blank(build, pieces, script=script, **more))
    (found,) = build.judge("second-link", case).findings
    assert "service worker" not in found.message
    assert build.judge("warm-jar", case).status == "failed"


def test_a_page_that_was_asked_for_before_may_come_from_the_browsers_cache_alone(build, pieces):
    front = "https://login.example.com/front"
    steps = [build.get(front), *build.healthy_steps(build.authorization(), build.answer(build.authorization()))]
    walk = build.walk(steps, service_workers=[WORKER])
    case = build.case(walk, stopped_blank(build, pieces, script=None, url=front))
    (found,) = build.judge("second-link", case).findings
    assert "service worker" not in found.message


def test_only_a_used_jar_gets_through(build):
    (found,) = build.judge("warm-jar", build.case(build.walk(answer=None), warm(build))).findings
    assert "used cookie jar only" in found.message
    assert found.primary.ref == "measured"
    assert not any(said in found.message for said in ("too large", "stale cookie"))
    assert "Shorten" not in found.fix.text
    again = warm(build, id="special", purpose="special_state")
    assert build.judge("warm-jar", build.case(build.walk(answer=None), warm(build), again)).status == "inconclusive"


TIMEOUT = Ending(kind="timeout", message="the login was not through after 60 s")


@pytest.mark.parametrize("late", ["fresh", "used"])
def test_a_login_that_ran_out_of_time_says_nothing_of_its_cookies(build, late):
    fresh = build.walk(answer=None, ending=TIMEOUT) if late == "fresh" else build.walk()
    used = warm(build, answer=None, ending=TIMEOUT) if late == "used" else warm(build)
    outcome = build.judge("warm-jar", build.case(fresh, used))
    assert (outcome.status, outcome.missing) == ("inconclusive", (TIMEOUT.message,))


def test_the_same_ending_twice_is_no_difference(build):
    assert build.judge("warm-jar", build.case(build.walk(), warm(build))).status == "passed"
    assert build.judge("warm-jar", build.case(build.walk(answer=None), warm(build, answer=None))).status == "passed"
    assert build.judge("warm-jar", build.case(build.walk(), warm(build, answer=None, ending=CAPTCHA))).status == (
        "inconclusive"
    )


OWN_STEP = Ending(
    kind="login_not_found", message="Step 1 of linker.login failed: nothing matched '#user'", fault=Fault.TESTER
)


@pytest.mark.parametrize("audit", ["second-link", "warm-jar"])
def test_what_stopped_at_the_testers_own_step_proves_nothing_but_an_error_page_does(build, audit):
    outcome = build.judge(audit, build.case(build.walk(), warm(build, answer=None, ending=OWN_STEP)))
    assert (outcome.status, outcome.missing) == ("inconclusive", (OWN_STEP.message,))
    asked = build.authorization()
    refused = warm(build, answer=None, ending=OWN_STEP, asked=asked, steps=[build.get(asked.url, status=400)])
    assert build.judge(audit, build.case(build.walk(), refused)).status == "failed"
    stuck = OWN_STEP.model_copy(update={"fault": None})
    assert build.judge(audit, build.case(build.walk(), warm(build, answer=None, ending=stuck))).status == "failed"


def test_a_grown_request_that_stopped_at_the_testers_own_step_proves_nothing(build):
    stopped = build.walk(answer=None, ending=OWN_STEP, purpose="grown", variation={"cookie_bytes": 4096})
    assert grow(build, stopped).missing == (f"with 4,096 bytes of cookies: {OWN_STEP.message}",)


def broken_again(build, n=1, status=500):
    asked = build.authorization()
    steps = [build.get(asked.url, status=status, excerpt="Internal Server Error")]
    return warm(build, id=f"warm-{n}", answer=None, asked=asked, steps=steps, ending="login_not_found")


def test_a_server_that_fails_once_does_not_fail_those_who_are_signed_in(build):
    case = build.case(build.walk(), broken_again(build), warm(build, id="warm-2"))
    outcome = build.judge("second-link", case)
    assert outcome.status == "passed"
    assert "The server failed once, and linked when asked again" in outcome.note
    assert build.judge("warm-jar", case).status == "passed"


@pytest.mark.parametrize(
    ("times", "fresh", "status"), [(1, False, "inconclusive"), (2, False, "failed"), (2, True, "inconclusive")]
)
def test_a_used_jar_is_to_blame_where_the_server_fails_each_time_and_for_it_alone(build, times, fresh, status):
    walks = [build.walk(), *(broken_again(build, n) for n in range(times))]
    if fresh:
        steps = [build.get(build.authorization().url, status=500, excerpt="Another error")]
        walks.append(build.walk(steps, answer=None, id="special", purpose="special_state"))
    assert build.judge("warm-jar", build.case(*walks)).status == status


def test_a_server_that_fails_each_time_is_told_once_with_its_log(build):
    case = build.case(build.walk(), broken_again(build), broken_again(build, 2))
    (found,) = build.judge("second-link", case).findings
    assert "status 500" in found.message
    assert found.fix.text.startswith("Look into the server's log")
    (found,) = build.judge("second-link", build.case(build.walk(), broken_again(build, status=404))).findings
    assert "never with the site's start page" in found.fix.text


BUSY = [
    pytest.param({"status": 429}, id="429"),
    pytest.param({"status": 429, "excerpt": "Too many requests, please try again later."}, id="429 in words"),
    pytest.param({"status": 503, "response_headers": (("Retry-After", "30"),)}, id="503 for a while"),
]


@pytest.mark.parametrize("kind", ["cookie_bytes", "state_length"])
@pytest.mark.parametrize("busy", BUSY)
def test_a_server_that_is_asked_too_often_says_nothing_of_the_size(build, kind, busy):
    outcome = grow(build, grown(build, 1024, kind=kind, **busy))
    assert outcome.status == "inconclusive"
    assert len(outcome.missing) == 1
    (found,) = grow(build, grown(build, 1024, kind=kind, **busy), grown(build, 16384, kind=kind)).findings
    assert "16,384" in found.message


def test_a_server_that_fails_at_a_size_is_not_one_that_is_asked_too_often(build):
    assert grow(build, grown(build, 4096, status=503)).status == "failed"


@pytest.mark.parametrize("audit", ["second-link", "warm-jar"])
@pytest.mark.parametrize("busy", BUSY)
def test_a_server_that_is_asked_too_often_says_nothing_of_a_used_jar(build, audit, busy):
    asked = build.authorization()
    steps = [build.get(asked.url, **busy)]
    again = warm(build, answer=None, asked=asked, steps=steps, ending="login_not_found")
    assert build.judge(audit, build.case(build.walk(), again)).status == "inconclusive"
    late = [build.get(asked.url, location="/consent"), build.get("https://login.example.com/consent", **busy)]
    again = warm(build, answer=None, asked=asked, steps=late, ending="dead_end")
    assert build.judge(audit, build.case(build.walk(), again)).status == "inconclusive"


def test_linking_again_gives_a_fresh_code(build):
    assert build.judge("second-link", build.case(build.walk(), warm(build))).status == "passed"


@pytest.mark.parametrize(
    ("change", "subject"),
    [
        ({"answer": None}, "second link"),
        ({"error": True}, "second link"),
        ({"code": "<code#1>"}, "code"),
        ({"old_state": True}, "state"),
    ],
)
def test_linking_again_goes_wrong(build, change, subject):
    asked = build.authorization(state="A2SAAEAE-second-" + "w" * 300)
    answer = build.answer(asked, code=change.get("code", "<code#2>"))
    if "answer" in change:
        answer = None
    if "error" in change:
        answer = f"{asked.redirect_uri}?error=login_required&state={asked.state}"
    if "old_state" in change:
        answer = build.answer(asked, code="<code#2>", state=build.state)
    again = build.walk(asked=asked, answer=answer, id="warm-1", purpose="warm")
    (found,) = build.judge("second-link", build.case(build.walk(), again)).findings
    assert found.subject == subject
    assert found.severity is Severity.RECOMMENDED


def test_linking_again_is_not_judged_where_linking_once_fails(build):
    assert build.judge("second-link", build.case(build.walk(answer=None), warm(build))).status == "inconclusive"
    asked = build.authorization()
    denied = build.walk(asked=asked, answer=f"{asked.redirect_uri}?error=access_denied&state={asked.state}")
    assert build.judge("second-link", build.case(denied, warm(build))).status == "inconclusive"


def abandoned(build, n, names):
    jar = build.jar(dict.fromkeys(names, 120))
    return build.walk(answer=None, id=f"abandoned-{n}", purpose="abandoned", jar=jar)


def test_a_nonce_for_every_abandoned_login(build):
    walks = [abandoned(build, n, [f".AspNetCore.Correlation.{i:08d}" for i in range(n)]) for n in range(1, 21)]
    (found,) = build.judge_run("cookie-growth", build.run(*walks), depth="thorough").findings
    assert found.severity is Severity.BREAKS
    assert "1.0 more cookies" in found.message
    assert "`.AspNetCore.Correlation.*`" in found.message
    assert "About 68 " in found.message


def test_what_a_login_sets_at_its_end_is_not_left_by_those_that_were_given_up(build):
    walks = [abandoned(build, n, ["_xsrf"]) for n in range(1, 21)]
    jar = build.jar({"_xsrf": 120, "session": 900, "session-id": 80})
    walks.append(build.walk(id="abandoned-last", purpose="abandoned", jar=jar, variation={"completed": True}))
    assert build.judge_run("cookie-growth", build.run(*walks), depth="thorough").status == "passed"


def refused_after(build, most, *, size=550, status=400, count=20, cleaned=False, **more):
    """Abandoned logins, each with one more cookie, and refused from the one after ``most`` on."""

    def made(n):
        jar = build.jar({f".AspNetCore.Correlation.{i:08d}": size for i in range(min(n, most))})
        back = n <= most or (cleaned and n == count)
        answer = {"status": 200} if back else {"status": status, "excerpt": "", **more}
        steps = [build.get(build.authorization().url, **answer)]
        ending = "stopped" if back else "login_not_found"
        return build.walk(steps, id=f"abandoned-{n}", purpose="abandoned", jar=jar, answer=None, ending=ending)

    return build.run(*(made(n) for n in range(1, count + 1)))


@pytest.mark.parametrize(("most", "size"), [(15, 550), (8, 1000), (19, 420), (2, 4000)])
def test_a_jar_that_is_full_at_last_has_grown_up_to_there(build, most, size):
    run = refused_after(build, most, size=size)
    (found,) = build.judge_run("cookie-growth", run, depth="thorough").findings
    assert (found.severity, found.confidence) == (Severity.BREAKS, Confidence.CERTAIN)
    assert f"1.0 more cookies and {size:,} more bytes" in found.message
    assert f"after {most} one request carries {most}" in found.message
    assert "Then the login breaks: " in found.message
    assert found.message.endswith("refused with status 400.")
    assert "fill 8,190 bytes" not in found.message
    assert found.primary.ref == f"abandoned-{most + 1}"


@pytest.mark.parametrize(("status", "more"), [(403, {}), (401, {}), (429, {}), (200, {})])
def test_a_guard_that_steps_in_hides_no_growth_and_is_none_of_its_doing(build, status, more):
    for most in (15, 6):
        run = refused_after(build, most, status=status, **more)
        (found,) = build.judge_run("cookie-growth", run, depth="thorough").findings
        assert f"after {most} one request carries {most}" in found.message
        assert "Then the login breaks" not in found.message
        assert "fill 8,190 bytes, where many servers refuse the request." in found.message
    few = refused_after(build, 3, size=1000, status=status, **more)
    assert build.judge_run("cookie-growth", few, depth="thorough").status == "passed"


def test_a_captcha_after_many_logins_is_no_full_jar(build):
    run = refused_after(build, 15)
    walks = [
        walk.model_copy(update={"ending": CAPTCHA}) if walk.ending.kind != "stopped" else walk
        for walk in run.probes.value
    ]
    (found,) = build.judge_run("cookie-growth", build.run(*walks), depth="thorough").findings
    assert "Then the login breaks" not in found.message


def test_two_logins_with_small_cookies_do_not_fill_a_jar(build):
    outage = refused_after(build, 2, size=60, status=500)
    assert build.judge_run("cookie-growth", outage, depth="thorough").status == "passed"


def test_a_steady_jar_is_not_to_blame_for_logins_that_are_refused_later(build):
    steady = refused_after(build, 9, size=0)
    assert build.judge_run("cookie-growth", steady, depth="thorough").status == "passed"
    busy = refused_after(build, 3, status=429)
    assert build.judge_run("cookie-growth", busy, depth="thorough").status == "passed"
    cleaned = refused_after(build, 3, cleaned=True)
    assert build.judge_run("cookie-growth", cleaned, depth="thorough").status == "passed"
    never = refused_after(build, 0)
    assert build.judge_run("cookie-growth", never, depth="thorough").status == "passed"


def test_cookies_of_each_logins_own_path_never_meet_in_one_request(build):
    def left(n):
        jar = [
            cookie.model_copy(update={"path": f"/interaction/{number}"})
            for number in range(1, n + 1)
            for cookie in build.jar(dict.fromkeys(("_interaction", "_interaction.sig"), 120))
        ]
        steps = [build.get(f"https://login.example.com/interaction/{n}")]
        return build.walk(steps, answer=None, id=f"abandoned-{n}", purpose="abandoned", jar=tuple(jar))

    walks = [left(n) for n in range(1, 21)]
    assert build.judge_run("cookie-growth", build.run(*walks), depth="thorough").status == "passed"


def test_cookies_for_the_end_of_the_login_count_where_another_login_gets_there(build):
    def left(n):
        jar = build.jar({f"Correlation.{i:08d}": 120 for i in range(n)})
        jar = tuple(cookie.model_copy(update={"path": "/signin-oidc"}) for cookie in jar)
        return build.walk(answer=None, id=f"abandoned-{n}", purpose="abandoned", jar=jar)

    run = build.run(*(left(n) for n in range(1, 21)))
    assert build.judge_run("cookie-growth", run, depth="thorough").status == "passed"
    ended = build.case(build.walk([build.get("https://login.example.com/signin-oidc?code=1")]))
    (found,) = build.judge_run("cookie-growth", run, [ended], depth="thorough").findings
    assert "one request carries 20 with 2,400 bytes" in found.message


def test_a_jar_with_a_few_state_cookies_is_healthy(build):
    walks = [abandoned(build, n, [f"state.{i:08d}" for i in range(min(n, 3))]) for n in range(1, 21)]
    assert build.judge_run("cookie-growth", build.run(*walks), depth="thorough").status == "passed"
    assert build.judge_run("cookie-growth", build.run(), depth="thorough").status == "inconclusive"
    assert build.judge_run("cookie-growth", build.run(*walks)).status == "not_applicable"


def test_cookies_nobody_could_see_are_not_said_to_be_small(build):
    walk = build.walk([build.get(build.authorization().url, status=None, failure="net::ERR_NAME_NOT_RESOLVED")])
    ending = Ending(kind="unreachable", message="login.example.com cannot be reached")
    lost = walk.model_copy(update={"ending": ending, "arrivals": walk.arrivals.model_copy(update={"value": ()})})
    assert build.judge("cookie-size", lost).status == "inconclusive"
    assert build.judge("cookie-size", build.walk()).status == "passed"


def sized(build, **answer):
    steps = [build.get("https://login.example.com/login", head=900)]
    steps += [build.get("https://login.example.com/resume", head=15900, **answer)]
    (found,) = build.judge("request-size", build.walk(steps, answer=None, ending="unreachable")).findings
    return found


def test_a_server_that_answers_nothing_is_named_as_one_of_those_that_do_so(build):
    found = sized(build, failure="net::ERR_HTTP2_PROTOCOL_ERROR")
    assert found.severity is Severity.BREAKS
    assert "has not told its name. HAProxy, for one, does so" in found.fix.text
    assert "probably answered" not in found.fix.text


def test_no_report_is_promised_a_server_that_it_does_not_name(build):
    unknown = sized(build, status=431, response_headers=(("Server", "lumo"),), excerpt="<h1>Too large</h1>")
    assert "the report names" not in unknown.fix.text
    assert "the server's log names" in unknown.fix.text
    apache = sized(build, status=431, response_headers=(("Server", "Apache/2.4.71 (Debian)"),), excerpt="<h1>431</h1>")
    assert "Apache httpd probably answered" in apache.fix.text


def test_a_connection_that_broke_at_a_large_request_is_advice_that_blames_nobody(build):
    steps = [build.get(f"{build.login}/login", status=200, head=900)]
    steps += [build.get(f"{build.login}/resume", status=None, failure="net::ERR_EMPTY_RESPONSE", head=10300)]
    (found,) = build.judge("request-size", build.walk(steps, answer=None, ending="unreachable")).findings
    assert (found.severity, found.confidence) == (Severity.RECOMMENDED, Confidence.POSSIBLE)
    assert f"GET {build.login}/resume may have been refused as too large (a closed connection)" in found.message
    assert "heads of up to 900 bytes" in found.message
