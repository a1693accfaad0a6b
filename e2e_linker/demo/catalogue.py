"""The catalogue: every fault, healthy variant and trouble, found by looking into their packages.

Whoever adds one writes one function in one file of :mod:`e2e_linker.demo.faults` (or ``variants``, ``troubles``). Its
name and docstring are the entry's name and description.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TypeVar

from e2e_linker.alexa.client_hints import Family
from e2e_linker.config.nearest import misspelled
from e2e_linker.demo.behaviour import Behaviour, Change
from e2e_linker.errors import InternalError, UsageError
from e2e_linker.model import Depth, EngineName, Grant, Region, Surface

__all__ = [
    "FaultSpec",
    "Needs",
    "ShowsOn",
    "TroubleSpec",
    "VariantSpec",
    "applied",
    "fault",
    "faults",
    "trouble",
    "troubles",
    "variant",
    "variants",
]


@dataclass(frozen=True, slots=True)
class ShowsOn:
    """The projects on which a fault can be seen at all."""

    surfaces: frozenset[Surface] = frozenset(Surface)
    engines: frozenset[EngineName] = frozenset(("chromium", "firefox", "webkit"))
    mobile_only: bool = False
    families: frozenset[Family] | None = None
    """What the user agent has to claim to run on; None for anything."""
    narrower_than: int | None = None
    """CSS pixels of the screen's width below which it shows; None for any width."""

    def matches(
        self,
        *,
        surface: Surface,
        engine: EngineName,
        mobile: bool,
        family: Family = "unknown",
        width: int | None = None,
    ) -> bool:
        """Whether a project of this kind shows the fault. A width that is not known counts as a desktop's."""
        return (
            surface in self.surfaces
            and engine in self.engines
            and (mobile or not self.mobile_only)
            and (self.families is None or family in self.families)
            and (self.narrower_than is None or (width is not None and width < self.narrower_than))
        )


@dataclass(frozen=True, slots=True)
class Needs:
    """How a run has to be made for the fault to show."""

    depth: Depth = Depth.PASSIVE
    repeat: int = 1
    regions: tuple[Region, ...] = (Region.NA,)
    grant: Grant = Grant.AUTH_CODE
    pkce: bool = False
    warm_jar: bool = False
    """A second link in the jar the first one left."""


@dataclass(frozen=True, slots=True)
class FaultSpec:
    """One thing broken as a real server would break it."""

    name: str
    description: str
    rules: tuple[str, ...]
    """Rule ids it must trip."""
    may: tuple[str, ...]
    """Rule ids that come along on some engines, depths or jars."""
    shows_on: ShowsOn
    needs: Needs
    change: Change


@dataclass(frozen=True, slots=True)
class VariantSpec:
    """One healthy shape of login that a tester has to cope with."""

    name: str
    description: str
    change: Change
    signed_in: bool = False
    """The browser has to start with the range's ``storage_state``."""


@dataclass(frozen=True, slots=True)
class TroubleSpec:
    """Something that ends a run early and by name."""

    name: str
    description: str
    ends: frozenset[str]
    """The kinds of ending that are right for it."""
    change: Change


_Spec = TypeVar("_Spec", FaultSpec, VariantSpec, TroubleSpec)


def _told(change: Callable[..., Behaviour]) -> tuple[str, str]:
    sentence = " ".join((change.__doc__ or "").split())
    if not sentence and sys.flags.optimize > 1:
        raise UsageError(
            "Python leaves out what describes the faults (-OO)", hint="unset PYTHONOPTIMIZE, or set it to 1"
        )
    if not sentence:
        raise InternalError(f"{change.__name__} has no docstring to describe it")
    return change.__name__.replace("_", "-"), sentence


_EVERYWHERE, _PLAINLY = ShowsOn(), Needs()


def fault(
    *rules: str, may: Sequence[str] = (), shows_on: ShowsOn = _EVERYWHERE, needs: Needs = _PLAINLY
) -> Callable[[Change], FaultSpec]:
    """Make a catalogue entry of a function that breaks a behaviour. ``rules`` are those it must trip."""

    def entry(change: Change) -> FaultSpec:
        return FaultSpec(*_told(change), rules, tuple(may), shows_on, needs, change)

    return entry


def variant(*, signed_in: bool = False) -> Callable[[Change], VariantSpec]:
    """Make a catalogue entry of a function that gives the login another healthy shape."""

    def entry(change: Change) -> VariantSpec:
        return VariantSpec(*_told(change), change, signed_in)

    return entry


def trouble(*ends: str) -> Callable[[Change], TroubleSpec]:
    """Make a catalogue entry of a function that keeps a login from ever getting anywhere."""

    def entry(change: Change) -> TroubleSpec:
        return TroubleSpec(*_told(change), frozenset(ends), change)

    return entry


def _found(package: str, kind: type[_Spec]) -> Iterator[_Spec]:
    folder = importlib.import_module(f"e2e_linker.demo.{package}")
    for module_info in sorted(pkgutil.iter_modules(folder.__path__), key=lambda info: info.name):
        module = importlib.import_module(f"{folder.__name__}.{module_info.name}")
        yield from (entry for entry in vars(module).values() if isinstance(entry, kind))


def _shelf(package: str, kind: type[_Spec]) -> Mapping[str, _Spec]:
    entries: dict[str, _Spec] = {}
    for entry in _found(package, kind):
        if entry.name in entries:
            raise InternalError(f"two entries of demo/{package} are called {entry.name}")
        entries[entry.name] = entry
    return MappingProxyType(entries)


@cache
def faults() -> Mapping[str, FaultSpec]:
    """Every fault by name."""
    return _shelf("faults", FaultSpec)


@cache
def variants() -> Mapping[str, VariantSpec]:
    """Every healthy variant by name."""
    return _shelf("variants", VariantSpec)


@cache
def troubles() -> Mapping[str, TroubleSpec]:
    """Every trouble by name."""
    return _shelf("troubles", TroubleSpec)


_FAULTS = "`e2e-linker demo --list-faults` lists the faults"


def applied(behaviour: Behaviour, *, faults_on: Sequence[str] = (), variants_on: Sequence[str] = ()) -> Behaviour:
    """``behaviour`` with variants (and troubles, which are named like them) and then faults switched on, in order.

    Raises :class:`UsageError` for a name that is not in the catalogue.
    """
    shapes: dict[str, Change] = {name: spec.change for name, spec in variants().items()}
    shapes |= {name: spec.change for name, spec in troubles().items()}
    for name in variants_on:
        behaviour = _named(shapes, name, "variant")(behaviour)
    for name in faults_on:
        behaviour = _named({key: spec.change for key, spec in faults().items()}, name, "fault")(behaviour)
    return behaviour


def _named(changes: Mapping[str, Change], name: str, word: str) -> Change:
    if name not in changes:
        near = misspelled(name, changes)
        known = f"the variants are: {', '.join(sorted(changes))}" if word == "variant" else _FAULTS
        hint = f"did you mean {near}? {known}" if near else known
        raise UsageError(f"there is no {word} {name!r}", where="practice range", hint=hint)
    return changes[name]
