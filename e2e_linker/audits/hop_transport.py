"""Every hop of the way is HTTPS on port 443."""

from __future__ import annotations

from collections.abc import Iterator

from e2e_linker.audits.base import Audit, Finding, Outcome, finding, verdict
from e2e_linker.audits.proxy_remedies import unknown_outside
from e2e_linker.audits.walks import no_arrival, request_ref, walk_ref
from e2e_linker.derive.endpoints import transport_problem
from e2e_linker.derive.ladder import Hop, Ladder
from e2e_linker.derive.stray_answer import StrayAnswer
from e2e_linker.derive.urls import is_web
from e2e_linker.evidence.models import Ending, Walk
from e2e_linker.model import Confidence, Origin, origin_of

__all__ = ["AUDIT"]

_FORM_FIX = (
    "Let the form be sent to an https address without a port: the one in its `action`, or in the script that sends it."
)


def judge(walk: Walk, ladder: Ladder, stray_answer: StrayAnswer | None, ending: Ending) -> Outcome:
    """Hops that leave https or port 443. The configured endpoint itself and the redirect to Alexa are judged apart."""
    found = tuple(_findings(walk, ladder, stray_answer, arrived=ending.kind == "arrived"))
    if ending.exposed and not any(origin_of(hop.url) == origin_of(ending.exposed) for hop in ladder.hops):
        found += (_unsent(walk, ladder, ending.exposed),)
    return verdict(found) if found or ending.kind == "arrived" else no_arrival(ending)


def _findings(walk: Walk, ladder: Ladder, stray: StrayAnswer | None, *, arrived: bool) -> Iterator[Finding]:
    seen = {origin_of(walk.authorization.endpoint)}
    for hop in ladder.hops:
        origin = origin_of(hop.url)
        problem = transport_problem(hop.url)
        # Behind what opens an app the page stays: the login may go on there, and has where Alexa was reached.
        app = not is_web(hop.url)
        passed = hop.arrival or (app and arrived) or (stray and stray.went_to(hop.url))
        if passed or problem is None or origin in seen:
            continue
        seen.add(origin)
        message, fix = _told(hop, _named(origin), problem, app=app)
        before = [origin_of(one.url) for one in ladder.hops[: hop.n - 1]]
        if hop.how in {"redirect", "form_post"} and not app and (outside := unknown_outside(origin, before)):
            fix = f"{outside} Otherwise: {fix}" if hop.how == "form_post" else outside
        yield finding(
            "auth-https-443",
            f"On the way to Alexa {message}.",
            subject=_named(origin),
            at=request_ref(walk, hop.request),
            confidence=Confidence.LIKELY if app else Confidence.CERTAIN,
            fix=fix,
        )


def _unsent(walk: Walk, ladder: Ladder, url: str) -> Finding:
    """Of a form that was not filled, because what it holds would go out in clear to ``url``."""
    origin = origin_of(url)
    named, outside = _named(origin), unknown_outside(origin, [origin_of(hop.url) for hop in ladder.hops])
    return finding(
        "auth-https-443",
        f"On the way to Alexa a login form is sent to {named}, which {transport_problem(url)}: what the form holds "
        "would go out in clear.",
        subject=named,
        at=walk_ref(walk),
        fix=f"{outside} Otherwise: {_FORM_FIX}" if outside else _FORM_FIX,
    )


def _told(hop: Hop, named: str, problem: str, *, app: bool) -> tuple[str, str]:
    """(what happens, as a clause; what to do) at ``hop``."""
    if app:
        return (
            f"the browser is sent to {named}, an address that only an app can open; without that app the login goes no "
            "further",
            "Send the browser to https addresses only, and with the answer for Alexa to the redirect URI of the "
            "request: an address of an app leaves every customer behind who lacks that app.",
        )
    if hop.how == "form_post":
        clear = ": what the form holds goes out in clear" if hop.url.startswith("http:") else ""
        return (
            f"a form is sent to {named}, which {problem}{clear}",
            _FORM_FIX,
        )
    return (
        f"the browser is sent to {named}, which {problem}",
        "Redirect to https addresses without a port on every hop of the login.",
    )


def _named(origin: Origin) -> str:
    usual = origin.port in {None, 443 if origin.scheme == "https" else 80}
    return f"{origin.scheme}://{origin.host}" + ("" if usual else f":{origin.port}")


AUDIT = Audit(
    id="hop-transport",
    rules=("auth-https-443",),
    title="Every hop of the login is HTTPS on port 443",
    failed_title="The login leaves HTTPS on port 443 on its way",
    judge=judge,
)
