"""What is quoted of the page that a login ended on."""

from __future__ import annotations

import re

import pytest

from e2e_linker.audits.page_words import around

PKCE = re.compile("PKCE")


@pytest.mark.parametrize(
    ("line", "quoted"),
    [
        ("PKCE  is\trequired", "PKCE is required"),
        (f"PKCE{'b' * 200}", f"PKCE{'b' * 156}…"),
        (f"{'a' * 200}PKCE", f"…{'a' * 156}PKCE"),
        (f"{'a' * 200}PKCE{'b' * 200}", f"…{'a' * 78}PKCE{'b' * 78}…"),
        ("a" * 160, "a" * 160),
        ("a" * 161, f"{'a' * 160}…"),
    ],
)
def test_a_long_line_is_quoted_around_the_words_it_is_quoted_for(line: str, quoted: str) -> None:
    assert around(line, PKCE) == quoted


def test_the_refusal_of_a_request_without_a_challenge_is_quoted_at_its_words(build) -> None:
    said = f"{'The request is missing a required parameter. ' * 6}Public clients have to use PKCE"
    steps = [build.get(build.authorization().url, status=400, excerpt=f"<p>{said}</p>")]
    walk = build.walk(steps, answer=None, ending="login_not_found")
    (found,) = build.judge("refused-challenge", walk).findings
    assert "Public clients have to use PKCE”: PKCE is off" in found.message


def test_words_that_a_quotation_holds_already_are_not_quoted_twice(build, pieces) -> None:
    said = f"{'a' * 100} The state is an invalid token"
    look = pieces.digest("https://login.example.com/login", controls=(), title="b" * 80, headings=(said,), text=said)
    steps = [build.get(build.authorization().url, location="https://login.example.com/login")]
    steps.append(build.get("https://login.example.com/login", excerpt="<p>"))
    walk = build.walk(steps, answer=None, ending="dead_end", screens=[pieces.screen(1, 0.9, look)])
    (found,) = build.judge("error-page", walk).findings
    assert "invalid token”" in found.message
    assert "and in it" not in found.message
