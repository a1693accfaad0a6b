"""A button of the login that was pressed, and the login went no further: what was seen since."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from e2e_linker.derive.base import fact
from e2e_linker.derive.failed_scripts import FailedScript
from e2e_linker.derive.login_requests import FailedLogin, failed_press, waiting_login
from e2e_linker.derive.pages import Page
from e2e_linker.derive.screen_causes import Suspect
from e2e_linker.derive.screens import ScreenVerdict
from e2e_linker.derive.stopped_connections import StoppedConnection, stopped_connections
from e2e_linker.derive.wordings import CHOOSING, first_match
from e2e_linker.evidence.json_errors import error_words
from e2e_linker.evidence.models import DomDigest, Ending, LoginStep, Request, Walk, records
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

    kind: Literal["request", "stopped", "script", "chunk", "again", "closed"]
    """``request``: the request that its script made failed. ``stopped``: the page's policy stopped that request.
    ``script``: it asked for nothing, and scripts of the page failed. ``chunk``: its requests were answered, and a
    script that the page asked for since did not come. ``again``: it was pressed more than once, and each time the same
    page came back. ``closed``: nobody can press it, and scripts of its site did not come."""
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
    onward, sending = _press(walk), _sending(walk)
    if onward and sending and onward.target == sending.target:
        # The button that was to send the form is pressed once more where nothing came of it.
        onward = onward if any(sending.at <= r.at < onward.at for r in requests) else None
    press = onward or sending
    if press is None:
        return _closed(last, failed_scripts, requests, walk)
    rejected = onward is None and ending.kind == "login_rejected"
    if not (rejected or ending.kind in {"dead_end", "timeout"}) or last is None or last.empty:
        return None
    if last.page is None or last.page.status >= 400 or _went_elsewhere(walk, press.at):
        return None
    since = [r for r in requests if r.at >= press.at and r.window == last.page.window]
    if any(r.navigation and (r.main_frame or not onward) and not r.called_off for r in since):
        return _again(last, press, pages, walk) if onward else None
    label, waited = _label(press), walk.duration_s - press.at
    failed = (failed_press if onward else waiting_login)(walk, since, last.page.url)
    if failed is not None and not rejected:
        return DeadPress("request", label, last.page, _sure(failed), failed, waited_s=waited)
    stopped = next(iter(stopped_connections(walk, last.page, press.at, since)), None)
    if stopped is not None and (stopped.confidence is not Confidence.POSSIBLE or not rejected):
        return DeadPress("stopped", label, last.page, stopped.confidence, stopped=stopped)
    if rejected or not (_still_there(press, last.digest) or _held(press, last)):
        return None
    if any(r.resource_type in SCRIPTED for r in since):
        lost = _chunks(since, failed_scripts, walk, press.at)
        return DeadPress("chunk", label, last.page, Confidence.LIKELY, suspects=lost) if lost else None
    suspects = tuple(one.suspect for one in failed_scripts if _since(one, walk, press.at))
    # That a script is missing need not be why; one that fails as the button is pressed mostly is.
    sure = Confidence.LIKELY if any(one.kind == "page_error" for one in suspects) else Confidence.POSSIBLE
    return DeadPress("script", label, last.page, sure, suspects=suspects) if suspects else None


def _press(walk: Walk) -> LoginStep | None:
    """The last press, where it was to lead on and did not send the login's own form."""
    steps = records(walk.login)
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
    steps = records(walk.login)
    typed = max((n for n, step in enumerate(steps) if step.action == "fill"), default=len(steps))
    pressed = [step for step in steps[typed:] if step.action in _PRESSES and step.what != "cookies"]
    later = any(step.action == "python" for step in steps[typed:])
    return pressed[0] if pressed and not later and all(step.outcome == "done" for step in pressed) else None


def _closed(
    last: ScreenVerdict | None, failed: Sequence[FailedScript], requests: Sequence[Request], walk: Walk
) -> DeadPress | None:
    """The only button of a form that was filled in, where it stays disabled or no press of it went through.

    Where the page still asks for something else, says what is wrong with what was typed, or holds something that cannot
    be looked into, that may be why.
    """
    steps = records(walk.login)
    typed = max((step.at for step in steps if step.action == "fill"), default=None)
    if last is None or last.page is None or typed is None or walk.ending.kind != "dead_end" or last.page.status >= 400:
        return None
    digest, suspects = last.digest, tuple(one.suspect for one in failed if one.own and one.suspect.kind == "request")
    shown = [c for c in digest.controls if c.visible and c.kind != "link"]
    buttons = [c for c in shown if c.kind == "button"]
    fills = [step.target for step in steps if step.action == "fill" and step.at >= last.page.at]
    filled = all(c.kind == "field" and any((c.label or c.name or " ") in one for one in fills) for c in shown[:-1])
    refused = steps[-1].outcome == "failed" and steps[-1].action in _PRESSES
    hidden = bool(digest.frames or digest.sealed)
    asked = any(r.at >= typed and (r.navigation or r.resource_type in SCRIPTED) for r in requests)
    old = {said for view in last.page.views if view.at < typed for said in view.digest.alerts}
    if len(buttons) != 1 or buttons[0] is not shown[-1] or not filled or hidden or asked or not suspects:
        return None
    if buttons[0].covered_by or (buttons[0].enabled and not refused) or set(digest.alerts) - old:
        return None
    label = buttons[0].label or buttons[0].name or buttons[0].type
    return DeadPress("closed", label, last.page, Confidence.POSSIBLE, suspects=suspects)


