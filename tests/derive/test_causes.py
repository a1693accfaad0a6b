"""What trials prove, and what they leave a suspicion."""

from __future__ import annotations

import pytest

from e2e_linker.derive.base import case_facts
from e2e_linker.derive.causes import healed_by
from e2e_linker.evidence.models import Causes, NotCollected, Present, Trial
from e2e_linker.evidence.page import Sight

CDN, FONTS, IMAGES = "cdn.example.net", "fonts.example.net", "images.example.net"


def trial(n, *hosts, ending="login_not_found", factor="hosts", until="login_form", address=None, server_error=None):
    return Trial(
        n=n,
        factor=factor,
        changed="",
        hosts=hosts,
        address=address,
        until=until,
        ending=ending,
        shown="login" if ending == "stopped" else "blank",
        server_error=server_error,
        duration_s=0.1,
    )


def evidence(build, *trials, simulated="login_not_found", **more):
    asked = build.authorization()
    lost = [
        build.sub(f"https://{host}/x", "script", failure="net::ERR_TUNNEL_CONNECTION_FAILED")
        for host in (CDN, FONTS, IMAGES)
    ]
    walks = [build.walk()]
    if simulated is not None:
        steps = [build.get(asked.url), *lost]
        walks.append(build.walk(steps, answer=None, ending=simulated, id="simulated", purpose="simulated"))
    skill = build.skill(domains=(IMAGES,))
    return build.case(*walks, skill=skill, causes=Present(value=Causes(trials=trials, **more)))


def cause_of(case):
    return case_facts(case).get("host_cause").value


def test_a_host_that_heals_alone_is_proven(build):
    cause = cause_of(evidence(build, trial(1, CDN, FONTS, ending="stopped"), trial(2, CDN, ending="stopped"), trial(3)))
    assert (cause.hosts, cause.proven, cause.loads) == ((CDN,), True, 3)


def test_hosts_that_heal_only_together_are_proven_where_each_was_left_out(build):
    together = trial(1, CDN, FONTS, ending="stopped")
    assert cause_of(evidence(build, together, trial(2, CDN), trial(3, FONTS))).hosts == (CDN, FONTS)
    half = cause_of(evidence(build, together, trial(2, CDN)))
    assert (half.hosts, half.proven) == ((CDN, FONTS), False)


def test_without_trials_every_unlisted_host_that_failed_is_suspected(build):
    cause = cause_of(evidence(build))
    assert (cause.hosts, cause.proven) == ((CDN, FONTS), False)


def test_a_trial_that_was_cut_short_proves_nothing(build):
    cause = cause_of(evidence(build, trial(1, CDN, FONTS, ending="stopped"), trial(2, FONTS, ending="crashed")))
    assert not cause.proven


def test_a_break_that_did_not_come_again_is_none(build):
    facts = case_facts(evidence(build, trial(1, ending="stopped")))
    assert facts.get("simulation").value.broken is False
    assert facts.get("host_cause").value is None


def test_trials_that_went_all_the_way_outweigh_those_that_stopped_at_the_form(build):
    trials = [
        trial(1, ending="stopped"),
        trial(2, CDN, ending="arrived", until="arrival"),
        trial(3, ending="dead_end", until="arrival"),
    ]
    assert cause_of(evidence(build, *trials)).proven


@pytest.mark.parametrize("ending", ["arrived", "stopped"])
def test_a_simulation_that_gets_through_has_no_cause(build, ending):
    facts = case_facts(evidence(build, simulated=ending))
    assert facts.get("simulation").value.broken is False
    assert facts.get("host_cause").value is None


@pytest.mark.parametrize("ending", ["login_rejected", "captcha", "crashed", "interrupted"])
def test_a_simulation_that_ended_by_accident_is_none(build, ending):
    assert case_facts(evidence(build, simulated=ending)).get("simulation").value is None


def test_a_simulation_that_the_server_had_enough_of_is_none(build):
    case = evidence(build)
    measured, made = case.walks
    busy = [build.get(made.authorization.url, status=429), build.sub(f"https://{CDN}/x", "script", failure="refused")]
    walk = made.model_copy(update={"requests": Present(value=build.requests(busy))})
    assert case_facts(case.model_copy(update={"walks": (measured, walk)})).get("simulation").value is None


def test_nothing_is_said_where_nothing_was_simulated(build):
    case = build.case(causes=NotCollected(reason="passive"))
    assert case_facts(case).get("simulation").value is None
    assert case_facts(case).get("healing_trial").value is None


