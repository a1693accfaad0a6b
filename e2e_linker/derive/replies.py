"""What a call of a probe brought, sorted by what it means to Alexa."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qsl

from e2e_linker.derive.challenges import challenge_of
from e2e_linker.derive.exchange import Exchange, error_code
from e2e_linker.derive.tokens import TokenAnswer, read_token_answer
from e2e_linker.evidence.models import TokenCall
from e2e_linker.model import Confidence

__all__ = ["Reply", "ReplyKind", "read_reply", "token_accepted", "tries_access"]

ReplyKind = Literal[
    "tokens", "refused", "forbidden", "broken", "error with 200", "empty", "odd", "throttled", "guarded", "silent",
    "unreachable",
]  # fmt: skip
"""New tokens; a 4xx; a 403; a 5xx; an ``error`` with status 200; nothing with status 200; any other answer; too many
requests; the answer of a guard before the server; a connection without a whole answer; no connection."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A call of the token endpoint and what came of it."""

    answer: TokenAnswer
    kind: ReplyKind

    @property
    def call(self) -> TokenCall:
        """The call itself."""
        return self.answer.call

    @property
    def worked(self) -> bool:
        """Whether Alexa would take the answer."""
        return self.kind == "tokens"

    @property
    def untold(self) -> bool:
        """Whether it says nothing about what was tried: the server was busy, or not reached, perhaps for a guard."""
        return self.kind in {"throttled", "guarded", "unreachable"}

    @property
    def shaky(self) -> bool:
        """Whether it may be an accident: a 5xx or no answer, which a server under load gives whatever it is asked."""
        return self.kind in {"broken", "silent"}

    @property
    def final(self) -> bool:
        """Whether it refuses what was asked, and not by accident."""
        return not (self.worked or self.untold or self.shaky)

    @property
    def error(self) -> str | None:
        """The OAuth error code of the answer."""
        return error_code(self.answer)

    @property
    def words(self) -> str:
        """The answer in a few words, to stand behind “was answered with”."""
        said = Exchange(self.answer, None).words.replace(".”", "”")
        match self.kind:
            case "silent" | "unreachable":
                return f"nothing ({self.call.failure})"
            case "empty":
                return "status 200 and an empty body"
            case "error with 200":
                return f"status 200 and the error {said}"
            case "odd" if self.call.status == 200:
                return f"status 200 and {self.answer.json_problem or 'no access token'}"
        return f"status {self.call.status}" + (f", {said}" if said and not self.worked else "")

    @property
    def may_be_stored(self) -> bool:
        """Whether no ``Cache-Control: no-store`` keeps caches from it (RFC 6749, section 5.1)."""
        said = (value for name, value in self.call.response_headers if name.lower() == "cache-control")
        return not any("no-store" in value.lower() for value in said)

    def token(self, name: str) -> str | None:
        """The label of ``access_token`` or ``refresh_token`` in the answer."""
        value = (self.answer.json or {}).get(name)
        return value if isinstance(value, str) and value else None

    def sent(self, name: str) -> str | None:
        """The form field ``name`` of the request."""
        return dict(parse_qsl(self.call.request_body)).get(name)

    def declares(self, name: str) -> float | None:
        """The seconds that ``name`` (``expires_in``) says, also where they are in a string; None where it says none."""
        value = (self.answer.json or {}).get(name)
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            return None
        try:
            seconds = float(value)
        except (ValueError, OverflowError):
            return None
        return seconds if math.isfinite(seconds) else None


def read_reply(call: TokenCall, *, guarded: bool = False) -> Reply:
    """``call`` of the token endpoint, read strictly and sorted; ``guarded`` where a guard is known to have answered."""
    answer = read_token_answer(call)
    return Reply(answer, "guarded" if guarded else _kind(answer))


def _kind(answer: TokenAnswer) -> ReplyKind:
    call, status = answer.call, answer.call.status
    if status is None:
        return "unreachable" if call.failure_kind in {"dns", "connect", "proxy", "here"} else "silent"
    if status == 429 or (status == 503 and any(name.lower() == "retry-after" for name, _ in call.response_headers)):
        return "throttled"
    if answer.succeeded:
        return "tokens"
    guard = challenge_of(call)
    if guard is not None and guard.confidence is Confidence.CERTAIN:
        return "guarded"  # what merely passed through a guard may be the server's own
    if status >= 500:
        return "broken"
    if status == 403:
        return "forbidden"
    if status >= 400:
        return "refused"
    if call.failure is not None:
        return "silent"
    if status != 200:
        return "odd"
    if not (call.response_body or "").strip():
        return "empty"
    return "error with 200" if answer.json is not None and "error" in answer.json else "odd"


def tries_access(call: TokenCall) -> bool:
    """Whether ``call`` tries an access token, at the resource or by introspection."""
    return call.endpoint in {"resource", "introspection"} and call.purpose != "introspect"


def token_accepted(call: TokenCall) -> bool | None:
    """Whether the resource, or the introspection endpoint, takes the token; None where it does not say."""
    status = call.status
    if status is None:
        return None
    if call.endpoint == "introspection":
        active = (read_token_answer(call).json or {}).get("active") if status == 200 else None
        return active if isinstance(active, bool) else None
    if 200 <= status < 300:
        return True
    return False if status in {401, 403} else None
