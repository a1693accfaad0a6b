"""Whether a second link of the same account ends the first one."""

from __future__ import annotations

from e2e_linker.derive.probed import Probed, Strand
from e2e_linker.derive.refresh_lifetimes import is_outlived
from e2e_linker.derive.replies import Reply, token_accepted
from e2e_linker.evidence.token_calls import TokenCall

__all__ = ["dead_access", "dead_refresh", "logins_end_links", "pair"]


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
    """The refresh of the first link that was refused in its time, at a server where others succeed."""
    failed = (reply for reply in first.refreshes if reply.final and not is_outlived(first, reply))
    return next(failed, None) if probed.refreshes else None


def logins_end_links(probed: Probed) -> bool:
    """Whether a probe's link may be dead merely because another case has logged in since.

    Where already a second link ends the first, probes are made one by one and do not disturb each other.
    """
    again, elsewhere = pair(probed, "relink"), pair(probed, "relink_fresh")
    return not _ends(probed, again) and _ends(probed, elsewhere)


def _ends(probed: Probed, links: tuple[Strand, Strand] | None) -> bool:
    return links is not None and bool(dead_access(probed, links[0]) or dead_refresh(probed, links[0]))
