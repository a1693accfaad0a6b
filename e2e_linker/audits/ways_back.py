"""A login that ends on a page of the server's own: what to try, by what became of the authorization request."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from e2e_linker.derive.dead_ends import DeadEnd
from e2e_linker.derive.request_fate import RequestFate
from e2e_linker.model import Confidence

__all__ = ["ASK_LESS", "lost_way"]

ASK_LESS: Final = (
    "The server answers that it is asked too often; many logins in a short time by a test may be why: "
    "run fewer projects with --workers 1 a while later. If it stays so for a single login, raise the limit."
)
"""For the status 429 (RFC 6585, section 4)."""

_KEEP = "keep the authorization request through the login, and go on with it once the customer is signed in."
_LOST = "Keep" + _KEEP.removeprefix("keep")
_REGISTERED = "that client id and redirect URI are registered just as Alexa sends them"
_UNKNOWN = (
    f"Check first {_REGISTERED}: some servers show pages of their own for a request they do not know. Where both are "
    f"registered, {_KEEP}"
)

_WAYS_BACK: Final[Mapping[RequestFate, str]] = MappingProxyType(
    {
        "carried": _LOST,
        "untraced": f"{_LOST} Or the server does not know the request, and shows its own pages for it: check "
        f"{_REGISTERED}.",
        "home": _UNKNOWN,
        "in_place": _UNKNOWN,
        "ignored": f"Check first {_REGISTERED}, and that the test account may use this client: the server got the "
        "request once more after the login, and showed a page of its own. Where both are right, go on with the request "
        "there.",
    }
)
"""Advice in sentences, the likelier cause first."""


def lost_way(end: DeadEnd, fate: RequestFate | None) -> tuple[str, str]:
    """(what the customer sees, what to do) where the login got lost at ``end``; the first is a clause."""
    page = end.page
    if page.asks_for_password:
        message = f"After the login the customer is asked to log in once more by {page.host}"
        return message, "Keep the session that the login opens: the cookie that its answer sets does not come back."
    fix = _WAYS_BACK[fate or "carried"]
    if end.confidence is Confidence.POSSIBLE:
        fix = f"Do what this page asks of the test account, such as confirming its e-mail address. Otherwise: {fix}"
    return f"After the login the customer is left on a page of {page.host} instead of in the Alexa app", fix
