"""Time and lifetimes drawn to scale."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from e2e_linker.evidence.models import Present
from e2e_linker.evidence.token_calls import HookAction
from e2e_linker.report.build import build_report
from e2e_linker.report.model import RunReport
from e2e_linker.report.time_line import batches, brought, lifetimes, links_made, spent, tally, time_line


@pytest.fixture
def battery(build: Any, samples: Any) -> Any:
    return samples.battery(build)


def report(build: Any, battery: Any, *cases: Any) -> RunReport:
    return build_report(build.run(battery=battery.made()), cases)


def test_places_are_to_scale(build: Any, battery: Any) -> None:
    started = battery.at
    battery.call("reuse_29s", 1, "exchange", at=started, timing={"total_ms": 1000.0})
    battery.call("reuse_29s", 3, "replay", at=started + timedelta(seconds=29), timing={"total_ms": 1000.0})
    line = time_line(report(build, battery))
    assert line is not None
    (row,) = line.rows
    assert line.seconds == 30.0
    assert [(mark.x, mark.width) for mark in row.marks] == [(0.0, 3.33), (96.67, 3.33)]
    assert line.ticks == ((0.0, 0.0), (33.33, 10.0), (66.67, 20.0))
    assert row.words.startswith("An earlier refresh token again after 29 seconds: 2 granted; from 0.0 s to 30.0 s")


def test_a_call_without_length_can_still_be_seen(build: Any, battery: Any) -> None:
    battery.call("garbage_grant", 1, "misuse", timing=None)
    line = time_line(report(build, battery))
    assert line is not None
    ((mark,),) = [row.marks for row in line.rows]
    assert mark.width > 0
    assert mark.x + mark.width <= 100


def test_links_under_test_come_first(build: Any, battery: Any, samples: Any) -> None:
    battery.call("refresh", 1, "exchange")
    case = build.case(token_calls=Present(value=(samples.token_call(build),)))
    line = time_line(report(build, battery, case))
    assert line is not None
    assert [row.probe and row.probe.probe for row in line.rows] == [None, "refresh"]
    assert [mark.x for mark in line.rows[0].marks] == [0.0]


def test_a_token_that_dies_meanwhile_is_drawn_until_it_does(build: Any, battery: Any) -> None:
    short = '{"access_token": "<access_token#1>", "token_type": "bearer", "expires_in": 5}'
    battery.call("reuse_29s", 1, "exchange", response_body=short, timing={"total_ms": 0.0})
    battery.call("reuse_29s", 2, "refresh", at=battery.at + timedelta(seconds=9.9), timing={"total_ms": 0.0})
    line = time_line(report(build, battery))
    assert line is not None
    assert line.rows[0].expiries == ((0.0, 50.0),)


def test_an_outage_is_marked_where_it_was(build: Any, battery: Any) -> None:
    started = battery.at
    battery.call("outage", 0, "exchange", at=started, timing={"total_ms": 0.0})
    battery.call("outage", 3, "refresh", at=started + timedelta(seconds=10), timing={"total_ms": 0.0})
    battery.hooks += [
        HookAction(action="break", at=started + timedelta(seconds=2)),
        HookAction(action="mend", at=started + timedelta(seconds=7)),
    ]
    line = time_line(report(build, battery))
    assert line is not None
    assert line.rows[0].down == ((20.0, 50.0),)


def test_no_calls_no_drawing(build: Any, battery: Any) -> None:
    assert time_line(report(build, battery)) is None
    assert lifetimes(report(build, battery)) is None


def test_lifetimes_are_to_scale_with_what_alexa_needs(build: Any, battery: Any) -> None:
    for n in range(3):
        battery.call("refresh", 1, "refresh", refused=n == 2)
    battery.call("relink", 1, "exchange")
    found = lifetimes(report(build, battery))
    assert found is not None
    assert [(row.seconds, row.purpose, row.number) for row in found.rows] == [
        (1800, "refresh", 2),
        (3600, "exchange", 1),
    ]
    half, whole = (row.length for row in found.rows)
    assert half * 2 == pytest.approx(whole, abs=0.01)
    assert found.least[0] * 10 == pytest.approx(whole, abs=0.01)
    assert found.advised == (pytest.approx(whole), 3600)


def test_a_month_stays_to_scale(build: Any, battery: Any) -> None:
    month = '{"access_token": "<access_token#1>", "token_type": "bearer", "expires_in": 2592000}'
    battery.call("refresh", 1, "refresh", response_body=month)
    found = lifetimes(report(build, battery))
    assert found is not None
    assert found.rows[0].length / found.advised[0] == pytest.approx(720, rel=0.02)


def test_many_equal_calls_fold_and_none_is_lost(build: Any, battery: Any) -> None:
    battery.call("burst", 1, "exchange")
    for n in range(20):
        battery.call("burst", 2, "refresh", refused=n > 0)
    (probe,) = report(build, battery).token_probes.probes
    found = batches(probe.events)
    assert [(len(batch.shown), len(batch.folded)) for batch in found] == [(1, 0), (1, 0), (1, 18)]
    assert {e.n for batch in found for e in (*batch.shown, *batch.folded)} == {e.n for e in probe.events}
    assert tally(probe.events) == {"granted": 2, "refused": 19}


def test_labels_say_what_was_spent_and_what_came(build: Any, battery: Any) -> None:
    battery.call(
        "refresh", 2, "refresh", request_body="refresh_token=%3Crefresh_token%237%3E&client_secret=<client_secret#1>"
    )
    battery.use("refresh", 3, "use", "refresh-1")
    first, second = report(build, battery).token_probes.probes[0].events
    assert spent(first) == ("<refresh_token#7>",)
    assert brought(first) == ("<access_token#100>", "<refresh_token#100>")
    assert (spent(second), brought(second)) == (("<access_token#5>",), ())


def test_links_say_what_became_of_their_tokens(build: Any, battery: Any) -> None:
    kept, refused = battery.link("race", revoked="refused"), battery.link("wrong_secret", revoked="not_tried")
    battery.call("race", 1, "exchange", kept)
    battery.call("wrong_secret", 1, "misuse", refused, refused=True)
    assert [(link.id, state) for link, state in links_made(report(build, battery).token_probes)] == [
        (kept, "revocation refused"),
        (refused, "no token came"),
    ]
