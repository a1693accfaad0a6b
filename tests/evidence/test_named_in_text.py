"""A code in a page, a message or a script is hidden by the name before it, though nothing went on with it."""

from __future__ import annotations

import json
import time
from urllib.parse import quote

import pytest

from e2e_linker.evidence.named_in_text import secrets_in_texts
from e2e_linker.evidence.redact import SecretRegistry
from tests.conftest import Build

CODE = "Zq4kTtq9nLxV3mW5pYc7Jd"
ADDRESS = f"https://pitangui.amazon.com/api/skill/link/M1?state=s7ate-visible&code={CODE}"


@pytest.mark.parametrize(
    "text",
    [
        f'<meta http-equiv="refresh" content="60;url=/cb?state=s&amp;code={CODE}">',
        f'<meta http-equiv="refresh" content="60;url={quote(ADDRESS, safe="")}">',
        f'<meta http-equiv="refresh" content="60;url={ADDRESS.removeprefix("https://")}">',
        f'<a href="{quote(quote(ADDRESS, safe=""), safe="")}">',
        f'<input type="hidden" name="code" value="{CODE}">',
        f"<script>location = '/cb?code={CODE}'</script>",
        f"<script>location = '/cb?code=' + '{CODE}'</script>",
        f"<script>const code = `{CODE}`, answer = {{}}</script>",
        f"<script>go({{code: '{CODE}'}})</script>",
        "<script>go(" + json.dumps(json.dumps({"authorization_code": CODE})) + ")</script>",
        "<script>go(" + json.dumps(ADDRESS).replace("&", "\\u0026").replace("=", "\\u003d") + ")</script>",
        f"Your authorization code is {CODE}.",
        f"Success code={CODE}",
        f"wss://login.example.com/ws/code/{CODE}",
        f"</cb?code={CODE}>; rel=next",
        f"<a download='code={CODE}.txt'>",
    ],
)
def test_a_code_is_known_by_its_name(text: str) -> None:
    assert {CODE} == {value for value, _ in secrets_in_texts([text])}


@pytest.mark.parametrize(
    "text",
    [
        "error_code=ABCDEF1234567890abcd",
        "code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        "code: ERR_TOO_MANY_REDIRECTS",
        "var code = e.responseJSON.errorCodeForUser",
        "see /docs/code/how-to-configure-things",
        "status code: 4041234",
        f"postcode={CODE}",
        "<code#1> and code=<code#1>",
    ],
)
def test_other_texts_are_left_alone(text: str) -> None:
    assert not list(secrets_in_texts([text]))


@pytest.mark.parametrize("text", ["code", 'code="', "code=%25", "code=" + "%2525" * 20_000, "code" + " " * 99_000])
def test_long_texts_are_read_at_once(text: str) -> None:
    began = time.process_time()
    list(secrets_in_texts([text * (100_000 // len(text))]))
    assert time.process_time() - began < 2


def test_what_a_page_alone_holds_is_hidden_wherever_the_record_tells_of_it(build: Build) -> None:
    registry = SecretRegistry()
    last = build.get(f"{build.login}/done", excerpt=f"<title>Success code={CODE}</title>")
    walk = build.walk([build.get(build.authorization().url), last], ending="dead_end")
    ending = walk.ending.model_copy(update={"message": f"login.example.com shows “{CODE}”"})
    hidden = registry.redact_record(walk.model_copy(update={"ending": ending}))
    assert CODE not in hidden.model_dump_json()
    assert hidden.ending.message == "login.example.com shows “<code#1>”"
