"""Logins that are through, and whose way back to Alexa the browser does not take."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from e2e_linker.model import Confidence, Severity

AUDIT = "unsent-answer"
LOGIN = "https://login.example.com"
END = f"{LOGIN}/consent"
OTHERS = ("error-page", "screen-blank", "redirect-uri", "undisplayed-page", "dead-press", "forgotten-session")


def ended(build, pieces, *last, ending="dead_end", text="Thanks!", at=5.5):
    """A login whose consent was answered as ``last`` says, the end of which showed ``text``."""
    digest = pieces.digest(last[-1]["url"], (), title="", headings=(), text=text)
    return build.walk(
        [*build.healthy_steps(build.authorization(), None), *last],
        answer=None,
        ending=ending,
        screens=[pieces.screen(1, at, digest)],
    )


def only(build, walk):
    """The one finding, where no other audit tells the end otherwise."""
    outcome = build.judge(AUDIT, walk)
    assert outcome.status == "failed", outcome
    assert [name for name in OTHERS if build.judge(name, walk).status == "failed"] == []
    (found,) = outcome.findings
    assert found.severity is Severity.BREAKS
    assert "<code" not in found.message
    return found


def answer(build, **more):
    return build.answer(build.authorization(), **more)


def beside(build, status, url, **more):
    """The consent answered with ``status`` and a Location."""
    return build.post(END, {}, status=status, response_headers=[("location", url)], **more)


@pytest.mark.parametrize(("status", "text"), [(200, ""), (200, "Thanks!"), (201, '{"ok":true}')])
def test_a_location_without_the_status_of_a_redirect_is_named(build, pieces, status, text):
    found = only(build, ended(build, pieces, beside(build, status, answer(build), excerpt=text), text=text))
    assert found.rule == "redir-is-http-redirect-or-navigation"
    assert found.message == (
        f"{END} answers with a Location that leads to Alexa, and with status {status}, which is no redirect: browsers "
        "stay where they are."
    )
    assert found.fix.text.startswith("Answer with status 303 See Other and the same Location.")


def test_a_location_that_leads_elsewhere_or_came_with_an_error_is_not(build, pieces):
    for status, url in (
        (201, f"{LOGIN}/grants/7"),
        (201, "https://other.example.org/?code=1"),
        (200, build.redirect_uri()),
        (500, answer(build)),
        (403, answer(build)),
    ):
        walk = ended(build, pieces, beside(build, status, url, excerpt="Thanks!"))
        assert build.judge(AUDIT, walk).status == "inconclusive", url


@pytest.mark.parametrize("ending", ["arrived", "crashed", "interrupted"])
def test_a_login_that_ended_otherwise_is_not_judged(build, pieces, ending):
    walk = ended(build, pieces, beside(build, 200, answer(build)), ending=ending)
    assert build.judge(AUDIT, walk).status != "failed"


def page(url, delay):
    return f'<html><head><meta http-equiv="refresh" content="{delay};url={url}"></head><body>Thanks!</body></html>'


@pytest.mark.parametrize("how", ["meta", "header"])
def test_a_refresh_that_comes_after_the_customer_is_gone_is_named(build, pieces, how):
    url = answer(build)
    given = {"excerpt": page(url, 20)} if how == "meta" else {"response_headers": [("Refresh", f"20; url={url}")]}
    found = only(build, ended(build, pieces, build.post(END, {}, **given)))
    assert found.rule == "redir-is-http-redirect-or-navigation"
    assert found.message.startswith(f"{END} goes to Alexa by a refresh after 20 s. The page was watched for 5 s")
    assert (found.confidence, found.primary.ref) == (Confidence.LIKELY, "measured#5")


def test_a_refresh_that_was_waited_for_that_leads_elsewhere_or_is_not_read_is_not(build, pieces):
    url = answer(build)
    for body in (
        page(url, 3),
        page(f"{LOGIN}/home", 20),
        page(build.redirect_uri(), 20),
        page(f"{LOGIN}/consent", 20),
        f"<noscript>{page(url, 20)}</noscript>",
        f"<!-- {page(url, 20)} -->",
        f"<script>const later = `{page(url, 20)}`</script>",
    ):
        walk = ended(build, pieces, build.post(END, {}, excerpt=body))
        assert build.judge(AUDIT, walk).status == "inconclusive", body


def lost(build, location, led, **more):
    """The consent redirected to ``location``, which a browser reads as ``led``."""
    sent = build.post(END, {}, status=302, response_headers=[("Location", location)])
    return sent, build.get(led, redirected_from=5, **{"status": 404, "excerpt": "Not found", **more})


SPELT = {
    "no scheme": (lambda url: url.removeprefix("https://"), "leads to the redirect URI without its `https://`"),
    "one slash": (lambda url: url.replace("//", "/", 1), "leads to the redirect URI without its `https://`"),
    "encoded": (lambda url: quote(url, safe="="), "leads to the redirect URI percent-encoded as a whole"),
    "encoded twice": (lambda url: quote(quote(url, safe=""), safe=""), "leads to the redirect URI percent-encoded"),
    "path alone": (lambda url: "/" + url.split("/", 3)[3], "leads to the path of the redirect URI alone"),
}


@pytest.mark.parametrize("spelt", SPELT)
@pytest.mark.parametrize("status", [404, 200])
def test_a_redirect_uri_that_browsers_take_for_a_path_is_named(build, pieces, spelt, status):
    change, says = SPELT[spelt]
    location = change(answer(build, code="abc"))
    inside = location.removeprefix("https:").lstrip("/")
    walk = ended(build, pieces, *lost(build, location, f"{LOGIN}/{inside}", status=status), text="Not found")
    found = only(build, walk)
    assert found.rule == "redir-exact-uri-from-request"
    assert found.message.startswith(f"{END} {says}")
    assert f"ask for {LOGIN}/" in found.message
    assert build.state not in found.message


def test_it_is_named_where_the_login_lies_in_a_folder_where_a_script_went_there_and_where_the_login_comes_again(
    build, pieces
):
    inside = answer(build).removeprefix("https://")
    folder = [
        build.post(f"{LOGIN}/oauth/consent", {}, status=302, response_headers=[("Location", inside)]),
        build.get(f"{LOGIN}/oauth/{inside}", redirected_from=5, status=404, excerpt="Not found"),
    ]
    script = [build.post(END, {}), build.get(f"{LOGIN}/{inside}", status=404, excerpt="Not found")]
    sent, led = lost(build, inside, f"{LOGIN}/{inside}", status=302, excerpt="")
    again = [
        sent,
        {**led, "response_headers": [("Location", "/login")]},
        build.get(f"{LOGIN}/login", redirected_from=6),
    ]
    for steps in (folder, script, again):
        assert "without its `https://`" in only(build, ended(build, pieces, *steps)).message


def test_another_address_of_the_login_is_no_misread_redirect_uri(build, pieces):
    asked = build.authorization()
    inside = asked.redirect_uri.removeprefix("https://")
    for led in (
        f"{LOGIN}/leaving/{asked.redirect_uri}?code=abc",
        f"{LOGIN}/done?next={quote(answer(build), safe='')}",
        f"{LOGIN}/{inside}",
        f"{LOGIN}/{inside}/more?code=abc",
        f"{LOGIN}/api/skill/link?code=abc",
    ):
        walk = ended(build, pieces, *lost(build, led, led))
        assert build.judge(AUDIT, walk).status == "inconclusive", led
