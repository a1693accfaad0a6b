"""A capture that somebody took of a real phone, judged like a run of our own."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from pydantic import SecretStr

from e2e_linker import __version__
from e2e_linker.config.linker import Linker
from e2e_linker.config.models import REPORT_FORMATS
from e2e_linker.config.skill import Skill
from e2e_linker.errors import ConfigurationError, UsageError
from e2e_linker.evidence.capture import open_capture
from e2e_linker.evidence.capture_walks import CapturedWalk, captured_walks
from e2e_linker.evidence.manifest import MANIFEST
from e2e_linker.evidence.models import CaseEvidence, CaseFacts, NotCollected, RunEvidence, SkillFacts
from e2e_linker.evidence.redact import SecretRegistry
from e2e_linker.evidence.store import RunStore, new_run_id
from e2e_linker.model import Depth, Region, Surface
from e2e_linker.report.model import RunReport
from e2e_linker.run.late import judged_all_the_same
from e2e_linker.run.machine import environment
from e2e_linker.run.options import RunOptions
from e2e_linker.run.plan import redirect_uris, skill_facts

__all__ = ["judge_capture", "run_of"]

_CREATOR = "captured with"
_NO_TOKENS = "no phone sees the token request: Alexa's own servers make it"


def judge_capture(
    path: Path,
    skill: Skill,
    linker: Linker,
    options: RunOptions,
    *,
    output: Path,
    secrets: Iterable[tuple[SecretStr, str]] = (),
) -> tuple[RunReport, Path]:
    """Judge the HAR file at ``path`` as a link of ``skill``; the report and the run folder made for it.

    ``secrets``, with their kinds, may stand in it, besides those that it shows to be some. Nothing is asked of any
    server. Raises :class:`~e2e_linker.errors.StoreError` for a file that is no capture,
    :class:`~e2e_linker.run.late.Unwritten`, with the report, where the run folder takes no more, and
    :class:`~e2e_linker.errors.UsageError` where nobody links in it.
    """
    facts = skill_facts(skill, linker, _uris(linker, skill))
    registry = SecretRegistry()
    if skill.client_secret is not None and skill.client_secret.get_secret_value():
        registry.register(skill.client_secret, "client_secret")
    registry.publish(facts.client_id, facts.authorization_url, *facts.redirect_uris.values(), *facts.scopes)
    registry.register_all((secret.get_secret_value(), kind) for secret, kind in secrets)
    with _uncollected():
        walks, origin = _walks(path, facts, registry)
        store = RunStore.create(output, new_run_id(), registry)
        return _judged(walks, origin, facts, linker, options, store, registry)


def run_of(report: RunReport, path: Path) -> str | None:
    """The run folder of the capture at ``path``, or ``RUN`` where it lies in none; None where another tool made it."""
    if not report.environment.get(_CREATOR, "").startswith("e2e-linker "):
        return None
    folder = path.absolute().parent.parent
    return str(folder) if (folder / MANIFEST).is_file() else "RUN"


@contextmanager
def _uncollected() -> Iterator[None]:
    """Keep the collector of cycles off: it would look at millions of records again and again, and none is waste."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _walks(path: Path, facts: SkillFacts, registry: SecretRegistry) -> tuple[tuple[CapturedWalk, ...], dict[str, str]]:
    """The walks in the capture at ``path``, and what it says of itself. Its text is let go of."""
    capture = open_capture(path)
    walks = captured_walks(capture, facts, registry)
    if not walks:
        unread = "".join(f"; {gap}" for gap in capture.gaps)
        raise UsageError(
            f"nobody links in this capture: it has no authorization request with one of Alexa's redirect URLs{unread}",
            where=str(path),
            hint="start capturing before the skill is enabled in the Alexa app, and stop when the app says whether it "
            "was linked",
        )
    return walks, {"capture": capture.name, _CREATOR: capture.creator or "not said"}


def _judged(
    walks: tuple[CapturedWalk, ...],
    origin: Mapping[str, str],
    facts: SkillFacts,
    linker: Linker,
    options: RunOptions,
    store: RunStore,
    registry: SecretRegistry,
) -> tuple[RunReport, Path]:
    from e2e_linker.run.conclusion import concluded

    cases = _cases(walks, facts)
    run = RunEvidence(
        run_id=store.path.name,
        started_at=min(case.started_at for case in cases),
        finished_at=max(case.finished_at for case in cases),
        tool_version=__version__,
        environment={**environment(), **origin},
        skill=facts,
        options=_options(options, linker, cases),
        probes=NotCollected(reason="a capture shows one link only, as a customer made it"),
    )
    with judged_all_the_same(run, cases, store, registry):
        for case in cases:
            store.write_case(case)
        return concluded(run, cases, store, REPORT_FORMATS)


def _uris(linker: Linker, skill: Skill) -> Mapping[Region, str]:
    """The redirect URIs the configuration knows; a capture can be read without."""
    try:
        return redirect_uris(linker, skill.grant)
    except ConfigurationError:
        return {}


def _cases(walks: tuple[CapturedWalk, ...], skill: SkillFacts) -> list[CaseEvidence]:
    """One case for every region linked from; a further link of it is a repeat."""
    attempts: dict[str, int] = {}
    found = []
    for captured in walks:
        walk = captured.walk
        region = walk.authorization.region
        name = f"capture-{region.lower()}"
        attempts[name] = attempts.get(name, 0) + 1
        found.append(
            CaseEvidence(
                source="har",
                case=_facts(name, region, captured.user_agent),
                attempt=attempts[name],
                reason="first" if attempts[name] == 1 else "repeat",
                started_at=walk.started_at,
                finished_at=walk.started_at + timedelta(seconds=min(walk.duration_s, 86_400.0)),
                skill=skill,
                walks=(walk,),
                token_calls=NotCollected(reason=_NO_TOKENS),
            )
        )
    return found


def _facts(name: str, region: Region, user_agent: str | None) -> CaseFacts:
    agent = user_agent or ""
    return CaseFacts(
        id=name,
        project="capture",
        device=_device(agent),
        surface=_surface(agent),
        asked_engines=(),
        engine=None,
        engine_version=None,
        region=region,
        locale=None,
        viewport_width=None,
        viewport_height=None,
        is_mobile="Mobile" in agent or "Android" in agent or "iPhone" in agent,
        user_agent=user_agent,
    )


def _device(agent: str) -> str | None:
    names = {"iPhone": "an iPhone", "iPad": "an iPad", "Silk/": "a Fire tablet", "Android": "an Android device"}
    return next((device for word, device in names.items() if word in agent), None)


def _surface(agent: str) -> Surface:
    """Android marks its web views; on iOS they lack the ``Safari/`` of the browser."""
    apple_view = ("iPhone" in agent or "iPad" in agent) and "Safari/" not in agent
    return Surface.WEBVIEW if "; wv)" in agent or apple_view else Surface.BROWSER


def _options(options: RunOptions, linker: Linker, cases: list[CaseEvidence]) -> dict[str, object]:
    chosen = options.model_copy(update={"depth": Depth.PASSIVE}).model_dump(
        mode="json", exclude={"cases", "shard", "pause_on_error"}
    )
    return {
        **chosen,
        "cases": list(dict.fromkeys(case.case.id for case in cases)),
        "thresholds": dict(linker.thresholds),
        "limits": linker.limits.model_dump(mode="json"),
        "dry_run": False,
    }
