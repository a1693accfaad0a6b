"""Scopes that the token answer leaves out are advice; servers that spell or list them otherwise are left alone."""

from __future__ import annotations

from typing import Any

import pytest

from e2e_linker.evidence.models import Present
from e2e_linker.model import Confidence, Fault, Severity

TOKENS = {"access_token": "<access_token#1>", "token_type": "Bearer", "expires_in": 3600}


def judged(build: Any, pieces: Any, scopes: tuple[str, ...], answer: Any = None, **more: Any) -> Any:
    call = pieces.token_call({**TOKENS, **(answer or {})}, **more)
    case = build.case(build.walk(asked=build.authorization(scopes=scopes)), token_calls=Present(value=(call,)))
    return build.judge("token-scope", case)


def test_a_scope_that_the_server_dropped_is_advice(build: Any, pieces: Any) -> None:
    (found,) = judged(build, pieces, ("profile", "lights", "doors"), {"scope": "profile"}).findings
    assert (found.rule, found.severity, found.confidence) == (
        "auth-scope-exact",
        Severity.RECOMMENDED,
        Confidence.POSSIBLE,
    )
    assert found.message == (
        "The skill asks for `lights` and `doors`, which the scope of the token answer leaves out: it is “profile”."
    )
    assert (found.primary.kind, found.primary.ref) == ("token_call", "1")
    assert found.blame is Fault.SKILL_CONFIGURATION
    assert "section 5.1" in found.fix.text


def test_a_long_scope_is_cut(build: Any, pieces: Any) -> None:
    (found,) = judged(build, pieces, ("lights",), {"scope": [f"door{n}" for n in range(999)]}).findings
    assert len(found.message) < 400


@pytest.mark.parametrize(
    ("scopes", "answer"),
    [
        (("profile", "lights"), {}),
        (("profile", "lights"), {"scope": ""}),
        (("profile", "lights"), {"scope": None}),
        (("profile", "lights"), {"scope": "null"}),
        (("profile", "lights"), {"scope": "undefined"}),
        (("lights.*",), {"scope": "lights.read lights.write"}),
        (("profile", "lights"), {"scope": "lights profile"}),
        (("profile", "lights"), {"scope": "profile,lights"}),
        (("profile", "lights"), {"scope": "https://a.example/profile https://a.example/lights"}),
        (("openid", "profile", "email", "address", "phone", "offline_access", "lights"), {"scope": "lights"}),
        (("openid", "email"), {"scope": "https://www.googleapis.com/auth/userinfo.email"}),
        (("https://graph.microsoft.com/.default",), {"scope": "User.Read Mail.Read"}),
        (("alexa-skill", "openid"), {"scope": "openid"}),
        # GitHub drops what another scope that it grants holds.
        (
            ("repo", "repo:status", "admin:repo_hook", "write:repo_hook", "read:repo_hook", "user", "user:email"),
            {"scope": "admin:repo_hook,repo,user"},
        ),
        # Keycloak leaves out what its setting include.in.token.scope says, and refuses what a client may not have.
        (("lights",), {"scope": "profile email", "not-before-policy": 0, "session_state": "1-2"}),
    ],
)
def test_servers_that_are_right_in_another_way_pass(
    build: Any, pieces: Any, scopes: tuple[str, ...], answer: Any
) -> None:
    assert judged(build, pieces, scopes, answer).status == "passed"


def test_without_scopes_or_tokens_there_is_nothing_to_judge(build: Any, pieces: Any) -> None:
    assert judged(build, pieces, (), {"scope": "profile"}).status == "not_applicable"
    refused = pieces.token_call({"error": "invalid_grant", "scope": "profile"}, status=400)
    case = build.case(build.walk(asked=build.authorization(scopes=("lights",))), token_calls=Present(value=(refused,)))
    assert build.judge("token-scope", case).status == "inconclusive"
    assert judged(build, pieces, ("lights",), {"access_token": "", "scope": "doors"}).status == "inconclusive"
    assert build.judge("token-scope", build.case(token_calls=Present(value=()))).status == "inconclusive"
    implicit = build.case(build.walk(asked=build.authorization(grant="IMPLICIT")), token_calls=Present(value=()))
    assert build.judge("token-scope", implicit).status == "not_applicable"
