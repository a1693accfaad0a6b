"""Logins that are through, and end on a page that keeps the answer: shown as text, or made for a pop-up."""

from __future__ import annotations

import json

import pytest

from e2e_linker.evidence.models import ConsoleMessage, LoginStep
from e2e_linker.model import Confidence, Severity

AUDIT = "unsent-answer"
LOGIN = "https://login.example.com"
END = f"{LOGIN}/consent"
STEPS = (
    LoginStep(at=0.21, action="fill", target="#password", what="password", outcome="done"),
    LoginStep(at=0.22, action="submit", target="submit “Sign in”", what="submit", outcome="done"),
    LoginStep(at=0.42, action="click", target="submit “Allow”", what="allow", outcome="done"),
)
CLOSING = "Scripts may close only the windows that were opened by them."
FIREFOX = "Scripts may not close windows that were not opened by script."
OPENER = "<h1>Linked</h1><script>if(window.opener)opener.location='/done';window.close()</script>"


def ended(build, pieces, body, *, kind="text/html; charset=utf-8", status=200, ending="dead_end", seen=None, said=None):
    """A login whose consent was answered with ``body``, of which ``seen`` (fields of a digest) was shown."""
    asked = build.authorization()
    answer = build.post(END, {}, status=status, excerpt=body, response_headers=[("Content-Type", kind)])
    look = {"title": "", "headings": (), "text": body, "controls": (), "viewport_meta": None, **(seen or {})}
    console = [] if said is None else [ConsoleMessage(at=0.6, window=0, type="warning", text=said)]
    return build.walk(
        [*build.healthy_steps(asked, None), answer],
        asked=asked,
        answer=None,
        ending=ending,
        login=STEPS,
        screens=[pieces.screen(1, 5.5, pieces.digest(END, **look))],
        console=console,
    )


def only(outcome, rule):
    assert outcome.status == "failed", outcome
    (found,) = outcome.findings
    assert (found.rule, found.severity) == (rule, Severity.BREAKS)
    return found


def judged(build, walk):
    """The audits besides this one that would tell the end otherwise."""
    return {
        name for name in ("error-page", "screen-blank", "mobile-layout") if build.judge(name, walk).status == "failed"
    }


def answers(build):
    asked = build.authorization()
    url = build.answer(asked).replace("%3Ccode%231%3E", "<code#1>")
    return {
        "json": json.dumps({"redirect": url}),
        "escaped": json.dumps({"to": f"{asked.redirect_uri}?state=x&code=%3Ccode%231%3E"})
        .replace("/", "\\/")
        .replace("&", "\\u0026"),
        "state first": json.dumps({"to": f"{asked.redirect_uri}?state={asked.state}&code=%3Ccode%231%3E"}),
        "text": url,
        "fields": json.dumps({"code": "<code#1>", "state": asked.state}),
    }


@pytest.mark.parametrize("which", ["json", "escaped", "state first", "text", "fields"])
@pytest.mark.parametrize("kind", ["application/json", "text/plain", "text/html"])
def test_an_answer_that_is_shown_as_text_was_not_sent(build, pieces, which, kind):
    walk = ended(build, pieces, answers(build)[which], kind=kind)
    found = only(build.judge(AUDIT, walk), "redir-is-http-redirect-or-navigation")
    assert f"{END} answers with a document of type {kind} that holds what Alexa is to get" in found.message
    assert "<code" not in found.message
    assert found.confidence is Confidence.LIKELY
    assert found.fix.text.startswith("Answer this form with 303 See Other")
    assert "error-page" not in judged(build, walk)


def test_what_a_browsers_own_viewer_makes_of_a_document_does_not_hide_the_answer(build, pieces):
    walk = ended(build, pieces, answers(build)["json"], kind="application/json", seen={"text": "JSON Raw Data Headers"})
    only(build.judge(AUDIT, walk), "redir-is-http-redirect-or-navigation")


def test_the_end_of_another_window_and_what_an_earlier_page_closed_are_not_meant(build, pieces):
    early = ended(build, pieces, "<p>x</p>", seen={"text": "Linked"}, said=CLOSING)
    (line,) = early.console.value
    console = early.console.model_copy(update={"value": (line.model_copy(update={"at": 0.1}),)})
    assert build.judge(AUDIT, early.model_copy(update={"console": console})).status == "inconclusive"
    requests = early.requests.value
    moved = (*requests[:-1], requests[-1].model_copy(update={"window": 1}))
    popup = early.model_copy(update={"requests": early.requests.model_copy(update={"value": moved})})
    assert build.judge(AUDIT, popup).status == "inconclusive"


def test_what_is_no_page_is_not_measured_as_one(build, pieces):
    json_text, asks = '{"status":"ok"}', {"controls": (pieces.control("field", "PIN", name="pin"),)}
    assert "mobile-layout" not in judged(build, ended(build, pieces, json_text, kind="application/json", seen=asks))
    assert "mobile-layout" in judged(build, ended(build, pieces, json_text, kind="text/html", seen=asks))


