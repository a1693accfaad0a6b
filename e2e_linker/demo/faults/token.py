"""Faults of the token endpoint's answers."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from html import escape

from e2e_linker.demo.behaviour import Behaviour
from e2e_linker.demo.catalogue import fault
from e2e_linker.demo.changes import answering, form_encoded, with_tokens

_CAMEL = {
    "access_token": "accessToken",
    "token_type": "tokenType",
    "expires_in": "expiresIn",
    "refresh_token": "refreshToken",
}
_ID_TOKEN = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJtaWEifQ."  # noqa: S105 - says nothing and opens nothing


def _with_fields(b: Behaviour, change: Callable[[Mapping[str, object]], Mapping[str, object]]) -> Behaviour:
    return answering(b, lambda answer: replace(answer, fields=change(answer.fields)))


@fault("token-status-200", may=("token-json-body", "token-fields", "token-error-semantics"))
def token_500(b: Behaviour) -> Behaviour:
    """The token endpoint answers 500."""
    fields = {"error": "server_error", "error_description": "The token could not be stored."}
    return answering(b, lambda answer: replace(answer, status=500, fields=fields))


@fault("token-status-200")
def token_201(b: Behaviour) -> Behaviour:
    """The token endpoint answers 201 Created."""
    return answering(b, lambda answer: replace(answer, status=201))


@fault("token-json-body", may=("token-fields",))
def token_form_encoded(b: Behaviour) -> Behaviour:
    """The tokens come form-encoded."""
    return answering(b, lambda answer: replace(answer, encode=form_encoded))


@fault("token-json-body", may=("token-fields",))
def token_html(b: Behaviour) -> Behaviour:
    """The tokens come inside a page of HTML."""

    def encode(fields: Mapping[str, object]) -> tuple[str, str]:
        rows = "".join(f"<dt>{escape(name)}</dt><dd>{escape(str(value))}</dd>" for name, value in fields.items())
        return f"<!doctype html><title>Token</title><dl>{rows}</dl>", "text/html; charset=utf-8"

    return answering(b, lambda answer: replace(answer, encode=encode))


@fault("token-fields")
def token_camel_case(b: Behaviour) -> Behaviour:
    """The fields are spelt accessToken, tokenType and so on."""
    return _with_fields(b, lambda fields: {_CAMEL.get(name, name): value for name, value in fields.items()})


@fault("token-fields")
def token_id_token_only(b: Behaviour) -> Behaviour:
    """There is an id_token and no access token."""
    return _with_fields(b, lambda fields: {"id_token": _ID_TOKEN, "token_type": "Bearer", "expires_in": 3600})


@fault("token-fields")
def token_nested(b: Behaviour) -> Behaviour:
    """The fields lie inside an object called data."""
    return _with_fields(b, lambda fields: {"status": "ok", "data": dict(fields)})


@fault("token-fields")
def token_in_a_string(b: Behaviour) -> Behaviour:
    """The answer lies as a string of JSON in another object, as a gateway passes on what a function returned."""
    return _with_fields(b, lambda fields: {"statusCode": 200, "body": json.dumps(dict(fields))})


@fault("token-responds-4500ms")
def token_slow(b: Behaviour) -> Behaviour:
    """Every answer of the token endpoint takes five seconds."""
    return with_tokens(b, slow=True)


@fault("auth-scope-exact")
def token_scope_dropped(b: Behaviour) -> Behaviour:
    """The server grants one of the two scopes, and says so in the token answer."""
    return _with_fields(b, lambda fields: {**fields, "scope": "profile"})
