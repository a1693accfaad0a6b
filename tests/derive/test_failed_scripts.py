"""Scripts that failed where no login form came: whose they are, and what the ending says of them."""

from __future__ import annotations

import pytest

from e2e_linker.derive.base import case_facts
from e2e_linker.evidence.models import Causes, CspViolation, Ending, PageError, Present, Trial
from e2e_linker.model import Fault

LOGIN = "https://login.example.com"
OWN, FOREIGN = f"{LOGIN}/static/app.js?v=1", "https://analytics.example.net/count.js"
HINT = "write the steps"


def shown(build, pieces, *steps, ending="login_not_found", trials=(), first=None, fault=None, controls=None, **more):
    """The facts of a case that ended on its first page, which holds links and no form."""
    asked = build.authorization()
    text = "Acme Home and Garden. Everything for your home since 1912, in one place."
    link = pieces.control("link", "Lamps")
    url = first[-1]["url"] if first else f"{LOGIN}/authorize"
    digest = pieces.digest(url, controls or [link], text=text, headings=(), title="Acme")
    ended = Ending(kind=ending, message="No login form was found.", hint=HINT, fault=fault)
    first = first or [build.get(asked.url, excerpt="<title>Acme</title>")]
    screens = [pieces.screen(0, 4.0, digest)]
    walk = build.walk([*first, *steps], asked=asked, answer=None, ending=ended, screens=screens, **more)
    return case_facts(build.case(walk, causes=Present(value=Causes(trials=trials))))


def told(facts):
    ending = facts.get("told_ending").value
    return ending.message, ending.hint


def thrown(message, stack=None):
    return PageError(at=0.6, window=0, message=message, stack=stack)


def test_the_ending_names_the_script_that_did_not_come_with_its_status(build, pieces):
    message, hint = told(shown(build, pieces, build.sub(OWN, "script", status=404)))
    assert message == (
        f"No login form was found. Seen on this page: the script {LOGIN}/static/app.js did not load (status 404). "
        "Whether that is why, the evidence does not tell."
    )
    assert hint.startswith("open the page with the browser's console")
    assert hint.endswith(f"; if that is not it, {HINT}")


def test_the_ending_quotes_the_error_of_a_script_and_the_policy_that_forbids_one(build, pieces):
    about = {"at": 0.5, "window": 0, "blocked": "inline", "document": LOGIN, "disposition": "enforce"}
    violations = [CspViolation(directive=name, **about) for name in ("script-src-elem", "style-src-elem")]
    errors = [thrown("Vendor is not defined", f"ReferenceError: Vendor\n    at {OWN}:1:1")]
    message, _ = told(shown(build, pieces, csp_violations=violations, page_errors=errors))
    assert (
        "Seen on this page: the page's Content-Security-Policy (script-src) forbids what is inline; a script of the "
        f"page failed: Vendor is not defined (in {LOGIN}/static/app.js, line 1, column 1)." in message
    )


def test_what_another_site_serves_is_told_last_and_changes_no_advice(build, pieces):
    foreign = build.sub(FOREIGN, "script", status=404)
    message, hint = told(shown(build, pieces, foreign))
    assert f"Seen on this page: the script {FOREIGN} did not load (status 404)." in message
    assert hint == HINT
    elsewhere = thrown("x is null", f"TypeError: x is null\n    at {FOREIGN}:1:1")
    assert told(shown(build, pieces, page_errors=[elsewhere]))[1] == HINT
    message, hint = told(shown(build, pieces, foreign, build.sub(OWN, "script", status=404)))
    assert message.index("static/app.js") < message.index("count.js")
    assert hint != HINT


@pytest.mark.parametrize(
    ("stack", "own"),
    [
        (f"TypeError: x\n    at f ({OWN}:1:2)\n    at g ({FOREIGN}:3:4)", True),
        (f"TypeError: x\n    at f ({FOREIGN}:1:2)\n    at g ({OWN}:3:4)", False),
        (f"Error: failed on {LOGIN}/authorize\n    at f ({FOREIGN}:1:2)", False),
        (f"Error: Loading chunk 5 failed. (https://cdn.example.net/5.js)\n    at f ({LOGIN}:8443/app.js:1:2)", True),
        (f"f@{OWN}:1:2\n@{FOREIGN}:3:4\n", True),
        (f"f@{FOREIGN}:1\n", False),
        (f"Error: failed on {LOGIN}/authorize", None),
        ("TypeError: x\n    at <anonymous>", None),
        ("", None),
        (None, None),
    ],
)
def test_an_error_is_put_down_to_the_script_of_its_stack_and_not_to_what_its_words_name(build, pieces, stack, own):
    facts = shown(build, pieces, page_errors=[thrown("x is null", stack)])
    (failed,) = facts.get("failed_scripts").value
    assert failed.own is own
    advice = "open the page with the browser's console and see whether it works once that is repaired"
    hints = {True: f"{advice}; if that is not it, {HINT}", None: f"{HINT}; if that is not it, {advice}", False: HINT}
    assert told(facts)[1] == hints[own]


def test_a_script_that_stands_in_the_page_is_not_named_by_the_address_of_the_page(build, pieces):
    inline = thrown("x is null", f"TypeError: x is null\n    at {LOGIN}/authorize?client_id=a:1:1")
    (failed,) = shown(build, pieces, page_errors=[inline]).get("failed_scripts").value
    assert failed.suspect.says == "a script of the page failed: x is null (line 1, column 1)"


