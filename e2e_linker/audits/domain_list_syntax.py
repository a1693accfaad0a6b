"""The entries of the Domain List are bare host names, each once."""

from __future__ import annotations

from collections.abc import Iterator

from e2e_linker.audits.base import Audit, EvidenceRef, Finding, Outcome, finding, verdict
from e2e_linker.derive.hosts import domain_list
from e2e_linker.evidence.models import SkillFacts
from e2e_linker.model import Fault


def judge(skill: SkillFacts) -> Outcome:
    """SMAPI refuses, and Alexa never matches, an entry that is more than a host name."""
    return verdict(_findings(skill))


def _findings(skill: SkillFacts) -> Iterator[Finding]:
    seen: set[str] = set()
    for n, entry in zip(_places(skill), domain_list(skill).entries, strict=True):
        ref = EvidenceRef(kind="configuration", ref=f"domains[{n}]")
        instead = f'"{entry.host}"' if entry.host else None
        if entry.problem:
            fix = f"Write {instead}." if instead else "List every host by its full name."
            yield _finding(f"Domain List entry {entry.raw!r} {entry.problem}.", entry.raw, ref, fix, instead)
        elif entry.host in seen:
            yield _finding(f"Domain List entry {entry.raw!r} stands there twice.", entry.raw, ref, "Remove one.", None)
        if entry.host:
            seen.add(entry.host)


def _places(skill: SkillFacts) -> tuple[int, ...]:
    """The index of every entry in the file, where entries that are no strings stand between them."""
    written = skill.raw.get("domains")
    places = [n for n, item in enumerate(written) if isinstance(item, str)] if isinstance(written, list) else []
    return tuple(places) if len(places) == len(skill.domains) else tuple(range(len(skill.domains)))


def _finding(message: str, subject: str, ref: EvidenceRef, fix: str, paste: str | None) -> Finding:
    where = f"accountLinkingRequest.{ref.ref}"
    blame = Fault.SKILL_CONFIGURATION
    return finding("domains-syntax", message, subject=subject, at=ref, fix=fix, paste=paste, where=where, blame=blame)


AUDIT = Audit(
    id="domain-list-syntax",
    rules=("domains-syntax",),
    title="Every Domain List entry is a bare host name",
    failed_title="Domain List entries are malformed",
    scope="run",
    judge=judge,
)
