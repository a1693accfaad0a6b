"""The calls of the token endpoint as the Alexa cloud makes them, and every byte of the answers.

Plain HTTP on purpose. An OAuth library would follow redirects, forgive form-encoded bodies and retry, and so hide what
we look for. Sources: Amazon, "Configure an Authorization Code Grant"; RFC 6749 sections 2.3.1, 4.1.3 and 6; RFC 6750
section 2.1 (the resource), RFC 7662 (introspection), RFC 7009 (revocation); a request that a skill's server logged
(alexa/ask-sdk-node#213) for the Java client's manner.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import InitVar, dataclass, field
from datetime import UTC, datetime
from typing import Literal
from urllib.parse import quote_plus, urlencode, urlsplit

from pydantic import SecretStr

from e2e_linker.evidence.models import TokenCall, TokenTiming
from e2e_linker.evidence.redact import SecretRegistry
from e2e_linker.evidence.token_calls import Endpoint, ProbeName
from e2e_linker.service.answers import register_tokens
from e2e_linker.service.clock import CallClock
from e2e_linker.service.relays import RelayFor, direct
from e2e_linker.service.shapes import shapes_of
from e2e_linker.service.wire import TIME_CAP_S, Trust, Wire, trusting

__all__ = ["MEASURED", "Hint", "Scheme", "TokenClient", "TokenEndpoint", "Trial", "trusting"]

USER_AGENT = "Apache-HttpClient/4.5.13 (Java/1.8.0_392)"
CONTENT_TYPE = "application/x-www-form-urlencoded;charset=UTF-8"
Scheme = Literal["HTTP_BASIC", "REQUEST_BODY_CREDENTIALS"]
Hint = Literal["access_token", "refresh_token"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenEndpoint:
    """Where and as whom tokens are asked for."""

    url: str
    scheme: Scheme
    client_id: str
    client_secret: SecretStr | None = None
    urlencoded: bool = True
    """Whether HTTP Basic form-urlencodes id and secret (RFC 6749, section 2.3.1), or joins them as they stand."""

    @property
    def ambiguous(self) -> bool:
        """Whether the two ways of HTTP Basic differ for this id and secret."""
        values = (self.client_id, self._secret)
        return self.scheme == "HTTP_BASIC" and any(quote_plus(value) != value for value in values)

    @property
    def _secret(self) -> str:
        return self.client_secret.get_secret_value() if self.client_secret else ""

    def credentials(self) -> tuple[dict[str, str], dict[str, str]]:
        """(headers, body fields) that authenticate the client. Never both ways at once: RFC 6749 forbids it."""
        secret = self._secret
        if self.scheme == "HTTP_BASIC":
            pair = ":".join(quote_plus(value) if self.urlencoded else value for value in (self.client_id, secret))
            return {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}, {}
        fields = {"client_id": self.client_id}
        return {}, {**fields, "client_secret": secret} if secret else fields


@dataclass(frozen=True, slots=True)
class Trial:
    """What a call is part of: a step of a probe, on a link of its own where it has one."""

    probe: ProbeName | None = None
    link: str | None = None
    step: int = 1


MEASURED = Trial()
"""The call of a measured link, which is no probe's."""


