"""Several saved runs of one skill made into one: shards of a large run, or the parts of a test session."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal, TypeVar

from e2e_linker.config.models import REPORT_FORMATS, ReportFormat
from e2e_linker.config.overrides import report_formats
from e2e_linker.errors import UsageError
from e2e_linker.evidence.apart import apart
from e2e_linker.evidence.hindsight import renamed
from e2e_linker.evidence.manifest import read_bytes
from e2e_linker.evidence.models import CaseEvidence, GatheredOnce, RunEvidence, SkillFacts
from e2e_linker.evidence.names import PICTURES
from e2e_linker.evidence.record_texts import Texts, rewritten
from e2e_linker.evidence.redact import SecretRegistry
from e2e_linker.evidence.store import RunStore, SavedRun, new_run_id, open_run
from e2e_linker.model import Depth, Region
from e2e_linker.report.model import RunReport
from e2e_linker.run.conclusion import concluded
from e2e_linker.run.gathered_together import gathered, numbered_apart, served_together, without_retried
from e2e_linker.run.late import judged_all_the_same

__all__ = ["Merged", "merge", "merge_folders", "write_merged"]

Again = Literal["retry", "repeat"]
E = TypeVar("E", CaseEvidence, RunEvidence, GatheredOnce)

_LABEL = re.compile(r"(<|%(?:25)*3C)([a-z][a-z0-9_]*)(#|%(?:25)*23)(\d+)(>|%(?:25)*3E)")
"""A redaction label, as it stands in a text or in a URL, however often that was encoded."""


@dataclass(frozen=True, slots=True)
class Merged:
    """The runs as one. Pictures still go by the paths they have in their own run folders."""

    run: RunEvidence
    cases: tuple[CaseEvidence, ...]
    folders: tuple[Path, ...]
    """By case, the run folder it comes from."""
    probers: tuple[Path, ...]
    """The run folders of the walks that were made once: of the run's own, then of each of its further ones."""


def merge(runs: Sequence[SavedRun], *, run_id: str, again: Again = "repeat") -> Merged:
    """``runs`` as one run called ``run_id``, their cases in the order given.

    A case that several of them have gets all attempts; ``again`` says what the later ones are: repeats, all of which
    count, or retries that stand in for what they repeat. What is gathered once per run counts of every run that has
    it. Raises :class:`UsageError` for no runs, and for runs of different skills.
    """
    if not runs:
        raise UsageError("there is nothing to merge", hint="name the folders of two or more runs")
    _same_skill(runs)
    labels, numbers = Counter[str](), Counter[str]()
    counted = without_retried(runs) if again == "retry" else runs
    told = [numbered_apart(*_relabelled(saved, labels), numbers) for saved in counted]
    whole = _whole([run for run, _ in told], run_id)
    probers = [saved.path for saved, (run, _) in zip(runs, told, strict=True) for _ in filter(gathered, apart(run))]
    cases, folders, attempts = list[CaseEvidence](), list[Path](), Counter[str]()
    for saved, (_, own) in zip(runs, told, strict=True):
        before = dict(attempts)
        for evidence in _planned(own, saved.run):
            name = evidence.case.id
            changes: dict[str, object] = {"attempt": before.get(name, 0) + evidence.attempt}
            if name in before and evidence.reason == "first":
                changes["reason"] = again
            cases.append(evidence.model_copy(update=changes))
            folders.append(saved.path)
            attempts[name] = max(attempts[name], before.get(name, 0) + evidence.attempt)
    return Merged(_with_not_run(whole, attempts), tuple(cases), tuple(folders), tuple(probers) or (runs[0].path,))


def merge_folders(
    folders: Sequence[Path],
    root: Path,
    *,
    formats: Sequence[str] = (),
    run_id: str | None = None,
    again: Again = "repeat",
) -> tuple[RunReport, Path]:
    """Merge the saved runs in ``folders`` into a new run folder below ``root``, reported in ``formats`` (default: all).

    ``again`` is :func:`merge`'s. A run that is named twice, such as by ``reports/*``, counts once. Raises what
    :func:`merge` and :func:`write_merged` raise, and :class:`UsageError` for an unknown format.
    """
    shapes = report_formats(tuple(formats)) or REPORT_FORMATS
    runs = list({saved.path: saved for saved in map(open_run, folders)}.values())
    if again == "retry":
        runs.sort(key=lambda saved: saved.run.started_at)
    merged = merge(runs, run_id=run_id or new_run_id(), again=again)
    return write_merged(merged, root, shapes)


def write_merged(merged: Merged, root: Path, shapes: Iterable[ReportFormat] = REPORT_FORMATS) -> tuple[RunReport, Path]:
    """Write ``merged`` as a run folder of its own below ``root``, with its reports; the report and the folder.

    Raises :class:`~e2e_linker.errors.StoreError` where none can be made, and
    :class:`~e2e_linker.run.late.Unwritten`, with the report, where it takes no more.
    """
    registry = SecretRegistry()
    store = RunStore.create(root, merged.run.run_id, registry)
    with judged_all_the_same(merged.run, merged.cases, store, registry):
        run = store.write_run(_run_brought(merged, store))
        cases = []
        for evidence, folder in zip(merged.cases, merged.folders, strict=True):
            cases.append(_brought(evidence, folder, store))
            store.write_case(cases[-1])
        return concluded(run, cases, store, tuple(shapes))


