"""Everything that was asked with the tokens of the first account, by the cases and by the probes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from e2e_linker.audits.base import EvidenceRef
from e2e_linker.audits.probing import probe_ref
from e2e_linker.audits.runner import CaseTable
from e2e_linker.derive.probed import Probed
from e2e_linker.evidence.token_calls import TokenCall

__all__ = ["AccountCall", "first_account_calls"]


@dataclass(frozen=True, slots=True)
class AccountCall:
    """A call that was made for an account, and the case or the probe's link it belongs to."""

    call: TokenCall
    link: str
    ref: EvidenceRef


def first_account_calls(probed: Probed, cases: CaseTable) -> list[AccountCall]:
    """The calls of the cases, which all log in with the first account, and of its links among the probes, by time."""
    return sorted(_calls(probed, cases), key=lambda one: (one.call.at, one.call.n))


def _calls(probed: Probed, cases: CaseTable) -> Iterator[AccountCall]:
    for case, calls in cases.collect("token_calls"):
        for call in calls:
            yield AccountCall(call, case.id, EvidenceRef(kind="token_call", ref=str(call.n), case=case.id))
    battery = probed.battery
    other = {link.id for link in battery.links if link.account == "second"} if battery else set()
    for call in battery.calls if battery else ():
        if call.probe != "second_account" and call.link not in other:
            yield AccountCall(call, call.link or "another link", probe_ref(probed, call))
