"""The authorization URL is answered by an authorization endpoint."""

from __future__ import annotations

import json
import re

from e2e_linker.audits.base import Audit, NotApplicable, Outcome, finding, verdict
from e2e_linker.audits.walks import no_arrival, request_ref
from e2e_linker.derive.endpoints import look_swapped
from e2e_linker.derive.urls import without_parameters
from e2e_linker.evidence.headers import header
from e2e_linker.evidence.models import Ending, Request, SkillFacts, Walk
from e2e_linker.model import Fault

__all__ = ["AUDIT"]

_TOKEN_WORDS = re.compile(r"grant_type|token endpoint|client_secret", re.IGNORECASE)


def judge(walk: Walk, skill: SkillFacts, requests: tuple[Request, ...], ending: Ending) -> Outcome:
    """The answer to the authorization request itself: a page or a redirect, not the JSON error of a token endpoint."""
    if look_swapped(skill.authorization_url, skill.access_token_url or ""):
        return NotApplicable(reason="the configured URLs already look interchanged")
    first = next((request for request in requests if request.navigation), None)
    if first is None or first.status is None:
        return no_arrival(ending)
    if not _is_token_endpoint(first):
        return verdict(())
    return verdict(
        [
            finding(
                "token-endpoint-not-swapped",
                f"{without_parameters(first.url)} answers a login like a token endpoint: status {first.status}, "
                f"“{' '.join((first.excerpt or '').split())[:160]}”.",
                subject="authorizationUrl",
                at=request_ref(walk, first.n),
                where="accountLinkingRequest.authorizationUrl",
                blame=Fault.SKILL_CONFIGURATION,
            )
        ]
    )


def _is_token_endpoint(request: Request) -> bool:
    if request.status is None or request.status < 400:
        return False
    allowed = header(request.response_headers, "allow") or ""
    only_post = request.status == 405 and "POST" in allowed and "GET" not in allowed
    try:
        said = json.loads(request.excerpt or "")
    except (ValueError, RecursionError):
        return False
    return (
        isinstance(said, dict) and "error" in said and (only_post or bool(_TOKEN_WORDS.search(request.excerpt or "")))
    )


AUDIT = Audit(
    id="authorization-endpoint",
    rules=("token-endpoint-not-swapped",),
    title="The authorization URL is answered by an authorization endpoint",
    failed_title="The authorization URL is answered by a token endpoint",
    judge=judge,
)
