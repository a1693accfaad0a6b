"""What to do where the first answer of a server already names the way back without the authorization request."""

from __future__ import annotations

from collections.abc import Sequence

from e2e_linker.audits.walks import of_walk
from e2e_linker.derive.cookie_scopes import names_sent
from e2e_linker.derive.pages import Page
from e2e_linker.derive.urls import UrlParam, parameters, same_endpoint, split, without_parameters
from e2e_linker.evidence.headers import header
from e2e_linker.evidence.models import Request, Walk
from e2e_linker.model import joined

__all__ = ["bare_return"]

_WHOLE = "Give {login} the whole address to come back to as `{name}`, with its query, percent-encoded"
_AT_ALL = (
    "see whether the query reaches the server at all: nginx drops it where `proxy_pass` ends in `$uri` (hand on "
    "`$request_uri`, or `$uri$is_args$args`)"
)


def bare_return(walk: Walk, page: Page) -> str | None:
    """What to do where ``page`` refuses the address that the first answer gave the login to come back to; else None.

    That address is the authorization endpoint's, without its query. Where a cookie came with the request or its answer,
    a session may hold what stood there.
    """
    requests: Sequence[Request] = of_walk(walk, "requests") or ()
    first = next((one for one in requests if one.leads), None)
    led = header(first.response_headers, "location") if first else None
    if page.status < 400 or not _is_bare(page.url, walk) or first is None or led is None:
        return None
    if first.url != walk.authorization.url or _kept(first):
        return None
    target = joined(first.url, led)
    given = parameters(target, nested=False)
    carrier = next((one for one in given if _is_bare(joined(target, one.value), walk)), None)
    if carrier is None or any(one.name == "client_id" for one in parameters(target)):
        return None
    return _advice(without_parameters(target), carrier)


def _advice(login: str, carrier: UrlParam) -> str:
    """A server that writes the ``?`` and nothing behind it was given a query without anything in it."""
    whole = _WHOLE.format(login=login, name=carrier.name)
    told = f"The server's first answer already leads to the login with `{carrier.name}={carrier.value}` alone"
    if carrier.value.endswith("?"):
        return (
            f"{told}, as if it had been asked without a query: {_AT_ALL}. Where it does, {whole[0].lower()}{whole[1:]}."
        )
    return f"{told}. {whole}. Where the server does that, {_AT_ALL}."


def _kept(request: Request) -> bool:
    """Whether ``request`` or its answer carried a cookie."""
    sets = request.set_cookies or header(request.response_headers, "set-cookie") is not None
    return bool(sets or names_sent(request))


def _is_bare(url: str, walk: Walk) -> bool:
    """Whether ``url`` is the authorization endpoint without any parameter."""
    parts = split(url)
    return same_endpoint(url, walk.authorization.endpoint) and not parts.query and not parts.fragment
