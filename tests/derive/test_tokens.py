"""Reading a token answer as strictly as Alexa does, and whether the account is linked."""

from __future__ import annotations

import gzip
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from e2e_linker.derive.base import case_facts
from e2e_linker.derive.tokens import read_token_answer
from e2e_linker.evidence.models import Failed, NotCollected, Present

TOKENS = {"access_token": "<access_token#1>", "token_type": "Bearer", "expires_in": 3600}
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def read(pieces, body, **more):
    return read_token_answer(pieces.token_call(body, **more))


def linked(build, *calls, walk=None, **more):
    return case_facts(build.case(walk or build.walk(), token_calls=Present(value=calls), **more)).get("linked")


# Reading


def test_a_json_object_is_read_whatever_its_spelling(pieces):
    answer = read(pieces, ' \n{"access_token": "<access_token#1>", "nested": {"a": [1, 2]}}\n')
    assert answer.json == {"access_token": "<access_token#1>", "nested": {"a": [1, 2]}}
    assert answer.json_problem is None
    assert answer.content_type == "application/json"
    assert answer.succeeded


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        (r"a\ud800b", "a\ufffdb"),
        (r"\uDFFF\ud83d", "\ufffd\ufffd"),
        (r"\ud83d\ud83d\ude00", "\ufffd\U0001f600"),
        (r"\\ud800 \\\udc00", "\\ud800 \\\ufffd"),
        (r"\u00fc \n\"\ufffd", 'ü \n"\ufffd'),
    ],
)
def test_half_a_surrogate_pair_is_replaced_in_names_and_texts(pieces, written, read_as):
    answer = read(pieces, f'{{"error": "{written}", "{written}": [{{"{written}": "{written}"}}]}}')
    assert answer.json == {"error": read_as, read_as: [{read_as: read_as}]}
    assert answer.json_problem is None


def test_half_a_pair_makes_no_json_of_what_is_none(pieces):
    assert read(pieces, r'{"error": \ud800}').json_problem == "a body that is not JSON"


@pytest.mark.parametrize("name", ["access_token", "refresh_token"])
def test_a_number_that_was_hidden_is_read_as_a_number(pieces, name):
    answer = read(pieces, {**TOKENS, name: "<access_token#2> (a number)"})
    assert isinstance(answer.json[name], float)
    assert answer.succeeded is (name == "refresh_token")
    assert read(pieces, {**TOKENS, name: "<access_token#2> (a number) "}).json[name] == "<access_token#2> (a number) "


@given(value=json_values)
def test_every_json_text_is_an_object_or_named_for_what_it_is(pieces, value):
    answer = read(pieces, json.dumps(value))
    assert answer.json == (value if isinstance(value, dict) else None)
    assert (answer.json_problem is None) is isinstance(value, dict)
    if not isinstance(value, dict):
        assert answer.json_problem.startswith("a JSON ")


@given(text=st.text(max_size=200), status=st.none() | st.integers(100, 599))
def test_no_body_is_too_strange_to_be_read(pieces, text, status):
    answer = read(pieces, text, status=status, failure="closed" if status is None else None)
    assert (answer.json is None) is (answer.json_problem is not None)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("\ufeff{}", "JSON behind a byte order mark"),
        ("", "an empty body"),
        (" \r\n", "an empty body"),
        ("<!DOCTYPE html><p>", "HTML"),
        ("<?xml version='1.0'?><a/>", "XML"),
        ("access_token=<access_token#1>&token_type=bearer", "a form-encoded body"),
        ("error=bad_verification_code&error_description=x", "a form-encoded body"),
        ('cb({"access_token": "x"});', "JSON inside a wrapper"),
        ('while(1);{"access_token": "x"}', "JSON inside a wrapper"),
        ('{"access_token": "x"};', "a body that is not JSON"),
        (
            '<br />\n<b>Notice</b>: Undefined index: scope in <b>/www/t.php</b> on line <b>12</b><br />\n{"a": "x"}',
            "JSON with other output before it (“Notice: Undefined index: scope in /www/t.php on line 12”)",
        ),
        (
            'PHP Warning:  foo in t.php\n{"a": {"b": 1}}\n',
            "JSON with other output before it (“PHP Warning: foo in t.php”)",
        ),
        ('{"a": 1}\n<!-- 12 ms -->', "JSON with other output behind it"),
        ('<html><script>{"a": 1}</script></html>', "HTML"),
        ('<html><body>{"a": </body></html>', "HTML"),
        ('<!DOCTYPE HTML><p>Something went wrong<pre>{"trace": 1}', "HTML"),
        ('{"expires_in": Infinity}', "a body that is not JSON"),
        ("{'a': 1}", "a body that is not JSON"),
        ("[" * 100_000, "a body that is not JSON"),
        ("OK", "a body that is not JSON"),
        ("[]", "a JSON array instead of an object"),
        ("17", "a JSON number instead of an object"),
        ("1.5", "a JSON number instead of an object"),
        ("true", "a JSON literal instead of an object"),
        ('\0{\0"\0a\0"\0:\0001\0}', "UTF-16 or UTF-32"),
        pytest.param(
            gzip.compress(b'{"access_token": "x"}', mtime=0).decode("utf-8", "replace"),
            "gzip data without the header Content-Encoding",
            id="gzip",
        ),
    ],
)
def test_what_is_no_json_object_is_named(pieces, text, problem):
    answer = read(pieces, text)
    assert (answer.json, answer.json_problem) == (None, problem)
    assert not answer.succeeded


