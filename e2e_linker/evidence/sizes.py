"""What a request weighs in bytes, measured on the real thing before anything of it is redacted."""

from __future__ import annotations

from urllib.parse import urlsplit

from e2e_linker.evidence.traffic import Headers, NamedSize, RequestSizes

__all__ = ["request_line_size", "request_sizes", "url_as_sent"]

_LINE_END = 2
_VERSION = len(" HTTP/1.1")


def url_as_sent(url: str) -> str:
    """``url`` without its fragment, which no browser sends."""
    return url.partition("#")[0]


def request_line_size(method: str, url: str) -> int:
    """Bytes of the HTTP/1.1 request line for ``url``, without its line end."""
    return len(method) + 1 + _size(_target(url)) + _VERSION


def request_sizes(
    method: str,
    url: str,
    headers: Headers,
    *,
    body: int = 0,
    response_head: int | None = None,
    response_body: int | None = None,
) -> RequestSizes:
    """The sizes of a request as HTTP/1.1 would send it, whatever the protocol was.

    HTTP/2's pseudo headers count as what they stand for: ``:authority`` as ``Host``, the others in the request line.
    """
    lines = _lines(url, headers)
    request_line = request_line_size(method, url)
    weights = [_line_size(name, value) for name, value in lines]
    heaviest = max(weights, default=0)
    cookie = "; ".join([value for name, value in lines if len(name) == 6 and name.lower() == "cookie"])
    return RequestSizes(
        request_line=request_line,
        head=request_line + _LINE_END + sum(weights) + _LINE_END * len(weights) + _LINE_END,
        cookie_header=_size(cookie),
        largest_header=NamedSize(name=lines[weights.index(heaviest)][0], bytes=heaviest) if weights else None,
        header_count=len(lines),
        query=tuple([_pair(text) for text in url_as_sent(url).partition("?")[2].split("&") if text]),
        cookies=tuple([_pair(text.strip()) for text in cookie.split(";") if text.strip()]),
        body=body,
        response_head=response_head,
        response_body=response_body,
    )


def _lines(url: str, headers: Headers) -> list[tuple[str, str]]:
    lines = [(name, value) for name, value in headers if name[:1] != ":"]
    if not any(len(name) == 4 and name.lower() == "host" for name, _ in lines):
        authority = next((value for name, value in headers if name == ":authority"), "")
        lines.insert(0, ("Host", authority or _authority(url)))
    return lines


def _target(url: str) -> str:
    """The origin form of ``url``: its path and query, as it is spelled."""
    _, _, rest = url_as_sent(url).partition("://")
    start = min((place for mark in "/?" if (place := rest.find(mark)) >= 0), default=len(rest))
    target = rest[start:]
    return target if target.startswith("/") else "/" + target


def _authority(url: str) -> str:
    try:
        return urlsplit(url).netloc.rpartition("@")[2]
    except ValueError:
        return ""


def _pair(text: str) -> NamedSize:
    return NamedSize(name=text.partition("=")[0], bytes=_size(text))


def _line_size(name: str, value: str) -> int:
    if name.isascii() and value.isascii():
        return len(name) + 2 + len(value)
    return _size(name) + 2 + _size(value)


def _size(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
