"""A refresh leaves the access token before it alive."""

from __future__ import annotations

from e2e_linker.audits.base import Audit, Inconclusive, NotApplicable, Outcome, finding, verdict
from e2e_linker.audits.probing import probe_ref, ready, undisturbed
from e2e_linker.audits.token_uses import NOWHERE, refused, unsaid
from e2e_linker.derive.probed import Probed
from e2e_linker.derive.replies import token_accepted
from e2e_linker.model import Depth

__all__ = ["AUDIT"]


def judge(probed: Probed) -> Outcome:
    """The access tokens before the first and the second refresh, tried afterwards."""
    links = ready(probed, "refresh")
    if not isinstance(links, tuple):
        return links
    if not any(reply.worked for reply in links[0].refreshes):
        return NotApplicable(reason="refreshing does not work")
    tried = links[0].uses("use_previous")
    if not tried:
        return NotApplicable(reason=NOWHERE)
    dead = [call for call in tried if token_accepted(call) is False]
    if not dead:
        unclear = [call for call in tried if token_accepted(call) is None]
        return Inconclusive(missing=(unsaid(unclear[0]),)) if unclear else verdict(())
    if not probed.takes_tokens:
        return Inconclusive(missing=(f"{refused(dead[0])}; so is every other access token: is this the right place?",))
    return undisturbed(
        probed,
        [
            finding(
                "token-previous-access-valid",
                f"A refresh ends the access token before it: {refused(dead[0])}. "
                "A command that is on its way with it fails.",
                subject="previous access token",
                at=probe_ref(probed, dead[0]),
                related=[probe_ref(probed, reply.call) for reply in links[0].refreshes[:1]],
            )
        ],
    )


AUDIT = Audit(
    id="previous-access",
    rules=("token-previous-access-valid",),
    title="A refresh leaves the previous access token alive",
    failed_title="A refresh ends the previous access token",
    scope="run",
    depth=Depth.STANDARD,
    judge=judge,
)
