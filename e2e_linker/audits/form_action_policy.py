"""The policy of a page with a form permits every redirect that follows the submission."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from e2e_linker.alexa.facts import REDIRECT_HOSTS, REGION_HOSTS
from e2e_linker.audits.base import Audit, EvidenceRef, Finding, Inconclusive, Outcome, finding, verdict
from e2e_linker.audits.walks import no_arrival, request_ref
from e2e_linker.derive.content_policy import parse_policies
from e2e_linker.derive.submissions import Stage, Submission
from e2e_linker.derive.urls import without_parameters
from e2e_linker.evidence.models import CaseFacts, CspViolation, Ending, Present, Walk
from e2e_linker.model import Confidence, host_of, origin_of

__all__ = ["AUDIT"]

_ENGINES = {"chromium": "Chromium", "firefox": "Firefox", "webkit": "WebKit"}


def judge(case: CaseFacts, walk: Walk, submissions: tuple[Submission, ...], ending: Ending) -> Outcome:
    """Violations the browser reported, then what the policies say of the hops that were taken or asked for.

    Chromium enforces the directive, so there a hop that was taken proves that it is allowed. Firefox does not apply it
    to redirects; what it lets pass still stops in an app whose browser is Chromium.
    """
    recorded = walk.csp_violations
    seen = tuple(recorded.value) if isinstance(recorded, Present) else ()
    enforcing = case.engine == "chromium"
    found = {one.subject: one for one in _static(walk, submissions, enforcing)}
    found |= {one.subject: one for one in _reported(case, walk, seen, submissions)}
    if found or ending.kind != "arrived":
        return verdict(found.values()) if found else no_arrival(ending)
    if enforcing and not isinstance(recorded, Present):
        return Inconclusive(missing=("the browser's policy violations were not recorded",))
    return verdict(())


def _reported(
    case: CaseFacts, walk: Walk, seen: Sequence[CspViolation], submissions: Sequence[Submission]
) -> Iterator[Finding]:
    for n, violation in enumerate(seen, 1):
        said = f"{violation.directive} {violation.text or ''}"
        if "form-action" not in said or violation.disposition == "report":
            continue
        document = without_parameters(violation.document)
        sent = next((one for one in submissions if one.page.address == document), None)
        stage = _blocked(sent) if sent else None
        # The browser names the form's own address, also where it is a redirect of the answer that is forbidden.
        own = sent is not None and stage is None and violation.blocked == sent.stages[0].url
        target = stage.url if stage else f"https://{REGION_HOSTS[case.region]}/" if own else violation.blocked
        named = "a host that the answer redirects to" if own else host_of(target) or target
        yield finding(
            "auth-csp-form-action",
            f"{_ENGINES.get(case.engine or '', 'The browser')} stopped the form of {document}: its policy's "
            f"form-action does not allow {named}. "
            "The button appears dead.",
            subject=document,
            at=EvidenceRef(kind="csp_violation", ref=f"{walk.id}#{n}"),
            related=[request_ref(walk, sent.page.request)] if sent else (),
            paste=_directive(sent, target, redirected=stage is None or stage.redirected) if sent else None,
            where="Content-Security-Policy of the page with the form",
        )


def _static(walk: Walk, submissions: Sequence[Submission], enforcing: bool) -> Iterator[Finding]:
    for sent in submissions:
        stage = _blocked(sent)
        if stage is None or (enforcing and stage.request is not None):
            continue
        yield finding(
            "auth-csp-form-action",
            f"The policy of {sent.page.address} allows its form no way to {host_of(stage.url)}, where it leads. "
            "Browsers built on Chromium stop there, and the button appears dead.",
            subject=sent.page.address,
            at=request_ref(walk, sent.page.request),
            related=[request_ref(walk, stage.request)] if stage.request is not None else (),
            confidence=Confidence.LIKELY,
            paste=_directive(sent, stage.url, redirected=stage.redirected),
            where="Content-Security-Policy of the page with the form",
        )


def _blocked(sent: Submission) -> Stage | None:
    policies = parse_policies(sent.page.policies)
    for stage in sent.stages:
        if not all(p.allows_form(stage.url, sent.page.url, redirected=stage.redirected) for p in policies):
            return stage
    return None


def _directive(sent: Submission, target: str, *, redirected: bool) -> str:
    """The page's directive with what it lacks: for Alexa the hosts of all regions, as any of them may be asked for."""
    policies = parse_policies(sent.page.policies)
    limiting = [p for p in policies if "form-action" in p.directives]
    forbids = [p for p in limiting if not p.allows_form(target, sent.page.url, redirected=redirected)]
    # Where a page has several policies, the one to change is the one that forbids.
    known = next((p.directives["form-action"] for p in [*forbids, *limiting]), ())
    scheme, host, port = origin_of(target)
    origin = f"{scheme}://{host}" + (f":{port}" if port not in {None, 80, 443} else "")
    wanted = [f"https://{each}" for each in REGION_HOSTS.values()] if host in REDIRECT_HOSTS else [origin]
    kept = [source for source in known if source.lower() != "'none'"]
    return " ".join(["form-action", *dict.fromkeys([*kept, *wanted])])


AUDIT = Audit(
    id="form-action-policy",
    rules=("auth-csp-form-action",),
    title="The pages' policies permit the way to Alexa",
    failed_title="A page's form-action policy forbids the way to Alexa",
    judge=judge,
)
