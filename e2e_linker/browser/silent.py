"""Another authorization without a page: what a browser that is signed in gets when nobody has anything to decide.

The device's own HTTP client asks, with its cookies and through its proxy; each redirect is looked at before it is
followed, and the one that hands the answer to Alexa is not. Good for getting a code, never for measuring.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from playwright.async_api import APIResponse, Error

from e2e_linker.alexa.surfaces import accept_language
from e2e_linker.browser.device import Device
from e2e_linker.model import host_of

__all__ = ["Silence", "ask_silently", "jar_of"]

_HOPS = 20
_TIMEOUT_MS = 10_000
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class Silence:
    """How far redirects alone led."""

    arrival: str | None = None
    """The URL handed to Alexa, not redacted; None where there is none."""
    problem: str = ""
    """What came instead."""


async def ask_silently(
    device: Device, url: str, *, arrives: Callable[[str], bool], refuse: Callable[[str, int], bool]
) -> Silence:
    """Follow ``url`` until a redirect ``arrives`` at Alexa; no host that ``refuse`` names is asked. Raises nothing."""
    for _ in range(_HOPS):
        if arrives(url):
            return Silence(arrival=url)
        if not url.lower().startswith(("https://", "http://")) or refuse(host_of(url), 443):
            return Silence(problem=f"a redirect leads to {host_of(url) or 'no web page'}")
        try:
            response = await device.context.request.get(
                url, headers=_headers(device), max_redirects=0, timeout=_TIMEOUT_MS
            )
        except Error as error:
            return Silence(problem=error.message.splitlines()[0].partition(": ")[2] or "no answer")
        target = await _target(response)
        if target is None:
            return Silence(problem=f"a page answers, with status {response.status}")
        url = urljoin(url, target)
    return Silence(problem=f"more than {_HOPS} redirects")


async def _target(response: APIResponse) -> str | None:
    location = response.headers.get("location")
    found = location if response.status in _REDIRECTS else None
    try:
        await response.dispose()
    except Error:
        return None
    return found


def _headers(device: Device) -> dict[str, str]:
    languages = accept_language(device.settings.locale).split(",")
    spoken = ",".join(f"{name};q=0.{9 - n}" if n else name for n, name in enumerate(languages))
    return {
        "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        **({"Accept-Language": spoken} if spoken else {}),
        "Sec-Fetch-Dest": "document",
        "Sec-Fetch-Mode": "navigate",
        "Sec-Fetch-Site": "none",
        "Sec-Fetch-User": "?1",
        "Upgrade-Insecure-Requests": "1",
    }


async def jar_of(device: Device) -> dict[str, Any] | None:
    """The cookies and local storage of ``device`` as a Playwright storage state; None where the browser is gone."""
    try:
        return dict(await device.context.storage_state())
    except Error:
        return None
