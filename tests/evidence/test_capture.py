"""Captures other tools wrote: read whatever can be read, and name the rest."""

from __future__ import annotations

import gzip
import io
import json
import os
import random
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from e2e_linker.errors import StoreError
from e2e_linker.evidence import capture, packing
from e2e_linker.evidence.capture import open_capture
from e2e_linker.evidence.capture_links import MOST_LINKS
from e2e_linker.evidence.capture_walks import captured_walks
from e2e_linker.evidence.models import NotCollected, Present, SkillFacts, Walk
from e2e_linker.evidence.redact import SecretRegistry

STATE = "A2SAAEAE" + "x1Y2z3" * 50
REDIRECT = "https://pitangui.amazon.com/api/skill/link/MABC123DEF456"
LOGIN = "https://login.shop.test"
AUTHORIZE = (
    f"{LOGIN}/authorize?client_id=alexa&response_type=code&state={STATE}"
    "&redirect_uri=https%3A%2F%2Fpitangui.amazon.com%2Fapi%2Fskill%2Flink%2FMABC123DEF456"
)
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148"
CODE = "Qm9uZHMtYXJlLWdvb2QtMTIz"
START = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


def entry(url: str, at: float = 0.0, *, status: int = 200, agent: str = IPHONE, **more: Any) -> dict[str, Any]:
    """An entry as mitmproxy writes them: no resource types, no pages."""
    request_headers = {"User-Agent": agent, "Accept": "text/html,*/*"} | more.pop("headers", {})
    answer_headers = {"Content-Type": "text/html"} | more.pop("answer_headers", {})
    return {
        "startedDateTime": (START + timedelta(seconds=at)).isoformat(),
        "time": 40.0,
        "request": {
            "method": more.pop("method", "GET"),
            "url": url,
            "httpVersion": "HTTP/1.1",
            "headers": [{"name": name, "value": value} for name, value in request_headers.items()],
            "cookies": [],
            "queryString": [],
            "headersSize": -1,
            "bodySize": 0,
            **({"postData": more.pop("posted")} if "posted" in more else {}),
        },
        "response": {
            "status": status,
            "statusText": "",
            "headers": [{"name": name, "value": value} for name, value in answer_headers.items()],
            "cookies": more.pop("cookies", []),
            "content": {"size": 10, "mimeType": "text/html", "text": more.pop("text", "")},
            "redirectURL": "",
            "headersSize": -1,
            "bodySize": 10,
        },
        "cache": {},
        "timings": {"send": 1, "wait": 30, "receive": 9, "connect": 12, "ssl": 8},
        **more,
    }


def link() -> list[dict[str, Any]]:
    arrival = f"{REDIRECT}?code={CODE}&state={STATE}"
    verdict = "https://skills-store.amazon.com/external/link-result?success=true"
    password = {
        "mimeType": "application/x-www-form-urlencoded",
        "params": [{"name": "username", "value": "mia"}, {"name": "password", "value": "s3cret-Pass-word"}],
    }
    return [
        entry(AUTHORIZE),
        entry(
            "https://cdn.shop.test/login.js",
            0.1,
            headers={"Accept": "*/*"},
            answer_headers={"Content-Type": "text/javascript"},
        ),
        entry(f"{LOGIN}/login", 3.0, method="POST", status=302, posted=password, answer_headers={"Location": arrival}),
        entry(arrival, 3.2, status=302, answer_headers={"Location": verdict}),
        entry(verdict, 3.4),
        entry("https://m.media-amazon.com/logo.png", 3.5),
    ]


def har(entries: list[Any], **log: Any) -> bytes:
    log = {"version": "1.2", "creator": {"name": "mitmproxy", "version": "11.0"}, "entries": entries} | log
    return json.dumps({"log": log}).encode()


@pytest.fixture
def read(tmp_path: Path, samples_skill: SkillFacts) -> Any:
    def reading(data: bytes, name: str = "phone.har") -> tuple[list[Walk], SecretRegistry, list[str]]:
        path, registry = tmp_path / name, SecretRegistry()
        path.write_bytes(data)
        opened = open_capture(path)
        walks = [captured.walk for captured in captured_walks(opened, samples_skill, registry)]
        return walks, registry, opened.gaps

    return reading


@pytest.fixture
def samples_skill(build: Any) -> SkillFacts:
    skill = build.skill(redirect_uris={"NA": REDIRECT})
    assert isinstance(skill, SkillFacts)
    return skill


def urls(walk: Walk) -> list[str]:
    assert isinstance(walk.requests, Present)
    return [request.url.partition("?")[0] for request in walk.requests.value]


def test_a_link_is_read_from_the_authorization_request_to_the_arrival(read: Any) -> None:
    (walk,), _, gaps = read(har(link()))
    assert not gaps
    assert urls(walk) == [f"{LOGIN}/authorize", "https://cdn.shop.test/login.js", f"{LOGIN}/login", REDIRECT]
    assert walk.authorization.state == STATE
    assert walk.ending.kind == "arrived"
    assert isinstance(walk.arrivals, Present)
    (arrival,) = walk.arrivals.value
    assert {param.name: param.length for param in arrival.params} == {"code": len(CODE), "state": len(STATE)}
    assert isinstance(walk.requests, Present)
    login, arrived = walk.requests.value[2:]
    assert arrived.redirected_from == login.n
    assert login.timing
    assert (login.timing.connect_ms, login.timing.tls_ms) == (4, 8)
    assert isinstance(walk.screens, NotCollected)


