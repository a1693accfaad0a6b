"""What the token endpoint's answers amount to, and whether the account is linked."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from typing import Any

from e2e_linker.alexa.authorization import AuthorizationRequest
from e2e_linker.derive.base import fact
from e2e_linker.derive.stray_answer import reaches
from e2e_linker.derive.unread_bodies import problem_of
from e2e_linker.evidence.headers import header, media_type
from e2e_linker.evidence.models import Arrival, TokenCall
from e2e_linker.evidence.redact_numbers import HIDDEN_NUMBER
from e2e_linker.evidence.traffic import SCRIPTED
from e2e_linker.model import Grant

__all__ = ["NOT_UTF8", "TokenAnswer", "linked", "read_token_answer", "token_answers"]


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


NOT_UTF8 = "JSON that is not valid UTF-8"
_KINDS = {list: "array", str: "string", int: "number", float: "number", bool: "literal", type(None): "null"}


_ESCAPED = re.compile(
    r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(?P<half>u[dD][89a-fA-F][0-9a-fA-F]{2})|.)",
    re.DOTALL,
)
"""An escape of JSON: a whole surrogate pair, ``half`` of one, or any other, so that an escaped backslash is one."""


def _reject_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _unhidden(value: Any) -> Any:
    """``value``, or no number at all where a number was hidden: its type is known, and nothing else of it."""
    return math.nan if isinstance(value, str) and HIDDEN_NUMBER.fullmatch(value) else value


def _without_halves(text: str) -> str:
    """``text``, which is JSON, with U+FFFD for each half of a surrogate pair: no file can hold one.

    Only for reading: what is hidden in a record was registered in the server's own spelling.
    """
    if "\\u" not in text:
        return text
    return _ESCAPED.sub(lambda found: r"\ufffd" if found["half"] else found[0], text)


def read_token_answer(call: TokenCall) -> TokenAnswer:
    """``call`` with its body parsed by RFC 8259, and where that fails the reason named."""
    media = media_type(header(call.response_headers, "content-type"))
    text = call.response_body
    if text is None:
        return TokenAnswer(call, media, None, call.failure or "no answer")
    try:
        parsed = json.loads(_without_halves(text), parse_constant=_reject_constant)
    except (ValueError, RecursionError):
        return TokenAnswer(call, media, None, problem_of(text, call))
    if isinstance(parsed, dict):
        parsed = {name: _unhidden(value) for name, value in parsed.items()}
    else:
        return TokenAnswer(call, media, None, f"a JSON {_KINDS[type(parsed)]} instead of an object")
    if call.failure and call.status is not None:
        # However whole it looks: an HTTP client hands on no body that ends before it was to end.
        return TokenAnswer(call, media, parsed, f"JSON whose transfer breaks off ({call.failure})")
    return TokenAnswer(call, media, parsed, None if call.body_is_utf8 else NOT_UTF8)


@fact
def token_answers(token_calls: tuple[TokenCall, ...]) -> tuple[TokenAnswer, ...]:
    """Every token call with its answer read strictly, in order."""
    return tuple(read_token_answer(call) for call in token_calls)


def _leads_there(arrival: Arrival) -> bool:
    """Whether the window itself went there; where a capture does not tell what was asked for, it is taken to."""
    kind = arrival.resource_type.lower()
    return kind not in SCRIPTED and (arrival.main_frame or kind != "document")


@fact
def linked(
    authorization: AuthorizationRequest,
    arrivals: tuple[Arrival, ...],
    token_calls: tuple[TokenCall, ...],
    token_limit_ms: float,
) -> bool:
    """Whether Alexa would now hold an access token for this customer.

    For the code grant: the arrival carried a code with the state that was sent, and its exchange succeeded within
    ``token_limit_ms``, after which Alexa gives up. For the implicit grant: the fragment carried an access token with
    that state. What only a page's script or a frame asked for leaves the customer on that page: no link comes of it,
    nor of an answer that goes to another URL of Alexa.
    """
    handed = next((each for each in arrivals if _leads_there(each)), None)
    if handed is None or not reaches(handed.url, authorization.redirect_uri):
        return False
    place = "query" if authorization.grant is Grant.AUTH_CODE else "fragment"
    sent = [(param.name, param.value) for param in handed.params if param.place == place]
    given = dict(sent)
    names = [name for name, _ in sent]
    if given.get("state") != authorization.state or "error" in given or names.count("state") > 1:
        return False
    if authorization.grant is Grant.IMPLICIT:
        return bool(given.get("access_token"))
    made = [call for call in token_calls if call.purpose == "exchange"]
    in_time = [call for call in made if call.timing is None or call.timing.total_ms <= token_limit_ms]
    return any(read_token_answer(call).succeeded for call in in_time)
