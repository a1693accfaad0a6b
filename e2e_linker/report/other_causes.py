"""One finding of several cases that the evidence of some explains in another way than that of the others."""

from __future__ import annotations

from collections.abc import Iterable

from e2e_linker.audits.base import Finding, Fix

__all__ = ["with_other_causes"]

_MOST_TOLD = 2
_MOST_CASES = 3


def with_other_causes(found: Finding, members: Iterable[tuple[Finding, str | None]]) -> Finding:
    """``found``, which speaks for ``members``, with what those say that suspect something else and advise otherwise.

    What a trial proved speaks for all.
    """
    if not _is_guess(found):
        return found
    apart: dict[str, tuple[Finding, list[str]]] = {}
    for one, case in members:
        if case is not None and _is_guess(one) and one.fix.text != found.fix.text:
            apart.setdefault(one.fix.text, (one, []))[1].append(case)
    told = [(one, _named(cases)) for one, cases in list(apart.values())[:_MOST_TOLD]]
    if not told:
        return found
    message = " ".join([found.message, *(f"Otherwise in {cases}: {one.message}" for one, cases in told)])
    advice = " ".join([found.fix.text, *(f"In {cases}: {one.fix.text}" for one, cases in told)])
    return found.model_copy(update={"message": message, "fix": Fix(text=advice)})


def _is_guess(found: Finding) -> bool:
    """Whether it shows what the customer sees, and its cause was seen there and not tried."""
    return found.symptom and found.cause == "suspected" and found.fix.paste is None


def _named(cases: list[str]) -> str:
    more = len(cases) - _MOST_CASES
    return ", ".join(cases[:_MOST_CASES]) + (f" and {more} more" if more > 0 else "")
