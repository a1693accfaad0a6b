"""Every fault of what the token endpoint checks, and of the server it runs on, seen at the level of HTTP."""

from __future__ import annotations

import http.client
import json
import ssl
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from e2e_linker.demo import PracticeRange
from e2e_linker.demo.catalogue import FaultSpec
from e2e_linker.demo.faults import redirect_uri, token_protocol, token_servers
from e2e_linker.demo.manners import s256
from e2e_linker.demo.odd_answers import HUGE_BYTES

Check = Callable[[Any], None]
EXCHANGE = {"grant_type": "authorization_code", "code": "x", "redirect_uri": "y"}
UNKNOWN = {"grant_type": "refresh_token", "refresh_token": "unknown"}


def says(reply: Any, status: int, error: str | None) -> None:
    assert reply.status == status, reply.body
    assert json.loads(reply.body).get("error") == error


def exchange(status: int, error: str | None = None, **changed: str) -> Check:
    """A fresh code, redeemed with fields ``changed``, is answered so."""

    def check(visitor: Any) -> None:
        says(visitor.redeem(visitor.link(), **changed), status, error)

    return check


def by_scheme(basic: int, body: int) -> Check:
    def check(visitor: Any) -> None:
        for scheme, status in (("HTTP_BASIC", basic), ("REQUEST_BODY_CREDENTIALS", body)):
            assert visitor.redeem(visitor.link(), scheme=scheme).status == status

    return check


def secret_is(secret: str, status: int) -> Check:
    def check(visitor: Any) -> None:
        assert visitor.ask("token", UNKNOWN, secret=secret).status == status

    return check


def stranger(visitor: Any) -> None:
    walk = visitor.link()
    fields = {"grant_type": "authorization_code", "code": walk.query["code"], "redirect_uri": walk.redirect_uri}
    fields |= {"client_id": "nobody", "client_secret": "nothing"}
    assert visitor.send("POST", "https://oauth.brightbulb.test/token", fields).status == 200


def verifier_plain(visitor: Any) -> None:
    walk = visitor.link()
    says(visitor.redeem(walk, code_verifier="w" * 43), 400, "invalid_grant")
    assert visitor.redeem(walk, code_verifier=s256(walk.verifier)).status == 200


def verifier_not_needed(visitor: Any) -> None:
    says(visitor.redeem(visitor.link(), code_verifier="w" * 43), 400, "invalid_grant")
    assert visitor.redeem(visitor.link(), code_verifier="").status == 200


def again(first_lives: bool, replay: int) -> Check:
    def check(visitor: Any) -> None:
        walk = visitor.link()
        first = json.loads(visitor.redeem(walk).body)
        second = visitor.redeem(walk)
        assert second.status == replay
        assert (visitor.me(first["access_token"]).status == 200) is first_lives
        refresh = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
        assert (visitor.ask("token", refresh).status == 200) is first_lives

    return check


def code_dies(visitor: Any) -> None:
    store = visitor.practice._world.store
    walk, began = visitor.link(), store.clock
    store.clock = lambda: began() + 11
    says(visitor.redeem(walk), 400, "invalid_grant")


def refused(status: int, words: str, header: tuple[str, str] = ("cache-control", "no-store")) -> Check:
    def check(visitor: Any) -> None:
        reply = visitor.ask("token", UNKNOWN)
        assert (reply.status, reply.header(header[0])) == (status, header[1])
        assert words in reply.body
        assert visitor.redeem(visitor.link()).status == 200

    return check


def outage(visitor: Any) -> None:
    visitor.practice._world.backend.down = True
    says(visitor.ask("token", UNKNOWN), 400, "invalid_grant")


def may_be_stored(visitor: Any) -> None:
    reply = visitor.redeem(visitor.link())
    assert reply.status == 200
    assert not reply.header("cache-control")


def look_alike(change: Callable[[str], str]) -> Check:
    def check(visitor: Any) -> None:
        right = visitor.redirect_uri()
        page = visitor.send("GET", visitor.authorization_url(state="s", redirect_uri=change(right)))
        assert page.status == 200, page.body
        other = "https://www.example.com/"
        assert visitor.send("GET", visitor.authorization_url(state="s", redirect_uri=other)).status == 400

    return check


def own_error(visitor: Any) -> None:
    query = visitor.link().query
    assert (query["error"], "state" in query) == ("household_not_ready", True)


def canned(status: int, words: str = "", header: tuple[str, str] | None = None) -> Check:
    def check(visitor: Any) -> None:
        reply = visitor.ask("token", EXCHANGE)
        assert reply.status == status
        assert words in reply.body
        assert header is None or reply.header(header[0]) == header[1]

    return check


def reads_form(kind: str, status: int) -> Check:
    def check(visitor: Any) -> None:
        send, url = visitor.send, "https://oauth.brightbulb.test/token"
        assert send("POST", url, EXCHANGE, {"Content-Type": kind}).status == status
        assert send("POST", url, EXCHANGE).status in {400, 415}

    return check


def fails(error: type[Exception], timeout: float = 5) -> Check:
    def check(visitor: Any) -> None:
        with pytest.raises(error):
            visitor.send("POST", "https://oauth.brightbulb.test/token", EXCHANGE, timeout=timeout)

    return check


def begins(words: bytes, more: int) -> Check:
    """What comes without anybody reading it as HTTP; at least ``more`` bytes follow its first line."""

    def check(visitor: Any) -> None:
        connection = visitor._connection("https", "oauth.brightbulb.test", 5)
        connection.sock.sendall(b"POST /token HTTP/1.1\r\nHost: oauth.brightbulb.test\r\nContent-Length: 0\r\n\r\n")
        got = b""
        while len(got) < len(words) + more and (chunk := connection.sock.recv(65_536)):
            got += chunk
        connection.close()
        assert got.startswith(words)
        assert len(got) >= len(words) + more

    return check


