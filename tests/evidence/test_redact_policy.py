"""What is a secret, what is public, and what happens to values that ordinary text may hold by chance."""

from __future__ import annotations

import base64
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qsl, quote, urlsplit

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import SecretStr

from e2e_linker.errors import SecretError
from e2e_linker.evidence.labels import behind
from e2e_linker.evidence.redact import SecretRegistry, readable
from e2e_linker.evidence.token_looks import is_unguessable

STATE = "A2SAAEAEq7Zt-" + "kX3_vB9mQ-wL5eR1" * 4
CODE = "SplxlOBeZQQYbYS6WxSbIA"


@pytest.fixture
def registry() -> SecretRegistry:
    return SecretRegistry()


def test_the_same_value_has_the_same_label(registry: SecretRegistry) -> None:
    assert registry.register(CODE, "code") == "<code#1>"
    assert registry.register("another-code-1", "code") == "<code#2>"
    assert registry.register(SecretStr(CODE), "token") == "<code#1>"
    assert registry.register("tok-en-99", "no kind!") == "<secret#1>"
    assert registry.redact(f"{CODE} another-code-1") == "<code#1> <code#2>"
    assert CODE not in repr(registry)


def test_a_label_leads_back_to_its_value(registry: SecretRegistry) -> None:
    label = registry.register(CODE, "code")
    assert registry.reveal(label).get_secret_value() == CODE
    assert registry.reveal("<code#2>").get_secret_value() == "<code#2>"
    assert CODE not in repr(registry.reveal(label))


@pytest.mark.parametrize("public", ["bright-bulb", "b7f3c9d2e1a84f60"])
@pytest.mark.parametrize("token", [f"{{}}.{CODE}", f"{CODE}-{{}}", f"{{}}-{CODE}-{{}}", f"{CODE}.{{}}.{CODE[::-1]}"])
def test_a_secret_leads_back_to_itself_where_something_public_stands_in_it(
    registry: SecretRegistry, public: str, token: str
) -> None:
    registry.publish(public)
    token = token.format(public, public)
    registry.register_answer([("access_token", token)])
    shown = registry.redact(token)
    assert public in shown
    assert CODE not in shown
    assert registry.reveal(shown).get_secret_value() == token
    assert registry.reveal(f"{public} <code#9>").get_secret_value() == f"{public} <code#9>"


def test_a_label_that_stands_in_a_text_often_is_tried_once() -> None:
    tried: list[str] = []

    def redact(text: str) -> str:
        tried.append(text)
        return text

    text = "<code#1> " * 50
    assert behind(text, {"<code#1>": CODE}, redact) == text
    assert len(tried) == 2


@pytest.mark.parametrize("value", ["", "abc"])
def test_a_value_too_short_to_hide_is_refused(registry: SecretRegistry, value: str) -> None:
    with pytest.raises(SecretError) as caught:
        registry.register(value, "password")
    assert "password" in str(caught.value)
    assert caught.value.hint
    assert not value or f"'{value}'" not in str(caught.value)


def test_a_short_value_is_hidden_only_where_it_stands_alone(registry: SecretRegistry) -> None:
    registry.register("pa5s", "password")
    assert registry.redact("password=pa5s&x, pa5sword, xpa5s") == "password=<password#1>&x, pa5sword, xpa5s"
    assert registry.find("user:pa5s@") == "<password#1>"


@pytest.mark.parametrize(
    "around", ["“{}”", "‘{}’", "{}…", "— {}—", "«{}»", "「{}」", "（{}）", "：{}；", "→{}✓", "\u00a0{}\u00a0"]
)
@pytest.mark.parametrize("value", ["pa5s", "R2d2x9", "lamplover"])
def test_signs_of_any_script_do_not_touch_a_value_as_letters_do(
    registry: SecretRegistry, around: str, value: str
) -> None:
    registry.register(value, "password")
    assert registry.redact(f"It says {around.format(value)}.") == f"It says {around.format('<password#1>')}."
    for letters in ("é{}", "{}é", "プ{}", "{}プ", "я{}", "{}я"):
        assert registry.redact(letters.format(value)) == letters.format(value)


def test_a_plain_word_spoils_neither_hosts_nor_paths_nor_files(registry: SecretRegistry) -> None:
    registry.register("password", "password")
    registry.register("123456", "otp")
    page = "https://password.example/my-password.html password_hash 1234567 0.123456"
    assert registry.redact(page) == page
    assert registry.redact('{"p": "password", "otp": 123456}') == '{"p": "<password#1>", "otp": "<otp#1> (a number)"}'
    assert registry.redact("p%3Dpassword%26otp%3D123456.") == "p%3D<password#1>%26otp%3D<otp#1>."
    assert registry.find('{"type": "password", "size": 123456}') is None


