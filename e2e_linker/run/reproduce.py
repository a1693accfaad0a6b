"""One case of a saved run, once more, for somebody who looks on."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from e2e_linker import __version__
from e2e_linker.browser.login.halting import Ask
from e2e_linker.browser.tape import Taping
from e2e_linker.config.load import LoadedConfig, load_config
from e2e_linker.config.nearest import nearest, offer
from e2e_linker.config.overrides import Overrides
from e2e_linker.config.projects import Project, Use
from e2e_linker.errors import EngineMissing, UsageError
from e2e_linker.evidence.models import CaseEvidence, Present, SkillFacts, Walk, records
from e2e_linker.evidence.saved import RUNS, SavedRun, found_run, open_run
from e2e_linker.model import Depth, EngineName
from e2e_linker.report.model import RunReport
from e2e_linker.run.again import again_by_reproduce, refuse_by_words
from e2e_linker.run.engine import run_linking
from e2e_linker.run.engine_choice import choose_engine
from e2e_linker.run.events import Listener, Notice
from e2e_linker.run.options import RunOptions
from e2e_linker.run.plan import redirect_uris, skill_facts
from e2e_linker.run.watching import Watch

__all__ = ["Reproduced", "Wanted", "has_screen", "reproduce"]

_SLOW_MO_MS = 250.0
_LISTED = 5
"""Runs that are named to somebody who named none that is there."""
_SLOWER = 4
"""How many times longer a case may take that is slowed down."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to be reproduced, and how."""

    run: str
    """The id of a run below the configuration's output folder, or the path of its folder."""
    case: str
    config: Path
    skill: Path | None = None
    output: Path | None = None
    resolve: tuple[str, ...] = ()
    """``HOST=ADDRESS[:PORT]``, added to those that the run was made with."""
    until: str | None = None
    """Where to stop: a number of login steps, what a step did, or ``end``; None for where the saved case failed."""
    simulate: bool = False
    headed: bool = False
    ask: Ask | None = None
    """Waits for the tester; None leaves it to Playwright's inspector."""


@dataclass(frozen=True, slots=True)
class Reproduced:
    """What came of it."""

    report: RunReport
    folder: Path
    recordings: tuple[Path, ...]
    """Trace and videos."""


