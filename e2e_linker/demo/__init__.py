"""The practice range: a real authorization server with a catalogue of named faults."""

from __future__ import annotations

from e2e_linker.demo.catalogue import (
    FaultSpec,
    Needs,
    ShowsOn,
    TroubleSpec,
    VariantSpec,
    faults,
    troubles,
    variants,
)
from e2e_linker.demo.range import PracticeRange
from e2e_linker.demo.serve import serve

__all__ = [
    "FaultSpec",
    "Needs",
    "PracticeRange",
    "ShowsOn",
    "TroubleSpec",
    "VariantSpec",
    "faults",
    "serve",
    "troubles",
    "variants",
]
