"""What the token endpoint's answers amount to, and whether the account is linked."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from e2e_linker.alexa.authorization import AuthorizationRequest
from e2e_linker.derive.base import fact
from e2e_linker.evidence.models import Arrival, TokenCall
from e2e_linker.evidence.redact_numbers import HIDDEN_NUMBER
from e2e_linker.evidence.traffic import SCRIPTED
from e2e_linker.model import Grant

__all__ = ["TokenAnswer", "linked", "read_token_answer", "token_answers"]


@dataclass(frozen=True, slots=True)
class TokenAnswer:
    """A token call with its answer read strictly, as Alexa reads it."""

    call: TokenCall
    content_type: str
    json: dict[str, Any] | None
    """The JSON object of the body, or None where a strict parser finds none."""
    json_problem: str | None
    """Why there is none, in words: ``a byte order mark``, ``HTML``, ``form-encoded``…"""

    @property
    def succeeded(self) -> bool:
        """Whether Alexa would take it: 200 and a whole JSON object with a non-empty ``access_token``."""
        token = (self.json or {}).get("access_token")
        return self.call.status == 200 and self.call.failure is None and isinstance(token, str) and bool(token)


_KINDS = {list: "array", str: "string", int: "number", float: "number", bool: "literal", type(None): "null"}


_ASKED_FOR = frozenset({"", "identity", "gzip", "x-gzip", "deflate"})


def _reject_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _unhidden(value: Any) -> Any:
    """``value``, or no number at all where a number was hidden: its type is known, and nothing else of it."""
    return math.nan if isinstance(value, str) and HIDDEN_NUMBER.fullmatch(value) else value


def read_token_answer(call: TokenCall) -> TokenAnswer:
    """``call`` with its body parsed by RFC 8259, and where that fails the reason named."""
    kind = next((value for name, value in call.response_headers if name.lower() == "content-type"), "")
    media = kind.partition(";")[0].strip().lower()
    text = call.response_body
    if text is None:
        return TokenAnswer(call, media, None, call.failure or "no answer")
    try:
        parsed = json.loads(text, parse_constant=_reject_constant)
    except (ValueError, RecursionError):
        return TokenAnswer(call, media, None, _problem(text, call))
    if isinstance(parsed, dict):
        parsed = {name: _unhidden(value) for name, value in parsed.items()}
    else:
        return TokenAnswer(call, media, None, f"a JSON {_KINDS[type(parsed)]} instead of an object")
    if call.failure and call.status is not None:
        # However whole it looks: an HTTP client hands on no body that ends before it was to end.
        return TokenAnswer(call, media, parsed, f"JSON whose transfer breaks off ({call.failure})")
    return TokenAnswer(call, media, parsed, None if call.body_is_utf8 else "JSON that is not valid UTF-8")


def _problem(text: str, call: TokenCall) -> str:
    start = text.lstrip()
    encoding = next((value for name, value in call.response_headers if name.lower() == "content-encoding"), "").strip()
    if encoding.lower() not in _ASKED_FOR:
        return f"a body in the encoding {encoding[:40]}, which was not asked for"
    if text.startswith("\ufeff"):
        return "JSON behind a byte order mark"
    if "\0" in start[:8]:
        return "UTF-16 or UTF-32"
    if call.failure_kind == "too_large":
        return f"a body that is too large ({call.failure})"
    if not start:
        return f"a body that breaks off before it begins ({call.failure})" if call.failure else "an empty body"
    if start.startswith("<"):
        return "HTML" if "html" in start[:400].lower() else "XML"
    if any(name in {"access_token", "error"} for name, _ in parse_qsl(start)):
        return "a form-encoded body"
    if start[0] not in "{[" and "{" in start[:80]:
        return "JSON inside a wrapper"
    if call.failure:
        return f"a body that breaks off ({call.failure})"
    return "a body that is not JSON"


@fact
def token_answers(token_calls: tuple[TokenCall, ...]) -> tuple[TokenAnswer, ...]:
    """Every token call with its answer read strictly, in order."""
    return tuple(read_token_answer(call) for call in token_calls)


@fact
def linked(
    authorization: AuthorizationRequest, arrivals: tuple[Arrival, ...], token_calls: tuple[TokenCall, ...]
) -> bool:
    """Whether Alexa would now hold an access token for this customer.

    For the code grant: the arrival carried a code with the state that was sent, and its exchange succeeded. For the
    implicit grant: the fragment carried an access token with that state. What only a page's script asked for leaves the
    customer on that page: no link comes of it.
    """
    if all(arrival.resource_type.lower() in SCRIPTED for arrival in arrivals):
        return False
    place = "query" if authorization.grant is Grant.AUTH_CODE else "fragment"
    sent = [(param.name, param.value) for param in arrivals[0].params if param.place == place]
    given = dict(sent)
    names = [name for name, _ in sent]
    if given.get("state") != authorization.state or "error" in given or names.count("state") > 1:
        return False
    if authorization.grant is Grant.IMPLICIT:
        return bool(given.get("access_token"))
    return any(read_token_answer(call).succeeded for call in token_calls if call.purpose == "exchange")
