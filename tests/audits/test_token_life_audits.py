"""What becomes of tokens after the link: refreshing, rotation, second links, lifetimes, judged on built evidence."""

from __future__ import annotations

import json
from datetime import timedelta
from urllib.parse import urlencode

import pytest

from e2e_linker.evidence.models import NotCollected, Present
from e2e_linker.evidence.token_calls import ProbedLink, SecretShape, SkippedProbe, TokenBattery
from e2e_linker.model import Confidence, Depth, Fault, Severity

RESOURCE = "https://api.example.com/me"
INTROSPECTION = "https://login.example.com/introspect"
RUN_AUDITS = (
    "early-end",
    "migration",
    "previous-access",
    "refresh-end",
    "refresh-expiry",
    "refresh-grace",
    "refresh-inactivity",
    "refresh-race",
    "refresh-reuse",
    "refreshed-body",
    "refreshed-lifetime",
    "refreshed-token",
    "refreshing",
    "token-owner",
)
EMPTY = ""
REFUSED = {"error": "invalid_grant", "error_description": "used"}
ODD_REPLIES = [
    ((EMPTY, 200), "status 200 and an empty body"),
    (("<html><title>Forbidden</title>", 403), "status 403, “Forbidden”"),
    (({"error": "busy"}, 200), "status 200 and the error “busy”"),
    (({"error": "server_error"}, 500), "status 500, “server_error”"),
    ((REFUSED, 400), "status 400, “invalid_grant”: “used”"),
]


def tokens(access, refresh="R1", **more):
    """A token answer; values are labels."""
    said = {"access_token": f"<access_token#{access}>", "token_type": "Bearer", "expires_in": 3600}
    said |= {"refresh_token": f"<refresh_token#{refresh}>"} if refresh else {}
    return {key: value for key, value in (said | more).items() if value is not None}


class Tries:
    """Writes down the calls of a battery in the order they are named."""

    def __init__(self, build, pieces):
        self.build, self.pieces = build, pieces
        self.calls, self.links, self.skipped = [], {}, []
        self.seconds = 0.0

    def link(self, name, **more):
        probe = name.rpartition("-")[0]
        given = {"id": name, "probe": probe, "region": "NA", "redirect_uri": self.build.redirect_uri()}
        self.links[name] = ProbedLink(**(given | {"code": "<code#9>"} | more))

    def ask(self, name, purpose, body=None, status=200, *, step=1, sent="R1", **more):
        if name not in self.links:
            self.link(name)
        given = {
            "n": len(self.calls) + 10,
            "purpose": purpose,
            "probe": self.links[name].probe,
            "link": name,
            "step": step,
            "request_body": urlencode({"grant_type": "refresh_token", "refresh_token": f"<refresh_token#{sent}>"}),
            "at": self.build.run().started_at + timedelta(seconds=self.seconds),
        }
        self.calls.append(self.pieces.token_call(body, status=status, **(given | more)))

    def exchange(self, name, *args, **more):
        self.ask(name, "exchange", *args, **more)

    def refresh(self, name, *args, **more):
        self.ask(name, "refresh", *args, **more)

    def replay(self, name, *args, **more):
        self.ask(name, "replay", *args, **more)

    def use(self, name, status=200, body=None, *, purpose="use", **more):
        said = {"sub": "mia"} if body is None else body
        given = {"endpoint": "resource", "url": RESOURCE, "method": "GET", **more}
        self.ask(name, purpose, said, status, **given)

    def skip(self, probe, reason):
        self.skipped.append(SkippedProbe(probe=probe, reason=reason))

    def run(self, **more):
        battery = TokenBattery(
            case="phone-na",
            links=tuple(self.links.values()),
            calls=tuple(self.calls),
            skipped=tuple(self.skipped),
        )
        return self.build.run(battery=Present(value=battery), **more)

    def judge(self, audit, cases=(), **more):
        return self.build.judge_run(audit, self.run(**more), cases, depth=Depth.THOROUGH)


@pytest.fixture
def tries(build, pieces):
    """An empty battery to fill."""
    return Tries(build, pieces)


RACE_GOES_ON = (tokens("C9", "R9"), 200)
FIRST_LIVES = (tokens("D3", None), 200)


def refreshes(tries, *, rotating=False, resource=True, name="refresh-1"):
    """The refresh probe on a healthy server."""
    tries.exchange(name, tokens("A1", "R1"))
    for n in (1, 2, 3):
        new = f"R{n + 1}" if rotating else None
        tries.refresh(name, tokens(f"A{n + 1}", new), step=2 * n, sent=f"R{n}" if rotating else "R1")
        if resource:
            tries.use(name, purpose="use" if n == 3 else "use_previous", step=2 * n + 1)


def reuse(tries, again, after, *, rotating=True, probe="reuse_soon", waits=0.0):
    """A reuse probe: ``again`` answers the old refresh token, ``after`` the newest one; each is (body, status)."""
    name = f"{probe}-1"
    tries.exchange(name, tokens("B1", "R1"))
    tries.refresh(name, tokens("B2", "R2" if rotating else None), step=2)
    tries.seconds += waits
    tries.replay(name, *again, step=3)
    if after:
        tries.refresh(name, *after, step=4, sent="R2" if rotating else "R1")


def race(tries, number, one, other, after=RACE_GOES_ON):
    name = f"race-{number}"
    tries.exchange(name, tokens("C1", "R1"))
    tries.refresh(name, *one, step=2)
    tries.refresh(name, *other, step=2)
    if after:
        tries.refresh(name, *after, step=3, sent="R9")


def relinks(tries, probe="relink", *, first=FIRST_LIVES, second_refresh="R8", use=200, waits=0.0, **said):
    """Two links with one account; ``said`` by the answer of the first one, whose refresh ``waits`` for seconds."""
    tries.exchange(f"{probe}-1", tokens("D1", "R7", **said))
    tries.seconds += waits
    tries.link(f"{probe}-2", jar="fresh" if probe == "relink_fresh" else "signed_in")
    tries.exchange(f"{probe}-2", tokens("D2", second_refresh), step=2)
    tries.use(f"{probe}-1", use, step=3)
    tries.refresh(f"{probe}-1", *first, step=4, sent="R7")
    if second_refresh:
        tries.refresh(f"{probe}-2", tokens("D4", None), step=5, sent="R8")


def healthy(tries, *, rotating=False, resource=True):
    refreshes(tries, rotating=rotating, resource=resource)
    for probe, waits in (("reuse_soon", 0.0), ("reuse_5s", 5.0), ("reuse_29s", 29.0)):
        new = "R3" if rotating else None
        reuse(tries, (tokens("B3", new), 200), (tokens("B4", new), 200), rotating=rotating, probe=probe, waits=waits)
    for number in (1, 2, 3):
        race(tries, number, (tokens("C2", "R2"), 200), (tokens("C3", "R9"), 200))
    relinks(tries)
    relinks(tries, "relink_fresh")
    tries.exchange("second_account-1", tokens("E1", "R20"))
    tries.use("second_account-1", body={"sub": "kenji"}, step=2)
    tries.refresh("migration-1", tokens("F1", None), sent="R30", url="https://old.example.com/token")


def only(outcome):
    (found,) = outcome.findings
    return found


@pytest.mark.parametrize("rotating", [False, True])
def test_a_healthy_server_passes_with_and_without_rotation(tries, rotating):
    healthy(tries, rotating=rotating)
    outcomes = {audit: tries.judge(audit) for audit in RUN_AUDITS}
    for silent in ("refresh-end", "refresh-inactivity"):
        assert outcomes.pop(silent).status == "not_applicable"
    assert {audit: outcome.status for audit, outcome in outcomes.items() if outcome.status != "passed"} == {}


def test_without_a_place_to_try_tokens_the_rest_is_judged(tries):
    refreshes(tries, resource=False)
    assert tries.judge("refreshing").status == "passed"
    for audit in ("previous-access", "refreshed-token"):
        outcome = tries.judge(audit)
        assert outcome.status == "not_applicable"
        assert "linker.resource" in outcome.reason


@pytest.mark.parametrize("audit", RUN_AUDITS)
def test_the_implicit_grant_has_nothing_to_refresh(build, audit):
    skill = build.skill(build.authorization(grant="IMPLICIT"))
    run = build.run(skill=skill, battery=NotCollected(reason="the implicit grant has no code"))
    outcome = build.judge_run(audit, run, depth=Depth.THOROUGH)
    assert outcome.status == "not_applicable"
    assert "implicit" in outcome.reason


@pytest.mark.parametrize("audit", RUN_AUDITS)
def test_a_run_without_probes_says_why(build, audit):
    run = build.run(battery=NotCollected(reason="no case reached Alexa"))
    outcome = build.judge_run(audit, run, depth=Depth.THOROUGH)
    assert (outcome.status, outcome.missing) == ("inconclusive", ("no case reached Alexa",))
    assert build.judge_run(audit, run, depth=Depth.PASSIVE).status == "not_applicable"


@pytest.mark.parametrize("audit", RUN_AUDITS)
def test_a_probe_that_was_left_out_is_a_gap_unless_nobody_asked_for_it(tries, audit):
    names = ("refresh", "reuse_soon", "reuse_5s", "reuse_29s", "race", "relink", "relink_fresh")
    for probe in (*names, "second_account", "migration"):
        tries.skip(probe, "the run may make 20 logins, all are spent")
    assert tries.judge(audit).missing == ("the run may make 20 logins, all are spent",)
    failed = "no code came for it: Step 1 of linker.login (fill '#user') failed: nothing matched; see linker.login"
    tries.skipped = [SkippedProbe(probe=one.probe, reason=failed) for one in tries.skipped]
    assert tries.judge(audit).missing == (failed,)
    tries.skipped = [SkippedProbe(probe=one.probe, reason="linker.previous is not set") for one in tries.skipped]
    assert tries.judge(audit).status == "not_applicable"


@pytest.mark.parametrize("audit", RUN_AUDITS[2:])
def test_links_that_brought_no_tokens_are_inconclusive(tries, audit):
    for name in ("refresh", "reuse_soon", "reuse_5s", "race", "relink", "second_account"):
        tries.exchange(f"{name}-1", {"error": "server_error"}, 500)
    outcome = tries.judge(audit)
    assert outcome.status == "inconclusive"
    assert "status 500" in outcome.missing[0]


@pytest.mark.parametrize("audit", sorted(set(RUN_AUDITS) - {"migration", "token-owner", "early-end"}))
def test_a_server_without_refresh_tokens_is_told_once_and_elsewhere(tries, audit):
    for name in ("refresh", "reuse_soon", "reuse_5s", "reuse_29s", "race"):
        tries.exchange(f"{name}-1", tokens("A1", None))
    assert tries.judge(audit).reason == "the code brings no refresh token"


# Refreshing


@pytest.mark.parametrize(("reply", "words"), ODD_REPLIES)
def test_a_refresh_that_fails_breaks(tries, reply, words):
    tries.exchange("refresh-1", tokens("A1"))
    tries.refresh("refresh-1", *reply, step=2)
    found = only(tries.judge("refreshing"))
    assert (found.rule, found.severity, found.blame) == (
        "token-refresh-works",
        Severity.BREAKS,
        Fault.IDENTITY_PROVIDER,
    )
    assert f"The first refresh was answered with {words}." in found.message
    assert (found.primary.kind, found.primary.ref, found.primary.case) == ("token_call", "11", "phone-na")


@pytest.mark.parametrize(
    ("error", "words", "fix"),
    [
        ("invalid_client", "is not recognised when it refreshes", "Accept the client authentication of the code"),
        ("unauthorized_client", "may not refresh", "Allow the refresh_token grant for this client"),
        ("unsupported_grant_type", "knows no refresh_token grant", ""),
    ],
)
def test_a_refresh_that_is_not_allowed_is_explained(tries, error, words, fix):
    tries.exchange("refresh-1", tokens("A1"))
    tries.refresh("refresh-1", {"error": error}, 400, step=2)
    found = only(tries.judge("refreshing"))
    assert words in found.message
    assert found.fix.text.startswith(fix)


