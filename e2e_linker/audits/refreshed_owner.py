"""Whether a refresh brings the access token of another user than the one who linked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from e2e_linker.audits.base import Finding, finding
from e2e_linker.audits.probing import probe_ref
from e2e_linker.derive.probed import Probed, Strand
from e2e_linker.derive.replies import token_accepted
from e2e_linker.derive.tokens import read_token_answer
from e2e_linker.evidence.token_calls import TokenCall

__all__ = ["HARM", "LONGEST_NAME", "WHO", "another_user", "said_of"]

HARM = "A customer controls somebody else's devices"
WHO = ("sub", "user_id", "username", "preferred_username", "email")
"""Members of a user info or introspection answer that name the user; the first that both answers have counts."""
LONGEST_NAME = 60
_NAMES = (*WHO, "user")
_FIX = (
    "Keep the user with the refresh token, and issue every access token that it brings to this user. Look for a lookup "
    "by the client alone, or in a session, a cache or a default."
)


def said_of(call: TokenCall) -> Mapping[str, Any]:
    """The members of the answer to ``call``; none where it is no object."""
    return read_token_answer(call).json or {}


def another_user(probed: Probed) -> Finding | None:
    """The finding where the token of a refresh names another user than that of an exchange; None where none does."""
    for strand in probed.strands("refresh"):
        first = [call for call in _of_exchanges(probed, strand) if token_accepted(call)]
        before = next(iter(first), None)
        later = (*strand.uses("use_previous")[1:], *strand.uses("use"))
        refreshed = [call for call in later if before and call.url == before.url and token_accepted(call)]
        known = [call for call in first if before and call.url == before.url]
        steady = frozenset(name for name in _NAMES if _is_steady(name, known, refreshed))
        for after in refreshed:
            if before and (name := _differing(said_of(before), said_of(after), steady)) is not None:
                return _found(probed, strand, before, after, name)
    return None


def _of_exchanges(probed: Probed, strand: Strand) -> Iterator[TokenCall]:
    """The trials of access tokens that an exchange of the first account brought, the strand's own first."""
    yield from strand.uses("use_previous")[:1]
    for other in probed.strands("relink", "relink_fresh", "code_twice"):
        yield from other.uses("use")


def _is_steady(name: str, known: list[TokenCall], refreshed: list[TokenCall]) -> bool:
    """Whether the member ``name`` is one user's in all tokens: some servers name each token's owner by a pseudonym."""
    calls = known if len(known) > 1 else refreshed
    return len({user for call in calls if (user := _user(said_of(call).get(name))) is not None}) < 2


def _differing(before: Mapping[str, Any], after: Mapping[str, Any], steady: frozenset[str]) -> str | None:
    """The first ``steady`` member that names another user, where no other member says that they are one."""
    both = [(name, _user(before.get(name)), _user(after.get(name))) for name in _NAMES]
    named = [(name, one, other) for name, one, other in both if one is not None and other is not None]
    if any(one == other for _, one, other in named):
        return None
    return next((name for name, _, _ in named if name in steady), None)


def _user(value: Any) -> str | None:
    """The user that ``value`` names, however it is spelt; None where it names none."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    return str(value).strip().casefold() or None


def _found(probed: Probed, strand: Strand, before: TokenCall, after: TokenCall, name: str) -> Finding:
    one, other = (str(said_of(call)[name])[:LONGEST_NAME] for call in (before, after))
    return finding(
        "token-identifies-user",
        f"{HARM}: a refresh of {strand.id} brought the access token of another user. The token of the exchange is that "
        f"of “{one}” ({name}), the refreshed one that of “{other}”.",
        subject="refreshed token",
        at=probe_ref(probed, after),
        related=[probe_ref(probed, before), *(probe_ref(probed, reply.call) for reply in strand.refreshes[:1])],
        fix=_FIX,
    )
