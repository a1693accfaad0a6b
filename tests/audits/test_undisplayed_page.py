"""Pages that no browser lays out because of their headers, and redirects that lose the authorization request."""

from __future__ import annotations

import pytest

from e2e_linker.evidence.models import Causes, LoginStep, Present, Trial
from e2e_linker.evidence.traffic import Download
from e2e_linker.model import Severity

LOGIN = "https://login.example.com"
PAGE = "<!doctype html><html><head><title>Sign in</title></head><body><form method=post>Error? Try again.</form></body>"
OCTETS = ("Content-Type", "application/octet-stream")
PLAIN = ("Content-Type", "text/plain; charset=utf-8")
HTML = ("Content-Type", "text/html")
ATTACHED = ("Content-Disposition", "attachment; filename=login.html")
NO_SNIFF = ("X-Content-Type-Options", "nosniff")


def only(outcome):
    assert outcome.status == "failed", outcome
    (found,) = outcome.findings
    assert (found.rule, found.severity, found.symptom) == ("screen-blank", Severity.BREAKS, True)
    return found


def downloaded(build, *headers, saved=True, status=200, ending="dead_end"):
    first = build.get(f"{LOGIN}/authorize?a=1", failure="net::ERR_ABORTED", status=status, response_headers=headers)
    downloads = [Download(at=0.2, window=0, url=f"{LOGIN}/authorize?a=1", suggested_name="x")] if saved else []
    return build.walk([first], answer=None, ending=ending, downloads=downloads)


def shown(build, pieces, *headers, text=PAGE, controls=(), ending="login_not_found"):
    first = build.get(f"{LOGIN}/authorize", excerpt=PAGE, response_headers=headers)
    digest = pieces.digest(f"{LOGIN}/authorize", controls=controls, headings=(), text=text, text_length=len(text))
    return build.walk([first], answer=None, ending=ending, screens=[pieces.screen(0, 4.0, digest)])


@pytest.mark.parametrize(
    ("headers", "saved", "because", "fix"),
    [
        ([OCTETS], True, "`Content-Type: application/octet-stream`", "`Content-Type: text/html; charset=utf-8`"),
        ([], True, "that it has no `Content-Type`", "`Content-Type: text/html; charset=utf-8`"),
        ([HTML, ATTACHED], True, "`Content-Disposition: attachment; filename=login.html`", "without `Content-Disp"),
        ([HTML, ATTACHED], False, "`Content-Disposition: attachment; filename=login.html`", "without `Content-Disp"),
    ],
)
def test_a_page_that_comes_as_a_download_is_told_with_its_header(build, headers, saved, because, fix):
    walk = downloaded(build, *headers, saved=saved)
    found = only(build.judge("undisplayed-page", walk))
    assert found.message == (
        "https://login.example.com/authorize comes as a download and not as a page, so that the customer sees nothing. "
        f"The reason is {because} in its answer."
    )
    assert fix in found.fix.text
    assert found.subject == "login.example.com download"
    assert build.judge("error-page", walk).status == "inconclusive"


@pytest.mark.parametrize("ending", ["login_not_found", "dead_end"])
@pytest.mark.parametrize(
    ("headers", "because"),
    [
        ([PLAIN], "`Content-Type: text/plain; charset=utf-8`"),
        ([NO_SNIFF], "that it has no `Content-Type` beside `X-Content-Type-Options: nosniff`"),
    ],
)
def test_a_page_whose_source_is_shown_is_told_with_its_header(build, pieces, headers, because, ending):
    walk = shown(build, pieces, *headers, ending=ending)
    found = only(build.judge("undisplayed-page", walk))
    assert f"The reason is {because} in its answer." in found.message
    assert "sees its source as text" in found.message
    assert (found.primary.ref, [ref.ref for ref in found.related]) == ("measured#1", ["measured#0"])
    # What its source says in words is not what the customer is told.
    assert build.judge("error-page", walk).status == "inconclusive"


