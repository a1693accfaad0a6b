"""The hosts of the login and the token host serve certificates that Amazon's servers trust."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from e2e_linker.audits.base import Audit, EvidenceRef, Finding, Inconclusive, Outcome, finding, verdict
from e2e_linker.audits.content_certificates import refused_content
from e2e_linker.derive.certificates import Remaining, distrusted, remaining, remedy, role_words, token_only, unheard
from e2e_linker.evidence.served_tls import ServedTls
from e2e_linker.model import Confidence, Depth, Severity

__all__ = ["AUDIT", "PROXY_BETWEEN"]

PROXY_BETWEEN = " It was seen through this machine's proxy, which may show one of its own."


def judge(hosts_tls: tuple[ServedTls, ...], content_tls: tuple[ServedTls, ...]) -> Outcome:
    """Each chain as it was served, and how long it lasts; of hosts that pages only load from, what browsers refuse.

    A host that has a page breaks ``auth-cert-trusted-ca``; one that has the token endpoint alone ``token-https-443``,
    which asks the same of it. A private root that the tester trusts is no finding but earns a note, whatever else is
    found: the practice range and test systems have nothing else.
    """
    found = (*_findings(hosts_tls), *refused_content(content_tls))
    note = _private(hosts_tls)
    silent = unheard(hosts_tls)
    if silent and not found:
        return Inconclusive(missing=silent, note=note)
    return verdict(found, note=note)


def _private(hosts: Iterable[ServedTls]) -> str | None:
    private = [one for one in hosts if one.trust == "private_root"]
    if not private:
        return None
    names = ", ".join(one.host for one in private)
    roots = "; ".join(dict.fromkeys(one.trust_detail for one in private if one.trust_detail))
    return (
        f"Trusted here because of linker.trust, but not by Amazon's servers: {names} ({roots}). On a test system that "
        "does no harm; in production these hosts need a certificate of a public authority, sent with its intermediates."
    )


def _findings(hosts: Iterable[ServedTls]) -> Iterator[Finding]:
    for tls in hosts:
        left = remaining(tls)
        if distrusted(tls):
            yield _distrusted(tls)
        elif left is not None and left.urgency is not None:
            yield _ending(tls, left)


def _distrusted(tls: ServedTls) -> Finding:
    assert tls.trust is not None
    besides = f" Besides, {'; '.join(tls.also)}." if tls.also else ""
    proxy = PROXY_BETWEEN if tls.through_proxy else ""
    # No browser comes to the token endpoint or the resource.
    seen = tls.trust == "missing_intermediate" and not {"authorization", "page"}.isdisjoint(tls.roles)
    passes = " A browser may pass all the same: it knows or fetches the intermediate, Amazon's servers do not." * seen
    unsure = tls.through_proxy or tls.trust == "broken"
    return finding(
        _rule(tls),
        f"The certificate of {tls.host}, which serves {role_words(tls)}, is not trusted: {tls.trust_detail}."
        f"{passes}{besides}{proxy}",
        subject=f"{tls.host} {tls.trust}",
        at=_ref(tls),
        severity=_least(tls, Severity.BREAKS),
        confidence=Confidence.LIKELY if unsure else Confidence.CERTAIN,
        fix=remedy(tls.trust),
    )


def _ending(tls: ServedTls, left: Remaining) -> Finding:
    which = "its certificate" if left.own else f"the intermediate “{left.certificate.subject}”"
    days = f"{left.days} days" if left.days != 1 else "1 day"
    then = "what the skill asks for there fails" if _only_resource(tls) else "nobody can link"
    return finding(
        _rule(tls),
        f"{tls.host}, which serves {role_words(tls)}, has {days} left until {which} expires on "
        f"{left.certificate.not_after:%Y-%m-%d}; from then on {then}.",
        subject=f"{tls.host} expires",
        at=_ref(tls),
        severity=_least(tls, Severity.DEGRADES if left.urgency == "very_soon" else Severity.RECOMMENDED),
        fix="Renew the certificate now, reload the server so that the new one is served, and let a timer do both.",
    )


def _rule(tls: ServedTls) -> str:
    return "token-https-443" if token_only(tls) else "auth-cert-trusted-ca"


def _least(tls: ServedTls, severity: Severity) -> Severity:
    """Amazon never comes to the resource: its certificate stops the skill at work, not the linking."""
    return Severity.DEGRADES if _only_resource(tls) and severity is Severity.BREAKS else severity


def _only_resource(tls: ServedTls) -> bool:
    return set(tls.roles) == {"resource"}


def _ref(tls: ServedTls) -> EvidenceRef:
    return EvidenceRef(kind="certificate", ref=tls.host)


AUDIT = Audit(
    id="served-certificate",
    rules=("auth-cert-trusted-ca", "token-https-443"),
    title="Every host serves a chain that Amazon's servers trust",
    failed_title="A host serves a certificate that will not do for Amazon's servers",
    depth=Depth.STANDARD,
    judge=judge,
)
