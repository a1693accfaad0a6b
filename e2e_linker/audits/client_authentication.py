"""The configured client authentication scheme is the one the token endpoint takes."""

from __future__ import annotations

from e2e_linker.audits.base import Audit, Finding, Inconclusive, Outcome, finding, verdict
from e2e_linker.audits.client_refusals import basic_hint
from e2e_linker.audits.probing import probe_ref
from e2e_linker.audits.runner import CaseTable
from e2e_linker.audits.trials import trial, unprobed, untold
from e2e_linker.derive.basic_spelling import UNENCODED, may_be_taken, turns_away
from e2e_linker.derive.exchange import Exchange
from e2e_linker.derive.probed import Probed
from e2e_linker.derive.replies import Reply, read_reply
from e2e_linker.derive.trials import speaks_of_limits
from e2e_linker.evidence.models import SkillFacts
from e2e_linker.model import Confidence, Depth, Fault, Severity

__all__ = ["AUDIT"]

RULE = "token-client-auth-scheme"
_IN_WORDS = {"HTTP_BASIC": "HTTP Basic", "REQUEST_BODY_CREDENTIALS": "credentials in the body"}
_OTHER = {"HTTP_BASIC": "REQUEST_BODY_CREDENTIALS", "REQUEST_BODY_CREDENTIALS": "HTTP_BASIC"}

_OPEN = (
    "HTTP Basic may be taken in the other spelling of id and secret, which was not tried with a code of its own, or "
    "not refused for the client"
)


def judge(skill: SkillFacts, probed: Probed, cases: CaseTable) -> Outcome:
    """A setting that works is right, whatever else the server takes; one that does not is compared with the other."""
    if (why := unprobed(probed)) is not None:
        return why
    configured = skill.access_token_scheme or ""
    if configured not in _OTHER:
        return Inconclusive(missing=("the configured scheme is neither of the two that exist",))
    own = _own_exchanges(probed, cases, configured)
    if any(reply.worked for reply in own):
        repeated = trial(probed, "client_id_in_body")
        return verdict([_repeated(probed, repeated)] if repeated and _is_about_the_client(repeated) else ())
    refused = next(filter(turns_away, own), None)
    other = trial(probed, "other_scheme")
    if refused is None:
        return Inconclusive(missing=("with the configured scheme the client was neither taken nor refused",))
    if other is not None and other.worked:
        if may_be_taken(own, _unencoded(cases)):
            return Inconclusive(missing=(_OPEN,))
        return verdict([_swapped(probed, cases, configured, refused, other)])
    gap = untold(probed, "other_scheme")
    return Inconclusive(missing=(gap or "both schemes are refused: the reason is another than the scheme",))


def _is_about_the_client(reply: Reply) -> bool:
    """Whether ``reply`` is a refusal that the client_id in the body may be the reason of."""
    return turns_away(reply) and not speaks_of_limits([reply])


def _own_exchanges(probed: Probed, cases: CaseTable, configured: str) -> list[Reply]:
    calls = [found.call for _, found in cases.collect("exchange") if found is not None]
    calls += [
        call
        for call in (probed.battery.calls if probed.battery else ())
        if call.purpose == "exchange" and call.endpoint == "token" and call.scheme == configured
    ]
    return [read_reply(call) for call in calls]


def _unencoded(cases: CaseTable) -> list[Reply]:
    found = (answer.call for _, answers in cases.collect("token_answers") for answer in answers)
    return [read_reply(call) for call in found if call.purpose == UNENCODED]


def _swapped(probed: Probed, cases: CaseTable, configured: str, refused: Reply, other: Reply) -> Finding:
    wanted = _OTHER[configured]
    hint = basic_hint(Exchange(refused.answer, "status")) if configured == "HTTP_BASIC" else ""
    both = "" if refused.call.urlencoded is None else ", however id and secret are spelled in it"
    return finding(
        RULE,
        f"The setting is swapped: accessTokenScheme is {configured}, and the token endpoint refuses "
        f"{_IN_WORDS[configured]}{both} ({refused.words}), but it takes {_IN_WORDS[wanted]}.",
        subject=configured,
        at=probe_ref(probed, other.call),
        fix=f"Set accessTokenScheme to {wanted}.{hint}",
        paste=f'"accessTokenScheme": "{wanted}"',
        where="accountLinkingRequest",
        blame=Fault.SKILL_CONFIGURATION,
        shown_by=[case.id for case, found in cases.collect("exchange") if found is not None],
    )


def _repeated(probed: Probed, reply: Reply) -> Finding:
    return finding(
        RULE,
        f"With HTTP Basic the token endpoint refuses a request that names the client_id in its body as well "
        f"({reply.words}). Whether Alexa does so is not documented.",
        subject="client_id in body",
        at=probe_ref(probed, reply.call),
        severity=Severity.RECOMMENDED,
        confidence=Confidence.POSSIBLE,
        fix="Ignore a client_id in the body that equals the one in the Authorization header.",
    )


AUDIT = Audit(
    id="client-authentication",
    rules=(RULE,),
    title="The configured client authentication scheme is the right one",
    failed_title="The configured client authentication scheme is not the server's",
    judge=judge,
    scope="run",
    depth=Depth.STANDARD,
)
