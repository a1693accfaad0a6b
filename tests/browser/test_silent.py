"""Redirects that were followed without a browser: whether a browser would have gone the same way."""

from __future__ import annotations

import pytest

from e2e_linker.browser.silent import Answer, Trail, read_alike


def trail(*steps, arrival=None):
    """A trail of answers, each an address with the targets of its ``Location`` headers."""
    answers = [
        Answer(
            asked_at=0.0,
            url=url,
            sent=(),
            status=302 if targets else 400,
            status_text="",
            headers=tuple(("Location", target) for target in targets),
        )
        for url, *targets in steps
    ]
    return Trail(answers=answers, arrival=arrival)


@pytest.mark.parametrize(
    "way",
    [
        trail(),
        trail(("https://login.example.com/authorize?state=a%20b",)),
        trail(("https://login.example.com/a", "/error?x=[1]#top"), ("https://login.example.com/error?x=[1]#top",)),
        trail(("http://login.example.com/a", "https://login.example.com/a"), ("https://login.example.com/a",)),
        trail(("http://login.example.com/a", "/b"), ("http://login.example.com/b",)),
        trail(("https://login.example.com/a", "http://alexa.example/x"), arrival="http://alexa.example/x"),
    ],
)
def test_ordinary_addresses_are_read_alike(way):
    assert read_alike(way)


@pytest.mark.parametrize(
    "way",
    [
        trail(("https://login.example.com/a", "/\\evil.example/"), ("https://login.example.com/\\evil.example/",)),
        trail(("https://login.example.com/a", " /b"), ("https://login.example.com/b",)),
        trail(("https://login.example.com/a", "/fehler-ü"), ("https://login.example.com/fehler-ü",)),
        trail(("https://login.example.com/a", "/b\x01"), ("https://login.example.com/b",)),
        trail(("https://login.example.com/a", "/b", "/c"), ("https://login.example.com/b",)),
        trail(("https://login.example.com/a", "http://login.example.com/b"), ("http://login.example.com/b",)),
    ],
)
def test_odd_addresses_and_a_step_back_to_plain_http_are_not(way):
    assert not read_alike(way)
