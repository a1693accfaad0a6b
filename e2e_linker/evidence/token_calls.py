"""What the token endpoint was asked and what it answered: by the measured link, and by the probes."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from e2e_linker.evidence.traffic import Headers
from e2e_linker.model import Record, Region

__all__ = [
    "CallFailure",
    "Endpoint",
    "HookAction",
    "ProbeName",
    "ProbedLink",
    "SecretShape",
    "SkippedProbe",
    "TokenBattery",
    "TokenCall",
    "TokenTiming",
]

Endpoint = Literal["token", "resource", "introspection", "revocation"]
CallFailure = Literal["dns", "connect", "tls", "timeout", "protocol", "closed", "too_large", "proxy", "here"]
"""What went wrong; ``proxy`` is the proxy of this machine, which did not let the call through to the server, ``here``
anything else of this machine that did not."""

ProbeName = Literal[
    "other_scheme",
    "client_id_in_body",
    "code_twice",
    "code_later",
    "wrong_client",
    "wrong_secret",
    "wrong_redirect_uri",
    "wrong_verifier",
    "missing_verifier",
    "plain_verifier",
    "garbage_grant",
    "missing_code",
    "missing_refresh_token",
    "bad_refresh_token",
    "refresh",
    "reuse_soon",
    "reuse_5s",
    "reuse_29s",
    "race",
    "relink",
    "relink_fresh",
    "second_account",
    "burst",
    "outage",
    "migration",
    "revocation",
]
"""What is tried on the tester's own grants beyond the one exchange; ``run/token_probes.py`` says how each is done."""


class TokenTiming(Record):
    """Milliseconds of a token call; ``total_ms`` runs from the start of name resolution to the last byte."""

    dns_ms: float | None = None
    connect_ms: float | None = None
    tls_ms: float | None = None
    first_byte_ms: float | None = None
    total_ms: float


class SecretShape(Record):
    """What a value looked like that is hidden in the record: a code that was sent, a token that came."""

    name: Literal["code", "access_token", "refresh_token"]
    length: int
    """Bytes of it in UTF-8."""
    unusual: str = ""
    """Its characters other than letters, digits and ``-._~``, each once, in order of their code points."""
    ends: float | None = None
    """Seconds since 1970 when a signed token ends by its claim ``exp``; None where it makes no such claim."""
    issued: float | None = None
    """Seconds since 1970 when it was issued by its claim ``iat``."""


class TokenCall(Record):
    """One call as the Alexa cloud makes it, and every byte of the answer (redacted)."""

    n: int
    """Counted over the whole run."""
    purpose: str
    """What was sent: ``exchange``, ``refresh``, or what a probe made of them (``replay``, ``use``, ``revoke``)."""
    at: datetime
    url: str
    method: str
    request_headers: Headers
    request_body: str
    status: int | None = None
    http_version: str | None = None
    response_headers: Headers = ()
    response_body: str | None = None
    """Decoded as UTF-8 with U+FFFD for what is not; at most 64 KiB."""
    response_bytes: int = 0
    body_is_utf8: bool = True
    shapes: tuple[SecretShape, ...] = ()
    """Of the code that was sent and of the tokens at the top level of a JSON answer."""
    failure: str | None = None
    failure_kind: CallFailure | None = None
    timing: TokenTiming | None = None
    endpoint: Endpoint = "token"
    scheme: Literal["HTTP_BASIC", "REQUEST_BODY_CREDENTIALS"] | None = None
    """How the client authenticated; None where it did not."""
    urlencoded: bool | None = None
    """Whether id and secret were form-urlencoded for HTTP Basic; None where that makes no difference to them."""
    probe: ProbeName | None = None
    """The probe that made the call; None for the exchange of a measured link."""
    link: str | None = None
    """The :class:`ProbedLink` whose grant it spends or tries; None where it has none."""
    step: int = 1
    """The place of the call in its probe, from 1; calls made at the same moment share one."""


class ProbedLink(Record):
    """A link made for one probe alone, so that no other grant is harmed by it."""

    id: str
    """``reuse_5s-1``: its probe and a number."""
    probe: ProbeName
    account: Literal["first", "second"] = "first"
    jar: Literal["signed_in", "fresh"] = "signed_in"
    region: Region
    redirect_uri: str
    walk: str | None = None
    """The walk that brought its code; None where the signed-in session was asked over plain HTTP."""
    code: str | None = None
    """The code's label; None where none came."""
    problem: str | None = None
    """Why there is no code."""
    revoked: Literal["revoked", "refused", "not_tried"] = "not_tried"
    """What became of its tokens at the end of the run."""


class SkippedProbe(Record):
    """A probe that was not made, and why: the depth, the configuration, the budget of logins."""

    probe: ProbeName
    reason: str


class HookAction(Record):
    """One use of the fault hook: breaking or mending the user's backend."""

    action: Literal["break", "mend"]
    at: datetime
    failure: str | None = None


class TokenBattery(Record):
    """Everything the probes did, once per run, on the tester's own grants."""

    case: str
    """The case on whose device the links were made."""
    links: tuple[ProbedLink, ...] = ()
    calls: tuple[TokenCall, ...] = ()
    """In the order they were sent."""
    skipped: tuple[SkippedProbe, ...] = ()
    hooks: tuple[HookAction, ...] = ()

    def of(self, *probes: ProbeName) -> tuple[TokenCall, ...]:
        """The calls of ``probes``, in order."""
        return tuple(call for call in self.calls if call.probe in probes)

    def why_skipped(self, probe: ProbeName) -> str | None:
        """Why ``probe`` was not made; None where it was."""
        return next((skip.reason for skip in self.skipped if skip.probe == probe), None)
