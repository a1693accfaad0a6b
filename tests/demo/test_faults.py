"""Every fault misbehaves as it says, seen at the level of HTTP."""

from __future__ import annotations

import datetime
import json
import re
import socket
import ssl
import time
from collections.abc import Callable
from html import unescape
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urljoin, urlsplit

import pytest
from cryptography import x509

from e2e_linker.demo import PracticeRange, names
from e2e_linker.demo.catalogue import FaultSpec, faults
from e2e_linker.demo.faults import redirect_uri, token_life, token_protocol, token_servers
from e2e_linker.model import Grant, Region

Check = Callable[[Any], None]
SPECIAL = "A%2B+a/b==~%" + "x" * 40 + "+/="


def linking(visitor: Any) -> dict[str, Any]:
    (values,) = visitor.practice.skill.values()
    return values


def listed(*hosts: str) -> Check:
    return lambda visitor: _equal(linking(visitor)["domains"], list(hosts))


def _equal(left: object, right: object) -> None:
    assert left == right


def configured(**expected: object) -> Check:
    return lambda visitor: _equal({name: linking(visitor)[name] for name in expected}, expected)


def every(*checks: Check) -> Check:
    def check(visitor: Any) -> None:
        for each in checks:
            visitor.jar.clear()
            each(visitor)

    return check


def on_page(index: int, *texts: str) -> Check:
    def check(visitor: Any) -> None:
        reply = visitor.link().replies[index]
        for text in texts:
            assert text in reply.body + reply.header("content-security-policy"), text

    return check


def ends_with(status: int, text: str = "", path: str = "/login") -> Check:
    def check(visitor: Any) -> None:
        walk = visitor.link()
        assert not walk.arrival
        assert walk.last.status == status
        assert text in walk.last.body
        assert urlsplit(walk.last.url).path == path

    return check


def on_last(kind: str) -> Check:
    """The page after the login, which says that it is of ``kind``."""

    def check(visitor: Any) -> None:
        ends_with(200, "Almost done")(visitor)
        visitor.jar.clear()
        assert visitor.link().last.header("content-type") == kind

    return check


def arrives(judge: Callable[[Any], bool], region: Region = Region.NA, state: str | None = None) -> Check:
    def check(visitor: Any) -> None:
        walk = visitor.link(region=region, state=state)
        assert walk.arrival
        assert judge(walk), walk.arrival

    return check


def state_becomes(change: Callable[[str], str | None], state: str | None = None) -> Check:
    return arrives(lambda walk: walk.query.get("state") == change(walk.state), state=state)


def only_special(change: Callable[[str], str]) -> Check:
    def check(visitor: Any) -> None:
        state_becomes(lambda plain: plain)(visitor)
        visitor.jar.clear()
        state_becomes(change, SPECIAL)(visitor)

    return check


def token(judge: Callable[[Any], bool]) -> Check:
    def check(visitor: Any) -> None:
        reply = visitor.redeem(visitor.link())
        assert judge(reply), (reply.status, reply.body)

    return check


def hosts_of_first_page(visitor: Any) -> set[str]:
    page = visitor.link().replies[0].body
    return {name for name in (*names.SHARDS, *names.PARTNERS) if name in page}


def too_many_hosts(visitor: Any) -> None:
    page = visitor.link().replies[0].body
    needed = {host for host in names.ALL_HOSTS if f"https://{host}/" in page} - {names.LOGIN}
    assert len(needed) == 17
    assert len(linking(visitor)["domains"]) == 15
    assert set(linking(visitor)["domains"]) < needed


def rotating_hosts(visitor: Any) -> None:
    seen = []
    for _ in range(3):
        visitor.jar.clear()
        seen.append(hosts_of_first_page(visitor))
    assert all(len(hosts) == 1 for hosts in seen)
    assert len(set.union(*seen)) > 1
    assert set.union(*seen) < set(linking(visitor)["domains"])


APPLE_VIEW = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_3 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148"
)


