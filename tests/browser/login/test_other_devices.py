"""Pages that wait for a phone, a message or a passkey, without a browser: nothing is said that nobody knows."""

from __future__ import annotations

from typing import Any

import pytest

from e2e_linker.browser.login.decision import decide
from e2e_linker.browser.login.memory import Known, Past, Submission
from e2e_linker.browser.login.moves import Act, Wait
from e2e_linker.browser.pages.controls import View
from e2e_linker.evidence.models import Ending
from e2e_linker.model import Fault
from tests.browser.seen_pages import KNOWN, button, control, field, link, past, pressed, view

CODELESS = Known(username="alice@example.test", password=True, code=False)
NAMED = Past(submissions=[Submission("s", "username", "h", ("before",), frozenset())])


def ending(shown: View, before: Past | None = None, known: Known = CODELESS) -> Ending:
    decision = decide(shown, before or past(), known)
    assert isinstance(decision, Wait), decision
    return decision.ending


def push(heading: str, text: str, *controls: Any, **more: Any) -> View:
    return view(*controls, heading=heading, text=text, title="Log in | Acme", **more)


RESPONDED = button(1, "I've responded on my device")
PUSHES = [
    push(
        "Verify Your Identity",
        "We've sent a notification to the following device via the Auth0 Guardian app: Pixel 7",
        *(RESPONDED, button(2, "Resend"), link(3, "Manually Enter Code")),
        control(4, "checkbox", "checkbox", "Remember this device for 30 days", form=0),
    ),
    push(
        "Approve sign in request",
        "Open your Authenticator app, and enter the number shown to sign in.\n83\nNo numbers in your app? Upgrade it.",
        *(link(1, "I can't use my Microsoft Authenticator app right now"), link(2, "More information")),
    ),
    push(
        "Check your Pixel 7",
        "Google sent a notification to your Pixel 7. Open the Google app, tap Yes on the prompt, then tap 52 on your "
        "phone to sign in.",
        *(button(1, "Resend it"), button(2, "Try another way")),
    ),
    push("Authenticating", "We sent a notification to your mobile device.\nPixel 7", link(1, "Change device")),
    push(
        "Push notification sent", "Enter the correct number in Okta Verify: 42", link(1, "Verify with something else")
    ),
    push("Waiting for your approval", "Open the app.", button(1, "Resend"), button(2, "Cancel")),
    push("Anmeldeanforderung genehmigen", "Öffnen Sie Ihre App.", button(1, "Weiter")),
    push("Approuver la demande de connexion", "Ouvrez votre application."),
    push("サインイン要求を承認", "アプリを開いてください"),
]


@pytest.mark.parametrize("shown", PUSHES, ids=lambda shown: shown.main.headings[0])
def test_a_login_that_waits_for_a_phone_is_told_as_that_and_nothing_is_pressed(shown: View) -> None:
    by_code = any("Code" in c.label for c in shown.controls)
    for before in (past(), *([] if by_code else [NAMED])):
        told = ending(shown, before)
        assert (told.kind, told.fault) == ("login_blocked", Fault.TESTER)
        assert "id.example.test waits until somebody approves the login on another device" in told.message
        assert "linker.account.totp" in (told.hint or "")


@pytest.mark.parametrize(
    "label",
    [
        *("I've responded on my device", "I’ve approved the request", "I have approved it", "I've verified my email"),
        *("Ich habe bestätigt", "J'ai approuvé", "Ya aprobé", "Ho approvato", "Já aprovei", "承認しました"),
    ],
)
@pytest.mark.parametrize("heading", ["One more step", "Link Alexa", "Almost done"])
def test_nobody_says_that_something_was_done_elsewhere(label: str, heading: str) -> None:
    for controls in ((button(1, label),), (button(1, label), button(2, "Cancel"))):
        assert pressed(view(*controls, heading=heading, text="Alexa wants access.")) != label


