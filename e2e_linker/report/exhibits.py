"""The evidence of a finding as far as it can be quoted beside it, so that nobody has to follow a link to believe it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from e2e_linker.report import probe_words
from e2e_linker.report.model import EvidenceLink, RunReport
from e2e_linker.report.sections import TokenEvent
from e2e_linker.report.texts import cut, json_text, short_url
from e2e_linker.report.time_line import spent
from e2e_linker.report.traffic import CaseRequests
from e2e_linker.report.walk_words import link_words

__all__ = ["Exhibit", "Exhibits"]

_LONGEST = 500


@dataclass(frozen=True, slots=True)
class Exhibit:
    """What a link of a finding leads to: said in a line, and quoted with a label to each quotation."""

    text: str
    quotes: tuple[tuple[str, str], ...] = ()


class Exhibits:
    """The exhibits of one report."""

    def __init__(self, report: RunReport) -> None:
        self._report = report
        probed = (event for probe in report.token_probes.probes for event in probe.events)
        own = (event for story in report.token_story.values() for event in story)
        self._calls = {str(event.n): event for event in (*probed, *own)}
        self._accounts = {link.id: link.account for probe in report.token_probes.probes for link in probe.links}
        listed: dict[str, CaseRequests] = {**report.requests, "": report.run_requests}
        self._rows = {(id_, f"{row.walk}#{row.n}"): row for id_, of in listed.items() for row in of.rows}
        self._events: dict[tuple[str, str, str], str] = {
            (case.id, event.kind, f"{event.walk}#{event.n}"): event.text
            for case in report.cases
            for event in case.events
        }

    def of(self, link: EvidenceLink) -> Exhibit | None:
        """What ``link`` shows; None where the report holds nothing to quote."""
        match link.kind:
            case "token_call":
                event = self._calls.get(link.ref.rpartition("#")[2])
                return self._call(event) if event else None
            case "request" | "arrival":
                return self._request(link)
            case "certificate":
                return self._certificate(link)
            case "configuration":
                value = self._report.skill.raw.get(link.ref)
                return None if value is None else Exhibit("", ((link.ref, cut(json_text(value), _LONGEST)),))
        text = self._events.get((link.case or "", link.kind, link.ref))
        return Exhibit("", (("said", cut(text, _LONGEST)),)) if text else None

    def _call(self, event: TokenEvent) -> Exhibit:
        answer = str(event.status) if event.status is not None else event.failure or "no answer"
        account = self._accounts.get(event.link or "")
        whose = f", on {link_words(event.link)}" if event.link else ""
        whose += f", {account} account" if account else ""
        quotes = [("sent", label) for label in spent(event)]
        quotes += [("answer", cut(event.response_body, _LONGEST))] if event.response_body else []
        purpose = probe_words.purpose(event.purpose)
        return Exhibit(f"{purpose}{whose}: {event.method} {short_url(event.url)} → {answer}", tuple(quotes))

    def _request(self, link: EvidenceLink) -> Exhibit | None:
        row = self._rows.get((link.case or "", link.ref))
        if row is None:
            return None
        answer = "read and stopped" if row.arrival else row.status if row.status is not None else row.failure
        text = f"{row.method} {short_url(row.url)} → {answer or 'no answer'}"
        return Exhibit(text, tuple(self._states(link, row.n)))

    def _states(self, link: EvidenceLink, request: int) -> Iterator[tuple[str, str]]:
        """The state as it was sent and as it was found, where this request changed it."""
        trail = self._report.state_trail.get(link.case or "")
        if trail is None or not link.ref.startswith("measured#"):
            return
        changed = [place for place in trail.places if place.request == request and place.drift]
        if changed:
            yield "state as sent", cut(trail.sent, _LONGEST)
            yield "state as found", cut(changed[0].value, _LONGEST)

    def _certificate(self, link: EvidenceLink) -> Exhibit | None:
        served = next((one for one in self._report.tls.get(link.case or "", ()) if one.host == link.ref), None)
        if served is None or served.subject is None:
            return None
        quotes = (("served for", served.subject), ("issued by", served.issuer or "not told"))
        return Exhibit("", (*quotes, *((("trust", served.detail),) if served.detail else ())))
