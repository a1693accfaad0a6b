"""Audits get what they named and nothing else; what is missing, broken or unknown stays with the audit it concerns."""

from __future__ import annotations

from dataclasses import replace

import pytest

from e2e_linker.audits.base import (
    Audit,
    Errored,
    EvidenceRef,
    Failed,
    Inconclusive,
    NotApplicable,
    Options,
    Passed,
    finding,
    verdict,
)
from e2e_linker.audits.registry import audits
from e2e_linker.audits.runner import CaseTable, judge_case, judge_run, selected
from e2e_linker.derive.base import case_facts
from e2e_linker.evidence.models import Failed as FailedPart
from e2e_linker.evidence.models import NotCollected
from e2e_linker.model import Depth, Severity

RULE = "auth-no-popups"
HERE = EvidenceRef(kind="request", ref="measured#1")


def audit(judge, **more):
    given = {"id": "under-test", "rules": (RULE,), "title": "fine", "failed_title": "not fine", **more}
    return Audit(judge=judge, **given)


def judged(build, *chosen, evidence=None, **options):
    return judge_case(evidence or build.case(), Options(**options), {one.id: one for one in chosen})[0]


def popup(**more):
    return finding(RULE, "a window", subject="window", at=HERE, **more)


def test_an_audit_gets_exactly_what_its_parameters_name(build):
    seen = {}

    def judge(requests, case, options, hosts):
        seen.update(requests=requests, case=case, options=options, hosts=hosts)
        return Passed()

    assert judged(build, audit(judge), repeat=3) == {"under-test": Passed()}
    assert seen["requests"][0].n == 1
    assert seen["case"].project == "phone"
    assert seen["options"].repeat == 3
    assert seen["hosts"][0].host == "login.example.com"


@pytest.mark.parametrize(
    ("part", "words"),
    [(NotCollected(reason="nobody looked"), "nobody looked"), (FailedPart(error="it broke"), "it broke")],
)
def test_a_missing_part_is_inconclusive_and_the_audit_is_not_asked(build, part, words):
    def judge(screens, dialogs):
        raise AssertionError("must not be asked")

    evidence = build.case(build.walk(screens=part))
    assert judged(build, audit(judge), evidence=evidence) == {
        "under-test": Inconclusive(missing=(f"screens: {words}",))
    }


def test_a_fact_made_of_a_missing_part_is_missing_in_the_same_words(build):
    evidence = build.case(build.walk().model_copy(update={"requests": NotCollected(reason="nobody listened")}))
    outcome = judged(build, audit(lambda hosts, requests: Passed()), evidence=evidence)["under-test"]
    assert outcome == Inconclusive(missing=("hosts: nobody listened", "requests: nobody listened"))


def test_a_case_that_was_not_started_is_inconclusive(build):
    evidence = build.case().model_copy(update={"walks": ()})
    outcome = judged(build, audit(lambda ending: Passed()), evidence=evidence)["under-test"]
    assert outcome == Inconclusive(missing=("ending: the case was not started",))


def test_an_audit_that_raises_is_errored_for_itself_alone(build):
    def broken(requests):
        return requests[99]

    outcomes = judged(build, audit(broken, id="broken"), audit(lambda ending: Passed(), id="sound"))
    assert outcomes == {"broken": Errored(fault="IndexError: tuple index out of range"), "sound": Passed()}


def test_an_audit_whose_findings_are_made_while_read_is_errored_too(build):
    def judge(ending):
        return verdict(popup() if n else {}[n] for n in range(2))

    assert judged(build, audit(judge))["under-test"].status == "errored"


def test_a_finding_of_an_undeclared_rule_is_a_defect_of_the_audit(build):
    def judge(ending):
        return verdict([finding("auth-no-js-dialogs", "x", subject="x", at=HERE)])

    outcome = judged(build, audit(judge))["under-test"]
    assert "reports auth-no-js-dialogs, which it does not declare" in outcome.fault


