"""The report as Markdown: short enough for a pull request or a job summary."""

from __future__ import annotations

import re
from collections.abc import Iterator

from e2e_linker.report.model import CaseReport, FindingReport, OutcomeReport, RunReport

__all__ = ["markdown"]

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#+!|~])")
_SIGNS = {"passed": "✅", "failed": "❌", "inconclusive": "❔", "errored": "💥", "interrupted": "⏹"}


def markdown(report: RunReport) -> str:
    """The summary. Everything a tested server said is escaped or stands in a code span."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: RunReport) -> Iterator[str]:
    yield f"## {_SIGNS[report.verdict]} Alexa account linking: {report.verdict}"
    yield ""
    yield _text(report.headline)
    yield ""
    if report.cases:
        yield "| case | engine | linked | how it ended |"
        yield "|---|---|---|---|"
        yield from (_row(case) for case in report.cases)
        yield ""
    for found in report.findings:
        yield from _finding(found)
    for missed in report.unmet_expectations:
        where = f"{_code(missed.rule)} on {_code(missed.cases)}"
        yield f"- **expected, but did not happen**: {where} ({_text(missed.reason)})"
    doubts = sorted({f"{_text(one.reason or '')}" for one in _outcomes(report) if one.status == "inconclusive"})
    if doubts:
        yield "<details><summary>Not determined</summary>"
        yield ""
        yield from (f"- {doubt}" for doubt in doubts)
        yield ""
        yield "</details>"
        yield ""
    yield f"Run {_code(report.run_id)}, e2e-linker {report.tool.version}."


def _outcomes(report: RunReport) -> Iterator[OutcomeReport]:
    yield from report.outcomes
    for case in report.cases:
        yield from case.outcomes


def _row(case: CaseReport) -> str:
    engine = f"{case.engine or 'none'} {(case.engine_version or '').partition('.')[0]}".strip()
    if case.substitute:
        engine += f" (for {case.asked_engines[0]})"
    linked = "✅ yes" if case.linked else "❌ no" if case.ending.kind in {"arrived", "dead_end"} else "❔ unknown"
    flaky = ", flaky" if case.flaky else ""
    return f"| {_text(case.id)} | {_text(engine)} | {linked}{flaky} | {_text(case.ending.message)} |"


def _finding(found: FindingReport) -> Iterator[str]:
    known = ", expected" if found.expected else ""
    where = f" on {', '.join(map(_code, found.cases))}" if found.cases else ""
    yield f"### {_text(found.title)}"
    yield ""
    yield f"**{found.severity}**{known}, {_code(found.rule)}{where}"
    yield ""
    yield _text(found.message)
    yield ""
    yield f"**Fix:** {_text(found.fix.text)}"
    yield ""
    if found.fix.paste:
        if found.fix.where:
            yield f"At {_text(found.fix.where)}:"
            yield ""
        fence = "`" * max(3, 1 + max((len(run) for run in re.findall(r"`+", found.fix.paste)), default=0))
        yield from (fence, found.fix.paste, fence, "")


def _text(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def _code(text: str) -> str:
    return f"`{text.replace('`', chr(39))}`"
