"""What the customer sees: blank screens with their suspects, refused browsers, controls out of reach, slow steps."""

from __future__ import annotations

import pytest

from e2e_linker.evidence.models import (
    Body,
    Causes,
    Ending,
    LoginStep,
    NotCollected,
    PageError,
    Present,
    Timing,
    Trial,
)
from e2e_linker.evidence.page import Sight
from e2e_linker.model import Confidence, Fault, Severity, Surface
from tests.audits.judged import only

LOGIN = "https://login.example.com"


def seen(pieces, **more):
    given = {"controls": (), "headings": (), "text": "", "text_length": 0, "title": ""}
    return pieces.digest(f"{LOGIN}/authorize", **(given | more))


def blank(pieces, **more):
    return seen(pieces, sight=Sight(readable_length=0, pictures=0), **more)


def stopped(build, digest, pieces, *, ending="login_not_found", steps=(), **more):
    """A walk that ended on its first page, which showed ``digest``."""
    first = build.get(f"{LOGIN}/authorize", excerpt="<title>Sign in</title>")
    return build.walk([first, *steps], answer=None, ending=ending, screens=[pieces.screen(0, 4.0, digest)], **more)


@pytest.mark.parametrize("ending", ["login_not_found", "dead_end", "timeout"])
def test_a_blank_end_is_told_with_device_step_and_cause(build, pieces, ending):
    lost = build.sub("https://cdn.example.net/app.js", "script", failure="net::ERR_TUNNEL_CONNECTION_FAILED")
    found = only(build.judge("screen-blank", stopped(build, blank(pieces), pieces, ending=ending, steps=[lost])))
    assert found.message == (
        "On phone the login stops at a screen of login.example.com that stays blank: no text, no field and no button. "
        "Suspected, not proven: the script https://cdn.example.net/app.js did not load "
        "(net::ERR_TUNNEL_CONNECTION_FAILED)."
    )
    assert (found.rule, found.severity, found.symptom) == ("screen-blank", Severity.BREAKS, True)
    assert (found.subject, found.blame) == ("login.example.com", Fault.CONTENT_HOST)
    assert (found.primary.ref, [ref.ref for ref in found.related]) == ("measured#0", ["measured#2"])
    assert "did not load" in found.fix.text


def test_a_blank_end_without_a_trace_says_so(build, pieces):
    found = only(build.judge("screen-blank", stopped(build, blank(pieces), pieces)))
    assert "Nothing in the evidence says why" in found.message
    assert found.blame is Fault.IDENTITY_PROVIDER
    assert found.related[0].kind == "walk"


def test_a_form_in_the_colour_of_its_background_is_told_by_its_colours(build, pieces):
    hidden = {"faint": True, "visible": False}
    controls = [pieces.control("field", "Email", **hidden), pieces.control("button", "Sign in", **hidden)]
    page = blank(pieces).model_copy(update={"controls": tuple(controls), "text": "Sign in", "text_length": 7})
    found = only(build.judge("screen-blank", stopped(build, page, pieces)))
    assert found.message.endswith("The page's own colours hide it: “Email”, “Sign in”.")
    assert "prefers-color-scheme" in found.fix.text
    assert "script error" not in f"{found.message} {found.fix.text}"


@pytest.mark.parametrize("failed", [False, True])
def test_a_front_page_with_few_words_has_lost_its_way_and_is_blank_only_where_something_failed(build, pieces, failed):
    front = f"{LOGIN}/"
    steps = [build.post(f"{LOGIN}/login", {}, location=front, status=303), build.get(front, excerpt="<h1>Server</h1>")]
    steps += [build.sub("https://cdn.example.net/app.js", "script", failure="net::ERR_FAILED")] if failed else []
    typed = [LoginStep(at=0.25, action="fill", target="#pass", what="password", outcome="done")]
    shown = pieces.digest(front, controls=(), headings=("Server",), text="Server", text_length=6, title="")
    walk = build.walk(
        [*build.healthy_steps(build.authorization(), None)[:2], *steps],
        answer=None,
        ending="dead_end",
        screens=[pieces.screen(1, 4.0, shown)],
        login=typed,
    )
    assert build.judge("screen-blank", walk).status == ("failed" if failed else "inconclusive")
    assert "is left on a page of login.example.com" in only(build.judge("error-page", walk)).message


def test_a_page_that_its_scripts_cannot_draw_for_a_rate_limit_is_no_blank_one(build, pieces):
    asked = build.sub("https://api.example.com/config", "fetch", status=429)
    outcome = build.judge("screen-blank", stopped(build, blank(pieces), pieces, steps=[asked]))
    assert outcome.status == "inconclusive"
    assert "api.example.com, which answers with status 429, that it is asked too often" in outcome.missing[0]


def test_a_script_error_whose_report_meets_a_rate_limit_is_told(build, pieces):
    body = Body(content_type="text/plain;charset=UTF-8", size=9, text="{}")
    report = build.sub(f"{LOGIN}/monitoring", "fetch", method="POST", status=429, body=body)
    error = PageError(at=0.15, window=0, message="TypeError: x is undefined")
    found = only(
        build.judge("screen-blank", stopped(build, blank(pieces), pieces, steps=[report], page_errors=[error]))
    )
    assert "a script of the page failed: TypeError: x is undefined" in found.message