@pytest.mark.parametrize(
    ("control", "changed", "healed"),
    [
        ("login_not_found", "stopped", True),
        ("login_blocked", "stopped", True),
        ("stopped", "stopped", False),
        ("crashed", "stopped", False),
        ("login_not_found", "login_not_found", False),
    ],
)
def test_a_change_heals_only_what_breaks_again_without_it(build, control, changed, healed):
    trials = [trial(1, factor="nothing", ending=control), trial(2, factor="user_agent", ending=changed)]
    found = case_facts(evidence(build, *trials, simulated=None)).get("healing_trial").value
    assert (found is not None and found.factor == "user_agent") is healed
    assert case_facts(evidence(build, trials[1], simulated=None)).get("healing_trial").value is None


@pytest.mark.parametrize(
    ("later", "unfinished", "healed"),
    [
        (["login_not_found", "login_not_found"], None, True),
        (["login_not_found", "stopped"], None, False),
        (["login_not_found", "crashed"], "cut short", False),
        (["login_not_found"], "no login is left", True),
        ([], "no login is left", False),
    ],
)
def test_what_fails_now_and_then_is_healed_by_no_change(build, later, unfinished, healed):
    trials = [
        trial(1, factor="nothing"),
        trial(2, factor="user_agent", ending="stopped"),
        *(trial(n, factor="nothing", ending=ending) for n, ending in enumerate(later, 3)),
    ]
    case = evidence(build, *trials, simulated=None, unfinished=unfinished)
    assert (case_facts(case).get("healing_trial").value is not None) is healed


def test_the_hosts_of_a_simulation_are_not_those_of_the_login(build):
    hosts = case_facts(evidence(build)).get("hosts").value
    assert {use.host for use in hosts} == {"login.example.com"}


@pytest.mark.parametrize(
    ("blocked", "control", "needed"),
    [
        ("dead_end", "arrived", True),
        ("login_rejected", "arrived", True),
        ("arrived", None, False),
        ("dead_end", "dead_end", None),
        ("dead_end", None, None),
        ("captcha", "arrived", None),
        (None, None, None),
    ],
)
def test_cookies_of_other_sites_are_needed_where_only_their_absence_breaks(build, blocked, control, needed):
    given = {"foreign_cookies": blocked, "nothing": control}
    trials = [trial(n, factor=factor, ending=end) for n, (factor, end) in enumerate(given.items(), 1) if end]
    facts = case_facts(evidence(build, *trials, simulated=None))
    assert facts.get("foreign_cookies_needed").value is needed
    assert facts.get("healing_trial").value is None


@pytest.mark.parametrize(
    ("alone", "control", "needed"),
    [
        ("dead_end", "arrived", True),
        ("timeout", "arrived", True),
        ("arrived", None, False),
        ("dead_end", "dead_end", None),
        ("login_rejected", "arrived", None),
        (None, "arrived", None),
    ],
)
def test_a_second_window_is_needed_where_only_its_absence_breaks(build, alone, control, needed):
    given = {"one_window": alone, "foreign_cookies": "arrived", "nothing": control}
    trials = [trial(n, factor=factor, ending=end) for n, (factor, end) in enumerate(given.items(), 1) if end]
    facts = case_facts(evidence(build, *trials, simulated=None))
    assert facts.get("second_window_needed").value is needed
    assert facts.get("foreign_cookies_needed").value is False
    assert facts.get("healing_trial").value is None


SCRIPT = f"https://{CDN}/app.js"


def left_blank(build, pieces, *trials, kind="script", **lost):
    sight = Sight(readable_length=0, pictures=0)
    digest = pieces.digest(controls=(), headings=(), text="", text_length=0, title="", sight=sight)
    steps = [build.get(build.authorization().url), build.sub(f"{SCRIPT}?v=3", kind, **lost)]
    walk = build.walk(steps, answer=None, ending="login_not_found", screens=[pieces.screen(0, 4.0, digest)])
    return case_facts(build.case(walk, causes=Present(value=Causes(trials=trials))))


@pytest.mark.parametrize(("kind", "word"), [("script", "script"), ("fetch", "answer"), ("stylesheet", "style sheet")])
def test_what_nothing_can_stand_in_for_is_said_to_be_beyond_proof(build, pieces, kind, word):
    empty = trial(2, factor="stand_in", address=SCRIPT)
    facts = left_blank(build, pieces, trial(1, factor="nothing"), empty, kind=kind, status=503)
    assert f"an empty {word} in its place heals nothing" in facts.get("beyond_proof").value


@pytest.mark.parametrize(
    "changed",
    [
        {"factor": "stand_in", "ending": "stopped"},
        {"factor": "stand_in", "ending": "crashed"},
        {"factor": "stand_in", "address": "https://cdn.example.net/other.js"},
        {"factor": "agreeing"},
        {"factor": "user_agent", "address": None},
    ],
)
def test_what_was_proven_or_not_tried_is_not_beyond_proof(build, pieces, changed):
    trials = trial(1, factor="nothing"), trial(2, **({"address": SCRIPT} | changed))
    assert left_blank(build, pieces, *trials, status=503).get("beyond_proof").value is None


