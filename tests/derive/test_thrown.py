"""Where an uncaught error was thrown."""

from __future__ import annotations

import pytest

from e2e_linker.derive.thrown import thrown_at
from e2e_linker.evidence.models import PageError

APP = "https://login.example.com/app.js"
CHROMIUM = f"    at load ({APP}:3:7)\n    at https://login.example.com/other.js:1:1"


@pytest.mark.parametrize(
    ("message", "stack", "address"),
    [
        ("x", f"Error: x\n{CHROMIUM}", APP),
        ("x", f"x@{APP}:3:7\nload@https://login.example.com/other.js:1:1", APP),
        (
            "no answer of https://api.example.net:443",
            f"Error: no answer of https://api.example.net:443\n{CHROMIUM}",
            APP,
        ),
        (
            "no answer\nof (https://api.example.net:80)",
            f"Error: no answer\nof (https://api.example.net:80)\n{CHROMIUM}",
            APP,
        ),
        ("of https://api.example.net:443", "Error: of https://api.example.net:443", None),
        ("", CHROMIUM, APP),
        ("", None, None),
        ("x", "", None),
    ],
)
def test_an_error_is_thrown_where_its_stack_says_and_not_where_its_words_do(
    message: str, stack: str | None, address: str | None
) -> None:
    assert thrown_at(PageError(at=0.6, window=0, message=message, stack=stack)) == address
