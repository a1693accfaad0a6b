"""The one place where outcomes become a verdict, an exit code and a sentence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import assert_never

from e2e_linker.audits.base import Audit, Errored, Failed, Inconclusive, NotApplicable, Outcome, Passed
from e2e_linker.errors import ExitCode
from e2e_linker.model import Severity
from e2e_linker.report.capture_words import came_back_words
from e2e_linker.report.effects import CAN_BREAK, SECURITY, Effects, grave
from e2e_linker.report.expectations import Expectation
from e2e_linker.report.fate import cut_short, fate
from e2e_linker.report.model import CaseReport, FindingReport, OutcomeReport, Verdict
from e2e_linker.report.words import Standing

__all__ = ["headline_of", "outcome_report", "verdict_of"]

_MOST_NAMED = 5


def outcome_report(audit: Audit, outcome: Outcome) -> OutcomeReport:
    """``outcome`` of ``audit`` in the report's words."""
    title, reason = audit.title, None
    match outcome:
        case Passed(note=note):
            reason = note
        case Failed(findings=findings, note=note):
            told = (*(found.message for found in findings), note)
            title, reason = audit.failed_title, " ".join(filter(None, told))
        case NotApplicable(reason=why):
            reason = why
        case Inconclusive(missing=missing, note=note):
            reason = ". ".join(filter(None, ("; ".join(missing), note)))
        case Errored(fault=fault):
            reason = fault
        case _:
            assert_never(outcome)
    return OutcomeReport(audit=audit.id, title=title, rules=audit.rules, status=outcome.status, reason=reason)


def verdict_of(
    interrupted: bool,
    findings: Sequence[FindingReport],
    missed: Sequence[Expectation],
    fail_on: Severity,
    cases: Sequence[CaseReport],
    outcomes: Sequence[OutcomeReport],
    not_run: Sequence[str] = (),
) -> tuple[Verdict, int]:
    """(verdict, exit code). Interruption wins over findings, findings over errors, errors over what is unknown.

    ``not_run`` are cases that were planned for shards which are not here: of these nothing is known.
    """
    if interrupted:
        return "interrupted", ExitCode.INTERRUPTED
    if missed or any(found.severity.at_least(fail_on) and not found.expected for found in findings):
        return "failed", ExitCode.FINDINGS
    statuses = {outcome.status for case in cases for outcome in case.outcomes} | {one.status for one in outcomes}
    if "errored" in statuses or any(case.ending.kind == "errored" for case in cases):
        return "errored", ExitCode.INTERNAL
    explained = {case for found in findings if found.expected for case in found.cases}
    unlinked = [case for case in cases if not case.linked and case.id not in explained]
    if "inconclusive" in statuses or unlinked or not_run or any(map(cut_short, cases)):
        return "inconclusive", ExitCode.INCONCLUSIVE
    return "passed", ExitCode.OK


def headline_of(
    verdict: Verdict,
    cases: Sequence[CaseReport],
    findings: Sequence[FindingReport],
    *,
    idle: bool = False,
    missed: bool = False,
    not_run: Sequence[str] = (),
) -> str:
    """The run in one sentence: how many cases link, and what stands in the way.

    ``idle`` says that it was a shard which no case fell to, ``missed`` that an expected failure did not happen,
    ``not_run`` which cases belong to shards that are not here.
    """
    open_ones = [found for found in findings if not found.expected]
    fates = [fate(case, findings) for case in cases]
    found = _counted(open_ones, Effects(cases, findings)) if open_ones else ""
    if verdict == "interrupted" and not cases:
        early = "The run was interrupted before any case was run."
        return f"{early} {_sentence(found)}" if found else early
    told = "No case fell to this shard: only the configuration was checked." if idle else _linked(cases, fates)
    if open_ones:
        links = all(case.linked for case in cases)
        # That every case links and the run fails all the same is no contradiction, but has to be said as one thing.
        told = f"{told[:-1]}, but {found}" if cases and links and grave(open_ones) else f"{told} {_sentence(found)}"
    more = {
        "passed": "" if open_ones else f" Nothing was found{_known(len(findings))}.",
        "failed": " What was expected to fail did not." if missed else "",
        "errored": " This tool failed on the way.",
        # Of a case that could not be judged that has just been said.
        "inconclusive": "" if "unknown" in fates or not_run else " Not everything could be determined.",
        "interrupted": "" if open_ones else " The run was interrupted.",
    }
    return told + more[verdict] + _not_run(not_run)


def _known(number: int) -> str:
    return f" but {number} expected {'failure' if number == 1 else 'failures'}" if number else ""


def _not_run(cases: Sequence[str]) -> str:
    if not cases:
        return ""
    named = ", ".join(cases[:_MOST_NAMED]) + "…" * (len(cases) > _MOST_NAMED)
    one = len(cases) == 1
    which = f"1 planned case ({named}) is" if one else f"{len(cases)} planned cases ({named}) are"
    return f" {which} in none of the merged runs: run {'its shard' if one else 'their shards'} and merge all of them."


def _linked(cases: Sequence[CaseReport], fates: Sequence[Standing]) -> str:
    links, unsure = fates.count("links"), len(fates) - fates.count("links") - fates.count("fails")
    if not cases:
        return "The configuration was checked, no case was run."
    if all(case.came_back and not case.linked for case in cases):
        who = "The capture" if len(cases) == 1 else f"All {len(cases)} captures"
        return f"{who} {came_back_words(cases)}."
    if len(cases) == 1:
        return {"links": "The one case links.", "fails": "The one case does not link."}.get(
            fates[0], "The one case could not be judged."
        )
    if links == len(cases):
        return f"All {links} cases link."
    doubt = f", {unsure} could not be judged" if unsure else ""
    return f"{links} of {len(cases)} cases {'links' if links == 1 else 'link'}{doubt}."


def _counted(findings: Sequence[FindingReport], effects: Effects) -> str:
    does = [(found, effects.of(found)) for found in findings]
    own = [(found, effect) for found, effect in does if not effect.follows]
    threats = [found for found, effect in own if effect.security]
    rest = [(found, effect) for found, effect in own if not effect.security]
    breaks, degrades, advice = (sum(found.severity is severity for found, _ in rest) for severity in Severity)
    parts = list(dict.fromkeys(SECURITY[found.rule] for found in threats))
    if breaks:
        may = sum(effect.word == CAN_BREAK for _, effect in rest)
        parts.extend(_breaking(breaks - may, may))
    if degrades:
        noun = "" if breaks else " problem" if degrades == 1 else " problems"
        verb = "degrades" if degrades == 1 else "degrade"
        parts.append(f"{degrades}{noun} {verb} {'it' if breaks else 'linking'}")
    if advice:
        parts.append("1 piece of advice" if advice == 1 else f"{advice} pieces of advice")
    return ", ".join(parts) + _following(len(findings) - len(own), len(threats) + breaks + degrades) + "."


def _breaking(does: int, may: int) -> Iterator[str]:
    if does:
        yield f"{does} {'problem breaks' if does == 1 else 'problems break'} linking"
    if may:
        yield f"{may} more can" if does else f"{may} {'problem' if may == 1 else 'problems'} can break linking"


def _following(number: int, causes: int) -> str:
    if not number:
        return ""
    verb = "finding follows" if number == 1 else "findings follow"
    return f"; {number} more {verb} from {'it' if causes == 1 else 'these'}"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
