"""The access token that a refresh brings is good for something."""

from __future__ import annotations

from e2e_linker.audits.base import Audit, NotApplicable, Outcome, finding
from e2e_linker.audits.probing import probe_ref, ready, undisturbed
from e2e_linker.audits.shared_links import alone
from e2e_linker.audits.token_uses import first_refused, refused
from e2e_linker.derive.probed import Probed
from e2e_linker.evidence.token_calls import TokenCall
from e2e_linker.model import Depth

__all__ = ["AUDIT"]


@alone
def judge(probed: Probed) -> Outcome:
    """The newest access token at ``linker.resource`` or the introspection endpoint."""
    links = ready(probed, "refresh")
    if not isinstance(links, tuple):
        return links
    if not all(reply.worked for reply in links[0].refreshes):
        return NotApplicable(reason="refreshing does not work")
    last = first_refused(probed, links[0].uses("use")[-1:])
    if not isinstance(last, TokenCall):
        return last
    return undisturbed(
        probed,
        [
            finding(
                "token-refresh-works",
                f"The access token of the last refresh is good for nothing: {refused(last)}, "
                "which takes other access tokens.",
                subject="refreshed access token",
                at=probe_ref(probed, last),
                related=[probe_ref(probed, reply.call) for reply in links[0].refreshes[-1:]],
                fix="Issue the access token of a refresh with the same audience, scope and storage as the first one.",
            )
        ],
    )


AUDIT = Audit(
    id="refreshed-token",
    rules=("token-refresh-works",),
    title="The access token of a refresh is accepted",
    failed_title="The access token of a refresh is refused",
    scope="run",
    depth=Depth.STANDARD,
    judge=judge,
)
