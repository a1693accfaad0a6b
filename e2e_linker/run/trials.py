"""How far trials are to go, what they are called, and which have to be made once more before they prove anything."""

from __future__ import annotations

from collections.abc import Iterable

from e2e_linker.derive.causes import last_screen
from e2e_linker.derive.server_failures import broken_by, got_through
from e2e_linker.evidence.models import Trial, Walk, records
from e2e_linker.run.suspected import Suspected
from e2e_linker.run.walks import Until

__all__ = ["ROUNDS", "broke_by_failure", "heals", "let_through", "made", "repeating", "stage"]

ROUNDS: dict[Until, int] = {"login_form": 3, "arrival": 2}
"""How often a trial that healed, and the walk as it was, are made again where a server failed: there it may be one that
fails now and then, and beats even odds by accident. Those that go all the way cost a login each."""
_MOST_NAMED = 4


def stage(found: Walk) -> Until:
    """How far a walk must go to show what ``found`` showed: where nothing was typed yet, to the login form."""
    steps = records(found.login)
    return "arrival" if steps else "login_form"


def let_through(chosen: tuple[str, ...], missing: tuple[str, ...]) -> str:
    """What a trial of hosts is called."""
    named = ", ".join(chosen) if len(chosen) <= _MOST_NAMED else f"{len(chosen)} of {len(missing)} unlisted hosts"
    return f"let through: {named or 'no unlisted host'}"


def made(n: int, each: Suspected, found: Walk, measured: Walk, until: Until) -> Trial:
    """Trial ``n``, of ``each``, as what came of it on ``found``."""
    screen, failed = last_screen(found), broken_by(found, measured)
    return Trial(
        n=n,
        factor=each.factor,
        changed=each.changed,
        hosts=each.hosts,
        address=each.address,
        like=each.like,
        until=until,
        ending=found.ending.kind,
        shown=screen.kind if screen else None,
        server_error=failed[-1].status if failed else None,
        duration_s=round(found.duration_s, 3),
    )


def heals(trials: Iterable[Trial]) -> bool:
    """Whether one thing that was changed is why, as far as ``trials`` tell: without it, the walk broke again."""
    through = {trial.factor for trial in trials if got_through(trial.ending)}
    return bool(through) and "nothing" not in through


def repeating(trials: Iterable[Trial]) -> tuple[str, ...]:
    """What the trials that healed each time changed, each once."""
    known = [trial for trial in trials if trial.factor != "nothing"]
    healed = (one.changed for one in known if got_through(one.ending))
    failed = {one.changed for one in known if not got_through(one.ending)}
    return tuple(changed for changed in dict.fromkeys(healed) if changed not in failed)


def broke_by_failure(trials: Iterable[Trial]) -> bool:
    """Whether a server failed on one of ``trials``."""
    return any(trial.server_error is not None for trial in trials)
