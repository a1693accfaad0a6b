"""Scripts that were answered and that no browser runs, because of what their answer is declared as."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from e2e_linker.evidence.headers import header, media_type
from e2e_linker.evidence.models import Request, Walk, records

__all__ = ["is_unfit_word", "pages_for_scripts", "refused_types"]

_UNFIT = " MIME type (“"
"""What Firefox says, as a script error too, of an answer that is no script, which is told by the request itself."""
_NO_STUMBLE = ("stylesheet", "even though")
"""In what browsers say of a page in the place of a style, and of a script that they ran although it is called one."""
_TYPE = re.compile(
    r"MIME type (?:of )?\(?[\"'“]([^\"'”]{0,100})[\"'”]|^'([^']{0,100})' is not a valid JavaScript MIME type",
    re.MULTILINE,
)
"""The type for which a browser does not run a script, in its words; the second way is WebKit's."""
_PAGE = "text/html"
_ANSWERED = frozenset({200, 203})


def is_unfit_word(words: str) -> bool:
    """Whether an error of Firefox says that an answer is no script, as its request tells already."""
    return _UNFIT in words


def pages_for_scripts(loads: Sequence[Request], walk: Walk, window: int | None, since: float) -> frozenset[int]:
    """The numbers of the scripts among ``loads`` that a page came for, which the browser did not run."""
    stumbled = _stumbled(walk, window, since)
    return frozenset(request.n for request in loads if _is_page(request, stumbled=stumbled))


def refused_types(loads: Sequence[Request], walk: Walk, window: int | None, since: float) -> dict[int, str]:
    """Under which type each script of ``loads`` came that the browser says it did not run for that; empty for none."""
    scripts = [r for r in loads if r.resource_type == "script" and r.status in _ANSWERED]
    by_number = {request.n: request for request in loads}
    found: dict[int, str] = {}
    for words, about in _written(walk, window, since):
        told = _TYPE.search(words)
        if told is None or any(other in words for other in _NO_STUMBLE):
            continue
        declared = (told[1] or told[2] or "").strip().lower()
        fitting = [r for r in scripts if _declared(r) == declared]
        named = [r for r in fitting if any(url == about or url in words for url in _ways(r, by_number))]
        nameless = about is None and "://" not in words and len(fitting) == 1  # WebKit names no address
        found |= {request.n: declared for request in (fitting if nameless else named)}
    return found


def _ways(request: Request, by_number: dict[int, Request]) -> Iterator[str]:
    """The address of ``request``, and those that it was led on from."""
    at: Request | None = request
    while at is not None:
        yield at.url
        at = by_number.get(at.redirected_from) if at.redirected_from is not None else None


def _written(walk: Walk, window: int | None, since: float) -> Iterator[tuple[str, str | None]]:
    """What the browser wrote of this page, each with the address that it is about, where it names one."""
    for line in records(walk.console):
        if line.window == window and line.at >= since:
            yield line.text, line.url
    for error in records(walk.page_errors):
        if error.window == window and error.at >= since:
            yield f"{error.message}\n{error.stack or ''}", None


def _declared(request: Request) -> str:
    return media_type(header(request.response_headers, "content-type"))


def _is_page(request: Request, *, stumbled: bool) -> bool:
    """Whether a script was answered with a page, as servers do that have one and the same for every path.

    A script that is merely declared as one runs, as those do that PHP sends; redirects have pages for bodies, too.
    """
    if request.resource_type != "script" or request.status not in _ANSWERED:
        return False
    if not (header(request.response_headers, "content-type") or "").lower().startswith(_PAGE):
        return False
    sniffed = (header(request.response_headers, "x-content-type-options") or "").strip().lower()
    return sniffed == "nosniff" or request.failure is not None or stumbled


def _stumbled(walk: Walk, window: int | None, since: float) -> bool:
    """Whether the browser met markup, or the type of a page, where it was to run a script of this page."""
    errors = records(walk.page_errors)
    lines = records(walk.console)
    thrown = [error.message for error in errors if error.window == window and error.at >= since]
    written = [line.text for line in lines if line.window == window and line.at >= since]
    if any("'<'" in words and "JSON" not in words for words in thrown):
        return True
    return any(_PAGE in words and not any(other in words for other in _NO_STUMBLE) for words in written)
