"""What an answer hands over to Alexa is hidden, whatever it is called and wherever in the address it stands."""

from __future__ import annotations

import base64
import json
import time
from urllib.parse import quote, unquote_plus

import pytest

from e2e_linker.evidence.contents import url_params
from e2e_linker.evidence.redact import SecretRegistry, readable

CODE = "rBq8ZtTkq9nLxV3mW5pYc7Jd"
STATE = "A2SAAEAEq7Zt-" + "kX3_vB9mQ-wL5eR1" * 4
AT_ALEXA = "https://pitangui.amazon.com/api/skill/link/M1ABCDEFGHIJKL"
JARM = f"eyJhbGciOiJub25lIn0.{base64.urlsafe_b64encode(json.dumps({'code': CODE}).encode()).decode().rstrip('=')}."


@pytest.fixture
def registry() -> SecretRegistry:
    registry = SecretRegistry()
    registry.public(STATE)
    return registry


@pytest.mark.parametrize("host", ["alexa.amazon.com.sg", "x.layla.amazon.com", "pitangui.amazon.com."])
def test_an_answer_that_was_stopped_on_its_way_to_another_of_alexas_hosts_is_hidden_too(
    registry: SecretRegistry, host: str
) -> None:
    url = f"https://{host}/api/skill/link/M1?voucher={CODE}&state={STATE}"
    registry.register_url(url)
    assert CODE not in registry.redact(url)


@pytest.mark.parametrize(
    "answer",
    [
        f"?state={STATE}&amp;code={CODE}",
        f"?authCode={CODE}&state={STATE}",
        f"?auth_code={CODE}&state={STATE}",
        f"?params[code]={CODE}&state={STATE}",
        f"?params%5Bcode%5D={CODE}&state={STATE}",
        f"?code[0]={CODE}&state={STATE}",
        f"?voucher={CODE}&state={STATE}",
        f"?response={quote(json.dumps({'code': CODE, 'state': STATE}))}",
        f"?response={quote(json.dumps({'result': {'voucher': CODE}}, separators=(',', ':')))}&state={STATE}",
        f"?response={JARM}&state={STATE}",
        f"?{CODE}&state={STATE}",
        f"?{CODE}",
        f"?={CODE}&state={STATE}",
        f"/{CODE}?state={STATE}",
        f"/{CODE}",
        f"/code={CODE}?state={STATE}",
        f"#{CODE}",
        f"#voucher={CODE}&state={STATE}",
    ],
)
@pytest.mark.parametrize("bearer", ["request", "location"])
def test_a_code_under_a_wrong_name_or_none_is_hidden(registry: SecretRegistry, answer: str, bearer: str) -> None:
    url = AT_ALEXA + answer
    if bearer == "request":
        registry.register_url(url)
    else:
        registry.register_headers([("Location", url)])
    for text in (url, *(text for param in url_params(url) for text in (param.name, param.value))):
        hidden = registry.redact(text)
        assert CODE not in hidden
        assert JARM not in hidden
        assert (STATE in hidden) is (STATE in text)
    assert registry.redact(AT_ALEXA) == AT_ALEXA


@pytest.mark.parametrize("name", ["voucher", "authCode", "", "response"])
def test_so_is_one_that_a_form_hands_over(registry: SecretRegistry, name: str) -> None:
    registry.register_answer([(name, CODE), ("state", STATE)])
    assert CODE not in registry.redact(f"{name}={CODE}")


@pytest.mark.parametrize(
    "answer",
    [
        f"?state={STATE[:40]}",
        f"?state={STATE.lower()}",
        f"?amp;state={STATE[:40]}&x=1",
        f"?session_state={'9f8e7d6c-5b4a-3210' * 2}",
        "?iss=https%3A%2F%2Fus-east-1.login.example%2Ftenant0123456789",
        "?error=temporarily_unavailable_2&error_description=AADSTS50011-Reply-Address-17",
        "?scope=amzn1.profile:read-all-Devices2&token_type=BearerToken-Of-Type-2",
        "?client_id=amzn1.application-oa2-client.0123abcd&vendorId=M1ABCDEFGHIJKLMNO2",
        "?status=accountLinkingSuccessful",
        "?accountLinkingFinished&accountLinkingStatus=",
        f"?{STATE[13:45]}&part={STATE[13:45].lower()}",
    ],
)
def test_what_tells_what_went_wrong_stays_readable(registry: SecretRegistry, answer: str) -> None:
    url = AT_ALEXA + answer
    registry.register_url(url)
    registry.register_answer((param.name, param.value) for param in url_params(url))
    assert registry.redact(url) == url


def test_the_path_of_the_redirect_uri_is_public_once_it_is_known(registry: SecretRegistry) -> None:
    uri = "https://layla.amazon.com/api/skill/link/M1-of-another-kind-0123"
    registry.publish(uri)
    registry.register_url(f"{uri}/{CODE}?state={STATE}")
    assert readable(registry.redact(f"{uri}/{CODE}?state={STATE}")) == f"{uri}/<secret#1>?state={STATE}"


