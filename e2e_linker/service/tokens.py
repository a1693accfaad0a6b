"""The call of the token endpoint as the Alexa cloud makes it, and every byte of the answer.

Plain HTTP on purpose. An OAuth library would follow redirects, forgive form-encoded bodies and retry, and so hide what
we look for. Sources: Amazon, "Configure an Authorization Code Grant"; RFC 6749 sections 2.3.1, 4.1.3 and 6; a request
that a skill's server logged (alexa/ask-sdk-node#213) for the Java client's manner.
"""

from __future__ import annotations

import asyncio
import base64
import ssl
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal
from urllib.parse import quote_plus, urlencode, urlsplit

import certifi
import httpx2
from pydantic import SecretStr

from e2e_linker.evidence.models import TokenCall, TokenTiming
from e2e_linker.evidence.redact import SecretRegistry
from e2e_linker.service.answers import Answer, failure_of, read_answer, register_tokens
from e2e_linker.service.clock import CallClock
from e2e_linker.service.shapes import shapes_of

__all__ = ["TokenClient", "TokenEndpoint", "trusting"]

TIME_CAP_S = 10.0
USER_AGENT = "Apache-HttpClient/4.5.13 (Java/1.8.0_392)"
CONTENT_TYPE = "application/x-www-form-urlencoded;charset=UTF-8"


def trusting(roots: Sequence[Path] = ()) -> ssl.SSLContext:
    """A TLS context that trusts Mozilla's roots and ``roots``, and nothing of this machine's own store."""
    context = ssl.create_default_context(cafile=certifi.where())
    for root in roots:
        context.load_verify_locations(cafile=str(root))
    return context


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenEndpoint:
    """Where and as whom tokens are asked for."""

    url: str
    scheme: Literal["HTTP_BASIC", "REQUEST_BODY_CREDENTIALS"]
    client_id: str
    client_secret: SecretStr | None = None

    def credentials(self) -> tuple[dict[str, str], dict[str, str]]:
        """(headers, body fields) that authenticate the client. Never both ways at once: RFC 6749 forbids it."""
        secret = self.client_secret.get_secret_value() if self.client_secret else ""
        if self.scheme == "HTTP_BASIC":
            pair = f"{quote_plus(self.client_id)}:{quote_plus(secret)}"
            return {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}, {}
        fields = {"client_id": self.client_id}
        return {}, {**fields, "client_secret": secret} if secret else fields


@dataclass(slots=True)
class TokenClient:
    """Makes token calls, one cold connection each, and keeps them as evidence."""

    registry: SecretRegistry
    tls: ssl.SSLContext | Future[ssl.SSLContext] = field(default_factory=trusting)
    """Or the promise of one: reading all of Mozilla's roots takes as long as a fast token call does."""
    resolve: Mapping[str, str] = field(default_factory=dict)
    """Host name to ``ADDRESS[:PORT]``; such a host never goes through a proxy of the environment."""
    time_cap_s: float = TIME_CAP_S
    _calls: int = 0

    async def exchange(
        self, endpoint: TokenEndpoint, *, code: SecretStr, redirect_uri: str, code_verifier: SecretStr | None = None
    ) -> TokenCall:
        """Redeem ``code``; the call as redacted evidence. Whatever goes wrong is in it, nothing is raised."""
        fields = {
            "grant_type": "authorization_code",
            "code": code.get_secret_value(),
            "redirect_uri": redirect_uri,
            **({"code_verifier": code_verifier.get_secret_value()} if code_verifier else {}),
        }
        return await self.call(endpoint, "exchange", fields)

    async def call(self, endpoint: TokenEndpoint, purpose: str, fields: Mapping[str, str]) -> TokenCall:
        """POST ``fields`` with the client's credentials; the call as redacted evidence."""
        headers, more = endpoint.credentials()
        body = urlencode({**fields, **more})
        if "Authorization" in headers:
            self.registry.register(headers["Authorization"].partition(" ")[2], "client_credentials")
        self.registry.publish(endpoint.url, endpoint.client_id)
        self._calls += 1
        number, started = self._calls, datetime.now(UTC)
        host = endpoint.url.partition("://")[2].partition("/")[0].rpartition("@")[2]
        sent = [
            ("Content-Type", CONTENT_TYPE),
            *headers.items(),
            ("Content-Length", str(len(body))),
            ("Host", host),
            ("Connection", "Keep-Alive"),
            ("User-Agent", USER_AGENT),
            ("Accept-Encoding", "gzip,deflate"),
        ]
        clock = CallClock()
        answer = await self._send(endpoint.url, sent, body, clock)
        register_tokens(self.registry, answer)
        call = TokenCall(
            n=number,
            purpose=purpose,
            at=started,
            url=endpoint.url,
            method="POST",
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
        )
        return self.registry.redact_record(call)

    async def _send(self, url: str, headers: Sequence[tuple[str, str]], body: str, clock: CallClock) -> Answer:
        try:
            parts = urlsplit(url)
            async with asyncio.timeout(self.time_cap_s):
                address = self._address_of(parts.hostname or "", parts.port or 443)
                if address is None and parts.hostname:
                    await clock.resolve(parts.hostname, parts.port or 443)
                return await self._post(url, headers, body, address, clock)
        except TimeoutError:
            said = f"no complete answer within {self.time_cap_s:g} s"
            return Answer(failure=said, failure_kind="timeout")
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError, ValueError) as error:
            return failure_of(error)
        finally:
            clock.stop()

    async def _post(
        self, url: str, headers: Sequence[tuple[str, str]], body: str, address: str | None, clock: CallClock
    ) -> Answer:
        target, extensions = httpx2.URL(url), {"trace": clock.trace}
        if address is not None:
            at, _, port = address.rpartition(":")
            extensions["sni_hostname"] = target.host  # type: ignore[assignment]
            target = target.copy_with(host=at.strip("[]"), port=int(port))
        request = httpx2.Request("POST", target, headers=list(headers), content=body.encode(), extensions=extensions)
        tls = self.tls if isinstance(self.tls, ssl.SSLContext) else await asyncio.wrap_future(self.tls)
        async with httpx2.AsyncClient(verify=tls, trust_env=address is None, timeout=self.time_cap_s) as client:
            response = await client.send(request, auth=None, follow_redirects=False, stream=True)
            try:
                return await read_answer(response)
            finally:
                await response.aclose()

    def _address_of(self, host: str, port: int) -> str | None:
        known = {name.lower(): address for name, address in self.resolve.items()}
        found = known.get(f"{host}:{port}".lower()) or known.get(host.lower())
        if found is None:
            return None
        has_port = found.endswith("]") is False and ":" in found.rpartition("]")[2]
        return found if has_port else f"{found}:{port}"
