"""What mends a state that comes back as what programs write where they have none."""

from __future__ import annotations

from e2e_linker.audits.token_values import nothing_said
from e2e_linker.derive.state_trail import StateTrail

__all__ = ["state_of_nothing"]

_NUMBERS = frozenset({"0", "nan"})
"""What becomes of a text that is read as a number and begins with a letter, as Alexa's states do."""


def state_of_nothing(trail: StateTrail) -> str | None:
    """What to look for where another ``state`` is a word for nothing, or 0, to stand before the place; else None."""
    seen = trail.places[-1].value.strip() if trail.places else ""
    if trail.drift is None or trail.drift.kind != "replaced":
        return None
    if seen.casefold() in _NUMBERS:
        return (
            f"Return the state as the text that it is: “{seen}” is what a text becomes that is read as a number. Look "
            "for what does so, such as intval(), parseInt() or a column for numbers, "
        )
    word = nothing_said(seen)
    return word and (
        f"Put the state itself into the redirect: “{word}” is what programs write for a value that is missing or no "
        "text. Look for a name that is misspelt, a session that does not hold the state, or an object in its place, "
    )
