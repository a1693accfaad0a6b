"""A refresh that is repeated at once does no harm."""

from __future__ import annotations

from e2e_linker.audits.base import Audit, Finding, Inconclusive, NotApplicable, Outcome, finding
from e2e_linker.audits.probing import probe_ref, ready, times, undisturbed
from e2e_linker.audits.shared_links import alone
from e2e_linker.derive.probed import Probed
from e2e_linker.derive.rotation import Race, Reuse, drops_calls, races, reuses, spends_tokens
from e2e_linker.model import Confidence, Depth, Severity

__all__ = ["AUDIT"]

_DROPPED = " Calls that repeat nothing got no answer either."


@alone
def judge(probed: Probed) -> Outcome:
    """What the repeated refresh got, and whether the newest refresh token works afterwards."""
    links = ready(probed, "reuse_soon")
    if not isinstance(links, tuple):
        return links
    if spends_tokens(probed):
        return NotApplicable(reason="a second refresh fails whenever it comes")
    again = next(iter(reuses(links)), None)
    if again is None:
        first = [f"the first one was answered with {reply.words}" for reply in links[0].refreshes if not reply.worked]
        return Inconclusive(missing=("no refresh was repeated; " + (first[0] if first else "none was made"),))
    if again.again.untold:
        return Inconclusive(missing=(f"the repeated refresh was answered with {again.again.words}",))
    if again.again.worked and again.after is not None and again.after.untold:
        return Inconclusive(missing=(f"the refresh after the repeated one was answered with {again.after.words}",))
    harmless = again.again.worked and not again.fatal
    return undisturbed(probed, [] if harmless else [_finding(probed, again)])


def _finding(probed: Probed, again: Reuse) -> Finding:
    made = races(probed.strands("race"))
    alike = [race for race in made if _is_alike(race, again)]
    what = "Sending a refresh token again right after it was replaced" if again.rotated else "A second refresh at once"
    got = f"{what} was answered with {again.again.words}." if not again.again.worked else f"{what} works."
    where = times(len(alike), len(made), "race")
    too = f" The same happened in {where} of two refreshes at the same moment." if alike else ""
    calls = [again.first, *([again.after] if again.after else []), *(reply for race in alike for reply in race.losers)]
    dropped = again.again.kind == "silent" and drops_calls(probed)
    accident = again.again.shaky and (dropped or not alike)
    return finding(
        "token-rotation-grace-30s",
        f"{got} {again.aftermath}{too}{dropped * _DROPPED} Alexa may send a refresh twice.",
        subject="family" if again.fatal else "reuse",
        at=probe_ref(probed, again.again.call),
        related=[probe_ref(probed, reply.call) for reply in calls],
        severity=Severity.RECOMMENDED if accident else None,
        confidence=Confidence.POSSIBLE if accident else Confidence.CERTAIN,
        breakdown=again.again.shaky and not again.fatal,
    )


def _is_alike(race: Race, again: Reuse) -> bool:
    return (bool(race.losers) or race.fatal) and not race.adds_to(again)


AUDIT = Audit(
    id="refresh-reuse",
    rules=("token-rotation-grace-30s",),
    title="A repeated refresh does no harm",
    failed_title="A repeated refresh is not answered as Alexa needs it",
    scope="run",
    depth=Depth.STANDARD,
    judge=judge,
)
