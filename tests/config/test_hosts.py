from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from e2e_linker.config.hosts import host_problem


@pytest.mark.parametrize(
    "host",
    ["example.com", "www.example.com", "a-b.c1.example", "WWW.Example.COM", "xn--mnchen-3ya.de", "_dmarc.example.com"],
)
def test_bare_hosts_are_right(host: str) -> None:
    assert host_problem(host) is None


@pytest.mark.parametrize(
    ("host", "word"),
    [
        ("", "empty"),
        (" example.com", "blank"),
        ("https://example.com", "scheme"),
        ("example.com/login", "path"),
        ("user@example.com", "@"),
        ("*.example.com", "wildcard"),
        ("example.com:443", "port"),
        ("[::1]", "port"),
        ("example.com.", "ends in a dot"),
        (".example.com", "starts with a dot"),
        ("münchen.de", "xn--mnchen-3ya.de"),
        ("192.168.0.1", "address"),
        ("localhost", "no dot"),
        ("-a.example.com", "not a valid"),
        ("a..example.com", "not a valid"),
        ("a" * 64 + ".com", "not a valid"),
        (".".join(["abcdefgh"] * 40), "not a valid"),
        ("ä" * 64 + ".de", "not a valid"),
    ],
)
def test_anything_around_a_host_is_named(host: str, word: str) -> None:
    assert word in (host_problem(host) or "")


@given(st.text())
def test_any_text_is_judged(text: str) -> None:
    problem = host_problem(text)
    assert problem is None or problem
