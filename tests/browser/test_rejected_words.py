"""What a server's words say of a login that it did not take, without a browser."""

from __future__ import annotations

import pytest

from e2e_linker.browser.login import endings
from e2e_linker.browser.login.rejections import telling
from e2e_linker.browser.login.words import topics
from e2e_linker.browser.pages.controls import Box, Seen, SeenFrame, View
from e2e_linker.evidence.models import Ending
from e2e_linker.model import Fault

WRONG_PASSWORDS = [
    "Invalid username or password.",
    "Incorrect user ID or password. Type the correct user ID and password, and try again.",
    "Sorry, that didn't work. Please check your password and try again.",
    "The username or password provided in the request are invalid.",
    "An error occurred: wrong password.",
    "Oops! Wrong e-mail or password. Please try again later.",
    "Something went wrong. The details you entered are incorrect.",
    "We couldn't find an account with that username.",
    "Login failed",
    "Login failed. Please try again.",
    "Authentication failed",
    "Sign in failed",
    "We were unable to sign you in",
    "Bad credentials",
    "Firebase: Error (auth/wrong-password).",
    "INVALID_LOGIN_CREDENTIALS: invalid",
    "LDAP: error code 49, invalid credentials",
    "E-mail not found in our database",
    "Your password has expired",
    "There is no user record corresponding to this identifier. It does not exist.",
    "Your account is temporarily unavailable, please try again.",
    "Your account has been disabled.",
    "The details are incorrect",
    "Benutzername oder Passwort ist falsch.",
    "Ungültige Anmeldedaten. Bitte erneut versuchen.",
    "Anmeldung fehlgeschlagen",
    "Ein Fehler ist aufgetreten: Das Passwort stimmt nicht.",
    "Identifiant ou mot de passe incorrect.",
    "Échec de la connexion. Veuillez réessayer.",
    "Échec de l'authentification",
    "Usuario o contraseña incorrectos",
    "Inicio de sesión fallido",
    "Nome utente o password errati",
    "Accesso fallito",
    "Usuário ou senha inválidos",
    "Login falhou",
    "Algo deu errado: senha incorreta",
    "Onjuiste gebruikersnaam of wachtwoord",
    "Inloggen mislukt",
    "Fel användarnamn eller lösenord",
    "Inloggningen misslyckades",
    "Forkert brugernavn eller adgangskode",
    "Feil brukernavn eller passord",
    "Väärä käyttäjätunnus tai salasana",
    "Nieprawidłowa nazwa użytkownika lub hasło",
    "Kullanıcı adı veya şifre hatalı",
    "Nesprávné uživatelské jméno nebo heslo",
    "ユーザー名またはパスワードが正しくありません",
    "ログインに失敗しました",
    "認証に失敗しました",
    "用户名或密码错误",
    "登录失败",
    "아이디 또는 비밀번호가 잘못되었습니다. 다시 시도해 주세요.",
    "로그인 실패",
    "उपयोगकर्ता नाम या पासवर्ड गलत है",
    "कुछ गलत है: पासवर्ड गलत है",
    "اسم المستخدم أو كلمة المرور غير صحيحة",
    "Неверный логин или пароль",
    "Ошибка: неверный пароль",
    "Hibás jelszó",
    "Helytelen felhasználónév vagy jelszó",
    "Nume de utilizator sau parolă incorecte",
    "Pogrešno korisničko ime ili lozinka",
    "Λανθασμένο όνομα χρήστη ή κωδικός πρόσβασης",
    "Невірний логін або пароль",
    "Грешна парола",
    "שם המשתמש או הסיסמה שגויים",
    "Nama pengguna atau kata sandi salah",
    "Tên đăng nhập hoặc mật khẩu không đúng",
    "ชื่อผู้ใช้หรือรหัสผ่านไม่ถูกต้อง",
    "Nenosiri si sahihi",  # a language that is not known
]


def refused(
    *words: str,
    status: int = 200,
    what: str = "the password",
    denied: bool = False,
    alone: bool = False,
    text: str = "",
) -> Ending:
    url = "https://id.example.test/login"
    page = SeenFrame(n=0, document="d", url=url, title="Sign in", text=text, status=status)
    return endings.rejected(View((page,), ()), words, what, denied=denied, alone=alone)


