"""Asks the audits. An audit gets only what it named, and one that raises is ``Errored`` for itself alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from e2e_linker.audits.base import (
    Audit,
    Errored,
    EvidenceRef,
    Failed,
    Finding,
    Inconclusive,
    NotApplicable,
    Options,
    Outcome,
    Passed,
)
from e2e_linker.audits.registry import audits as all_audits
from e2e_linker.audits.together import one_suffices
from e2e_linker.derive.base import Facts, case_facts, parameters_of, run_facts
from e2e_linker.errors import InternalError
from e2e_linker.evidence.apart import apart
from e2e_linker.evidence.models import CaseEvidence, LeftOut, NotCollected, Part, Present, RunEvidence, records
from e2e_linker.evidence.parts import why_missing
from e2e_linker.evidence.served_tls import ServedTls

__all__ = ["CaseTable", "judge_case", "judge_run", "selected"]

_UNASKED = NotCollected(reason="no host was asked for its certificates")


class CaseTable:
    """All cases of a run, for audits that judge the run as a whole."""

    def __init__(self, cases: Sequence[CaseEvidence], facts: Sequence[Facts]) -> None:
        self._rows = tuple(zip(cases, facts, strict=True))

    def collect(self, *names: str) -> tuple[tuple[Any, ...], ...]:
        """(case facts, value, ...) of the parts or facts ``names``, for every attempt that has them all."""
        rows = ((evidence.case, [facts.get(name) for name in names]) for evidence, facts in self._rows)
        return tuple(
            (case, *(part.value for part in parts if isinstance(part, Present)))
            for case, parts in rows
            if all(isinstance(part, Present) for part in parts)
        )

    @property
    def all_arrived(self) -> bool:
        """Whether there are attempts whose ending is known, and each of them reached Alexa."""
        endings = self.collect("ending")
        return bool(endings) and all(ending.kind == "arrived" for _, ending in endings)

    def missing(self, name: str) -> tuple[str, ...]:
        """One sentence for every attempt that lacks ``name``."""
        return tuple(
            f"{evidence.case.id}: {_why(name, facts.get(name))}"
            for evidence, facts in self._rows
            if not isinstance(facts.get(name), Present)
        )


def selected(only: Iterable[str] = (), skip: Iterable[str] = ()) -> Mapping[str, Audit]:
    """The audits that remain after ``--only`` and ``--skip``, each given as audit or rule ids.

    An audit's id stands for all of its rules. An audit of several rules is left with those that are wanted.
    """
    wanted, unwanted = set(only), set(skip)

    def left(audit: Audit) -> tuple[str, ...]:
        if audit.id in unwanted:
            return ()
        whole = not wanted or audit.id in wanted
        return tuple(rule for rule in audit.rules if (whole or rule in wanted) and rule not in unwanted)

    return {key: replace(audit, rules=rules) for key, audit in all_audits().items() if (rules := left(audit))}


def judge_case(
    evidence: CaseEvidence,
    options: Options,
    chosen: Mapping[str, Audit],
    served_tls: Part[tuple[ServedTls, ...]] = _UNASKED,
    left_out: Iterable[LeftOut] = (),
    attempts: Iterable[CaseEvidence] = (),
    masks: frozenset[str] = frozenset(),
    failures: frozenset[str] = frozenset(),
) -> tuple[dict[str, Outcome], Facts]:
    """The outcome of every case-scoped audit of ``chosen``, and the facts computed on the way.

    ``served_tls`` is the run's: hosts are asked once for all cases. Audits that can do without get ``known_tls``,
    which is empty where nobody asked. ``left_out`` are the run's walks that no login was left for,
    ``attempts`` all attempts at the case, with this one, ``masks`` those of the hosts that change in any case, and
    ``failures`` the hosts that fail now and then in any case.
    """
    known = records(served_tls)
    unmade = tuple(each.purpose for each in left_out if each.case == evidence.case.id)
    walks = tuple(one.walks for one in attempts) or (evidence.walks,)
    of_case = {"attempts": walks, "left_out": unmade, "known_masks": masks, "known_failures": failures}
    own = {"token_limit_ms": options.token_limit_ms, "options": options}
    facts = case_facts(evidence, served_tls=served_tls, known_tls=known, **of_case, **own)
    asked = [audit for audit in chosen.values() if audit.scope == "case"]
    return {audit.id: _ask(audit, facts, options, evidence) for audit in asked}, facts


def judge_run(run: RunEvidence, cases: CaseTable, options: Options, chosen: Mapping[str, Audit]) -> dict[str, Outcome]:
    """The outcome of every run-scoped audit of ``chosen``; of a merged run, over what each of its runs gathered."""
    each = [run_facts(one, cases=cases, options=options) for one in apart(run)]
    asked = [audit for audit in chosen.values() if audit.scope == "run"]
    return {audit.id: one_suffices([_ask(audit, facts, options, None) for facts in each]) for audit in asked}


def _ask(audit: Audit, facts: Facts, options: Options, evidence: CaseEvidence | None) -> Outcome:
    if not options.depth.includes(audit.depth):
        return NotApplicable(reason=f"tried from --depth {audit.depth} on")
    values: dict[str, Any] = {}
    missing: list[str] = []
    for name in parameters_of(audit.judge):
        part = facts.get(name)
        if isinstance(part, Present):
            values[name] = part.value
        else:
            missing.append(_why(name, part))
    if missing:
        return Inconclusive(missing=tuple(dict.fromkeys(missing)))
    whole = all_audits().get(audit.id, audit)
    try:
        outcome = audit.judge(**values)
        if isinstance(outcome, Failed):
            stamped = tuple(_stamped(found, whole, evidence) for found in outcome.findings)
            outcome = outcome.model_copy(update={"findings": stamped})
    except Exception as error:
        return Errored(fault=f"{type(error).__name__}: {error}")
    return outcome if audit.rules == whole.rules else _narrowed(outcome, audit.rules)


def _narrowed(outcome: Outcome, rules: tuple[str, ...]) -> Outcome:
    """``outcome`` of an audit of more rules, as far as it concerns ``rules``. A pass says so: its title does not.

    An audit may tell no more than the first of what is wrong, so that what it found elsewhere is no pass here.
    """
    if isinstance(outcome, Failed):
        found = tuple(one for one in outcome.findings if one.rule in rules)
        if found:
            return outcome.model_copy(update={"findings": found})
        others = dict.fromkeys(one.rule for one in outcome.findings)
        return NotApplicable(reason=f"what was found belongs to {', '.join(others)}, which is left out")
    if isinstance(outcome, Passed):
        alone = f"Judged for {', '.join(rules)} alone."
        return Passed(note=f"{outcome.note} {alone}" if outcome.note else alone)
    return outcome


def _why(name: str, part: Part[Any]) -> str:
    if isinstance(part, Present):
        return name
    return f"{name}: {why_missing(part)}"


def _stamped(found: Finding, audit: Audit, evidence: CaseEvidence | None) -> Finding:
    if found.rule not in audit.rules:
        raise InternalError(f"audit {audit.id} reports {found.rule}, which it does not declare")
    message, case = found.message, evidence.case if evidence else None
    if audit.rendering and case is not None and case.substitute:
        message += f" (seen on {case.engine}; {case.asked_engines[0]} is not installed)"
    refs = [_in_case(ref, evidence) for ref in (found.primary, *found.related)]
    return found.model_copy(
        update={"audit": audit.id, "message": message, "primary": refs[0], "related": tuple(refs[1:])}
    )


def _in_case(ref: EvidenceRef, evidence: CaseEvidence | None) -> EvidenceRef:
    if ref.case or evidence is None:
        return ref
    return ref.model_copy(update={"case": evidence.case.id, "attempt": evidence.attempt})
