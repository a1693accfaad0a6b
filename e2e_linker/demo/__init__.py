"""The practice range: a real authorization server. Its faults are in :mod:`e2e_linker.demo.catalogue`."""

from __future__ import annotations

from e2e_linker.demo.range import PracticeRange

__all__ = ["PracticeRange"]