def _same_skill(runs: Sequence[SavedRun]) -> None:
    first = _comparable(runs[0].run.skill)
    for saved in runs[1:]:
        if _comparable(saved.run.skill) != first:
            raise UsageError(
                "this run is of another skill, or of another configuration of it",
                where=str(saved.path),
                hint=f"merge it with its own kind; {runs[0].path} links {runs[0].run.skill.client_id}",
            )


def _comparable(skill: SkillFacts) -> SkillFacts:
    return skill.model_copy(update={"regions": (), "redirect_uris": {}})


def _whole(runs: Sequence[RunEvidence], run_id: str) -> RunEvidence:
    first = runs[0]
    regions = {region for run in runs for region in run.skill.regions}
    again = {name: words for run in runs for name, words in run.options.get("again", {}).items()}
    planned = list(dict.fromkeys(name for run in runs for name in run.options.get("planned", ())))
    depths = [Depth(run.options["depth"]) for run in runs if "depth" in run.options]
    options = {
        **first.options,
        "cases": list(dict.fromkeys(name for run in runs for name in run.options.get("cases", ()))),
        **({"again": again} if again else {}),
        **({"planned": planned} if planned else {}),
        # What was judged less deeply lacks evidence and says so; the other way round evidence would go unjudged.
        **({"depth": max(depths, key=list(Depth).index)} if depths else {}),
        "only": _all_or_none([run.options.get("only", ()) for run in runs]),
        "skip": [
            name for name in first.options.get("skip", ()) if all(name in run.options.get("skip", ()) for run in runs)
        ],
    }
    own, *others = [one for run in runs for one in apart(run) if gathered(one)] or [first]
    uris = {name: uri for run in runs for name, uri in run.skill.redirect_uris.items()}
    return first.model_copy(
        update={
            "run_id": run_id,
            "started_at": min(run.started_at for run in runs),
            "finished_at": max(run.finished_at for run in runs),
            "skill": first.skill.model_copy(
                update={"regions": tuple(region for region in Region if region in regions), "redirect_uris": uris}
            ),
            "options": options,
            "probes": own.probes,
            "battery": own.battery,
            "further": tuple(GatheredOnce(probes=one.probes, battery=one.battery) for one in others),
            "served_tls": served_together(run.served_tls for run in runs),
            "left_out": tuple(dict.fromkeys(walk for run in runs for walk in run.left_out)),
            "interrupted": any(run.interrupted for run in runs),
        }
    )


def _with_not_run(run: RunEvidence, known: Container[str]) -> RunEvidence:
    """``run`` with the cases that were planned for all shards of it, and those of them that are not ``known``."""
    lacking = [name for name in run.options.get("planned", ()) if name not in known]
    kept = {name: value for name, value in run.options.items() if name != "not_run"}
    return run.model_copy(update={"options": {**kept, **({"not_run": lacking} if lacking else {})}})


def _all_or_none(chosen: Sequence[Sequence[str]]) -> list[str]:
    """What the runs were narrowed to, together; nothing where one of them was not narrowed at all."""
    return list(dict.fromkeys(name for names in chosen for name in names)) if all(chosen) else []


def _planned(cases: Iterable[CaseEvidence], run: RunEvidence) -> list[CaseEvidence]:
    order = {name: n for n, name in enumerate(run.options.get("cases", ()))}
    return sorted(cases, key=lambda evidence: (order.get(evidence.case.id, len(order)), evidence.attempt))


def _relabelled(saved: SavedRun, taken: Counter[str]) -> tuple[RunEvidence, list[CaseEvidence]]:
    """The evidence of ``saved`` with labels that no run before it uses: ``<code#1>`` of two runs are two codes.

    ``taken`` holds the highest number of each kind so far, and afterwards those of this run, too.
    """
    offset = dict(taken)

    def shifted(label: re.Match[str]) -> str:
        opening, kind, sign, number, closing = label.groups()
        fresh = offset.get(kind, 0) + int(number)
        taken[kind] = max(taken[kind], fresh)
        return f"{opening}{kind}{sign}{fresh}{closing}"

    def moved(evidence: E) -> E:
        found: Texts = Texts(evidence)
        texts = [*found.free, *found.naming, *found.cookies]
        changes = {text: new for text in texts if (new := _LABEL.sub(shifted, text)) != text}
        return rewritten(evidence, changes, changes, changes, {})

    return moved(saved.run), [moved(case) for case in saved.cases]


def _pictures(evidence: CaseEvidence | RunEvidence | GatheredOnce) -> list[str]:
    return sorted(text for text in Texts(evidence).free if text.startswith(PICTURES))


def _run_brought(merged: Merged, store: RunStore) -> RunEvidence:
    """The evidence of the merged run, each part with the pictures of its own run."""
    run = merged.run
    folder, *folders = merged.probers
    further = tuple(_brought(one, place, store) for one, place in zip(run.further, folders, strict=True))
    return _brought(run.model_copy(update={"further": ()}), folder, store).model_copy(update={"further": further})


def _brought(evidence: E, folder: Path, store: RunStore) -> E:
    """``evidence`` with its pictures copied from ``folder`` to the place they have in the new run."""
    paths = {}
    for old in _pictures(evidence):
        place = PurePosixPath(old)
        if ".." not in place.parts and (folder / old).is_file():
            paths[old] = store.add_picture(place.parent.name, read_bytes(folder / old), place.name)
    return renamed(evidence, paths)
