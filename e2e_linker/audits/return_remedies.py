"""What to do where a login does not lead back with the whole authorization request, or not to where it means to."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import unquote

from e2e_linker.audits.bare_returns import bare_return
from e2e_linker.audits.error_words import OF_THE_REQUEST
from e2e_linker.audits.failed_requests import trouble
from e2e_linker.audits.request_size import knob
from e2e_linker.audits.screens import listed_in_words
from e2e_linker.audits.walks import of_walk
from e2e_linker.derive.answer import Answer
from e2e_linker.derive.cut_request import CutRequest
from e2e_linker.derive.login_requests import FailedLogin
from e2e_linker.derive.oversize import oversize_answers
from e2e_linker.derive.own_returns import own_return
from e2e_linker.derive.pages import Page
from e2e_linker.derive.urls import split
from e2e_linker.evidence.models import Request, Walk
from e2e_linker.evidence.traffic import SCRIPTED
from e2e_linker.model import Confidence

__all__ = ["cut_short", "led_back", "too_large", "whole"]

_OF_THE_CLIENT = frozenset({"unauthorized_client", "server_error"})
"""Codes that a whole request may be answered with as well."""
_MISSING = OF_THE_REQUEST | _OF_THE_CLIENT | {"invalid_client"}
"""Codes by which servers refuse a request that misses something."""
_NO_VALUE = frozenset({"undefined", "null", "NaN", "[object Object]"})
"""What JavaScript makes of an address that is none."""


def led_back(walk: Walk, page: Page) -> str | None:
    """What to do where the way back lost parameters, or is not allowed, and ``walk`` ended at ``page``; else None."""
    cut: CutRequest | None = of_walk(walk, "cut_request")
    if known := bare_return(walk, page) or _to_no_value(walk, page):
        return known
    if cut is not None and page.request >= cut.request:
        return whole(cut)
    requests: Sequence[Request] = of_walk(walk, "requests") or ()
    own = own_return(f"{page.title} {page.text}", page.request, requests, walk.authorization)
    if own is None or not 400 <= page.status < 500:
        return None
    return (
        f"The server refuses an address of its own, and none of Alexa's: its parameter `{own.name}` leads to "
        f"{own.address}. Put that on the server's list of trusted origins, or of the addresses that a login may lead "
        "back to."
    )


def _to_no_value(walk: Walk, page: Page) -> str | None:
    """What to do where a script led ``walk`` to ``page`` by an address that it was not given; None for all others."""
    requests: Sequence[Request] = of_walk(walk, "requests") or ()
    if unquote(split(page.url).path).rpartition("/")[2] not in _NO_VALUE:
        return None
    before = [one for one in requests if one.n < page.request and one.window == page.window]
    left = max((one.n for one in before if one.leads), default=0)
    asked = [one for one in before if one.n > left and one.resource_type in SCRIPTED and one.status is not None]
    last = next((one for one in reversed(asked) if (one.status or 0) >= 400), asked[-1] if asked else None)
    if last is None:
        return None
    request = FailedLogin(last, "", None, kept_back=False)
    return (
        f"A script led to {page.address}, as one does that reads an address where there is none, after "
        f"{request.address} {trouble(walk, request)[0]}. See why that answer does not say where to go on, and let the "
        "script look at the answer first."
    )


def cut_short(walk: Walk, answer: Answer) -> CutRequest | None:
    """The request with less in it that the error of ``answer`` complains of; None where it may complain of another.

    A server that sends the state back all the same has kept what the address lost.
    """
    cut: CutRequest | None = of_walk(walk, "cut_request")
    if cut is None or answer.error not in (_MISSING if "state" in cut.lost else _MISSING - _OF_THE_CLIENT):
        return None
    return None if "state" in cut.lost and answer.named("state") else cut


def whole(cut: CutRequest) -> str:
    """What to do where the login brought the authorization request back as ``cut``."""
    lost = listed_in_words(cut.lost)
    if not cut.kept:
        return (
            f"After the login {cut.address} is asked for once more, without its query, and misses what stood there. "
            f"Lead back with the whole query ({lost}), or keep the authorization request in the session."
        )
    came = f"{cut.address} is asked for once more, with {' and '.join(cut.kept)} alone: {lost}"
    if cut.carrier is None:
        return (
            f"Lead back from the login with the whole query: {came} got lost on the way. Where a parameter of the "
            "login holds the address to come back to, percent-encode that there."
        )
    source, name = cut.carrier
    return (
        f"Percent-encode the address that {source} is given as `{name}` (encodeURIComponent in JavaScript, "
        f"rawurlencode in PHP). As it stands there it ends at its first `&`, so that after the login {came} are "
        "no part of it."
    )


def too_large(walk: Walk, page: Page) -> str | None:
    """What to do where the request for ``page`` was refused for its size, as far as is known; None for others."""
    requests: Sequence[Request] = of_walk(walk, "requests") or ()
    found = oversize_answers([one for one in requests if one.n == page.request], (), elsewhere=requests, pages=[page])
    sure = next((one for one in found if one.confidence is not Confidence.POSSIBLE), None)
    if sure is None:
        return None
    return f"The size of the request is what is refused. {knob(sure) or 'Shrink cookies and parameters.'}"
