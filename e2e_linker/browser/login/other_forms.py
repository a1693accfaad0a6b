"""Forms that are no login though they look like one: registrations, newsletters, searches, letters. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from e2e_linker.browser.login.words import Text, words_of
from e2e_linker.browser.pages.controls import Seen, View

__all__ = ["is_aside", "is_code", "is_message", "is_registration"]


def is_registration(view: View, group: Sequence[Seen]) -> bool:
    """Whether the controls of one form are there to make an account or a new password."""
    passwords = [c for c in group if c.visible and c.type == "password" and not is_code(c)]
    if len(passwords) > 1 or any(_is_new(c) for c in passwords):
        return not any("current-password" in c.autocomplete for c in passwords) or len(passwords) > 2
    texts = [c for c in group if c.visible and c.is_text]
    buttons = [c for c in group if c.visible and c.kind == "button"]
    # An anchor that only a script heeds leads elsewhere, as a link does.
    own = [c for c in buttons if c.submits or (c.form is None and c.type != "generic")]
    signs_up = any(c.named.about("signup") and not c.named.about("login") for c in own)
    logs_in = any(c.named.about("login") for c in buttons)
    # Against autofill, many a login calls its password new: what else it says tells what it is.
    fresh = any("new-password" in c.autocomplete for c in passwords)
    forgets = not signs_up and any(c.named.about("forgot") and c.named.about("password") for c in group if c.pressable)
    links = fresh and len(texts) < 2 and any(_only_allows(c) for c in buttons)
    # Outside a form any button may send: a login asks for one name, and its page is not called a registration.
    loose = len(texts) < 2 and not Text(view.main.title).about("signup")
    goes_on = not fresh and any((c.submits or (loose and c.form is None)) and c.named.about("next") for c in buttons)
    signs_in = logs_in or forgets or links or goes_on
    score = 2 * signs_up + (len(texts) > 2) - 3 * signs_in
    score += 2 * fresh
    score -= any("current-password" in c.autocomplete for c in passwords) * 3
    score += bool(group) and view.form_name(group[0]).about("signup")
    heads = (passwords or texts or group)[-1].headed if group else Text("")
    score += 5 * (heads.about("signup") and not heads.about("login") and not logs_in)
    return score >= 2


def _only_allows(button: Seen) -> bool:
    """Whether a button speaks of linking or allowing, and of no step of a registration."""
    return button.named.about("allow") and not button.named.about_any("deny", "signup", "next")


def _is_new(password: Seen) -> bool:
    """Whether the page itself, and not only what it tells the browser's autofill, calls a password new."""
    return password.said.about("new_password") or words_of(password.name, password.id).about("new_password")


def is_code(control: Seen) -> bool:
    """Whether a field asks for a one-time code."""
    if control.kind != "field" or not (control.is_text or control.type == "password"):
        return False
    return "one-time-code" in control.autocomplete or control.named.about("code") or control.code.about("code")


def is_message(group: Sequence[Seen]) -> bool:
    """Whether the controls of one form are there to write a letter."""
    return any(c.visible and c.type == "textarea" for c in group)


def is_aside(view: View, control: Seen) -> bool:
    """Whether a field is for something else than an account: a search, a newsletter, a voucher."""
    name = view.form_name(control)
    if (
        control.type == "search"
        or control.region in {"search", "footer", "contentinfo"}
        or name.about_any("search", "newsletter")
    ):
        return True
    if control.means("search") and not control.means("username") and not control.means("email"):
        return True
    if control.means("newsletter") or control.means("captcha") or control.headed.about_any("newsletter", "marketing"):
        return True
    return any(
        c.submits and c.named.about_any("newsletter", "search") for c in view.together(control) if c.form is not None
    )