def test_a_refresh_token_that_is_spent_without_a_successor_is_explained(tries):
    tries.exchange("refresh-1", tokens("A1"))
    tries.refresh("refresh-1", tokens("A2", None), step=2)
    tries.refresh("refresh-1", REFUSED, 400, step=4)
    found = only(tries.judge("refreshing"))
    assert "The second refresh was answered with status 400" in found.message
    assert "brought no new refresh token" in found.message


@pytest.mark.parametrize(
    ("status", "more"),
    [
        (429, {}),
        (503, {"response_headers": (("Retry-After", "5"),)}),
        (None, {"failure": "refused", "failure_kind": "connect"}),
        (None, {"failure": "upstream proxy 10.0.0.8:3128: 407", "failure_kind": "proxy"}),
    ],
)
def test_a_busy_or_unreachable_server_is_no_fault_of_refreshing(tries, status, more):
    tries.exchange("refresh-1", tokens("A1"))
    tries.refresh("refresh-1", "", status, step=2, **more)
    assert tries.judge("refreshing").status == "inconclusive"


def test_a_refresh_without_an_answer_breaks(tries):
    tries.exchange("refresh-1", tokens("A1"))
    tries.refresh("refresh-1", "", None, step=2, failure="no complete answer within 10 s", failure_kind="timeout")
    assert "nothing (no complete answer within 10 s)" in only(tries.judge("refreshing")).message


def refreshed_then(tries, last, previous=200, body=None):
    tries.exchange("refresh-1", tokens("A1"))
    tries.refresh("refresh-1", tokens("A2"), step=2)
    tries.use("refresh-1", previous, body, purpose="use_previous", step=3)
    tries.refresh("refresh-1", tokens("A3"), step=6)
    tries.use("refresh-1", last, body, step=7)


def test_a_refreshed_token_that_is_refused_breaks(tries):
    refreshed_then(tries, 401)
    found = only(tries.judge("refreshed-token"))
    assert (found.rule, found.severity) == ("token-refresh-works", Severity.BREAKS)
    assert f"{RESOURCE} refuses it with status 401" in found.message
    assert tries.judge("previous-access").status == "passed"


def test_a_refresh_that_ends_the_previous_token_degrades(tries):
    refreshed_then(tries, 200, previous=401)
    found = only(tries.judge("previous-access"))
    assert (found.rule, found.severity) == ("token-previous-access-valid", Severity.DEGRADES)
    assert tries.judge("refreshed-token").status == "passed"


@pytest.mark.parametrize(
    ("before", "ends"), [(200, "The first use of the access token of a refresh"), (401, "A refresh")]
)
def test_the_first_use_of_the_next_token_may_end_the_previous_one(tries, before, ends):
    tries.exchange("refresh-1", tokens("A1"))
    tries.refresh("refresh-1", tokens("A2"), step=2)
    tries.use("refresh-1", before, purpose="use_previous", step=3)
    tries.refresh("refresh-1", tokens("A3"), step=4)
    tries.use("refresh-1", 200, step=5)
    tries.use("refresh-1", 401, purpose="use_previous", step=6)
    found = only(tries.judge("previous-access"))
    assert found.message.startswith(f"{ends} ends the access token before it: ")
    assert tries.judge("refreshed-token").status == "passed"


@pytest.mark.parametrize("audit", ["previous-access", "refreshed-token"])
def test_a_resource_that_takes_nothing_proves_nothing(tries, audit):
    refreshed_then(tries, 403, previous=401)
    outcome = tries.judge(audit)
    assert outcome.status == "inconclusive"
    assert "status 403; so is every other access token: is this the right place" in outcome.missing[0]


@pytest.mark.parametrize("status", [404, 500, 429, 302, None])
def test_an_answer_that_does_not_speak_of_the_token_proves_nothing(tries, status):
    refreshed_then(tries, status, previous=status)
    for audit in ("previous-access", "refreshed-token"):
        assert "does not say whether" in tries.judge(audit).missing[0]


def test_introspection_stands_in_for_a_resource(tries):
    tries.exchange("refresh-1", tokens("A1"))
    tries.refresh("refresh-1", tokens("A2"), step=2)
    at = {"endpoint": "introspection", "url": INTROSPECTION}
    tries.use("refresh-1", 200, {"active": False}, purpose="use_previous", step=3, **at)
    tries.use("refresh-1", 200, {"active": True}, step=7, **at)
    assert f"{INTROSPECTION} calls it inactive" in only(tries.judge("previous-access")).message
    assert tries.judge("refreshed-token").status == "passed"


# Rotation


@pytest.mark.parametrize(("reply", "words"), ODD_REPLIES)
def test_each_answer_to_a_repeated_refresh_is_told_apart(tries, reply, words):
    reuse(tries, reply, (tokens("B4", "R4"), 200))
    found = only(tries.judge("refresh-reuse"))
    assert (found.rule, found.subject) == ("token-rotation-grace-30s", "reuse")
    assert found.severity is (Severity.RECOMMENDED if reply[1] == 500 else Severity.DEGRADES)
    assert f"right after it was replaced was answered with {words}. The new refresh token goes on" in found.message


def test_the_death_of_the_family_is_told_as_such(tries):
    reuse(tries, (REFUSED, 400), (REFUSED, 400))
    found = only(tries.judge("refresh-reuse"))
    assert found.subject == "family"
    assert "one repeated request unlinks the customer" in found.message


def test_a_repetition_that_works_and_kills_the_newer_token_is_found(tries):
    reuse(tries, (tokens("B3", "R3"), 200), (REFUSED, 400))
    assert (
        "right after it was replaced works. The new refresh token is dead" in only(tries.judge("refresh-reuse")).message
    )


def test_races_are_counted_by_their_answers(tries):
    reuse(tries, (tokens("B3", "R3"), 200), (tokens("B4", "R4"), 200))
    race(tries, 1, (tokens("C2", "R2"), 200), ("", 200))
    race(tries, 2, (tokens("C2", "R2"), 200), (tokens("C3", "R9"), 200))
    race(tries, 3, ({"error": "server_error"}, 500), (tokens("C3", "R9"), 200))
    found = only(tries.judge("refresh-race"))
    assert found.subject == "race"
    assert "In 2 of 3 races" in found.message
    assert "status 200 and an empty body (once) and status 500, “server_error” (once)" in found.message
    assert "unlinked" not in found.message


def test_a_race_that_ends_the_link_is_worst(tries):
    reuse(tries, (tokens("B3", "R3"), 200), (tokens("B4", "R4"), 200))
    for number in (1, 2, 3):
        race(tries, number, (tokens("C2", "R2"), 200), (REFUSED, 400), after=(REFUSED, 400))
    found = only(tries.judge("refresh-race"))
    assert found.subject == "race family"
    assert "In 3 of 3 races" in found.message
    assert "After 3 of 3 races no refresh token works any more (status 400" in found.message
    assert "the customer is unlinked." in found.message


def test_races_that_end_the_link_with_different_answers_name_each_answer_once(tries):
    reuse(tries, (tokens("B3", "R3"), 200), (tokens("B4", "R4"), 200))
    for number, status in ((1, 400), (2, 401), (3, 400)):
        race(tries, number, (tokens("C2", "R2"), 200), (REFUSED, 400), after=(REFUSED, status))
    message = only(tries.judge("refresh-race")).message
    dead = message.partition("any more (")[2].partition("): the customer is unlinked.")[0]
    assert [dead.count(f"status {status}") for status in (400, 401)] == [1, 1]
    assert " and status 401" in dead


def test_strict_reuse_is_told_once_with_its_races(tries):
    reuse(tries, (REFUSED, 400), (tokens("B4", "R4"), 200))
    for number in (1, 2, 3):
        race(tries, number, (tokens("C2", "R9"), 200), (REFUSED, 400))
    found = only(tries.judge("refresh-reuse"))
    assert "The same happened in 3 of 3 races" in found.message
    assert tries.judge("refresh-race").status == "not_applicable"


def test_races_that_fail_otherwise_than_the_repetition_are_told_besides(tries):
    reuse(tries, (REFUSED, 400), (tokens("B4", "R4"), 200))
    race(tries, 1, (tokens("C2", "R9"), 200), ({"error": "server_error"}, 500))
    assert [only(tries.judge(audit)).subject for audit in ("refresh-reuse", "refresh-race")] == ["reuse", "race"]


def test_a_busy_server_says_nothing_about_reuse(tries):
    reuse(tries, ("", 429), (tokens("B4", "R4"), 200))
    race(tries, 1, (tokens("C2", "R9"), 200), ("", 429))
    outcome = tries.judge("refresh-reuse")
    assert outcome.status == "inconclusive"
    assert "status 429" in outcome.missing[0]


def test_only_busy_races_are_inconclusive(tries):
    reuse(tries, (tokens("B3", "R3"), 200), (tokens("B4", "R4"), 200))
    race(tries, 1, ("", 429), ("", 429), after=None)
    assert tries.judge("refresh-race").status == "inconclusive"
    race(tries, 2, (tokens("C2", "R9"), 200), (tokens("C3", "R9"), 200))
    assert tries.judge("refresh-race").status == "passed"


def test_a_token_that_is_not_replaced_and_fails_always_is_left_to_refreshing(tries):
    tries.exchange("refresh-1", tokens("A1"))
    tries.refresh("refresh-1", tokens("A2", None), step=2)
    tries.refresh("refresh-1", REFUSED, 400, step=4)
    reuse(tries, (REFUSED, 400), (REFUSED, 400), rotating=False)
    race(tries, 1, (tokens("C2", None), 200), (tokens("C3", None), 200))
    assert tries.judge("refreshing").status == "failed"
    assert tries.judge("refresh-reuse").status == "not_applicable"


def test_a_fast_second_refresh_without_rotation_is_judged_too(tries):
    refreshes(tries)
    reuse(tries, ("", 403), (tokens("B4", None), 200), rotating=False)
    assert "A second refresh at once was answered with status 403." in only(tries.judge("refresh-reuse")).message


def test_a_grace_that_ends_early_is_found(tries):
    reuse(tries, (tokens("B3", "R3"), 200), (tokens("B4", "R4"), 200))
    reuse(tries, (tokens("B3", "R3"), 200), (tokens("B4", "R4"), 200), probe="reuse_5s", waits=5)
    reuse(tries, (REFUSED, 400), (tokens("B4", "R4"), 200), probe="reuse_29s", waits=29)
    found = only(tries.judge("refresh-grace"))
    assert (found.rule, found.severity) == ("token-rotation-grace-30s", Severity.DEGRADES)
    assert "29 seconds after it was replaced was answered with status 400" in found.message


def test_no_grace_at_all_is_told_once(tries):
    for probe, waits in (("reuse_soon", 0), ("reuse_5s", 5), ("reuse_29s", 29)):
        reuse(tries, (REFUSED, 400), (tokens("B4", "R4"), 200), probe=probe, waits=waits)
    assert tries.judge("refresh-grace").status == "not_applicable"


def test_where_no_repetition_works_at_once_none_is_missed_later(tries):
    reuse(tries, (REFUSED, 400), (REFUSED, 400))
    for probe in ("reuse_5s", "reuse_29s"):
        tries.skip(probe, "a repeated refresh is refused at once already")
    assert tries.judge("refresh-grace").status == "not_applicable"


def test_a_refresh_token_that_dies_by_itself_within_half_a_minute_breaks(tries):
    reuse(tries, (tokens("B3", None), 200), (tokens("B4", None), 200), rotating=False)
    reuse(tries, (REFUSED, 400), (REFUSED, 400), rotating=False, probe="reuse_29s", waits=29)
    found = only(tries.judge("refresh-grace"))
    assert (found.rule, found.severity) == ("token-refresh-late", Severity.BREAKS)


