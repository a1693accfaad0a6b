"""How a walk ended, in words."""

from __future__ import annotations

import pytest
from playwright.async_api import Error

from e2e_linker.browser.connections import Connection, with_objections
from e2e_linker.browser.endings import browser_lost, errored, timed_out, unanswered
from e2e_linker.browser.navigation_endings import navigation_failed
from e2e_linker.browser.navigations import FLOOD, NavigationFailure, Pending
from e2e_linker.model import Fault

SITE = "https://login.example.com/authorize?state=1"


@pytest.mark.parametrize(
    ("pending", "words"),
    [
        (None, "the login on www.example.org was not through after 15 s"),
        (Pending(SITE, begun=False, redirects=2), "login.example.com has not answered after 15 s"),
        (
            Pending(SITE, begun=True, redirects=0),
            "login.example.com began an answer, and it was not complete after 15 s",
        ),
        (
            Pending(SITE, begun=False, redirects=14),
            "login.example.com was not done with redirecting the browser: 14 times in a row after 15 s",
        ),
    ],
)
def test_a_deadline_says_what_was_waited_for(pending, words):
    assert timed_out(15.0, pending, "https://www.example.org/welcome").message == words


def test_a_server_that_leaves_the_login_unanswered_is_named():
    ending = unanswered(Pending(SITE, begun=False, redirects=0, at=1.5), 9.6)
    assert (ending.kind, ending.fault) == ("timeout", Fault.IDENTITY_PROVIDER)
    asked = "the request for https://login.example.com/authorize within 8 s"
    assert ending.message == f"login.example.com has not answered {asked}"


@pytest.mark.parametrize(("begun", "now_s"), [(True, 9.6), (False, 4.0)])
def test_an_answer_that_has_begun_or_was_only_just_asked_for_is_no_missing_one(begun, now_s):
    assert unanswered(Pending(SITE, begun=begun, redirects=0, at=1.5), now_s) is None


@pytest.mark.parametrize("url", ["", "about:blank"])
def test_nobody_else_is_blamed_where_the_browser_came_to_show_nothing(url):
    ending = timed_out(15.0, None, url)
    assert ending.fault is Fault.TOOL
    assert ending.message == "the browser had not shown a page after 15 s, and was asking for none"


def test_of_several_failures_the_first_is_told_on_one_line():
    group = ExceptionGroup("tasks", [ExceptionGroup("more", [ValueError("the driver is gone\nat line 7")])])
    assert errored(group).message == "the walk ended with ValueError: the driver is gone"


def test_requests_without_end_are_the_pages_doing():
    ending = navigation_failed(NavigationFailure(SITE, FLOOD, None), ())
    assert (ending.kind, ending.fault) == ("dead_end", Fault.IDENTITY_PROVIDER)
    assert ending.message == "login.example.com asks for one thing after another: 5,000 requests and more"


def test_a_head_that_is_too_large_is_not_called_a_broken_connection():
    failure = NavigationFailure(SITE, "net::ERR_RESPONSE_HEADERS_TOO_BIG", None)
    ending = navigation_failed(failure, ())
    assert ending.kind == "unreachable"
    assert ending.message.startswith("login.example.com/authorize answers with a head that is too large for browsers")
    assert "Set-Cookie" in ending.hint


PLAIN = "http://login.example.com/interaction?state=1"
LED = "look for what sends the browser to http://login.example.com in place of https"


@pytest.mark.parametrize(
    ("url", "kind", "text", "hint"),
    [
        (PLAIN, "connection_terminated", "net::ERR_EMPTY_RESPONSE", LED),
        (PLAIN, "connection_refused", "net::ERR_TUNNEL_CONNECTION_FAILED", LED),
        ("http://login.example.com:80/", "connection_timeout", "net::ERR_TIMED_OUT", LED),
        (PLAIN, "dns_error", "net::ERR_TUNNEL_CONNECTION_FAILED", "check the name"),
        (PLAIN, None, "net::ERR_CONTENT_LENGTH_MISMATCH", "see with curl -i whether all of it comes"),
        (SITE, None, "NS_ERROR_NET_PARTIAL_TRANSFER", "see with curl -i whether all of it comes"),
        (SITE, None, "net::ERR_RESPONSE_HEADERS_TRUNCATED", "look at the sizes"),
        (SITE, "connection_terminated", "net::ERR_EMPTY_RESPONSE", "look at the sizes"),
        (SITE, "connection_refused", "net::ERR_TUNNEL_CONNECTION_FAILED", "check the name"),
        ("http://login.example.com:8080/", "connection_terminated", "net::ERR_EMPTY_RESPONSE", "look at the sizes"),
    ],
)
def test_where_a_login_left_https_that_is_what_to_look_at(url, kind, text, hint):
    met = Connection("login.example.com", 80, 0.0, False, kind, "closed", 0, 0, None, None)
    ending = navigation_failed(NavigationFailure(url, text, None, source=SITE), [met] if kind else ())
    assert ending.kind == "unreachable"
    assert ending.hint.startswith(hint)


