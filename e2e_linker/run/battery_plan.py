"""Which probes there are, what each needs, and in which order they may be made."""

from __future__ import annotations

from collections.abc import Iterable
from typing import get_args

from e2e_linker.evidence.token_calls import ProbeName
from e2e_linker.model import Depth, Grant
from e2e_linker.run.seat import Seat

__all__ = ["ALL", "CODELESS", "FINAL", "FIRST", "GRACE", "THOROUGH", "WITHOUT_TOKEN", "stages", "why_not"]

ALL: tuple[ProbeName, ...] = get_args(ProbeName)
CODELESS: frozenset[ProbeName] = frozenset(
    {"garbage_grant", "missing_code", "missing_refresh_token", "bad_refresh_token", "migration"}
)
"""Those that need no code."""
FIRST: frozenset[ProbeName] = frozenset({"relink"})
"""What is known before any other link is made: whether links stand beside each other."""
FINAL: frozenset[ProbeName] = frozenset({"code_twice", "burst", "outage"})
"""Those that need the server for themselves, in the order of ``ALL``. A code that comes twice costs some servers' users
(Keycloak, oidc-provider) every token that this browser's session has brought the client."""
GRACE: frozenset[ProbeName] = frozenset({"reuse_5s", "reuse_29s"})
"""Those that try how long a spent refresh token stays good."""
THOROUGH: frozenset[ProbeName] = GRACE | {"code_later"}
"""Those that wait."""
RISKY: tuple[ProbeName, ...] = ("reuse_soon", "race")
"""Those that, where the link lives by the browser's session, end all links of that session."""
LATER: frozenset[ProbeName] = THOROUGH | {"relink_fresh", "second_account"}
"""Those that hold a link for long, or log in."""
WITHOUT_TOKEN: frozenset[ProbeName] = CODELESS | {"other_scheme"}
"""Those that tell something even where no exchange succeeds."""
_PKCE = frozenset({"wrong_verifier", "missing_verifier", "plain_verifier"})


def stages(probes: Iterable[ProbeName]) -> tuple[tuple[ProbeName, ...], ...]:
    """``probes`` in groups that follow each other; those of one group may be made side by side.

    What may end other links comes when no other link is held. Those that wait begin first in their group, because the
    run ends with them.
    """
    given = tuple(probes)
    later = sorted((probe for probe in given if probe in LATER), key=lambda probe: probe not in THOROUGH)
    first = tuple(probe for probe in given if probe not in {*RISKY, *LATER})
    return (first, *((probe,) for probe in RISKY if probe in given), tuple(later))


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
