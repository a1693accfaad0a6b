from __future__ import annotations

import pytest

from e2e_linker.alexa.facts import REDIRECT_HOSTS
from e2e_linker.evidence.contents import (
    EXCERPT_LIMIT,
    body_of,
    excerpt_of,
    is_text,
    set_cookies,
    texts_within,
    url_params,
)
from e2e_linker.evidence.secret_places import secrets_in_fields
from e2e_linker.evidence.sizes import request_line_size, request_sizes

MULTIPART = (
    b'--cut\r\nContent-Disposition: form-data; name="user"\r\n\r\nalice\r\n'
    b'--cut\r\nContent-Disposition: form-data; name="photo"; filename="me.png"\r\nContent-Type: image/png\r\n\r\n'
    b"\x89PNG\r\n--cut--\r\n"
)


def test_parameters_of_query_and_fragment_are_decoded_once():
    params = url_params("https://a.test/x?a=1%252B&b=&a=2#access_token=t%20u")
    assert [(p.name, p.value, p.length, p.place) for p in params] == [
        ("a", "1%2B", 4, "query"),
        ("b", "", 0, "query"),
        ("a", "2", 1, "query"),
        ("access_token", "t u", 3, "fragment"),
    ]
    assert url_params("https://a.test/x#top") == ()
    assert url_params("https://[broken/?a=b") == ()


def test_a_form_is_read_field_by_field():
    body = body_of(b"user=alice%40x&pass=a+b&empty=", "application/x-www-form-urlencoded; charset=UTF-8")
    assert [(p.name, p.value) for p in body.fields] == [("user", "alice@x"), ("pass", "a b"), ("empty", "")]
    assert body.size == 30
    assert body.text is None


def test_of_a_file_in_a_multipart_form_only_the_name_is_kept():
    body = body_of(MULTIPART, "multipart/form-data; boundary=cut")
    assert [(p.name, p.value) for p in body.fields] == [("user", "alice"), ("photo", "me.png")]


@pytest.mark.parametrize("kind", ["multipart/form-data", "multipart/form-data; boundary=other"])
def test_a_multipart_form_nobody_can_read_has_no_fields(kind):
    assert body_of(MULTIPART, kind).fields == ()


