"""Cookies that SameSite keeps away where an identity provider sends the customer back."""

from __future__ import annotations

import pytest

from e2e_linker.evidence.models import Failed, NotCollected, Present, SetCookie
from e2e_linker.model import Confidence, Severity

AUDIT = "withheld-cookies"
LOGIN, PROVIDER = "https://login.example.com", "https://idp.example.net"
BACK = f"{LOGIN}/cb"


def cookie(name="nonce", same_site="Lax", **more):
    usual = {"secure": True, "http_only": True, "path": "/"}
    return SetCookie(**{"name": name, "value": "<cookie#1>", "size": 20, "same_site": same_site, **usual, **more})


def returned(
    build, pieces, *, cookies=None, sent="", method="POST", status=400, says="Correlation failed", provider=PROVIDER,
    ending="dead_end", jar=None, answer=None, seen=None,
):  # fmt: skip
    """A login that its provider sends back to ``BACK``, which answers with ``status`` and ``says``."""
    asked, cookies = build.authorization(), [cookie()] if cookies is None else cookies
    callback = {"method": method, "url": BACK, "status": status, "excerpt": f"<p>{says}", "cookie": sent}
    steps = [
        build.get(asked.url, location=f"{provider}/login", set_cookies=cookies),
        build.get(f"{provider}/login"),
        build.post(f"{provider}/login", {}),
        callback if answer is None else {**callback, "location": answer, "status": 302},
    ]
    if answer is not None:
        steps.append(build.get(answer, status=status, excerpt=f"<p>{says}", cookie=sent if seen is None else seen))
    digest = pieces.digest(answer or BACK, controls=(), title="Error", headings=("Error",), text=says)
    kept = build.jar({one.name: 20 for one in cookies}) if jar is None else jar
    screens = [pieces.screen(1, 0.9, digest)]
    return build.walk(steps, asked=asked, answer=None, ending=ending, jar=kept, screens=screens)


def only(outcome):
    assert outcome.status == "failed", outcome
    (found,) = outcome.findings
    assert found.rule == "screen-error-page"
    return found


@pytest.mark.parametrize("ending", ["dead_end", "login_rejected"])
def test_a_lax_cookie_that_a_form_of_another_site_does_not_bring_is_the_cause(build, pieces, ending):
    found = only(build.judge(AUDIT, returned(build, pieces, ending=ending)))
    assert found.message == (
        "idp.example.net sends the customer back to login.example.com by POST, and this request came without the "
        "cookie `nonce`, which says `SameSite=Lax`: browsers send none such with a form that another site sends. The "
        "answer was status 400."
    )
    assert (found.severity, found.confidence) == (Severity.BREAKS, Confidence.LIKELY)
    assert "`SameSite=None; Secure`" in found.fix.text
    assert "response_mode=query" in found.fix.text
    assert (found.primary.ref, [one.ref for one in found.related]) == ("measured#4", ["measured#1"])


def test_a_strict_cookie_is_kept_from_a_redirect_too(build, pieces):
    strict = returned(build, pieces, cookies=[cookie(same_site="strict")], method="GET")
    found = only(build.judge(AUDIT, strict))
    assert "by GET, and this request came without the cookie `nonce`, which says `SameSite=Strict`" in found.message
    assert found.fix.text.startswith("Set it with `SameSite=Lax`")
    assert build.judge(AUDIT, returned(build, pieces, method="GET")).status == "inconclusive"


def test_a_limit_is_no_answer_to_a_missing_cookie(build, pieces):
    assert build.judge(AUDIT, returned(build, pieces, says="Too many requests", status=429)).status == "inconclusive"


def test_several_cookies_are_told_together(build, pieces):
    found = only(build.judge(AUDIT, returned(build, pieces, cookies=[cookie(), cookie("state.x", http_only=False)])))
    assert "the cookies `nonce`, `state.x`, which say `SameSite=Lax`" in found.message


def test_an_error_that_does_not_say_so_may_have_another_reason(build, pieces):
    found = only(build.judge(AUDIT, returned(build, pieces, says="Something went wrong", status=500)))
    assert (found.severity, found.confidence) == (Severity.RECOMMENDED, Confidence.POSSIBLE)
    told = only(build.judge(AUDIT, returned(build, pieces, status=200, says="State mismatch")))
    assert told.message.endswith("The answer was an error page.")
    assert told.severity is Severity.BREAKS