def test_findings_are_stamped_with_audit_and_case(build):
    def judge(ending):
        elsewhere = EvidenceRef(kind="host", ref="a.example", case="another")
        return verdict([popup(related=[HERE, elsewhere])])

    (found,) = judged(build, audit(judge))["under-test"].findings
    assert found.audit == "under-test"
    assert [ref.case for ref in (found.primary, *found.related)] == ["phone-na", "phone-na", "another"]


@pytest.mark.parametrize(
    ("rendering", "substitute", "told"), [(True, True, True), (False, True, False), (True, False, False)]
)
def test_a_substitute_engine_is_told_where_drawing_matters(build, rendering, substitute, told):
    evidence = build.case(facts={"substitute": substitute, "asked_engines": ("webkit", "chromium")})
    outcome = judged(build, audit(lambda ending: verdict([popup()]), rendering=rendering), evidence=evidence)
    assert ("seen on chromium; webkit is not installed" in outcome["under-test"].findings[0].message) is told


@pytest.mark.parametrize(
    ("depth", "needs", "status"),
    [
        (Depth.PASSIVE, Depth.PASSIVE, "passed"),
        (Depth.PASSIVE, Depth.STANDARD, "not_applicable"),
        (Depth.STANDARD, Depth.THOROUGH, "not_applicable"),
        (Depth.THOROUGH, Depth.STANDARD, "passed"),
    ],
)
def test_an_audit_waits_for_its_depth(build, depth, needs, status):
    outcome = judged(build, audit(lambda ending: Passed(), depth=needs), depth=depth)["under-test"]
    assert outcome.status == status
    if isinstance(outcome, NotApplicable):
        assert str(needs) in outcome.reason


def test_a_finding_may_be_milder_than_its_rule_but_never_worse():
    assert popup().severity is Severity.BREAKS
    assert popup(severity=Severity.RECOMMENDED).severity is Severity.RECOMMENDED
    advice = finding("auth-no-third-party-cookie-dependence", "x", subject="x", at=HERE, severity=Severity.BREAKS)
    assert advice.severity is Severity.RECOMMENDED


def test_fingerprints_depend_on_rule_and_subject_alone():
    assert popup().fingerprint == finding(RULE, "other words", subject="window", at=HERE).fingerprint
    assert popup().fingerprint != finding(RULE, "a window", subject="other", at=HERE).fingerprint


# Run scope and the table of cases


def test_case_and_run_audits_are_asked_apart(build):
    case_one, run_one = audit(lambda ending: Passed(), id="a"), audit(lambda skill: Passed(), id="b", scope="run")
    assert set(judged(build, case_one, run_one)) == {"a"}
    assert judge_run(build.run(), CaseTable((), ()), Options(), {"a": case_one, "b": run_one}) == {"b": Passed()}


def test_a_run_audit_without_its_part_is_inconclusive(build):
    run = build.run(probes=NotCollected(reason="passive"))
    outcome = judge_run(run, CaseTable((), ()), Options(), {"p": audit(lambda probes: Passed(), id="p", scope="run")})
    assert outcome == {"p": Inconclusive(missing=("probes: passive",))}


def test_a_run_audit_that_raises_is_errored_and_its_findings_keep_their_cases(build):
    def broken(cases):
        raise ValueError("no")

    def judge(cases):
        return verdict([popup().model_copy(update={"primary": HERE.model_copy(update={"case": "phone-na"})})])

    chosen = {"x": audit(broken, id="x", scope="run"), "y": audit(judge, id="y", scope="run")}
    outcomes = judge_run(build.run(), CaseTable((), ()), Options(), chosen)
    assert outcomes["x"] == Errored(fault="ValueError: no")
    assert isinstance(outcomes["y"], Failed)
    assert outcomes["y"].findings[0].primary.case == "phone-na"


def test_the_table_tells_who_has_what_and_who_lacks_it(build):
    sound = build.case()
    lost = build.case(build.walk(screens=NotCollected(reason="no eyes")), facts={"id": "blind"})
    table = CaseTable((sound, lost), [case_facts(sound), case_facts(lost)])
    assert [(case.id, screens) for case, screens in table.collect("screens")] == [("phone-na", ())]
    assert [case.id for case, _, _ in table.collect("ending", "hosts")] == ["phone-na", "blind"]
    assert table.missing("screens") == ("blind: screens: no eyes",)
    assert table.missing("ending") == ()


