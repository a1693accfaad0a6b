"""Windows, dialogs, browsers turned away, layout, foreign cookies and transport: healthy passes, the fault is found."""

from __future__ import annotations

import pytest

from e2e_linker.evidence.models import (
    Causes,
    Dialog,
    Ending,
    LoginStep,
    NotCollected,
    Present,
    Rect,
    SetCookie,
    Timing,
    Trial,
    Window,
)
from e2e_linker.model import Confidence, Fault, Severity, Surface
from tests.audits.judged import only

LOGIN = "https://login.example.com"
CASE_AUDITS = (
    "windows",
    "dialogs",
    "embedded-browser",
    "hop-transport",
    "mobile-layout",
    "third-party-cookies",
    "form-action-policy",
    "error-page",
    "authorization-endpoint",
)


def screens(build, pieces, **more):
    consent = pieces.digest(f"{LOGIN}/consent", (pieces.control(label="Allow"),), **more)
    return (pieces.screen(1, 0.25, pieces.digest(**more)), pieces.screen(2, 0.45, consent))


@pytest.mark.parametrize("audit", CASE_AUDITS)
def test_a_healthy_login_passes(build, pieces, audit):
    assert build.judge(audit, build.walk(screens=screens(build, pieces))).status == "passed"


@pytest.mark.parametrize("audit", CASE_AUDITS)
def test_a_login_that_got_nowhere_proves_nothing(build, audit):
    outcome = build.judge(audit, build.walk([], answer=None, ending="unreachable"))
    assert outcome.status == "inconclusive"
    assert "unreachable" in " ".join(outcome.missing)


@pytest.mark.parametrize(
    ("audit", "part"), [("windows", "windows"), ("dialogs", "dialogs"), ("mobile-layout", "screens")]
)
def test_parts_that_are_missing_are_inconclusive(build, audit, part):
    walk = build.walk(**{part: NotCollected(reason="a HAR does not tell")})
    assert build.judge(audit, walk).missing == (f"{part}: a HAR does not tell",)


@pytest.mark.parametrize("audit", ["hop-transport", "third-party-cookies", "form-action-policy", "error-page"])
def test_without_requests_nothing_is_said_of_pages(build, audit):
    walk = build.walk().model_copy(update={"requests": NotCollected(reason="the recorder died")})
    outcome = build.judge(audit, walk)
    assert outcome.status == "inconclusive"
    assert outcome.missing[0].endswith(": the recorder died")


# Windows


def windows(*more):
    return (Window(n=0, at=0.0, url=f"{LOGIN}/authorize", opener=None), *more)


def test_where_nobody_saw_what_opened_it_the_advice_says_what_to_look_for(build):
    popup = Window(n=1, at=0.3, url=f"{LOGIN}/consent", opener=0)
    advice = only(build.judge("windows", build.walk(windows=windows(popup)))).fix.text
    assert "a link or form with a `target`" in advice
    assert "`window.open`" in advice


def test_a_popup_is_found_and_what_asked_for_it(build):
    popup = Window(n=1, at=0.3, url=f"{LOGIN}/window?state=s", opener=0, asked_by="window.open")
    found = only(build.judge("windows", build.walk(windows=windows(popup))))
    assert found.rule == "auth-no-popups"
    assert found.severity is Severity.BREAKS
    assert found.confidence is Confidence.CERTAIN
    assert found.subject == f"{LOGIN}/window"
    assert found.primary.ref == "measured#1"
    assert "by window.open" in found.message


def test_a_window_that_only_flashed_is_found_too(build):
    popup = Window(n=1, at=0.3, url="about:blank", opener=0, closed_at=0.42)
    found = only(build.judge("windows", build.walk(windows=windows(popup))))
    assert "closed again after 0.1 s" in found.message
    assert found.subject == "a window without an address"


def test_a_blank_target_gets_its_own_advice(build):
    popup = Window(n=1, at=0.3, url=f"{LOGIN}/consent", opener=None, asked_by="target=_blank")
    assert "target" in only(build.judge("windows", build.walk(windows=windows(popup)))).fix.text


def test_only_the_window_on_the_way_to_alexa_is_proven_to_be_needed(build):
    def tried(ending):
        given = {"hosts": (), "until": "arrival", "duration_s": 1.0}
        alone = Trial(n=1, factor="one_window", changed="no second window could be opened", ending=ending, **given)
        control = Trial(n=2, factor="nothing", changed="nothing", ending="arrived", **given)
        return {"causes": Present(value=Causes(trials=(alone, control)))}

    asked = build.authorization()
    answer = build.answer(asked)
    arrival = build.arrival(answer, at=0.9, request=None, method="GET", window=2)
    help_page = Window(n=1, at=0.3, url=f"{LOGIN}/help", opener=0)
    consent = Window(n=2, at=0.5, url=f"{LOGIN}/consent", opener=0, asked_by="target=_blank")
    walk = build.walk(asked=asked, arrivals=[arrival], windows=windows(help_page, consent))
    found = {one.subject: one for one in build.judge("windows", build.case(walk, **tried("dead_end"))).findings}
    assert {subject: one.cause for subject, one in found.items()} == {
        f"{LOGIN}/help": None,
        f"{LOGIN}/consent": "proven",
    }
    said = "Proven: where no second window can open, the login on phone breaks; otherwise it works."
    assert said in found[f"{LOGIN}/consent"].message
    got_through = build.judge("windows", build.case(walk, **tried("arrived"))).findings
    assert {one.cause for one in got_through} == {None}


def test_the_same_window_twice_is_one_finding_and_two_are_two(build):
    one = [Window(n=n, at=0.2 + n / 10, url=f"{LOGIN}/window?n={n}", opener=0) for n in (1, 2)]
    other = Window(n=3, at=0.5, url="https://id.example.net/", opener=0)
    assert len(build.judge("windows", build.walk(windows=windows(*one))).findings) == 1
    assert len(build.judge("windows", build.walk(windows=windows(*one, other))).findings) == 2


