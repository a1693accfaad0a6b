"""What to do where a server does not know the scheme and the host that its proxy is asked by."""

from __future__ import annotations

import pytest

from e2e_linker.evidence.models import SetCookie
from e2e_linker.model import Severity

HOST = "https://login.example.com"
TOKEN = SetCookie(name="csrftoken", value="<cookie#1>", size=41, path="/")
REFUSED = "<h1>Forbidden</h1> CSRF verification failed. Request aborted."


def refused(
    build, *, given=(TOKEN,), sent="csrftoken=<cookie#1>", says=REFUSED, status=403, form=f"{HOST}/login", **more
):
    """A login whose posted form is refused with ``says``."""
    steps = [
        build.get(f"{HOST}/authorize?client_id=alexa-skill", location=form),
        build.get(form, excerpt='<form><input type="password"></form>', set_cookies=given),
        build.post(f"{HOST}/login", {}, cookie=sent, status=status, excerpt=says, **more),
    ]
    return build.walk(steps, answer=None, ending="dead_end")


def fix_of(build, walk, audit="error-page"):
    (found,) = build.judge(audit, walk).findings
    return found.fix.text


def test_a_form_whose_cookies_came_back_was_refused_for_the_proxy(build):
    fix = fix_of(build, refused(build))
    assert fix.startswith("The cookies of the form's page came back, so look first at what the server holds its own")
    assert "`X-Forwarded-Proto`" in fix
    assert "`SECURE_PROXY_SSL_HEADER` and `CSRF_TRUSTED_ORIGINS`" in fix


def test_the_page_by_which_laravel_takes_a_form_for_a_forged_one_is_known(build):
    fix = fix_of(build, refused(build, says="<title>Page Expired</title>419 | PAGE EXPIRED", status=419))
    assert fix.startswith("The cookies of the form's page came back")


CSURF = "at csrf (/srv/node_modules/csurf/index.js:112:19)"


def test_a_check_that_only_the_trace_of_another_error_names_refused_no_form(build):
    other = f"<pre>BadRequestError: Missing required parameter: transaction_id<br>&nbsp;{CSURF}</pre>"
    fix = fix_of(build, refused(build, says=other, status=400))
    assert "X-Forwarded-Proto" not in fix
    assert "error that the last page names" in fix
    own = f"<pre>ForbiddenError: invalid csrf token<br>&nbsp;{CSURF}</pre>"
    assert "`X-Forwarded-Proto`" in fix_of(build, refused(build, says=own))


def test_a_form_that_came_without_them_was_refused_for_that(build):
    gone = TOKEN.model_copy(update={"name": "old", "size": 3})
    fix = fix_of(build, refused(build, given=(TOKEN, gone), sent=None))
    assert "the form came without `csrftoken`. Look at their" in fix
    assert "Forwarded" not in fix
    assert fix_of(build, refused(build, given=(), sent=None)).startswith("No cookie was seen")


def test_a_form_of_no_origin_was_refused_for_the_policy_of_its_page(build):
    fix = fix_of(build, refused(build, headers=(("Origin", "null"),)))
    assert fix.startswith("The form was sent with `Origin: null`: let the form's page have a Referrer-Policy")


ANTIFORGERY = SetCookie(
    name=".AspNetCore.Antiforgery.x", value="<cookie#1>", size=60, path="/", http_only=True, domain="example.net"
)


def unsaid(build, *, field="__RequestVerificationToken", given=(TOKEN,), sent="csrftoken=s", status=400, says=""):
    """A login whose posted form, with a token in ``field``, gets an answer that says nothing."""
    steps = [
        build.get(f"{HOST}/authorize?client_id=alexa-skill", location=f"{HOST}/login"),
        build.get(f"{HOST}/login", excerpt='<form><input type="password"></form>', set_cookies=given),
        build.post(f"{HOST}/login", {"user": "u", field: "t"}, cookie=sent, status=status, excerpt=says),
    ]
    return build.walk(steps, answer=None, ending="dead_end", jar=())


