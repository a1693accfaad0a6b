"""Servers that fail by themselves, or are down for a while: what they say of it, and where to look."""

from __future__ import annotations

from collections.abc import Sequence

from e2e_linker.audits.dropped_answers import broken_gateway, drops_large_answers
from e2e_linker.audits.front_ends import front_end_page
from e2e_linker.audits.gateway_remedies import gateway_did, gateway_remedy, transport_remedy
from e2e_linker.audits.rate_limit import ask_again
from e2e_linker.audits.walks import of_walk
from e2e_linker.derive.error_pages import failed_by_itself
from e2e_linker.derive.exchange import Exchange
from e2e_linker.derive.gateways import gateway_of_call, gateway_of_page
from e2e_linker.derive.markup import Markup, read_markup
from e2e_linker.derive.pages import Page
from e2e_linker.derive.wordings import MAINTENANCE, first_match
from e2e_linker.evidence.headers import header
from e2e_linker.evidence.models import Request, Walk
from e2e_linker.evidence.traffic import READING, Headers
from e2e_linker.model import host_of

__all__ = ["failing", "no_service"]

_UNAVAILABLE = 503
"""RFC 9110, section 15.6.4: a server's own word, and that of a proxy which knows no server to ask."""
_BAD_GATEWAY = 502
_GATEWAY_TIMEOUT = 504
_IN_TIME = " Alexa waits four and a half seconds at most."
_SHORT = 600
"""Characters of text up to which a page says one thing only."""


def failing(walk: Walk, page: Page) -> str | None:
    """Where to look after ``walk`` ended at ``page``, which failed or is down for a while; None for other pages."""
    requests: Sequence[Request] = of_walk(walk, "requests") or ()
    gateway = gateway_of_page(page, requests)
    if gateway is not None and not drops_large_answers(gateway):
        answered = f"{gateway.name} answered for {page.host} ({gateway.sign}): {gateway_did(gateway)}."
        return f"{answered} {gateway_remedy(gateway)}"
    if how := transport_remedy(page.status, f"{page.title} {page.text}") or front_end_page(page, requests):
        return how
    headers = next((one.response_headers for one in requests if one.n == page.request), ())
    if down := _down_for_now(page.status, headers, page):
        return f"{page.host} {down}. Run again when it is back; where it is up already, see why this page is shown."
    if page.status == _BAD_GATEWAY and gateway is None and _like_one_before(walk, page):
        return (
            f"Look into the server's log at that moment: {page.host} seems to have answered so itself, as its page has "
            "the title of one before it. It may have asked an identity provider in vain (compare client id, client "
            "secret and addresses there). Only where it was not asked, look at the proxy in front of it."
        )
    if page.status == _BAD_GATEWAY and (gateway is not None or page.method not in READING):
        return broken_gateway(page)
    if page.status in {_BAD_GATEWAY, _GATEWAY_TIMEOUT}:
        return (
            f"Look at the proxy in front of {page.host} first: such a status says that it got no answer, or none in "
            f"time, from the server behind it. Where that server itself answered {page.address} so, its log tells why."
        )
    if page.status >= 500:
        return f"Look into the server's log at that moment: {page.address} fails by itself."
    return None


def _like_one_before(walk: Walk, page: Page) -> bool:
    """Whether a page of the same host that was no error had the title of ``page``; a proxy's own has one of its own."""
    shown: Sequence[Page] = of_walk(walk, "pages") or ()
    before = {one.title for one in shown if one.request < page.request and one.host == page.host and one.status < 400}
    return bool(page.title) and page.title in before


def no_service(exchange: Exchange) -> tuple[str, str, bool] | None:
    """(what the token endpoint did, what to do, whether it may pass by itself) where nobody looked into ``exchange``.

    None where somebody did. What is done is a clause.
    """
    if exchange.looked_at:
        return None
    call, host = exchange.call, host_of(exchange.call.url)
    if gateway := gateway_of_call(call):
        said = exchange.words or gateway.sign
        answered = f"did not answer itself: {gateway.name} did so with status {call.status}, {said}, as "
        return (
            answered + gateway_did(gateway),
            f"{gateway_remedy(gateway)}{_IN_TIME * (gateway.cause == 'slow')}",
            False,
        )
    down = _down_for_now(call.status, call.response_headers, read_markup(call.response_body or ""))
    answered = f"answered with status {call.status}"
    if down is not None and (call.status or 0) >= 500:
        own = f", {exchange.words}," if exchange.answer.json is not None and exchange.words else ""
        advice = f"Run again when {host} is back. Alexa's servers are answered so, too."
        return f"{answered}{own} and {down}", advice, True
    if exchange.answer.json is not None or exchange.error or failed_by_itself(call.response_body or ""):
        return None
    if call.status == _UNAVAILABLE:
        advice = (
            f"See whether the server of {host} is up, and not overloaded; where a proxy stands before it, whether that "
            "holds it to be healthy. Either may answer so. Where both are well, look in the server's log for the error "
            "of this request: some frameworks answer so where their own code fails."
        )
        return f"{answered}: it serves nobody for now", advice, False
    if call.status in {_BAD_GATEWAY, _GATEWAY_TIMEOUT}:
        advice = (
            f"Look at the proxy in front of {host}: it got no answer, or none in time, from the server behind it. "
            "Alexa waits four and a half seconds at most."
        )
        return f"{answered}, a gateway's: nothing behind it answered the exchange", advice, False
    return None


def _down_for_now(status: int | None, headers: Headers, page: Page | Markup) -> str | None:
    """What an answer with ``page`` tells of being down for a while, as a clause; None where nothing."""
    later = status == _UNAVAILABLE and bool((header(headers, "retry-after") or "").strip())
    refused = status is not None and 400 <= status < 500
    text = page.text if len(page.text) <= _SHORT else ""
    words = None if refused else first_match(MAINTENANCE, page.title, *page.headings, text)
    if not later and words is None:
        return None
    said = f"says that it is down for now{f' (“{words}”)' if words else ''}"
    return said + (ask_again(headers) if later else "")
