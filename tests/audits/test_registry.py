"""The audits that are there: found without a list, asking only for what exists, and together covering every rule."""

from __future__ import annotations

import sys
import types
from inspect import getsource
from pathlib import Path

import pytest

import e2e_linker.audits as package
from e2e_linker.alexa.rules import rules
from e2e_linker.audits.base import THRESHOLDS, Audit, Options, Passed
from e2e_linker.audits.registry import audits, covering
from e2e_linker.audits.runner import CaseTable, judge_case, judge_run
from e2e_linker.derive.base import known_names, parameters_of
from e2e_linker.errors import InternalError
from e2e_linker.evidence.models import Present
from e2e_linker.model import slug


def test_every_audit_module_is_found_in_the_order_of_ids():
    assert list(audits()) == sorted(audits())
    assert {"domain-list", "windows", "token-status"} <= set(audits())


@pytest.mark.parametrize("audit", audits().values(), ids=lambda audit: audit.id)
def test_an_audit_is_complete_and_asks_for_what_exists(audit):
    assert audit.id == slug(audit.id)
    assert audit.rules
    assert set(audit.rules) <= set(rules())
    assert audit.title != audit.failed_title
    assert not audit.title.endswith(".")
    assert set(parameters_of(audit.judge)) <= known_names(audit.scope)
    assert audit.judge.__doc__, "what is judged is documented"


@pytest.fixture
def planted(monkeypatch, tmp_path):
    """Adds a module with an audit to the package for the time of one test."""

    def plant(**fields):
        module = types.ModuleType("e2e_linker.audits.planted")
        given = {"id": "planted", "rules": ("auth-no-popups",), "title": "a", "failed_title": "b", **fields}
        module.AUDIT = Audit(**{"judge": lambda ending: Passed(), **given})
        (tmp_path / "planted.py").write_text("")
        monkeypatch.setattr(package, "__path__", [*package.__path__, str(tmp_path)])
        monkeypatch.setitem(sys.modules, module.__name__, module)
        audits.cache_clear()

    yield plant
    monkeypatch.undo()
    audits.cache_clear()


def test_a_new_module_is_an_audit_without_any_other_edit(planted):
    planted()
    assert "planted" in audits()
    assert "planted" in [audit.id for audit in covering("auth-no-popups")]


@pytest.mark.parametrize(
    ("judge", "scope", "unknown"),
    [
        (lambda ending, wishes: Passed(), "case", "wishes"),
        (lambda hosts: Passed(), "run", "hosts"),
        (lambda ending: Passed(), "run", "ending"),
    ],
)
def test_an_audit_that_asks_for_what_no_evidence_has_is_rejected(planted, judge, scope, unknown):
    planted(judge=judge, scope=scope)
    with pytest.raises(InternalError, match=f"planted asks for {unknown}, which no evidence has"):
        audits()


def test_two_audits_of_one_id_are_rejected(planted):
    planted(id="windows")
    with pytest.raises(InternalError, match="two audits are called windows"):
        audits()


def test_the_audits_of_a_rule_are_told():
    assert [audit.id for audit in covering("auth-no-js-dialogs")] == ["dialogs"]
    assert covering("bundle-complete") == ()


def test_every_rule_has_an_audit_or_a_sentence_how_to_check_it_by_hand():
    covered = {rule for audit in audits().values() for rule in audit.rules}
    missing = sorted(rule.id for rule in rules().values() if rule.manual is None and rule.id not in covered)
    both = sorted(rule.id for rule in rules().values() if rule.manual is not None and rule.id in covered)
    assert not missing, f"rules that no audit covers yet: {', '.join(missing)}"
    assert not both, f"rules that an audit covers and that still say how to check them by hand: {', '.join(both)}"


def test_a_healthy_case_trips_no_audit_and_breaks_none(build, pieces):
    consent = pieces.digest(f"{build.login}/consent", (pieces.control(label="Allow"),))
    screens = (pieces.screen(1, 0.25, pieces.digest()), pieces.screen(2, 0.45, consent))
    case = build.case(build.walk(screens=screens), token_calls=Present(value=(pieces.token_call(),)))
    chosen = audits()
    outcomes, facts = judge_case(case, Options(), chosen)
    outcomes |= judge_run(build.run(), CaseTable((case,), (facts,)), Options(), chosen)
    assert set(outcomes) == set(chosen)
    bad = {name: outcome for name, outcome in outcomes.items() if outcome.status in {"failed", "errored"}}
    assert not bad


def test_every_threshold_that_can_be_set_tunes_an_audit():
    modules = (path for path in Path(package.__path__[0]).glob("*.py") if path.name != "base.py")
    sources = "".join(module.read_text("utf-8") for module in modules) + getsource(Options)
    assert {name for name in THRESHOLDS if f'"{name}"' in sources} == THRESHOLDS
    assert Options(thresholds={"code_characters": 7}).threshold("code_characters", 512) == 7
    with pytest.raises(AssertionError):
        Options().threshold("code_caracters", 512)
