"""Failures the user knows of: they are shown, fail nothing, and must not vanish unnoticed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from pydantic import Field, ValidationError

from e2e_linker.alexa.rules import rule
from e2e_linker.audits.base import Finding
from e2e_linker.errors import ConfigurationError
from e2e_linker.model import Record

__all__ = ["Expectation", "is_expected", "read_expectations", "unmet"]


class Expectation(Record):
    """One known failure: the rule, the cases that show it (a pattern), and why it is accepted for now."""

    rule: str
    cases: str = "*"
    """A shell-style pattern of case ids; ``*`` matches run-wide findings too."""
    subject: str = "*"
    """A pattern of what the finding is about, such as a host."""
    reason: str = Field(min_length=1)


class _File(Record):
    expected: tuple[Expectation, ...]


def read_expectations(path: Path) -> tuple[Expectation, ...]:
    """The expectations in ``path``: ``{"expected": [{"rule", "cases"?, "subject"?, "reason"}]}``.

    Raises :class:`ConfigurationError` for a file that cannot be read or names an unknown rule.
    """
    hint = 'the file holds {"expected": [{"rule": "domains-complete", "cases": "iphone-*", "reason": "JIRA-12"}]}'
    try:
        parsed = _File.model_validate(json.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise ConfigurationError(f"cannot be read: {error.strerror}", where=str(path), hint=hint) from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "the file"
        raise ConfigurationError(f"{place}: {first['msg']}", where=str(path), hint=hint) from None
    except (ValueError, RecursionError) as error:
        raise ConfigurationError(f"is not JSON: {error}", where=str(path), hint=hint) from None
    for expectation in parsed.expected:
        rule(expectation.rule)
    return parsed.expected


def is_expected(found: Finding, cases: Sequence[str], expectations: Iterable[Expectation]) -> bool:
    """Whether every case that shows ``found`` is covered by an expectation."""
    named = [known for known in expectations if known.rule == found.rule and fnmatchcase(found.subject, known.subject)]
    if not cases:
        return any(known.cases == "*" for known in named)
    return all(any(fnmatchcase(case, known.cases) for known in named) for case in cases)


def unmet(
    expectations: Iterable[Expectation], seen: Iterable[tuple[Finding, Sequence[str]]], judged: Iterable[str]
) -> tuple[Expectation, ...]:
    """The expectations that no finding met, although a case of theirs was judged (``judged``: case ids)."""
    found = [(finding, cases or ("",)) for finding, cases in seen]
    judged = tuple(judged)
    return tuple(
        known
        for known in expectations
        if any(fnmatchcase(case, known.cases) for case in judged)
        and not any(
            finding.rule == known.rule
            and fnmatchcase(finding.subject, known.subject)
            and any(fnmatchcase(case, known.cases) for case in cases)
            for finding, cases in found
        )
    )
