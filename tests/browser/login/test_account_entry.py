"""Logins that are refused although the password is right, without a browser."""

from __future__ import annotations

import pytest

from e2e_linker.browser.login import endings
from e2e_linker.browser.login.decision import decide
from e2e_linker.browser.login.memory import Answer, Known, Past, Submission
from e2e_linker.browser.login.moves import Wait
from e2e_linker.browser.login.words import topics
from e2e_linker.browser.pages.controls import SeenFrame, View
from e2e_linker.evidence.models import Ending
from e2e_linker.model import Fault

UNASSIGNED, RULE, CONSENT = "does not let the test account use", "by a rule of its own", "wants an administrator"
SUBSCRIPTION, BLOCKED, LATER = "a subscription or a licence", "has blocked the test account", "no more logins for now"
FULL = "as many devices, sessions or profiles as it may have"
ENTRA = (
    "AADSTS50105: Your administrator has configured the application Acme Home ('7f3a') to block users unless they are "
    "specifically granted ('assigned') access to the application. The signed-in user 'anna@acme.test' is blocked "
    "because they are not a direct member of a group with access, nor had access directly assigned by an administrator."
)


def page(*, text: str = "", heading: str = "", complaints: tuple[str, ...] = (), title: str = "Sign in") -> View:
    shown = SeenFrame(
        n=0,
        document="d",
        url="https://id.example.test/login",
        title=title,
        headings=(heading,) if heading else (),
        text="\n".join((heading, text)),
        alerts=complaints,
    )
    return View((shown,), ())


def rejected(*words: str, denied: Answer | bool = False) -> Ending:
    return endings.rejected(page(), words, "the password", denied=denied)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("User is not assigned to this application.", UNASSIGNED),
        ("You are not registered for this application.", UNASSIGNED),
        ("You do not have access to this application.", UNASSIGNED),
        (ENTRA, UNASSIGNED),
        ("AADSTS50105: Ihr Administrator hat die Anwendung so eingerichtet.", UNASSIGNED),
        ("Access denied by sign-on policy", RULE),
        ("Unable to login because of security reasons.", RULE),
        ("AADSTS53003: Access has been blocked by Conditional Access policies.", RULE),
        ("AADSTS65001: The user or administrator has not consented to use the application.", CONSENT),
        ("Your subscription has ended. Renew it to use voice assistants.", SUBSCRIPTION),
        ("Ihr Abonnement ist abgelaufen.", SUBSCRIPTION),
        ("Your account has been blocked after multiple consecutive login attempts.", BLOCKED),
        ("user is blocked", BLOCKED),
        ("Too many devices", FULL),
        ("Zu viele aktive Geräte: entfernen Sie eines.", FULL),
        ("You have reached the device limit of your plan.", FULL),
        ("Too many active sessions. Try again in 5 minutes.", LATER),
        ("Too many attempts from too many devices", LATER),
        ("Too many login attempts from this device", LATER),
        ("User account is not enabled", "says that the test account is not active"),
        ("We have detected suspicious login behavior and further attempts will be blocked.", LATER),
        ("Your account is locked. You will be able to try again in 1 hour.", LATER),
        ("Firebase: Error (auth/quota-exceeded).", LATER),
    ],
)
def test_a_login_that_the_server_does_not_let_in_is_no_wrong_password(line: str, says: str) -> None:
    ending = rejected(line)
    assert (ending.kind, ending.fault) == ("login_rejected", Fault.TESTER)
    assert says in ending.message
    assert f"“{line}”" in ending.message
    assert "check linker.account" not in (ending.hint or "")


@pytest.mark.parametrize("topic", ["unassigned", "entry_rule", "consent_lacking", "subscription_over"])
def test_each_of_these_words_says_so_by_itself(topic: str) -> None:
    for word in (word for words in topics()[topic].values() for word in words):
        assert "refused the" not in rejected(word.capitalize()).message, word


@pytest.mark.parametrize(
    "line",
    [
        "Wrong password, or you do not have access to this application",
        "Invalid user name or password. If your account is blocked, ask us.",
        "Either the password is wrong or your subscription has ended",
        "Wrong password. Further attempts will be blocked.",
        "Hibás jelszó",
        "รหัสผ่านไม่ถูกต้อง",
    ],
)
def test_where_it_may_be_the_password_as_well_that_is_told(line: str) -> None:
    ending = rejected(line)
    assert "refused the password" in ending.message
    assert (ending.hint or "").startswith("check linker.account")


@pytest.mark.parametrize(
    "line",
    [
        "Your access request has been blocked.",
        "You do not have permission to perform the requested action",
        "Authentication method is not allowed",
        "Region not served",
        "Nenosiri si sahihi",
        "ユーザーは認証されていません",
    ],
)
def test_words_that_name_nothing_typed_refuse_the_login_and_not_the_password(line: str) -> None:
    for ending in (rejected(line), rejected(line, denied=Answer(403, ()))):
        assert (ending.kind, ending.fault) == ("login_rejected", Fault.TESTER)
        assert ending.message.startswith(f"id.example.test refused the login: “{line}”.")
        assert not (ending.hint or "").startswith("check linker.account")
        assert "linker.account" in (ending.hint or "")
    for denied in (True, Answer(401, ())):
        assert "refused the password" in rejected(line, denied=denied).message
    assert "one-time code" in endings.rejected(page(), (line,), "the one-time code").message


