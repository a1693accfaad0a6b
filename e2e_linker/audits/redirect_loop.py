"""The login does not send the browser in a circle."""

from __future__ import annotations

from e2e_linker.audits.base import Audit, Finding, Outcome, finding, verdict
from e2e_linker.audits.forgotten_session import NOT_LET_IN, SHARE
from e2e_linker.audits.screens import proven, remedy
from e2e_linker.audits.walks import hop_ref, no_arrival, of_walk
from e2e_linker.derive.forgotten_session import kept_cookies
from e2e_linker.derive.ladder import Hop, Ladder
from e2e_linker.derive.refused_cookies import RefusedCookie
from e2e_linker.derive.urls import without_parameters
from e2e_linker.evidence.models import Ending, Trial, Walk
from e2e_linker.model import host_of

__all__ = ["AUDIT"]

_MOST_NAMED = 4


def judge(walk: Walk, ladder: Ladder, healing_trial: Trial | None, ending: Ending) -> Outcome:
    """What goes round, where the browser gave up following. A loop is one also where no cookie jar is known."""
    if ending.kind == "arrived":
        return verdict(())
    circle = _circle(ladder) if ending.kind == "redirect_loop" else ()
    if not circle:
        return no_arrival(ending)
    return verdict([_finding(walk, circle, of_walk(walk, "refused_cookies") or (), healing_trial)])


def _circle(ladder: Ladder) -> tuple[Hop, ...]:
    """The last hops, from one address to before it comes again; none where none does."""
    hops = ladder.main
    addresses = [without_parameters(hop.url) for hop in hops]
    for place in range(len(hops) - 2, -1, -1):
        if addresses[place] == addresses[-1]:
            return hops[place:-1]
    return ()


def _finding(walk: Walk, circle: tuple[Hop, ...], refused: tuple[RefusedCookie, ...], healed: Trial | None) -> Finding:
    addresses = list(dict.fromkeys(without_parameters(hop.url) for hop in circle))
    named = " → ".join(f"`{address}`" for address in addresses[:_MOST_NAMED])
    more = f" → {len(addresses) - _MOST_NAMED} more" if len(addresses) > _MOST_NAMED else ""
    way = f"{named} leads to itself" if len(addresses) == 1 else f"{named}{more} → the first of them again"
    hosts = {host_of(address) for address in addresses}
    lost = [f"`{one.name}` of {one.host} ({one.why})" for one in refused if one.host in hosts]
    cookies = f" Cookies that are set on the way and not sent back: {', '.join(lost)}." if lost else ""
    kept = [f"`{name}`" for name in _kept(walk, circle)] if len(addresses) > 1 and not lost else []
    if kept:
        healed = None  # which of several workers or nodes is met is chance, whatever a trial had changed
        cookies = (
            f" Each of these requests brought back what the login had set ({', '.join(kept)}): the login's address "
            "takes the customer for signed in, and another one does not."
        )
    return finding(
        "screen-error-page",
        f"The login ends in a redirect loop, and the browser gives up with an error page of its own: {way}.{cookies}"
        + (f" {proven(healed, 'login')}" if healed else ""),
        subject=f"{host_of(addresses[0])} loop",
        at=hop_ref(walk, circle[0].n),
        related=[hop_ref(walk, hop.n) for hop in circle[1:_MOST_NAMED]],
        fix=remedy(healed) or (SHARE + NOT_LET_IN if kept else _fix(addresses, cookies=bool(lost))),
        symptom=True,
        cause="proven" if healed else None,
    )


def _kept(walk: Walk, circle: tuple[Hop, ...]) -> tuple[str, ...]:
    """The session cookies of the login that came with every request of ``circle``."""
    ns = frozenset(hop.request for hop in circle if hop.request is not None)
    return kept_cookies(walk, of_walk(walk, "requests") or (), of_walk(walk, "pages") or (), ns)


def _fix(addresses: list[str], *, cookies: bool) -> str:
    if cookies:
        return "Set these cookies so that browsers keep them, and the server knows again who comes back."
    if len(addresses) == 1 and addresses[0].startswith("https:"):
        return (
            f"See why the server sends a request for {addresses[0]} there again. Behind a proxy that ends TLS it may "
            "take every request for one over http: have the proxy set `X-Forwarded-Proto`, and the server read it."
        )
    return (
        "See what each of these answers waits for that the next one does not bring: a session that is not found again, "
        "a cookie that is not sent back, two settings that each send the browser to the other's address."
    )


AUDIT = Audit(
    id="redirect-loop",
    rules=("screen-error-page",),
    title="The login leads on at every redirect",
    failed_title="The login ends in a redirect loop",
    judge=judge,
)
