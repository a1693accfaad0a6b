"""A case's network traffic as HAR 1.2, for every other tool that reads it.

Source: HTTP Archive (HAR) 1.2 specification, by Jan Odvarko. Each walk is a page. What the evidence does not say is -1
for a number and an empty text elsewhere; names that the format does not know begin with an underscore, as it asks.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from e2e_linker import __version__
from e2e_linker.evidence.cookie_headers import cookies_in
from e2e_linker.evidence.headers import header
from e2e_linker.evidence.models import Body, CaseEvidence, Headers, Request, SetCookie, Timing, Walk, records

__all__ = ["har_of"]

_UNKNOWN = -1


def har_of(evidence: CaseEvidence) -> dict[str, Any]:
    """The HAR document of one attempt at a case: one page for each walk, one entry for each request of its browser."""
    case = evidence.case
    entries = [_entry(walk, request) for walk in evidence.walks for request in records(walk.requests)]
    log: dict[str, Any] = {
        "version": "1.2",
        "creator": {"name": "e2e-linker", "version": __version__},
        "pages": [_page(walk) for walk in evidence.walks],
        "entries": sorted(entries, key=lambda entry: str(entry["startedDateTime"])),
        "comment": f"Case {case.id}, attempt {evidence.attempt}. Secrets are replaced by labels such as <code#1>; "
        "sizes were measured before that.",
    }
    if case.engine:
        log["browser"] = {"name": case.engine, "version": case.engine_version or ""}
    return {"log": log}


def _moment(walk: Walk, at: float) -> str:
    started = walk.started_at if walk.started_at.tzinfo else walk.started_at.replace(tzinfo=UTC)
    moment = started.astimezone(UTC) + timedelta(seconds=at)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _page(walk: Walk) -> dict[str, Any]:
    comment = f"{walk.ending.kind}: {walk.ending.message}"
    if walk.requests.kind == "not_collected":
        comment += f" (requests were not collected: {walk.requests.reason})"
    elif walk.requests.kind == "failed":
        comment += f" (requests could not be collected: {walk.requests.error})"
    return {
        "id": walk.id,
        "title": f"{walk.purpose}: {walk.authorization.endpoint}",
        "startedDateTime": _moment(walk, 0),
        "pageTimings": {"onContentLoad": _UNKNOWN, "onLoad": _UNKNOWN},
        "comment": comment,
    }


def _entry(walk: Walk, request: Request) -> dict[str, Any]:
    timings = _timings(request.timing)
    total = request.timing.total_ms if request.timing else None
    spent = sum(value for phase, value in timings.items() if value > 0 and phase != "ssl")
    entry: dict[str, Any] = {
        "pageref": walk.id,
        "startedDateTime": _moment(walk, request.at),
        "time": spent if total is None else total,
        "request": _request(request),
        "response": _response(request),
        "cache": {},
        "timings": timings,
        "_number": request.n,
        "_resourceType": request.resource_type,
        "_navigation": request.navigation,
        "_mainFrame": request.main_frame,
    }
    optional = {
        "_failure": request.failure,
        "_initiator": request.initiator.model_dump(mode="json") if request.initiator else None,
        "_redirectedFrom": request.redirected_from,
        "_window": request.window,
        "_frame": request.frame,
        "_fromCache": request.from_cache or None,
        "_fromServiceWorker": request.service_worker or None,
        "comment": f"no answer came: {request.failure}" if request.failure else None,
    }
    return entry | {name: value for name, value in optional.items() if value is not None}


def _timings(timing: Timing | None) -> dict[str, float]:
    """Milliseconds by phase. HAR counts TLS into ``connect`` and says it again as ``ssl``."""
    known = timing or Timing()
    parts = [part for part in (known.connect_ms, known.tls_ms) if part is not None]
    return {
        "blocked": _UNKNOWN,
        "dns": _number(known.dns_ms),
        "connect": sum(parts) if parts else _UNKNOWN,
        "ssl": _number(known.tls_ms),
        "send": _UNKNOWN,
        "wait": _number(known.wait_ms),
        "receive": _number(known.receive_ms),
    }


def _number(value: float | None) -> float:
    return _UNKNOWN if value is None else value


def _request(request: Request) -> dict[str, Any]:
    sizes = request.sizes
    document: dict[str, Any] = {
        "method": request.method,
        "url": request.url,
        "httpVersion": "",
        "cookies": [_named(*cookie) for name, value in request.headers for cookie in cookies_in(name, value)],
        "headers": _headers(request.headers),
        "queryString": [_named(*pair) for pair in _query(request.url)],
        "headersSize": sizes.head if sizes else _UNKNOWN,
        "bodySize": sizes.body if sizes else request.body.size if request.body else _UNKNOWN,
    }
    if request.body:
        document["postData"] = _post_data(request.body)
    return document


def _query(url: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(urlsplit(url).query, keep_blank_values=True)
    except ValueError:
        return []


def _post_data(body: Body) -> dict[str, Any]:
    """``params`` or ``text``: the format allows only one of them to say something."""
    fields = [_named(field.name, field.value) for field in body.fields]
    return {"mimeType": body.content_type or "", "params": fields, "text": "" if fields else body.text or ""}


def _response(request: Request) -> dict[str, Any]:
    sizes = request.sizes
    length = sizes.response_body if sizes else None
    content: dict[str, Any] = {
        "size": _number(length),
        "mimeType": header(request.response_headers, "content-type") or "",
    }
    if request.excerpt is not None:
        content |= {"text": request.excerpt, "comment": "the beginning of the text only"}
    return {
        "status": request.status or 0,
        "statusText": request.status_text or "",
        "httpVersion": "",
        "cookies": [_cookie(cookie) for cookie in request.set_cookies],
        "headers": _headers(request.response_headers),
        "content": content,
        "redirectURL": header(request.response_headers, "location") or "",
        "headersSize": _number(sizes.response_head if sizes else None),
        "bodySize": _number(length),
    }


def _named(name: str, value: str) -> dict[str, str]:
    return {"name": name, "value": value}


def _headers(headers: Headers) -> list[dict[str, str]]:
    return [_named(name, value) for name, value in headers]


def _cookie(cookie: SetCookie) -> dict[str, Any]:
    document: dict[str, Any] = {
        **_named(cookie.name, cookie.value),
        "httpOnly": cookie.http_only,
        "secure": cookie.secure,
    }
    optional = {
        "path": cookie.path,
        "domain": cookie.domain,
        "expires": _http_date(cookie.expires),
        "_sameSite": cookie.same_site,
    }
    return document | {name: value for name, value in optional.items() if value is not None}


def _http_date(text: str | None) -> str | None:
    """An HTTP date as ISO 8601, or None where it is none."""
    try:
        moment: datetime = parsedate_to_datetime(text or "")
    except ValueError:
        return None
    return moment.isoformat()