def test_a_body_that_breaks_off_says_why(pieces):
    answer = read(pieces, '{"access_token": "<acc', failure="connection reset", failure_kind="closed")
    assert answer.json_problem == "a body that breaks off (connection reset)"


def test_no_answer_keeps_the_reason(pieces):
    assert read(pieces, None, status=None, failure="refused").json_problem == "refused"
    assert read(pieces, None, status=None).json_problem == "no answer"


def test_an_object_that_is_not_utf8_is_read_and_told(pieces):
    answer = read(pieces, {"access_token": "\ufffd"}, body_is_utf8=False)
    assert answer.json == {"access_token": "\ufffd"}
    assert answer.json_problem == "JSON that is not valid UTF-8"


@pytest.mark.parametrize(
    ("headers", "media"),
    [
        ((), ""),
        ((("content-type", "Application/JSON"),), "application/json"),
        ((("CONTENT-TYPE", "text/html; charset=x"), ("Content-Type", "application/json")), "text/html"),
    ],
)
def test_the_content_type_is_the_media_type_alone(pieces, headers, media):
    assert read(pieces, {}, response_headers=headers).content_type == media


@pytest.mark.parametrize(
    ("body", "status", "succeeded"),
    [
        (TOKENS, 200, True),
        (TOKENS, 201, False),
        ({**TOKENS, "access_token": ""}, 200, False),
        ({**TOKENS, "access_token": 7}, 200, False),
        ({"error": "invalid_grant"}, 200, False),
    ],
)
def test_success_is_status_200_with_a_token(pieces, body, status, succeeded):
    assert read(pieces, body, status=status).succeeded is succeeded


# Linked


def test_the_code_grant_is_linked_once_the_code_brought_a_token(build, pieces):
    assert linked(build, pieces.token_call()).value is True


@pytest.mark.parametrize("more", [{"status": 400}, {"purpose": "refresh"}, {"body": {"error": "invalid_grant"}}])
def test_without_a_successful_exchange_it_is_not(build, pieces, more):
    assert linked(build, pieces.token_call(more.pop("body", None), **more)).value is False
    assert linked(build).value is False


def test_tokens_that_come_when_alexa_has_given_up_link_nobody(build, pieces):
    for took, links in ((4500.0, True), (4501.0, False)):
        assert linked(build, pieces.token_call(ms=took)).value is links
    late = build.case(token_calls=Present(value=(pieces.token_call(ms=6000.0),)))
    assert case_facts(late, token_limit_ms=7000.0).get("linked").value is True


def test_a_wrong_or_missing_state_is_no_link(build, pieces):
    asked = build.authorization()
    for answer in (
        build.answer(asked, state=asked.state[:-1]),
        build.answer(asked).partition("&state=")[0],
        build.answer(asked, error="access_denied"),
        build.answer(asked).replace("?", "#"),
    ):
        assert linked(build, pieces.token_call(), walk=build.walk(asked=asked, answer=answer)).value is False


def test_without_an_arrival_there_is_no_link(build, pieces):
    assert linked(build, pieces.token_call(), walk=build.walk(answer=None)).value is False