def test_a_window_in_which_the_login_arrives_is_announced_after_the_arrival_and_counts(build):
    late = Window(n=1, at=99.0, url=f"{LOGIN}/consent", opener=0)
    assert build.judge("windows", build.walk(windows=windows(late))).status == "failed"


def test_a_window_counts_even_where_the_login_then_fails(build):
    popup = Window(n=1, at=0.3, url=f"{LOGIN}/window", opener=0)
    assert build.judge("windows", build.walk(answer=None, windows=windows(popup))).status == "failed"


# Dialogs


@pytest.mark.parametrize("kind", ["alert", "confirm", "prompt"])
def test_a_message_box_breaks(build, kind):
    dialog = Dialog(at=0.3, window=0, type=kind, message="Really?")
    found = only(build.judge("dialogs", build.walk(dialogs=[dialog, dialog])))
    assert (found.rule, found.severity) == ("auth-no-js-dialogs", Severity.BREAKS)
    assert f"JavaScript {kind} saying “Really?”" in found.message


def test_beforeunload_is_advice(build):
    dialog = Dialog(at=0.3, window=0, type="beforeunload", message="")
    assert only(build.judge("dialogs", build.walk(dialogs=[dialog]))).severity is Severity.RECOMMENDED


def test_a_page_that_never_stops_opening_dialogs_is_told_of_in_short(build):
    dialogs = [Dialog(at=n, window=0, type="alert", message=f"Number {n}") for n in range(1, 2001)]
    found = build.judge("dialogs", build.walk(dialogs=dialogs)).findings
    assert len(found) == 6
    assert found[-1].message == "The page opened 1995 more JavaScript dialogs, each with another text."
    assert found[-1].fix.text == "Replace the alert by text in the page."


def test_two_texts_are_two_findings(build):
    dialogs = [Dialog(at=n, window=0, type="alert", message=f"Number {n}") for n in (1, 2)]
    assert len(build.judge("dialogs", build.walk(dialogs=dialogs)).findings) == 2


@pytest.mark.parametrize("kind", ["alert", "confirm", "prompt"])
def test_the_advice_names_only_the_kind_that_came_up(build, kind):
    found = only(build.judge("dialogs", build.walk(dialogs=[Dialog(at=0.3, window=0, type=kind, message="Hm.")])))
    others = {"alert", "confirm", "prompt", "beforeunload"} - {kind}
    assert kind in found.fix.text
    assert not any(other in found.fix.text for other in others)
    assert ".”." not in found.message


def test_a_box_that_comes_up_on_two_pages_is_shown_at_both_with_the_scripts_that_both_load(build):
    """The box is there before the form is sent: a document that was only asked for has not replaced the page."""
    shared, own = "https://cdn.example.com/greet.js", f"{LOGIN}/own.js"
    steps = [
        build.get(f"{LOGIN}/authorize?state=x", at=0.1),
        build.sub(f"{shared}?v=1", "script", at=0.2),
        build.sub(own, "script", at=0.3),
        build.post(f"{LOGIN}/login", location=f"{LOGIN}/consent", at=1.0),
        build.get(f"{LOGIN}/consent", at=1.1, timing=Timing(total_ms=500, receive_ms=100)),
        build.sub(shared, "script", at=1.6),
    ]
    dialogs = [Dialog(at=at, window=0, type="alert", message="Wait.") for at in (0.9, 1.2, 2.0)]
    found = only(build.judge("dialogs", build.walk(steps, answer=None, dialogs=dialogs)))
    assert found.message.startswith(
        f"On `{LOGIN}/authorize` and `{LOGIN}/consent` a JavaScript alert saying “Wait.” came up, 3 times in all."
    )
    assert [ref.ref for ref in (found.primary, *found.related)] == ["measured#1", "measured#2", "measured#3"]
    assert found.fix.text.endswith(f"look for alert( in the page's source and in its scripts {shared}.")


def test_the_browsers_own_word_for_the_page_outweighs_the_moment_at_which_its_events_came(build):
    steps = [
        build.get(f"{LOGIN}/authorize?state=x", at=0.1),
        build.post(f"{LOGIN}/login?state=x", at=1.0, timing=Timing(total_ms=400, receive_ms=1)),
    ]
    dialog = Dialog(at=1.01, window=0, type="alert", message="Wrong password", url=f"{LOGIN}/login")
    found = only(build.judge("dialogs", build.walk(steps, answer=None, dialogs=[dialog])))
    assert found.message.startswith(f"On `{LOGIN}/login` a JavaScript alert")


def test_a_box_in_a_window_without_a_known_page_is_told_without_one(build):
    found = only(build.judge("dialogs", build.walk(dialogs=[Dialog(at=9, window=4, type="alert", message="")])))
    assert found.message.startswith("A JavaScript alert came up. ")
    assert found.fix.text == "Replace the alert by text in the page."


# Browsers turned away

GOOGLE = "https://accounts.google.com/o/oauth2/auth"
REFUSAL = "<title>Error 403: disallowed_useragent</title><h1>Access blocked</h1><p>Use secure browsers</p>"


def refused(build, *, url=GOOGLE, status=403, excerpt=REFUSAL, **more):
    steps = [
        build.get(f"{LOGIN}/authorize", location=url),
        build.get(url, status=status, excerpt=excerpt, resource_type="document"),
    ]
    return build.walk(steps, answer=None, **more)


@pytest.mark.parametrize("surface", [Surface.WEBVIEW, Surface.CUSTOM_TAB])
def test_a_provider_that_refuses_web_views_is_found(build, surface):
    case = build.case(refused(build), facts={"surface": surface})
    found = only(build.judge("embedded-browser", case))
    assert (found.rule, found.subject) == ("auth-embedded-browser-tolerated", "accounts.google.com")
    assert (found.severity, found.confidence) == (Severity.BREAKS, Confidence.CERTAIN)
    assert "disallowed_useragent" in found.message


def test_a_plain_browser_is_not_judged(build):
    case = build.case(refused(build), facts={"surface": Surface.BROWSER})
    assert build.judge("embedded-browser", case).status == "not_applicable"


