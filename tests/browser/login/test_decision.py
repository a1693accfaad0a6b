"""What the login decides to do, without a browser: views in, decisions out."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import AsyncMock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from e2e_linker.browser.in_clear import InClear
from e2e_linker.browser.login.consent import press_key
from e2e_linker.browser.login.decision import decide
from e2e_linker.browser.login.form import find_form
from e2e_linker.browser.login.memory import Broken, Fate, Known, Past, Submission
from e2e_linker.browser.login.moves import Act, Reached, Stop, Wait
from e2e_linker.browser.login.shown import lines_shown
from e2e_linker.browser.login.submit_buttons import is_federated
from e2e_linker.browser.login.words import Text, topics, words_of
from e2e_linker.browser.pages.controls import Box, Layer, Seen, SeenFrame, View
from e2e_linker.evidence.models import Ending
from e2e_linker.model import Fault

KNOWN = Known(username="alice@example.test", password=True, code=True)


def control(uid: int, kind: str = "field", shape: str = "text", **more: Any) -> Seen:
    return Seen(frame=0, document="d", uid=uid, kind=kind, type=shape, box=Box(0, uid * 50, 100, 40), **more)


def view(*controls: Seen, **frame: Any) -> View:
    forms = tuple(f"form{n}" for n in range(4))
    settings = {"url": "https://id.example.test/login", "title": "Login", "forms": forms, **frame}
    return View((SeenFrame(n=0, document=settings.pop("document", "d"), **settings),), controls)


def button(uid: int, label: str, **more: Any) -> Seen:
    return control(uid, "button", "submit", label=label, **{"form": 0, **more})


@pytest.mark.parametrize("state", ["A2SAAEAE-q-7", "A2SAAEAE_find", "A2SAAEAE-zip-x", "join"])
def test_a_state_in_the_address_of_a_form_says_nothing_of_the_form(state):
    name = control(1, label="Email or phone", form=0)
    seen = view(name, button(2, "Next"), title="", headings=("Sign in",), forms=(f"post /name?a=1&state={state}",))
    decision = decide(seen, Past(), KNOWN)
    assert isinstance(decision, Act)
    assert decision.control == name
    searching = replace(seen, frames=(replace(seen.frames[0], forms=(f"search /find?state={state}",)),))
    assert not isinstance(decide(searching, Past(), KNOWN), Act)


USER = control(1, label="E-mail", form=0)
SECRET = control(2, shape="password", label="Password", form=0)
SUBMIT = button(3, "Sign in")


@pytest.mark.parametrize("form", [0, None])
def test_a_form_whose_password_field_nobody_can_make_out_is_not_sent_without_one(form: int | None) -> None:
    unseen = [replace(one, faint=True, form=form) for one in (USER, SECRET)]
    assert isinstance(decide(view(*unseen, replace(SUBMIT, form=form)), Past(), KNOWN), Wait)
    elsewhere = decide(view(*unseen, replace(SUBMIT, form=1)), Past(), KNOWN)
    assert isinstance(elsewhere, Act)


def walked(shown: View, past: Past) -> list[str]:
    """All actions on a view that never changes, as if each field kept its value."""
    done: list[str] = []
    while isinstance(act := decide(shown, past, KNOWN), Act) and len(done) < 50:
        done.append(f"{act.action} {act.control.label}")
        past.actions += 1
        if act.action == "fill":
            past.fills[act.control.key] += 1
            kept = tuple(replace(c, filled=True) if c.key == act.control.key else c for c in shown.controls)
            shown = View(shown.frames, kept)
        if act.sends:
            past.submissions.append(act.sends)
        if act.action == "wake":
            past.nudged.add(act.control.key)
    return done


def test_a_form_is_filled_and_sent_once() -> None:
    assert walked(view(USER, SECRET, SUBMIT), Past()) == ["fill E-mail", "fill Password", "click Sign in"]


OPEN_PAGE = {"url": "http://id.example.test/login"}
OPEN_FORM = {"forms": ("login post http://id.example.test:8080/login",)}


@pytest.mark.parametrize("shown", [OPEN_PAGE, OPEN_FORM], ids=["page", "form"])
def test_a_password_is_not_typed_where_it_would_go_out_in_clear(shown: dict[str, Any]) -> None:
    seen = view(USER, SECRET, SUBMIT, **shown)
    decision = decide(seen, Past(), KNOWN)
    assert isinstance(decision, Stop)
    ending = decision.ending
    assert (ending.kind, ending.fault) == ("login_blocked", Fault.IDENTITY_PROVIDER)
    assert ending.message.startswith("Nothing secret was typed: the ")
    assert "http://id.example.test" in ending.message
    assert (ending.exposed or "").startswith("http://id.example.test")
    assert "use.ignoreHTTPSErrors" in (ending.hint or "")
    assert isinstance(decide(seen, Past(), KNOWN, until="login_form"), Reached)
    code = control(5, label="One-time code", form=0, autocomplete="one-time-code")
    assert isinstance(decide(view(code, SUBMIT, **shown), Past(), KNOWN), Stop)


@pytest.mark.parametrize("shown", [OPEN_PAGE, OPEN_FORM], ids=["page", "form"])
@pytest.mark.parametrize(
    "leave",
    [InClear(allowed=True), InClear({"id.example.test": "127.0.0.1:8443"}), InClear({"id.example.test": "[::1]:1"})],
)
def test_it_is_typed_where_the_tester_lets_it_or_the_host_is_this_machine(shown: Any, leave: InClear) -> None:
    assert isinstance(decide(view(USER, SECRET, SUBMIT, **shown), Past(), replace(KNOWN, in_clear=leave)), Act)


@pytest.mark.parametrize("host", ["localhost:5000", "127.0.0.1", "login.localhost"])
def test_it_is_typed_on_this_machine(host: str) -> None:
    here = {"url": f"http://{host}/login", "forms": (f"login http://{host}/login",)}
    assert isinstance(decide(view(USER, SECRET, SUBMIT, **here), Past(), KNOWN), Act)


@pytest.mark.parametrize("action", ["http://[bad/login", "http://id.example.test:99999/login", "http://{host}:{port}/"])
def test_an_address_that_no_browser_asks_for_is_sent_nothing(action: str) -> None:
    assert isinstance(decide(view(USER, SECRET, SUBMIT, forms=(f"login {action}",)), Past(), KNOWN), Act)


@pytest.mark.parametrize(
    ("host", "preloads", "typed"),
    [("login.bulbs.app", True, True), ("login.bulbs.app", False, False), ("bulbs-app.test", True, False)],
)
def test_chromium_knows_some_hosts_to_be_asked_over_tls_only(host: str, preloads: bool, typed: bool) -> None:
    shown = {"url": f"https://{host}/login", "forms": (f"login http://{host}/login",)}
    known = replace(KNOWN, in_clear=InClear(preloads=preloads))
    assert isinstance(decide(view(USER, SECRET, SUBMIT, **shown), Past(), known), Act if typed else Stop)


def test_a_form_that_the_browser_can_be_kept_from_sending_in_clear_is_filled() -> None:
    known, past = replace(KNOWN, in_clear=InClear(guards=True)), Past()
    assert isinstance(decide(view(USER, SECRET, SUBMIT, **OPEN_PAGE), past, known), Stop)
    seen = view(USER, replace(SECRET, filled=True), SUBMIT, **OPEN_FORM)
    past.fills.update([USER.key, SECRET.key])
    told = AsyncMock(side_effect=[["https://id.example.test/login", "http://id.example.test/in"], True])
    assert asyncio.run(known.in_clear.refusal(cast(Any, SimpleNamespace(evaluate=told)), 1)) is None
    sent = decide(view(replace(USER, filled=True), *seen.controls[1:], **OPEN_FORM), past, known)
    assert isinstance(sent, Act)
    assert sent.sends
    past.submissions.append(sent.sends)
    for fate, held in [(Fate(anything=False), True), (Fate(), True), (Fate(sent=True), False)]:
        past.fate = fate
        decision = decide(seen, past, known)
        assert isinstance(decision, Wait)
        assert ("held back" in decision.ending.message) == bool(decision.ending.exposed) == held
    wrong = decide(replace(seen, frames=(replace(seen.frames[0], errors=("Wrong password",)),)), past, known)
    assert isinstance(wrong, Stop)
    assert wrong.ending.kind == "login_rejected"


def test_a_form_that_was_not_sent_for_another_reason_was_not_held_back() -> None:
    known, past = replace(KNOWN, in_clear=InClear(guards=True)), Past(fate=Fate(anything=False))
    seen = view(replace(USER, filled=True), replace(SECRET, filled=True), SUBMIT, **OPEN_FORM)
    past.fills.update([USER.key, SECRET.key])
    told = AsyncMock(side_effect=[["https://id.example.test/login", "http://id.example.test/in"], True])
    assert asyncio.run(known.in_clear.refusal(cast(Any, SimpleNamespace(evaluate=told)), 1)) is None
    sent = decide(seen, past, known)
    assert isinstance(sent, Act)
    assert sent.sends
    past.submissions.append(sent.sends)
    empty = replace(SECRET, uid=9, id="n", name="n", label="Number", type="text", unfit="required")
    lacks = decide(view(*seen.controls, empty, **OPEN_FORM), past, known)
    assert isinstance(lacks, Wait)
    assert "“Number” is required" in lacks.ending.message
    past.idle_s = 5.0
    again = decide(seen, past, known)
    assert isinstance(again, Act)
    assert again.action == "enter"


def test_a_user_name_alone_is_no_secret() -> None:
    named = {"url": "http://id.example.test/login", "headings": ("Sign in",)}
    assert isinstance(decide(view(USER, button(3, "Next"), **named), Past(), KNOWN), Act)


@pytest.mark.parametrize(
    ("answered", "headers", "kept"),
    [
        ("https://id.example.test/login", {"strict-transport-security": "max-age=300"}, True),
        ("https://example.test/", {"strict-transport-security": "max-age=300; includeSubDomains"}, True),
        ("https://example.test/", {"strict-transport-security": "max-age=300"}, False),
        ("https://id.example.test/", {"strict-transport-security": "max-age=0"}, False),
        ("https://id.example.test/login", {"content-security-policy": "upgrade-insecure-requests"}, True),
        ("https://id.example.test/other", {"content-security-policy": "upgrade-insecure-requests"}, False),
        ("http://id.example.test/login", {"strict-transport-security": "max-age=300"}, False),
    ],
)
def test_a_form_that_browsers_send_over_tls_all_the_same_is_filled(answered: str, headers: Any, kept: bool) -> None:
    heard: list[Any] = []
    listening = InClear()
    listening.listen(cast(Any, SimpleNamespace(on=lambda event, hear: heard.append(hear))))
    heard[0](SimpleNamespace(url=answered, headers=headers))
    decision = decide(view(USER, SECRET, SUBMIT, **OPEN_FORM), Past(), replace(KNOWN, in_clear=listening))
    assert isinstance(decision, Act if kept else Stop)
    assert isinstance(decide(view(USER, SECRET, **OPEN_PAGE), Past(), replace(KNOWN, in_clear=listening)), Stop)


def test_the_same_password_is_never_sent_twice_to_a_host_even_if_the_form_looks_different() -> None:
    past = Past(submissions=[Submission("other", "password", "id.example.test", ("before",), frozenset())])
    decision = decide(view(USER, SECRET, SUBMIT), past, KNOWN)
    assert isinstance(decision, Wait)
    assert decision.ending.kind == "dead_end"
    told = decide(view(USER, SECRET, SUBMIT, errors=("Wrong password",)), past, KNOWN)
    assert isinstance(told, Stop)
    assert "“Wrong password”" in told.ending.message


def test_a_password_goes_to_a_second_host() -> None:
    past = Past(submissions=[Submission("other", "password", "elsewhere.test", ("before",), frozenset())])
    assert isinstance(decide(view(USER, SECRET, SUBMIT), past, KNOWN), Act)


def test_complaints_that_were_there_before_are_no_answer() -> None:
    shown = view(USER, SECRET, SUBMIT, errors=("Invalid cookies are ignored",))
    past = Past()
    assert walked(shown, past)[-1] == "click Sign in"
    decision = decide(shown, past, KNOWN)
    assert isinstance(decision, Wait)
    assert "Nothing happened" in decision.ending.message


@pytest.mark.parametrize(
    ("line", "refuses"),
    [
        ("Login successful! Redirecting…", False),
        ("Sie werden weitergeleitet", False),
        ("E-mail *", False),
        ("Redirecting failed: wrong password", True),
        ("Das Kennwort passt nicht", True),
    ],
)
def test_a_word_that_it_went_well_and_the_name_of_a_field_refuse_nothing(line: str, refuses: bool) -> None:
    name = replace(USER, label="E-mail *")
    shown = view(name, SECRET, SUBMIT, text="E-mail *\nPassword")
    past = Past()
    assert walked(shown, past)[-1] == "click Sign in"
    decision = decide(view(name, SECRET, SUBMIT, text=f"E-mail *\nPassword\n{line}", errors=(line,)), past, KNOWN)
    ending = decision.ending if isinstance(decision, Wait | Stop) else None
    assert ending is not None
    assert (ending.kind == "login_rejected") is refuses


@pytest.mark.parametrize(
    ("field", "pressed"),
    [
        ({}, False),
        ({"form": None}, True),
        ({"out_of_reach": True}, True),
        ({"box": Box(0, 0, 0, 0)}, True),
        ({"filled": True}, True),
    ],
)
def test_no_form_is_sent_with_a_password_field_that_is_there_and_not_seen(field: dict[str, Any], pressed: bool) -> None:
    hidden = replace(SECRET, **{"visible": False, **field})
    decision = decide(view(hidden, SUBMIT, title="Acme"), Past(), KNOWN)
    assert isinstance(decision, Act) is pressed


SENT = Submission("form", "password", "id.example.test", ("d",), frozenset())
LOGIN_FORM, BARE_PAGE = view(USER, SECRET, SUBMIT), view(text="Bye")


def test_an_error_that_shuts_the_account_out_counts_unless_it_was_there_before_the_login() -> None:
    line = "Error: Login blocked: User is not active"
    shown = view(button(4, "Start over", form=None), title="Home Assistant", alerts=(line,), text=f"{line}\nHelp")
    for before, kind in ((frozenset[str](), "login_rejected"), (frozenset({line}), "dead_end")):
        past = Past(submissions=[Submission("form", "password", "id.example.test", ("d",), before)])
        decision = decide(shown, past, KNOWN)
        assert isinstance(decision, Wait)
        assert decision.ending.kind == kind


def ending_of(shown: View, *said: str, heard: int = 0, known: Known = KNOWN, sent: bool = True) -> Ending:
    """How waiting on ``shown`` ends where dialogs said something, ``heard`` of them before the form was sent."""
    decision = decide(shown, Past(submissions=[SENT] if sent else [], said=said, heard=heard), known)
    assert isinstance(decision, Wait)
    return decision.ending


@pytest.mark.parametrize("shown", [LOGIN_FORM, BARE_PAGE])
@pytest.mark.parametrize("said", ["Wrong password!", "Error 17\nPasswort ungültig", "パスワードが違います"])
def test_a_password_refused_by_a_dialog_is_refused_in_its_words(shown: View, said: str) -> None:
    ending = ending_of(shown, "Welcome", said, heard=1)
    assert (ending.kind, ending.fault) == ("login_rejected", Fault.TESTER)
    assert f"refused the password: “{said.splitlines()[-1]}”" in ending.message


@pytest.mark.parametrize("shown", [LOGIN_FORM, BARE_PAGE])
@pytest.mark.parametrize("said", ["Welcome", "Allow cookies?", "Save this device?", ""])
def test_other_dialogs_refuse_nothing(shown: View, said: str) -> None:
    assert ending_of(shown, said).kind == "dead_end"


def test_only_what_a_dialog_says_after_the_form_was_sent_refuses_it() -> None:
    assert ending_of(LOGIN_FORM, "Your link has expired", heard=1).kind == "dead_end"
    # The same page says it each time it is shown.
    assert ending_of(LOGIN_FORM, "Your link has expired", "Your link has expired", heard=1).kind == "dead_end"


@pytest.mark.parametrize(("answered", "patience_s"), [(True, 1.5), (False, 5.0)])
def test_what_a_dialog_says_before_the_answer_may_be_a_warning_only(answered: bool, patience_s: float) -> None:
    sent = replace(SENT, documents=("earlier",) if answered else LOGIN_FORM.documents)
    decision = decide(LOGIN_FORM, Past(submissions=[sent], said=("Wrong entries are counted",)), KNOWN)
    assert isinstance(decision, Wait)
    assert decision.ending.kind == "login_rejected"
    assert decision.patience_s == patience_s


def test_a_dialog_that_refuses_does_not_end_a_page_that_goes_on() -> None:
    allow = decide(view(button(4, "Allow")), Past(submissions=[SENT], said=("Wrong password",)), KNOWN)
    assert isinstance(allow, Act)


def test_a_dialog_refuses_what_was_sent_last_whatever_form_it_leads_back_to() -> None:
    first = replace(SENT, kind="username", signature=find_form(view(USER, SUBMIT)).signature)
    decision = decide(view(USER, SUBMIT), Past(submissions=[first, SENT], said=("Wrong password",)), KNOWN)
    assert isinstance(decision, Wait)
    assert "refused the password" in decision.ending.message


def test_a_dialog_after_the_steps_refuses_the_login() -> None:
    by_steps = replace(KNOWN, by_steps=True)
    assert ending_of(LOGIN_FORM, "Wrong password", known=by_steps, sent=False).kind == "login_rejected"
    assert ending_of(LOGIN_FORM, "Wrong password", heard=1, known=by_steps, sent=False).kind == "dead_end"


FAILING = Fate(broken=Broken("POST https://api.example.test/login", "was answered with status 500"))
OOPS = view(USER, SECRET, SUBMIT, alerts=("Please try again",))


@pytest.mark.parametrize("shown", [LOGIN_FORM, BARE_PAGE, OOPS, view(text="Try again")])
def test_a_password_whose_request_broke_is_not_refused(shown: View) -> None:
    decision = decide(shown, Past(submissions=[SENT], fate=FAILING), KNOWN)
    assert isinstance(decision, Wait)
    assert (decision.ending.kind, decision.ending.fault) == ("dead_end", Fault.IDENTITY_PROVIDER)
    assert "POST https://api.example.test/login, was answered with status 500" in decision.ending.message


def test_a_complaint_is_no_refusal_before_the_request_is_answered() -> None:
    waiting = decide(OOPS, Past(submissions=[SENT], fate=Fate(pending=True)), KNOWN)
    assert isinstance(waiting, Wait)
    assert waiting.ending.kind == "login_rejected"
    assert isinstance(decide(OOPS, Past(submissions=[SENT]), KNOWN), Stop)


def test_a_form_that_was_not_sent_is_sent_by_each_way_once() -> None:
    strange, other = replace(SUBMIT, label="Rein da", type="button", form=None, solid=True), button(9, "Abc", form=None)
    other = replace(other, type="button")
    shown = view(*(replace(c, form=None, filled=True) for c in (USER, SECRET)), other, strange)
    past = Past(fate=Fate(anything=False), idle_s=5.0)
    past.fills.update({USER.key: 1, SECRET.key: 1})
    assert walked(shown, past) == ["enter Password", "click Rein da"]
    decision = decide(shown, past, KNOWN)
    assert isinstance(decision, Wait)
    assert (decision.ending.kind, decision.ending.fault) == ("login_not_found", None)
    assert "tried: the return key in “Password” and then the button “Rein da”;" in decision.ending.message


@pytest.mark.parametrize(
    ("past", "why"),
    [
        ({"idle_s": 1.0, "fate": Fate(anything=False)}, "too early"),
        ({"idle_s": 3.9, "fate": Fate(anything=False)}, "a worker may hash the password"),
        ({"idle_s": 9.0, "fate": Fate()}, "something was sent"),
    ],
)
def test_a_form_that_may_have_been_sent_is_not_sent_again(past: dict[str, Any], why: str) -> None:
    sent = replace(SENT, way="the button “Sign in”", button=SUBMIT.key)
    assert isinstance(decide(LOGIN_FORM, Past(submissions=[sent], **past), KNOWN), Wait), why


@pytest.mark.parametrize(
    ("now", "field"),
    [
        ({"enabled": False}, {}),
        ({"label": "Signing in…"}, {}),
        ({"visible": False}, {}),
        ({}, {"enabled": False}),
        ({}, {}),
    ],
)
def test_a_form_whose_page_shows_that_it_is_at_it_is_not_sent_again(now: dict[str, Any], field: dict[str, Any]) -> None:
    sent = replace(SENT, way="the button “Sign in”", button=SUBMIT.key)
    shown = view(USER, replace(SECRET, **field), replace(SUBMIT, **now))
    decision = decide(shown, Past(submissions=[sent], idle_s=9.0, fate=Fate(anything=False)), KNOWN)
    assert isinstance(decision, Act if not now and not field else Wait)


STRAY = (
    *("Delete account", "Log out", "Buy now", "Subscribe", "Clear", "Open chat", "Call me", "English", "Search"),
    *("Newsletter", "Cancel", "Forgot it?", "Konto löschen", "Reset", "Text me, sent to my phone", "購入する"),
)
STRAY_PLACES: dict[str, dict[str, Any]] = {
    "beside": {},
    "another form": {"label": "Rein da", "form": 2},
    "another layer": {"label": "Rein da", "layer": 0},
    "navigation": {"label": "Rein da", "region": "nav"},
    "header": {"label": "Rein da", "region": "header"},
    "footer": {"label": "Rein da", "region": "footer"},
    "aside": {"label": "Rein da", "region": "aside"},
    "before the fields": {"label": "Rein da", "uid": 0},
}


def after_silence(*buttons: Seen, form: int | None) -> list[str]:
    """What is done with a filled login and ``buttons`` around it that says nothing whatever is done."""
    fields = [replace(c, form=form, filled=True) for c in (USER, SECRET)]
    shown = view(*sorted((*fields, *buttons), key=lambda c: c.uid), layers=(Layer("Hello", modal=False, cookie=False),))
    past = Past(fate=Fate(anything=False), idle_s=9.0)
    past.fills.update({USER.key: 1, SECRET.key: 1})
    return walked(shown, past)


@pytest.mark.parametrize("form", [None, 0])
@pytest.mark.parametrize("label", STRAY)
def test_no_button_for_something_else_sends_a_login(label: str, form: int | None) -> None:
    stray = control(9, "button", "button", label=label, form=form, solid=True)
    assert after_silence(stray, form=form) == ["enter Password"]
    assert after_silence(stray, replace(stray, uid=10, label=f"{label} »"), form=form) == ["enter Password"]


@pytest.mark.parametrize("place", STRAY_PLACES)
@pytest.mark.parametrize("form", [None, 0])
def test_a_button_that_stands_elsewhere_sends_no_login(place: str, form: int | None) -> None:
    own = Seen(**{**vars(control(9, "button", "button", label="Clear", solid=True)), **STRAY_PLACES[place]})
    assert after_silence(own, form=form) == ["enter Password"]


def test_of_two_buttons_alike_that_say_nothing_none_sends_a_login() -> None:
    pair = [control(n, "button", "button", label=label, form=0, solid=True) for n, label in ((8, "Foo"), (9, "Bar"))]
    assert after_silence(*pair, form=0) == ["enter Password"]
    assert after_silence(pair[0], replace(pair[1], solid=False), form=0) == ["enter Password", "click Foo"]


NAMED = Submission("user form", "username", "id.example.test", ("d",), frozenset())
REFUSING = Fate(refused=Broken("POST https://id.example.test/login", "was answered with status 400", answered=True))


@pytest.mark.parametrize(
    ("fate", "page", "kind"),
    [
        (FAILING, {"text": "Hello"}, "dead_end"),
        (REFUSING, {"headings": ("Bad request",), "text": "Bad request\nThe request you made is invalid"}, "dead_end"),
        (REFUSING, {"text": "There is no account with this user name"}, "login_rejected"),
        (REFUSING, {"text": "Hello"}, "login_not_found"),
        (Fate(), {"headings": ("Bad request",), "text": "Bad request"}, "login_not_found"),
    ],
)
def test_a_form_that_was_sent_and_is_gone_was_found(fate: Fate, page: dict[str, Any], kind: str) -> None:
    """Its request tells what became of it, where that failed or the page became an error."""
    decision = decide(view(**page), Past(submissions=[NAMED], fate=fate), KNOWN)
    assert isinstance(decision, Wait)
    assert decision.ending.kind == kind
    if kind == "dead_end":
        failed = fate.broken or fate.refused
        assert failed is not None
        assert f"{failed.request}, {failed.why}" in decision.ending.message
    unsent = decide(view(**page), Past(fate=fate), KNOWN)
    assert isinstance(unsent, Wait)
    assert unsent.ending.kind == "login_not_found"


@pytest.mark.parametrize(
    ("said", "answered", "kind"),
    [
        ("Invalid username or password", True, "login_rejected"),
        ("Invalid credentials", True, "login_rejected"),
        ("Benutzername oder Passwort falsch", True, "login_rejected"),
        ("Invalid username or password", False, "dead_end"),
        ("Login failed", True, "dead_end"),
        ("Something went wrong. Please try again", True, "dead_end"),
    ],
)
def test_a_server_that_fails_at_a_wrong_password_refuses_it(said: str, answered: bool, kind: str) -> None:
    broken = Fate(broken=Broken("POST https://id.example.test/login", "was answered with status 500", answered))
    for shown in (view(USER, SECRET, SUBMIT, alerts=(said,)), view(text=said)):
        decision = decide(shown, Past(submissions=[SENT], fate=broken), KNOWN)
        assert isinstance(decision, Wait)
        assert decision.ending.kind == kind
        assert "no password can be right" not in decision.ending.hint


def test_a_page_that_is_still_loading_is_not_sent() -> None:
    shown = view(*(replace(c, filled=True) for c in (USER, SECRET)), SUBMIT, ready_state="interactive", age_ms=10)
    past = Past()
    past.fills.update({USER.key: 1, SECRET.key: 1})
    assert isinstance(decide(shown, past, KNOWN), Wait)


@pytest.mark.parametrize("fields", [(USER,), (USER, SECRET)])
def test_a_form_on_a_page_that_does_not_come_to_rest_is_filled_after_a_while(fields: tuple[Seen, ...]) -> None:
    restless = {"ready_state": "loading", "quiet_ms": 0}
    early, late = (view(*fields, SUBMIT, age_ms=age_ms, **restless) for age_ms in (2900, 3100))
    waiting = decide(early, Past(), KNOWN)
    assert isinstance(waiting, Wait)
    assert waiting.ending.kind == "timeout"
    assert "does not come to rest" in waiting.ending.message
    assert isinstance(decide(late, Past(), KNOWN), Act)


def test_that_nothing_was_found_says_whether_the_page_was_still_loading() -> None:
    loading, complete = (decide(view(ready_state=state), Past(), KNOWN) for state in ("interactive", "complete"))
    assert isinstance(loading, Wait)
    assert isinstance(complete, Wait)
    assert loading.why != complete.why
    assert loading.ending.message.endswith("it is still loading.")
    assert "still loading" not in complete.ending.message


NO_LOGIN_FORMS = {
    "registration": (
        control(1, label="Email", form=0),
        SECRET,
        replace(SECRET, uid=5, label="Repeat password"),
        button(3, "Join"),
    ),
    "new password": (control(1, shape="password", autocomplete="new-password", form=0), button(3, "Create account")),
    "search": (control(1, label="Search", name="q", form=0), button(3, "Search")),
    "search by type": (control(1, shape="search", label="E-mail", form=0), button(3, "Go")),
    "newsletter": (control(1, shape="email", label="Your e-mail", form=0), button(3, "Subscribe")),
    "newsletter in the footer": (control(1, shape="email", label="E-mail", form=0, region="footer"), button(3, "Next")),
    "cookie layer": (control(1, shape="email", label="E-mail", layer=0), control(2, shape="password", layer=0)),
    "voucher": (control(1, label="Coupon code", form=0), button(3, "Apply")),
    "hidden fields": (replace(USER, visible=False), replace(SECRET, visible=False), SUBMIT),
    "address": (
        *(control(n, label=name, form=0) for n, name in enumerate(["Name", "Street", "City"])),
        button(9, "Next"),
    ),
}


@pytest.mark.parametrize("name", NO_LOGIN_FORMS)
def test_other_forms_are_not_taken_for_a_login(name: str) -> None:
    assert find_form(view(*NO_LOGIN_FORMS[name], layers=(Layer("We use cookies", modal=False, cookie=True),))) is None


def test_the_login_is_found_among_other_forms() -> None:
    other = [replace(c, uid=c.uid + 10, form=1) for c in NO_LOGIN_FORMS["registration"]]
    news = [replace(c, uid=c.uid + 20, form=2) for c in NO_LOGIN_FORMS["newsletter"]]
    form = find_form(view(*other, *news, USER, SECRET, SUBMIT))
    assert form is not None
    assert (form.username, form.password, form.submit) == (USER, SECRET, SUBMIT)


def test_without_any_words_the_structure_decides() -> None:
    fields = control(1), control(2), control(3, shape="password"), control(4)
    form = find_form(view(*fields, button(5, "", form=None)))
    assert form is not None
    assert (form.username, form.password) == (fields[1], fields[2])


SUBMITS = [
    (["Cancel", "Sign in"], "Sign in"),
    (["Show password", "Weiter"], "Weiter"),
    (["Forgot password?", "ログイン"], "ログイン"),
    (["Sign in with Google", "Continue"], "Continue"),
    (["Create account", "Next"], "Next"),
    (["Log in with a passkey", "Log in"], "Log in"),
]


@pytest.mark.parametrize(("labels", "wanted"), SUBMITS)
@pytest.mark.parametrize("backwards", [False, True])
def test_the_button_that_sends_is_the_right_one(labels: list[str], wanted: str, backwards: bool) -> None:
    order = reversed(labels) if backwards else labels
    form = find_form(view(USER, SECRET, *(button(n, label) for n, label in enumerate(order, start=3))))
    assert form is not None
    assert form.submit is not None
    assert form.submit.label == wanted


def test_a_dotted_capital_i_is_the_letter_it_is_in_turkish() -> None:
    assert Text("İzin ver").about("allow")
    assert Text("İptal").about("deny")


PAIRS = [
    ("Allow", "Deny"),
    ("Allow", "Don’t allow"),
    ("Authorize", "Cancel"),
    ("Link account", "Not now"),
    ("Continue", "Cancel"),
    ("Yes, allow", "No"),
    ("I agree", "I disagree"),
    ("Zulassen", "Nicht zulassen"),
    ("Ich stimme zu", "Ablehnen"),
    ("Autoriser", "Ne pas autoriser"),
    ("Permitir", "No permitir"),
    ("Consenti", "Non consentire"),
    ("Permitir", "Não permitir"),
    ("Toestaan", "Niet toestaan"),
    ("許可する", "許可しない"),
    ("同意する", "同意しない"),
    ("동의", "동의 안 함"),
    ("允许", "不允许"),
    ("Allow access to Amazon Alexa", "Back"),
]


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair[0] + " or " + pair[1])
@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("solid", [False, True])
def test_consent_is_given_never_refused(pair: tuple[str, str], backwards: bool, solid: bool) -> None:
    yes, no = pair
    buttons = button(1, yes), button(2, no, solid=solid)
    decision = decide(view(*(reversed(buttons) if backwards else buttons)), Past(), KNOWN)
    assert isinstance(decision, Act)
    assert decision.control.label == yes


REFUSALS = st.sampled_from(
    [
        "Deny",
        "Cancel",
        "Delete account",
        "Log out",
        "Ablehnen",
        "拒否",
        "Pay now",
        "Sign in with Google",
        "Use another account",
    ]
)


@given(labels=st.lists(REFUSALS, max_size=5), logged_in=st.booleans(), solid=st.booleans())
def test_nothing_dangerous_is_ever_pressed(labels: list[str], logged_in: bool, solid: bool) -> None:
    sent = [Submission("s", "password", "h", ("before",), frozenset())] if logged_in else []
    shown = view(*(button(n, label, solid=solid) for n, label in enumerate(labels)))
    decision = decide(shown, Past(submissions=sent), KNOWN)
    assert isinstance(decision, Wait)
    assert decision.ending.kind == ("dead_end" if logged_in else "login_not_found")


KINDS = st.sampled_from(["field", "button", "link", "checkbox"])
TYPES = st.sampled_from(
    ["text", "password", "email", "tel", "submit", "button", "checkbox", "radio", "generic", "a", "search"]
)
WORDS = st.sampled_from([words[0] for by_language in topics().values() for words in by_language.values()]) | st.text(
    max_size=20
)


@st.composite
def any_view(draw: st.DrawFn) -> View:
    controls = [
        control(
            n,
            draw(KINDS),
            draw(TYPES),
            label=draw(WORDS),
            name=draw(st.none() | WORDS),
            form=draw(st.none() | st.integers(0, 3)),
            visible=draw(st.booleans()),
            enabled=draw(st.booleans()),
            required=draw(st.booleans()),
            covered_by=draw(st.none() | st.just("div#x")),
            layer=draw(st.none() | st.integers(0, 1)),
            max_length=draw(st.sampled_from([None, 1, 6])),
        )
        for n in range(draw(st.integers(0, 8)))
    ]
    layers = tuple(Layer(draw(WORDS), draw(st.booleans()), draw(st.booleans())) for _ in range(2))
    return view(*controls, text=draw(WORDS), layers=layers, quiet_ms=draw(st.sampled_from([0, 10_000])))


@given(shown=any_view())
def test_any_page_ends_in_a_bounded_number_of_usable_actions_and_one_password(shown: View) -> None:
    past = Past()
    seen: list[Act] = []
    while isinstance(act := decide(shown, past, KNOWN), Act):
        assert act.control.enabled
        assert act.control.usable
        assert act.value is None or act.control.kind == "field"
        seen.append(act)
        past.actions += 1
        past.fills[act.control.key] += act.action in {"fill", "check"}
        past.nudged |= {act.control.key} if act.action == "wake" else set()
        past.submissions += [act.sends] if act.sends else []
    assert len(seen) <= 40
    assert sum(act.sends is not None and act.sends.kind == "password" for act in seen) <= 1


@given(shown=any_view())
def test_the_same_view_gives_the_same_decision(shown: View) -> None:
    again = View(shown.frames, shown.controls)
    assert repr(decide(shown, Past(), KNOWN)) == repr(decide(again, Past(), KNOWN))


def test_a_field_that_opens_at_its_focus_is_woken_and_one_that_stays_closed_is_not_sent() -> None:
    closed = replace(SECRET, read_only=True)
    act = decide(view(replace(USER, filled=True, read_only=True), closed, SUBMIT), Past(), KNOWN)
    assert isinstance(act, Act)
    assert (act.action, act.control) == ("wake", closed)
    for still in (closed, replace(SECRET, enabled=False)):
        decision = decide(view(still, SUBMIT), Past(nudged={SECRET.key}), KNOWN)
        assert isinstance(decision, Wait)
        assert "“Password” cannot be used" in decision.ending.message


def test_until_login_form_reaches_form_consent_and_chooser() -> None:
    for shown in (view(USER, SECRET, SUBMIT), view(button(1, "Allow")), view(text="Choose an account")):
        assert isinstance(decide(shown, Past(), KNOWN, until="login_form"), Reached)


def test_a_form_that_a_script_may_still_take_away_is_not_reached() -> None:
    for fields in ((USER, SECRET, SUBMIT), (USER, SUBMIT)):
        loading = view(*fields, ready_state="interactive", age_ms=10)
        assert isinstance(decide(loading, Past(), KNOWN, until="login_form"), Wait)
        assert isinstance(decide(view(*fields), Past(), KNOWN, until="login_form"), Reached)


def test_a_page_that_never_comes_to_rest_is_no_reason_to_miss_its_password_form() -> None:
    restless = view(USER, SECRET, SUBMIT, quiet_ms=0, age_ms=10)
    assert isinstance(decide(restless, Past(), KNOWN, until="login_form"), Reached)


def test_a_cookie_banner_is_closed_only_where_it_covers_what_is_needed() -> None:
    layers = (Layer("We use cookies", modal=False, cookie=True),)
    accept = control(9, "button", "button", label="Accept all", layer=0)
    assert walked(view(USER, SECRET, SUBMIT, accept, layers=layers), Past())[-1] == "click Sign in"
    covered = decide(view(replace(USER, filled=True), SUBMIT, accept, layers=layers), Past(), KNOWN)
    assert isinstance(covered, Act)
    assert covered.control.label == "E-mail"
    past = Past()
    past.fills.update({USER.key: 1, SECRET.key: 1})
    fields = replace(USER, filled=True), replace(SECRET, filled=True)
    act = decide(view(*fields, replace(SUBMIT, covered_by="div#ck"), accept, layers=layers), past, KNOWN)
    assert isinstance(act, Act)
    assert (act.control.label, act.what) == ("Accept all", "cookies")


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Używamy plików cookie", "Zaakceptuj wszystkie"),
        ("我们使用Cookie来改善您的体验", "全部接受"),
        ("हम कुकीज़ का उपयोग करते हैं", "सभी स्वीकार करें"),
        ("نستخدم ملفات تعريف الارتباط", "قبول الكل"),
        ("Vi bruker informasjonskapsler", "Aksepter alle"),
        ("Мы используем файлы cookie", "Принимаю"),
        ("Sütiket használunk", "Az összes elfogadása"),
    ],
)
def test_a_cookie_banner_is_closed_in_whatever_language_its_page_is(text: str, label: str) -> None:
    past = Past(fills=Counter({USER.key: 1, SECRET.key: 1}))
    fields = replace(USER, filled=True), replace(SECRET, filled=True)
    covered = replace(SUBMIT, covered_by="div#ck")
    banner = control(9, "button", "button", label=label, layer=0)
    act = decide(view(*fields, covered, banner, layers=(Layer(text, modal=False, cookie=False),)), past, KNOWN)
    assert isinstance(act, Act)
    assert (act.control.label, act.what) == (label, "cookies")


@pytest.mark.parametrize(
    "label",
    [
        *("Continue in browser", "Not now", "Close", "×", "Im Browser fortfahren", "Nicht jetzt", "ブラウザで続ける"),
        *("後で", "Continuer sur le site", "Plus tard", "Continuar en el navegador", "Ahora no"),
    ],
)
def test_what_advertises_an_app_over_the_login_is_put_away(label: str) -> None:
    layers = (Layer("Better in the app", modal=False, cookie=False),)
    app = control(8, "link", "a", label="Open the app", href="https://play.google.com/x", layer=0)
    leave = control(9, "button", "button", label=label, layer=0)
    fields = replace(USER, filled=True), replace(SECRET, filled=True)
    past = Past()
    past.fills.update({USER.key: 1, SECRET.key: 1})
    shut = replace(SUBMIT, covered_by="div#app")
    act = decide(view(*fields, shut, app, leave, layers=layers), past, KNOWN)
    assert isinstance(act, Act)
    assert act.control.label == label
    astray = replace(leave, kind="link", href="https://x.com/lumen")
    for other in (replace(leave, layer=None), replace(leave, label="Open the app"), astray):
        act = decide(view(*fields, shut, app, other, layers=layers), past, KNOWN)
        assert not (isinstance(act, Act) and act.control == other)
    free = decide(view(*fields, SUBMIT, app, leave, layers=layers), past, KNOWN)
    assert isinstance(free, Act)
    assert free.control.label == "Sign in"


@pytest.mark.parametrize(
    ("going", "other", "title"),
    [
        ("Next", "Create account", "Sign in"),
        ("Continue", "Sign up", "Welcome back"),
        ("Weiter", "Konto erstellen", "Anmelden"),
        ("Suivant", "Créer un compte", "Connexion"),
        ("Siguiente", "Crear cuenta", "Iniciar sesión"),
        ("次へ", "アカウントを作成", "ログイン"),
    ],
)
def test_a_login_without_a_form_that_offers_a_registration_is_a_login(going: str, other: str, title: str) -> None:
    name = control(1, label="Email", autocomplete="username")
    both = control(2, "button", "button", label=going), control(3, "button", "button", label=other)
    found = find_form(view(name, *both, title=title, headings=(title,)))
    assert found is not None
    assert found.last_field == name
    headed = replace(name, heading=other)
    assert find_form(view(headed, *both, title=other, headings=(other,))) is None
    assert find_form(view(name, *both, title=other)) is None
    names = [control(n, label=label) for n, label in ((5, "Street"), (6, "City"))]
    assert find_form(view(*names, name, *both, title="Lamps")) is None


@pytest.mark.parametrize(
    ("label", "href", "federated"),
    [
        ("Continue with Google", None, True),
        ("", "https://www.facebook.com/dialog/oauth?x=1", True),
        ("Sign in with LINE", None, True),
        ("Log in with Amazon", None, True),
        ("Link with Amazon Alexa", None, False),
        ("Sign in", "/login?next=%2Fauthorize%3Fredirect_uri%3Dhttps%3A%2F%2Fpitangui.amazon.com", False),
        ("Pipeline", None, False),
    ],
)
def test_federated_logins_are_told_apart(label: str, href: str | None, federated: bool) -> None:
    assert is_federated(control(1, "link", "a", label=label, href=href)) is federated


@pytest.mark.parametrize(
    ("text", "topic", "expected"),
    [
        ("Username", "username", True),
        ("ＵＳＥＲＮＡＭＥ", "username", True),
        ("Passport number", "password", False),
        ("Bestätigen Sie Ihre  E-Mail", "email", True),
        ("メールアドレス", "email", True),
        ("Allowed apps", "allow", False),
        ("ungültiges Passwort", "rejected", True),
        ("home automation", "refused", False),
        ("Passwort anzeigen", "reveal", True),
        ("Showroom", "reveal", False),
    ],
)
def test_words_are_found_whole(text: str, topic: str, expected: bool) -> None:
    assert Text(text).about(topic) is expected


def test_names_of_programmers_are_taken_apart() -> None:
    assert words_of("loginUserName").about("username")
    assert words_of("otp_code").about("code")
    assert words_of("current-password").about("password")
    assert not words_of("compass").about("password")


def test_every_topic_speaks_english_and_no_word_is_empty() -> None:
    for topic, languages in topics().items():
        assert languages.get("en") or topic in {"bare_code"}, topic
        assert all(word.strip("* ") for words in languages.values() for word in words), topic


IN = Past(submissions=[Submission("s", "password", "h", ("before",), frozenset())])


def box(uid: int, label: str, **more: Any) -> Seen:
    return control(uid, "checkbox", "checkbox", label=label, form=0, **more)


def test_a_login_that_calls_its_password_new_against_autofill_is_a_login() -> None:
    secret = replace(SECRET, autocomplete="new-password")
    for sends in ("Log in", "Link now", "Authorize"):
        assert find_form(view(USER, secret, button(3, sends))), sends
    forgets = control(4, "link", "a", label="Forgot password?", form=0)
    assert find_form(view(USER, secret, button(3, "Continue"), forgets))
    for sends in ("Sign up", "Continue", "Create account"):
        assert find_form(view(USER, secret, button(3, sends))) is None, sends
    assert find_form(view(USER, replace(SECRET, label="New password"), button(3, "Log in"))) is None
    for sends in ("Agree and continue", "Accept and continue"):
        assert find_form(view(USER, secret, button(3, sends), headings=("Finish signing up",))) is None, sends
    for aside in ("Need help?", "Forgot password?"):
        link = control(4, "link", "a", label=aside, form=0)
        assert find_form(view(USER, secret, button(3, "Create account"), link)) is None, aside


@pytest.mark.parametrize(
    ("aside", "own"),
    [
        ("Log in with SSO", "Continue"),
        ("Mit Acme anmelden", "Weiter"),
        ("Send sign in code", "Sign in with password"),
        ("Log in via partner", "Next"),
    ],
)
def test_a_form_is_sent_by_its_own_button_not_by_that_of_another_way(aside: str, own: str) -> None:
    for buttons in ((button(3, aside), button(4, own)), (button(3, own), button(4, aside))):
        form = find_form(view(USER, SECRET, *buttons))
        assert form is not None
        assert form.submit is not None
        assert form.submit.label == own
    only = find_form(view(USER, SECRET, button(3, "Log in with your Acme account")))
    assert only is not None
    assert only.submit is not None


@pytest.mark.parametrize(
    ("said", "status", "kind", "fault", "hint"),
    [
        ("CSRF verification failed. Request aborted.", 403, "dead_end", Fault.IDENTITY_PROVIDER, "Referrer-Policy"),
        ("Invalid authenticity token", 422, "dead_end", Fault.IDENTITY_PROVIDER, "SameSite"),
        ("Correlation failed", 400, "dead_end", Fault.IDENTITY_PROVIDER, "SameSite"),
        ("Too many failed login attempts. Try again later.", 200, "login_rejected", Fault.TESTER, "--workers 1"),
        ("TOO_MANY_ATTEMPTS_TRY_LATER", 200, "login_rejected", Fault.TESTER, "--workers 1"),
        ("Firebase: Error (auth/too-many-requests).", 200, "login_rejected", Fault.TESTER, "--workers 1"),
        ("Attempt limit exceeded, please try after some time.", 200, "login_rejected", Fault.TESTER, "--workers 1"),
        ("Disabled due to many failed login attempts.", 200, "login_rejected", Fault.TESTER, "--workers 1"),
        ("Login failed", 429, "login_rejected", Fault.TESTER, "linker.limits.logins"),
        ("Login failed", 401, "login_rejected", Fault.TESTER, "check linker.account"),
    ],
)
def test_not_every_refusal_is_about_the_password(said: str, status: int, kind: str, fault: Fault, hint: str) -> None:
    decision = decide(view(text=said, errors=(said,), status=status), replace(IN), KNOWN)
    assert isinstance(decision, Wait)
    assert (decision.ending.kind, decision.ending.fault) == (kind, fault)
    assert said in decision.ending.message
    assert hint in decision.ending.hint


@pytest.mark.parametrize(
    ("page", "kind", "fault"),
    [
        ({"status": 400}, "dead_end", Fault.IDENTITY_PROVIDER),
        ({"status": 200}, "dead_end", Fault.IDENTITY_PROVIDER),
        ({"status": 401}, "login_rejected", Fault.TESTER),
        ({"status": 429}, "login_rejected", Fault.TESTER),
        ({"status": 400, "text": "Please try again.\nForgot your password?"}, "login_rejected", None),
        ({"status": 400, "text": "Please try again.\nThe password is wrong."}, "login_rejected", Fault.TESTER),
        ({"status": 400, "text": "Login failed, please try again."}, "login_rejected", None),
        ({"status": 400, "headings": ("Sorry",)}, "login_rejected", None),
        ({"status": 403}, "login_rejected", None),
        ({"status": 422}, "login_rejected", None),
        ({"status": 400, "headings": ("Wrong password",)}, "login_rejected", Fault.TESTER),
    ],
)
def test_an_error_page_in_place_of_the_form_refuses_no_password(
    page: dict[str, Any], kind: str, fault: Fault | None
) -> None:
    oops = {"title": "Acme", "headings": ("Oops!, something went wrong",), "text": "Please try again."}
    past = Past(submissions=[replace(SENT, documents=("before",))])
    decision = decide(view(**{**oops, **page}), past, KNOWN)
    assert isinstance(decision, Wait)
    assert (decision.ending.kind, decision.ending.fault) == (kind, fault)


def test_a_dialog_that_tells_nothing_makes_no_error_page() -> None:
    ending = ending_of(BARE_PAGE, "Something went wrong. Please try again.")
    assert (ending.kind, ending.fault) == ("login_rejected", None)


def test_a_line_that_names_the_password_counts_for_more_than_one_that_is_marked() -> None:
    text = "Please try again.\nThe password is not correct: wrong."
    past = Past(submissions=[replace(SENT, documents=("before",))])
    told = decide(view(USER, SECRET, SUBMIT, errors=("Please try again.",), text=text), past, KNOWN)
    assert isinstance(told, Stop)
    assert told.ending.fault is Fault.TESTER
    assert "“The password is not correct: wrong.”" in told.ending.message


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Sign in\nE-mail\nPassword", "without an error text"),
        ("Sign in\nIt is 12:08\nE-mail\nPassword\nSign in", "without an error text"),
        ("Those two do not fit.\nSign in\nE-mail", "with new words on its page, “Those two do not fit.”, after"),
        ("A b\nNo such pair\n***\nOne\nTwo\nThree", "with new words on its page, “No such pair” / “One” / “Two”, a"),
    ],
)
def test_a_form_that_came_back_is_told_with_what_is_new_on_its_page(text: str, said: str) -> None:
    before = view(USER, SECRET, SUBMIT, text="Sign in\nIt is 11:59\nE-mail\nPassword", document="before")
    sent = replace(SENT, documents=("before",), shown=lines_shown(before))
    told = decide(view(USER, SECRET, SUBMIT, text=text), Past(submissions=[sent]), KNOWN)
    assert isinstance(told, Wait)
    assert told.ending.message.startswith(f"The same form came back {said}")
    account = "new words" in said
    assert (told.ending.fault is None) == account
    assert (told.ending.hint or "").startswith("check linker.account" if account else "the server may have lost")


def test_what_a_page_showed_is_kept_when_its_form_is_sent() -> None:
    shown = view(*(replace(c, filled=True) for c in (USER, SECRET)), SUBMIT, text="Sign in\nIt is 11:59")
    past = Past(fills=Counter({USER.key: 1, SECRET.key: 1}))
    act = decide(shown, past, KNOWN)
    assert isinstance(act, Act)
    assert act.sends is not None
    assert act.sends.shown == {"", "Sign in", "It is :"}


def rounds(address: str, text: str) -> int:
    """How often “Allow” is pressed where the server asks the same again and again, under ``address`` of the round."""
    past = Past(submissions=[SENT])
    for n in range(12):
        settings = {"title": "Link", "headings": ("Alexa wants to link",), "text": text.format(n)}
        shown = view(button(3, "Allow"), url=address.format(n), document=f"d{n}", **settings)
        act = decide(shown, past, KNOWN)
        if not isinstance(act, Act):
            return n
        past.actions += 1
        past.presses[press_key(shown, act.control)] += 1
        past.pressed_in[press_key(shown, act.control)] = shown.documents
    return 12


@pytest.mark.parametrize(
    ("address", "text", "times"),
    [
        ("https://id.example.test/consent?round={}", "Scopes: {}", 2),
        ("https://id.example.test/interaction/Yx3-abcdEFGHijkl_{}", "Scopes: profile", 2),
        ("https://id.example.test/i/3f2b1c00-aaaa-bbbb-cccc-0123456789a{}/consent", "Since 12:0{}\nprofile", 2),
        ("https://id.example.test/#/flow/3f2b1c00aaaabbbb{}", "Scopes: profile", 2),
        ("https://id.example.test/step{}", "Scopes: profile", 12),
        ("https://id.example.test/step-number-{}", "Scopes: profile", 12),
        ("https://id.example.test/i/3f2b1c00aaaabbbb{}", "Step {} of 12", 12),
        ("https://id.example.test/i/3f2b1c00aaaabbbb{}", "A" * 8000, 2),
    ],
)
def test_a_server_that_asks_the_same_again_is_told_so_twice(address: str, text: str, times: int) -> None:
    assert rounds(address, text) == times


def test_pages_of_one_round_that_say_something_else_are_other_pages() -> None:
    places = "https://id.example.test/interaction/Yx3-abcdEFGHijkl_0", "https://id.example.test/consent"
    for place, others in zip(places, (True, False), strict=True):
        lamps, heating = (view(button(3, "Allow"), url=place, text=text) for text in ("Lamps", "Heating"))
        assert (press_key(lamps, lamps.controls[0]) != press_key(heating, heating.controls[0])) == others


@pytest.mark.parametrize(
    "label",
    [
        "Log in without a password",
        "Ohne Passwort anmelden",
        "Se connecter sans mot de passe",
        "Inloggen zonder wachtwoord",
        "パスワードなしでログイン",
        "Sign in with a one-time password",
        "Login with one time password (OTP)",
        "Anmelden mit Einmal-Passwort",
        "Passwort zum Anmelden zusenden",
        "Lost your login or password?",
        "Login and password help",
        "Sign in with your Google password",
        "Reset password and log in with email",
    ],
)
def test_what_leads_away_from_the_password_is_not_pressed(label: str) -> None:
    shown = view(USER, button(3, "Continue"), control(4, "link", "a", label=label, href="#"))
    assert decide(shown, Past(), KNOWN).control == USER


@pytest.mark.parametrize("field", [USER, control(1, label="Verification code", name="otp", form=0)])
@pytest.mark.parametrize("label", ["Use password instead", "Log in with password", "Mit Passwort anmelden"])
def test_the_way_to_the_password_comes_before_a_letter_is_sent(field: Seen, label: str) -> None:
    way = control(4, "link", "a", label=label, href="#")
    shown = view(field, button(3, "Send"), control(5, "link", "a", label="Forgot password?", href="#"), way)
    past = Past()
    act = decide(shown, past, KNOWN)
    assert (act.action, act.control) == ("click", way)
    past.presses[press_key(shown, way)] += 1
    assert decide(shown, past, KNOWN).control == field
    assert decide(shown, Past(), replace(KNOWN, password=False)).control == field
    without = view(field, button(3, "Send"), control(5, "link", "a", label="Forgot password?", href="#"))
    assert decide(without, Past(), KNOWN).control == field


def test_one_scope_at_least_is_ticked_before_consent_is_given() -> None:
    scopes = (box(1, "profile", name="scope", value="profile"), box(2, "lights", name="scope", value="lights"))
    shown = view(*scopes, button(3, "Submit consent"), text="Consent required", title="Custom consent page")
    act = decide(shown, replace(IN), KNOWN)
    assert (act.action, act.control) == ("check", scopes[0])
    given = view(replace(scopes[0], checked=True), *shown.controls[1:], text="Consent required")
    assert decide(given, replace(IN), KNOWN).control.label == "Submit consent"
    named = (
        box(1, "read", name="permissions[read]", checked=True),
        box(2, "Delete my data", name="permissions[delete]"),
    )
    listed = view(*named, button(3, "Submit consent"), text="Consent required", title="Custom consent page")
    assert decide(listed, replace(IN), KNOWN).control.label == "Submit consent"


def test_yes_is_consent_after_the_login_where_the_page_speaks_of_allowing() -> None:
    asked = view(button(1, "Yes"), button(2, "No"), text="Allow Alexa to control your lights?", title="")
    act = decide(asked, replace(IN), KNOWN)
    assert (act.action, act.control.label, act.what) == ("click", "Yes", "allow")
    assert decide(asked, Past(), KNOWN).what == "next"
    for other in ("Turn on notifications?", "Stay signed in? You accept our terms", "Receive offers from partners?"):
        page = view(button(1, "Yes"), button(2, "No"), text=f"{other} Allow us", title="")
        assert getattr(decide(page, replace(IN), KNOWN), "what", None) != "allow", other
    deleting = view(button(1, "Yes"), button(2, "No"), text="Allow us to go on?", title="Delete your account")
    assert not isinstance(decide(deleting, replace(IN), KNOWN), Act)


@pytest.mark.parametrize("says", ["Alle zulassen", "Autoriser tout", "Permitir todas"])
def test_a_cookie_banner_is_closed_by_allowing_cookies(says: str) -> None:
    layers = (Layer("Cookies", modal=False, cookie=True),)
    covered = replace(SUBMIT, covered_by="div.banner")
    filled = (replace(USER, filled=True), replace(SECRET, filled=True))
    past = Past(fills={USER.key: 1, SECRET.key: 1})
    act = decide(view(*filled, covered, button(4, says, form=None, layer=0), layers=layers), past, KNOWN)
    assert (act.control.label, act.what) == (says, "cookies")


COOKIES = Layer("We use cookies for marketing", modal=False, cookie=True)


def banner_closed_by(
    *labels: str, layer: Layer = COOKIES, kind: str = "button", pressed: int = 0, idle_s: float = 0.0
) -> str | None:
    """What takes a banner with ``labels`` away, that is still there after its first was ``pressed`` so often."""
    past = Past(fills=Counter({USER.key: 1, SECRET.key: 1}), idle_s=idle_s)
    answers = [control(n, kind, "button", label=label, layer=0) for n, label in enumerate(labels, 10)]
    filled = replace(USER, filled=True), replace(SECRET, filled=True)
    shown = view(*filled, replace(SUBMIT, covered_by="div#ck"), *answers, layers=(layer,))
    past.presses[press_key(shown, answers[0])] = pressed
    act = decide(shown, past, KNOWN)
    return act.control.label if isinstance(act, Act) and act.what == "cookies" else None


@pytest.mark.parametrize(
    ("settings", "accept", "refuse"),
    [
        ("Cookie settings", "Accept all cookies", "Reject all"),
        ("Manage options", "Consent", "Deny"),
        ("Customise", "Agree", "Continue without accepting"),
        ("Einstellungen", "Alle akzeptieren", "Nur notwendige Cookies"),
        ("Paramètres", "Tout accepter", "Tout refuser"),
        ("Instellingen", "Alle cookies accepteren", "Alles afwijzen"),
        ("Ustawienia", "Zaakceptuj wszystkie", "Odrzuć wszystkie"),
        ("设置", "全部接受", "全部拒绝"),
        ("सेटिंग्स", "सभी स्वीकार करें", "सभी अस्वीकार करें"),
        ("الإعدادات", "قبول الكل", "رفض الكل"),
    ],
)
def test_cookies_that_are_not_needed_are_refused_where_that_takes_their_banner_away(
    settings: str, accept: str, refuse: str
) -> None:
    assert banner_closed_by(settings, accept, refuse) == refuse
    assert banner_closed_by(refuse, accept, settings, pressed=2) == accept


@pytest.mark.parametrize("refuse", ["Reject all and subscribe", "Reject for $2.99", "Ablehnen und Abo kaufen", "Back"])
def test_cookies_are_accepted_where_refusing_them_costs_something_or_leads_away(refuse: str) -> None:
    assert banner_closed_by(refuse, "Accept all") == "Accept all"


def test_all_cookies_are_accepted_where_the_page_takes_no_refusal() -> None:
    assert banner_closed_by("Decline and leave", "Accept all") == "Accept all"
    assert banner_closed_by("Reject all", "Accept all", pressed=1) == "Reject all"
    assert banner_closed_by("Reject all", "Accept all", pressed=1, idle_s=3.0) == "Accept all"


def test_a_dialog_that_mentions_cookies_is_not_declined() -> None:
    terms = Layer("You agree to our terms and our use of cookies", modal=True, cookie=False)
    assert banner_closed_by("Decline", "Accept", layer=terms) == "Accept"
    assert banner_closed_by("Decline", "Accept", kind="link") == "Accept"


def test_advertising_that_lies_over_the_login_is_refused() -> None:
    ads = Layer("We show personalised ads", modal=False, cookie=False)
    assert banner_closed_by("Accept", "Reject", layer=ads) == "Reject"
    question = Layer("Would you like our newsletter?", modal=True, cookie=False)
    assert banner_closed_by("Yes", "No", layer=question) == "No"


def test_a_latin_word_may_stand_without_blanks_beside_letters_that_have_none() -> None:
    for said in ("我们使用Cookie来改善您的体验", "当サイトではCookieを使用します"):
        assert Text(said).about("cookie")
    for said in ("Reisecookiez", "Identität", "scookie"):
        assert not Text(said).about_any("cookie", "username")


@pytest.mark.parametrize(
    ("status", "kind"),
    [(0, "login_rejected"), (200, "login_rejected"), (401, "login_rejected"), (404, "dead_end"), (503, "dead_end")],
)
def test_not_found_after_the_login_is_about_the_page_where_the_status_says_so(status: int, kind: str) -> None:
    sent = Submission("s", "password", "h", ("before",), frozenset())
    decision = decide(view(text="Not Found", status=status), Past(submissions=[sent]), KNOWN)
    assert isinstance(decision, Wait)
    assert decision.ending.kind == kind


@pytest.mark.parametrize(
    ("said", "status", "host", "kind"),
    [
        ("Authentication failed", 400, "idp.example.net", "dead_end"),
        ("Authentication failed", 400, "api.example.test", "login_rejected"),
        ("Authentication failed", 401, "idp.example.net", "login_rejected"),
        ("Authentication failed", 200, "idp.example.net", "login_rejected"),
        ("Invalid username or password", 400, "idp.example.net", "login_rejected"),
        ("Too many failed attempts", 400, "idp.example.net", "login_rejected"),
    ],
)
def test_another_site_that_finds_a_request_bad_did_not_get_the_password(
    said: str, status: int, host: str, kind: str
) -> None:
    past = Past(submissions=[Submission("s", "password", host, ("before",), frozenset())])
    decision = decide(view(text=said, errors=(said,), status=status), past, KNOWN)
    assert isinstance(decision, Wait)
    assert decision.ending.kind == kind


@pytest.mark.parametrize(
    ("said", "documents", "kind"),
    [
        ("Request has been denied.", ("before",), "dead_end"),
        ("Permission denied. Policy binding returned result 'False'", ("before",), "dead_end"),
        ("Permission denied", ("d",), "login_rejected"),
        ("Permission denied, please try again.", ("before",), "login_rejected"),
        ("Request denied: wrong password", ("before",), "login_rejected"),
        ("Login denied", ("before",), "login_rejected"),
    ],
)
def test_a_page_that_allows_its_user_nothing_refused_no_password(
    said: str, documents: tuple[str, ...], kind: str
) -> None:
    sent = Submission("s", "password", "h", documents, frozenset())
    decision = decide(view(text=said, title="Lamps"), Past(submissions=[sent]), KNOWN)
    assert isinstance(decision, Wait)
    assert decision.ending.kind == kind


@pytest.mark.parametrize(
    ("status", "title", "more"),
    [
        (401, "Lamps", ""),
        (200, "Login", ""),
        (200, "Lamps", "Please check your user name and password"),
        (200, "Lamps", "Back to login"),
    ],
)
def test_a_page_that_speaks_of_the_login_may_have_denied_that(status: int, title: str, more: str) -> None:
    sent = Submission("s", "password", "h", ("before",), frozenset())
    decision = decide(
        view(text=f"Permission denied\n{more}", title=title, status=status), Past(submissions=[sent]), KNOWN
    )
    assert isinstance(decision, Wait)
    assert decision.ending.kind == "login_rejected"


def test_an_anchor_that_a_script_heeds_makes_no_registration_of_a_login() -> None:
    up = control(4, "button", "generic", label="Create account")
    assert find_form(view(USER, SECRET, control(3, "button", "button", label="→"), up)) is not None
    assert find_form(view(replace(USER, form=None), replace(SECRET, form=None), up)) is not None


ASKED = "https://id.example.test/authorize?client_id=alexa&redirect_uri=https%3A%2F%2Fpitangui.amazon.com&state=s"


@pytest.mark.parametrize(
    ("url", "words", "kind"),
    [
        (ASKED, "400 : Invalid client_id parameter value.", "dead_end"),
        ("https://id.example.test/error", "Invalid client_id parameter value.", "dead_end"),
        (ASKED, "Client not found", "dead_end"),
        (ASKED, "Invalid client ID", "dead_end"),
        (ASKED, "Unauthorized URL", "dead_end"),
        (ASKED, "Fehlerhafte URL", "dead_end"),
        (ASKED, "URL incorrecta", "dead_end"),
        (ASKED, "Unbekannte Anwendung", "dead_end"),
        (ASKED, "Unbekannter Benutzer", "login_rejected"),
        (ASKED, "Cliente desconocido o contraseña incorrecta", "login_rejected"),
        (ASKED, "Invalid client ID or password", "login_rejected"),
        ("https://id.example.test/login?client_id=alexa", "Invalid client ID", "login_rejected"),
        ("https://id.example.test/login/check", "Client not found", "login_rejected"),
        ("https://id.example.test/login/check", "Invalid client number", "login_rejected"),
    ],
)
def test_a_client_id_that_is_refused_after_the_login_refuses_no_password(url: str, words: str, kind: str) -> None:
    assert ending_of(view(url=url, document="next", title="", text=words)).kind == kind


def test_a_page_that_got_the_password_means_the_customer_by_its_client() -> None:
    assert ending_of(view(url=ASKED, title="", text="Invalid client ID")).kind == "login_rejected"


def test_a_client_that_the_login_form_asked_for_is_the_customer() -> None:
    form = [replace(USER, label="Client ID", filled=True), replace(SECRET, filled=True)]
    decision = decide(view(*form, SUBMIT), Past(fills=Counter(c.key for c in form)), KNOWN)
    assert isinstance(decision, Act)
    assert decision.sends is not None
    refused = view(url=ASKED, document="next", title="", text="Invalid client ID")
    for sent, kind in ((decision.sends, "login_rejected"), (replace(decision.sends, of_client=False), "dead_end")):
        answered = decide(refused, Past(submissions=[sent]), KNOWN)
        assert isinstance(answered, Wait)
        assert answered.ending.kind == kind


def looked_for(*controls: Any, sent: bool = False, **frame: Any) -> Ending:
    past = Past(submissions=[SENT] if sent else [])
    decision = decide(view(*controls, **frame), past, KNOWN)
    assert isinstance(decision, Wait)
    return decision.ending


@pytest.mark.parametrize("sent", [False, True])
@pytest.mark.parametrize(
    "frame",
    [
        {"title": "Verify you are human"},
        {
            "title": "Just a moment...",
            "headings": ("id.example.test",),
            "text": "id.example.test\nVerifying you are human.",
        },
        {"title": "id.example.test", "text": "Bestätigen Sie, dass Sie ein Mensch sind"},
    ],
)
def test_a_page_that_only_demands_a_proof_of_humanity_is_a_captcha(frame: dict[str, Any], sent: bool) -> None:
    ending = looked_for(sent=sent, **frame)
    assert (ending.kind, ending.fault) == ("captcha", Fault.TESTER)
    assert "let the address that this tester comes from through" in (ending.hint or "")


@pytest.mark.parametrize(
    ("controls", "frame"),
    [
        ((), {"title": "Just a moment...", "text": "Loading"}),
        ((), {"title": "403 Forbidden", "headings": ("Forbidden",), "status": 403}),
        ((), {"title": "Robots", "text": "We ask our robots to verify you are human."}),
        ((control(1, shape="search", label="Search"),), {"title": "Shop", "text": "Verify you are human"}),
    ],
)
def test_a_page_that_does_not_is_none(controls: tuple[Any, ...], frame: dict[str, Any]) -> None:
    assert looked_for(*controls, **frame).kind == "login_not_found"


@pytest.mark.parametrize(
    ("said", "hint"),
    [
        ("Logging into Example from an embedded browser is disabled.", "lets no browser of an app in"),
        ("Error 403: disallowed_useragent", "lets no browser of an app in"),
        ("Die Anmeldung in einem eingebetteten Browser ist nicht möglich.", "lets no browser of an app in"),
        ("This browser or app may not be secure.", "does not hide that it is automated"),
        ("Unusual traffic from your network", "does not hide that it is automated"),
    ],
)
def test_a_page_that_lets_no_browser_of_an_app_in_asks_nothing_of_the_account(said: str, hint: str) -> None:
    ending = looked_for(title="Log in disabled", text=said)
    assert (ending.kind, ending.fault) == ("login_blocked", None)
    assert hint in (ending.hint or "")


@pytest.mark.parametrize("logged_in", [False, True])
def test_a_page_that_leads_on_may_warn_of_browsers_in_apps(logged_in: bool) -> None:
    past = Past(submissions=[Submission("s", "password", "h", ("before",), frozenset())] if logged_in else [])
    tip = "In an in-app browser this page may look different."
    act = decide(view(button(1, "Continue"), title="Welcome", text=tip), past, KNOWN)
    assert isinstance(act, Act)
    refused = decide(view(button(1, "Continue"), title="403: disallowed_useragent"), past, KNOWN)
    assert isinstance(refused, Wait)
    assert refused.ending.kind == "login_blocked"


def test_of_several_buttons_of_a_form_that_lacks_a_value_the_one_that_logs_in_is_pressed() -> None:
    lacking = control(1, label="ZIP code", form=0, required=True, unfit="required"), button(2, "Log in")
    assert not isinstance(decide(view(*lacking, title="Welcome"), Past(), KNOWN), Act)
    act = decide(view(*lacking, button(3, "Sign up"), title="Welcome"), Past(), KNOWN)
    assert isinstance(act, Act)
    assert act.control.label == "Log in"


def test_a_way_on_is_taken_whatever_the_page_says() -> None:
    assert not isinstance(decide(view(button(1, "Sign in"), text="Verify you are human"), Past(), KNOWN), Wait)


@pytest.mark.parametrize(
    ("status", "acted", "told", "hint"),
    [
        (503, 0, "id.example.test answered the authorization request with status 503, and", "server's log at that"),
        (400, 0, "id.example.test answered the authorization request with status 400, and", "says of this request"),
        (404, 2, "id.example.test answered with status 404, and", "says of this request"),
        (429, 0, "id.example.test answered the authorization request with status 429, that it is asked too", "fewer"),
        (200, 0, "No login form was found. Looked in", "write the steps"),
        (0, 0, "No login form was found. Looked in", "write the steps"),
    ],
)
def test_an_error_page_in_place_of_the_login_is_told_by_its_status(
    status: int, acted: int, told: str, hint: str
) -> None:
    decision = decide(view(title="Oops", text="Sorry", status=status), Past(actions=acted), KNOWN)
    assert isinstance(decision, Wait)
    assert decision.ending.kind == "login_not_found"
    assert decision.ending.message.startswith(told)
    assert "“Oops”" in decision.ending.message
    assert hint in (decision.ending.hint or "")


def test_a_login_form_with_an_error_status_is_a_login_form() -> None:
    assert walked(view(USER, SECRET, SUBMIT, status=404), Past())[-1] == "click Sign in"


BARE_401 = Fate(unauthorized=True)


@pytest.mark.parametrize(
    "page",
    [
        {"text": "Unauthorized"},
        {"text": ""},
        {"title": "401 Unauthorized", "headings": ("Error 401",), "text": "Error 401\nNicht autorisiert"},
        {"text": '{"statusCode":401,"message":"Unauthorized"}'},
        {"title": "Error", "text": "UnauthorizedError: Unauthorized\nat verify (/srv/login.js:3:9)"},
    ],
)
@pytest.mark.parametrize("by_steps", [False, True])
def test_a_form_with_the_password_that_is_answered_with_a_bare_401_is_refused(
    page: dict[str, Any], by_steps: bool
) -> None:
    past = Past(submissions=[] if by_steps else list(IN.submissions), fate=BARE_401)
    decision = decide(view(**{"title": "", "status": 401, **page}), past, replace(KNOWN, by_steps=by_steps))
    assert isinstance(decision, Wait)
    assert (decision.ending.kind, decision.ending.fault) == ("login_rejected", Fault.TESTER)
    assert "id.example.test answered the form with the password with status 401 and" in decision.ending.message
    assert "/srv/" not in decision.ending.message
    assert "check linker.account" in (decision.ending.hint or "")


@pytest.mark.parametrize(
    ("page", "past"),
    [
        ({"text": "Unauthorized"}, {"fate": Fate()}),
        ({"text": "Unauthorized", "status": 403}, {}),
        ({"text": "Unauthorized"}, {"pressed_in": {"Continue": ("d",)}}),
        ({"text": "Session missing"}, {}),
        ({"text": "unauthorized_client"}, {}),
        ({"text": "Unauthorized redirect URI"}, {}),
        ({"text": "Unauthorized", "title": "Bad gateway"}, {}),
    ],
)
def test_other_pages_with_that_status_do_not_say_that_the_password_is_wrong(
    page: dict[str, Any], past: dict[str, Any]
) -> None:
    shown = view(**{"title": "", "status": 401, **page})
    decision = decide(shown, replace(IN, **{"fate": BARE_401, **past}), KNOWN)
    assert isinstance(decision, Wait)
    assert (decision.ending.kind, decision.ending.fault) == ("dead_end", Fault.IDENTITY_PROVIDER)


def test_a_page_with_something_to_use_is_no_bare_401() -> None:
    shown = view(control(1, "link", "a", label=""), title="", status=401)
    decision = decide(shown, replace(IN, fate=BARE_401), KNOWN)
    assert isinstance(decision, Wait)
    assert decision.ending.kind == "dead_end"
