"""What a finding does, in the light of what became of the cases: no rule knows whom it stopped, the run does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from e2e_linker.audits.base import Finding
from e2e_linker.audits.redirect_navigation import SCRIPT_CALL
from e2e_linker.audits.screens import listed_in_words
from e2e_linker.model import Severity
from e2e_linker.report.fate import fate, let_pass
from e2e_linker.report.model import CaseReport, FindingReport, RunReport
from e2e_linker.report.words import SEVERITIES, Standing

__all__ = [
    "CAN_BREAK",
    "FIRST_STEP",
    "SECURITY",
    "Effect",
    "Effects",
    "consequences",
    "distance",
    "grave",
    "of_the_list",
    "stands_alone",
    "why_failed",
]

SECURITY: Final[Mapping[str, str]] = MappingProxyType(
    {"token-identifies-user": "a customer may reach somebody else's account"}
)
"""By rule, what threatens others than the customer who links: such findings stand before all others."""

CAN_BREAK: Final = "can break linking"
"""The word for what breaks linking for some, and was not seen to keep a case of this run from it."""

FIRST_STEP: Final = frozenset({"token-endpoint-not-swapped"})
"""Rules of the configuration that stop every login at its first step, although no single case is named."""

_TOKENS: Final = "token-"
_PACE: Final = "token-responds-4500ms"
_LIST: Final = "domains-"
_REFUSED: Final = ("auth-embedded-browser-tolerated", "screen-unsupported-browser")
"""Rules that tell of one page, the second also on devices that the first does not judge."""
_NOBODY: Final = "nobody can link"
_SOME_CODES: Final = "lost-codes"
"""The audit that tells of codes of which some are taken, so that nobody is kept from linking for good."""
_ENFORCED: Final = "enforced-list"
"""The audit of the one walk on which the Domain List is enforced; on all others every host is let through."""

_Became = Standing | Literal["came back"]
"""What became of a case that shows a finding; ``came back`` where what the finding is about did not stop it."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What to call a finding, and in a sentence what it did to whom."""

    word: str
    sentence: str
    security: bool = False
    follows: bool = False
    """Whether it shows what another finding does to the customer, and is no further problem."""
    stopped: tuple[str, ...] = ()
    """The ids of the cases that it keeps from linking; empty where it is not known to keep any."""


def of_the_list(found: Finding | FindingReport) -> bool:
    """Whether ``found`` tells of what happens where the Domain List is enforced, which no measured walk shows."""
    return found.rule.startswith(_LIST) or found.audit == _ENFORCED


def distance(rule: str, cases: Iterable[str], unlinked: Iterable[CaseReport]) -> int:
    """How far a finding of ``rule`` that shows in ``cases`` is from those ``unlinked`` ones it stops, nearest first."""
    if rule in FIRST_STEP:
        return 0
    shown = frozenset(cases)
    stopped = any(case.id in shown and not let_pass(rule, case) for case in unlinked)
    return 0 if stopped else 1 if shown else 2


def stands_alone(found: FindingReport) -> bool:
    """Whether nothing that came after it is its doing: an alert, which was pressed away, or a slow answer.

    What the token endpoint answers it would have answered in time as well.
    """
    alert = found.rule == "auth-no-js-dialogs" and found.subject.split(" ", 1)[0] == "alert"
    return alert or found.rule == _PACE


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
        if cause.rule in FIRST_STEP or _same_refusal(cause, shown):
            return True
        places.update(cause.cases or (None,))
    return all(place in places for place in shown.cases or (None,))


def _explains(cause: FindingReport, shown: FindingReport) -> bool:
    """Whether the two may be of one piece: what the token endpoint says is not explained by what a page does.

    Nor is what was measured explained by a list that nobody enforced then, or by what nothing follows from.
    """
    if stands_alone(cause) or (of_the_list(cause) and not of_the_list(shown)):
        return False
    apart = shown.rule.startswith(_TOKENS) and not cause.rule.startswith(_TOKENS)
    return cause.rule in FIRST_STEP or not apart


def _same_refusal(cause: FindingReport, shown: FindingReport) -> bool:
    """Whether both tell how one host turns browsers away."""
    met = bool(set(cause.cases) & set(shown.cases))
    return (cause.rule, shown.rule) == _REFUSED and cause.subject == shown.subject and met


def why_failed(report: RunReport) -> FindingReport | None:
    """The finding that failed a run whose every case links; None where no such riddle is."""
    if report.verdict != "failed" or not report.cases or not all(case.linked for case in report.cases):
        return None
    return next(iter(grave(report.findings)), None)