def test_what_is_known_to_be_the_sites_own_comes_first_and_what_is_not_last(build, pieces):
    stacks = (f"x\n    at {FOREIGN}:1:1", None, f"x\n    at {OWN}:1:1")
    errors = [thrown(f"error {n}", stack) for n, stack in enumerate(stacks)]
    failed = shown(build, pieces, page_errors=errors).get("failed_scripts").value
    assert [one.own for one in failed] == [True, None, False]
    assert [one.suspect.says for one in failed] == [
        f"a script of the page failed: error 2 (in {OWN.partition('?')[0]}, line 1, column 1)",
        "a script of the page failed: error 1",
        f"a script of the page failed: error 0 (in {FOREIGN.partition('?')[0]}, line 1, column 1)",
    ]


@pytest.mark.parametrize(
    ("blocked", "own"), [(OWN, True), (FOREIGN, False), ("inline", True), ("eval", True), ("data", True), ("", True)]
)
def test_a_script_that_the_policy_forbids_is_its_hosts(build, pieces, blocked, own):
    about = {"at": 0.5, "window": 0, "document": LOGIN, "disposition": "enforce", "directive": "script-src-elem"}
    facts = shown(build, pieces, csp_violations=[CspViolation(blocked=blocked, **about)])
    (failed,) = facts.get("failed_scripts").value
    assert failed.own is own
    assert (told(facts)[1] == HINT) is not own
    assert not failed.suspect.says.endswith(" ")


@pytest.mark.parametrize("stack", [None, f"TypeError: x\n    at f ({OWN}:1:2)"])
def test_where_a_step_of_the_testers_own_failed_its_advice_comes_alone(build, pieces, stack):
    asked = build.authorization()
    home = [build.get(asked.url, location=f"{LOGIN}/"), build.get(f"{LOGIN}/")]
    error = thrown("x is null", stack)
    message, hint = told(shown(build, pieces, fault=Fault.TESTER, first=home, page_errors=[error]))
    file = f" (in {OWN.partition('?')[0]}, line 1, column 2)" if stack else ""
    assert f"Seen on this page: a script of the page failed: x is null{file}." in message
    assert hint == HINT


def test_at_most_three_are_named(build, pieces):
    message, _ = told(shown(build, pieces, page_errors=[thrown(f"error {n}") for n in range(5)]))
    assert message.count("a script of the page failed") == 3
    assert "error 2; and 2 more." in message


@pytest.mark.parametrize("ending", ["dead_end", "timeout", "captcha", "login_blocked"])
def test_an_ending_that_is_not_for_want_of_a_form_stays_as_it_is(build, pieces, ending):
    facts = shown(build, pieces, build.sub(OWN, "script", status=404), ending=ending)
    assert facts.get("told_ending").value == facts.get("ending").value


def test_a_page_on_which_no_script_failed_has_nothing_to_tell(build, pieces):
    steps = [build.sub(OWN, "script"), build.sub(f"{LOGIN}/me", "fetch", status=401)]
    facts = shown(build, pieces, *steps, build.sub(f"{LOGIN}/site.css", "stylesheet", status=404))
    assert facts.get("told_ending").value == facts.get("ending").value


def test_what_a_trial_proved_is_not_doubted(build, pieces):
    made = {"changed": "", "until": "login_form", "duration_s": 0.1}
    trials = (
        Trial(n=1, factor="nothing", ending="login_not_found", **made),
        Trial(n=2, factor="stand_in", address=OWN.partition("?")[0], ending="stopped", **made),
    )
    message, _ = told(shown(build, pieces, build.sub(OWN, "script", status=404), trials=trials))
    assert message.endswith("(status 404).")
    asked = build.authorization()
    home = [build.get(asked.url, location=f"{LOGIN}/"), build.get(f"{LOGIN}/")]
    _, hint = told(shown(build, pieces, build.sub(OWN, "script", status=404), trials=trials, first=home))
    assert "redirect URI" not in hint


def test_a_request_that_was_answered_with_the_front_page_may_be_unknown_to_the_server(build, pieces):
    asked = build.authorization()
    home = [build.get(asked.url, location=f"{LOGIN}/"), build.get(f"{LOGIN}/")]
    message, hint = told(shown(build, pieces, first=home))
    assert message == "No login form was found."
    assert hint.startswith("check that client id and redirect URI are registered just as Alexa sends them")
    assert hint.endswith(f"; if that is not it, {HINT}")
    _, both = told(shown(build, pieces, build.sub(OWN, "script", status=404), first=home))
    assert both.index("redirect URI") < both.index("console") < both.index(HINT)


@pytest.mark.parametrize("path", ["/login", "/?login_challenge=1", "/#/login", "/?next="])
def test_a_page_that_may_be_the_login_speaks_for_no_unknown_request(build, pieces, path):
    asked = build.authorization()
    url = f"{LOGIN}{path}{asked.state if path.endswith('next=') else ''}"
    assert told(shown(build, pieces, first=[build.get(asked.url, location=url), build.get(url)]))[1] == HINT


@pytest.mark.parametrize("status", [400, 403, 404, 500, 503])
def test_an_error_at_the_root_is_no_front_page(build, pieces, status):
    asked = build.authorization()
    home = [build.get(asked.url, location=f"{LOGIN}/"), build.get(f"{LOGIN}/", status=status)]
    assert told(shown(build, pieces, first=home))[1] == HINT


@pytest.mark.parametrize(("kind", "is_front_page"), [("text", False), ("email", False), ("search", True)])
def test_a_front_page_with_a_field_may_be_the_login_unless_it_is_to_search(build, pieces, kind, is_front_page):
    asked = build.authorization()
    home = [build.get(asked.url, location=f"{LOGIN}/"), build.get(f"{LOGIN}/")]
    field = pieces.control("field", "Number", type=kind)
    _, hint = told(shown(build, pieces, first=home, controls=[field]))
    assert hint.startswith("check that client id") is is_front_page
