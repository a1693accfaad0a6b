"""How audits tell of what a customer is left with."""

from __future__ import annotations

from collections.abc import Sequence

from e2e_linker.derive.causes import Simulation, healed_by
from e2e_linker.derive.screens import ScreenVerdict
from e2e_linker.evidence.models import Trial

__all__ = ["consequence", "listed_in_words", "proven", "shows"]

_QUOTED = 120


def shows(last: ScreenVerdict) -> str:
    """What an empty screen shows, as the rest of a sentence that begins with it."""
    if last.kind == "nearly blank":
        drawn = "something is drawn, a spinner perhaps, but there is nothing to read and nothing to use"
        return f"shows next to nothing: {f'“{last.words[:_QUOTED]}”' if last.words else drawn}"
    hidden = f": {last.words}" if last.words else ": no text, no field and no button"
    return f"stays blank{hidden}"


def consequence(made: Simulation) -> str:
    """What became of a simulation that broke, as a clause: ``the page of login.example.com stays blank``."""
    last = made.last
    if last is not None and last.empty:
        return f"the page of {last.host} {'stays blank' if last.kind == 'blank' else 'shows next to nothing'}"
    return f"the login does not reach Alexa ({made.walk.ending.message.rstrip('.')})"


def proven(trial: Trial, surface: str) -> str:
    """What a trial that healed proves, as a sentence."""
    how = {
        "user_agent": "when the same device called itself a plain browser",
        "policy": "when the policy was not enforced",
        "locale": f"with {trial.changed}",
        "stand_in": "with an empty answer in its place",
        "agreeing": "with every “false” in that made “true”",
        "framing": "with that lifted",
        "script": "without it",
        "uncovered": "with that hidden",
        "wide_screen": f"on {trial.changed}",
        "host": f"when {', '.join(trial.hosts)} was refused at once, so that the page did not wait for it",
    }[trial.factor]
    came = "got through" if surface == "login" and trial.until == "arrival" else "came"
    return f"Proven: {healed_by(trial)} is why; {how}, the {surface} {came}."


def listed_in_words(names: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))
