"""A button of the login that was pressed, and the login went no further: what was seen since."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from e2e_linker.derive.base import fact
from e2e_linker.derive.failed_scripts import FailedScript
from e2e_linker.derive.login_requests import FailedLogin, failed_press
from e2e_linker.derive.pages import Page
from e2e_linker.derive.screen_causes import Suspect
from e2e_linker.derive.screens import ScreenVerdict
from e2e_linker.derive.stopped_connections import StoppedConnection, stopped_connections
from e2e_linker.derive.wordings import CHOOSING, first_match
from e2e_linker.evidence.models import DomDigest, Ending, LoginStep, Present, Request, Walk, Window
from e2e_linker.evidence.traffic import SCRIPTED
from e2e_linker.model import Confidence

__all__ = ["DeadPress", "dead_press"]

_PRESSES = frozenset({"click", "submit"})
_NOT_ONWARD = frozenset({"submit", "cookies"})
"""What presses are for that send the login's own form, or take away what lies over a page."""
_LABEL = re.compile(r"“(.+)”")
_TOLD = frozenset({400, 401, 403, 409, 422, 429})
"""Statuses by which a server may refuse what this account or this tester did."""


@dataclass(frozen=True, slots=True)
class DeadPress:
    """The last button that was pressed, and what is known of why nothing came of it."""

    kind: Literal["request", "stopped", "script", "again"]
    """``request``: the request that its script made failed. ``stopped``: the page's policy stopped that request.
    ``script``: it asked for nothing, and scripts of the page failed. ``again``: it was pressed more than once, and each
    time the same page came back."""
    label: str
    """What it says, or how it was found."""
    page: Page
    confidence: Confidence
    failed: FailedLogin | None = None
    suspects: tuple[Suspect, ...] = ()
    stopped: StoppedConnection | None = None
    waited_s: float = 0.0
    """How long the walk went on after it was pressed."""
    times: int = 1
    """How often it was pressed."""


@fact
def dead_press(
    screen_verdicts: tuple[ScreenVerdict, ...],
    failed_scripts: tuple[FailedScript, ...],
    pages: tuple[Page, ...],
    requests: tuple[Request, ...],
    ending: Ending,
    walk: Walk,
) -> DeadPress | None:
    """The press at which ``walk`` ended; None where it ended otherwise, or where nothing tells why nothing came of it.

    What a press should have opened in another window, and a form that a policy stopped, have findings of their own.
    """
    last = screen_verdicts[-1] if screen_verdicts else None
    onward = _press(walk)
    press = onward or _sending(walk)
    rejected = onward is None and ending.kind == "login_rejected"
    if not (rejected or ending.kind in {"dead_end", "timeout"}) or last is None or last.empty or press is None:
        return None
    if last.page is None or last.page.status >= 400 or _went_elsewhere(walk, press.at):
        return None
    since = [r for r in requests if r.at >= press.at and r.window == last.page.window]
    if any(r.navigation and (r.main_frame or not onward) and not r.called_off for r in since):
        return _again(last, press, pages, walk) if onward else None
    label, waited = _label(press), walk.duration_s - press.at
    failed = failed_press(walk, since, last.page.url) if onward else None
    if failed is not None:
        return DeadPress("request", label, last.page, _sure(failed), failed, waited_s=waited)
    stopped = next(iter(stopped_connections(walk, last.page, press.at, since)), None)
    if stopped is not None and (stopped.confidence is not Confidence.POSSIBLE or not rejected):
        return DeadPress("stopped", label, last.page, stopped.confidence, stopped=stopped)
    if rejected or any(r.resource_type in SCRIPTED for r in since) or not _still_there(press, last.digest):
        return None
    suspects = tuple(one.suspect for one in failed_scripts if _since(one, walk, press.at))
    # That a script is missing need not be why; one that fails as the button is pressed mostly is.
    sure = Confidence.LIKELY if any(one.kind == "page_error" for one in suspects) else Confidence.POSSIBLE
    return DeadPress("script", label, last.page, sure, suspects=suspects) if suspects else None


