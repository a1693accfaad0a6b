"""Where an uncaught error was thrown."""

from __future__ import annotations

import pytest

from e2e_linker.derive.thrown import thrown_at, thrown_place
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


PAGE = "https://login.example.com/login?state=1"


@pytest.mark.parametrize(
    ("stack", "place"),
    [
        (f"TypeError: x\n    at load ({APP}:3:7)\n    at run ({APP}:9:9)", "line 3, column 7, in load"),
        (f"TypeError: x\n    at async Form.send [as onclick] ({APP}:3:7)", "line 3, column 7, in Form.send"),
        (f"TypeError: x\n    at f.onsubmit ({PAGE}:1:560)", "line 1, column 560, in f.onsubmit"),
        (f"TypeError: x\n    at {APP}:3:7", "line 3, column 7"),
        (f"TypeError: x\n    at e ({APP}:1:48210)", "line 1, column 48210"),
        (f"platform@{APP}:3:7\nrun@{APP}:9:9", "line 3, column 7, in platform"),
        (f"async*load/<@{APP}:3:7", "line 3, column 7"),
        (f"@{APP}:3", "line 3"),
        ("TypeError: x\nundefined", None),
        (None, None),
    ],
)
def test_the_line_and_the_function_are_those_of_the_first_place(stack: str | None, place: str | None) -> None:
    assert thrown_place(PageError(at=0.6, window=0, message="x", stack=stack)) == place
