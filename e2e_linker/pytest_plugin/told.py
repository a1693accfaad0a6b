"""What pytest prints of a link: the findings, their causes, and where the report is. No traceback."""

from __future__ import annotations

from collections.abc import Sequence

from e2e_linker.report.fate import fate
from e2e_linker.report.model import CaseReport, FindingReport
from e2e_linker.report.texts import shown
from e2e_linker.report.words import FAULTS, standing

__all__ = ["case_told", "finding_told", "findings_told"]


def finding_told(found: FindingReport) -> str:
    """A finding, who is to blame, and what to do."""
    lines = [
        f"{found.severity.upper()}  {found.rule}",
        f"  {shown(found.message)}",
        f"  cause: {FAULTS[found.blame]}",
        f"  fix: {shown(found.fix.text)}",
    ]
    if found.fix.paste:
        lines.append(f"  paste at {found.fix.where}:" if found.fix.where else "  paste:")
        lines += [f"    {line}" for line in shown(found.fix.paste).splitlines()]
    return "\n".join(lines)


def findings_told(found: Sequence[FindingReport], report: str) -> str:
    """Several findings, and the path of the ``report``."""
    return "\n\n".join([*map(finding_told, found), f"report: {report}"])


def case_told(case: CaseReport, found: Sequence[FindingReport], report: str) -> str:
    """What became of ``case``: linked or not, why, and what was found."""
    if case.linked:
        became = "linked"
    elif case.ending.kind == "arrived":
        became = "came back to Alexa, but is not linked"
    else:
        became = f"not linked: {shown(case.ending.message)}"
    # What to try says a finding where one tells why.
    open_ = not case.linked and fate(case, found) == standing(case)
    hint = [f"  try: {case.ending.hint}"] if case.ending.hint and open_ else []
    return "\n\n".join(["\n".join([f"{case.id}: {became}", *hint]), findings_told(found, report)])
