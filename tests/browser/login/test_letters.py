"""Pages after a login that have sent a mail or a code, without a browser: nothing is sent once more."""

from __future__ import annotations

from dataclasses import replace

import pytest

from e2e_linker.browser.login.decision import decide
from e2e_linker.browser.login.form import find_form
from e2e_linker.browser.login.letters import sends_again
from e2e_linker.browser.login.moves import Act, Wait
from e2e_linker.browser.login.words import topics
from e2e_linker.browser.pages.controls import View
from e2e_linker.evidence.models import Ending
from e2e_linker.model import Fault
from tests.browser.seen_pages import KNOWN, button, control, field, link, past, pressed, view

OUT = "Log out"


def ending(shown: View) -> Ending:
    decision = decide(shown, past(), KNOWN)
    assert isinstance(decision, Wait)
    return decision.ending


AGAIN = [
    *("Resend", "Resend email", "Resend verification email", "Resend link", "Send again", "Send the e-mail again"),
    *("Send a new code", "Text me a new code", "Request a new code", "Didn't receive the email?", "Code neu anfordern"),
    *("E-Mail erneut senden", "Code nochmals senden", "Neuen Link zusenden", "Renvoyer l’e-mail", "Envoyer à nouveau"),
    *("Reenviar correo", "Enviar de nuevo", "Reinvia email", "Invia di nuovo", "Enviar novamente", "Stuur opnieuw"),
    *("Skicka igen", "Send igen", "Send på nytt", "Lähetä uudelleen", "Wyślij ponownie", "Tekrar gönder"),
    *(
        "Odeslat znovu",
        "確認メールを再送信",
        "メールを再度送信する",
        "重新发送邮件",
        "이메일 재전송",
        "인증코드 다시 보내기",
    ),
    *("ईमेल फिर से भेजें", "إعادة إرسال البريد", "Отправить код ещё раз", "Didn't get a code?", "Rinvia codice"),
]
NOT_AGAIN = [
    *("Send", "Send code", "Email me a code", "Continue", "Try again", "Log in again", "Start again", "Allow"),
    *("Use another account", "Choose another", "Create a new account", "Weiter", "Absenden", "Neu anmelden", "Link"),
    *("Envoyer", "Enviar", "Invia", "Connect a new device", "Erneut versuchen", "送信", "Allow and don't ask again"),
    *(
        "Didn't get redirected? Click here",
        "Rinvia a più tardi",
        "Renvoyer vers Alexa",
        "もう一度ログイン",
        "다시 로그인",
    ),
    *("Permitir e não pedir novamente", "Autoriser et ne plus demander", "Пойти снова", "重新登录", "もう一度試す"),
]


@pytest.mark.parametrize("label", AGAIN)
@pytest.mark.parametrize(
    "heading", ["Verify your email address", "Almost there", "Check your inbox", "Alexa wants to access your account"]
)
def test_nothing_is_sent_again(label: str, heading: str) -> None:
    text = "We have sent a message to your email address. Please do what it says to continue."
    for again in (button(1, label), control(1, "button", "button", label), link(1, label)):
        for logged_in in (True, False):
            assert pressed(view(again, link(2, OUT), heading=heading, text=text), logged_in=logged_in) is None


@pytest.mark.parametrize("label", NOT_AGAIN)
def test_other_words_have_nothing_sent_again(label: str) -> None:
    assert not sends_again(button(1, label))


@pytest.mark.parametrize("language", topics()["email"])
def test_what_sends_again_is_known_in_every_language_that_knows_mail(language: str) -> None:
    known = topics()
    both = language in known["sending"] and language in known["once_more"]
    assert both or language in known["resend"]
    assert language in known["inbox"]


@pytest.mark.parametrize("label", ["Resend email", "Send verification email", "Send", "Open mail app", "Activate"])
def test_an_account_that_is_to_be_confirmed_is_told_of_before_a_button_is_pressed(label: str) -> None:
    shown = view(button(1, label), link(2, OUT), heading="Verify your email address", text="We have sent a link.")
    told = ending(shown)
    assert (told.kind, told.fault) == ("login_blocked", Fault.TESTER)
    assert "wants the test account to be confirmed" in told.message


@pytest.mark.parametrize(
    "heading", ["Check your inbox", "We sent you a link", "Check your email", "Posteingang prüfen"]
)
def test_a_page_that_waits_for_what_it_has_sent_is_no_fault_of_the_server(heading: str) -> None:
    told = ending(view(button(1, "Resend"), link(2, OUT), heading=heading))
    assert (told.kind, told.fault) == ("login_blocked", Fault.TESTER)
    assert "id.example.test waits for what a message asks that it has sent to the test account" in told.message
    assert (told.hint or "").startswith("log in once by hand")


def test_a_front_page_that_offers_to_send_something_again_has_lost_the_request() -> None:
    for front in (
        view(button(1, "Resend"), heading="My lamps", text="Your e-mail address is new to us"),
        view(link(1, "Home"), heading="Check your inbox"),
        view(button(1, "Resend"), heading="Check your inbox", status=500),
        view(button(1, "Resend", form=1), field(2, "Street"), heading="Check your email"),
    ):
        assert (ending(front).kind, ending(front).fault) == ("dead_end", Fault.IDENTITY_PROVIDER)


