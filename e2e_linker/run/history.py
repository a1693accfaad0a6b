"""What became of cases and findings over the saved runs of a reports folder, told from their ``report.json`` alone.

Runs are grouped by skill: client id and authorization URL. A finding is only absent where its audit was asked again of
every case that had it, and could tell.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from e2e_linker.errors import StoreError
from e2e_linker.model import Record, Severity
from e2e_linker.report.fate import fate
from e2e_linker.report.looked_for import looked_for
from e2e_linker.report.model import FindingReport, RunReport, Verdict
from e2e_linker.report.words import Standing
from e2e_linker.run.saved import FILES

__all__ = ["CaseHistory", "FindingHistory", "History", "PastRun", "Seen", "SkillHistory", "history_of", "read_history"]

Seen = Literal["found", "absent", "unchecked"]
"""What a run says of a finding; ``unchecked`` where its audit was not asked of all its cases, or could not tell."""


class PastRun(Record):
    """A run."""

    run_id: str
    started_at: datetime
    verdict: Verdict
    exit_code: int
    headline: str


class CaseHistory(Record):
    """What became of a case, run by run; None where the run did not have it."""

    id: str
    standings: tuple[Standing | None, ...]


class FindingHistory(Record):
    """A finding, run by run. Message and severity are those of the last run that has it."""

    rule: str
    audit: str
    severity: Severity
    message: str
    fingerprint: str
    cases: tuple[str, ...]
    """Every case that ever had it; empty for what concerns a whole run."""
    seen: tuple[Seen, ...]
    first: str
    """The id of the first run that has it."""
    last: str
    """The id of the last run that has it."""


class SkillHistory(Record):
    """The runs of one skill, oldest first. All that is told run by run is in this order."""

    client_id: str
    authorization_url: str
    runs: tuple[PastRun, ...]
    cases: tuple[CaseHistory, ...]
    """As the latest runs order them."""
    findings: tuple[FindingHistory, ...]
    """Those of the latest run first, then worst first."""


class History(Record):
    """All runs of a folder."""

    skills: tuple[SkillHistory, ...]
    """By client id."""
    unread: tuple[str, ...]
    """Run folders whose report is missing or cannot be read, and why."""


def read_history(folder: Path, *, last: int) -> History:
    """The history of the run folders in ``folder``, of each skill the ``last`` runs.

    Raises :class:`~e2e_linker.errors.StoreError` where the folder cannot be read or holds no report.
    """
    reports, unread = list[RunReport](), list[str]()
    try:
        inside = sorted(path for path in folder.iterdir() if path.is_dir() and not path.is_symlink())
    except OSError as error:
        hint = "name the folder of the run folders; `e2e-linker run` makes one"
        raise StoreError(f"cannot be read: {error.strerror}", where=str(folder), hint=hint) from error
    for path in inside:
        file = path / FILES["json"]
        if not (file.exists() or (path / "manifest.json").exists()):
            continue
        try:
            reports.append(RunReport.model_validate_json(file.read_bytes()))
        except OSError as error:
            unread.append(f"{path.name}: {FILES['json']}: {error.strerror}")
        except ValidationError:
            unread.append(f"{path.name}: {FILES['json']} is damaged, or of another version of e2e-linker")
    if not reports:
        hint = unread[0] if unread else "`e2e-linker run` leaves one; name the folder that holds the run folders"
        raise StoreError("no run in it has a report", where=str(folder), hint=hint)
    return History(skills=history_of(reports, last=last), unread=tuple(unread))


def history_of(reports: Iterable[RunReport], *, last: int) -> tuple[SkillHistory, ...]:
    """What ``reports`` say, in any order, skill by skill; of each skill the ``last`` ones."""
    skills: dict[tuple[str, str], list[RunReport]] = {}
    for report in sorted(reports, key=lambda one: (one.started_at, one.run_id)):
        skills.setdefault((report.skill.client_id, report.skill.authorization_url), []).append(report)
    return tuple(_skill(skills[key][-last:]) for key in sorted(skills))


def _skill(runs: Sequence[RunReport]) -> SkillHistory:
    known = [{case.id: fate(case, run.findings) for case in run.cases} for run in runs]
    cases = dict.fromkeys(id_ for run in reversed(known) for id_ in run)
    findings = [_finding(key, runs) for key in _prints(runs)]
    return SkillHistory(
        client_id=runs[0].skill.client_id,
        authorization_url=runs[0].skill.authorization_url,
        runs=tuple(PastRun.model_validate(run, from_attributes=True) for run in runs),
        cases=tuple(CaseHistory(id=id_, standings=tuple(run.get(id_) for run in known)) for id_ in cases),
        findings=tuple(sorted(findings, key=lambda one: (one.seen[-1] != "found", one.severity.rank, one.rule))),
    )


def _prints(runs: Iterable[RunReport]) -> Iterable[tuple[str, str]]:
    return dict.fromkeys((found.audit, found.fingerprint) for run in runs for found in run.findings)


def _finding(key: tuple[str, str], runs: Sequence[RunReport]) -> FindingHistory:
    had = [(run, found) for run in runs if (found := _of(key, run)) is not None]
    latest = had[-1][1]
    cases = tuple(dict.fromkeys(case for _, found in had for case in found.cases))
    return FindingHistory(
        rule=latest.rule,
        audit=latest.audit,
        severity=latest.severity,
        message=latest.message,
        fingerprint=latest.fingerprint,
        cases=cases,
        seen=tuple("found" if _of(key, run) else _unfound(latest.audit, cases, run) for run in runs),
        first=had[0][0].run_id,
        last=had[-1][0].run_id,
    )


def _of(key: tuple[str, str], run: RunReport) -> FindingReport | None:
    return next((found for found in run.findings if (found.audit, found.fingerprint) == key), None)


def _unfound(audit: str, cases: Sequence[str], run: RunReport) -> Seen:
    """Whether ``run``, which has no such finding, looked for it in every case that ever had it, or in the whole run."""
    return "absent" if looked_for(audit, cases, run) else "unchecked"
