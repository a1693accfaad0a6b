"""What to do with a login form: fill it, tick what must be ticked, send it once, read the answer. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from e2e_linker.browser.login import endings
from e2e_linker.browser.login.account_needs import lines_on_account
from e2e_linker.browser.login.consent import Choice, uncover
from e2e_linker.browser.login.form import LoginForm
from e2e_linker.browser.login.letters import return_sends_again
from e2e_linker.browser.login.memory import Known, Past, Submission
from e2e_linker.browser.login.moves import Act, Decision, Stop, Value, Wait, press
from e2e_linker.browser.login.other_forms import is_code
from e2e_linker.browser.login.refusing_answers import unshown
from e2e_linker.browser.login.rejections import telling
from e2e_linker.browser.login.returned_forms import came_again
from e2e_linker.browser.login.shown import is_own, lines_shown, new_complaints, new_lines
from e2e_linker.browser.login.submit_buttons import other_button
from e2e_linker.browser.login.unfit_values import not_sent, unfit_value
from e2e_linker.browser.login.words import Text, refuses_credentials
from e2e_linker.browser.pages.controls import Seen, View
from e2e_linker.evidence.models import Ending

__all__ = ["AFTER_STEPS", "COMPLAINT_PATIENCE_S", "LOGIN", "SENT", "faulty_lines", "on_form", "told_lines"]

AFTER_STEPS = "After the steps of linker.login"
COMPLAINT_PATIENCE_S = 1.5
_ANSWER_PATIENCE_S = 5.0
"""Seconds within which an answer shows that what a dialog said before it was no refusal."""
LOGIN = "the login"
"""What steps of the tester's own send, in words."""
SENT = {"username": "the user name", "password": "the password", "code": "the one-time code"}
_ASKED = {"username": "a user name", "password": "a password", "code": "a one-time code"}
_MOST_FILLS = 3
_MOST_WAYS = 3
_LULL_S = 0.6
"""Seconds that a page is given to send by itself what was typed last: many wait for a moment after the last key."""
_SILENT_S = 4.0
"""Seconds after which a page that has asked for nothing is taken to have heard of no press: some hash for long."""
_HELD_S = _SILENT_S + 2.0
"""The same for one whose form is kept from going out in clear, with the time for another way to send it."""


def on_form(view: View, past: Past, known: Known, form: LoginForm, screen: str) -> Decision:
    """The next move on ``form``. Never sends the same form, or a password to the same host, a second time."""
    sent = past.sent(form.signature, form.kind, form.host)
    if sent is not None and not _is_to_be_sent(view, past, sent, form):
        return _after_sending(view, past, known, sent, form, screen)
    if known.by_steps:
        return Wait("a form after the steps", _after_steps(view, past, known.in_clear.held(view, form.last_field)))
    missing = _missing(view, known, form)
    if missing is not None:
        return Stop(missing)
    if (form.kind == "username" or view.frames[form.frame].ready_state == "loading") and not view.settled:
        return Wait("the page is loading", endings.restless(view))
    lull = Wait("what the page does by itself", endings.no_answer(view, "the one-time code was typed"))
    moving = sent is not None and past.idle_s < _LULL_S
    return _fill(view, past, form, screen) or (lull if moving else _send(view, past, form, screen))


def _is_to_be_sent(view: View, past: Past, sent: Submission, form: LoginForm) -> bool:
    """Whether nothing shows that the last character sent ``form``: what was asked for then may be for anything."""
    if not sent.by_typing or view.frames[form.frame].document not in sent.documents:
        return False
    if not any(field.filled for field in form.codes):
        return False  # the page has taken it away: by whatever way, it was sent
    if not past.fate.asked_since:
        return True
    kept = all(field.filled for field in form.codes) and lines_shown(view) <= sent.shown
    return kept and not past.fate.unanswered and past.idle_s >= _SILENT_S


def _after_steps(view: View, past: Past, held: Ending | None) -> Ending:
    words = (*faulty_lines(view), *told_lines(past))
    if past.fate.broken is not None:
        return endings.request_failed(view, LOGIN, past.fate.broken, words)
    if _excuses(past, words):
        return endings.not_sent(view, LOGIN, ["the steps of linker.login"], found=True, words=words)
    denied = past.fate.denial
    return endings.rejected(view, words, LOGIN, denied=denied) if words else held or endings.dead_end(view, AFTER_STEPS)


