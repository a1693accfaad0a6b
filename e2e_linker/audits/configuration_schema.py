"""The account linking configuration is what SMAPI's schema wants."""

from __future__ import annotations

from collections.abc import Iterator

from e2e_linker.audits.base import Audit, EvidenceRef, Finding, Outcome, finding, verdict
from e2e_linker.config.secrets import UNSENT_SECRET
from e2e_linker.derive.endpoints import transport_problem
from e2e_linker.evidence.models import SkillFacts
from e2e_linker.model import Confidence, Fault, Grant, Severity

__all__ = ["AUDIT"]

_BORNE_BY_SOME = ("already holds the parameter", "goes on after a #")
"""SMAPI takes these, and so do some servers, though RFC 6749 forbids them."""


def judge(skill: SkillFacts) -> Outcome:
    """Every problem that was met in reading the file, but for those that have an audit of their own."""
    met = [(path, said) for path, said in skill.problems if not _told_elsewhere(skill, path, said)]
    return verdict(_finding(path, said) for path, said in (*met, *_of_kind(skill)))


def _of_kind(skill: SkillFacts) -> Iterator[tuple[str, str]]:
    """What only the kind of the skill makes a problem."""
    about_scopes = any(path.startswith("scopes") for path, _ in skill.problems)
    if skill.skill_kind == "smart_home" and not skill.scopes and not about_scopes:
        yield "scopes", "names no scope, and a smart home skill needs at least one"


def _finding(path: str, said: str) -> Finding:
    return finding(
        "cfg-schema-valid",
        f"{path} {said}.",
        subject=f"{path} {said}",
        at=EvidenceRef(kind="configuration", ref=path),
        severity=Severity.DEGRADES if said.startswith(_BORNE_BY_SOME) else None,
        confidence=Confidence.LIKELY if said.startswith(_BORNE_BY_SOME) else Confidence.CERTAIN,
        fix=f"Correct {path} and update the skill.",
        where=f"accountLinkingRequest.{path}",
        blame=Fault.SKILL_CONFIGURATION,
    )


def _told_elsewhere(skill: SkillFacts, path: str, said: str) -> bool:
    """Other audits speak of entries of the Domain List, of URLs that are not https, and of what is not the skill's."""
    if path == UNSENT_SECRET:
        return True
    wrong_type = said.startswith("must be a")
    if path == "domains" or path.startswith("domains["):
        return not wrong_type
    urls = {"authorizationUrl": skill.authorization_url}
    if skill.grant is not Grant.IMPLICIT:
        urls["accessTokenUrl"] = skill.access_token_url or ""
    if path in urls and said.startswith("must be an https URL"):
        return transport_problem(urls[path]) is not None
    return False


AUDIT = Audit(
    id="configuration-schema",
    rules=("cfg-schema-valid",),
    title="The account linking configuration is well formed",
    failed_title="The account linking configuration is malformed",
    scope="run",
    judge=judge,
)
