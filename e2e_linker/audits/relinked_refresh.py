"""Linking the same account again brings a refresh token as well."""

from __future__ import annotations

from e2e_linker.audits.base import Audit, Inconclusive, NotApplicable, Outcome, finding, verdict
from e2e_linker.audits.probing import probe_ref, ready
from e2e_linker.audits.runner import CaseTable
from e2e_linker.derive.probed import Probed
from e2e_linker.derive.replies import read_reply
from e2e_linker.model import Depth

__all__ = ["AUDIT"]

_WHERE = {"signed_in": "in the same browser", "fresh": "in another browser"}


def judge(probed: Probed, cases: CaseTable) -> Outcome:
    """Of links with one account some bring a refresh token and some do not: Google gives one at the first consent."""
    links = ready(probed, "relink", "relink_fresh", refreshing=False)
    if not isinstance(links, tuple):
        return links
    without = [strand for strand in links if strand.refresh_token is None]
    elsewhere = ready(probed, "refresh", "reuse_soon")
    issued = len(without) < len(links) or isinstance(elsewhere, tuple) or _first_had_one(cases)
    if without and not issued:
        return NotApplicable(reason="the first link brings no refresh token either")
    if not without:
        return verdict(()) if len(links) > 1 else Inconclusive(missing=("the account was not linked a second time",))
    first, *more = [strand.exchange.call for strand in without if strand.exchange]
    jar = without[0].link.jar if without[0].link else "signed_in"
    return verdict(
        [
            finding(
                "token-refresh-issued",
                f"When the same account links again {_WHERE[jar]}, the token answer has no refresh_token. "
                "Whoever disables the skill and links anew is unlinked when the access token ends.",
                subject="refresh_token of a further link",
                at=probe_ref(probed, first),
                related=[probe_ref(probed, call) for call in more],
                fix="Have the server issue a refresh token at every link. At Google add prompt=consent and "
                "access_type=offline to the query of authorizationUrl.",
            )
        ]
    )


def _first_had_one(cases: CaseTable) -> bool:
    exchanges = [found for _, found in cases.collect("exchange") if found is not None]
    return any(read_reply(found.call).token("refresh_token") for found in exchanges)


AUDIT = Audit(
    id="relinked-refresh",
    rules=("token-refresh-issued",),
    title="Linking again brings a refresh token too",
    failed_title="Linking again brings no refresh token",
    scope="run",
    depth=Depth.STANDARD,
    judge=judge,
)