@dataclass(slots=True)
class TokenClient:
    """Makes calls, one cold connection each, and keeps them as redacted evidence.

    Whatever goes wrong is in the evidence, nothing is raised. Every token of an answer is registered as a secret
    before the answer becomes evidence, so what it was is known to the registry alone.
    """

    registry: SecretRegistry
    tls: InitVar[Trust | None] = None
    resolve: InitVar[Mapping[str, str]] = field(default={})
    time_cap_s: InitVar[float] = TIME_CAP_S
    relay_for: InitVar[RelayFor] = direct
    wire: Wire = field(init=False)
    """How the calls travel."""
    _calls: int = field(default=0, init=False)

    def __post_init__(
        self, tls: Trust | None, resolve: Mapping[str, str], time_cap_s: float, relay_for: RelayFor
    ) -> None:
        self.wire = Wire(tls=tls or trusting(), resolve=resolve, time_cap_s=time_cap_s, relay_for=relay_for)

    async def exchange(
        self,
        endpoint: TokenEndpoint,
        *,
        code: SecretStr,
        redirect_uri: str,
        code_verifier: SecretStr | None = None,
        purpose: str = "exchange",
        extra: Mapping[str, str] | None = None,
        trial: Trial = MEASURED,
    ) -> TokenCall:
        """Redeem ``code``; ``extra`` are further fields of the body."""
        fields = {
            "grant_type": "authorization_code",
            "code": code.get_secret_value(),
            "redirect_uri": redirect_uri,
            **({"code_verifier": code_verifier.get_secret_value()} if code_verifier else {}),
            **(extra or {}),
        }
        return await self.call(endpoint, purpose, fields, trial=trial)

    async def refresh(
        self, endpoint: TokenEndpoint, token: SecretStr, *, purpose: str = "refresh", trial: Trial = MEASURED
    ) -> TokenCall:
        """Ask for a new pair with a refresh token."""
        fields = {"grant_type": "refresh_token", "refresh_token": token.get_secret_value()}
        return await self.call(endpoint, purpose, fields, trial=trial)

    async def call(
        self,
        endpoint: TokenEndpoint,
        purpose: str,
        fields: Mapping[str, str],
        *,
        at: Endpoint = "token",
        url: str | None = None,
        trial: Trial = MEASURED,
    ) -> TokenCall:
        """POST ``fields`` with the client's credentials to ``url``, by default the token endpoint's own."""
        credentials, more = endpoint.credentials()
        if "Authorization" in credentials:
            self.registry.register(credentials["Authorization"].partition(" ")[2], "client_credentials")
        # A refusal may quote a made-up grant type, which looks like a token.
        self.registry.publish(endpoint.url, endpoint.client_id, fields.get("grant_type", ""))
        headers = {"Content-Type": CONTENT_TYPE, **credentials}
        call = await self._made("POST", url or endpoint.url, headers, {**fields, **more}, trial, at)
        spelled = endpoint.urlencoded if endpoint.ambiguous else None
        told = {"purpose": purpose, "scheme": endpoint.scheme, "urlencoded": spelled}
        return self.registry.redact_record(call.model_copy(update=told))

    async def use(self, url: str, token: SecretStr, *, purpose: str = "use", trial: Trial = MEASURED) -> TokenCall:
        """GET a protected resource with an access token (RFC 6750, section 2.1)."""
        value = token.get_secret_value()
        self.registry.register_all([(value, "access_token")])
        headers = {"Authorization": f"Bearer {value}", "Accept": "application/json"}
        call = await self._made("GET", url, headers, {}, trial, "resource")
        return self.registry.redact_record(call.model_copy(update={"purpose": purpose}))

    async def introspect(
        self,
        endpoint: TokenEndpoint,
        url: str,
        token: SecretStr,
        *,
        purpose: str = "use",
        hint: Hint = "access_token",
        trial: Trial = MEASURED,
    ) -> TokenCall:
        """Ask whether a token is good, and until when (RFC 7662, section 2.1)."""
        fields = {"token": token.get_secret_value(), "token_type_hint": hint}
        return await self.call(endpoint, purpose, fields, at="introspection", url=url, trial=trial)

    async def revoke(
        self,
        endpoint: TokenEndpoint,
        url: str,
        token: SecretStr,
        *,
        hint: Hint,
        trial: Trial = MEASURED,
    ) -> TokenCall:
        """Give a token up (RFC 7009, section 2.1)."""
        fields = {"token": token.get_secret_value(), "token_type_hint": hint}
        return await self.call(endpoint, "revoke", fields, at="revocation", url=url, trial=trial)

    async def _made(
        self,
        method: Literal["GET", "POST"],
        url: str,
        headers: Mapping[str, str],
        fields: Mapping[str, str],
        trial: Trial,
        at: Endpoint,
    ) -> TokenCall:
        """The call, its tokens registered but not yet redacted."""
        # The HTTP client would make an Authorization header of it, in place of ours and in no evidence.
        url = _without_userinfo(url)
        # A JSON escape may spell half of a character, which no form can carry: like Java, send a question mark.
        body = urlencode(fields, errors="replace")
        self._calls += 1
        number, started = self._calls, datetime.now(UTC)
        sent = [
            *headers.items(),
            *([("Content-Length", str(len(body)))] if method == "POST" else []),
            ("Host", url.partition("://")[2].partition("/")[0].partition("?")[0]),
            ("Connection", "Keep-Alive"),
            ("User-Agent", USER_AGENT),
            ("Accept-Encoding", "gzip,deflate"),
        ]
        clock = CallClock()
        answer = await self.wire.send(method, url, sent, body, clock)
        answer = register_tokens(self.registry, answer, issued=at == "token")
        return TokenCall(
            n=number,
            purpose="",
            endpoint=at,
            at=started,
            url=url,
            method=method,
            request_headers=tuple(sent),
            request_body=body,
            status=answer.status,
            http_version=answer.http_version,
            response_headers=answer.headers,
            response_body=answer.text,
            response_bytes=answer.size,
            body_is_utf8=answer.is_utf8,
            shapes=shapes_of(fields, answer),
            failure=answer.failure,
            failure_kind=answer.failure_kind,
            timing=TokenTiming(**clock.phases(), total_ms=clock.total_ms()),
            probe=trial.probe,
            link=trial.link,
            step=trial.step,
        )


def _without_userinfo(url: str) -> str:
    """``url`` without what stands before an ``@`` in its authority; as it is where it is no URL."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl() if "@" in parts.netloc else url
