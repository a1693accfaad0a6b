"""Access tokens live long enough."""

from __future__ import annotations

from e2e_linker.alexa.facts import MIN_EXPIRES_IN, RECOMMENDED_EXPIRES_IN
from e2e_linker.audits.base import Audit, EvidenceRef, Finding, Inconclusive, NotApplicable, Outcome, finding, verdict
from e2e_linker.audits.exchanges import call_ref, unredeemed
from e2e_linker.audits.lifetimes import falls_short, span
from e2e_linker.audits.token_values import number_in
from e2e_linker.audits.walks import request_ref
from e2e_linker.derive.answer import Answer
from e2e_linker.derive.exchange import Exchange
from e2e_linker.derive.replies import read_reply
from e2e_linker.evidence.models import Ending, TokenCall, Walk
from e2e_linker.model import Grant

__all__ = ["AUDIT", "lifetime_findings"]


def judge(walk: Walk, answer: Answer | None, exchange: Exchange | None, ending: Ending) -> Outcome:
    """``expires_in`` of the exchange, or of the implicit grant's redirect: six minutes at least, better an hour."""
    if walk.authorization.grant is Grant.IMPLICIT:
        return _of_redirect(walk, answer)
    skipped = unredeemed(
        walk.authorization.grant, exchange, ending, "unreachable", "unanswered", "misdirected", "late", "status", "body"
    )
    if skipped is not None or exchange is None:
        return skipped or verdict(())
    lifetime = read_reply(exchange.call).declares("expires_in")
    if lifetime is None or lifetime <= 0:
        return Inconclusive(missing=("the token answer declares no lifetime",))
    return verdict(lifetime_findings(lifetime, "The access token", exchange.call, call_ref(exchange)))


def _of_redirect(walk: Walk, answer: Answer | None) -> Outcome:
    given = [param.value for param in answer.named("expires_in", "fragment")] if answer else []
    lifetime = number_in(given[0]) if given else None
    if answer is None or not lifetime:
        return NotApplicable(reason="the implicit grant redeems no code, and the redirect declares no lifetime")
    at = request_ref(walk, answer.arrival.request)
    note = f"Every link ends {span(lifetime)} after it was made: the implicit grant brings no refresh token."
    return verdict(lifetime_findings(lifetime, "The access token of the redirect", None, at), note=note)


def lifetime_findings(lifetime: float, which: str, call: TokenCall | None, at: EvidenceRef) -> list[Finding]:
    """What is wrong with an access token of ``lifetime`` seconds, as ``call`` or a redirect says.

    ``which`` begins the sentence.
    """
    said = f"{which} lives {span(lifetime)} (expires_in {lifetime:.15g})"
    if lifetime < MIN_EXPIRES_IN:
        text = f"{said}; Alexa needs {MIN_EXPIRES_IN} seconds."
        return [finding("token-expires-in-min-360", text, subject="expires_in", at=at)]
    if falls_short(lifetime, RECOMMENDED_EXPIRES_IN, call):
        text = f"{said}; Amazon advises {span(RECOMMENDED_EXPIRES_IN)} or more."
        return [finding("token-ttl-recommended-1h", text, subject="expires_in", at=at)]
    return []


AUDIT = Audit(
    id="token-lifetime",
    rules=("token-expires-in-min-360", "token-ttl-recommended-1h"),
    title="Access tokens live an hour or more",
    failed_title="Access tokens live too short",
    judge=judge,
)
