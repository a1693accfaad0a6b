"""What to say of an answer of the implicit grant that something else than a single ``#`` joins to the redirect URI."""

from __future__ import annotations

from e2e_linker.audits.walks import of_walk
from e2e_linker.derive.misjoined import Misjoined
from e2e_linker.evidence.models import Walk

__all__ = ["how_joined", "rejoin", "state_rejoined"]

_ESCAPED = (
    "Join the answer to the redirect URI by a `#` that is not escaped: give it to the URL builder as the fragment, not "
    "as part of a query or of one of its values."
)
_SINGLE = "Join the answer to the redirect URI by a single `#`, in place of the `{joint}`, and leave its query alone."


def how_joined(found: Misjoined) -> str:
    """What stands in place of the ``#``, and what that does."""
    joint = f"The answer is joined to the redirect URI by `{found.joint}` instead of a single `#`"
    behind = found.joint.partition("#")[2]
    if found.within is None:
        return f"{joint}, so its first parameter is called `{behind}{found.first}`."
    if "#" in found.joint:
        return f"{joint}, so the value of `{found.within}` is changed."
    return f"{joint}, so the answer is part of the query, where it is logged, and begins inside `{found.within}`."


def rejoin(found: Misjoined) -> str:
    """What mends it."""
    return _ESCAPED if "%23" in found.joint else _SINGLE.format(joint=found.joint)


def state_rejoined(walk: Walk) -> str | None:
    """What mends a lost state that stands in the answer of ``walk`` all the same; None where it was lost otherwise."""
    found: Misjoined | None = of_walk(walk, "misjoined")
    if found is None or [one.value for one in found.meant.named("state")] != [walk.authorization.state]:
        return None
    return rejoin(found)
