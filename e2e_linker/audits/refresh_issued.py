"""Every link brings a refresh token: the first one, and that of an account which has linked before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from e2e_linker.alexa.facts import REFRESH_TOKEN_SECONDS
from e2e_linker.audits.base import (
    Audit,
    EvidenceRef,
    Finding,
    Fix,
    Inconclusive,
    NotApplicable,
    Outcome,
    finding,
    verdict,
)
from e2e_linker.audits.exchanges import call_ref
from e2e_linker.audits.lifetimes import span
from e2e_linker.audits.offline_scope import asked_and_dropped
from e2e_linker.audits.probing import probe_ref
from e2e_linker.audits.refresh_grant import GRANT_FIX, refused_grant
from e2e_linker.audits.runner import CaseTable
from e2e_linker.derive.probed import Probed
from e2e_linker.derive.replies import Reply, read_reply
from e2e_linker.evidence.models import SkillFacts
from e2e_linker.model import Grant, Severity

__all__ = ["AUDIT"]


_AS_TEXT = "Send the refresh token as a string of JSON, in quotation marks (RFC 6749, section 5.1)."


@dataclass(frozen=True, slots=True)
class _Redeemed:
    reply: Reply
    at: EvidenceRef

    @property
    def offline(self) -> bool:
        return self.reply.token("refresh_token") is not None


def judge(skill: SkillFacts, probed: Probed, cases: CaseTable) -> Outcome:
    """The cases' own exchanges, and those of the links that were made once more with the same account."""
    if probed.grant is Grant.IMPLICIT:
        return NotApplicable(reason="the implicit grant redeems no code")
    made = [*_of_cases(cases), *_of_probes(probed)]
    if not made:
        return Inconclusive(missing=("no code was redeemed for tokens",))
    without = [each for each in made if not each.offline]
    if not without:
        return verdict(())
    if len(without) < len(made):
        return verdict([_not_again(without)])
    return verdict([_never(skill, without, refused_grant(probed))])


def _of_cases(cases: CaseTable) -> Iterator[_Redeemed]:
    for case, exchange in cases.collect("exchange"):
        reply = read_reply(exchange.call) if exchange is not None else None
        if reply is not None and reply.worked:
            yield _Redeemed(reply, call_ref(exchange, case.id))


def _of_probes(probed: Probed) -> Iterator[_Redeemed]:
    for strand in probed.strands("relink", "relink_fresh"):
        if strand.exchange is not None and strand.exchange.worked:
            yield _Redeemed(strand.exchange, probe_ref(probed, strand.exchange.call))


def _never(skill: SkillFacts, without: list[_Redeemed], no_grant: Reply | None) -> Finding:
    reply = without[0].reply
    answer = reply.answer.json or {}
    said = "a refresh_token that is empty or no string" if "refresh_token" in answer else "no refresh_token"
    lifetime = reply.declares("expires_in")
    ends = f" The link ends {span(lifetime)} after it was made." if lifetime else ""
    lasting = lifetime is not None and lifetime >= REFRESH_TOKEN_SECONDS
    told, fix = asked_and_dropped(skill, answer)
    if no_grant is not None:
        told += f" To a refresh the server answers {no_grant.words}."
        fix = Fix(text=GRANT_FIX)
    given = answer.get("refresh_token")
    if isinstance(given, int | float) and not isinstance(given, bool):
        said, told, fix = "a refresh_token that is a number", "", Fix(text=_AS_TEXT)
    return finding(
        "token-refresh-issued",
        f"The token answer has {said}.{told}{ends}",
        subject="refresh_token",
        at=without[0].at,
        related=[each.at for each in without[1:]],
        severity=Severity.RECOMMENDED if lasting else None,
        fix=fix,
    )


def _not_again(without: list[_Redeemed]) -> Finding:
    return finding(
        "token-refresh-issued",
        "When an account links that has linked before, the token answer has no refresh_token. "
        "Whoever disables the skill and links anew is unlinked when the access token ends.",
        subject="refresh_token of a further link",
        at=without[0].at,
        related=[each.at for each in without[1:]],
        fix="Have the server issue a refresh token at every link. At Google add prompt=consent and "
        "access_type=offline to the query of authorizationUrl.",
    )


AUDIT = Audit(
    id="refresh-issued",
    rules=("token-refresh-issued",),
    title="Every link brings a refresh token",
    failed_title="A link brings no refresh token",
    scope="run",
    judge=judge,
)
