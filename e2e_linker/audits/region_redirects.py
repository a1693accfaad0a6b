"""Every redirect URI of the developer console is accepted, not only that of one region."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from e2e_linker.alexa.client_address import fits
from e2e_linker.audits.base import Audit, Finding, Inconclusive, NotApplicable, Outcome, finding, verdict
from e2e_linker.audits.redirect_uri import elsewhere
from e2e_linker.audits.region_ends import last_hop, replayed, tells_nothing, untold
from e2e_linker.audits.region_words import blamed, last_text, wrong_url
from e2e_linker.audits.runner import CaseTable
from e2e_linker.audits.walks import of_walk, probe_walks, proves_nothing, unaffordable, walk_ref
from e2e_linker.derive.answer import Answer
from e2e_linker.derive.wordings import REFUSED_REQUEST, first_match
from e2e_linker.evidence.models import RunEvidence, Walk
from e2e_linker.model import Confidence, Region, host_of

__all__ = ["AUDIT"]

RULE = "auth-accepts-all-region-redirect-uris"


@dataclass(frozen=True, slots=True)
class _Try:
    case: str | None
    walk: Walk
    answer: Answer | None
    replayed: bool

    @property
    def region(self) -> Region:
        return self.walk.authorization.region

    @property
    def accepted(self) -> bool:
        return self.answer is not None and self.answer.error is None and not self.astray and not self.replayed

    @property
    def astray(self) -> bool:
        """Whether the answer went to another host: a wrong path is no matter of regions."""
        wanted = host_of(self.walk.authorization.redirect_uri)
        return self.answer is not None and host_of(self.answer.arrival.url) != wanted


def judge(run: RunEvidence, cases: CaseTable) -> Outcome:
    """A region is refused where others get through, or where the refusal itself speaks of the redirect URI."""
    made = [(case.id, walks) for case, walks in cases.collect("walks") if walks]
    # A second link that fails whatever the region says nothing about the region: the jar is to blame.
    spoiled = {case for case, walks in made if any(w.purpose == "warm" and w.ending.kind != "arrived" for w in walks)}
    probes = [(case, walk) for case, walk in probe_walks(run, cases, "region") if case not in spoiled or blamed(walk)]
    walks = [*((case, walks[0]) for case, walks in made), *probes]
    sent = {walk.authorization.state for _, walk in walks}
    tries = [_Try(case, walk, of_walk(walk, "answer"), replayed(walk, sent)) for case, walk in walks]
    regions = sorted({each.region for each in tries})
    if len(regions) < 2 and not any(blamed(each.walk) for each in tries if not each.accepted):
        tried = f"only region {regions[0]} was tried" if regions else "no region was tried"
        return unaffordable((each.purpose for each in run.left_out), "region") or NotApplicable(reason=tried)
    accepted = {each.region for each in tries if each.accepted}
    refused = [each for each in tries if each.region not in accepted]
    every = tuple(run.skill.redirect_uris.values()) if len(regions) < 2 else ()
    found = list(_findings(refused, accepted, every))
    # Cases have an audit of their own for this; a probe has none. What several tell alike is told once.
    wrong = [(each.case, f) for each in reversed(tries) if not each.replayed and (f := elsewhere(each.walk))]
    told = {f.message for case, f in wrong if case}
    found += {f.message: f for case, f in wrong if not case and f.message not in told}.values()
    unclear = [each for each in refused if not _reason(each, accepted)]
    if not found and unclear:
        return Inconclusive(missing=tuple(dict.fromkeys(untold(one.walk, sent) for one in unclear)))
    return verdict(found)


def _findings(refused: Sequence[_Try], accepted: set[Region], every: Sequence[str]) -> Iterator[Finding]:
    others = f", while {' and '.join(sorted(accepted))} {'is' if len(accepted) == 1 else 'are'} accepted"
    for region in dict.fromkeys(each.region for each in refused):
        told = [(each, why) for each in refused if each.region == region and (why := _reason(each, accepted))]
        for each, why in told[:1]:
            asked = each.walk.authorization
            yield finding(
                RULE,
                f"With the redirect URI of region {region} {why}{others if accepted else ''}.",
                subject=region.value,
                at=walk_ref(each.walk, each.case),
                confidence=Confidence.CERTAIN if blamed(each.walk) else Confidence.LIKELY,
                paste="\n".join(every) or asked.redirect_uri,
                where="the redirect URIs of the OAuth client",
                symptom=each.astray or not fits(asked.client_id, asked.redirect_uri),  # told by its cause elsewhere
                shown_by=[one.case for one, _ in told if one.case and one.walk.purpose == "measured"],
            )


def _reason(each: _Try, accepted: set[Region]) -> str | None:
    """Why the region counts as refused, None where the walk does not tell."""
    if each.replayed or (each.answer is None and tells_nothing(each.walk)):
        return None
    if each.answer is not None:
        if each.answer.error is not None:
            return f"the server answers {each.answer.error_words}" if accepted else None
        return "the server redirects to another address" if accepted else None
    last = last_hop(each.walk)
    if said := blamed(each.walk):
        status = f" (status {last.status})" if last and last.status is not None else ""
        return f"the server shows an error about it{status}, “{said}”"
    last = last if accepted and not proves_nothing(each.walk) else None
    if last is not None and last.status is not None and last.status >= 400:
        return f"the login ends with status {last.status}"
    text = last_text(each.walk) if accepted else ""
    words = first_match(REFUSED_REQUEST, text) or wrong_url(text)
    return f"the server shows “{words}”" if words else None


AUDIT = Audit(
    id="region-redirects",
    rules=(RULE, "redir-exact-uri-from-request"),
    title="The redirect URIs of all regions are accepted",
    failed_title="The redirect URI of a region is not accepted",
    judge=judge,
    scope="run",
)