def _missing(view: View, known: Known, form: LoginForm) -> Ending | None:
    if form.username is not None and not form.given and known.username is None:
        return endings.credentials_missing(view, _ASKED["username"])
    if form.password is not None and not known.password:
        return endings.credentials_missing(view, _ASKED["password"])
    return endings.code_missing(view) if form.codes and not known.code else None


def _fill(view: View, past: Past, form: LoginForm, screen: str) -> Act | Wait | None:
    """The next field that does not hold its value yet; a wait for one that cannot be typed into."""
    wanted: list[tuple[Seen, Value, tuple[int, int] | None]] = []
    if form.username is not None and not form.given:
        wanted.append((form.username, "username", None))
    if form.password is not None:
        wanted.append((form.password, "password", None))
    many = len(form.codes)
    wanted += [(c, "code", (n, many) if many > 1 else None) for n, c in enumerate(form.codes)]
    for control, value, digit in wanted:
        fills = past.fills[control.key]
        if fills and (control.filled or fills >= _MOST_FILLS):
            continue
        if control.read_only and control.key not in past.nudged:
            return Act("wake", control, value, screen)  # some fields can be written to from their first focus on
        if not control.enabled or control.read_only:
            return Wait("a closed field", endings.disabled_control(view, control.title))
        # A field that says what it is for nearly always has a button, and what a page sends meanwhile tells nothing.
        last = form.kind == "code" and control is form.last_field and not (many == 1 and is_code(control))
        sends = replace(_submission(view, form), by_typing=True) if last else None
        return Act("fill", control, value, screen, value=value, digit=digit, sends=sends)
    return None


def _send(view: View, past: Past, form: LoginForm, screen: str) -> Decision:
    if not view.loaded:
        return Wait("the page is loading", endings.no_answer(view, f"{SENT[form.kind]} was typed"))
    sent = _submission(view, form)
    box = next((b for b in form.boxes if _must_tick(b, form.submit)), None)
    if box is not None:
        return press(view, past, Choice(box, "next", tick=True), screen)
    if form.submit is None and return_sends_again(view, form.last_field):
        return Wait("what the page does by itself", endings.no_answer(view, f"{SENT[form.kind]} was typed"))
    if form.submit is None:
        return _sends(form, None, screen, sent)
    if form.submit.enabled:
        obstacle = uncover(view, past, form.submit)
        if obstacle is not None:
            return press(view, past, obstacle, screen)
        return _sends(form, form.submit, screen, sent)
    asleep = [
        f for f in (form.username, form.password, form.last_field) if f and f.enabled and f.key not in past.nudged
    ]
    if asleep:
        return Act("wake", asleep[0], "submit", screen)
    return Wait("a disabled button", endings.disabled_control(view, form.submit.title))


def _submission(view: View, form: LoginForm) -> Submission:
    before = frozenset((*view.complaints, *faulty_lines(view), *lines_on_account(view)))
    client = form.username is not None and form.username.said.about("client_of_alexa")
    shown = lines_shown(view)
    return Submission(form.signature, form.kind, form.host, view.documents, before, shown=shown, of_client=client)


def _must_tick(box: Seen, submit: Seen | None) -> bool:
    if box.checked or not box.usable or not box.enabled or box.type == "radio":
        return False
    blocking = submit is not None and not submit.enabled and not box.said.about_any("remember", "marketing")
    return box.required or (box.said.about("agree") and not box.said.about("marketing")) or blocking


def _another_way(view: View, past: Past, sent: Submission, form: LoginForm, screen: str) -> Act | None:
    """What else may send a form that its page has not sent: its button, another one, the return key."""
    ways_tried = _tried(past, view)
    tried = [way.button for way in ways_tried]
    if not tried or len(tried) >= _MOST_WAYS or past.idle_s < _SILENT_S or not view.settled:
        return None
    if not form.last_field.enabled or any(_heard(view, way) for way in ways_tried):
        return None
    button = form.submit or other_button(view, form.last_field)
    ways: list[Seen | None] = [button] if button is not None and button.enabled and not button.covered_by else []
    ways += [] if return_sends_again(view, form.last_field) else [None]
    return next((_sends(form, b, screen, sent) for b in ways if (b.key if b else None) not in tried), None)


def _heard(view: View, way: Submission) -> bool:
    """Whether the button that was pressed shows that its page is at it: it is closed, gone or says something else."""
    if way.button is None:
        return False
    button = next((c for c in view.controls if c.key == way.button), None)
    return button is None or not (button.pressable and button.enabled) or way.way != _pressing(button)


