"""The login works without cookies of other sites."""

from __future__ import annotations

from e2e_linker.audits.base import Audit, Finding, Outcome, Passed, finding, verdict
from e2e_linker.audits.walks import no_arrival, request_ref
from e2e_linker.derive.foreign_cookies import ForeignCookie, FramedLogin
from e2e_linker.evidence.models import CaseFacts, Ending, Walk
from e2e_linker.model import Confidence

__all__ = ["AUDIT"]

_FIX = (
    "Send the login to {host} as a form of the whole window, or serve the page of {around} and what it asks from one "
    "site, so that the cookie is first-party."
)


def judge(
    case: CaseFacts,
    walk: Walk,
    framed_logins: tuple[FramedLogin, ...],
    foreign_cookies: tuple[ForeignCookie, ...],
    foreign_cookies_needed: bool | None,
    ending: Ending,
) -> Outcome:
    """A form inside another site's frame, then cookies that came back inside another site's page; one for each host.

    Where the login was repeated with such cookies blocked, that decides.
    """
    found = {one.host: _framed(walk, one) for one in framed_logins}
    for cookie in foreign_cookies:
        found.setdefault(cookie.host, _cookie(walk, cookie))
    if found and foreign_cookies_needed is False:
        return Passed(note="with cookies of other sites blocked, the login got through all the same")
    if foreign_cookies_needed:
        return verdict(_proven(one, case) for one in found.values())
    return verdict(found.values()) if found or ending.kind == "arrived" else no_arrival(ending)


def _proven(one: Finding, case: CaseFacts) -> Finding:
    more = f" Proven: with cookies of other sites blocked, the login on {case.project} breaks; otherwise it works."
    return one.model_copy(update={"message": one.message + more, "confidence": Confidence.CERTAIN, "cause": "proven"})


def _framed(walk: Walk, one: FramedLogin) -> Finding:
    return finding(
        "auth-no-third-party-cookie-dependence",
        f"A form of {one.host} was sent from a frame inside a page of {one.around}. Where third-party cookies are "
        "blocked, that form has no session.",
        subject=one.host,
        at=request_ref(walk, one.request),
        confidence=Confidence.LIKELY,
        fix=f"Send the browser to {one.host} and back instead of showing it in a frame.",
    )


def _cookie(walk: Walk, one: ForeignCookie) -> Finding:
    brought = f"{one.host} set the cookie {one.name} ({_same_site(one)}) in an answer to a script of {one.around}"
    if one.way == "back inside":
        message = (
            f"{one.host} set the cookie {one.name} with SameSite=None and got it back inside a page of {one.around}. "
            "A browser that blocks third-party cookies does not send it."
        )
    elif one.way == "set inside":
        message = (
            f"{brought}, and got it back at its own page. A browser that blocks third-party cookies does not keep it."
        )
    elif one.same_site.lower() == "none":
        message = f"{brought}, and the browser, which blocks third-party cookies, went there without it."
    else:
        message = (
            f"{brought}, and the browser went there without it: browsers keep nothing but SameSite=None from "
            "answers to another site's page, and many not even that."
        )
    return finding(
        "auth-no-third-party-cookie-dependence",
        message,
        subject=one.host,
        at=request_ref(walk, one.sent_with),
        related=[request_ref(walk, one.set_by)],
        confidence=Confidence.LIKELY if one.on_the_way else Confidence.POSSIBLE,
        fix=None if one.way == "back inside" else _FIX.format(host=one.host, around=one.around),
    )


def _same_site(one: ForeignCookie) -> str:
    return f"SameSite={one.same_site}" if one.same_site else "without SameSite"


AUDIT = Audit(
    id="third-party-cookies",
    rules=("auth-no-third-party-cookie-dependence",),
    title="The login needs no cookies of other sites",
    failed_title="The login may need cookies of other sites",
    judge=judge,
)