@pytest.mark.parametrize(
    "page", ["https://shop.example", "https://alexa.amazon.com/api/skills", "https://www.amazon.com/api/skill/link"]
)
def test_elsewhere_names_tell_what_is_secret(registry: SecretRegistry, page: str) -> None:
    url = f"{page}/{CODE}?item={CODE}&x={quote(json.dumps({'y': CODE}))}#{CODE}"
    registry.register_url(url)
    assert registry.redact(url) == url


@pytest.mark.parametrize(
    "raw",
    [f"%E9{CODE}", f"%FF%FE{CODE}", f"{CODE[:12]}%E9{CODE[12:]}", f"{CODE}%e9", f"%ED%A0%80{CODE}", f"{CODE[:9]}+%E9"],
)
@pytest.mark.parametrize("decoded_first", [False, True])
def test_a_code_with_bytes_that_are_no_text_is_hidden(registry: SecretRegistry, raw: str, decoded_first: bool) -> None:
    url = f"{AT_ALEXA}?code={raw}&state={STATE}"
    params = url_params(url)
    if decoded_first:
        registry.register_answer((param.name, param.value) for param in params)
    registry.register_url(url)
    assert readable(registry.redact(url)) in [f"{AT_ALEXA}?code=<code#{n}>&state={STATE}" for n in (1, 2)]
    assert [registry.redact(param.value) for param in params] == ["<code#1>", STATE]
    inner = f"https://login.example/?next={quote(url, safe='')}"
    assert CODE[:9] not in registry.redact(inner)


def test_it_has_one_label_as_it_was_sent_and_as_it_is_read(registry: SecretRegistry) -> None:
    registry.register_url(f"{AT_ALEXA}?code=%FF%FE{CODE}")
    registry.register_answer([("code", unquote_plus(f"%FF%FE{CODE}"))])
    assert registry.redact(f"code=%FF%FE{CODE} \ufffd\ufffd{CODE}") == "code=<code#1> <code#1>"


@pytest.mark.parametrize(
    "answer",
    [
        f"?state={STATE}?voucher={{}}",
        f"?state={STATE};voucher={{}}",
        f"?state={STATE}%26amp;voucher%3D{{}}",
        "?scope=a?voucher={}",
        f"?voucher={{}}?state={STATE}",
        f"?voucher={{}}?state={STATE[:40]}",
        f"?code={{}}?state={STATE[:40]}",
    ],
)
def test_of_joined_parameters_the_code_alone_is_hidden(registry: SecretRegistry, answer: str) -> None:
    url = AT_ALEXA + answer.format(CODE)
    registry.register_url(url)
    registry.register_answer((param.name, param.value) for param in url_params(url))
    label = "<code#1>" if "?code" in answer else "<secret#1>"
    assert readable(registry.redact(url)) == AT_ALEXA + answer.format(label)


@pytest.mark.parametrize(
    "answer",
    [
        "?skillId=amzn1.ask.skill.0b1c2d3e-1111-4222-8333-123456789abc",
        f"?error[code]=AADSTS50011&errors[0][code]=AADSTS50012&state={STATE}",
        f"?payload[state]={STATE[::-1]}&state[]={STATE[::-1]}",
        f"?code_challenge={CODE}",
    ],
)
def test_so_does_what_tells_it_within_brackets(registry: SecretRegistry, answer: str) -> None:
    registry.register_url(AT_ALEXA + answer)
    assert registry.redact(AT_ALEXA + answer) == AT_ALEXA + answer


@pytest.mark.parametrize("code", [CODE, f"{CODE[:9]}%E9{CODE[9:]}", f"%ff{CODE}"])
def test_so_is_one_in_an_address_that_stands_beside_such_bytes(registry: SecretRegistry, code: str) -> None:
    inner = quote("https://broker.example/cb?code=", safe="") + code + quote("&name=J", safe="") + "%F6rg"
    url = f"https://login.example/?next={inner}"
    registry.register_url(url)
    hidden = readable(registry.redact(url))
    assert hidden.endswith("%3Fcode%3D<code#1>%26name%3DJ%F6rg")


def test_bytes_of_which_nothing_can_be_read_hide_no_others(registry: SecretRegistry) -> None:
    registry.register_url(f"{AT_ALEXA}?code=%E9%E8%E7%E6")
    registry.register_answer([("code", "\ufffd" * 4)])
    assert (
        registry.redact("?code=%E9%E8%E7%E6 \ufffd\ufffd\ufffd\ufffd")
        == "?code=%3Ccode%231%3E \ufffd\ufffd\ufffd\ufffd"
    )


@pytest.mark.parametrize("piece", ["?a=", "{%22a%22:", "https://a.example/?a="])
def test_parameters_within_parameters_without_end_are_no_crash(registry: SecretRegistry, piece: str) -> None:
    registry.register_url(f"{AT_ALEXA}?x={piece * 3000}&code={CODE}")
    assert CODE not in registry.redact(CODE)