@pytest.mark.parametrize(("rotating", "status"), [(True, "inconclusive"), (False, "failed")])
def test_a_replaced_token_that_was_sent_again_too_late_accuses_nobody(tries, rotating, status):
    new = "R3" if rotating else None
    reuse(tries, (tokens("B3", new), 200), (tokens("B4", new), 200), rotating=rotating, probe="reuse_5s", waits=5)
    reuse(tries, (REFUSED, 400), (tokens("B4", new), 200), rotating=rotating, probe="reuse_29s", waits=30.2)
    outcome = tries.judge("refresh-grace")
    assert outcome.status == status
    assert not rotating or outcome.missing[0].startswith("the refresh 30 seconds later was answered with status 400")


def test_a_wait_that_was_begun_anew_counts_once(tries):
    tries.exchange("reuse_29s-1", tokens("B0", "R0"))
    tries.refresh("reuse_29s-1", tokens("B1", "R1"), step=2)
    tries.exchange("reuse_29s-2", tokens("B1", "R1"))
    tries.refresh("reuse_29s-2", tokens("B2", "R2"), step=2)
    tries.seconds += 29
    tries.replay("reuse_29s-2", tokens("B3", "R3"), step=3)
    tries.refresh("reuse_29s-2", tokens("B4", "R4"), step=4, sent="R2")
    assert tries.judge("refresh-grace").status == "passed"


def test_a_wait_that_was_given_up_says_why(tries):
    tries.exchange("reuse_29s-1", tokens("B0", "R0"))
    tries.refresh("reuse_29s-1", tokens("B1", "R1"), step=2)
    tries.skip("reuse_29s", "this machine was busy, and came to it 3.0 s too late")
    assert tries.judge("refresh-grace").missing == ("this machine was busy, and came to it 3.0 s too late",)


def test_a_busy_server_later_is_inconclusive(tries):
    reuse(tries, (tokens("B3", "R3"), 200), (tokens("B4", "R4"), 200), probe="reuse_5s", waits=5)
    reuse(tries, ("", 429), (tokens("B4", "R4"), 200), probe="reuse_29s", waits=29)
    assert "status 429" in tries.judge("refresh-grace").missing[0]


# A second link


def test_a_second_link_that_ends_the_first_degrades(tries):
    relinks(tries, use=401, first=(REFUSED, 400))
    relinks(tries, "relink_fresh", use=401, first=(REFUSED, 400))
    refreshes(tries)
    found = only(tries.judge("early-end"))
    assert (found.rule, found.severity) == ("token-no-early-invalidation", Severity.DEGRADES)
    assert found.message.startswith("Linking the account a second time ends the first link: its access token")
    assert "and its refresh token (status 400" in found.message


@pytest.mark.parametrize(
    ("when", "taken", "sent", "shared"),
    [
        (2, True, "R7", True),
        (3, True, "R7", True),
        (1, True, "R7", False),
        (4, True, "R7", False),
        (2, False, "R7", False),
        (2, True, "R9", False),
    ],
)
def test_a_link_whose_tokens_another_one_has_was_not_ended_by_a_second_link(tries, when, taken, sent, shared):
    steps = {
        1.5: lambda: tries.exchange("relink-1", tokens("D1", "R7")),
        2.5: lambda: tries.exchange("relink-2", tokens("D2", "R8"), step=2),
        3.5: lambda: (tries.use("relink-1", 401, step=3), tries.refresh("relink-1", REFUSED, 400, step=4, sent="R7")),
        when: lambda: tries.refresh("race-1", *(RACE_GOES_ON if taken else (REFUSED, 400)), step=2, sent=sent),
    }
    for at in sorted(steps):
        steps[at]()
    refreshes(tries)
    found = only(tries.judge("early-end"))
    assert found.message.startswith("The server gives several links of an account the same tokens") is shared
    assert ("ends the first link" in found.message) is not shared
    assert "its access token" in found.message
    assert "and its refresh token (status 400" in found.message
    assert ("`reuse_access_token`" in found.fix.text) is shared
    assert found.confidence is (Confidence.LIKELY if shared else Confidence.CERTAIN)


@pytest.mark.parametrize(("says", "status"), [(1, "passed"), (0, "failed"), (86400, "failed"), (None, "failed")])
def test_a_refresh_token_that_outlived_itself_was_not_ended_by_a_second_link(tries, says, status):
    relinks(tries, first=(REFUSED, 400), waits=2.0, refresh_expires_in=says)
    refreshes(tries)
    assert tries.judge("early-end").status == status


def test_a_second_login_that_ends_the_first_link_is_named(tries):
    relinks(tries)
    relinks(tries, "relink_fresh", use=401)
    assert only(tries.judge("early-end")).message.startswith("Signing in and linking in another browser ends")


def test_a_second_login_that_was_not_made_says_why(tries):
    relinks(tries)
    tries.exchange("relink_fresh-1", tokens("D1", "R7"))
    tries.link("relink_fresh-2", jar="fresh", code=None, problem="limits.logins allows 1, and none is left for it")
    tries.skip("relink_fresh", "no code came for it: limits.logins allows 1, and none is left for it")
    outcome = tries.judge("early-end")
    assert outcome.missing == ("no code came for it: limits.logins allows 1, and none is left for it",)


def test_a_link_of_before_a_migration_does_not_prove_that_refreshing_works(tries):
    relinks(tries, first=(REFUSED, 400), second_refresh=None)
    race(tries, 1, (REFUSED, 400), (REFUSED, 400), (REFUSED, 400))
    tries.refresh("migration-1", tokens("F1", None), sent="R30", url="https://old.example.com/token")
    assert tries.judge("early-end").status == "passed"
    assert tries.judge("refresh-race").status == "inconclusive"


def test_where_refreshing_never_works_a_second_link_is_not_to_blame(tries):
    relinks(tries, first=(REFUSED, 400), second_refresh=None)
    assert tries.judge("early-end").status == "passed"


def test_a_pair_that_shows_nothing_is_inconclusive(tries):
    tries.exchange("relink-1", tokens("D1", None))
    tries.exchange("relink-2", tokens("D2", None), step=2)
    assert tries.judge("early-end").status == "inconclusive"


@pytest.mark.parametrize(("again", "status"), [(200, "inconclusive"), (401, "failed")])
def test_where_each_login_ends_earlier_links_other_failures_are_not_judged(tries, again, status):
    """Unless a link alone does so: then the probes are made one after the other."""
    relinks(tries, use=again)
    relinks(tries, "relink_fresh", use=401)
    tries.exchange("refresh-1", tokens("A1"))
    tries.refresh("refresh-1", REFUSED, 400, step=2)
    tries.use("refresh-1", 401, purpose="use_previous", step=3)
    tries.use("refresh-1", 200, step=7)
    reuse(tries, (REFUSED, 400), (REFUSED, 400))
    assert tries.judge("early-end").status == "failed"
    for audit in ("refreshing", "refresh-reuse"):
        outcome = tries.judge(audit)
        assert outcome.status == status, audit
        assert status == "failed" or "each login ends earlier links" in outcome.missing[0]


# Whose token it is


@pytest.mark.parametrize("name", ["access_token", "refresh_token"])
def test_a_token_of_somebody_else_breaks(tries, name):
    refreshes(tries)
    second = tokens("E1", "R20") | {name: f"<{name}#{'A2' if name == 'access_token' else 'R1'}>"}
    tries.exchange("second_account-1", second)
    found = only(tries.judge("token-owner"))
    assert (found.rule, found.severity) == ("token-identifies-user", Severity.BREAKS)
    words = name.replace("_", " ")
    assert found.message.startswith("A customer controls somebody else's devices: ")
    assert f"issued the same {words} to two accounts" in found.message
    assert f"new {words} for every code" in found.fix.text
    issued = next(call for call in tries.calls if f"#{'A2' if name == 'access_token' else 'R1'}>" in call.response_body)
    assert (found.primary.ref, found.related[0].ref) == (str(tries.calls[-1].n), str(issued.n))


def test_a_token_that_a_case_got_leads_to_both_exchanges_and_to_what_the_resource_says(tries, build, pieces):
    """The first account's link with that token need not be one of the probes."""
    refreshes(tries)
    tries.exchange("second_account-1", tokens("X1", "R20"))
    mine = tries.calls[-1].n
    tries.use("second_account-1", step=2)
    case = build.case(token_calls=Present(value=(pieces.token_call(tokens("X1", "R30"), n=3),)))
    found = only(tries.judge("token-owner", [case]))
    assert "issued the same access token to two accounts" in found.message
    assert "by the exchange of phone-na and to the second one by the exchange of second_account-1" in found.message
    assert found.message.endswith(" The resource takes the second account for the first: both are “mia” (sub).")
    assert (found.primary.ref, found.related[0].ref, found.related[0].case) == (str(mine), "3", "phone-na")
    assert [ref.ref for ref in found.related[1:]] == [str(mine + 1), "12"]


def test_two_accounts_that_resolve_to_one_user_break(tries):
    refreshes(tries)
    tries.exchange("second_account-1", tokens("E1", "R20"))
    tries.use("second_account-1", body={"sub": "mia", "email": "kenji@example.com"}, step=2)
    found = only(tries.judge("token-owner"))
    assert "resolve to the same user (sub)" in found.message
    assert "“mia” for refresh-1 of the first account, and again “mia” for second_account-1" in found.message
    assert "same access token" not in found.message
    assert "user with the code" in found.fix.text


def test_users_are_told_apart_by_what_both_answers_name(tries):
    refreshes(tries)
    tries.exchange("second_account-1", tokens("E1", "R20"))
    tries.use("second_account-1", body={"sub": "kenji", "scope": "profile", "username": "mia"}, step=2)
    assert tries.judge("token-owner").status == "passed"


@pytest.mark.parametrize(
    ("before", "after", "name"),
    [
        ({"sub": "mia"}, {"sub": "carol"}, "sub"),
        ({"email": "mia@example.com", "id": 1}, {"email": "carol@example.com", "id": 1}, "email"),
        ({"user": "mia"}, {"user": "carol"}, "user"),
        ({"sub": "mia", "email": "m@example.com"}, {"sub": "x7", "email": "m@example.com"}, None),
        ({"user": True}, {"user": False}, None),
        ({"sub": "mia"}, {"email": "carol@example.com"}, None),
        ({"request": "1"}, {"request": "2"}, None),
    ],
)
@pytest.mark.parametrize("second", [False, True])
def test_a_refresh_that_brings_another_user_s_token_breaks(tries, before, after, name, second):
    tries.exchange("refresh-1", tokens("A1", "R1"))
    for step, purpose, said in ((2, "use_previous", before), (4, "use_previous", after), (6, "use", after)):
        tries.refresh("refresh-1", tokens(f"A{step}", None), step=step)
        tries.use("refresh-1", body=said, purpose=purpose, step=step + 1)
    if second:
        tries.exchange("second_account-1", tokens("E1", "R20"))
        tries.use("second_account-1", body={"sub": "carol"}, step=2)
    if name is None:
        assert tries.judge("token-owner").status == ("passed" if second else "inconclusive")
        return
    found = only(tries.judge("token-owner"))
    assert (found.rule, found.severity) == ("token-identifies-user", Severity.BREAKS)
    assert f"“{before[name]}” ({name}), the refreshed one that of “{after[name]}”" in found.message
    assert (found.primary.ref, [ref.ref for ref in found.related]) == ("14", ["12", "11"])


@pytest.mark.parametrize(
    ("first", "second", "third", "relinked"),
    [
        ("p1", "p2", "p3", None),
        ("p1", "p2", "p2", "p9"),
        (None, "p1", "p1", "p9"),
        (None, "p1", "p2", "p9"),
        ("Mia@Example.com", "mia@example.com", "mia@example.com", None),
        (7, "7", "7", None),
    ],
)
def test_a_pseudonym_per_token_or_link_and_another_spelling_name_no_other_user(tries, first, second, third, relinked):
    tries.exchange("refresh-1", tokens("A1", "R1"))
    said = [(2, "use_previous", first), (4, "use_previous", second), (6, "use", third)]
    for step, purpose, who in said:
        tries.refresh("refresh-1", tokens(f"A{step}", None), step=step)
        tries.use("refresh-1", 401 if who is None else 200, {"sub": who}, purpose=purpose, step=step + 1)
    for probe in ("relink", "relink_fresh") if relinked else ():
        tries.exchange(f"{probe}-1", tokens("D1", "R7"))
        tries.use(f"{probe}-1", body={"sub": relinked + probe}, step=2)
    assert tries.judge("token-owner").status == "inconclusive"


