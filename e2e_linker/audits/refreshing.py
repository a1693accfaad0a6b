"""The refresh token gives new tokens, again and again."""

from __future__ import annotations

from e2e_linker.audits.base import Audit, Finding, Inconclusive, Outcome, finding, verdict
from e2e_linker.audits.probing import ordinal, probe_ref, ready, undisturbed
from e2e_linker.derive.probed import Probed
from e2e_linker.derive.replies import Reply
from e2e_linker.model import Confidence, Depth, Severity, host_of

__all__ = ["AUDIT"]

_CLIENT = {
    "invalid_client": (
        "The client that redeems the code is not recognised when it refreshes.",
        "Accept the client authentication of the code exchange for the refresh_token grant, too.",
    ),
    "unauthorized_client": (
        "The client that redeems the code may not refresh.",
        "Allow the refresh_token grant for this client at the server.",
    ),
}
"""By the error of the first refresh what it means after an exchange that worked, and what to do."""


def judge(probed: Probed) -> Outcome:
    """Three refreshes in a row on a link of its own, each with the newest refresh token."""
    links = ready(probed, "refresh")
    if not isinstance(links, tuple):
        return links
    rounds = links[0].refreshes
    failed = next(((n, reply) for n, reply in enumerate(rounds) if not reply.worked), None)
    if failed is not None:
        n, reply = failed
        if reply.untold:
            return Inconclusive(missing=(f"the {ordinal(n)} refresh was answered with {reply.words}",))
        return undisturbed(probed, [_finding(probed, n, reply, rounds[:n])])
    return verdict(()) if rounds else Inconclusive(missing=("no refresh was made",))


def _is_accident(probed: Probed, reply: Reply) -> bool:
    """Whether it is an error of the server that other links did not meet, made beside them."""
    others = (strand for strand in probed.strands("reuse_soon", "race", "relink") if strand.refreshes)
    return reply.shaky and any(strand.refreshes[0].worked for strand in others)


def _finding(probed: Probed, n: int, reply: Reply, before: tuple[Reply, ...]) -> Finding:
    advice, why = None, ""
    if n == 0 and reply.error in _CLIENT:
        means, advice = _CLIENT[reply.error]
        why = f" {means}"
    elif n == 0 and reply.error == "unsupported_grant_type":
        why = " The server knows no refresh_token grant."
    elif n and before[-1].token("refresh_token") is None:
        why = f" The {ordinal(n - 1)} refresh worked and brought no new refresh token, so the old one has to live on."
        advice = "Keep a refresh token alive when it is used, or send its successor in refresh_token."
    elif n:
        why = f" The {ordinal(n - 1)} one worked."
    accident = _is_accident(probed, reply)
    if accident:
        why = " Refreshes of other links around that moment worked."
    return finding(
        "token-refresh-works",
        f"The {ordinal(n)} refresh was answered with {reply.words}.{why}",
        subject=f"refresh {host_of(reply.call.url)}",
        at=probe_ref(probed, reply.call),
        related=[probe_ref(probed, each.call) for each in before],
        fix=advice,
        severity=Severity.RECOMMENDED if accident else None,
        confidence=Confidence.POSSIBLE if accident else Confidence.CERTAIN,
    )


AUDIT = Audit(
    id="refreshing",
    rules=("token-refresh-works",),
    title="Refreshing works, three times in a row",
    failed_title="Refreshing does not work",
    scope="run",
    depth=Depth.STANDARD,
    judge=judge,
)
