"""Which answers of the evidence a gateway gave in a server's place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from e2e_linker.derive.markup import read_markup
from e2e_linker.derive.pages import Page
from e2e_linker.derive.tokens import read_token_answer
from e2e_linker.derive.wordings import MAINTENANCE
from e2e_linker.evidence.gateways import Gateway, gateway_in
from e2e_linker.evidence.models import Request, TokenCall

__all__ = ["gateway_of_call", "gateway_of_page"]


def gateway_of_call(call: TokenCall) -> Gateway | None:
    """Who answered ``call`` in the server's place; None where the server may have done it, as with an OAuth error."""
    body = call.response_body or ""
    said = read_token_answer(call).json
    if isinstance((said or {}).get("error"), str):
        return None
    page = read_markup(body)
    words = body if said is not None else "\n".join(page.texts)
    return None if page.password_field else _gateway(call.status, call.response_headers, words)


def gateway_of_page(page: Page, requests: Iterable[Request]) -> Gateway | None:
    """Who answered with ``page``, one of the documents that ``requests`` asked for, in the server's place."""
    if page.asks_for_password:
        return None
    headers = next((one.response_headers for one in requests if one.n == page.request), ())
    return _gateway(page.status, headers, "\n".join(page.texts))


def _gateway(status: int | None, headers: Sequence[tuple[str, str]], words: str) -> Gateway | None:
    """As :func:`gateway_in`, but for what somebody had the gateway say of a server that is down on purpose."""
    found = gateway_in(status, headers, words)
    return None if found and not found.refuses and MAINTENANCE.search(words) else found
