"""From evidence to the report: judges everything and joins what belongs together.

Pure: the same run gives the same report, whenever and wherever it is judged.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from e2e_linker.audits.base import Audit, Failed, Finding, Options, Outcome
from e2e_linker.audits.runner import CaseTable, judge_case, judge_run
from e2e_linker.audits.together import each_counts, weight
from e2e_linker.derive.base import Facts, case_facts
from e2e_linker.evidence.models import CaseEvidence, RunEvidence, records
from e2e_linker.model import Severity
from e2e_linker.report.asked import asked, idle, told
from e2e_linker.report.cases import case_report
from e2e_linker.report.differences import differences
from e2e_linker.report.effects import SECURITY, consequences, distance, of_the_list, stands_alone
from e2e_linker.report.expectations import Expectation, Judged, judged_rules, unmet
from e2e_linker.report.findings import Found, finding_reports
from e2e_linker.report.hints import providers_of, published
from e2e_linker.report.model import CaseReport, FindingReport, OutcomeReport, RunReport, Tool, UnmetExpectation
from e2e_linker.report.other_causes import with_other_causes
from e2e_linker.report.requests import case_requests, named_requests, run_requests
from e2e_linker.report.token_story import token_probes, token_story
from e2e_linker.report.verdict import headline_of, outcome_report, verdict_of
from e2e_linker.report.views import domains, size_headroom, state_trail, tls_hosts

__all__ = ["JudgedCase", "build_report"]

_MOST_LINKS = 12


@dataclass(frozen=True, slots=True)
class JudgedCase:
    """A case with its attempts, those that count, and what the audits said over all of these."""

    attempts: tuple[CaseEvidence, ...]
    counted: tuple[int, ...]
    """Indices of the attempts that count: a retry stands in for the attempt it repeats."""
    facts: tuple[Facts, ...]
    outcomes: Mapping[str, Outcome]

    @property
    def id(self) -> str:
        """The case's id."""
        return self.attempts[0].case.id

    @property
    def shown(self) -> int:
        """Index of the attempt whose screens and hops the report shows: the last one that counts."""
        return self.counted[-1]


def build_report(run: RunEvidence, cases: Sequence[CaseEvidence]) -> RunReport:
    """The report of ``run`` and its ``cases`` (all attempts, in order)."""
    options = Options.model_validate({name: run.options[name] for name in Options.model_fields if name in run.options})
    empty = idle(run, cases)
    alone = empty or bool(run.options.get("dry_run"))
    chosen = asked(run, alone=alone)
    groups = _grouped(cases)
    masks, failures = (frozenset(chain.from_iterable(map(seen, groups))) for seen in (_changing, _failing))
    judged = tuple(_judge(attempts, options, chosen, run, masks, failures) for attempts in groups)
    counted = [(case.attempts[n], case.facts[n]) for case in judged for n in case.counted]
    table = CaseTable([evidence for evidence, _ in counted], [facts for _, facts in counted])
    run_outcomes = told(judge_run(run, table, options, chosen), chosen, alone=alone)
    expectations = tuple(Expectation.model_validate(known) for known in run.options.get("expectations", ()))
    case_reports = tuple(case_report(case, _reports(case.outcomes, chosen)) for case in judged)
    found = _findings(judged, run_outcomes)
    listed = domains(run.skill, table)
    known = providers_of(run, table)
    unlinked = [case for case in case_reports if not case.linked]
    findings = _ranked(finding_reports(found, expectations, listed, known, run.skill), unlinked)
    rules = _judged_rules(judged, run_outcomes, chosen, options)
    # What no case fell to has missed nothing: other shards show it.
    missed = () if empty else unmet(expectations, [(one, cases) for one, cases, _ in found], rules)
    outcomes = _reports(run_outcomes, chosen)
    fail_on, not_run = Severity(run.options.get("fail_on", Severity.DEGRADES)), run.options.get("not_run", ())
    verdict, exit_code = verdict_of(run.interrupted, findings, missed, fail_on, case_reports, outcomes, not_run)
    return RunReport(
        run_id=run.run_id,
        started_at=run.started_at,
        finished_at=run.finished_at,
        tool=Tool(version=run.tool_version),
        environment=run.environment,
        skill=run.skill,
        options=run.options,
        verdict=verdict,
        exit_code=exit_code,
        headline=headline_of(verdict, case_reports, findings, idle=empty, missed=bool(missed), not_run=not_run),
        cases=case_reports,
        outcomes=outcomes,
        findings=findings,
        unmet_expectations=tuple(UnmetExpectation(rule=e.rule, cases=e.cases, reason=e.reason) for e in missed),
        domains=listed,
        token_probes=token_probes(run, findings),
        run_requests=run_requests(run, named_requests(findings, None)),
        **_by_case(judged, findings),
        providers=published(known),
    )


def _judged_rules(
    judged: Sequence[JudgedCase], of_run: Mapping[str, Outcome], chosen: Mapping[str, Audit], options: Options
) -> Mapping[str, Judged]:
    """What was judged in each case, and under ``""`` for the whole run."""
    scopes = {"": of_run, **{case.id: {**of_run, **case.outcomes} for case in judged}}
    return {id_: judged_rules(by, chosen, options.depth) for id_, by in scopes.items()}


