"""What to do next on a login page. Pure: a view, the walk's past and what the account knows in; one decision out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal
from urllib.parse import parse_qs, urlsplit

from e2e_linker.browser.login import endings
from e2e_linker.browser.login.account_needs import account_wanting
from e2e_linker.browser.login.consent import Choice, choose
from e2e_linker.browser.login.form import LoginForm, find_form
from e2e_linker.browser.login.form_moves import (
    AFTER_STEPS,
    COMPLAINT_PATIENCE_S,
    LOGIN,
    SENT,
    faulty_lines,
    on_form,
    told_lines,
)
from e2e_linker.browser.login.guarded import human_check, shows_human_check, turned_away
from e2e_linker.browser.login.letters import sends_first
from e2e_linker.browser.login.memory import Known, Past
from e2e_linker.browser.login.moves import Decision, Reached, Stop, Wait, press
from e2e_linker.browser.login.notices import asks_to_choose, countdown
from e2e_linker.browser.login.openings import go
from e2e_linker.browser.login.other_devices import awaited_before_login, awaited_elsewhere, by_code, untold
from e2e_linker.browser.login.password_ways import by_password
from e2e_linker.browser.login.rejections import refused_by_status
from e2e_linker.browser.login.returned_forms import gone_through
from e2e_linker.browser.login.words import Text, refuses_credentials
from e2e_linker.browser.pages.controls import View
from e2e_linker.evidence.cutting import cut
from e2e_linker.evidence.models import Ending
from e2e_linker.model import host_of

__all__ = ["decide"]

_MOST_ACTIONS = 40
_CAPTCHA_PATIENCE_S = 3.0
_NO_PAGE = frozenset({404, 405, 410})
_OF_TRANSPORT = frozenset({408, 411, 413, 414, 415, 417, 421, 425, 426, 431, 494, 495, 496})
"""Statuses of how a request was sent: nobody has looked at a password then. The last three are of nginx."""
_BAD_REQUEST, _UNAUTHORIZED = 400, 401
_CAPTCHA_FRAMES = (
    "/recaptcha/",
    "hcaptcha.com",
    "challenges.cloudflare.com",
    "arkoselabs.com",
    "funcaptcha.com",
    "captcha-delivery.com",
)


def decide(view: View, past: Past, known: Known, *, until: Literal["arrival", "login_form"] = "arrival") -> Decision:
    """The next step on what ``view`` shows. Never sends the same password twice to a host."""
    if past.actions >= _MOST_ACTIONS:
        return Stop(endings.dead_end(view, f"After {past.actions} actions that went round in circles"))
    form = find_form(view, sent=_sent(past, known, until), guess=known.code)
    if _asks_captcha(view, form):
        return Wait("captcha", endings.captcha(view), _CAPTCHA_PATIENCE_S)
    if form is not None and not _too_late(past, form):
        screen = {"username": "authorization page", "password": "password page", "code": "code page"}[form.kind]
        screen = "authorization page" if not past.submissions else screen
        if until == "login_form":
            # A script that is still to come may take the form away again.
            there = view.settled if form.kind == "username" else view.loaded
            return Reached(screen) if there else Wait("the page is loading", endings.restless(view))
        unsent = form.kind != "username" and past.sent(form.signature, form.kind, form.host) is None
        if unsent and not known.by_steps and (exposed := known.in_clear.ending(view, form.last_field)):
            return Stop(exposed)
        way = by_password(view, past, known, form) if view.settled else None
        return press(view, past, way, screen) if way else on_form(view, past, known, form, screen)
    return _elsewhere(view, past, known, until)


def _sent(past: Past, known: Known, until: str) -> frozenset[str]:
    """What kinds of forms were sent, or need not be: where nothing is typed, boxes for digits are a login form."""
    kinds = {submission.kind for submission in past.submissions}
    return frozenset(kinds | ({"password"} if not known.password or until == "login_form" else set()))


def _too_late(past: Past, form: LoginForm) -> bool:
    """Whether a form that asks for a name only comes after the login: it wants something else."""
    return form.kind == "username" and past.logged_in and not past.sent(form.signature, form.kind, form.host)


def _asks_captcha(view: View, form: LoginForm | None) -> bool:
    if any(frame.captcha == "solved" for frame in view.frames):
        return False
    widgets = [src for frame in view.frames for src in frame.embedded if any(mark in src for mark in _CAPTCHA_FRAMES)]
    if any("size=invisible" not in src for src in widgets) or any(frame.captcha == "open" for frame in view.frames):
        return True
    asked = [c for c in view.controls if c.kind == "field" and c.visible and c.means("captcha")]
    if form is None:
        return bool(asked)
    return any((c.frame, c.form) == (form.frame, form.last_field.form) for c in asked)


def _elsewhere(view: View, past: Past, known: Known, until: str) -> Decision:
    choice = by_code(view, past, known) or choose(view, past, known)
    done = past.logged_in or known.by_steps
    if choice is not None and (untold(view, choice) or (done and _withheld(view, known, choice))):
        choice = None
    if choice is not None and not known.code and done and sends_first(choice.control):
        return Wait("something to do", endings.code_missing(view))
    if until == "login_form" and choice is not None and choice.purpose in {"allow", "account"}:
        return Reached(_screen(choice, done=False))
    if until == "login_form" and view.settled and view.said.about("chooser"):
        return Reached("account chooser")
    refusal = turned_away(view) or _refusal(view, idle=choice is None)
    if refusal and (choice is None or choice.purpose not in {"allow", "sign in"}):
        return Wait("a refusal", refusal, COMPLAINT_PATIENCE_S)
    if choice is not None and (view.settled or (choice.sure and view.main.ready_state != "loading")):
        return go(view, past, choice, _screen(choice, done=done))
    if not done and (failed := _failed_before(view, past)) is not None:
        return Wait("something to do", failed)
    if not done:
        ending = human_check(view) if shows_human_check(view) else awaited_before_login(view, past)
        ending = ending or endings.not_found(view, acted=past.actions > 0)
        # A page that has just been loaded whole begins anew to be waited for: its scripts run now.
        return Wait("something to do" if view.complete else "the page to load", ending)
    before = past.submissions[-1].complaints if past.submissions else frozenset()
    faulty = [line for line in faulty_lines(view) if line not in before]
    faulty += told_lines(past)
    if past.fate.broken is not None and done and not past.pressed_in:
        what = SENT[past.submissions[-1].kind] if past.submissions else LOGIN
        return Wait("something to do", endings.request_failed(view, what, past.fate.broken, faulty))
    # A server that took the password may only now look at what Alexa asked for.
    late = any(_of_the_request(view, past, line) and not refuses_credentials(line) for line in faulty)
    late = late or _forbidden(view, past, faulty)
    mine = past.logged_in and not past.pressed_in and not _broken(view.main.status)
    if faulty and not late and mine and not _taken_elsewhere(view, past, faulty):
        what, denied, alone = SENT[past.submissions[-1].kind], past.fate.denial, not told_lines(past)
        return Wait("a refusal", endings.rejected(view, faulty, what, denied=denied, alone=alone))
    if done and past.fate.unauthorized and not past.pressed_in and (bare := refused_by_status(view)) is not None:
        return Wait("a refusal", bare)
    return Wait(countdown(view) or "something to do", _no_way_on(view, past, before))


def _withheld(view: View, known: Known, choice: Choice) -> bool:
    """Whether something has to be done about the account first, and ``choice`` does not say that it just leads on.

    What a button does on such a page may be to send mail; a code that is sent, somebody may be there to read.
    """
    named = choice.control.named
    plain = named.without("alone").about("next") and not named.about("email")
    onward = (plain or named.about("yes")) and not named.about("sending")
    read = known.code and named.about_any("code", "bare_code")
    if choice.tick or onward or read or choice.purpose not in {"next", "choose"}:
        return False
    return account_wanting(view) is not None


def _no_way_on(view: View, past: Past, before: frozenset[str]) -> Ending:
    """The ending on a page after the login on which nothing is to be pressed."""
    if shows_human_check(view):
        return human_check(view)
    after = "After the login" if past.logged_in else AFTER_STEPS
    where = ", where a page asks to choose something" if asks_to_choose(view) else ""
    way = after + gone_through(view, past) + where
    awaited = account_wanting(view) or awaited_elsewhere(view)
    return awaited or endings.dead_end(view, way, before)


def _failed_before(view: View, past: Past) -> Ending | None:
    """The failed request behind a page that shows no form any more, where no password was sent yet.

    A refusal may be of the account: it counts where the page turned into an error that says nothing of one.
    """
    if not past.submissions or past.pressed_in:
        return None
    faulty = [*(line for line in faulty_lines(view) if line not in past.submissions[-1].complaints), *told_lines(past)]
    refused = past.fate.refused if faulty else None
    failed = past.fate.broken or refused
    return endings.request_failed(view, SENT[past.submissions[-1].kind], failed, faulty) if failed else None


def _broken(status: int) -> bool:
    """Whether a page came with a status that speaks of the server or the way to it: no unknown user is "not found"."""
    return status in _NO_PAGE | _OF_TRANSPORT or status >= 500


def _of_the_request(view: View, past: Past, line: str) -> bool:
    """Whether ``line`` speaks of what Alexa asked for.

    A bank's customers are "clients", too: the word means Alexa at the very address of its request, unless it was asked
    for by the login form.
    """
    said, customer = Text(line), any(sent.of_client for sent in past.submissions)
    asked = parse_qs(urlsplit(view.main.url).query).keys() >= {"client_id", "redirect_uri"}
    elsewhere = not past.submissions or view.main.document not in past.submissions[-1].documents
    return said.about("asked_by_alexa") or (asked and elsewhere and not customer and said.about("client_of_alexa"))


def _forbidden(view: View, past: Past, faulty: Sequence[str]) -> bool:
    """Whether another page than the one that got the password says only that something is not allowed to its user."""
    same = not past.submissions or view.main.document in past.submissions[-1].documents
    wrong = any(Text(line).without("forbidden").about("rejected") for line in faulty)
    # Where anything speaks of the login, that may be what was denied.
    asks = view.said.about_any("login", "password") or any(
        c.pressable and c.named.about("login") for c in view.controls
    )
    return not (same or wrong or asks or view.main.status == _UNAUTHORIZED)


def _taken_elsewhere(view: View, past: Past, faulty: Sequence[str]) -> bool:
    """Whether another site than the one that got the password answers 400 to what that site sent it."""
    if view.main.status != _BAD_REQUEST or any(refuses_credentials(line) for line in faulty):
        return False
    told = Text(" ".join(faulty))
    sites = {".".join(host.split(".")[-2:]) for host in (host_of(view.main.url), past.submissions[-1].host)}
    return len(sites) > 1 and not told.about_any("forged", "throttled")


def _refusal(view: View, *, idle: bool) -> Ending | None:
    """The words by which a page refuses this browser. Of browsers in apps, one that leads on may only warn."""
    topics = ("refused", "in_app_browser") if idle else ("refused",)
    lines = (view.main.title, *view.main.headings, *view.main.text.split("\n"))
    said = next((cut(line, 300) for line in lines if Text(line).about_any(*topics)), None)
    return endings.blocked(view, said) if said else None


def _screen(choice: Choice, *, done: bool) -> str:
    if choice.purpose == "allow":
        return "consent"
    if choice.purpose == "account":
        return "account chooser"
    return "after login" if done else "authorization page"
