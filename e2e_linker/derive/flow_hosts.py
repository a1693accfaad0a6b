"""Which hosts a login passes through, and what each is to the linking."""

from __future__ import annotations

from e2e_linker.alexa.facts import REDIRECT_HOSTS
from e2e_linker.evidence.models import Present, SkillFacts, Walk
from e2e_linker.evidence.served_tls import HostRole
from e2e_linker.model import Grant, origin_of

__all__ = ["Place", "flow_hosts", "place_of"]

Place = tuple[str, int]
"""Host (international names as ``xn--`` labels) and port of an https address."""


def place_of(url: str | None) -> Place | None:
    """Where ``url`` leads over TLS, None where it does not, or to Alexa itself."""
    scheme, host, port = origin_of(url or "")
    if scheme != "https" or not host or port is None or host in REDIRECT_HOSTS:
        return None
    try:
        return (host if host.isascii() else host.encode("idna").decode("ascii")), port
    except UnicodeError:
        return None


def flow_hosts(walk: Walk, skill: SkillFacts) -> dict[Place, frozenset[HostRole]]:
    """The https hosts that ``walk`` showed a page of or was redirected by, the authorization and the token host.

    What pages load besides is left out: there a browser judges for itself.
    """
    arrivals = {one.request for one in walk.arrivals.value} if isinstance(walk.arrivals, Present) else set()
    requests = walk.requests.value if isinstance(walk.requests, Present) else ()
    found: dict[Place, set[HostRole]] = {}

    def add(url: str | None, role: HostRole) -> None:
        place = place_of(url)
        if place is not None:
            found.setdefault(place, set()).add(role)

    add(skill.authorization_url, "authorization")
    if skill.grant is not Grant.IMPLICIT:
        add(skill.access_token_url, "token")
    for request in requests:
        if request.navigation and request.main_frame and request.n not in arrivals:
            add(request.url, "page")
    return {place: frozenset(roles) for place, roles in found.items()}
