"""What the audits of misuse share: how one probe was answered, and why one says nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from e2e_linker.audits.base import Inconclusive, NotApplicable
from e2e_linker.derive.guarded import is_blameless
from e2e_linker.derive.probed import Probed
from e2e_linker.derive.replies import Reply, read_reply
from e2e_linker.derive.trials import why_untold
from e2e_linker.evidence.token_calls import ProbeName
from e2e_linker.model import Grant

if TYPE_CHECKING:
    from e2e_linker.audits.runner import CaseTable

__all__ = ["nothing_works", "trial", "unprobed", "untold"]


def unprobed(probed: Probed) -> NotApplicable | Inconclusive | None:
    """Why there are no probes at all; None where there are."""
    if probed.grant is Grant.IMPLICIT:
        return NotApplicable(reason="the implicit grant redeems no code")
    return Inconclusive(missing=(probed.missing,)) if probed.battery is None else None


def trial(probed: Probed, probe: ProbeName, step: int = 1) -> Reply | None:
    """The answer to the first call of that step of ``probe``, None where it was not made."""
    calls = probed.battery.of(probe) if probed.battery else ()
    call = next((call for call in calls if call.step == step and call.endpoint == "token"), None)
    return read_reply(call, guarded=call.n in probed.guarded) if call else None


def untold(probed: Probed, probe: ProbeName, step: int = 1) -> str | None:
    """Why ``probe`` says nothing; None where its answer is tokens or a refusal."""
    reply = trial(probed, probe, step)
    why = why_untold(reply) if reply else _unmade(probed, probe)
    return f"{probe.replace('_', ' ')}: {why}" if why else None


def _unmade(probed: Probed, probe: ProbeName) -> str:
    if probed.battery is None:
        return probed.missing
    problem = next((link.problem for link in probed.battery.links if link.probe == probe and link.problem), None)
    return probed.battery.why_skipped(probe) or problem or "it was not tried"


def nothing_works(probed: Probed, cases: CaseTable) -> Inconclusive | None:
    """Why a refusal says nothing where not even an ordinary exchange brings tokens; None where one does.

    Of the cases that on whose device the probes were made counts: others may have been linked by another run.
    """
    battery = probed.battery
    calls = (call for call in (battery.calls if battery else ()) if call.purpose == "exchange")
    if any((call.probe != "other_scheme" or is_blameless(call)) and read_reply(call).worked for call in calls):
        return None
    own = [found for case, found in cases.collect("exchange") if battery is None or case.id == battery.case]
    if any(found and found.answer.succeeded for found in own):
        return None
    return Inconclusive(missing=("no exchange brought tokens, so that a refusal says nothing",))