def test_where_a_refresh_ends_the_first_token_another_link_s_names_the_user(tries):
    tries.exchange("refresh-1", tokens("A1", "R1"))
    tries.refresh("refresh-1", tokens("A2", None), step=2)
    tries.use("refresh-1", 401, purpose="use_previous", step=3)
    tries.refresh("refresh-1", tokens("A3", None), step=6)
    tries.use("refresh-1", body={"sub": "carol"}, step=7)
    assert tries.judge("token-owner").status == "inconclusive"
    relinks(tries)
    assert "another user" in only(tries.judge("token-owner")).message


@pytest.mark.parametrize(
    ("reply", "advice"),
    [
        (({"error": "invalid_request", "error_description": "scope is required"}, 400), "as Alexa sends it"),
        (("<h1>Service Unavailable</h1>", 503), "log of login.example.com"),
        (('Notice: Undefined index in t.php\n{"access_token": "x"}', 200), "display_errors"),
        ((EMPTY, 200), "why this answer has no body"),
        (({"error": "unsupported_grant_type"}, 400), "Implement the refresh_token grant"),
        ((REFUSED, 400), "Where there is no refresh_token grant for this client yet, implement it."),
        (({"error": "invalid_request", "error_description": "Refresh token not found"}, 400), "to be stored whole,"),
        (({"error": "x", "error_description": "grant type refresh_token invalid"}, 400), "Implement the refresh_token"),
        (
            ({"token_type": "Bearer", "refresh_token": "<refresh_token#2>"}, 200),
            "Send the new access token in access_token",
        ),
    ],
)
def test_the_advice_for_a_refresh_that_fails_fits_its_answer(tries, reply, advice):
    tries.exchange("refresh-1", tokens("A1"))
    tries.refresh("refresh-1", *reply, step=2)
    assert advice in only(tries.judge("refreshing")).fix.text


def test_a_lifetime_is_quoted_as_it_was_sent(tries):
    tries.exchange("refresh-1", tokens("A1"))
    for step in (2, 4, 6):
        tries.refresh("refresh-1", tokens("A2", expires_in=True), step=step)
    assert "expires_in 'true', which" in only(tries.judge("refresh-expiry")).message


def test_a_refresh_token_that_is_a_number_is_to_be_a_string(build, pieces, tries):
    call = pieces.token_call({**tokens("A1", None), "refresh_token": "<refresh_token#1> (a number)"})
    found = only(tries.judge("refresh-issued", [build.case(token_calls=Present(value=(call,)))]))
    assert "a refresh_token that is a number" in found.message
    assert "as a string" in found.fix.text


@pytest.mark.parametrize(
    ("given", "status", "rule"),
    [
        ("300", "failed", "token-expires-in-min-360"),
        ("1800", "failed", "token-ttl-recommended-1h"),
        ("3600", "passed", None),
        ("31536000", "passed", None),
        ("soon", "not_applicable", None),
    ],
)
def test_the_lifetime_of_an_implicit_link_is_read_from_the_redirect(build, given, status, rule):
    asked = build.authorization(grant="IMPLICIT")
    walk = build.walk(asked=asked, answer=build.answer(asked, expires_in=given))
    outcome = build.judge("token-lifetime", build.case(walk, token_calls=Present(value=())))
    assert outcome.status == status
    if status == "not_applicable":
        return
    assert [one.rule for one in getattr(outcome, "findings", ())] == ([rule] if rule else [])
    assert "the implicit grant brings no refresh token" in outcome.note


# Earlier links


def test_a_proxy_that_shuts_the_way_to_the_old_address_says_nothing_of_it(tries):
    tries.refresh("migration-1", "", None, url="https://old.example.com/token", failure="407", failure_kind="proxy")
    assert tries.judge("migration").status == "inconclusive"


def test_an_earlier_link_that_no_longer_refreshes_degrades(tries):
    tries.refresh("migration-1", {"error": "invalid_client"}, 401, url="https://old.example.com/token")
    tries.refresh("migration-2", tokens("F1"), url="https://older.example.com/token")
    found = only(tries.judge("migration"))
    assert (found.rule, found.severity, found.confidence) == (
        "token-migration-keep-old",
        Severity.DEGRADES,
        Confidence.CERTAIN,
    )
    assert "https://old.example.com/token was answered with status 401" in found.message
    assert "old client credentials" in found.message


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (((REFUSED, 400), {}), "forgot the refresh token"),
        ((("", None), {"failure": "no such host", "failure_kind": "dns"}), "is gone, as seen from here"),
        ((("", 500), {}), "status 500"),
    ],
)
def test_what_may_have_another_cause_is_likely_only(tries, reply, words):
    args, more = reply
    tries.refresh("migration-1", *args, **more)
    found = only(tries.judge("migration"))
    assert found.confidence is Confidence.LIKELY
    assert words in found.message


def test_a_busy_old_endpoint_is_inconclusive(tries):
    tries.refresh("migration-1", "", 429)
    assert tries.judge("migration").status == "inconclusive"


# Lifetimes


@pytest.mark.parametrize(
    ("given", "words"), [(None, "has no expires_in"), ("1h", "'1h', which is no lifetime"), (0, "'0', which")]
)
def test_a_refresh_without_a_lifetime_is_found(tries, build, given, words):
    tries.exchange("refresh-1", tokens("A1"))
    tries.refresh("refresh-1", tokens("A2"), step=2)
    tries.refresh("refresh-1", tokens("A3", expires_in=given), step=4)
    found = only(tries.judge("refresh-expiry", skill=build.skill(default_expiry_s=None)))
    assert (found.rule, found.severity) == ("token-expires-in-on-refresh", Severity.BREAKS)
    assert f"The answer to the second refresh {words}" in found.message or words in found.message
    softened = only(tries.judge("refresh-expiry"))
    assert softened.severity is Severity.DEGRADES
    assert "default of 3600 seconds" in softened.message


HTML = (("Content-Type", "text/html"), ("Cache-Control", "no-store"))
STORED = (("Content-Type", "application/json"),)


@pytest.mark.parametrize(
    ("body", "more", "told"),
    [
        (tokens("A3"), {"response_headers": HTML}, ("token-json-body", "content type", Severity.DEGRADES)),
        (tokens("A3"), {"response_headers": STORED}, ("token-json-body", "cache", Severity.RECOMMENDED)),
        (tokens("A3"), {"body_is_utf8": False}, ("token-json-body", "body", Severity.DEGRADES)),
        (tokens("A3", token_type=None), {}, ("token-fields", "token_type", Severity.DEGRADES)),
        (tokens("A3", token_type="mac"), {}, ("token-fields", "token_type", Severity.DEGRADES)),
    ],
)
def test_a_refresh_is_held_to_the_form_of_an_exchange(tries, body, more, told):
    tries.exchange("refresh-1", tokens("A1"))
    tries.refresh("refresh-1", tokens("A2"), step=2)
    tries.refresh("refresh-1", body, step=4, **more)
    found = only(tries.judge("refreshed-body"))
    rule, subject, severity = told
    assert (found.rule, found.subject, found.severity) == (rule, f"refresh {subject}", severity)
    assert found.message.startswith("The answer to the second refresh ")
    assert found.primary.ref == "12"


@pytest.mark.parametrize("more", [{"response_headers": HTML}, {"response_headers": STORED}, {"body_is_utf8": False}])
def test_what_the_exchange_has_wrong_as_well_is_told_of_the_exchange(tries, more):
    tries.exchange("refresh-1", tokens("A1"), **more)
    tries.refresh("refresh-1", tokens("A2"), step=2, **more)
    assert tries.judge("refreshed-body").status == "passed"


def test_a_refresh_that_brought_nothing_is_told_elsewhere(tries):
    tries.exchange("refresh-1", tokens("A1"))
    tries.refresh("refresh-1", "access_token=x&token_type=bearer", step=2, response_headers=HTML)
    assert tries.judge("refreshed-body").status == "not_applicable"
    found = only(tries.judge("refreshing"))
    assert "status 200 and a form-encoded body" in found.message
    assert found.fix.text == "Answer with JSON; put a small proxy in front of providers that cannot."


def test_a_refresh_that_is_answered_201_is_answered_200(tries):
    tries.exchange("refresh-1", tokens("A1"))
    tries.refresh("refresh-1", tokens("A2"), step=2, status=201)
    found = only(tries.judge("refreshing"))
    assert "was answered with status 201" in found.message
    assert found.fix.text == "Answer a refresh with status 200: Alexa takes no other."


@pytest.mark.parametrize("second", ["no-store", "No-Store, private"])
def test_a_second_cache_control_counts_too(tries, second):
    headers = (("Content-Type", "application/json"), ("Cache-Control", "no-cache"), ("Cache-Control", second))
    tries.exchange("refresh-1", tokens("A1"))
    tries.refresh("refresh-1", tokens("A2"), step=2, response_headers=headers)
    assert tries.judge("refreshed-body").status == "passed"


def test_a_lifetime_in_a_string_is_one(tries):
    tries.exchange("refresh-1", tokens("A1"))
    tries.refresh("refresh-1", tokens("A2", expires_in="3600"), step=2)
    assert tries.judge("refresh-expiry").status == tries.judge("refreshed-lifetime").status == "passed"


@pytest.mark.parametrize(
    ("first", "later", "rule"),
    [
        (3600, 300, "token-expires-in-min-360"),
        (3600, 1800, "token-ttl-recommended-1h"),
        (1800, 300, "token-expires-in-min-360"),
        (300, 300, None),
        (1800, 360, None),
        (3600, 3599, None),
        (3600, 3598, "token-ttl-recommended-1h"),
        (3600, 3540, "token-ttl-recommended-1h"),
        (3599, 300, "token-expires-in-min-360"),
        (360, 7200, None),
    ],
)
def test_a_shorter_lifetime_after_a_refresh_is_found(tries, first, later, rule):
    tries.exchange("refresh-1", tokens("A1", expires_in=first))
    tries.refresh("refresh-1", tokens("A2", expires_in=7200), step=2)
    tries.refresh("refresh-1", tokens("A3", expires_in=later), step=4)
    outcome = tries.judge("refreshed-lifetime")
    assert [found.rule for found in getattr(outcome, "findings", ())] == ([rule] if rule else [])


@pytest.mark.parametrize(
    ("seconds", "status"),
    [
        (200 * 86_400, "failed"),
        (365 * 86_400 - 2, "failed"),
        (365 * 86_400 - 1, "passed"),
        (400 * 86_400, "passed"),
        (30 * 86_400, "passed"),
    ],
)
def test_replaced_refresh_tokens_may_lie_idle_for_a_year(tries, seconds, status):
    tries.exchange("refresh-1", tokens("A1"))
    tries.refresh("refresh-1", tokens("A2", "R2", refresh_expires_in=seconds), step=2)
    outcome = tries.judge("refresh-inactivity")
    assert outcome.status == status
    if status == "failed":
        assert (only(outcome).rule, only(outcome).severity) == ("token-refresh-inactivity-1y", Severity.RECOMMENDED)


@pytest.mark.parametrize("again", ["R1", None])
def test_a_refresh_token_that_is_kept_may_live_longer_for_its_use_or_not(tries, again):
    tries.exchange("refresh-1", tokens("A1"))
    tries.refresh("refresh-1", tokens("A2", again), step=2)
    outcome = tries.judge("refresh-inactivity")
    assert outcome.status == "not_applicable"
    assert "whether their use prolongs their life cannot be told" in outcome.reason


# What the introspection endpoint says of a refresh token

DAY = 86_400


