"""The refresh token gives new tokens, again and again."""

from __future__ import annotations

from e2e_linker.audits.base import Audit, Finding, Inconclusive, Outcome, finding, verdict
from e2e_linker.audits.probing import ordinal, probe_ref, ready, undisturbed
from e2e_linker.audits.refresh_remedies import lapse_finding, refresh_remedy, unknown_token_fix
from e2e_linker.audits.shared_links import alone
from e2e_linker.derive.lapses import lapses
from e2e_linker.derive.probed import Probed
from e2e_linker.derive.relinks import dead_access, dead_refresh, pair
from e2e_linker.derive.replies import Reply
from e2e_linker.evidence.token_calls import ProbeName
from e2e_linker.model import Confidence, Depth, Severity, host_of

__all__ = ["AUDIT"]

_CLIENT = {
    "invalid_client": (
        "The client that redeems the code is not recognised when it refreshes.",
        "Accept the client authentication of the code exchange for the refresh_token grant, too, or allow this client "
        "the refresh_token grant: some servers refuse a client that may not use it in the same way.",
    ),
    "unauthorized_client": (
        "The client that redeems the code may not refresh.",
        "Allow the refresh_token grant for this client at the server.",
    ),
}
"""By the error of the first refresh what it means after an exchange that worked, and what to do."""
_LATER = (
    "See in the server's log why it refuses what a refresh that worked has left: each has to bring a refresh token for "
    "the next one, or to leave the one it was given alive. Test three rounds."
)
_CHAINS: tuple[ProbeName, ...] = ("reuse_soon", "reuse_5s", "reuse_29s", "race", "relink", "relink_fresh")
"""The probes other than the one that is judged here in which a link is refreshed more than once."""


def judge(probed: Probed) -> Outcome:
    """Three refreshes in a row on a link of its own, unless refresh tokens were refused and taken afterwards."""
    found = lapses(probed)
    return verdict([lapse_finding(probed, found)]) if found else _in_a_row(probed)


@alone
def _in_a_row(probed: Probed) -> Outcome:
    """The verdict of three refreshes, each with the newest refresh token."""
    links = ready(probed, "refresh")
    if not isinstance(links, tuple):
        return links
    rounds = links[0].refreshes
    failed = next(((n, reply) for n, reply in enumerate(rounds) if not reply.worked), None)
    if failed is not None:
        n, reply = failed
        if reply.untold:
            return Inconclusive(missing=(f"the {ordinal(n)} refresh was answered with {reply.words}",))
        advice = unknown_token_fix(probed, links[0], reply) if n == 0 else None
        return undisturbed(probed, [_finding(probed, n, reply, rounds[:n], advice)])
    return verdict(()) if rounds else Inconclusive(missing=("no refresh was made",))


def _is_accident(probed: Probed, reply: Reply) -> bool:
    """Whether it is an error of the server that other links did not meet, made beside them."""
    others = (strand for strand in probed.strands("reuse_soon", "race", "relink") if strand.refreshes)
    return reply.shaky and any(strand.refreshes[0].worked for strand in others)


def _ended_by_another(probed: Probed, reply: Reply) -> bool:
    """Whether a link that was made meanwhile may have ended this one: links do, and other chains of refreshes go on."""
    again = (pair(probed, probe) for probe in ("relink", "relink_fresh"))
    ends = any(made and (dead_access(probed, made[0]) or dead_refresh(probed, made[0])) for made in again)
    steps = ({each.call.step for each in strand.refreshes if each.worked} for strand in probed.strands(*_CHAINS))
    return reply.error == "invalid_grant" and ends and any(len(worked) > 1 for worked in steps)


def _finding(probed: Probed, n: int, reply: Reply, before: tuple[Reply, ...], known: str | None) -> Finding:
    advice, why = known, ""
    if known and probed.refreshes:
        why = " Refresh tokens of other links were taken, so the grant is there."
    elif n == 0 and reply.error in _CLIENT:
        means, advice = _CLIENT[reply.error]
        why = f" {means}"
    elif n == 0 and reply.error == "unsupported_grant_type":
        why = " The server knows no refresh_token grant."
    elif n and before[-1].token("refresh_token") is None:
        why = f" The {ordinal(n - 1)} refresh worked and brought no new refresh token, so the old one has to live on."
        advice = "Keep a refresh token alive when it is used, or send its successor in refresh_token."
    else:
        why = f" The {ordinal(n - 1)} one worked." if n else ""
        advice = known or refresh_remedy(reply) or (_LATER if n else None)
    accident = _is_accident(probed, reply)
    if accident:
        why = " Refreshes of other links around that moment worked."
    ended = n > 0 and _ended_by_another(probed, reply)
    if ended:
        why += " Other links were refreshed again and again; this one may have been ended by a link made meanwhile."
    return finding(
        "token-refresh-works",
        f"The {ordinal(n)} refresh was answered with {reply.words}.{why}",
        subject=f"refresh {host_of(reply.call.url)}",
        at=probe_ref(probed, reply.call),
        related=[probe_ref(probed, each.call) for each in before],
        fix=advice,
        severity=Severity.RECOMMENDED if accident else Severity.DEGRADES if ended else None,
        confidence=Confidence.POSSIBLE if accident or ended else Confidence.CERTAIN,
        symptom=ended,
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