def test_secrets_of_a_capture_are_labels_in_the_evidence(read: Any) -> None:
    (walk,), registry, _ = read(har(link()))
    text = walk.model_dump_json()
    assert "s3cret-Pass-word" not in text
    assert CODE not in text
    assert STATE in text
    assert registry.find(text) is None


def test_a_code_of_plain_words_is_hidden_like_any_other(read: Any) -> None:
    (walk,), _, _ = read(har(link()).replace(CODE.encode(), b"bright-lamp-kitchen"))
    assert "bright-lamp-kitchen" not in walk.model_dump_json()


def test_amazons_own_pages_after_the_arrival_are_no_second_arrival(read: Any) -> None:
    (walk,), _, _ = read(har(link()))
    assert isinstance(walk.arrivals, Present)
    assert len(walk.arrivals.value) == 1
    assert not [url for url in urls(walk) if "skills-store" in url or "media-amazon" in url]


def test_a_page_that_redirects_twice_has_two_arrivals(read: Any) -> None:
    again = entry(f"{REDIRECT}?code={CODE}&state={STATE}", 3.6, status=302)
    (walk,), _, _ = read(har([*link(), again]))
    assert isinstance(walk.arrivals, Present)
    assert len(walk.arrivals.value) == 2


ALEXA_APP = "okhttp/4.9 AmazonAlexa/2.2.5 (Android 14)"


def of_alexas_own(path: str, at: float, *, agent: str = IPHONE, **more: Any) -> dict[str, Any]:
    """What Alexa's app, or its page beside the login, asks its own host for."""
    headers = {"Accept": "application/json"} | more.pop("headers", {})
    kind = {"Content-Type": "application/json"}
    url = f"https://pitangui.amazon.com{path}"
    return entry(url, at, agent=agent, headers=headers, answer_headers=kind, **more)


def arrivals_of(walk: Walk) -> list[str]:
    assert isinstance(walk.arrivals, Present)
    return [arrival.url.partition("?")[0] for arrival in walk.arrivals.value]


@pytest.mark.parametrize("agent", [IPHONE, ALEXA_APP, ""], ids=["same", "app", "none"])
@pytest.mark.parametrize("path", ["/api/notifications?cached=true", "/api/skills/enabled?state=on", "/", ":443/"])
@pytest.mark.parametrize("at", [0.05, 2.0, 3.15])
def test_what_alexas_app_asks_its_own_hosts_for_ends_no_link(read: Any, agent: str, path: str, at: float) -> None:
    entries = [*link(), of_alexas_own(path, at, agent=agent)]
    entries.sort(key=lambda one: str(one["startedDateTime"]))
    for order in (entries, entries[::-1]):
        (walk,), _, _ = read(har(order))
        assert arrivals_of(walk) == [REDIRECT]
        assert [f"{LOGIN}/login", REDIRECT] == [url for url in urls(walk) if "login" in url or "link" in url][-2:]


def test_alexas_own_page_opened_in_between_ends_no_link(read: Any) -> None:
    page = entry("https://alexa.amazon.com/spa/index.html", 1.0, headers={"Referer": "https://alexa.amazon.com/"})
    (walk,), _, _ = read(har([*link()[:2], page, *link()[2:]]))
    assert arrivals_of(walk) == [REDIRECT]


def test_alexas_page_that_goes_to_another_country_of_alexas_ends_no_link(read: Any) -> None:
    marks = {"Referer": "https://alexa.amazon.com/", "Sec-Fetch-Site": "cross-site"}
    page = entry("https://alexa.amazon.de/spa/index.html", 1.0, headers=marks)
    (walk,), _, _ = read(har([*link()[:2], page, *link()[2:]]))
    assert arrivals_of(walk) == [REDIRECT]


def test_an_error_after_the_apps_own_traffic_is_still_found(read: Any) -> None:
    polled = of_alexas_own("/api/notifications", 1.0, agent=ALEXA_APP)
    (walk,), _, _ = read(har([*link()[:2], polled, entry(f"{LOGIN}/login", 9.0, method="POST", status=414)]))
    assert "414" in walk.ending.message


@pytest.mark.parametrize("way", ["redirect", "referer", "site", "answer"])
def test_an_answer_to_a_wrong_path_of_alexas_host_arrives(read: Any, way: str) -> None:
    wrong = "https://pitangui.amazon.com/wrong" + ("?code=abc&state=x" if way == "answer" else "")
    sent = {"Location": wrong} if way == "redirect" else {}
    marks = {"referer": {"Referer": f"{LOGIN}/"}, "site": {"Sec-Fetch-Site": "cross-site"}}.get(way, {})
    entries = [
        *link()[:2],
        entry(f"{LOGIN}/login", 3.0, method="POST", status=302 if sent else 200, answer_headers=sent),
        entry(wrong, 3.2, headers=marks),
    ]
    for order in (entries, entries[::-1]):
        (walk,), _, _ = read(har(order))
        assert arrivals_of(walk) == ["https://pitangui.amazon.com/wrong"]


def without_alexa(**redirect: Any) -> list[dict[str, Any]]:
    """A link whose app took the redirect to Alexa from the browser."""
    entries = link()[:3]
    entries[2]["response"] |= redirect
    return entries


