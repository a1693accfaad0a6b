"""What the probes have shown of the server so far, as far as it decides which others may be made, and when."""

from __future__ import annotations

from typing import Literal

from e2e_linker.derive.guarded import blanket_refusals
from e2e_linker.derive.replies import read_reply
from e2e_linker.derive.tokens import read_token_answer
from e2e_linker.evidence.models import TokenCall
from e2e_linker.evidence.token_calls import ProbeName
from e2e_linker.run.battery_plan import CODELESS, LAST, RISKY
from e2e_linker.run.prober import Ledger

__all__ = [
    "Ended",
    "brought",
    "doubtful",
    "ended_by_the_next",
    "is_harmful",
    "keeps_tokens",
    "refused_after",
]

Ended = Literal["link", "access token"]


def brought(call: TokenCall | None) -> bool:
    """Whether ``call`` was made, and brought an access token."""
    return call is not None and read_token_answer(call).succeeded


def refused_after(ledger: Ledger) -> str | None:
    """After how long a refresh token that was spent is refused when it comes again, as far as that was tried by now."""
    again = {call.probe: call for call in ledger.calls if call.purpose == "replay"}
    tried: tuple[tuple[ProbeName, str], ...] = (("reuse_soon", "at once"), ("reuse_5s", "after five seconds"))
    final = _final(ledger)
    return next((how for probe, how in tried if probe in again and again[probe].n in final), None)


def doubtful(ledger: Ledger) -> list[ProbeName]:
    """What failed perhaps only because of what went on beside it: misuses without a code that met a failing server, and
    the exchange of an old code."""
    failed = [call.probe for call in ledger.calls if call.purpose == "misuse" and read_reply(call).shaky]
    failed += [call.probe for call in ledger.calls if call.probe == "code_later" and read_reply(call).final]
    return [probe for probe in dict.fromkeys(failed) if probe in {*CODELESS, "code_later"}]


def is_down(ledger: Ledger) -> bool:
    """Whether the server has not come back from the outage that was made."""
    last = next((read_reply(call) for call in reversed(ledger.calls) if call.probe == "outage"), None)
    return last is not None and (last.shaky or last.untold)


def is_harmful(ledger: Ledger, *probes: ProbeName) -> bool:
    """Whether in ``probes`` a refresh token that came twice was refused, or cost its link, and so perhaps others."""
    final = _final(ledger)
    return any(call.n in final for call in ledger.calls if call.probe in probes and call.step > 1)


def keeps_tokens(ledger: Ledger) -> bool:
    """Whether a refresh token stays what it is when it is used, however often."""
    links = [link for link in ledger.links if link.probe in {"refresh", *RISKY} and link.access]
    return bool(links) and all(len(link.refresh) == 1 for link in links) and not is_harmful(ledger, *RISKY, *LAST)


def ended_by_the_next(ledger: Ledger) -> Ended | None:
    """What a new link of the same account has ended of the earlier one, as far as linking again has shown."""
    told = {call.step: call for call in ledger.calls if call.probe == "relink"}
    used, earlier, later = told.get(3), told.get(4), told.get(5)
    if earlier and brought(later) and not brought(earlier) and not read_reply(earlier).untold:
        return "link"
    return "access token" if used and (used.status in {401, 403} or _is_inactive(used)) else None


def _final(ledger: Ledger) -> frozenset[int]:
    """The numbers of the calls that were refused for good, and not as a guard refuses everybody's."""
    excused = blanket_refusals(ledger.calls)
    return frozenset(call.n for call in ledger.calls if call.n not in excused and read_reply(call).final)


def _is_inactive(call: TokenCall) -> bool:
    return call.endpoint == "introspection" and (read_token_answer(call).json or {}).get("active") is False
