"""The report as Markdown: short enough for a pull request or a job summary."""

from __future__ import annotations

import re
from collections.abc import Iterator

from e2e_linker.report.effects import Effect, Effects
from e2e_linker.report.fate import fate
from e2e_linker.report.fixes import doubts, leads, obstacles
from e2e_linker.report.model import CaseReport, FindingReport, RunReport
from e2e_linker.report.texts import BODY, LINE, shown, terse
from e2e_linker.report.words import RECALLED, Standing, ending_words, failed_titles, known_by

__all__ = ["markdown"]

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#+!|~&])")
# What would begin a list or a rule where a line starts with it.
_LINE_START = re.compile(r"^(?:[-=]|\d+[.)])")
# A tested page's text must not call anybody to the pull request it is quoted in.
_MENTION = re.compile(r"@(?=\w)")
_FATES = {"links": "✅ yes", "fails": "❌ no", "unknown": "❔ unknown", "errored": "💥 tool error"}
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
        yield from (_row(case, fate(case, report.findings)) for case in report.cases)
        yield ""
    tries = [(one.hint, one.cases) for one in leads(report)]
    tries += [(one.hint, one.cases) for one in obstacles(report) if one.hint]
    for hint, cases in tries:
        yield f"**Try**, on {', '.join(map(_code, cases))}: {_prose(hint)}"
        yield ""
    titles, effects = failed_titles(report), Effects(report.cases, report.findings)
    for found in report.findings:
        yield from _finding(found, titles.get(found.audit, found.title), effects.of(found))
    for missed in report.unmet_expectations:
        where = f"{_code(missed.rule)} on {_code(missed.cases)}"
        yield f"- **expected, but did not happen**: {where} ({_text(missed.reason)})"
        yield ""
    unsure = doubts(report)
    if unsure:
        yield "<details><summary>Not determined</summary>"
        yield ""
        for doubt in unsure:
            tool = " (this tool failed)" if doubt.status == "errored" else ""
            yield f"- {', '.join(map(_code, doubt.audits))}{tool}: {_text(doubt.reason)}"
        yield ""
        yield "</details>"
        yield ""
    yield f"Run {_code(report.run_id)}, e2e-linker {report.tool.version}."


def _row(case: CaseReport, became: Standing) -> str:
    engine = f"{case.engine or 'none'} {(case.engine_version or '').partition('.')[0]}".strip()
    if case.substitute:
        engine += f" (for {case.asked_engines[0]})"
    linked = _FATES[became]
    flaky = ", flaky" if case.flaky else ""
    return f"| {_text(case.id)} | {_text(engine)} | {linked}{flaky} | {_text(ending_words(case))} |"


def _finding(found: FindingReport, title: str, does: Effect) -> Iterator[str]:
    known = ", expected" if found.expected else ""
    where = f" on {', '.join(map(_code, found.cases))}" if found.cases else ""
    yield f"### {_text(title)}"
    yield ""
    follows = ". It follows from a finding above" if does.follows else ""
    yield f"**{does.word}**{known}, {_code(found.rule)}{where}{follows}"
    yield ""
    yield _prose(terse(found.message))
    yield ""
    yield f"**Fix:** {_prose(found.fix.text)}"
    yield ""
    yield from _paste(found.fix.paste, found.fix.where)
    hint = found.hint
    if hint:
        doubt = f" ({RECALLED})" if hint.recalled else ""
        yield f"**{_text(hint.provider)}** ({_text(known_by(hint))}): {_prose(hint.text)}{doubt}"
        yield ""
        yield from _paste(hint.paste, hint.where)


def _paste(text: str | None, where: str | None) -> Iterator[str]:
    if text is None:
        return
    if where:
        yield f"At {_text(where)}:"
        yield ""
    pasted = shown(text, BODY)
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall(r"`+", pasted)), default=0))
    yield from (fence, pasted, fence, "")


def _text(text: str) -> str:
    return _LINE_START.sub(_escape_last, _escaped(" ".join(shown(text).split())))


def _escaped(text: str) -> str:
    return _MENTION.sub("@<!-- -->", _SPECIAL.sub(r"\\\1", text))


def _prose(text: str) -> str:
    """Sentences in which code stands between backticks."""
    parts = " ".join(shown(text).split()).split("`")
    if len(parts) % 2 == 0:
        return _text(text)
    line = "".join(_code(part) if n % 2 else _escaped(part) for n, part in enumerate(parts))
    return _LINE_START.sub(_escape_last, line)


def _escape_last(match: re.Match[str]) -> str:
    return f"{match[0][:-1]}\\{match[0][-1]}"


def _code(text: str) -> str:
    return f"`{' '.join(shown(text, LINE).replace('`', chr(39)).split()) or ' '}`"
