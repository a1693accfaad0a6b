"""Every hop of the way is HTTPS on port 443."""

from __future__ import annotations

from collections.abc import Iterator

from e2e_linker.audits.base import Audit, Finding, Outcome, finding, verdict
from e2e_linker.audits.walks import no_arrival, request_ref
from e2e_linker.derive.endpoints import transport_problem
from e2e_linker.derive.ladder import Ladder
from e2e_linker.derive.stray_answer import StrayAnswer
from e2e_linker.derive.urls import is_web
from e2e_linker.evidence.models import Ending, Walk
from e2e_linker.model import Confidence, Origin, origin_of

__all__ = ["AUDIT"]


def judge(walk: Walk, ladder: Ladder, stray_answer: StrayAnswer | None, ending: Ending) -> Outcome:
    """Hops that leave https or port 443. The configured endpoint itself and the redirect to Alexa are judged apart."""
    found = tuple(_findings(walk, ladder, stray_answer, arrived=ending.kind == "arrived"))
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
        yield finding(
            "auth-https-443",
            f"On the way to Alexa the browser is sent to {_named(origin)}, which {problem}.",
            subject=_named(origin),
            at=request_ref(walk, hop.request),
            confidence=Confidence.LIKELY if app else Confidence.CERTAIN,
            fix="Redirect to https addresses without a port on every hop of the login.",
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
