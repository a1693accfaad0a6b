"""Whether a second link of the same account ends the first one."""

from __future__ import annotations

from e2e_linker.derive.probed import Probed, Strand
from e2e_linker.derive.replies import Reply, token_accepted
from e2e_linker.evidence.token_calls import TokenCall

__all__ = ["dead_access", "dead_refresh", "links_end_each_other", "pair"]


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
    """The refresh of the first link that failed, at a server where others succeed."""
    failed = (reply for reply in first.refreshes if not reply.worked and not reply.untold)
    return next(failed, None) if probed.refreshes else None


def links_end_each_other(probed: Probed) -> bool:
    """Whether a probe's link may be dead merely because another probe has linked since."""
    pairs = [found for probe in ("relink", "relink_fresh") if (found := pair(probed, probe))]
    return any(dead_access(probed, first) or dead_refresh(probed, first) for first, _ in pairs)
