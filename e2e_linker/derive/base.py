"""How a derived fact is declared and found.

A fact is a plain function. Its name is the fact's name, its parameters name the parts and facts it is made of::

    @fact
    def ladder(requests: tuple[Request, ...], arrivals: tuple[Arrival, ...]) -> Ladder: ...

:class:`Facts` resolves names against one piece of evidence. A part that is missing makes every fact made of it missing
in the same words; a fact that raises is ``Failed`` for itself alone.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, TypeVar

from e2e_linker.alexa.facts import TOKEN_SECONDS
from e2e_linker.errors import InternalError
from e2e_linker.evidence.models import CaseEvidence, Causes, Failed, NotCollected, Part, Present, RunEvidence, Walk
from e2e_linker.evidence.parts import PAGE_PARTS

__all__ = ["Facts", "case_facts", "fact", "known_names", "parameters_of", "run_facts", "walk_facts"]

F = TypeVar("F", bound=Callable[..., Any])
_FACTS: dict[str, Callable[..., Any]] = {}

WALK_PARTS = ("requests", *PAGE_PARTS, "login", "jar", "arrivals")
WALK_NAMES = (*WALK_PARTS, "walk", "authorization", "ending")
CASE_NAMES = (
    "case", "skill", "walks", "attempts", "token_calls", "known_causes", "served_tls", "known_tls", "left_out",
    "known_masks", "known_failures", "token_limit_ms", "options",
)  # fmt: skip
RUN_NAMES = ("run", "probes", "battery", "served_tls", "skill", "cases", "options")


def fact(function: F) -> F:
    """Register ``function`` as the fact of its own name. Two facts of one name are a defect."""
    name = function.__name__
    known = _FACTS.get(name)
    if known is not None and known.__module__ != function.__module__:
        raise InternalError(f"two facts are called {name}: {known.__module__} and {function.__module__}")
    _FACTS[name] = function
    return function


@cache
def _registry() -> Mapping[str, Callable[..., Any]]:
    import e2e_linker.derive as package

    for module in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
        importlib.import_module(module.name)
    return _FACTS


@cache
def parameters_of(function: Callable[..., Any]) -> tuple[str, ...]:
    """The names a fact or an audit asks for."""
    return tuple(inspect.signature(function).parameters)


def known_names(scope: str) -> frozenset[str]:
    """Every name that may be asked for in ``scope`` (``case`` or ``run``)."""
    if scope == "case":
        return frozenset((*WALK_NAMES, *CASE_NAMES, *_registry()))
    known = set(RUN_NAMES)
    while more := {name for name, made in _registry().items() if known.issuperset(parameters_of(made))} - known:
        known |= more
    return frozenset(known)


class Facts:
    """Evidence parts and derived facts of one walk (or one run), by name, each computed once."""

    def __init__(self, raw: Mapping[str, Any]) -> None:
        """``raw`` maps names to values, or to parts that may be missing."""
        self._found: dict[str, Part[Any]] = {
            name: value if isinstance(value, Present | NotCollected | Failed) else _present(value)
            for name, value in raw.items()
        }

    def get(self, name: str) -> Part[Any]:
        """The part or fact called ``name``; what is missing says why."""
        if name not in self._found:
            self._found[name] = self._derive(name)
        return self._found[name]

    def _derive(self, name: str) -> Part[Any]:
        function = _registry().get(name)
        if function is None:
            return NotCollected(reason=f"{name} is not part of this evidence")
        values: dict[str, Any] = {}
        for parameter in parameters_of(function):
            part = self.get(parameter)
            if not isinstance(part, Present):
                return part
            values[parameter] = part.value
        try:
            return _present(function(**values))
        except Exception as error:
            return Failed(error=f"{name}: {type(error).__name__}: {error}")


_ANYTHING = Present[Any]


def _present(value: Any) -> Present[Any]:
    # Not validated: facts are plain objects, and evidence was validated when it was read.
    return _ANYTHING.model_construct(value=value)


def walk_facts(walk: Walk, **more: Any) -> Facts:
    """Facts of a single walk. ``more`` adds what a walk does not hold, such as ``case`` and ``skill``."""
    raw = {name: getattr(walk, name) for name in WALK_PARTS}
    return Facts({**raw, "walk": walk, "authorization": walk.authorization, "ending": walk.ending, **more})


def case_facts(evidence: CaseEvidence, **more: Any) -> Facts:
    """Facts of a case: those of its measured walk, the case's own parts, and ``more`` (``options``).

    ``attempts`` are the walks of every attempt at it; without ``more`` of them, those of this one alone. The changing
    hosts that other cases showed are in ``known_masks``, the hosts that fail now and then, as any case showed, in
    ``known_failures``; ``token_limit_ms`` is how long Alexa waits for tokens.
    """
    own = {
        "case": evidence.case,
        "skill": evidence.skill,
        "walks": evidence.walks,
        "attempts": (evidence.walks,),
        "known_masks": frozenset[str](),
        "known_failures": frozenset[str](),
        "token_limit_ms": TOKEN_SECONDS * 1000,
        "token_calls": evidence.token_calls,
        "known_causes": _known_causes(evidence.causes),
    }
    if not evidence.walks:
        why = evidence.ending.message if evidence.ending else "the case was not started"
        missing = NotCollected(reason=why)
        known = {"ending": evidence.ending} if evidence.ending else {}
        return Facts({**dict.fromkeys(WALK_NAMES, missing), **known, **own, **more})
    return walk_facts(evidence.walks[0], **{**own, **more})


def _known_causes(part: Part[Causes]) -> Causes:
    """What was not looked for is not missing: nothing is said of causes then."""
    if isinstance(part, Present):
        return part.value
    return Causes(unfinished=part.error if isinstance(part, Failed) else None)


def run_facts(run: RunEvidence, **more: Any) -> Facts:
    """Facts of a run: its own parts and ``more`` (``cases``, ``options``)."""
    parts = {"probes": run.probes, "battery": run.battery, "served_tls": run.served_tls}
    return Facts({"run": run, "skill": run.skill, **parts, **more})
