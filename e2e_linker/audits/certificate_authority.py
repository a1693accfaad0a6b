"""Whether Let's Encrypt issued a certificate of the flow, on which Amazon's pages contradict each other."""

from __future__ import annotations

import re

from e2e_linker.audits.base import Audit, Inconclusive, Outcome, Passed
from e2e_linker.derive.certificates import unheard
from e2e_linker.evidence.models import records
from e2e_linker.evidence.served_tls import ServedTls
from e2e_linker.model import Depth

__all__ = ["AUDIT"]

_LETS_ENCRYPT = re.compile(r"let'?s encrypt|internet security research group|\bisrg\b", re.IGNORECASE)


def judge(hosts_tls: tuple[ServedTls, ...]) -> Outcome:
    """Passes, with a note where Let's Encrypt is found.

    No finding, not even advice: such servers link, there is nothing to change, and a healthy one has to come out clean
    at every ``--fail-on``. The note and the rule's sources say what to answer should Amazon's support object.
    """
    hosts = [tls.host for tls in hosts_tls if _by_lets_encrypt(tls)]
    if not hosts:
        silent = unheard(hosts_tls)
        return Inconclusive(missing=silent) if silent else Passed()
    return Passed(
        note=f"Let's Encrypt issued the certificate of {', '.join(hosts)}. Amazon's older requirements page excludes "
        "it, the one of 2026 does not, and such servers are known to link: keep it. "
        "`e2e-linker explain auth-cert-letsencrypt-note` lists the sources."
    )


def _by_lets_encrypt(tls: ServedTls) -> bool:
    chain = records(tls.chain)
    if not chain:
        return False
    own = chain[0]
    return not own.self_signed and _LETS_ENCRYPT.search(own.issuer_organisation or "") is not None


AUDIT = Audit(
    id="certificate-authority",
    rules=("auth-cert-letsencrypt-note",),
    title="No authority of the certificates stands in the way",
    failed_title="An authority of the certificates stands in the way",
    depth=Depth.STANDARD,
    judge=judge,
)
