"""Linking or signing in again leaves the tokens of an earlier link alive."""

from __future__ import annotations

from collections.abc import Iterator

from e2e_linker.audits.base import Audit, Finding, Inconclusive, Outcome, finding, verdict
from e2e_linker.audits.probing import probe_ref, ready, reasons
from e2e_linker.audits.token_uses import refused
from e2e_linker.derive.probed import Probed, Strand
from e2e_linker.derive.relinks import dead_access, dead_refresh, pair
from e2e_linker.derive.replies import token_accepted
from e2e_linker.evidence.token_calls import ProbeName, TokenCall
from e2e_linker.model import Depth

__all__ = ["AUDIT"]

_AGAIN: dict[ProbeName, str] = {
    "relink": "Linking the account a second time",
    "relink_fresh": "Signing in and linking in another browser",
}


def judge(probed: Probed) -> Outcome:
    """The first of two links with one account, tried after the second: its access token and its refresh token."""
    links = ready(probed, *_AGAIN, refreshing=False)
    if not isinstance(links, tuple):
        return links
    found: list[Finding] = []
    tried = missing = 0
    for probe in _AGAIN:
        made = pair(probed, probe)
        if made is None:
            missing += any(strand.calls for strand in probed.strands(probe))
            continue
        ended = list(_ended(probed, made[0]))
        tried += bool(ended or _works(made[0]))
        # One cause: a second link that ends the first does so from another browser too.
        if ended and not found:
            found.append(_finding(probed, probe, ended, made[1]))
    if found:
        return verdict(found)
    if not tried or missing:
        return Inconclusive(
            missing=tuple(reasons(probed, *_AGAIN))
            or ("the account could not be linked twice, or nothing showed what the links are worth",)
        )
    return verdict(())


def _ended(probed: Probed, first: Strand) -> Iterator[tuple[str, TokenCall]]:
    """What of the first link is dead. A refusal counts only where the same thing is accepted elsewhere."""
    if (call := dead_access(probed, first)) is not None:
        yield f"its access token ({refused(call)})", call
    if (reply := dead_refresh(probed, first)) is not None:
        yield f"its refresh token ({reply.words})", reply.call


def _works(first: Strand) -> bool:
    return any(reply.worked for reply in first.refreshes) or any(token_accepted(call) for call in first.uses("use"))


def _finding(probed: Probed, probe: ProbeName, ended: list[tuple[str, TokenCall]], second: Strand) -> Finding:
    exchange = [probe_ref(probed, second.exchange.call)] if second.exchange else []
    return finding(
        "token-no-early-invalidation",
        f"{_AGAIN[probe]} ends the first link: {' and '.join(what for what, _ in ended)}.",
        subject="earlier link",
        at=probe_ref(probed, ended[0][1]),
        related=[*exchange, *(probe_ref(probed, call) for _, call in ended[1:])],
    )


AUDIT = Audit(
    id="early-end",
    rules=("token-no-early-invalidation",),
    title="A second link leaves the first one alive",
    failed_title="A second link ends the first one",
    scope="run",
    depth=Depth.STANDARD,
    judge=judge,
)