def test_at_most_three_suspects_are_named(build, pieces):
    errors = [PageError(at=1.0, window=0, message=f"error {n}") for n in range(9)]
    found = only(build.judge("screen-blank", stopped(build, blank(pieces), pieces, page_errors=errors)))
    assert found.message.count("a script of the page failed") == 3
    assert "script" in found.fix.text


def test_nobody_is_told_to_find_a_failure_where_none_was_seen(build, pieces):
    found = only(build.judge("screen-blank", stopped(build, blank(pieces), pieces)))
    assert "no failed request, no script error" in found.message
    assert "failed request" not in found.fix.text
    assert found.fix.text.startswith("Open the page in a browser")


def test_waiting_words_and_covers_are_quoted(build, pieces):
    waits = seen(pieces, text="Please wait", text_length=11, sight=Sight(readable_length=11, pictures=0))
    assert (
        "shows next to nothing: “Please wait”."
        in only(build.judge("screen-blank", stopped(build, waits, pieces))).message
    )
    covered = blank(pieces)
    covered = covered.model_copy(update={"controls": (pieces.control(covered_by="div#veil"),)})
    assert (
        "stays blank: div#veil lies over everything."
        in only(build.judge("screen-blank", stopped(build, covered, pieces))).message
    )


def tried(n, factor, ending="login_not_found", address=None):
    return Trial(n=n, factor=factor, changed="", address=address, until="login_form", ending=ending, duration_s=0.1)


def test_what_a_stand_in_healed_is_proven_and_told_before_what_else_failed(build, pieces):
    font = "https://fonts.example.net/icons.woff2"
    steps = [
        build.sub("https://cdn.example.net/extra.js", "script", status=404),
        build.sub(font, "font", status=None),
    ]
    trials = tried(1, "nothing"), tried(2, "stand_in", "stopped", font)
    walk = stopped(build, blank(pieces), pieces, steps=steps)
    found = only(build.judge("screen-blank", build.case(walk, causes=Present(value=Causes(trials=trials)))))
    assert found.cause == "proven"
    assert (
        f"Proven: the missing {font} is why; with an empty answer in its place, the page came. Seen there: the font "
        f"{font} was not answered within 4 s; the script https://cdn.example.net/extra.js did not load (status 404)."
    ) in found.message
    assert [ref.ref for ref in found.related] == ["measured#3", "measured#2"]
    assert "may never come" in found.fix.text
    # A customer who waits longer may get it.
    assert found.confidence is Confidence.LIKELY


@pytest.mark.parametrize(
    ("status", "failure", "slow"), [(None, None, True), (None, "net::ERR_CONNECTION_RESET", False), (503, None, False)]
)
def test_a_page_that_still_waits_for_its_script_is_not_said_to_stay_blank(build, pieces, status, failure, slow):
    script = build.sub(f"{LOGIN}/static/app.js", "script", status=status, failure=failure)
    found = only(build.judge("screen-blank", stopped(build, blank(pieces), pieces, steps=[script])))
    assert ("was blank as long as the tester waited: no text, no field and no button." in found.message) is slow
    assert ("stays blank" in found.message) is not slow
    assert ("`expect.timeout` lets the tester wait longer" in found.fix.text) is slow


APP = f"{LOGIN}/static/app.js"


def bannered(pieces, *controls, text="Acme Home and Garden. Everything for your home since 1912, in one place."):
    """A page that has its banner and nothing in its middle."""
    return seen(pieces, text=text, text_length=len(text), title="Acme", controls=controls)


def test_a_page_with_a_banner_whose_script_did_not_come_is_told_with_the_script(build, pieces):
    walk = stopped(build, bannered(pieces), pieces, steps=[build.sub(APP, "script", status=404)])
    found = only(build.judge("screen-blank", walk))
    assert found.message == (
        "On phone the login stops at a screen of login.example.com that holds text, but no field and no button. "
        f"Suspected, not proven: the script {APP} did not load (status 404)."
    )
    assert (found.confidence, found.cause, found.severity) == (Confidence.LIKELY, "suspected", Severity.BREAKS)
    assert [ref.ref for ref in found.related] == ["measured#2"]


@pytest.mark.parametrize(
    "why",
    ["a portal's links", "a button", "an error that it tells", "nothing failed", "not its own", "form not sought"],
)
def test_a_page_that_holds_text_for_another_reason_is_no_matter_of_its_scripts(build, pieces, why):
    controls = {"a portal's links": [pieces.control("link", "Lamps")], "a button": [pieces.control("button", "Shop")]}
    text = {"an error that it tells": "Something went wrong. Your session has expired, so begin at your device again."}
    lost = "https://analytics.example.net/count.js" if why == "not its own" else APP
    digest = bannered(pieces, *controls.get(why, ()), **({"text": text[why]} if why in text else {}))
    steps = [build.sub(lost, "script", status=200 if why == "nothing failed" else 404)]
    ending = "timeout" if why == "form not sought" else "login_not_found"
    walk = stopped(build, digest, pieces, steps=steps, ending=ending)
    assert build.judge("screen-blank", walk).status == "inconclusive"


