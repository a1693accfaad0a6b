"""What a provider's own ways add to the advice on a finding. The finding itself stays as its audit made it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from e2e_linker.alexa.client_address import fits, is_alexas_address
from e2e_linker.alexa.providers import Place, Quirk
from e2e_linker.audits.runner import CaseTable
from e2e_linker.derive.provider import Mark, Recognised, marks_of_calls, recognised
from e2e_linker.derive.urls import split
from e2e_linker.evidence.apart import batteries
from e2e_linker.evidence.models import RunEvidence, SkillFacts
from e2e_linker.model import origin_of
from e2e_linker.report.model import FindingReport, FixReport, HintReport, ProviderReport, SourceReport

__all__ = ["providers_of", "published", "with_hint"]


def providers_of(run: RunEvidence, cases: CaseTable) -> tuple[Recognised, ...]:
    """The providers that the run's skill stands on, recognised from all that was seen."""
    marks: set[Mark] = set()
    for name in ("provider_pages", "provider_answers"):
        for _, found in cases.collect(name):
            marks |= found
    for battery in batteries(run):
        marks |= marks_of_calls(battery.calls)
    return recognised(run.skill, marks)


def published(known: Iterable[Recognised]) -> tuple[ProviderReport, ...]:
    """``known`` as the report tells it: once each, in however many ways it shows itself."""
    once: dict[tuple[str, frozenset[Place]], Recognised] = {}
    for each in known:
        once.setdefault((each.provider.name, each.places), each)
    return tuple(
        ProviderReport(
            id=each.provider.id,
            name=each.provider.name,
            places=tuple(sorted(each.places)),
            recognised_by=each.by,
            confidence=each.confidence,
        )
        for each in once.values()
    )


def with_hint(found: FindingReport, known: Sequence[Recognised], skill: SkillFacts) -> FindingReport:
    """``found`` with what the first fitting provider of ``known`` says of its rule; as it is where none does.

    What a provider says instead of the general remedy takes its place.
    """
    for each in known:
        for quirk in each.provider.quirks:
            if found.rule in quirk.rules and each.places & quirk.places and _makes_sense(quirk, found, skill):
                hint = _hint(each, quirk, found, skill)
                fix = FixReport(text=hint.text, paste=hint.paste, where=hint.where)
                return found.model_copy(update={"fix": fix} if quirk.instead else {"hint": hint})
    return found


def _makes_sense(quirk: Quirk, found: FindingReport, skill: SkillFacts) -> bool:
    if quirk.says is not None and not quirk.says.search(found.message):
        return False
    lacking = quirk.lacking
    return lacking is None or lacking.holds(skill.authorization_url, skill.scopes, skill.access_token_scheme)


def _hint(known: Recognised, quirk: Quirk, found: FindingReport, skill: SkillFacts) -> HintReport:
    paste = _filled(quirk.paste, found, skill)
    return HintReport(
        provider=known.provider.name,
        recognised_by=known.by,
        confidence=known.confidence,
        text=quirk.hint,
        paste=paste,
        where=None if paste is None else quirk.where,
        sources=tuple(SourceReport(title=source.title, url=source.url) for source in quirk.sources),
        basis=tuple(quirk.confidence),
        recalled="R" in quirk.confidence,
    )


def _filled(paste: str | None, found: FindingReport, skill: SkillFacts) -> str | None:
    """``paste`` with the skill's own values.

    None where one would change its meaning, is not known, or stands in the configuration already.
    """
    if paste is None:
        return None
    own = {
        "{client_id}": skill.client_id,
        "{token_path}": split(skill.access_token_url or "").path or "/",
        "{redirect_origin}": _redirect_origin(found, skill),
    }
    for place, value in own.items():
        if place not in paste:
            continue
        if not value or '"' in value or not value.isprintable():
            return None
        paste = paste.replace(place, value)
    return paste


def _redirect_origin(found: FindingReport, skill: SkillFacts) -> str:
    """Where the redirect URI of the region that ``found`` is about lies; empty where there may be several, or none.

    Empty also where the client id is that origin.
    """
    regions = [found.subject] if found.subject in skill.redirect_uris else [region.value for region in skill.regions]
    uris = [skill.redirect_uris[region] for region in regions if region in skill.redirect_uris]
    if len(uris) != 1 or (is_alexas_address(skill.client_id) and fits(skill.client_id, uris[0])):
        return ""
    origin = origin_of(uris[0])
    return f"{origin.scheme}://{origin.host}"