def introspected(tries, said, *, status=200, exchange=None, used=None):
    """The refresh probe, its last call an introspection of the refresh token; ``exp`` and ``iat`` count from then."""
    tries.exchange("refresh-1", tokens("A1", **(exchange or {})))
    tries.refresh("refresh-1", tokens("A2", **(exchange or {})), step=2)
    now = (tries.build.run().started_at + timedelta(seconds=tries.seconds)).timestamp()
    at = {"endpoint": "introspection", "url": INTROSPECTION, "method": "POST"}

    def told(fields):
        fixed = {name: now + value for name, value in fields.items() if name in ("exp", "iat") and value is not None}
        return {name: value for name, value in (fields | fixed).items() if value is not None}

    if used is not None:
        tries.use("refresh-1", 200, told(used), step=7, **at)
    body = told({"active": True} | said) if isinstance(said, dict) else said
    tries.use("refresh-1", status, body, purpose="introspect", step=8, **at)
    return tries.judge("refresh-end")


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"exp": 90 * DAY}, "ends after 90 days (exp); Amazon advises 180 days or no end."),
        ({"exp": 90 * DAY, "iat": 0}, "ends after 90 days"),
        ({"exp": 89 * DAY, "iat": -DAY}, "ends after 90 days"),
        ({"exp": 90 * DAY, "iat": 91 * DAY}, "ends after 90 days"),
        ({"exp": 180 * DAY - 301}, "ends after 179 days"),
        ({"exp": 1800}, "ends after 30 minutes"),
        ({"exp": 3600 - 301}, "ends after 54 minutes"),
        ({"exp": 3600 + 301}, "ends after 65 minutes"),
    ],
)
def test_a_refresh_token_that_ends_early_by_introspection_is_advice(tries, said, words):
    found = only(introspected(tries, said))
    assert (found.rule, found.severity, found.confidence, found.subject) == (
        "token-refresh-ttl-180d",
        Severity.RECOMMENDED,
        Confidence.LIKELY,
        "exp",
    )
    assert found.message.startswith(f"{INTROSPECTION} says that a refresh token ")
    assert words in found.message
    assert found.primary.ref == str(tries.calls[-1].n)


@pytest.mark.parametrize(
    "said",
    [{"exp": 180 * DAY}, {"exp": 180 * DAY - 300}, {"exp": 170 * DAY, "iat": -10 * DAY}, {"exp": 2000 * DAY}],
)
def test_a_refresh_token_that_lives_long_by_introspection_passes(tries, said):
    assert introspected(tries, said).status == "passed"


def test_an_end_in_milliseconds_is_far_away(tries):
    now = tries.build.run().started_at.timestamp()
    assert introspected(tries, json.dumps({"active": True, "exp": (now + 90 * DAY) * 1000})).status == "passed"


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"active": False}, "does not call the refresh token active"),
        ({"active": False, "exp": 90 * DAY}, "does not call the refresh token active"),
        ({"active": None, "exp": 90 * DAY}, "does not call the refresh token active"),
        ({"active": "true", "exp": 90 * DAY}, "does not call the refresh token active"),
        ("<html>", "does not call the refresh token active"),
        ({}, "names no end"),
        ({"exp": 0}, "names no end"),
        ({"exp": -3600}, "names no end"),
        ({"exp": 3600}, "may be that of the access token"),
        ({"exp": 3600 - 300}, "may be that of the access token"),
        ({"exp": 3600 + 300}, "may be that of the access token"),
        ({"exp": 2000, "iat": -1600}, "may be that of the access token"),
        ({"exp": 3600, "iat": -DAY}, "may be that of the access token"),
    ],
)
def test_what_proves_nothing_of_the_refresh_token_is_left_alone(tries, said, reason):
    outcome = introspected(tries, said)
    assert outcome.status == "not_applicable"
    assert reason in outcome.reason


def test_a_refusal_to_introspect_proves_nothing(tries):
    outcome = introspected(tries, {"exp": 90 * DAY}, status=400)
    assert (outcome.status, "active" in outcome.reason) == ("not_applicable", True)


def test_an_end_is_the_refresh_tokens_only_where_that_of_the_access_token_is_known(tries):
    assert introspected(tries, {"exp": 90 * DAY}, exchange={"expires_in": None}).status == "not_applicable"


@pytest.mark.parametrize(("end", "status"), [(90 * DAY, "not_applicable"), (3600, "failed")])
def test_the_access_tokens_end_may_be_known_from_introspection_too(tries, end, status):
    used = {"active": True, "exp": end}
    assert introspected(tries, {"exp": 90 * DAY}, exchange={"expires_in": None}, used=used).status == status


def test_what_the_token_answer_declares_is_told_once(tries):
    assert introspected(tries, {"exp": 90 * DAY}, exchange={"refresh_expires_in": 90 * DAY}).status == "passed"


def test_introspection_speaks_against_a_declared_lifetime(tries):
    assert introspected(tries, {"exp": 90 * DAY}, exchange={"refresh_expires_in": 200 * DAY}).status == "failed"


def test_an_active_refresh_token_does_not_make_a_resource_the_right_one(tries):
    refreshed_then(tries, 403, previous=403)
    at = {"endpoint": "introspection", "url": INTROSPECTION}
    tries.use("refresh-1", 200, {"active": True}, purpose="introspect", step=8, **at)
    for audit in ("previous-access", "refreshed-token"):
        assert tries.judge(audit).status == "inconclusive"


def test_an_account_is_not_known_by_its_refresh_token(tries):
    at = {"endpoint": "introspection", "url": INTROSPECTION}
    refreshes(tries, resource=False)
    tries.use("refresh-1", 200, {"active": True, "sub": "alexa"}, purpose="introspect", step=8, **at)
    tries.exchange("second_account-1", tokens("E1", "R20"))
    tries.use("second_account-1", 200, {"active": True, "sub": "alexa"}, step=2, **at)
    assert tries.judge("token-owner").status == "passed"


# The measured exchange


def exchanged(build, pieces, body=None, **more):
    case = build.case(token_calls=Present(value=(pieces.token_call(body, **more),)))
    return lambda audit: build.judge(audit, case)


CASE_AUDITS = ("refresh-lifetime", "token-lifetime", "token-size", "token-characters")
SHAPES = (
    SecretShape(name="code", length=40),
    SecretShape(name="access_token", length=1500),
    SecretShape(name="refresh_token", length=43),
)


def test_a_healthy_exchange_passes(build, pieces):
    judge = exchanged(build, pieces, shapes=SHAPES)
    assert {audit: judge(audit).status for audit in CASE_AUDITS} == {
        **dict.fromkeys(CASE_AUDITS, "passed"),
        "refresh-lifetime": "not_applicable",
    }


@pytest.mark.parametrize("audit", CASE_AUDITS)
def test_the_exchange_has_to_have_brought_something(build, pieces, audit):
    assert exchanged(build, pieces, "", status=500)(audit).status == "inconclusive"
    assert build.judge(audit, build.case(token_calls=Present(value=()))).status == "inconclusive"
    implicit = build.walk(asked=build.authorization(grant="IMPLICIT"))
    assert build.judge(audit, build.case(implicit, token_calls=Present(value=()))).status == "not_applicable"


@pytest.mark.parametrize(
    ("lifetime", "rule", "words"),
    [
        (299, "token-expires-in-min-360", "lives 299 seconds"),
        ("300", "token-expires-in-min-360", "lives 5 minutes (expires_in 300)"),
        (360, "token-ttl-recommended-1h", "lives 6 minutes"),
        (359, "token-expires-in-min-360", "lives 359 seconds"),
        (3540, "token-ttl-recommended-1h", "Amazon advises 1 hour or more"),
        (3598, "token-ttl-recommended-1h", "lives 59 minutes (expires_in 3598)"),
        (3599, None, ""),
        (3600, None, ""),
        (86_400, None, ""),
    ],
)
def test_short_access_tokens_are_found(build, pieces, lifetime, rule, words):
    outcome = exchanged(build, pieces, tokens("A1", expires_in=lifetime))("token-lifetime")
    assert [found.rule for found in getattr(outcome, "findings", ())] == ([rule] if rule else [])
    assert not rule or words in only(outcome).message


@pytest.mark.parametrize(("took_ms", "status"), [(900.0, "failed"), (1100.0, "passed"), (2100.0, "passed")])
def test_what_a_token_lived_while_its_answer_was_made_is_added(build, pieces, took_ms, status):
    judge = exchanged(build, pieces, tokens("A1", expires_in=3598), ms=took_ms)
    assert judge("token-lifetime").status == status


@pytest.mark.parametrize("number", ["1e999", "-1e999", "1" + "0" * 400])
def test_numbers_beyond_all_measure_are_no_lifetimes(build, pieces, tries, number):
    body = json.dumps(tokens("A1", None, expires_in=0, refresh_expires_in=0)).replace(": 0", f": {number}")
    case = exchanged(build, pieces, body)
    assert [case(audit).status for audit in CASE_AUDITS].count("errored") == 0
    assert case("token-lifetime").status == "inconclusive"
    assert case("declared-expiry").status != "errored"
    tries.exchange("relink-1", body)
    assert only(tries.judge("refresh-issued")).rule == "token-refresh-issued"


@pytest.mark.parametrize(
    ("name", "words"),
    [("access_token", "no bearer token may have"), ("refresh_token", "has to be encoded"), ("code", "to be encoded")],
)
def test_a_blank_in_an_access_token_can_be_encoded_nowhere(build, pieces, name, words):
    shapes = (SecretShape(name=name, length=9, unusual=" "),)
    found = only(exchanged(build, pieces, shapes=shapes)("token-characters"))
    assert words in found.message


def test_an_undeclared_lifetime_is_told_elsewhere(build, pieces):
    assert exchanged(build, pieces, tokens("A1", expires_in=None))("token-lifetime").status == "inconclusive"


@pytest.mark.parametrize(
    ("declared", "rule"),
    [
        ({"refresh_expires_in": 1800}, "token-refresh-late"),
        ({"refresh_expires_in": 3600 + 86_399}, "token-refresh-late"),
        ({"refresh_token_expires_in": 90 * 86_400}, "token-refresh-ttl-180d"),
        ({"x_refresh_token_expires_in": "7776000"}, "token-refresh-ttl-180d"),
        ({"refresh_expires_in": 180 * 86_400 - 2}, "token-refresh-ttl-180d"),
        ({"refresh_expires_in": 180 * 86_400 - 1}, None),
        ({"refresh_expires_in": 180 * 86_400}, None),
        ({"refresh_expires_in": 0}, None),
    ],
)
def test_declared_refresh_lifetimes_are_read(build, pieces, declared, rule):
    outcome = exchanged(build, pieces, tokens("A1", **declared))("refresh-lifetime")
    assert [found.rule for found in getattr(outcome, "findings", ())] == ([rule] if rule else [])


def test_a_lifetime_is_told_in_the_digits_that_were_sent(build, pieces):
    found = only(exchanged(build, pieces, tokens("A1", refresh_expires_in=1_209_600))("refresh-lifetime"))
    assert "(refresh_expires_in 1209600)" in found.message


def test_a_huge_token_is_advice(build, pieces):
    shapes = (SHAPES[0], SecretShape(name="access_token", length=2049), SHAPES[2])
    found = only(exchanged(build, pieces, shapes=shapes)("token-size"))
    assert (found.rule, found.severity, found.subject) == ("token-size", Severity.RECOMMENDED, "access_token")
    assert "2,049 bytes" in found.message


@pytest.mark.parametrize(
    ("name", "unusual", "told"),
    [
        ("code", "+/=", "+"),
        ("code", "/=|", None),
        ("refresh_token", " %é", "U+0020 % é"),
        ("access_token", "+/=|", None),
        ("access_token", "&é", "& é"),
    ],
)
def test_characters_that_need_encoding_are_advice(build, pieces, name, unusual, told):
    outcome = exchanged(build, pieces, shapes=(SecretShape(name=name, length=9, unusual=unusual),))("token-characters")
    assert (outcome.status == "failed") == (told is not None)
    if told:
        assert f"contains {told}," in only(outcome).message
        assert only(outcome).severity is Severity.RECOMMENDED