def test_a_page_whose_source_is_shown_is_told_once_also_where_a_trial_healed_it(build, pieces):
    trials = [
        Trial(n=1, factor="nothing", changed="", until="login_form", ending="login_not_found", duration_s=0.1),
        Trial(n=2, factor="user_agent", changed="the agent", until="login_form", ending="stopped", duration_s=0.1),
    ]
    case = build.case(shown(build, pieces, PLAIN), causes=Present(value=Causes(trials=tuple(trials))))
    assert only(build.judge("undisplayed-page", case)).cause == "proven"
    assert build.judge("screen-blank", case).status == "inconclusive"


def test_that_only_a_user_agent_gets_the_download_is_told_with_its_proof(build):
    trials = [
        Trial(n=1, factor="nothing", changed="", until="login_form", ending="dead_end", duration_s=0.1),
        Trial(n=2, factor="user_agent", changed="the agent", until="login_form", ending="stopped", duration_s=0.1),
    ]
    case = build.case(downloaded(build, HTML, ATTACHED), causes=Present(value=Causes(trials=tuple(trials))))
    found = only(build.judge("undisplayed-page", case))
    assert "Proven: its user agent is why" in found.message
    assert found.cause == "proven"
    assert "without `Content-Disposition`" in found.fix.text
    assert "user agent" in found.fix.text


def test_what_is_laid_out_or_no_page_of_html_is_not_told(build, pieces):
    fine = [
        shown(build, pieces, PLAIN, text="Out of service."),
        shown(build, pieces, HTML, text="<html> is a tag"),
        shown(build, pieces, text="<html> is a tag"),
        shown(build, pieces, PLAIN, controls=(pieces.control(),)),
        downloaded(build, OCTETS, saved=False),
        downloaded(build, OCTETS, status=500),
        downloaded(build, OCTETS, ending="login_blocked"),
    ]
    assert [build.judge("undisplayed-page", walk).status for walk in fine] == ["inconclusive"] * len(fine)
    assert build.judge("undisplayed-page", build.walk()).status == "passed"


def refused(build, target, *, headers=(), cookie=None, status=400):
    asked = build.authorization()
    steps = [
        build.get(asked.url, location=target, status=301, response_headers=headers, cookie=cookie),
        build.get(target, status=status, excerpt="<h1>Bad request</h1>client_id is missing"),
    ]
    walk = build.walk(steps, asked=asked, answer=None, ending="login_not_found")
    (found,) = build.judge("error-page", walk).findings
    return found.fix.text


@pytest.mark.parametrize("status", [400, 404, 500])
@pytest.mark.parametrize(
    "target", [f"{LOGIN}/authorize/", f"{LOGIN}/en/authorize", "https://www.example.com/Authorize"]
)
def test_a_redirect_that_loses_the_request_is_named(build, target, status):
    fix = refused(build, target, status=status)
    assert f"Keep the query in the redirect from {LOGIN}/authorize to {target}:" in fix
    assert f"Or set {target} itself as the skill's authorization URI." in fix


@pytest.mark.parametrize(
    ("target", "more"),
    [
        pytest.param(f"{LOGIN}/authorize/?client_id=alexa-skill", {}, id="it keeps it"),
        pytest.param(f"{LOGIN}/authorize/?request=7", {}, id="it keeps it under a number"),
        pytest.param(f"{LOGIN}/authorize/#client_id=x", {}, id="it keeps it in the fragment"),
        pytest.param(f"{LOGIN}/error", {}, id="it leads elsewhere"),
        pytest.param("https://login.example.net/authorize", {}, id="to another site"),
        pytest.param(f"{LOGIN}/authorize/", {"headers": [("Set-Cookie", "s=1")]}, id="with a cookie"),
        pytest.param(f"{LOGIN}/authorize/", {"cookie": "s=1"}, id="with a session"),
    ],
)
def test_a_redirect_that_may_have_kept_the_request_is_not_blamed(build, target, more):
    assert "Keep the query" not in refused(build, target, **more)