def test_an_answer_is_read_from_the_redirect_where_no_request_follows_it(read: Any) -> None:
    later = [entry("https://news.example/", 60), entry("https://cdn.shop.test/late.js", 3.02)]
    for order in ([*without_alexa(), *later], [*later, *without_alexa()[::-1]]):
        (walk,), registry, _ = read(har(order))
        assert walk.ending.kind == "arrived"
        assert arrivals_of(walk) == [REDIRECT]
        assert urls(walk)[-2:] == ["https://cdn.shop.test/late.js", REDIRECT]
        assert any("read from the redirect" in gap for gap in walk.gaps)
        assert isinstance(walk.arrivals, Present)
        assert isinstance(walk.requests, Present)
        (answer,) = walk.arrivals.value
        assert {param.name: param.length for param in answer.params} == {"code": len(CODE), "state": len(STATE)}
        unsent = walk.requests.value[-1]
        assert (unsent.n, unsent.status, unsent.method) == (answer.request, None, "GET")
        assert urls(walk)[(unsent.redirected_from or 0) - 1] == f"{LOGIN}/login"
        assert CODE not in walk.model_dump_json()
        assert registry.find(walk.model_dump_json()) is None


def test_an_answer_that_nothing_follows_is_one_in_any_order_of_entries_without_times(read: Any) -> None:
    untimed = entry("https://cdn.shop.test/untimed.js") | {"startedDateTime": ""}
    others = [entry("https://cdn.shop.test/late.js", 4.5), entry("https://cdn.shop.test/early.js", 1)]
    (walk,), _, _ = read(har([*without_alexa(), untimed, *others]))
    assert arrivals_of(walk) == [REDIRECT]
    assert isinstance(walk.requests, Present)
    assert [request.n for request in walk.requests.value] == list(range(1, len(walk.requests.value) + 1))


def test_a_followed_redirect_is_said_to_be_nothing_else(read: Any) -> None:
    (walk,), _, _ = read(har(link()))
    assert not any("read from the redirect" in gap for gap in walk.gaps)


@pytest.mark.parametrize("where", ["header", "field"])
def test_the_fragment_of_a_redirect_that_nothing_follows_is_kept(read: Any, where: str) -> None:
    target = f"{REDIRECT}#state={STATE}&access_token=Zm9vLWJhci1iYXotcXV4&token_type=Bearer"
    told: dict[str, Any] = {"headers": [{"name": "Location", "value": target}]}
    entries = without_alexa(**(told if where == "header" else {"headers": [], "redirectURL": target}))
    (walk,), _, _ = read(har(entries))
    assert isinstance(walk.arrivals, Present)
    (answer,) = walk.arrivals.value
    assert [(param.name, param.place) for param in answer.params] == [
        (name, "fragment") for name in ("state", "access_token", "token_type")
    ]
    assert "Zm9vLWJhci1iYXotcXV4" not in walk.model_dump_json()


def test_a_slow_servers_redirect_is_followed_by_the_request_it_led_to(read: Any) -> None:
    entries = link()
    entries[2]["time"] = 9000.0
    for one in entries[3:]:
        one["startedDateTime"] = (START + timedelta(seconds=12.2)).isoformat()
    (walk,), _, _ = read(har(entries))
    assert arrivals_of(walk) == [REDIRECT]
    assert not any("read from the redirect" in gap for gap in walk.gaps)


def test_a_request_that_the_browser_spells_otherwise_is_the_same_answer(read: Any) -> None:
    entries = link()
    for header in entries[2]["response"]["headers"]:
        header["value"] = header["value"].replace(f"state={STATE}", f"state={STATE}&scope=a b")
    entries[3]["request"]["url"] += "&scope=a%20b"
    (walk,), _, _ = read(har(entries))
    assert arrivals_of(walk) == [REDIRECT]


@pytest.mark.parametrize("target", ["https://alexa.amazon.com/", "https://shop.test/?code=1&state=2"])
def test_a_redirect_that_hands_nothing_over_is_no_answer(read: Any, target: str) -> None:
    entries = [entry(AUTHORIZE), entry(f"{LOGIN}/help", 2, status=302, answer_headers={"Location": target})]
    (walk,), _, _ = read(har(entries))
    assert walk.ending.kind == "dead_end"


def test_two_links_whose_redirects_nothing_follows_are_two_walks(read: Any) -> None:
    later = json.loads(json.dumps(without_alexa()).replace(STATE, STATE[::-1]))
    for n, one in enumerate(later):
        one["startedDateTime"] = (START + timedelta(seconds=60 + n)).isoformat()
    walks, _, _ = read(har([*without_alexa(), entry("https://news.example/", 30), *later]))
    assert [walk.ending.kind for walk in walks] == ["arrived", "arrived"]
    assert not any("news" in url for walk in walks for url in urls(walk))


def test_traffic_of_other_apps_is_left_out_and_counted(read: Any) -> None:
    entries = link()
    entries.insert(2, entry("https://tracker.example/ping", 0.5, agent="WeatherApp/3.1"))
    entries.insert(0, entry("https://news.example/", -5))
    (walk,), _, _ = read(har(entries))
    assert not [url for url in urls(walk) if "example" in url]
    assert any("1 requests of other apps" in gap for gap in walk.gaps)