def test_the_missing_tls_of_an_address_that_broke_the_connection_is_shown():
    asked = "login.example.com/interaction, asked over http,"
    for url, place in ((PLAIN, asked), (SITE, "login.example.com/authorize")):
        ending = navigation_failed(NavigationFailure(url, "net::ERR_EMPTY_RESPONSE", None), ())
        assert ending.message == f"{place} broke the connection without an answer: net::ERR_EMPTY_RESPONSE"


@pytest.mark.parametrize(
    ("port", "kind", "message"),
    [
        (443, "tls_failure", "the certificate does not hold"),
        (8443, "unreachable", "login.example.com/authorize broke the connection without an answer: ERR_EMPTY_RESPONSE"),
    ],
)
def test_a_certificate_is_why_only_the_address_that_shows_it_is_not_reached(port, kind, message):
    met = Connection(
        "login.example.com",
        port,
        0.0,
        False,
        "tls_certificate_error",
        "the certificate does not hold",
        0,
        0,
        None,
        None,
    )
    ending = navigation_failed(NavigationFailure(SITE, "ERR_EMPTY_RESPONSE", None), [met])
    assert (ending.kind, ending.message) == (kind, message)


@pytest.mark.parametrize(
    ("said", "kind", "hint"),
    [
        (
            "upstream proxy 10.0.0.8:3128 refuses login.example.com:443: 407 Denied",
            "destination_unavailable",
            "password",
        ),
        (
            "upstream proxy 10.0.0.8:3128 refuses login.example.com:443: 502 no 407",
            "destination_unavailable",
            "NO_PROXY",
        ),
        (
            "upstream proxy 10.0.0.8:3128 refuses login.example.com:443: 407 Denied (it takes Negotiate, NTLM)",
            "destination_unavailable",
            "no way into a proxy but Basic, and this one takes Negotiate, NTLM",
        ),
        (
            "upstream proxy 10.0.0.8:3128 refuses login.example.com:443: 407 Denied (it takes NTLM, basic)",
            "destination_unavailable",
            "http://USER:PASSWORD@HOST:PORT",
        ),
        (
            "upstream proxy 10.0.0.8:3128 refuses login.example.com:443: 302 Found (it leads to http://portal.corp/in)",
            "destination_unavailable",
            "open http://portal.corp/in in a browser on this machine first",
        ),
        ("upstream proxy 10.0.0.8:3128: connection lost", "connection_terminated", "NO_PROXY"),
    ],
)
def test_the_machines_own_proxy_is_not_the_servers_fault(said, kind, hint):
    met = Connection("login.example.com", 443, 0.0, False, kind, said, 0, 0, None, None)
    ending = navigation_failed(NavigationFailure(SITE, "net::ERR_EMPTY_RESPONSE", None), [met])
    assert (ending.kind, ending.fault) == ("unreachable", Fault.NETWORK)
    assert ending.message == f"login.example.com cannot be reached: {said}"
    assert hint in ending.hint


@pytest.mark.parametrize(
    ("said", "setting"),
    [
        ("BrowserContext.new_page: Invalid timezone ID: +01:00", "use.timezoneId"),
        ("Browser.new_context: Protocol error (emulation.setTimezoneOverride): invalid argument", "use.timezoneId"),
        ("BrowserContext.new_page: Protocol error (Emulation.setLocaleOverride): Invalid locale name", "use.locale"),
        (
            "BrowserContext.new_page: Protocol error (Emulation.setUserAgentOverride): Invalid characters",
            "use.userAgent",
        ),
        ("Browser.new_context: storageState.cookies[0].value: expected string, got number", "use.storageState"),
        ("Browser.new_context: Error setting storage state:\nx", "use.storageState"),
    ],
)
def test_a_setting_that_the_browser_refuses_is_named(said, setting):
    for ending in (browser_lost("about:blank", said.partition("\n")[0]), errored(RuntimeError(said))):
        assert ending.kind == "not_started"
        assert ending.message.startswith(f"the browser does not take {setting} of the configuration: ")
        assert setting in ending.hint


