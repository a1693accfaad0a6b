"""Finds the audits: every module of this package that has an ``AUDIT``. There is no list to keep."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache

from e2e_linker.audits.base import Audit
from e2e_linker.derive.base import known_names, parameters_of
from e2e_linker.errors import InternalError

__all__ = ["audits", "covering"]


@cache
def audits() -> Mapping[str, Audit]:
    """All audits by id, in the order of their ids.

    Raises :class:`InternalError` where an audit asks for evidence that does not exist, or two share an id.
    """
    import e2e_linker.audits as package

    found: dict[str, Audit] = {}
    for module in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
        audit = getattr(importlib.import_module(module.name), "AUDIT", None)
        if not isinstance(audit, Audit):
            continue
        if audit.id in found:
            raise InternalError(f"two audits are called {audit.id}", where=module.name)
        unknown = sorted(set(parameters_of(audit.judge)) - known_names(audit.scope))
        if unknown:
            raise InternalError(
                f"audit {audit.id} asks for {', '.join(unknown)}, which no evidence has", where=module.name
            )
        found[audit.id] = audit
    return dict(sorted(found.items()))


def covering(rule: str) -> tuple[Audit, ...]:
    """The audits that judge ``rule``."""
    return tuple(audit for audit in audits().values() if rule in audit.rules)