def test_what_stood_in_is_named_by_its_address():
    assert healed_by(trial(1, factor="stand_in", address=SCRIPT)) == f"the missing {SCRIPT}"
    assert healed_by(trial(1, factor="agreeing", address=SCRIPT)) == f"what {SCRIPT} answers"
    assert healed_by(trial(1, factor="framing", address=SCRIPT)) == f"the ban on frames by {SCRIPT}"
    assert healed_by(trial(1, factor="script", address=SCRIPT)) == f"the script {SCRIPT}"
    assert healed_by(trial(1, factor="uncovered", address="div#cookies")) == "div#cookies over the page"


def failed(build, *trials, host="login.example.com", failures=frozenset(), ending="login_not_found", **more):
    steps = [build.get(build.authorization().url), build.sub(f"https://{host}/session", "fetch", status=502)]
    walk = build.walk(steps, answer=None, ending=ending, **more)
    case = build.case(walk, causes=Present(value=Causes(trials=trials)))
    return case_facts(case, known_failures=failures)


NOTHING = [trial(n, factor="nothing", server_error=502) for n in (1, 3, 5)]
HEALED = [trial(n, factor="user_agent", ending="stopped") for n in (2, 4)]
BROKE = trial(6, factor="user_agent", server_error=502)


@pytest.mark.parametrize(
    ("trials", "failures", "proven"),
    [
        ([*NOTHING, *HEALED], (), True),
        ([*NOTHING, *HEALED], ("other.example.com",), True),
        ([*NOTHING, *HEALED], ("login.example.com",), False),
        ([*NOTHING, HEALED[0]], (), False),
        ([NOTHING[0], *HEALED], (), False),
        ([*NOTHING, *HEALED, BROKE], (), False),
    ],
)
def test_where_a_server_failed_it_takes_more_than_one_trial_each_way(build, trials, failures, proven):
    trials = sorted(trials, key=lambda one: one.n)
    found = failed(build, *trials, failures=frozenset(failures)).get("healing_trial").value
    assert (found is not None and found.factor == "user_agent") is proven


def test_the_hosts_that_fail_now_and_then_are_those_that_do_not_with_nothing_changed(build):
    again = trial(2, factor="nothing", ending="stopped")
    for trials, hosts in (([NOTHING[0]], set()), ([NOTHING[0], again], {"login.example.com"}), ([HEALED[0]], set())):
        assert failed(build, *trials).get("server_failures").value == hosts
    assert failed(build, again, ending="arrived").get("server_failures").value == set()


@pytest.mark.parametrize("fails_again", [True, False])
def test_a_host_that_failed_where_the_retry_got_through_as_well_does_not_fail_now_and_then(build, fails_again):
    asked = build.authorization()
    beacon = build.sub("https://login.example.com/count", "fetch", status=503)
    first = build.walk([build.get(asked.url), beacon], answer=None, ending="timeout")
    steps = build.healthy_steps(asked, build.answer(asked))
    second = build.walk([*steps, beacon] if fails_again else steps, asked=asked)
    facts = case_facts(build.case(first), attempts=((first,), (second,)))
    assert facts.get("server_failures").value == (set() if fails_again else {"login.example.com"})


@pytest.mark.parametrize(("times", "needed"), [(1, None), (2, True)])
def test_what_a_server_failed_without_once_is_not_needed(build, times, needed):
    without = [trial(n, factor="foreign_cookies", ending="dead_end", server_error=500) for n in range(times)]
    trials = [*without, trial(9, factor="nothing", ending="arrived")]
    assert case_facts(evidence(build, *trials, simulated=None)).get("foreign_cookies_needed").value is needed


def test_what_failed_where_the_login_got_through_breaks_no_simulation(build):
    case = evidence(build, trial(1, CDN, FONTS, ending="stopped"), trial(2, CDN, ending="stopped"), trial(3))
    measured, made = case.walks
    beacon = build.sub("https://login.example.com/count", "fetch", status=503)

    def with_beacon(walk, *more):
        known = [build.get(walk.authorization.url), beacon, *more]
        return walk.model_copy(update={"requests": Present(value=build.requests(known))})

    both = (with_beacon(measured), with_beacon(made))
    assert cause_of(case.model_copy(update={"walks": both})).proven
    facts = case_facts(case.model_copy(update={"walks": (measured, with_beacon(made))}))
    assert facts.get("simulation").value is None
    assert facts.get("host_cause").value is None
