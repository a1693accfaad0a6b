from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from e2e_linker.evidence.models import Ending
from e2e_linker.report.anchors import Anchors, anchor, evidence_words, sightings
from e2e_linker.report.model import AttemptReport, EvidenceLink
from e2e_linker.report.sections import LadderHop, PageEvent

NOW = datetime(2026, 11, 21, 10, 30, tzinfo=UTC)


def hop(n: int, request: int | None, *, arrival: bool = False) -> LadderHop:
    given: dict[str, Any] = dict.fromkeys(("status", "target", "head_bytes", "time_ms", "failure", "window"))
    given |= {"n": n, "request": request, "at": 0.1, "method": "GET", "url": "https://a.example/", "host": "a.example"}
    return LadderHop(**given, how="redirect", main_frame=True, arrival=arrival)


def link(kind: str, ref: str, case: str | None = "phone-na", attempt: int | None = None) -> EvidenceLink:
    return EvidenceLink(kind=kind, case=case, ref=ref, attempt=attempt)


@pytest.fixture
def anchors(build: Any, make: Any) -> Anchors:
    dialog = PageEvent(walk="warm-1", kind="dialog", n=2, at=0.5, window=0, text="alert: hello")
    case = make.case(ladder=(hop(1, 1), hop(2, 4), hop(3, None, arrival=True)), events=(dialog,))
    host = {"host": "cdn.example.com", "registrable_domain": "example.com", "kinds": (), "first_seen": "", "cases": ()}
    domains = {"authorization_host": "a.example", "observed": ({**host, "listed": True, "needed": True},)}
    domains |= dict.fromkeys(("listed", "missing", "unused", "paste", "self_host"), ())
    return Anchors(make.report(build, case, domains=domains, skill=build.skill(raw={"domains": []})))


@pytest.mark.parametrize(
    ("seen", "id_"),
    [
        (link("request", "measured#4"), "request-phone-na-measured-4"),
        (link("hop", "measured#2"), "request-phone-na-measured-4"),
        (link("arrival", "measured#1"), "arrival-phone-na-measured-3"),
        (link("walk", "measured"), "ladder-phone-na"),
        (link("request", "measured#99"), "case-phone-na"),
        (link("request", "again#1"), "case-phone-na"),
        (link("request", "measured#²"), "case-phone-na"),
        (link("cookie", "session"), "case-phone-na"),
        (link("dialog", "warm-1#2"), "dialog-phone-na-warm-1-2"),
        (link("dialog", "warm-1#3"), "case-phone-na"),
        (link("console", "warm-1#2"), "case-phone-na"),
        (link("host", "cdn.example.com"), "host-cdn.example.com"),
        (link("host", "gone.example.com"), "domains"),
        (link("configuration", "domains[3]", None), "configuration-domains"),
        (link("configuration", "clientId", None), "skill"),
        (link("request", "measured#4", "other-na"), None),
        (link("request", "measured#4", None), None),
    ],
)
def test_evidence_leads_to_the_nearest_place_that_shows_it(
    anchors: Anchors, seen: EvidenceLink, id_: str | None
) -> None:
    assert anchors.of(seen) == id_


def test_what_another_attempt_shows_leads_to_that_attempt(build: Any, make: Any) -> None:
    ending = Ending(kind="arrived", message="arrived")
    given: dict[str, Any] = {
        "reason": "repeat",
        "linked": True,
        "ending": ending,
        "duration_s": 1.0,
        "evidence": "evidence/x.json",
    }
    tried = tuple(AttemptReport(number=n, started_at=NOW, **given) for n in (1, 2, 3))
    anchors = Anchors(make.report(build, make.case(ladder=(hop(1, 1),), attempts=tried)))
    assert anchors.of(link("request", "measured#1", attempt=3)) == "request-phone-na-measured-1"
    assert anchors.of(link("request", "measured#1", attempt=2)) == "attempt-phone-na-2"
    assert anchors.of(link("request", "measured#1")) == "request-phone-na-measured-1"
    assert anchors.of(link("host", "gone.example.com", attempt=1)) == "domains"


def test_ids_hold_no_strange_characters_and_stay_apart() -> None:
    assert anchor("host", "login.example.com") == "host-login.example.com"
    strange = [anchor("host", text) for text in ('"><script>', '"><scripts', "a b", "a\u202eb", "x" * 500, "x" * 501)]
    assert len(set(strange)) == len(strange)
    assert all(set(id_) <= set("abcdefghijklmnopqrstuvwxyz0123456789-_.") for id_ in strange)


def test_two_audits_that_find_the_same_thing_have_two_ids(build: Any, make: Any) -> None:
    first = make.finding(audit="state-parameter")
    second = first.model_copy(update={"audit": "parallel-states"})
    ids = Anchors(make.report(build, findings=(first, second)))
    assert ids.finding(first) == f"finding-{first.fingerprint}"
    assert ids.finding(second) == f"finding-{first.fingerprint}-parallel-states"


@pytest.mark.parametrize(
    ("seen", "words"),
    [
        (link("request", "measured#4"), "request 4"),
        (link("token_call", "again#1"), "token call 1 of walk again"),
        (link("csp_violation", "measured#2"), "policy violation 2"),
        (link("screen", "measured#0"), "screen 1"),
        (link("request", "warm#3"), "request 3 of second visit in the same browser"),
        (link("host", "cdn.example.com"), "host cdn.example.com"),
    ],
)
def test_evidence_in_words(seen: EvidenceLink, words: str) -> None:
    assert evidence_words(seen) == words


def test_sightings_join_the_evidence_of_each_case(make: Any) -> None:
    a, b, loose = link("request", "measured#1", "a"), link("host", "x", "b"), link("configuration", "domains", None)
    found = make.finding(cases=("a", "b", "c"), evidence=(a, loose, b))
    assert sightings(found) == (("a", (a,)), ("b", (b,)), ("c", ()), (None, (loose,)))
    assert sightings(make.finding(cases=(), evidence=())) == ((None, ()),)
    # What concerns the whole run is no matter of the device its calls were made on.
    assert sightings(make.finding(cases=(), evidence=(a, b))) == ((None, (a, b)),)
