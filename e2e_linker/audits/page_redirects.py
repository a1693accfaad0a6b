"""Token requests that are sent on to a page for people, which is no address for a skill."""

from __future__ import annotations

import re
from collections.abc import Sequence

from e2e_linker.audits.walks import of_walk
from e2e_linker.derive.urls import is_web, last_part, parameters, same_endpoint, without_parameters
from e2e_linker.evidence.headers import header
from e2e_linker.evidence.models import Request, TokenCall, Walk
from e2e_linker.model import host_of, joined

__all__ = ["page_redirect"]

_LOGIN = re.compile(r"(?:^|[\W_])(?:user)?(?:log|sign)[-_]?(?:in|on)(?:page|form)?(?:[\W_]|$)")
_STOPPED = re.compile(r"maintenance|wartung|unavailable|(?:^|[\W_])(?:errors?|[45]\d\d)(?:[\W_]|$)")


def page_redirect(walk: Walk, call: TokenCall) -> str | None:
    """What to do where the token request ``call`` was redirected to what is no token endpoint; None for other answers.

    The same name on another host, or with a slash, may be the token endpoint itself.
    """
    location = header(call.response_headers, "location")
    target = joined(call.url, location) if location else ""
    if not is_web(target):
        return None
    at, to, name = without_parameters(call.url), without_parameters(target), last_part(target).casefold()
    if same_endpoint(target, walk.authorization.redirect_uri):
        return f"Let {at} answer with JSON: only the authorization endpoint sends its answer to Alexa by a redirect."
    if name == last_part(call.url).casefold() or "token" in name:
        return None
    back = any(same_endpoint(joined(target, one.value), call.url) for one in parameters(target, nested=False))
    if back or _LOGIN.search(name) or _was_opened(walk, to):
        return (
            f"{at} asks for a login, which Alexa's servers cannot do. Exempt it from what sends those without a "
            f"session to {to}: the client's id and secret are what proves a token request."
        )
    if not name or _STOPPED.search(name):
        log = host_of(at)
        return f"Let {at} answer itself: {to} seems to be a page for people. The log of {log} may say why it led there."
    return None


def _was_opened(walk: Walk, address: str) -> bool:
    """Whether the browser was at ``address`` in its login."""
    requests: Sequence[Request] = of_walk(walk, "requests") or ()
    return any(one.navigation and without_parameters(one.url) == address for one in requests)
