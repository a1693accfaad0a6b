"""The answer for Alexa where it was sent somewhere else: to another app, a host nobody knows of, or a wrong address."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qs, unquote

from e2e_linker.alexa.authorization import AuthorizationRequest
from e2e_linker.alexa.facts import REDIRECT_HOSTS
from e2e_linker.derive.base import fact
from e2e_linker.derive.hosts import DomainList, registrable_domain
from e2e_linker.derive.ladder import Hop, Ladder
from e2e_linker.derive.urls import is_web, parameters, split
from e2e_linker.evidence.models import Arrival, Ending, EndingKind
from e2e_linker.model import Confidence, Fault, host_of

__all__ = ["StrayAnswer", "endpoint", "reaches", "stray_answer", "stray_ending"]

_TOKENS = frozenset({"code", "access_token"})
_ANSWERS = _TOKENS | {"error"}
_NO_APPS = frozenset({"", "about", "blob", "chrome-error", "data", "javascript", "mailto", "sms", "tel"})
"""What stands before the colon of addresses that no app of the customer's is behind."""
_TOLD: frozenset[EndingKind] = frozenset({"dead_end", "login_not_found", "unreachable", "tls_failure", "timeout"})
"""Endings after which the last address is where the server sent the browser."""


@dataclass(frozen=True, slots=True)
class StrayAnswer:
    """What only Alexa's redirect URL should have got, and where it went."""

    address: str
    """Without query and fragment, which hold the code."""
    hop: Hop
    """The hop that went there, or whose answer sent the browser there."""
    confidence: Confidence
    """Certain where it carries the state of the request to another app; a host may belong to the login all the same."""

    def went_to(self, url: str) -> bool:
        """Whether ``url`` is where it went, whatever its parameters."""
        return _address(url) == self.address


@fact
def stray_answer(
    ladder: Ladder,
    arrivals: tuple[Arrival, ...],
    authorization: AuthorizationRequest,
    domain_list: DomainList,
    ending: Ending,
) -> StrayAnswer | None:
    """The answer that went astray; None where one arrived, or where nothing that looks like one left the login.

    The hosts of the login may hand answers to each other, with the state of the request in them: no web address of
    theirs is meant, and none that the browser went on from.
    """
    if arrivals or ending.kind not in _TOLD:
        return None
    main = ladder.main
    own = {registrable_domain(host) for host in (*domain_list.hosts, domain_list.authorization_host) if host}
    for n, hop in enumerate(main):
        last = n == len(main) - 1
        for url, before, redirected in (
            (hop.url, main[:n], hop.how == "redirect"),
            (hop.location or "" if last else "", main[: n + 1], True),
        ):
            given = {param.name: param.value for param in parameters(url, nested=False) if param.value}
            same_state = given.get("state") == authorization.state
            # Apps are opened on the way, too, with codes of their own; a state that is not ours is another request's.
            ours = same_state or (redirected and "state" not in given)
            if ours and _opens_an_app(url) and _ANSWERS & given.keys():
                return StrayAnswer(_address(url), hop, Confidence.CERTAIN if same_state else Confidence.LIKELY)
            # An error may be told on a page of its own host.
            handed = same_state and _TOKENS & given.keys() and last and ending.kind != "timeout"
            if handed and _is_stranger(url, before, own):
                return StrayAnswer(_address(url), hop, Confidence.LIKELY)
    return None


def _opens_an_app(url: str) -> bool:
    return not is_web(url) and split(url).scheme not in _NO_APPS


def _is_stranger(url: str, before: tuple[Hop, ...], own: set[str]) -> bool:
    """Whether the login has nothing to do with the host of ``url``, as far as it was walked and configured."""
    host = host_of(url)
    if not host or host in REDIRECT_HOSTS or not is_web(url):
        return False
    way = {registrable_domain(host_of(hop.url)) for hop in before}
    # Another provider on the way answers where it was asked to, with the state that it was handed.
    others = [hop for hop in before if registrable_domain(host_of(hop.url)) not in own]
    asked = {registrable_domain(host_of(param.value)) for hop in others for param in parameters(hop.url)}
    return registrable_domain(host) not in own | way | asked


def _address(url: str) -> str:
    parts = split(url)
    host, (folder, slash, file) = parts.netloc.rpartition("@")[2], parts.path.rpartition("/")
    # An "&" in the place of the "?" leaves the code in the path.
    return f"{parts.scheme}:{'//' * bool(host)}{host}{folder}{slash}{file.partition('&')[0]}"


def reaches(url: str, redirect_uri: str) -> bool:
    """Whether an answer sent to ``url`` goes to ``redirect_uri`` and keeps its query, as RFC 3986 compares URIs.

    What is joined with ``&`` where ``?`` belongs is at the right address, and wrong in a way of its own.
    """
    kept = _query(url)
    return endpoint(url) == endpoint(redirect_uri) and all(
        kept.get(name) == values for name, values in _query(redirect_uri).items()
    )


def endpoint(url: str) -> tuple[str, str, str]:
    """Scheme, host and path of ``url``, the same of all spellings of one address."""
    parts = split(url)
    return parts.scheme, parts.netloc.lower().removesuffix(":443"), unquote(parts.path.partition("&")[0])


def _query(url: str) -> dict[str, list[str]]:
    return parse_qs(split(url).query, keep_blank_values=True)


@fact
def stray_ending(
    stray_answer: StrayAnswer | None, arrivals: tuple[Arrival, ...], authorization: AuthorizationRequest
) -> Ending | None:
    """How the walk ended, told by where the answer went; None where it went to the redirect URI, or nowhere."""
    wanted, missed = authorization.redirect_uri, "not to"
    if stray_answer is not None:
        went = stray_answer.address
    elif arrivals and not reaches(arrivals[0].url, wanted):
        went = _address(arrivals[0].url)
        if endpoint(arrivals[0].url) == endpoint(wanted):
            kept = _query(wanted).keys() <= _query(arrivals[0].url).keys()
            missed = "with another query than" if kept else "without the query of"
    else:
        return None
    return Ending(
        kind="dead_end",
        message=f"the answer was sent to {went}, {missed} {wanted}, Alexa's redirect URL that was asked for",
        fault=Fault.IDENTITY_PROVIDER,
        hint="let the server redirect to the redirect_uri of the request, and register Alexa's redirect URLs for its "
        "client",
    )
