"""What became of a request by which a page's script logs in: unanswered, broken, refused."""

from __future__ import annotations

from playwright.async_api import Request, Response

from e2e_linker.browser.login.memory import Broken
from e2e_linker.evidence.traffic import CALLED_OFF, READING

__all__ = ["broken", "denied", "end_of", "origin_of", "refused", "unauthorized", "waits"]

_UNAUTHORIZED, _NOT_FOUND = 401, 404
_REFUSED = frozenset({400, 403, 405, 415, 419})
"""Statuses that seldom speak of an account; 419 is Laravel's for a form that it takes for a forged one."""
_OF_BROWSERS = frozenset({"basic", "digest", "negotiate", "ntlm"})
"""Schemes for which browsers ask their user in a window of their own (RFC 9110, section 11)."""


def end_of(request: Request) -> Request:
    """Where the redirects of a request have led so far."""
    while request.redirected_to is not None:
        request = request.redirected_to
    return request


def waits(first: Request) -> bool:
    """Whether no answer has come yet."""
    request = end_of(first)
    return request.existing_response is None and request.failure is None


def origin_of(url: str) -> str:
    """Scheme, host and port of ``url`` as they stand there."""
    return "/".join(url.split("/", 3)[:3])


def _leads_nowhere(response: Response) -> bool:
    """Whether nothing answers at an address, or not by this method."""
    return response.status == 405 or (response.status == _NOT_FOUND and not _is_json(response))


def _is_json(response: Response) -> bool:
    """Whether it may say that there is no such user, whatever its status."""
    return "json" in response.headers.get("content-type", "").lower()


def broken(first: Request, origin: str, *, sure: bool) -> Broken | None:
    """What went wrong with it. Of one that is not ``sure`` to be the login's, nobody may have seen to its address."""
    request = end_of(first)
    failure, response = request.failure, request.existing_response
    name = f"{request.method} {request.url.split('?', 1)[0]}"
    called_off = failure is not None and any(word in failure for word in CALLED_OFF)
    if response is not None and response.from_service_worker:
        return None
    if response is not None and (response.status >= 500 or (sure and _leads_nowhere(response))):
        # A page that is told so seldom reads on: it calls off the rest.
        answered, absent = failure is None or called_off, response.status == _NOT_FOUND
        return Broken(name, f"was answered with status {response.status}", answered, absent)
    if failure is not None:
        return None if called_off else Broken(name, f"failed: {failure}")
    if response is None:
        return None
    # Firefox does not tell that it keeps an answer from the script, but what the script has asked for. Others tell.
    if first.headers.get("sec-fetch-mode") != "cors":
        return None
    allowed = response.headers.get("access-control-allow-origin")
    if origin and origin != origin_of(request.url) and allowed not in {"*", "null", origin}:
        return Broken(name, f"was answered without an Access-Control-Allow-Origin for {origin}")
    return None


def refused(first: Request) -> Broken | None:
    """The refusal that it was answered with, where that is likely none of the account."""
    request = end_of(first)
    response = request.existing_response
    if response is None or response.from_service_worker or response.status not in _REFUSED or _is_json(response):
        return None
    name = f"{request.method} {request.url.split('?', 1)[0]}"
    return Broken(name, f"was answered with status {response.status}", answered=True)


def denied(first: Request) -> bool:
    """Whether the status that it was answered with refuses it, and likely for the account."""
    response = end_of(first).existing_response
    other = broken(first, "", sure=True) or refused(first)
    return response is not None and 400 <= response.status < 500 and other is None


def unauthorized(form: Request) -> bool:
    """Whether a page's own form was answered with 401, by whom it was sent to, and for no login of the browser's."""
    response = form.existing_response
    if form.method in READING or form.redirected_from or response is None or response.from_service_worker:
        return False
    scheme = response.headers.get("www-authenticate", "").split(" ")[0].strip(",").lower()
    return response.status == _UNAUTHORIZED and scheme not in _OF_BROWSERS
