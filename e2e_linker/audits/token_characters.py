"""Codes and tokens are made of characters that survive every encoding."""

from __future__ import annotations

import re

from e2e_linker.alexa.authorization import AuthorizationRequest
from e2e_linker.audits.base import Audit, Inconclusive, Outcome, finding, verdict
from e2e_linker.audits.exchanges import call_ref, unredeemed
from e2e_linker.audits.token_values import nothing_said
from e2e_linker.derive.exchange import Exchange
from e2e_linker.evidence.models import Ending
from e2e_linker.evidence.token_calls import SecretShape
from e2e_linker.model import Confidence

__all__ = ["AUDIT"]

_IN_FORM = re.compile(r"[+%&#]|[^!-~]")
"""What changes its meaning in a query or a form unless encoded. A slash or an equals sign at the end survives."""
_IN_HEADER = re.compile(r"[^A-Za-z0-9._~+/=-]")
"""What a bearer token may not hold (RFC 6750, section 2.1); Login with Amazon's own have a bar."""
_IN_WORDS = {"access_token": "which no bearer token may have (RFC 6750, section 2.1): nothing encodes it in a header"}
_ELSEWHERE = "which has to be encoded wherever it is sent"


def judge(authorization: AuthorizationRequest, exchange: Exchange | None, ending: Ending) -> Outcome:
    """The code as it was sent, the refresh token as it will be sent, the access token as it stands in a header."""
    skipped = unredeemed(
        authorization.grant, exchange, ending, "unreachable", "unanswered", "misdirected", "late", "status", "body"
    )
    if skipped is not None or exchange is None:
        return skipped or verdict(())
    shapes = exchange.call.shapes
    if not shapes:
        return Inconclusive(missing=("the characters of code and tokens were not recorded",))
    said = exchange.answer.json or {}
    # A word for a missing value is told by ``token-fields``.
    found = [(shape, odd) for shape in shapes if (odd := _odd(shape)) and not nothing_said(said.get(shape.name))]
    return verdict(
        finding(
            "token-vocabulary-ascii",
            f"The {shape.name.replace('_', ' ')} contains {odd}, {_IN_WORDS.get(shape.name, _ELSEWHERE)}.",
            subject=shape.name,
            at=call_ref(exchange),
            confidence=Confidence.POSSIBLE,
        )
        for shape, odd in found
    )


def _odd(shape: SecretShape) -> str:
    pattern = _IN_HEADER if shape.name == "access_token" else _IN_FORM
    return " ".join(
        each if each.isprintable() and each != " " else f"U+{ord(each):04X}"
        for each in pattern.findall(shape.unusual.replace("|", ""))
    )


AUDIT = Audit(
    id="token-characters",
    rules=("token-vocabulary-ascii",),
    title="Codes and tokens use safe characters",
    failed_title="What the server issues has characters that need encoding",
    judge=judge,
)
