"""The browser keeps what the login gives it."""

from __future__ import annotations

from e2e_linker.audits.base import Audit, Finding, Outcome, finding, verdict
from e2e_linker.audits.walks import no_arrival, of_walk, request_ref
from e2e_linker.derive.cookie_scopes import lasting_names
from e2e_linker.derive.refused_cookies import RefusedCookie
from e2e_linker.evidence.models import Ending, EndingKind, Walk
from e2e_linker.model import Confidence, Severity

__all__ = ["AUDIT"]

_LOST: frozenset[EndingKind] = frozenset({"dead_end", "redirect_loop"})
"""Endings that a server brings about which does not know its customer any more; a rejected login is the tester's."""


def judge(walk: Walk, ending: Ending) -> Outcome:
    """Cookies that every browser refuses, where the login failed: where it works, nothing depends on them."""
    if ending.kind == "arrived":
        return verdict(())
    refused: tuple[RefusedCookie, ...] = of_walk(walk, "refused_cookies") or ()
    forgotten = bool(of_walk(walk, "forgotten"))
    if not (ending.kind in _LOST or forgotten) or not refused:
        return no_arrival(ending)
    alike: dict[tuple[str, str, bool], list[RefusedCookie]] = {}
    for one in refused:
        alike.setdefault((one.host, one.why, one.doubtful), []).append(one)
    return verdict(_finding(walk, group, sure=forgotten and not group[0].doubtful) for group in alike.values())


def _finding(walk: Walk, cookies: list[RefusedCookie], *, sure: bool) -> Finding:
    """Why the login failed, where the server is ``sure`` to have forgotten who came back; else advice, no cause."""
    first, names = cookies[0], ", ".join(f"`{one.name}`" for one in cookies)
    sets = f"the cookie {names}, which {first.why}" if len(cookies) == 1 else f"the cookies {names}: each {first.why}"
    refuse = "drop it then" if first.ended else "do not send it there" if first.kept else "refuse that"
    came = "a later" if first.ended else "the next"
    return finding(
        "screen-error-page",
        f"{first.host} sets {sets}. Browsers {refuse}: {came} request to {first.host} came without, and the "
        "login did not get to Alexa.",
        subject=f"{first.host} cookies {lasting_names(one.name for one in cookies)}",
        at=request_ref(walk, first.set_by),
        related=[request_ref(walk, first.missing_from)],
        severity=None if sure else Severity.RECOMMENDED,
        confidence=Confidence.LIKELY if sure else Confidence.POSSIBLE,
        fix=first.fix,
    )


AUDIT = Audit(
    id="refused-cookies",
    rules=("screen-error-page",),
    title="Browsers keep the cookies of the login",
    failed_title="Browsers refuse a cookie of the login",
    judge=judge,
)
