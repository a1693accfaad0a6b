from __future__ import annotations

from typing import Any

from e2e_linker.evidence.models import TokenTiming
from e2e_linker.report.build import build_report
from e2e_linker.report.requests import case_requests, named_requests
from e2e_linker.report.waterfall import PHASE_NAMES, bars, call_phases, choices, lasting, status_class, waterfall


def busy_walk(build: Any, extra: int) -> Any:
    asked = build.authorization()
    steps = build.healthy_steps(asked, build.answer(asked))
    pictures = [build.sub(f"https://cdn.example.com/{n}.png", "image") for n in range(extra)]
    return build.walk([*steps[:2], *pictures, *steps[2:]], asked=asked)


def test_every_request_of_the_measured_walk_has_a_row(build: Any) -> None:
    case = build.case(busy_walk(build, 3))
    found = case_requests(case, frozenset(), 1)
    assert found.left_out == 0
    assert [row.n for row in found.rows] == [request.n for request in case.walks[0].requests.value]
    first, last = found.rows[0], found.rows[-1]
    assert (first.host, first.path, first.type) == ("login.example.com", "/authorize", "document")
    assert last.arrival
    assert last.failure is None
    assert status_class(last) == "to Alexa"
    assert found.rows[1].initiator_host == "login.example.com"


def test_pages_and_what_findings_name_stay_when_there_are_too_many(build: Any) -> None:
    case = build.case(busy_walk(build, 500))
    named = frozenset({("measured", 400)})
    found = case_requests(case, named, 1)
    assert len(found.rows) == 300
    kept = {row.n for row in found.rows}
    assert 400 in kept
    assert {request.n for request in case.walks[0].requests.value if request.navigation} <= kept
    assert found.left_out == len(case.walks[0].requests.value) - 300
    assert len(case_requests(case, named, 50).rows) == 80
    assert len(case_requests(case, named, 1000).rows) == 60


def test_messages_are_for_what_matters(build: Any) -> None:
    found = case_requests(build.case(busy_walk(build, 3)), frozenset({("measured", 4)}), 1)
    told = {row.n for row in found.rows if row.message}
    assert 4 in told
    assert 3 not in told
    posted = next(row for row in found.rows if row.method == "POST")
    assert posted.message is not None
    assert "csrf=t0k" in (posted.message.request_body or "")


def test_further_walks_give_their_pages_and_what_findings_name(build: Any) -> None:
    warm = busy_walk(build, 3).model_copy(update={"id": "warm", "purpose": "warm"})
    found = case_requests(build.case(build.walk(), warm), frozenset({("warm", 4)}), 1)
    rows = [row for row in found.rows if row.walk == "warm"]
    assert {row.type for row in rows} == {"document", "image"}
    assert [row.n for row in rows if row.type == "image"] == [4]


def test_named_requests_are_read_from_the_evidence_of_the_case(make: Any) -> None:
    refs = ("measured#3", "warm#²", "static.example.com", "warm#12")
    evidence = [{"kind": "request", "case": "phone-na", "ref": ref} for ref in refs]
    found = make.finding(evidence=[*evidence, {"kind": "request", "case": "other-na", "ref": "measured#9"}])
    assert named_requests([found], "phone-na") == {("measured", 3), ("warm", 12)}


def test_phases_follow_one_another_and_leave_what_is_queued(build: Any) -> None:
    told = {"connect_ms": 30.0, "tls_ms": 20.0, "wait_ms": 40.0, "receive_ms": 10.0, "total_ms": 100.0}
    case = build.case(build.walk([build.get("https://login.example.com/a", timing=told)]))
    phases = case_requests(case, frozenset(), 1).rows[0].phases
    assert phases is not None
    assert (phases.queued_ms, phases.connect_ms, phases.tls_ms) == (20.0, 10.0, 20.0)
    captured = case_requests(case.model_copy(update={"source": "har"}), frozenset(), 1).rows[0].phases
    assert captured is not None
    assert (captured.queued_ms, captured.connect_ms) == (None, 30.0)


def test_bars_stay_on_the_axis(build: Any) -> None:
    told = {"wait_ms": 50.0, "total_ms": 100.0}
    steps = [build.get(f"https://login.example.com/{n}", timing=told) for n in range(5)]
    (fall,) = waterfall(case_requests(build.case(build.walk(steps)), frozenset(), 1))
    spans = [(at, at + length) for lane in fall.lanes for _, at, length in lane.bars]
    assert all(-0.1 <= start <= end <= 1000.2 for start, end in spans)
    assert fall.lanes[0].words.endswith("100 ms (queued 50 ms, wait 50 ms)")


def named(timing: TokenTiming) -> dict[str, float]:
    return {PHASE_NAMES[n]: length for n, length in lasting(call_phases(timing))}


def test_a_token_calls_phases_are_those_of_requests() -> None:
    timing = TokenTiming(dns_ms=2.5, connect_ms=11.0, tls_ms=24.0, first_byte_ms=180.0, total_ms=190.0)
    assert named(timing) == {"DNS": 2.5, "connect": 11.0, "TLS": 24.0, "wait": 142.5, "receive": 10.0}
    drawn = bars(call_phases(timing), 0, 380.0)
    assert [PHASE_NAMES[n] for n, _, _ in drawn] == ["DNS", "connect", "TLS", "wait", "receive"]
    assert (drawn[0][1], round(sum(length for _, _, length in drawn))) == (0.0, 500)


def test_a_call_without_an_answer_is_all_waiting() -> None:
    assert named(TokenTiming(connect_ms=10.0, total_ms=10_000.0)) == {"connect": 10.0, "wait": 9_990.0}
    assert call_phases(None) is None
    assert bars(None, 900.0, 1000.0) == ((4, 900.0, 3.0),)


def test_filters_offer_what_there_is(build: Any) -> None:
    offered = choices(case_requests(build.case(busy_walk(build, 1)), frozenset(), 1))
    assert "cdn.example.com" in offered["host"]
    assert set(offered["type"]) == {"document", "image"}
    assert "to Alexa" in offered["status"]


def test_the_report_has_the_requests_of_every_case(build: Any) -> None:
    report = build_report(build.run(), [build.case()])
    assert set(report.requests) == {case.id for case in report.cases}
    assert report.requests["phone-na"].rows
