"""Failures the user knows of: they are shown, fail nothing, and must not vanish unnoticed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

from pydantic import Field, ValidationError

from e2e_linker.alexa.rules import rule
from e2e_linker.audits.base import Audit, Errored, Failed, Finding, Inconclusive, Outcome, Passed
from e2e_linker.config.document import read_document
from e2e_linker.config.nearest import offer
from e2e_linker.config.problems import known_keys, problems_of, refusal
from e2e_linker.config.written import shown
from e2e_linker.errors import UsageError
from e2e_linker.model import Depth, Record

__all__ = ["Expectation", "Judged", "idle", "is_expected", "judged_rules", "read_expectations", "unmet"]


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


_HINT = 'the file holds {"expected": [{"rule": "domains-complete", "cases": "iphone-*", "reason": "JIRA-12"}]}'


def read_expectations(path: Path) -> tuple[Expectation, ...]:
    """The expectations in ``path``: ``{"expected": [{"rule", "cases"?, "subject"?, "reason"}]}``.

    Raises :class:`~e2e_linker.errors.ConfigurationError` listing everything that is wrong with the file, unknown rules
    among it.
    """
    document = read_document(path, vocabulary=lambda: known_keys(_File.model_json_schema()), hint=_HINT)
    problems = [f"{shown(key)}: is written twice in one object" for key in document.duplicates]
    parsed: tuple[Expectation, ...] = ()
    try:
        parsed = _File.model_validate(document.value).expected
    except ValidationError as error:
        problems += problems_of(error, _File.model_json_schema())
    problems += [f"expected[{n}].rule: {said}" for n, each in enumerate(parsed) if (said := _unknown(each.rule))]
    if problems:
        raise refusal(problems, where=str(path), hint=_HINT)
    return parsed


def _unknown(name: str) -> str | None:
    try:
        rule(name)
    except UsageError as error:
        return f"{error.message}; {error.hint}"
    return None


def idle(expectations: Iterable[Expectation], cases: Sequence[str]) -> list[str]:
    """A sentence for each expectation whose pattern is met by none of ``cases``, so that nothing can come of it."""
    return [
        f"expected[{n}].cases: {shown(known.cases)} is no case of this configuration; {offer(known.cases, cases)}"
        for n, known in enumerate(expectations)
        if not any(fnmatchcase(case, known.cases) for case in cases)
    ]


def is_expected(found: Finding, cases: Sequence[str], expectations: Iterable[Expectation]) -> bool:
    """Whether every case that shows ``found`` is covered by an expectation."""
    named = [known for known in expectations if known.rule == found.rule and fnmatchcase(found.subject, known.subject)]
    if not cases:
        return any(known.cases == "*" for known in named)
    return all(any(fnmatchcase(case, known.cases) for known in named) for case in cases)


class Judged(NamedTuple):
    """The rules that were judged somewhere: in a case, or for the whole run."""

    settled: frozenset[str]
    """Rules that an audit passed or failed."""
    doubtful: frozenset[str]
    """Rules of which an audit could say nothing: evidence is missing, or the run does not go that deep."""


def judged_rules(outcomes: Mapping[str, Outcome], audits: Mapping[str, Audit], depth: Depth) -> Judged:
    """What ``outcomes`` (by audit id) say of the rules of ``audits`` in a run of this ``depth``."""
    settled: set[str] = set()
    doubtful: set[str] = set()
    for name, outcome in outcomes.items():
        if isinstance(outcome, Passed | Failed):
            settled.update(audits[name].rules)
        elif isinstance(outcome, Inconclusive | Errored) or not depth.includes(audits[name].depth):
            doubtful.update(audits[name].rules)
    return Judged(frozenset(settled), frozenset(doubtful))


def unmet(
    expectations: Iterable[Expectation],
    seen: Iterable[tuple[Finding, Sequence[str]]],
    judged: Mapping[str, Judged],
) -> tuple[Expectation, ...]:
    """The expectations that no finding met, although their rule was judged wherever they apply.

    ``judged`` says by case id what was judged, and under ``""`` what was judged for the whole run.
    """
    found = [(finding, cases or ("",)) for finding, cases in seen]
    return tuple(
        known
        for known in expectations
        if _was_judged(known, judged)
        and not any(
            finding.rule == known.rule
            and fnmatchcase(finding.subject, known.subject)
            and any(fnmatchcase(case, known.cases) for case in cases)
            for finding, cases in found
        )
    )


def _was_judged(known: Expectation, judged: Mapping[str, Judged]) -> bool:
    concerned = [rules for case, rules in judged.items() if fnmatchcase(case, known.cases)]
    settled = any(known.rule in rules.settled for rules in concerned)
    return settled and not any(known.rule in rules.doubtful for rules in concerned)
