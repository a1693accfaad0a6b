"""What is gathered once per run, where several runs become one."""

from __future__ import annotations

from datetime import timedelta

import pytest

from e2e_linker.evidence.models import Failed, NotCollected, Picture, Present
from e2e_linker.evidence.redact import SecretRegistry
from e2e_linker.evidence.served_tls import ServedTls, TlsHandshake
from e2e_linker.evidence.store import RunStore, open_run
from e2e_linker.evidence.token_calls import ProbedLink, SkippedProbe, TokenBattery
from e2e_linker.report.anchors import Anchors
from e2e_linker.run.gathered_together import served_together
from e2e_linker.run.merge import merge, merge_folders
from e2e_linker.run.saved import saved_report

REFUSED = {"body": {"error": "invalid_grant"}, "status": 400}
BROKEN = {"body": "", "status": 500}
NOBODY = NotCollected(reason="no case reached Alexa")


@pytest.fixture
def battery(build, pieces):
    """A battery on ``case`` of one link that was refreshed, and of a refresh with a token that does not exist."""

    def make(case="phone-na", *, refreshed=None, unknown=None):
        called = {"probe": "refresh", "link": "refresh-1"}
        calls = (
            pieces.token_call(n=2, **called),
            pieces.token_call(n=3, purpose="refresh", step=2, **called, **(refreshed or {})),
            pieces.token_call(n=4, purpose="refresh", probe="bad_refresh_token", **(unknown or REFUSED)),
        )
        link = ProbedLink(
            id="refresh-1", probe="refresh", region="NA", redirect_uri=build.redirect_uri(), walk="minted-refresh-1",
            code="<code#2>",
        )  # fmt: skip
        skipped = (SkippedProbe(probe="code_later", reason="only made at --depth thorough"),)
        return Present(value=TokenBattery(case=case, links=(link,), calls=calls, skipped=skipped))

    return make


@pytest.fixture
def saved(tmp_path, build, pieces):
    """Saves a run of one case, whose calls count on from the first; returns its folder."""

    def save(name, *cases, again=0, picture=None, **more):
        options = {"cases": list(cases), "depth": "standard"}
        with RunStore.create(tmp_path / "runs", name, SecretRegistry()) as store:
            screens = ()
            if picture is not None:
                path = store.add_picture("run", picture, "step")
                seen = Present(value=Picture(path=path, width=4, height=4, sha256="0"))
                screens = (pieces.screen(1, 0.1, pieces.digest()).model_copy(update={"picture": seen}),)
            walks = [
                build.walk(id=id_, purpose=purpose, screens=screens)
                for id_, purpose in (("minted-refresh-1", "minted"), ("parallel-a", "parallel"))
            ]
            for case in cases:
                calls = Present(value=(pieces.token_call(),))
                store.write_case(build.case(build.walk(), facts={"id": case}, token_calls=calls))
            began = build.run().started_at + timedelta(minutes=again)
            store.write_run(build.run(*walks, run_id=name, options=options, **({"started_at": began} | more)))
        return store.path

    return save


def rules(report):
    return {found.rule for found in report.findings}


@pytest.mark.parametrize("turned", [False, True])
def test_what_any_shard_fails_for_fails_the_whole(saved, battery, tmp_path, turned):
    shards = [
        saved("one", "phone-na", battery=battery(unknown=BROKEN)),
        saved("two", "tablet-na", battery=battery("tablet-na", refreshed=BROKEN)),
        saved("three", "desk-na", battery=battery("desk-na")),
    ]
    report, folder = merge_folders(shards[::-1] if turned else shards, tmp_path / "merged")
    assert (report.verdict, report.exit_code) == ("failed", 1)
    told = {(found.audit, found.fingerprint) for found in report.findings}
    for shard in shards:
        assert {(found.audit, found.fingerprint) for found in saved_report(shard)[0].findings} <= told
    assert {"token-refresh-works", "token-error-semantics"} <= rules(report)
    assert saved_report(folder)[0] == report