def test_a_browser_that_is_gone_is_no_failure_of_this_tool():
    said = "Browser.new_context: Target page, context or browser has been closed"
    group = ExceptionGroup("unhandled errors", [ExceptionGroup("one", [Error(f"{said}\nCall log:")])])
    for error in (Error(said), group):
        ending = errored(error)
        assert ending.kind == "crashed"
        assert ending.message == f"the browser ended while no page was shown: {said}"
    assert errored(Error("Browser.new_context: Protocol error (Target.createTarget)")).kind == "errored"


@pytest.mark.parametrize(
    "said",
    [
        "Page.click: Invalid timezone ID: x",
        "BrowserContext.new_page: Target page, context or browser has been closed",
        "Browser.new_context: Connection closed while reading from the driver",
    ],
)
def test_a_browser_that_is_gone_is_no_wrong_setting(said):
    assert browser_lost("https://login.example.com/", said).kind == "crashed"
    assert errored(RuntimeError(said)).kind == "errored"


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("net::ERR_BAD_SSL_CLIENT_AUTH_CERT", "demands a certificate of the browser", "switch off mutual TLS"),
        ("SSL_ERROR_RX_CERTIFICATE_REQUIRED_ALERT", "demands a certificate of the browser", "switch off mutual TLS"),
        ("net::ERR_SSL_VERSION_OR_CIPHER_MISMATCH", "no TLS version or no cipher in common", "TLS 1.2 and 1.3"),
        ("SSL_ERROR_UNSUPPORTED_VERSION", "no TLS version or no cipher in common", "TLS 1.2 and 1.3"),
        ("net::ERR_SSL_PROTOCOL_ERROR", "the TLS handshake with login.example.com fails", "openssl s_client"),
        ("net::ERR_CERT_DATE_INVALID", "the browser does not trust", "see whether the certificate is valid today"),
        ("SEC_ERROR_EXPIRED_CERTIFICATE", "the browser does not trust", "renew the certificate"),
        ("net::ERR_CERT_COMMON_NAME_INVALID", "the browser does not trust", "names this host"),
        ("net::ERR_CERT_AUTHORITY_INVALID", "the browser does not trust", "install a public certificate"),
        ("SEC_ERROR_UNKNOWN_ISSUER", "the browser does not trust", "install a public certificate"),
    ],
)
def test_what_stops_tls_is_told_by_what_it_is(text, message, hint):
    ending = navigation_failed(NavigationFailure(SITE, text, None), ())
    assert (ending.kind, ending.fault) == ("tls_failure", Fault.IDENTITY_PROVIDER)
    assert message in ending.message
    assert ending.message.endswith(f": {text}")
    assert hint in ending.hint


def test_a_certificate_that_the_proxy_judged_is_mended_for_what_is_wrong_with_it():
    said = "the certificate of login.example.com is not to be trusted: it, or one above it, has expired"
    met = Connection("login.example.com", 443, 0.0, False, "tls_certificate_error", said, 0, 0, None, None)
    ending = navigation_failed(NavigationFailure(SITE, "net::ERR_EMPTY_RESPONSE", None), [met])
    assert (ending.message, ending.hint.partition(",")[0]) == (said, "renew the certificate")


def test_what_failed_for_its_tls_tells_of_the_proxy_that_it_came_through(build):
    met = Connection("login.example.com", 443, 0.0, False, None, None, 0, 0, None, None, via="10.0.0.8:3128")
    failures = ("net::ERR_CERT_AUTHORITY_INVALID", "net::ERR_CONNECTION_RESET", None)
    requests = build.requests([build.get(SITE) | {"failure": failure} for failure in failures])
    told = [request.failure for request in with_objections(requests, [met])]
    assert told == [f"{failures[0]}, seen through upstream proxy 10.0.0.8:3128", *failures[1:]]
    assert [request.failure for request in with_objections(requests, ())] == list(failures)
