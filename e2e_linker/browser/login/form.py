"""Finds the login form among everything a page shows. Pure: views in, forms out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from e2e_linker.browser.login.code_boxes import digit_boxes, lone_code, may_be_code
from e2e_linker.browser.login.letters import sends_again
from e2e_linker.browser.login.other_forms import is_aside, is_code, is_message, is_registration
from e2e_linker.browser.login.submit_buttons import submit_button
from e2e_linker.browser.login.words import words_of
from e2e_linker.browser.pages.controls import Seen, View
from e2e_linker.model import fingerprint, host_of

__all__ = ["LoginForm", "find_form"]


@dataclass(frozen=True, slots=True)
class LoginForm:
    """Where to type what. ``kind`` is the most secret thing the form asks for."""

    kind: Literal["username", "password", "code"]
    frame: int
    username: Seen | None
    password: Seen | None
    codes: tuple[Seen, ...]
    """One field for the whole code, or one for each digit."""
    submit: Seen | None
    """None where the form is sent by the Enter key."""
    boxes: tuple[Seen, ...]
    signature: str
    host: str

    @property
    def given(self) -> bool:
        """Whether the page shows the user name it was told before."""
        name = self.username
        return name is not None and name.filled and (name.read_only or not name.enabled)

    @property
    def last_field(self) -> Seen:
        """The field that is filled last."""
        return (*(f for f in (self.username, self.password) if f is not None), *self.codes)[-1]


def find_form(view: View, *, sent: frozenset[str] = frozenset(), guess: bool = False) -> LoginForm | None:
    """The login form of ``view``: one with a password first, then one for a code, then one for the user name alone.

    ``sent``: kinds of forms that were sent before. ``guess``: after the password, a lone field for some digits of which
    nothing says what they are is one for a code.
    """
    groups: dict[tuple[int, int | None], list[Seen]] = defaultdict(list)
    for control in view.controls:
        layer = view.layer_of(control)
        if control.usable and not (layer and layer.cookie) and control.region != "search":
            groups[control.frame, control.form].append(control)
    passwords = [(form, _rank(view, form)) for group in groups.values() if (form := _password_form(view, group))]
    if passwords:
        return max(passwords, key=lambda pair: pair[1])[0]
    codes = [form for group in groups.values() if (form := _code_form(view, group, sent, guess=guess))]
    if codes:
        return max(codes, key=lambda form: _rank(view, form))
    names = [form for group in groups.values() if (form := _username_form(view, group))]
    speaking = [form for form in names if _asks_to_log_in(view, form)]
    # Of several forms of which none says that it is for logging in, one may be for anything.
    return max(speaking or names, key=lambda form: _rank(view, form)) if speaking or len(names) == 1 else None


def _rank(view: View, form: LoginForm) -> int:
    field = form.last_field
    button = form.submit
    return (
        4 * bool(button and button.named.about("login"))
        + 2 * ("current-password" in field.autocomplete)
        + 2 * field.headed.about("login")
        + view.form_name(field).about("login")
        - (field.region in {"header", "footer", "banner", "contentinfo"})
    )


def _password_form(view: View, group: Sequence[Seen]) -> LoginForm | None:
    passwords = [c for c in group if _is_password(c)]
    if not passwords or is_registration(view, group):
        return None
    password = next((c for c in passwords if not c.read_only), passwords[0])
    codes = tuple(c for c in group if is_code(c) and c.visible)
    return _form(view, group, "password", username=_username(group, password), password=password, codes=codes)


def _code_form(view: View, group: Sequence[Seen], sent: frozenset[str], *, guess: bool) -> LoginForm | None:
    fields = [c for c in group if c.visible and (c.is_text or c.type == "password")]
    digits = digit_boxes(fields)
    if digits and may_be_code(view, digits, sent):
        return _form(view, group, "code", codes=digits)
    codes = [c for c in fields if is_code(c) and c not in digits]
    codes = [c for c in codes if c.enabled and not c.read_only] or codes
    if guess and not codes and "password" in sent and (lone := lone_code(view)) in fields:
        codes = [lone]
    if not codes and len(fields) == 1 and not is_aside(view, fields[0]):
        bare = fields[0].means("bare_code") and not fields[0].means("username") and not fields[0].means("email")
        codes = fields if bare and view.frame_of(fields[0]).said.about("second_factor") else []
    return _form(view, group, "code", codes=(codes[0],)) if codes else None


def _username_form(view: View, group: Sequence[Seen]) -> LoginForm | None:
    fields = [c for c in group if c.visible and c.is_text and not is_aside(view, c)]
    if not fields or len(fields) > 2 or is_message(group) or is_registration(view, group):
        return None
    field = max(fields, key=_likeness)
    form = _form(view, group, "username", username=field)
    again = any(c.submits and sends_again(c) for c in group)
    if form.submit is None and (again or not view.frame_of(field).said.about("login")):
        return None
    if form.submit is not None and form.submit.named.about_any("newsletter", "marketing", "search"):
        return None
    if len(fields) == 1 and _asks_to_log_in(view, form):
        return form
    return form if _likeness(field) >= 3 and _may_log_in(view, form, field) else None


def _may_log_in(view: View, form: LoginForm, field: Seen) -> bool:
    """Whether anything says that an address is asked for to log in, and not to send mail there."""
    onward = form.submit is None or form.submit.named.about_any("login", "next")
    called = field.means("username") or "username" in field.autocomplete.split()
    return onward or called or view.frame_of(field).said.about("login")


def _asks_to_log_in(view: View, form: LoginForm) -> bool:
    button = form.submit
    if button is None:
        return False
    frame = view.frames[form.frame]
    heads = words_of(*frame.headings, frame.title)
    own = form.last_field.headed.about("login") or form.last_field.means("username")
    return button.named.about("login") or (button.named.about("next") and (own or heads.about("login")))


def _form(
    view: View,
    group: Sequence[Seen],
    kind: Literal["username", "password", "code"],
    *,
    username: Seen | None = None,
    password: Seen | None = None,
    codes: tuple[Seen, ...] = (),
) -> LoginForm:
    fields = [f for f in (username, password, *codes) if f is not None]
    host = host_of(view.frame_of(fields[0]).url)
    marks = [f"{f.type}/{f.name or f.label or f.near}" for f in fields]
    return LoginForm(
        kind=kind,
        frame=fields[0].frame,
        username=username,
        password=password,
        codes=codes,
        submit=submit_button(view, group, fields),
        boxes=tuple(c for c in group if c.kind == "checkbox"),
        signature=fingerprint(kind, host, *marks),
        host=host,
    )


def _is_password(control: Seen) -> bool:
    if not control.visible or control.kind != "field" or is_code(control):
        return False
    masked = control.is_text and control.named.about("password") and not control.named.about_any("username", "email")
    return control.type == "password" or masked


def _likeness(control: Seen) -> int:
    """How much a field looks like the one for the user name."""
    return (
        6 * any(part in {"username", "email"} for part in control.autocomplete.split())
        + 4 * (control.means("username") or control.means("email"))
        + 3 * (control.type == "email")
        + 2 * control.means("phone")
    )


def _username(group: Sequence[Seen], password: Seen) -> Seen | None:
    """The field for the user name beside ``password``: what is called so, or the text field before it."""
    texts = [
        c for c in group if c.visible and c.is_text and c is not password and not is_code(c) and not c.means("captcha")
    ]
    texts = [c for c in texts if c.type != "search" and not _is_password(c)]
    at = group.index(password)
    before = [c for c in texts if group.index(c) < at]
    called = [c for c in texts if _likeness(c) >= 3]
    if called:
        return max(called, key=lambda c: (_likeness(c), c in before, group.index(c)))
    return before[-1] if before else None
