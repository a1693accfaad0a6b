"""What a finding does, in the light of what became of the cases: no rule knows whom it stopped, the run does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from e2e_linker.audits.screens import listed_in_words
from e2e_linker.model import Severity
from e2e_linker.report.fate import fate
from e2e_linker.report.model import CaseReport, FindingReport, RunReport
from e2e_linker.report.words import SEVERITIES, Standing

__all__ = ["FIRST_STEP", "SECURITY", "Effect", "Effects", "consequences", "grave", "why_failed"]

SECURITY: Final[Mapping[str, str]] = MappingProxyType(
    {"token-identifies-user": "a customer may reach somebody else's account"}
)
"""By rule, what threatens others than the customer who links: such findings stand before all others."""

FIRST_STEP: Final = frozenset({"token-endpoint-not-swapped"})
"""Rules of the configuration that stop every login at its first step, although no single case is named."""

_TOKENS: Final = "token-"


@dataclass(frozen=True, slots=True)
class Effect:
    """What to call a finding, and in a sentence what it did to whom."""

    word: str
    sentence: str
    security: bool = False
    follows: bool = False
    """Whether it shows what another finding does to the customer, and is no further problem."""


def grave(findings: Iterable[FindingReport]) -> tuple[FindingReport, ...]:
    """Those of ``findings`` that are more than advice, and that nobody expected."""
    return tuple(one for one in findings if not one.expected and one.severity.at_least(Severity.DEGRADES))


def consequences(findings: Sequence[FindingReport]) -> frozenset[tuple[str, str]]:
    """(audit, fingerprint) of each finding that shows to the customer what an equally grave one of its cases does."""
    causes = [one for one in grave(findings) if not one.symptom]
    return frozenset((one.audit, one.fingerprint) for one in findings if one.symptom and _covered(one, causes))


def _covered(shown: FindingReport, causes: Iterable[FindingReport]) -> bool:
    able = (cause for cause in causes if cause.severity.at_least(shown.severity) and _explains(cause, shown))
    places: set[str | None] = set()
    for cause in able:
        if cause.rule in FIRST_STEP:
            return True
        places.update(cause.cases or (None,))
    return all(place in places for place in shown.cases or (None,))


def _explains(cause: FindingReport, shown: FindingReport) -> bool:
    """Whether the two may be of one piece: what the token endpoint says is not explained by what a page does."""
    apart = shown.rule.startswith(_TOKENS) and not cause.rule.startswith(_TOKENS)
    return cause.rule in FIRST_STEP or not apart


def why_failed(report: RunReport) -> FindingReport | None:
    """The finding that failed a run whose every case links; None where no such riddle is."""
    if report.verdict != "failed" or not report.cases or not all(case.linked for case in report.cases):
        return None
    return next(iter(grave(report.findings)), None)


class Effects:
    """The effects of the findings of one run."""

    def __init__(self, cases: Sequence[CaseReport], findings: Sequence[FindingReport]) -> None:
        self._fates = {case.id: fate(case, findings) for case in cases}
        self._follow = consequences(findings)

    def of(self, found: FindingReport) -> Effect:
        """What ``found`` did, as far as it was seen."""
        follows = (found.audit, found.fingerprint) in self._follow
        own = [self._fates[id_] for id_ in found.cases if id_ in self._fates]
        if found.severity is Severity.RECOMMENDED:
            return Effect("advice", SEVERITIES[found.severity], follows=follows)
        if found.severity is Severity.DEGRADES:
            milder = own and all(each == "fails" for each in own)
            text = "Milder than what keeps these cases from linking." if milder else SEVERITIES[found.severity]
            return Effect("degrades", text, follows=follows)
        if found.rule in SECURITY:
            return Effect("security", self._threat(found.rule), security=True, follows=follows)
        if found.rule in FIRST_STEP and not own:
            own = list(self._fates.values())
        word, text = self._stopped(own) if own else ("can break linking", self._nowhere())
        return Effect(word, text, follows=follows)

    def _threat(self, rule: str) -> str:
        threat = SECURITY[rule]
        if self._all_link:
            return f"Nobody is stopped, but {threat}."
        return f"{threat[0].upper()}{threat[1:]}."

    def _nowhere(self) -> str:
        if not self._fates:
            return "Some customers cannot link."
        known = " Every case links all the same; some customers may not." if self._all_link else ""
        return f"Found over the whole run, in no single case.{known}"

    def _stopped(self, own: Sequence[Standing]) -> tuple[str, str]:
        every, failing, linking = len(self._fates), own.count("fails"), own.count("links")
        shown = "The one case" if every == 1 else f"All {every} cases" if len(own) == every else _cases(own)
        if failing == len(own) == every:
            return (
                "nobody can link",
                "The one case does not link." if every == 1 else f"None of the {every} cases links.",
            )
        if failing == len(own):
            shown_by = "shows it, and does not link" if failing == 1 else "show it, and none of these links"
            return f"stops {failing} of {every}", f"{failing} of {every} cases {shown_by}."
        if linking == len(own):
            text = f"{shown} {'shows it and links' if len(own) == 1 else 'show it and link'} all the same"
            return "can break linking", f"{text}; some customers may not."
        if failing:
            # Some engines let pass what others stop at.
            rest = own.count("unknown") + own.count("errored")
            parts = (
                f"{failing} {'does' if failing == 1 else 'do'} not link",
                f"{linking} {'links' if linking == 1 else 'link'} all the same" if linking else "",
                f"{rest} could not be judged" if rest else "",
            )
            text = listed_in_words([part for part in parts if part])
            return f"stops {failing} of the {len(own)} that show it", f"Of the {len(own)} cases that show it {text}."
        return "can break linking", f"Seen in {len(own)} of {every} cases; not all of these could be judged."

    @property
    def _all_link(self) -> bool:
        return bool(self._fates) and all(each == "links" for each in self._fates.values())


def _cases(own: Sequence[Standing]) -> str:
    return "1 case" if len(own) == 1 else f"{len(own)} cases"
