"""What all cases of a run share."""

from __future__ import annotations

from unittest.mock import Mock

import pytest

from e2e_linker.browser.upstream import Upstream
from e2e_linker.run.resources import Resources, relaying


@pytest.mark.parametrize(
    ("host", "refused"),
    [
        ("pitangui.amazon.com", True),
        ("x.pitangui.amazon.com", True),
        ("alexa.amazon.com.sg", True),
        ("pitangui.amazon.com.evil.example", True),
        ("www.amazon.com", False),
        ("login.example.com", False),
    ],
)
def test_no_code_gets_to_a_host_of_alexa(host: str, refused: bool) -> None:
    shared = Mock(spec=Resources, refused=frozenset({"pitangui.amazon.com.evil.example"}))
    assert Resources.refuse(shared, host, 443) is refused


def test_token_calls_take_the_way_of_the_pages() -> None:
    environ = {"HTTPS_PROXY": "http://joe:hunter2@10.0.0.8:3128", "NO_PROXY": "inside.example,10.0.0.0/8"}
    relay_for = relaying(Upstream.from_environment(environ))
    relay = relay_for("https", "Token.Example.com", 443)
    assert relay is not None
    assert (relay.url, relay.authorization) == ("http://10.0.0.8:3128", "Basic am9lOmh1bnRlcjI=")
    assert "am9l" not in repr(relay)
    for host in ("login.inside.example", "10.9.8.7", "localhost", "127.0.0.1", "::1"):
        assert relay_for("https", host, 443) is None
    assert relay_for("http", "token.example.com", 80) is None
    assert relaying(None)("https", "token.example.com", 443) is None
