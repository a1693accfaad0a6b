"""The authorization request as the server reads it, and what can be wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote

from e2e_linker.demo.behaviour import Parameters
from e2e_linker.model import Grant, Region

__all__ = ["Client", "LinkRequest", "NotAnswerable", "Refused", "form_fields", "read_request", "redirect_uris"]

_HOSTS = {Region.NA: "pitangui.amazon.com", Region.EU: "layla.amazon.com", Region.FE: "alexa.amazon.co.jp"}
_CARRIED = ("client_id", "response_type", "redirect_uri", "state", "scope", "code_challenge", "code_challenge_method")


def redirect_uris(vendor_id: str, grant: Grant) -> dict[Region, str]:
    """The redirect URLs that the Alexa console shows a developer, by region (Amazon, "Account Linking Schemas")."""
    path = (
        f"/api/skill/link/{vendor_id}"
        if grant is Grant.AUTH_CODE
        else f"/spa/skill/account-linking-status.html?vendorId={vendor_id}"
    )
    return {region: f"https://{host}{path}" for region, host in _HOSTS.items()}


@dataclass(frozen=True, slots=True)
class Client:
    """The OAuth client that stands for Alexa."""

    client_id: str
    client_secret: str
    grant: Grant
    redirect_uris: frozenset[str]
    scopes: frozenset[str]

    default_scope: str = "profile lights"
    """What a request without ``scope`` asks for."""
    matches: Callable[[str, frozenset[str]], bool] = lambda uri, registered: uri in registered
    """Whether a redirect URI is one of the registered ones."""

    @property
    def response_type(self) -> str:
        """``code`` or ``token``."""
        return "code" if self.grant is Grant.AUTH_CODE else "token"


@dataclass(frozen=True, slots=True)
class LinkRequest:
    """A valid authorization request."""

    client_id: str
    response_type: str
    redirect_uri: str
    state: str | None
    scope: str
    code_challenge: str | None

    def parameters(self) -> Parameters:
        """What has to travel with the login, as it came."""
        values = {
            "client_id": self.client_id,
            "response_type": self.response_type,
            "redirect_uri": self.redirect_uri,
            "state": self.state,
            "scope": self.scope,
            "code_challenge": self.code_challenge,
            "code_challenge_method": "S256" if self.code_challenge else None,
        }
        return tuple((name, value) for name, value in values.items() if value is not None)

    def query(self) -> str:
        """The same as a query string."""
        return "&".join(f"{name}={quote(value, safe='')}" for name, value in self.parameters())


class NotAnswerable(Exception):  # noqa: N818 - not an error of the program: it is an answer
    """No known client or redirect URI: the person must be told, nobody redirected (RFC 6749, 4.1.2.1)."""


class Refused(Exception):  # noqa: N818
    """The request is answered with an OAuth error at its redirect URI."""

    def __init__(self, error: str, description: str, request: LinkRequest) -> None:
        super().__init__(description)
        self.error, self.description, self.request = error, description, request


def form_fields(encoded: str) -> list[tuple[str, str]]:
    """Names and values of a query or form body, in order."""
    return parse_qsl(encoded, keep_blank_values=True, max_num_fields=1000)


def read_request(pairs: Sequence[tuple[str, str]], client: Client) -> LinkRequest:
    """The request in ``pairs``; parameters of no meaning are ignored (RFC 6749, 3.1).

    Raises :class:`NotAnswerable` or :class:`Refused`.
    """
    values = {name: value for name, value in pairs if name in _CARRIED}
    if values.get("client_id") != client.client_id:
        raise NotAnswerable("client_id")
    redirect_uri = values.get("redirect_uri", "")
    if not client.matches(redirect_uri, client.redirect_uris):
        raise NotAnswerable("redirect_uri")
    request = LinkRequest(
        client_id=client.client_id,
        response_type=values.get("response_type", ""),
        redirect_uri=redirect_uri,
        state=values.get("state"),
        scope=values.get("scope") or client.default_scope,
        code_challenge=values.get("code_challenge"),
    )
    _judge(request, values, [name for name, _ in pairs if name in _CARRIED], client)
    return request


def _judge(request: LinkRequest, values: dict[str, str], names: list[str], client: Client) -> None:
    if len(names) != len(set(names)):
        raise Refused("invalid_request", "A parameter is given more than once.", request)
    if not request.response_type:
        raise Refused("invalid_request", "response_type is missing.", request)
    if request.response_type not in {"code", "token"}:
        raise Refused("unsupported_response_type", "Only code and token are supported.", request)
    if request.response_type != client.response_type:
        raise Refused("unauthorized_client", "This client may not use this response_type.", request)
    unknown = set(request.scope.split(" ")) - client.scopes
    if unknown:
        raise Refused("invalid_scope", f"Unknown scope: {' '.join(sorted(unknown))}", request)
    if request.code_challenge and values.get("code_challenge_method") != "S256":
        raise Refused("invalid_request", "code_challenge_method must be S256.", request)
    if not request.code_challenge and "code_challenge_method" in values:
        raise Refused("invalid_request", "code_challenge is missing.", request)
