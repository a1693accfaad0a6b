"""Finds the button that sends a form. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from e2e_linker.browser.login.letters import sends_again
from e2e_linker.browser.login.other_forms import is_code
from e2e_linker.browser.login.words import words_of
from e2e_linker.browser.pages.controls import Seen, View

__all__ = ["is_federated", "other_button", "submit_button"]

_OVERLONG = 60
_AWAY = frozenset(
    {"nav", "navigation", "header", "banner", "footer", "contentinfo", "aside", "complementary", "search"}
)
_ASTRAY = (
    *("dangerous", "newsletter", "marketing", "search", "signup", "deny", "forgot", "skip", "help", "beside"),
    *("captcha", "reveal", "remember", "cookie", "passkey", "sent_code", "enrolment", "another_account"),
)
"""Topics of buttons that send no login, whatever else their words say."""


def submit_button(view: View, group: Sequence[Seen], fields: Sequence[Seen]) -> Seen | None:
    """What sends the form: its own button, else one that says so elsewhere in the frame; None where there is none."""
    last = max(group.index(f) for f in fields if f in group)
    ranked = [(_submit_rank(c, behind=i > last), -i, c) for i, c in enumerate(group) if c.pressable]
    good = [entry for entry in ranked if entry[0] >= 5]
    if good:
        best = max(good, key=lambda entry: entry[:2])[2]
        return best if best.enabled else next((c for _, _, c in good if _checks_code(c, fields)), best)
    lone = [c for rank, n, c in ranked if rank >= 2 and -n > last and c.kind == "button" and _says(c)]
    if any(f.type == "password" for f in fields):
        lone = [c for c in lone if _may_send(c, fields[-1]) and (c.form is not None or c.layer == fields[-1].layer)]
    if len(lone) == 1:
        return lone[0]
    if fields[0].form is None:
        return None
    elsewhere = [c for c in view.controls if c.pressable and c.frame == fields[0].frame and c.form is None]
    speaking = [
        c for c in elsewhere if c.kind == "button" and c.named.about("login") and _submit_rank(c, behind=True) >= 5
    ]
    return speaking[0] if speaking else None


def other_button(view: View, field: Seen) -> Seen | None:
    """The button that may send the form of ``field``, the last one to be filled, though nothing says so.

    None where none does, or more than one as likely as the other.
    """
    behind = view.controls[view.controls.index(field) + 1 :]
    own = [c for c in view.controls if c.form == field.form] if field.form is not None else []
    loose = [c for c in behind if c.form is None and c.layer == field.layer]
    ranked: dict[tuple[int, bool], list[Seen]] = defaultdict(list)
    for control in (*own, *loose):
        if control.frame == field.frame and _may_send(control, field):
            ranked[_submit_rank(control, behind=control in behind), control in own].append(control)
    best = ranked[max(ranked)] if ranked else []
    return best[0] if len(best) == 1 and max(ranked)[0] > 0 else None


def is_federated(control: Seen) -> bool:
    """Whether a button or link leads to another company's login."""
    address = (control.href or "").split("?", 1)[0]
    return control.named.about("federated") or words_of(control.name, control.id, address).about("federated")


def _checks_code(button: Seen, fields: Sequence[Seen]) -> bool:
    """Whether a button says that it checks the code, the only thing that is typed, where the form's own is closed."""
    named = button.named
    checks = named.about("next") and named.about_any("code", "bare_code") and not named.about("sending")
    return button.kind == "button" and button.enabled and checks and all(map(is_code, fields))


def _may_send(control: Seen, field: Seen) -> bool:
    """Whether a button about which nothing is known could be the one that sends what was typed into ``field``."""
    if not control.pressable or control.kind != "button" or control.type == "reset" or not _says(control):
        return False
    astray = control.named.about_any(*_ASTRAY) or control.code.about("dangerous") or sends_again(control)
    return not astray and (control.region not in _AWAY or control.region == field.region)


def _submit_rank(control: Seen, *, behind: bool) -> int:
    named = control.named
    if (
        len(control.label) > _OVERLONG
        or is_federated(control)
        or sends_again(control)
        or named.about_any("forgot", "passkey", "cookie", "remember")
        or _reveals(control)
    ):
        return 0
    # “Log in with SSO” and “Send me a sign-in code” lead away from what was typed; the form's own “Continue” does not.
    another = named.about_any("other_way", "sent_code", "code", "bare_code") and not named.about("password")
    speaks = (5 if another else 8) * named.about("login") or 6 * named.about("next") or 4 * named.about("allow")
    if (named.about_any("deny", "signup", "search", "skip") and not named.about("login")) or (
        control.kind == "link" and not (speaks >= 6 and (control.href or "#").startswith(("#", "javascript:")))
    ):
        return 0
    away = control.region in {"nav", "navigation", "header", "banner", "footer", "contentinfo"} and control.form is None
    return speaks + 5 * control.submits + 2 * behind + control.solid - 8 * away


def _says(button: Seen) -> bool:
    """Whether a button is one to its own page, or has words on it at least: an icon may be there for anything."""
    return button.type != "generic" or bool(button.label)


def _reveals(control: Seen) -> bool:
    """Whether a button shows what was typed into the password field, or hides it again."""
    if control.named.about_any("login", "next"):
        return False
    return control.named.about("reveal") or (control.toggle and not control.submits)
