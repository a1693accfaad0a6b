"""The answer to a refresh declares a lifetime."""

from __future__ import annotations

from e2e_linker.audits.base import Audit, NotApplicable, Outcome, finding, verdict
from e2e_linker.audits.probing import ordinal, probe_ref, ready
from e2e_linker.audits.token_values import as_sent
from e2e_linker.derive.probed import Probed
from e2e_linker.evidence.models import SkillFacts
from e2e_linker.model import Depth, Severity

__all__ = ["AUDIT"]


def judge(probed: Probed, skill: SkillFacts) -> Outcome:
    """``expires_in`` in every refresh that worked; a configured default softens its absence, as with the exchange."""
    links = ready(probed, "refresh")
    if not isinstance(links, tuple):
        return links
    worked = [reply for reply in links[0].refreshes if reply.worked]
    if not worked:
        return NotApplicable(reason="refreshing does not work")
    lacking = [(n, reply) for n, reply in enumerate(worked) if not (reply.declares("expires_in") or 0) > 0]
    if not lacking:
        return verdict(())
    n, reply = lacking[0]
    given = (reply.answer.json or {}).get("expires_in")
    shown = "no expires_in" if given is None else f"expires_in '{as_sent(given)}', which is no lifetime"
    default = skill.default_expiry_s
    falls_back = f" Alexa falls back to the configured default of {default} seconds." if default is not None else ""
    return verdict(
        [
            finding(
                "token-expires-in-on-refresh",
                f"The answer to the {ordinal(n)} refresh has {shown}.{falls_back}",
                subject="expires_in",
                at=probe_ref(probed, reply.call),
                severity=None if default is None else Severity.DEGRADES,
                fix="Send expires_in, a number of seconds, with every access token.",
            )
        ]
    )


AUDIT = Audit(
    id="refresh-expiry",
    rules=("token-expires-in-on-refresh",),
    title="The answer to a refresh declares a lifetime",
    failed_title="The answer to a refresh declares no lifetime",
    scope="run",
    depth=Depth.STANDARD,
    judge=judge,
)
