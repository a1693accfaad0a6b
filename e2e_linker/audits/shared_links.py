"""What audits of one link make of a failure that may come from elsewhere: another link, or tokens refused by chance."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from e2e_linker.audits.base import Failed, Finding, Inconclusive, NotApplicable, Outcome
from e2e_linker.derive.lapses import is_unknown_token, lapses
from e2e_linker.derive.probed import Probed
from e2e_linker.derive.replies import read_reply
from e2e_linker.derive.shared_tokens import spoiler
from e2e_linker.evidence.token_calls import TokenCall

__all__ = ["alone"]


def alone(judge: Callable[[Probed], Outcome]) -> Callable[[Probed], Outcome]:
    """``judge``, whose failures count only where no other link that has the same tokens may have brought them about.

    Nor are those told that a server brings about which refuses refresh tokens that it takes later.
    """

    @wraps(judge)
    def judged(probed: Probed) -> Outcome:
        outcome = judge(probed)
        if not isinstance(outcome, Failed):
            return outcome
        known = _not_by_chance(probed, outcome)
        if not known:
            return NotApplicable(reason="refresh tokens are refused that are taken later, so a refusal says nothing")
        tried = {str(call.n): call for call in (probed.battery.calls if probed.battery else ())}
        spoilt = {one.fingerprint: _spoilt(probed, tried.get(one.primary.ref)) for one in known}
        good = tuple(one for one in known if spoilt[one.fingerprint] is None)
        if good:
            return outcome.model_copy(update={"findings": good})
        return Inconclusive(missing=tuple(dict.fromkeys(why for why in spoilt.values() if why)))

    return judged


def _not_by_chance(probed: Probed, outcome: Failed) -> list[Finding]:
    """The findings that do not rest on a refused refresh token, where the server takes such tokens later."""
    refused = {str(reply.call.n) for reply in probed.replies if is_unknown_token(reply)} if lapses(probed) else set()
    return [one for one in outcome.findings if refused.isdisjoint(ref.ref for ref in (one.primary, *one.related))]


def _spoilt(probed: Probed, call: TokenCall | None) -> str | None:
    """Why what ``call`` was answered says nothing; None where it does, or brought what was asked for."""
    if call is None or (call.endpoint == "token" and read_reply(call).worked):
        return None
    other = spoiler(probed, call)
    if other is None:
        return None
    return (
        f"{call.link} and {other.link} were given the same tokens, and {other.link} sent its refresh token meanwhile: "
        f"that may have ended what {call.link} tried"
    )
