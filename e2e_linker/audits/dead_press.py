"""What is pressed to log in, and after that, leads on."""

from __future__ import annotations

from e2e_linker.audits.base import Audit, EvidenceRef, Finding, Fix, Outcome, finding, verdict
from e2e_linker.audits.failed_requests import trouble
from e2e_linker.audits.rate_limit import limited_login
from e2e_linker.audits.walks import last_screen, no_arrival, request_ref
from e2e_linker.derive.dead_presses import DeadPress
from e2e_linker.derive.login_requests import FailedLogin
from e2e_linker.derive.stopped_connections import StoppedConnection
from e2e_linker.evidence.models import Ending, Walk
from e2e_linker.model import Confidence, Severity, host_of

__all__ = ["AUDIT"]

RULE = "screen-error-page"
_MOST_NAMED = 3
_LOAD = "Let the page load and run the scripts that its button needs, or send its form without a script."
_KEEP = "Let the page load this script; after a deploy, keep the files of earlier releases for pages that name them."
_THEN = {"closed": "although all is filled in", "chunk": "and a script that the page asked for since did not come"}


def judge(walk: Walk, dead_press: DeadPress | None, ending: Ending) -> Outcome:
    """The last press, where the login ended with it, and what failed since."""
    if ending.kind == "arrived":
        return verdict(())
    if dead_press is None:
        return no_arrival(ending)
    if (failed := dead_press.failed) is not None:
        limited = limited_login(host_of(failed.request.url), failed.request.status)
        return limited or verdict([_request(walk, dead_press, failed)])
    if dead_press.stopped is not None:
        return verdict([_stopped(walk, dead_press, dead_press.stopped)])
    return verdict([_script(walk, dead_press) if dead_press.suspects else _again(walk, dead_press)])


def _request(walk: Walk, press: DeadPress, failed: FailedLogin) -> Finding:
    host, request = host_of(failed.request.url), failed.request
    what, fix = trouble(walk, failed)
    if waits := request.status is None and request.failure is None:
        what = f"was not answered within {press.waited_s:.0f} s"
        fix = f"See why {host} does not answer this request in time; `expect.timeout` lets the tester wait longer."
    console = f" The browser says: “{failed.console}”" if failed.console else ""
    said = press.page.digest.alerts if press.page.digest else ()
    told = f" The page says “{said[0]}”." if said else ""
    return finding(
        RULE,
        f"“{press.label}” was pressed on the page of {press.page.host}, and the request that its script then made, "
        f"{failed.address}, {what}. The login goes no further.{told}{console}",
        subject=f"{host} request after a press {'CORS' if failed.kept_back else request.status or 'unanswered'}",
        at=request_ref(walk, request.n),
        related=last_screen(walk, press.page),
        severity=Severity.RECOMMENDED if waits else None,  # a slow server may answer yet, as one of a document may
        confidence=press.confidence,
        fix=fix,
        symptom=True,
    )


def _stopped(walk: Walk, press: DeadPress, stopped: StoppedConnection) -> Finding:
    doubt = " Whether the login needs that request, nothing tells." * (press.confidence is Confidence.POSSIBLE)
    return finding(
        RULE,
        f"“{press.label}” was pressed on the page of {press.page.host}, and the page's own Content-Security-Policy "
        f"(connect-src) stopped what its script was to send to {stopped.address}. The login goes no further.{doubt}",
        subject=f"{host_of(stopped.document)} connect-src {host_of(stopped.address)}",
        at=EvidenceRef(kind="csp_violation", ref=f"{walk.id}#{stopped.n}"),
        related=[request_ref(walk, press.page.request), *last_screen(walk, press.page)],
        confidence=press.confidence,
        fix=Fix(
            text=f"Add {stopped.origin} to `connect-src` in the Content-Security-Policy of {stopped.document}.",
            paste=stopped.paste,
            where="Content-Security-Policy of the page with the button",
        ),
        symptom=True,
        cause=None if press.confidence is Confidence.CERTAIN else "suspected",
    )


def _script(walk: Walk, press: DeadPress) -> Finding:
    seen = "; ".join(one.says for one in press.suspects[:_MOST_NAMED])
    first, then = press.suspects[0], _THEN.get(press.kind, "and the page asked for nothing")
    how, fix = "cannot be" if press.kind == "closed" else "was", _KEEP if press.kind == "chunk" else _LOAD
    return finding(
        RULE,
        f"“{press.label}” {how} pressed on the page of {press.page.host}, {then}. Seen on this page: {seen}.",
        subject=f"{press.page.host} press without effect",
        at=EvidenceRef(kind=first.ref[0], ref=f"{walk.id}#{first.ref[1]}"),
        related=last_screen(walk, press.page),
        confidence=press.confidence,
        fix="Repair the script where it fails, or send the form without one." if first.kind == "page_error" else fix,
        symptom=True,
        cause="suspected",
    )


def _again(walk: Walk, press: DeadPress) -> Finding:
    return finding(
        RULE,
        f"“{press.label}” was pressed {press.times} times, and the same page of {press.page.host} came back without a "
        "word of why.",
        subject=f"{press.page.host} page again",
        at=request_ref(walk, press.page.request),
        related=last_screen(walk, press.page),
        confidence=Confidence.LIKELY,
        fix="See what becomes of this form at the server: whether it reads the button's value, and finds the session "
        "and the authorization request again.",
        symptom=True,
    )


AUDIT = Audit(
    id="dead-press",
    rules=(RULE,),
    title="What is pressed in the login leads on",
    failed_title="A button of the login leads nowhere",
    judge=judge,
)
