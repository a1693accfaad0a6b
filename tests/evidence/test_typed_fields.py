"""What a person typed into the forms of a captured login is hidden, and what was chosen or pressed is not."""

from __future__ import annotations

import json
import time

import pytest

from e2e_linker.evidence.typed_fields import TypedFields, named_values

LOGIN = b"""<form><input type="hidden" name="csrf" value="x"><input name="tenant"><input name=login>
<input type='password' name='xyz'><input type=submit name=go value="Log in"></form>
<form><input autocomplete="one-time-code" name="answer"></form>"""


def typed(fields: list[tuple[str, str]], page: bytes = b"", *, form: bool = True) -> dict[str, str]:
    known = TypedFields()
    assert not list(known.shown(page))
    return dict(known.sent(fields, form=form))


@pytest.mark.parametrize(
    ("name", "value", "kind"),
    [
        ("password", "Buttercup", "password"),
        ("password", "correct-horse-battery-staple", "password"),
        ("user[password]", "Buttercup", "password"),
        ("registerPassword", "Buttercup", "password"),
        ("password_confirmation", "Buttercup", "password"),
        ("Contraseña", "Sommer", "password"),
        ("wachtwoord", "Sommer", "password"),
        ("heslo", "Sommer", "password"),
        ("user_pass", "Sommer", "password"),
        ("pw", "Sommer", "password"),
        ("hasło", "Sommer", "password"),
        ("palavra-passe", "Sommer", "password"),
        ("Şifre", "Sommer", "password"),
        ("парола", "Sommer", "password"),
        ("パスワード", "Sommer", "password"),
        ("密码", "Sommer", "password"),
        ("비밀번호", "Sommer", "password"),
        ("user[κωδικός]", "Sommer", "password"),
        ("mật khẩu", "Sommer", "password"),
        ("clave", "Sommer", "password"),
        ("upass", "Sommer", "password"),
        ("IDToken2", "Sommer", "password"),
        ("security_answer", "Sommer", "password"),
        ("accessCode", "47110x", "otp"),
        ("pin", "47110", "otp"),
        ("code", "4711", "otp"),
        ("otp_code", "837261", "otp"),
        ("token", "837261", "otp"),
        ("verification", "837 261", "otp"),
        ("2fa", "837261", "otp"),
        ("email", "mia@home.example", "username"),
        ("username", "mia.lamp", "username"),
    ],
)
def test_what_is_typed_is_known_by_the_name_it_is_sent_under(name: str, value: str, kind: str) -> None:
    assert typed([("csrf", "aaa"), (name, value)]) == {value: kind}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("show_password", "true"),
        ("usePassword", "Continue"),
        ("forgot_password", "Forgotten"),
        ("password", "login_required"),
        ("login", "Sign in"),
        ("login", "Weiter"),
        ("username", "Weiter"),
        ("password_length", "1234"),
        ("postcode", "12345"),
        ("country_code", "0049"),
        ("error_code", "40012"),
        ("responseCode", "4041"),
        ("build_code", "20261123"),
        ("token", "CfDJ8abc"),
        ("compass", "northeast"),
        ("parole_evidence", "northeast"),
        ("enclave", "northeast"),
        ("IDToken1", "northeast"),
        ("почта", "northeast"),
        ("住所", "northeast"),
        ("bypass", "enabled9"),
        ("support", "help@home.example"),
        ("userId", "9f1c6a52-4d0b-4f0e-a8a4-5f1f3a9b7c10"),
    ],
)
def test_what_is_chosen_or_sent_along_is_not_taken_for_typed(name: str, value: str) -> None:
    assert typed([(name, value)]) == {}


def test_a_page_says_what_is_typed_into_its_fields() -> None:
    fields = [
        ("csrf", "abcd"),
        ("tenant", "lamps"),
        ("login", "mia1"),
        ("xyz", "hidden"),
        ("answer", "Lamp7"),
        ("go", "Log in"),
    ]
    assert typed(fields, LOGIN) == {"mia1": "username", "hidden": "password", "Lamp7": "otp"}
    assert typed([("xyz", "Sommer")]) == {}


def test_a_page_that_comes_after_what_was_typed_into_it_says_so_too() -> None:
    known = TypedFields()
    assert not list(known.sent([("csrf", "abcd"), ("xyz", "Sommer")]))
    assert list(known.shown(LOGIN)) == [("Sommer", "password")]