@pytest.mark.parametrize("size", range(EXCERPT_LIMIT - 20, EXCERPT_LIMIT, 5))
def test_a_value_that_a_text_is_cut_in_is_left_out_whole(size):
    secret = b"Tr0ub4dorhorseZqx9Wm"
    text = body_of(b"w " * (size // 2) + secret + b"; and more of it" * 50, "application/json").text
    assert "Tr0" not in text.replace(secret.decode(), "")
    assert text.startswith("w w w")


def test_other_bodies_keep_the_beginning_of_their_text():
    assert body_of(b'{"a": "b"}', "application/json").text == '{"a": "b"}'
    assert body_of(b"words " * 10_000, "text/plain").text == ("words " * EXCERPT_LIMIT)[: EXCERPT_LIMIT // 6 * 6]
    assert body_of(b"\x00\x01", "application/octet-stream").text is None
    assert body_of(None, None) is None


def test_cookies_that_firefox_joins_are_told_apart():
    headers = (("Set-Cookie", "a=1; Path=/; Secure\nb=22; HttpOnly; SameSite=None; Max-Age=60; Partitioned"),)
    first, second = set_cookies(headers)
    assert (first.name, first.value, first.size, first.path, first.secure, first.http_only) == (
        "a",
        "1",
        2,
        "/",
        True,
        False,
    )
    assert (second.size, second.same_site, second.max_age, second.partitioned) == (3, "None", "60", True)


def test_a_cookie_value_may_hold_equals_signs_and_a_cookie_may_have_no_name():
    cookies = set_cookies((("set-cookie", "t=a=b==; Domain=.x.test"), ("set-cookie", "bare")))
    assert [(cookie.name, cookie.value, cookie.domain) for cookie in cookies] == [
        ("t", "a=b==", ".x.test"),
        ("", "bare", None),
    ]


@pytest.mark.parametrize(
    ("kind", "text"),
    [("text/html; charset=x", True), ("application/problem+json", True), (None, True), ("image/png", False)],
)
def test_texts_are_told_by_their_type(kind, text):
    assert is_text(kind) is text


def test_an_excerpt_follows_the_named_character_set_if_there_is_one():
    assert excerpt_of("Grüße".encode("latin-1"), "text/html; charset=iso-8859-1") == "Grüße"
    assert excerpt_of("Grüße".encode(), "text/html; charset=klingon") == "Grüße"
    assert excerpt_of(b"\xff\xfe", "text/html") == "\ufffd\ufffd"


def test_texts_in_json_are_found_at_any_depth():
    data = b'{"access_token": "abc", "more": [{"refresh_token": "def"}], "n": 1}'
    assert sorted(texts_within(data)) == [("access_token", "abc"), ("refresh_token", "def")]
    assert list(texts_within(b"{broken")) == list(texts_within(b"<html>")) == list(texts_within(b"[" * 100_000)) == []


@pytest.mark.parametrize("guard", [b")]}',\n", b")]}\n", b"for(;;);", b"while(1);", b"while (true);", b"\xef\xbb\xbf"])
def test_texts_in_json_are_found_behind_what_servers_put_before_it(guard):
    assert list(texts_within(guard + b'{"code": "BUt-4x9"}')) == [("code", "BUt-4x9")]


@pytest.mark.parametrize(
    "text",
    [
        "<script>opener.location = 'https://pitangui.amazon.com/api/skill/link/M1?code=BUt-4x9&state=s1'</script>",
        '<a href="https://pitangui.amazon.com/api/skill/link/M1?code=BUt-4x9&amp;state=s1">Back</a>',
        'go("https:\\/\\/pitangui.amazon.com\\/api\\/skill\\/link\\/M1?code=BUt-4x9\\u0026state=s1")',
        '["https://pitangui.amazon.com/api/skill/link/M1?code=BUt-4x9&state=s1"]',
        "{not: `https://pitangui.amazon.com/api/skill/link/M1?code=BUt-4x9&state=s1`}",
    ],
)
def test_an_answer_to_alexa_is_found_wherever_it_stands_in_a_page(text):
    address = "https://pitangui.amazon.com/api/skill/link/M1?code=BUt-4x9&state=s1"
    assert list(texts_within(text.encode())) == [("", address)]
    assert list(secrets_in_fields(texts_within(text.encode()))) == [("BUt-4x9", "code")]


def test_every_redirect_host_of_alexa_is_looked_for():
    for host in REDIRECT_HOSTS:
        assert list(texts_within(f"x https://{host}/a?b y".encode())) == [("", f"https://{host}/a?b")]
    assert list(texts_within(b"https://www.amazon.com/?code=BUt-4x9")) == []


def test_a_request_is_weighed_as_http_1_1_would_send_it():
    headers = (("Host", "a.test"), ("Cookie", "sid=abc; theme=ü"), ("Accept", "*/*"))
    sizes = request_sizes("GET", "https://a.test/p?state=xyz&b#frag", headers, body=0)
    raw = "GET /p?state=xyz&b HTTP/1.1\r\nHost: a.test\r\nCookie: sid=abc; theme=ü\r\nAccept: */*\r\n\r\n".encode()
    assert sizes.head == len(raw)
    assert sizes.request_line == len("GET /p?state=xyz&b HTTP/1.1")
    assert sizes.cookie_header == len("sid=abc; theme=ü".encode())
    assert [(cookie.name, cookie.bytes) for cookie in sizes.cookies] == [("sid", 7), ("theme", 8)]
    assert [(param.name, param.bytes) for param in sizes.query] == [("state", 9), ("b", 1)]
    assert (sizes.largest_header.name, sizes.header_count) == ("Cookie", 3)


def test_http_2_counts_as_what_it_stands_for():
    headers = ((":method", "GET"), (":authority", "a.test"), (":path", "/"), (":scheme", "https"), ("accept", "*/*"))
    assert request_sizes("GET", "https://a.test", headers).head == len(
        "GET / HTTP/1.1\r\nHost: a.test\r\naccept: */*\r\n\r\n"
    )


def test_cookies_that_come_in_several_headers_are_one():
    sizes = request_sizes("GET", "https://a.test/", (("cookie", "a=1"), ("cookie", "b=2")))
    assert sizes.cookie_header == len("a=1; b=2")
    assert len(sizes.cookies) == 2


@pytest.mark.parametrize(
    ("url", "line"),
    [
        ("https://a.test", "GET / HTTP/1.1"),
        ("https://a.test?x=1", "GET /?x=1 HTTP/1.1"),
        ("https://a.test/#f", "GET / HTTP/1.1"),
    ],
)
def test_the_request_line_of_odd_addresses(url, line):
    assert request_line_size("GET", url) == len(line)
