"""A refresh token that was used stays usable for 30 seconds."""

from __future__ import annotations

from e2e_linker.alexa.facts import REFRESH_GRACE_SECONDS
from e2e_linker.audits.base import Audit, Finding, Inconclusive, NotApplicable, Outcome, finding, verdict
from e2e_linker.audits.probing import probe_ref, ready, reasons, undisturbed
from e2e_linker.audits.shared_links import alone
from e2e_linker.derive.probed import Probed
from e2e_linker.derive.rotation import Reuse, reuses
from e2e_linker.model import Depth

__all__ = ["AUDIT"]


@alone
def judge(probed: Probed) -> Outcome:
    """Five and 29 seconds after the first use. What fails at once already is told elsewhere."""
    at_once = reuses(probed.strands("reuse_soon"))
    if any(not reuse.again.worked and not reuse.again.untold for reuse in at_once):
        return NotApplicable(reason="a repeated refresh fails at once already")
    links = ready(probed, "reuse_5s", "reuse_29s")
    if not isinstance(links, tuple):
        return links
    links = tuple({strand.probe: strand for strand in links}.values())  # one that was begun anew counts once
    later = sorted(reuses(links), key=lambda reuse: reuse.waited_s)
    told = [reuse for reuse in later if reuse.again.worked or (reuse.again.final and not _is_late(reuse))]
    failed = next((reuse for reuse in told if reuse.again.final or reuse.fatal), None)
    if failed is not None:
        return undisturbed(probed, [_finding(probed, failed)])
    if not told or len(told) < len(links):
        why = list(reasons(probed, "reuse_5s", "reuse_29s"))
        why += [
            f"the refresh {reuse.waited_s:.0f} seconds later was answered with {reuse.again.words}"
            for reuse in later
            if reuse not in told
        ]
        return Inconclusive(missing=(why or ["a refresh that was to be repeated failed"])[:1])
    return verdict(())


def _is_late(reuse: Reuse) -> bool:
    """Whether refusing it is the server's good right by then."""
    return reuse.rotated and reuse.waited_s > REFRESH_GRACE_SECONDS


def _finding(probed: Probed, again: Reuse) -> Finding:
    seconds = f"{again.waited_s:.0f} seconds"
    got = f"was answered with {again.again.words}" if not again.again.worked else "works"
    at = probe_ref(probed, again.again.call)
    related = [probe_ref(probed, reply.call) for reply in (again.first, again.after) if reply]
    if again.rotated:
        text = f"Sending a refresh token again {seconds} after it was replaced {got}. {again.aftermath}"
        return finding("token-rotation-grace-30s", text, subject="grace", at=at, related=related)
    text = f"The refresh token, which is not replaced when used, worked at first; {seconds} later it {got}."
    return finding("token-refresh-late", text, subject="refresh token", at=at, related=related)


AUDIT = Audit(
    id="refresh-grace",
    rules=("token-rotation-grace-30s", "token-refresh-late"),
    title="A refresh token works for 30 seconds after its use",
    failed_title="A refresh token stops working within 30 seconds of its use",
    scope="run",
    depth=Depth.THOROUGH,
    judge=judge,
)
