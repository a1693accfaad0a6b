"""The report as workflow commands of GitHub Actions, which show it as annotations of the run.

Format of the commands: "Workflow commands for GitHub Actions", docs.github.com. A value ends with its line and a
property with a comma, so percent signs, line ends, colons and commas are escaped; what a tested page says can begin
no command of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from e2e_linker.model import Severity
from e2e_linker.report.fixes import leads, obstacles
from e2e_linker.report.model import FindingReport, RunReport
from e2e_linker.report.texts import TEXT, shown
from e2e_linker.report.words import failed_titles

__all__ = ["github_annotations"]

Level = Literal["error", "warning", "notice"]


def github_annotations(report: RunReport) -> str:
    """One line for each finding, worst first, then for what kept cases from being judged.

    What reaches the run's ``fail_on`` is an error, what does not a warning, advice and what was expected a notice.
    """
    return "".join(f"{line}\n" for line in _lines(report))


def _lines(report: RunReport) -> Iterator[str]:
    fail_on = Severity(str(report.options.get("fail_on", Severity.DEGRADES)))
    titles = failed_titles(report)
    for found in report.findings:
        title = f"{found.rule}: {titles.get(found.audit, found.title)}"
        yield _command(_level(found, fail_on), title, _told(found, len(report.cases)))
    for missed in report.unmet_expectations:
        said = f"{missed.rule} was expected to fail on {missed.cases}, but did not. Reason given: {missed.reason}"
        yield _command("error", "An expected failure did not happen", said)
    for lead in leads(report):
        said = f"{' '.join(lead.messages)}\nTry: {lead.hint}"
        yield _command("error", f"Does not link: {', '.join(lead.cases)}", said)
    for obstacle in obstacles(report):
        hint = f"\nTry: {obstacle.hint}" if obstacle.hint else ""
        yield _command("warning", f"Not determined: {', '.join(obstacle.cases)}", f"{obstacle.message}{hint}")
    for outcome in (*report.outcomes, *(one for case in report.cases for one in case.outcomes)):
        if outcome.status == "errored":
            yield _command("error", f"e2e-linker itself failed in {outcome.audit}", outcome.reason or "no reason given")
    yield _command("notice", f"Alexa account linking: {report.verdict}", report.headline)


def _level(found: FindingReport, fail_on: Severity) -> Level:
    if found.expected or (found.severity is Severity.RECOMMENDED and not found.severity.at_least(fail_on)):
        return "notice"
    return "error" if found.severity.at_least(fail_on) else "warning"


def _told(found: FindingReport, cases: int) -> str:
    where = f" On {len(found.cases)} of {cases} cases: {', '.join(found.cases[:8])}." if found.cases else ""
    place = f" at {found.fix.where}" if found.fix.where else ""
    paste = f"\nPaste{place}:\n{found.fix.paste}" if found.fix.paste else ""
    return f"{found.message}{where}\nFix: {found.fix.text}{paste}"


def _command(level: Level, title: str, message: str) -> str:
    name = _data(" ".join(shown(title, 200).split())).replace(":", "%3A").replace(",", "%2C")
    return f"::{level} title={name}::{_data(shown(message, TEXT))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
