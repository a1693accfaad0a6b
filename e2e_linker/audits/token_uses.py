"""What the audits share that look at access tokens being tried on a resource."""

from __future__ import annotations

from collections.abc import Sequence

from e2e_linker.audits.base import Inconclusive, NotApplicable, Outcome, verdict
from e2e_linker.derive.probed import Probed
from e2e_linker.derive.replies import token_accepted
from e2e_linker.derive.urls import without_parameters
from e2e_linker.evidence.token_calls import TokenCall

__all__ = ["first_refused", "refused", "unsaid"]

_NOWHERE = "there is nowhere to try an access token: set linker.resource or linker.introspection"


def first_refused(probed: Probed, tried: Sequence[TokenCall]) -> TokenCall | Outcome:
    """The first of the access tokens ``tried`` that was refused; the verdict where none was, or it says nothing."""
    if not tried:
        return NotApplicable(reason=_NOWHERE)
    dead = next((call for call in tried if token_accepted(call) is False), None)
    if dead is None:
        unclear = next((call for call in tried if token_accepted(call) is None), None)
        return Inconclusive(missing=(unsaid(unclear),)) if unclear else verdict(())
    if not probed.takes_tokens:
        said = refused(next((call for call in _newest(probed) if token_accepted(call) is False), dead))
        question = "is this the right place, and do the skill's tokens permit what is asked there?"
        return Inconclusive(missing=(f"{said}; so is every other access token: {question}",))
    return dead


def _newest(probed: Probed) -> list[TokenCall]:
    """The trials of access tokens that nothing had replaced yet."""
    return [call for call in (probed.battery.calls if probed.battery else ()) if call.purpose == "use"]


def refused(call: TokenCall) -> str:
    """Who refuses the token, and how."""
    if call.endpoint == "introspection":
        return f"{without_parameters(call.url)} calls it inactive"
    return f"{without_parameters(call.url)} refuses it with status {call.status}"


def unsaid(call: TokenCall) -> str:
    """That an answer does not say whether the token is good."""
    said = f"status {call.status}" if call.status is not None else f"nothing ({call.failure})"
    return f"{without_parameters(call.url)} answered {said}, which does not say whether the access token is good"