def test_a_document_without_a_code_or_with_a_number_called_so_is_no_answer(build, pieces):
    asked = build.authorization()
    for body in (
        json.dumps({"redirect": asked.redirect_uri}),
        json.dumps({"code": 1002345, "message": f"redirect_uri {asked.redirect_uri} is unknown", "state": asked.state}),
        json.dumps({"code": "<code#1>"}),
        json.dumps({"url": f"{asked.redirect_uri}?error=server_error&state={asked.state}"}),
    ):
        assert build.judge(AUDIT, ended(build, pieces, body, kind="application/json")).status == "inconclusive"


def test_a_link_or_an_error_is_no_text_that_is_shown(build, pieces):
    url = answers(build)["text"]
    link = f'<h1>Linked</h1><a href="{url}">Return to Alexa</a>'
    assert build.judge(AUDIT, ended(build, pieces, link, seen={"text": "Linked"})).status == "inconclusive"
    assert build.judge(AUDIT, ended(build, pieces, url, kind="text/plain", status=500)).status == "inconclusive"


@pytest.mark.parametrize(
    ("body", "text", "said", "confidence"),
    [
        (OPENER, "Linked", CLOSING, Confidence.LIKELY),
        ("<script src=/end.js></script><p>Done.</p>", "Done.", FIREFOX, Confidence.LIKELY),
        (OPENER, "You may close this window.", None, Confidence.LIKELY),
        (OPENER, "Linked", None, Confidence.POSSIBLE),
        ("<script>window.opener.postMessage({ok:1},'*')</script>", "Done", None, Confidence.POSSIBLE),
        ("<p>Done</p>", "All set! You can close this window now.", None, Confidence.POSSIBLE),
        ("<p>Fertig</p>", "Sie können dieses Fenster jetzt schließen.", None, Confidence.POSSIBLE),
    ],
)
def test_a_page_that_is_made_for_a_pop_up_is_the_one_finding(build, pieces, body, text, said, confidence):
    walk = ended(build, pieces, body, seen={"title": "Linked", "text": text}, said=said)
    found = only(build.judge(AUDIT, walk), "auth-no-popups")
    assert found.confidence is confidence
    assert found.message.startswith(f"The login ends on {END}, a page as for a pop-up window: ")
    assert (f"The browser says: “{said}”" in found.message) is (said is not None)
    assert "redirect mode" in found.fix.text
    assert not judged(build, walk) & {"error-page", "screen-blank"}


def test_a_page_of_the_service_on_which_a_script_knows_openers_is_lost_all_the_same(build, pieces):
    home = {"title": "Dashboard", "headings": ("Welcome",), "text": "Your lights"}
    leaving = {"title": "Lamps", "text": "Kitchen", "controls": (pieces.control("link", "Log out"),)}
    for seen in (home, leaving, {"title": "Lamps", "text": "Kitchen " * 100}):
        walk = ended(build, pieces, OPENER, seen=seen)
        assert build.judge(AUDIT, walk).status == "inconclusive"
        assert build.judge("error-page", walk).status == "failed"


@pytest.mark.parametrize(
    "seen",
    [
        {"title": "Something went wrong", "text": "Please close this window."},
        {"text": "Close this window when you are done", "asks": True},
        {"text": "Linked", "body": "<button onclick=\"window.close()\">Close</button><a onclick='self.close()'>x</a>"},
        {"text": "Linked", "body": "<p>window.opener is explained here</p>"},
    ],
)
def test_errors_forms_and_buttons_that_close_are_no_ends_of_pop_ups(build, pieces, seen):
    asks, body = seen.pop("asks", False), seen.pop("body", "<p>x</p>")
    walk = ended(build, pieces, body, seen={**seen, "controls": (pieces.control(label="Save"),) if asks else ()})
    assert build.judge(AUDIT, walk).status == "inconclusive"


@pytest.mark.parametrize("ending", ["login_rejected", "login_not_found", "captcha", "unreachable", "crashed"])
def test_another_ending_says_nothing_of_the_last_page(build, pieces, ending):
    walk = ended(build, pieces, OPENER, seen={"text": "Linked"}, said=CLOSING, ending=ending)
    assert build.judge(AUDIT, walk).status == "inconclusive"


def test_a_login_that_arrives_kept_nothing(build):
    assert build.judge(AUDIT).status == "passed"


def test_a_page_whose_script_is_missing_is_not_made_for_a_pop_up_because_it_may_be_one(build, pieces):
    asked = build.authorization()
    page = build.post(END, {}, excerpt="<div id=app></div><script>if(window.opener)opener.postMessage('x')</script>")
    look = {"title": "", "headings": (), "text": "", "controls": (), "viewport_meta": None}
    for status, found in ((200, "failed"), (404, "inconclusive")):
        walk = build.walk(
            [*build.healthy_steps(asked, None), page, build.sub(f"{LOGIN}/app.js", "script", status=status)],
            asked=asked,
            answer=None,
            ending="dead_end",
            login=STEPS,
            screens=[pieces.screen(1, 5.5, pieces.digest(END, **look))],
        )
        assert build.judge(AUDIT, walk).status == found
