"""How much of what a page writes to the console is listened to."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from e2e_linker.browser.background import Background
from e2e_linker.browser.incidents import Incidents
from e2e_linker.browser.windows import Windows


class Context:
    """Tells its listeners what a page writes, as a browser context does."""

    def __init__(self) -> None:
        self.listeners: dict[str, list[Any]] = {}

    def on(self, event: str, listener: Any) -> None:
        self.listeners.setdefault(event, []).append(listener)

    def remove_listener(self, event: str, listener: Any) -> None:
        self.listeners[event].remove(listener)

    def write(self, text: str) -> None:
        for listener in tuple(self.listeners["console"]):
            listener(SimpleNamespace(text=text, page=None, type="log", location={}))


def told(*lines: str) -> Incidents:
    """What is kept of a page that writes ``lines`` within three seconds."""
    background = Background()
    incidents, context = Incidents(lambda: 3.0, Windows(lambda: 3.0, background), background), Context()
    incidents.listen(context)  # type: ignore[arg-type]
    for line in lines:
        context.write(line)
    return incidents


@pytest.mark.parametrize(
    ("lines", "heard"),
    [
        (["x" * 10_000] * 300, "200 lines with at least 2,000,000 characters"),
        (["x" * 5_000_000] * 30, "20 lines with at least 2,000,000 characters"),
        (["x"] * 2_100, "2000 lines"),
    ],
    ids=["long lines", "huge lines", "many lines"],
)
def test_a_page_that_floods_the_console_is_not_listened_to_any_more(lines, heard):
    incidents = told(*lines)
    (gap,) = incidents.missing()
    assert gap.startswith(f"The page wrote {heard} to the console within 3 s. ")
    assert len(incidents.console) == min(int(heard.split()[0]), 1000)


@pytest.mark.parametrize("lines", [["x" * 5_000_000, "x" * 5_000_000], ["x" * 1_000] * 1_900])
def test_a_page_that_writes_much_is_heard(lines):
    incidents = told(*lines)
    assert incidents.missing() == ()
    assert len(incidents.console) == min(len(lines), 1000)