def test_where_a_cookie_that_may_come_came_along_another_may_be_missing(build, pieces):
    cookies = [cookie("session"), cookie("correlation", same_site="None")]
    found = only(build.judge(AUDIT, returned(build, pieces, cookies=cookies, sent="correlation=1")))
    assert "the cookie `session`" in found.message
    assert found.confidence is Confidence.POSSIBLE


def test_one_that_was_not_sent_or_that_scripts_set_was_not_looked_for(build, pieces):
    for other, sent in ((cookie("correlation", same_site="None"), ""), (cookie("t", "None", http_only=False), "t=1")):
        found = only(build.judge(AUDIT, returned(build, pieces, cookies=[cookie("x1"), other], sent=sent)))
        assert found.confidence is Confidence.LIKELY


def test_a_form_that_comes_back_and_a_cookie_of_another_host_say_nothing(build, pieces):
    walk = returned(build, pieces, status=403, says="Correlation failed")
    asking = walk.screens.value[0].model_copy(update={"digest": Present(value=pieces.digest(BACK))})
    form = walk.model_copy(update={"screens": walk.screens.model_copy(update={"value": (asking,)})})
    assert build.judge(AUDIT, form).status == "inconclusive"
    first, second, *others = walk.requests.value
    moved = (
        first.model_copy(update={"set_cookies": ()}),
        second.model_copy(update={"set_cookies": first.set_cookies}),
        *others,
    )
    theirs = walk.model_copy(update={"requests": walk.requests.model_copy(update={"value": moved})})
    assert build.judge(AUDIT, theirs).status == "inconclusive"


@pytest.mark.parametrize(
    "healthy",
    [
        {"sent": "nonce=1"},
        {"cookies": [cookie(same_site="None")]},
        {"cookies": [cookie(same_site=None)]},
        {"cookies": [cookie("theme", http_only=False)]},
        {"cookies": [cookie(path="/other")]},
        {"cookies": []},
        {"provider": "https://id.example.com"},
        {"jar": ()},
        {"status": 200, "says": "Welcome"},
        {"ending": "captcha"},
        {"ending": "redirect_loop"},
        {"answer": f"{LOGIN}/end", "seen": "nonce=1"},
    ],
)
def test_what_came_was_not_meant_or_did_no_harm_is_not_blamed(build, pieces, healthy):
    assert build.judge(AUDIT, returned(build, pieces, **healthy)).status == "inconclusive"


def test_the_request_before_the_page_counts_where_the_answer_redirects_to_an_error(build, pieces):
    found = only(build.judge(AUDIT, returned(build, pieces, answer=f"{LOGIN}/error")))
    assert found.primary.ref == "measured#4"
    strict = returned(build, pieces, answer=f"{LOGIN}/error", cookies=[cookie(same_site="Strict")])
    assert only(build.judge(AUDIT, strict)).primary.ref == "measured#4"


def test_a_later_cookie_of_that_name_counts(build, pieces):
    walk = returned(build, pieces, cookies=[cookie(), cookie(same_site="None")])
    assert build.judge(AUDIT, walk).status == "inconclusive"


UNREAD = (Failed(error="the browser did not hand out its cookies"), NotCollected(reason="nobody read the jar"))


@pytest.mark.parametrize("jar", [(), *UNREAD])
def test_a_login_that_arrives_needs_none_of_them(build, jar):
    assert build.judge(AUDIT, build.walk(jar=jar)).status == "passed"


@pytest.mark.parametrize("jar", UNREAD)
def test_one_that_fails_is_not_judged_without_the_jar(build, pieces, jar):
    assert build.judge(AUDIT, returned(build, pieces, jar=jar)).status == "inconclusive"


def test_the_session_cookie_of_express_counts_also_where_scripts_may_read_it(build, pieces):
    cookies = [cookie("connect.sid", http_only=False)]
    assert "`connect.sid`" in only(build.judge(AUDIT, returned(build, pieces, cookies=cookies))).message


def test_a_name_that_is_made_up_for_each_login_leaves_the_finding_the_same(build, pieces):
    names = [f".AspNetCore.Correlation.{each}" for each in ("UNwTOFFSk3QdaJr9VbXcE", "7zwUAtAkpLm3QnR8sTv2")]
    one, other = (only(build.judge(AUDIT, returned(build, pieces, cookies=[cookie(name)]))) for name in names)
    assert names[0] in one.message
    assert one.fingerprint == other.fingerprint
    assert one.subject == "login.example.com withheld `.AspNetCore.Correlation.*`"