def not_utf8(visitor: Any) -> None:
    assert "Zo�" in visitor.redeem(visitor.link()).body


def slow_refresh(visitor: Any) -> None:
    tokens = json.loads(visitor.redeem(visitor.link()).body)
    fields = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    began = time.monotonic()
    assert visitor.ask("token", fields).status == 200
    assert time.monotonic() - began >= 0.2


def crowd(visitor: Any) -> None:
    """Of four at once the last waits for the others, however they are ordered."""
    turn, began = visitor.practice.behaviour.tokens.manners.turn_s, time.monotonic()
    with ThreadPoolExecutor(4) as pool:
        calls = [pool.submit(visitor.ask, "token", UNKNOWN) for _ in range(4)]
        assert [call.result().status for call in calls] == [400] * 4
    # A timer may end early by the resolution of its clock.
    assert time.monotonic() - began >= 4 * turn - 0.1


def knows_every_second_code(visitor: Any) -> None:
    assert [visitor.redeem(visitor.link()).status for _ in range(5)] == [200, 400, 200, 400, 200]
    says(visitor.redeem(visitor.link()), 400, "invalid_grant")


OK = b"HTTP/1.1 200 OK\r\n"
CHECKS: dict[str, Check] = {
    "scheme-swapped": by_scheme(401, 200),
    "basic-not-decoded": by_scheme(401, 200),
    "client-id-twice-refused": exchange(400, "invalid_request", client_id="alexa-brightbulb"),
    "wrong-secret-taken": secret_is("wrong", 400),
    "unknown-client-taken": stranger,
    "verifier-ignored": exchange(200, None, code_verifier="w" * 43),
    "verifier-not-needed": verifier_not_needed,
    "verifier-plain": verifier_plain,
    "verifier-demanded": exchange(400, "invalid_grant"),
    "code-redeemed-twice": again(True, 200),
    "code-replay-ends-link": again(False, 400),
    "code-dies-early": code_dies,
    "redirect-uri-not-compared": exchange(200, None, redirect_uri="https://layla.amazon.com/"),
    "refusals-in-html": refused(400, "<h1>"),
    "refusals-without-a-code": refused(400, '{"message"'),
    "refusals-may-be-stored": refused(400, "invalid_grant", ("cache-control", "")),
    "refusals-with-200": refused(200, "invalid_grant"),
    "everything-is-invalid-grant": secret_is("wrong", 400),
    "unknown-token-crashes": refused(500, "Internal Server Error", ("content-type", "text/plain")),
    "outage-as-revocation": outage,
    "token-may-be-stored": may_be_stored,
    "redirect-uri-prefix": look_alike(lambda uri: uri.replace(".com/", ".com.evil.example/")),
    "redirect-uri-pattern": look_alike(lambda uri: uri.replace("https://", "http://") + "/more"),
    "redirect-uri-trailing-slash": look_alike(lambda uri: f"{uri}/"),
    "error-of-its-own": own_error,
    "token-json-only": reads_form("application/json", 401),
    "token-charset-refused": reads_form("application/x-www-form-urlencoded", 401),
    "token-challenged": canned(403, "Just a moment", ("cf-mitigated", "challenge")),
    "token-redirects": canned(301, "", ("location", "https://oauth.brightbulb.test/token/")),
    "token-redirects-to-itself": canned(307, "", ("location", "/token")),
    "token-hangs": fails(TimeoutError, 0.2),
    "token-drips": begins(OK, 60),
    "token-hangs-up": canned(0),
    "code-of-another-worker": knows_every_second_code,
    "token-without-head": begins(b'{"access_token"', 10),
    "token-breaks-off": fails(http.client.IncompleteRead),
    "token-length-too-short": begins(OK + b"Content-Type: application/json\r\n", 60),
    "token-length-too-long": fails(http.client.IncompleteRead),
    "token-not-utf8": not_utf8,
    "token-huge": begins(OK, 200_000),
    "token-bomb": canned(200, "", ("content-encoding", "gzip")),
    "token-wants-certificate": fails(ssl.SSLError),
    "refresh-slow": slow_refresh,
    "slow-in-a-crowd": crowd,
}
PKCE = {"verifier-ignored", "verifier-not-needed", "verifier-plain"}


def test_every_fault_has_a_check() -> None:
    modules = (redirect_uri, token_protocol, token_servers)
    named = {each.name for module in modules for each in vars(module).values() if isinstance(each, FaultSpec)}
    assert CHECKS.keys() == named


@pytest.mark.parametrize("name", CHECKS)
def test_fault(practice: PracticeRange, visitor: Any, name: str) -> None:
    practice.switch(faults=[name], pkce=name in PKCE)
    CHECKS[name](visitor)


def test_a_bomb_is_small_until_it_is_unpacked(practice: PracticeRange, visitor: Any) -> None:
    practice.switch(faults=["token-bomb"])
    reply = visitor.ask("token", EXCHANGE)
    assert int(reply.header("content-length")) < 100_000 < HUGE_BYTES


def test_a_server_that_was_left_while_it_dripped_serves_the_next(practice: PracticeRange, visitor: Any) -> None:
    practice.switch(faults=["token-drips"])
    begins(OK, 60)(visitor)
    practice.switch()
    assert visitor.redeem(visitor.link()).status == 200


def test_the_address_of_before_the_migration_is_spared(practice: PracticeRange, visitor: Any) -> None:
    practice.switch(faults=["token-hangs-up"])
    assert visitor.ask("v1/token", UNKNOWN).status == 400
