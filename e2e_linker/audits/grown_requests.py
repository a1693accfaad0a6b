"""The login bears larger cookies and a longer state than the measured ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from e2e_linker.audits.base import Audit, Finding, Inconclusive, Outcome, finding, verdict
from e2e_linker.audits.request_size import RULE, described, raise_limit
from e2e_linker.audits.runner import CaseTable
from e2e_linker.audits.walks import of_walk, probe_walks, proves_nothing, request_ref, stopped_at
from e2e_linker.derive.ladder import Ladder
from e2e_linker.derive.oversize import oversize_answers
from e2e_linker.derive.state_trail import StateTrail
from e2e_linker.derive.urls import without_parameters
from e2e_linker.evidence.models import RunEvidence, Walk
from e2e_linker.model import Confidence, Depth, Severity

__all__ = ["AUDIT"]

_GRADES = {
    "cookie_bytes": ((4096, Severity.BREAKS), (8192, Severity.DEGRADES)),
    "state_length": ((1024, Severity.BREAKS),),
}
"""Up to which size a break counts how much; beyond, it is advice. A long-standing customer has up to 4 KB of cookies,
some have more, if the login sets any. Real states have some 350 characters, and one of 1,000 has to return unharmed."""
_WORDS = {"cookie_bytes": "{:,} bytes of cookies", "state_length": "a state of {:,} characters"}


@dataclass(frozen=True, slots=True)
class _Grown:
    case: str | None
    walk: Walk
    what: str
    size: int
    cookieless: bool

    @property
    def severity(self) -> Severity:
        grades = _GRADES[self.what][: 1 if self.cookieless else None]
        return next((grade for most, grade in grades if self.size <= most), Severity.RECOMMENDED)

    @property
    def words(self) -> str:
        return _WORDS[self.what].format(self.size)


def judge(run: RunEvidence, cases: CaseTable) -> Outcome:
    """The smallest growth at which a hop breaks, provided that the login works without growing anything."""
    jars = cases.collect("jar", "requests")
    bare = bool(jars) and not any(jar or any(one.set_cookies for one in asked) for _, jar, asked in jars)
    grown = [each for case, walk in probe_walks(run, cases, "grown") if (each := _grown(case, walk, cookieless=bare))]
    if not grown:
        return Inconclusive(missing=("no login was tried with grown cookies or states",))
    endings = [ending for _, ending in cases.collect("ending")]
    if not any(ending.kind == "arrived" for ending in endings):
        return Inconclusive(missing=("the login does not reach Alexa even without growing anything",))
    told = {trail.drift.kind for _, trail in cases.collect("state_trail") if trail.drift}
    found: list[Finding] = []
    untold: list[str] = []
    for what in _GRADES:
        rows = sorted((each for each in grown if each.what == what), key=lambda each: each.size)
        untold += [f"with {each.words}: {each.walk.ending.message}" for each in rows if proves_nothing(each.walk)]
        found += next((faults for each in rows if (faults := list(_faults(each, told)))), [])
    if not found and untold:
        return Inconclusive(missing=tuple(untold))
    return verdict(found)


def _grown(case: str | None, walk: Walk, *, cookieless: bool) -> _Grown | None:
    for what in _GRADES:
        size = walk.variation.get(what)
        if isinstance(size, int | float):
            return _Grown(case, walk, what, int(size), cookieless)
    return None


def _faults(grown: _Grown, told: set[str]) -> Iterator[Finding]:
    walk = grown.walk
    trail: StateTrail | None = of_walk(walk, "state_trail")
    if trail is not None and trail.arrived:
        if trail.drift is not None and trail.returned and trail.drift.kind not in told:
            yield finding(
                "auth-tracks-state",
                f"With {grown.words} the login arrives, but the state {trail.drift.text}.",
                subject="state (grown)",
                at=request_ref(walk, trail.places[-1].request).model_copy(update={"case": grown.case}),
                severity=grown.severity,
                confidence=Confidence.POSSIBLE,
            )
        return
    ladder: Ladder | None = of_walk(walk, "ladder")
    hop = ladder.last if ladder else None
    asked, shown = of_walk(walk, "requests") or (), of_walk(walk, "pages") or ()
    broken = next(iter(oversize_answers(asked, (), pages=shown)), None)
    if proves_nothing(walk) and broken is None:
        return
    at = broken.request if broken else hop.request if hop else None
    where = f"{hop.method} {without_parameters(hop.url)}: " if hop else ""
    text = described(broken) if broken else f"{where}{stopped_at(walk)}."
    yield finding(
        RULE,
        f"With {grown.words} the login breaks. {text}",
        subject=grown.what,
        at=request_ref(walk, at).model_copy(update={"case": grown.case}),
        severity=grown.severity,
        confidence=Confidence.POSSIBLE,
        fix=raise_limit(grown.what, broken, shown),
    )


AUDIT = Audit(
    id="grown-requests",
    rules=(RULE, "auth-tracks-state"),
    title="The login bears large cookies and long states",
    failed_title="The login breaks when cookies or the state grow",
    judge=judge,
    scope="run",
    depth=Depth.THOROUGH,
)