def test_where_a_later_redirect_loses_the_request_the_skill_cannot_go_round_it(build):
    asked, form = build.authorization(), f"{LOGIN}/login?client_id=alexa-skill&state=s"
    steps = [
        build.get(asked.url, location=form),
        build.get(form, location=f"{LOGIN}/login/"),
        build.get(f"{LOGIN}/login/", status=400),
    ]
    walk = build.walk(steps, asked=asked, answer=None, ending="login_not_found")
    (found,) = build.judge("error-page", walk).findings
    assert f"Keep the query in the redirect from {LOGIN}/login to {LOGIN}/login/:" in found.fix.text
    assert "authorization URI" not in found.fix.text


def led_back(build, again, *, form=f"{LOGIN}/login", status=400, excerpt="<p>client_id is missing</p>", then=()):
    """What is advised after a login whose answer leads to ``again``, where ``status`` and ``excerpt`` are met."""
    asked = build.authorization()
    steps = [
        build.get(asked.url, location=form),
        build.get(form),
        build.post(form, {}, location=again, cookie="s=1"),
        build.get(again, status=status, excerpt=excerpt, cookie="s=1"),
        *then,
    ]
    filled = LoginStep(at=0.25, action="fill", target="#pass", what="password", outcome="done")
    walk = build.walk(steps, asked=asked, answer=None, ending="dead_end", login=(filled,))
    (found,) = build.judge("error-page", walk).findings
    return found.fix.text


@pytest.mark.parametrize("status", [200, 400, 500])
@pytest.mark.parametrize("inner", ["https://login.example.com/authorize?", "/authorize?"])
def test_an_address_that_was_not_encoded_in_a_parameter_is_named_with_it(build, inner, status):
    query = build.authorization().url.partition("?")[2]
    form = f"{LOGIN}/login?redirect_to={inner}{query}"
    again = f"{LOGIN}/authorize?{query.partition('&')[0]}"
    fix = led_back(build, again, form=form, status=status, excerpt="<h1>Home</h1>")
    assert f"Percent-encode the address that {LOGIN}/login is given as `redirect_to`" in fix
    name, *lost = (part.partition("=")[0] for part in query.split("&"))
    assert f"with {name} alone: {', '.join(lost[:-1])} and {lost[-1]} are no part of it." in fix


def test_a_query_that_got_lost_elsewhere_is_named_without_a_parameter(build):
    asked = build.authorization().url.partition("?")[2]
    whole = f"{LOGIN}/login?next=%2Fauthorize%3F{asked.replace('&', '%26')}&{asked}"
    for form in (f"{LOGIN}/login", whole):
        fix = led_back(build, f"{LOGIN}/authorize?client_id=alexa-skill", form=form)
        assert fix.startswith("Lead back from the login with the whole query:")
        assert "with client_id alone: response_type" in fix
    bare = led_back(build, f"{LOGIN}/authorize")
    assert f"{LOGIN}/authorize is asked for once more, without its query" in bare


@pytest.mark.parametrize(
    ("again", "more"),
    [
        pytest.param("{whole}", {}, id="whole"),
        pytest.param("{whole}&prompt=none", {}, id="more than whole"),
        pytest.param("{short}", {}, id="without scope and state alone"),
        pytest.param("{endpoint}?request=7", {}, id="kept under a number"),
        pytest.param("{endpoint}?client_id=alexa-skill&request_uri=7", {}, id="kept under an address"),
        pytest.param("{endpoint}?client_id=other", {}, id="of another client"),
        pytest.param("{endpoint}", {"excerpt": "<p>Access denied</p>"}, id="kept in a session"),
        pytest.param("{endpoint}/resume?client_id=alexa-skill", {}, id="at another address"),
    ],
)
def test_a_way_back_that_may_have_kept_the_request_is_not_blamed(build, again, more):
    asked = build.authorization()
    kept = [part for part in asked.url.split("&") if not part.startswith(("scope=", "state="))]
    fix = led_back(build, again.format(whole=asked.url, short="&".join(kept), endpoint=asked.endpoint), **more)
    assert "once more, " not in fix


