"""How a login ends whose form comes again after its answer was gone through, without a browser."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from e2e_linker.browser.login.consent import press_key
from e2e_linker.browser.login.decision import decide
from e2e_linker.browser.login.memory import Passage, Past, Submission
from e2e_linker.browser.login.moves import Act, Stop, Wait
from e2e_linker.browser.login.notices import onward
from e2e_linker.browser.login.shown import lines_shown
from e2e_linker.browser.pages.controls import Seen, SeenFrame, View
from e2e_linker.evidence.models import Ending
from e2e_linker.model import Fault
from tests.browser.seen_pages import KNOWN, control

UNKNOWN_CAUSE = "id.example.test answered the password with a page that says "


def view(*controls: Seen, document: str = "d", **frame: Any) -> View:
    settings = {"url": "https://id.example.test/login", "title": "Sign in", "forms": ("f",), **frame}
    shown = SeenFrame(n=0, document=document, **settings)
    return View((shown,), tuple(replace(c, document=document) for c in controls))


FIELDS = control(1, label="E-mail", form=0), control(2, shape="password", label="Password", form=0)
FORM = *FIELDS, control(3, "button", "submit", label="Sign in", form=0)
SENT_FORM = view(*FORM, document="sent", text="Sign in")
SENT = Submission("f", "password", "id.example.test", ("sent",), frozenset(), shown=lines_shown(SENT_FORM))


def answer(label: str, **frame: Any) -> View:
    return view(control(4, "button", "submit", label=label, form=0), document="answer", **frame)


def through(*answers: View, again: View | None = None) -> Ending:
    """The ending where the form comes again after what the tester itself presses on ``answers``."""
    past = Past(submissions=[SENT])
    for shown in answers:
        act = decide(shown, past, KNOWN)
        assert isinstance(act, Act), act
        past.presses[press_key(shown, act.control)] += 1
        past.pressed_in[press_key(shown, act.control)] = shown.documents
        past.passed.append(Passage(shown, act.control.title, act.what))
    end = decide(again or view(*FORM, text="Sign in"), past, KNOWN)
    assert isinstance(end, (Stop, Wait))
    return end.ending


def test_what_the_password_was_answered_with_is_told_where_a_press_led_back_to_the_form() -> None:
    ending = through(answer("Continue", title="Portal", text="Information\nThe store is closed today\nContinue"))
    assert ending.message.startswith(
        f"{UNKNOWN_CAUSE}“Information” / “The store is closed today”; “Continue” was pressed there, and then the form "
        "came again. It was not sent a second time. Now id.example.test shows"
    )
    assert (ending.kind, ending.fault) == ("dead_end", None)
    assert "that page may name the cause" in (ending.hint or "")


@pytest.mark.parametrize(
    ("text", "alerts", "said", "kind"),
    [
        (
            "Your account has not been approved by the administrator yet",
            (),
            "wants the test account to be confirmed before it goes on: “Your account has",
            "login_rejected",
        ),
        (
            "This service requires a double factor authentication. Register a device now.",
            (),
            "wants a second factor to be set up for the test account",
            "login_blocked",
        ),
        ("Hello\nYour account has been locked.", (), "has locked the test account: “Your acc", "login_rejected"),
        ("Your password has expired", (), "wants a new password for the test account", "login_rejected"),
        ("Sorry", ("Wrong user name or password",), "refused the password: “Wrong user", "login_rejected"),
        ("Sorry", ("Invalid login",), "refused the password: “Invalid login”", "login_rejected"),
    ],
)
def test_what_the_answer_said_of_the_account_counts_for_more_than_the_form(
    text: str, alerts: tuple[str, ...], said: str, kind: str
) -> None:
    ending = through(answer("Continue", title="Portal", text=text, alerts=alerts))
    assert (ending.kind, ending.fault) == (kind, Fault.TESTER)
    assert ending.message.startswith(f"id.example.test {said}")
    assert ending.message.endswith("“Continue” was pressed there, and then the form came again.")


def test_an_answer_without_a_word_is_told_by_its_title() -> None:
    ending = through(answer("Continue", title="Portal"))
    assert "answered the password with a page called “Portal”; “Continue” was pressed there" in ending.message
    assert ending.fault is Fault.IDENTITY_PROVIDER


CONSENT = {"title": "Confirmation", "headings": ("Alexa would like to:",), "text": "Know your identity"}


@pytest.mark.parametrize("said", ["", "Your connection has expired, you must authenticate once again"])
def test_a_form_that_comes_again_after_consent_is_a_lost_session(said: str) -> None:
    ending = through(
        answer("Accept", **CONSENT), again=view(*FORM, text=f"{said}\nSign in", errors=(said,) * bool(said))
    )
    assert (ending.kind, ending.fault) == ("dead_end", Fault.IDENTITY_PROVIDER)
    assert ending.message.startswith(
        "id.example.test took the password and asked for consent; after “Accept” was pressed there, id.example.test "
        f"asked for the login once more{f', and said “{said}”' if said else ''}. It was not sent a second time."
    )
    assert "lost its session since the login" in (ending.hint or "")


@pytest.mark.parametrize("shown", [answer("Accept", **CONSENT), answer("Continue", text="One moment")])
def test_a_form_that_says_the_password_is_wrong_is_believed(shown: View) -> None:
    ending = through(shown, again=view(*FORM, text="Wrong password", errors=("Wrong password",)))
    assert ending.message.startswith("id.example.test refused the password: “Wrong password”")


@pytest.mark.parametrize("shown", [answer("Accept", **CONSENT), answer("Continue", text="One moment")])
@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("Too many attempts. Please try again later.", "takes no more logins for now: “Too many attempts"),
        ("You have been banned. Login denied", "has banned the test account: “You have been banned"),
        ("Your account is not activated yet. Login denied", "wants the test account to be confirmed"),
        ("Your account has been locked", "has locked the test account: “Your account has been locked”"),
    ],
)
def test_a_form_that_says_what_is_wrong_with_the_account_is_believed(shown: View, line: str, said: str) -> None:
    ending = through(shown, again=view(*FORM, text=line, errors=(line,)))
    assert ending.kind == "login_rejected"
    assert ending.message.startswith(f"id.example.test {said}")


def test_what_was_pressed_on_the_form_itself_or_before_it_was_sent_is_no_answer() -> None:
    form = view(*FORM, text="Sign in")
    banner = Passage(answer("Accept all", text="We use cookies"), "“Accept all”", "cookies")
    for passage in (Passage(form, "“Show”", "next"), Passage(SENT_FORM, "“Show”", "next"), banner):
        end = decide(form, Past(submissions=[SENT], passed=[passage]), KNOWN)
        assert isinstance(end, Wait)
        assert end.ending.message.startswith("The same form came back without an error text")
    past = Past(submissions=[SENT], passed=[banner])
    past.sending()
    assert not past.passed


@pytest.mark.parametrize(
    ("label", "complaint", "presses"),
    [
        ("Go to portal", "Session module failed", False),
        ("Go to portal", "You are signed in", True),
        ("Go to portal", "Wrong account?", True),
        ("Continue to my account", "2 failed login attempts since your last visit", True),
        ("Go to portal", "Seit Ihrer letzten Anmeldung: 2 Versuche fehlgeschlagen", True),
        ("Continue", "Session module failed", True),
    ],
)
def test_a_marked_error_is_not_left_for_a_portal(label: str, complaint: str, presses: bool) -> None:
    button = control(4, "button", "button", label=label)
    shown = view(button, document="answer", title="Portal", alerts=(complaint,), text=f"{complaint}\n{label}")
    assert (onward(shown, Past(submissions=[SENT]), KNOWN, (button,)) is not None) is presses
    if not presses:
        end = decide(shown, Past(submissions=[SENT]), KNOWN)
        assert isinstance(end, Wait)
        assert "“Session module failed”" in end.ending.message


def test_what_a_menu_offers_is_no_demand_of_the_server() -> None:
    menu = control(5, "link", "a", label="Set up two-factor authentication", href="/2fa")
    shown = view(control(4, "button", "submit", label="Continue", form=0), menu, document="answer", text=menu.label)
    assert through(shown).message.startswith("id.example.test answered the password with a page")


def test_what_was_pressed_away_is_told_where_the_way_ends_elsewhere() -> None:
    menu = view(document="menu", title="My home", text="Hello")
    told = through(answer("Continue", text="Information\nThe store is closed today"), again=menu).message
    assert told.startswith(
        "After the login, and after “Continue” was pressed on a page that says “Information” / “The store is closed "
        "today”, the browser did not come back to Alexa: id.example.test shows “My home”"
    )
    for said in (answer("Accept", **CONSENT), answer("Continue", text="Sign in\nContinue")):
        assert through(said, again=menu).message.startswith("After the login, the browser did not")


@pytest.mark.parametrize("text", ["2 invalid login attempts since your last visit", "Last failed logins: none"])
def test_a_history_of_logins_refuses_nothing(text: str) -> None:
    assert through(answer("Continue", text=text)).message.startswith(f"{UNKNOWN_CAUSE}“{text}”")
    marked = answer("Continue", text=text, alerts=(text,))
    assert through(marked).message.startswith(f"{UNKNOWN_CAUSE}“{text}”")


def test_a_page_that_goes_round_by_itself_is_told_as_one_that_is_loaded_anew() -> None:
    sent = replace(SENT, documents=("one",))
    form = view(*FORM, document="one", text="Sign in")
    notice = replace(answer("Continue", text="The store is closed").controls[0], document="one")
    passed = [Passage(view(notice, document="one", text="The store is closed"), "“Continue”", "next")]
    end = decide(form, Past(submissions=[sent], passed=passed), KNOWN)
    assert isinstance(end, Wait)
    assert end.patience_s is None
    assert end.ending.message.startswith(f"{UNKNOWN_CAUSE}“The store is closed”; “Continue” was pressed there")


@pytest.mark.parametrize(
    ("url", "by_itself"),
    [
        ("https://id.example.test/login?email=a%40b.test&password=x", True),
        ("https://id.example.test/login?email=a%40b.test&password=", False),
        ("https://id.example.test/login?next=password", False),
        ("https://id.example.test/login", False),
    ],
)
def test_a_form_that_the_browser_sent_by_its_address_is_told_as_that(url: str, by_itself: bool) -> None:
    named = FIELDS[0], replace(FIELDS[1], name="password"), FORM[2]
    end = decide(view(*named, url=url, text="Sign in"), Past(submissions=[SENT]), KNOWN)
    assert isinstance(end, (Stop, Wait))
    hint = end.ending.hint or ""
    assert end.ending.message.startswith("The same form came back without an error text")
    assert ("with the password in the page's address (GET)" in hint) is by_itself
    assert ("lost its session" in hint) is not by_itself
