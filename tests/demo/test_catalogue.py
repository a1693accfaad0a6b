"""The catalogue is whole, and anything in it combines with anything else."""

from __future__ import annotations

import re
import types
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from e2e_linker.alexa.rules import rules
from e2e_linker.demo import PracticeRange, catalogue
from e2e_linker.demo.behaviour import Behaviour, TokenAnswer
from e2e_linker.demo.catalogue import applied, faults, troubles, variants
from e2e_linker.demo.skill import skill_json
from e2e_linker.errors import InternalError, UsageError
from e2e_linker.evidence.models import EndingKind
from e2e_linker.model import Depth, Region, Surface

EVERYTHING = [*faults().values(), *variants().values(), *troubles().values()]


@pytest.mark.parametrize("spec", EVERYTHING, ids=lambda spec: spec.name)
def test_names_and_descriptions_are_fit_to_print(spec: Any) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", spec.name)
    assert 20 < len(spec.description) < 160
    assert spec.description.endswith(".")


def test_names_are_unique_across_variants_and_troubles() -> None:
    assert not variants().keys() & troubles().keys()
    assert not faults().keys() & variants().keys()


def test_rules_exist_and_are_said_once() -> None:
    known = set(rules())
    for fault in faults().values():
        assert fault.rules, fault.name
        assert set(fault.rules) | set(fault.may) <= known, fault.name
        assert not set(fault.rules) & set(fault.may), fault.name


def test_troubles_name_real_endings() -> None:
    for trouble in troubles().values():
        assert trouble.ends
        assert trouble.ends <= set(get_args(EndingKind))


def test_where_a_fault_shows() -> None:
    everywhere = faults()["unlisted-script"].shows_on
    assert everywhere.matches(surface=Surface.BROWSER, engine="firefox", mobile=False)
    policy = faults()["csp-form-action"].shows_on
    assert policy.matches(surface=Surface.WEBVIEW, engine="chromium", mobile=True)
    # Firefox does not enforce it: there, the policy itself is what shows it.
    assert policy.matches(surface=Surface.BROWSER, engine="firefox", mobile=False)
    layout = faults()["desktop-only-page"].shows_on
    assert not layout.matches(surface=Surface.BROWSER, engine="chromium", mobile=False)
    agent = faults()["web-view-refused"].shows_on
    assert not agent.matches(surface=Surface.CUSTOM_TAB, engine="chromium", mobile=True)
    apple = faults()["blank-in-apple-apps"].shows_on
    assert apple.matches(surface=Surface.WEBVIEW, engine="webkit", mobile=True, family="ipados")
    assert not apple.matches(surface=Surface.WEBVIEW, engine="chromium", mobile=True, family="android")
    narrow = faults()["covered-consent"].shows_on
    assert narrow.matches(surface=Surface.BROWSER, engine="chromium", mobile=True, width=700)
    assert not narrow.matches(surface=Surface.BROWSER, engine="chromium", mobile=True, width=701)
    assert not narrow.matches(surface=Surface.BROWSER, engine="chromium", mobile=True)


def test_what_a_run_needs() -> None:
    assert faults()["rotating-hosts"].needs.repeat == 3
    assert faults()["cookie-growth"].needs.depth is Depth.THOROUGH
    assert Region.EU in faults()["region-refused"].needs.regions
    assert faults()["stale-jar"].needs.warm_jar


some_faults = st.lists(st.sampled_from(sorted(faults())), max_size=4)
some_variants = st.lists(st.sampled_from(sorted(variants())), max_size=2)


@given(some_faults, some_variants)
def test_any_combination_applies(faults_on: list[str], variants_on: list[str]) -> None:
    behaviour = catalogue.applied(Behaviour(), faults_on=faults_on, variants_on=variants_on)
    answer = behaviour.answer
    state = behaviour.carrying.at("redirect", "s") or ""
    parameters = answer.parameters((("code", answer.new_code()), ("state", state)))
    redirect_uri = answer.redirect_uri("https://pitangui.amazon.com/x?vendorId=1")
    url = answer.url(redirect_uri, parameters, behaviour.console.grant)
    assert url.startswith("https://pitangui.amazon.com/x")
    assert skill_json(behaviour.console, "secret").keys() <= {"accountLinkingRequest", "accountLinkingResponse"}


def test_nothing_changes_the_healthy_behaviour() -> None:
    healthy = Behaviour()
    before = (healthy.console, healthy.pages, healthy.consent, healthy.growing, healthy.head_limits)
    for spec in EVERYTHING:
        assert spec.change(healthy) is not healthy or spec.name == "signed-in"
    assert before == (healthy.console, healthy.pages, healthy.consent, healthy.growing, healthy.head_limits)


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        ({"faults": ["state-mising"]}, "did you mean state-missing?"),
        ({"variants": ["german2"]}, "did you mean german?"),
        ({"variants": ["two-pge"]}, "did you mean two-page? the variants are: api-login, "),
        ({"variants": ["nonsense"]}, "the variants are: api-login, "),
        ({"faults": ["nonsense"]}, "`e2e-linker demo --list-faults` lists the faults"),
    ],
)
def test_unknown_names_are_refused_with_the_nearest(arguments: dict[str, list[str]], hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        PracticeRange(**arguments)  # type: ignore[arg-type]
    assert (caught.value.hint or "").startswith(hint)


def test_two_entries_of_one_name_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    twin = next(iter(faults().values()))
    module = types.SimpleNamespace(__path__=[], one=twin, two=twin)
    monkeypatch.setattr(catalogue.pkgutil, "iter_modules", lambda path: [types.SimpleNamespace(name="twins")])
    monkeypatch.setattr(catalogue.importlib, "import_module", lambda name: module)
    module.__name__ = "twins"
    with pytest.raises(InternalError, match="two entries"):
        catalogue._shelf("faults", catalogue.FaultSpec)


def test_an_entry_without_words_is_an_error() -> None:
    with pytest.raises(InternalError, match="no docstring"):
        catalogue.fault("domains-complete")(lambda behaviour: behaviour)


@pytest.mark.parametrize(
    "names",
    [
        ("token-form-encoded", "token-five-minutes", "token-may-be-stored"),
        ("token-five-minutes", "token-may-be-stored", "token-form-encoded"),
    ],
    ids=" ".join,
)
def test_faults_of_one_answer_add_up(names: tuple[str, ...]) -> None:
    answer = applied(Behaviour(), faults_on=names).tokens.answer(TokenAnswer({"access_token": "a", "expires_in": 3600}))
    assert answer.encode is not None
    assert answer.encode(answer.fields) == ("access_token=a&expires_in=300", "application/x-www-form-urlencoded")
    assert answer.may_be_stored


def test_faults_of_a_refresh_add_up() -> None:
    names = ("refresh-short-lifetime", "refresh-without-token-type", "refresh-form-encoded")
    tokens = applied(Behaviour(), faults_on=names).tokens
    answer = tokens.on_refresh(TokenAnswer({"access_token": "a", "token_type": "Bearer", "expires_in": 3600}))
    assert dict(answer.fields) == {"access_token": "a", "expires_in": 300}
    assert answer.encode is not None
