"""How much of what a page writes to the console is listened to."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from e2e_linker.browser.background import Background
from e2e_linker.browser.in_clear import FORM_GUARD
from e2e_linker.browser.incidents import CSP_LISTENER, Incidents
from e2e_linker.browser.windows import Windows
from e2e_linker.evidence.redact import SecretRegistry


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


def told(*lines: str, registry: SecretRegistry | None = None) -> Incidents:
    """What is kept of a page that writes ``lines`` within three seconds."""
    background, context = Background(), Context()
    incidents = Incidents(lambda: 3.0, Windows(lambda: 3.0, background), background, registry or SecretRegistry())
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


def test_of_a_line_that_is_cut_no_part_of_a_secret_stays():
    registry, known, later = SecretRegistry(), "Kv9 correct horse 7b", "later-known-c0de"
    registry.register(known, "password")
    lines = [f"{'x ' * 1990}{'y' * n} {secret}" for n in range(20) for secret in (known, later)]
    kept = [line.text for line in told(*lines, registry=registry).console]
    assert len(kept) == len(lines)
    assert not any(part in text for text in kept for part in ("Kv9", "horse", "7b"))
    assert any(text.endswith("<password#1>") for text in kept)
    assert all(text.endswith(later) for text in kept if "later" in text), "kept whole, to be found when it is known"


@pytest.mark.parametrize("forged", ["", "5", "null", "{", "[1]", "[" * 100_000, "[[],[],[],[],[]]"])
def test_a_page_may_write_like_the_listener_for_violations(forged):
    incidents = told(f"e2e-linker:securitypolicyviolation{forged}", "and more")
    assert [line.text for line in incidents.console] == ["and more"]
    assert len(incidents.violations()) <= 1


def test_what_the_guard_of_forms_stops_is_no_policy_of_the_page():
    words = f"Sending form data to 'http://x.test/' violates the following directive: \"{FORM_GUARD}\". It was blocked."
    incidents = told(f"Content Security Policy: {words}", "and more")
    assert [line.text for line in incidents.console] == ["and more"]
    assert incidents.violations() == ()
    assert f"event.originalPolicy === '{FORM_GUARD}' ||" in CSP_LISTENER