@pytest.mark.parametrize(
    ("heading", "text", "way"),
    [
        ("Allow Alexa", "Your e-mail address alice@example.test is confirmed.", "Allow"),
        ("Verify your email address", "Alexa wants to access your account.", "Allow"),
        ("Sign in faster with a passkey", "Confirm your account with your fingerprint.", "Continue"),
        ("Confirm your email", "Is alice@example.test still yours?", "Continue"),
        ("Confirm your email", "Is alice@example.test still yours?", "Not now"),
        ("Verify your account activity", "New login from Paris. Was this you?", "Yes, it was me"),
        ("E-Mail bestätigen", "Das können Sie später tun.", "Weiter"),
        ("We need to make sure that it is you", "", "Send code"),
        ("Verify your email address", "", "Send verification code"),
    ],
)
@pytest.mark.parametrize("beside", [(), ("Resend email",)])
def test_healthy_pages_are_gone_through_as_ever(heading: str, text: str, way: str, beside: tuple[str, ...]) -> None:
    no = [button(3, "No")] if way.startswith("Yes") else []
    more = [button(n, label, form=1) for n, label in enumerate(beside, 4)]
    assert pressed(view(button(1, way), *no, *more, heading=heading, text=text)) == way


@pytest.mark.parametrize(
    ("again", "send"),
    [
        *(("Resend code", "Verify"), ("Code erneut senden", "Bestätigen"), ("Envoyer à nouveau", "Envoyer")),
        *(("コードを再送信", "送信"), ("Enviar novamente", "Enviar"), ("Resend login code", "Submit")),
    ],
)
@pytest.mark.parametrize("heading", ["We sent you a code", "Verify your email address"])
def test_a_code_is_typed_and_sent_beside_what_sends_another(again: str, send: str, heading: str) -> None:
    code = {"autocomplete": "one-time-code"}
    for other in (button(3, again), button(1, again), link(3, again), button(3, again, form=1)):
        controls = sorted((field(2, "Code", **code), button(4, send), other), key=lambda c: c.uid)
        assert pressed(view(*controls, heading=heading)) == "Code"
        form = find_form(view(*controls, heading=heading))
        assert form is not None
        assert form.submit is not None
        assert form.submit.label == send


def test_the_return_key_sends_no_code_again() -> None:
    code = field(1, "Code", autocomplete="one-time-code", filled=True)
    before = past()
    before.fills[code.key] += 1
    assert isinstance(decide(view(code, heading="Enter the code"), before, KNOWN), Act)
    decision = decide(view(code, button(2, "Resend code"), heading="Enter the code"), before, KNOWN)
    assert isinstance(decision, Wait)


def test_no_address_is_typed_where_a_confirmation_would_be_sent_again() -> None:
    address = control(1, "field", "email", "Email", form=0)
    shown = view(address, button(2, "Resend confirmation instructions"), link(3, "Log in"), heading="Confirm")
    assert find_form(shown) is None
    assert pressed(shown, logged_in=False) == "Log in"


@pytest.mark.parametrize(
    "heading",
    ["Email could not be delivered", "E-Mail konnte nicht gesendet werden", "Email verified", "Mail settings"],
)
def test_a_page_that_has_sent_nothing_waits_for_no_mail(heading: str) -> None:
    assert ending(view(link(1, "Resend email"), link(2, OUT), heading=heading)).kind != "login_blocked"


@pytest.mark.parametrize(
    "label", ["Request new access", "Zustimmung erneut senden", "重新获取授权", "Send me back to the app again"]
)
def test_access_that_is_asked_for_once_more_is_no_mail(label: str) -> None:
    assert not sends_again(button(1, label))


@pytest.mark.parametrize("label", ["Erneut versenden", "Vuelve a enviar el código", "Request code again"])
def test_more_words_for_sending_again(label: str) -> None:
    assert sends_again(button(1, label))


def test_an_address_that_is_the_customers_is_confirmed() -> None:
    assert pressed(view(button(1, "Yes, this is my email"), heading="Confirm your email")) == "Yes, this is my email"


def test_a_code_is_sent_for_typed_and_checked_where_its_field_is_drawn_late() -> None:
    mail = control(1, "field", "text", "Please click Send button", form=0, enabled=False, filled=True, id="email")
    code = control(2, "field", "text", "Verification code", form=0, visible=False)
    send = control(3, "button", "button", "Send verification code", form=0)
    closed, out = button(5, "Continue", enabled=False), control(6, "button", "button", "Cancel", form=0)
    text = "Verification is necessary."
    assert pressed(view(mail, code, send, closed, out, text=text)) == send.label
    sent = replace(mail, label="Verification code has been sent to your inbox.")
    shown, check = replace(code, visible=True), control(3, "button", "button", "Verify code", form=0)
    again = control(4, "button", "button", "Send new code", form=0)
    form = find_form(view(sent, shown, check, again, closed, out))
    assert form is not None
    assert (form.codes[0].label, form.submit and form.submit.label) == (shown.label, check.label)
    for label, enabled in (("Verify", False), ("Verify", True)):
        own = replace(closed, label=label, enabled=enabled)
        other = control(7, "button", "button", "Use a backup code", form=0)
        form = find_form(view(shown, other, again, own))
        assert form is not None
        assert form.submit == own
    done = replace(code, filled=True), replace(closed, enabled=True)
    assert pressed(view(mail, *done, out, text="E-mail address verified.")) == "Continue"


@pytest.mark.parametrize("label", ["Send code", "Email me a code", "Code senden", "認証コードを送信"])
def test_no_code_is_sent_for_that_nobody_could_read(label: str) -> None:
    shown = view(button(1, label), heading="Verify your identity")
    assert pressed(shown) == label
    decision = decide(shown, past(), replace(KNOWN, code=False))
    assert isinstance(decision, Wait)
    assert "asks for a one-time code, and none is configured" in decision.ending.message
