"""Access tokens live as long as ``expires_in`` says, by what they and the introspection endpoint say of their end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from e2e_linker.alexa.facts import MIN_EXPIRES_IN
from e2e_linker.audits.base import Audit, EvidenceRef, Finding, Inconclusive, NotApplicable, Outcome, finding, verdict
from e2e_linker.audits.exchanges import call_ref
from e2e_linker.audits.lifetimes import span
from e2e_linker.audits.probing import probe_ref
from e2e_linker.audits.runner import CaseTable
from e2e_linker.audits.token_clock import lifetime_from
from e2e_linker.audits.token_values import lifetime_doubt
from e2e_linker.derive.probed import Probed
from e2e_linker.derive.replies import Reply, read_reply, token_accepted
from e2e_linker.model import Confidence, Grant

__all__ = ["AUDIT"]

_SLACK_S = 60.0
_SLACK_SHARE = 0.1
"""By how much an end may come early: clocks differ, and some servers count what is left of a token, or round."""
_BY_ITSELF = "The access token itself says (exp) that it"
_BY_INTROSPECTION = "The introspection endpoint says (exp) that the access token"
_FIX = "Let expires_in be the seconds until the access token really ends, and let it live for an hour or more."


@dataclass(frozen=True, slots=True)
class _End:
    """A token answer, the seconds its access token lives by somebody else's words, and whose words these are."""

    reply: Reply
    seconds: float
    by: str
    at: tuple[EvidenceRef, ...]

    @property
    def declared(self) -> float | None:
        """What ``expires_in`` says, where it is a lifetime."""
        seconds = self.reply.declares("expires_in")
        return None if seconds is None or seconds <= 0 or lifetime_doubt(seconds, self.reply.call.at) else seconds


def judge(probed: Probed, cases: CaseTable) -> Outcome:
    """Claims of the access tokens themselves (``exp``), and of introspection. What says nothing is no fault."""
    if probed.grant is Grant.IMPLICIT:
        return NotApplicable(reason="the implicit grant redeems no code")
    made = [*_of_cases(cases), *_of_probes(probed)]
    if not made:
        return Inconclusive(missing=("no code was redeemed for tokens",))
    ends = [*_claimed(made), *_introspected(probed, made)]
    if not ends:
        return NotApplicable(reason="nothing but expires_in says when an access token ends")
    early = [end for end in ends if end.declared and _SLACK_S + end.seconds < end.declared * (1 - _SLACK_SHARE)]
    return verdict([_found(min(early, key=lambda end: end.seconds))] if early else ())


def _of_cases(cases: CaseTable) -> Iterator[tuple[Reply, EvidenceRef]]:
    for case, exchange in cases.collect("exchange"):
        if exchange is not None and (reply := read_reply(exchange.call)).worked:
            yield reply, call_ref(exchange, case.id)


def _of_probes(probed: Probed) -> Iterator[tuple[Reply, EvidenceRef]]:
    for call in probed.battery.calls if probed.battery else ():
        if call.endpoint == "token" and call.probe != "migration" and (reply := read_reply(call)).worked:
            yield reply, probe_ref(probed, call)


def _claimed(made: list[tuple[Reply, EvidenceRef]]) -> Iterator[_End]:
    for reply, at in made:
        shape = next((each for each in reply.call.shapes if each.name == "access_token"), None)
        if shape is not None and shape.ends is not None:
            yield _End(reply, lifetime_from(shape.ends, shape.issued, reply.call), _BY_ITSELF, (at,))


def _introspected(probed: Probed, made: list[tuple[Reply, EvidenceRef]]) -> Iterator[_End]:
    issued = {reply.token("access_token"): (reply, at) for reply, at in reversed(made)}
    for call in probed.battery.calls if probed.battery else ():
        # An older token than the newest may have been left a short rest of its life by the refresh.
        if call.endpoint != "introspection" or call.purpose != "use" or not token_accepted(call):
            continue
        said = read_reply(call)
        end, (reply, at) = said.declares("exp"), issued.get(said.sent("token"), (None, None))
        if end is not None and reply is not None and at is not None:
            seconds = lifetime_from(end, said.declares("iat"), reply.call)
            yield _End(reply, seconds, _BY_INTROSPECTION, (at, probe_ref(probed, call)))


def _found(end: _End) -> Finding:
    lives = f"lives {span(max(0.0, round(end.seconds)))}" if end.seconds > 0 else "has ended by then"
    return finding(
        "token-expires-in-min-360" if end.seconds < MIN_EXPIRES_IN else "token-no-early-invalidation",
        f"{end.by} {lives}, and expires_in of the token answer says {span(end.declared or 0)}. In between "
        "Alexa sends a token that has ended.",
        subject="end of the access token",
        at=end.at[0],
        related=end.at[1:],
        confidence=Confidence.LIKELY,
        fix=_FIX,
    )


AUDIT = Audit(
    id="token-end",
    rules=("token-expires-in-min-360", "token-no-early-invalidation"),
    title="Access tokens live as long as expires_in says",
    failed_title="Access tokens end before expires_in says",
    scope="run",
    judge=judge,
)