def test_evidence_of_every_run_is_shown_where_findings_lead_to_it(saved, battery, tmp_path):
    shards = [
        saved("one", "phone-na", battery=battery()),
        saved("two", "tablet-na", battery=battery("tablet-na", refreshed=BROKEN)),
    ]
    report, _ = merge_folders(shards, tmp_path / "merged")
    (found,) = [one for one in report.findings if one.rule == "token-refresh-works"]
    calls = {str(event.n): event for probe in report.token_probes.probes for event in probe.events}
    shown = calls[found.evidence[0].ref]
    assert (shown.status, shown.link) == (500, "refresh-2")
    assert Anchors(report).of(found.evidence[0]) == f"call-{shown.n}"
    assert found.evidence[0].case == "tablet-na"
    own = [event.n for story in report.token_story.values() for event in story]
    assert len({*own, *map(int, calls)}) == len(own) + len(calls) == 8
    assert [skip.probe for skip in report.token_probes.skipped] == ["code_later"]
    assert report.token_probes.case is None


def test_what_other_runs_did_alike_is_not_shown_again(saved, battery, tmp_path):
    shards = [saved(name, f"{name}-na", battery=battery(f"{name}-na")) for name in ("a", "b", "c", "d")]
    shards.append(saved("e", "e-na", battery=battery("e-na", refreshed=BROKEN)))
    healthy, _ = merge_folders(shards[:4], tmp_path / "healthy")
    assert healthy.token_probes.case == "a-na"
    assert [len(probe.events) for probe in healthy.token_probes.probes] == [2, 1]
    broken, _ = merge_folders(shards, tmp_path / "broken")
    links = [link.id for probe in broken.token_probes.probes for link in probe.links]
    assert links == ["refresh-1", "refresh-5"]


def test_walks_and_links_of_several_runs_keep_names_of_their_own(saved, battery):
    shards = [
        saved("one", "phone-na", battery=battery()),
        saved("two", "tablet-na", battery=battery("tablet-na")),
        saved("three", "desk-na", battery=battery("desk-na")),
    ]
    run = merge([open_run(shard) for shard in shards], run_id="all").run
    parts = [run, *run.further]
    assert [[link.id for link in part.battery.value.links] for part in parts] == [
        ["refresh-1"], ["refresh-2"], ["refresh-3"],
    ]  # fmt: skip
    for number, part in enumerate(parts, 1):
        nth = f"~{number}" if number > 1 else ""
        walks = [walk.id for walk in part.probes.value]
        assert walks == [f"minted-refresh-{number}", f"parallel-a{nth}"]
        assert part.battery.value.links[0].walk == walks[0]
        assert {call.link for call in part.battery.value.calls} == {f"refresh-{number}", None}


def test_a_merged_run_is_merged_with_others_as_its_parts_would_be(saved, battery, tmp_path):
    one, two, three = (
        saved(name, case, battery=battery(case, refreshed=answer))
        for name, case, answer in (("one", "phone-na", {}), ("two", "tablet-na", BROKEN), ("three", "desk-na", {}))
    )
    at_once, _ = merge_folders([one, two, three], tmp_path / "at-once")
    _, half = merge_folders([one, two], tmp_path / "half")
    later, folder = merge_folders([half, three], tmp_path / "later")
    for field in ("findings", "outcomes", "token_probes", "run_requests", "verdict", "headline"):
        assert getattr(later, field) == getattr(at_once, field)
    assert len(open_run(folder).run.further) == 2


def test_pictures_of_every_run_come_along(saved, tmp_path):
    shards = [saved("one", "phone-na", picture=b"one"), saved("two", "tablet-na", picture=b"two")]
    _, folder = merge_folders(shards, tmp_path / "merged")
    run = open_run(folder).run
    paths = [part.probes.value[0].screens.value[0].picture.value.path for part in (run, *run.further)]
    assert [(folder / path).read_bytes() for path in paths] == [b"one", b"two"]