@pytest.mark.parametrize("followed", [True, False])
@pytest.mark.parametrize("host", ["skills-store.amazon.com", "skills-store.amazon.co.uk"])
def test_alexas_own_page_tells_that_it_did_not_link(read: Any, host: str, followed: bool) -> None:
    verdict = f"https://{host}/external/link-result?success=false&skillId=amzn1.ask.skill.1"
    arrived = entry(link()[3]["request"]["url"], 3.2, status=302, answer_headers={"Location": verdict})
    (walk,), _, _ = read(har([*link()[:3], arrived, *([entry(verdict, 4.1)] if followed else [])]))
    assert walk.ending.kind == "arrived"
    assert walk.ending.message.endswith("did not link")
    assert walk.ending.hint
    assert urls(walk)[-1] == REDIRECT


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://skills-store.amazon.com/external/link-result?success=true",
        "https://skills-store.amazon.com/external/link-result",
        "https://skills-store.amazon.com/other?success=false",
        "https://skills-store.amazon.evil.test/external/link-result?success=false",
        f"{LOGIN}/external/link-result?success=false",
    ],
)
def test_no_other_page_tells_that_alexa_did_not_link(read: Any, elsewhere: str) -> None:
    arrived = entry(link()[3]["request"]["url"], 3.2, status=302, answer_headers={"Location": elsewhere})
    (walk,), _, _ = read(har([*link()[:3], arrived, entry(elsewhere, 3.4)]))
    assert (walk.ending.kind, walk.ending.hint) == ("arrived", None)


def in_between(url: str, **headers: str) -> dict[str, Any]:
    """What is asked for beside the login page, as a capture without resource types has it."""
    given = {"Accept": "*/*"} | {name.replace("_", "-"): value for name, value in headers.items()}
    return entry(url, 0.7, headers=given, answer_headers={"Content-Type": "text/plain"})


@pytest.mark.parametrize(
    "own",
    [
        in_between("https://content-autofill.googleapis.com/v1/pages/ChVDaHJvbWU?alt=proto"),
        in_between("http://detectportal.firefox.com/success.txt?ipv4"),
        in_between("https://firefox.settings.services.mozilla.com/v1/", sec_fetch_site="cross-site"),
        in_between("http://ocsp.ca.test/", Content_Type="application/ocsp-request"),
        in_between(
            "https://maker.test/update", Sec_Fetch_Site="none", Sec_Fetch_Mode="no-cors", Origin="https://m.test"
        ),
    ],
    ids=["autofill", "portal", "settings", "certificate", "no page"],
)
def test_what_the_browser_sends_by_itself_is_none_of_the_page(read: Any, own: dict[str, Any]) -> None:
    (expected,), _, _ = read(har(link()))
    (walk,), _, _ = read(har([*link()[:2], own, *link()[2:]]))
    assert urls(walk) == urls(expected)
    (told,) = set(walk.gaps) - set(expected.gaps)
    host = own["request"]["url"].split("/")[2]
    assert told == f"1 request was left out that the browser sent by itself and no page asked for: to {host}."


@pytest.mark.parametrize(
    "asked",
    [
        in_between("https://clients1.google.com/api.js", Referer=f"{LOGIN}/"),
        in_between("https://update.googleapis.com/api", Origin=LOGIN, Sec_Fetch_Site="cross-site"),
        in_between("https://fonts.googleapis.com/css"),
        in_between("https://content-autofill.googleapis.com.shop.test/x"),
        in_between(f"{LOGIN}/status", Sec_Fetch_Site="same-origin", Sec_Fetch_Mode="cors"),
        in_between(f"{LOGIN}/opened", Sec_Fetch_Site="none", Sec_Fetch_Mode="navigate"),
    ],
    ids=["referer", "origin", "other service", "look-alike", "script", "opened by hand"],
)
def test_what_a_page_asks_for_is_kept_wherever_it_goes(read: Any, asked: dict[str, Any]) -> None:
    (walk,), _, _ = read(har([*link()[:2], asked, *link()[2:]]))
    assert asked["request"]["url"] in urls(walk)
    assert not [gap for gap in walk.gaps if "by itself" in gap]


def test_many_hosts_of_the_browser_itself_are_told_in_one_sentence(read: Any) -> None:
    own = [in_between(f"https://maker{n}.test/x", Sec_Fetch_Site="none", Sec_Fetch_Mode="cors") for n in range(7)]
    (walk,), _, _ = read(har([*reversed(own), *link(), own[0]]))
    (told,) = [gap for gap in walk.gaps if "by itself" in gap]
    assert told.startswith("8 requests were left out")
    assert told.endswith("maker3.test, maker4.test and 2 more.")


def test_two_links_in_one_capture_are_two_walks(read: Any) -> None:
    later = json.loads(json.dumps(link()).replace(STATE, STATE[::-1]))
    for n, one in enumerate(later):
        one["startedDateTime"] = (START + timedelta(seconds=60 + n)).isoformat()
    walks, _, _ = read(har([*link(), *later]))
    assert [walk.authorization.state for walk in walks] == [STATE, STATE[::-1]]
    assert [walk.ending.kind for walk in walks] == ["arrived", "arrived"]
    assert len(urls(walks[0])) == len(urls(walks[1])) == 4


