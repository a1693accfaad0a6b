"""A refresh leaves the access token before it alive."""

from __future__ import annotations

from e2e_linker.audits.base import Audit, NotApplicable, Outcome, finding
from e2e_linker.audits.probing import probe_ref, ready, undisturbed
from e2e_linker.audits.shared_links import alone
from e2e_linker.audits.token_uses import first_refused, refused
from e2e_linker.derive.probed import Probed, Strand
from e2e_linker.derive.replies import token_accepted
from e2e_linker.evidence.token_calls import TokenCall
from e2e_linker.model import Depth

__all__ = ["AUDIT"]


@alone
def judge(probed: Probed) -> Outcome:
    """The access tokens before the first and the second refresh, tried afterwards."""
    links = ready(probed, "refresh")
    if not isinstance(links, tuple):
        return links
    if not any(reply.worked for reply in links[0].refreshes):
        return NotApplicable(reason="refreshing does not work")
    dead = first_refused(probed, _good_before(links[0]))
    if not isinstance(dead, TokenCall):
        return dead
    ends = "The first use of the access token of a refresh" if _newer_used(links[0], dead) else "A refresh"
    return undisturbed(
        probed,
        [
            finding(
                "token-previous-access-valid",
                f"{ends} ends the access token before it: {refused(dead)}. A command that is on its way with it fails.",
                subject="previous access token",
                at=probe_ref(probed, dead),
                related=[probe_ref(probed, reply.call) for reply in links[0].refreshes[:1]],
            )
        ],
    )


def _newer_used(link: Strand, dead: TokenCall) -> bool:
    """Whether the newer access token was used before ``dead``, and an earlier one outlived a refresh without that."""
    outlived = any(token_accepted(call) for call in link.uses("use_previous") if call.step < dead.step)
    return outlived and any(call.step < dead.step for call in link.uses("use"))


def _good_before(link: Strand) -> tuple[TokenCall, ...]:
    """The trials of tokens that were good before: the exchange's, and a refresh's where the newest one is taken."""
    tried = link.uses("use_previous")
    newest = next(iter(link.uses("use")[-1:]), None)
    return tried[:1] if newest is not None and token_accepted(newest) is False else tried


AUDIT = Audit(
    id="previous-access",
    rules=("token-previous-access-valid",),
    title="A refresh leaves the previous access token alive",
    failed_title="A refresh ends the previous access token",
    scope="run",
    depth=Depth.STANDARD,
    judge=judge,
)
