"""Small pieces of markup."""

from __future__ import annotations

from html import escape

from e2e_linker.demo.behaviour import Parameters
from e2e_linker.demo.pages import Raw

__all__ = ["alert", "box", "button", "hidden", "note"]


def alert(text: str) -> Raw:
    """An inline error, announced at once; nothing for an empty text."""
    return Raw(f'<p class="alert" role="alert">{escape(text)}</p>\n' if text else "")


def note(text: str) -> Raw:
    """A friendly message in the same place."""
    return Raw(f'<p class="note" role="status">{escape(text)}</p>\n')


def box(name: str, label: str, *, required: bool = False) -> Raw:
    """A box to tick; ticked, it posts ``yes``."""
    need = " required" if required else ""
    tag = f'<input type="checkbox" name="{name}" value="yes"{need}>'
    return Raw(f'<label class="check">{tag} {escape(label)}</label>\n')


def button(name: str, value: str, label: str, *, primary: bool = False, locked: bool = False) -> Raw:
    """A submit button. A primary one waits for the page's script, a locked one for another script."""
    look = ' class="primary" disabled' if primary else ""
    lock = " data-locked" if locked else ""
    return Raw(f'<button type="submit" name="{name}" value="{value}"{look}{lock}>{escape(label)}</button>\n')


def hidden(pairs: Parameters) -> Raw:
    """Hidden form fields."""
    return Raw(
        "".join(f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">\n' for name, value in pairs)
    )
