"""JSON web tokens are secrets wherever they stand; what only looks a little like one is none."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote

import pytest

from e2e_linker.evidence.contents import texts_within
from e2e_linker.evidence.redact import SecretRegistry
from e2e_linker.evidence.web_tokens import web_tokens


def part(**members: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(members).encode()).decode().rstrip("=")


SIGNED = f"{part(alg='RS256', typ='JWT')}.{part(sub='mia', iat=1)}.{'Sg9-_xYz' * 6}"
ENCRYPTED = f"{part(alg='dir', enc='A128GCM')}..aGVsbG8x.Y2lwaGVyMTI.dGFnMTIz"
LOGIN = "https://login.shop.test"


@pytest.fixture(params=[SIGNED, ENCRYPTED], ids=["signed", "encrypted"])
def token(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.mark.parametrize(
    "url",
    [
        f"{LOGIN}/cb?t=<>",
        f"{LOGIN}/cb/<>",
        f"{LOGIN}/cb/<>/next?lang=en",
        f"{LOGIN}/cb#<>",
        f"{LOGIN}/#/cb/<>",
        "/cb/<>",
        f"{LOGIN}/cb?next={quote('https://b.test/x?t=', safe='')}<>",
        f"{LOGIN}/cb?next={quote(quote('https://b.test/x?t=', safe=''), safe='')}<>%26lang=en",
    ],
)
def test_a_web_token_is_hidden_in_any_part_of_an_address(url: str, token: str) -> None:
    registry = SecretRegistry()
    registry.register_url(url.replace("<>", token))
    assert registry.redact(url.replace("<>", token)) == url.replace("<>", quote("<token#1>"))


@pytest.mark.parametrize(
    "url",
    [
        f"{LOGIN}/cb?state=<>",
        f"{LOGIN}/cb?lang=en&amp;state=<>",
        f"{LOGIN}/cb?next={quote('https://b.test/x?state=', safe='')}<>",
        f"{LOGIN}/authorize?client_id=a&request=<>",
    ],
)
def test_what_every_visitor_is_handed_stays(url: str, token: str) -> None:
    registry = SecretRegistry()
    registry.register_url(url.replace("<>", token))
    assert registry.redact(url.replace("<>", token)) == url.replace("<>", token)


@pytest.mark.parametrize(
    ("name", "value"), [("X-Whose", "<>"), ("X-More", "a=<>; b"), ("Link", "</cb?t=<>>; rel=next")]
)
def test_a_web_token_is_hidden_in_any_header(name: str, value: str, token: str) -> None:
    registry = SecretRegistry()
    registry.register_headers([(name, value.replace("<>", token))])
    assert token not in registry.redact(value.replace("<>", token))


@pytest.mark.parametrize(
    ("body", "hidden"),
    [
        ('{"t": "<>"}', True),
        ('["<>"]', True),
        ("<input type=hidden name=t value=<>>", True),
        ("<script>const t = '<>'</script>", True),
        ('{"state": "<>"}', False),
        ('<input type="hidden" name="state" value="<>">', False),
    ],
)
def test_a_web_token_is_hidden_in_a_body(body: str, hidden: bool, token: str) -> None:
    registry, text = SecretRegistry(), body.replace("<>", token)
    registry.register_fields(texts_within(text.encode()))
    assert (token not in registry.redact(text)) is hidden


def test_a_web_token_keeps_the_kind_that_its_name_says(token: str) -> None:
    registry = SecretRegistry()
    registry.register_fields(texts_within(json.dumps({"id_token": token}).encode()))
    registry.register_url(f"{LOGIN}/cb?t={token}")
    assert registry.redact(token) == "<id_token#1>"


@pytest.mark.parametrize(
    "text", ["/static/heyJude.bundle.js", "keyJar.eyJoin.min.js", "pk.eyJ1IjoibWlhIn0.abcdefgh", "eyJ", "eyJ.eyJ.eyJ"]
)
def test_a_name_that_looks_a_little_like_one_is_none(text: str) -> None:
    assert not list(web_tokens(text))
