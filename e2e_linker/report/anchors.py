"""Stable ids inside the page, and which of them shows a piece of evidence.

An id depends on what it names and on nothing else, so that a link sent to a colleague stays valid from run to run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from e2e_linker.model import fingerprint
from e2e_linker.report.model import CaseReport, EvidenceLink, FindingReport, RunReport
from e2e_linker.report.sections import DomainHost, LadderHop, TokenProbe
from e2e_linker.report.traffic import RequestRow
from e2e_linker.report.walk_words import walk_words

__all__ = ["OF_RUN", "Anchors", "anchor", "evidence_words", "sightings"]

OF_RUN = "run"
"""Stands for a case where the walks of the whole run are shown; no case has such an id."""

_WALK = "measured"
"""The walk whose ladder the report shows."""
_LONGEST = 60
_KINDS = {"csp_violation": "policy violation", "page_error": "script error"}
_OF_RUN = frozenset({"host", "configuration"})
"""What the report shows once, for all cases."""


def anchor(*parts: object) -> str:
    """An id made of ``parts``. Characters that ids should not have are replaced, with a digest to stay unique."""
    return "-".join(map(_safe, map(str, parts)))


def _safe(part: str) -> str:
    kept = re.sub(r"[^A-Za-z0-9._-]", "_", part)[:_LONGEST]
    return kept if kept == part else f"{kept}.{fingerprint(part)[:8]}"


class Anchors:
    """The ids of one report."""

    def __init__(self, report: RunReport) -> None:
        self._cases = {case.id: case for case in report.cases}
        self._findings = _finding_ids(report.findings)
        self._hosts = {use.host for use in report.domains.observed}
        self._keys = set(report.skill.raw)
        self._served = {(id_, served.host) for id_, hosts in report.tls.items() for served in hosts}
        self._tokens = {(id_, event.n) for id_, story in report.token_story.items() for event in story}
        self._calls: set[int | None] = {event.n for probe in report.token_probes.probes for event in probe.events}
        listed = {**report.requests, OF_RUN: report.run_requests}
        self._traffic = {(id_, row.walk, row.n) for id_, of in listed.items() for row in of.rows}
        self._walks = {(id_, walk) for id_, walk, _ in self._traffic if walk != _WALK}
        self._shown: dict[str, list[FindingReport]] | None = None
        self._all = report.findings

    def finding(self, found: FindingReport) -> str:
        """The id of a finding; two audits may report the same thing, the second then carries its audit's name."""
        return self._findings[found.audit, found.fingerprint]

    def rung(self, case: str, hop: LadderHop) -> str:
        """The id of a rung of the ladder of ``case``."""
        if hop.request is None:
            return anchor("arrival", case, _WALK, hop.n)
        return anchor("request", case, _WALK, hop.request)

    def rung_of(self, case: str, row: RequestRow) -> str | None:
        """The id of the rung that shows the request ``row``, None where it is no hop."""
        known = self._cases.get(case)
        if known is None or row.walk != _WALK:
            return None
        return next((self.rung(case, hop) for hop in known.ladder if hop.request == row.n), None)

    def traffic(self, case: str, walk: str, n: int) -> str | None:
        """The id of the row of a request in the list of requests, None where it found no room there."""
        return anchor("traffic", case, walk, n) if (case, walk, n) in self._traffic else None

    def shown_by(self, id_: str) -> tuple[FindingReport, ...]:
        """The findings whose evidence the element ``id_`` shows, or whose evidence is the host it is about."""
        if self._shown is None:
            self._shown = {}
            for found in self._all:
                for place in {place for link in found.evidence for place in self._places(link)}:
                    self._shown.setdefault(place, []).append(found)
        return tuple(self._shown.get(id_, ()))

    def _places(self, link: EvidenceLink) -> Iterator[str]:
        place = self.of(link)
        if place is not None:
            yield place
        walk, _, n = link.ref.partition("#")
        if link.kind == "request" and n.isdecimal() and n.isascii() and not self.elsewhere(link):
            row = self.traffic(link.case or "", walk, int(n))
            if row is not None and row != place:
                yield row

    def _is_probes(self, link: EvidenceLink) -> bool:
        return _call(link) in self._calls and (link.case, _call(link)) not in self._tokens

    def findings_of(self, probe: TokenProbe) -> tuple[FindingReport, ...]:
        """The findings that any of the probe's calls shows, each once."""
        found = [one for event in probe.events for one in self.shown_by(anchor("call", event.n))]
        return tuple({(one.audit, one.fingerprint): one for one in found}.values())

    def first_seen(self, use: DomainHost) -> str | None:
        """The id of the place where a host was seen first, None where there is none."""
        case, _, ref = use.first_seen.partition(" ")
        return self.of(EvidenceLink(kind="request", case=case, ref=ref))

    def of(self, link: EvidenceLink) -> str | None:
        """The id of the element that shows ``link``, the nearest around it, or None where there is none."""
        if link.kind == "host":
            return anchor("host", link.ref) if link.ref in self._hosts else "domains"
        if link.kind == "configuration":
            key = re.split(r"[.\[]", link.ref)[0]
            return anchor("configuration", key) if key in self._keys else "skill"
        case = self._cases.get(link.case or "")
        if self._is_probes(link):
            return anchor("call", _call(link))
        if case is None:
            return next(self._in_walk(link, OF_RUN), None) if link.case is None else None
        if self.elsewhere(link):
            return anchor("attempt", case.id, link.attempt)
        return next(self._in_case(link, case), anchor("case", case.id))

    def elsewhere(self, link: EvidenceLink) -> bool:
        """Whether ``link`` is about an attempt whose hops and screens the report does not show: not the last one."""
        case = self._cases.get(link.case or "")
        numbers = [attempt.number for attempt in case.attempts] if case else []
        return link.kind not in _OF_RUN and link.attempt in numbers[:-1]

    def _in_case(self, link: EvidenceLink, case: CaseReport) -> Iterator[str]:
        walk, _, number = link.ref.partition("#")
        n = int(number) if number.isdecimal() and number.isascii() else None
        if walk == _WALK and link.kind in {"request", "hop", "arrival"}:
            yield from (self.rung(case.id, hop) for hop in case.ladder if _shows(link.kind, n, hop))
        if link.kind == "screen":
            yield from (anchor("screen", case.id, walk, s.n) for s in case.screens if (s.walk, s.n) == (walk, n))
        if (case.id, _call(link)) in self._tokens:
            yield anchor("token", case.id, _call(link))
        if link.kind == "certificate" and (case.id, link.ref) in self._served:
            yield anchor("tls", case.id, link.ref)
        if any((event.kind, event.walk, event.n) == (link.kind, walk, n) for event in case.events):
            yield anchor(link.kind, case.id, walk, n)
        if link.kind == "walk" and walk == _WALK and case.ladder:
            yield anchor("ladder", case.id)
        yield from self._in_walk(link, case.id)

    def _in_walk(self, link: EvidenceLink, owner: str) -> Iterator[str]:
        """The row of a request, or the walk around whatever ``link`` names, in the list of requests of ``owner``."""
        walk, _, number = link.ref.partition("#")
        if link.kind == "request" and number.isdecimal() and number.isascii():
            row = self.traffic(owner, walk, int(number))
            if row is not None:
                yield row
        if (owner, walk) in self._walks:
            yield anchor("walk", owner, walk)


