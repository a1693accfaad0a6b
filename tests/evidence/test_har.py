"""The HAR of a case is what the format says, and says what the evidence says."""

from __future__ import annotations

import re
from typing import Any

from e2e_linker.evidence.har import har_of
from e2e_linker.evidence.models import Body, Failed, Initiator, NotCollected, Param, Present, SetCookie, Timing

ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
TEXT, NUMBER, TRUTH = (str,), (int, float), (bool,)
PAIR = {"name": TEXT, "value": TEXT, "comment?": TEXT}
COOKIE = PAIR | {
    "path?": TEXT, "domain?": TEXT, "expires?": ISO, "httpOnly?": TRUTH, "secure?": TRUTH
}  # fmt: skip
FORMAT: dict[str, Any] = {
    "log": {
        "version": TEXT,
        "creator": {"name": TEXT, "version": TEXT, "comment?": TEXT},
        "browser?": {"name": TEXT, "version": TEXT, "comment?": TEXT},
        "comment?": TEXT,
        "pages?": [
            {
                "id": TEXT,
                "title": TEXT,
                "startedDateTime": ISO,
                "pageTimings": {"onContentLoad?": NUMBER, "onLoad?": NUMBER, "comment?": TEXT},
                "comment?": TEXT,
            }
        ],
        "entries": [
            {
                "pageref?": TEXT,
                "startedDateTime": ISO,
                "time": NUMBER,
                "cache": {"beforeRequest?": {}, "afterRequest?": {}, "comment?": TEXT},
                "serverIPAddress?": TEXT,
                "connection?": TEXT,
                "comment?": TEXT,
                "timings": {
                    "blocked?": NUMBER, "dns?": NUMBER, "connect?": NUMBER, "send": NUMBER,
                    "wait": NUMBER, "receive": NUMBER, "ssl?": NUMBER, "comment?": TEXT,
                },
                "request": {
                    "method": TEXT,
                    "url": TEXT,
                    "httpVersion": TEXT,
                    "cookies": [COOKIE],
                    "headers": [PAIR],
                    "queryString": [PAIR],
                    "headersSize": NUMBER,
                    "bodySize": NUMBER,
                    "comment?": TEXT,
                    "postData?": {
                        "mimeType": TEXT,
                        "params": [{"name": TEXT, "value?": TEXT, "fileName?": TEXT, "contentType?": TEXT}],
                        "text": TEXT,
                        "comment?": TEXT,
                    },
                },
                "response": {
                    "status": NUMBER,
                    "statusText": TEXT,
                    "httpVersion": TEXT,
                    "cookies": [COOKIE],
                    "headers": [PAIR],
                    "redirectURL": TEXT,
                    "headersSize": NUMBER,
                    "bodySize": NUMBER,
                    "comment?": TEXT,
                    "content": {
                        "size": NUMBER, "compression?": NUMBER, "mimeType": TEXT, "text?": TEXT,
                        "encoding?": TEXT, "comment?": TEXT,
                    },
                },
            }
        ],
    }
}  # fmt: skip
"""HAR 1.2, section by section; a question mark marks what may be left out."""


def check(value: Any, wanted: Any, place: str = "") -> None:
    """Fail unless ``value`` has the form ``wanted``, with nothing missing and nothing unknown but ``_names``."""
    if isinstance(wanted, dict):
        assert isinstance(value, dict), place
        known = {name.rstrip("?") for name in wanted}
        assert {name for name in value if not name.startswith("_")} <= known, f"{place}: {set(value) - known}"
        for name, inner in wanted.items():
            plain = name.rstrip("?")
            assert plain in value or name.endswith("?"), f"{place}.{plain} is missing"
            if plain in value:
                check(value[plain], inner, f"{place}.{plain}")
    elif isinstance(wanted, list):
        assert isinstance(value, list), place
        for n, item in enumerate(value):
            check(item, wanted[0], f"{place}[{n}]")
    elif isinstance(wanted, re.Pattern):
        assert wanted.fullmatch(value), f"{place}: {value}"
    else:
        assert isinstance(value, wanted), f"{place}: {value!r}"
        assert wanted is TRUTH or not isinstance(value, bool), place


def valid(document: dict[str, Any]) -> dict[str, Any]:
    """The log of ``document``, which is HAR 1.2."""
    check(document, FORMAT)
    log: dict[str, Any] = document["log"]
    assert log["version"] == "1.2"
    pages = [page["id"] for page in log["pages"]]
    assert len(pages) == len(set(pages))
    assert {entry["pageref"] for entry in log["entries"]} <= set(pages)
    assert [e["startedDateTime"] for e in log["entries"]] == sorted(e["startedDateTime"] for e in log["entries"])
    for entry in log["entries"]:
        spent = [value for phase, value in entry["timings"].items() if value > 0 and phase != "ssl"]
        assert entry["time"] >= sum(spent)
        assert min(entry["timings"].values()) >= -1
    return log


