"""Which answers end everything, in a browser too, and which only a page can tell."""

from __future__ import annotations

import pytest

from e2e_linker.browser.login.refusals import refuses

HTML = (("Content-Type", "text/html; charset=utf-8"),)
PLAIN = b"<!doctype html><title>Error</title><h1>The redirect URI is not registered</h1><p>Go <a href='/'>home</a>.</p>"


def with_markup(markup: str) -> bytes:
    return PLAIN + markup.encode()


@pytest.mark.parametrize("status", [400, 404, 422])
def test_a_plain_error_page_refuses(status):
    assert refuses(status, HTML, PLAIN)


@pytest.mark.parametrize("status", [200, 204, 302, 401, 403, 405, 407, 408, 409, 418, 429, 431, 451, 500, 502, 503])
def test_other_statuses_say_something_else_or_nothing(status):
    assert not refuses(status, HTML, PLAIN)


def test_a_body_that_was_not_read_proves_nothing():
    assert not refuses(400, HTML, None)


def test_an_answer_without_a_body_refuses():
    assert refuses(400, (), b"")


@pytest.mark.parametrize(
    "kind", ["text/html", "TEXT/HTML;charset=ISO-8859-1", 'text/plain; charset="utf-8"', "application/json"]
)
def test_what_browsers_show_as_it_is_refuses(kind):
    assert refuses(400, (("content-type", kind),), b'{"error": "invalid_request"}')


@pytest.mark.parametrize(
    "kind",
    [
        "application/xhtml+xml",
        "image/svg+xml",
        "application/xml",
        "application/pdf",
        "application/octet-stream",
        "multipart/x-mixed-replace; boundary=x",
        "text/html; charset=utf-16",
        "text/html; charset=iso-2022-jp",
        "text/html; charset=x-user-defined",
    ],
)
def test_what_browsers_read_in_another_way_is_left_to_a_page(kind):
    assert not refuses(400, (("Content-Type", kind),), PLAIN)


@pytest.mark.parametrize(
    "header",
    [
        ("Refresh", "0; url=https://login.example.com/next"),
        ("REFRESH", "5"),
        ("Content-Disposition", "attachment; filename=error.html"),
        ("Content-Encoding", "zstd"),
        ("Content-Type", "application/pdf"),
        ("Content-Type", "text/html; charset=utf-16"),
    ],
)
def test_a_header_that_changes_the_page_leaves_it_to_one(header):
    assert not refuses(400, (*HTML, header), PLAIN)


@pytest.mark.parametrize("header", [("Content-Encoding", "gzip"), ("Content-Disposition", "inline"), ("Link", "</a>")])
def test_a_header_that_changes_nothing_is_passed_over(header):
    assert refuses(400, (*HTML, header), PLAIN)


@pytest.mark.parametrize(
    "markup",
    [
        "<script>location = '/'</script>",
        "<SCRIPT src=/site.js defer></SCRIPT>",
        "<script/x>",
        "<meta http-equiv=refresh content='3; url=/next'>",
        "<meta content=\"0; url=/?a>b\" http-equiv='Refresh'>",
        "<meta http-equiv='ref&#114;esh' content=0>",
        "<iframe src=/next></iframe>",
        "<object data=/next></object>",
        "<embed src=/next>",
        "<body onload='go()'>",
        "<svg/onload=go()>",
        '<img src="x"onerror = go()>',
        "<form><input name=p type=password></form>",
        "<form><INPUT title='a>b' TYPE='Password'></form>",
        "<input type='&#112;assword'>",
    ],
)
def test_what_may_lead_on_or_asks_who_is_there_is_left_to_a_page(markup):
    assert not refuses(400, HTML, with_markup(markup))


@pytest.mark.parametrize(
    "markup",
    [
        "<link rel=stylesheet href=/site.css><style>p { color: red }</style>",
        "<meta name=viewport content='width=device-width'><img src=/logo.svg alt=''>",
        "<p>Transcripts and descriptions; press Refresh; forgotten your password?</p>",
        "<form action=/search><input name=q><button>Search</button></form>",
        "<a href='/help?on=1&amp;once=2'>Help</a>",
    ],
)
def test_what_only_is_there_changes_nothing(markup):
    assert refuses(400, HTML, with_markup(markup))


@pytest.mark.parametrize("body", [PLAIN.decode().encode("utf-16"), PLAIN + b"<scr\x1b(Bipt>go()</scr\x1b(Bipt>"])
def test_markup_that_is_spelled_in_another_character_set_is_not_trusted(body):
    assert not refuses(400, (("Content-Type", "text/html"),), body)