def _call(link: EvidenceLink) -> int | None:
    """The number of the token call that ``link`` names, with or without the name of a walk before it."""
    number = link.ref.rpartition("#")[2]
    return int(number) if link.kind == "token_call" and number.isdecimal() and number.isascii() else None


def _shows(kind: str, n: int | None, hop: LadderHop) -> bool:
    match kind:
        case "request":
            return n is not None and hop.request == n
        case "hop":
            return hop.n == n
        case _:
            return hop.arrival


def evidence_words(link: EvidenceLink) -> str:
    """``link`` as people say it: ``request 12``, ``host cdn.example.com``, ``hop 3 of walk warm``."""
    kind = _KINDS.get(link.kind, link.kind.replace("_", " "))
    walk, mark, number = link.ref.partition("#")
    if not mark:
        return f"{kind} {link.ref}"
    if link.kind == "screen" and number.isdecimal():
        # People count screens from one.
        number = str(int(number) + 1)
    return f"{kind} {number}" if walk == _WALK else f"{kind} {number} of {walk_words(walk)}"


def sightings(found: FindingReport) -> tuple[tuple[str | None, tuple[EvidenceLink, ...]], ...]:
    """(case, its evidence) for every case that shows ``found``; what belongs to no case comes last.

    What concerns the whole run names no case, although each call of it was made on some device.
    """
    if not found.cases:
        return ((None, found.evidence),)
    cases: list[str | None] = [*found.cases, *(link.case for link in found.evidence if link.case)]
    loose = any(link.case is None for link in found.evidence)
    return tuple(
        (case, tuple(link for link in found.evidence if link.case == case))
        for case in dict.fromkeys([*cases, None] if loose else cases)
    )


def _finding_ids(findings: tuple[FindingReport, ...]) -> dict[tuple[str, str], str]:
    ids: dict[tuple[str, str], str] = {}
    taken: set[str] = set()
    for found in findings:
        plain = anchor("finding", found.fingerprint)
        chosen = anchor("finding", found.fingerprint, found.audit) if plain in taken else plain
        taken.add(chosen)
        ids[found.audit, found.fingerprint] = chosen
    return ids