def file_of(host: str, name: str, timeout: float = 10) -> Callable[[Any], Any]:
    return lambda visitor: visitor.send("GET", f"https://{host}/{name}", timeout=timeout)


def drawn(way: str, *further: Check) -> Check:
    """The page is an empty body until the script draws it ``way``; underneath it is whole."""
    return every(on_page(0, f'<template data-app="{way}">', f"https://{names.STATIC}/app.js"), *further)


def never_answered(visitor: Any) -> None:
    with pytest.raises(TimeoutError):
        file_of(names.FONTS, "bulb-icons.ttf", timeout=0.3)(visitor)


def late(visitor: Any) -> None:
    with pytest.raises(TimeoutError):
        file_of(names.STATIC, "app.js", timeout=0.3)(visitor)
    assert file_of(names.STATIC, "site.js")(visitor).status == 200


def only_in_a_view(check: Check) -> Check:
    """The range is healthy for a desktop, and ``check`` holds inside an app on an iPhone."""

    def both(visitor: Any) -> None:
        walk = visitor.link()
        assert walk.arrival
        assert not walk.target
        visitor.jar.clear()
        visitor.headers["User-Agent"] = APPLE_VIEW
        check(visitor)

    return both


def framed_login(visitor: Any) -> None:
    shown = visitor.send("GET", visitor.authorization_url(state="s"))
    (source,) = re.findall(r'<iframe class="provider-frame"[^>]* src="([^"]+)"', shown.body)
    inside = visitor.send("GET", f"https://{names.LOGIN}{unescape(source)}").header("location")
    form = visitor.send("GET", inside)
    assert f"frame-ancestors https://{names.LOGIN}" in form.header("content-security-policy")
    assert "hp_frame" in visitor.jar[names.HOMEPASS]
    query, user = dict(parse_qsl(urlsplit(inside).query)), visitor.practice.users[0]
    fields = {**query, "username": user.username, "password": user.password}
    visitor.jar.pop(names.HOMEPASS)
    blocked = visitor.send("POST", f"https://{names.HOMEPASS}/login", fields)
    assert "took too long" in blocked.body
    done = visitor.send("POST", f"https://{names.HOMEPASS}/login", fields)
    assert 'data-next="https://login.brightbulb.test/federated/callback' in done.body


def web_view_refused(visitor: Any) -> None:
    assert visitor.link().arrival
    for agent in (
        "Mozilla/5.0 (Linux; Android 14; Pixel 8; wv) AppleWebKit/537.36 Version/4.0 Chrome/130.0 Mobile Safari/537.36",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_3 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
    ):
        visitor.jar.clear()
        visitor.headers["User-Agent"] = agent
        walk = visitor.link()
        assert walk.last.status == 403
        assert "disallowed_useragent" in walk.last.body


def third_party_cookie(visitor: Any) -> None:
    walk = visitor.link()
    assert 'src="https://id.homepass.test/session"' in walk.replies[0].body
    assert "data-locked" in next(reply.body for reply in walk.replies if "decision" in reply.body)
    first = visitor.send("GET", "https://id.homepass.test/session")
    assert "SameSite=none" in first.header("set-cookie")
    assert "session.js" not in first.body
    assert "session.js" in visitor.send("GET", "https://id.homepass.test/session").body


def http_hop(visitor: Any) -> None:
    walk = visitor.link()
    assert any(reply.url.startswith("http://links.brightbulb.test/") for reply in walk.replies)
    assert walk.query["state"] == walk.state


def relink_loses_code(visitor: Any) -> None:
    assert visitor.link().arrival
    again = visitor.link()
    assert not again.arrival
    assert urlsplit(again.last.url).path == "/home"


def region_refused(visitor: Any) -> None:
    assert visitor.link().arrival
    for region in (Region.EU, Region.FE):
        assert visitor.link(region=region).last.status == 400