OVER = (
    "Error: count failed on https://login.example.com/authorize\n    at f (https://analytics.example.net/count.js:1:2)"
)


@pytest.mark.parametrize("stack", [None, "", "Error: x", "Error: x\n    at <anonymous>", OVER])
def test_an_error_that_nothing_tells_the_script_of_makes_no_finding_of_a_page_that_can_be_read(build, pieces, stack):
    text = "Open the Acme app on your phone and confirm that you want to link your account."
    error = PageError(at=0.6, window=0, message="x", stack=stack)
    walk = stopped(build, bannered(pieces, text=text), pieces, page_errors=[error])
    assert build.judge("screen-blank", walk).status == "inconclusive"
    own = error.model_copy(update={"stack": f"Error: x\n    at f ({APP}:1:2)"})
    walk = stopped(build, bannered(pieces, text=text), pieces, page_errors=[own])
    assert only(build.judge("screen-blank", walk)).confidence is Confidence.LIKELY


def test_a_page_on_which_a_step_of_the_testers_own_failed_is_not_judged_by_its_scripts(build, pieces):
    text = "We have sent a message to your phone. Open it and confirm that you want to link your account with Alexa."
    for fault, status in ((Fault.TESTER, "inconclusive"), (Fault.IDENTITY_PROVIDER, "failed")):
        ending = Ending(kind="login_not_found", message="Step 4 of linker.login failed", fault=fault)
        lost = build.sub(APP, "script", status=404)
        walk = stopped(build, bannered(pieces, text=text), pieces, steps=[lost], ending=ending)
        assert build.judge("screen-blank", walk).status == status
    # What shows nothing is blank whoever looks at it.
    walk = stopped(build, blank(pieces), pieces, ending=ending.model_copy(update={"fault": Fault.TESTER}))
    assert build.judge("screen-blank", walk).status == "failed"


def test_what_cannot_be_seen_offers_nothing_to_use(build, pieces):
    hidden = [pieces.control(kind, "Go on", visible=False) for kind in ("button", "field", "link")]
    walk = stopped(build, bannered(pieces, *hidden), pieces, steps=[build.sub(APP, "script", status=404)])
    found = only(build.judge("screen-blank", walk))
    assert "that holds text, but no field and no button." in found.message


@pytest.mark.parametrize("healed", [True, False])
def test_an_error_page_is_told_as_such_and_not_as_one_that_lacks_its_form(build, pieces, healed):
    digest = bannered(pieces)
    first = build.get(f"{LOGIN}/authorize", status=503)
    screens = [pieces.screen(0, 4.0, digest)]
    lost = build.sub(APP, "script", status=404)
    walk = build.walk([first, lost], answer=None, ending="login_not_found", screens=screens)
    trials = (tried(1, "nothing"), tried(2, "stand_in", "stopped", APP)) if healed else ()
    case = build.case(walk, causes=Present(value=Causes(trials=trials)))
    assert build.judge("screen-blank", case).status == "inconclusive"
    assert build.judge("error-page", case).status == "failed"


def test_a_page_with_links_that_a_trial_healed_is_told_with_its_proof(build, pieces):
    trials = tried(1, "nothing"), tried(2, "stand_in", "stopped", APP)
    digest = bannered(pieces, pieces.control("link", "Imprint"))
    walk = stopped(build, digest, pieces, steps=[build.sub(APP, "script", status=404)])
    found = only(build.judge("screen-blank", build.case(walk, causes=Present(value=Causes(trials=trials)))))
    assert f"holds text and links, but no field and no button. Proven: the missing {APP} is why" in found.message
    assert (found.confidence, found.cause) == (Confidence.CERTAIN, "proven")


@pytest.mark.parametrize(("heading", "status"), [("Choose your language", "inconclusive"), ("Acme", "failed")])
def test_a_page_of_links_to_choose_from_is_no_blank_one(build, pieces, heading, status):
    links = [pieces.control("link", label, type="a", href=f"/lang/{label}") for label in ("English", "Deutsch")]
    text = f"{heading}\nEnglish\nDeutsch"
    sight = Sight(readable_length=len(text), pictures=0)
    digest = seen(pieces, text=text, text_length=len(text), headings=(heading,), controls=links, sight=sight)
    assert build.judge("screen-blank", stopped(build, digest, pieces)).status == status
    assert build.judge("error-page", stopped(build, digest, pieces)).status == "inconclusive"


def test_what_cannot_be_proven_is_said_to_be_so(build, pieces):
    script = "https://cdn.example.net/app.js"
    trials = tried(1, "nothing"), tried(2, "stand_in", address=script)
    walk = stopped(build, blank(pieces), pieces, steps=[build.sub(script, "script", status=503)])
    found = only(build.judge("screen-blank", build.case(walk, causes=Present(value=Causes(trials=trials)))))
    assert found.cause == "suspected"
    assert found.message.endswith(
        f"Suspected, not proven: the script {script} did not load (status 503). It cannot be proven from a device: an "
        "empty script in its place heals nothing, and what the script itself would do, only its host knows."
    )


