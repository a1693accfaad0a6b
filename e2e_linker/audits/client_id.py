"""A client id that is one of Alexa's addresses fits the redirect URIs of the regions in which the skill is tested."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from e2e_linker.alexa.client_address import fits, is_alexas_address
from e2e_linker.alexa.facts import region_of_host
from e2e_linker.alexa.rules import rule
from e2e_linker.audits.base import Audit, EvidenceRef, Finding, NotApplicable, Outcome, finding, verdict
from e2e_linker.audits.redirect_uri import elsewhere
from e2e_linker.audits.region_words import blamed
from e2e_linker.audits.runner import CaseTable
from e2e_linker.audits.screens import listed_in_words
from e2e_linker.audits.walks import ends_untold, probe_walks
from e2e_linker.evidence.models import RunEvidence, SkillFacts, Walk
from e2e_linker.model import Confidence, Fault, Severity, host_of

__all__ = ["AUDIT"]

RULE = "auth-clientid-per-region"
_AT = EvidenceRef(kind="configuration", ref="clientId")
_Walks = Sequence[tuple[str | None, Walk]]


def judge(run: RunEvidence, cases: CaseTable) -> Outcome:
    """Needs no browser. A region of another address that was linked proves that the server does not compare.

    A URL that is none of Alexa's is just a name: a server that compared it would refuse every region. Whether a skill
    is for the regions that are not tested, only its owner knows: all of these together are advice.
    """
    skill = run.skill
    if not is_alexas_address(skill.client_id):
        return NotApplicable(reason="the client id is not an Alexa address")
    measured = [(case, walks[0]) for case, walks in cases.collect("walks") if walks]
    tested = {region.value for region in (*skill.regions, *(case.region for case, _ in measured))}
    made = [*((case.id, walk) for case, walk in measured), *probe_walks(run, cases, "region")]
    wrong = [region for region, uri in skill.redirect_uris.items() if not fits(skill.client_id, uri)]
    linked = {walk.authorization.region.value for _, walk in made if walk.ending.kind == "arrived"}
    found = [_of_tested(skill, region, _of(region, made)) for region in wrong if region in tested - linked]
    others = [region for region in wrong if region not in tested | linked]
    if any(_came_home(walk) for region in wrong for _, walk in _of(region, made)):
        found, others = [one for one in found if one.confidence is Confidence.CERTAIN], []
    return verdict(found or ([_of_others(skill, others)] if others else ()))


def _of(region: str, made: Iterable[tuple[str | None, Walk]]) -> _Walks:
    return [(case, walk) for case, walk in made if walk.authorization.region.value == region]


def _came_home(walk: Walk) -> bool:
    """Whether the answer came to the redirect URI that ``walk`` sent, and not to that of an earlier request."""
    return walk.ending.kind == "arrived" and elsewhere(walk) is None


def _of_tested(skill: SkillFacts, region: str, walks: _Walks) -> Finding:
    said = next(filter(None, (blamed(walk) for _, walk in walks)), None)
    home, advice = region_of_host(host_of(skill.client_id)), rule(RULE).fix
    if home is not None and home not in skill.regions:
        advice = (
            f'If the skill is for {home} alone, set linker.regions to ["{home}"] and test it there. If not: {advice}'
        )
    return finding(
        RULE,
        f"The client id {skill.client_id} is an address of another host than the redirect URI of region {region} "
        f"({host_of(skill.redirect_uris[region])}). A server that trusts a client by its address refuses customers of "
        f"{region}{f': this one says “{said}”' if said else ''}.",
        subject=region,
        at=_AT,
        confidence=Confidence.CERTAIN if said else Confidence.LIKELY,
        fix=advice,
        blame=Fault.SKILL_CONFIGURATION,
        shown_by=[case for case, walk in walks if case and walk.purpose == "measured" and not ends_untold(walk)],
    )


def _of_others(skill: SkillFacts, regions: Sequence[str]) -> Finding:
    fitting = [region for region in skill.redirect_uris if region not in regions]
    own, others = listed_in_words(fitting), listed_in_words(regions)
    return finding(
        RULE,
        f"The client id {skill.client_id} is an address of another host than the redirect URIs of {others}, where the "
        "skill is not tested. A server that trusts a client by its address refuses customers there.",
        subject="regions that are not tested",
        at=_AT,
        severity=Severity.RECOMMENDED,
        confidence=Confidence.LIKELY,
        fix=f"Where the skill is for {own} alone, nothing is wrong: name the redirect URLs of {own} alone in "
        f"linker.redirectUrls, and this is not said again. Where it is for {others} too: {rule(RULE).fix}",
        blame=Fault.SKILL_CONFIGURATION,
    )


AUDIT = Audit(
    id="client-id",
    rules=(RULE,),
    title="The client id fits the redirect URIs",
    failed_title="The client id belongs to another region than a redirect URI",
    judge=judge,
    scope="run",
)
