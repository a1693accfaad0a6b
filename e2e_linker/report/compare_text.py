"""A comparison of two runs as text and as a page."""

from __future__ import annotations

from collections.abc import Iterator

from e2e_linker.report.compare import Comparison
from e2e_linker.report.effects import Effects
from e2e_linker.report.html import render_page
from e2e_linker.report.model import FindingReport
from e2e_linker.report.texts import LINE, shown, terse
from e2e_linker.report.words import STANDINGS

__all__ = ["compare_page", "compare_text"]

_MOST = 5


def compare_page(found: Comparison) -> str:
    """The page: as the report, one file that needs nothing else."""
    return render_page("compare.html", found=found)


def compare_text(found: Comparison) -> str:
    """What changed, shortest first: for a terminal or a log."""
    return "\n".join(_lines(found)) + "\n"


def _lines(found: Comparison) -> Iterator[str]:
    yield f"{'WORSE' if found.worse else 'NOT WORSE'}  {found.before.run_id} -> {found.after.run_id}"
    yield f"before: {found.before.headline}"
    yield f"after:  {found.after.headline}"
    was, now = (Effects(run.cases, run.findings) for run in (found.before, found.after))
    told = [("new findings", found.new, now), ("gone findings", found.gone, was)]
    if found.unchecked:
        told.append(("neither found again nor ruled out", found.unchecked, was))
    for name, findings, effects in told:
        yield ""
        yield f"{name}: {len(findings) or 'none'}"
        yield from (_finding(one, effects.of(one).word) for one in findings)
    yield ""
    yield f"still there: {len(found.kept) or 'none'}"
    for change in found.kept:
        before, after = was.of(change.before).word, now.of(change.after).word
        moved = [f"{before} -> {after}"] if before != after else []
        moved += [f"also in {', '.join(change.joined)}"] if change.joined else []
        moved += [f"no longer in {', '.join(change.left)}"] if change.left else []
        moved += [f"not looked for again in {', '.join(change.unchecked)}"] if change.unchecked else []
        yield f"  {change.after.rule}{': ' + '; '.join(moved) if moved else ''}"
    changed = [case for case in found.cases if case.now and (case.fate != "same" or case.differing)]
    unrun = [case.id for case in found.cases if not case.now]
    yield ""
    yield f"cases that changed: {len(changed) or 'none'}"
    for case in changed:
        fates = (STANDINGS[one] if one else "not run" for one in (case.was, case.now))
        yield f"  {case.id}: {' -> '.join(fates)}"
        for side in case.differing[:_MOST] if case.before and case.after else ():
            yield f"    {side.label}: {shown(side.before or 'none', LINE)} -> {shown(side.after or 'none', LINE)}"
    if unrun:
        yield ""
        yield f"cases not run again: {len(unrun)} ({', '.join(unrun[:_MOST])}{'…' if len(unrun) > _MOST else ''})"
    for change_ in found.lists:
        yield ""
        yield f"{change_.name}:"
        yield from (f"  + {shown(one, LINE)}" for one in change_.came)
        yield from (f"  - {shown(one, LINE)}" for one in change_.went)


def _finding(one: FindingReport, does: str) -> str:
    where = f" ({', '.join(one.cases[:_MOST])}{'…' if len(one.cases) > _MOST else ''})" if one.cases else ""
    return f"  {does}  {one.rule}: {' '.join(shown(terse(one.message), LINE).split())}{where}"