def _pressing(button: Seen) -> str:
    return f"the button {button.title}"


def _tried(past: Past, view: View) -> list[Submission]:
    """What was pressed on the documents shown, in order."""
    return [sent for sent in past.submissions if sent.documents == view.documents and sent.way]


def _sends(form: LoginForm, button: Seen | None, screen: str, sent: Submission) -> Act:
    if button is None:
        way = f"the return key in {form.last_field.title}"
        return Act("enter", form.last_field, "submit", screen, sends=replace(sent, way=way, button=None))
    return Act("click", button, "submit", screen, sends=replace(sent, way=_pressing(button), button=button.key))


def _after_sending(view: View, past: Past, known: Known, sent: Submission, form: LoginForm, screen: str) -> Decision:
    """The form that was sent is still there, or there again."""
    what = SENT[sent.kind]
    lines = [text for text in faulty_lines(view) if text not in sent.complaints]
    marked = new_complaints(view, sent.complaints, sent.shown)
    unanswered = view.frames[form.frame].document in sent.documents
    quoted = tuple(dict.fromkeys([t for t in marked if t in lines] or marked or lines))
    quoted = quoted if telling(quoted) == "account" else tuple(dict.fromkeys((*quoted, *lines)))
    if past.fate.broken is not None:
        ending = endings.request_failed(view, what, past.fate.broken, quoted or told_lines(past))
        return Wait("an answer to another try", ending, COMPLAINT_PATIENCE_S if quoted else None)
    if again := came_again(view, past, SENT[past.submissions[-1].kind], quoted):
        return Wait("the same form", again, None if unanswered else COMPLAINT_PATIENCE_S)
    if unanswered and _excuses(past, lines or marked):
        unsent = endings.not_sent(view, what, [way.way for way in _tried(past, view)], found=True, words=quoted)
        return Wait("a complaint", unsent, COMPLAINT_PATIENCE_S)
    if lines and view.loaded:
        refused = endings.rejected(view, quoted, what, denied=past.fate.denial)
        return Wait("what became of it", refused, COMPLAINT_PATIENCE_S) if past.fate.pending else Stop(refused)
    if told := told_lines(past):
        # It answers what was sent last; the form may be an earlier one. A page may also warn before it sends anything.
        last = endings.rejected(view, told, SENT[past.submissions[-1].kind], denied=past.fate.denial)
        return Wait("a complaint", last, _ANSWER_PATIENCE_S if unanswered else COMPLAINT_PATIENCE_S)
    if marked:
        return Wait("a complaint", endings.rejected(view, quoted, what, denied=past.fate.denial), COMPLAINT_PATIENCE_S)
    held = None if past.fate.sent or sent.kind == "username" else known.in_clear.held(view, form.last_field)
    if unanswered and not past.fate.anything:
        unsent = not_sent(view, past, form, what, [way.way for way in _tried(past, view)])
        wait = Wait("anything sent", unfit_value(view, past, form) or held or unsent, _HELD_S if held else None)
        return _another_way(view, past, sent, form, screen) or wait
    if unanswered:
        silent = held or unshown(view, past, what) or endings.no_answer(view, f"{what} was sent", sent.complaints)
        return Wait("an answer", unfit_value(view, past, form) or silent)
    returned = endings.form_returned(view, what, sent.complaints, new=new_lines(view, sent.shown))
    return Wait("the same form", returned, COMPLAINT_PATIENCE_S)


def _excuses(past: Past, lines: Sequence[str]) -> bool:
    """Whether ``lines`` are a page's words for what it could not even ask for, and not for what was typed."""
    quiet = past.fate.silent or not (past.fate.anything or _faulty(lines))
    return bool(lines) and quiet and not any(refuses_credentials(line) for line in lines)


def faulty_lines(view: View) -> tuple[str, ...]:
    """The lines of the page that say so in the words of a refusal."""
    if is_own(view):
        return ()
    return _faulty([*view.complaints, *(line for frame in view.frames for line in frame.text.split("\n"))])


def told_lines(past: Past) -> tuple[str, ...]:
    """The lines of the dialogs since something was sent that say so."""
    return _faulty(past.told)


def _faulty(lines: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(line for line in lines if len(line) <= 300 and Text(line).about("rejected")))
