"""How audits tell of what a customer is left with."""

from __future__ import annotations

from collections.abc import Sequence

from e2e_linker.alexa.rules import rule
from e2e_linker.derive.causes import Simulation, got_through, healed_by
from e2e_linker.derive.refusals import refuses_by_policy
from e2e_linker.derive.screens import ScreenVerdict
from e2e_linker.evidence.causes import Factor
from e2e_linker.evidence.models import Causes, Trial

__all__ = ["consequence", "listed_in_words", "lone", "proven", "remedy", "shows"]

_QUOTED = 120
_REMEDIES: dict[Factor, str] = {
    "user_agent": "Remove what treats this user agent otherwise, such as a firewall's rule or a check in the page, and "
    "rely on feature detection.",
    "locale": "Repair what the login does for customers of this language, and let it go on in another one till then.",
}


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
    plain = "when the same device called itself a plain browser"
    how = {
        "user_agent": f"with the user agent of {trial.like} instead, and its client hints" if trial.like else plain,
        "policy": "when the policy was not enforced",
        "locale": f"with {trial.changed}",
        "stand_in": "with an empty answer in its place",
        "agreeing": "with every “false” in that made “true”",
        "framing": "with that lifted",
        "script": "without it",
        "uncovered": "with that hidden",
        "wide_screen": f"on {trial.changed}",
        "mouse": f"with {trial.changed}",
        "host": f"when {', '.join(trial.hosts)} was refused at once, so that the page did not wait for it",
    }[trial.factor]
    came = "got through" if surface == "login" and trial.until == "arrival" else "came"
    return f"Proven: {healed_by(trial)} is why; {how}, the {surface} {came}."


def lone(healed: Trial | None, known: Causes) -> Trial | None:
    """``healed`` where it proves something; None where a change to another trait of the device healed as well.

    A server that turns away one in two, whatever they call themselves, is likelier then.
    """
    traits = {trial.factor for trial in known.trials if trial.factor in _REMEDIES and got_through(trial.ending)}
    return healed if len(traits) < len(_REMEDIES) else None


def remedy(trial: Trial | None, host: str = "") -> str | None:
    """What to do about the device's own trait that ``trial`` proves to be why; None where it proves something else.

    Where ``host`` is a provider's nobody can change what it does: there it is the provider that is told of.
    """
    if trial is not None and trial.factor == "user_agent" and refuses_by_policy(host):
        return rule("auth-embedded-browser-tolerated").fix
    return _REMEDIES.get(trial.factor) if trial else None


def listed_in_words(names: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))
