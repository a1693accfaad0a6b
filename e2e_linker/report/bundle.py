"""The support case that Amazon asks for: eleven items in one text, and one zip with the evidence.

The items are those of "Troubleshooting Account Linking", developer.amazon.com. What the run shows is filled in, what
only a person knows is given, and what is missing is named with the way to add it.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import Final

from e2e_linker.model import Grant
from e2e_linker.report.fate import fate
from e2e_linker.report.model import CaseReport, RunReport
from e2e_linker.report.texts import BODY, shown, utc
from e2e_linker.report.words import ending_words, failed_titles

__all__ = ["CASE_TEXT", "Given", "Item", "bundle_zip", "case_shown", "case_text", "support_case"]

CASE_TEXT: Final = "case.txt"
_FILES: Final = ("report.html", "report.json", "summary.md")
_GRANTS: Final = {Grant.AUTH_CODE: "Auth Code Grant", Grant.IMPLICIT: "Implicit Grant"}
_WIDE = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What only a person knows; None where it was not said. The test login is that of the linking page."""

    skill_id: str | None = None
    stage: str | None = None
    username: str | None = None
    password: str | None = None
    customer_id: str | None = None
    platform: str | None = None
    app_version: str | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One of the eleven; ``missing`` says how to add it where ``value`` is None."""

    name: str
    value: str | None
    missing: str


def case_shown(report: RunReport) -> CaseReport | None:
    """The case to tell Amazon about: the first that does not link, else the first with a finding, else the first."""
    broken = (case for case in report.cases if fate(case, report.findings) != "links")
    found = (case for case in report.cases if any(case.id in one.cases for one in report.findings))
    return next(broken, next(found, next(iter(report.cases), None)))


def support_case(report: RunReport, case: CaseReport | None, given: Given) -> tuple[Item, ...]:
    """The eleven items in Amazon's order; ``case`` is the one they are about."""
    skill = report.skill
    login = f"{given.username} / {given.password}" if given.username and given.password else None
    skill_id = f"{given.skill_id} ({given.stage})" if given.skill_id and given.stage else None
    return (
        Item("Skill id and stage", skill_id, "--skill-id amzn1.ask.skill… and --stage development or live"),
        Item("Login for linking page", login, "--username and --password env:NAME: a test account, never Amazon's"),
        Item("Customer id", given.customer_id, "--customer-id, of the Amazon account that cannot link"),
        Item("Date and time", _when(case), "no case was run: run one"),
        Item("Region", case.region.value if case else None, "no case was run: run one"),
        Item("Platform", given.platform or _platform(case), "--platform Android, iOS or browser"),
        Item("Alexa app version", given.app_version, "--app-version, as the app shows under Settings > About"),
        Item("Description", _description(report, case, given), "--description: what the customer sees"),
        Item("Authorization URL", skill.authorization_url or None, "the skill's configuration names none"),
        Item("Domain List", ", ".join(skill.domains) or "(empty)", ""),
        Item("Linking type", _GRANTS.get(skill.grant) if skill.grant else None, "the configuration names no grant"),
    )


def _when(case: CaseReport | None) -> str | None:
    attempt = case.attempts[-1] if case and case.attempts else None
    return utc(attempt.started_at) if attempt else None


def _platform(case: CaseReport | None) -> str | None:
    if case is None:
        return None
    if case.source == "har":
        return f"{case.device} (a capture)" if case.device else None
    engine = f"{case.engine} {case.engine_version or ''}".strip() if case.engine else "no engine"
    return f"{case.device or case.project}, {case.surface}, emulated in {engine}; --platform names a real one"


def _description(report: RunReport, case: CaseReport | None, given: Given) -> str | None:
    if case is None:
        return given.description
    titles = failed_titles(report)
    # What is judged once for the whole run names no case, and concerns this one, too.
    own = [found for found in report.findings if not found.cases or case.id in found.cases]
    lines = [given.description] if given.description else []
    lines.append(f"{case.id}: {ending_words(case)}.")
    lines += [f"{found.rule}: {titles.get(found.audit, found.title)}. {found.message}" for found in own[:8]]
    shots = [screen.picture for screen in case.screens if screen.picture]
    lines.append(f"Screenshots: {', '.join(shots[:8])}" if shots else "There is no screenshot.")
    return "\n".join(lines)


def case_text(report: RunReport, items: Iterable[Item]) -> str:
    """The items as one block of text, what is missing named at its place and counted at the end."""
    lines = [f"Alexa account linking, support case of run {report.run_id}", ""]
    lacking = []
    for n, item in enumerate(items, 1):
        label = f"{n:2}. {item.name}:".ljust(_WIDE + 5)
        if item.value is None:
            lacking.append(item.name)
            lines.append(f"{label}MISSING ({item.missing})")
        else:
            first, *rest = shown(item.value, BODY).splitlines() or [""]
            lines += [f"{label}{first}", *(" " * (_WIDE + 5) + line for line in rest)]
    lines.append("")
    lines.append(f"Missing: {', '.join(lacking)}." if lacking else "Nothing is missing.")
    lines.append("Codes, tokens and other secrets were replaced by labels such as <code#1> when the run was recorded.")
    return "\n".join(lines) + "\n"


def bundle_zip(report: RunReport, folder: Path, case: CaseReport | None, text: str) -> bytes:
    """The zip: ``text``, the reports, and network log and screenshots of ``case``, as far as they are in ``folder``.

    The evidence files stay out: they are for this tool, and the reports show what is in them. Raises
    :class:`OSError` where a file cannot be read.
    """
    names = list(_FILES)
    if case is not None:
        names.append(f"network/{case.id}.har")
        names += dict.fromkeys(screen.picture for screen in case.screens if screen.picture)
    root, out = folder.resolve(), BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr(CASE_TEXT, text)
        for name in names:
            path = (root / PurePosixPath(name)).resolve()
            if path.is_relative_to(root) and path.is_file():
                bundle.writestr(name, path.read_bytes())
    return out.getvalue()
