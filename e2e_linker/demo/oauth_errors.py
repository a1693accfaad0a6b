"""The error answers of the token endpoint and its neighbours, and what else may end a request to them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from starlette.responses import Response

from e2e_linker.demo.answering import RawResponse
from e2e_linker.demo.session import raw_response

__all__ = ["NO_STORE", "Interrupted", "OAuthError", "json_response", "required"]

NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}


class OAuthError(Exception):
    """An error answer of RFC 6749, section 5.2."""

    def __init__(self, error: str, description: str, status: int = 400, *, challenge: bool = False) -> None:
        super().__init__(description)
        self.error, self.description, self.status, self.challenge = error, description, status, challenge

    def response(self, written: Callable[[int, str, str], RawResponse] | None = None) -> Response:
        """The error as JSON, or as ``written``."""
        if written is not None:
            return raw_response(written(self.status, self.error, self.description))
        headers = {"WWW-Authenticate": 'Basic realm="Brightbulb"'} if self.challenge else {}
        return json_response({"error": self.error, "error_description": self.description}, self.status, headers)


class Interrupted(Exception):  # noqa: N818 - no error of OAuth
    """A request is answered by something in front of the token endpoint, or in its way."""

    def __init__(self, answer: RawResponse) -> None:
        super().__init__(answer.status)
        self.response = raw_response(answer)


def json_response(body: Mapping[str, object], status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """``body`` as JSON that no cache may keep."""
    content = json.dumps(body).encode()
    return Response(content, status, {**NO_STORE, **(headers or {})}, media_type="application/json")


def required(fields: Mapping[str, str], name: str) -> str:
    """The field ``name``. Raises :class:`OAuthError` where it is missing or empty."""
    value = fields.get(name)
    if not value:
        raise OAuthError("invalid_request", f"{name} is missing.")
    return value