def _by_case(judged: Sequence[JudgedCase], findings: Sequence[FindingReport]) -> dict[str, Any]:
    """The sections that show the evidence of each case's shown attempt."""
    shown = {case.id: case.facts[case.shown] for case in judged}
    return {
        "state_trail": {id_: trail for id_, facts in shown.items() if (trail := state_trail(facts))},
        "size_headroom": {id_: sizes for id_, facts in shown.items() if (sizes := size_headroom(facts))},
        "token_story": {id_: token_story(facts) for id_, facts in shown.items()},
        "tls": {id_: tls_hosts(facts) for id_, facts in shown.items()},
        "requests": {
            case.id: case_requests(case.attempts[case.shown], named_requests(findings, case.id), len(judged))
            for case in judged
        },
        "differences": differences([(case.attempts[case.shown], case.facts[case.shown]) for case in judged]),
    }


def _grouped(cases: Iterable[CaseEvidence]) -> list[tuple[CaseEvidence, ...]]:
    groups: dict[str, list[CaseEvidence]] = defaultdict(list)
    for evidence in cases:
        groups[evidence.case.id].append(evidence)
    return [tuple(sorted(group, key=lambda one: one.attempt)) for group in groups.values()]


def _changing(attempts: tuple[CaseEvidence, ...]) -> frozenset[str]:
    """The masks of the hosts that change between the visits of one case: each case goes to the same ones."""
    part = case_facts(attempts[0], attempts=tuple(one.walks for one in attempts)).get("changing_hosts")
    return frozenset(one.mask for one in records(part))


def _failing(attempts: tuple[CaseEvidence, ...]) -> frozenset[str]:
    """The hosts that failed in one case, and did not when it was tried again as it was."""
    walks = tuple(one.walks for one in attempts)
    parts = (case_facts(one, attempts=walks).get("server_failures") for one in attempts)
    return frozenset(host for part in parts for host in records(part))


def _judge(
    attempts: tuple[CaseEvidence, ...],
    options: Options,
    chosen: Mapping[str, Audit],
    run: RunEvidence,
    masks: frozenset[str],
    failures: frozenset[str],
) -> JudgedCase:
    counted: list[int] = []
    for n, evidence in enumerate(attempts):
        if evidence.reason == "retry" and counted:
            counted.pop()
        counted.append(n)
    known = run.served_tls, run.left_out, attempts, masks, failures
    judged = [judge_case(evidence, options, chosen, *known) for evidence in attempts]
    names = judged[0][0]
    outcomes = {name: each_counts([judged[n][0][name] for n in counted]) for name in names}
    return JudgedCase(attempts, tuple(counted), tuple(facts for _, facts in judged), outcomes)


def _reports(outcomes: Mapping[str, Outcome], chosen: Mapping[str, Audit]) -> tuple[OutcomeReport, ...]:
    return tuple(outcome_report(chosen[name], outcome) for name, outcome in outcomes.items())


def _findings(judged: Sequence[JudgedCase], of_run: Mapping[str, Outcome]) -> tuple[Found, ...]:
    """Every finding once, with the cases that show it."""
    groups: dict[tuple[str, str], list[tuple[Finding, str | None]]] = defaultdict(list)
    for case in judged:
        for one in _of(case.outcomes):
            groups[one.audit, one.fingerprint].append((one, case.id))
    for one in _of(of_run):
        groups[one.audit, one.fingerprint] += [(one, case) for case in one.shown_by or (None,)]
    return tuple(_joined(members) for members in groups.values())


def _ranked(findings: Sequence[FindingReport], unlinked: Sequence[CaseReport]) -> tuple[FindingReport, ...]:
    """``findings`` in order: worst, what threatens others, causes before the symptoms that they explain.

    What only happens where the Domain List is enforced comes behind what was measured; what shows in a case
    that it may keep from linking before what shows in others only, and that before what shows in none.
    """
    follow = consequences(findings)
    refused = {case for one in findings if one.rule == "screen-error-page" for case in one.cases}

    def place(one: FindingReport) -> tuple[object, ...]:
        worst = one.severity.rank, one.rule not in SECURITY, of_the_list(one)
        follows = (one.audit, one.fingerprint) in follow
        near = distance(one.rule, one.cases, unlinked), stands_alone(one)
        # The status of a page tells more than that nothing stands there.
        blank = one.rule == "screen-blank" and not refused.isdisjoint(one.cases)
        return *worst, follows, *near, one.symptom, blank, one.rule, one.subject

    return tuple(sorted(findings, key=place))


def _of(outcomes: Mapping[str, Outcome]) -> Iterable[Finding]:
    return (one for outcome in outcomes.values() if isinstance(outcome, Failed) for one in outcome.findings)


def _joined(members: Sequence[tuple[Finding, str | None]]) -> Found:
    """The weightiest of the members speaks for all; the others' evidence stands behind, and what they lay it to."""
    ordered = sorted(members, key=lambda pair: weight(pair[0]))
    worst = with_other_causes(ordered[0][0], members)
    cases = tuple(dict.fromkeys(case for _, case in members if case is not None))
    related = [ref for finding, _ in ordered for ref in (finding.primary, *finding.related)]
    rest = tuple(dict.fromkeys(ref for ref in related if ref != worst.primary))
    proven = tuple(dict.fromkeys(case for one, case in members if case is not None and one.cause == "proven"))
    return worst.model_copy(update={"related": rest[: _MOST_LINKS - 1]}), cases, proven
