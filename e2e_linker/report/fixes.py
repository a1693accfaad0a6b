"""What to do, in the order in which to do it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from e2e_linker.model import Depth, Fault, Severity
from e2e_linker.report.effects import FIRST_STEP, consequences, grave, of_the_list
from e2e_linker.report.fate import fate, let_pass
from e2e_linker.report.model import CaseReport, FindingReport, HintReport, OutcomeReport, RunReport, Status
from e2e_linker.report.words import ending_words

__all__ = [
    "Blame",
    "Doubt",
    "Lead",
    "Obstacle",
    "Remedy",
    "blamed",
    "doubts",
    "following",
    "leads",
    "obstacles",
    "remedies",
]


@dataclass(frozen=True, slots=True)
class Remedy:
    """One thing to do that mends one finding or several."""

    texts: tuple[str, ...]
    paste: str | None
    where: str | None
    findings: tuple[FindingReport, ...]
    """Worst first."""
    hints: tuple[HintReport, ...]
    """What the identity provider's own ways add, each once."""
    follows: bool = False
    """Whether its findings only show what others do to the customer: it is likely to be gone with those."""

    @property
    def advice(self) -> bool:
        """Whether nothing fails without it: what kept cases from being judged comes first then."""
        return self.findings[0].severity is Severity.RECOMMENDED


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What kept cases from being judged, and what to try."""

    message: str
    hint: str | None
    cases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lead:
    """What to try for cases that do not link, where no finding says why."""

    hint: str
    messages: tuple[str, ...]
    """How the cases ended."""
    cases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Blame:
    """Where to look, and why: findings, and cases that could not be judged."""

    fault: Fault
    findings: int
    cases: int


@dataclass(frozen=True, slots=True)
class Doubt:
    """What audits could not determine, or failed at, and in which cases; none for the whole run."""

    audits: tuple[str, ...]
    status: Status
    reason: str
    cases: tuple[str, ...]


def remedies(findings: Sequence[FindingReport]) -> tuple[Remedy, ...]:
    """The remedies of all findings that are not expected, the worst finding's first. One paste is told once."""
    following = consequences(findings)
    groups: dict[tuple[str | None, str], list[FindingReport]] = {}
    for found in findings:
        if not found.expected:
            key = (found.fix.where, found.fix.paste or found.fix.text)
            groups.setdefault(key, []).append(found)
    return tuple(
        Remedy(
            texts=tuple(dict.fromkeys(found.fix.text for found in group)),
            paste=group[0].fix.paste,
            where=group[0].fix.where,
            findings=tuple(group),
            hints=tuple({found.hint.text: found.hint for found in group if found.hint}.values()),
            follows=all((found.audit, found.fingerprint) in following for found in group),
        )
        for group in groups.values()
    )


def obstacles(report: RunReport) -> tuple[Obstacle, ...]:
    """Why cases could not be judged, each reason once."""
    groups: dict[tuple[str, str | None], list[str]] = {}
    for case in _unjudged(report):
        hint = case.ending.hint
        if hint and case.ending.kind == "tls_failure" and _is_passive(report, case):
            hint = f"{hint}; run it with --depth standard, which tells more of its certificate and its TLS"
        if hint and _others_got_in(report, case):
            hint = (
                "other devices got in from this machine in the same engine, so that the server may refuse this one's "
                "user agent, and its customers too: run it with --depth standard, which tries another one; where that "
                f"is not why, {hint}"
            )
        groups.setdefault((ending_words(case), hint), []).append(case.id)
    return tuple(Obstacle(message, hint, tuple(cases)) for (message, hint), cases in groups.items())


def _others_got_in(report: RunReport, case: CaseReport) -> bool:
    """Whether a server refused the browser of ``case``, and linked another project in the same engine.

    False where the run tried other user agents.
    """
    if case.ending.kind != "login_blocked" or case.ending.fault is not None or not _is_passive(report, case):
        return False
    others = (one for one in report.cases if one.project != case.project and one.source == "browser")
    return any(one.linked and one.engine == case.engine for one in others)


def _is_passive(report: RunReport, case: CaseReport) -> bool:
    return case.source == "browser" and report.options.get("depth") == Depth.PASSIVE


def leads(report: RunReport) -> tuple[Lead, ...]:
    """What to try for cases that do not link and that no finding which breaks linking names, each hint once.

    None where a finding of the run as a whole stops every login at its first step.
    """
    if any(one.severity is Severity.BREAKS and one.rule in FIRST_STEP for one in grave(report.findings)):
        return ()
    why = [one for one in report.findings if one.severity is Severity.BREAKS and not of_the_list(one)]
    by_id = {case.id: case for case in report.cases}
    explained = {id_ for one in why for id_ in one.cases if id_ in by_id and not let_pass(one.rule, by_id[id_])}
    groups: dict[str, list[CaseReport]] = {}
    for case in report.cases:
        if case.ending.hint and case.id not in explained and fate(case, report.findings) == "fails":
            groups.setdefault(case.ending.hint, []).append(case)
    return tuple(
        Lead(hint, tuple(dict.fromkeys(map(ending_words, cases))), tuple(case.id for case in cases))
        for hint, cases in groups.items()
    )


def _unjudged(report: RunReport) -> Iterable[CaseReport]:
    return (case for case in report.cases if fate(case, report.findings) in {"unknown", "errored"})


def blamed(report: RunReport) -> tuple[Blame, ...]:
    """Where to look, in the order of what to do: what is wrong, what kept cases from being judged, advice.

    Not where the consequences of something else are seen.
    """
    aside = following(report)
    findings = [one for one in report.findings if not one.expected and one not in aside]
    stuck = [case.ending.fault for case in _unjudged(report) if case.ending.fault]
    blames = [found.blame for found in findings]
    wrong = [found.blame for found in findings if found.severity is not Severity.RECOMMENDED]
    order = dict.fromkeys([*wrong, *stuck, *blames])
    return tuple(Blame(fault, blames.count(fault), stuck.count(fault)) for fault in order)


def following(report: RunReport) -> tuple[FindingReport, ...]:
    """The open findings that show the consequences of others: they are no further problems."""
    known = consequences(report.findings)
    return tuple(one for one in report.findings if not one.expected and (one.audit, one.fingerprint) in known)


def doubts(report: RunReport) -> tuple[Doubt, ...]:
    """Everything that is neither passed nor failed, each reason once, failures of the tool first."""
    places: dict[tuple[Status, str, str], list[str]] = {}
    told: list[tuple[str | None, OutcomeReport]] = [(None, one) for one in report.outcomes]
    told += [(case.id, one) for case in report.cases for one in case.outcomes]
    for case, outcome in told:
        if outcome.status in {"errored", "inconclusive"}:
            cases = places.setdefault((outcome.status, outcome.reason or "no reason was given", outcome.audit), [])
            cases.extend([case] if case else ())
    joined: dict[tuple[Status, str, tuple[str, ...]], list[str]] = {}
    for (status, reason, audit), cases in places.items():
        joined.setdefault((status, reason, tuple(cases)), []).append(audit)
    found = [Doubt(tuple(audits), status, reason, cases) for (status, reason, cases), audits in joined.items()]
    return tuple(sorted(found, key=lambda doubt: doubt.status != "errored"))
