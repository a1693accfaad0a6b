"""Faults of the state parameter, each at another place of the way."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import quote, unquote

from e2e_linker.demo.behaviour import Behaviour, Hop
from e2e_linker.demo.catalogue import Needs, fault
from e2e_linker.demo.changes import giving, implicit
from e2e_linker.model import Depth, Grant

_BOTH = ("redir-state-unchanged", "auth-tracks-state")
_WITH_QUERY = (*_BOTH, "redir-query-code-state")
_COLUMN = 255
_STANDARD = Needs(depth=Depth.STANDARD)


def _drifting(b: Behaviour, hop: Hop, change: Callable[[str], str | None]) -> Behaviour:
    return replace(b, carrying=replace(b.carrying, drift=(*b.carrying.drift, (hop, change))))


@fault(*_WITH_QUERY)
def state_missing(b: Behaviour) -> Behaviour:
    """The redirect to Alexa carries no state."""
    return _drifting(b, "redirect", lambda state: None)


@fault(*_BOTH, "redir-fragment-implicit", may=("cfg-implicit-discouraged",), needs=Needs(grant=Grant.IMPLICIT))
def implicit_state_missing(b: Behaviour) -> Behaviour:
    """The fragment of the implicit grant carries the token and no state."""
    return _drifting(implicit(b), "redirect", lambda state: None)


@fault(*_BOTH)
def state_truncated(b: Behaviour) -> Behaviour:
    """The state is kept in a database column of 255 characters while the customer logs in."""
    return _drifting(b, "session", lambda state: state[:_COLUMN])


@fault(*_BOTH)
def state_lowercased(b: Behaviour) -> Behaviour:
    """The login form carries the state in lower case."""
    return _drifting(b, "login form", str.lower)


@fault(*_BOTH)
def state_replaced(b: Behaviour) -> Behaviour:
    """A framework puts its own anti-forgery value in the place of the state on the way to the consent page."""
    return _drifting(b, "consent url", lambda state: secrets.token_urlsafe(24))


@fault(*_WITH_QUERY)
def state_duplicated(b: Behaviour) -> Behaviour:
    """The redirect to Alexa carries the state twice."""
    return giving(b, lambda parameters: (*parameters, *(pair for pair in parameters if pair[0] == "state")))


@fault(*_BOTH, needs=_STANDARD)
def state_swapped(b: Behaviour) -> Behaviour:
    """The server keeps one state for each client address: of two parallel logins both end with the later one's."""
    return replace(b, carrying=replace(b.carrying, shared_slot=True))


@fault(*_BOTH, needs=_STANDARD)
def state_percent_decoded(b: Behaviour) -> Behaviour:
    """The query of the authorization request is percent-decoded twice."""
    return _drifting(b, "authorize", unquote)


@fault(*_BOTH, needs=_STANDARD)
def state_double_encoded(b: Behaviour) -> Behaviour:
    """The state is percent-encoded twice in the redirect to Alexa."""
    return _drifting(b, "redirect", lambda state: quote(state, safe=""))


@fault(*_BOTH, needs=_STANDARD)
def state_plus_to_space(b: Behaviour) -> Behaviour:
    """The login form turns every plus sign of the state into a blank."""
    return _drifting(b, "login form", lambda state: state.replace("+", " "))
