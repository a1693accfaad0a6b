"""One entry of a network capture, with the parts every step needs read from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from e2e_linker.evidence.headers import media_type
from e2e_linker.evidence.loose_json import a_moment, a_number, a_pair_list, a_text, an_object
from e2e_linker.evidence.traffic import Headers

__all__ = ["Entry"]

_TYPES = {
    "document": "document", "main_frame": "document", "sub_frame": "document", "iframe": "document",
    "frame": "document", "style": "stylesheet", "stylesheet": "stylesheet", "script": "script", "image": "image",
    "imageset": "image", "font": "font", "xhr": "xhr", "xmlhttprequest": "xhr", "fetch": "fetch", "empty": "fetch",
    "media": "media",
    "audio": "media", "video": "media", "track": "media", "manifest": "manifest", "worker": "script",
    "eventsource": "eventsource", "websocket": "websocket", "ping": "ping", "beacon": "ping", "preflight": "preflight",
}  # fmt: skip
"""What Chrome, Firefox and the ``Sec-Fetch-Dest`` header call a resource, as Playwright calls it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry; what is not as HAR 1.2 has it counts as not said."""

    raw: Mapping[str, Any]
    url: str
    method: str
    headers: Headers
    response_headers: Headers
    status: int | None
    started: datetime | None
    resource_type: str
    """Playwright's name of what was asked for, as far as the capture tells."""
    navigation: bool
    """Whether a window or frame went there."""
    main_frame: bool
    """Whether the whole window went there; where the capture does not tell frames apart, it is taken to."""

    @classmethod
    def read(cls, raw: Mapping[str, Any]) -> Entry:
        """The entry ``raw``."""
        request, response = an_object(raw.get("request")), an_object(raw.get("response"))
        headers, answered = a_pair_list(request.get("headers")), a_pair_list(response.get("headers"))
        number = a_number(response.get("status"))
        status = int(number) if number is not None and 100 <= number <= 599 else None
        sent, target = _header(headers, "sec-fetch-mode").lower(), _header(headers, "sec-fetch-dest").lower()
        kind = _resource_type(a_text(raw.get("_resourceType")).lower() or target, headers, answered, status)
        navigation = sent == "navigate" if sent else kind == "document"
        return cls(
            raw=raw,
            url=a_text(request.get("url")),
            method=a_text(request.get("method"))[:20].upper() or "GET",
            headers=headers,
            response_headers=answered,
            status=status,
            started=a_moment(raw.get("startedDateTime")),
            resource_type=kind,
            navigation=navigation,
            main_frame=navigation and target not in {"iframe", "frame", "object", "embed"},
        )

    def header(self, name: str) -> str:
        """The request header ``name``, empty where there is none."""
        return _header(self.headers, name)

    def answer_header(self, name: str) -> str:
        """The answer's header ``name``, empty where there is none."""
        return _header(self.response_headers, name)


def _header(headers: Headers, wanted: str) -> str:
    for name, value in headers:
        if len(name) == len(wanted) and name.lower() == wanted:
            return value
    return ""


def _resource_type(said: str, headers: Headers, answered: Headers, status: int | None) -> str:
    if said in _TYPES:
        return _TYPES[said]
    kind = media_type(_header(answered, "content-type"))
    asks_for_page = "text/html" in _header(headers, "accept")
    if kind in {"text/html", "application/xhtml+xml"} and asks_for_page:
        return "document"
    family = {"image": "image", "font": "font", "audio": "media", "video": "media"}.get(kind.partition("/")[0])
    if family is not None:
        return family
    if kind == "text/css":
        return "stylesheet"
    if kind.endswith("javascript"):
        return "script"
    return "document" if asks_for_page and (not kind or 300 <= (status or 0) < 400) else "other"
