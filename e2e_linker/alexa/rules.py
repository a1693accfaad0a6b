"""The requirements Amazon and the protocols make of account linking, one :class:`Rule` for each.

The texts live in ``rules.json`` beside this module: a table of sources, and the rules that refer to them by key.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Literal

from e2e_linker.errors import UsageError
from e2e_linker.model import Record, Severity

__all__ = ["Basis", "Rule", "Section", "Source", "rule", "rules"]

Basis = Literal["V", "M", "C", "R"]
"""How a rule is known: read at a vendor's (V), measured (M), corroborated by code or issues (C), recalled (R)."""

Section = Literal[
    "authorization page",
    "redirect",
    "domain list",
    "token",
    "size",
    "accept grant",
    "app to app",
    "configuration",
    "support",
]
"""The part of account linking that a rule belongs to."""


class Source(Record):
    """Where a rule comes from."""

    key: str
    """A short name, unique among the sources."""
    title: str
    url: str | None
    """None where the page has no known public address."""


class Rule(Record):
    """One requirement: what is demanded, what a customer sees when it is broken, how it is tested and mended."""

    id: str
    section: Section
    title: str
    """What is required, in a few words."""
    severity: Severity
    """As the requirement itself has it; findings use :attr:`effective_severity`."""
    confidence: tuple[Basis, ...]
    requires: str
    why: str
    observe: str
    fix: str
    manual: str | None
    """Why no audit covers the rule and how to check it by hand; None for a rule that an audit covers."""
    sources: tuple[Source, ...]

    @property
    def advice_only(self) -> bool:
        """Whether the rule rests on memory alone, so that breaking it may never count as a failure."""
        return set(self.confidence) == {"R"}

    @property
    def effective_severity(self) -> Severity:
        """The worst severity a finding of this rule may have."""
        return Severity.RECOMMENDED if self.advice_only else self.severity


@cache
def rules() -> Mapping[str, Rule]:
    """All rules by id, in the order of the reference: authorization page first, support last."""
    document = json.loads(files(__package__).joinpath("rules.json").read_text("utf-8"))
    sources = {key: Source(key=key, **text) for key, text in document["sources"].items()}
    listed = [
        Rule.model_validate({**row, "sources": [sources[key] for key in row["sources"]]}) for row in document["rules"]
    ]
    return MappingProxyType({each.id: each for each in listed})


def rule(rule_id: str) -> Rule:
    """The rule with this id. Raises :class:`UsageError` naming the nearest ids when there is none."""
    known = rules()
    if found := known.get(rule_id):
        return found
    wanted = rule_id.strip().lower()
    near = get_close_matches(wanted, known, n=3, cutoff=0.5)
    near += [each for each in known if len(wanted) > 2 and wanted in each and each not in near][: 3 - len(near)]
    hint = f"did you mean {', '.join(near)}?" if near else "e2e-linker rules lists all of them"
    raise UsageError(f"there is no rule {rule_id!r}", hint=hint)