def test_a_healthy_case_is_valid(build: Any) -> None:
    log = valid(har_of(build.case()))
    assert log["browser"] == {"name": "chromium", "version": "156.0"}
    assert [page["id"] for page in log["pages"]] == ["measured"]
    assert [entry["response"]["status"] for entry in log["entries"]] == [302, 200, 303, 200, 303, 0]
    last = log["entries"][-1]
    assert last["_failure"] == "net::ERR_TUNNEL_CONNECTION_FAILED"
    assert "ERR_TUNNEL" in last["comment"]
    assert {"name": "code", "value": "<code#1>"} in last["request"]["queryString"]
    posted = log["entries"][2]["request"]["postData"]
    assert posted["mimeType"] == "application/x-www-form-urlencoded"
    assert posted["params"][0] == {"name": "csrf", "value": "t0k"}
    assert posted["text"] == ""


def test_every_field_of_a_request_is_told(build: Any) -> None:
    step = build.get(
        "https://a.example/x?a=1&b=&a=2",
        cookie="k=v; flag",
        set_cookies=[
            SetCookie(name="k", value="v", size=2, path="/", domain="a.example", secure=True, same_site="Lax",
                      expires="Wed, 21 Oct 2026 07:28:00 GMT"),
            SetCookie(name="n", value="", size=1, expires="never"),
        ],
        response_headers=[("content-type", "text/html"), ("location", "/y")],
        excerpt="<p>",
        initiator=Initiator(type="script", url="https://a.example/s.js", line=3),
        timing=Timing(dns_ms=1, connect_ms=2, tls_ms=3, wait_ms=4, receive_ms=5),
        service_worker=True,
        body=Body(content_type="application/json", size=2, text="{}"),
    )  # fmt: skip
    entry = valid(har_of(build.case(build.walk([step]))))["entries"][0]
    assert [(pair["name"], pair["value"]) for pair in entry["request"]["queryString"]] == [
        ("a", "1"),
        ("b", ""),
        ("a", "2"),
    ]
    assert [cookie["name"] for cookie in entry["request"]["cookies"]] == ["k", ""]
    assert entry["request"]["postData"] == {"mimeType": "application/json", "params": [], "text": "{}"}
    assert entry["response"]["cookies"][0]["expires"] == "2026-10-21T07:28:00+00:00"
    assert "expires" not in entry["response"]["cookies"][1]
    assert entry["response"]["redirectURL"] == "/y"
    assert entry["response"]["content"]["mimeType"] == "text/html"
    assert entry["timings"] == {
        "blocked": -1, "dns": 1, "connect": 5, "ssl": 3, "send": -1, "wait": 4, "receive": 5
    }  # fmt: skip
    assert entry["time"] == 15
    assert entry["_initiator"] == {"type": "script", "url": "https://a.example/s.js", "line": 3}
    assert entry["_fromServiceWorker"] is True


def test_several_walks_are_several_pages_and_missing_parts_are_named(build: Any) -> None:
    walks = (
        build.walk(),
        build.walk(id="eu", purpose="region", asked=build.authorization(region="EU")),
        build.walk([]).model_copy(update={"id": "none", "requests": NotCollected(reason="no engine")}),
        build.walk([]).model_copy(update={"id": "lost", "requests": Failed(error="the browser crashed")}),
    )
    case = build.case(*walks, facts={"engine": None, "engine_version": None})
    log = valid(har_of(case))
    assert [page["id"] for page in log["pages"]] == ["measured", "eu", "none", "lost"]
    assert "no engine" in log["pages"][2]["comment"]
    assert "the browser crashed" in log["pages"][3]["comment"]
    assert len(log["entries"]) == 12
    assert "browser" not in log


def test_nonsense_urls_and_bodies_are_still_valid(build: Any) -> None:
    nothing = Body(content_type=None, size=1, fields=(Param(name="", value="", length=0, place="body"),))
    plain = build.requests([build.get("https://a.example/")])[0].model_copy(update={"sizes": None, "body": nothing})
    urls = ("https://[broken/?a=1", "data:text/html,x?y", "about:blank", "")
    requests = tuple(plain.model_copy(update={"n": n, "url": url}) for n, url in enumerate(urls, 1))
    walk = build.walk([])
    log = valid(har_of(build.case(walk.model_validate(dict(walk) | {"requests": Present(value=requests)}))))
    assert [entry["request"]["url"] for entry in log["entries"]] == list(urls)
    assert log["entries"][0]["request"]["headersSize"] == -1
    assert log["entries"][0]["request"]["bodySize"] == 1
