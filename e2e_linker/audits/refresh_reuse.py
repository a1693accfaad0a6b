"""A refresh that is repeated at once, or made twice at the same moment, does no harm."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

from e2e_linker.audits.base import Audit, Finding, Inconclusive, NotApplicable, Outcome, finding, verdict
from e2e_linker.audits.probing import probe_ref, ready, times, undisturbed
from e2e_linker.derive.probed import Probed
from e2e_linker.derive.rotation import Race, Reuse, races, reuses
from e2e_linker.model import Confidence, Depth

__all__ = ["AUDIT"]

RULE = "token-rotation-grace-30s"
_WHY = "Alexa may send a refresh twice."


def judge(probed: Probed) -> Outcome:
    """What the repeated refresh got, what the races got, and whether a refresh token works afterwards."""
    links = ready(probed, "reuse_soon", "race")
    if not isinstance(links, tuple):
        return links
    if not probed.refreshes:
        return Inconclusive(missing=("no refresh worked, so that a second one says nothing",))
    if _spent(probed):
        return NotApplicable(reason="a second refresh fails whenever it comes")
    again = next(iter(reuses(tuple(strand for strand in links if strand.probe == "reuse_soon"))), None)
    run = races(tuple(strand for strand in links if strand.probe == "race"))
    hurt = [race for race in run if race.losers or race.fatal]
    found: list[Finding] = []
    if again is not None and not again.again.untold and (again.fatal or not again.again.worked):
        found.append(_of_reuse(probed, again, hurt, len(run)))
    news = [race for race in hurt if again is None or not found or _is_news(race, again)]
    if news:
        found.append(_of_races(probed, news, len(run)))
    if found or (again is not None and not again.again.untold and any(race.told for race in run)):
        return undisturbed(probed, found)
    if again is not None and again.again.untold:
        return Inconclusive(missing=(f"the repeated refresh was answered with {again.again.words}",))
    if again is None:
        return Inconclusive(missing=("no refresh was repeated, because the first one did not work",))
    busy = [reply.words for race in run for reply in race.rivals if reply.untold]
    return (
        Inconclusive(missing=(f"the refreshes at the same moment were answered with {busy[0]}",))
        if busy
        else verdict(())
    )


def _spent(probed: Probed) -> bool:
    """Whether a refresh spends its token and brings no other, so that a second one fails whenever it comes."""
    for strand in probed.strands("refresh"):
        for before, reply in pairwise(strand.refreshes):
            if before.worked and not reply.worked and not reply.untold:
                return before.token("refresh_token") is None
    return False


def _of_reuse(probed: Probed, again: Reuse, hurt: list[Race], made: int) -> Finding:
    what = "Sending a refresh token again right after it was replaced" if again.rotated else "A second refresh at once"
    alike = [race for race in hurt if not _is_news(race, again)]
    too = f" The same happened in {times(len(alike), made, 'race')} of two refreshes at the same moment." * bool(alike)
    got = f"{what} was answered with {again.again.words}." if not again.again.worked else f"{what} works."
    calls = [again.first, *([again.after] if again.after else []), *(reply for race in alike for reply in race.losers)]
    return finding(
        RULE,
        f"{got} {again.aftermath}{too} {_WHY}",
        subject="family" if again.fatal else "reuse",
        at=probe_ref(probed, again.again.call),
        related=[probe_ref(probed, reply.call) for reply in calls],
    )


def _is_news(race: Race, again: Reuse) -> bool:
    """Whether a race shows more than the repetition did."""
    if again.again.worked:
        return not again.fatal or bool(race.losers)
    return (race.fatal and not again.fatal) or any(loser.kind != again.again.kind for loser in race.losers)


def _of_races(probed: Probed, hurt: list[Race], made: int) -> Finding:
    losers = [loser for race in hurt for loser in race.losers]
    said = Counter(loser.words for loser in losers)
    got = " and ".join(f"{words} ({_often(count)})" if len(said) > 1 else words for words, count in said.items())
    where = times(len([race for race in hurt if race.losers]), made, "race")
    lost = f"In {where} of two refreshes at the same moment, one was answered with {got}." if losers else ""
    dead = sum(race.fatal for race in hurt)
    ends = (
        f"After {times(dead, made, 'race')} no refresh token works any more: the customer is unlinked." if dead else ""
    )
    return finding(
        RULE,
        " ".join(text for text in (lost, ends, _WHY) if text),
        subject="race family" if dead else "race",
        at=probe_ref(probed, (losers or [hurt[0].after or hurt[0].rivals[0]])[0].call),
        related=[probe_ref(probed, reply.call) for race in hurt for reply in race.rivals],
        confidence=Confidence.CERTAIN if len(hurt) > 1 or made == 1 or dead else Confidence.LIKELY,
        fix="Let refreshes with the same token that come within 30 seconds all succeed, also at the same moment.",
    )


def _often(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


AUDIT = Audit(
    id="refresh-reuse",
    rules=(RULE,),
    title="A repeated refresh does no harm",
    failed_title="A repeated refresh fails or ends the link",
    scope="run",
    depth=Depth.STANDARD,
    judge=judge,
)