@pytest.mark.parametrize(
    "text",
    [
        "For your account security, logging in from an embedded browser is disabled.",
        "Die Anmeldung ist in einem eingebetteten Browser nicht möglich.",
        "La connexion est impossible dans un navigateur intégré.",
        "アプリ内ブラウザではログインできません。",
        "Your browser is not supported. Please use another browser.",
        "Ihr Browser wird leider nicht unterstützt.",
        "Votre navigateur n'est malheureusement pas pris en charge.",
    ],
)
@pytest.mark.parametrize("status", [200, 403])
def test_refusals_are_known_in_several_languages(build, text, status):
    walk = refused(
        build, url="https://id.example.net/login", status=status, excerpt=f"<html><body><p>{text}</p></body></html>"
    )
    assert only(build.judge("embedded-browser", walk)).subject == "id.example.net"


@pytest.mark.parametrize(
    "text",
    [
        "This browser or app may not be secure. Try using a different browser.",
        "Dieser Browser oder diese App ist unter Umständen nicht sicher.",
        "このブラウザまたはアプリは安全でない可能性があります。",
    ],
)
def test_what_automated_browsers_are_told_too_is_only_advice(build, text):
    found = only(build.judge("embedded-browser", refused(build, status=200, excerpt=f"<p>{text}</p>")))
    assert (found.severity, found.confidence) == (Severity.RECOMMENDED, Confidence.POSSIBLE)
    assert "try it on a phone" in found.message


def test_a_bare_403_counts_only_from_a_provider_known_for_it(build):
    assert only(build.judge("embedded-browser", refused(build, excerpt=""))).confidence is Confidence.LIKELY
    unknown = refused(build, url="https://id.example.net/login", excerpt="<h1>Forbidden</h1>")
    assert build.judge("embedded-browser", unknown).status == "inconclusive"


def test_a_remark_on_a_login_page_refuses_nobody(build, pieces):
    text = "Sign in. If your browser is not supported, use another browser."
    steps = build.healthy_steps(build.authorization(), None)
    steps[1]["excerpt"] = f"<noscript>Unsupported browser</noscript><input type=password><p>{text}</p>"
    page = pieces.digest(text=text)
    seen = build.walk(screens=(pieces.screen(1, 0.25, page),))
    assert build.judge("embedded-browser", seen).status == "passed"
    assert build.judge("embedded-browser", build.walk(steps, answer=None)).status == "inconclusive"


def test_a_login_that_refuses_by_itself_is_to_be_mended_and_no_other_offered_beside(build):
    text = "<p>Your browser is not supported.</p>"
    own = only(build.judge("embedded-browser", refused(build, url=f"{LOGIN}/login", status=200, excerpt=text)))
    assert own.fix.text.startswith("Remove user-agent checks from the login pages")
    other = only(build.judge("embedded-browser", refused(build)))
    assert other.fix.text.startswith("Offer a login of your own beside the provider")


def test_a_refusal_handed_on_in_the_address_is_found(build):
    walk = refused(build, url=f"{LOGIN}/callback?error=disallowed_useragent", status=200, excerpt="<p>Sorry</p>")
    assert only(build.judge("embedded-browser", walk)).subject == "login.example.com"


# Transport


def test_a_hop_over_http_is_found(build):
    asked = build.authorization()
    steps = build.healthy_steps(asked, build.answer(asked))
    steps[0]["location"] = "http://links.example.com/sign-in?a=b"
    steps.insert(1, build.get("http://links.example.com/sign-in?a=b", location=steps[1]["url"]))
    found = only(build.judge("hop-transport", build.walk(steps)))
    assert (found.rule, found.subject) == ("auth-https-443", "http://links.example.com")
    assert "uses http instead of https" in found.message
    assert found.severity is Severity.BREAKS


def test_a_form_that_is_sent_over_http_goes_out_in_clear(build):
    steps = [build.get("https://login.example.com/authorize"), build.post("http://login.example.com/login", {"p": "x"})]
    found = only(build.judge("hop-transport", build.walk(steps, answer=None)))
    assert (
        "a form is sent to http://login.example.com, which uses http instead of https: what the form" in found.message
    )
    assert "goes out in clear" in found.message
    assert "the one in its `action`" in found.fix.text
    assert found.fix.text.startswith("login.example.com does not seem to know that its proxy speaks TLS: ")
    odd = [steps[0], build.post("https://login.example.com:8443/login", {"p": "x"})]
    found = only(build.judge("hop-transport", build.walk(odd, answer=None)))
    assert "which uses port 8443 instead of 443." in found.message


def test_a_form_that_was_not_filled_because_it_is_sent_over_http_is_found(build):
    steps = [build.get("https://login.example.com/authorize")]
    exposed = Ending(kind="login_blocked", message="x", exposed="http://login.example.com/login")
    found = only(build.judge("hop-transport", build.walk(steps, answer=None, ending=exposed)))
    assert (found.rule, found.subject) == ("auth-https-443", "http://login.example.com")
    assert "a login form is sent to http://login.example.com, which uses http instead of https" in found.message
    assert found.fix.text.startswith("login.example.com does not seem to know that its proxy speaks TLS: ")
    steps.append(build.get("http://login.example.com/login"))
    again = only(build.judge("hop-transport", build.walk(steps, answer=None, ending=exposed)))
    assert "the browser is sent to http://login.example.com" in again.message


def test_a_hop_to_an_app_is_named_without_a_port(build):
    steps = [
        build.get("https://login.example.com/authorize", location="acmeapp://login?x=1"),
        build.get("acmeapp://login?x=1"),
    ]
    found = only(build.judge("hop-transport", build.walk(steps, answer=None)))
    assert "sent to acmeapp://login, an address that only an app can open" in found.message
    assert "instead of https" not in found.message
    assert found.fix.text.startswith("Send the browser to https addresses only")
    assert "port" not in found.fix.text
    assert found.confidence is Confidence.LIKELY  # with the app, a customer may come back


