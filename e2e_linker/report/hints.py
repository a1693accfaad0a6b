"""What a provider's own ways add to the advice on a finding. The finding itself stays as its audit made it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from e2e_linker.alexa.providers import Quirk
from e2e_linker.audits.runner import CaseTable
from e2e_linker.derive.provider import Mark, Recognised, marks_of_calls, recognised
from e2e_linker.derive.urls import split
from e2e_linker.evidence.models import Present, RunEvidence, SkillFacts
from e2e_linker.report.model import FindingReport, HintReport, ProviderReport, SourceReport

__all__ = ["providers_of", "published", "with_hint"]


def providers_of(run: RunEvidence, cases: CaseTable) -> tuple[Recognised, ...]:
    """The providers that the run's skill stands on, recognised from all that was seen."""
    marks: set[Mark] = set()
    for name in ("provider_pages", "provider_answers"):
        for _, found in cases.collect(name):
            marks |= found
    if isinstance(run.battery, Present):
        marks |= marks_of_calls(run.battery.value.calls)
    return recognised(run.skill, marks)


def published(known: Iterable[Recognised]) -> tuple[ProviderReport, ...]:
    """``known`` as the report tells it."""
    return tuple(
        ProviderReport(
            id=each.provider.id,
            name=each.provider.name,
            places=tuple(sorted(each.places)),
            recognised_by=each.by,
            confidence=each.confidence,
        )
        for each in known
    )


def with_hint(found: FindingReport, known: Sequence[Recognised], skill: SkillFacts) -> FindingReport:
    """``found`` with what the first fitting provider of ``known`` says of its rule; as it is where none does."""
    for each in known:
        for quirk in each.provider.quirks:
            if found.rule in quirk.rules and each.places & quirk.places and _makes_sense(quirk, skill):
                return found.model_copy(update={"hint": _hint(each, quirk, skill)})
    return found


def _makes_sense(quirk: Quirk, skill: SkillFacts) -> bool:
    return quirk.lacking is None or quirk.lacking.holds(skill.authorization_url, skill.scopes)


def _hint(known: Recognised, quirk: Quirk, skill: SkillFacts) -> HintReport:
    return HintReport(
        provider=known.provider.name,
        recognised_by=known.by,
        confidence=known.confidence,
        text=quirk.hint,
        paste=_filled(quirk.paste, skill),
        where=quirk.where,
        sources=tuple(SourceReport(title=source.title, url=source.url) for source in quirk.sources),
        basis=tuple(quirk.confidence),
        recalled="R" in quirk.confidence,
    )


def _filled(paste: str | None, skill: SkillFacts) -> str | None:
    """``paste`` with the skill's own values; None where one would change its meaning."""
    if paste is None:
        return None
    own = {"{client_id}": skill.client_id, "{token_path}": split(skill.access_token_url or "").path or "/"}
    for place, value in own.items():
        if place in paste and ('"' in value or not value.isprintable()):
            return None
        paste = paste.replace(place, value)
    return paste