@pytest.mark.parametrize("line", WRONG_PASSWORDS)
def test_a_wrong_password_is_told_in_every_language(line: str) -> None:
    assert telling([line]) == "account"
    assert telling(["Something went wrong.", line, "The service is temporarily unavailable."]) == (
        "account" if line not in VAGUE else "server"
    )
    assert (refused(line).kind, refused(line).fault) == ("login_rejected", Fault.TESTER)


VAGUE = {
    *("Login failed", "Login failed. Please try again.", "Authentication failed", "Sign in failed"),
    *("We were unable to sign you in", "Anmeldung fehlgeschlagen", "Échec de la connexion. Veuillez réessayer."),
    *("Échec de l'authentification", "Inicio de sesión fallido", "Accesso fallito", "Login falhou"),
    *("Inloggen mislukt", "Inloggningen misslyckades", "ログインに失敗しました", "認証に失敗しました", "登录失败"),
    *("로그인 실패", "Nenosiri si sahihi"),
}
"""Those that speak of a login alone, or in a language that is not known: beside them the server may say why."""


@pytest.mark.parametrize("language", topics()["rejected"])
def test_every_word_for_a_refusal_refuses_a_password_where_it_speaks_of_one(language: str) -> None:
    password = topics()["password"].get(language, ["password"])[0]
    for word in topics()["rejected"][language]:
        assert telling([f"{password}: {word.rstrip('*')}", "Oops, something went wrong"]) == "account", word


@pytest.mark.parametrize(
    "line",
    [
        "Something went wrong. Please try again later.",
        "Oops!, something went wrong",
        "Please try again.",
        "Something failed",
        "Access denied",
        "Login failed. Something went wrong.",
        "Ein unbekannter Fehler ist aufgetreten. Bitte später erneut versuchen.",
        "Algo deu errado. Tente novamente.",
        "Något gick fel",
        "出错了，请重试：发生错误",
        "Произошла ошибка",
        "कुछ गलत हो गया",
        *("Hiba történt", "A apărut o eroare", "Došlo je do pogreške", "Κάτι πήγε λάθος", "Сталася помилка"),
        *("Възникна грешка", "אירעה שגיאה", "Terjadi kesalahan", "Đã xảy ra lỗi", "เกิดข้อผิดพลาด"),
        *("Error", "ERROR!", "Erreur", "Fehler.", "Error 24", "Fel", "Ошибка", "エラー", "错误", "त्रुटि"),
        *("You came from an unaccredited IP address", "A required attribute is not available"),
    ],
)
def test_words_that_may_be_said_of_anything_are_said_to_tell_nothing(line: str) -> None:
    ending = refused(line)
    assert (ending.kind, ending.fault) == ("login_rejected", None)
    assert f"answered the password with “{line}”. That does not tell whether what was typed is wrong" in ending.message
    assert "the server's log" in (ending.hint or "")


@pytest.mark.parametrize(
    "line", ["Please complete the captcha", "You must confirm that you are not a robot", "Captcha verification failed"]
)
def test_words_on_a_captcha_refuse_nothing_that_was_typed(line: str) -> None:
    unsent = endings.not_sent(
        View((SeenFrame(n=0, document="d", url="https://id.example.test/"),), ()),
        "the password",
        [],
        found=True,
        words=[line],
    )
    for ending in (refused(line), unsent):
        assert (ending.kind, ending.fault) == ("captcha", Fault.TESTER)
        assert f"asks for a captcha, “{line}”" in ending.message
    assert refused("Wrong password or captcha").kind == "login_rejected"


@pytest.mark.parametrize(("chosen", "left"), [("+1 United States", True), ("Germany (+49)", True), ("Home", False)])
def test_a_country_code_that_nobody_chose_may_be_what_was_wrong(chosen: str, *, left: bool) -> None:
    options = (chosen, chosen, "+49 Germany")
    box = Box(0, 0, 100, 40)
    select = Seen(frame=0, document="d", uid=1, kind="field", type="select-one", box=box, label="Code", options=options)
    view = View((SeenFrame(n=0, document="d", url="https://id.example.test/"),), (select,))
    ending = endings.rejected(view, ["Wrong number or password"], "the password")
    assert ending.kind == "login_rejected"
    assert (f"“Code” was left at “{chosen}”: where the account's number has another" in (ending.hint or "")) is left