def beside(other: str, *, crossing: bool) -> list[dict[str, Any]]:
    """A second link of the same browser, begun before the first one is through."""
    page = {"Referer": AUTHORIZE.replace(STATE, other)}
    answer = f"{REDIRECT}?code=second-{CODE}&state={other}"
    at = 3.05 if crossing else 4.0
    return [
        entry(AUTHORIZE.replace(STATE, other), 0.5),
        entry("https://cdn.shop.test/login.js", 0.6, headers={"Accept": "*/*"} | page),
        entry(f"{LOGIN}/login", at, method="POST", status=303, headers=page, answer_headers={"Location": "/second"}),
        entry(f"{LOGIN}/second", at + 0.02, status=302, answer_headers={"Location": answer}),
        entry(answer, at + 0.05, status=302),
    ]


@pytest.mark.parametrize("crossing", [False, True])
@pytest.mark.parametrize("followed", [False, True])
def test_links_under_way_at_the_same_time_have_the_answers_with_their_states(
    read: Any, crossing: bool, followed: bool
) -> None:
    first, second = link(), beside(STATE[::-1], crossing=crossing)
    if not followed:
        del first[3:], second[-1]
    for order in ([*first, *second], [*second, *first], sorted([*first, *second], key=lambda e: e["startedDateTime"])):
        walks, _, _ = read(har(order))
        assert [walk.authorization.state for walk in walks] == [STATE, STATE[::-1]]
        for walk in walks:
            assert isinstance(walk.arrivals, Present)
            (one,) = walk.arrivals.value
            assert [param.value for param in one.params if param.name == "state"] == [walk.authorization.state]
            assert urls(walk).count(f"{LOGIN}/login") == 1
            assert any("at the same time" in gap for gap in walk.gaps)
        assert urls(walks[1]).count(f"{LOGIN}/second") == 1
        assert f"{LOGIN}/second" not in urls(walks[0])


def test_the_state_of_a_link_that_was_given_up_is_no_answer_to_that_one(read: Any) -> None:
    """Where the second has no answer of its own, the first one's state was given to it."""
    walks, _, _ = read(har([*link()[:2], with_state(STATE[::-1], 60, path="/authorize"), arrival(STATE, 65)]))
    assert [walk.ending.kind for walk in walks] == ["dead_end", "arrived"]
    assert not any("at the same time" in gap for walk in walks for gap in walk.gaps)


def test_states_that_were_given_to_each_other_in_turn_are_no_overlap(read: Any) -> None:
    second = STATE[::-1]
    entries = [entry(AUTHORIZE), arrival(second, 5), with_state(second, 60, path="/authorize"), arrival(STATE, 65)]
    walks, _, _ = read(har(entries))
    for walk in walks:
        assert isinstance(walk.arrivals, Present)
        (one,) = walk.arrivals.value
        assert [param.value for param in one.params if param.name == "state"] != [walk.authorization.state]


def with_state(state: str, at: float, *, path: str = "/consent", **more: Any) -> dict[str, Any]:
    return entry(AUTHORIZE.replace("/authorize", path).replace(STATE, state), at, **more)


def arrival(state: str, at: float) -> dict[str, Any]:
    return entry(f"{REDIRECT}?code={CODE}&state={state}", at, status=302)


@pytest.mark.parametrize(
    "changed",
    [STATE[:100], STATE.lower(), STATE.replace("A", "%2541"), STATE[8:]],
    ids=["cut", "lower", "coded", "tail"],
)
def test_a_page_that_repeats_the_request_with_its_state_changed_begins_no_link(read: Any, changed: str) -> None:
    posted = entry(f"{LOGIN}/login", 3, method="POST", status=303)
    posted["response"]["headers"].append({"name": "Location", "value": with_state(changed, 0)["request"]["url"]})
    entries = [entry(AUTHORIZE), posted, with_state(changed, 3.1), arrival(changed, 5)]
    for order in (entries, entries[::-1]):
        (walk,), _, _ = read(har(order))
        assert walk.authorization.state == STATE
        assert urls(walk) == [f"{LOGIN}/authorize", f"{LOGIN}/login", f"{LOGIN}/consent", REDIRECT]
        assert walk.ending.kind == "arrived"


def test_pages_that_repeat_the_request_as_it_was_begin_no_link_in_any_order(read: Any) -> None:
    entries = [entry(AUTHORIZE), with_state(STATE, 2), *link()[2:]]
    for order in (entries, entries[::-1]):
        (walk,), _, _ = read(har(order))
        assert urls(walk) == [f"{LOGIN}/authorize", f"{LOGIN}/consent", f"{LOGIN}/login", REDIRECT]


def test_a_redirect_that_puts_another_state_into_the_request_begins_no_link(read: Any) -> None:
    own = "a-state-of-the-servers-own"
    first = entry(AUTHORIZE, status=302, answer_headers={"Location": with_state(own, 0)["request"]["url"]})
    entries = [first, with_state(own, 0.1), entry(f"{LOGIN}/login", 3, method="POST"), arrival(own, 5)]
    for order in (entries, entries[::-1]):
        (walk,), _, _ = read(har(order))
        assert walk.authorization.state == STATE
        assert walk.ending.kind == "arrived"
        assert len(urls(walk)) == 4


def test_a_redirect_to_a_state_of_an_earlier_link_takes_nothing_from_it(read: Any) -> None:
    second = STATE[::-1]
    stale = with_state(STATE, 60.1, path="/login")
    again = entry(
        AUTHORIZE.replace(STATE, second), 60, status=302, answer_headers={"Location": stale["request"]["url"]}
    )
    walks, _, _ = read(har([*link(), again, stale]))
    assert [walk.authorization.state for walk in walks] == [STATE, second]
    assert walks[0].ending.kind == "arrived"