@pytest.mark.parametrize("joint", ["?", "&", ";"])
@pytest.mark.parametrize("spelt", ["answer", "url", "fields"])
def test_a_state_that_was_joined_to_the_code_shows_with_its_joint(
    registry: SecretRegistry, joint: str, spelt: str
) -> None:
    registry.public(STATE)
    value = f"{CODE}{joint}state={STATE}"
    if spelt == "answer":
        registry.register_answer([("code", value)])
    elif spelt == "fields":
        registry.register_fields([("code", value)])
    else:
        registry.register_url(f"https://a.example/?code={quote(value, safe='?;=')}")
    assert registry.redact(f"code: {value}") == f"code: <code#1>{joint}state={STATE}"
    assert CODE not in registry.redact(f"https://a.example/?code={CODE}%26state={STATE}")


@pytest.mark.parametrize("joint", ["?", "%26", ";"])
def test_a_code_that_was_joined_to_the_state_is_hidden(registry: SecretRegistry, joint: str) -> None:
    registry.public(STATE)
    url = f"https://a.example/?state={STATE}{joint}code={CODE}"
    registry.register_url(url)
    assert readable(registry.redact(url)) == url.replace(CODE, "<code#1>")


@pytest.mark.parametrize("rest", ["x", "&access_token=9nLq8ZtTkq9nLq8ZtTkq"])
def test_what_follows_a_state_within_a_code_is_hidden(registry: SecretRegistry, rest: str) -> None:
    registry.public(STATE)
    registry.register_answer([("code", f"{CODE}?state={STATE}{rest}")])
    shown = registry.redact(f"code={CODE}?state={STATE}{rest}")
    assert CODE not in shown
    assert rest not in shown


def test_a_word_for_nothing_is_no_secret_unless_it_is_the_password(registry: SecretRegistry) -> None:
    registry.register_all([("undefined", "access_token"), ("[object Object]", "token")])
    registry.register_answer([("code", "null")])
    assert registry.redact("code=null undefined [object Object]") == "code=null undefined [object Object]"
    registry.register("undefined", "password")
    assert registry.redact("password=undefined") == "password=<password#1>"


def test_a_short_value_freed_by_its_neighbour_is_hidden_too(registry: SecretRegistry) -> None:
    registry.register(CODE, "code")
    registry.register("pa5s", "password")
    redacted = registry.redact(f"{CODE}pa5s")
    assert redacted == "<code#1><password#1>"


def test_a_longer_secret_wins_over_the_one_it_holds(registry: SecretRegistry) -> None:
    registry.register("abcDEF123", "code")
    registry.register("abcDEF123-456xyz", "token")
    registry.register("456xyz-tail9", "cookie")
    assert registry.redact("abcDEF123-456xyz abcDEF123") == "<token#1> <code#1>"
    assert registry.redact("abcDEF123-456xyz-tail9") == "<token#1><cookie#1>"


@pytest.mark.parametrize("secret", ["code", "code#1", "<code#", "client_secret", "token#12>"])
def test_labels_are_never_broken(registry: SecretRegistry, secret: str) -> None:
    registry.register(CODE, "code")
    registry.register(secret, "client_secret")
    text = f"<code#1> <client_secret#1> https://a.example/cb?x=%3Ccode%231%3E&code={CODE} &lt;code#1&gt;"
    once = registry.redact(text)
    assert once.startswith("<code#1> <client_secret#1> https://a.example/cb?x=%3Ccode%231%3E&")
    assert once.endswith("=%3Ccode%231%3E &lt;code#1&gt;")
    assert registry.redact(once) == once


def test_a_redacted_url_is_still_a_url(registry: SecretRegistry) -> None:
    registry.register(CODE, "code")
    url = f"https://layla.amazon.com/api/skill/link/M2?code={CODE}&state={STATE}#{CODE}"
    redacted = registry.redact(url)
    assert parse_qsl(urlsplit(redacted).query) == [("code", "<code#1>"), ("state", STATE)]
    assert readable(redacted) == f"https://layla.amazon.com/api/skill/link/M2?code=<code#1>&state={STATE}#<code#1>"
    page = f'<a href="/cb?code={CODE}">{CODE}</a>'
    assert registry.redact(page) == '<a href="/cb?code=%3Ccode%231%3E"><code#1></a>'