def test_where_no_refresh_works_only_refreshing_is_blamed(tries):
    no = ({"error": "unsupported_grant_type"}, 400)
    tries.exchange("refresh-1", tokens("A1"))
    tries.refresh("refresh-1", *no, step=2)
    race(tries, 1, no, no, after=no)
    tries.refresh("migration-1", *no)
    assert tries.judge("refreshing").status == "failed"
    assert tries.judge("refresh-race").status == tries.judge("migration").status == "inconclusive"


# Refresh tokens that the server issued and does not find


def test_a_refresh_token_that_is_never_known_may_be_stored_cut_off(tries):
    size = SecretShape(name="refresh_token", length=54)
    tries.ask("garbage_grant-1", "misuse", {"error": "unsupported_grant_type"}, 400)
    tries.exchange("refresh-1", tokens("A1"), shapes=(size,))
    tries.refresh("refresh-1", REFUSED, 400, step=2)
    fix = only(tries.judge("refreshing")).fix.text
    assert "stored whole (it has 54 characters, and a column for less cuts it off)" in fix
    assert "implement" not in fix


def refused_then(tries, probe, *answers, token="R70", purposes=("refresh", "replay", "refresh")):
    """A link whose refresh token is sent again and again: T is taken, R refused as unknown."""
    tries.exchange(f"{probe}-1", tokens("A70", token))
    for n, (answer, purpose) in enumerate(zip(answers, purposes, strict=False)):
        reply = (tokens(f"A7{n}", None), 200) if answer == "T" else (REFUSED, 400)
        tries.ask(f"{probe}-1", purpose, *reply, step=n + 2, sent=token)


@pytest.mark.parametrize("answers", ["RT", "RTR", "RRT", "TRT"])
def test_a_refresh_token_that_is_refused_and_taken_later_was_not_found(tries, answers):
    """Nothing else is made of such refusals: the same evidence has races, replays and second links that fail."""
    refused_then(tries, "reuse_soon", *answers)
    refused_then(tries, "refresh", *"RRR", token="R71", purposes=("refresh",) * 3)
    race(tries, 1, (REFUSED, 400), (REFUSED, 400), after=(REFUSED, 400))
    relinks(tries, first=(REFUSED, 400))
    relinks(tries, "relink_fresh", first=(REFUSED, 400))
    code_twice(tries)
    found = only(tries.judge("refreshing"))
    assert (found.severity, found.confidence) == (Severity.BREAKS, Confidence.LIKELY)
    assert "and took the very same one later. So it had neither been replaced nor revoked." in found.message
    assert found.fix.text.startswith("Keep refresh tokens where every worker and node of login.example.com finds them")
    for audit in ("refresh-race", "refresh-reuse", "refresh-grace", "code-reuse", "early-end"):
        assert tries.judge(audit).status != "failed", audit


def code_twice(tries):
    """A code that is sent twice, and a refresh token that is refused afterwards."""
    tries.exchange("code_twice-1", tokens("A80", "R80"))
    tries.replay("code_twice-1", REFUSED, 400, step=2)
    tries.refresh("code_twice-1", REFUSED, 400, step=4, sent="R80")


def test_a_refresh_token_that_came_anew_or_was_refused_beside_its_use_was_found(tries):
    """A server may replace a token by itself, refuse two uses at once, or give the same token to every link."""
    race(tries, 1, (REFUSED, 400), (tokens("C2", "R1"), 200))
    refused_then(tries, "reuse_5s", *"RT")
    tries.exchange("relink-1", tokens("D1", "R70"))
    refreshes(tries, name="refresh-1")
    assert tries.judge("refreshing").status == "passed"
    assert tries.judge("refresh-race").status == "failed"


@pytest.mark.parametrize("error", ["slow_down", "temporarily_unavailable", "invalid_client"])
def test_a_refresh_that_was_refused_for_another_reason_does_not_show_that_its_token_was_lost(tries, error):
    tries.exchange("reuse_5s-1", tokens("A70", "R70"))
    tries.refresh("reuse_5s-1", {"error": error}, 400, step=2, sent="R70")
    tries.refresh("reuse_5s-1", tokens("A71", None), step=4, sent="R70")
    refreshes(tries)
    assert tries.judge("refreshing").status == "passed"


def test_fresh_refresh_tokens_of_which_some_are_taken_do_not_want_the_grant(tries):
    """What a link by itself meets as well is no fault of a race, of a repeated exchange or of a second link."""
    tries.exchange("reuse_soon-1", tokens("B1", "R72"))
    tries.refresh("reuse_soon-1", REFUSED, 400, step=2, sent="R72")
    tries.exchange("refresh-1", tokens("A1", "R73"))
    tries.refresh("refresh-1", REFUSED, 400, step=2, sent="R73")
    race(tries, 1, (REFUSED, 400), (REFUSED, 400), after=(REFUSED, 400))
    relinks(tries, first=(REFUSED, 400), second_refresh=None)
    tries.calls.pop()
    tries.refresh("relink-1", REFUSED, 400, step=4, sent="R7")
    tries.exchange("relink-2", tokens("D2", "R8"), step=2)
    tries.refresh("relink-2", REFUSED, 400, step=5, sent="R8")
    code_twice(tries)
    tries.exchange("burst-1", tokens("A90", "R90"))
    tries.refresh("burst-1", tokens("A91", None), step=2, sent="R90")
    found = only(tries.judge("refreshing"))
    assert "Refresh tokens of other links were taken, so the grant is there." in found.message
    assert found.fix.text.startswith("Keep refresh tokens where every worker")
    for audit in ("refresh-race", "code-reuse", "early-end"):
        assert tries.judge(audit).status != "failed", audit


def test_a_link_that_only_a_repeated_exchange_or_a_second_link_precedes_is_ended_by_it(tries):
    refreshes(tries)
    code_twice(tries)
    relinks(tries, first=(REFUSED, 400))
    assert only(tries.judge("code-reuse")).subject == "first tokens revoked"
    assert tries.judge("early-end").status == "failed"


# A server that stumbles under load is not one that refuses.


def test_an_error_that_other_links_do_not_meet_is_advice(tries):
    reuse(tries, (tokens("B3", "R3"), 200), (tokens("B4", "R4"), 200))
    tries.exchange("refresh-1", tokens("A1"))
    tries.refresh("refresh-1", "", 500, step=2)
    found = only(tries.judge("refreshing"))
    assert (found.severity, found.confidence) == (Severity.RECOMMENDED, Confidence.POSSIBLE)
    assert "Refreshes of other links around that moment worked." in found.message


def test_an_error_after_a_repeated_refresh_is_no_death(tries):
    reuse(tries, (tokens("B3", "R3"), 200), ("", 500))
    assert tries.judge("refresh-reuse").status == "passed"


def test_one_error_in_several_races_is_advice_and_more_are_none(tries):
    reuse(tries, (tokens("B3", "R3"), 200), (tokens("B4", "R4"), 200))
    race(tries, 1, (tokens("C2", "R2"), 200), ("", 500))
    race(tries, 2, (tokens("C2", "R2"), 200), (tokens("C3", "R9"), 200))
    found = only(tries.judge("refresh-race"))
    assert (found.severity, found.confidence) == (Severity.RECOMMENDED, Confidence.POSSIBLE)
    race(tries, 3, ("", 500), (tokens("C3", "R9"), 200))
    found = only(tries.judge("refresh-race"))
    assert (found.severity, found.confidence) == (Severity.DEGRADES, Confidence.CERTAIN)


OVERLAP = "Let refreshes with the same token that come within 30 seconds all succeed, also at the same moment."


@pytest.mark.parametrize(
    ("loser", "after", "crashed"),
    [
        (("", 500), (tokens("C9", "R10"), 200), True),
        (({"error": "server_error"}, 503), (tokens("C9", "R10"), 200), True),
        (("", 500), (REFUSED, 400), True),
        ((REFUSED, 400), (tokens("C9", "R10"), 200), False),
        (("", 200), (tokens("C9", "R10"), 200), False),
    ],
)
def test_a_race_that_crashes_the_server_is_to_be_looked_up_in_its_log(tries, loser, after, crashed):
    reuse(tries, (tokens("B3", "R3"), 200), (tokens("B4", "R4"), 200))
    race(tries, 1, (tokens("C2", "R9"), 200), loser, after=after)
    fix = only(tries.judge("refresh-race")).fix.text
    assert fix.startswith(OVERLAP)
    assert ("in its log" in fix) is crashed
    assert (fix == OVERLAP) is not crashed


@pytest.mark.parametrize(
    ("again", "after", "breakdown"),
    [
        (("", 500), (tokens("B4", "R4"), 200), True),
        (("", 500), (REFUSED, 400), False),
        ((REFUSED, 400), (tokens("B4", "R4"), 200), False),
        ((tokens("B3", "R3"), 200), (REFUSED, 400), False),
    ],
)
def test_a_repetition_that_crashes_the_server_is_a_breakdown_unless_it_ends_the_link(tries, again, after, breakdown):
    reuse(tries, again, after)
    found = only(tries.judge("refresh-reuse"))
    assert found.breakdown is breakdown
    assert (found.subject == "family") is (after == (REFUSED, 400))


@pytest.mark.parametrize(
    ("losers", "after", "breakdown"),
    [
        ([("", 500)], (tokens("C9", "R10"), 200), True),
        ([("", 500), ({"error": "server_error"}, 503)], (tokens("C9", "R10"), 200), True),
        ([("", 500), (REFUSED, 400)], (tokens("C9", "R10"), 200), False),
        ([(REFUSED, 400)], (tokens("C9", "R10"), 200), False),
        ([("", 500)], (REFUSED, 400), False),
    ],
)
def test_races_are_a_breakdown_where_each_loser_crashed_and_the_link_lives(tries, losers, after, breakdown):
    reuse(tries, (tokens("B3", "R3"), 200), (tokens("B4", "R4"), 200))
    for number, loser in enumerate(losers, 1):
        race(tries, number, (tokens("C2", "R9"), 200), loser, after=after)
    race(tries, 9, (tokens("C2", "R2"), 200), (tokens("C3", "R9"), 200))
    found = only(tries.judge("refresh-race"))
    assert found.breakdown is breakdown
    accident = breakdown and len(losers) == 1
    assert found.severity is (Severity.RECOMMENDED if accident else Severity.DEGRADES)


def test_a_first_refresh_that_stumbles_leaves_nothing_to_repeat(tries):
    tries.exchange("reuse_soon-1", tokens("B1"))
    tries.refresh("reuse_soon-1", "", 500, step=2)
    tries.replay("reuse_soon-1", tokens("B2"), step=3)
    assert "first one was answered with status 500" in tries.judge("refresh-reuse").missing[0]


def test_an_error_later_on_is_inconclusive(tries):
    reuse(tries, (tokens("B3", "R3"), 200), (tokens("B4", "R4"), 200), probe="reuse_5s", waits=5)
    reuse(tries, ("", 500), (tokens("B4", "R4"), 200), probe="reuse_29s", waits=29)
    assert "status 500" in tries.judge("refresh-grace").missing[0]


def test_an_error_on_the_first_link_does_not_mean_that_it_ended(tries):
    relinks(tries, first=("", 500))
    assert tries.judge("early-end").status == "passed"


# Whether there is a refresh token at all


def issued(build, pieces, *bodies, tries=None, **more):
    """The verdict on cases whose codes brought ``bodies``."""
    cases = [
        build.case(
            facts={"id": f"phone-{n}"}, token_calls=Present(value=(pieces.token_call(body),) if body != "none" else ())
        )
        for n, body in enumerate(bodies)
    ]
    run = tries.run() if tries else build.run(**more)
    return build.judge_run("refresh-issued", run, cases, depth=Depth.PASSIVE)


