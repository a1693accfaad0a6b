"""What to do with a login form: fill it, tick what must be ticked, send it once, read the answer. Pure."""

from __future__ import annotations

from e2e_linker.browser import login_endings as endings
from e2e_linker.browser.consent import Choice, uncover
from e2e_linker.browser.controls import Seen, View
from e2e_linker.browser.login_form import LoginForm
from e2e_linker.browser.memory import Known, Past, Submission
from e2e_linker.browser.moves import Act, Decision, Stop, Value, Wait, press
from e2e_linker.browser.words import Text
from e2e_linker.evidence.models import Ending

__all__ = ["AFTER_STEPS", "COMPLAINT_PATIENCE_S", "SENT", "faulty_lines", "on_form"]

AFTER_STEPS = "After the steps of linker.login"
COMPLAINT_PATIENCE_S = 1.5
SENT = {"username": "the user name", "password": "the password", "code": "the one-time code"}
_ASKED = {"username": "a user name", "password": "a password", "code": "a one-time code"}
_MOST_FILLS = 3


def on_form(view: View, past: Past, known: Known, form: LoginForm, screen: str) -> Decision:
    """The next move on ``form``. Never sends the same form, or a password to the same host, a second time."""
    sent = past.sent(form.signature, form.kind, form.host)
    if sent is not None:
        return _after_sending(view, sent, form)
    if known.by_steps:
        words = faulty_lines(view)
        refused = endings.rejected(view, words, "the login") if words else None
        return Wait("a form after the steps", refused or endings.dead_end(view, AFTER_STEPS))
    missing = _missing(view, known, form)
    if missing is not None:
        return Stop(missing)
    if (form.kind == "username" or view.frames[form.frame].ready_state == "loading") and not view.settled:
        return Wait("the page is loading", endings.restless(view))
    return _fill(view, past, form, screen) or _send(view, past, form, screen)


def _missing(view: View, known: Known, form: LoginForm) -> Ending | None:
    if form.username is not None and not _given(form.username) and known.username is None:
        return endings.credentials_missing(view, _ASKED["username"])
    if form.password is not None and not known.password:
        return endings.credentials_missing(view, _ASKED["password"])
    return endings.code_missing(view) if form.codes and not known.code else None


def _fill(view: View, past: Past, form: LoginForm, screen: str) -> Act | Wait | None:
    """The next field that does not hold its value yet; a wait for one that cannot be typed into."""
    wanted: list[tuple[Seen, Value, int | None]] = []
    if form.username is not None and not _given(form.username):
        wanted.append((form.username, "username", None))
    if form.password is not None:
        wanted.append((form.password, "password", None))
    wanted += [(c, "code", n if len(form.codes) > 1 else None) for n, c in enumerate(form.codes)]
    for control, value, digit in wanted:
        fills = past.fills[control.key]
        if fills and (control.filled or fills >= _MOST_FILLS):
            continue
        if control.read_only and control.key not in past.nudged:
            return Act("wake", control, value, screen)  # some fields can be written to from their first focus on
        if not control.enabled or control.read_only:
            return Wait("a closed field", endings.disabled_control(view, control.title))
        return Act("fill", control, value, screen, value=value, digit=digit)
    return None


def _given(username: Seen) -> bool:
    """Whether the page shows the user name it was told before."""
    return username.filled and (username.read_only or not username.enabled)


def _send(view: View, past: Past, form: LoginForm, screen: str) -> Decision:
    if not view.loaded:
        return Wait("the page is loading", endings.no_answer(view, f"{SENT[form.kind]} was typed"))
    before = frozenset((*view.complaints, *faulty_lines(view)))
    sends = Submission(form.signature, form.kind, form.host, view.documents, before)
    box = next((b for b in form.boxes if _must_tick(b, form.submit)), None)
    if box is not None:
        return press(view, past, Choice(box, "next", tick=True), screen)
    if form.submit is None:
        return Act("enter", form.last_field, "submit", screen, sends=sends)
    if form.submit.enabled:
        obstacle = uncover(view, past, form.submit)
        if obstacle is not None:
            return press(view, past, obstacle, screen)
        return Act("click", form.submit, "submit", screen, sends=sends)
    if form.last_field.key not in past.nudged:
        return Act("wake", form.last_field, "submit", screen)
    return Wait("a disabled button", endings.disabled_control(view, form.submit.title))


def _must_tick(box: Seen, submit: Seen | None) -> bool:
    if box.checked or not box.usable or not box.enabled or box.type == "radio":
        return False
    blocking = submit is not None and not submit.enabled and not box.said.about_any("remember", "marketing")
    return box.required or (box.said.about("agree") and not box.said.about("marketing")) or blocking


def _after_sending(view: View, sent: Submission, form: LoginForm) -> Decision:
    """The form that was sent is still there, or there again."""
    what = SENT[sent.kind]
    lines = [text for text in faulty_lines(view) if text not in sent.complaints]
    marked = [text for text in view.complaints if text not in sent.complaints]
    quoted = tuple(dict.fromkeys([t for t in marked if t in lines] or marked or lines))
    if lines and view.loaded:
        return Stop(endings.rejected(view, quoted, what))
    if marked:
        return Wait("a complaint", endings.rejected(view, quoted, what), COMPLAINT_PATIENCE_S)
    if view.frames[form.frame].document in sent.documents:
        return Wait("an answer", endings.no_answer(view, f"{what} was sent"))
    return Wait("the same form", endings.form_returned(view, what), COMPLAINT_PATIENCE_S)


def faulty_lines(view: View) -> tuple[str, ...]:
    """The lines of the page that say so in the words of a refusal."""
    lines = [*view.complaints, *(line for frame in view.frames for line in frame.text.split("\n"))]
    return tuple(dict.fromkeys(line for line in lines if len(line) <= 300 and Text(line).about("rejected")))
