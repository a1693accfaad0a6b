"""The way from a form that sends a code or a letter to one that takes the password. Pure."""

from __future__ import annotations

from e2e_linker.browser.login.consent import Choice, press_key
from e2e_linker.browser.login.form import LoginForm
from e2e_linker.browser.login.memory import Known, Past
from e2e_linker.browser.login.submit_buttons import is_federated
from e2e_linker.browser.pages.controls import View

__all__ = ["by_password"]

_LONGEST_LABEL = 60
_AWAY = (
    "forgot",
    "signup",
    "dangerous",
    "passkey",
    "deny",
    "code",
    "bare_code",
    "sent_code",
    "without",
    "help",
    "reveal",
)


def by_password(view: View, past: Past, known: Known, form: LoginForm) -> Choice | None:
    """What to press before ``form`` is sent without a password that the tester has; None where nothing offers itself.

    Sent as it stands, the form would have a letter or a message sent to somebody, with each run.
    """
    if form.kind == "password" or not known.password or known.by_steps or past.logged_in:
        return None
    for control in view.controls:
        named = control.named
        ready = control.pressable and control.enabled and control.covered_by is None
        offered = ready and control != form.submit and control.key not in past.obstructed and not is_federated(control)
        asks = named.about("by_password") or (named.about("login") and named.about("other_way"))
        leads = named.about("password") and asks and not named.about_any(*_AWAY) and not control.label.endswith("?")
        if offered and leads and len(control.label) <= _LONGEST_LABEL and not past.presses[press_key(view, control)]:
            return Choice(control, "sign in")
    return None
