"""The published report, ``report.json``. Every other shape is a view of it.

Names and meanings are the contract with other tools: they may grow, never change. Its JSON schema is generated from
these models into ``report/schema.json``.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field, JsonValue

from e2e_linker.evidence.models import Ending, SkillFacts, Trait
from e2e_linker.model import Confidence, EngineName, Fault, Record, Region, Severity, Surface
from e2e_linker.report.partings import Difference
from e2e_linker.report.sections import (
    Domains,
    LadderHop,
    PageEvent,
    ReportScreen,
    SizeHeadroom,
    StateTrail,
    TlsHost,
    TokenEvent,
    TokenProbes,
)
from e2e_linker.report.traffic import CaseRequests

__all__ = [
    "AttemptReport",
    "CaseReport",
    "EvidenceLink",
    "FindingReport",
    "FixReport",
    "HintReport",
    "OutcomeReport",
    "ProviderReport",
    "RunReport",
    "SourceReport",
    "Status",
    "Tool",
    "UnmetExpectation",
    "Verdict",
]

Status = Literal["passed", "failed", "not_applicable", "inconclusive", "errored"]
Verdict = Literal["passed", "failed", "inconclusive", "errored", "interrupted"]


class Tool(Record):
    """Who wrote the report."""

    name: str = "e2e-linker"
    version: str


class OutcomeReport(Record):
    """What one audit said. ``reason`` is given for everything but ``passed``, which may have one worth knowing."""

    audit: str
    title: str
    """A sentence that is true for ``status``."""
    rules: tuple[str, ...]
    status: Status
    reason: str | None = None


class AttemptReport(Record):
    """One attempt at a case: the first, a retry of one that was inconclusive, or a repeat that was asked for."""

    number: int
    reason: Literal["first", "retry", "repeat"]
    linked: bool
    ending: Ending
    duration_s: float
    started_at: datetime
    evidence: str
    """The evidence file, relative to the run folder."""


class CaseReport(Record):
    """A project in a region, over all its attempts."""

    id: str
    project: str
    device: str | None
    engine: EngineName | None
    engine_version: str | None
    asked_engines: tuple[EngineName, ...]
    substitute: bool
    surface: Surface
    region: Region
    locale: str | None
    viewport: tuple[int, int] | None
    linked: bool
    arrival_url: str | None
    """Redacted; None where nothing arrived."""
    duration_s: float
    ending: Ending
    attempts: tuple[AttemptReport, ...]
    flaky: bool
    """True where attempts at the same thing ended differently."""
    traits: tuple[Trait, ...]
    outcomes: tuple[OutcomeReport, ...]
    ladder: tuple[LadderHop, ...]
    screens: tuple[ReportScreen, ...]
    events: tuple[PageEvent, ...] = ()
    """Windows, dialogs, errors and what was done on the pages, by walk and time."""
    gaps: tuple[str, ...]
    source: Literal["browser", "har"] = "browser"
    """``har`` for a capture of somebody else's browser, which never shows the token exchange."""
    came_back: bool = False
    """True for a capture that came back to Alexa with the code and the state; ``linked`` it cannot show."""


class EvidenceLink(Record):
    """Where a finding can be seen: ``ref`` is ``<walk>#<n>``, a host or a configuration key."""

    kind: str
    case: str | None
    ref: str
    attempt: int | None = None
    """The attempt at ``case`` that shows it; None where that is not known, or where it belongs to the whole run."""


class FixReport(Record):
    """What to do about a finding; ``paste`` can be used as it stands, at ``where``."""

    text: str
    paste: str | None = None
    where: str | None = None


class SourceReport(Record):
    """Where a rule comes from. ``confidence`` uses the tags V read, M measured, C corroborated, R recalled."""

    title: str
    url: str | None


class HintReport(Record):
    """What the identity provider's own ways add to the advice on a finding; what is wrong does not rest on it."""

    provider: str
    recognised_by: str
    """In words: ``the host acme.eu.auth0.com``."""
    confidence: Confidence
    """``certain`` where the provider's own host was met, ``likely`` where its behaviour was."""
    text: str
    paste: str | None = None
    where: str | None = None
    sources: tuple[SourceReport, ...]
    basis: tuple[str, ...]
    """The hint's confidence tags: V, M, C, R."""
    recalled: bool
    """True where part of it was recalled without a source at hand: confirm it before relying on it."""


class ProviderReport(Record):
    """An identity provider that was recognised."""

    id: str
    name: str
    places: tuple[Literal["authorization", "token", "login"], ...]
    """At the authorization URL, at the token URL, or at another page on the customer's way."""
    recognised_by: str
    confidence: Confidence


class FindingReport(Record):
    """One violation, over all cases that show it."""

    rule: str
    title: str
    audit: str
    severity: Severity
    confidence: Confidence
    message: str
    why: str
    subject: str
    blame: Fault
    symptom: bool
    cause: Literal["proven", "suspected"] | None = None
    """``proven``: trials showed that without what it names the page heals; None where no cause was looked for."""
    proven_in: tuple[str, ...] = ()
    """Those of :attr:`cases` on whose own devices the trials were made; the others show the same and were not tried."""
    cases: tuple[str, ...]
    """Empty for what concerns the whole run."""
    evidence: tuple[EvidenceLink, ...]
    fix: FixReport
    sources: tuple[SourceReport, ...]
    basis: tuple[str, ...]
    """The rule's confidence tags: V, M, C, R."""
    fingerprint: str
    expected: bool
    """True where the user's expectations file names it: it is shown, but fails nothing."""
    hint: HintReport | None = None
    """None where the identity provider is not recognised, or nothing is known of it that concerns this rule."""


class UnmetExpectation(Record):
    """A failure that was expected and did not happen; that fails the run, so that the file is kept true."""

    rule: str
    cases: str
    reason: str


class RunReport(Record):
    """The whole report."""

    schema_version: Literal[1] = 1
    run_id: str
    started_at: datetime
    finished_at: datetime
    tool: Tool
    environment: dict[str, str]
    skill: SkillFacts
    options: dict[str, JsonValue]
    verdict: Verdict
    exit_code: int
    headline: str
    """One sentence for people in a hurry."""
    cases: tuple[CaseReport, ...]
    outcomes: tuple[OutcomeReport, ...]
    findings: tuple[FindingReport, ...]
    """Worst first, causes before symptoms."""
    unmet_expectations: tuple[UnmetExpectation, ...]
    domains: Domains
    state_trail: dict[str, StateTrail]
    size_headroom: dict[str, SizeHeadroom]
    token_story: dict[str, tuple[TokenEvent, ...]]
    """By case, the calls of its measured link."""
    token_probes: TokenProbes = TokenProbes()
    tls: dict[str, tuple[TlsHost, ...]]
    requests: dict[str, CaseRequests] = Field(default_factory=dict)
    """By case, of the attempt whose hops and screens are shown."""
    run_requests: CaseRequests = CaseRequests(rows=())
    """Of the walks that were made once for the whole run: their pages, and what findings name."""
    differences: tuple[Difference, ...] = ()
    """Where broken cases, and broken simulations, leave the way of healthy ones."""
    providers: tuple[ProviderReport, ...] = ()
    """Empty where none was recognised."""
