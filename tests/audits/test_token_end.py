"""When access tokens end: by their own claim and by introspection, against ``expires_in``."""

from __future__ import annotations

from datetime import timedelta
from email.utils import formatdate

import pytest

from e2e_linker.evidence.models import Present
from e2e_linker.evidence.token_calls import ProbedLink, SecretShape, TokenBattery
from e2e_linker.model import Confidence, Severity

TOKENS = {"access_token": "<access_token#1>", "token_type": "Bearer", "refresh_token": "<refresh_token#1>"}
INTROSPECTION = "https://login.example.com/introspect"


@pytest.fixture
def now(build):
    return build.run().started_at.timestamp()


def judged(build, case, *calls):
    link = ProbedLink(id="refresh-1", probe="refresh", region="NA", redirect_uri=build.redirect_uri())
    battery = TokenBattery(case="phone-na", links=(link,), calls=calls)
    cases = [build.case(token_calls=Present(value=(case,)))]
    return build.judge_run("token-end", build.run(battery=Present(value=battery)), cases)


def signed(pieces, ends, issued, expires_in=3600):
    shapes = (SecretShape(name="access_token", length=700, ends=ends, issued=issued),)
    return pieces.token_call({**TOKENS, "expires_in": expires_in}, shapes=shapes)


@pytest.mark.parametrize(
    ("lives", "issued", "rule", "severity", "words"),
    [
        (120, 0, "token-expires-in-min-360", Severity.BREAKS, "lives 2 minutes"),
        (120, None, "token-expires-in-min-360", Severity.BREAKS, "lives 2 minutes"),
        (1800, 0, "token-no-early-invalidation", Severity.DEGRADES, "lives 30 minutes"),
        (900, -86_400, "token-no-early-invalidation", Severity.DEGRADES, "lives 15 minutes"),
        (-5, None, "token-expires-in-min-360", Severity.BREAKS, "has ended by then"),
    ],
)
def test_a_token_that_claims_to_end_before_expires_in_is_found(
    build, pieces, now, lives, issued, rule, severity, words
):
    call = signed(pieces, now + lives, None if issued is None else now + issued)
    (one,) = judged(build, call).findings
    assert (one.rule, one.severity, one.confidence) == (rule, severity, Confidence.LIKELY)
    assert f"The access token itself says (exp) that it {words}, and expires_in" in one.message
    assert "says 1 hour" in one.message
    assert (one.primary.ref, one.primary.case) == ("1", "phone-na")


@pytest.mark.parametrize(
    ("ends", "issued", "expires_in"),
    [
        (3600, 0, 3600),
        (3590, None, 3600),
        (3600 + 200, 200, 3600),
        (3600 - 200, -200, 3600),
        (3900, -300, 3600),
        (86_400, 0, 3600),
        (1700, -1900, 1700),
        (3600, 0, 3_600_000),
        (120, 0, None),
    ],
)
def test_clocks_that_differ_and_longer_lives_are_no_fault(build, pieces, now, ends, issued, expires_in):
    call = signed(pieces, now + ends, None if issued is None else now + issued, expires_in)
    assert judged(build, call).status == "passed"


@pytest.mark.parametrize(("lives", "status"), [(300, "failed"), (3600, "passed"), (7200, "passed")])
@pytest.mark.parametrize("tells_issued", [True, False])
def test_introspection_is_compared_with_the_answer_that_brought_the_token(
    build, pieces, now, lives, status, tells_issued
):
    mine = {"probe": "refresh", "link": "refresh-1"}
    made = pieces.token_call({**TOKENS, "access_token": "<access_token#2>", "expires_in": 3600}, n=2, **mine)
    said = {"active": True, "exp": int(now) + lives} | ({"iat": int(now)} if tells_issued else {})
    asked = pieces.token_call(
        said,
        n=3,
        purpose="use",
        endpoint="introspection",
        url=INTROSPECTION,
        request_body="token=%3Caccess_token%232%3E&token_type_hint=access_token",
        at=made.at + timedelta(seconds=20),
        **mine,
    )
    outcome = judged(build, pieces.token_call({**TOKENS, "expires_in": 3600}), made, asked)
    assert outcome.status == status
    if status == "failed":
        (one,) = outcome.findings
        assert one.rule == "token-expires-in-min-360"
        assert "endpoint says (exp) that the access token lives 5 minutes" in one.message
        assert (one.primary.ref, one.related[0].ref) == ("2", "3")


@pytest.mark.parametrize("issued", [True, False])
@pytest.mark.parametrize(
    ("date", "status"), [(-900, "passed"), (900, "passed"), (None, "failed"), ("Mon", "failed"), (0, "failed")]
)
def test_a_server_whose_clock_is_slow_is_believed_what_its_date_says(build, pieces, now, date, status, issued):
    shown = formatdate(now + date, usegmt=True) if isinstance(date, int) else date
    by = 900 if date == 900 else -900
    shapes = (SecretShape(name="access_token", length=700, ends=now + by + 3600, issued=now + by if issued else None),)
    headers = (("Content-Type", "application/json"), *((("Date", shown),) if shown else ()))
    call = pieces.token_call({**TOKENS, "expires_in": 3600}, shapes=shapes, response_headers=headers)
    assert judged(build, call).status == status


def test_the_rest_that_a_refresh_leaves_to_the_token_before_it_is_no_lifetime(build, pieces, now):
    mine = {"probe": "refresh", "link": "refresh-1"}
    made = pieces.token_call({**TOKENS, "access_token": "<access_token#2>", "expires_in": 3600}, n=2, **mine)
    asked = pieces.token_call(
        {"active": True, "exp": int(now) + 60, "iat": int(now)},
        n=3,
        purpose="use_previous",
        endpoint="introspection",
        url=INTROSPECTION,
        request_body="token=%3Caccess_token%232%3E&token_type_hint=access_token",
        **mine,
    )
    assert judged(build, pieces.token_call({**TOKENS, "expires_in": 3600}), made, asked).status == "not_applicable"


def test_where_nothing_else_tells_the_end_there_is_nothing_to_compare(build, pieces):
    assert judged(build, pieces.token_call({**TOKENS, "expires_in": 3600})).status == "not_applicable"
    assert judged(build, pieces.token_call({"error": "invalid_grant"}, status=400)).status == "inconclusive"
