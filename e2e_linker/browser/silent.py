"""Another authorization without a page: what a browser that is signed in gets when nobody has anything to decide.

The device's own HTTP client asks, with its cookies and through its proxy; each redirect is looked at before it is
followed, and the one that hands the answer to Alexa is not. Good for getting a code, never for measuring.
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import APIResponse, Error

from e2e_linker.alexa.surfaces import accept_language
from e2e_linker.browser.background import answered
from e2e_linker.browser.device import Device
from e2e_linker.browser.network import PROXY_STATUS
from e2e_linker.evidence.contents import BODY_LIMIT
from e2e_linker.evidence.headers import header
from e2e_linker.evidence.traffic import Headers
from e2e_linker.model import host_of, joined

__all__ = ["Answer", "Trail", "ask_silently", "follow", "is_gone", "jar_of", "read_alike"]

_HOPS = 20
_TIMEOUT_MS = 10_000
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PLAIN = re.compile(r"[!-\[\]-~]+")
"""An address that everybody reads alike: no blanks, control characters, backslashes or letters of other scripts."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer on the way, not redacted."""

    asked_at: float
    """By :func:`time.monotonic`."""
    url: str
    sent: Headers
    """What was set for this request; the client adds some headers of its own, among them the cookies."""
    status: int
    status_text: str
    headers: Headers
    body: bytes | None = None
    """None where nobody wanted it, or where it has more than :data:`~e2e_linker.evidence.contents.BODY_LIMIT` bytes."""


@dataclass(slots=True)
class Trail:
    """How far redirects alone led; filled while they are followed."""

    answers: list[Answer] = field(default_factory=list)
    arrival: str | None = None
    """The URL handed to Alexa, not redacted; None where there is none."""
    final: Answer | None = None
    """The answer that is no redirect; None where none came."""
    problem: str = ""
    """What came instead of an arrival."""
    failed: bool = False
    """Whether a server, or the browser, gave no answer."""


async def ask_silently(
    device: Device, url: str, *, arrives: Callable[[str], bool], refuse: Callable[[str, int], bool]
) -> Trail:
    """Follow ``url`` until a redirect ``arrives`` at Alexa; no host that ``refuse`` names is asked. Raises nothing."""
    trail = Trail()
    await follow(device, url, trail, arrives=arrives, refuse=refuse)
    return trail


async def follow(
    device: Device,
    url: str,
    trail: Trail,
    *,
    arrives: Callable[[str], bool],
    refuse: Callable[[str, int], bool],
    within_s: float = math.inf,
    read: frozenset[int] = frozenset(),
) -> None:
    """As :func:`ask_silently`, for at most ``within_s`` seconds, and every answer is kept in ``trail``.

    Bodies are read of answers whose status is in ``read``.
    """
    end = time.monotonic() + within_s
    for _ in range(_HOPS):
        if arrives(url):
            trail.arrival = url
            return
        if not url.lower().startswith(("https://", "http://")) or refuse(host_of(url), 443):
            trail.problem = f"a redirect leads to {host_of(url) or 'no web page'}"
            return
        rest_ms = min(_TIMEOUT_MS, (end - time.monotonic()) * 1000)
        if rest_ms < 1:
            trail.problem, trail.failed = f"no answer within {within_s:g} s", True
            return
        try:
            answer = await _asked(device, url, rest_ms, read)
        except Error as error:
            said = error.message.splitlines()[0].partition(": ")[2]
            trail.problem, trail.failed = said or "no answer", True
            return
        if (own := header(answer.headers, "proxy-status") or "").startswith(PROXY_STATUS):
            # The proxy's own word, which a browser does not take for the server's either.
            trail.problem, trail.failed = own.partition('details="')[2].rstrip('"'), True
            return
        trail.answers.append(answer)
        target = _target(answer)
        if target is None:
            trail.final, trail.problem = answer, f"a page answers, with status {answer.status}"
            return
        url = target
    trail.problem = f"more than {_HOPS} redirects"


def read_alike(trail: Trail) -> bool:
    """Whether browsers read every address of ``trail`` as it was read here, and go from each to the next as well.

    They do not go on over ``http://`` where they know that a host is to be asked over TLS only.
    """
    answers = trail.answers
    addresses = [answer.url for answer in answers] + ([trail.arrival] if trail.arrival else [])
    told = [[value for name, value in answer.headers if name.lower() == "location"] for answer in answers]
    schemes = [answer.url.partition(":")[0].lower() for answer in answers]
    return (
        all(_PLAIN.fullmatch(address) for address in (*addresses, *(value for values in told for value in values)))
        and all(len(values) < 2 for values in told)
        and all(scheme in {schemes[0], "https"} for scheme in schemes)
    )


async def _asked(device: Device, url: str, timeout_ms: float, read: frozenset[int]) -> Answer:
    asked_at, sent = time.monotonic(), _headers(device)
    response = await device.context.request.get(url, headers=dict(sent), max_redirects=0, timeout=timeout_ms)
    try:
        return Answer(
            asked_at=asked_at,
            url=url,
            sent=sent,
            status=response.status,
            status_text=response.status_text,
            headers=tuple((header["name"], header["value"]) for header in response.headers_array),
            body=await _body(response) if response.status in read else None,
        )
    finally:
        await response.dispose()


async def _body(response: APIResponse) -> bytes | None:
    told = response.headers.get("content-length", "")
    if told.isdigit() and int(told) > BODY_LIMIT:
        return None
    body = await response.body()
    return body if len(body) <= BODY_LIMIT else None


def _target(answer: Answer) -> str | None:
    """Where ``answer`` redirects to; None where it does not."""
    location = header(answer.headers, "location")
    return joined(answer.url, location) if answer.status in _REDIRECTS and location is not None else None


def _headers(device: Device) -> Headers:
    languages = accept_language(device.settings.locale).split(",")
    spoken = ",".join(f"{name};q=0.{9 - n}" if n else name for n, name in enumerate(languages))
    return (
        ("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"),
        *((("Accept-Language", spoken),) if spoken else ()),
        ("Sec-Fetch-Dest", "document"),
        ("Sec-Fetch-Mode", "navigate"),
        ("Sec-Fetch-Site", "none"),
        ("Sec-Fetch-User", "?1"),
        ("Upgrade-Insecure-Requests", "1"),
    )


async def jar_of(device: Device) -> dict[str, Any] | None:
    """The cookies and local storage of ``device`` as a Playwright storage state; None where the browser is gone."""
    try:
        return dict(await answered(device.context.storage_state()))
    except Error:
        return None


async def is_gone(device: Device) -> bool:
    """Whether the browser of ``device`` is gone, or this part of it."""
    try:
        await answered(device.context.cookies("https://localhost/"))
    except Error:
        return True
    return False