def state_swapped(visitor: Any) -> None:
    first = type(visitor)(visitor.practice)
    first.send("GET", first.authorization_url(state="mine"))
    walk = visitor.link(state="yours")
    assert walk.query["state"] == "yours"
    first.send("GET", first.authorization_url(state="third"))
    visitor.jar.clear()
    page = visitor.send("GET", visitor.authorization_url(state="fourth"))
    first.send("GET", first.authorization_url(state="fifth"))
    fields = visitor.fields_of(page) | {
        "username": visitor.practice.users[0].username,
        "password": visitor.practice.users[0].password,
    }
    on = visitor.send("POST", "https://login.brightbulb.test/login", fields).header("location")
    back = visitor.send("GET", f"https://login.brightbulb.test{on}").header("location")
    assert back.endswith("state=fifth")


def stale_jar(visitor: Any) -> None:
    assert visitor.link().arrival
    again = visitor.link()
    assert again.last.status == 400
    assert "Request Header Or Cookie Too Large" in again.last.body
    visitor.jar.clear()
    assert visitor.link().arrival


def cookie_growth(visitor: Any) -> None:
    sizes = []
    for _ in range(4):
        visitor.send("GET", visitor.authorization_url(state="abandoned"))
        sizes.append(sum(map(len, visitor.jar[names.LOGIN].values())))
    steps = {later - earlier for earlier, later in pairwise(sizes)}
    assert steps == {180}


def small_head_limit(visitor: Any) -> None:
    assert visitor.link(state="s" * 352).arrival
    visitor.jar = {names.LOGIN: {"ballast": "x" * 3_500}}
    assert visitor.link(state="s" * 352).last.status == 431


def cookie_over_4096(visitor: Any) -> None:
    walk = visitor.link()
    assert not walk.arrival
    assert "bb_session" not in visitor.jar[names.LOGIN]
    assert [reply.status for reply in walk.replies if "/consent" in reply.url]
    assert sum("/authorize" in reply.url for reply in walk.replies) > 2


def client_id_other_region(visitor: Any) -> None:
    configured(clientId="https://pitangui.amazon.com/")(visitor)
    assert visitor.practice.linker["regions"] == ["NA", "EU"]
    assert visitor.link(region=Region.NA).arrival
    assert not visitor.link(region=Region.EU).arrival


def secret_in_file(visitor: Any) -> None:
    assert visitor.practice.skill["accountLinkingRequest"]["clientSecret"] == visitor.practice.client_secret
    assert "clientSecret" not in visitor.practice.linker


def endpoints_swapped(visitor: Any) -> None:
    reply = visitor.send("GET", visitor.authorization_url(state="s"))
    assert (reply.status, json.loads(reply.body)["error"]) == (405, "invalid_request")
    assert visitor.send("POST", linking(visitor)["accessTokenUrl"], {"grant_type": "x"}).status == 405


def implicit(**further: str) -> Check:
    def check(visitor: Any) -> None:
        configured(type="IMPLICIT")(visitor)
        assert visitor.practice.behaviour.console.grant is Grant.IMPLICIT
        assert "accessTokenUrl" not in linking(visitor)
        assert visitor.practice.linker.items() >= further.items()
        assert visitor.link().fragment["state"]

    return check


def huge_code(visitor: Any) -> None:
    walk = visitor.link()
    assert 5_500 < len(walk.query["code"]) < 7_000
    assert walk.query["code"].count(".") == 2
    assert visitor.redeem(walk).status == 200


def token_slow(visitor: Any) -> None:
    walk = visitor.link()
    before = time.monotonic()
    assert visitor.redeem(walk).status == 200
    assert time.monotonic() - before >= 0.2


def fields_are(*expected: str) -> Check:
    return token(lambda reply: set(json.loads(reply.body)) == set(expected))


def greeted(visitor: Any, host: str, context: ssl.SSLContext) -> ssl.SSLSocket:
    plain = socket.create_connection(("127.0.0.1", visitor.practice.port), timeout=10)
    try:
        return context.wrap_socket(plain, server_hostname=host)
    except OSError:
        plain.close()
        raise


