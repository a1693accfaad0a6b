"""The redirect goes to the redirect URI of the request."""

from __future__ import annotations

from e2e_linker.alexa import facts
from e2e_linker.audits.base import Audit, EvidenceRef, Finding, Outcome, finding, verdict
from e2e_linker.audits.region_ends import replayed
from e2e_linker.audits.walks import further, hop_ref, no_arrival, of_walk, request_ref
from e2e_linker.derive.answer import Answer
from e2e_linker.derive.ladder import Ladder
from e2e_linker.derive.stray_answer import StrayAnswer, endpoint
from e2e_linker.evidence.models import Ending, Walk
from e2e_linker.model import host_of

__all__ = ["AUDIT", "elsewhere"]


def judge(
    walk: Walk,
    walks: tuple[Walk, ...],
    answer: Answer | None,
    stray_answer: StrayAnswer | None,
    ladder: Ladder,
    ending: Ending,
) -> Outcome:
    """Scheme, host and path of each arrival of the case against the URI that was sent, and answers that went astray.

    Where the case's own answer went to another region, its further regions say nothing more of it.
    """
    sent = [each.authorization.state for each in walks]
    others = () if _in_another_region(walk) else further(walks, "region")
    asked = [each for each in (walk, *further(walks, "warm"), *others) if not replayed(each, sent)]
    every = [f for each in asked if (f := elsewhere(each)) is not None]
    found = list({f.message: f for f in reversed(every)}.values())[::-1]  # what several tell alike is told once
    last = ladder.last
    if not found and answer is None and last is not None and host_of(last.url) in facts.REDIRECT_HOSTS:
        found.append(_wrong(walk, last.url, hop_ref(walk, last.n)))
    if not found and stray_answer is not None:
        found.append(_astray(walk, stray_answer))
    return verdict(found) if found or answer is not None else no_arrival(ending)


def _in_another_region(walk: Walk) -> bool:
    """Whether ``walk`` came back to the redirect URI of a region that it did not ask for."""
    answer: Answer | None = of_walk(walk, "answer")
    other = facts.region_of_host(host_of(answer.arrival.url)) if answer else None
    return other not in {None, walk.authorization.region}


def elsewhere(walk: Walk) -> Finding | None:
    """A finding where ``walk`` arrived at another address than it asked for."""
    answer: Answer | None = of_walk(walk, "answer")
    if answer is None or endpoint(answer.arrival.url) == endpoint(walk.authorization.redirect_uri):
        return None
    return _wrong(walk, answer.arrival.url, request_ref(walk, answer.arrival.request))


def _wrong(walk: Walk, seen: str, at: EvidenceRef) -> Finding:
    (scheme, host, path), wanted = endpoint(seen), endpoint(walk.authorization.redirect_uri)
    other = facts.region_of_host(host)
    if host != wanted[1] and other not in {None, walk.authorization.region}:
        what = f"the host of region {other} instead of {walk.authorization.region}"
    elif host != wanted[1]:
        dot = " (with a dot at its end)" if host.endswith(".") else ""
        what = f"host {host}{dot} instead of {wanted[1]}"
    elif scheme != wanted[0]:
        what = f"{scheme} instead of {wanted[0]}"
    else:
        what = f"path {path} instead of {wanted[2]}"
    return finding(
        "redir-exact-uri-from-request",
        f"The redirect does not go to the redirect_uri of the request: {what}.",
        subject=f"redirect_uri {walk.authorization.region}",
        at=at,
    )


def _astray(walk: Walk, stray: StrayAnswer) -> Finding:
    wanted = walk.authorization.redirect_uri
    return finding(
        "redir-exact-uri-from-request",
        f"The answer was sent to {stray.address}. Alexa's redirect URL, {wanted}, was asked for, and nothing else "
        "brings it to Alexa.",
        subject=f"redirect_uri {walk.authorization.region}",
        at=hop_ref(walk, stray.hop.n),
        confidence=stray.confidence,
        fix="Redirect to the redirect_uri of the request, once it is known to be one of the client's, and to no fixed "
        "address. Check that client_id names Alexa's client, and not another app's, and that Alexa's redirect URLs are "
        "registered for it.",
    )


AUDIT = Audit(
    id="redirect-uri",
    rules=("redir-exact-uri-from-request",),
    title="The redirect goes to the URI of the request",
    failed_title="The redirect goes to another URI than was asked for",
    judge=judge,
)
