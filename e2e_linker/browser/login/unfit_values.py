"""How a login ends whose form the browser itself holds back: what was typed is unfit, or another field is empty."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from e2e_linker.browser.login import endings
from e2e_linker.browser.login.form import LoginForm
from e2e_linker.browser.login.memory import Past
from e2e_linker.browser.login.shown import describe
from e2e_linker.browser.pages.controls import Seen, View
from e2e_linker.evidence.models import Ending
from e2e_linker.model import Fault

__all__ = ["not_sent", "unfit_value"]

_CODE_HINT = (
    "see what linker.account.otpCommand prints, or linker.account.totp gives: it must be the code alone; no shell runs "
    "the command, so that “|”, “$” and “;” in it are plain text"
)
_OTHER_HINT = (
    "compare {} with what the page asks for, and log in with it by hand; where that is how a customer's {} may look, "
    "the page's condition is wrong"
)
_MISSING = "required"
"""The condition that a field without a value breaks."""
_DRAWN = "combobox"
"""The type of a select that the page draws itself."""
_SOURCES = {"user name": "linker.account.username", "password": "linker.account.password"}


def not_sent(view: View, past: Past, form: LoginForm, what: str, ways: Sequence[str]) -> Ending:
    """The ending of ``form`` that the page did not send, whichever of ``ways`` was tried; ``what`` was typed."""
    found = form.submit is not None and form.submit.type != "generic"
    return unfit_value(view, past, form) or endings.not_sent(view, what, ways, found=found)


def unfit_value(view: View, past: Past, form: LoginForm) -> Ending | None:
    """The ending of ``form`` that was not sent, where a value breaks a condition of its field, or a field lacks one.

    None where that is not so, or where the form is sent by a script of the page, which need not ask the browser.
    """
    if past.fate.sent or past.fate.pending or (form.submit is not None and not form.submit.submits):
        return None
    fields = [("user name", form.username), ("password", form.password), *(("one-time code", c) for c in form.codes)]
    for what, field in fields:
        if field is not None and field.unfit not in {"", _MISSING} and past.fills[field.key]:
            source = _SOURCES.get(what)
            return Ending(
                kind="login_blocked",
                message=f"The browser did not send the form: {field.title} takes no such {what}, by the page's own "
                f"condition {field.unfit}; {describe(view)}.",
                fault=Fault.TESTER,
                hint=_OTHER_HINT.format(source, what) if source else _CODE_HINT,
            )
    own = [field for _, field in fields]
    open_ = (
        c
        for c in view.together(form.last_field)
        if c.unfit == _MISSING and (c.usable or c.type == _DRAWN) and c not in own
    )
    return next((_to_be_given(view, field) for field in open_), None)


def _to_be_given(view: View, field: Seen) -> Ending:
    """The ending of a form that is not sent before ``field`` holds something that nobody but the tester can know."""
    selector = f"#{field.id}" if re.fullmatch(r"[A-Za-z][\w-]*", field.id or "") else f"[name={json.dumps(field.name)}]"
    answer = next((option for option in field.options[1:] if option), "…")
    steps = [{"check": selector} if field.kind == "checkbox" else {"fill": selector, "with": answer}]
    steps = [{"click": selector}, {"click": "text=…"}] if field.type == _DRAWN else steps
    shown = (
        ", ".join(json.dumps(step, ensure_ascii=False) for step in steps)
        if field.id or field.name
        else "one for that field"
    )
    return Ending(
        kind="login_blocked",
        message=f"The browser did not send the form: {field.title} is required, and “auto” does not guess what to "
        f"give there; {describe(view)}.",
        fault=Fault.TESTER,
        hint=f"write the steps under linker.login, and before the one that sends the form: {shown}",
    )
