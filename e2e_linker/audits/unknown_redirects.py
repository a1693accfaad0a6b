"""A redirect URI that nobody registered is refused, however much it resembles a registered one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit, urlunsplit

from e2e_linker.audits.base import Audit, Finding, Inconclusive, Outcome, finding, verdict
from e2e_linker.audits.rate_limit import why_untold
from e2e_linker.audits.runner import CaseTable
from e2e_linker.audits.walks import ends_untold, of_walk, probe_walks, walk_ref
from e2e_linker.derive.urls import parameters
from e2e_linker.evidence.headers import header
from e2e_linker.evidence.models import Arrival, DomDigest, Present, Request, RunEvidence, Screen, Walk
from e2e_linker.model import Confidence, Depth

__all__ = ["AUDIT"]

RULE = "auth-rejects-unknown-redirect-uri"
_HOSTS = frozenset({"longer host", "user information"})
_Fate = Literal["token", "code", "error", "form", "refused", "untold"]
_SENT: dict[_Fate, str] = {"token": "an access token", "code": "an authorization code", "error": "an error"}


@dataclass(frozen=True, slots=True)
class _Try:
    case: str | None
    walk: Walk
    kind: str
    uri: str
    fate: _Fate


def judge(run: RunEvidence, cases: CaseTable) -> Outcome:
    """Whether the browser was sent to a look-alike; a login form for one is a weaker sign of the same."""
    # They end in another order each time, and a finding is to read the same in every run.
    tries = sorted((_tried(*one) for one in probe_walks(run, cases, "unknown_redirect")), key=lambda each: each.kind)
    if not tries:
        return Inconclusive(missing=("no look-alike of the redirect URI was asked for",))
    found = list(_findings(tries))
    untold = [f"{each.kind}: {why_untold(each.walk)}" for each in tries if each.fate == "untold"]
    return Inconclusive(missing=tuple(untold)) if untold and not found else verdict(found)


def _tried(case: str | None, walk: Walk) -> _Try:
    uri = walk.authorization.redirect_uri
    sent = [url for url in _addresses(walk) if _leads_to(url, uri)]
    fate: _Fate = "refused"
    if sent:
        names = {each.name for url in sent for each in parameters(url)}
        fate = "token" if "access_token" in names else "code" if "code" in names else "error"
    elif _asks_who(walk):
        fate = "form"
    elif ends_untold(walk) or of_walk(walk, "asked_too_often"):
        fate = "untold"
    return _Try(case, walk, str(walk.variation.get("look_alike", "look-alike")), uri, fate)


def _addresses(walk: Walk) -> Iterator[str]:
    """Where the browser was sent: what it was told, what it asked for, and what counted as an arrival."""
    requests: tuple[Request, ...] = of_walk(walk, "requests") or ()
    arrivals: tuple[Arrival, ...] = of_walk(walk, "arrivals") or ()
    for request in requests:
        yield request.url
        yield header(request.response_headers, "location") or ""
    yield from (arrival.url for arrival in arrivals)


def _leads_to(url: str, uri: str) -> bool:
    """Whether ``url`` is ``uri`` with parameters; browsers leave the user information out."""
    plain, wanted = _without_user(url), _without_user(uri)
    return plain == wanted or plain.startswith((f"{wanted}?", f"{wanted}&", f"{wanted}#"))


def _without_user(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2].lower()))


def _asks_who(walk: Walk) -> bool:
    """Whether a page with a form was shown in place of an error."""
    screens: tuple[Screen, ...] = of_walk(walk, "screens") or ()
    digest = screens[-1].digest if screens else None
    shown: DomDigest | None = digest.value if isinstance(digest, Present) else None
    return shown is not None and any(c.type == "password" and c.visible for c in shown.controls)


def _findings(tries: list[_Try]) -> Iterator[Finding]:
    for subject, of_hosts in (("another host", True), ("another path", False)):
        some = [each for each in tries if (each.kind in _HOSTS) is of_hosts and each.fate in _SENT]
        if some:
            worst = min((each.fate for each in some), key=[*_SENT].index)
            kinds = ", ".join(f"{each.kind} ({each.uri})" for each in some)
            text = f"The server redirects with {_SENT[worst]} to an address that is not registered: {kinds}."
            yield _found(subject, text, some, Confidence.LIKELY if worst == "error" else Confidence.CERTAIN)
    if forms := [each for each in tries if each.fate == "form"]:
        kinds = ", ".join(each.kind for each in forms)
        text = f"For a redirect URI that is not registered the server shows its login instead of an error: {kinds}."
        yield _found("login form", text, forms, Confidence.POSSIBLE)


def _found(subject: str, text: str, some: list[_Try], confidence: Confidence) -> Finding:
    refs = [walk_ref(each.walk, each.case) for each in some]
    return finding(RULE, text, subject=subject, at=refs[0], related=refs[1:], confidence=confidence)


AUDIT = Audit(
    id="unknown-redirects",
    rules=(RULE,),
    title="Only registered redirect URIs are accepted",
    failed_title="A redirect URI that is not registered is accepted",
    judge=judge,
    scope="run",
    depth=Depth.STANDARD,
)
