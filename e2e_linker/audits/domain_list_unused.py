"""No slot of the Domain List is spent on a host that the login never contacts."""

from __future__ import annotations

from e2e_linker.audits.base import Audit, EvidenceRef, Finding, Inconclusive, NotApplicable, Outcome, finding, verdict
from e2e_linker.audits.domain_list import WHERE
from e2e_linker.audits.runner import CaseTable
from e2e_linker.derive.hosts import ListedEntry, coverage, domain_list, merged
from e2e_linker.evidence.models import SkillFacts
from e2e_linker.model import Confidence, Fault


def judge(cases: CaseTable, skill: SkillFacts) -> Outcome:
    """Entries that no case contacted. Only said when every case went all the way."""
    listed = domain_list(skill)
    if not listed.entries:
        return NotApplicable(reason="the Domain List is empty")
    if not cases.all_arrived:
        return Inconclusive(missing=("not every case reached Alexa, so a host may yet be needed",))
    if missing := cases.missing("hosts"):
        return Inconclusive(missing=missing)
    if not any(pages for _, pages in cases.collect("pages")):
        return NotApplicable(
            reason="no page was shown, as the customer was signed in already: nothing was there to use"
        )
    used = merged(table for _, table in cases.collect("hosts"))
    return verdict(_unused(entry) for entry in coverage(used, listed).unused)


def _unused(entry: ListedEntry) -> Finding:
    return finding(
        "domains-unused",
        f"{entry.raw} is on the Domain List, but nothing of it was used on any path that was taken.",
        subject=entry.host or entry.raw,
        at=EvidenceRef(kind="configuration", ref="domains"),
        confidence=Confidence.POSSIBLE,
        fix=f"Remove {entry.raw}, unless a path that was not taken (signing up, recovering a password) needs it.",
        where=WHERE,
        blame=Fault.SKILL_CONFIGURATION,
    )


AUDIT = Audit(
    id="domain-list-unused",
    rules=("domains-unused",),
    title="Every entry of the Domain List is used",
    failed_title="Entries of the Domain List are not used",
    scope="run",
    judge=judge,
)
