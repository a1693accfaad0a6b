"""Every redirect URI of the developer console is accepted, not only that of one region."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from e2e_linker.alexa.client_address import fits
from e2e_linker.audits.base import Audit, Finding, Inconclusive, NotApplicable, Outcome, finding, verdict
from e2e_linker.audits.lasting import fails_now_and_then, server_error
from e2e_linker.audits.redirect_uri import elsewhere
from e2e_linker.audits.region_ends import untold
from e2e_linker.audits.region_tries import Try, blames, comparable, reason, spoiled, tried
from e2e_linker.audits.region_words import blamed
from e2e_linker.audits.runner import CaseTable
from e2e_linker.audits.walks import probe_walks, unaffordable, walk_ref
from e2e_linker.derive.server_failures import got_through
from e2e_linker.evidence.models import RunEvidence, Walk
from e2e_linker.model import Confidence, Region

__all__ = ["AUDIT"]

RULE = "auth-accepts-all-region-redirect-uris"
_FIXED = (
    "Redirect to the redirect_uri of the request, and to no fixed one. Where the server takes another because it does "
    "not know this one, register it."
)


def judge(run: RunEvidence, cases: CaseTable) -> Outcome:
    """A region is refused where others get through, or where the refusal itself speaks of the redirect URI."""
    made = [(case.id, walks) for case, walks in cases.collect("walks") if walks]
    jars = {case for case, walks in made if spoiled(walks)}
    probes = [(case, walk) for case, walk in probe_walks(run, cases, "region") if case not in jars or blamed(walk)]
    walks = [*((case, walks[0]) for case, walks in made), *probes]
    sent = {walk.authorization.state for _, walk in walks}
    tries = [tried(case, walk, sent) for case, walk in walks]
    regions = sorted({each.region for each in tries})
    if len(regions) < 2 and not any(blamed(each.walk) for each in tries if not each.accepted):
        alone = f"only region {regions[0]} was tried" if regions else "no region was tried"
        return unaffordable((each.purpose for each in run.left_out), "region") or NotApplicable(reason=alone)
    accepted = {each.region for each in tries if each.accepted}
    beside = [tried(case, walk, sent) for case, walks in made for walk in walks]
    linked = {each.region for each in beside if each.accepted}
    refused = [each for each in tries if each.region not in accepted and (each.region not in linked or blames(each))]
    further = [walk for _, walk in (*walks, *probe_walks(run, cases, "parallel"))]
    # A retry takes the place of the attempt before it; what the server did on that one tells as much.
    alike = [*further, *(walk for _, tries_of in cases.collect("attempts") for one in tries_of for walk in one[:1])]
    steady = [each for each in refused if not _by_itself(each, alike, accepted, cases)]
    told_by = [each for each in steady if comparable(each, [*tries, *beside])]
    why = [(each, reason(each, accepted if each in told_by else ())) for each in refused]
    every = tuple(run.skill.redirect_uris.values()) if len(regions) < 2 else ()
    found = list(_findings([(each, words) for each, words in why if words], accepted, every))
    # Cases have an audit of their own for this; a probe has none. What several tell alike is told once.
    wrong = [(each.case, f) for each in reversed(tries) if not each.replayed and (f := elsewhere(each.walk))]
    told = {f.message for case, f in wrong if case}
    found += {f.message: f for case, f in wrong if not case and f.message not in told}.values()
    unclear = [untold(each.walk, sent) for each, words in why if not words]
    if not found and unclear:
        return Inconclusive(missing=tuple(dict.fromkeys(unclear)))
    return verdict(found)


def _by_itself(each: Try, alike: Sequence[Walk], accepted: set[Region], cases: CaseTable) -> bool:
    """Whether the server failed on ``each`` as it does now and then; the trials of its case with no change count."""
    if server_error(each.walk) is None:
        return False
    known = [causes for case, causes in cases.collect("known_causes") if case.id == each.case]
    trials = [trial for causes in known for trial in causes.trials if trial.factor == "nothing"]
    again = trials if each.walk.purpose == "measured" else []
    healed = any(got_through(trial.ending) for trial in again)
    return healed or fails_now_and_then(each.walk, alike, accepted, len(again))


def _findings(refused: Sequence[tuple[Try, str]], accepted: set[Region], every: Sequence[str]) -> Iterator[Finding]:
    others = f", while {' and '.join(sorted(accepted))} {'is' if len(accepted) == 1 else 'are'} accepted"
    for region in dict.fromkeys(each.region for each, _ in refused):
        told = [(each, why) for each, why in refused if each.region == region]
        for each, why in told[:1]:
            asked = each.walk.authorization
            yield finding(
                RULE,
                f"With the redirect URI of region {region} {why}{others if accepted else ''}.",
                subject=region.value,
                at=walk_ref(each.walk, each.case),
                confidence=Confidence.CERTAIN if blamed(each.walk) else Confidence.LIKELY,
                fix=_FIXED if each.astray else None,
                paste="\n".join(every) or asked.redirect_uri,
                where="the redirect URIs of the OAuth client",
                symptom=each.astray or not fits(asked.client_id, asked.redirect_uri),  # told by its cause elsewhere
                shown_by=_cases([one for one, _ in told]),
            )


def _cases(told: Sequence[Try]) -> list[str]:
    """The cases that asked for the region themselves; else those that met on the way that answers go astray."""
    own = [one.case for one in told if one.walk.purpose == "measured"]
    return list(filter(None, dict.fromkeys(own or [one.case for one in told if one.astray and told[0].astray])))


AUDIT = Audit(
    id="region-redirects",
    rules=(RULE, "redir-exact-uri-from-request"),
    title="The redirect URIs of all regions are accepted",
    failed_title="The redirect URI of a region is not accepted",
    judge=judge,
    scope="run",
)