def test_a_code_leads_away_from_what_waits_for_a_phone() -> None:
    manually = link(3, "Manually Enter Code")
    for controls in ((RESPONDED, button(2, "Resend"), manually), (button(1, "Text me a code"), manually)):
        shown = push("Verify Your Identity", "We've sent a notification to your phone", *controls)
        assert pressed(shown) == manually.label
        assert ending(shown).kind == "login_blocked"
    assert pressed(push("Verify Your Identity", "We sent a push notification.", RESPONDED)) is None
    asked = push("Approve sign in request", "", field(2, "Code", autocomplete="one-time-code"), button(3, "Verify"))
    assert pressed(asked) == "Code"


@pytest.mark.parametrize(
    ("heading", "text", "way"),
    [
        ("Approve sign-in request", "Alexa wants to access your account.", "Approve"),
        ("Link Alexa", "We sent a notification to your phone that a new device is linked.", "Allow"),
        ("You are signed in", "If you have not asked for this, respond to the notification.", "Continue"),
        ("Notifications", "Shall we send a notification to your phone at night?", "Continue"),
        ("Stay informed", "Turn on push notifications in the app", "Not now"),
        ("Link Alexa", "Alexa is waiting for your approval.", "Continue"),
        ("Welcome back", "Did we send a notification to your phone?", "Continue"),
    ],
)
def test_healthy_pages_that_speak_of_phones_are_gone_through(heading: str, text: str, way: str) -> None:
    assert pressed(view(button(1, way), heading=heading, text=text)) == way


CHOOSER = [
    (("Select Enter a code.", "Select Get a push notification."), "Select Enter a code."),
    (("Get a code from the authenticator app", "Get a code at •••47", "Try another way"), 0),
    (("Push to the app", "Enter a security code"), 1),
]


@pytest.mark.parametrize(("labels", "way"), CHOOSER)
def test_of_several_second_factors_the_one_by_a_code_is_taken(labels: tuple[str, ...], way: str | int) -> None:
    ways = [link(n, label) for n, label in enumerate(labels, 1)]
    text = "Select from the following options"
    shown = view(*ways, link(9, "Back to sign in"), heading="Verify it's you with a security method", text=text)
    assert pressed(shown) == (labels[way] if isinstance(way, int) else way)
    told = ending(shown)
    assert (told.kind, told.fault) == ("login_blocked", Fault.TESTER)
    assert "asks by which second factor to go on" in told.message
    assert "linker.account.totp" in (told.hint or "")


def test_where_it_is_not_sure_which_code_is_at_hand_none_is_chosen() -> None:
    ways = link(1, "Code at •••47"), link(2, "Code at •••11")
    assert pressed(view(*ways, heading="Verify your identity", text="Choose one")) is None
    for heading, text in (
        ("Choose a home", "Which one?"),
        ("Verify your identity", ""),
        ("My devices", "Select a lamp"),
    ):
        front = view(link(1, "Home with code 12"), link(2, "Home with code 13"), heading=heading, text=text)
        assert ending(front).kind == "dead_end"


@pytest.mark.parametrize(
    "front",
    [
        view(link(1, "Lamps"), heading="My lamps", text="Notifications\nYour lamp is on"),
        push("Push notification sent", "", status=500),
        push("My lamps", "Push notification sent\n" + "A lamp that is on.\n" * 100),
        push("My lamps", "Push notification sent", field(1, "Name of the lamp")),
    ],
)
def test_a_front_page_waits_for_no_phone(front: View) -> None:
    assert ending(front).kind == "dead_end"


LETTERS = [
    ("Check your inbox", "We sent a sign-in link to alice@example.test. Click the link in the e-mail to continue."),
    ("Almost there", "We've sent a magic link to alice@example.test. You may close this window."),
    ("Posteingang prüfen", "Wir haben Ihnen einen Anmeldelink gesendet."),
    ("Vérifiez votre boîte de réception", "Un lien de connexion vous a été envoyé."),
    ("Revisa tu correo", "Te enviamos un enlace de acceso."),
    ("メールをご確認ください", "ログイン用リンクをメールに送信しました"),
]