def test_a_screen_that_filled_later_is_no_blank_one(build, pieces):
    screens = [pieces.screen(0, 0.2, blank(pieces)), pieces.screen(1, 0.4, pieces.digest())]
    assert build.judge("screen-blank", build.walk(screens=screens)).status == "passed"
    walk = build.walk(answer=None, ending="dead_end", screens=screens)
    assert build.judge("screen-blank", walk).status == "inconclusive"


@pytest.mark.parametrize("ending", ["crashed", "unreachable", "interrupted", "captcha", "login_rejected"])
def test_an_end_that_is_not_the_servers_doing_is_not_judged(build, pieces, ending):
    walk = stopped(build, blank(pieces), pieces, ending=ending)
    for audit in ("screen-blank", "screen-control-reachable"):
        assert build.judge(audit, walk).status == "inconclusive"


def test_without_screens_nothing_is_said(build):
    walk = build.walk().model_copy(update={"screens": NotCollected(reason="a capture has no screens")})
    for audit in ("screen-blank", "screen-unsupported-browser", "screen-control-reachable", "screen-step-time"):
        assert build.judge(audit, walk).status == "inconclusive"


@pytest.mark.parametrize(
    ("surface", "text", "severity"),
    [
        (Surface.WEBVIEW, "Your browser is not supported.", Severity.BREAKS),
        (Surface.CUSTOM_TAB, "Ihr Browser wird nicht unterstützt.", Severity.BREAKS),
        (Surface.BROWSER, "Your browser is not supported.", Severity.DEGRADES),
        (Surface.WEBVIEW, "This browser or app may not be secure.", Severity.RECOMMENDED),
    ],
)
def test_a_refused_browser_is_told_with_its_words(build, pieces, surface, text, severity):
    walk = stopped(build, seen(pieces, text=text, text_length=len(text)), pieces, ending="login_blocked")
    found = only(build.judge("screen-unsupported-browser", build.case(walk, facts={"surface": surface})))
    assert found.severity is severity
    assert found.message.startswith("On phone login.example.com says that this browser will not do: “")
    assert "Suspected, not proven: the user agent" in found.message
    assert (found.primary.ref, found.related[0].ref) == ("measured#0", "measured#1")


def test_a_blocked_login_that_another_user_agent_heals_is_told_whatever_its_words(build, pieces):
    text = "Ikke med denne her."
    walk = stopped(build, seen(pieces, text=text, text_length=len(text)), pieces, ending="login_blocked")
    assert build.judge("screen-unsupported-browser", walk).status == "inconclusive"
    trials = tried(1, "nothing", "login_blocked"), tried(2, "user_agent", "stopped")
    found = only(
        build.judge("screen-unsupported-browser", build.case(walk, causes=Present(value=Causes(trials=trials))))
    )
    assert f"“{text}” Proven: its user agent is why" in found.message
    assert found.cause == "proven"
    other = tried(1, "nothing", "login_blocked"), tried(2, "locale", "stopped")
    case = build.case(walk, causes=Present(value=Causes(trials=other)))
    assert build.judge("screen-unsupported-browser", case).status == "inconclusive"


def test_a_provider_that_refuses_web_views_checks_no_page_of_the_skill_s_own(build, pieces):
    text, url = "Logging in from an embedded browser is disabled.", "https://www.facebook.com/dialog"
    shown = [pieces.screen(0, 0.5, pieces.digest(url, controls=(), headings=(), text=text))]
    walk = build.walk([build.get(url)], answer=None, ending="login_blocked", screens=shown)
    found = only(build.judge("screen-unsupported-browser", walk))
    assert found.fix.text.startswith("Offer a login of your own beside the provider")


def test_a_page_that_another_user_agent_heals_is_mended_there_and_not_at_its_scripts(build, pieces):
    text = "Open this page in Chrome."
    trials = tried(1, "nothing"), tried(2, "user_agent", "stopped")
    walk = stopped(build, seen(pieces, text=text, text_length=len(text)), pieces)
    found = only(build.judge("screen-blank", build.case(walk, causes=Present(value=Causes(trials=trials)))))
    assert found.fix.text.startswith("Remove what treats this user agent otherwise")


def test_what_a_secure_page_asks_for_over_http_is_the_pages_own_fault(build, pieces):
    lost = build.sub("http://cdn.example.net/app.js", "script", failure="mixed-content")
    found = only(build.judge("screen-blank", stopped(build, blank(pieces), pieces, steps=[lost])))
    assert found.message.endswith("and asks for the script http://cdn.example.net/app.js over http.")
    assert found.blame is Fault.IDENTITY_PROVIDER
    assert found.fix.text.startswith("Ask for it over https")