@pytest.mark.parametrize("second", [STATE[::-1], "A2SAAEAE" + "q7R8s9" * 50, "short"])
def test_a_second_link_after_one_that_was_given_up_is_its_own(read: Any, second: str) -> None:
    """Whatever page led to it: only states tell that a request is the same one."""
    shop = entry(f"{LOGIN}/start", 59.9, status=302)
    shop["response"]["headers"].append({"name": "Location", "value": AUTHORIZE.replace(STATE, second)})
    later = [shop, entry(AUTHORIZE.replace(STATE, second), 60), arrival(second, 65)]
    walks, _, _ = read(har([*link()[:2], *later]))
    assert [walk.authorization.state for walk in walks] == [STATE, second]
    assert [walk.ending.kind for walk in walks] == ["dead_end", "arrived"]


def test_a_short_state_that_is_a_part_of_the_one_before_is_a_link_of_its_own(read: Any) -> None:
    first, second = (AUTHORIZE.replace(STATE, state) for state in ("test-12", "test-1"))
    walks, _, _ = read(har([entry(first), entry(second, 60)]))
    assert len(walks) == 2


def test_a_capture_that_stops_at_an_error_page_says_so(read: Any) -> None:
    (walk,), _, _ = read(har([*link()[:2], entry(f"{LOGIN}/login", 2.0, method="POST", status=500)]))
    assert walk.ending.kind == "dead_end"
    assert "500" in walk.ending.message
    assert "login.shop.test" in walk.ending.message


def test_entries_in_any_order_are_put_in_the_order_of_their_times(read: Any) -> None:
    (walk,), _, _ = read(har(link()[::-1]))
    assert urls(walk)[0] == f"{LOGIN}/authorize"
    assert urls(walk)[-1] == REDIRECT


def test_what_belongs_to_which_link_does_not_hang_on_the_order_of_the_file(read: Any) -> None:
    later = json.loads(json.dumps(link()).replace(STATE, STATE[::-1]))
    for n, one in enumerate(later):
        one["startedDateTime"] = (START + timedelta(seconds=60 + n)).isoformat()
    strangers = [entry("https://weather.example/", at, agent="WeatherApp/3.1") for at in (-9.0, 0.7, 30.0, 61.0)]
    between = [entry(f"https://cdn.shop.test/{at}.js", at) for at in (-8.0, 0.2, 4.9, 40.0, 60.5, 90.0)]
    entries = sorted([*link(), *later, *strangers, *between], key=lambda one: str(one["startedDateTime"]))
    expected, _, _ = read(har(entries))
    assert [len(urls(walk)) for walk in expected] == [5, 5]
    assert [sum("requests of other apps" in gap for gap in walk.gaps) for walk in expected] == [1, 1]
    mixed = random.Random(4)
    for _ in range(20):
        mixed.shuffle(entries)
        walks, _, _ = read(har(entries))
        assert [(urls(walk), walk.gaps, walk.ending) for walk in walks] == [
            (urls(walk), walk.gaps, walk.ending) for walk in expected
        ]


