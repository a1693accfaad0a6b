"""The Domain List simulated, and what breaks it found: on every phone, within the budget, whatever the page does."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from types import SimpleNamespace

import pytest
from starlette.responses import Response

from e2e_linker.browser.settings import device_settings
from e2e_linker.config.projects import Use
from e2e_linker.demo import authorize, federation, static_hosts
from e2e_linker.derive.base import case_facts
from e2e_linker.evidence.models import LoginStep, Present
from e2e_linker.model import Depth
from e2e_linker.run.causes import Investigation
from e2e_linker.run.changes import Change
from e2e_linker.run.suspected import ONE_WINDOW, Suspected, suspected_factors, worth_trials

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

WEB_VIEW = {"device": "iPhone 15", "surface": "webview", "browserName": "chromium"}
DESKTOP = {"device": "Desktop Chrome", "surface": "browser", "browserName": "chromium"}
STATIC, FONTS, HOMEPASS = "static.brightbulb-cdn.test", "fonts.typehouse.test", "id.homepass.test"
LOGIN = "login.brightbulb.test"


def causes_of(linked, project="Phone"):
    evidence = next(case for case in linked.saved().cases if case.case.project == project)
    assert isinstance(evidence.causes, Present), evidence.causes
    simulated = [walk for walk in evidence.walks if walk.purpose == "simulated"]
    return evidence.causes.value, simulated[0] if simulated else None


async def looked_into(bench, **more):
    """A run that looks for causes and makes nothing once for all cases."""
    return await bench.link(depth=Depth.STANDARD, probes="none", **more)


def found(linked, rule, audit=None):
    return [one for one in linked.report.findings if one.rule == rule and audit in (None, one.audit)]


async def test_nothing_is_simulated_where_every_host_is_listed(bench):
    bench.arm()
    linked = await bench.link(depth=Depth.STANDARD)
    causes, simulated = causes_of(linked)
    assert simulated is None
    assert causes.skipped == "every host that the login contacted is on the Domain List"
    assert linked.report.verdict == "passed", linked.advice


async def test_the_blank_page_is_shown_and_its_host_proven_on_phones_only(bench, phone):
    bench.arm(faults=["blank-without-script"])
    bench.projects = {"Phone": phone, "View": WEB_VIEW, "Desktop": DESKTOP}
    linked = await looked_into(bench)
    assert all(case.linked for case in linked.report.cases)
    (blank,) = found(linked, "screen-blank")
    assert (blank.audit, blank.cause, sorted(blank.cases)) == ("enforced-list", "proven", ["phone-na", "view-na"])
    assert f"Proven: unlisted {STATIC} is why." in blank.message
    (missing,) = found(linked, "domains-complete")
    assert (missing.cause, missing.severity, len(missing.cases)) == ("proven", "breaks", 3)
    assert f"Unlisted {STATIC} is why" in missing.message
    for project in ("Phone", "View"):
        causes, simulated = causes_of(linked, project)
        assert len(causes.trials) <= 15
        assert causes.unfinished is None
        pictures = [screen.picture for screen in simulated.screens.value]
        assert pictures
        assert all(isinstance(picture, Present) for picture in pictures)
    causes, simulated = causes_of(linked, "Desktop")
    assert simulated is None
    assert "desktop" in causes.skipped


async def test_a_font_that_blanks_the_page_is_as_bad_as_a_script(bench):
    bench.arm(faults=["blank-without-font"])
    linked = await looked_into(bench)
    (missing,) = found(linked, "domains-complete")
    assert (missing.subject, missing.severity, missing.cause) == (FONTS, "breaks", "proven")


async def test_three_hosts_needed_together_are_named_out_of_twenty(bench):
    bench.arm(faults=["twenty-hosts"])
    linked = await looked_into(bench)
    three = [f"part{n:02}.pagekit.test" for n in (3, 11, 18)]
    assert sorted(one.subject for one in found(linked, "domains-complete") if one.cause == "proven") == three
    (blank,) = found(linked, "screen-blank")
    assert f"Proven: unlisted {three[0]}, {three[1]} and {three[2]} are why, all of them together." in blank.message
    causes, _ = causes_of(linked)
    assert len(causes.trials) <= 40


async def test_a_picture_that_is_missing_breaks_nothing(bench):
    bench.arm(faults=["unlisted-image"])
    linked = await looked_into(bench)
    causes, simulated = causes_of(linked)
    assert simulated.ending.kind == "arrived"
    assert causes.trials == ()
    (missing,) = found(linked, "domains-complete")
    assert (missing.severity, missing.cause) == ("degrades", None)
    assert "with the list enforced, the login got through all the same" in missing.message


async def test_a_login_that_leads_to_an_unlisted_host_ends_there(bench):
    bench.arm(faults=["unlisted-identity-provider"])
    linked = await looked_into(bench)
    _, simulated = causes_of(linked)
    assert simulated.ending.message == f"the page went on to {HOMEPASS}, which is not on the Domain List"
    (missing,) = found(linked, "domains-complete")
    assert missing.cause == "proven"
    assert "the login does not reach Alexa" in missing.message
    assert not found(linked, "screen-blank")


async def test_without_a_spare_login_only_the_page_before_the_password_is_tried(bench):
    bench.arm(faults=["unlisted-image"])
    linked = await looked_into(bench, linker={"limits": {"logins": 1}})
    causes, simulated = causes_of(linked)
    assert simulated.ending.kind == "stopped"
    assert simulated.variation["until"] == "login_form"
    assert causes.skipped is None


async def test_a_passive_run_simulates_nothing(bench):
    bench.arm(faults=["blank-without-script"])
    linked = await bench.link(depth=Depth.PASSIVE)
    (evidence,) = linked.saved().cases
    assert evidence.causes.kind == "not_collected"
    assert [walk.purpose for walk in evidence.walks] == ["measured"]
    assert not found(linked, "screen-blank")


async def test_a_page_that_loads_itself_again_for_ever_does_not_hold_the_run_up(bench):
    bench.arm(faults=["reloads-for-ever"])
    linked = await looked_into(bench)
    _, simulated = causes_of(linked)
    assert simulated.ending.kind != "arrived"
    (missing,) = found(linked, "domains-complete")
    assert (missing.subject, missing.cause) == (STATIC, "proven")
    assert linked.case("Phone").duration_s < 60


async def test_the_user_agent_is_proven_and_the_report_says_where_the_devices_part(bench):
    bench.arm(faults=["blank-in-apple-apps"])
    bench.projects = {"iPhone": WEB_VIEW, "Desktop": DESKTOP}
    linked = await looked_into(bench)
    (blank,) = found(linked, "screen-blank")
    assert (blank.audit, blank.cause, blank.cases) == ("screen-blank", "proven", ("iphone-na",))
    assert "Proven: its user agent is why" in blank.message
    (difference,) = linked.report.differences
    assert (difference.broken.case, difference.healthy.case) == ("iphone-na", "desktop-na")
    assert difference.point == "script_error"
    assert difference.text.startswith("iPhone and Desktop agree up to request 1; there the page https://login.")
    assert "on iPhone because of its user agent, and did not on Desktop." in difference.text
    assert "Where broken and healthy part" in (linked.folder / "report.html").read_text("utf-8")


async def test_the_policy_that_forbids_the_script_is_proven_where_the_engine_can_look_away(bench, phone, firefox):
    bench.arm(faults=["blank-by-policy"])
    bench.projects = {"Phone": phone, "Firefox": firefox}
    linked = await looked_into(bench)
    (blank,) = found(linked, "screen-blank")
    assert blank.cause == "proven"
    assert "Proven: the page's Content-Security-Policy is why" in blank.message
    causes, _ = causes_of(linked, "Firefox")
    assert "policy" not in {trial.factor for trial in causes.trials}


async def test_what_no_change_heals_stays_a_suspicion(bench):
    bench.arm(faults=["script-host-down"])
    linked = await looked_into(bench)
    (blank,) = found(linked, "screen-blank")
    assert blank.cause == "suspected"
    assert f"Suspected, not proven: the script https://{STATIC}/app.js did not load (status 503)." in blank.message
    assert "It cannot be proven from a device: an empty script in its place heals nothing" in blank.message
    causes, _ = causes_of(linked)
    assert "stand_in" in {trial.factor for trial in causes.trials}
    assert not [trial for trial in causes.trials if trial.ending == "stopped"]


@pytest.mark.parametrize(
    ("name", "factor", "proof"),
    [
        (
            "font-never-comes",
            "stand_in",
            f"Proven: the missing https://{FONTS}/bulb-icons.ttf is why; with an empty answer in its place, the page",
        ),
        (
            "endless-spinner",
            "agreeing",
            f"Proven: what https://{LOGIN}/poll answers is why; with every “false” in that made “true”, the page",
        ),
    ],
)
async def test_what_a_page_waits_for_is_proven_by_answering_in_the_servers_stead(
    bench, phone, firefox, name, factor, proof
):
    bench.arm(faults=[name])
    bench.projects = {"Phone": phone, "Firefox": firefox}
    linked = await looked_into(bench, expect={"timeout": 4_000})
    blanks = found(linked, "screen-blank")
    assert {blank.cause for blank in blanks} == {"proven"}
    assert {case for blank in blanks for case in blank.cases} == {"phone-na", "firefox-na"}
    assert all(f"{proof} came." in blank.message for blank in blanks)
    for project in ("Phone", "Firefox"):
        causes, _ = causes_of(linked, project)
        assert causes.unfinished is None
        assert len(causes.trials) <= 15
        assert [trial.factor for trial in causes.trials if trial.ending == "stopped"] == [factor]


@pytest.mark.parametrize(
    ("name", "factor", "proof"),
    [
        ("covered-consent", "uncovered", "Proven: aside.notice over the page is why"),
        ("button-out-of-reach", "wide_screen", "Proven: its narrow screen is why; on a screen 1280 pixels wide"),
    ],
)
async def test_what_keeps_a_button_from_being_pressed_is_proven_on_narrow_screens_only(
    bench, phone, name, factor, proof
):
    bench.arm(faults=[name])
    bench.projects = {"Phone": phone, "Desktop": DESKTOP}
    linked = await looked_into(bench, expect={"timeout": 3_000})
    (reach,) = found(linked, "screen-control-reachable")
    assert (reach.cause, reach.cases) == ("proven", ("phone-na",))
    assert proof in reach.message
    causes, _ = causes_of(linked)
    assert [trial.factor for trial in causes.trials if trial.ending == "arrived"] == [factor]


async def test_a_script_that_breaks_the_page_is_proven_by_leaving_it_out(bench, phone, firefox, monkeypatch):
    kept = static_hosts.named
    breaks = "document.documentElement.style.display = 'none';\nfunction go() { undefined.x; }\ngo();"

    def named(name):
        return Response(breaks, media_type="text/javascript") if name == "reload.js" else kept(name)

    monkeypatch.setattr(static_hosts, "named", named)
    bench.arm(faults=["reloads-for-ever"])
    bench.projects = {"Phone": phone, "Firefox": firefox}
    linked = await looked_into(bench)
    (blank,) = found(linked, "screen-blank")
    assert (blank.cause, sorted(blank.cases)) == ("proven", ["firefox-na", "phone-na"])
    assert f"Proven: the script https://{LOGIN}/reload.js is why; without it, the page came." in blank.message


@pytest.mark.parametrize("how", ["frame-ancestors", "X-Frame-Options"])
async def test_a_ban_on_frames_is_proven_by_lifting_it(bench, phone, firefox, monkeypatch, how):
    kept = federation._headers

    def banned(request):
        policy, _, _ = kept(request)["Content-Security-Policy"].partition("; frame-ancestors")
        ban = {"X-Frame-Options": "DENY"} if how == "X-Frame-Options" else {}
        ancestors = "" if ban else "; frame-ancestors 'none'"
        return {**kept(request), **ban, "Content-Security-Policy": policy + ancestors}

    monkeypatch.setattr(federation, "_headers", banned)
    bench.arm(faults=["framed-login"])
    bench.projects = {"Phone": phone, "Firefox": firefox}
    linked = await looked_into(bench)
    for project in ("Phone", "Firefox"):
        causes, _ = causes_of(linked, project)
        healed = [(trial.factor, trial.address) for trial in causes.trials if trial.ending == "stopped"]
        assert healed == [("framing", f"https://{HOMEPASS}/authorize")], causes
        assert not {trial.factor for trial in causes.trials} & {"stand_in", "agreeing"}


LOOKS_THROUGH_IT = {
    "blocks": "for (;;);",
    "leaves": 'location.replace("/privacy");',
    "opens windows": "setInterval(() => open(location.href), 40);",
    "empties itself": "document.documentElement.remove();",
}
"""What a page does that finds a host of its own missing, as it is nowhere but in a simulation."""


@pytest.mark.parametrize("does", LOOKS_THROUGH_IT)
async def test_a_page_that_detects_the_simulation_does_not_hold_the_run_up(bench, monkeypatch, does):
    kept = static_hosts.named

    def named(name):
        if name != "reload.js":
            return kept(name)
        return Response(f"if (!window.brightbulb) {LOOKS_THROUGH_IT[does]}", media_type="text/javascript")

    monkeypatch.setattr(static_hosts, "named", named)
    bench.arm(faults=["reloads-for-ever"])
    linked = await looked_into(bench)
    assert linked.case("Phone").linked
    _, simulated = causes_of(linked)
    assert simulated.ending.kind not in {"arrived", "stopped"}
    (missing,) = found(linked, "domains-complete")
    assert (missing.subject, missing.cause) == (STATIC, "proven")
    assert linked.case("Phone").duration_s < 60


async def test_a_simulation_and_the_measured_walk_stand_side_by_side(bench):
    bench.arm(faults=["blank-without-script"])
    linked = await looked_into(bench)
    (difference,) = linked.report.differences
    assert difference.simulated
    assert (difference.broken.walk, difference.healthy.walk) == ("simulated", "measured")
    assert STATIC in difference.text
    page = (linked.folder / "report.html").read_text("utf-8")
    assert "With the Domain List enforced" in page
    assert "As it was" in page


async def test_a_login_that_needs_a_second_window_is_proven_once_for_each_kind_of_device(bench, phone):
    bench.arm(faults=["new-window-on-phones"])
    bench.projects = {"Phone": phone, "Other": {**phone, "device": "Pixel 5"}, "View": WEB_VIEW, "Desktop": DESKTOP}
    linked = await looked_into(bench)
    (window,) = found(linked, "auth-no-popups")
    assert (window.cause, sorted(window.cases)) == ("proven", ["other-na", "phone-na", "view-na"])
    assert "Proven: where no second window can open, the login on" in window.message
    (first,) = {"other-na", "phone-na"} & set(window.proven_in)
    assert sorted(window.proven_in) == sorted([first, "view-na"])
    follower = "Other" if first == "phone-na" else "Phone"
    causes, _ = causes_of(linked, follower)
    assert [(one.factor, one.case) for one in causes.elsewhere] == [("one_window", first)]
    assert causes.trials == ()
    page = (linked.folder / "report.html").read_text("utf-8")
    assert "The other 1 case shows the same, untried." in page


@pytest.mark.parametrize("name", ["framed-login", "third-party-cookie"])
async def test_a_login_that_needs_cookies_of_other_sites_is_proven_to_once_per_run(bench, phone, name):
    bench.arm(faults=[name])
    bench.projects = {"Phone": phone, "View": WEB_VIEW}
    linked = await looked_into(bench)
    (need,) = found(linked, "auth-no-third-party-cookie-dependence")
    assert (need.cause, need.confidence) == ("proven", "certain")
    assert "Proven: with cookies of other sites blocked, the login on" in need.message
    tried = [causes_of(linked, project)[0].trials for project in ("Phone", "View")]
    assert sorted(len(trials) for trials in tried) == [0, 2]
    assert len(need.proven_in) == 1
    (follower,) = [each for project in ("Phone", "View") for each in causes_of(linked, project)[0].elsewhere]
    assert (follower.factor, follower.case) == ("foreign_cookies", need.proven_in[0])


def refused_calls(monkeypatch, refuses):
    """The login page is shown to no user agent that ``refuses`` is true of."""
    monkeypatch.setattr(authorize, "is_web_view", refuses)


@pytest.mark.parametrize(
    ("project", "refuses", "fallback"),
    [
        ({"device": "Pixel 7", "surface": "custom-tab", "browserName": "chromium"}, "Android", "Desktop Chrome"),
        ({"device": "Galaxy S24", "surface": "webview", "browserName": "chromium"}, "Android", "Desktop Chrome"),
        (DESKTOP, "Windows", "Pixel 7"),
    ],
)
async def test_a_device_that_is_a_plain_browser_is_tried_as_another_one(bench, monkeypatch, project, refuses, fallback):
    refused_calls(monkeypatch, lambda agent: refuses in agent)
    bench.arm(faults=["unsupported-browser"])
    bench.projects = {"Refused": project}
    linked = await looked_into(bench)
    (told,) = [one for one in linked.report.findings if one.cause == "proven"]
    assert f"Proven: its user agent is why; with the user agent of {fallback} instead, and its client" in told.message
    causes, _ = causes_of(linked, "Refused")
    healed = [trial for trial in causes.trials if trial.ending == "stopped"]
    assert [(trial.factor, trial.like) for trial in healed] == [("user_agent", fallback)]
    later = [trial for trial in causes.trials if trial.factor == "nothing" and trial.n > healed[0].n]
    assert [trial.ending for trial in later] == [later[0].ending] * 2


async def test_a_phone_that_is_not_said_to_be_one_is_not_tried_as_itself(build):
    devices = {name: {"user_agent": f"Mozilla/5.0 ({name})"} for name in ("Pixel 7", "Desktop Chrome")}
    use = Use(user_agent=devices["Pixel 7"]["user_agent"], surface="browser")
    plan = SimpleNamespace(project=SimpleNamespace(use=use))
    stopped = build.walk(answer=None, ending="login_not_found", login=())
    found = suspected_factors(stopped, plan, device_settings(use, devices, "chromium"), devices, {})
    assert [(one.factor, one.like) for one in found] == [("user_agent", "Desktop Chrome")]


@pytest.mark.parametrize(
    ("touch", "engine", "ending", "tried"),
    [
        (True, "chromium", "dead_end", True),
        (True, "webkit", "dead_end", True),
        (True, "chromium", "login_not_found", False),
        (True, "firefox", "dead_end", False),
        (False, "chromium", "dead_end", False),
    ],
)
async def test_a_tap_that_nothing_came_of_is_tried_with_a_mouse(build, touch, engine, ending, tried):
    use = Use(surface="browser", has_touch=touch)
    own = device_settings(use, {}, engine)
    pressed = LoginStep(at=9.0, action="submit", target="button “Sign in”", what="submit", outcome="done")
    stopped = build.walk(answer=None, ending=ending, login=(pressed,))
    found = suspected_factors(stopped, SimpleNamespace(project=SimpleNamespace(use=use)), own, {}, {})
    assert [one.factor for one in found] == (["mouse"] if tried else [])
    assert all(not one.change.applied(own).has_touch for one in found)


async def test_a_device_that_got_through_lends_its_user_agent(bench, phone, monkeypatch):
    refused_calls(monkeypatch, lambda agent: "Android" in agent)
    bench.arm(faults=["unsupported-browser"])
    bench.projects = {"Desk": {**DESKTOP, "device": "Desktop Edge"}, "Phone": phone}
    linked = await looked_into(bench, workers=1)
    (told,) = [one for one in linked.report.findings if one.cause == "proven"]
    assert (told.cases, "with the user agent of Desk instead" in told.message) == (("phone-na",), True)


async def test_what_is_suspected_in_a_thread_does_not_see_other_cases_end(build, monkeypatch):
    through, seen = {}, []

    def suspects(measured, plan, own, devices, known):
        through["Desk"] = own
        seen.append(dict(known))
        return ()

    monkeypatch.setattr("e2e_linker.run.causes.suspected_factors", suspects)
    shared = SimpleNamespace(devices={}, through=through)
    walker = SimpleNamespace(shared=shared, plan=None, settings=None)
    stopped = build.walk(answer=None, ending="login_not_found", login=())
    await Investigation(walker, lambda _: None, None).run(stopped)
    assert (seen, list(through)) == ([{}], ["Desk"])


def answered(build, status, ending="login_not_found"):
    return build.walk([build.get(build.authorization().url, status=status)], answer=None, ending=ending, login=())


@pytest.mark.parametrize(("status", "tried"), [(429, False), (503, True), (403, True), (200, True)])
async def test_a_login_that_a_limit_stopped_is_not_asked_for_again_and_again(build, status, tried):
    assert worth_trials(answered(build, status)) is tried


async def test_a_trial_that_a_limit_stopped_proves_nothing(build, monkeypatch):
    async def walked(*_):
        return answered(build, 429)

    monkeypatch.setattr(Investigation, "_walked", walked)
    monkeypatch.setattr("e2e_linker.run.causes.suspected_factors", lambda *_: (ONE_WINDOW,))
    shared = SimpleNamespace(devices={}, through={}, door=SimpleNamespace(shut=None))
    walker = SimpleNamespace(shared=shared, plan=None, settings=None)
    looked = Investigation(walker, lambda _: None, None)
    await looked.run(answered(build, 403))
    assert looked.evidence().value.trials == ()
    assert "the server is asked too often" in looked.evidence().value.unfinished


async def test_a_server_that_fails_now_and_then_is_not_blamed_on_the_user_agent(bench, phone, monkeypatch):
    asked = []

    def refuses(agent):
        asked.append(agent)
        return "Android" in agent and sum("Android" in one for one in asked) != 3

    refused_calls(monkeypatch, refuses)
    bench.arm(faults=["unsupported-browser"])
    linked = await looked_into(bench)
    causes, _ = causes_of(linked)
    through = [trial.factor for trial in causes.trials if trial.ending == "stopped"]
    assert sorted(through) == ["nothing", "user_agent"]
    assert not [one for one in linked.report.findings if one.cause == "proven"]


AS_PLAIN = Suspected(
    factor="user_agent", changed="the user agent: plain", change=Change(settings=lambda settings: settings)
)


async def healed_at(build, monkeypatch, fails, ending="login_not_found", status=500):
    """The trials of a walk whose server fails where ``fails`` says so, told what was changed, and the proof."""

    def made(broken):
        return answered(build, status, ending) if broken else build.walk(answer=None, ending="stopped", login=())

    async def walked(_, number, change, *__):
        return made(fails("user_agent" if change is AS_PLAIN.change else "nothing"))

    monkeypatch.setattr(Investigation, "_walked", walked)
    monkeypatch.setattr("e2e_linker.run.causes.suspected_factors", lambda *_: (AS_PLAIN,))
    shared = SimpleNamespace(devices={}, through={}, door=SimpleNamespace(shut=None))
    walker = SimpleNamespace(shared=shared, plan=None, settings=None)
    measured = made(broken=True)
    looked = Investigation(walker, lambda _: None, None)
    await looked.run(measured)
    case = build.case(measured, causes=looked.evidence())
    return looked.evidence().value.trials, case_facts(case).get("healing_trial").value


async def test_a_user_agent_that_a_server_always_fails_for_is_proven_by_trials_each_way(build, monkeypatch):
    trials, proof = await healed_at(build, monkeypatch, lambda factor: factor == "nothing")
    assert proof.factor == "user_agent"
    assert sorted(trial.factor for trial in trials) == ["nothing"] * 4 + ["user_agent"] * 4
    assert {trial.server_error for trial in trials if trial.factor == "nothing"} == {500}
    assert all(trial.server_error is None for trial in trials if trial.factor == "user_agent")


@pytest.mark.parametrize("luck", [{"user_agent": [0, 1]}, {"nothing": [1, 0]}, {"user_agent": [0, 0, 0, 1]}])
async def test_a_server_that_fails_by_luck_blames_no_user_agent(build, monkeypatch, luck):
    left = {factor: list(ends) for factor, ends in luck.items()}

    def fails(factor):
        return left[factor].pop(0) if left.get(factor) else factor == "nothing"

    trials, proof = await healed_at(build, monkeypatch, fails)
    assert proof is None
    assert not any(left.values())
    assert len(trials) == 2 * sum(map(len, luck.values()))


async def test_what_no_server_failed_at_is_tried_as_often_as_before(build, monkeypatch):
    trials, proof = await healed_at(build, monkeypatch, lambda factor: factor == "nothing", status=403)
    assert proof is not None
    assert sorted(trial.factor for trial in trials) == ["nothing"] * 3 + ["user_agent"]


async def test_what_is_tried_again_is_no_more_at_a_time_than_at_first(build, monkeypatch):
    several = tuple(
        replace(AS_PLAIN, changed=f"{n}", change=Change(settings=AS_PLAIN.change.settings)) for n in range(7)
    )
    now, most = [], []

    async def walked(_, number, change, *__):
        now.append(number)
        most.append(len(now))
        await asyncio.sleep(0.01)
        now.remove(number)
        heals = any(change is each.change for each in several)
        return build.walk(answer=None, ending="stopped", login=()) if heals else answered(build, 500)

    monkeypatch.setattr(Investigation, "_walked", walked)
    monkeypatch.setattr("e2e_linker.run.causes.suspected_factors", lambda *_: several)
    shared = SimpleNamespace(devices={}, through={}, door=SimpleNamespace(shut=None))
    looked = Investigation(SimpleNamespace(shared=shared, plan=None, settings=None), lambda _: None, None)
    await looked.run(answered(build, 500))
    assert len(looked.evidence().value.trials) == 4 * (len(several) + 1)
    assert max(most) == 3


async def blamed_at(build, monkeypatch, fails, status=500):
    """The trials of a simulation whose server fails where ``fails`` says so, told what is refused; and the facts."""
    hosts = (STATIC, FONTS)

    def made(broken, **more):
        step = [build.get(build.authorization().url, status=status)]
        return build.walk(step, answer=None, ending="login_not_found", **more) if broken else build.walk(**more)

    async def walked(_, number, change, *__):
        return made(fails(frozenset(host for host in hosts if change.refuse(host, 443))))

    monkeypatch.setattr(Investigation, "_walked", walked)
    more = {"id": "simulated", "purpose": "simulated", "variation": {"refused": list(hosts)}}
    measured, simulation = build.walk(), made(broken=True, **more)
    door, searching = SimpleNamespace(shut=None), asyncio.Lock()
    shared = SimpleNamespace(skill=build.skill(), culprits=[], searching=searching, door=door)
    looked = Investigation(SimpleNamespace(shared=shared), lambda _: None, None)
    with suppress(Exception):
        await looked._to_blame(measured, hosts, simulation)
    facts = case_facts(build.case(measured, simulation, causes=looked.evidence()))
    return looked.evidence().value.trials, facts.get("simulation").value, facts.get("host_cause").value


async def test_a_host_without_which_a_server_always_fails_is_proven(build, monkeypatch):
    trials, made, cause = await blamed_at(build, monkeypatch, lambda refused: STATIC in refused)
    assert made.broken
    assert (cause.hosts, cause.proven) == ((STATIC,), True)
    assert len([trial for trial in trials if trial.hosts == (STATIC,)]) > 1
    few, _, cause = await blamed_at(build, monkeypatch, lambda refused: STATIC in refused, status=404)
    assert (cause.hosts, cause.proven) == ((STATIC,), True)
    assert len(few) < len(trials)


@pytest.mark.parametrize("luck", [[1, 1, 0, 0], [1, 0, 0, 0], [1, 0, 0, 1, 1], [1, 0, 0, 1, 0, 1], [1, 1, 1, 1]])
async def test_a_server_that_fails_by_luck_blames_no_unlisted_host(build, monkeypatch, luck):
    left = list(luck)
    _, made, cause = await blamed_at(build, monkeypatch, lambda _: left.pop(0) if left else 0)
    assert cause is None
    assert made is None or not made.broken