def test_a_refusal_with_an_error_status_is_an_error_page(build, pieces):
    text = "Your browser is not supported."
    first = build.get(f"{LOGIN}/authorize", status=403)
    digest = seen(pieces, text=text, text_length=len(text))
    walk = build.walk([first], answer=None, ending="login_blocked", screens=[pieces.screen(0, 1.0, digest)])
    assert build.judge("screen-unsupported-browser", walk).status == "inconclusive"


def consent(pieces, **allow):
    controls = (pieces.control(label="Allow", **allow), pieces.control("link", "Privacy"))
    return seen(pieces, controls=controls, text="Allow Alexa?", sight=Sight(readable_length=80, pictures=0))


PRESSED = LoginStep(at=2.0, action="click", target="submit “Allow”", what="allow", outcome="failed", error="Timeout")


def test_a_covered_button_is_named_with_what_lies_over_it(build, pieces):
    digest = consent(pieces, covered_by="div#cookies")
    walk = stopped(build, digest, pieces, ending="dead_end", login=[PRESSED])
    found = only(build.judge("screen-control-reachable", walk))
    assert found.message == (
        "On phone the button “Allow” of login.example.com cannot be pressed: it lies under div#cookies."
    )
    assert found.severity is Severity.RECOMMENDED  # the rule rests on recollection alone
    assert found.confidence is Confidence.CERTAIN
    assert [ref.ref for ref in found.related] == ["measured#1"]


@pytest.mark.parametrize(
    ("allow", "factor", "address", "proof"),
    [
        (
            {"covered_by": "div#cookies"},
            "uncovered",
            "div#cookies",
            "Proven: div#cookies over the page is why; with that hidden, the login got through.",
        ),
        (
            {"visible": False, "out_of_reach": True, "rect": (963, 500, 90, 48)},
            "wide_screen",
            None,
            "Proven: its narrow screen is why; on a screen 1280 pixels wide, the login got through.",
        ),
    ],
)
@pytest.mark.parametrize("control", ["dead_end", "arrived"])
def test_what_kept_a_button_from_being_pressed_is_proven_by_taking_it_away(
    build, pieces, allow, factor, address, proof, control
):
    walk = stopped(build, consent(pieces, **allow), pieces, ending="dead_end", login=[PRESSED])
    trials = tuple(
        Trial(n=n, factor=name, changed=changed, address=where, until="arrival", ending=ending, duration_s=1.0)
        for n, name, changed, where, ending in (
            (1, "nothing", "nothing", None, control),
            (2, factor, "a screen 1280 pixels wide", address, "arrived"),
        )
    )
    found = only(build.judge("screen-control-reachable", build.case(walk, causes=Present(value=Causes(trials=trials)))))
    proven = control == "dead_end"
    assert found.cause == ("proven" if proven else None)
    assert found.message.endswith(proof) is proven


TAPPED = (
    LoginStep(at=1.0, action="fill", target="password “Password”", what="password", outcome="done"),
    LoginStep(at=2.0, action="submit", target="button “Sign in”", what="submit", outcome="done"),
    LoginStep(at=3.0, action="submit", target="password “Password”", what="submit", outcome="done"),
)


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        ([], True),
        ([("image", 2.5)], True),
        ([("fetch", 1.5)], True),
        ([("fetch", 2.5)], False),
        ([("document", 2.5)], False),
    ],
)
@pytest.mark.parametrize("factor", ["mouse", "user_agent"])
def test_a_button_that_only_a_mouse_can_press_is_told_where_that_is_proven(build, pieces, steps, told, factor):
    asked = [build.sub(f"{LOGIN}/x", kind, at=at, navigation=kind == "document") for kind, at in steps]
    walk = stopped(build, consent(pieces), pieces, ending="dead_end", login=TAPPED, steps=asked)
    trials = tuple(
        Trial(n=n, factor=name, changed="a mouse instead", until="arrival", ending=ending, duration_s=1.0)
        for n, name, ending in ((1, "nothing", "dead_end"), (2, factor, "arrived"), (3, "nothing", "dead_end"))
    )
    outcome = build.judge("screen-control-reachable", build.case(walk, causes=Present(value=Causes(trials=trials))))
    if not told or factor != "mouse":
        assert not getattr(outcome, "findings", ())
        return
    found = only(outcome)
    assert found.message == (
        "On phone “Sign in” of login.example.com was tapped, as a finger does it, and nothing came of it. "
        "Proven: being used by touch is why; with a mouse instead, the login got through."
    )
    assert (found.cause, found.confidence) == ("proven", Confidence.CERTAIN)


@pytest.mark.parametrize("then", [PRESSED, *TAPPED[:1], TAPPED[0].model_copy(update={"action": "check"})])
def test_a_tap_after_which_more_was_done_is_not_told_to_have_come_to_nothing(build, pieces, then):
    tap = LoginStep(at=0.5, action="click", target="submit “Start”", what="next", outcome="done")
    walk = stopped(build, consent(pieces), pieces, ending="dead_end", login=[tap, then])
    trials = tuple(
        Trial(n=n, factor=name, changed="a mouse instead", until="arrival", ending=ending, duration_s=1.0)
        for n, name, ending in ((1, "nothing", "dead_end"), (2, "mouse", "arrived"), (3, "nothing", "dead_end"))
    )
    outcome = build.judge("screen-control-reachable", build.case(walk, causes=Present(value=Causes(trials=trials))))
    assert not getattr(outcome, "findings", ())


