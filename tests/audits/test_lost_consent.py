"""Logins that are taken, ask for consent, and are asked for once more after that."""

from __future__ import annotations

import pytest

from e2e_linker.evidence.models import LoginStep, SetCookie
from e2e_linker.model import Confidence, Severity

AUDIT = "error-page"
HOST = "https://login.example.com"
SENT = {"username": "<username#1>", "password": "<password#1>"}
FORM = "<form method=post><input name=user><input type=password name=pass></form>"
CONSENT = "<form method=post><button name=yes>Accept</button></form>"
SID = SetCookie(name="sid", value="<cookie#1>", size=41, path="/", http_only=True)


def step(at, what, action="click", outcome="done"):
    return LoginStep(at=at, action=action, target="x", what=what, outcome=outcome)


PRESSED = step(0.25, "allow")


def consented(build, *, press=PRESSED, sent="sid=<cookie#1>", shown=CONSENT, last=FORM, ending="dead_end"):
    """A login whose consent page was left by ``press``, with the cookies ``sent``, and that ends on ``last``."""
    steps = [
        build.get(f"{HOST}/login", excerpt=FORM),
        build.post(f"{HOST}/login", SENT, set_cookies=[SID], excerpt=shown, status=200),
        build.post(f"{HOST}/login", {"yes": "1"}, cookie=sent, excerpt=last, status=200),
    ]
    return build.walk(steps, answer=None, ending=ending, login=(step(0.12, "password", "fill"), press))


@pytest.mark.parametrize(
    ("sent", "fix"),
    [
        (
            "sid=<cookie#1>",
            "The consent brought back what the login had set, `sid`, and the server asked for the login all",
        ),
        (None, "See whether the cookie of the session comes back with the consent"),
    ],
)
def test_a_login_that_is_asked_for_after_consent_lost_its_session(build, sent, fix):
    outcome = build.judge(AUDIT, consented(build, sent=sent))
    (found,) = outcome.findings
    assert (found.rule, found.severity, found.confidence) == ("screen-error-page", Severity.BREAKS, Confidence.LIKELY)
    assert found.message.startswith(
        "After the login and the consent the customer is asked to log in once more by login.example.com: status 200"
    )
    assert found.fix.text.startswith(fix)
    assert "a store that all share" in found.fix.text


@pytest.mark.parametrize(
    "other",
    [
        {"press": step(0.25, "next")},
        {"press": step(0.05, "allow")},
        {"press": step(0.25, "allow", outcome="failed")},
        {"press": step(0.25, "allow", "check")},
        {"press": step(0.95, "allow")},
        {"shown": FORM},
        {"ending": "login_rejected"},
    ],
)
def test_a_form_that_comes_again_without_consent_is_no_lost_session(build, other):
    assert build.judge(AUDIT, consented(build, **other)).status == "inconclusive"
