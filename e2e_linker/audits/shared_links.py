"""What audits of one link make of a failure where another link has the same tokens."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from e2e_linker.audits.base import Failed, Inconclusive, Outcome
from e2e_linker.derive.probed import Probed
from e2e_linker.derive.replies import read_reply
from e2e_linker.derive.shared_tokens import spoiler
from e2e_linker.evidence.token_calls import TokenCall

__all__ = ["alone"]


def alone(judge: Callable[[Probed], Outcome]) -> Callable[[Probed], Outcome]:
    """``judge``, whose failures count only where no other link that has the same tokens may have brought them about."""

    @wraps(judge)
    def judged(probed: Probed) -> Outcome:
        outcome = judge(probed)
        if not isinstance(outcome, Failed):
            return outcome
        tried = {str(call.n): call for call in (probed.battery.calls if probed.battery else ())}
        spoilt = {one.fingerprint: _spoilt(probed, tried.get(one.primary.ref)) for one in outcome.findings}
        good = tuple(one for one in outcome.findings if spoilt[one.fingerprint] is None)
        if good:
            return outcome.model_copy(update={"findings": good})
        return Inconclusive(missing=tuple(dict.fromkeys(why for why in spoilt.values() if why)))

    return judged


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
