"""What the report says of each case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from e2e_linker.derive.base import Facts
from e2e_linker.derive.stray_answer import reaches
from e2e_linker.evidence.models import CaseEvidence, Ending, Present, Screen, Walk, records
from e2e_linker.model import Grant
from e2e_linker.report.model import AttemptReport, CaseReport, OutcomeReport
from e2e_linker.report.page_events import page_events
from e2e_linker.report.sections import ReportScreen
from e2e_linker.report.views import fact_value, ladder_hops

if TYPE_CHECKING:
    from e2e_linker.report.build import JudgedCase

__all__ = ["case_report", "evidence_file"]


def evidence_file(evidence: CaseEvidence) -> str:
    """The file of ``evidence`` in the run folder."""
    tail = "" if evidence.attempt == 1 else f".attempt-{evidence.attempt}"
    return f"evidence/{evidence.case.id}{tail}.json"


def case_report(judged: JudgedCase, outcomes: tuple[OutcomeReport, ...]) -> CaseReport:
    """The case with its attempts, ladder and screens."""
    evidence, facts = judged.attempts[judged.shown], judged.facts[judged.shown]
    case, walk = evidence.case, evidence.walks[0] if evidence.walks else None
    links = [_linked(one) for one in judged.facts]
    size = (case.viewport_width, case.viewport_height)
    return CaseReport(
        id=case.id,
        project=case.project,
        device=case.device,
        engine=case.engine,
        engine_version=case.engine_version,
        asked_engines=case.asked_engines,
        substitute=case.substitute,
        surface=case.surface,
        region=case.region,
        locale=case.locale,
        viewport=(size[0], size[1]) if size[0] and size[1] else None,
        linked=all(links[n] for n in judged.counted),
        arrival_url=_arrival_url(walk),
        duration_s=round(sum(_duration(one) for one in judged.attempts), 3),
        ending=_ending(evidence, facts),
        attempts=tuple(
            AttemptReport(
                number=one.attempt,
                reason=one.reason,
                linked=link,
                ending=_ending(one, known),
                duration_s=_duration(one),
                started_at=one.started_at,
                evidence=evidence_file(one),
            )
            for one, known, link in zip(judged.attempts, judged.facts, links, strict=True)
        ),
        flaky=len(set(links)) > 1,
        traits=case.traits,
        outcomes=outcomes,
        ladder=ladder_hops(facts),
        screens=tuple(screen for one in evidence.walks for screen in _screens(one)),
        events=page_events(evidence.walks),
        gaps=walk.gaps if walk else (),
        source=evidence.source,
        came_back=evidence.source == "har" and walk is not None and _came_back(walk),
    )


def _linked(facts: Facts) -> bool:
    return bool(fact_value(facts, "linked"))


def _came_back(walk: Walk) -> bool:
    """Whether the walk's first arrival is at the redirect URI, and carries what Alexa's servers need to go on."""
    arrivals = records(walk.arrivals)
    if not arrivals:
        return False
    code, first = walk.authorization.grant is Grant.AUTH_CODE, arrivals[0]
    if not reaches(first.url, walk.authorization.redirect_uri):
        return False
    given = {param.name: param.value for param in first.params if param.place == ("query" if code else "fragment")}
    fruit = given.get("code" if code else "access_token")
    return bool(fruit) and "error" not in given and given.get("state") == walk.authorization.state


def _duration(evidence: CaseEvidence) -> float:
    return round((evidence.finished_at - evidence.started_at).total_seconds(), 3)


def _ending(evidence: CaseEvidence, facts: Facts) -> Ending:
    if evidence.ending is not None:
        return evidence.ending
    if evidence.walks:
        told: Ending | None = fact_value(facts, "stray_ending") or fact_value(facts, "told_ending")
        return told or evidence.walks[0].ending
    return Ending(kind="not_started", message="the case was not started")


def _arrival_url(walk: Walk | None) -> str | None:
    arrivals = records(walk.arrivals) if walk is not None else ()
    return arrivals[0].url if arrivals else None


def _screens(walk: Walk) -> tuple[ReportScreen, ...]:
    return tuple(_screen(walk.id, screen) for screen in records(walk.screens))


def _screen(walk: str, screen: Screen) -> ReportScreen:
    digest = screen.digest.value if isinstance(screen.digest, Present) else None
    picture = screen.picture.value if isinstance(screen.picture, Present) else None
    missing = None if isinstance(screen.picture, Present) else getattr(screen.picture, "reason", None)
    return ReportScreen(
        walk=walk,
        n=screen.n,
        at=screen.at,
        label=screen.label,
        url=screen.url,
        title=digest.title if digest else "",
        picture=picture.path if picture else None,
        width=picture.width if picture else None,
        height=picture.height if picture else None,
        missing=None if picture else missing or getattr(screen.picture, "error", "no picture"),
        text=digest.text[:1000] if digest else "",
    )