@pytest.mark.parametrize(
    ("more", "severity"),
    [
        ({}, Severity.BREAKS),
        ({"expires_in": 180 * 86_400}, Severity.RECOMMENDED),
        ({"expires_in": None}, Severity.BREAKS),
    ],
)
def test_codes_without_refresh_token_are_one_finding(build, pieces, more, severity):
    body = tokens("A1", None, **more)
    found = only(issued(build, pieces, body, body))
    assert (found.rule, found.severity) == ("token-refresh-issued", severity)
    assert [(ref.case, ref.ref) for ref in (found.primary, *found.related)] == [("phone-0", "1"), ("phone-1", "1")]


@pytest.mark.parametrize(
    ("query", "scope", "message", "fix", "paste"),
    [
        ("", "openid profile", "the scope of the answer leaves out", "The server dropped it, as OpenID", "?prompt="),
        ("", None, "The skill asks for offline_access. The link ends", "may have dropped it: OpenID", "?prompt="),
        ("?tenant=a", "openid", "leaves out", "Add prompt=consent", "?tenant=a&prompt="),
        ("?prompt=consent", "openid", "leaves out", "Allow this client offline_access", None),
        ("", "openid,offline_access", "The skill asks for offline_access. The", "may have dropped it", "?prompt="),
        ("", ["openid"], "the scope of the answer leaves out", "The server dropped it, as OpenID", "?prompt="),
    ],
)
def test_offline_access_that_was_asked_for_and_dropped_needs_consent(build, pieces, query, scope, message, fix, paste):
    url = f"https://login.example.com/authorize{query}"
    skill = build.skill(scopes=("openid", "offline_access"), authorization_url=url)
    found = only(issued(build, pieces, tokens("A1", None, scope=scope), skill=skill))
    assert message in found.message
    assert fix in found.fix.text
    assert "Google" not in found.fix.text
    assert (found.fix.paste is None) if paste is None else (f'authorize{paste}consent"' in found.fix.paste)


def test_an_empty_refresh_token_is_none(build, pieces):
    found = only(issued(build, pieces, tokens("A1", refresh_token="")))
    assert "empty or no string" in found.message
    assert "1 hour after" in found.message


def test_a_refresh_token_at_every_link_passes(build, pieces, tries):
    relinks(tries)
    assert issued(build, pieces, tokens("A1"), tokens("A2"), tries=tries).status == "passed"
    assert issued(build, pieces, tokens("A1")).status == "passed"


@pytest.mark.parametrize("bodies", [(tokens("A1"), tokens("A2", None)), (tokens("A1", None), tokens("A2"))])
def test_a_further_case_without_refresh_token_breaks(build, pieces, bodies):
    found = only(issued(build, pieces, *bodies))
    assert (found.severity, found.subject) == (Severity.BREAKS, "refresh_token of a further link")
    assert "prompt=consent" in found.fix.text


def test_a_further_link_without_refresh_token_breaks(build, pieces, tries):
    relinks(tries, second_refresh=None)
    found = only(issued(build, pieces, tokens("A1"), tries=tries))
    assert found.message.startswith("When an account links that has linked before")
    assert found.primary.case == "phone-na"


def test_where_no_code_brought_tokens_nothing_is_said(build, pieces):
    for body in ("none", "", {"id_token": "x"}, {"error": "invalid_grant"}):
        assert issued(build, pieces, body).status == "inconclusive"
    skill = build.skill(build.authorization(grant="IMPLICIT"))
    assert issued(build, pieces, skill=skill).status == "not_applicable"


# A guard that steps in between the calls is neither a refusal of what was asked nor a death of tokens.

CHALLENGED = ("<html><title>Just a moment...</title>challenge-platform</html>", 403)
CLOUDFLARE = (("cf-mitigated", "challenge"),)
FORBIDDEN = ("<html><title>Forbidden</title>", 403)


@pytest.mark.parametrize("banned_later", [False, True])
def test_a_guard_that_steps_in_ends_no_refresh_token(tries, banned_later):
    """Known by its mark, or by refusing a fresh code in the same words."""
    page = FORBIDDEN if banned_later else CHALLENGED
    more = {} if banned_later else {"response_headers": CLOUDFLARE}
    tries.exchange("reuse_soon-1", tokens("B1", "R1"))
    tries.refresh("reuse_soon-1", tokens("B2", "R2"), step=2)
    tries.replay("reuse_soon-1", tokens("B3", "R3"), step=3)
    tries.refresh("reuse_soon-1", *page, step=4, sent="R2", **more)
    tries.exchange("race-1", tokens("C1", "R1"))
    for _ in range(2):
        tries.refresh("race-1", *page, step=2, **more)
    tries.refresh("race-1", *page, step=3, **more)
    tries.exchange("refresh-1", tokens("A1", "R1"))
    tries.refresh("refresh-1", *page, step=2, **more)
    tries.exchange("relink-1", *page, **more)
    for audit in ("refresh-reuse", "refresh-race", "refreshing"):
        assert tries.judge(audit).status == "inconclusive", audit
    found = only(tries.judge("guard-midway"))
    assert (found.severity, found.confidence) == (Severity.RECOMMENDED, Confidence.LIKELY)
    who = "a guard" if banned_later else "Cloudflare"
    assert found.message.startswith(f"After 3 calls of the token endpoint within 1 s {who} stepped in")


NGINX = "<head><title>503 Service Temporarily Unavailable</title></head><h1>503 Service Temporarily Unavailable</h1>{}"


@pytest.mark.parametrize("limited", [False, True])
def test_a_limit_of_nginx_is_no_lock_in_the_token_store(tries, limited):
    """``limit_req`` answers 503 by default, without a Retry-After; the server itself may as well."""
    page = (NGINX.format("<hr><center>nginx/1.22.1</center>" if limited else ""), 503)
    tries.exchange("refresh-1", tokens("A1", "R1"))
    for n in (1, 2, 3):
        name = f"race-{n}"
        tries.exchange(name, tokens(f"B{n}", f"S{n}"))
        tries.refresh(name, tokens(f"C{n}"), step=2, sent=f"S{n}")
        tries.refresh(name, *page, step=2, sent=f"S{n}")
        tries.refresh(name, tokens(f"D{n}"), step=3, sent=f"S{n}")
    assert tries.judge("refresh-race").status == ("inconclusive" if limited else "failed")
    outcome = tries.judge("guard-midway")
    assert outcome.status == ("failed" if limited else "passed")
    if limited:
        found = only(outcome)
        assert "nginx (by default `limit_req` answers so) stepped in" in found.message
        assert "rate limit" in found.fix.text


def test_a_403_that_no_fresh_code_is_given_is_the_servers_own(tries):
    reuse(tries, FORBIDDEN, FORBIDDEN)
    refreshes(tries)
    assert only(tries.judge("refresh-reuse")).subject == "family"
    assert tries.judge("guard-midway").status == "passed"


def test_a_guard_that_is_there_from_the_start_is_told_of_the_case(tries):
    tries.exchange("relink-1", *CHALLENGED, response_headers=CLOUDFLARE)
    assert tries.judge("guard-midway").status == "passed"


def test_who_is_turned_away_for_a_wrong_secret_is_told_so_without_a_finding(tries):
    tries.exchange("refresh-1", tokens("A1", "R1"))
    tries.ask("wrong_secret-1", "misuse", {"error": "invalid_client"}, 401)
    tries.exchange("other_scheme-1", {"error": "invalid_client"}, 401)
    tries.exchange("other_scheme-1", *FORBIDDEN, step=2)
    outcome = tries.judge("guard-midway")
    assert outcome.status == "passed"
    assert "status 403, “Forbidden”: who fails to prove the client is turned away for a while" in outcome.note
    assert tries.judge("error-bodies").status == "passed"


@pytest.mark.parametrize("lost", [False, True])
def test_a_wrong_secret_that_is_answered_as_good_codes_are_too_may_not_have_been_looked_at(tries, build, lost):
    unknown = {"error": "invalid_grant", "error_description": "Authorization code has been used or expired"}
    tries.exchange("refresh-1", tokens("A1", "R1"))
    if lost:
        tries.exchange("relink-1", unknown, 400)
    tries.ask("wrong_secret-1", "misuse", unknown, 400)
    outcome = tries.judge("error-codes", [build.case()])
    if lost:
        assert any("wrong secret: status 400, “invalid_grant”" in why for why in outcome.missing)
    else:
        assert "refuses a wrong client secret with status 400" in only(outcome).message


def test_a_stranger_that_is_turned_away_after_another_one_is_refused_as_well_as_any(tries, build):
    tries.exchange("refresh-1", tokens("A1", "R1"))
    tries.ask("wrong_client-1", "misuse", {"error": "invalid_client"}, 401)
    tries.ask("wrong_secret-1", "misuse", *FORBIDDEN)
    assert tries.judge("error-bodies").status == "passed"
    missing = tries.judge("error-codes", [build.case()]).missing
    assert not any("wrong" in why for why in missing)


# What follows from one fault is not told as a second one.


def test_a_replaced_refresh_token_that_never_works_is_left_to_refreshing(tries):
    tries.exchange("refresh-1", tokens("A1", "R1"))
    tries.refresh("refresh-1", tokens("A2", "R2"), step=2)
    tries.refresh("refresh-1", REFUSED, 400, step=4, sent="R2")
    reuse(tries, (tokens("B3", "R3"), 200), (REFUSED, 400))
    race(tries, 1, (tokens("C2", "R2"), 200), (tokens("C3", "R9"), 200), after=(REFUSED, 400))
    assert tries.judge("refreshing").status == "failed"
    assert tries.judge("refresh-reuse").status == tries.judge("refresh-race").status == "not_applicable"


@pytest.mark.parametrize(("previous", "status"), [((200, 401, 401), "passed"), ((401, 401, 401), "failed")])
def test_a_refreshed_token_that_was_never_good_is_not_ended_by_the_next_refresh(tries, previous, status):
    tries.exchange("refresh-1", tokens("A1", "R1"))
    for n, answer in enumerate(previous, 1):
        tries.refresh("refresh-1", tokens(f"A{n + 1}", None), step=2 * n)
        tries.use("refresh-1", answer, purpose="use" if n == 3 else "use_previous", step=2 * n + 1)
    relinks(tries)
    assert tries.judge("refreshed-token").status == "failed"
    assert tries.judge("previous-access").status == status


@pytest.mark.parametrize(("broken", "follows"), [(True, True), (False, False)])
def test_where_every_refresh_is_refused_a_bad_one_has_no_reason_of_its_own(tries, build, broken, follows):
    no = ({"error": "access_denied"}, 400)
    tries.exchange("refresh-1", tokens("A1", "R1"))
    tries.refresh("refresh-1", *(no if broken else (tokens("A2"), 200)), step=2)
    tries.ask("bad_refresh_token-1", "misuse", *no)
    assert only(tries.judge("error-codes", [build.case()])).symptom is follows


NOTHING = {"failure": "the server closed the connection", "failure_kind": "closed"}


@pytest.mark.parametrize(
    ("elsewhere", "severity"), [(None, Severity.RECOMMENDED), (200, Severity.DEGRADES)], ids=["dropped", "answered"]
)
def test_a_repetition_without_an_answer_weighs_less_where_other_calls_get_none_either(tries, elsewhere, severity):
    tries.exchange("reuse_soon-1", tokens("B1", "R1"))
    tries.refresh("reuse_soon-1", tokens("B2", "R2"), step=2)
    tries.replay("reuse_soon-1", None, None, step=3, **NOTHING)
    tries.refresh("reuse_soon-1", tokens("B4", "R4"), step=4, sent="R2")
    for number in (1, 2):
        tries.exchange(f"race-{number}", tokens("C1", "R1"))
        tries.refresh(f"race-{number}", tokens("C2", "R9"), step=2)
        tries.refresh(f"race-{number}", None, None, step=2, **NOTHING)
        tries.refresh(f"race-{number}", tokens("C9", "R10"), step=3, sent="R9")
    more = NOTHING if elsewhere is None else {}
    tries.exchange("refresh-1", None if elsewhere is None else tokens("A1"), elsewhere, **more)
    found = only(tries.judge("refresh-reuse"))
    assert found.severity is severity
    assert ("repeat nothing got no answer either" in found.message) is (elsewhere is None)