@pytest.mark.parametrize("joint", ["", ".", "|", "::"])
@pytest.mark.parametrize("name", ["state", "code", "response", "amp;state"])
@pytest.mark.parametrize("reverse", [False, True])
def test_a_code_directly_beside_the_state_is_hidden(
    registry: SecretRegistry, name: str, joint: str, reverse: bool
) -> None:
    url = f"{AT_ALEXA}?{name}={quote(joint.join((CODE, STATE) if reverse else (STATE, CODE)))}"
    for register in (
        lambda: registry.register_url(url),
        lambda: registry.register_answer((param.name, param.value) for param in url_params(url)),
    ):
        register()
        hidden = readable(registry.redact(url))
        assert CODE not in hidden
        assert STATE in hidden
        assert CODE not in registry.redact(f"code={CODE}")


@pytest.mark.parametrize("beside", ["_v2", "#", "==", "-session-two", "&x=1", ",", f",{STATE[:40]}", "?lang=en_US"])
def test_what_is_no_secret_beside_the_state_stays_readable(registry: SecretRegistry, beside: str) -> None:
    url = f"{AT_ALEXA}?state={STATE}{quote(beside)}"
    registry.register_url(url)
    assert registry.redact(url) == url


def test_a_token_that_begins_as_the_client_id_does_is_hidden_to_its_end(registry: SecretRegistry) -> None:
    client = "amzn1.application-oa2-client.7f3a9c"
    registry.publish(client)
    for rest in ("x9", "Zx81kq", CODE):
        registry.register_all([(f"{client}{rest}", "access_token")])
        assert rest not in registry.redact(f"token {client}{rest}")


@pytest.mark.parametrize("made_up", ["qhzKvBnmWplxRtdaBcd", "AB12!cd*$9xx", "ab12cd34", "4/0AX4XfWh:k9"])
@pytest.mark.parametrize("joined", ["{state}.{code}", "{code}.{state}", "{code}{state}", "v2.{state}.{code}"])
def test_a_code_beside_the_state_is_hidden_whatever_it_is_made_of(
    registry: SecretRegistry, made_up: str, joined: str
) -> None:
    value = joined.format(state=STATE, code=made_up)
    registry.register_answer([("state", value)])
    assert registry.redact(value) == joined.format(state=STATE, code="<secret#1>")
    assert made_up not in registry.redact(f"code={made_up}")


@pytest.mark.parametrize("name", ["state", "code"])
def test_codes_on_both_sides_of_the_state_are_hidden(registry: SecretRegistry, name: str) -> None:
    value = f"{CODE}.{STATE}.{CODE[::-1]}"
    registry.register_answer([(name, value)])
    redacted = registry.redact(value)
    assert STATE in redacted
    assert CODE not in redacted
    assert CODE[::-1] not in redacted


@pytest.mark.parametrize("name", ["state", "code"])
@pytest.mark.parametrize("number", ["482913", "20261122", "1732312345"])
def test_a_number_beside_the_state_is_hidden_there_only(registry: SecretRegistry, name: str, number: str) -> None:
    registry.register_answer([(name, f"{STATE}.{number}")])
    assert number not in registry.redact(f"{STATE}.{number}")
    assert registry.redact(f"at {number}") == f"at {number}"


@pytest.mark.parametrize("word", ["undefined", "cancelled", "authenticated", "access_denied"])
def test_a_word_beside_what_is_public_is_left_elsewhere(registry: SecretRegistry, word: str) -> None:
    registry.register_all([(f"{STATE}.{word}", "cookie"), (f"{STATE}.{word}", "code")])
    assert registry.redact(f"It says: {word}.") == f"It says: {word}."


def test_an_address_that_ends_in_the_state_is_no_secret(registry: SecretRegistry) -> None:
    address = f"https://pages.example.net/v1/{STATE}"
    registry.register_answer([("error_uri", address), ("next", address), ("x", "p" * 30)])
    assert registry.redact(address) == address


def test_an_ampersand_that_was_escaped_over_and_over_is_read_at_once(registry: SecretRegistry) -> None:
    began = time.process_time()
    registry.register_url(f"{AT_ALEXA}?state={STATE}&x=%26{'amp%3B' * 40_000}")
    assert time.process_time() - began < 5


def test_values_are_published_while_others_are_registered(registry: SecretRegistry) -> None:
    class Meanwhile(str):
        __slots__ = ()

        def __contains__(self, part: str) -> bool:
            registry.public(f"{part}.2")
            return super().__contains__(part)

    registry.public(STATE[::-1])
    registry.register_all([(Meanwhile(f"{STATE}.{CODE}"), "code")])
    assert registry.redact(CODE) == "<code#1>"


@pytest.mark.parametrize("name", ["code", "session", "state"])
@pytest.mark.parametrize("joint", [".", ";", "", "-v2-"])
def test_what_was_hidden_beside_the_state_is_not_registered_again(
    registry: SecretRegistry, name: str, joint: str
) -> None:
    registry.register_answer([(name, f"{STATE}{joint}{CODE}"), ("code", CODE)])
    once = registry.redact(f"{AT_ALEXA}?{name}={STATE}{joint}{CODE}")
    registry.register_headers([("Location", once)])
    assert registry.redact(once) == once
