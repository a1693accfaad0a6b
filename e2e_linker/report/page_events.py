"""What happened on the pages of a case beside its requests and screens."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from e2e_linker.evidence.models import Walk, records
from e2e_linker.evidence.parts import Part
from e2e_linker.report.sections import PageEvent, PageEventKind

__all__ = ["page_events"]

T = TypeVar("T")

_LONGEST = 500
_MOST = 100
"""Events of one kind in one walk that are published; a page may write to its console for ever."""


def page_events(walks: Iterable[Walk]) -> tuple[PageEvent, ...]:
    """Everything that happened, walk by walk in the order of time, numbered as findings name it."""
    return tuple(event for walk in walks for event in sorted(_of(walk), key=lambda one: one.at))


def _of(walk: Walk) -> Iterator[PageEvent]:
    def event(kind: PageEventKind, n: int, at: float, window: int | None, *texts: str | None) -> PageEvent:
        text = ": ".join(filter(None, texts))
        return PageEvent(walk=walk.id, kind=kind, n=n, at=at, window=window, text=text[:_LONGEST])

    for window in _some(walk.windows):
        if window.n:
            yield event("window", window.n, window.at, window.opener, window.asked_by, window.url)
    for n, dialog in enumerate(_some(walk.dialogs), 1):
        yield event("dialog", n, dialog.at, dialog.window, dialog.type, dialog.message)
    for n, line in enumerate(_some(walk.console), 1):
        yield event("console", n, line.at, line.window, line.type, line.text)
    for n, error in enumerate(_some(walk.page_errors), 1):
        yield event("page_error", n, error.at, error.window, error.message)
    for n, broken in enumerate(_some(walk.csp_violations), 1):
        yield event("csp_violation", n, broken.at, broken.window, broken.directive, broken.blocked or broken.text)
    for n, step in enumerate(_some(walk.login), 1):
        failed = "failed" if step.outcome == "failed" else None
        # A step that the tester wrote has no purpose of its own, and a form that is sent no target but itself.
        done = step.action if step.what == step.action else f"{step.action} {step.what}"
        target = None if step.target in {step.action, step.what} else step.target
        yield event("login", n, step.at, None, done, target, failed)


def _some(part: Part[tuple[T, ...]]) -> tuple[T, ...]:
    return records(part)[:_MOST]