def _label(press: LoginStep) -> str:
    found = _LABEL.search(press.target)
    return found[1] if found else press.target


def _went_elsewhere(walk: Walk, since: float) -> bool:
    """Whether a window was opened since, or the policy of the page stopped a form."""
    windows = records(walk.windows)
    stopped = (f"{one.directive} {one.text or ''}" for one in records(walk.csp_violations) if one.at >= since)
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


def _held(press: LoginStep, last: ScreenVerdict) -> bool:
    """Whether the last screen is the one before ``press`` with nothing new but what cannot be used.

    A button that waits may have lost its label to a picture that turns.
    """
    views = [view for view in (last.page.views if last.page else ()) if view.at <= press.at]
    before = max(views, key=lambda view: view.at).digest if views else None
    if before is None or not _still_there(press, before) or _shape(before)[:2] != _shape(last.digest)[:2]:
        return False
    waits = any(c.visible and c.kind == "button" and not c.enabled for c in last.digest.controls)
    return waits and _shape(last.digest)[2] <= _shape(before)[2]


def _shape(digest: DomDigest) -> tuple[tuple[str, tuple[str, ...]], list[str | None], set[tuple[str, str | None]]]:
    """What a screen is called, its fields, and what of it can be used."""
    shown = [c for c in digest.controls if c.visible]
    fields = [c.label or c.name for c in shown if c.kind == "field"]
    return (digest.title, digest.headings), fields, {(c.kind, c.label or c.name) for c in shown if c.enabled}


def _chunks(since: Sequence[Request], failed: Sequence[FailedScript], walk: Walk, at: float) -> tuple[Suspect, ...]:
    """The scripts that were asked for since ``at`` and did not come, and what failed then; empty where any other
    request of a script may be why the page stands still.

    Of scripts of other sites only such count as an error of the page names: others count customers.
    """
    asked = [r for r in since if r.resource_type in SCRIPTED and not r.called_off]
    if any(not 200 <= (r.status or 0) < 400 or error_words(r.excerpt or "") for r in asked):
        return ()
    errors = [error.message for error in records(walk.page_errors) if error.at >= at]
    late = {r.n: r.url for r in since}
    lost = [
        one.suspect
        for one in failed
        if one.suspect.kind == "request"
        if (url := late.get(one.suspect.ref[1])) and (one.own or any(url in said for said in errors))
    ]
    thrown = [one.suspect for one in failed if one.suspect.kind == "page_error" and _since(one, walk, at)]
    return (*lost, *thrown) if lost else ()


def _since(one: FailedScript, walk: Walk, at: float) -> bool:
    """Whether it may be why nothing came of a press: a script of the site that is missing, or one that failed then."""
    kind, n = one.suspect.ref
    if kind != "page_error":
        return bool(one.own)
    errors = records(walk.page_errors)
    return one.own is not False and errors[n - 1].at >= at


def _again(last: ScreenVerdict, press: LoginStep, pages: Sequence[Page], walk: Walk) -> DeadPress | None:
    """The page that came back word for word although it asks for nothing but to be pressed."""
    steps = records(walk.login)
    times = [s.at for s in steps if s.action in _PRESSES and s.outcome == "done" and s.target == press.target]
    views = [view for page in pages if page.main_frame for view in page.views if times and view.at <= times[0]]
    before = max(views, key=lambda view: view.at, default=None)
    digest = last.digest
    asks = any(c.visible and (c.kind in {"field", "checkbox"} or c.type == "generic") for c in digest.controls)
    asks = asks or first_match(CHOOSING, digest.title, *digest.headings) is not None
    asks = asks or bool(digest.sealed)  # a component may ask where none can see
    if len(times) < 2 or last.page is None or before is None or asks or digest.alerts:
        return None
    if not _still_there(press, digest) or before.digest.texts != digest.texts:
        return None
    return DeadPress("again", _label(press), last.page, Confidence.LIKELY, times=len(times))
