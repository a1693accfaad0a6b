"""A client id that is one of Alexa's addresses fits the redirect URIs of all regions."""

from __future__ import annotations

from e2e_linker.alexa import facts
from e2e_linker.audits.base import Audit, EvidenceRef, NotApplicable, Outcome, finding, verdict
from e2e_linker.audits.runner import CaseTable
from e2e_linker.audits.walks import ends_untold
from e2e_linker.evidence.models import SkillFacts
from e2e_linker.model import Fault, host_of, origin_of

__all__ = ["AUDIT"]


def judge(skill: SkillFacts, cases: CaseTable) -> Outcome:
    """Needs no browser. A region that was linked proves that the server does not compare.

    A URL that is none of Alexa's is just a name: a server that compared it would refuse every region.
    """
    origin = origin_of(skill.client_id)
    if origin.scheme not in {"http", "https"} or origin.host not in facts.REDIRECT_HOSTS:
        return NotApplicable(reason="the client id is not an Alexa address")
    linked = {case.region.value for case, ending in cases.collect("ending") if ending.kind == "arrived"}
    wrong = {
        region: uri for region, uri in skill.redirect_uris.items() if origin_of(uri) != origin and region not in linked
    }
    tried = [(case, walks) for case, walks in cases.collect("walks") if walks]
    return verdict(
        finding(
            "auth-clientid-per-region",
            f"The client id {skill.client_id} is an address of another host than the redirect URI of region {region} "
            f"({host_of(uri)}). A server that trusts a client by its address refuses customers of {region}.",
            subject=region,
            at=EvidenceRef(kind="configuration", ref="clientId"),
            blame=Fault.SKILL_CONFIGURATION,
            shown_by=[case.id for case, walks in tried if case.region.value == region and not ends_untold(walks[0])],
        )
        for region, uri in wrong.items()
    )


AUDIT = Audit(
    id="client-id",
    rules=("auth-clientid-per-region",),
    title="The client id fits the redirect URIs",
    failed_title="The client id belongs to another region than a redirect URI",
    judge=judge,
    scope="run",
)
