"""The cookies of the login come back when another site sends the customer back."""

from __future__ import annotations

from collections.abc import Sequence

from e2e_linker.audits.base import Audit, Finding, Outcome, finding, verdict
from e2e_linker.audits.walks import no_arrival, of_walk, request_ref
from e2e_linker.derive.cookie_scopes import lasting_names
from e2e_linker.derive.withheld_cookies import WithheldCookie
from e2e_linker.evidence.models import Ending, Walk
from e2e_linker.model import Confidence, Severity

__all__ = ["AUDIT"]

_FIXES = {
    "Lax": "Set it with `SameSite=None; Secure`, or let {source} send the customer back by a redirect instead of a "
    "form (`response_mode=query` in OpenID Connect).",
    "Strict": "Set it with `SameSite=Lax`; where {source} sends the customer back by a form, with `SameSite=None; "
    "Secure`.",
}
_WHEN = {"Lax": "a form that another site sends", "Strict": "what another site asks for"}


def judge(walk: Walk, ending: Ending) -> Outcome:
    """What the request came without that the login failed on: where it works, nothing depends on it."""
    if ending.kind == "arrived":
        return verdict(())
    withheld: tuple[WithheldCookie, ...] = of_walk(walk, "withheld_cookies") or ()
    if not withheld:
        return no_arrival(ending)
    alike: dict[str, list[WithheldCookie]] = {}
    for one in withheld:
        alike.setdefault(one.same_site, []).append(one)
    return verdict(_finding(walk, cookies) for cookies in alike.values())


def _finding(walk: Walk, cookies: Sequence[WithheldCookie]) -> Finding:
    """Why the login failed, where the page says that nobody was known again; else advice, and the cause of nothing."""
    first, names = cookies[0], ", ".join(f"`{one.name}`" for one in cookies)
    several = len(cookies) > 1
    answer = f"status {first.page.status}" if first.page.status >= 400 else "an error page"
    return finding(
        "screen-error-page",
        f"{first.sent_from} sends the customer back to {first.host} by {first.method}, and this request came without "
        f"the cookie{'s' * several} {names}, which {'say' if several else 'says'} `SameSite={first.same_site}`: "
        f"browsers send none such with {_WHEN[first.same_site]}. The answer was {answer}.",
        subject=f"{first.host} withheld {lasting_names(one.name for one in cookies)}",
        at=request_ref(walk, first.missing_from),
        related=[request_ref(walk, one.set_by) for one in cookies],
        severity=None if first.told else Severity.RECOMMENDED,
        confidence=Confidence.LIKELY if first.told and not first.others else Confidence.POSSIBLE,
        fix=_FIXES[first.same_site].format(source=first.sent_from),
    )


AUDIT = Audit(
    id="withheld-cookies",
    rules=("screen-error-page",),
    title="The login's cookies come back from another site",
    failed_title="A cookie of the login does not come back from another site",
    judge=judge,
)