def test_an_app_that_is_opened_beside_a_login_that_goes_on_is_no_hop(build):
    asked = build.authorization()
    steps = build.healthy_steps(asked, build.answer(asked))
    app = build.get("bankid:///?autostarttoken=1", failure="net::ERR_ABORTED")
    assert build.judge("hop-transport", build.walk([*steps[:4], app, *steps[4:]], asked=asked)).status == "passed"


def test_an_odd_port_is_found_and_the_endpoint_itself_left_to_the_configuration(build):
    steps = [
        build.get("https://login.example.com:8443/authorize", location="https://id.example.net:9443/"),
        build.get("https://id.example.net:9443/", location="https://login.example.com:8443/back"),
        build.get("https://login.example.com:8443/back"),
    ]
    asked = build.authorization(endpoint="https://login.example.com:8443/authorize")
    found = only(build.judge("hop-transport", build.walk(steps, asked=asked, answer=None)))
    assert found.subject == "https://id.example.net:9443"


# Layout


def on_phone(build, *shown, **facts):
    return build.case(build.walk(screens=shown), facts=facts)


def test_a_missing_viewport_is_one_finding_for_all_pages(build, pieces):
    shown = screens(build, pieces, viewport_meta=None, scroll_width=1100, client_width=980)
    found = only(build.judge("mobile-layout", on_phone(build, *shown)))
    assert (found.rule, found.severity) == ("auth-mobile-friendly", Severity.DEGRADES)
    assert "no viewport declaration" in found.message
    assert found.fix.text.startswith("Put the viewport declaration into the head")
    assert "1 other page." in found.message
    assert [found.primary.ref, *(ref.ref for ref in found.related)] == ["measured#1", "measured#2"]
    assert "device-width" in found.fix.paste


def died(build, *shown):
    """A login on a phone that stopped after its password was sent, at a page that came with status 200."""
    steps = [*build.healthy_steps(build.authorization(), None)[:2], build.get(f"{LOGIN}/end")]
    steps.insert(2, build.post(f"{LOGIN}/login", {}, location=f"{LOGIN}/end", status=303))
    typed = [LoginStep(at=0.22, action="fill", target="#p", what="password", outcome="done")]
    walk = build.walk(steps, answer=None, ending="dead_end", login=typed, screens=shown)
    return build.case(walk)


def test_the_error_page_at_which_a_login_died_is_no_page_of_it(build, pieces):
    broken = {"controls": (), "headings": (), "text": "invalid_request", "viewport_meta": None}
    end = pieces.screen(2, 0.6, pieces.digest(f"{LOGIN}/end", **broken))
    good = pieces.screen(1, 0.25, pieces.digest())
    assert build.judge("mobile-layout", died(build, good, end)).status == "inconclusive"
    bare = pieces.screen(1, 0.25, pieces.digest(viewport_meta=None))
    found = only(build.judge("mobile-layout", died(build, bare, end)))
    assert "other page" not in found.message
    for beside in ("My lamps", "Logged in!"):
        home = pieces.screen(2, 0.6, pieces.digest(f"{LOGIN}/end", **(broken | {"text": beside})))
        assert build.judge("mobile-layout", died(build, home)).status == "inconclusive"
    asks = pieces.screen(2, 0.6, pieces.digest(f"{LOGIN}/end", text="Sign in again", viewport_meta=None))
    assert only(build.judge("mobile-layout", died(build, asks))).subject.startswith("viewport")


def test_what_a_page_asked_before_it_turned_into_an_error_is_part_of_the_login(build, pieces):
    broken = pieces.digest(f"{LOGIN}/end", controls=(), headings=(), text="invalid_request", viewport_meta=None)
    allow = pieces.digest(f"{LOGIN}/end", [pieces.control(label="Allow")], text="Link Alexa?", viewport_meta=None)
    shown = pieces.screen(2, 0.55, allow), pieces.screen(3, 0.6, broken)
    assert only(build.judge("mobile-layout", died(build, *shown))).primary.ref == "measured#2"


@pytest.mark.parametrize("declared", ["width=1024", "", "user-scalable=no"])
def test_a_viewport_that_does_not_fit_is_found(build, pieces, declared):
    shown = screens(build, pieces, viewport_meta=declared)
    found = only(build.judge("mobile-layout", on_phone(build, *shown)))
    assert found.subject == "viewport login.example.com"
    assert found.fix.text.startswith("Replace the viewport declaration")


@pytest.mark.parametrize("declared", ["width=device-width", "initial-scale=1.0", "width=320", "WIDTH = Device-Width,"])
def test_a_viewport_that_fits_is_fine(build, pieces, declared):
    shown = screens(build, pieces, viewport_meta=declared)
    assert build.judge("mobile-layout", on_phone(build, *shown)).status == "passed"


def test_sideways_scrolling_is_found_once_with_what_it_cuts_off(build, pieces):
    wide = pieces.control("field", "Email", rect=(20, 100, 700, 48))
    shown = pieces.screen(1, 0.25, pieces.digest(controls=[wide], scroll_width=760))
    found = only(build.judge("mobile-layout", on_phone(build, shown)))
    assert found.subject == "overflow login.example.com"
    assert "760 pixels wide on a screen of 412" in found.message
    assert "shrink to 360 CSS pixels" in found.fix.text
    assert "viewport" not in found.fix.text  # it was measured, and is right
    assert "44 pixels" not in found.fix.text


def test_a_rounding_error_is_no_overflow(build, pieces):
    shown = pieces.screen(1, 0.25, pieces.digest(scroll_width=414))
    assert build.judge("mobile-layout", on_phone(build, shown)).status == "passed"


def test_a_control_cut_off_at_the_edge_is_found(build, pieces):
    cut = pieces.control("button", "Sign in", rect=(300, 100, 200, 48))
    beside = pieces.control("button", "Menu", rect=(430, 100, 200, 48))
    found = only(
        build.judge("mobile-layout", on_phone(build, pieces.screen(1, 0.25, pieces.digest(controls=[cut, beside]))))
    )
    assert found.subject == "outside login.example.com"
    assert "“Sign in” at the edge" in found.message
    assert "viewport" not in found.fix.text


