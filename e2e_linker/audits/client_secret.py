"""The client secret is sent with the exchange, unless the client has none."""

from __future__ import annotations

from e2e_linker.audits.base import Audit, EvidenceRef, Finding, Outcome, finding, verdict
from e2e_linker.audits.client_refusals import refused_client, sends_no_secret
from e2e_linker.audits.exchanges import address_of, call_ref
from e2e_linker.audits.runner import CaseTable
from e2e_linker.config.secrets import UNSENT_SECRET
from e2e_linker.derive.exchange import Exchange
from e2e_linker.evidence.models import SkillFacts
from e2e_linker.model import Confidence, Fault, Severity

__all__ = ["AUDIT"]

RULE = "token-client-auth-scheme"
_PASTE = '"clientSecret": "env:E2E_LINKER_CLIENT_SECRET"'
_FIX = (
    "Put the secret that the client has at the server into an environment variable, and refer to it by "
    "linker.clientSecret. A public client has none: there, nothing is to be done"
)


def judge(skill: SkillFacts, cases: CaseTable) -> Outcome:
    """Advice where none is configured; more where an exchange without one was refused, none where it was taken."""
    if not sends_no_secret(skill):
        return verdict(())
    made = [(case.id, exchange) for case, exchange in cases.collect("exchange") if exchange is not None]
    if any(exchange.answer.succeeded for _, exchange in made):
        return verdict(())
    refused = [(case, exchange) for case, exchange in made if _misses_secret(exchange, skill)]
    if refused:
        return verdict([_refused(refused)])
    return verdict([_advice()])


def _misses_secret(exchange: Exchange, skill: SkillFacts) -> bool:
    """Whether the endpoint itself refused the client, or spoke of a secret."""
    if exchange.trouble not in {None, "status"}:
        return False
    return refused_client(exchange, skill) is not None or "secret" in exchange.words.casefold()


def _refused(refused: list[tuple[str, Exchange]]) -> Finding:
    """The finding for ``refused``, the cases with their exchanges."""
    case, exchange = refused[0]
    words = f", {exchange.words}" if exchange.words else ""
    return finding(
        RULE,
        f"No client secret was sent, as linker.clientSecret is not set. The token endpoint {address_of(exchange)} "
        f"refused the exchange with status {exchange.call.status}{words}.",
        subject=UNSENT_SECRET,
        at=EvidenceRef(kind="configuration", ref=UNSENT_SECRET),
        related=[call_ref(exchange, case)],
        confidence=Confidence.LIKELY,
        fix=f"{_FIX} but at the server, which must take the exchange of such a client without a secret.",
        paste=_PASTE,
        where="linker",
        blame=Fault.TESTER,
        shown_by=[id_ for id_, _ in refused],
    )


def _advice() -> Finding:
    return finding(
        RULE,
        "linker.clientSecret is not set, so the exchange is made without a client secret. That is right for a public "
        "client only.",
        subject=UNSENT_SECRET,
        at=EvidenceRef(kind="configuration", ref=UNSENT_SECRET),
        severity=Severity.RECOMMENDED,
        confidence=Confidence.POSSIBLE,
        fix=f"{_FIX}.",
        paste=_PASTE,
        where="linker",
        blame=Fault.TESTER,
    )


AUDIT = Audit(
    id="client-secret",
    rules=(RULE,),
    title="The client secret is sent",
    failed_title="No client secret is sent",
    judge=judge,
    scope="run",
    early=True,
)