@pytest.mark.parametrize(
    ("kinds", "links"), [(["fetch"], False), (["XHR"], False), (["fetch", "document"], True), (["document"], True)]
)
def test_an_answer_that_a_script_alone_asked_for_links_nobody(build, pieces, kinds, links):
    url = build.answer(build.authorization())
    arrivals = [build.arrival(url, request=6, resource_type=kind) for kind in kinds]
    assert linked(build, pieces.token_call(), walk=build.walk(arrivals=arrivals)).value is links


def test_an_answer_in_a_frame_alone_links_nobody(build, pieces):
    url = build.answer(build.authorization())
    framed = build.arrival(url, request=6, main_frame=False)
    for arrivals, links in (([framed], False), ([framed, build.arrival(url, request=7)], True)):
        assert linked(build, pieces.token_call(), walk=build.walk(arrivals=arrivals)).value is links


def test_the_answer_that_the_window_went_with_is_the_one_that_counts(build, pieces):
    url = build.answer(build.authorization())
    other = url.replace("pitangui.amazon.com", "layla.amazon.com")
    for framed, led, links in ((url, other, False), (other, url, True)):
        arrivals = [build.arrival(framed, request=6, main_frame=False), build.arrival(led, request=7)]
        assert linked(build, pieces.token_call(), walk=build.walk(arrivals=arrivals)).value is links


def test_a_capture_that_does_not_tell_what_was_asked_for_may_link(build, pieces):
    arrival = build.arrival(build.answer(build.authorization()), request=6, resource_type="other", main_frame=False)
    assert linked(build, pieces.token_call(), walk=build.walk(arrivals=[arrival])).value is True


@pytest.mark.parametrize("grant", ["AUTH_CODE", "IMPLICIT"])
def test_a_fragment_that_a_provider_hangs_on_changes_no_address(build, pieces, grant):
    asked = build.authorization(grant=grant)
    answer = build.answer(asked) + ("#_=_" if grant == "AUTH_CODE" else "")
    assert linked(build, pieces.token_call(), walk=build.walk(asked=asked, answer=answer)).value is True


ADDRESS = "https://pitangui.amazon.com/api/skill/link/M2AAAAAAAAAAAA"


@pytest.mark.parametrize(
    ("address", "links"),
    [
        (ADDRESS.replace("pitangui.amazon.com", "layla.amazon.com"), False),
        (ADDRESS.replace("https", "http"), False),
        (ADDRESS.lower(), False),
        (f"{ADDRESS}/", False),
        (ADDRESS.rpartition("/")[0], False),
        (ADDRESS.replace(".com", ".com:8443"), False),
        (ADDRESS.replace(".com", ".com:443"), True),
        (ADDRESS.replace("pitangui.amazon", "Pitangui.Amazon"), True),
        (ADDRESS.replace("M2", "%4D2"), True),
    ],
)
def test_an_answer_for_another_address_links_nobody_however_right_it_is(build, pieces, address, links):
    asked = build.authorization()
    assert asked.redirect_uri == ADDRESS
    arrival = build.arrival(build.answer(asked).replace(ADDRESS, address), request=6)
    assert linked(build, pieces.token_call(), walk=build.walk(asked=asked, arrivals=[arrival])).value is links


@pytest.mark.parametrize(
    ("query", "links"),
    [("", False), ("?vendorId=M2BBBBBBBBBBBB", False), ("?lang=en&vendorId=M2AAAAAAAAAAAA", True)],
)
def test_an_answer_without_the_query_of_the_redirect_uri_links_nobody(build, query, links):
    asked = build.authorization(grant="IMPLICIT")
    address = asked.redirect_uri.partition("?")[0]
    answer = build.answer(asked).replace(asked.redirect_uri, address + query)
    assert linked(build, walk=build.walk(asked=asked, answer=answer)).value is links


def test_the_implicit_grant_is_linked_by_the_fragment_alone(build):
    asked = build.authorization(grant="IMPLICIT")
    assert linked(build, walk=build.walk(asked=asked)).value is True
    in_query = build.answer(asked).replace("#", "&")
    assert linked(build, walk=build.walk(asked=asked, answer=in_query)).value is False
    empty = build.answer(asked, access_token="")
    assert linked(build, walk=build.walk(asked=asked, answer=empty)).value is False


@pytest.mark.parametrize("part", [NotCollected(reason="no client secret"), Failed(error="it broke")])
def test_without_token_calls_the_link_is_unknown(build, part):
    assert case_facts(build.case(token_calls=part)).get("linked") == part