@given(st.text(st.characters(codec="ascii", exclude_categories=("Cc",)), max_size=30), st.booleans())
def test_a_public_value_survives(around: str, encoded: bool) -> None:
    registry = SecretRegistry()
    registry.public(STATE)
    registry.register(STATE, "cookie")
    registry.register(STATE[:20], "code")
    registry.register(f"sid-9X|{STATE}|tail", "cookie")
    assume("A2SA" not in around and "sid-9X" not in around and "tail" not in around)
    value = quote(STATE, safe="") if encoded else STATE
    text = f"{around} {value} {around}"
    assert registry.redact(text) == text
    assert registry.find(text) is None
    cookie = registry.redact(f"c=sid-9X|{STATE}|tail")
    assert STATE in cookie
    assert "sid-9X" not in cookie
    assert registry.redact(f"{STATE[:20]} x") == "<code#1> x"


def test_state_stays_public_when_it_was_a_secret_first(registry: SecretRegistry) -> None:
    registry.register(STATE, "cookie")
    registry.public(STATE)
    text = f"state={STATE} {base64.b64encode(STATE.encode()).decode()}"
    assert registry.redact(text) == text


def test_a_published_value_is_not_hidden_because_a_cookie_holds_it(registry: SecretRegistry) -> None:
    client, address = "amzn1.application-oa2-client.0123abcd", "https://us-east-1.login.example/authorize"
    registry.publish(client, address)
    registry.register_headers([("Set-Cookie", f"client={client}; Path=/")])
    registry.register("us-east-1", "token")
    text = f"{address}?client_id={client}"
    assert registry.redact(text) == text
    assert registry.find(text) is None


@pytest.mark.parametrize("secret", ["alexa-client-2024", "password"])
def test_publishing_a_secret_does_not_betray_it(registry: SecretRegistry, secret: str) -> None:
    registry.register(secret, "client_secret")
    registry.publish(secret)
    assert registry.redact(f"it is {secret} ") == "it is <client_secret#1> "


def test_secrets_in_urls_are_known_by_name(registry: SecretRegistry) -> None:
    inner = f"https://idp.example/cb?code={CODE}&state=xyz-state-value"
    registry.register_url(f"https://bob:hunter2!x@a.example/?next={quote(inner, safe='')}&id=0123456789abcdef")
    registry.register_url("https://x.example/cb#access_token=AT-9f8e7d6c5b4a&token_type=Bearer&expires_in=3600")
    registry.register_url("https://x.example/#/cb?refresh_token=RT-0011aabbcc")
    registry.register_url("https://[broken/?code=zzz-zzz-1")
    text = f"{CODE} hunter2!x AT-9f8e7d6c5b4a RT-0011aabbcc Bearer xyz-state-value 0123456789abcdef"
    redacted = registry.redact(text)
    assert redacted == (
        "<code#1> <password#1> <access_token#1> <refresh_token#1> Bearer xyz-state-value 0123456789abcdef"
    )