PAGE = ("<html><title>403 Forbidden</title></html>", 403)


def test_what_the_server_itself_refuses_behind_cloudflare_is_judged(tries):
    """A bare page with the server's name says who handed it on, not who wrote it."""
    tries.exchange("reuse_soon-1", tokens("B1", "R1"))
    tries.refresh("reuse_soon-1", tokens("B2", "R2"), step=2)
    tries.replay("reuse_soon-1", *PAGE, step=3, response_headers=(("server", "cloudflare"),))
    tries.refresh("reuse_soon-1", *PAGE, step=4, sent="R2", response_headers=(("server", "cloudflare"),))
    refreshes(tries)
    assert only(tries.judge("refresh-reuse")).subject == "family"
    assert tries.judge("guard-midway").status == "passed"


def test_refusals_of_strangers_excuse_none_that_came_before(tries):
    """A server may say no to everything in the same words, and end a code at the first attempt that fails."""
    reuse(tries, FORBIDDEN, FORBIDDEN)
    refreshes(tries)
    tries.ask("wrong_client-1", "misuse", {"error": "invalid_client"}, 401)
    tries.ask("wrong_secret-1", "misuse", *FORBIDDEN)
    tries.exchange("other_scheme-1", *FORBIDDEN)
    tries.exchange("other_scheme-1", *FORBIDDEN, step=2)
    assert only(tries.judge("refresh-reuse")).subject == "family"


@pytest.mark.parametrize("last", ["wrong_secret", "other_scheme"])
def test_a_page_for_one_kind_of_stranger_is_the_servers_own(tries, last):
    """Who is turned away for a while meets the same whatever is tried next."""
    tries.exchange("refresh-1", tokens("A1", "R1"))
    tries.ask("wrong_client-1", "misuse", {"error": "invalid_client"}, 401)
    tries.ask("wrong_secret-1", "misuse", *FORBIDDEN)
    if last == "other_scheme":
        tries.exchange("other_scheme-1", {"error": "invalid_client"}, 401)
    found = tries.judge("error-bodies").status
    assert found == ("failed" if last == "other_scheme" else "passed")


def test_who_is_turned_away_for_the_other_scheme_is_told_so_without_a_finding(tries):
    tries.exchange("refresh-1", tokens("A1", "R1"))
    tries.exchange("other_scheme-1", {"error": "invalid_client"}, 401)
    tries.exchange("other_scheme-1", *FORBIDDEN, step=2)
    outcome = tries.judge("guard-midway")
    assert outcome.status == "passed"
    assert "turned away for a while" in outcome.note


@pytest.mark.parametrize("step", [2, 3])
def test_who_is_turned_away_for_the_other_spelling_met_no_guard_midway(tries, step):
    """The third step is made with id and secret as they stand: a server that decodes them takes it for a stranger's."""
    tries.exchange("other_scheme-1", tokens("A1"))
    tries.exchange("other_scheme-2", *CHALLENGED, step=step, response_headers=CLOUDFLARE, urlencoded=step == 2)
    assert tries.judge("guard-midway").status == ("passed" if step == 3 else "failed")


def test_a_bad_refresh_token_that_brings_tokens_is_a_fault_of_its_own(tries, build):
    tries.exchange("refresh-1", tokens("A1", "R1"))
    tries.refresh("refresh-1", tokens("A2"), step=2)
    tries.ask("bad_refresh_token-1", "misuse", tokens("X1"))
    found = only(tries.judge("error-codes", [build.case()]))
    assert (found.subject, found.symptom) == ("bad refresh token taken", False)


def test_hanging_up_on_a_wrong_request_excuses_no_hanging_up_on_a_repetition(tries):
    tries.exchange("reuse_soon-1", tokens("B1", "R1"))
    tries.refresh("reuse_soon-1", tokens("B2", "R2"), step=2)
    tries.replay("reuse_soon-1", None, None, step=3, **NOTHING)
    tries.refresh("reuse_soon-1", tokens("B4", "R4"), step=4, sent="R2")
    tries.exchange("race-1", tokens("C1", "R1"))
    tries.refresh("race-1", tokens("C2", "R9"), step=2)
    tries.refresh("race-1", None, None, step=2, **NOTHING)
    tries.refresh("race-1", tokens("C9", "R10"), step=3, sent="R9")
    tries.ask("missing_code-1", "misuse", None, None, **NOTHING)
    found = only(tries.judge("refresh-reuse"))
    assert found.severity is Severity.DEGRADES


# Dropped connections

HUNG_UP = {"failure": "the server closed the connection", "failure_kind": "closed"}
LATE = {"failure": "no complete answer within 10 s", "failure_kind": "timeout"}


def calls_of(tries, *fates, every=10.0, **how):
    """An exchange on a link of its own for each fate, ``every`` so many seconds: whether it is answered."""
    for n, answered in enumerate(fates, start=1):
        tries.seconds += every
        if answered:
            tries.exchange(f"relink-{n}", tokens(f"A{n}"))
        else:
            tries.exchange(f"relink-{n}", "", None, **(how or HUNG_UP))


def test_a_server_that_hangs_up_now_and_then_is_told_so(tries):
    calls_of(tries, True, False, True, False, True)
    found = only(tries.judge("token-drops"))
    assert (found.rule, found.severity, found.confidence) == (
        "token-responds-4500ms",
        Severity.DEGRADES,
        Confidence.LIKELY,
    )
    assert "hung up on 2 of 5 good calls of the token endpoint (the server closed the connection)" in found.message
    assert [found.primary.ref, *(ref.ref for ref in found.related)] == ["11", "13"]


@pytest.mark.parametrize(
    "fates",
    [
        (True, True, True),
        (True, False, True),
        (True, True, False, False, False),
        (*(True,) * 20, False, *(True,) * 10, False, True),
    ],
    ids=["none", "one", "from some moment on", "few of many"],
)
def test_a_lost_call_or_the_end_of_a_server_is_no_habit(tries, fates):
    calls_of(tries, *fates)
    assert tries.judge("token-drops").status == "passed"


@pytest.mark.parametrize(
    ("fates", "every"),
    [((True, False, True, False, True), 1.0), ((True, False, False, True), 10.0)],
    ids=["in a moment", "in a row"],
)
def test_what_one_incident_cuts_off_is_no_habit(tries, fates, every):
    calls_of(tries, *fates, every=every)
    assert tries.judge("token-drops").status == "passed"


def test_what_is_late_or_repeats_is_told_by_others(tries):
    calls_of(tries, True, False, True, False, True, **LATE)
    assert tries.judge("token-drops").status == "passed"
    for n in (1, 2, 3):
        tries.exchange(f"race-{n}", tokens("B1"))
        tries.refresh(f"race-{n}", "", None, step=2, **HUNG_UP)
        tries.refresh(f"race-{n}", tokens("B2"), step=2)
    assert tries.judge("token-drops").status == "passed"


def test_dropped_exchanges_of_cases_count(build, pieces, tries):
    calls_of(tries, True, False, True)
    lost = pieces.token_call("", status=None, **HUNG_UP)
    cases = [build.case(token_calls=Present(value=(lost,)))]
    assert "2 of 4 good calls" in only(tries.judge("token-drops", cases)).message


def test_one_exchange_without_an_answer_proves_no_habit(build, pieces):
    lost = pieces.token_call("", status=None, **HUNG_UP)
    (found,) = build.judge("token-status", build.case(token_calls=Present(value=(lost,)))).findings
    assert (found.severity, found.confidence) == (Severity.BREAKS, Confidence.LIKELY)


def broken_chain(tries, error="invalid_grant"):
    """A second refresh that is refused although the first one worked and brought a refresh token."""
    tries.exchange("refresh-1", tokens("A1", "R1"))
    tries.refresh("refresh-1", tokens("A2", "R2"), step=2)
    tries.refresh("refresh-1", {"error": error}, 400, step=4, sent="R2")


@pytest.mark.parametrize("error", ["invalid_grant", "invalid_token"])
def test_where_a_refresh_worked_nobody_is_told_to_implement_the_grant(tries, error):
    broken_chain(tries, error)
    found = only(tries.judge("refreshing"))
    assert (found.severity, found.symptom) == (Severity.BREAKS, False)
    assert "Implement" not in found.fix.text
    assert "each has to bring a refresh token for the next one" in found.fix.text


@pytest.mark.parametrize(
    ("error", "first", "chain", "follows"),
    [
        ("invalid_grant", (REFUSED, 400), True, True),
        ("invalid_grant", (REFUSED, 400), False, False),
        ("invalid_grant", FIRST_LIVES, True, False),
        ("unauthorized_client", (REFUSED, 400), True, False),
    ],
)
def test_a_chain_that_a_later_link_may_have_ended_follows_from_that(tries, error, first, chain, follows):
    broken_chain(tries, error)
    relinks(tries, first=first)
    if chain:
        race(tries, 1, (tokens("C2", "R2"), 200), (tokens("C3", "R9"), 200))
    found = only(tries.judge("refreshing"))
    assert (found.symptom, found.severity is Severity.DEGRADES) == (follows, follows)
    assert ("ended by a link made meanwhile" in found.message) is follows


# Whether the resource takes any access token

INSUFFICIENT = {"error": "insufficient_scope", "error_description": "more is needed"}
USERINFO = "https://login.example.com/userinfo"
BEARER = (("WWW-Authenticate", 'Bearer error="insufficient_scope", scope="lights"'),)


def tried_at_the_resource(tries, build, answers, scope=None, **skill):
    for n, (status, body, more) in enumerate(answers, 1):
        tries.exchange(f"relink-{n}", tokens(f"A{n}", scope=scope))
        tries.use(f"relink-{n}", status, body, **more)
    return tries.judge("token-resource", skill=build.skill(**skill))


@pytest.mark.parametrize(
    ("status", "body", "more", "scope", "severity", "rule"),
    [
        (403, INSUFFICIENT, {}, None, Severity.DEGRADES, "auth-scope-exact"),
        (403, "", {"response_headers": BEARER}, None, Severity.DEGRADES, "auth-scope-exact"),
        (403, INSUFFICIENT, {"url": USERINFO}, "openid", Severity.DEGRADES, "auth-scope-exact"),
        (403, {"message": "no"}, {}, "openid", Severity.RECOMMENDED, "auth-scope-exact"),
        (403, {"message": "no"}, {}, "openid lights", Severity.RECOMMENDED, "auth-scope-exact"),
        (401, {"error": "invalid_token"}, {}, "openid", Severity.RECOMMENDED, "token-no-early-invalidation"),
    ],
)
def test_a_resource_that_refuses_every_new_token_is_told(tries, build, status, body, more, scope, severity, rule):
    refused = [(status, body, more)] * 2
    found = only(tried_at_the_resource(tries, build, refused, scope, scopes=("openid", "lights")))
    assert (found.rule, found.severity) == (rule, severity)
    assert found.confidence is not Confidence.CERTAIN
    assert "A wrong linker.resource would look the same." in found.message
    assert ("“openid”, leaves out `lights`" in found.message) is (scope == "openid" and status == 403)


def test_the_endpoint_of_a_persons_data_may_want_a_scope_that_the_skill_does_not(tries, build):
    answers = [(403, INSUFFICIENT, {"url": USERINFO})] * 2
    assert only(tried_at_the_resource(tries, build, answers, scopes=("lights",))).severity is Severity.RECOMMENDED


@pytest.mark.parametrize(
    "answers",
    [
        [(403, INSUFFICIENT, {}), (200, {"sub": "mia"}, {})],
        [(403, INSUFFICIENT, {}), (429, "", {})],
        [(403, INSUFFICIENT, {})],
        [(403, "<title>Just a moment...</title>", {"response_headers": (("cf-mitigated", "challenge"),)})] * 2,
        [(200, {"sub": "mia"}, {})] * 2,
    ],
)
def test_one_token_that_may_be_good_clears_the_rest(tries, build, answers):
    assert tried_at_the_resource(tries, build, answers, "openid", scopes=("openid", "lights")).status == "passed"