def test_a_file_in_the_order_of_time_is_decoded_once(read: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    places, decode = [], capture._read
    monkeypatch.setattr(capture, "_read", lambda text, place: places.append(place) or decode(text, place))
    entries = [*link()[:3], *(entry(f"https://cdn.shop.test/{n}.js", 2.5 + n / 1000) for n in range(50)), *link()[3:]]
    (walk,), _, _ = read(har(entries))
    assert len(urls(walk)) == 54
    # The first is looked at beforehand, to see whether these are the entries of a capture.
    assert len(places) == len(entries) + 1


def test_times_that_make_no_sense_leave_the_order_of_the_file(read: Any) -> None:
    entries = link()
    for one, time in zip(entries, ["", None, "yesterday", 17, "0000-99-99", {}], strict=True):
        one["startedDateTime"] = time
    (walk,), _, _ = read(har(entries))
    assert urls(walk)[-1] == REDIRECT
    assert any("no usable time" in gap for gap in walk.gaps)


@pytest.mark.parametrize("time", ["9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00Z"])
@pytest.mark.parametrize("which", [slice(None), slice(-1, None), slice(1)])
def test_times_at_the_ends_of_the_calendar_count_as_not_said(read: Any, time: str, which: slice) -> None:
    entries = link()[:4]
    for one in entries[which]:
        one["startedDateTime"] = time
    (walk,), _, _ = read(har(entries))
    assert walk.started_at + timedelta(days=1) > walk.started_at - timedelta(days=1)
    assert urls(walk)[-1] == REDIRECT
    assert any("no usable time" in gap for gap in walk.gaps)


def test_a_number_of_thousands_of_digits_costs_no_entry(read: Any) -> None:
    (walk,), _, gaps = read(har(link()).replace(b'"time": 40.0', b'"time": ' + b"9" * 6000))
    assert urls(walk) == [f"{LOGIN}/authorize", "https://cdn.shop.test/login.js", f"{LOGIN}/login", REDIRECT]
    assert not gaps


def test_more_links_than_anybody_makes_are_named(read: Any) -> None:
    links = range(MOST_LINKS + 3)
    asked = [entry(AUTHORIZE.replace(STATE, f"{STATE}{n}"), n) for n in links]
    walks, _, _ = read(har([one for n in links for one in (asked[n], entry(f"{LOGIN}/login", n + 0.5))]))
    assert len(walks) == MOST_LINKS
    assert [len(urls(walk)) for walk in walks] == [2] * MOST_LINKS
    assert all(any(gap.startswith("3 more of its links") for gap in walk.gaps) for walk in walks)


@pytest.mark.parametrize("cut", [0.5, 0.75, 0.9, 0.97])
def test_a_file_that_was_cut_off_gives_what_is_whole(read: Any, cut: float) -> None:
    entries = [*link()[:3], *(entry(f"https://cdn.shop.test/{n}.png", 1 + n / 100) for n in range(40))]
    data = har(entries)
    (walk,), _, gaps = read(data[: int(len(data) * cut)])
    assert 3 <= len(urls(walk)) < len(entries)
    assert gaps
    assert any("cut off" in gap or "damaged" in gap for gap in walk.gaps)


def test_a_broken_entry_in_the_middle_costs_only_itself(read: Any) -> None:
    data = har(link()).replace(b'"url": "https://cdn.shop.test/login.js"', b'"url": https://cdn.shop.test/login.js')
    (walk,), _, gaps = read(data)
    assert urls(walk) == [f"{LOGIN}/authorize", f"{LOGIN}/login", REDIRECT]
    assert any("1 entry could not be read and was left out" in gap for gap in gaps)


def test_the_fields_of_an_entry_may_come_in_any_order(read: Any) -> None:
    entries = [dict(reversed(one.items())) for one in link()]
    data = har(entries).replace(b'"url": "https://cdn.shop.test/login.js"', b'"url": https://cdn.shop.test/login.js')
    (walk,), _, gaps = read(data)
    assert urls(walk) == [f"{LOGIN}/authorize", f"{LOGIN}/login", REDIRECT]
    assert gaps


@pytest.mark.parametrize("kind", ["zip", "gzip", "bom", "utf-16"])
def test_packed_and_marked_files_are_read(read: Any, kind: str) -> None:
    data = har(link())
    if kind == "zip":
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("__MACOSX/notes.txt", "x")
            archive.writestr("phone.har", data)
        data = packed.getvalue()
    elif kind == "gzip":
        data = gzip.compress(data)
    else:
        data = b"\xef\xbb\xbf" + data if kind == "bom" else data.decode().encode("utf-16")
    (walk,), _, _ = read(data)
    assert walk.ending.kind == "arrived"


def zipped(files: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return packed.getvalue()


def test_an_archive_of_the_finder_holds_one_capture(read: Any) -> None:
    (walk,), _, _ = read(zipped({"phone.har": har(link()), "__MACOSX/._phone.har": b"\x00\x05\x16\x07"}))
    assert walk.ending.kind == "arrived"


def test_a_gzip_of_several_streams_is_one_capture(read: Any) -> None:
    data = har(link())
    (walk,), _, gaps = read(b"".join(gzip.compress(data[n : n + 1000]) for n in range(0, len(data), 1000)))
    assert urls(walk)[-1] == REDIRECT
    assert not gaps


@pytest.mark.parametrize("pack", [gzip.compress, lambda data: zipped({"phone.har": data})])
@pytest.mark.parametrize("harm", ["end lost", "cut off", "changed"])
def test_of_a_broken_archive_what_can_be_unpacked_is_read(read: Any, pack: Callable[[bytes], bytes], harm: str) -> None:
    noise = random.Random(7).randbytes(60_000).hex()  # packs badly, so that the archive has a middle
    packed = pack(har([*link(), entry("https://cdn.shop.test/late.png", 3.3, text=noise)]))
    half = len(packed) // 2
    broken = {"end lost": packed[:-60], "cut off": packed[:half], "changed": packed[:half] + b"\xff" * 400}
    (walk,), _, gaps = read(broken[harm])
    assert urls(walk)[-1] == REDIRECT
    assert bool(gaps) is (harm != "end lost" or packed.startswith(b"\x1f"))


def test_an_archive_with_a_password_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "phone.zip"
    locked = bytearray(zipped({"phone.har": har(link())}))
    for flags in (6, locked.index(b"PK\x01\x02") + 8):
        locked[flags] |= 1
    for data in (bytes(locked), bytes(locked[:-60])):
        path.write_bytes(data)
        with pytest.raises(StoreError, match="cannot be unpacked"):
            open_capture(path)


def test_an_archive_of_several_captures_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "both.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.har", har([]))
        archive.writestr("b.har", har([]))
    with pytest.raises(StoreError, match=r"a\.har, b\.har"):
        open_capture(path)


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"<html>", b'{"log": {"pages": []}}', b"PK\x03\x04nonsense", b"\x1f\x8bnonsense"]
)
def test_what_is_no_capture_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "x.har"
    path.write_bytes(data)
    with pytest.raises(StoreError) as refused:
        open_capture(path)
    assert str(path) in str(refused.value)


def test_a_missing_file_is_told_by_name(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="nowhere") as refused:
        open_capture(tmp_path / "nowhere.har")
    assert refused.value.hint == "nothing of that name is there: correct the path"