def distrusted(host: str, code: int) -> Check:
    """OpenSSL refuses ``host`` with ``code``, and every other host of the range is served well."""

    def check(visitor: Any) -> None:
        context = ssl.create_default_context(cadata=visitor.practice.root_pem.decode())
        with pytest.raises(ssl.SSLCertVerificationError) as refused:
            greeted(visitor, host, context)
        assert refused.value.verify_code == code
        for other in {names.LOGIN, names.OAUTH, names.API} - {host}:
            greeted(visitor, other, context).close()

    return check


def certificate_is(judge: Callable[[x509.Certificate], bool]) -> Check:
    def check(visitor: Any) -> None:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
        with greeted(visitor, names.LOGIN, context) as connection:
            assert judge(x509.load_der_x509_certificate(connection.getpeercert(binary_form=True) or b""))

    return check


def days_left(leaf: x509.Certificate) -> float:
    return (leaf.not_valid_after_utc - datetime.datetime.now(datetime.UTC)) / datetime.timedelta(days=1)


def tls13_only(visitor: Any) -> None:
    context = ssl.create_default_context(cadata=visitor.practice.root_pem.decode())
    greeted(visitor, names.LOGIN, context).close()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    greeted(visitor, names.OAUTH, context).close()
    with pytest.raises(OSError):
        greeted(visitor, names.LOGIN, context)


def redirect_loop_behind_proxy(visitor: Any) -> None:
    walk = visitor.link()
    assert {reply.status for reply in walk.replies} == {301}
    assert {reply.url for reply in walk.replies} == {walk.replies[0].url}
    assert visitor.send("GET", f"https://{names.LOGIN}/privacy").header("location") == f"https://{names.LOGIN}/privacy"
    assert visitor.send("GET", f"https://{names.API}/me").status == 401


def redirect_loop_after_login(visitor: Any) -> None:
    walk = visitor.link()
    assert not walk.arrival
    paths = [urlsplit(reply.url).path for reply in walk.replies]
    assert paths[:6] == ["/authorize", "/login", "/consent", "/authorize", "/consent", "/authorize"]
    assert {reply.status for reply in walk.replies[2:]} == {302}
    assert "bb_session" in visitor.jar[names.LOGIN]


def session_forgotten_by_other_worker(visitor: Any) -> None:
    walk = visitor.link()
    assert not walk.arrival
    paths = [urlsplit(reply.url).path for reply in walk.replies]
    assert paths[:4] == ["/authorize", "/login", "/consent", "/authorize"]
    assert [reply.status for reply in walk.replies[:4]] == [200, 303, 302, 200]
    assert "bb_session" in visitor.jar[names.LOGIN]


def cookie_of_another_site(visitor: Any) -> None:
    walk = visitor.link()
    assert not walk.arrival
    set_by = [reply.header("set-cookie") for reply in walk.replies if "bb_session" in reply.header("set-cookie")]
    assert set_by
    assert all("; Domain=brightbulb-staging.test; " in cookie for cookie in set_by)
    assert sum("/authorize" in reply.url for reply in walk.replies) > 2
    session = set_by[-1].partition(";")[0].partition("=")[2]
    visitor.jar[names.LOGIN]["bb_session"] = session
    assert visitor.link().arrival


def login_without_cors(visitor: Any) -> None:
    """Whoever reads the answer all the same gets through: only the header is missing."""
    walk = visitor.link()
    assert walk.query["state"] == walk.state
    sent = walk.replies[1]
    assert (sent.url, sent.status) == (f"https://{names.API}/login", 200)
    assert not [name for name, _ in sent.headers if name.lower().startswith("access-control-")]
    assert f"connect-src https://{names.API}" in walk.replies[0].header("content-security-policy")
    assert names.API in linking(visitor)["domains"]


def consent_answers_500(visitor: Any) -> None:
    """Its script is told where Cancel leads, and a server that mends Allow has nothing else to mend."""
    page = visitor.link().replies[2]
    assert f"https://{names.STATIC}/decide.js" in page.body
    assert "connect-src 'self'" in page.header("content-security-policy")
    url, fields, asks = f"https://{names.LOGIN}/consent", visitor.fields_of(page), {"Accept": "application/json"}
    assert visitor.send("POST", url, fields | {"decision": "allow"}, asks).status == 500
    cancelled = visitor.send("POST", url, fields | {"decision": "cancel"}, asks)
    assert "error=access_denied" in json.loads(cancelled.body)["next"]


