"""Which probes there are, what each needs, and in which order they may be made."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import get_args

from e2e_linker.derive.guarded import STRANGE
from e2e_linker.evidence.token_calls import ProbeName
from e2e_linker.model import Depth, Grant
from e2e_linker.run.seat import Seat

__all__ = [
    "ALL",
    "CODELESS",
    "FINAL",
    "FIRST",
    "GRACE",
    "LAST",
    "MISUSES",
    "RISKY",
    "WITHOUT_TOKEN",
    "Stages",
    "stages",
    "why_not",
]

ALL: tuple[ProbeName, ...] = get_args(ProbeName)
CODELESS: frozenset[ProbeName] = frozenset(
    {"garbage_grant", "missing_code", "missing_refresh_token", "bad_refresh_token", "migration"}
)
"""Those that need no code."""
MISUSES: frozenset[ProbeName] = CODELESS - {"migration"}
"""Those of them that a server refuses. Many ban an address after some refusals in a row, and forgive them at the next
login or exchange that works: each is made by itself, after links that worked."""
FIRST: frozenset[ProbeName] = frozenset({"relink"})
"""What is known before any other link is made: whether links stand beside each other."""
FINAL: frozenset[ProbeName] = frozenset({"code_twice", "burst", "outage"})
"""Those that need the server for themselves, in the order of ``ALL``. A code that comes twice costs some servers' users
(Keycloak, oidc-provider) every token and code that this browser's session has brought the client, and an outage may
cost whatever the backend keeps in memory: they come when no other link is held. A burst harms nobody where refresh
tokens are not replaced."""
GRACE: frozenset[ProbeName] = frozenset({"reuse_5s", "reuse_29s"})
"""Those that try how long a spent refresh token stays good."""
THOROUGH: frozenset[ProbeName] = GRACE | {"code_later"}
"""Those that wait."""
RISKY: tuple[ProbeName, ...] = ("reuse_soon", "race")
"""Those that, where the link lives by the browser's session, end all links of that session."""
LAST: frozenset[ProbeName] = frozenset({"reuse_5s"})
"""As risky, and so long that nothing waits for it but what waits longer."""
WITHOUT_TOKEN: frozenset[ProbeName] = CODELESS | {"other_scheme"}
"""Those that tell something even where no exchange succeeds."""
_PKCE = frozenset({"wrong_verifier", "missing_verifier", "plain_verifier"})


@dataclass(frozen=True, slots=True)
class Stages:
    """Which probes are made when, after linking again has shown that links stand beside each other."""

    risky: tuple[ProbeName, ...]
    """One after the other, and before all others: what may end other links comes when none is held that counts."""
    sleepy: tuple[ProbeName, ...]
    """As soon as may be, because the run ends with them."""
    others: tuple[ProbeName, ...]
    """Side by side, while those are asleep."""
    last: tuple[ProbeName, ...]
    """When no link is held but those of the sleepy: what may end other links, and takes a while."""
    final: tuple[ProbeName, ...]
    """One after the other, when the last case has ended and all others have."""
    strange: tuple[ProbeName, ...]
    """Those for which a server may turn this machine away, and its browser with it: one after the other, when no case
    and no other probe is left."""


def stages(probes: Iterable[ProbeName]) -> Stages:
    """``probes`` by when they are made; those that come before are left out."""
    given = [probe for probe in probes if probe not in {*CODELESS, *FIRST}]
    return Stages(
        risky=tuple(probe for probe in RISKY if probe in given),
        sleepy=tuple(probe for probe in given if probe in THOROUGH - LAST),
        others=tuple(probe for probe in given if probe not in {*RISKY, *THOROUGH, *FINAL, *STRANGE}),
        last=tuple(probe for probe in given if probe in LAST),
        final=tuple(probe for probe in given if probe in FINAL),
        strange=tuple(probe for probe in given if probe in STRANGE),
    )


def why_not(probe: ProbeName, seat: Seat) -> str | None:
    """Why configuration or depth rule ``probe`` out; None where they do not."""
    shared, linker = seat.shared, seat.shared.loaded.config.linker
    if shared.loaded.skill.grant is Grant.IMPLICIT:
        return "the implicit grant has no token endpoint"
    if shared.endpoint is None:
        return "the skill names no access token URL"
    if probe in THOROUGH and not shared.options.depth.includes(Depth.THOROUGH):
        return "only made at --depth thorough"
    if probe in _PKCE and not shared.skill.pkce:
        return "PKCE is off for this skill (linker.pkce)"
    if probe == "client_id_in_body" and shared.endpoint.scheme != "HTTP_BASIC":
        return "the skill sends its client id in the body anyway"
    if probe in {"wrong_secret", "other_scheme"} and shared.endpoint.client_secret is None:
        return "no client secret is configured"
    if probe == "second_account" and shared.second_account is None:
        return "linker.secondAccount is not configured"
    needed = {"outage": linker.fault_hook, "migration": linker.previous, "revocation": linker.revocation}
    named = {"outage": "faultHook"}.get(probe, probe if probe == "revocation" else "previous")
    return f"linker.{named} is not configured" if probe in needed and not needed[probe] else None
