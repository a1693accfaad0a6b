"""Requests by which a server has its customers log in elsewhere, where it is a client itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from e2e_linker.alexa.authorization import AuthorizationRequest
from e2e_linker.derive.ladder import came_from
from e2e_linker.derive.urls import is_web, parameters, same_endpoint, without_parameters
from e2e_linker.evidence.models import Request
from e2e_linker.model import host_of

__all__ = ["FurtherClient", "further_client"]

_LONGEST = 200
"""Characters of an id and of an address that are quoted."""


@dataclass(frozen=True, slots=True)
class FurtherClient:
    """The client as which a server asks another one for a login."""

    host: str
    """That was asked."""
    client_id: str
    redirect_uri: str
    """Without parameters; it belongs to the server that asks."""

    @property
    def asker(self) -> str:
        """The host that the answer is meant for."""
        return host_of(self.redirect_uri)


def further_client(
    request: int | None, requests: Sequence[Request], authorization: AuthorizationRequest
) -> FurtherClient | None:
    """The client whose request the page of ``request`` answers, where that is not the request of Alexa; else None."""
    asked = next((one for one in requests if one.n == request), None)
    if asked is None:
        return None
    chain = came_from(asked, requests)
    here = [one for one in requests if one.leads and host_of(one.url) == host_of(asked.url)]
    way = {one.n: one for one in (*here, *chain) if one.n <= asked.n}
    met: list[str] = []
    for one in (way[n] for n in sorted(way, reverse=True)):
        if same_endpoint(one.url, authorization.endpoint):
            return None
        given = {part.name: part.value for part in parameters(one.url, nested=False)}
        address = given.get("redirect_uri")
        if address is not None and "client_id" in given:
            back = any(same_endpoint(address, url) for url in met)
            return None if back else _foreign(one, given["client_id"], address, authorization)
        met.append(one.url)
    return None


def _foreign(asked: Request, client_id: str, address: str, authorization: AuthorizationRequest) -> FurtherClient | None:
    """The client of ``asked`` where neither its address is Alexa's nor it is what the skill asked for."""
    if not is_web(address) or host_of(address) in {"", host_of(authorization.redirect_uri)}:
        return None
    if client_id == authorization.client_id and host_of(asked.url) == host_of(authorization.url):
        return None
    return FurtherClient(host_of(asked.url), client_id[:_LONGEST], without_parameters(address)[:_LONGEST])
