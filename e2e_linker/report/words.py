"""The words the report uses for kinds of things."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal

from e2e_linker.evidence.models import EndingKind
from e2e_linker.evidence.served_tls import HostRole, TlsOffer, TrustVerdict
from e2e_linker.model import Confidence, Fault, Severity
from e2e_linker.report.capture_words import came_back_words
from e2e_linker.report.model import CaseReport, HintReport, ProviderReport, RunReport, Status, Verdict
from e2e_linker.report.sections import PageEventKind

__all__ = [
    "BASES",
    "CONFIDENCES",
    "ENDINGS",
    "EVENTS",
    "FAILURES",
    "FAULTS",
    "HOWS",
    "LIMITS",
    "OFFERS",
    "PLACES",
    "RECALLED",
    "ROLES",
    "SEVERITIES",
    "SEVERITY_ADJECTIVES",
    "STANDINGS",
    "STATUSES",
    "TRUST",
    "VERDICTS",
    "Standing",
    "ending_words",
    "failed_titles",
    "known_by",
    "standing",
    "standing_of",
]

Standing = Literal["links", "fails", "unknown", "errored"]
"""What became of a case: ``unknown`` where nothing is said about the server, ``errored`` where this tool failed."""

_FAILING: frozenset[EndingKind] = frozenset({"arrived", "dead_end", "redirect_loop"})


def standing(case: CaseReport) -> Standing:
    """What became of ``case``. Only a way that was walked to its end says that a customer cannot link."""
    shown = case.came_back and not case.linked
    return "unknown" if shown else standing_of(case.linked, case.ending.kind)


def standing_of(linked: bool, ending: EndingKind) -> Standing:
    """What becomes of a case that is ``linked`` or not and ends with ``ending``."""
    if linked:
        return "links"
    if ending == "errored":
        return "errored"
    return "fails" if ending in _FAILING else "unknown"


def ending_words(case: CaseReport) -> str:
    """How ``case`` ended, in a sentence."""
    if case.came_back and not case.linked:
        return came_back_words([case])
    return f"{case.ending.message}{', but nothing was linked' * (case.ending.kind == 'arrived' and not case.linked)}"


def failed_titles(report: RunReport) -> dict[str, str]:
    """By audit what is wrong, in the words of its outcome; a rule's own title says what is required instead."""
    outcomes = [*report.outcomes, *(outcome for case in report.cases for outcome in case.outcomes)]
    return {outcome.audit: outcome.title for outcome in outcomes if outcome.status == "failed"}


def known_by(known: HintReport | ProviderReport) -> str:
    """By what a provider was recognised, and that it is not certain where it is not."""
    sure = "recognised" if known.confidence is Confidence.CERTAIN else "probably, recognised"
    return f"{sure} by {known.recognised_by}"


RECALLED: Final = "recalled, at least in part: confirm it before relying on it"
"""Said of a hint that nobody looked up."""

STANDINGS: Final[Mapping[Standing, str]] = MappingProxyType(
    {"links": "links", "fails": "does not link", "unknown": "not determined", "errored": "tool error"}
)

VERDICTS: Final[Mapping[Verdict, str]] = MappingProxyType(
    {
        "passed": "Passed",
        "failed": "Failed",
        "inconclusive": "Inconclusive",
        "errored": "Tool error",
        "interrupted": "Interrupted",
    }
)

STATUSES: Final[Mapping[Status, str]] = MappingProxyType(
    {
        "failed": "failed",
        "errored": "tool error",
        "inconclusive": "not determined",
        "passed": "passed",
        "not_applicable": "not applicable",
    }
)
"""In the order in which outcomes are listed."""

SEVERITIES: Final[Mapping[Severity, str]] = MappingProxyType(
    {
        Severity.BREAKS: "Some customers cannot link.",
        Severity.DEGRADES: "Linking works only partly, or not always.",
        Severity.RECOMMENDED: "Advice: nothing fails because of it.",
    }
)