def test_a_component_that_cannot_be_looked_into_may_be_closed_by_a_person(build, pieces):
    for sealed, sure in ((("cookie-wall",), Confidence.POSSIBLE), (("x-menu",), Confidence.CERTAIN)):
        sight = Sight(readable_length=80, pictures=0, sealed=sealed)
        digest = consent(pieces, covered_by="cookie-wall").model_copy(update={"sight": sight})
        walk = stopped(build, digest, pieces, ending="dead_end", login=[PRESSED])
        more = {"until": "arrival", "duration_s": 1.0, "changed": "nothing"}
        trials = (
            Trial(n=1, factor="nothing", ending="dead_end", **more),
            Trial(n=2, factor="uncovered", address="cookie-wall", ending="arrived", **more),
        )
        case = build.case(walk, causes=Present(value=Causes(trials=trials)))
        found = only(build.judge("screen-control-reachable", case))
        hidden = sure is Confidence.POSSIBLE
        assert found.confidence is sure
        assert ("cannot be looked into" in found.message) is hidden
        assert found.cause == (None if hidden else "proven")


def test_a_proof_about_another_cover_proves_nothing_of_this_one(build, pieces):
    digest = consent(pieces, covered_by="div#cookies")
    walk = stopped(build, digest, pieces, ending="dead_end", login=[PRESSED])
    more = {"until": "arrival", "duration_s": 1.0}
    trials = (
        Trial(n=1, factor="nothing", changed="nothing", ending="dead_end", **more),
        Trial(n=2, factor="uncovered", changed="hidden: div#other", address="div#other", ending="arrived", **more),
    )
    found = only(build.judge("screen-control-reachable", build.case(walk, causes=Present(value=Causes(trials=trials)))))
    assert found.cause is None


@pytest.mark.parametrize(
    ("cover", "frames", "named"),
    [
        ("iframe", ["https://chat.example.net/frame"], True),
        ("iframe.widget", ["https://chat.example.net/a", "https://chat.example.net/b"], True),
        ("iframe", ["https://chat.example.net/frame", "https://ads.example.org/"], False),
        ("iframe", ["https://login.example.com/frame"], False),
        ("iframe", ["about:blank"], False),
        ("iframe", [], False),
        ("iframe-box", ["https://chat.example.net/frame"], False),
        ("div#cookies", ["https://chat.example.net/frame"], False),
    ],
)
def test_a_frame_over_a_button_is_told_with_its_host_where_it_can_be_no_other(build, pieces, cover, frames, named):
    digest = consent(pieces, covered_by=cover).model_copy(update={"frames": tuple(frames)})
    walk = stopped(build, digest, pieces, ending="dead_end", login=[PRESSED])
    found = only(build.judge("screen-control-reachable", walk))
    lies = f"it lies under {cover}"
    assert found.message.endswith(f"{lies}, a frame with a page of chat.example.net." if named else f"{lies}.")
    assert ("Keep the frame of chat.example.net" in found.fix.text) is named


@pytest.mark.parametrize(
    ("agent", "locale", "told"),
    [("arrived", None, True), ("dead_end", None, False), (None, None, False), ("arrived", "arrived", False)],
)
def test_what_lies_over_a_button_for_one_user_agent_is_told_with_it(build, pieces, agent, locale, told):
    digest = consent(pieces, covered_by="div#overlay")
    walk = stopped(build, digest, pieces, ending="dead_end", login=[PRESSED])
    tried = [("nothing", "dead_end"), ("uncovered", "arrived"), ("user_agent", agent), ("locale", locale)]
    trials = tuple(
        Trial(
            n=n,
            factor=factor,
            changed=factor,
            address="div#overlay" if factor == "uncovered" else None,
            ending=ending,
            until="arrival",
            duration_s=1.0,
        )
        for n, (factor, ending) in enumerate([*tried, ("nothing", "dead_end")], 1)
        if ending
    )
    found = only(build.judge("screen-control-reachable", build.case(walk, causes=Present(value=Causes(trials=trials)))))
    assert found.cause == "proven"
    assert ("with another user agent and nothing hidden" in found.message) is told
    assert found.fix.text.startswith("Remove what treats this user agent" if told else "Move or shrink")


DONE = LoginStep(at=2.0, action="click", target="submit “Allow” (name=decision)", what="allow", outcome="done")
LOW = {"held_below": True, "rect": (16, 909, 80, 40)}


def below(pieces, *others, styled=True, **allow):
    controls = (pieces.control(**({"label": "Allow"} | LOW | allow)), *others)
    return seen(pieces, controls=controls, text="Allow?", styled=styled, sight=Sight(readable_length=80, pictures=0))