class Effects:
    """The effects of the findings of one run."""

    def __init__(self, cases: Sequence[CaseReport], findings: Sequence[FindingReport]) -> None:
        self._fates = {case.id: fate(case, findings) for case in cases}
        self._cases = {case.id: case for case in cases}
        self._follow = consequences(findings)
        self._now_and_then = {(one.rule, id_) for one in findings if one.audit == _SOME_CODES for id_ in one.cases}

    def of(self, found: FindingReport) -> Effect:
        """What ``found`` did, as far as it was seen."""
        follows = (found.audit, found.fingerprint) in self._follow
        became: dict[str, _Became] = {id_: self._became(id_, found) for id_ in found.cases if id_ in self._fates}
        if found.rule in FIRST_STEP and not became:
            became = {**self._fates}
        own = tuple(became.values())
        if found.severity is Severity.RECOMMENDED:
            return Effect("advice", SEVERITIES[found.severity], follows=follows)
        if found.severity is Severity.DEGRADES:
            milder = own and all(self._fates.get(id_, "fails") == "fails" for id_ in found.cases)
            text = "Milder than what keeps these cases from linking." if milder else SEVERITIES[found.severity]
            return Effect("degrades", text, follows=follows)
        if found.rule in SECURITY:
            return Effect("security", self._threat(found.rule), security=True, follows=follows)
        if of_the_list(found):
            return Effect(CAN_BREAK, self._unenforced(own), follows=follows)
        word, text = self._stopped(own) if own else (CAN_BREAK, self._nowhere())
        stopped = tuple(id_ for id_, each in became.items() if each == "fails")
        if word == _NOBODY and all((found.rule, id_) in self._now_and_then for id_ in became):
            word, text = CAN_BREAK, f"{text} Other codes were taken."
        return Effect(word, text, follows=follows, stopped=stopped)

    def _became(self, id_: str, found: FindingReport) -> _Became:
        fate_ = self._fates[id_]
        passed = let_pass(found.rule, self._cases[id_]) and found.subject != SCRIPT_CALL
        return "came back" if fate_ != "links" and passed else fate_

    def _threat(self, rule: str) -> str:
        threat = SECURITY[rule]
        if self._all_link:
            return f"Nobody is stopped, but {threat}."
        return f"{threat[0].upper()}{threat[1:]}."

    def _unenforced(self, own: Sequence[_Became]) -> str:
        if all(each == "links" for each in own):
            return self._stopped(own)[1] if own else self._nowhere()
        return (
            "Every host was let through, so this is not why a case does not link; where the list is enforced, it may "
            "stop customers, too."
        )

    def _nowhere(self) -> str:
        if not self._fates:
            return "Some customers cannot link."
        known = " Every case links all the same; some customers may not." if self._all_link else ""
        return f"Found over the whole run, in no single case.{known}"

    def _stopped(self, own: Sequence[_Became]) -> tuple[str, str]:
        every, failing, linking, came = len(self._fates), *map(own.count, ("fails", "links", "came back"))
        shown = "The one case" if every == 1 else f"All {every} cases" if len(own) == every else _cases(own)
        if failing == len(own) == every:
            return (
                _NOBODY,
                "The one case does not link." if every == 1 else f"None of the {every} cases links.",
            )
        if failing == len(own):
            shown_by = "shows it, and does not link" if failing == 1 else "show it, and none of these links"
            return f"stops {failing} of {every}", f"{failing} of {every} cases {shown_by}."
        if linking + came == len(own):
            one = len(own) == 1
            did = (f"link{'s' * one}" if linking else "", f"come{'s' * one} back to Alexa" if came else "")
            text = f"{shown} show{'s' * one} it and {' or '.join(filter(None, did))} all the same"
            return CAN_BREAK, f"{text}; some customers may not."
        if failing:
            # Some engines let pass what others stop at.
            rest = own.count("unknown") + own.count("errored")
            parts = (
                f"{failing} {'does' if failing == 1 else 'do'} not link",
                f"{linking} {'links' if linking == 1 else 'link'} all the same" if linking else "",
                f"{came} came back to Alexa all the same" if came else "",
                f"{rest} could not be judged" if rest else "",
            )
            text = listed_in_words([part for part in parts if part])
            return f"stops {failing} of the {len(own)} that show it", f"Of the {len(own)} cases that show it {text}."
        return CAN_BREAK, f"Seen in {len(own)} of {every} cases; not all of these could be judged."

    @property
    def _all_link(self) -> bool:
        return bool(self._fates) and all(each == "links" for each in self._fates.values())


def _cases(own: Sequence[_Became]) -> str:
    return "1 case" if len(own) == 1 else f"{len(own)} cases"
