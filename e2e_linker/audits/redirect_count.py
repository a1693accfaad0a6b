"""One login sends the browser to Alexa once."""

from __future__ import annotations

from e2e_linker.audits.base import Audit, Outcome, finding, verdict
from e2e_linker.audits.redirect_navigation import by_script
from e2e_linker.audits.walks import no_arrival, request_ref
from e2e_linker.evidence.models import Arrival, Ending, Request, Walk

__all__ = ["AUDIT"]

_RELOAD_SECONDS = 0.9
"""A browser that was refused tries the same address again by itself, no sooner than after a second."""

_BY_SCRIPT = (
    "Send the form by the browser or by the script, not by both: `preventDefault()` keeps the browser from sending it "
    "as well. A request of a script that is answered with the redirect goes to Alexa itself: answer it with the URL."
)


def judge(walk: Walk, arrivals: tuple[Arrival, ...], requests: tuple[Request, ...], ending: Ending) -> Outcome:
    """Count the navigations to the redirect URI, less those the browser repeats because its first one was refused."""
    if not arrivals:
        return no_arrival(ending)
    redirected = {request.n for request in requests if request.redirected_from is not None}
    counted: list[Arrival] = []
    for arrival in arrivals:
        again = any(
            old.url == arrival.url and arrival.request not in redirected and arrival.at - old.at >= _RELOAD_SECONDS
            for old in counted
        )
        if not again:
            counted.append(arrival)
    if len(counted) == 1:
        return verdict(())
    refs = [request_ref(walk, arrival.request) for arrival in counted]
    same = "with the same answer" if len({arrival.url for arrival in counted}) == 1 else "with different answers"
    message, fix = f"The browser was sent to Alexa {len(counted)} times in one login, {same}.", None
    if called := sum(map(by_script, counted)):
        times = "once" if called == 1 else f"{called} times"
        message = f"The redirect URI was called {len(counted)} times in one login, {times} by a script, {same}."
        fix = _BY_SCRIPT if called < len(counted) else None
    return verdict([finding("redir-once", message, subject="redirect", at=refs[0], related=refs[1:], fix=fix)])


AUDIT = Audit(
    id="redirect-count",
    rules=("redir-once",),
    title="The redirect happens once",
    failed_title="The redirect happens more than once",
    judge=judge,
)