def test_a_button_that_only_a_script_can_scroll_to_is_advice_although_the_login_arrived(build, pieces):
    others = pieces.control(label="Cancel", **LOW), pieces.control("link", "Privacy", href="/privacy")
    walk = build.walk(screens=[pieces.screen(0, 1.0, below(pieces, *others))], login=[DONE])
    found = only(build.judge("screen-control-reachable", walk))
    assert "“Allow” lies 909 pixels down on a screen 839 pixels high, and the page does not scroll" in found.message
    assert (found.severity, found.confidence) == (Severity.RECOMMENDED, Confidence.POSSIBLE)
    assert found.fix.text.startswith("Let the page scroll to it")


@pytest.mark.parametrize(
    ("near", "allow", "login"),
    [
        ({"label": "Accept cookies"}, {}, DONE),
        ({"kind": "field", "label": "Email"}, {}, DONE),
        ({"kind": "link", "label": "Down", "href": "#allow"}, {}, DONE),
        ({"kind": "link", "label": "Down", "href": "javascript:void(0)"}, {}, DONE),
        (None, {"held_below": False}, DONE),
        (None, {"label": "Next"}, DONE),
        (None, {}, DONE.model_copy(update={"outcome": "failed"})),
        (None, {}, DONE.model_copy(update={"at": 0.5})),
        (None, {"visible": False}, DONE),
    ],
)
def test_a_button_below_the_edge_that_something_else_may_bring_is_none(build, pieces, near, allow, login):
    others = [pieces.control(**near)] if near else []
    walk = build.walk(screens=[pieces.screen(0, 1.0, below(pieces, *others, **allow))], login=[login])
    assert build.judge("screen-control-reachable", walk).status == "passed"


def test_a_button_beyond_the_edge_is_named_with_its_place(build, pieces):
    digest = consent(pieces, visible=False, out_of_reach=True, rect=(963, 500, 90, 48))
    found = only(build.judge("screen-control-reachable", stopped(build, digest, pieces, ending="dead_end")))
    assert "it lies at 963 pixels on a screen of 412, in a part of the page that cannot be scrolled to" in found.message
    assert found.confidence is Confidence.LIKELY


@pytest.mark.parametrize(
    ("rect", "place"),
    [
        ((963, 900, 90, 48), "it lies at 963 pixels on a screen of 412, in a part"),
        ((-120, 500, 90, 48), "it lies at -120 pixels on a screen of 412, in a part"),
        ((372, 847, 18, 12), "it lies 847 pixels down on a screen 839 pixels high, in a part"),
        ((20, -90, 90, 48), "it lies -90 pixels down on a screen 839 pixels high, in a part"),
        ((20, 300, 90, 48), "it lies in a part of the page that cannot be scrolled to"),
    ],
)
def test_what_is_out_of_reach_is_told_by_the_side_on_which_it_is(build, pieces, rect, place):
    digest = consent(pieces, visible=False, out_of_reach=True, rect=rect)
    found = only(build.judge("screen-control-reachable", stopped(build, digest, pieces, ending="dead_end")))
    assert place in found.message
    assert found.fix.text.startswith("Let the page scroll to it")


@pytest.mark.parametrize(("shown", "status"), [("submit", "inconclusive"), ("button", "failed")])
def test_what_a_script_alone_makes_a_button_is_missed_where_the_form_has_none(build, pieces, shown, status):
    beyond = pieces.control(label="de", type="generic", visible=False, out_of_reach=True, rect=(372, 847, 18, 12))
    digest = seen(pieces, controls=(pieces.control(label="Allow", type=shown), beyond), text="Allow Alexa?")
    assert build.judge("screen-control-reachable", stopped(build, digest, pieces, ending="dead_end")).status == status


@pytest.mark.parametrize(
    ("label", "status"),
    [("Allow", "failed"), ("Weiter", "failed"), ("Deutsch", "inconclusive"), (None, "inconclusive")],
)
def test_what_says_that_it_leads_on_is_missed_whatever_makes_it_a_button(build, pieces, label, status):
    beyond = pieces.control(label=label, type="generic", visible=False, out_of_reach=True, rect=(372, 847, 18, 12))
    digest = seen(pieces, controls=(pieces.control(label="Search", type="submit"), beyond), text="Allow Alexa?")
    assert build.judge("screen-control-reachable", stopped(build, digest, pieces, ending="dead_end")).status == status


def test_a_submit_button_without_a_size_is_named_where_no_other_can_be_seen(build, pieces):
    flat = consent(pieces, visible=False, rect=(20, 300, 0, 0))
    assert (
        "it has no size"
        in only(build.judge("screen-control-reachable", stopped(build, flat, pieces, ending="dead_end"))).message
    )
    both = flat.model_copy(update={"controls": (*flat.controls, pieces.control(label="Go on"))})
    walk = stopped(build, both, pieces, ending="dead_end")
    assert build.judge("screen-control-reachable", walk).status == "inconclusive"


