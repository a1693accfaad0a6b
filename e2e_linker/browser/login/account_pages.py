"""Pages after a login that want a new password, a profile or a second factor of the account, known by more than heads.

All of them pure: a view in, an answer out.
"""

from __future__ import annotations

from collections.abc import Sequence

from e2e_linker.browser.login.account_todo import NEW_PASSWORD, PROFILE, Need
from e2e_linker.browser.login.ways_back import BODY_AWAY
from e2e_linker.browser.login.words import Text
from e2e_linker.browser.pages.controls import Seen, View

__all__ = ["demands_factor", "wanted_by_form"]

_LONGEST = 300
"""Characters of a line that is read."""


def demands_factor(view: View) -> bool:
    """Whether a line of a page says that the account has to get another way to prove who somebody is."""
    lines = (line for frame in view.frames for line in (*frame.headings, *frame.text.split("\n")))
    return any(len(line) <= _LONGEST and Text(line).about("factor_demanded") for line in lines)


def wanted_by_form(view: View, heads: Sequence[str]) -> Need | None:
    """What a page with ``heads`` wants by its fields, or by a button for a new password; None for all others."""
    said = [Text(line) for line in heads if len(line) <= _LONGEST]
    if any(head.about("signup") for head in said):
        return None
    outworn = any(head.about("password_outworn") for head in said)
    if _sets_password(view) or (outworn and any(map(_renews, view.controls))):
        return NEW_PASSWORD
    empty = any(not field.filled and field.is_text for field in _fields(view))
    return PROFILE if empty and any(head.about("profile_wanted") for head in said) else None


def _sets_password(view: View) -> bool:
    """Whether all that a page without a heading asks for is a new password, typed twice: no customer's account does."""
    if any(frame.headings for frame in view.frames):
        return False
    asked = _fields(view)
    new = [field for field in asked if field.type == "password" and field.means("new_password")]
    joins = any(c.pressable and c.named.about("signup") for c in view.controls if c.region not in BODY_AWAY)
    return bool(new) and len(asked) == 2 and all(field.type == "password" for field in asked) and not joins


def _renews(control: Seen) -> bool:
    """Whether a control has to do with a password and is no way around it."""
    return control.pressable and control.named.about_any("password", "forgot") and not control.named.about("skip")


def _fields(view: View) -> list[Seen]:
    """What is to be filled in the page itself."""
    fields = (c for c in view.controls if c.kind == "field" and c.visible and c.type != "search")
    return [c for c in fields if c.region not in BODY_AWAY and not c.read_only and c.enabled]
