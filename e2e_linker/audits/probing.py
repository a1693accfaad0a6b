"""What the audits of the probes share: which links can be judged, and why none can."""

from __future__ import annotations

import re
from collections.abc import Iterable

from e2e_linker.audits.base import EvidenceRef, Failed, Finding, Inconclusive, NotApplicable, Outcome, verdict
from e2e_linker.derive.probed import Probed, Strand
from e2e_linker.derive.relinks import logins_end_links
from e2e_linker.evidence.token_calls import ProbeName, TokenCall
from e2e_linker.model import Grant

__all__ = ["ordinal", "probe_ref", "ready", "reasons", "times", "undisturbed", "unmade"]

_OF_CHOICE = re.compile(r"linker\.\w+ is not \w+|only made at --depth \w+|PKCE is off .*")
"""A probe that was left out because a setting does not ask for it is no gap in what was asked for.

The whole reason says so: what stopped a walk may name a setting as well.
"""


def unmade(probed: Probed, *probes: ProbeName) -> NotApplicable | Inconclusive | None:
    """Why none of ``probes`` left anything; None where one did."""
    if probed.grant is Grant.IMPLICIT:
        return NotApplicable(reason="the implicit grant has no token endpoint")
    battery = probed.battery
    if battery is None:
        return Inconclusive(missing=(probed.missing,))
    if any(strand.calls for strand in probed.strands(*probes)):
        return None
    why = tuple(reasons(probed, *probes))
    if why and all(_OF_CHOICE.fullmatch(reason) for reason in why):
        return NotApplicable(reason="; ".join(why))
    return Inconclusive(missing=why or (f"the probe {probes[0]} left nothing",))


def reasons(probed: Probed, *probes: ProbeName) -> Iterable[str]:
    """What kept ``probes``, or links of theirs, from being made, each once."""
    battery = probed.battery
    if battery is None:
        return ()
    found = [why for probe in probes if (why := battery.why_skipped(probe))]
    for link in battery.links:
        if link.probe in probes and link.problem and not any(link.problem in why for why in found):
            found.append(f"{link.id}: {link.problem}")
    return dict.fromkeys(found)


def ready(
    probed: Probed, *probes: ProbeName, refreshing: bool = True
) -> tuple[Strand, ...] | NotApplicable | Inconclusive:
    """The links of ``probes`` that brought tokens (with ``refreshing``: a refresh token too), or why there are none."""
    if (missing := unmade(probed, *probes)) is not None:
        return missing
    made = [strand for strand in probed.strands(*probes) if strand.exchange is not None]
    redeemed = [strand for strand in made if strand.exchange and strand.exchange.worked]
    if not redeemed:
        said = {
            f"{strand.id}: the code was answered with {strand.exchange.words}" for strand in made if strand.exchange
        }
        return Inconclusive(missing=tuple(sorted(said)) or (f"no link was made for {probes[0]}",))
    found = tuple(strand for strand in redeemed if strand.refresh_token or not refreshing)
    return found or NotApplicable(reason="the code brings no refresh token")


def undisturbed(probed: Probed, findings: Iterable[Finding]) -> Outcome:
    """The verdict of ``findings`` about one link, which count only where the logins of other cases leave it alone."""
    outcome = verdict(findings)
    if isinstance(outcome, Failed) and logins_end_links(probed):
        why = "each login ends earlier links, and other cases log in meanwhile, so a failure on one link says nothing"
        return Inconclusive(missing=(why,))
    return outcome


def probe_ref(probed: Probed, call: TokenCall) -> EvidenceRef:
    """The call of a probe."""
    return EvidenceRef(kind="token_call", ref=str(call.n), case=probed.battery.case if probed.battery else None)


def times(count: int, of: int, what: str) -> str:
    """“2 of 3 races”, “the race”: how many of so many."""
    return f"{count} of {of} {what}s" if of > 1 else f"the {what}"


def ordinal(n: int) -> str:
    """The n-th as a word, for small numbers."""
    return ("first", "second", "third")[n] if n < 3 else f"{n + 1}th"
