"""What the introspection endpoint says of a refresh token's end is far away."""

from __future__ import annotations

from collections.abc import Iterator

from e2e_linker.alexa.facts import REFRESH_TOKEN_SECONDS
from e2e_linker.audits.base import Audit, NotApplicable, Outcome, finding, verdict
from e2e_linker.audits.lifetimes import falls_short, span
from e2e_linker.audits.probing import probe_ref, ready
from e2e_linker.derive.probed import Probed, Strand
from e2e_linker.derive.refresh_lifetimes import declared_refresh_s
from e2e_linker.derive.replies import read_reply, token_accepted
from e2e_linker.derive.urls import without_parameters
from e2e_linker.evidence.token_calls import TokenCall
from e2e_linker.model import Confidence, Depth

__all__ = ["AUDIT"]

_CLOCKS_S = 300.0
"""By how much the server's clock may differ from this one, together with the age of a token that has just come."""
_UNASKED = "no introspection endpoint was asked until when the refresh token is good: linker.introspection names one"
_SILENT = (
    "{where} does not call the refresh token active, which proves nothing: many servers know only access tokens there"
)
_ENDLESS = "{where} names no end of the refresh token"
_SHARED = (
    "the end that {where} names may be that of the access token: look for 180 days or more in the settings of the "
    "authorization server"
)
"""It was with WSO2 (wso2/product-is#9370), Ory Hydra (ory/hydra#1296), Doorkeeper (doorkeeper-gem/doorkeeper#1860)."""


def judge(probed: Probed) -> Outcome:
    """``exp`` of RFC 7662, section 2.2, where it cannot be the access token's; what answers declare is judged there."""
    links = ready(probed, "refresh")
    if not isinstance(links, tuple):
        return links
    asked = links[0].uses("introspect")
    if not asked:
        return NotApplicable(reason=_UNASKED)
    call, where = asked[-1], without_parameters(asked[-1].url)
    if not token_accepted(call):
        return NotApplicable(reason=_SILENT.format(where=where))
    lifetimes = tuple(_lifetimes(call))
    if not lifetimes:
        return NotApplicable(reason=_ENDLESS.format(where=where))
    access = tuple(_access_lifetimes(links[0]))
    if not access or any(abs(mine - one) <= _CLOCKS_S for mine in lifetimes for one in access):
        return NotApplicable(reason=_SHARED.format(where=where))
    lifetime = round(max(lifetimes))
    if lifetime + _CLOCKS_S >= REFRESH_TOKEN_SECONDS or _is_told(links[0]):
        return verdict(())
    text = (
        f"{where} says that a refresh token ends after {span(lifetime)} (exp); Amazon advises "
        f"{span(REFRESH_TOKEN_SECONDS)} or no end."
    )
    at = probe_ref(probed, call)
    return verdict([finding("token-refresh-ttl-180d", text, subject="exp", at=at, confidence=Confidence.LIKELY)])


def _lifetimes(call: TokenCall) -> Iterator[float]:
    """Seconds to the end that ``call`` names, from when it was made and from when the token was; none without one."""
    reply, now = read_reply(call), call.at.timestamp()
    end, issued = reply.declares("exp"), reply.declares("iat")
    if end is None or end <= now:
        return
    yield end - now
    if issued is not None:
        yield end - issued


def _access_lifetimes(link: Strand) -> Iterator[float]:
    """Seconds that access tokens of ``link`` live, by the token answers and by the introspection endpoint."""
    for reply in (link.exchange, *link.refreshes):
        seconds = reply.declares("expires_in") if reply else None
        if seconds is not None:
            yield seconds
    for call in (*link.uses("use"), *link.uses("use_previous")):
        if call.endpoint == "introspection":
            yield from _lifetimes(call)


def _is_told(link: Strand) -> bool:
    """Whether the exchange itself declares that refresh tokens end too early, which another audit has said."""
    exchange = link.exchange
    declared = declared_refresh_s(exchange) if exchange else None
    return bool(exchange and declared and falls_short(declared[1], REFRESH_TOKEN_SECONDS, exchange.call))


AUDIT = Audit(
    id="refresh-end",
    rules=("token-refresh-ttl-180d",),
    title="Refresh tokens live long by the introspection endpoint",
    failed_title="Refresh tokens live too short by the introspection endpoint",
    scope="run",
    depth=Depth.STANDARD,
    judge=judge,
)
