"""Redirects by which a browser sends a form once more, to an address that takes none."""

from __future__ import annotations

import pytest

LOGIN = "https://login.example.com"
FORM = '<form><input type="password"></form>'


def repeated(build, *, by=307, to=None, status=404, says="Cannot POST /authorize", excerpt=FORM, sent="/login", got=()):
    """A login whose form at ``sent`` is answered with a redirect to ``to``, else to the authorization endpoint."""
    asked = build.authorization()
    to = to or asked.url
    steps = [
        build.get(asked.url, location=f"{LOGIN}/login"),
        build.get(f"{LOGIN}/login", excerpt=excerpt),
        *(build.get(url, status=200) for url in got),
        build.post(f"{LOGIN}{sent}", {"user": "u"}, location=to, status=by),
        (build.post if by in {307, 308} else build.get)(to, status=status, excerpt=says),
    ]
    return build.walk(steps, asked=asked, answer=None, ending="dead_end")


def fix_of(build, **how):
    (found,) = build.judge("error-page", repeated(build, **how)).findings
    return found.fix.text


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 415])
@pytest.mark.parametrize("by", [307, 308])
def test_a_form_sent_once_more_to_the_authorization_endpoint_is_a_matter_of_the_redirect(build, by, status):
    fix = fix_of(build, by=by, status=status, says="<h1>Sorry</h1> CSRF token missing")
    assert fix.startswith(f"Answer POST {LOGIN}/login with status 303 (or 302) instead of {by}: with {by} the browser")
    assert f"once more to {build.authorization().url.split('?')[0]}, which refuses it." in fix
    assert fix.endswith("The password goes there, too, where nobody asks for it.")


def test_of_a_form_without_a_password_no_password_is_told(build):
    fix = fix_of(build, excerpt="<form><input name=code></form>", status=405)
    assert "instead of 307" in fix
    assert "password" not in fix


@pytest.mark.parametrize(
    "how",
    [
        {"status": 405},
        {"status": 415, "says": "Unsupported"},
        {"status": 404},
        {"status": 404, "says": "Nothing here", "got": (f"{LOGIN}/home?a=1",)},
    ],
)
def test_another_address_that_takes_no_form_is_told_by_how_it_answers(build, how):
    assert f"once more to {LOGIN}/home, which" in fix_of(build, to=f"{LOGIN}/home", **how)


@pytest.mark.parametrize(
    "how",
    [
        {"by": 303},
        {"by": 302, "status": 405},
        {"to": f"{LOGIN}/api/login", "status": 400, "says": "Oops"},
        {"to": f"{LOGIN}/api/login", "status": 403, "says": "Oops", "got": (f"{LOGIN}/api/login",)},
        {"to": f"{LOGIN}/gone", "says": "Nothing here"},
        {"to": f"{LOGIN}/login/", "status": 405},
        {"to": "https://www.example.com/login", "status": 405},
        {"status": 503},
    ],
)
def test_a_redirect_that_asks_or_that_hands_a_form_on_with_purpose_is_not_blamed(build, how):
    assert "instead of" not in fix_of(build, **how)