@pytest.mark.parametrize(("heading", "text"), LETTERS)
@pytest.mark.parametrize("controls", [(), (link(1, "Resend e-mail", "/login"),)])
def test_a_link_that_comes_by_mail_in_place_of_a_password_is_told_as_that(
    heading: str, text: str, controls: tuple[Any, ...]
) -> None:
    told = ending(view(*controls, heading=heading, text=text), NAMED)
    assert (told.kind, told.fault) == ("login_blocked", Fault.TESTER)
    assert "waits for what a message asks that it has sent to the test account" in told.message
    assert "Python function" in (told.hint or "")
    later = ending(view(*controls, heading=heading, text=text))
    assert later.kind == ("dead_end" if heading == "Almost there" else "login_blocked")


@pytest.mark.parametrize(
    "shown",
    [
        view(heading="Could not send the link", text="We could not send a sign-in link to alice@example.test"),
        view(heading="Welcome", text="Prefer a magic link?"),
        view(heading="Error", text="The login link is not valid any more", status=400),
        view(heading="Check your inbox"),
    ],
)
def test_a_page_that_tells_of_no_link_that_was_sent_is_told_as_ever(shown: View) -> None:
    assert ending(shown, NAMED).kind == "login_not_found"


@pytest.mark.parametrize("label", ["Sign in with a passkey", "Mit Passkey anmelden", "パスキーでログイン"])
def test_a_page_that_takes_a_passkey_only_is_told_as_that(label: str) -> None:
    shown = view(control(1, "button", "button", label), link(2, "Sign up"), title="Sign in", heading="Welcome")
    for before in (Past(), NAMED):
        told = ending(shown, before)
        assert (told.kind, told.fault) == ("login_blocked", Fault.TESTER)
        assert f"takes no password here: all that it offers to log in with is “{label}”" in told.message


@pytest.mark.parametrize(
    "other",
    [
        *(link(2, "Use your password instead"), button(2, "Log in"), link(2, "Try another way")),
        *(button(2, "Sign in with Google"), field(2, "E-mail", autocomplete="username")),
    ],
)
def test_a_passkey_beside_another_way_is_not_all(other: Any) -> None:
    shown = view(control(1, "button", "button", "Sign in with a passkey"), other, title="Sign in")
    decision = decide(shown, Past(), KNOWN)
    assert isinstance(decision, Act) or decision.ending.kind == "login_not_found"  # type: ignore[union-attr]


MORE = "Your organization needs more information to keep your account secure"


def test_an_enrolment_that_can_be_put_off_is_put_off() -> None:
    later = link(1, "Skip for now (14 days until this is required)")
    shown = view(
        later, link(2, "Use a different account"), button(3, "Next"), heading="More information required", text=MORE
    )
    assert pressed(shown) == later.label


@pytest.mark.parametrize(
    "text", [MORE, "Your organization requires you to set up the following methods of proving who you are."]
)
def test_an_enrolment_that_cannot_be_put_off_is_not_begun(text: str) -> None:
    told = ending(view(button(3, "Next"), heading="More information required", text=text))
    assert (told.kind, told.fault) == ("login_blocked", Fault.TESTER)
    assert "wants a second factor to be set up for the test account" in told.message
    assert pressed(view(button(3, "Next"), heading="More information", text="Alexa will find your lamps.")) == "Next"


@pytest.mark.parametrize(
    "text",
    [
        "We sent you a notification about our new terms.",
        "A notification has been sent to your e-mail address.",
        "For your safety, a notification was sent to your email.",
    ],
)
def test_news_that_were_sent_wait_for_nobody(text: str) -> None:
    assert pressed(push("Link Alexa", text, button(1, "Continue"))) == "Continue"
