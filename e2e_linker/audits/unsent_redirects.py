"""What to say of a way back to Alexa that the browser did not take."""

from __future__ import annotations

import re
from typing import Final

from e2e_linker.audits.base import Finding, finding
from e2e_linker.audits.walks import request_ref
from e2e_linker.derive.unsent_redirects import UnsentRedirect
from e2e_linker.derive.urls import without_parameters
from e2e_linker.evidence.models import Walk
from e2e_linker.model import Confidence

__all__ = ["told_redirect"]

RULE: Final = "redir-is-http-redirect-or-navigation"

_PARAMETERS: Final = re.compile(r"%(?:25)*3f.*", re.IGNORECASE | re.DOTALL)
_SPELT: Final = {
    "scheme": "leads to the redirect URI without its `https://`",
    "host": "leads to the path of the redirect URI alone, without `https://` and the host",
    "encoded": "leads to the redirect URI percent-encoded as a whole",
}
_SPELLING: Final = {
    "scheme": "Redirect to the redirect_uri of the request as it came, `https://` included.",
    "host": "Redirect to the redirect_uri of the request as it came, `https://` and host included.",
    "encoded": "Decode the redirect_uri of the request once, redirect to that, and percent-encode the values of code "
    "and state alone, not the address.",
}


def told_redirect(walk: Walk, unsent: UnsentRedirect) -> Finding:
    """Where the way back stands, and why the browser did not take it."""
    if unsent.kind == "status":
        return _no_redirect(walk, unsent)
    return _late(walk, unsent) if unsent.kind == "refresh" else _misspelt(walk, unsent)


def _no_redirect(walk: Walk, unsent: UnsentRedirect) -> Finding:
    status = unsent.last.status
    return finding(
        RULE,
        f"{without_parameters(unsent.last.url)} answers with a Location that leads to Alexa, and with status {status}, "
        "which is no redirect: browsers stay where they are.",
        subject=f"Location with status {status}",
        at=request_ref(walk, unsent.last.n),
        fix="Answer with status 303 See Other and the same Location. What comes after the redirect may set the status "
        "anew (in PHP `http_response_code(200)` behind `header('Location: …')`): leave the function there.",
    )


def _late(walk: Walk, unsent: UnsentRedirect) -> Finding:
    return finding(
        RULE,
        f"{without_parameters(unsent.last.url)} goes to Alexa by a refresh after {unsent.delay_s:g} s. The page was "
        f"watched for {unsent.watched_s:.0f} s, and nothing had led on by then; an app may close or block it before.",
        subject="refresh",
        at=request_ref(walk, unsent.last.n),
        confidence=Confidence.LIKELY,
    )


def _misspelt(walk: Walk, unsent: UnsentRedirect) -> Finding:
    answered = f" (status {unsent.last.status})" if unsent.last.status is not None else ""
    # Of an address that is encoded as a whole the parameters are part of the path.
    asked = _PARAMETERS.sub("", without_parameters(unsent.led_to or unsent.last.url))
    return finding(
        "redir-exact-uri-from-request",
        f"{without_parameters(unsent.sent_by.url)} {_SPELT[unsent.kind]}. Browsers take that for an address of the "
        f"same host, ask for {asked} and stay there{answered}.",
        subject=f"redirect_uri {walk.authorization.region}",
        at=request_ref(walk, unsent.sent_by.n),
        related=[request_ref(walk, unsent.last.n)],
        fix=_SPELLING[unsent.kind],
    )
