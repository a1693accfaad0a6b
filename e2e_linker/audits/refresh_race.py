"""Two refreshes at the same moment both succeed."""

from __future__ import annotations

from collections import Counter

from e2e_linker.audits.base import Audit, Finding, Inconclusive, NotApplicable, Outcome, finding
from e2e_linker.audits.probing import probe_ref, ready, times, undisturbed
from e2e_linker.audits.screens import listed_in_words
from e2e_linker.audits.shared_links import alone
from e2e_linker.derive.lapses import refused_alone
from e2e_linker.derive.probed import Probed
from e2e_linker.derive.rotation import Race, drops_calls, races, reuses, spends_tokens
from e2e_linker.model import Confidence, Depth, Severity

__all__ = ["AUDIT"]

_OVERLAP = "Let refreshes with the same token that come within 30 seconds all succeed, also at the same moment."
_CRASH = (
    " Where it answers with a 5xx, the server itself failed: look in its log for the error of that moment, often a "
    "lock or a unique constraint on the tokens, and let the later refresh wait for the earlier one."
)


@alone
def judge(probed: Probed) -> Outcome:
    """Several races, told as counts; what a second refresh in a row meets as well is told there."""
    links = ready(probed, "race")
    if not isinstance(links, tuple):
        return links
    if not probed.refreshes:
        return Inconclusive(missing=("no refresh worked, so that two at the same moment say nothing",))
    if spends_tokens(probed):
        return NotApplicable(reason="a second refresh fails whenever it comes")
    if (single := refused_alone(probed)) is not None:
        return NotApplicable(reason=f"a refresh that is made alone is refused, too ({single.words})")
    made = races(links)
    again = next(iter(reuses(probed.strands("reuse_soon"))), None)
    hurt = [race for race in made if race.losers or race.fatal]
    news = [race for race in hurt if race.adds_to(again)]
    if news:
        return undisturbed(probed, [_finding(probed, news, len(made))])
    if hurt:
        return NotApplicable(reason="a second refresh meets the same when it comes after the first")
    if any(race.told for race in made):
        return undisturbed(probed, [])
    busy = [reply.words for race in made for reply in race.rivals if reply.untold]
    said = f"two refreshes at the same moment were answered with {busy[0]}" if busy else "no two refreshes were made"
    return Inconclusive(missing=(said,))


def _finding(probed: Probed, hurt: list[Race], made: int) -> Finding:
    losers = [loser for race in hurt for loser in race.losers]
    lost = ""
    if losers:
        where = times(sum(bool(race.losers) for race in hurt), made, "race")
        said = Counter(loser.words for loser in losers)
        got = " and ".join(f"{words} ({_often(count)})" if len(said) > 1 else words for words, count in said.items())
        lost = f"In {where} of two refreshes at the same moment, one was answered with {got}."
    dead = [race for race in hurt if race.fatal]
    ends = _ending(dead, made) if dead else ""
    crashed = not dead and all(loser.shaky for loser in losers)
    dropped = not dead and all(loser.kind == "silent" for loser in losers) and drops_calls(probed)
    accident = dropped or (crashed and len(hurt) == 1 < made)
    worst = (dead[0].after or dead[0].rivals[0]) if dead else losers[0]
    return finding(
        "token-rotation-grace-30s",
        " ".join(text for text in (lost, ends, "Alexa may send a refresh twice.") if text),
        subject="race family" if dead else "race",
        at=probe_ref(probed, worst.call),
        related=[probe_ref(probed, reply.call) for race in hurt for reply in race.rivals],
        severity=Severity.RECOMMENDED if accident else None,
        confidence=Confidence.POSSIBLE if accident else Confidence.CERTAIN if len(hurt) > 1 else Confidence.LIKELY,
        fix=_OVERLAP + _CRASH * any(loser.kind == "broken" for loser in losers),
        breakdown=crashed,
    )


def _ending(dead: list[Race], made: int) -> str:
    words = listed_in_words(list(dict.fromkeys(race.after.words for race in dead if race.after)))
    said = f" ({words})" if words else ""
    return f"After {times(len(dead), made, 'race')} no refresh token works any more{said}: the customer is unlinked."


def _often(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


AUDIT = Audit(
    id="refresh-race",
    rules=("token-rotation-grace-30s",),
    title="Two refreshes at the same moment both succeed",
    failed_title="Of two refreshes at the same moment one fails",
    scope="run",
    depth=Depth.STANDARD,
    judge=judge,
)