@pytest.mark.parametrize(
    "url",
    [
        "https://pitangui.amazon.com/api/skill/link/M1&code=SplxlOBeZQQYbYS6&state=visible-state",
        "myapp://callback&code=SplxlOBeZQQYbYS6&state=visible-state",
        "https://a.example/login;jsessionid=SplxlOBeZQQYbYS6?state=visible-state",
        "https://a.example/login;v=2;jsessionid=SplxlOBeZQQYbYS6.node1/next?state=visible-state",
        "https://SplxlOBeZQQYbYS6@a.example/?state=visible-state",
        "https://me:x@b.example/cb;code=SplxlOBeZQQYbYS6?state=visible-state",
        "https://a.example/https%3A%2F%2Fb.example%2Fcb%3Fcode%3DSplxlOBeZQQYbYS6%26state%3Dvisible-state",
        "https://a.example/https%3a%2f%2fb.example%2fcb%3fstate%3dvisible-state%26code%3dSplxlOBeZQQYbYS6?x=1#y",
        "https%3A%2F%2Fb.example%2Fcb%3Fstate%3Dvisible-state%26code%3DSplxlOBeZQQYbYS6",
        "/go/https%253A%252F%252Fb.example%252Fcb%253Fcode%253DSplxlOBeZQQYbYS6%2526state%253Dvisible-state%3F",
        "/https%253A%252F%252Fb.example%252Fcb%253Fcode%253DSplxlOBeZQQYbYS6%2526state%253Dvisible-state",
        "/cb?state%3Dvisible-state%26code%3DSplxlOBeZQQYbYS6",
        "/cb?state=visible-state%2526code%3DSplxlOBeZQQYbYS6",
        "/cb?https%3A%2F%2Fb.example%2Fcb%3Fcode%3DSplxlOBeZQQYbYS6%26state%3Dvisible-state",
        "/cb?state=visible-state&next=%252Fcb%253Fcode%253DSplxlOBeZQQYbYS6",
        "/cb?state=visible-state#code%3DSplxlOBeZQQYbYS6",
        "/cb?state=visible-state#/done/code=SplxlOBeZQQYbYS6",
        "/cb%23code=SplxlOBeZQQYbYS6&state=visible-state",
        "/cb%3Bcode=SplxlOBeZQQYbYS6?state=visible-state",
        "/cb/code=SplxlOBeZQQYbYS6?state=visible-state",
        "/cb/code/SplxlOBeZQQYbYS6?state=visible-state",
        "/cb?state=visible-state&#38;code=SplxlOBeZQQYbYS6",
        "/cb?state=visible-state&data=%5B%7B%22code%22%3A%22SplxlOBeZQQYbYS6%22%7D%5D",
        "/cb?state=visible-state&data=%257B%2522code%2522%253A%2522SplxlOBeZQQYbYS6%2522%257D",
        "/cb?state=visible-state&data=%7B%22code%22%3A%22SplxlOBeZQQYbYS6%22%2C%22iss%22%3A%22https%3A%2F%2Fa.example%22%7D",
        "/cb?state=visible-state&r=eyJjb2RlIjoiU3BseGxPQmVaUVFZYllTNiJ9",
        "/cb?state=visible-state&r=aHR0cHM6Ly9iLmV4YW1wbGUvY2I%2FY29kZT1TcGx4bE9CZVpRUVliWVM2",
    ],
)
def test_secrets_stand_in_other_parts_of_an_address_too(registry: SecretRegistry, url: str) -> None:
    registry.register_url(url)
    redacted = registry.redact(url)
    assert "SplxlOBeZQQYbYS6" not in redacted
    assert "visible-state" in redacted


def test_an_address_whose_signs_are_escaped_within_each_other_is_read_at_once(registry: SecretRegistry) -> None:
    path = "/x"
    for _ in range(30):
        path = f"/;a={path.replace('%', '%25').replace('?', '%3f').replace(';', '%3b')}%3f"
    began = time.process_time()
    registry.register_url(f"https://a.example{path}")
    assert time.process_time() - began < 5


def test_a_name_before_a_host_and_parts_of_a_path_are_no_secrets(registry: SecretRegistry) -> None:
    for url in (
        "https://deploy@a.example/maps;zoom=12/a&b=c/page?state=visible-state",
        "https://a.example/help/what%3Fcode%3Dlogin_required?state=visible-state",
        "https://a.example/code/main-2f9a8b7c6d5e4f3a.js?state=visible-state&token/how-to-use-it-again",
        "https://a.example/page?state=visible-state&x=%257Bno%2520json&y=a%253Db&z=Zm9vYmFyYmF6cXV4YWJj",
    ):
        registry.register_url(url)
        assert registry.redact(url) == url


@pytest.mark.parametrize(
    ("name", "value", "hidden"),
    [
        ("code", CODE, True),
        ("code", "login_required", False),
        ("user[password]", "S3cret!pass", True),
        ("show_password", "true", False),
        ("one-time-code", "492817", True),
        ("client_secret", "cs-0123-abc", True),
        ("SAMLResponse", "PHNhbWxwOlJlc3BvbnNlPg==", True),
        ("SAMLRequest", "fZJNT8MwDIbv+RVV7lk/", False),
        ("csrf_token", "q8Zp0LmN3xVt7Rw2", True),
        ("response_type", "token", False),
        ("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", False),
        ("hotplug", "enabled-9", False),
        ("code", "abc", False),
    ],
)
def test_fields_are_secret_by_name(registry: SecretRegistry, name: str, value: str, hidden: bool) -> None:
    registry.register_fields([(name, value)])
    assert (value not in registry.redact(f" {value} ")) is hidden