def test_a_form_that_is_sent_as_a_query_is_read_where_a_page_asked_for_a_password() -> None:
    known = TypedFields()
    query = [("login", "mia1"), ("xyz", "Sommer"), ("lang", "en")]
    assert not list(known.queried(query))
    assert not list(known.shown(LOGIN))
    assert list(known.queried(query)) == [("mia1", "username"), ("Sommer", "password")]
    assert not list(known.queried([("login", "mia1"), ("lang", "en")]))


@pytest.mark.parametrize("name", ["state", "code", "client_id"])
def test_no_page_changes_what_a_parameter_of_the_protocol_means(name: str) -> None:
    assert typed([(name, "Sommer")], f"<input type=password name={name}>".encode()) == {}


@pytest.mark.parametrize("number", ["01705550123", "+49 170 5550123", "(555) 010-9999"])
def test_a_number_of_a_phone_says_who_logs_in_beside_a_password(number: str) -> None:
    assert typed([("phone", number), ("password", "Sommer")]) == {number: "username", "Sommer": "password"}
    assert typed([("phone", number)]) == {}


def test_names_that_say_nothing_are_read_in_forms_only() -> None:
    page = b"<form><input name=name><input type=password name=value></form>"
    assert typed([("name", "mia1"), ("value", "Sommer")], page) == {"mia1": "username", "Sommer": "password"}
    assert typed([("name", "page_view"), ("value", "first")], page, form=False) == {}


@pytest.mark.parametrize(
    ("sent", "found"),
    [
        ({"credential": {"type": "pw", "value": "Sommer"}}, [("password", "Sommer")]),
        (
            {"fields": [{"id": "city", "value": "Ulm-1"}, {"id": "password", "value": "Sommer"}]},
            [("password", "Sommer")],
        ),
        (
            {
                "type": "PasswordCallback",
                "output": [{"name": "prompt", "value": "Password"}],
                "input": [{"name": "IDToken2", "value": "Sommer"}],
            },
            [("password", "Sommer")],
        ),
        ({"type": "NameCallback", "input": [{"name": "IDToken1", "value": "mia.lamp"}]}, [("username", "mia.lamp")]),
        ({"otp": 482913, "again": True, "at": 1.5, "width": 1280}, [("otp", "482913")]),
        ({"factor": {"type": "pin", "value": 4711}}, [("otp", "4711")]),
        ([{"name": "senha", "value": "Sommer"}], [("password", "Sommer")]),
        ({"smsCode": {"value": "4711"}}, [("otp", "4711")]),
        ({"id": "onetime", "value": "4711"}, [("otp", "4711")]),
        ({"type": "passwordFactor", "value": "Sommer"}, [("password", "Sommer")]),
        ({"event": "click", "id": "password", "text": "Forgotten?"}, []),
        ({"credential": {"type": "public-key", "id": "abcd", "response": {"clientDataJSON": "abcd"}}}, []),
        (["Sommer"], []),
    ],
)
def test_in_json_what_stands_around_a_value_says_what_it_is(sent: object, found: list[tuple[str, str]]) -> None:
    assert list(named_values(json.dumps(sent).encode())) == found


def test_a_list_of_pairs_names_what_was_typed() -> None:
    sent = json.dumps([["username", "mia"], ["password", "Sommer"], ["remember", True]]).encode()
    assert dict(typed(list(named_values(sent)), form=False)) == {"mia": "username", "Sommer": "password"}
    for other in ([["password", "email"]], [["password", "email"], "x"], {"required": ["password", "email"]}):
        assert not list(named_values(json.dumps(other).encode()))


@pytest.mark.parametrize("data", [None, b"", b"{", b"a=b", b"[" * 100_000])
def test_what_is_no_json_holds_no_named_values(data: bytes | None) -> None:
    assert list(named_values(data)) == []


@pytest.mark.parametrize("text", ["<input ", "a=", "a-", "a='", "type= ", "<form"])
def test_markup_that_is_made_to_cost_time_costs_little(text: str) -> None:
    started = time.process_time()
    assert not list(TypedFields().shown(b"password<input " + text.encode() * 40_000))
    assert time.process_time() - started < 20
