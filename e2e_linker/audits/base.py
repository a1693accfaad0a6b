"""What an audit is, and what it can say.

An audit is immutable meta plus one pure function. The function's parameters name the evidence parts and derived facts
it needs; the runner hands it those and nothing else, and where one is missing the outcome is :class:`Inconclusive`
without the function being asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from e2e_linker.alexa.facts import TOKEN_SECONDS
from e2e_linker.alexa.rules import rule as rule_of
from e2e_linker.evidence.labels import unnumbered
from e2e_linker.model import Confidence, Depth, Fault, Record, Severity, fingerprint

__all__ = [
    "THRESHOLDS",
    "Audit",
    "CauseStanding",
    "Errored",
    "EvidenceRef",
    "Failed",
    "Finding",
    "Fix",
    "Inconclusive",
    "NotApplicable",
    "Options",
    "Outcome",
    "Passed",
    "finding",
    "verdict",
]

RefKind = Literal[
    "request", "hop", "screen", "window", "dialog", "console", "page_error", "csp_violation", "cookie",
    "token_call", "arrival", "login", "host", "certificate", "walk", "case", "configuration",
]  # fmt: skip


CauseStanding = Literal["proven", "suspected"]
"""``proven``: without it the page heals, and with nothing but it the page breaks."""


class EvidenceRef(Record):
    """Where a finding can be seen. ``ref`` is ``<walk>#<n>`` (``measured#12``), or a name: a host, a config key."""

    kind: RefKind
    ref: str
    case: str | None = None
    attempt: int | None = None
    """The attempt at ``case`` that shows it; None where it stands with the run."""


class Fix(Record):
    """What to do. ``paste`` is text to put somewhere as it stands; ``where`` says where."""

    text: str
    paste: str | None = None
    where: str | None = None


class Finding(Record):
    """One violation of one rule, with the place where it can be seen."""

    rule: str
    audit: str = ""
    severity: Severity
    confidence: Confidence
    message: str
    subject: str
    """What it is about, stable between runs: a host, a parameter's name. Part of the fingerprint."""
    primary: EvidenceRef
    related: tuple[EvidenceRef, ...] = ()
    fix: Fix
    blame: Fault
    symptom: bool = False
    """True where it describes what the customer sees rather than why: a finding of the same cases tells the cause."""
    cause: CauseStanding | None = None
    """Whether trials proved what it names as the cause; None where no trial was made to find out."""
    breakdown: bool = False
    """True where the server itself broke down: what is known of its provider's settings mends no crash."""
    shown_by: tuple[str, ...] = ()
    """The cases that show it, where an audit of the whole run knows."""
    fingerprint: str


class Passed(Record):
    """The evidence was there and shows nothing wrong."""

    status: Literal["passed"] = "passed"
    note: str | None = None
    """What is worth knowing all the same, and calls for nothing."""


class Failed(Record):
    """At least one finding."""

    status: Literal["failed"] = "failed"
    findings: tuple[Finding, ...]
    note: str | None = None
    """What is worth knowing besides, and calls for nothing."""


class NotApplicable(Record):
    """The rule has nothing to say here: another grant, another kind of device, a lesser depth."""

    status: Literal["not_applicable"] = "not_applicable"
    reason: str


class Inconclusive(Record):
    """Evidence the audit needs is missing; it has neither passed nor failed."""

    status: Literal["inconclusive"] = "inconclusive"
    missing: tuple[str, ...]
    note: str | None = None
    """What is worth knowing all the same, and calls for nothing."""


class Errored(Record):
    """The audit itself failed: a defect of this tool, never of the server."""

    status: Literal["errored"] = "errored"
    fault: str


Outcome = Annotated[Passed | Failed | NotApplicable | Inconclusive | Errored, Field(discriminator="status")]


THRESHOLDS = frozenset(
    {
        "code_characters",
        "cookies_of_host_bytes",
        "other_header_bytes",
        "redirect_url_characters",
        "redirect_url_likely_characters",
        "redirect_url_max_characters",
        "simulated_cookie_bytes",
        "small_head_bytes",
        "step_content_s",
        "token-bytes",
        "token-responds-ms",
        "token-slow-ms",
    }
)
"""Every name that ``linker.thresholds`` may hold; the unit ends the name."""


class Options(Record):
    """What the user may tune for audits."""

    depth: Depth = Depth.STANDARD
    repeat: int = 1
    thresholds: dict[str, float] = Field(default_factory=dict)

    def threshold(self, name: str, default: float) -> float:
        """The user's value for ``name`` of :data:`THRESHOLDS`, or ``default``; the unit is the caller's."""
        assert name in THRESHOLDS
        return self.thresholds.get(name, default)

    @property
    def token_limit_ms(self) -> float:
        """Milliseconds that Alexa waits for tokens, or the user's ``token-responds-ms``."""
        return self.threshold("token-responds-ms", TOKEN_SECONDS * 1000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """Immutable meta and the one function ``judge``. Why and how to fix come from the rules it covers."""

    id: str
    rules: tuple[str, ...]
    title: str
    """A sentence that is true when the audit passes."""
    failed_title: str
    """A sentence that is true when it fails."""
    judge: Callable[..., Outcome]
    scope: Literal["case", "run"] = "case"
    depth: Depth = Depth.PASSIVE
    """The least depth at which its evidence is gathered; below it the audit is not applicable."""
    rendering: bool = False
    """Whether its findings depend on how the engine draws or enforces a page."""
    of_configuration: bool = False
    """Whether it judges the configuration alone, and asks for the cases only to name those that show what it finds."""
    early: bool = False
    """Whether it finds something in the configuration by itself although it asks for the cases as well."""


def finding(
    rule: str,
    message: str,
    *,
    subject: str,
    at: EvidenceRef,
    related: Iterable[EvidenceRef] = (),
    severity: Severity | None = None,
    confidence: Confidence = Confidence.CERTAIN,
    fix: Fix | str | None = None,
    paste: str | None = None,
    where: str | None = None,
    blame: Fault = Fault.IDENTITY_PROVIDER,
    symptom: bool = False,
    cause: CauseStanding | None = None,
    breakdown: bool = False,
    shown_by: Iterable[str] = (),
) -> Finding:
    """A finding of ``rule``.

    Without ``severity`` the rule's own is used; a given one can only lower it, so that a rule resting on recollection
    alone never fails anybody. Without ``fix`` the rule's own advice is given. Quoted words that end with a full stop
    end the sentence of ``message`` they stand in.
    """
    known = rule_of(rule)
    worst = known.effective_severity
    chosen = worst if severity is None or severity.rank < worst.rank else severity
    lasting = unnumbered(subject)
    advice = fix if isinstance(fix, Fix) else Fix(text=fix or known.fix, paste=paste, where=where)
    return Finding(
        rule=rule,
        severity=chosen,
        confidence=confidence,
        message=message.replace(".”.", ".”"),
        subject=lasting,
        primary=at,
        related=tuple(related),
        fix=advice,
        blame=blame,
        symptom=symptom,
        cause=cause,
        breakdown=breakdown,
        shown_by=tuple(shown_by),
        fingerprint=fingerprint(rule, lasting),
    )


def verdict(findings: Iterable[Finding], *, note: str | None = None) -> Outcome:
    """``Failed`` with the findings, or ``Passed`` where there are none; ``note`` stays either way."""
    found = tuple(findings)
    return Failed(findings=found, note=note) if found else Passed(note=note)
