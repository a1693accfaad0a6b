"""What becomes of a refresh token that is used a second time, in a row and at the same moment."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from e2e_linker.derive.guarded import is_blameless
from e2e_linker.derive.probed import Probed, Strand
from e2e_linker.derive.replies import Reply
from e2e_linker.evidence.token_calls import TokenCall

__all__ = ["Race", "Reuse", "drops_calls", "races", "repeats_nothing", "reuses", "spends_tokens"]

_UNREPEATED = frozenset({"refresh", "relink", "relink_fresh"})
"""The probes that send no refresh token twice that was replaced."""


@dataclass(frozen=True, slots=True)
class Reuse:
    """A refresh token that was spent, sent again; then the one that replaced it was tried."""

    rotated: bool
    """Whether the first refresh brought another refresh token."""
    first: Reply
    again: Reply
    after: Reply | None
    """The refresh with the newest refresh token; None where it was not made."""

    @property
    def waited_s(self) -> float:
        """Seconds between the two uses."""
        return (self.again.call.at - self.first.call.at).total_seconds()

    @property
    def fatal(self) -> bool:
        """Whether the new refresh token is dead afterwards."""
        return self.after is not None and self.after.final

    @property
    def aftermath(self) -> str:
        """What the newest refresh token is worth afterwards, as a sentence."""
        if self.after is not None and self.after.worked:
            return "The new refresh token goes on working."
        if self.after is None or not self.after.final:
            return "Whether the new refresh token still works was not seen."
        said = f"The new refresh token is dead from then on ({self.after.words})"
        return f"{said}: one repeated request unlinks the customer."


@dataclass(frozen=True, slots=True)
class Race:
    """Refreshes with one refresh token at the same moment, and one with the newest token afterwards."""

    rivals: tuple[Reply, ...]
    after: Reply | None

    @property
    def losers(self) -> tuple[Reply, ...]:
        """Those that brought nothing, though the server was not merely busy."""
        return tuple(reply for reply in self.rivals if not reply.worked and not reply.untold)

    @property
    def told(self) -> bool:
        """Whether both were really answered."""
        return not any(reply.untold for reply in self.rivals)

    @property
    def fatal(self) -> bool:
        """Whether no refresh token works afterwards: none came, or the newest one is dead."""
        if self.after is not None:
            return self.after.final
        return all(reply.final for reply in self.rivals)

    def adds_to(self, again: Reuse | None) -> bool:
        """Whether it shows harm that a second refresh in a row does not show."""
        if again is None or again.again.untold:
            return bool(self.losers) or self.fatal
        if again.again.worked:
            return bool(self.losers) or (self.fatal and not again.fatal)
        return (self.fatal and not again.fatal) or any(loser.kind != again.again.kind for loser in self.losers)


def reuses(strands: tuple[Strand, ...]) -> tuple[Reuse, ...]:
    """The links on which a first refresh worked and its refresh token was sent again."""
    found = []
    for strand in strands:
        again = next(iter(strand.replays), None)
        if again is None:
            continue
        first = next((reply for reply in strand.refreshes if reply.call.n < again.call.n and reply.worked), None)
        after = next((reply for reply in strand.refreshes if reply.call.n > again.call.n), None)
        if first is not None:
            new = first.token("refresh_token")
            found.append(Reuse(new not in (None, strand.refresh_token), first, again, after))
    return tuple(found)


def races(strands: tuple[Strand, ...]) -> tuple[Race, ...]:
    """The links on which two refreshes were made at the same moment."""
    found = []
    for strand in strands:
        steps = sorted({reply.call.step for reply in strand.refreshes})
        groups = [tuple(reply for reply in strand.refreshes if reply.call.step == step) for step in steps]
        rivals = next((group for group in groups if len(group) > 1), None)
        if rivals is not None:
            later = [reply for reply in strand.refreshes if reply.call.step > rivals[0].call.step]
            found.append(Race(rivals, next(iter(later), None)))
    return tuple(found)


def spends_tokens(probed: Probed) -> bool:
    """Whether a refresh leaves no token that works: it spends its own, and the one it brings, if any, is refused.

    Then a second refresh fails whenever it comes, and it is not repeating one that ends the link.
    """
    for strand in probed.strands("refresh"):
        for before, reply in pairwise(strand.refreshes):
            if before.worked and reply.final:
                return before.token("refresh_token") in (None, reply.sent("refresh_token"))
    return False


def drops_calls(probed: Probed) -> bool:
    """Whether calls that repeat nothing, and ask for what a server has to give, were left without an answer, too."""
    return any(reply.kind == "silent" and repeats_nothing(reply.call) for reply in probed.replies)


def repeats_nothing(call: TokenCall) -> bool:
    """Whether ``call`` asks for what a server has to give, and was not sent before."""
    return is_blameless(call) or (call.purpose == "refresh" and call.probe in _UNREPEATED)