# Selection


def test_audits_are_chosen_by_their_id_or_rule():
    assert set(selected(only=["windows"])) == {"windows"}
    assert set(selected(only=["auth-no-popups"])) == {"unsent-answer", "windows"}
    assert set(selected(only=["auth-https-443"])) == {"authorization-url", "hop-transport", "page-tls", "tls-service"}
    assert set(selected()) == set(audits())


def test_audits_are_skipped_by_their_id_or_by_all_of_their_rules():
    assert "windows" not in selected(skip=["windows"])
    assert "windows" not in selected(skip=["auth-no-popups"])
    assert "domain-list" in selected(skip=["domains-complete"])
    assert "domain-list" not in selected(skip=["domains-complete", "domains-exact-host"])
    assert not selected(only=["windows"], skip=["windows"])


@pytest.mark.parametrize(
    ("only", "skip", "left"),
    [
        ((), (), ("domains-complete", "domains-exact-host")),
        (("domain-list",), (), ("domains-complete", "domains-exact-host")),
        (("domains-complete", "windows"), (), ("domains-complete",)),
        (("domain-list", "domains-complete"), (), ("domains-complete", "domains-exact-host")),
        ((), ("domains-complete",), ("domains-exact-host",)),
        (("domain-list",), ("domains-complete",), ("domains-exact-host",)),
        (("domains-complete",), ("domains-complete",), None),
        (("domains-complete",), ("domain-list",), None),
        (("windows",), (), None),
    ],
)
def test_of_the_rules_that_share_an_audit_only_those_wanted_are_left(only, skip, left):
    chosen = selected(only=only, skip=skip).get("domain-list")
    assert (chosen.rules if chosen else None) == left


OTHER = "auth-no-js-dialogs"


@pytest.fixture
def shared(monkeypatch):
    """An audit of two rules that finds both broken, as it is left where only ``rules`` are wanted."""

    def judge(ending):
        both = [popup(), finding(OTHER, "a dialog", subject="dialog", at=HERE)]
        return verdict(both, note="seen in passing")

    whole = audit(judge, rules=(RULE, OTHER))
    monkeypatch.setattr("e2e_linker.audits.runner.all_audits", lambda: {whole.id: whole})
    return lambda **choice: list(selected(**choice).values())


@pytest.mark.parametrize("choice", [{"skip": [OTHER]}, {"only": [RULE]}])
def test_what_breaks_a_rule_that_is_not_wanted_is_not_told(build, shared, choice):
    outcome = judged(build, *shared(**choice))["under-test"]
    assert [one.rule for one in outcome.findings] == [RULE]
    assert outcome.note == "seen in passing"


def test_what_is_wrong_by_a_rule_that_is_left_out_is_no_pass_for_the_others(build):
    def judge(ending):
        return verdict([finding("domains-complete", "a host", subject="a host", at=HERE)])

    (chosen,) = selected(only=["domains-exact-host"]).values()
    outcome = judged(build, replace(chosen, judge=judge))["domain-list"]
    assert outcome == NotApplicable(reason="what was found belongs to domains-complete, which is left out")


@pytest.mark.parametrize("judge", [lambda ending: Passed(note="fine."), lambda ending: verdict([], note="fine.")])
def test_what_an_audit_notes_stands_before_that(build, judge):
    (chosen,) = selected(only=["domains-exact-host"]).values()
    outcome = judged(build, replace(chosen, judge=judge))["domain-list"]
    assert outcome == Passed(note="fine. Judged for domains-exact-host alone.")


def test_a_rule_that_its_audit_does_not_declare_is_a_defect_whatever_is_wanted(build):
    def judge(ending):
        return verdict([popup()])

    (chosen,) = selected(only=["domains-exact-host"]).values()
    outcome = judged(build, replace(chosen, judge=judge))["domain-list"]
    assert "reports auth-no-popups, which it does not declare" in outcome.fault