def test_what_slides_just_now_is_not_cut_off(build, pieces):
    sliding = pieces.control("field", "Email", rect=(-11, 100, 380, 48), moving=True)
    slide = pieces.digest(controls=[sliding], scroll_width=792)
    assert build.judge("mobile-layout", on_phone(build, pieces.screen(1, 0.25, slide))).status == "passed"
    held = pieces.digest(controls=[sliding])
    assert build.judge("mobile-layout", on_phone(build, pieces.screen(1, 0.25, held))).status == "passed"
    rests = pieces.digest(controls=[sliding.model_copy(update={"moving": False})])
    assert only(build.judge("mobile-layout", on_phone(build, pieces.screen(1, 0.25, rests)))).subject.startswith(
        "outside"
    )


EXPIRED = "net::ERR_TUNNEL: the certificate of cdn.example.com is not to be trusted: it, or one above it, has expired"


def drawn_with(build, pieces, *sheets, policy="", **more):
    """A login on a phone whose pages have small fields, and whose first page asked for ``sheets``."""
    small = [pieces.control("field", "Email", rect=(20, 200, 300, 20), font_px=13)]
    asked = build.authorization()
    answer = build.answer(asked)
    steps = build.healthy_steps(asked, answer)
    steps[1] = {**steps[1], "response_headers": (("content-security-policy", policy),)}
    steps[2:2] = [build.sub(url, **{"kind": "stylesheet", **held}) for url, held in sheets]
    shown = pieces.screen(1, 0.15 + (len(sheets) or 1) / 10, pieces.digest(controls=small))
    walk = build.walk(steps, asked=asked, arrivals=[build.arrival(answer, at=5.0)], screens=(shown,), **more)
    return build.judge("mobile-layout", build.case(walk))


def stopped_styles(pieces, **more):
    about = {"at": 0.15, "directive": "style-src-elem", "blocked": "inline", "document": f"{LOGIN}/login?state=x"}
    return [pieces.policy_violation(**{**about, **more})]


@pytest.mark.parametrize("policy", ["default-src 'self'", "style-src 'self'; default-src 'self' 'nonce-abc'"])
def test_styles_that_the_pages_own_policy_forbids_are_told_in_place_of_sizes(build, pieces, policy):
    found = only(drawn_with(build, pieces, policy=policy, csp_violations=stopped_styles(pieces)))
    assert (found.severity, found.subject) == (Severity.RECOMMENDED, "styles inline login.example.com")
    assert "/login is drawn without styles: it has none but those that stand in the page" in found.message
    assert "Add a nonce to `style-src`" in found.fix.text


@pytest.mark.parametrize(
    ("sheets", "policy", "more"),
    [
        ([(f"{LOGIN}/a.css", {"status": 200})], "default-src 'self'", {}),
        ([], "style-src 'self' 'nonce-abc'", {}),
        ([], "default-src 'sha256-abc='", {}),
        ([], "default-src 'self'", {"disposition": "report"}),
        ([], "default-src 'self'", {"directive": "style-src-attr"}),
        ([], "default-src 'self'", {"blocked": "https://fonts.example.net/a.css"}),
        ([], "default-src 'self'", {"document": f"{LOGIN}/other"}),
        ([], "default-src 'self'", {"window": 1}),
    ],
)
def test_a_page_that_has_other_styles_is_measured(build, pieces, sheets, policy, more):
    outcome = drawn_with(build, pieces, *sheets, policy=policy, csp_violations=stopped_styles(pieces, **more))
    assert {found.subject.split()[0] for found in outcome.findings} == {"font", "small"}


@pytest.mark.parametrize(
    ("url", "more", "says", "severity"),
    [
        ("http://login.example.com/a.css", {"failure": "mixed-content"}, "over http into a page", Severity.DEGRADES),
        ("https://cdn.example.com/a.css", {"failure": EXPIRED}, "has expired", Severity.DEGRADES),
        ("https://a.example.net/a.css", {"failure": "SEC_ERROR_UNKNOWN_ISSUER"}, "UNKNOWN", Severity.RECOMMENDED),
        (f"{LOGIN}/a.css", {"failure": "net::ERR_CONNECTION_RESET"}, "RESET", Severity.RECOMMENDED),
        (f"{LOGIN}/a.css", {"status": 431}, "status 431", Severity.RECOMMENDED),
    ],
)
def test_a_lost_style_sheet_is_named_in_place_of_the_sizes_that_it_sets(build, pieces, url, more, says, severity):
    found = only(drawn_with(build, pieces, (url, more)))
    assert (found.rule, found.severity) == ("auth-mobile-friendly", severity)
    assert f"/login is drawn without its style sheet {url}: " in found.message
    assert says in found.message
    assert "16 pixels" not in found.fix.text


@pytest.mark.parametrize(
    "sheets",
    [
        [(f"{LOGIN}/a.css", {"status": 200})],
        [(f"{LOGIN}/a.css", {"status": 404})],
        [(f"{LOGIN}/a.css", {"failure": "net::ERR_ABORTED"})],
        [(f"{LOGIN}/a.css", {"failure": "csp"})],
        [(f"{LOGIN}/a.css", {"failure": "net::ERR_CONNECTION_RESET"}), (f"{LOGIN}/a.css", {"status": 200})],
        [("https://fonts.example.net/a.css", {"failure": "net::ERR_CONNECTION_RESET"})],
        [("https://cdn.example.com/a.css", {"failure": "net::ERR_TUNNEL_CONNECTION_FAILED"})],
    ],
)
def test_a_page_that_customers_see_like_this_is_measured(build, pieces, sheets):
    assert {one.subject for one in drawn_with(build, pieces, *sheets).findings} == {
        "small login.example.com",
        "font login.example.com",
    }


