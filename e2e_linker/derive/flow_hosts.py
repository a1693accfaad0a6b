"""Which hosts a login passes through, and what each is to the linking."""

from __future__ import annotations

from e2e_linker.alexa.facts import REDIRECT_HOSTS
from e2e_linker.evidence.models import SkillFacts, Walk, records
from e2e_linker.evidence.served_tls import HostRole
from e2e_linker.model import Grant, origin_of

__all__ = ["Place", "content_hosts", "flow_hosts", "place_of"]

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

    What pages load besides is left out, see :func:`content_hosts`.
    """
    arrivals = {one.request for one in records(walk.arrivals)}
    requests = records(walk.requests)
    found: dict[Place, set[HostRole]] = {}

    def add(url: str | None, role: HostRole) -> None:
        place = place_of(url)
        if place is not None:
            found.setdefault(place, set()).add(role)

    add(skill.authorization_url, "authorization")
    if skill.grant is not Grant.IMPLICIT:
        add(skill.access_token_url, "token")
    for request in requests:
        if request.leads and request.n not in arrivals:
            add(request.url, "page")
    return {place: frozenset(roles) for place, roles in found.items()}


_MOST_LOADED = 30
"""Hosts that pages load from whose certificates are asked for; each that keeps silent takes its time."""
_ACTIVE = frozenset({"script", "stylesheet", "xhr", "fetch"})


def content_hosts(walk: Walk, skill: SkillFacts) -> tuple[Place, ...]:
    """The first https hosts of the frames, scripts, style sheets and data of the pages of ``walk``, in order.

    None where browsers judge them; they do, unless they take every certificate because some are of a private root.
    """
    if not skill.trusts_private_roots:
        return ()
    requests = records(walk.requests)
    loaded = (one for one in requests if (not one.main_frame if one.navigation else one.resource_type in _ACTIVE))
    places = dict.fromkeys(place for one in loaded if (place := place_of(one.url)) is not None)
    return tuple(places)[:_MOST_LOADED]
