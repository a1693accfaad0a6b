"""The kinds of misuse of the token endpoint that are tried, and how each is to be refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from e2e_linker.evidence.token_calls import ProbeName
from e2e_linker.model import Severity

__all__ = ["ADVICE", "MISUSES", "Misuse"]

ADVICE = Severity.RECOMMENDED
_CLIENT = frozenset({"invalid_client", "unauthorized_client"})
_BAD_REQUEST, _UNAUTHORIZED = 400, 401


@dataclass(frozen=True, slots=True)
class Misuse:
    """A request that no token endpoint may take, and what the right answer is."""

    what: str
    right: frozenset[str]
    """The error codes for it."""
    tolerated: frozenset[str] = frozenset()
    """Codes that are arguable; worth advice at most."""
    severity: Severity | None = ADVICE
    """Of another code and of a crash; None is the rule's own. Alexa itself never sends most of these."""
    taken: Severity | None = None
    """Of tokens that came all the same."""

    @property
    def status(self) -> int:
        """The status for it."""
        return _UNAUTHORIZED if self.right == _CLIENT else _BAD_REQUEST

    @property
    def fix(self) -> str:
        """What to do about any other answer."""
        return f"Refuse {self.what} with status {self.status} and {' or '.join(sorted(self.right))}."


MISUSES: Final[Mapping[ProbeName, Misuse]] = MappingProxyType(
    {
        "bad_refresh_token": Misuse(
            "a refresh token that does not exist", frozenset({"invalid_grant"}), frozenset({"invalid_request"}), None
        ),
        "wrong_client": Misuse("a client id that does not exist", _CLIENT),
        # A public client has no secret to be wrong; whoever registered Alexa as one is free to ignore it. Auth0 says
        # access_denied, which is not the code for it, but unlinks nobody.
        "wrong_secret": Misuse(
            "a wrong client secret", _CLIENT, frozenset({"invalid_request", "access_denied"}), None, ADVICE
        ),
        "garbage_grant": Misuse("a grant type that does not exist", frozenset({"unsupported_grant_type"})),
        "missing_code": Misuse("an exchange without a code", frozenset({"invalid_request"})),
        "missing_refresh_token": Misuse("a refresh without a refresh token", frozenset({"invalid_request"})),
    }
)
"""By the probe that tries them."""
