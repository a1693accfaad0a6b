"""What was seen. Raw records only: what the browser, the socket or the user's file said, never what we think of it.

The documents are frozen, versioned and already redacted: a value that was secret reads ``<code#1>``. Because redaction
changes lengths, every length an audit may need is measured before it and stored beside the text. Times named ``at`` are
seconds since the start of their walk; sizes are bytes as sent.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import Field, JsonValue

from e2e_linker.alexa.authorization import AuthorizationRequest
from e2e_linker.evidence.causes import Causes, Elsewhere, Trial
from e2e_linker.evidence.ending import Ending, EndingKind
from e2e_linker.evidence.page import (
    ConsoleMessage,
    Control,
    CspViolation,
    Dialog,
    DomDigest,
    LoginStep,
    PageError,
    Picture,
    Rect,
    Screen,
    Window,
)
from e2e_linker.evidence.parts import Failed, NotCollected, Part, Present, records
from e2e_linker.evidence.served_tls import ServedTls
from e2e_linker.evidence.token_calls import TokenBattery, TokenCall, TokenTiming
from e2e_linker.evidence.traffic import (
    Arrival,
    Body,
    Download,
    Headers,
    Initiator,
    JarCookie,
    NamedSize,
    Param,
    Request,
    RequestSizes,
    ServiceWorker,
    SetCookie,
    Timing,
    WebSocket,
)
from e2e_linker.model import EngineName, Grant, Record, Region, Surface

__all__ = [
    "SCHEMA_VERSION",
    "Arrival",
    "Body",
    "CaseEvidence",
    "CaseFacts",
    "Causes",
    "ConsoleMessage",
    "Control",
    "CspViolation",
    "Dialog",
    "DomDigest",
    "Elsewhere",
    "Ending",
    "EndingKind",
    "Failed",
    "GatheredOnce",
    "Headers",
    "Initiator",
    "JarCookie",
    "LeftOut",
    "LoginStep",
    "NamedSize",
    "NotCollected",
    "PageError",
    "Param",
    "Part",
    "Picture",
    "Present",
    "Purpose",
    "Rect",
    "Request",
    "RequestSizes",
    "RunEvidence",
    "Screen",
    "ServiceWorker",
    "SetCookie",
    "SkillFacts",
    "Timing",
    "TokenCall",
    "TokenTiming",
    "Trait",
    "Trial",
    "Walk",
    "WebSocket",
    "Window",
    "records",
]

SCHEMA_VERSION = 1

Purpose = Literal[
    "measured", "warm", "simulated", "special_state", "parallel", "region", "abandoned", "grown", "minted",
    "unknown_redirect",
]  # fmt: skip
"""``simulated``: every host outside the Domain List was refused."""


class Walk(Record):
    """One walk of one browser context from the authorization request to its end."""

    id: str
    purpose: Purpose
    variation: dict[str, JsonValue] = Field(default_factory=dict)
    """What differs from the measured walk: ``{"cookie_bytes": 8192}``, ``{"region": "EU"}``, ``{"pair": "a"}``."""
    started_at: datetime
    duration_s: float
    authorization: AuthorizationRequest
    requests: Part[tuple[Request, ...]]
    windows: Part[tuple[Window, ...]]
    dialogs: Part[tuple[Dialog, ...]]
    console: Part[tuple[ConsoleMessage, ...]]
    page_errors: Part[tuple[PageError, ...]]
    csp_violations: Part[tuple[CspViolation, ...]]
    web_sockets: Part[tuple[WebSocket, ...]]
    service_workers: Part[tuple[ServiceWorker, ...]]
    downloads: Part[tuple[Download, ...]]
    screens: Part[tuple[Screen, ...]]
    login: Part[tuple[LoginStep, ...]]
    jar: Part[tuple[JarCookie, ...]]
    arrivals: Part[tuple[Arrival, ...]]
    """Every arrival in order; empty where none came."""
    ending: Ending
    gaps: tuple[str, ...] = ()
    """What this engine or source cannot tell about single requests, in sentences."""


class Trait(Record):
    """One trait of a device or surface: what was emulated, or why it was not."""

    name: str
    value: str
    emulated: bool
    note: str | None = None


class CaseFacts(Record):
    """What was run: a project on an engine, in a region."""

    id: str
    project: str
    device: str | None
    surface: Surface
    asked_engines: tuple[EngineName, ...]
    engine: EngineName | None
    """None where none of the asked engines is on this machine."""
    engine_version: str | None
    engine_kind: str | None = None
    substitute: bool = False
    """True where a later engine of the list stood in for the first."""
    region: Region
    locale: str | None
    viewport_width: int | None
    viewport_height: int | None
    is_mobile: bool
    user_agent: str | None
    traits: tuple[Trait, ...] = ()


class SkillFacts(Record):
    """What the skill's configuration says, without any secret."""

    raw: dict[str, JsonValue]
    """The account linking object as the user gave it, ``clientSecret`` left out."""
    problems: tuple[tuple[str, str], ...] = ()
    """(path, sentence) for everything that SMAPI would refuse or read differently."""
    grant: Grant | None
    authorization_url: str
    client_id: str
    scopes: tuple[str, ...]
    domains: tuple[str, ...]
    access_token_url: str | None
    access_token_scheme: str | None
    default_expiry_s: int | None
    literal_secret: bool
    skill_kind: str
    regions: tuple[Region, ...]
    redirect_uris: dict[str, str]
    """The redirect URI of every region that has one; those of :attr:`regions` are run."""
    pkce: bool
    locales: tuple[str, ...] = ()
    trusts_private_roots: bool = False


class CaseEvidence(Record):
    """All that was gathered for one attempt at one case."""

    schema_version: Literal[1] = 1
    source: Literal["browser", "har"]
    case: CaseFacts
    attempt: int
    reason: Literal["first", "retry", "repeat"]
    started_at: datetime
    finished_at: datetime
    skill: SkillFacts
    walks: tuple[Walk, ...]
    """The measured walk first; further walks of the same case behind it."""
    token_calls: Part[tuple[TokenCall, ...]]
    causes: Part[Causes] = NotCollected(reason="causes are looked for from --depth standard on")
    ending: Ending | None = None
    """Why no walk was made, or what else ended the attempt; None where the measured walk's own ending says it all."""


class LeftOut(Record):
    """A walk that would have cost one login too many."""

    case: str
    purpose: Purpose


class GatheredOnce(Record):
    """What another of the runs that a merged run is made of gathered beside its cases."""

    probes: Part[tuple[Walk, ...]]
    battery: Part[TokenBattery]


class RunEvidence(Record):
    """What was gathered once for the whole run, beside its cases."""

    schema_version: Literal[1] = 1
    run_id: str
    started_at: datetime
    finished_at: datetime
    tool_version: str
    environment: dict[str, str]
    skill: SkillFacts
    options: dict[str, Any]
    """The run's options that audits and the report need: depth, repeat, thresholds, limits, fail_on, only, skip."""
    probes: Part[tuple[Walk, ...]]
    """Walks made once per run, on one project's device: other regions, parallel sessions, growth."""
    battery: Part[TokenBattery] = NotCollected(reason="no probe of the token endpoint was made")
    left_out: tuple[LeftOut, ...] = ()
    """Walks for which ``limits.logins`` left no login."""
    served_tls: Part[tuple[ServedTls, ...]] = NotCollected(reason="no host was asked for its certificates")
    interrupted: bool = False
    further: tuple[GatheredOnce, ...] = ()
    """Beside :attr:`probes` and :attr:`battery` those of other runs, each made by itself, where several were merged."""