SEVERITY_ADJECTIVES: Final[Mapping[Severity, str]] = MappingProxyType(
    {Severity.BREAKS: "breaking", Severity.DEGRADES: "degrading", Severity.RECOMMENDED: "advice"}
)

CONFIDENCES: Final[Mapping[Confidence, str]] = MappingProxyType(
    {
        Confidence.CERTAIN: "seen in the evidence",
        Confidence.LIKELY: "inferred from the evidence",
        Confidence.POSSIBLE: "beyond a threshold of this tool",
    }
)

FAULTS: Final[Mapping[Fault, str]] = MappingProxyType(
    {
        Fault.IDENTITY_PROVIDER: "the authorization server",
        Fault.CONTENT_HOST: "a host that serves parts of the page",
        Fault.SKILL_CONFIGURATION: "the skill's configuration",
        Fault.NETWORK: "the network",
        Fault.TESTER: "the test's own account or steps",
        Fault.TOOL: "e2e-linker itself",
    }
)

BASES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "V": "read at the vendor's own documentation",
        "M": "measured",
        "C": "corroborated by public code or issues",
        "R": "recalled, without a source at hand: never more than advice",
    }
)

HOWS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "opened": "opened by the Alexa app",
        "redirect": "redirected",
        "form_post": "form sent",
        "navigation": "link or script",
        "meta_refresh": "refresh of the page",
        "popup": "new window",
        "frame": "frame in the page",
    }
)

FAILURES: Final[Mapping[str, str]] = MappingProxyType({"csp": "forbidden by the page's Content-Security-Policy"})
"""What engines abbreviate too much."""

LIMITS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "request_line": "URL",
        "query": "query",
        "header_line": "cookies or another header",
        "head_total": "whole head",
        "header_count": "number of headers",
    }
)
"""What servers limit, in the order in which the report tells it."""

PLACES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "query": "query",
        "fragment": "fragment",
        "path": "path",
        "body": "form body",
        "location": "Location header",
        "page": "page",
        "arrival": "answer to Alexa",
    }
)

ENDINGS: Final[Mapping[EndingKind, str]] = MappingProxyType(
    {
        "arrived": "would arrive at Alexa",
        "dead_end": "dead end",
        "login_not_found": "login form not found",
        "login_rejected": "login rejected",
        "login_blocked": "login blocked",
        "captcha": "captcha",
        "unreachable": "unreachable",
        "tls_failure": "TLS failure",
        "redirect_loop": "redirect loop",
        "timeout": "timeout",
        "crashed": "browser crashed",
        "engine_missing": "engine missing",
        "interrupted": "interrupted",
        "not_started": "not started",
        "errored": "tool error",
        "stopped": "ended on purpose",
    }
)

TRUST: Final[Mapping[TrustVerdict, str]] = MappingProxyType(
    {
        "trusted": "trusted",
        "private_root": "private root",
        "self_signed": "self-signed",
        "missing_intermediate": "intermediate missing",
        "unknown_issuer": "unknown issuer",
        "expired": "expired",
        "not_yet_valid": "not valid yet",
        "wrong_host": "wrong host",
        "weak": "weak",
        "broken": "broken",
    }
)

EVENTS: Final[Mapping[PageEventKind, str]] = MappingProxyType(
    {
        "window": "window opened",
        "dialog": "dialog",
        "console": "console",
        "page_error": "script error",
        "csp_violation": "policy violation",
        "login": "done by the tester",
    }
)

ROLES: Final[Mapping[HostRole, str]] = MappingProxyType(
    {"authorization": "authorization", "page": "page of the login", "token": "token", "resource": "resource"}
)

OFFERS: Final[Mapping[TlsOffer, str]] = MappingProxyType(
    {
        "java8_tls12": "TLS 1.2 as Java 8",
        "tls13": "TLS 1.3",
        "rsa_tls12": "TLS 1.2 with RSA",
        "any_tls12": "TLS 1.2 with any suite",
    }
)
