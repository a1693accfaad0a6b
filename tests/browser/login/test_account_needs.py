"""What a server wants done about the test account before it lets it in, without a browser."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from e2e_linker.browser.login import endings
from e2e_linker.browser.login.account_needs import lines_on_account
from e2e_linker.browser.pages.controls import Seen, SeenFrame, View
from e2e_linker.model import Fault
from tests.browser.seen_pages import control

AFTER, PASSWORD, CODE = "After the login", "the password", "the one-time code"


def page(*controls: Seen, heading: str = "", title: str = "Sign in to Home", **frame: Any) -> View:
    headings = (heading,) if heading else ()
    shown = SeenFrame(n=0, document="d", url="https://id.example.test/login", title=title, headings=headings, **frame)
    return View((shown,), controls)


NEW = control(1, shape="password", label="New password"), control(2, shape="password", label="Confirm password")
BOX = control(1, label="One-time code", autocomplete="one-time-code")


@pytest.mark.parametrize(
    "heading",
    [
        "Mobile Authenticator Setup",
        "Set up two-step verification",
        "Set up security methods",
        "Install Microsoft Authenticator",
        "Zwei-Faktor-Authentifizierung einrichten",
        "Configurez la validation en deux étapes",
        "Configura la verificación en dos pasos",
        "Configura l'autenticazione a due fattori",
        "2段階認証の設定",
    ],
)
def test_a_second_factor_is_to_be_set_up(heading: str) -> None:
    shown = page(BOX, heading=heading)
    refused = endings.rejected(shown, ("Invalid authenticator code.",), CODE)
    for ending in (endings.code_missing(shown), endings.dead_end(page(heading=heading), AFTER), refused):
        assert (ending.kind, ending.fault) == ("login_blocked", Fault.TESTER)
        assert "wants a second factor to be set up for the test account" in ending.message
        assert ending.hint
        assert ending.hint.startswith("set it up once by hand")
    assert "“Invalid authenticator code.”" in refused.message


def test_a_picture_for_an_authenticator_sets_up_a_second_factor() -> None:
    shown = page(BOX, heading="Secure your account", text="Scan the QR code with your authenticator app")
    assert "second factor to be set up" in endings.code_missing(shown).message


@pytest.mark.parametrize(
    ("heading", "text"),
    [
        ("Two-step verification", "Enter the code from your authenticator app. Lost your phone? Set it up again"),
        ("Enter your code", "Sign in with a QR code instead"),
        ("2段階認証", "認証アプリに表示されたコードを入力してください"),
        ("Verify your identity", "We sent a code to your e-mail. Privacy. Verify your e-mail"),
        ("Unusual activity", "Enter the code from your authenticator"),
    ],
)
def test_a_page_that_asks_for_a_code_only_is_told_as_that(heading: str, text: str) -> None:
    ending = endings.code_missing(page(BOX, heading=heading, text=text))
    assert "asks for a one-time code, and none is configured" in ending.message
    refused = endings.rejected(page(BOX, heading=heading, text=text), ("Invalid code",), CODE)
    assert (refused.kind, refused.message.split(":")[0]) == ("login_rejected", f"id.example.test refused {CODE}")


@pytest.mark.parametrize(
    "heading",
    [
        "Email verification",
        "Verify your email address",
        "Activate your account",
        "Bestätigen Sie Ihre E-Mail-Adresse",
        "Konto aktivieren",
        "Vérifiez votre adresse e-mail",
        "Confirma tu cuenta",
        "Verifica il tuo indirizzo",
        "メールアドレスの確認",
    ],
)
def test_the_account_is_to_be_confirmed(heading: str) -> None:
    ending = endings.dead_end(page(heading=heading), AFTER)
    assert (ending.kind, ending.fault) == ("login_blocked", Fault.TESTER)
    assert "wants the test account to be confirmed" in ending.message
    by_code = endings.code_missing(page(BOX, heading=heading))
    assert by_code.hint
    assert "log in once by hand" in by_code.hint
    assert "linker.account.otpCommand" in by_code.hint


@pytest.mark.parametrize(
    "heading",
    [
        *("Dashboard", "Verified devices", "Confirm", "Welcome back", "Activate your lamp", "Verify email settings"),
        *("Confirm your account with Alexa", "Verify your account to link", "Confirm registration for Amazon Alexa"),
    ],
)
def test_a_link_in_a_footer_asks_for_nothing(heading: str) -> None:
    link = control(3, "link", "a", label="Verify your e-mail")
    shown = page(link, heading=heading, text="Your lamps\nVerify your e-mail\nUpdate your password")
    assert endings.dead_end(shown, AFTER).kind == "dead_end"


@pytest.mark.parametrize("heading", ["Update password", "Change Password", "Passwort ändern", "新しいパスワードの設定"])
def test_a_new_password_is_asked_for(heading: str) -> None:
    ending = endings.dead_end(page(*NEW, heading=heading), AFTER)
    assert (ending.kind, ending.fault) == ("login_blocked", Fault.TESTER)
    assert "wants a new password for the test account" in ending.message
    assert endings.dead_end(page(heading=heading), AFTER).kind == "dead_end"
    assert endings.dead_end(page(*NEW, heading="Create your account"), AFTER).kind == "dead_end"


@pytest.mark.parametrize(
    "line",
    [
        "Email not confirmed",
        "Your e-mail address has not been verified yet.",
        "Account Pending Registration",
        "error: email_not_verified",
        "Email requires confirmation.",
        "Your account is still awaiting approval by an administrator.",
        "Account is waiting for admin approval",
        "Ihre E-Mail-Adresse ist noch nicht bestätigt",
        "Votre compte n'est pas encore activé",
        "Tu cuenta no está verificada",
        "Il tuo account non è ancora stato verificato",
        "メールアドレスが確認されていません",
        "Your account has not been approved by the administrator yet",
    ],
)
def test_a_login_is_refused_because_the_account_is_not_confirmed(line: str) -> None:
    told = [
        endings.rejected(page(), (line,), PASSWORD),
        endings.no_answer(page(text=f"Sign in\n{line}"), "the password was sent", frozenset()),
        endings.form_returned(page(text=f"Sign in\n{line}"), PASSWORD),
    ]
    for ending in told:
        assert (ending.kind, ending.fault) == ("login_rejected", Fault.TESTER)
        assert f"“{line}”" in ending.message
        assert "confirmed before it goes on" in ending.message
        assert ending.hint
        assert "linker.account" not in ending.hint


@pytest.mark.parametrize(
    "line",
    [
        "Password expired",
        "Password has been reset and now must be changed",
        "You need to update your password",
        "Ihr Passwort ist abgelaufen",
        "Votre mot de passe a expiré",
        "Su contraseña ha caducado",
        "La tua password è scaduta",
        "パスワードの有効期限が切れています",
    ],
)
def test_a_login_is_refused_because_the_password_is_worn_out(line: str) -> None:
    ending = endings.rejected(page(), (line,), PASSWORD)
    assert (ending.kind, ending.hint and "set its new password" in ending.hint) == ("login_rejected", True)


@pytest.mark.parametrize(
    "line",
    [
        "Wrong password. Try again or reset your password",
        "Wrong password, or the account is not activated",
        "Invalid e-mail or password",
        "Account not activated?",
    ],
)
def test_a_login_that_is_refused_for_what_was_typed_is_told_as_that(line: str) -> None:
    ending = endings.rejected(page(), (line,), PASSWORD)
    assert ending.message == f"id.example.test refused the password: “{line}”. It was not sent a second time."


@pytest.mark.parametrize(
    "line",
    [
        "Unverified accounts are deleted after 30 days",
        "Email not confirmed? Send it again",
        "Welcome",
        "If your e-mail address is not verified, you cannot log in.",
        "Users whose account is not activated cannot log in",
        "Your account must be verified. Unverified users cannot link Alexa.",
        "Falls Ihr Konto nicht aktiviert ist, wenden Sie sich an uns",
        "Si su cuenta no está verificada, revise su correo",
        "Contact us if your password has expired.",
        "You must change your password regularly",
        "Changing your e-mail requires confirmation",
        "New accounts require approval",
        "Account needs verification for voice purchases",
        "Waiting for approval on your phone",
        "Your password must be changed every 90 days",
        "If you are not allowed to log in, ask your administrator",
    ],
)
def test_a_notice_beside_a_form_refuses_nothing(line: str) -> None:
    link = control(3, "link", "a", label="Send it again")
    assert "Nothing happened" in endings.no_answer(page(link, text=line), "the password was sent", frozenset()).message


@pytest.mark.parametrize(
    "line",
    [
        "TOO_MANY_ATTEMPTS_TRY_LATER",
        "Firebase: Error (auth/too-many-requests).",
        "Attempt limit exceeded, please try after some time.",
        "Access to this account has been temporarily disabled due to many failed login attempts.",
        "Zu viele Versuche",
        "Trop de tentatives",
        "Demasiadas solicitudes",
        "Troppe richieste",
        "ログイン試行回数が上限に達しました",
    ],
)
def test_a_server_that_was_asked_too_often_is_told_as_that(line: str) -> None:
    ending = endings.rejected(page(), (line,), PASSWORD)
    assert "takes no more logins for now" in ending.message
    assert ending.hint
    assert ending.hint.startswith("wait")


OFF = [
    *("Account Inactive", "This account is inactive.", "Your account has been deactivated.", "User is not active"),
    *("Account is disabled.", "User is disabled", "Your account has been suspended."),
    *("Firebase: Error (auth/user-disabled).", "The user account has been disabled by an administrator."),
    *("Votre compte a été suspendu.", "Su cuenta está suspendida.", "Utente disabilitato"),
    *("Konto inaktiv", "Dieses Benutzerkonto ist inaktiv.", "Compte inactif", "Ce compte n’est plus actif."),
    *("Esta cuenta está inactiva.", "Account non attivo", "Esta conta está inativa.", "このアカウントは無効です。"),
]


@pytest.mark.parametrize("line", OFF)
def test_an_account_that_is_switched_off_is_the_testers(line: str) -> None:
    form, shown = page(control(1, shape="password"), text=line), page(heading=line, text=line)
    refused = endings.rejected(page(text=line), (line,), PASSWORD)
    for ending in (endings.dead_end(shown, AFTER), refused, endings.form_returned(form, PASSWORD, frozenset())):
        assert (ending.kind in {"login_blocked", "login_rejected"}, ending.fault) == (True, Fault.TESTER)
        assert "says that the test account is not active" in ending.message
        assert ending.hint
        assert ending.hint.startswith("switch the test account on")


@pytest.mark.parametrize(
    "line",
    [
        *("If your account is inactive, contact support.", "The user was inactive for too long.", "Inactive accounts"),
        *("Is your account inactive?", "The user is inactive for 10 minutes", "Deactivate account", "Account active"),
        *("Account not activated for voice control?", "Wrong password, or the account is inactive"),
        *("Voice control for your account is disabled.", "The user disabled cookies", "Disabled accounts"),
        *("Your account is disabled for 10 minutes", "Your account has been suspended. Try again later."),
        *("Unknown user or account is disabled.", "Accounts are disabled after 90 days", "Disable account"),
        *("Unknown user or account is inactive.", "アカウントは停止できます", "アカウントは無効にできます"),
    ],
)
def test_what_is_said_of_other_accounts_switches_none_off(line: str) -> None:
    assert endings.dead_end(page(text=line), AFTER).fault is Fault.IDENTITY_PROVIDER
    assert "not active" not in endings.rejected(page(text=line), (line,), PASSWORD).message


@pytest.mark.parametrize("line", ["Error: Login blocked: User is not active", *OFF])
@pytest.mark.parametrize("mark", ["alerts", "errors"])
def test_an_error_on_a_page_without_a_form_switches_the_account_off(line: str, mark: str) -> None:
    again = control(1, "button", "submit", label="Start over")
    marked: dict[str, Any] = {mark: ("You're about to give Alexa access to your home.", line)}
    ending = endings.dead_end(page(again, text=line, **marked), AFTER)
    assert (ending.kind, ending.fault) == ("login_rejected", Fault.TESTER)
    assert f"says that the test account is not active: “{line}”" in ending.message
    known = endings.dead_end(page(again, text=line, **marked), AFTER, frozenset({line}))
    assert known.kind == "dead_end"


@pytest.mark.parametrize(
    "line", ["Login blocked: User is local only", "Login blocked: User cannot authenticate remotely"]
)
def test_an_account_that_is_let_in_at_home_only_is_told_as_that(line: str) -> None:
    form = page(control(1, shape="password"), text=line)
    for ending in (endings.dead_end(page(alerts=(line,)), AFTER), endings.form_returned(form, PASSWORD)):
        assert (ending.kind, ending.fault) == ("login_rejected", Fault.TESTER)
        assert f"lets the test account log in from its own network only: “{line}”" in ending.message
        assert ending.hint
        assert "allow it to the test account" in ending.hint


@pytest.mark.parametrize(
    "line",
    [
        *("Email not confirmed", "Your account is awaiting approval", "Your password has expired", "Welcome back"),
        *("If your account is inactive, contact support.", "This device is local only", "Your lamp is not active"),
        *("Two-step verification of your account is inactive", "Backup for your account is not active"),
        "Die Zwei-Faktor-Authentifizierung ist für Ihr Benutzerkonto deaktiviert",
    ],
)
def test_an_alert_on_a_front_page_shuts_nobody_out(line: str) -> None:
    assert endings.dead_end(page(heading="My lamps", alerts=(line,)), AFTER).kind == "dead_end"


def test_an_error_code_switches_an_account_off() -> None:
    refused = endings.rejected(page(), ("USER_DISABLED",), PASSWORD)
    assert "says that the test account is not active" in refused.message


def test_a_button_of_one_letter_takes_no_line_for_its_own() -> None:
    line = "Your e-mail address is not verified. Please check your inbox."
    closing, again = control(3, "button", "button", label="x"), control(4, "button", "button", label="check your inbox")
    assert lines_on_account(page(closing, text=f"Sign in\n{line}")) == (line,)
    assert lines_on_account(page(closing, again, text=f"Sign in\n{line}")) == ()
    said, resend = "メールアドレスが確認されていません。再送信する", control(4, "button", "button", label="再送信")
    assert lines_on_account(page(resend, text=said)) == ()
    assert lines_on_account(page(control(3, "button", "button", label="."), text=line)) == (line,)


def test_what_a_page_said_before_does_not_answer_a_login() -> None:
    line = "Email not confirmed"
    shown = page(text=f"Sign in\n{line}")
    assert lines_on_account(shown) == (line,)
    assert "same form came back" in endings.form_returned(shown, PASSWORD, frozenset({line})).message
    assert "Nothing happened" in endings.no_answer(shown, "the password was sent", frozenset({line})).message
    pressed = endings.no_answer(shown, "“Allow” was pressed")
    assert (pressed.kind, pressed.fault) == ("dead_end", Fault.IDENTITY_PROVIDER)


@pytest.mark.parametrize(
    "heading",
    [
        "Two-step verification is active",
        "Enter the code from the authenticator app you set up",
        "Verify with your enrolled authenticator",
        "Validation en deux étapes active",
        "Autenticación de dos factores activa",
        "登録済みの認証アプリのコードを入力",
        "2段階認証が有効になっています",
    ],
)
def test_a_second_factor_that_is_set_up_already_only_asks_for_its_code(heading: str) -> None:
    assert "asks for a one-time code, and none" in endings.code_missing(page(BOX, heading=heading)).message


def test_a_picture_to_log_in_with_sets_up_nothing() -> None:
    text = "Enter the code from your authenticator app\nOr scan the QR code\nNo authenticator? Log in with a QR code"
    assert "asks for a one-time code, and none" in endings.code_missing(page(BOX, text=text)).message


@pytest.mark.parametrize(
    "heading", ["Confirm account linking", "Confirm your account link to Alexa", "Account verification successful"]
)
def test_a_page_about_the_link_asks_nothing_of_the_account(heading: str) -> None:
    assert endings.dead_end(page(heading=heading), AFTER).fault is Fault.IDENTITY_PROVIDER


def test_a_front_page_that_asks_for_something_in_a_box_is_the_servers_fault() -> None:
    for headings in (("My devices", "Set up two-step verification"), ("Welcome", "Verify your email")):
        front = replace(page().main, headings=headings)
        assert endings.dead_end(View((front,), ()), AFTER).kind == "dead_end"
    profile = replace(page().main, title="Profile", headings=("My account", "Change password"))
    assert endings.dead_end(View((profile,), NEW), AFTER).kind == "dead_end"
    named = replace(page().main, headings=("Home", "Verify your email"))
    assert endings.dead_end(View((named,), ()), AFTER).kind == "login_blocked"
    broken = page(heading="Verify your email", status=500)
    assert endings.dead_end(broken, AFTER).kind == "dead_end"
    joining = page(*NEW, title="Create your account", heading="Choose a strong password")
    assert endings.dead_end(joining, AFTER).kind == "dead_end"


def test_a_code_that_is_refused_where_an_address_is_confirmed_by_codes_is_told_as_that() -> None:
    shown = page(BOX, heading="Email verification")
    assert endings.rejected(shown, ("Invalid code",), CODE).kind == "login_rejected"


@pytest.mark.parametrize(
    "words",
    [
        ("Your account has been locked", "Too many attempts. Contact support."),
        ("Account locked",),
        ("Too many failed logins. We have locked your account.",),
        ("Ihr Konto wurde gesperrt. Zu viele Versuche.",),
        ("Votre compte a été bloqué",),
        ("アカウントがロックされました",),
        ("Your account is locked until an administrator unlocks it.",),
    ],
)
def test_a_locked_account_is_to_be_unlocked(words: tuple[str, ...]) -> None:
    ending = endings.rejected(page(status=403), words, PASSWORD)
    assert (ending.kind, ending.fault) == ("login_rejected", Fault.TESTER)
    assert ending.message.startswith("id.example.test has locked the test account: “")
    assert (ending.hint or "").startswith("unlock the test account at the server")


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("Your account has been temporarily locked.", "Too many attempts."), "wait, let the test account"),
        (("Your account is locked.", "Try again in 15 minutes. Too many attempts."), "wait, let the test account"),
        (("This account has been locked out, please try again later. Too many attempts.",), "wait, let the test"),
        (("Too many attempts.",), "wait, let the test account"),
        (("Your account is locked for 60 seconds. Too many attempts.",), "wait, let the test account"),
        (("Your account has been locked until 15:30. Too many attempts.",), "wait, let the test account"),
        (("Su cuenta está bloqueada durante 24 horas. Demasiados intentos.",), "wait, let the test account"),
        (("アカウントがロックされました。数分後にお試しください。試行回数",), "wait, let the test account"),
        (("Invalid credentials, or the account is locked.",), "check linker.account"),
        (("パスワードが違います。アカウントがロックされた場合はお問い合わせください。",), "check linker.account"),
        (("Ihr Konto ist gesperrt oder das Passwort falsch.",), "check linker.account"),
        (("Wrong password. If your account is locked, contact support.",), "check linker.account"),
        (("Wrong password. Your account will be locked after 2 more attempts.",), "check linker.account"),
        (("Wrong password", "Is your account locked?"), "check linker.account"),
    ],
)
def test_a_lock_that_passes_or_is_only_spoken_of_is_none(words: tuple[str, ...], hint: str) -> None:
    ending = endings.rejected(page(status=403), words, PASSWORD)
    assert ending.kind == "login_rejected"
    assert "has locked" not in ending.message
    assert (ending.hint or "").startswith(hint)


@pytest.mark.parametrize(
    "line",
    [
        *("Session opening not allowed", "Ouverture de session interdite", "Öffnen einer Sitzung verboten"),
        *("Inicio de sesión no autorizada", "Apertura di sessione vietata", "You are not allowed to log in."),
    ],
)
def test_an_account_that_may_not_log_in_is_not_told_as_a_wrong_password(line: str) -> None:
    form = page(control(1, shape="password"), text=line)
    for ending in (endings.rejected(page(), (line,), PASSWORD), endings.form_returned(form, PASSWORD)):
        assert (ending.kind, ending.fault) == ("login_rejected", Fault.TESTER)
        assert f"does not let the test account open a session: “{line}”" in ending.message
        assert (ending.hint or "").startswith("that need not be the password")


@pytest.mark.parametrize(
    "line",
    [
        "You have been banned from this application. Please contact support if you believe this is an error.",
        *("Your account has been banned.", "BANNED_USER", "Votre compte a été banni", "Tu cuenta ha sido baneada"),
    ],
)
def test_a_banned_account_is_not_told_as_a_wrong_password(line: str) -> None:
    form = page(control(1, shape="password"), text=line)
    alone = endings.dead_end(page(alerts=(line,)), AFTER)
    for ending in (endings.rejected(page(), (line,), PASSWORD), endings.form_returned(form, PASSWORD), alone):
        assert (ending.kind, ending.fault) == ("login_rejected", Fault.TESTER)
        assert f"has banned the test account: “{line}”" in ending.message
        assert "lift the ban" in (ending.hint or "")


@pytest.mark.parametrize(
    "line",
    [
        *("Your IP: you have been banned", "You are banned for 10 minutes", "If you have been banned, write to us"),
        *("Have you been banned? Your account is banned?", "Wrong password, or your account is banned"),
    ],
)
def test_a_ban_that_is_none_of_this_account_or_passes_bans_no_account(line: str) -> None:
    assert "has banned" not in endings.rejected(page(text=line), (line,), PASSWORD).message
    assert "has banned" not in endings.form_returned(page(control(1, shape="password"), text=line), PASSWORD).message


@pytest.mark.parametrize(
    "line", ["Wrong password, or you are not allowed to log in", "Either wrong, or session opening not allowed"]
)
def test_where_it_may_be_the_password_too_that_is_told(line: str) -> None:
    assert "refused the password" in endings.rejected(page(), (line,), PASSWORD).message


def test_an_account_without_a_second_factor_wants_one() -> None:
    refused = endings.rejected(page(), ("No second factors available for your account",), PASSWORD)
    assert "wants a second factor to be set up for the test account" in refused.message


def test_a_device_to_register_is_a_second_factor() -> None:
    heading = "This service requires a double factor authentication. Register a device now, then go back."
    assert "second factor to be set up" in endings.dead_end(page(heading=heading), AFTER).message
    assert endings.dead_end(page(heading="Register a device to use with Alexa"), AFTER).kind == "dead_end"


TWO_NEW = (
    control(1, shape="password", label="New Password", name="new_password"),
    control(2, shape="password", label="Enter New Password Again", name="confirm_password"),
)


def test_a_form_that_asks_for_nothing_but_a_new_password_needs_no_heading() -> None:
    text = "Change Password\nPlease enter your new password below."
    ending = endings.dead_end(page(*TWO_NEW, text=text), AFTER)
    assert (ending.kind, ending.fault) == ("login_blocked", Fault.TESTER)
    assert "wants a new password for the test account" in ending.message
    name, joins = control(3, label="User name"), control(4, "button", "submit", label="Create account")
    old = control(3, shape="password", label="Current password")
    for others in ((name,), (joins,), (old,), (control(3, label="Coupon"),)):
        assert endings.dead_end(page(*TWO_NEW, *others, text=text), AFTER).kind == "dead_end"
    assert endings.dead_end(page(*TWO_NEW, heading="My account", text=text), AFTER).kind == "dead_end"


@pytest.mark.parametrize(
    "heading",
    [
        "Your password may have been compromised",
        "Your password has expired",
        "Ihr Passwort ist abgelaufen",
        "Votre mot de passe a expiré",
        "Su contraseña ha caducado",
        "La tua password è scaduta",
        "パスワードの有効期限が切れました",
    ],
)
def test_a_password_that_is_not_to_be_used_any_more_is_named(heading: str) -> None:
    renew, mail = control(1, "button", "submit", label="Reset password"), control(2, shape="email", label="Email")
    ending = endings.dead_end(page(mail, renew, heading=heading), AFTER)
    assert (ending.kind, ending.fault) == ("login_blocked", Fault.TESTER)
    assert "wants a new password for the test account" in ending.message
    assert endings.dead_end(page(heading=heading), AFTER).kind == "dead_end"
    assert endings.dead_end(page(renew, heading="Your password expires in 6 days"), AFTER).kind == "dead_end"
    assert endings.dead_end(page(renew, heading="My account", text=heading), AFTER).kind == "dead_end"


@pytest.mark.parametrize(
    "heading",
    [
        "Update Account Information",
        "Complete your profile",
        "Benutzerkonto aktualisieren",
        "Complétez votre profil",
        "Completa tu perfil",
        "Completa il tuo profilo",
        "アカウント情報の更新",
    ],
)
def test_a_profile_that_is_to_be_completed_is_named(heading: str) -> None:
    name, submit = control(1, label="First name"), control(2, "button", "submit", label="Submit")
    ending = endings.dead_end(page(name, submit, heading=heading), AFTER)
    assert (ending.kind, ending.fault) == ("login_blocked", Fault.TESTER)
    assert "wants the profile of the test account to be completed" in ending.message
    for others in ((), (replace(name, filled=True),), (replace(name, region="header"),)):
        assert endings.dead_end(page(*others, submit, heading=heading), AFTER).kind == "dead_end"
    assert endings.dead_end(page(name, submit, heading="Welcome", text=heading), AFTER).kind == "dead_end"