def test_scripts_that_failed_in_the_same_way_are_named_beside_the_style_sheet(build, pieces):
    reset = {"failure": "net::ERR_CONNECTION_RESET"}
    lost = [(f"{LOGIN}/a.css", reset), (f"{LOGIN}/a.js?v=1", {**reset, "kind": "script"})]
    lost.append((f"{LOGIN}/b.js", {"failure": "net::ERR_TUNNEL_CONNECTION_FAILED", "kind": "script"}))
    found = only(drawn_with(build, pieces, *lost))
    assert found.message.endswith(f": net::ERR_CONNECTION_RESET. The script {LOGIN}/a.js failed in the same way.")
    assert {one.subject.partition(" ")[0] for one in drawn_with(build, pieces, lost[1]).findings} == {"small", "font"}


def test_several_lost_style_sheets_of_a_host_are_one_finding(build, pieces):
    lost = [(f"http://login.example.com/{name}.css", {"failure": "mixed-content"}) for name in "abc"]
    assert "2 more style sheets of login.example.com" in only(drawn_with(build, pieces, *lost)).message


def test_small_controls_and_fonts_are_only_advice(build, pieces):
    controls = [
        pieces.control("button", "Go", rect=(20, 100, 60, 20)),
        pieces.control("field", "Email", rect=(20, 150, 300, 48), font_px=13.3),
    ]
    outcome = build.judge("mobile-layout", on_phone(build, pieces.screen(1, 0.25, pieces.digest(controls=controls))))
    assert {found.subject.split()[0] for found in outcome.findings} == {"small", "font"}
    assert {found.severity for found in outcome.findings} == {Severity.RECOMMENDED}
    assert {found.confidence for found in outcome.findings} == {Confidence.POSSIBLE}


def test_links_boxes_and_hidden_controls_may_be_small(build, pieces):
    small = {"rect": (20, 100, 12, 12), "font_px": 9.0}
    controls = [
        pieces.control("link", "Terms", type="a", **small),
        pieces.control("checkbox", "Remember me", type="checkbox", **small),
        pieces.control("button", "Hidden", visible=False, **small),
        pieces.control("button", "Rounded", rect=(20, 100, 43.5, 43.5)),
    ]
    shown = pieces.screen(1, 0.25, pieces.digest(controls=controls))
    assert build.judge("mobile-layout", on_phone(build, shown)).status == "passed"


@pytest.mark.parametrize(
    "facts", [{"is_mobile": False}, {"viewport_width": 820}, {"viewport_width": None, "viewport_height": None}]
)
def test_only_phones_are_judged(build, pieces, facts):
    shown = screens(build, pieces, viewport_meta=None)
    assert build.judge("mobile-layout", on_phone(build, *shown, **facts)).status == "not_applicable"


@pytest.mark.parametrize(
    "more",
    [{"ready_state": "loading"}, {"visible_elements": 0}, {"text": "", "controls": ()}],
)
def test_blank_and_half_loaded_pages_are_no_measurement(build, pieces, more):
    shown = pieces.screen(1, 0.25, pieces.digest(viewport_meta=None, **more))
    unknown = build.judge("mobile-layout", on_phone(build, shown))
    assert unknown.status == "inconclusive"
    assert unknown.missing == ("each screen was blank, half-loaded or an error",)


@pytest.mark.parametrize(
    ("failure", "ready", "arrives", "judged"),
    [
        ("net::ERR_CONTENT_LENGTH_MISMATCH", "loading", True, "failed"),
        ("net::ERR_CONTENT_LENGTH_MISMATCH", "loading", False, "inconclusive"),
        ("NS_ERROR_NET_PARTIAL_TRANSFER", "complete", True, "failed"),
        ("NS_ERROR_NET_PARTIAL_TRANSFER", "complete", False, "inconclusive"),
        (None, "loading", True, "inconclusive"),
    ],
)
def test_a_page_that_broke_off_is_measured_where_the_login_went_well_with_it(
    build, pieces, failure, ready, arrives, judged
):
    asked = build.authorization()
    shown = pieces.screen(1, 0.25, pieces.digest(viewport_meta=None, ready_state=ready))
    steps = build.healthy_steps(asked, build.answer(asked) if arrives else None)
    steps[1] |= {"status": 200, "failure": failure}
    walk = build.walk(steps if arrives else steps[:2], asked=asked, answer=None, screens=[shown])
    assert build.judge("mobile-layout", build.case(walk)).status == judged


@pytest.mark.parametrize("label", ["Email", None])
def test_fields_without_any_text_around_them_are_a_measurement(build, pieces, label):
    field = pieces.control("field", label, name="username")
    good = pieces.screen(1, 0.25, pieces.digest(controls=[field], text=""))
    assert build.judge("mobile-layout", on_phone(build, good)).status == "passed"
    wide = pieces.screen(1, 0.25, pieces.digest(controls=[field], text="", scroll_width=760))
    assert only(build.judge("mobile-layout", on_phone(build, wide))).subject.startswith("overflow")


def test_a_field_is_as_large_as_the_label_around_it(build, pieces):
    flat = {"rect": (54, 417, 304, 28), "tap": Rect(x=38, y=400, width=336, height=56)}
    held = pieces.control("field", "Username", **flat)
    shown = pieces.screen(1, 0.25, pieces.digest(controls=[held]))
    assert build.judge("mobile-layout", on_phone(build, shown)).status == "passed"
    button = pieces.control("button", "Log in", rect=(166, 567, 80, 36))
    shown = pieces.screen(1, 0.25, pieces.digest(controls=[held, button]))
    assert "button “Log in” at 80 x 36 pixels" in only(build.judge("mobile-layout", on_phone(build, shown))).message
    for height, size in ((30, "336 x 30"), (12, "304 x 28")):
        low = pieces.control("field", "Username", **(flat | {"tap": Rect(x=38, y=400, width=336, height=height)}))
        shown = pieces.screen(1, 0.25, pieces.digest(controls=[low]))
        assert f"at {size} pixels" in only(build.judge("mobile-layout", on_phone(build, shown))).message


