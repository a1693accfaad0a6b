"""Links that were given the same tokens, and what one of them may have ended for the others."""

from __future__ import annotations

from e2e_linker.derive.probed import Probed
from e2e_linker.derive.replies import Reply, tries_access
from e2e_linker.evidence.token_calls import TokenCall

__all__ = ["spoiler"]

_NAMES = ("access_token", "refresh_token")
_SPENDING = frozenset({"refresh", "replay"})


def spoiler(probed: Probed, call: TokenCall) -> TokenCall | None:
    """The first call of another link that may have ended what ``call`` tried, as both links have the same tokens.

    None on a server that gives every link tokens of its own. What was spent before the link of ``call`` was made does
    not count: it was given what was good then.
    """
    made = next((reply.call.n for reply in _brought(probed, call.link)), None)
    mine = _held(probed, call.link, call.n)
    if call.link is None or made is None or not mine:
        return None
    for reply in probed.replies:
        other = reply.call
        if other.link in {None, call.link} or other.purpose not in _SPENDING or not made < other.n < call.n:
            continue
        same = mine & _held(probed, other.link, other.n)
        if any(_may_end(reply, name, tries_access(call)) for name, _ in same):
            return other
    return None


def _may_end(reply: Reply, shared: str, access: bool) -> bool:
    """Whether ``reply`` may have cost a link that has the same token ``shared`` what it tried (``access``: a token).

    A refused refresh may make a server suspect theft and revoke what goes with the token; one that works ends what it
    replaces. A refresh token that stays what it is was not ended by being used.
    """
    if reply.final:
        return access or shared == "refresh_token"
    if access:
        return reply.worked
    new = reply.token("refresh_token")
    return shared == "refresh_token" and reply.worked and new not in {None, reply.sent("refresh_token")}


def _brought(probed: Probed, link: str | None) -> list[Reply]:
    """The answers that brought ``link`` tokens, from its exchange on."""
    mine = [reply for reply in probed.replies if link is not None and reply.call.link == link and reply.worked]
    return mine if mine and mine[0].call.purpose == "exchange" else []


def _held(probed: Probed, link: str | None, before: int) -> set[tuple[str, str]]:
    """The tokens that ``link`` was given before the call ``before``."""
    given = [reply for reply in _brought(probed, link) if reply.call.n < before]
    return {(name, token) for reply in given for name in _NAMES if (token := reply.token(name))}
