"""The battery of probes, read: what was done with which link, and what was answered."""

from __future__ import annotations

from dataclasses import dataclass

from e2e_linker.derive.base import fact
from e2e_linker.derive.guarded import blanket_refusals
from e2e_linker.derive.replies import Reply, read_reply, token_accepted, tries_access
from e2e_linker.evidence.models import Present, RunEvidence
from e2e_linker.evidence.parts import why_missing
from e2e_linker.evidence.token_calls import ProbedLink, ProbeName, TokenBattery, TokenCall
from e2e_linker.model import Grant

__all__ = ["Probed", "Strand", "probed"]


@dataclass(frozen=True, slots=True)
class Strand:
    """One link that was made for a probe, and all that was done with it, in order."""

    id: str
    probe: ProbeName
    link: ProbedLink | None
    calls: tuple[TokenCall, ...]
    guarded: frozenset[int] = frozenset()
    """The numbers of calls of the run that a guard refused, as it did everybody's."""

    def replies(self, purpose: str) -> tuple[Reply, ...]:
        """The calls of the token endpoint for ``purpose``."""
        return tuple(
            read_reply(call, guarded=call.n in self.guarded)
            for call in self.calls
            if call.endpoint == "token" and call.purpose == purpose
        )

    @property
    def exchange(self) -> Reply | None:
        """The redemption of the link's code."""
        return next(iter(self.replies("exchange")), None)

    @property
    def refreshes(self) -> tuple[Reply, ...]:
        """Its refreshes, in order."""
        return self.replies("refresh")

    @property
    def replays(self) -> tuple[Reply, ...]:
        """What was sent once more."""
        return self.replies("replay")

    @property
    def refresh_token(self) -> str | None:
        """The label of the refresh token that the redemption brought."""
        return self.exchange.token("refresh_token") if self.exchange and self.exchange.worked else None

    def uses(self, purpose: str) -> tuple[TokenCall, ...]:
        """The trials for ``purpose``: of an access token for ``use`` or ``use_previous``, else ``introspect``."""
        return tuple(call for call in self.calls if call.endpoint != "token" and call.purpose == purpose)


@dataclass(frozen=True, slots=True)
class Probed:
    """What the probes did; ``missing`` says why there is nothing, where there is nothing."""

    grant: Grant | None
    battery: TokenBattery | None
    missing: str
    guarded: frozenset[int] = frozenset()
    """The numbers of calls that a guard refused, as it did everybody's, without a mark by which it is known."""

    @property
    def replies(self) -> tuple[Reply, ...]:
        """All calls of the token endpoint, in order."""
        calls = self.battery.calls if self.battery else ()
        return tuple(read_reply(call, guarded=call.n in self.guarded) for call in calls if call.endpoint == "token")

    def strands(self, *probes: ProbeName) -> tuple[Strand, ...]:
        """The links of ``probes`` with their calls; those that brought no code have none."""
        if self.battery is None:
            return ()
        calls = [call for call in self.battery.of(*probes) if call.link and call.probe]
        known = {link.id: link for link in self.battery.links if link.probe in probes}
        ids = dict.fromkeys([*known, *(call.link for call in calls if call.link)])
        found = {id_: tuple(call for call in calls if call.link == id_) for id_ in ids}
        named = {id_: known[id_].probe if id_ in known else mine[0].probe for id_, mine in found.items()}
        return tuple(
            Strand(id_, name, known.get(id_), mine, self.guarded)
            for id_, mine in found.items()
            if (name := named[id_]) is not None
        )

    @property
    def takes_tokens(self) -> bool:
        """Whether the resource took any access token at all, so that its refusing one means something."""
        return self.battery is not None and any(
            tries_access(call) and token_accepted(call) for call in self.battery.calls
        )

    @property
    def refreshes(self) -> bool:
        """Whether any refresh worked at all, so that a refusal of one means something.

        Not that of a link of before a migration: it was made elsewhere, by another client.
        """
        calls = (call for call in (self.battery.calls if self.battery else ()) if call.probe != "migration")
        return any(call.endpoint == "token" and call.purpose == "refresh" and read_reply(call).worked for call in calls)


@fact
def probed(run: RunEvidence) -> Probed:
    """The probes of the run."""
    part = run.battery
    if isinstance(part, Present):
        return Probed(run.skill.grant, part.value, "", blanket_refusals(part.value.calls))
    return Probed(run.skill.grant, None, why_missing(part))
