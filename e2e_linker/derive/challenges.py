"""Answers that no token endpoint gave, but a guard before it that takes its client for a robot.

Headers and wordings are those the products show to everybody; a bare 403 says nothing and is not taken for one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from e2e_linker.derive.error_pages import said_by
from e2e_linker.derive.gateways import gateway_of_call
from e2e_linker.derive.markup import read_markup
from e2e_linker.derive.tokens import read_token_answer
from e2e_linker.evidence.gateways import Gateway
from e2e_linker.evidence.guards import challenge_in
from e2e_linker.evidence.headers import header
from e2e_linker.evidence.token_calls import TokenCall
from e2e_linker.model import Confidence

__all__ = ["Challenge", "challenge_of"]

_HEADERS = (
    ("x-datadome", re.compile(r"."), "DataDome"),
    ("ngrok-error-code", re.compile(r"ERR_NGROK_6024", re.IGNORECASE), "ngrok"),
)
"""Header, what it says, and whose it is: to a client that shows no pages proof as well as :func:`challenge_in`."""

_PAGES = (
    (re.compile(r"just a moment|attention required.{0,4}cloudflare|challenge-platform|cf[-_]chl"), "Cloudflare"),
    (re.compile(r"you are about to visit.{0,200}ngrok|err_ngrok_6024"), "ngrok"),
    (re.compile(r"_incapsula_resource|incapsula incident"), "Imperva"),
    (re.compile(r"geo\.captcha-delivery\.com"), "DataDome"),
    (re.compile(r"px-captcha|perimeterx"), "PerimeterX"),
    (re.compile(r"sucuri website firewall"), "Sucuri"),
    (re.compile(r"verify (?:that )?you are (?:a )?human|are you a robot|g-recaptcha|h-?captcha"), "a captcha"),
)
_REFUSALS = frozenset({401, 403, 405, 406, 418, 429, 503})
_QUOTED = 80
_FORBIDDEN = 403
_STATUS_ONLY = re.compile(r"403|forbidden|access denied|error|cloudflare|[\W_]+", re.IGNORECASE)
"""What a page of Cloudflare says that names no reason."""
_BASIC = re.compile(r"\bbasic\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Challenge:
    """Who stood in the way, and the words or the header by which it was told."""

    guard: str
    sign: str
    confidence: Confidence
    refused: Gateway | None = None
    """Where it was no challenge: whose rule turned the request away."""


def challenge_of(call: TokenCall) -> Challenge | None:
    """The challenge that ``call`` was answered with, None where a server answered it, however unkindly."""
    if call.status is None:
        return None
    if isinstance((read_token_answer(call).json or {}).get("error"), str):
        return None  # an OAuth error is the server's own; DataDome marks also what it lets through
    return next(_signs(call, call.status), None)


def _signs(call: TokenCall, status: int) -> Iterator[Challenge]:
    if status >= 400 or status == 202 or _is_page(call):
        for guard, sign in _headers(call):
            yield Challenge(guard, sign, Confidence.CERTAIN)
    yield from _refusals(call)
    if not _is_page(call):
        return
    body = (call.response_body or "").lower()
    page = read_markup(call.response_body or "")
    if page.password_field:
        return  # a login page, which may well hold a captcha of its own
    title = page.title or next(iter(page.headings), "") or page.text[:80]
    for pattern, guard in _PAGES:
        # With status 200 a login page may hold a captcha; only an interstitial's own words count then.
        certain = status in _REFUSALS
        if pattern.search(body) and (certain or guard in {"Cloudflare", "ngrok"}):
            yield Challenge(guard, f"“{title}”", Confidence.CERTAIN if certain else Confidence.LIKELY)
    gate = header(call.response_headers, "www-authenticate") or ""
    if status == 401 and _BASIC.search(gate) and call.scheme != "HTTP_BASIC" and not _sent_basic(call):
        yield Challenge("a password gate", f"www-authenticate: {gate}", Confidence.LIKELY)
    said = f"{page.title} {page.text}"
    own = "cloudflare" in said.lower() and not _STATUS_ONLY.sub("", said)
    if status == _FORBIDDEN and own and (header(call.response_headers, "server") or "").lower() == "cloudflare":
        yield Challenge("Cloudflare", f"“{title}”, server: cloudflare", Confidence.LIKELY)


def _refusals(call: TokenCall) -> Iterator[Challenge]:
    gateway = gateway_of_call(call)
    if gateway is None or gateway.cause not in {"refused", "country"}:
        return
    words = said_by(call.response_body or "") if read_token_answer(call).json is None else ""
    quoted = f"“{words[:_QUOTED]}”" if words else gateway.sign
    # Alexa's servers do not stand where this machine does.
    sure = Confidence.CERTAIN if gateway.cause == "refused" else Confidence.POSSIBLE
    yield Challenge(gateway.name, quoted, sure, gateway)


def _headers(call: TokenCall) -> Iterator[tuple[str, str]]:
    if (told := challenge_in(call.response_headers)) is not None:
        yield told
    for name, pattern, guard in _HEADERS:
        value = header(call.response_headers, name)
        if value is not None and pattern.search(value):
            yield guard, f"{name}: {value}"


def _is_page(call: TokenCall) -> bool:
    kind = (header(call.response_headers, "content-type") or "").lower()
    return "html" in kind or (call.response_body or "").lstrip()[:200].lower().startswith(("<!doctype html", "<html"))


def _sent_basic(call: TokenCall) -> bool:
    return _BASIC.match(header(call.request_headers, "authorization") or "") is not None