def test_a_server_that_goes_on_from_what_is_left_has_kept_the_rest(build):
    again = f"{LOGIN}/authorize?client_id=alexa-skill"
    then = [build.post(again, {}, status=400, excerpt="<h1>Bad request</h1>")]
    assert "once more" not in led_back(build, again, status=200, excerpt="<h1>Consent</h1>", then=then)


@pytest.mark.parametrize("kind", [HTML, ("Content-Type", "application/xhtml+xml")])
def test_a_page_of_html_that_spells_out_its_markup_was_laid_out(build, pieces, kind):
    assert build.judge("undisplayed-page", shown(build, pieces, kind, NO_SNIFF)).status == "inconclusive"


def bare(build, given, *, name="next", status=400, excerpt="<p>unsupported_response_type</p>", then="", **first):
    """What is advised after a login that was given ``given`` to come back to, and came there with ``then``."""
    asked = build.authorization()
    form = f"{LOGIN}/login?{name}={given}"
    again = f"{LOGIN}/authorize{then}"
    steps = [
        build.get(asked.url, location=form, **first),
        build.get(form, set_cookies={"csrf": 40}),
        build.post(form, {}, location=again, cookie="csrf=1"),
        build.get(again, status=status, excerpt=excerpt, cookie="csrf=1"),
    ]
    filled = LoginStep(at=0.25, action="fill", target="#pass", what="password", outcome="done")
    walk = build.walk(steps, asked=asked, answer=None, ending="dead_end", login=(filled,))
    (found,) = build.judge("error-page", walk).findings
    return found.fix.text


@pytest.mark.parametrize("status", [400, 500])
@pytest.mark.parametrize("excerpt", ["<p>unsupported_response_type</p>", "<p>client_id is missing</p>"])
def test_a_server_that_wrote_an_empty_query_may_have_been_given_none(build, status, excerpt):
    for given in ("/authorize?", "%2Fauthorize%3F", "https://login.example.com/authorize?"):
        fix = bare(build, given, status=status, excerpt=excerpt)
        assert "as if it had been asked without a query: see whether the query reaches the server" in fix
        assert "`$request_uri`" in fix
        assert fix.endswith(
            "give https://login.example.com/login the whole address to come back to as `next`, with its "
            "query, percent-encoded."
        )


def test_a_way_back_that_was_given_without_the_request_is_named_first(build):
    fix = bare(build, "/authorize", name="ReturnUrl")
    assert fix.startswith(
        "The server's first answer already leads to the login with `ReturnUrl=/authorize` alone. Give"
    )
    assert "Where the server does that, see whether the query reaches the server" in fix


@pytest.mark.parametrize(
    ("given", "more"),
    [
        pytest.param("/authorize?", {"cookie": "s=1"}, id="as a session may hold the rest"),
        pytest.param("/authorize?", {"set_cookies": {"s": 40}}, id="as a new session may hold the rest"),
        pytest.param("/authorize?", {"then": "/resume"}, id="come back to another address"),
        pytest.param("/authorize?", {"then": "?client_id=alexa-skill"}, id="with a part of the request"),
        pytest.param("/authorize%3Fclient_id%3Dalexa-skill", {}, id="given a part of the request"),
        pytest.param("/authorize&client_id=alexa-skill", {}, id="with the request beside it"),
        pytest.param("/home", {}, id="given another address"),
    ],
)
def test_a_way_back_that_may_not_have_been_given_bare_is_not_blamed(build, given, more):
    assert "first answer already" not in bare(build, given, **more)
