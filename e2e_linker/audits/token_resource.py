"""The resource that the skill's tokens are for takes them at all."""

from __future__ import annotations

from e2e_linker.audits.base import Audit, Finding, NotApplicable, Outcome, finding, verdict
from e2e_linker.audits.probing import probe_ref
from e2e_linker.audits.screens import listed_in_words
from e2e_linker.audits.token_scope import said_scope
from e2e_linker.derive.challenges import challenge_of
from e2e_linker.derive.probed import Probed
from e2e_linker.derive.replies import read_reply, token_accepted
from e2e_linker.derive.scopes import left_out
from e2e_linker.derive.urls import without_parameters
from e2e_linker.evidence.headers import header
from e2e_linker.evidence.models import SkillFacts
from e2e_linker.evidence.token_calls import TokenCall
from e2e_linker.model import Confidence, Depth, Fault, Grant, Severity

__all__ = ["AUDIT"]

_FEWEST = 2
"""Links whose access tokens have to be refused, so that no fate of one of them is taken for that of all."""
_FORBIDDEN = 403
_TOO_LITTLE = "insufficient_scope"
"""RFC 6750, section 3.1."""
_RIGHT_PLACE = "See first that linker.resource is an address that the skill asks with these tokens, by GET. If it is, "
_ALLOW = "let the server grant this client what that address demands, and ask for it in the scopes of the skill."
_TAKE = (
    "see in its log why it takes none of them: which issuer, audience and keys it expects, and whether it knows the "
    "tokens of this authorization server."
)


def judge(skill: SkillFacts, probed: Probed) -> Outcome:
    """The access tokens of several links, each tried while it was new; one that is taken clears all."""
    if probed.grant is Grant.IMPLICIT:
        return NotApplicable(reason="the implicit grant has no token endpoint")
    calls = probed.battery.calls if probed.battery else ()
    tried = [call for call in calls if (call.endpoint, call.purpose) == ("resource", "use")]
    if not tried:
        return NotApplicable(reason="no access token was tried: set linker.resource, and choose --depth standard")
    sure = all(token_accepted(call) is False and challenge_of(call) is None for call in tried)
    if probed.takes_tokens or not sure or len({call.link for call in tried}) < _FEWEST:
        return verdict(())
    return verdict([_finding(skill, probed, tried)])


def _finding(skill: SkillFacts, probed: Probed, tried: list[TokenCall]) -> Finding:
    first = next((call for call in tried if call.status == _FORBIDDEN), tried[0])
    scopes = _scopes(skill, probed) if first.status == _FORBIDDEN else ""
    # Only words about scopes tell the token's fault from that of the address; what a person's data demands, no skill
    # that asks for no such data needs.
    grave = _wants_scope(first) and not (_is_userinfo(first) and "openid" not in skill.scopes)
    permits = first.status == _FORBIDDEN or grave
    return finding(
        "auth-scope-exact" if permits else "token-no-early-invalidation",
        f"{without_parameters(first.url)} (linker.resource) refuses every new access token that was tried there, of "
        f"{len({call.link for call in tried})} links: {read_reply(first).words}.{scopes} A wrong linker.resource would "
        "look the same.",
        subject="every access token",
        at=probe_ref(probed, first),
        related=[probe_ref(probed, call) for call in tried if call is not first][:2],
        severity=Severity.DEGRADES if grave else Severity.RECOMMENDED,
        confidence=Confidence.LIKELY if grave else Confidence.POSSIBLE,
        fix=_RIGHT_PLACE + (_ALLOW if permits else _TAKE),
        blame=Fault.SKILL_CONFIGURATION if permits else Fault.IDENTITY_PROVIDER,
    )


def _wants_scope(call: TokenCall) -> bool:
    challenge = header(call.response_headers, "www-authenticate") or ""
    return read_reply(call).error == _TOO_LITTLE or f'error="{_TOO_LITTLE}"' in challenge


def _is_userinfo(call: TokenCall) -> bool:
    """Whether it may be the endpoint of OpenID Connect Core, section 5.3, which wants the scope ``openid``."""
    return "userinfo" in call.url.lower()


def _scopes(skill: SkillFacts, probed: Probed) -> str:
    """That the token answer grants less than was asked for; empty where it does not."""
    made = (strand.exchange for strand in probed.strands("refresh", "relink", "relink_fresh"))
    answer = next((reply.answer.json for reply in made if reply is not None and reply.worked), None) or {}
    lacking = left_out(skill.scopes, answer)
    if not lacking:
        return ""
    names = listed_in_words([f"`{scope}`" for scope in lacking])
    return f" The scope of the token answer, “{said_scope(answer)}”, leaves out {names}, which the skill asks for."


AUDIT = Audit(
    id="token-resource",
    rules=("auth-scope-exact", "token-no-early-invalidation"),
    title="The resource takes the access tokens",
    failed_title="The resource refuses every access token",
    scope="run",
    depth=Depth.STANDARD,
    judge=judge,
)
