"""Links that were made before a change of the configuration go on refreshing."""

from __future__ import annotations

from e2e_linker.audits.base import Audit, Finding, Inconclusive, Outcome, finding, verdict
from e2e_linker.audits.probing import probe_ref, unmade
from e2e_linker.derive.probed import Probed
from e2e_linker.derive.replies import Reply
from e2e_linker.derive.urls import without_parameters
from e2e_linker.model import Confidence, Depth

__all__ = ["AUDIT"]


def judge(probed: Probed) -> Outcome:
    """One refresh at every earlier token URI, with the credentials and the refresh token of that time."""
    if (missing := unmade(probed, "migration")) is not None:
        return missing
    replies = [reply for strand in probed.strands("migration") for reply in strand.refreshes]
    busy = [reply for reply in replies if reply.kind == "throttled" or reply.call.failure_kind in {"proxy", "here"}]
    failed = [reply for reply in replies if not reply.worked and reply not in busy]
    if failed and probed.strands("refresh") and not probed.refreshes:
        return Inconclusive(missing=("not even a link of today refreshes",))
    if not failed and busy:
        return Inconclusive(missing=(f"the refresh of an earlier link was answered with {busy[0].words}",))
    return verdict(_finding(probed, reply) for reply in failed)


def _finding(probed: Probed, reply: Reply) -> Finding:
    address, why, confidence = without_parameters(reply.call.url), "", Confidence.LIKELY
    if reply.error in {"invalid_client", "unauthorized_client"}:
        why, confidence = " The old client credentials are no longer taken.", Confidence.CERTAIN
    elif reply.kind == "unreachable":
        why = " The old token URI is gone, as seen from here."
    elif reply.error == "invalid_grant":
        why = (
            " Either the server forgot the refresh token, or the one that was given had ended before: a server that "
            "replaces refresh tokens does so in the first run, after which linker.previous needs a new one."
        )
    return finding(
        "token-migration-keep-old",
        f"Refreshing an earlier link at {address} was answered with {reply.words}.{why}",
        subject=address,
        at=probe_ref(probed, reply.call),
        confidence=confidence,
    )


AUDIT = Audit(
    id="migration",
    rules=("token-migration-keep-old",),
    title="Earlier links go on refreshing",
    failed_title="Earlier links no longer refresh",
    scope="run",
    depth=Depth.STANDARD,
    judge=judge,
)