def test_an_empty_answer_to_a_form_with_a_token_is_how_asp_net_refuses_it(build):
    fix = fix_of(build, unsaid(build))
    assert fix.startswith("The form carries a token, `__RequestVerificationToken`, and an empty answer with status 400")
    assert "Its cookies came back: look at how long the token is good" in fix
    assert "the form came without `csrftoken`" in fix_of(build, unsaid(build, sent=None))
    assert "No cookie was seen" in fix_of(build, unsaid(build, given=(), sent=None))


@pytest.mark.parametrize("other", [{"field": "remember"}, {"status": 403}, {"says": "<h1>Unknown scope</h1>"}])
def test_other_answers_to_a_form_are_not(build, other):
    assert "ASP.NET" not in fix_of(build, unsaid(build, **other))


def test_an_error_page_that_holds_nothing_names_no_error(build):
    assert "server's log" in fix_of(build, unsaid(build, field="remember"))
    assert "that the last page names" not in fix_of(build, unsaid(build, field="remember"))
    assert "that the last page names" in fix_of(build, unsaid(build, field="remember", says="<h1>Bad input</h1>"))


def test_a_cookie_that_no_browser_keeps_is_why_such_a_form_was_refused(build):
    for field, found in (("__RequestVerificationToken", Severity.BREAKS), ("remember", Severity.RECOMMENDED)):
        walk = unsaid(build, field=field, given=(ANTIFORGERY,), sent=None)
        assert [one.severity for one in build.judge("refused-cookies", walk).findings] == [found]


@pytest.mark.parametrize(
    "other", [{"says": "<h1>Forbidden</h1>"}, {"form": "https://idp.example.net/login"}, {"method": "GET"}]
)
def test_other_refusals_keep_their_advice(build, other):
    fix = fix_of(build, refused(build, **other))
    assert "csrf" not in fix.casefold()
    assert "Forwarded" not in fix
    assert "cookie" not in fix


def test_an_answer_that_a_proxy_dropped_is_looked_for_in_its_log(build):
    dropped = {"status": 502, "says": "<h1>502 Bad Gateway</h1>"}
    sent = fix_of(build, refused(build, **dropped))
    assert "`upstream sent too big header`" in sent
    assert "`proxy_buffer_size` and `proxy_buffers` (before FastCGI `fastcgi_buffer_size`" in sent
    assert "upstream" not in fix_of(build, refused(build, **dropped, method="GET"))
    assert "upstream" not in fix_of(build, refused(build, status=500, says="<h1>Error</h1>"))


def sent_to(build, url, how="location"):
    steps = [
        build.get(f"{HOST}/authorize?client_id=alexa-skill", location=f"{HOST}/login"),
        build.get(f"{HOST}/login"),
        build.post(f"{HOST}/login", {}, **({how: url} if how == "location" else {})),
        build.get(url),
    ]
    return build.walk(steps, answer=None)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://login.example.com/go", "login.example.com does not seem to know that its proxy speaks TLS"),
        ("https://login.example.com:8000/go", "The address looks like the one that the server has behind its proxy"),
        ("http://login.example.com:8000/go", "The address looks like the one that the server has behind its proxy"),
        ("http://localhost:4593/login.html", "The address looks like the one that the server has behind its proxy"),
        ("https://backend:8000/go", "The address looks like the one that the server has behind its proxy"),
    ],
)
def test_an_address_from_behind_the_proxy_is_told_as_one(build, url, words):
    fix = fix_of(build, sent_to(build, url), "hop-transport")
    assert fix.startswith(words)
    assert "`X-Forwarded-Proto`" in fix
    assert "settings" in fix


@pytest.mark.parametrize("url", ["http://other.example.com/go", "https://other.example.com:8443/go", "myapp://x"])
def test_other_addresses_keep_the_usual_advice(build, url):
    assert "proxy" not in fix_of(build, sent_to(build, url), "hop-transport")


def test_a_link_to_another_port_is_nothing_that_the_proxy_makes(build):
    walk = sent_to(build, "https://login.example.com:8443/go", how="navigation")
    assert "proxy" not in fix_of(build, walk, "hop-transport")
