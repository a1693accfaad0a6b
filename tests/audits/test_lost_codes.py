"""Fresh codes that the token endpoint refuses now and then, judged on built evidence."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

import pytest

from e2e_linker.evidence.models import LoginStep, NotCollected, Present
from e2e_linker.evidence.token_calls import ProbedLink, SecretShape, TokenBattery
from e2e_linker.model import Confidence, Depth, Severity
from tests.audits.judged import only

UNKNOWN = ({"error": "invalid_grant", "error_description": "Invalid authorization code"}, 403)
PROBES = ("relink", "relink", "reuse_soon", "race", "race", "race", "code_twice", "burst")
BEGIN_S = 100.0
APART_S = 1.0


class Codes:
    """Writes down the links of probes, ``APART_S`` apart, and how their codes were answered."""

    def __init__(self, build, pieces):
        self.build, self.pieces = build, pieces
        self.calls, self.links = [], []

    def moment(self, seconds):
        return self.build.run().started_at + timedelta(seconds=seconds)

    @property
    def seconds(self):
        return BEGIN_S + APART_S * len(self.calls)

    def call(self, purpose, body, status, fields, **more):
        given = {"n": len(self.calls) + 10, "purpose": purpose, "at": self.moment(self.seconds)}
        self.calls.append(self.pieces.token_call(body, status=status, request_body=urlencode(fields), **given, **more))

    def link(self, probe, answer=None, *, code=None, link=True, **more):
        """A link whose code brings tokens, or ``answer``, a body and a status."""
        name = f"{probe}-{1 + sum(each.probe == probe for each in self.links)}"
        code = code or f"<code#{len(self.links) + 20}>"
        if link:
            given = {"id": name, "probe": probe, "region": "NA", "redirect_uri": self.build.redirect_uri()}
            self.links.append(ProbedLink(code=code, walk=f"minted-{name}", **given))
        body, status = answer or (self.tokens(len(self.calls)), 200)
        given = {"purpose": "exchange", "probe": probe, "link": name}
        self.call(body=body, status=status, fields={"code": code}, **(given | more))

    def tokens(self, number):
        return {"access_token": f"<access_token#{number}>", "token_type": "Bearer", "expires_in": 3600}

    def then(self, purpose, answer=None, **more):
        """Something else that was sent for the last link."""
        last = self.links[-1]
        body, status = answer or (self.tokens(len(self.calls)), 200)
        self.call(purpose, body, status, {}, **({"probe": last.probe, "link": last.id} | more))

    def run(self, *walks):
        battery = TokenBattery(case="phone-na", links=tuple(self.links), calls=tuple(self.calls))
        return self.build.run(*walks, battery=Present(value=battery))

    def judge(self, *cases, walks=()):
        return self.build.judge_run("lost-codes", self.run(*walks), cases, depth=Depth.STANDARD)


@pytest.fixture
def codes(build, pieces):
    """No link yet."""
    return Codes(build, pieces)


def in_turn(codes, answer=UNKNOWN, fates="TRTRTTRT"):
    for probe, fate in zip(PROBES, fates, strict=True):
        codes.link(probe, None if fate == "T" else answer)


def case_of(build, pieces, name, body, status):
    call = pieces.token_call(body, status=status)
    return build.case(facts={"id": name}, token_calls=Present(value=(call,)))


def test_a_server_that_knows_every_second_code_breaks_linking(codes):
    in_turn(codes)
    found = only(codes.judge())
    assert (found.rule, found.severity, found.confidence) == (
        "token-status-200",
        Severity.BREAKS,
        Confidence.LIKELY,
    )
    assert "refused 3 of 8 fresh codes with status 403, “invalid_grant”: “Invalid authorization code”" in found.message
    assert "took others in between" in found.message
    assert [found.primary.ref, *(ref.ref for ref in found.related)] == ["11", "13", "16"]
    assert "not in the memory of one process" in found.fix.text
    assert found.shown_by == ("phone-na",)


@pytest.mark.parametrize(
    "said",
    [{"error": "invalid_request", "error_description": "The code was not found."}, {"error": "invalid_grant"}],
    ids=["only words", "no words"],
)
def test_codes_that_are_called_unknown_in_another_way_count(codes, said):
    in_turn(codes, (said, 400))
    assert only(codes.judge()).rule == "token-status-200"


def test_refused_codes_of_cases_are_told_with_it(codes, build, pieces):
    in_turn(codes)
    cases = [
        case_of(build, pieces, "phone-na", codes.tokens(1), 200),
        case_of(build, pieces, "tablet-na", *UNKNOWN),
        case_of(build, pieces, "desktop-na", {"error": "server_error"}, 500),
    ]
    found = only(codes.judge(*cases))
    assert "So it did with those of 1 of 2 cases." in found.message
    assert found.shown_by == ("tablet-na", "phone-na")
    assert found.related[-1].case == "tablet-na"


def test_codes_that_a_character_spoils_are_no_other_workers(codes):
    in_turn(codes)
    spoilt = SecretShape(name="code", length=32, unusual=" ")
    codes.calls = [
        call.model_copy(update={"shapes": (spoilt,)}) if call.status != 200 else call for call in codes.calls
    ]
    assert "`+` as `%2B`" in only(codes.judge()).fix.text


@pytest.mark.parametrize(
    "fates",
    ["TRTTTTTT", "RTTRTTTT", "TTTRRRRR", "TRRRTTTT", "TTTTTRTR", "TTTTTTRR"],
    ids=["one", "the first and one", "from some moment on", "for a while", "one and the last", "the last"],
)
def test_what_one_incident_or_an_end_explains_is_neither_a_habit_nor_well(codes, fates):
    in_turn(codes, fates=fates)
    outcome = codes.judge()
    assert outcome.status == "inconclusive"
    assert f"{fates.count('R')} of 8 fresh codes were refused with status 403, “invalid_grant”" in outcome.missing[0]
    assert "it may have failed for a moment, or punish what was wrong on purpose" in outcome.missing[0]


def test_a_server_that_takes_all_codes_is_well(codes):
    in_turn(codes, fates="TTTTTTTT")
    outcome = codes.judge()
    assert (outcome.status, outcome.note) == ("passed", None)


def test_the_first_code_counts_where_its_walk_is_known(codes, build):
    in_turn(codes, fates="RTTRTTTT")
    first = build.walk(id=codes.links[0].walk, started_at=codes.moment(BEGIN_S - 1), duration_s=0.9)
    assert "refused 2 of 8 fresh codes" in only(codes.judge(walks=[first])).message
    other = build.walk(id="unknown-host", started_at=codes.moment(BEGIN_S - 0.5), duration_s=0.4)
    assert codes.judge(walks=[first, other]).status == "inconclusive"


def misused(codes, probe, said=None):
    """A request without code and token, refused with an error of its own or as is ``said``."""
    body = {"error": "unsupported_grant_type" if probe == "garbage_grant" else "invalid_request"}
    codes.call("misuse", *(said or (body, 400)), {}, probe=probe)


def three_workers(codes):
    """Each code is known to one of three workers."""

    def links(probe, fates):
        for fate in fates:
            codes.link(probe, None if fate == "T" else UNKNOWN)

    links("relink", "RTRT")
    misused(codes, "garbage_grant")
    links("reuse_soon", "RR")
    misused(codes, "missing_code")
    links("race", "RRTRR")
    misused(codes, "missing_refresh_token")
    for probe in ("refresh", "relink_fresh", "refresh", "relink_fresh"):
        codes.link(probe, UNKNOWN)
    misused(codes, "bad_refresh_token")
    links("code_twice", "RR")
    links("burst", "RR")


def test_a_server_that_loses_most_codes_is_found_between_misuses(codes):
    three_workers(codes)
    found = only(codes.judge())
    assert "refused 16 of 19 fresh codes" in found.message
    assert "took others in between" in found.message


def after_a_slip(codes, *more):
    """One code is lost; then come misuses, with codes between them of which one is taken at the end."""
    for fate in (None, UNKNOWN, None):
        codes.link("relink", fate)
    misused(codes, "garbage_grant")
    for each in more:
        each()
    codes.link("race", UNKNOWN)
    misused(codes, "missing_code")
    codes.link("burst")


def test_what_is_refused_with_an_error_of_its_own_turned_nobody_away(codes):
    after_a_slip(codes)
    assert "refused 2 of 5 fresh codes" in only(codes.judge()).message


def test_who_is_turned_away_with_everybody_is_not_lost(codes):
    for fate in (None, UNKNOWN, None):
        codes.link("relink", fate)
    for probe, misuse in (("reuse_soon", "garbage_grant"), ("race", "missing_code")):
        misused(codes, misuse, UNKNOWN)
        codes.link(probe, UNKNOWN)
        misused(codes, "missing_refresh_token", ({"error": "invalid_grant", "error_description": "Incident 7"}, 400))
        codes.link(probe)
    codes.link("burst")
    assert codes.judge().status == "inconclusive"


def test_codes_alone_that_a_guard_refuses_after_misuse_are_not_lost(codes):
    codes.link("relink")
    for probe, misuse in (("reuse_soon", "garbage_grant"), ("race", "missing_code")):
        misused(codes, misuse)
        codes.link(probe, UNKNOWN)
        misused(codes, "missing_refresh_token")
        codes.link(probe, UNKNOWN)
        codes.link(probe)
    assert codes.judge().status == "inconclusive"


def test_a_later_misuse_does_not_make_up_for_a_token_that_came_twice(codes):
    def replay():
        codes.link("reuse_soon")
        codes.then("replay", UNKNOWN)

    after_a_slip(codes, replay)
    assert codes.judge().status == "inconclusive"


def test_codes_of_which_each_session_has_one_are_not_lost(codes, build):
    in_turn(codes)
    typed = LoginStep(at=0.1, action="fill", target="the password", what="password", outcome="done")
    walks = [
        build.walk(id=link.walk, started_at=call.at, duration_s=0.1, answer=None, arrivals=())
        for link, call in zip(codes.links, codes.calls, strict=True)
        if call.status == 200
    ]
    anew = [walk.model_copy(update={"login": Present(value=(typed,)), "requests": Present(value=())}) for walk in walks]
    outcome = codes.judge(walks=anew)
    assert outcome.status == "inconclusive"
    assert "as if each session had one code" in outcome.missing[0]
    assert codes.judge(walks=anew[1:]).status == "failed"


def test_the_last_probes_get_their_codes_when_no_other_does(codes):
    codes.link("race")
    codes.link("relink_fresh")
    codes.link("code_twice", UNKNOWN)
    codes.link("burst")
    codes.link("burst", UNKNOWN)
    codes.link("burst")
    assert "refused 2 of 6" in only(codes.judge()).message


def test_where_the_code_of_a_case_alone_is_taken_it_is_not_well(codes, build, pieces):
    in_turn(codes, fates="RRRRRRRR")
    outcome = codes.judge(case_of(build, pieces, "phone-na", codes.tokens(1), 200))
    assert outcome.status == "inconclusive"
    assert "of 8 fresh codes were refused" in outcome.missing[0]
    assert "although another one was taken" in outcome.missing[0]


def test_where_the_code_of_a_case_alone_is_refused_it_is_not_well(codes, build, pieces):
    in_turn(codes, fates="TTTTTTTT")
    cases = [case_of(build, pieces, name, *UNKNOWN) for name in ("phone-na", "tablet-na")]
    well = case_of(build, pieces, "desktop-na", codes.tokens(1), 200)
    assert codes.judge(*cases, well).status == "inconclusive"


def late_success(codes):
    """The measured exchange failed; the probe of the other scheme was refused, and then took its code as configured."""
    misused(codes, "garbage_grant")
    wrong = ({"error": "invalid_client"}, 401)
    codes.link("other_scheme", wrong, code="<code#50>")
    codes.link("other_scheme", code="<code#50>", link=False, step=2)


def test_a_case_whose_like_is_taken_later_may_be_linked_the_next_time(codes, build, pieces):
    late_success(codes)
    found = only(codes.judge(case_of(build, pieces, "phone-na", *UNKNOWN)))
    assert (found.rule, found.confidence) == ("token-status-200", Confidence.LIKELY)
    assert "and took another one later that was sent in the same way. So what is sent is right" in found.message
    assert "not in the memory of one process" in found.fix.text
    assert "right after a login" in found.fix.text
    assert (found.primary.case, [ref.ref for ref in found.related]) == ("phone-na", ["12"])
    assert found.shown_by == ("phone-na",)
    assert not found.symptom


def logging_in(codes, build):
    """The walks that brought the codes, for each of which the account logged in."""
    typed = LoginStep(at=0.1, action="fill", target="the password", what="password", outcome="done")
    redeemed = {call.link: call.at for call in reversed(codes.calls) if call.purpose == "exchange"}
    walks = [
        build.walk(id=link.walk, started_at=redeemed[link.id], duration_s=0.1, answer=None, arrivals=())
        for link in codes.links
    ]
    return [walk.model_copy(update={"login": Present(value=(typed,))}) for walk in walks]


def test_a_code_that_came_after_a_login_as_well_is_told_as_none_of_a_session(codes, build, pieces):
    codes.link("relink", UNKNOWN)
    codes.link("relink_fresh")
    case = case_of(build, pieces, "phone-na", *UNKNOWN)
    fix = only(codes.judge(case, walks=logging_in(codes, build))).fix.text
    assert "not in the memory of one process. Let them live for a minute at least." in fix
    assert fix.endswith("see in the server's log why the one was not taken.")


def test_where_all_log_in_the_refused_ones_too_no_session_is_blamed(codes, build):
    misused(codes, "bad_refresh_token", UNKNOWN)
    codes.link("relink", UNKNOWN)
    for probe in ("relink", "reuse_soon", "race"):
        codes.link(probe)
    outcome = codes.judge(walks=logging_in(codes, build))
    assert outcome.status == "inconclusive"
    assert "1 of 4 fresh codes were refused with status 403" in outcome.missing[0]
    assert "each session" not in outcome.missing[0]


def test_success_with_the_other_scheme_says_nothing_of_a_refused_code(codes, build, pieces):
    codes.link("other_scheme")
    assert codes.judge(case_of(build, pieces, "phone-na", *UNKNOWN)).status == "inconclusive"


@pytest.mark.parametrize(
    "answer", [({"error": "server_error"}, 500), ({"error": "invalid_client"}, 401), ({"error": "slow_down"}, 429)]
)
def test_a_case_that_failed_otherwise_is_told_by_others(codes, build, pieces, answer):
    late_success(codes)
    codes.calls = [call for call in codes.calls if call.status != 401]
    assert codes.judge(case_of(build, pieces, "phone-na", *answer)).status in {"inconclusive", "not_applicable"}


def test_a_case_that_was_refused_for_another_parameter_has_lost_no_code(codes, build, pieces):
    in_turn(codes, fates="TTTTTTTT")
    refused = {"error": "invalid_grant", "error_description": "redirect_uri mismatch"}
    assert codes.judge(case_of(build, pieces, "phone-na", refused, 400)).status == "passed"
    in_turn(codes, (refused, 400))
    assert codes.judge().status == "failed"


def test_a_case_whose_code_a_character_spoils_is_told_by_another(codes, build, pieces):
    late_success(codes)
    case = case_of(build, pieces, "phone-na", *UNKNOWN)
    spoilt = SecretShape(name="code", length=32, unusual=" ")
    calls = tuple(call.model_copy(update={"shapes": (spoilt,)}) for call in case.token_calls.value)
    assert codes.judge(case.model_copy(update={"token_calls": Present(value=calls)})).status == "inconclusive"


@pytest.mark.parametrize("twice", [True, False], ids=["its own walk", "another case"])
def test_a_case_whose_code_another_one_may_have_ended_is_not_called_unlucky(codes, build, pieces, twice):
    late_success(codes)
    sent = Present(value=(pieces.token_call(UNKNOWN[0], status=403, at=codes.moment(5)),))
    walk = build.walk(started_at=codes.moment(0), duration_s=6.0)
    if twice:
        walk = walk.model_copy(update={"arrivals": Present(value=walk.arrivals.value * 2)})
    case = build.case(walk, facts={"id": "phone-na"}, token_calls=sent)
    beside = build.case(build.walk(started_at=codes.moment(1), duration_s=2.0), facts={"id": "tablet-na"})
    assert codes.judge(case, *(() if twice else (beside,))).status == "inconclusive"
    if not twice:
        assert codes.judge(case).status == "failed"


@pytest.mark.parametrize(
    "answer",
    [
        ({"error": "too_many_requests"}, 429),
        ({"error": "invalid_grant", "error_description": "Too many requests"}, 400),
        ({"error": "temporarily_unavailable"}, 503),
        ({"error": "invalid_client"}, 401),
        ("<html><title>Forbidden</title>", 403),
        ({"error": "invalid_grant"}, 500),
        ("<html><title>Internal Server Error</title>", 500),
    ],
)
def test_limits_guards_and_failures_are_told_by_others(codes, answer):
    in_turn(codes, answer)
    assert codes.judge().status == "passed"


def test_where_no_code_is_taken_nothing_is_told_apart(codes):
    in_turn(codes, fates="RRRRRRRR")
    assert codes.judge().status == "inconclusive"


@pytest.mark.parametrize("purpose", ["misuse", "replay", "refresh"])
def test_a_refusal_after_what_a_server_may_punish_says_nothing(codes, purpose):
    for _ in range(5):
        codes.link("race")
        codes.then(purpose, UNKNOWN)
        codes.link("race", UNKNOWN)
    codes.link("burst")
    outcome = codes.judge()
    assert outcome.status == "inconclusive"
    assert "5 of 11 fresh codes were refused" in outcome.missing[0]


def test_a_repetition_after_which_the_link_lives_excuses_no_refusal(codes):
    for _ in range(3):
        codes.link("race")
        codes.then("replay", UNKNOWN)
        codes.then("refresh")
        codes.link("race", UNKNOWN)
    codes.link("burst")
    assert "refused 3 of 7" in only(codes.judge()).message


def test_codes_that_are_meant_to_be_refused_do_not_count(codes):
    for probe in ("wrong_redirect_uri", "wrong_verifier", "wrong_secret", "code_later", "client_id_in_body"):
        codes.link("relink")
        codes.link(probe, UNKNOWN, purpose="exchange" if probe in {"code_later", "client_id_in_body"} else "misuse")
    codes.link("relink")
    assert codes.judge().status == "passed"


def test_codes_of_probes_that_are_made_side_by_side_may_end_each_other(codes):
    for _ in range(3):
        codes.link("relink_fresh", UNKNOWN)
        codes.link("refresh")
        codes.link("reuse_29s", UNKNOWN)
        codes.link("race")
        codes.link("race", UNKNOWN)
    codes.link("refresh")
    codes.link("burst")
    outcome = codes.judge()
    assert outcome.status == "passed"
    assert outcome.note.startswith("9 fresh codes were refused (status 403, “invalid_grant”")


def test_a_code_that_came_before_is_not_fresh(codes):
    for probe, fate in zip(PROBES, "TRTRTTRT", strict=True):
        codes.link(probe, None if fate == "T" else UNKNOWN, code="<code#20>")
    assert codes.judge().status == "passed"


@pytest.mark.parametrize("name", ["phone-na", "tablet-na"])
def test_a_code_that_another_walk_may_have_ended_says_nothing(codes, build, name):
    in_turn(codes)
    refused = [BEGIN_S + n * APART_S for n, fate in enumerate("TRTRTTRT") if fate == "R"]
    walks = [build.walk(id=f"w{n}", started_at=codes.moment(at - 0.5), duration_s=0.2) for n, at in enumerate(refused)]
    walks = [
        walk.model_copy(
            update={
                "arrivals": Present(value=tuple(each.model_copy(update={"at": 0.2}) for each in walk.arrivals.value))
            }
        )
        for walk in walks
    ]
    assert all(walk.arrivals.value for walk in walks)
    assert codes.judge(build.case(*walks, facts={"id": name})).status == "passed"
    assert codes.judge(walks=walks).status == "passed"


@pytest.mark.parametrize(("name", "harmless"), [("phone-na", False), ("tablet-na", True)])
def test_pages_count_in_the_session_of_the_probes_only(codes, build, name, harmless):
    in_turn(codes)
    walk = build.walk(started_at=codes.moment(BEGIN_S - 5), duration_s=30.0, answer=None, arrivals=())
    assert walk.requests.value
    at = [BEGIN_S + n * APART_S + 4.8 for n, fate in enumerate("TRTRTTRT") if fate == "R"]
    asked = tuple(walk.requests.value[0].model_copy(update={"n": n, "at": at[n] - BEGIN_S}) for n in range(len(at)))
    walk = walk.model_copy(update={"requests": Present(value=asked)})
    assert codes.judge(build.case(walk, facts={"id": name})).status == ("failed" if harmless else "passed")


def test_a_walk_whose_requests_are_not_known_counts_as_a_whole(codes, build):
    in_turn(codes)
    walk = build.walk(started_at=codes.moment(BEGIN_S), duration_s=30.0, answer=None, arrivals=())
    walk = walk.model_copy(update={"requests": NotCollected(reason="not kept")})
    assert codes.judge(build.case(walk, facts={"id": "phone-na"})).status == "passed"


def test_the_walk_that_brought_a_code_did_not_end_it(codes, build):
    in_turn(codes)
    own = [
        build.walk(id=link.walk, started_at=call.at - timedelta(seconds=1), duration_s=1.0)
        for link, call in zip(codes.links, codes.calls, strict=True)
    ]
    assert codes.judge(walks=own).status == "failed"


def test_where_each_login_ends_earlier_links_a_refusal_says_nothing(codes):
    in_turn(codes)
    for _ in range(2):
        codes.link("relink_fresh")
    first, second = codes.links[-2:]
    codes.then("refresh", UNKNOWN, probe=first.probe, link=first.id)
    codes.then("refresh", probe=second.probe, link=second.id)
    assert codes.judge().status == "inconclusive"
