"""Every redirect URI of the developer console is accepted, not only that of one region."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from e2e_linker.audits.base import Audit, Finding, Inconclusive, NotApplicable, Outcome, finding, verdict
from e2e_linker.audits.redirect_uri import elsewhere
from e2e_linker.audits.runner import CaseTable
from e2e_linker.audits.walks import ends_untold, of_walk, probe_walks, stopped_at, unaffordable, walk_ref
from e2e_linker.derive.answer import Answer
from e2e_linker.derive.ladder import Ladder
from e2e_linker.evidence.models import DomDigest, Present, Request, RunEvidence, Screen, Walk
from e2e_linker.model import Confidence, Region

__all__ = ["AUDIT"]

RULE = "auth-accepts-all-region-redirect-uris"
_BLAMED = re.compile(r"redirect[\s_-]*ur[il]|callback\s+ur[il]|reply\s+(?:url|address)|return[\s_-]*url", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Try:
    case: str | None
    walk: Walk
    answer: Answer | None

    @property
    def region(self) -> Region:
        return self.walk.authorization.region

    @property
    def accepted(self) -> bool:
        return self.answer is not None and self.answer.error is None and elsewhere(self.walk) is None


def judge(run: RunEvidence, cases: CaseTable) -> Outcome:
    """A region is refused where others get through, or where the refusal itself speaks of the redirect URI."""
    made = [(case.id, walks) for case, walks in cases.collect("walks") if walks]
    # A second link that fails whatever the region says nothing about the region: the jar is to blame.
    spoiled = {case for case, walks in made if any(w.purpose == "warm" and w.ending.kind != "arrived" for w in walks)}
    probes = [(case, walk) for case, walk in probe_walks(run, cases, "region") if case not in spoiled or _blamed(walk)]
    walks = [*((case, walks[0]) for case, walks in made), *probes]
    tries = [_Try(case, walk, of_walk(walk, "answer")) for case, walk in walks]
    regions = sorted({each.region for each in tries})
    if len(regions) < 2:
        tried = f"only region {regions[0]} was tried" if regions else "no region was tried"
        return unaffordable((each.purpose for each in run.left_out), "region") or NotApplicable(reason=tried)
    accepted = {each.region for each in tries if each.accepted}
    refused = [each for each in tries if each.region not in accepted]
    found = _findings(refused, accepted)
    # Cases have an audit of their own for this; a probe has none.
    found += [f for each in refused if each.case is None and (f := elsewhere(each.walk)) is not None]
    unclear = [each for each in refused if not _reason(each, accepted)]
    if not found and unclear:
        endings = dict.fromkeys(f"{each.region}: {each.walk.ending.message}" for each in unclear)
        return Inconclusive(missing=tuple(endings))
    return verdict(found)


def _findings(refused: Iterable[_Try], accepted: set[Region]) -> list[Finding]:
    found: dict[Region, Finding] = {}
    for each in refused:
        reason = _reason(each, accepted)
        if reason is None or each.region in found:
            continue
        verb = "is" if len(accepted) == 1 else "are"
        others = f", while {' and '.join(sorted(accepted))} {verb} accepted" if accepted else ""
        found[each.region] = finding(
            RULE,
            f"With the redirect URI of region {each.region} {reason}{others}.",
            subject=each.region.value,
            at=walk_ref(each.walk, each.case),
            confidence=Confidence.CERTAIN if _blamed(each.walk) else Confidence.LIKELY,
            paste=each.walk.authorization.redirect_uri,
            where="the redirect URIs of the OAuth client",
        )
    return list(found.values())


def _reason(each: _Try, accepted: set[Region]) -> str | None:
    """Why the region counts as refused, None where the walk does not tell."""
    if each.answer is not None:
        if each.answer.error is not None:
            return f"the server answers {each.answer.error_words}" if accepted else None
        return "the server redirects to another address" if accepted else None
    if _blamed(each.walk):
        return f"the server shows an error about it ({stopped_at(each.walk)})"
    ladder: Ladder | None = of_walk(each.walk, "ladder")
    last = ladder.last if ladder and accepted and not ends_untold(each.walk) else None
    refused = last is not None and last.status is not None and last.status >= 400
    return f"the login ends with status {last.status}" if last and refused else None


def _blamed(walk: Walk) -> bool:
    """Whether the last page, or an error answer on the way, speaks of the redirect URI."""
    requests: tuple[Request, ...] = of_walk(walk, "requests") or ()
    errors = (r.excerpt or "" for r in requests if r.navigation and r.status is not None and r.status >= 400)
    return any(_BLAMED.search(text) for text in (*errors, _last_text(walk)))


def _last_text(walk: Walk) -> str:
    screens: tuple[Screen, ...] = of_walk(walk, "screens") or ()
    digest = screens[-1].digest if screens else None
    shown: DomDigest | None = digest.value if isinstance(digest, Present) else None
    if shown is None or any(control.kind == "field" for control in shown.controls):
        return ""  # a page that lets the user do something is no error page, whatever its text says
    return f"{shown.title} {shown.text}"


AUDIT = Audit(
    id="region-redirects",
    rules=(RULE, "redir-exact-uri-from-request"),
    title="The redirect URIs of all regions are accepted",
    failed_title="The redirect URI of a region is not accepted",
    judge=judge,
    scope="run",
)
