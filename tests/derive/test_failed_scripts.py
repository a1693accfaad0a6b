"""Scripts that failed where no login form came: whose they are, and what the ending says of them."""

from __future__ import annotations

import pytest

from e2e_linker.derive.base import case_facts
from e2e_linker.evidence.models import Causes, CspViolation, Ending, PageError, Present, Trial

LOGIN = "https://login.example.com"
OWN, FOREIGN = f"{LOGIN}/static/app.js?v=1", "https://analytics.example.net/count.js"
HINT = "write the steps"


def shown(build, pieces, *steps, ending="login_not_found", trials=(), first=None, **more):
    """The facts of a case that ended on its first page, which holds links and no form."""
    asked = build.authorization()
    text = "Acme Home and Garden. Everything for your home since 1912, in one place."
    link = pieces.control("link", "Lamps")
    digest = pieces.digest(f"{LOGIN}/authorize", [link], text=text, headings=(), title="Acme")
    ended = Ending(kind=ending, message="No login form was found.", hint=HINT)
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
        "page failed: Vendor is not defined." in message
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