def _press(walk: Walk) -> LoginStep | None:
    """The last press, where it was to lead on and did not send the login's own form."""
    steps = walk.login.value if isinstance(walk.login, Present) else ()
    pressed = [n for n, step in enumerate(steps) if step.action in _PRESSES]
    if not pressed:
        return None
    last, before = steps[pressed[-1]], steps[: pressed[-1]]
    typed = max((n for n, step in enumerate(before) if step.action == "fill"), default=None)
    # A step of the tester's own does not say what it is for: the first press after something was typed may send that.
    sends = typed is not None and last.what == "click" and not any(s.action in _PRESSES for s in before[typed:])
    later = any(step.action in {"fill", "check", "python"} for step in steps[pressed[-1] :])
    return None if last.outcome != "done" or last.what in _NOT_ONWARD or sends or later else last


def _sending(walk: Walk) -> LoginStep | None:
    """The first press after something was typed last, which sends the login's form; None where a press failed."""
    steps = walk.login.value if isinstance(walk.login, Present) else ()
    typed = max((n for n, step in enumerate(steps) if step.action == "fill"), default=len(steps))
    pressed = [step for step in steps[typed:] if step.action in _PRESSES and step.what != "cookies"]
    later = any(step.action == "python" for step in steps[typed:])
    return pressed[0] if pressed and not later and all(step.outcome == "done" for step in pressed) else None


def _label(press: LoginStep) -> str:
    found = _LABEL.search(press.target)
    return found[1] if found else press.target


def _went_elsewhere(walk: Walk, since: float) -> bool:
    """Whether a window was opened since, or the policy of the page stopped a form."""
    windows: Sequence[Window] = walk.windows.value if isinstance(walk.windows, Present) else ()
    violations = walk.csp_violations.value if isinstance(walk.csp_violations, Present) else ()
    stopped = (f"{one.directive} {one.text or ''}" for one in violations if one.at >= since)
    return any(one.n and one.at >= since for one in windows) or any("form-action" in words for words in stopped)


def _sure(failed: FailedLogin) -> Confidence:
    """A request that is still under way may only be slow, and some statuses may be the tester's own doing."""
    status = failed.request.status
    if failed.kept_back or (status is not None and status >= 500):
        return Confidence.CERTAIN
    waits = status is None and failed.request.failure is None
    return Confidence.POSSIBLE if waits or status in _TOLD else Confidence.LIKELY


def _still_there(press: LoginStep, digest: DomDigest) -> bool:
    """Whether the last screen still shows what was pressed, as far as its name tells."""
    named = (control.label or control.name for control in digest.controls if control.visible)
    return any(name and name in press.target for name in named)


def _since(one: FailedScript, walk: Walk, at: float) -> bool:
    """Whether it may be why nothing came of a press: a script of the site that is missing, or one that failed then."""
    kind, n = one.suspect.ref
    if kind != "page_error":
        return bool(one.own)
    errors = walk.page_errors.value if isinstance(walk.page_errors, Present) else ()
    return one.own is not False and errors[n - 1].at >= at


def _again(last: ScreenVerdict, press: LoginStep, pages: Sequence[Page], walk: Walk) -> DeadPress | None:
    """The page that came back word for word although it asks for nothing but to be pressed."""
    steps = walk.login.value if isinstance(walk.login, Present) else ()
    times = [s.at for s in steps if s.action in _PRESSES and s.outcome == "done" and s.target == press.target]
    views = [view for page in pages if page.main_frame for view in page.views if times and view.at <= times[0]]
    before = max(views, key=lambda view: view.at, default=None)
    digest = last.digest
    asks = any(c.visible and (c.kind in {"field", "checkbox"} or c.type == "generic") for c in digest.controls)
    asks = asks or first_match(CHOOSING, digest.title, *digest.headings) is not None
    asks = asks or (digest.sight is not None and bool(digest.sight.sealed))  # a component may ask where none can see
    if len(times) < 2 or last.page is None or before is None or asks or digest.alerts:
        return None
    if not _still_there(press, digest) or _words(before.digest) != _words(digest):
        return None
    return DeadPress("again", _label(press), last.page, Confidence.LIKELY, times=len(times))


def _words(digest: DomDigest) -> tuple[str, str, tuple[str, ...]]:
    return digest.title, digest.text, digest.headings
