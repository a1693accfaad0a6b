"""Troubles, healthy variants and faults in the judging: how each run against the range ends."""

from __future__ import annotations

from dataclasses import replace

import pytest

from e2e_linker.audits import runner
from e2e_linker.demo import names
from e2e_linker.demo.catalogue import troubles, variants
from e2e_linker.model import Depth, Grant
from e2e_linker.run.saved import FILES, judge_again

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

BEFORE_ANY_PAGE = {"hang", "endless-redirect"}
"""Troubles that also meet somebody who is signed in already."""
DEADLINES = {"hang": 3_000, "never-settles": 6_000}


@pytest.mark.parametrize("name", troubles())
async def test_a_trouble_ends_by_its_name_and_harms_no_other_case(bench, name):
    spec = troubles()[name]
    bench.arm(name)
    bench.projects = {"Phone": bench.projects["Phone"], "Signed in": bench.signed_in()}
    run = await bench.link(timeout=DEADLINES.get(name, 20_000))
    assert run.endings["Phone"] in spec.ends
    assert run.endings["Signed in"] in (spec.ends if name in BEFORE_ANY_PAGE else {"arrived"})
    if "arrived" in spec.ends:
        assert run.report.exit_code == 0, run.advice
    else:
        assert run.report.exit_code == (1 if run.report.findings else 3), run.advice
        certain = [f.rule for f in run.report.findings if f.severity == "breaks" and f.confidence == "certain"]
        assert certain == (["screen-error-page"] if name == "endless-redirect" else []), run.advice
    saved = run.saved()
    assert not saved.interrupted
    assert not saved.changed
    assert all(case.walks[0].requests.value for case in saved.cases)


@pytest.mark.parametrize("name", variants())
async def test_nothing_is_wrong_with_a_healthy_variant(bench, name):
    bench.arm(name)
    bench.projects = {"Phone": bench.signed_in() if variants()[name].signed_in else bench.projects["Phone"]}
    run = await bench.link()
    assert run.case("Phone").linked
    assert run.advice == []
    assert run.report.verdict == "passed"
    assert run.report.exit_code == 0


@pytest.mark.parametrize("name", sorted(variants())[::3])
async def test_nothing_is_wrong_with_a_healthy_variant_in_firefox(bench, firefox, name):
    bench.arm(name)
    use = {**firefox, "storageState": bench.signed_in()["storageState"]} if variants()[name].signed_in else firefox
    bench.projects = {"Desktop": use}
    run = await bench.link()
    assert run.case("Desktop").linked
    assert run.advice == []
    assert run.report.verdict == "passed"


async def test_what_a_service_worker_asks_for_behind_a_private_root_is_recorded(bench):
    bench.arm("worker-built")
    (case,) = (await bench.link()).saved().cases
    walk = case.walks[0]
    assert [worker.url for worker in walk.service_workers.value] == [f"https://{names.LOGIN}/worker.js"]
    asked = [request.url for request in walk.requests.value if request.service_worker]
    assert asked == [f"https://{names.LOGIN}/worker.js", f"https://{names.LOGIN}/captcha.svg"]
    (answered,) = (request for request in walk.requests.value if request.url.endswith("/form-is-ready"))
    assert answered.status == 204
    assert "/form-is-ready" not in {seen.path for seen in bench.range.requests_seen}


async def test_a_login_in_a_popup_is_reported_and_followed(bench):
    bench.arm(faults=["popup-login"])
    run = await bench.link()
    assert run.case("Phone").linked
    assert run.report.exit_code == 1
    assert any("popup" in found.rule or "window" in found.rule for found in run.report.findings), run.advice


SAVED = {
    "healthy": ((), (), Grant.AUTH_CODE),
    "implicit": ((), (), Grant.IMPLICIT),
    "stuck": (("captcha",), (), Grant.AUTH_CODE),
    "broken": ((), ("huge-code", "token-html"), Grant.AUTH_CODE),
}


@pytest.mark.parametrize("shape", SAVED)
async def test_a_saved_run_gives_the_same_report_again(bench, firefox, shape):
    with_variants, with_faults, grant = SAVED[shape]
    bench.arm(*with_variants, faults=with_faults, grant=grant)
    # Not in the order of the alphabet: the order of the configuration is kept.
    bench.projects = {"Phone": bench.projects["Phone"], "Desktop": firefox}
    depth = Depth.STANDARD if shape == "healthy" else Depth.PASSIVE
    run = await bench.link(depth=depth, repeat=2 if shape == "implicit" else 1)
    before = {name: (run.folder / name).read_bytes() for name in FILES.values()}
    again, folder = judge_again(run.folder)
    assert again == run.report
    assert folder == run.folder.resolve()
    assert {name: (run.folder / name).read_bytes() for name in before} == before


async def test_an_audit_that_raises_is_errored_for_itself_alone(bench, monkeypatch):
    known = runner.all_audits()

    def judge(walk):
        raise ZeroDivisionError("made up")

    broken = {**known, "state-parameter": replace(known["state-parameter"], judge=judge)}
    monkeypatch.setattr(runner, "all_audits", lambda: broken)
    run = await bench.link()
    assert (run.report.verdict, run.report.exit_code) == ("errored", 4)
    outcomes = [*run.report.outcomes, *run.case("Phone").outcomes]
    errored = {outcome.audit: outcome.reason for outcome in outcomes if outcome.status == "errored"}
    assert errored == {"state-parameter": "ZeroDivisionError: made up"}
    assert sum(outcome.status == "passed" for outcome in outcomes) > 20
    assert run.case("Phone").linked


async def test_a_refused_cookie_is_told_also_where_a_script_logs_in(bench):
    bench.arm("spa-fragment", faults=["cookie-of-another-site"])
    run = await bench.link()
    (found,) = run.report.findings
    assert (found.rule, found.severity) == ("screen-error-page", "breaks")
    assert "`bb_session`, which is for brightbulb-staging.test" in found.message


async def test_a_large_cookie_of_the_whole_site_matters_whichever_of_its_hosts_sets_it(bench):
    bench.arm("api-login", faults=["cookie-over-4096"])
    run = await bench.link()
    assert [(found.rule, found.severity) for found in run.report.findings] == [("cookie-within-4096", "degrades")]
