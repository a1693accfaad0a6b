"""What happened on the pages, as the report publishes it."""

from __future__ import annotations

from typing import Any

import pytest

from e2e_linker.evidence.models import ConsoleMessage, Dialog, LoginStep, NotCollected, PageError, Window
from e2e_linker.report.page_events import page_events


def test_events_stand_in_order_under_the_numbers_findings_use(build: Any, pieces: Any) -> None:
    walk = build.walk(
        windows=[
            Window(n=0, at=0, url="https://a.example/", opener=None),
            Window(n=1, at=2, url="https://b.example/", opener=0, asked_by="window.open"),
        ],
        dialogs=[
            Dialog(at=3, window=1, type="alert", message="hello"),
            Dialog(at=1, window=0, type="confirm", message="?"),
        ],
        console=[ConsoleMessage(at=0.7, window=0, type="error", text="boom " + "x" * 5000)],
        page_errors=[PageError(at=0.6, window=0, message="TypeError")],
        csp_violations=[pieces.policy_violation()],
        login=[LoginStep(at=4, action="click", target="Allow", what="allow", outcome="failed")],
    )
    events = page_events([walk])
    assert [(event.kind, event.n, event.at) for event in events] == [
        ("csp_violation", 1, 0.5),
        ("page_error", 1, 0.6),
        ("console", 1, 0.7),
        ("dialog", 2, 1),
        ("window", 1, 2),
        ("dialog", 1, 3),
        ("login", 1, 4),
    ]
    texts = {(event.kind, event.n): event.text for event in events}
    assert texts["window", 1] == "window.open: https://b.example/"
    assert texts["dialog", 1] == "alert: hello"
    assert texts["login", 1] == "click allow: Allow: failed"
    assert len(texts["console", 1]) == 500


def test_a_page_that_writes_for_ever_is_cut_and_what_was_not_collected_is_nothing(build: Any) -> None:
    lines = [ConsoleMessage(at=n, window=0, type="log", text=str(n)) for n in range(1000)]
    walk = build.walk(console=lines).model_copy(update={"dialogs": NotCollected(reason="a capture does not tell")})
    assert [event.n for event in page_events([walk])] == list(range(1, 101))


@pytest.mark.parametrize(
    ("action", "what", "target", "told"),
    [
        ("submit", "submit", "submit", "submit"),
        ("submit", "submit", "Log in", "submit: Log in"),
        ("click", "click", "#go", "click: #go"),
        ("fill", "username", "username", "fill username"),
        ("fill", "password", "Password", "fill password: Password"),
    ],
)
def test_a_step_says_no_word_twice(build: Any, action: str, what: str, target: str, told: str) -> None:
    walk = build.walk(login=[LoginStep(at=1, action=action, target=target, what=what, outcome="done")])
    assert [event.text for event in page_events([walk])] == [told]
