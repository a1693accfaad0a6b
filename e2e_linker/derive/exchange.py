"""How the redemption of the code went, and what the one thing is that went wrong with it.

Several audits look at the same answer. Each asks here whether the trouble is its own, so that one cause is told once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from e2e_linker.derive.base import fact
from e2e_linker.derive.challenges import challenge_of
from e2e_linker.derive.error_pages import named_error, said_by
from e2e_linker.derive.markup import read_markup
from e2e_linker.derive.tokens import TokenAnswer
from e2e_linker.derive.urls import is_web, same_endpoint, without_parameters
from e2e_linker.evidence.headers import header
from e2e_linker.evidence.json_errors import error_words
from e2e_linker.evidence.models import TokenCall
from e2e_linker.model import joined

__all__ = ["FINAL", "Exchange", "Trouble", "error_code", "error_of", "exchange", "slashed", "target_of", "words_of"]

Trouble = Literal["unreachable", "late", "unanswered", "challenged", "misdirected", "unread", "status", "body"]
"""No connection; no complete answer in time; no answer at all; a bot protection's answer; another endpoint's answer;
the form was not read; not 200; not JSON, or not all of it."""

FINAL = "exchange at the final address"
"""The purpose of an exchange at the address that the endpoint redirects to, and that differs by its last slash."""
_GRANT_TYPE_LOST = re.compile(
    r"grant[\s_-]?type\W+(?:\w+\W+){0,3}?"
    r"(?:missing|required|empty|absent|blank|null|undefined|not\s+(?:given|specified|present|provided))"
    r"|\bmissing\W+(?:\w+\W+){0,3}?grant[\s_-]?type"
    r"|\brequired\W+(?:param\w*|field)\W+(?:\w+\W+){0,2}?grant[\s_-]?type"
    r"|\bno\s+grant[\s_-]?type",
    re.IGNORECASE,
)
_TOO_MANY = 429
_LOOKED_AT = frozenset(
    {"invalid_client", "invalid_grant", "invalid_scope", "unauthorized_client", "unsupported_grant_type"}
)
"""Errors of RFC 6749 section 5.2 that say what is wrong with a request, however often one comes."""
_MEDIA_TYPE = re.compile(
    r"(?:unsupported|invalid|wrong|expected|must|requires?)\b.{0,60}(?:media[\s-]?type|content[\s-]?type|charset)"
    r"|(?:media[\s-]?type|content[\s-]?type|charset)\b.{0,60}(?:unsupported|not\s+supported|invalid|must|expected)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Exchange:
    """The token call that redeemed the code, and its first trouble; None where it brought a JSON object with 200."""

    answer: TokenAnswer
    trouble: Trouble | None

    @property
    def call(self) -> TokenCall:
        """The call itself."""
        return self.answer.call

    @property
    def error(self) -> str | None:
        """The OAuth error that the answer names."""
        return error_of(self.answer)

    @property
    def limited(self) -> bool:
        """Whether the server says that it is asked too often (RFC 6585, section 4), and nothing else of the request."""
        return self.call.status == _TOO_MANY and not self.looked_at

    @property
    def looked_at(self) -> bool:
        """Whether the server says what is wrong with the request, so that somebody has looked into it."""
        return self.error in _LOOKED_AT

    @property
    def words(self) -> str:
        """What the server itself said, quoted on one line; empty where it said nothing."""
        return words_of(self.answer)


def error_of(answer: TokenAnswer) -> str | None:
    """The OAuth error that ``answer`` names, None where it names none.

    Also where only people find it: on an error page, or under the name that Okta gives it.
    """
    refused = (answer.call.status or 0) >= 400
    if answer.json is None and refused:
        return named_error(answer.call.response_body or "")
    other = (answer.json or {}).get("errorCode")
    return error_code(answer) or (named_error(other) if refused and isinstance(other, str) else None)


def error_code(answer: TokenAnswer) -> str | None:
    """The OAuth error code of ``answer`` as programs read it, None where it has none."""
    code = (answer.json or {}).get("error")
    return code if isinstance(code, str) and code else None


def words_of(answer: TokenAnswer) -> str:
    """What the server itself said, quoted on one line; empty where it said nothing."""
    body = answer.call.response_body or ""
    texts = [said_by(body)] if answer.json is None else error_words(body)
    return ": ".join(f"“{_line(text)}”" for text in texts if text.strip())


def _line(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= 200 else flat[:200] + "…"


def target_of(call: TokenCall) -> str | None:
    """The other web address that ``call`` was redirected to, without parameters; None where it leads to none."""
    location = header(call.response_headers, "location")
    target = joined(call.url, location) if location else ""
    return without_parameters(target) if is_web(target) and not same_endpoint(target, call.url) else None


def slashed(call: TokenCall) -> str | None:
    """The address that ``call`` was redirected to, where it only has a slash at its end, or lacks it; else None."""
    target = target_of(call) if 300 <= (call.status or 0) < 400 else None
    return target if target in {f"{call.url}/", call.url.removesuffix("/")} else None


@fact
def exchange(token_answers: tuple[TokenAnswer, ...]) -> Exchange | None:
    """The first call that redeemed a code, None where none was made."""
    first = next((answer for answer in token_answers if answer.call.purpose == "exchange"), None)
    return Exchange(first, _trouble(first)) if first else None


def _trouble(answer: TokenAnswer) -> Trouble | None:
    call = answer.call
    if call.failure_kind == "timeout":
        return "late"
    if call.status is None:
        return "unreachable" if call.failure_kind in {"dns", "connect", "tls", "proxy", "here"} else "unanswered"
    if challenge_of(call) is not None:
        return "challenged"
    if _is_misdirected(answer):
        return "misdirected"
    if (call.status != 200 or error_code(answer)) and _is_unread(answer):
        return "unread"
    if call.status != 200:
        return "status"
    return "body" if answer.json is None or call.failure else None


def _is_misdirected(answer: TokenAnswer) -> bool:
    """Whether an authorization endpoint answered: with its login form, or by missing its own ``response_type``."""
    text = answer.call.response_body or ""
    if answer.json is not None:
        return "error" in answer.json and "response_type" in text
    return answer.json_problem in {"HTML", "XML"} and (read_markup(text).password_field or "response_type" in text)


def _is_unread(answer: TokenAnswer) -> bool:
    """Whether the server did not read the form: by its status, or by missing the very parameter that stood in it."""
    said = words_of(answer)
    return answer.call.status == 415 or bool(_GRANT_TYPE_LOST.search(said) or _MEDIA_TYPE.search(said))