@pytest.mark.parametrize("line", ["Invalid transaction", "Expired link", "Invalid login request", "Ungültiger Aufruf"])
def test_a_bad_request_without_a_form_refuses_no_password_by_words_that_name_none(line: str) -> None:
    ending = refused(line, status=400, alone=True)
    assert (ending.kind, ending.fault) == ("login_rejected", None)
    assert "That does not tell whether what was typed is wrong" in ending.message
    for other in (
        refused(line, status=400),
        refused(line, status=403, alone=True),
        refused(line, status=400, alone=True, text="Sign in\nPassword"),
    ):
        assert (other.fault is Fault.TESTER) is (telling([line]) == "account")


@pytest.mark.parametrize(
    "line", ["Invalid login", "Login failed", "User not found", "Invalid phone number", "Bad credentials"]
)
def test_a_bad_request_that_speaks_of_the_login_may_refuse_it(line: str) -> None:
    assert refused(line, status=400, alone=True).fault is Fault.TESTER


def test_what_a_status_refuses_is_refused_whatever_is_said() -> None:
    for ending in (refused("Please try again.", status=401), refused("Please try again.", denied=True)):
        assert ending.fault is Fault.TESTER
        assert "refused the password: “Please try again.”" in ending.message
    assert "refused the one-time code" in refused("Please try again.", what="the one-time code").message


@pytest.mark.parametrize(
    "line",
    [
        "The service is temporarily unavailable. Please try again later.",
        "Unable to connect to the directory server. Authentication failed.",
        "Could not find driver (SQLSTATE) connection failed",
        "invalid_request: The state parameter is invalid or expired. Please try again.",
        "The prompt included in the request contains invalid values.",
        "Firebase: Requests from referer https://id.example.test are blocked.",
        "Firebase: Error (auth/network-request-failed).",
        "OAUTH_APP_BLOCKED : this app is blocked by admin. Denied",
        "Der Dienst ist vorübergehend nicht verfügbar. Bitte erneut versuchen.",
        "Tekniskt fel",
        "系统错误",
        "внутренняя ошибка",
        *("Abnormal error from LDAP server", "Erreur anormale du serveur LDAP", "Anormaler Fehler des LDAP-Servers"),
        *("Unable to connect to LDAP server", "Connexion impossible au serveur LDAP", "Errore anomalo del server LDAP"),
    ],
)
def test_trouble_of_the_servers_own_is_told_as_such(line: str) -> None:
    ending = refused(line)
    assert (ending.kind, ending.fault) == ("dead_end", Fault.IDENTITY_PROVIDER)
    assert "trouble of its own, and without a word on what was typed" in ending.message
    assert f"“{line}”" in ending.message


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("Access denied. You have been blocked by administrator.", None),
        ("Sign-in was blocked by admin, access denied", Fault.TESTER),
    ],
)
def test_a_customer_whom_somebody_has_blocked_is_no_trouble_of_the_servers(line: str, fault: Fault | None) -> None:
    assert (refused(line).kind, refused(line).fault) == ("login_rejected", fault)


@pytest.mark.parametrize(
    "line", ["Technical error. Login failed.", "Server error, please try again", "Network error: failed"]
)
def test_a_script_that_has_one_word_for_all_does_not_make_a_refusal_the_servers_trouble(line: str) -> None:
    assert refused(line).fault is Fault.IDENTITY_PROVIDER
    for ending in (refused(line, denied=True), *(refused(line, status=n) for n in (401, 403, 422))):
        assert (ending.kind, ending.fault) == ("login_rejected", None)
        assert "does not tell whether what was typed is wrong" in ending.message


def test_what_names_the_request_is_of_the_server_whatever_the_status_is() -> None:
    ending = refused("Firebase: Error (auth/api-key-not-valid). Invalid api key", denied=True)
    assert (ending.kind, ending.fault) == ("dead_end", Fault.IDENTITY_PROVIDER)


@pytest.mark.parametrize(
    "line", ["Your account is locked.", "Too many attempts. Something went wrong, try again later"]
)
def test_locked_accounts_and_too_many_logins_stay_what_they_are(line: str) -> None:
    assert (refused(line).kind, refused(line).fault) == ("login_rejected", Fault.TESTER)
    assert "That does not tell" not in refused(line).message


@pytest.mark.parametrize(
    "words",
    [("Error", "Hibás jelszó"), ("Error: wrong password",), ("Login error",), ("Fehler", "Passwort falsch"), ()],
)
def test_an_error_that_says_more_than_that_is_told_by_what_it_says(words: tuple[str, ...]) -> None:
    assert telling(words) == "account"