def test_headers_give_up_their_secrets(registry: SecretRegistry) -> None:
    basic = base64.b64encode(b"my-client:s%2Fcr3t+value").decode()
    session = "s%3Ajx8Kq0Zr7Ww1.Pv5t"
    registry.register_headers(
        [
            ("authorization", f"Basic {basic}"),
            ("Proxy-Authorization", "Bearer mF_9.B5f-4.1JqM"),
            ("Cookie", f"lang=en; consent=accepted; sid={session}; return=https%3A%2F%2Fa.example%2F%3Fcode%3D{CODE}"),
            ("Set-Cookie", "first=0a1b2c3d4e5f6g7h; Path=/\nsecond=ZYXWvut987654321; Secure"),
            ("Location", "https://x.example/cb?code=loc-code-1"),
            ("Refresh", "0; url=https://x.example/cb?code=ref-code-1"),
            ("X-Auth-Token", "T0k3n-Zx8Wq7Lm6Vp5"),
            ("X-Auth-Password", "Sommer wind 7"),
            ("X-Api-Key", "K3y-Zx8Wq7Lm6Vp5Qr4"),
            ("Ocp-Apim-Subscription-Key", "f00dbabe1234567890abcdef12345678"),
            ("X-Password", "required"),
            ("X-Cache-Key", "K3y-0f-4-c4che-9q8w7e"),
        ]
    )
    secrets = [basic, "s/cr3t value", "s%2Fcr3t+value", "mF_9.B5f-4.1JqM", session, "s:jx8Kq0Zr7Ww1.Pv5t", CODE]
    secrets += ["0a1b2c3d4e5f6g7h", "ZYXWvut987654321", "loc-code-1", "ref-code-1", "T0k3n-Zx8Wq7Lm6Vp5"]
    secrets += ["Sommer wind 7", "K3y-Zx8Wq7Lm6Vp5Qr4", "f00dbabe1234567890abcdef12345678"]
    for secret in secrets:
        assert registry.find(f"x {secret} y"), secret
    plain = "en accepted https://a.example/ my-client required K3y-0f-4-c4che-9q8w7e"
    assert registry.redact(plain) == plain


def test_a_token_that_a_page_is_refused_for_is_hidden_in_the_challenge(registry: SecretRegistry) -> None:
    token, said = (
        "T0k3n-Zx8Wq7Lm6Vp5",
        'Bearer realm="lights", error="invalid_token", error_description="token {} expired"',
    )
    registry.register_headers([("www-authenticate", said.replace("{}", token))])
    assert registry.redact(said.replace("{}", token)) == said.replace("{}", "<token#1>")


@pytest.mark.parametrize(
    "value",
    ["Bearer {}", "{}; Max-Age=3600", 'token="{}", type=Bearer', "Token {}\nBearer {}", "{}=="],
)
@pytest.mark.parametrize("name", ["X-Access-Token", "x-jwt-assertion", "Session", "X-Session-Id", "Api-Secret-Key"])
def test_a_token_is_found_beside_what_else_is_in_its_header(registry: SecretRegistry, name: str, value: str) -> None:
    token = "T0k3n-Zx8Wq7Lm6Vp5"
    registry.register_headers([(name, value.replace("{}", token))])
    assert token not in registry.redact(value.replace("{}", token))
    assert registry.redact("Bearer, Token; Max-Age=3600") == "Bearer, Token; Max-Age=3600"


@pytest.mark.parametrize(
    ("value", "verdict"),
    [
        ("en", False),
        ("accepted", False),
        ("2026-11-20", False),
        ("https://login.example.com/authorize1", False),
        ("%2Fauthorize%3Fclient_id%3Dalexa1", False),
        ("necessary_and_statistics", False),
        ("web01.login.example.com:8443", False),
        ("GA1.2.1234567890.1698765432", True),
        ("0f9c3b2a1d4e5f60", True),
        ("qWeRtYuIoPaSdFgH", True),
    ],
)
def test_what_looks_made_by_a_machine(value: str, verdict: bool) -> None:
    assert is_unguessable(value) is verdict


def test_values_may_be_registered_while_others_redact(registry: SecretRegistry) -> None:
    values = [f"secret-value-{n}-Zq9" for n in range(120)]

    def work(value: str) -> bool:
        registry.register(value, "token")
        return value not in registry.redact(f"a {value} b " * 50) and registry.find(value) is not None

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, values))
    assert len({registry.register(value, "token") for value in values}) == len(values)


def test_six_megabytes_with_sixty_secrets_are_done_at_once(registry: SecretRegistry) -> None:
    for n in range(60):
        registry.register(f"{CODE}{n:03}" if n % 2 else f"p@ss w%rd & {n:03}", "token")
    line = 'const a={b:"https:\\/\\/cdn.example.com\\/x?y=%2Fz&amp;q",d:12.5};function(e){return e.f}\n'
    text = line * (6_000_000 // len(line)) + CODE + "007"
    began = time.process_time()
    redacted = registry.redact(text)
    assert redacted.endswith("\n<token#8>")
    # Well under one second on one quiet core; the bound only has to catch a search for one needle after the other.
    assert time.process_time() - began < 8
