"""What the audits share that look at access tokens being tried on a resource."""

from __future__ import annotations

from e2e_linker.derive.urls import without_parameters
from e2e_linker.evidence.token_calls import TokenCall

__all__ = ["NOWHERE", "refused", "unsaid"]

NOWHERE = "there is nowhere to try an access token: set linker.resource or linker.introspection"


def refused(call: TokenCall) -> str:
    """Who refuses the token, and how."""
    if call.endpoint == "introspection":
        return f"{without_parameters(call.url)} calls it inactive"
    return f"{without_parameters(call.url)} refuses it with status {call.status}"


def unsaid(call: TokenCall) -> str:
    """That the answer does not say whether the token is good."""
    said = f"status {call.status}" if call.status is not None else f"nothing ({call.failure})"
    return f"{without_parameters(call.url)} answered {said}, which does not say whether the access token is good"
