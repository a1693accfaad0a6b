"""What the simulated Domain List and the trials prove: whether the login breaks, and which hosts are to blame."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from e2e_linker.derive.base import fact, walk_facts
from e2e_linker.derive.hosts import DomainList
from e2e_linker.derive.rate_limits import limited
from e2e_linker.derive.screen_causes import Suspect
from e2e_linker.derive.screens import ScreenVerdict
from e2e_linker.derive.server_failures import broken_by, fails_elsewhere, got_through, sure_after
from e2e_linker.derive.urls import without_parameters
from e2e_linker.evidence.causes import Factor
from e2e_linker.evidence.models import Causes, EndingKind, Present, Trial, Walk, records
from e2e_linker.model import host_of

__all__ = [
    "HostCause",
    "Simulation",
    "beyond_proof",
    "foreign_cookies_needed",
    "got_through",
    "healed_by",
    "healing_trial",
    "host_cause",
    "last_screen",
    "second_window_needed",
    "simulation",
    "undecided",
]

_UNDECIDED: frozenset[EndingKind] = frozenset(
    {"login_rejected", "captcha", "crashed", "engine_missing", "interrupted", "not_started", "errored"}
)
"""Endings that may have nothing to do with what was changed."""
_TIMES = 2
"""Trials each way that it takes where a server failed: once may be by accident."""


def undecided(ending: EndingKind, factor: Factor | None = None) -> bool:
    """Whether a walk that ended so says nothing of what was changed for it.

    Without its cookies a server may refuse the very password that it takes with them.
    """
    return ending in _UNDECIDED and not (factor == "foreign_cookies" and ending == "login_rejected")


@dataclass(frozen=True, slots=True)
class Simulation:
    """The walk on which every host outside the Domain List was refused."""

    walk: Walk
    broken: bool
    """Whether it got less far than the measured walk, every time it was made."""
    last: ScreenVerdict | None
    """What it ended on, None where that could not be looked at."""
    until_form: bool
    """Whether it was to go to the login form only, where no login was left for it."""


@dataclass(frozen=True, slots=True)
class HostCause:
    """The unlisted hosts that break a simulation.

    Proven: with all of them let through it heals, and without any one of them it does not; where a server failed
    meanwhile, both more than once. Otherwise they are those that it asked for in vain.
    """

    hosts: tuple[str, ...]
    proven: bool
    loads: int
    """Trials that were made."""


def last_screen(walk: Walk) -> ScreenVerdict | None:
    """What the last screen of ``walk`` was, None where none could be looked at, or the engine showed its own."""
    part = walk_facts(walk).get("screen_verdicts")
    last: ScreenVerdict | None = part.value[-1] if isinstance(part, Present) and part.value else None
    return last if last is not None and last.url.startswith(("http://", "https://")) else None


@fact
def simulation(walks: tuple[Walk, ...], known_causes: Causes, known_failures: frozenset[str]) -> Simulation | None:
    """The simulated Domain List, None where it was not simulated. A break that did not happen again is none.

    Where a server failed on it, it tells nothing unless trials prove that hosts which it lacked made it fail.
    """
    walk = next((one for one in walks if one.purpose == "simulated"), None)
    if walk is None or undecided(walk.ending.kind) or limited(walk):
        return None
    repeats = [t for t in _of_hosts(known_causes.trials) if not t.hosts]
    broken = not got_through(walk.ending.kind) and not any(got_through(trial.ending) for trial in repeats)
    failed = broken_by(walk, walks[0]) if broken else ()
    if failed and (fails_elsewhere(failed, known_failures) or not _proven(walk, walks[0], known_causes)):
        return None
    return Simulation(walk, broken, last_screen(walk), "until" in walk.variation)


@fact
def host_cause(
    simulation: Simulation | None, known_causes: Causes, domain_list: DomainList, walks: tuple[Walk, ...]
) -> HostCause | None:
    """Why the simulation breaks; None where it does not."""
    if simulation is None or not simulation.broken:
        return None
    trials = _of_hosts(known_causes.trials)
    if proven := _proven(simulation.walk, walks[0], known_causes):
        fewest = min(proven, key=_size)
        return HostCause(tuple(sorted(fewest)), True, len(trials))
    whole = (frozenset(trial.hosts) for trial in trials if got_through(trial.ending))
    smallest = min(whole, key=_size, default=frozenset[str]())
    hosts = tuple(host for host in _in_vain(simulation.walk, domain_list) if not smallest or host in smallest)
    return HostCause(hosts, False, len(trials))


_TAKEN_AWAY: frozenset[Factor] = frozenset({"hosts", "foreign_cookies", "one_window"})
"""What is tried for walks that got through."""
_HEALED_BY: dict[Factor, str] = {
    "user_agent": "its user agent",
    "policy": "the page's Content-Security-Policy",
    "locale": "its language",
    "wide_screen": "its narrow screen",
    "mouse": "being used by touch",
}


@fact
def healing_trial(known_causes: Causes, walks: tuple[Walk, ...], known_failures: frozenset[str]) -> Trial | None:
    """The trial that healed a measured walk which broke each time with nothing changed; None where none did.

    Where the search was cut short before the walk broke once more after that, it may have been an accident. Where a
    server failed, it may be one that does so now and then: then it has to heal, and the walk to break, more than once.
    """
    trials = [trial for trial in known_causes.trials if trial.factor not in _TAKEN_AWAY]
    controls = [trial for trial in trials if trial.factor == "nothing"]
    if not controls or any(got_through(trial.ending) or undecided(trial.ending) for trial in controls):
        return None
    failed = [request for walk in walks[:1] for request in broken_by(walk)]
    if fails_elsewhere(failed, known_failures):
        return None
    sure = not failed and all(trial.server_error is None for trial in controls)
    if not sure and len(controls) < _TIMES:
        return None
    healed = next((t for t in trials if got_through(t.ending) and (sure or sure_after(t, trials))), None)
    again = healed is not None and any(trial.n > healed.n for trial in controls)
    return healed if again or known_causes.unfinished is None else None


@fact
def foreign_cookies_needed(known_causes: Causes) -> bool | None:
    """Whether the login breaks where cookies of other sites are blocked; None where that was not tried to the end."""
    return _needed("foreign_cookies", known_causes)


@fact
def second_window_needed(known_causes: Causes) -> bool | None:
    """Whether the login breaks where no second window can open; None where that was not tried to the end."""
    return _needed("one_window", known_causes)


def _needed(factor: Factor, known: Causes) -> bool | None:
    """Whether what the trial of ``factor`` took away is needed: without it the login breaks, otherwise it does not."""
    without = [trial for trial in known.trials if trial.factor == factor]
    control = {trial.factor: trial.ending for trial in known.trials}.get("nothing")
    if not without or any(undecided(trial.ending, factor) for trial in without):
        return None
    if any(got_through(trial.ending) for trial in without):
        return False
    by_itself = len(without) < _TIMES and without[0].server_error is not None
    return True if control is not None and got_through(control) and not by_itself else None


_CONTENTS = {"xhr": "answer", "fetch": "answer", "document": "page", "stylesheet": "style sheet"}


@fact
def beyond_proof(suspects: tuple[Suspect, ...], known_causes: Causes, healing_trial: Trial | None) -> str | None:
    """Why no trial could prove the likeliest suspect, as a clause; None where one did, or where it was not tried.

    What a missing file would have drawn cannot be known: nothing that stands in for it holds that.
    """
    request = suspects[0].request if suspects and healing_trial is None else None
    if request is None:
        return None
    tried = [t for t in known_causes.trials if t.factor == "stand_in" and t.address == without_parameters(request.url)]
    if not tried or any(got_through(trial.ending) or undecided(trial.ending) for trial in tried):
        return None
    what = _CONTENTS.get(request.resource_type, request.resource_type)
    return f"an empty {what} in its place heals nothing, and what the {what} itself would do, only its host knows"


def healed_by(trial: Trial) -> str:
    """What a trial that healed proves to be to blame: ``its user agent``."""
    if trial.factor == "stand_in":
        return f"the missing {trial.address}"
    if trial.factor == "agreeing":
        return f"what {trial.address} answers"
    if trial.factor == "framing":
        return f"the ban on frames by {trial.address}"
    if trial.factor == "script":
        return f"the script {trial.address}"
    if trial.factor == "uncovered":
        return f"{trial.address} over the page"
    return _HEALED_BY.get(trial.factor) or f"what {', '.join(trial.hosts)} did not deliver"


def _of_hosts(trials: Iterable[Trial]) -> list[Trial]:
    """Those that count: where the form alone showed no difference, the ones that went all the way."""
    found = [trial for trial in trials if trial.factor == "hosts"]
    return [trial for trial in found if trial.until == "arrival"] or found


def _proven(walk: Walk, measured: Walk, known: Causes) -> list[frozenset[str]]:
    """The sets of hosts that are proven to be why ``walk``, the simulation, breaks."""
    trials = _of_hosts(known.trials)
    whole = [frozenset(trial.hosts) for trial in trials if got_through(trial.ending)]
    failing = [t for t in trials if not got_through(t.ending) and not undecided(t.ending)]
    broken = [frozenset[str](), *(frozenset(trial.hosts) for trial in failing)]
    proven = [chosen for chosen in whole if chosen and _each_needed(chosen, broken)]
    if not broken_by(walk, measured) and all(trial.server_error is None for trial in failing):
        return proven
    refused = walk.variation.get("refused")
    known_whole = [*whole, *([frozenset(map(str, refused))] if isinstance(refused, list) else [])]
    if any(healed <= tried for healed in known_whole for tried in broken):
        return []
    again = broken.count(frozenset()) > _TIMES
    return [chosen for chosen in proven if again and whole.count(chosen) >= _TIMES]


def _size(chosen: frozenset[str]) -> int:
    return len(chosen)


def _each_needed(chosen: frozenset[str], broken: Sequence[frozenset[str]]) -> bool:
    return all(any(chosen - {host} <= tried and host not in tried for tried in broken) for host in chosen)


def _in_vain(walk: Walk, listed: DomainList) -> tuple[str, ...]:
    """The unlisted hosts that ``walk`` asked for something, in order."""
    requests = records(walk.requests)
    covered = listed.hosts | {listed.authorization_host}
    arrivals = {one.request for one in records(walk.arrivals)}
    lost = (host_of(r.url) for r in requests if r.failure and r.n not in arrivals and r.url.startswith("http"))
    return tuple(dict.fromkeys(host for host in lost if host and host not in covered))