def test_a_file_that_cannot_be_read_is_not_advised_as_one_to_write(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "circle").symlink_to("circle")
    for name, hint in (
        ("", "a folder: name a file"),
        ("file/x.har", "correct the path"),
        ("circle", "in a circle"),
        ("x" * 300, "too long"),
    ):
        with pytest.raises(StoreError, match="cannot read this") as refused:
            open_capture(tmp_path / name)
        assert hint in str(refused.value.hint)
        assert "--output" not in str(refused.value)


def test_somebody_elses_entries_are_not_taken_for_the_logs(read: Any) -> None:
    data = har(link(), pages=[{"id": "p", "_widgets": {"entries": [{"kind": "toc"}]}}])
    document = json.loads(data)
    entries = document["log"].pop("entries")
    document["log"]["entries"] = entries
    (walk,), _, _ = read(json.dumps(document).encode())
    assert walk.ending.kind == "arrived"


def test_chromes_own_fields_are_understood(read: Any) -> None:
    entries = link()
    entries[1] |= {"_resourceType": "script", "_initiator": {"type": "parser", "url": AUTHORIZE, "lineNumber": 12}}
    failed = entry("https://cdn.shop.test/late.css", 0.3, status=0, _resourceType="stylesheet")
    failed["response"]["_error"] = "net::ERR_NAME_NOT_RESOLVED"
    (walk,), _, _ = read(har([*entries[:2], failed, *entries[2:]]))
    assert isinstance(walk.requests, Present)
    script, sheet = walk.requests.value[1:3]
    assert script.resource_type == "script"
    assert script.initiator
    assert script.initiator.line == 12
    assert sheet.failure == "net::ERR_NAME_NOT_RESOLVED"
    assert sheet.status is None


def test_cookies_a_tool_moved_out_of_the_headers_are_found(read: Any) -> None:
    entries = link()
    entries[0]["response"]["cookies"] = [{"name": "sid", "value": "V" * 5000, "secure": True, "sameSite": "None"}]
    (walk,), _, _ = read(har(entries))
    assert isinstance(walk.requests, Present)
    (cookie,) = walk.requests.value[0].set_cookies
    assert (cookie.name, cookie.size, cookie.secure, cookie.same_site) == ("sid", 5003, True, "None")


json_values = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
PLACES = [
    ("startedDateTime",), ("time",), ("timings",), ("cache",), ("_initiator",), ("_resourceType",), ("response",),
    ("request", "method"), ("request", "headers"), ("request", "postData"), ("response", "status"),
    ("response", "headers"), ("response", "cookies"), ("response", "content"), ("response", "bodySize"),
    ("response", "content", "text"), ("response", "content", "encoding"), ("timings", "wait"),
]  # fmt: skip


@settings(max_examples=150)
@given(place=st.sampled_from(PLACES), value=json_values, which=st.integers(0, 3))
def test_any_value_in_any_place_is_survived(
    tmp_path_factory: pytest.TempPathFactory, place: tuple[str, ...], value: Any, which: int
) -> None:
    entries = link()
    target: Any = entries[which]
    for key in place[:-1]:
        target = target[key]
    target[place[-1]] = value
    path = tmp_path_factory.mktemp("odd") / "odd.har"
    path.write_bytes(har(entries))
    capture = open_capture(path)
    skill = SkillFacts(
        raw={}, grant=None, authorization_url=f"{LOGIN}/authorize", client_id="alexa", scopes=(), domains=(),
        access_token_url=None, access_token_scheme=None, default_expiry_s=None, literal_secret=False,
        skill_kind="custom", regions=(), redirect_uris={"NA": REDIRECT}, pkce=False,
    )  # fmt: skip
    walks = captured_walks(capture, skill, SecretRegistry())
    assert walks
    assert all(found.walk.model_dump_json() for found in walks)


def test_hostile_strings_stay_strings(read: Any) -> None:
    entries = link()
    evil = "<script>alert(1)</script>\u202e\x00\ud800"
    entries[0]["response"]["content"]["text"] = evil
    entries[1]["request"]["url"] += f"?q={evil}"
    (walk,), _, _ = read(har(entries))
    assert isinstance(walk.requests, Present)
    assert "<script>alert(1)</script>" in (walk.requests.value[0].excerpt or "")
    walk.model_dump_json()


@pytest.mark.parametrize("more", [0, 1])
def test_what_goes_on_for_ever_is_not_read_to_its_end(monkeypatch: Any, tmp_path: Path, more: int) -> None:
    plain = tmp_path / "a.har"
    plain.write_bytes(b"x" * (1_000 + more))
    monkeypatch.setattr(packing, "_LARGEST", 1_000)
    monkeypatch.setattr(packing, "_CHUNK", 300)
    with pytest.raises(StoreError, match="larger than" if more else "no HAR capture"):
        open_capture(plain)
    if Path("/dev/zero").exists():
        with pytest.raises(StoreError, match="larger than"):
            open_capture(Path("/dev/zero"))


@pytest.mark.parametrize("size", [0, 1, 7, 5_000])
def test_a_pipe_is_read_like_a_file(monkeypatch: Any, tmp_path: Path, size: int) -> None:
    monkeypatch.setattr(packing, "_CHUNK", 300)
    data = bytes(n % 251 for n in range(size))
    (tmp_path / "a").write_bytes(data)
    assert packing.read_limited(tmp_path / "a") == data
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "b")
        with ThreadPoolExecutor(1) as pool:
            pool.submit((tmp_path / "b").write_bytes, data)
            assert packing.read_limited(tmp_path / "b") == data
