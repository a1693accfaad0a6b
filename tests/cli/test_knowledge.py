"""The verbs that only tell: rules, explain, the list of faults."""

from __future__ import annotations

import json

from e2e_linker.alexa.rules import rules
from e2e_linker.audits.registry import audits
from e2e_linker.demo.catalogue import faults


def test_rules_as_json_hold_every_rule_with_its_audit_or_its_reason(program):
    said = program("rules", "--json")
    rows = {row["rule"]: row for row in json.loads(said.out)}
    assert (said.code, said.err) == (0, "")
    assert list(rows) == list(rules())
    for row in rows.values():
        assert row["automated"] is (row["audit"] is not None)
        assert (row["automated"] and row["fault"]) or row["reason"], row["rule"]
        assert not (row["fault"] and row["reason"]), row["rule"]
        assert row["audit"] is None or row["audit"] in audits()
        assert row["fault"] is None or row["rule"] in faults()[row["fault"]].rules


def test_rules_name_every_rule_whole(program):
    said = program("rules")
    lines = said.out.splitlines()
    assert [line.split()[0] for line in lines[:-2:2]] == list(rules())
    assert max(map(len, lines[:-2])) <= 80


def test_explain(program, snapshot):
    assert program("explain", "domains-complete").shown == snapshot


def test_explain_an_audit_names_its_rules(program):
    said = program("explain", "domain-list")
    assert said.code == 0
    assert all(f"e2e-linker explain {rule}" in said.out for rule in audits()["domain-list"].rules)
    assert program("explain", "domain-lst").code == 2


def test_explain_a_rule_that_is_checked_by_hand(program):
    rule = next(rule for rule in rules().values() if rule.manual)
    said = program("explain", rule.id)
    assert said.code == 0
    assert "nobody: " in said.out


def test_faults_as_json(program):
    said = program("demo", "--list-faults", "--json")
    rows = json.loads(said.out)
    assert (said.code, said.err) == (0, "")
    assert [set(row) for row in rows] == [{"name", "description", "rules"}] * len(faults())
    assert {row["name"] for row in rows} == set(faults())
    assert all(set(row["rules"]) <= set(rules()) and row["rules"] for row in rows)


def test_faults_on_a_terminal(program):
    said = program("demo", "--list-faults")
    assert said.code == 0
    assert [line for line in said.out.splitlines() if not line.startswith(" ")] == list(faults())