def has_screen(environ: Mapping[str, str] = os.environ, platform: str = sys.platform) -> bool:
    """Whether a window can be shown."""
    return platform in {"darwin", "win32"} or bool(environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"))


async def reproduce(wanted: Wanted, listener: Listener) -> Reproduced:
    """Run the case again with trace, video and pictures, into a run folder of its own.

    Raises :class:`UsageError` for a run or case that is not there or cannot be repeated, and what
    :func:`~e2e_linker.run.engine.run_linking` raises.
    """
    loaded = load_config(wanted.config, overrides=Overrides(skill=wanted.skill, output=wanted.output))
    saved = _saved(wanted.run, loaded)
    before = _case(saved, wanted.case)
    refuse_by_words(saved, wanted.case)
    loaded, found = _resolved(loaded, saved, wanted.resolve)
    project, notices = _prepared(_project(loaded, before), before, headed=wanted.headed)
    watch = _watch(wanted, before, _engine(before, project.use))
    linker = loaded.config.linker.model_copy(update={"regions": (before.case.region,)})
    loaded = replace(loaded, config=loaded.config.model_copy(update={"projects": (project,), "linker": linker}))
    for notice in (*notices, *found, *_changed(saved, loaded)):
        listener(Notice(notice, "lasting"))
    again = again_by_reproduce(wanted.config, wanted.skill, wanted.output)
    options = RunOptions(depth=Depth.PASSIVE, becomes_latest=False, again=again)
    with tempfile.TemporaryDirectory(prefix="e2e-linker-tapes-") as tapes:
        taping = Taping(Path(tapes), trace=True, video=True)
        report, folder = await run_linking(loaded, options, listener, taping=taping, watch=watch)
        recordings = _kept(Path(tapes), folder)
    for notice in _otherwise(before, open_run(folder)):
        listener(Notice(notice, "lasting"))
    return Reproduced(report, folder, recordings)


def _saved(name: str, loaded: LoadedConfig) -> SavedRun:
    root = loaded.config.output_dir
    path = found_run(Path(name), root, RUNS)
    if path is None:
        known = sorted(entry.name for entry in root.glob("*") if entry.is_dir()) if root.is_dir() else []
        latest = offer(name, known, listed=known[-_LISTED:])
        raise UsageError(
            f"there is no run {name!r}", hint=f"in {root}, {latest}" if known else f"name a run folder; {root} has none"
        )
    return open_run(path)


def _resolved(loaded: LoadedConfig, saved: SavedRun, wanted: tuple[str, ...]) -> tuple[LoadedConfig, list[str]]:
    """``loaded`` with the hosts found where the run found them, or where ``wanted`` says, and what is new in that."""
    then: Mapping[str, str] = saved.run.options.get("resolve") or {}
    added = Overrides(resolve=(*(f"{host}={address}" for host, address in then.items()), *wanted))
    config = added.applied(loaded.config)
    now, wished = config.linker.resolve, Overrides(resolve=wanted).applied(loaded.config).linker.resolve
    told = [f"{host} is asked at {now[host]}, as in that run" for host in then if now[host] != wished.get(host)]
    return replace(loaded, config=config), told


def _case(saved: SavedRun, name: str) -> CaseEvidence:
    """The last attempt at the case, of those that failed where any did."""
    attempts = [case for case in saved.cases if case.case.id == name]
    if not attempts:
        known = list(dict.fromkeys(case.case.id for case in saved.cases))
        raise UsageError(f"run {saved.run.run_id} has no case {name!r}", hint=offer(name, known))
    if attempts[-1].source == "har":
        raise UsageError(
            f"{name} is a capture of a real phone: there is nothing to run again",
            hint="`e2e-linker run` links on an emulated phone; a phone on a cable is driven with use.cdpEndpoint",
        )
    return next((case for case in reversed(attempts) if _fate(case) != "arrived"), attempts[-1])


def _fate(case: CaseEvidence) -> str:
    return (case.ending or case.walks[0].ending).kind


def _project(loaded: LoadedConfig, before: CaseEvidence) -> Project:
    """The project of the saved case, as the configuration has it now; a device from the command line is made anew."""
    name = before.case.project
    known = {project.name: project for project in loaded.config.resolved_projects()}
    if name in known:
        return known[name]
    if name == before.case.device:
        devices = Overrides(devices=(name,)).applied(loaded.config).resolved_projects()
        return devices[0]
    near = nearest(name, known)
    raise UsageError(
        f"the configuration has no project {name!r} any more",
        where=str(loaded.config_path),
        hint=f"did it become {near!r}? " * bool(near) + "name the configuration of that run with --config",
    )


def _prepared(project: Project, before: CaseEvidence, *, headed: bool) -> tuple[Project, list[str]]:
    """``project`` on the engine of the saved case, shown and slowed down where ``headed`` asks for it."""
    use, notices, engine = project.use, [], _engine(before, project.use)
    if engine is not None:
        # Those asked for then, so that a substitute is marked as one again.
        use = use.model_copy(update={"browser_name": before.case.asked_engines})
    shown, hidden = (use.model_copy(update={"headless": headless}) for headless in (False, True))
    missing = [isinstance(choose_engine(each, {}, only=engine)[0], EngineMissing) for each in (shown, hidden)]
    windowless = headed and missing == [True, False]
    if windowless:
        notices.append(f"no {before.case.engine or 'browser'} that shows a window is installed: it runs without")
    use = shown if headed and not windowless else hidden
    if headed:
        pace = use.launch_options.slow_mo or _SLOW_MO_MS
        use = use.model_copy(update={"launch_options": use.launch_options.model_copy(update={"slow_mo": pace})})
    timeout = (project.timeout or 60_000) * (_SLOWER if headed else 1)
    return project.model_copy(update={"use": use, "timeout": timeout, "retries": 0}), notices


def _engine(before: CaseEvidence, use: Use) -> EngineName | None:
    """The engine of the saved case, which alone is started; None where there was none, or one runs already."""
    return before.case.engine if use.cdp_endpoint is None and before.case.asked_engines else None


def _watch(wanted: Wanted, before: CaseEvidence, engine: EngineName | None) -> Watch:
    purpose = "simulated" if wanted.simulate else "measured"
    walk = next((walk for walk in before.walks if walk.purpose == purpose), None)
    walk = walk or next(iter(before.walks), None)
    steps = _failed_after(walk) if wanted.until is None else _until(wanted.until, walk)
    return Watch(pause=wanted.headed, ask=wanted.ask, purpose=purpose, steps=steps, engine=engine)  # type: ignore[arg-type]


def _failed_after(walk: Walk | None) -> int | None:
    """How many steps ``walk`` took until it failed, the one that did among them; None where it did not."""
    if walk is None or walk.ending.kind in {"arrived", "interrupted"} or not isinstance(walk.login, Present):
        return None
    return len(walk.login.value)


def _until(text: str, walk: Walk | None) -> int | None:
    """The number of steps before the one that ``text`` names. Raises :class:`UsageError` where there is none."""
    if text == "end":
        return None
    if text.isdecimal() and len(text) < 4:
        return int(text)
    steps = records(walk.login) if walk is not None else ()
    names = [step.what for step in steps]
    if text in names:
        return names.index(text)
    there = offer(text, list(dict.fromkeys(names))) if names else "there is none, as the saved case had no login step"
    raise UsageError(f"there is no login step {text!r}", where="--until", hint=f"{there}; or a number, or end")


def _changed(saved: SavedRun, loaded: LoadedConfig) -> list[str]:
    """What is not as it was when the run was made."""
    old = saved.run.skill
    new = skill_facts(loaded.skill, loaded.config.linker, redirect_uris(loaded.config.linker, loaded.skill.grant))
    aside = {"raw", "problems", "regions", "redirect_uris"}
    fields = [
        name for name in SkillFacts.model_fields if name not in aside and getattr(old, name) != getattr(new, name)
    ]
    told = [f"the skill is not as it was: {', '.join(field.replace('_', ' ') for field in fields)}"] if fields else []
    if saved.run.tool_version != __version__:
        told.append(f"the run was made with e2e-linker {saved.run.tool_version}, this is {__version__}")
    return told


def _otherwise(before: CaseEvidence, run: SavedRun) -> list[str]:
    """What turned out differently."""
    after = run.cases[0]
    told = []
    for name in ("engine", "engine_version", "user_agent", "viewport_width", "viewport_height", "locale"):
        old, new = getattr(before.case, name), getattr(after.case, name)
        if old != new and new is not None:
            told.append(f"{name.replace('_', ' ')}: {old} then, {new} now")
    if _fate(before) != _fate(after):
        told.append(f"the saved case ended differently: {(before.ending or before.walks[0].ending).message}")
    return told


def _kept(tapes: Path, folder: Path) -> tuple[Path, ...]:
    """Move the recordings into the run folder."""
    target = folder / "recordings"
    found = sorted(tapes.iterdir())
    if found:
        target.mkdir(exist_ok=True)
    return tuple(Path(shutil.move(tape, target / tape.name)) for tape in found)