def answer_as_json(visitor: Any) -> None:
    ends_with(200, '"redirectTo"', "/consent")(visitor)
    answer = visitor.link().last
    assert answer.header("content-type") == "application/json"
    assert json.loads(answer.body)["redirectTo"].startswith(f"{visitor.redirect_uri()}?code=")


def lax_cookie_at_form_post(visitor: Any) -> None:
    """A visitor that sends every cookie gets through; a browser keeps those with SameSite=Lax from a form."""
    assert visitor.link().arrival
    visitor.jar.clear()
    first = visitor.send("GET", visitor.authorization_url(state="s"))
    start = visitor.send("GET", urljoin(first.url, first.header("location")))
    assert re.search(r"^bb_csrf=.*; SameSite=lax", start.header("set-cookie"))
    page = visitor.send("GET", start.header("location"))
    user = visitor.practice.users[0]
    sent = visitor.fields_of(page) | {"username": user.username, "password": user.password}
    form = visitor.send("POST", f"https://{names.HOMEPASS}/login", sent)
    assert form.status == 200
    visitor.jar.pop(names.LOGIN)
    back = visitor.send("POST", f"https://{names.LOGIN}/federated/callback", visitor.fields_of(form))
    assert back.status == 500
    assert "Correlation failed" in back.body


