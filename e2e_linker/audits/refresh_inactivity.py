"""Refresh tokens that are replaced at every use are declared to live a year without use."""

from __future__ import annotations

from e2e_linker.alexa.facts import REFRESH_IDLE_SECONDS, REFRESH_TOKEN_SECONDS
from e2e_linker.audits.base import Audit, NotApplicable, Outcome, finding, verdict
from e2e_linker.audits.lifetimes import falls_short, span
from e2e_linker.audits.probing import probe_ref, ready
from e2e_linker.derive.probed import Probed
from e2e_linker.derive.refresh_lifetimes import declared_refresh_s
from e2e_linker.model import Confidence, Depth

__all__ = ["AUDIT"]


def judge(probed: Probed) -> Outcome:
    """With rotation the declared lifetime is how long a link may lie idle; below 180 days another rule has spoken."""
    links = ready(probed, "refresh")
    if not isinstance(links, tuple):
        return links
    first = next((reply for reply in links[0].refreshes if reply.worked), None)
    if first is None:
        return NotApplicable(reason="refreshing does not work")
    if first.token("refresh_token") in (None, links[0].refresh_token):
        unseen = "refresh tokens are not replaced: whether their use prolongs their life cannot be told"
        return NotApplicable(reason=unseen)
    declared = declared_refresh_s(first)
    if declared is None:
        unsaid = "no answer says how long an unused refresh token lives: look for a year in the server's settings"
        return NotApplicable(reason=unsaid)
    name, lifetime = declared
    call = first.call
    if falls_short(lifetime, REFRESH_TOKEN_SECONDS, call) or not falls_short(lifetime, REFRESH_IDLE_SECONDS, call):
        return verdict(())
    return verdict(
        [
            finding(
                "token-refresh-inactivity-1y",
                f"Every refresh brings a refresh token that is declared to live {span(lifetime)} ({name} "
                f"{lifetime:.15g}); a link that lies idle for longer is lost. Amazon advises a year.",
                subject=name,
                at=probe_ref(probed, first.call),
                confidence=Confidence.LIKELY,
            )
        ]
    )


AUDIT = Audit(
    id="refresh-inactivity",
    rules=("token-refresh-inactivity-1y",),
    title="Unused refresh tokens are declared to live a year",
    failed_title="Unused refresh tokens are declared to live less than a year",
    scope="run",
    depth=Depth.STANDARD,
    judge=judge,
)