def test_what_lay_under_a_banner_on_the_way_kept_nobody_out(build, pieces):
    screens = [pieces.screen(0, 0.3, consent(pieces, covered_by="div#cookies"))]
    assert build.judge("screen-control-reachable", build.walk(screens=screens)).status == "passed"


def test_only_the_button_that_was_tried_counts_among_covered_ones(build, pieces):
    controls = (pieces.control(label="Allow"), pieces.control(label="Chat with us", covered_by="div#cookies"))
    digest = consent(pieces).model_copy(update={"controls": controls})
    walk = stopped(build, digest, pieces, ending="dead_end", login=[PRESSED])
    assert build.judge("screen-control-reachable", walk).status == "inconclusive"


def timed(build, pieces, *, facts=None, **sight):
    digest = pieces.digest(f"{LOGIN}/login", sight=Sight(readable_length=80, pictures=0, **sight))
    return build.case(build.walk(screens=[pieces.screen(0, 4.5, digest)]), facts=facts)


def test_a_slow_step_is_advice(build, pieces):
    case = timed(build, pieces, content_ms=3800.0, empty_until_ms=3750.0, empty_looks=50)
    found = only(build.judge("screen-step-time", case))
    assert found.message == (
        f"On phone {LOGIN}/login showed its first text or field after 3.8 s; at most 3 s are advised."
    )
    assert (found.severity, found.confidence) == (Severity.RECOMMENDED, Confidence.LIKELY)
    painted = timed(build, pieces, content_ms=3800.0, empty_until_ms=3750.0, empty_looks=50, first_paint_ms=3700.0)
    assert only(build.judge("screen-step-time", painted)).confidence is Confidence.CERTAIN
    assert build.judge("screen-step-time", case, thresholds={"step_content_s": 4.0}).status == "passed"


@pytest.mark.parametrize(
    ("empty_ms", "looks"),
    [(2900.0, 50), (3800.0, 4)],
)
def test_a_quick_step_and_a_busy_machine_pass(build, pieces, empty_ms, looks):
    case = timed(build, pieces, content_ms=empty_ms + 50, empty_until_ms=empty_ms, empty_looks=looks)
    assert build.judge("screen-step-time", case).status == "passed"


@pytest.mark.parametrize(
    ("waits_ms", "after_s"),
    [((8050.0, 40.0), "8.8"), ((40.0, 20030.0), "20.0"), ((1600.0, 1700.0), "8.8"), ((2900.0, 90.0), None)],
)
def test_a_page_whose_answer_is_awaited_is_empty_till_then(build, pieces, waits_ms, after_s):
    asked = build.authorization()
    steps = build.healthy_steps(asked, build.answer(asked))
    for step, wait_ms in zip(steps, waits_ms, strict=False):
        step["timing"] = Timing(wait_ms=wait_ms)
    sight = Sight(readable_length=80, pictures=0, content_ms=8824.0, first_paint_ms=8368.0)
    screen = pieces.screen(0, 0.25, pieces.digest(f"{LOGIN}/login", sight=sight))
    outcome = build.judge("screen-step-time", build.walk(steps, asked=asked, screens=[screen]))
    if after_s is None:
        assert outcome.status == "passed"
    else:
        assert f"showed its first text or field after {after_s} s" in only(outcome).message
        assert ("lighter page" in only(outcome).fix.text) == (sum(waits_ms) > 4412)


def test_steps_are_timed_on_phones_only(build, pieces):
    case = timed(build, pieces, facts={"is_mobile": False, "viewport_width": 1280}, content_ms=9.0)
    assert build.judge("screen-step-time", case).status == "not_applicable"


def test_what_is_shown_in_frames_alone_is_not_timed(build, pieces):
    assert build.judge("screen-step-time", timed(build, pieces)).status == "not_applicable"
    never = timed(build, pieces, empty_until_ms=900.0, empty_looks=9)
    assert build.judge("screen-step-time", never).status == "inconclusive"
    framed, unknown = (
        pieces.digest(f"{LOGIN}/login", sight=one) for one in (Sight(readable_length=9, pictures=0), None)
    )
    screens = [pieces.screen(0, 0.3, framed), pieces.screen(1, 0.6, unknown)]
    assert build.judge("screen-step-time", build.walk(screens=screens)).status == "inconclusive"
    page = pieces.digest(f"{LOGIN}/consent", sight=Sight(readable_length=80, pictures=0, content_ms=300.0))
    assert (
        build.judge("screen-step-time", build.walk(screens=[screens[0], pieces.screen(1, 0.6, page)])).status
        == "passed"
    )


def test_the_ending_of_a_walk_that_arrived_passes_all(build, pieces):
    case = timed(build, pieces, content_ms=300.0)
    for audit in ("screen-blank", "screen-unsupported-browser", "screen-control-reachable", "screen-step-time"):
        assert build.judge(audit, case).status == "passed"


def test_a_timeout_before_any_page_is_not_called_blank(build):
    walk = build.walk(
        [build.get(f"{LOGIN}/authorize", status=None)], answer=None, ending=Ending(kind="timeout", message="no answer")
    )
    assert build.judge("screen-blank", walk).status == "inconclusive"
