"""Which pages are waited for before anything is done on them, without a browser."""

from __future__ import annotations

from typing import Any

import pytest

from e2e_linker.browser.pages.controls import Box, Seen, SeenFrame, View
from e2e_linker.browser.pages.drawing import is_drawn


def control(kind: str, **more: Any) -> Seen:
    return Seen(frame=0, document="d", uid=1, kind=kind, type="text", box=Box(0, 0, 100, 40), **more)


def page(*controls: Seen, text: str = "", **more: Any) -> View:
    return View((SeenFrame(n=0, document="d", url="https://id.example.test/", text=text, **more),), controls)


NAMELESS = control("field", name="username")


@pytest.mark.parametrize(
    "view",
    [
        page(NAMELESS, control("button")),
        page(NAMELESS, control("button", label="Menu", visible=False), title="Acme"),
        page(NAMELESS, text=" \n", title="Acme"),
        page(NAMELESS, text="Sign in", styled=False),
    ],
)
def test_a_page_that_is_still_to_be_drawn(view: View) -> None:
    assert not is_drawn(view)


@pytest.mark.parametrize(
    "view",
    [
        page(NAMELESS, text="Sign in"),
        page(control("field", label="E-mail")),  # a placeholder
        page(NAMELESS, control("button", label="Sign in")),
        page(control("button")),
        page(control("field", visible=False)),
        page(),
    ],
)
def test_a_page_that_is_drawn(view: View) -> None:
    assert is_drawn(view)


def test_the_words_may_stand_around_the_frame_of_the_fields() -> None:
    outer = SeenFrame(n=0, document="o", url="https://id.example.test/", text="Sign in")
    inner = SeenFrame(n=1, document="d", url="https://id.example.test/form")
    assert is_drawn(View((outer, inner), (NAMELESS,)))
