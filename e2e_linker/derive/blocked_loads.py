"""Why a browser kept from a page what a server did answer, and what to set so that it does not."""

from __future__ import annotations

import re
from dataclasses import dataclass

from e2e_linker.derive.login_requests import cors_complaint
from e2e_linker.derive.urls import split, without_parameters
from e2e_linker.evidence.models import Request, Walk, records
from e2e_linker.model import host_of

__all__ = ["Blocking", "blocking", "kept_back"]

_KEPT = "The Same Origin Policy disallows"
"""How Firefox begins what it says of an answer that it keeps from the page."""
_MISMATCHED = re.compile(
    r"Failed to find a valid digest in the 'integrity' attribute|^None of the .{1,40}hashes in the integrity attribute"
    r"|Failed integrity metadata check"
)
"""How the engines say that a file is not the one whose hash the page gives."""
_UNSENT = "did not succeed"
"""What it says in the same words of a request that nobody answered."""
_FIRST_OPEN = (
    "Open the address by itself first: where it is answered with an error such as 404 or 500, mend that, for such "
    "answers seldom carry the header below. "
)

_QUOTED = 400
_FROM_ORIGIN = re.compile(r"from origin '([^']{1,200})'")


@dataclass(frozen=True, slots=True)
class Blocking:
    """Why it was kept back, as a clause, and what to do about it."""

    why: str
    fix: str
    by_page: bool = False
    """Whether a setting of the page forbids it, and not the answer itself."""


_ALLOW = "Send `Cross-Origin-Resource-Policy: cross-origin` with it"
_OPEN_UP = f"{_ALLOW}, or serve it from the page's own host."
_BY_FAILURE = {
    "ERR_BLOCKED_BY_ORB": Blocking(
        "what came is something else by its Content-Type, such as an error page or JSON, and browsers hand none of "
        "that to a page of another site: ERR_BLOCKED_BY_ORB",
        "Look with curl -i at what this address answers, and let it answer with the file itself and the Content-Type "
        "of such a file.",
    ),
    "NotSameOriginAfterDefaultedToSameOriginByCoep": Blocking(
        "the page came with `Cross-Origin-Embedder-Policy`, and so may use of other sites only what allows it, and "
        "this came without `Cross-Origin-Resource-Policy`",
        f"{_ALLOW}, or leave `Cross-Origin-Embedder-Policy` out of the page's headers: logging in needs none.",
        by_page=True,
    ),
    "BLOCKED_BY_RESPONSE.NotSameOrigin": Blocking(
        "it came with `Cross-Origin-Resource-Policy: same-origin`, so that no page of another host may use it",
        _OPEN_UP,
    ),
    "BLOCKED_BY_RESPONSE.NotSameSite": Blocking(
        "it came with `Cross-Origin-Resource-Policy: same-site`, so that no page of another site may use it",
        _OPEN_UP,
    ),
    "NS_ERROR_DOM_CORP_FAILED": Blocking(
        "its `Cross-Origin-Resource-Policy`, or that it has none under the page's `Cross-Origin-Embedder-Policy`, "
        "forbids the page to use it",
        _OPEN_UP,
    ),
    "CONTENT_DECODING_FAILED": Blocking(
        "its body is not compressed as its `Content-Encoding` says: ERR_CONTENT_DECODING_FAILED",
        "Send `Content-Encoding` only with a body that is compressed that way; a proxy may add the one or undo the "
        "other.",
    ),
}
"""By what engines say of it; the first that fits counts."""


_INTEGRITY = Blocking(
    "what came has not the hash that the page's `integrity` attribute gives for it",
    "See whether this is the file that was meant: if so, write its hash into `integrity`; else let no cache or proxy "
    "keep or change it. A file that changes under the same address can have no `integrity`.",
)


def blocking(request: Request, walk: Walk, page_url: str) -> Blocking | None:
    """Why the browser kept the answer of ``request`` from the page at ``page_url``; None where nothing says so."""
    failure = request.failure or ""
    known = next((found for words, found in _BY_FAILURE.items() if words in failure), None)
    if known is not None or (request.status or 0) >= 400:
        return known
    if _mismatched(request, walk):
        return _INTEGRITY
    said = (cors_complaint(walk, request) if failure else None) or kept_back(request, walk)
    return _cors(request, said, page_url) if said else None


def kept_back(request: Request, walk: Walk) -> str | None:
    """What a browser says of an answer that the page may not use; None where nothing. Firefox calls it an error."""
    if request.status is None or request.status >= 400:
        return None
    if mismatched := _mismatched(request, walk):
        return mismatched
    address = without_parameters(request.url)
    told = (one.message for one in records(walk.page_errors) if one.at >= request.at and one.window == request.window)
    about = next((said for said in told if said.startswith(_KEPT) and address in said and _UNSENT not in said), None)
    return about[:_QUOTED].rstrip(".") if about else None


def _mismatched(request: Request, walk: Walk) -> str | None:
    """What the browser says of a file that is not the one whose hash the page gives; None where nothing."""
    lines = [(one.at, one.window, one.text) for one in records(walk.console)]
    lines += [(one.at, one.window, one.message) for one in records(walk.page_errors)]
    since = (said for at, window, said in lines if at >= request.at and window == request.window)
    return next((said[:_QUOTED] for said in since if request.url in said and _MISMATCHED.search(said)), None)


def _cors(request: Request, said: str, page_url: str) -> Blocking:
    told, parts = _FROM_ORIGIN.search(said), split(page_url)
    origin = told[1] if told else f"{parts.scheme}://{parts.netloc}"
    return Blocking(
        f"its answer does not allow {origin} to read it (CORS); the browser says “{said}”",
        (_FIRST_OPEN if request.status is None else "")
        + f"Let {host_of(request.url)} answer requests of {origin} with `Access-Control-Allow-Origin: {origin}` (and "
        "`Access-Control-Allow-Credentials: true` where cookies are sent), also the OPTIONS request before them.",
    )