def test_a_button_whose_words_are_still_to_come_is_not_small(build, pieces):
    controls = [pieces.control("field", None, name="username"), pieces.control("button", None, rect=(20, 100, 64, 36))]
    shown = pieces.screen(1, 0.25, pieces.digest(controls=controls, text=""))
    assert build.judge("mobile-layout", on_phone(build, shown)).status == "passed"
    controls[1] = pieces.control("button", "Log in", rect=(20, 100, 80, 36))
    shown = pieces.screen(1, 0.25, pieces.digest(controls=controls, text=""))
    assert only(build.judge("mobile-layout", on_phone(build, shown))).subject.startswith("small")


def test_a_page_seen_before_its_style_sheets_is_no_measurement(build, pieces):
    raw = pieces.control("field", "Email", rect=(20, 100, 177, 48), font_px=13.3333)
    bare = pieces.screen(1, 0.5, pieces.digest(controls=[raw], scroll_width=900, styled=False))
    unknown = build.judge("mobile-layout", on_phone(build, bare))
    assert unknown.status == "inconclusive"
    assert unknown.missing == ("no screen was drawn with its styles",)
    drawn = pieces.screen(2, 0.6, pieces.digest(controls=[raw]))
    assert only(build.judge("mobile-layout", on_phone(build, bare, drawn))).subject.startswith("font")
    good = pieces.screen(2, 0.6, pieces.digest())
    assert build.judge("mobile-layout", on_phone(build, bare, good)).status == "passed"


def test_a_missing_viewport_shows_before_any_style_sheet(build, pieces):
    shown = pieces.screen(1, 0.25, pieces.digest(viewport_meta=None, styled=False))
    assert build.judge("mobile-layout", on_phone(build, shown)).status == "failed"


def test_an_error_page_is_not_measured(build, pieces):
    steps = [build.get(f"{LOGIN}/authorize", status=500)]
    shown = pieces.screen(1, 0.2, pieces.digest(f"{LOGIN}/authorize", viewport_meta=None))
    assert build.judge("mobile-layout", build.walk(steps, answer=None, screens=(shown,))).status == "inconclusive"


def test_screens_without_a_digest_are_no_measurement(build, pieces):
    shown = pieces.screen(1, 0.25, NotCollected(reason="the page was gone"))
    assert build.judge("mobile-layout", on_phone(build, shown)).status == "inconclusive"


def test_a_login_that_showed_no_page_is_not_said_to_fit(build):
    outcome = build.judge("mobile-layout", on_phone(build))
    assert (outcome.status, outcome.reason) == ("not_applicable", "no page was shown on the way to Alexa")


def test_a_substitute_engine_is_named(build, pieces):
    shown = screens(build, pieces, viewport_meta=None)
    case = on_phone(build, *shown, substitute=True, asked_engines=("webkit", "chromium"))
    assert "webkit is not installed" in only(build.judge("mobile-layout", case)).message


# Cookies of other sites


def cookie(**more):
    given = {"name": "sid", "value": "<cookie#1>", "size": 40, "secure": True, "http_only": True, "same_site": "None"}
    return SetCookie(**(given | more))


def framed(build, *, set_cookies, kind="document", sent="sid=x", host="https://id.homepass.net"):
    asked = build.authorization()
    login, answer = f"{LOGIN}/login", build.answer(asked)
    sub = {"resource_type": kind, "navigation": kind == "document", "main_frame": False, "frame": 1}
    steps = [
        build.get(asked.url, location=login),
        build.get(login),
        {**build.sub(f"{host}/session", kind), **sub, "set_cookies": set_cookies},
        build.post(login, {"a": "b"}, location=f"{LOGIN}/consent", status=303),
        build.get(f"{LOGIN}/consent"),
        {**build.sub(f"{host}/session", kind), **sub, "cookie": sent},
        build.post(f"{LOGIN}/consent", {"a": "b"}, location=answer, status=303),
        build.get(answer, failure="net::ERR_TUNNEL_CONNECTION_FAILED"),
    ]
    return build.walk(steps)


def test_a_session_in_another_sites_frame_is_advice(build):
    found = only(build.judge("third-party-cookies", framed(build, set_cookies=[cookie()])))
    assert found.rule == "auth-no-third-party-cookie-dependence"
    assert (found.severity, found.confidence) == (Severity.RECOMMENDED, Confidence.POSSIBLE)
    assert (found.subject, found.primary.ref) == ("id.homepass.net", "measured#6")


@pytest.mark.parametrize(
    ("more", "kind", "sent"),
    [
        ({"same_site": "Lax"}, "document", "sid=x"),
        ({"same_site": None}, "document", "sid=x"),
        ({"partitioned": True}, "document", "sid=x"),
        ({"max_age": "63072000"}, "document", "sid=x"),
        ({"expires": "Thu, 01 Jan 2099 00:00:00 GMT"}, "document", "sid=x"),
        ({"http_only": False}, "document", "sid=x"),
        ({}, "image", "sid=x"),
        ({}, "script", "sid=x"),
        ({}, "document", "other=x"),
    ],
)
def test_advertising_and_harmless_cookies_are_not_reported(build, more, kind, sent):
    walk = framed(build, set_cookies=[cookie(**more)], kind=kind, sent=sent)
    assert build.judge("third-party-cookies", walk).status == "passed"


def test_thousands_of_cookies_of_other_sites_are_no_more_than_thousands(build):
    # Each held against each would take minutes.
    walk = framed(build, set_cookies=[cookie()])
    steps, setter = walk.requests.value, walk.requests.value[2]
    many = [setter.model_copy(update={"n": n, "set_cookies": (cookie(name=f"c{n}"),)}) for n in range(9, 20_000)]
    walk = walk.model_copy(update={"requests": Present(value=(*steps, *many))})
    found = only(build.judge("third-party-cookies", walk))
    assert (found.subject, found.primary.ref) == ("id.homepass.net", "measured#6")


def test_a_frame_of_the_same_site_is_fine(build):
    walk = framed(build, set_cookies=[cookie()], host="https://widgets.example.com")
    assert build.judge("third-party-cookies", walk).status == "passed"


