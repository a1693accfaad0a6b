"""Linking or signing in again leaves the tokens of an earlier link alive."""

from __future__ import annotations

from collections.abc import Iterator

from e2e_linker.audits.base import Audit, Finding, Inconclusive, Outcome, finding, verdict
from e2e_linker.audits.probing import probe_ref, ready, reasons
from e2e_linker.audits.token_uses import refused
from e2e_linker.derive.lapses import is_met_by_all
from e2e_linker.derive.probed import Probed, Strand
from e2e_linker.derive.relinks import dead_access, dead_refresh, pair, spent_elsewhere
from e2e_linker.derive.replies import token_accepted
from e2e_linker.derive.shared_tokens import spoiler
from e2e_linker.evidence.token_calls import ProbeName, TokenCall
from e2e_linker.model import Confidence, Depth

__all__ = ["AUDIT"]

_AGAIN: dict[ProbeName, str] = {
    "relink": "Linking the account a second time",
    "relink_fresh": "Signing in and linking in another browser",
}

_SHARED = "The server gives several links of an account the same tokens, and ended one after another was refreshed"
_OWN_TOKENS = (
    "Give every link tokens of its own (in Doorkeeper by leaving out `reuse_access_token`): where they are shared, a "
    "refresh for one customer of a household, or for one skill, changes the tokens of all. Then test again whether a "
    "second link leaves the first one alive."
)


def judge(probed: Probed) -> Outcome:
    """The first of two links with one account, tried after the second: its access token and its refresh token."""
    links = ready(probed, *_AGAIN, refreshing=False)
    if not isinstance(links, tuple):
        return links
    found: list[Finding] = []
    spoilt: list[str] = []
    tried = missing = 0
    for probe in _AGAIN:
        made = pair(probed, probe)
        if made is None:
            missing += any(strand.calls for strand in probed.strands(probe))
            continue
        ended = list(_ended(probed, made[0], made[1]))
        if not ended and (shared := _ended_by_sharing(probed, made[1])):
            made, ended = (made[1], made[0]), shared
        other = _spoiler(probed, made[0], ended)
        ended = [dead for dead in ended if other is None or spoiler(probed, dead[1]) is None]
        if other and not ended:
            spoilt.append(f"{other.link}, which was tried meanwhile, was given the same tokens as {made[0].id}")
            continue
        tried += bool(ended or _works(made[0]))
        # One cause: a second link that ends the first does so from another browser too.
        if ended and not found:
            found.append(_finding(probed, probe, ended, made))
    if found:
        return verdict(found)
    if not tried or missing or spoilt:
        return Inconclusive(
            missing=(*reasons(probed, *_AGAIN), *spoilt)
            or ("the account could not be linked twice, or nothing showed what the links are worth",)
        )
    return verdict(())


def _ended(probed: Probed, first: Strand, second: Strand) -> Iterator[tuple[str, TokenCall]]:
    """What of the first link is dead. A refusal counts only where not every link meets it."""
    if (call := dead_access(probed, first)) is not None:
        yield f"its access token ({refused(call)})", call
    if (reply := dead_refresh(probed, first)) is not None and not is_met_by_all(probed, reply, second):
        yield f"its refresh token ({reply.words})", reply.call


def _ended_by_sharing(probed: Probed, second: Strand) -> list[tuple[str, TokenCall]]:
    """What of the second link is dead because the same tokens were refreshed for another one."""
    return [dead for dead in _ended(probed, second, second) if spent_elsewhere(probed, second, dead[1])]


def _spoiler(probed: Probed, first: Strand, ended: list[tuple[str, TokenCall]]) -> TokenCall | None:
    """What other than a mere refresh was done with the tokens of ``first`` for another link, and may have ended it."""
    dead = ended[0][1] if ended else None
    return None if dead is None or spent_elsewhere(probed, first, dead) else spoiler(probed, dead)


def _works(first: Strand) -> bool:
    return any(reply.worked for reply in first.refreshes) or any(token_accepted(call) for call in first.uses("use"))


def _finding(
    probed: Probed, probe: ProbeName, ended: list[tuple[str, TokenCall]], made: tuple[Strand, Strand]
) -> Finding:
    first, second = made
    exchange = [probe_ref(probed, second.exchange.call)] if second.exchange else []
    what = " and ".join(words for words, _ in ended)
    spent = spent_elsewhere(probed, first, ended[0][1])
    return finding(
        "token-no-early-invalidation",
        f"{_SHARED}: {what}." if spent else f"{_AGAIN[probe]} ends the first link: {what}.",
        subject="earlier link",
        at=probe_ref(probed, ended[0][1]),
        related=[
            *([probe_ref(probed, spent)] if spent else exchange),
            *(probe_ref(probed, call) for _, call in ended[1:]),
        ],
        confidence=Confidence.LIKELY if spent else Confidence.CERTAIN,
        fix=_OWN_TOKENS if spent else None,
    )


AUDIT = Audit(
    id="early-end",
    rules=("token-no-early-invalidation",),
    title="A second link leaves the first one alive",
    failed_title="Of two links of one account, one ends the other",
    scope="run",
    depth=Depth.STANDARD,
    judge=judge,
)