CHECKS: dict[str, Check] = {
    "unlisted-script": listed(names.FONTS, names.IMAGES, names.HOMEPASS),
    "unlisted-identity-provider": every(
        lambda v: _equal(any(names.HOMEPASS in reply.url for reply in v.link().replies), True),
        listed(names.STATIC, names.FONTS, names.IMAGES),
    ),
    "unlisted-image": listed(names.STATIC, names.FONTS, names.HOMEPASS),
    "parent-listed": listed("brightbulb-cdn.test", names.FONTS, names.IMAGES, names.HOMEPASS),
    "too-many-hosts": too_many_hosts,
    "domain-with-scheme": listed(f"https://{names.STATIC}/", names.FONTS, names.IMAGES, names.HOMEPASS),
    "unused-domain": lambda v: _equal(linking(v)["domains"][-1] in names.ALL_HOSTS, False),
    "rotating-hosts": rotating_hosts,
    "popup-login": lambda v: _equal(
        ["/login/window" in reply.url for reply in v.link().replies[:2]],
        [False, True],
    ),
    "new-window-consent": lambda v: _equal(v.link().target, "_blank"),
    "script-alert": on_page(0, "/alert.js"),
    "script-confirm": on_page(2, "/confirm.js"),
    "web-view-refused": web_view_refused,
    "blank-without-script": drawn("plain", listed(names.FONTS, names.IMAGES, names.HOMEPASS)),
    "blank-without-font": drawn("font", listed(names.STATIC, names.IMAGES, names.HOMEPASS)),
    "twenty-hosts": drawn("parts", on_page(0, *(f"https://{host}/pixel.svg" for host in names.PARTS))),
    "reloads-for-ever": every(
        listed(names.FONTS, names.IMAGES, names.HOMEPASS), on_page(0, f"https://{names.LOGIN}/reload.js")
    ),
    "script-host-down": drawn("plain", lambda v: _equal(file_of(names.STATIC, "app.js")(v).status, 503)),
    "blank-in-apple-apps": drawn("agent"),
    "blank-by-policy": drawn("plain", on_page(0, "script-src 'self'")),
    "font-never-comes": drawn("font", never_answered),
    "endless-spinner": drawn("poll", lambda v: _equal(file_of(names.LOGIN, "poll")(v).body, '{"ready":false}')),
    "late-script": drawn("plain", late),
    "new-window-on-phones": only_in_a_view(lambda v: _equal(v.link().target, "_blank")),
    "framed-login": framed_login,
    "unsupported-browser": only_in_a_view(
        lambda v: _equal(["not supported" in reply.body for reply in v.link().replies], [True])
    ),
    "button-out-of-reach": on_page(2, 'class="cut-off"'),
    "covered-consent": on_page(2, '<aside class="notice">'),
    "csp-form-action": on_page(2, "form-action 'self'"),
    "third-party-cookie": third_party_cookie,
    "desktop-only-page": lambda v: _equal('name="viewport"' in v.link().replies[0].body, False),
    "http-hop": http_hop,
    "odd-port": every(
        lambda v: _equal(urlsplit(linking(v)["authorizationUrl"]).port, 8443),
        arrives(lambda walk: walk.query["state"] == walk.state),
    ),
    "page-as-download": on_last("application/octet-stream"),
    "page-as-text": on_last("text/plain; charset=utf-8"),
    "error-page-200": ends_with(200, "Something went wrong"),
    "server-error": ends_with(500, "Internal Server Error"),
    "empty-error": every(ends_with(400), lambda v: _equal(v.link().last.body, "")),
    "lost-request": ends_with(200, "Your lights", "/home"),
    "relink-loses-code": relink_loses_code,
    "redirect-loop-behind-proxy": redirect_loop_behind_proxy,
    "redirect-loop-after-login": redirect_loop_after_login,
    "session-forgotten-by-other-worker": session_forgotten_by_other_worker,
    "cookie-of-another-site": cookie_of_another_site,
    "login-without-cors": login_without_cors,
    "consent-answers-500": consent_answers_500,
    "lax-cookie-at-form-post": lax_cookie_at_form_post,
    "state-missing": state_becomes(lambda state: None),
    "implicit-state-missing": arrives(lambda walk: "access_token" in walk.fragment and "state" not in walk.fragment),
    "state-truncated": state_becomes(lambda state: state[:255]),
    "state-lowercased": state_becomes(str.lower),
    "state-replaced": arrives(lambda walk: walk.query["state"] not in ("", walk.state)),
    "state-duplicated": arrives(lambda walk: walk.arrival.count(f"state={walk.state}") == 2),
    "state-swapped": state_swapped,
    "state-percent-decoded": only_special(unquote),
    "state-double-encoded": only_special(lambda state: quote(state, safe="")),
    "state-plus-to-space": only_special(lambda state: state.replace("+", " ")),
    "region-hard-coded": arrives(lambda walk: "https://pitangui.amazon.com/" in walk.arrival, Region.FE),
    "region-refused": region_refused,
    "ampersand-redirect": arrives(lambda walk: walk.arrival.startswith(f"{walk.redirect_uri}&code=")),
    "code-in-fragment": arrives(lambda walk: walk.fragment["state"] == walk.state and not walk.query),
    "no-code": arrives(lambda walk: walk.query == {"state": walk.state}),
    "implicit-in-query": arrives(lambda walk: "access_token" in walk.query and not walk.fragment),
    "implicit-drops-vendor-id": arrives(lambda walk: "vendorId" not in walk.arrival and "state" in walk.fragment),
    "redirect-307": arrives(lambda walk: walk.by == "307"),
    "redirect-by-fetch": on_page(2, "/fetch.js", "connect-src *"),
    "redirect-in-iframe": every(
        lambda v: _equal(v.link().target, "result"),
        on_page(2, '<iframe class="hidden-frame" title="result" name="result">', "frame-src *"),
    ),
    "slow-meta-refresh": arrives(lambda walk: walk.by == "refresh"),
    "answer-as-json": answer_as_json,
    "double-redirect": arrives(lambda walk: walk.by == "twice"),
    "scope-refused": arrives(lambda walk: walk.query["error"] == "invalid_scope"),
    "nonce-demanded": arrives(
        lambda walk: (
            walk.query["error_description"] == "nonce is required for scope openid"
            and walk.query["state"] == walk.state
            and "code" not in walk.query
        )
    ),
    "extra-parameters": arrives(lambda walk: walk.query.keys() == {"code", "state", "session_state", "iss"}),
    "huge-code": huge_code,
    "oversize-414-line": ends_with(414, "exceeds the capacity\nlimit for this server", "/consent"),
    "oversize-400-nginx": ends_with(400, "Request Header Or Cookie Too Large", "/consent"),
    "oversize-404-iis": ends_with(404, "File or directory not found", "/consent"),
    "oversize-413-cloudfront": ends_with(413, "Generated by cloudfront", "/consent"),
    "oversize-431": ends_with(431, "", "/consent"),
    "oversize-494": ends_with(494, "Request Header Or Cookie Too Large", "/consent"),
    "oversize-closed": ends_with(0, "", "/consent"),
    "cookie-over-4096": cookie_over_4096,
    "stale-jar": stale_jar,
    "cookie-growth": cookie_growth,
    "small-head-limit": small_head_limit,
    "schema-enum": configured(accessTokenScheme="BASIC"),
    "schema-missing-token-url": lambda v: _equal("accessTokenUrl" in linking(v), False),
    "implicit-smart-home": implicit(skillKind="smart_home"),
    "secret-in-file": secret_in_file,
    "implicit-grant": implicit(skillKind="custom"),
    "default-expiry-20": configured(defaultTokenExpirationInSeconds=20),
    "endpoints-swapped": endpoints_swapped,
    "client-id-other-region": client_id_other_region,
    "token-500": token(lambda reply: reply.status == 500),
    "token-201": token(lambda reply: reply.status == 201 and "access_token" in json.loads(reply.body)),
    "token-form-encoded": token(lambda reply: reply.body.startswith("access_token=")),
    "token-html": token(lambda reply: reply.header("content-type").startswith("text/html")),
    "token-camel-case": fields_are("accessToken", "tokenType", "expiresIn", "refreshToken", "scope"),
    "token-id-token-only": fields_are("id_token", "token_type", "expires_in"),
    "token-nested": fields_are("status", "data"),
    "token-in-a-string": fields_are("statusCode", "body"),
    "token-slow": token_slow,
    "token-scope-dropped": token(lambda reply: json.loads(reply.body)["scope"] == "profile"),
    "token-without-intermediate": distrusted(names.OAUTH, 20),
    "token-certificate-expired": distrusted(names.OAUTH, 10),
    "token-certificate-of-another-host": distrusted(names.OAUTH, 62),
    "token-certificate-self-signed": distrusted(names.OAUTH, 18),
    "login-without-intermediate": distrusted(names.LOGIN, 20),
    "login-certificate-ends-soon": certificate_is(lambda leaf: 9 <= days_left(leaf) <= 10),
    "login-certificate-weak": certificate_is(lambda leaf: leaf.public_key().key_size == 1024),
    "login-tls13-only": tls13_only,
}


def test_every_fault_has_a_check() -> None:
    modules = (redirect_uri, token_life, token_protocol, token_servers)
    checked_elsewhere = {
        each.name for module in modules for each in vars(module).values() if isinstance(each, FaultSpec)
    }
    assert CHECKS.keys() == faults().keys() - checked_elsewhere


@pytest.mark.parametrize("name", CHECKS)
def test_fault(practice: PracticeRange, visitor: Any, name: str) -> None:
    practice.switch(faults=[name])
    CHECKS[name](visitor)


def test_answers_of_other_servers_are_theirs_to_the_letter(practice: PracticeRange, visitor: Any) -> None:
    practice.switch(faults=["oversize-431"])
    assert visitor.link().last.headers == [("Connection", "close")]
    practice.switch(faults=["oversize-400-nginx"])
    visitor.jar.clear()
    assert visitor.link().last.header("server") == "nginx/1.22.1"


def test_switching_back_heals(practice: PracticeRange, visitor: Any) -> None:
    practice.switch(faults=["server-error", "state-missing"])
    assert not visitor.link().arrival
    practice.switch()
    visitor.jar.clear()
    walk = visitor.link()
    assert walk.query["state"] == walk.state