@pytest.mark.parametrize("turned", [False, True])
def test_what_one_run_knows_is_known(saved, battery, tmp_path, turned):
    refused = (SkippedProbe(probe="refresh", reason="the measured exchange failed"),)
    nothing = Present(value=TokenBattery(case="tablet-na", skipped=refused))
    for n, unknown in enumerate((nothing, NOBODY)):
        shards = [saved(f"one{n}", "phone-na", battery=battery()), saved(f"two{n}", "tablet-na", battery=unknown)]
        report, _ = merge_folders(shards[::-1] if turned else shards, tmp_path / f"merged{n}")
        (outcome,) = [one for one in report.outcomes if one.audit == "refreshing"]
        assert outcome.status == "passed"
        probes = {probe.probe for probe in report.token_probes.probes}
        assert probes == {"refresh", "bad_refresh_token"}
        assert {skip.probe for skip in report.token_probes.skipped} == {"code_later"}


@pytest.mark.parametrize(("again", "failed"), [("retry", False), ("repeat", True)])
def test_what_was_tried_again_stands_in_for_what_it_repeats(saved, battery, tmp_path, again, failed):
    served = Present(value=(host(trust="expired", trust_detail="it expired"),))
    flaky = saved("one", "phone-na", battery=battery(refreshed=BROKEN), served_tls=served)
    passing = saved("two", "phone-na", again=1, battery=battery(), served_tls=Present(value=(host(),)))
    report, folder = merge_folders([passing, flaky], tmp_path / "merged", again=again)
    assert ("token-refresh-works" in rules(report)) is failed
    assert ("auth-cert-trusted-ca" in rules(report)) is failed
    assert bool(open_run(folder).run.further) is failed


def test_what_was_not_gathered_again_still_counts(saved, battery, tmp_path):
    flaky = saved("one", "phone-na", battery=battery(refreshed=BROKEN))
    again = saved("two", "phone-na", again=1, battery=NOBODY, probes=NOBODY)
    others = saved("three", "phone-na", "tablet-na", battery=battery(refreshed=BROKEN))
    for n, folders in enumerate(([flaky, again], [others, saved("four", "phone-na", again=1, battery=battery())])):
        report, _ = merge_folders(folders, tmp_path / f"merged{n}", again="retry")
        assert "token-refresh-works" in rules(report)


def host(name="login.example.com", **more):
    shaken = tuple(TlsHandshake(offer=offer, version="TLSv1.3", cipher="C") for offer in ("java8_tls12", "tls13"))
    given = {"chain": Present(value=()), "trust": "trusted", "handshakes": shaken, "at": "2026-11-20T12:00:00Z"}
    return ServedTls(**{"host": name, "port": 443, "roles": ("page",), **given, **more})


@pytest.mark.parametrize("turned", [False, True])
def test_of_a_host_that_several_runs_asked_the_worst_counts(turned):
    silent = host(chain=Failed(error="no answer"), trust=None, handshakes=())
    expired = host(trust="expired", trust_detail="it expired", roles=("token",))
    narrow = host(handshakes=(TlsHandshake(offer="java8_tls12", failure="refused"), host().handshakes[1]))
    other = host("cdn.example.com", roles=())
    for known, kept in (
        ([host(), expired, narrow], expired.model_copy(update={"roles": ("token", "page")})),
        ([host(), silent, narrow], narrow),
        ([silent, host()], host()),
        ([silent, silent], silent),
    ):
        parts = [Present(value=(one, other)) for one in (known[::-1] if turned else known)]
        assert served_together([NOBODY, *parts]).value == (kept, other)
    assert served_together([NOBODY, NOBODY]) == NOBODY


def test_hosts_that_only_one_run_asked_are_all_known():
    parts = [Present(value=(host("a.example.com"),)), Present(value=(host("b.example.com"),))]
    assert [one.host for one in served_together(parts).value] == ["a.example.com", "b.example.com"]
