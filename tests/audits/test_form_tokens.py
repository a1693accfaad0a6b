"""A form that is refused as forged: what its own token, and the words of the page, tell of why."""

from __future__ import annotations

import pytest

from e2e_linker.evidence.models import SetCookie

HOST = "https://login.example.com"
SESSION = SetCookie(name="sid", value="<cookie#1>", size=41, path="/")
CSURF = "<pre>ForbiddenError: invalid csrf token<br>&nbsp;at csrf (/srv/node_modules/csurf/index.js:112:19)</pre>"
DJANGO = "<h1>Forbidden</h1> CSRF verification failed. Request aborted."
ADDRESS = "The cookies of the form's page came back, so look first at what the server holds its own address to be"
TOKEN = "The cookies of the form's page came back, so look first at the form's token"
EMPTY = "The form came with an empty `_csrf`"
NONE = "The form came without a field for the token"


def refused(build, fields, *, says=CSURF, login=None, status=403, query="", **more):
    """What is advised where the consent form with ``fields`` is refused, after a login that sent ``login``."""
    steps = [
        build.get(f"{HOST}/authorize?client_id=alexa-skill", location=f"{HOST}/login", set_cookies=(SESSION,)),
        build.get(f"{HOST}/login", excerpt='<form><input type="password"></form>'),
        build.post(f"{HOST}/login", {"user": "u", **(login or {})}, cookie="sid=s", location=f"{HOST}/consent"),
        build.get(f"{HOST}/consent", excerpt="<form><button>Allow</button></form>"),
        build.post(f"{HOST}/decision{query}", fields, cookie="sid=s", status=status, excerpt=says, **more),
    ]
    (found,) = build.judge("error-page", build.walk(steps, answer=None, ending="dead_end")).findings
    return found.fix.text


@pytest.mark.parametrize("says", [CSURF, DJANGO])
def test_a_form_with_an_empty_token_is_told_to_have_one(build, says):
    for headers in ((), (("Origin", "null"),)):
        fix = refused(build, {"transaction_id": "t", "_csrf": ""}, says=says, headers=headers)
        assert fix.startswith(EMPTY)
        assert "Forwarded" not in fix


def test_a_form_without_the_token_that_an_earlier_one_had_is_told_to_have_one(build):
    fix = refused(build, {"transaction_id": "t"}, login={"_csrf": "abc"})
    assert fix.startswith(f"{NONE} that protects it, and an earlier form of the login had `_csrf`")
    assert "Forwarded" not in fix


@pytest.mark.parametrize(
    "says", ["<p>CSRF token missing.</p>", "<p>Invalid CSRF Token 'null' was found on the request parameter.</p>"]
)
def test_a_form_whose_token_the_page_misses_is_told_to_have_one(build, says):
    assert refused(build, {"transaction_id": "t"}, says=says).startswith(NONE)


@pytest.mark.parametrize(
    ("fields", "more"),
    [
        ({"transaction_id": "t"}, {}),
        ({"_csrf": "abc"}, {"login": {"_csrf": "abc"}}),
        ({"_csrf": "", "csrf_token": "abc"}, {}),
        ({"_csrf": "", "_token": "abc"}, {}),
        ({"a": "b"}, {"login": {"_csrf": "abc"}, "query": "?_csrf=abc"}),
        ({"_token": "abc"}, {"login": {"_csrf": "abc"}}),
        ({"a": "b"}, {"login": {"_csrf": ""}}),
        ({}, {"login": {"_csrf": "abc"}}),
    ],
)
def test_a_token_that_came_or_that_nobody_wants_is_not_missed(build, fields, more):
    assert refused(build, fields, **more).startswith(TOKEN)
    assert refused(build, fields, says=DJANGO, **more).startswith(ADDRESS)


@pytest.mark.parametrize("says", ["<p>Origin checking failed - null does not match</p>", "<p>State mismatch</p>"])
def test_words_on_another_matter_are_heeded_before_an_empty_or_missing_token(build, says):
    assert not refused(build, {"a": "b"}, says=says, login={"_csrf": "abc"}).startswith(NONE)
    assert not refused(build, {"_csrf": ""}, says=says).startswith(EMPTY)
    nowhere = refused(build, {"_csrf": "a"}, says=says, headers=(("Origin", "null"),))
    assert nowhere.startswith("The form was sent with `Origin: null`")


def test_an_empty_answer_to_a_form_with_an_empty_token_is_refused_for_it(build):
    field = "__RequestVerificationToken"
    assert refused(build, {field: ""}, says="", status=400).startswith(f"The form came with an empty `{field}`")
    held = refused(build, {field: "t"}, says="", status=400, headers=(("Origin", "null"),))
    assert held.startswith(f"The form carries a token, `{field}`")


@pytest.mark.parametrize("says", ["<p>missing CSRF cookie</p>", "<p>CSRF cookie not set</p>"])
def test_a_cookie_that_is_missing_is_no_field(build, says):
    assert not refused(build, {"transaction_id": "t"}, says=says).startswith(NONE)