@pytest.mark.parametrize(
    "line",
    [
        *("We couldn't sign you in", "Authentication failure", "Anmelden nicht möglich", "Connexion impossible"),
        *("Error de inicio de sesión", "Acceso denegado", "Accesso non riuscito", "Acesso negado", "Giriş başarısız"),
        *("Toegang geweigerd", "Innlogging feilet", "Kirjautuminen epäonnistui", "Logowanie nie powiodło się"),
        *("Přihlášení se nezdařilo", "लॉगिन विफल", "فشل تسجيل الدخول"),
    ],
)
def test_a_login_that_failed_is_told_as_a_wrong_password_in_each_language(line: str) -> None:
    for ending in (rejected(line), rejected(line, denied=Answer(403, ()))):
        assert "refused the password" in ending.message
        assert (ending.hint or "").startswith("check linker.account")


@pytest.mark.parametrize(
    ("line", "says", "hint"),
    [
        ("Firebase: Error (auth/operation-not-allowed).", "switched this way to log in off", "Sign-in method"),
        ("Email logins are disabled", "switched this way to log in off", "Supabase"),
        ("Firebase: Error (auth/app-not-authorized).", "trouble of its own", "of an API key"),
        ("Error (auth/requests-from-referer-https://a.example.test-are-blocked.).", "trouble of its own", "API key"),
        ("Firebase: Error (auth/api-key-not-valid.-please-pass-a-valid-api-key.).", "trouble of its own", "API key"),
        ("API key not valid. Please pass a valid API key.", "trouble of its own", "API key"),
        ("There was an unsupported response from server.", "trouble of its own", "the server's log"),
        ("Invalid login session", "for want of a session", "whether all workers"),
        ("Invalid session for the user.", "for want of a session", "how long it lives"),
        ("Invalid session for the user, session is expired.", "for want of a session", "how long it lives"),
    ],
)
def test_what_no_customer_gets_past_is_of_the_server(line: str, says: str, hint: str) -> None:
    for ending in (rejected(line), rejected(line, denied=Answer(403, ("FORBIDDEN",)))):
        if "unsupported" not in line or ending == rejected(line):
            assert (ending.kind, ending.fault) == ("dead_end", Fault.IDENTITY_PROVIDER)
            assert says in ending.message
            assert hint in (ending.hint or "")


def test_the_status_of_an_answer_that_refuses_the_request_is_told() -> None:
    ending = rejected("Requests from referer https://id.example.test/ are blocked.", denied=Answer(403, ()))
    assert "(its answer has status 403)" in ending.message


@pytest.mark.parametrize("line", ["Password login is disabled for your account", "Session invalid: user not found"])
def test_words_of_the_account_beside_these_are_of_the_account(line: str) -> None:
    assert rejected(line).kind == "login_rejected"


def after_login(shown: View, before: frozenset[str] = frozenset()) -> Ending:
    sent = Submission("form", "password", "id.example.test", ("earlier",), before)
    decision = decide(shown, Past(submissions=[sent]), Known("anna", password=True, code=False))
    assert isinstance(decision, Wait)
    return decision.ending


@pytest.mark.parametrize(
    ("shown", "says"),
    [
        (page(heading="Unable to sign in", text="User is not assigned to this application."), UNASSIGNED),
        (page(complaints=("User is not assigned to this application.",)), UNASSIGNED),
        (page(heading="Sign in", text=f"Sorry, but we're having trouble signing you in.\n{ENTRA}"), UNASSIGNED),
        (page(heading="You cannot access this right now", text="Your sign-in was successful."), RULE),
        (page(heading="Need admin approval", text="Acme Home"), CONSENT),
        (page(complaints=("Your account has been blocked.",)), BLOCKED),
    ],
)
def test_a_page_without_a_form_that_shuts_the_account_out_is_told_as_that(shown: View, says: str) -> None:
    ending = after_login(shown)
    assert (ending.kind, ending.fault) == ("login_rejected", Fault.TESTER)
    assert says in ending.message


@pytest.mark.parametrize(
    "shown",
    [
        page(heading="Your devices", text="Your trial has ended\nMy home"),
        page(heading="Help", text="If you do not have access to this application, ask your administrator"),
        page(heading="Help", text="Do you need admin approval?"),
        page(heading="Help", text="Can't access this right now? Try our status page"),
        page(heading="Ways to sign in", text="I don't have access to this app"),
    ],
)
def test_a_front_page_may_say_much_to_somebody_who_is_logged_in(shown: View) -> None:
    assert after_login(shown).kind == "dead_end"


def test_what_the_form_said_before_it_was_sent_refuses_nothing() -> None:
    line = "You are not registered for this application."
    assert after_login(page(complaints=(line,)), frozenset({line})).kind == "dead_end"


def test_a_page_that_refuses_the_password_is_told_by_that() -> None:
    shown = page(heading="Wrong password", text="You do not have access to this application.")
    assert "refused the password: “Wrong password”" in after_login(shown).message
