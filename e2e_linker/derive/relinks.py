"""Whether a second link of the same account ends the first one."""

from __future__ import annotations

from e2e_linker.derive.lapses import lapses
from e2e_linker.derive.probed import Probed, Strand
from e2e_linker.derive.refresh_lifetimes import is_outlived
from e2e_linker.derive.replies import Reply, token_accepted
from e2e_linker.derive.shared_tokens import spoiler
from e2e_linker.evidence.token_calls import TokenCall

__all__ = ["dead_access", "dead_refresh", "logins_end_links", "pair", "spent_elsewhere"]


def pair(probed: Probed, probe: str) -> tuple[Strand, Strand] | None:
    """The two links of ``probe`` (``relink``, ``relink_fresh``), where both brought tokens."""
    made = [strand for strand in probed.strands("relink", "relink_fresh") if strand.probe == probe]
    good = [strand for strand in made if strand.exchange and strand.exchange.worked]
    return (good[0], good[1]) if len(good) > 1 else None


def dead_access(probed: Probed, first: Strand) -> TokenCall | None:
    """The trial in which the first link's access token was refused, by a resource that takes others."""
    refused = (call for call in first.uses("use") if token_accepted(call) is False)
    return next(refused, None) if probed.takes_tokens else None


def dead_refresh(probed: Probed, first: Strand) -> Reply | None:
    """The refresh of the first link that was refused in its time, at a server where others succeed.

    None at a server that takes refused refresh tokens later: with it none is known to be dead.
    """
    failed = (reply for reply in first.refreshes if reply.final and not is_outlived(first, reply))
    return next(failed, None) if probed.refreshes and not lapses(probed) else None


def spent_elsewhere(probed: Probed, first: Strand, before: TokenCall) -> TokenCall | None:
    """The refresh of another link that was made with the refresh token of ``first`` between its code and ``before``.

    Only a server that gives several links of an account the same tokens leaves one.
    """
    mine, exchange = first.refresh_token, first.exchange
    if mine is None or exchange is None:
        return None
    taken = (one.call for one in probed.replies if one.worked and one.sent("refresh_token") == mine)
    others = (call for call in taken if call.link not in {None, first.id})
    return next((call for call in others if exchange.call.n < call.n < before.n), None)


def logins_end_links(probed: Probed) -> bool:
    """Whether a probe's link may be dead merely because another case has logged in since.

    Where already a second link ends the first, probes are made one by one and do not disturb each other.
    """
    again, elsewhere = pair(probed, "relink"), pair(probed, "relink_fresh")
    return not _ends(probed, again) and _ends(probed, elsewhere)


def _ends(probed: Probed, links: tuple[Strand, Strand] | None) -> bool:
    if links is None:
        return False
    reply = dead_refresh(probed, links[0])
    dead = (dead_access(probed, links[0]), reply.call if reply else None)
    return any(call is not None and spoiler(probed, call) is None for call in dead)
