"""Healthy shapes of tokens and of what a refresh brings."""

from __future__ import annotations

import base64
import json
import secrets
from dataclasses import replace

from e2e_linker.demo.behaviour import Behaviour, TokenAnswer
from e2e_linker.demo.catalogue import variant
from e2e_linker.demo.changes import on_refresh, with_tokens


@variant()
def refresh_token_kept(b: Behaviour) -> Behaviour:
    """A refresh brings no refresh token; the old one goes on working."""

    def without(answer: TokenAnswer) -> TokenAnswer:
        kept = {name: value for name, value in answer.fields.items() if name != "refresh_token"}
        return replace(answer, fields=kept)

    return on_refresh(b, without)


@variant()
def jwt_access_tokens(b: Behaviour) -> Behaviour:
    """Access tokens are signed JSON web tokens of about 1,500 bytes."""
    return with_tokens(b, new_access_token=_jwt)


def _jwt() -> str:
    groups = [f"urn:brightbulb:lamp:{secrets.token_hex(16)}" for _ in range(13)]
    parts = ({"alg": "RS256", "typ": "at+jwt"}, {"jti": secrets.token_hex(16), "groups": groups})
    texts = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
    return ".".join([*texts, secrets.token_urlsafe(256)])