def test_a_provider_on_the_way_that_is_also_asked_in_the_background_is_likely(build):
    asked = build.authorization()
    answer = build.answer(asked)
    steps = [
        build.get(asked.url, location="https://id.homepass.net/login"),
        build.get("https://id.homepass.net/login", set_cookies=[cookie(max_age="3600")], location=f"{LOGIN}/back"),
        build.get(f"{LOGIN}/back"),
        build.sub("https://id.homepass.net/check", "fetch", cookie="sid=x", main_frame=False),
        build.post(f"{LOGIN}/back", {}, location=answer),
        build.get(answer, failure="refused"),
    ]
    assert only(build.judge("third-party-cookies", build.walk(steps))).confidence is Confidence.LIKELY


AUTH = "https://auth.example.org"


def by_api(build, *, api=f"{AUTH}/login", then=f"{AUTH}/authorize", sent=None, arrives=True, before=None, **more):
    """A login whose page asks a host of another site by script, gets a cookie there, and leads to that host."""
    asked = build.authorization()
    answer = build.answer(asked) if arrives else None
    request = {"method": "POST", "status": 200, "set_cookies": [cookie(**more.pop("kept", {}))], **more}
    steps = [
        build.get(f"{AUTH}/authorize", location=f"{LOGIN}/login", set_cookies=before or {}),
        build.get(f"{LOGIN}/login"),
        build.sub(api, "fetch", **{**request, "frame": 0}),
        build.get(then, location=answer or f"{LOGIN}/login", **({"cookie": sent} if sent else {})),
        build.get(answer or f"{LOGIN}/login", **({"failure": "refused"} if arrives else {})),
    ]
    return build.walk(steps, answer=answer, ending=None if arrives else "dead_end")


def test_a_session_that_begins_in_an_answer_to_another_sites_script_is_found(build):
    found = only(build.judge("third-party-cookies", by_api(build, sent="sid=x")))
    assert "set the cookie sid (SameSite=None) in an answer to a script of login.example.com" in found.message
    assert "does not keep it" in found.message
    assert (found.primary.ref, found.related[0].ref, found.confidence) == (
        "measured#4",
        "measured#3",
        Confidence.LIKELY,
    )


@pytest.mark.parametrize(
    ("same_site", "words"),
    [
        ("Lax", "(SameSite=Lax)"),
        ("Strict", "(SameSite=Strict)"),
        (None, "(without SameSite)"),
        ("None", "which blocks third-party cookies, went there without it"),
    ],
)
def test_a_session_that_no_browser_keeps_is_found_where_the_login_ended(build, same_site, words):
    walk = by_api(build, arrives=False, kept={"same_site": same_site})
    assert words in only(build.judge("third-party-cookies", walk)).message


HARMLESS = {
    "never sent, and the login arrives": {},
    "on a host that nobody goes to": {"api": "https://count.example.net/c", "sent": "sid=x"},
    "readable by scripts": {"kept": {"http_only": False}, "sent": "sid=x"},
    "there before": {"before": [cookie()], "sent": "sid=x"},
    "of an image": {"resource_type": "image", "sent": "sid=x"},
    "of a refusal": {"status": 401, "arrives": False},
    "of the same site": {"api": "https://api.example.com/login", "then": "https://api.example.com/go", "sent": "sid=x"},
    "for another host of the site": {"api": "https://api.example.org/login", "arrives": False},
}


@pytest.mark.parametrize("name", HARMLESS)
def test_cookies_that_the_login_does_not_rest_on_are_not_reported(build, name):
    outcome = build.judge("third-party-cookies", by_api(build, **HARMLESS[name]))
    assert outcome.status == ("passed" if HARMLESS[name].get("arrives", True) else "inconclusive")


def test_a_cookie_for_the_whole_site_is_found_on_its_other_hosts(build):
    walk = by_api(build, api="https://api.example.org/login", kept={"domain": ".example.org"}, sent="sid=x")
    assert only(build.judge("third-party-cookies", walk)).subject == "api.example.org"


def test_a_login_form_in_a_frame_of_another_site_is_advice(build):
    asked = build.authorization()
    answer = build.answer(asked)
    frame = {"main_frame": False, "frame": 1}
    steps = [
        build.get(asked.url),
        {**build.get("https://id.homepass.net/form"), **frame},
        {**build.post("https://id.homepass.net/form", {"u": "x"}), **frame},
        build.get(answer, failure="refused"),
    ]
    found = only(build.judge("third-party-cookies", build.walk(steps)))
    assert (found.subject, found.severity) == ("id.homepass.net", Severity.RECOMMENDED)


# Endpoint


def test_a_token_endpoint_at_the_authorization_url_is_found(build):
    body = '{"error": "invalid_request", "error_description": "The endpoint answers POST only."}'
    steps = [build.get(f"{LOGIN}/oauth", status=405, excerpt=body, response_headers=(("Allow", "POST"),))]
    found = only(build.judge("authorization-endpoint", build.walk(steps, answer=None, ending="login_not_found")))
    assert found.rule == "token-endpoint-not-swapped"
    assert (found.blame, found.confidence) == (Fault.SKILL_CONFIGURATION, Confidence.CERTAIN)
    assert "answers POST only" in found.message


@pytest.mark.parametrize(
    ("status", "excerpt"),
    [
        (400, '{"error": "invalid_request", "error_description": "redirect_uri is not registered"}'),
        (400, "<h1>grant_type</h1>"),
        (500, ""),
        (200, '{"error": "unsupported", "hint": "grant_type"}'),
    ],
)
def test_other_errors_are_no_token_endpoint(build, status, excerpt):
    walk = build.walk([build.get(f"{LOGIN}/oauth", status=status, excerpt=excerpt)], answer=None)
    assert build.judge("authorization-endpoint", walk).status == "passed"


def test_urls_that_already_look_swapped_are_not_told_twice(build):
    skill = build.skill(authorization_url=f"{LOGIN}/token", access_token_url=f"{LOGIN}/authorize")
    assert build.judge("authorization-endpoint", build.case(skill=skill)).status == "not_applicable"
