import pytest
from hypothesis import given
from hypothesis import strategies as st

from e2e_linker.derive.urls import last_part, parameters, same_endpoint, split, without_parameters
from e2e_linker.model import host_of, joined, origin_of


def pairs(url, **more):
    return [(p.place, p.name, p.value) for p in parameters(url, **more)]


def test_a_label_begins_no_fragment():
    assert pairs("https://a.example/x?code=<code#1>&state=s") == [
        ("query", "code", "<code#1>"),
        ("query", "state", "s"),
    ]
    assert split("https://a.example/x?code=<code#1>").fragment == ""


@pytest.mark.parametrize(
    ("url", "last"),
    [
        ("https://a.example/oauth/Token/?code=<code#1>", "Token"),
        ("https://a.example/oauth/<code#1>", "%3Ccode%231%3E"),
        ("https://a.example", ""),
    ],
)
def test_the_last_part_of_a_path_is_told_without_slashes(url, last):
    assert last_part(url) == last


def test_values_are_decoded_once():
    assert pairs("https://a.example/?s=a%2Bb+c%252B#t=%20") == [("query", "s", "a+b c%2B"), ("fragment", "t", " ")]


def test_wrapped_urls_are_read_in_every_level():
    url = "https://a.example/login?next=%2Fauthorize%3Fstate%3Da%252Bb%26next%3D%252Fx%253Fstate%253Dc"
    assert ("query", "next.state", "a+b") in pairs(url)
    assert ("query", "next.next.state", "c") in pairs(url)
    assert [name for _, name, _ in pairs(url, nested=False)] == ["next"]


def test_an_ampersand_in_place_of_the_question_mark_is_read_from_the_path():
    assert pairs("https://a.example/link/M2A&state=s&code=c") == [("path", "state", "s"), ("path", "code", "c")]


def test_a_route_in_the_fragment_has_its_own_query():
    assert pairs("https://a.example/#/login?state=s") == [("fragment", "state", "s")]


def test_addresses_are_compared_without_their_parameters():
    assert same_endpoint("https://a.example/x?a=1", "https://a.example/x#b")
    assert not same_endpoint("https://a.example/x", "https://a.example/y")
    assert without_parameters("https://a.example/x?code=<code#1>") == "https://a.example/x"


@given(st.text())
def test_nonsense_raises_nothing(text):
    parameters(text)
    parameters("https://[" + text)
    joined("https://a.example/x", text)
    joined("https://a.example/x", "https://[" + text)


@pytest.mark.parametrize("target", ["https://[object Object]/cb", "http://[", "//[x", "https://[::1"])
def test_an_address_that_is_nonsense_stays_as_it_is(target):
    assert joined("https://a.example/x", target) == target


@pytest.mark.parametrize(
    ("target", "there"),
    [
        ("y?a=1#b", "https://a.example/x/y?a=1#b"),
        ("/y", "https://a.example/y"),
        ("//b.example/y", "https://b.example/y"),
        ("https://b.example/", "https://b.example/"),
        ("?a=1", "https://a.example/x/z?a=1"),
        ("myapp://cb?code=1", "myapp://cb?code=1"),
    ],
)
def test_an_address_is_meant_as_the_page_that_names_it_means_it(target, there):
    assert joined("https://a.example/x/z", target) == there


@pytest.mark.parametrize(
    "origin", ["https://a.example", "HTTPS://A.Example:8443", "http://a.example.", "https://[::1]:9"]
)
@pytest.mark.parametrize("rest", ["", "/", "/x:9@y", "?x=https://b.example/", "#//b.example"])
def test_the_origin_of_an_address_is_that_of_its_beginning(origin, rest):
    assert origin_of(origin + rest) == origin_of(origin)


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://a.example@b.example/", "b.example"),
        ("https://a.example:secret@b.example/", "b.example"),
        ("https://a.example:99999/", ""),
        ("https://a.example\\@b.example/", "b.example"),
        ("https://a.exam\tple/", "a.example"),
        (" https://a.example/", "a.example"),
    ],
)
def test_a_beginning_that_only_looks_like_an_origin_is_read_to_its_end(url, host):
    assert host_of(url) == host
