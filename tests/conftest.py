"""Synthetic evidence for tests: a walk is a list of requests, everything that follows from them is filled in."""

from __future__ import annotations

import gc
import os
import re
import signal
import sys
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from importlib import import_module
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from e2e_linker.alexa.authorization import AuthorizationRequest, authorization, is_arrival
from e2e_linker.audits.registry import audits
from e2e_linker.browser.engines import Browsers
from e2e_linker.browser.pages.digest import install_digest
from e2e_linker.demo.range import PracticeRange
from e2e_linker.evidence.models import (
    Arrival,
    Body,
    CaseEvidence,
    CaseFacts,
    Ending,
    JarCookie,
    NamedSize,
    NotCollected,
    Param,
    Present,
    Request,
    RequestSizes,
    RunEvidence,
    SetCookie,
    SkillFacts,
    Walk,
    Window,
)
from e2e_linker.evidence.parts import PAGE_PARTS
from e2e_linker.model import Grant, Region, Surface, host_of

pytest_plugins = ("pytester",)

# A deadline per example would measure the machine, not the code.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")

HOSTS = {"NA": "pitangui.amazon.com", "EU": "layla.amazon.com", "FE": "alexa.amazon.co.jp"}
VENDOR = "M2AAAAAAAAAAAA"
STATE = "A2SAAEAEq7Zt-" + "kX3_vB9mQ-wL5eR1" * 20
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
SPREAD = {"pytest_plugin", "real", "run", "test_accessibility.py", "test_many_cases.py", "test_pairs.py"}
"""Whose tests take so long each that they are handed out one by one."""
WATCHED = (*PAGE_PARTS, "login", "jar")


def pytest_xdist_auto_num_workers() -> int:
    """One for each core: a test with a browser keeps several busy by itself."""
    return max(2, os.cpu_count() or 1)


class ByModule(LoadScopeScheduling):
    """Hands out modules, because every worker that gets a test of one starts its browsers; the longest tests singly."""

    def _split_scope(self, nodeid: str) -> str:
        module = nodeid.partition("::")[0]
        return nodeid if SPREAD & set(module.split("/")) else module


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByModule:
    # Theirs would begin with the modules that have the most tests.
    config.option.loadscopereorder = False
    return ByModule(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What waits for long is spread over the first half of what drives a browser; what needs none comes last.

    So the machine has work while some tests wait, and no worker is left alone in the end. Whole modules come before
    what is handed out singly.
    """
    quick = [item for item in items if "browser" not in item.keywords]
    busy = [item for item in items if "browser" in item.keywords and "patient" not in item.keywords]
    busy.sort(key=lambda item: not SPREAD.isdisjoint(item.path.parts))
    patient = [item for item in items if "patient" in item.keywords]
    between = max(len(busy) // 2 // max(len(patient), 1), 1)
    items[:] = []
    for place, item in enumerate(patient):
        items += [item, *busy[place * between : (place + 1) * between]]
    items += [*busy[len(patient) * between :], *quick]


def pytest_collection_finish() -> None:
    """Keep thousands of collected tests out of every later garbage collection."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _bytecode_is_kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Where Python keeps no bytecode beside the sources, the programs that tests start keep it in a folder of theirs.

    Otherwise each of them would compile the tool anew, and every pytest among them rewrite its assertions.
    """
    with pytest.MonkeyPatch.context() as patch:
        if sys.dont_write_bytecode:
            own = tmp_path_factory.getbasetemp()
            patch.setenv(
                "PYTHONPYCACHEPREFIX", str((own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "bytecode")
            )
            patch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
        yield


@pytest.fixture(scope="session", autouse=True)
def _hangups_are_heard() -> Iterator[None]:
    """What tests start hears SIGHUP, also below ``nohup``; the tests themselves outlive it there as before.

    A program that is started inherits what is ignored, but no handler.
    """
    number = getattr(signal, "SIGHUP", None)
    if number is None or signal.getsignal(number) is not signal.SIG_IGN:
        yield
        return
    signal.signal(number, lambda *_: None)
    yield
    signal.signal(number, signal.SIG_IGN)


def load_what_runs_load() -> None:
    """Load in this thread what a run loads in several.

    Python 3.11 may fail at compiling in two threads what pytest rewrites (python/cpython#106905), and where such tests
    run alone, nothing has loaded it before.
    """
    for name in ("run.battery", "run.causes", "run.certificates", "run.conclusion", "run.simulation", "service.tls"):
        import_module(f"e2e_linker.{name}")
    audits()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browsers() -> AsyncIterator[Browsers]:
    """Browsers that tests of a worker share; each is started where one asks for it."""
    load_what_runs_load()
    async with Browsers() as running:
        await install_digest(running.playwright)
        yield running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def practice_range() -> AsyncIterator[PracticeRange]:
    """The range of all those tests, which each switches before it begins."""
    async with PracticeRange(slow_answer_s=5.0) as running:
        yield running


def hide_labels(url: str) -> str:
    """``url`` with redaction labels percent-encoded, so that their ``#`` begins no fragment."""
    return re.sub(r"<([a-z][a-z0-9_]*)#(\d+)>", r"%3C\1%23\2%3E", url)


def show_labels(url: str) -> str:
    """The reverse: labels as people read them."""
    return re.sub(r"%3C([a-z][a-z0-9_]*)%23(\d+)%3E", r"<\1#\2>", url)


class Build:
    """Makes evidence out of as little as a test wants to say. Everything not said is healthy."""

    state = STATE
    login = "https://login.example.com"

    def redirect_uri(self, region: str = "NA", grant: str = "AUTH_CODE") -> str:
        """The redirect URI of a region; Amazon's implicit ones already have a query."""
        if grant == "IMPLICIT":
            return f"https://{HOSTS[region]}/spa/skill/account-linking-status.html?vendorId={VENDOR}"
        return f"https://{HOSTS[region]}/api/skill/link/{VENDOR}"

    def authorization(
        self, *, grant: str = "AUTH_CODE", region: str = "NA", state: str = STATE, **more: Any
    ) -> AuthorizationRequest:
        """What was asked: client ``alexa-skill``, scope ``profile``, at ``https://login.example.com/authorize``."""
        given = {"endpoint": f"{self.login}/authorize", "client_id": "alexa-skill", "scopes": ("profile",), **more}
        given.setdefault("redirect_uri", self.redirect_uri(region, grant))
        return authorization(grant=Grant(grant), region=Region(region), state=state, **given).request

    def get(self, url: str, **more: Any) -> dict[str, Any]:
        """A main-frame GET. ``location`` makes it a 302, ``head`` sets the size of its head, ``cookie`` is the Cookie
        header, ``set_cookies`` maps names to sizes or :class:`SetCookie`; anything else is a field of ``Request``."""
        return {"method": "GET", "url": url, **more}

    def post(self, url: str, fields: Mapping[str, str] | None = None, **more: Any) -> dict[str, Any]:
        """A main-frame form POST with ``fields`` as its body."""
        given = fields or {}
        parts = tuple(Param(name=k, value=v, length=len(v), place="body") for k, v in given.items())
        size = len(urlencode(given))
        body = Body(content_type="application/x-www-form-urlencoded", size=size, fields=parts)
        return {"method": "POST", "url": url, "body": body, **more}

    def sub(self, url: str, kind: str = "image", **more: Any) -> dict[str, Any]:
        """A subrequest of the page (``resource_type`` ``kind``), not a navigation."""
        return {"method": "GET", "url": url, "resource_type": kind, "navigation": False, "main_frame": True, **more}

    def requests(self, steps: Iterable[Mapping[str, Any]]) -> tuple[Request, ...]:
        """``steps`` numbered from 1, a tenth of a second apart, each redirect tied to the one it came from."""
        made: list[Request] = []
        for n, step in enumerate(steps, 1):
            made.append(self._request(n, dict(step), made))
        return tuple(made)

    def _request(self, n: int, step: dict[str, Any], before: list[Request]) -> Request:
        location = step.pop("location", None)
        answer = list(step.pop("response_headers", ()))
        if location is not None:
            answer.append(("Location", location))
        status = step.pop("status", None if step.get("failure") else 302 if location else 200)
        headers = tuple(step.pop("headers", ()))
        cookie = step.pop("cookie", None)
        if cookie is not None:
            headers += (("Cookie", cookie),)
        head = step.pop("head", None)
        fields: dict[str, Any] = {
            "n": n,
            "at": n / 10,
            "window": 0,
            "frame": 0,
            "main_frame": True,
            "resource_type": "document",
            "navigation": True,
            "redirected_from": self._came_from(step, before),
            "url_length": len(hide_labels(step["url"]).partition("#")[0]),
            "sizes": self._sizes(step, headers, head),
            **step,
        }
        fields["set_cookies"] = self._set_cookies(fields.get("set_cookies", {}))
        return Request(status=status, headers=headers, response_headers=tuple(answer), **fields)

    @staticmethod
    def _came_from(step: Mapping[str, Any], before: list[Request]) -> int | None:
        followed = {request.redirected_from for request in before}
        for old in reversed(before):
            if old.n in followed:
                continue
            headers = {name.lower(): value for name, value in old.response_headers}
            if old.status is not None and 300 <= old.status < 400 and headers.get("location") == step["url"]:
                return old.n
        return None

    @staticmethod
    def _sizes(step: Mapping[str, Any], headers: tuple[tuple[str, str], ...], head: int | None) -> RequestSizes:
        parts = urlsplit(hide_labels(step["url"]))
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        line = len(f"{step.get('method', 'GET')} {target} HTTP/1.1")
        sent = [NamedSize(name=name, bytes=len(name) + len(value) + 4) for name, value in headers]
        cookie = next((value for name, value in headers if name.lower() == "cookie"), "")
        body = step.get("body")
        return RequestSizes(
            request_line=line,
            head=head if head is not None else line + 2 + len(parts.netloc) + 8 + sum(h.bytes for h in sent) + 400,
            cookie_header=len(cookie),
            largest_header=max(sent, key=lambda h: h.bytes, default=None),
            header_count=len(sent) + 8,
            query=tuple(NamedSize(name=p.partition("=")[0], bytes=len(p)) for p in parts.query.split("&") if p),
            cookies=tuple(NamedSize(name=c.partition("=")[0], bytes=len(c)) for c in cookie.split("; ") if c),
            body=body.size if body else 0,
        )

    @staticmethod
    def _set_cookies(given: Any) -> tuple[SetCookie, ...]:
        if not isinstance(given, Mapping):
            return tuple(given)
        return tuple(
            value if isinstance(value, SetCookie) else SetCookie(name=name, value="<cookie#1>", size=value, secure=True)
            for name, value in given.items()
        )

    def arrival(self, url: str, **more: Any) -> Arrival:
        """An arrival at ``url``. ``lengths`` gives the raw length of redacted parameters: ``{"code": 600}``."""
        lengths = more.pop("lengths", {})
        hidden = hide_labels(url)
        parts = urlsplit(hidden)
        params = tuple(
            Param(name=name, value=value, length=lengths.get(name, len(value)), place=place)
            for place, text in (("query", parts.query), ("fragment", parts.fragment))
            for name, value in parse_qsl(text, keep_blank_values=True)
        )
        extra = sum(p.length - len(p.value) for p in params if p.place == "query")
        length = len(quote(show_labels(hidden.partition("#")[0]), safe="%/:=&?~#+!$,;'@()*[]<>")) + extra
        line = length - len(f"{parts.scheme}://{parts.netloc}") + len("GET  HTTP/1.1")
        given = {"at": 1.0, "request": None, "method": "GET", "window": 0, "main_frame": True}
        given |= {"resource_type": "document", "url_length": length, "request_line": line, "params": params, **more}
        return Arrival(url=url, **given)

    def answer(self, asked: AuthorizationRequest, *, code: str = "<code#1>", **more: str) -> str:
        """The redirect URL a healthy server would answer with; ``more`` adds or replaces parameters."""
        if asked.grant is Grant.IMPLICIT:
            given = {"state": asked.state, "access_token": "<access_token#1>", "token_type": "Bearer", **more}
            return f"{asked.redirect_uri}#{urlencode(given)}"
        return f"{asked.redirect_uri}?{urlencode({'code': code, 'state': asked.state, **more})}"

    def healthy_steps(self, asked: AuthorizationRequest, answer: str | None) -> list[dict[str, Any]]:
        """Authorize, login form, posted login, consent, posted consent, and the redirect to ``answer`` (if any)."""
        form = {"csrf": "t0k", "state": asked.state}
        steps = [
            self.get(asked.url, location=f"{self.login}/login?{asked.url.partition('?')[2]}"),
            self.get(f"{self.login}/login?{asked.url.partition('?')[2]}", set_cookies={"session": 60}),
            self.post(f"{self.login}/login", form, location=f"{self.login}/consent", status=303, cookie="session=s"),
            self.get(f"{self.login}/consent", cookie="session=s"),
        ]
        if answer is None:
            return steps
        last = self.post(f"{self.login}/consent", form, location=answer, status=303, cookie="session=s")
        return [*steps, last, self.get(answer, failure="net::ERR_TUNNEL_CONNECTION_FAILED")]

    def walk(
        self,
        steps: Iterable[Mapping[str, Any]] | None = None,
        *,
        asked: AuthorizationRequest | None = None,
        answer: str | None = "",
        arrivals: Iterable[Arrival] | None = None,
        ending: str | Ending | None = None,
        lengths: Mapping[str, int] | None = None,
        **more: Any,
    ) -> Walk:
        """A walk of ``steps`` (a healthy login when left out) that ends at ``answer`` (None: nowhere).

        Arrivals are the main-frame steps to a redirect URI unless given; parts not given were watched and are empty.
        """
        asked = asked or self.authorization()
        answer = self.answer(asked) if answer == "" else answer
        requests = self.requests(self.healthy_steps(asked, answer) if steps is None else steps)
        if arrivals is None:
            uris = [self.redirect_uri(region, grant) for region in HOSTS for grant in ("AUTH_CODE", "IMPLICIT")]
            arrivals = [
                self.arrival(r.url, at=r.at, request=r.n, method=r.method, window=r.window or 0, lengths=lengths or {})
                for r in requests
                if r.navigation and r.main_frame and is_arrival(r.url, [*uris, asked.redirect_uri])
            ]
        came = tuple(arrivals)
        if not isinstance(ending, Ending):
            kind = ending or ("arrived" if came else "dead_end")
            ending = Ending.model_validate({"kind": kind, "message": f"the walk ended: {kind}"})
        parts: dict[str, Any] = {name: _part(more.pop(name, ())) for name in WATCHED if name != "windows"}
        first = (Window(n=0, at=0.0, url=asked.url, opener=None),)
        parts |= {"requests": Present(value=requests), "arrivals": Present(value=came)}
        parts["windows"] = _part(more.pop("windows", first))
        given = {"id": "measured", "purpose": "measured", "started_at": NOW, "duration_s": 2.0, **more}
        return Walk(authorization=asked, ending=ending, **parts, **given)

    def jar(self, sizes: Mapping[str, int], domain: str = "login.example.com") -> tuple[JarCookie, ...]:
        """Cookies of ``domain`` by name and size."""
        same = {"domain": domain, "path": "/", "secure": True, "http_only": True, "same_site": "Lax"}
        return tuple(JarCookie(name=name, size=size, **same) for name, size in sizes.items())  # type: ignore[arg-type]

    def skill(self, asked: AuthorizationRequest | None = None, **more: Any) -> SkillFacts:
        """The skill configuration that fits ``asked``."""
        asked = asked or self.authorization()
        given: dict[str, Any] = {
            "raw": {},
            "grant": asked.grant,
            "authorization_url": asked.endpoint,
            "client_id": asked.client_id,
            "scopes": asked.scopes,
            "domains": (),
            "access_token_url": f"https://{host_of(asked.endpoint)}/token",
            "access_token_scheme": "HTTP_BASIC",
            "default_expiry_s": 3600,
            "literal_secret": False,
            "skill_kind": "custom",
            "regions": (asked.region,),
            "redirect_uris": {asked.region.value: asked.redirect_uri},
            "pkce": False,
        }
        return SkillFacts(**(given | more))

    def case(
        self, *walks: Walk, skill: SkillFacts | None = None, facts: Mapping[str, Any] | None = None, **more: Any
    ) -> CaseEvidence:
        """A case with ``walks`` (a healthy one when none is given); ``facts`` changes fields of its ``CaseFacts``."""
        walks = walks or (self.walk(),)
        asked = walks[0].authorization
        about: dict[str, Any] = {
            "id": f"phone-{asked.region.value.lower()}",
            "project": "phone",
            "device": "Pixel 7",
            "surface": Surface.CUSTOM_TAB,
            "asked_engines": ("chromium",),
            "engine": "chromium",
            "engine_version": "156.0",
            "region": asked.region,
            "locale": "en-US",
            "viewport_width": 412,
            "viewport_height": 839,
            "is_mobile": True,
            "user_agent": "Mozilla/5.0 (Linux; Android 14; Pixel 7)",
        }
        given: dict[str, Any] = {
            "source": "browser",
            "attempt": 1,
            "reason": "first",
            "started_at": NOW,
            "finished_at": NOW,
            "token_calls": NotCollected(reason="no token call in this test"),
        }
        case = CaseFacts(**(about | dict(facts or {})))
        return CaseEvidence(case=case, skill=skill or self.skill(asked), walks=walks, **(given | more))

    def run(self, *probes: Walk, skill: SkillFacts | None = None, **more: Any) -> RunEvidence:
        """A run whose probes are ``probes``."""
        given: dict[str, Any] = {"run_id": "run-1", "started_at": NOW, "finished_at": NOW, "tool_version": "0"}
        given |= {"environment": {}, "options": {}, "probes": Present(value=probes), **more}
        return RunEvidence(skill=skill or self.skill(), **given)

    def judge(self, audit: str, evidence: CaseEvidence | Walk | None = None, **options: Any) -> Any:
        """The outcome of the case-scoped ``audit`` for ``evidence``, asked by the runner."""
        from e2e_linker.audits.base import Options
        from e2e_linker.audits.runner import judge_case, selected

        case = self.case(evidence) if isinstance(evidence, Walk) else evidence or self.case()
        return judge_case(case, Options(**options), {audit: selected()[audit]})[0][audit]

    def judge_run(self, audit: str, run: RunEvidence, cases: Iterable[CaseEvidence] = (), **options: Any) -> Any:
        """The outcome of the run-scoped ``audit``."""
        from e2e_linker.audits.base import Options
        from e2e_linker.audits.runner import CaseTable, judge_run, selected
        from e2e_linker.derive.base import case_facts

        given, asked = tuple(cases), Options(**options)
        table = CaseTable(given, [case_facts(case, options=asked) for case in given])
        return judge_run(run, table, asked, {audit: selected()[audit]})[audit]


def _part(value: Any) -> Any:
    return Present(value=tuple(value)) if isinstance(value, list | tuple) else value


@pytest.fixture(scope="session")
def build() -> Build:
    """The evidence builder."""
    return Build()


class Pieces:
    """Single pieces of evidence that :class:`Build` leaves empty: screens, token calls, policy violations, windows."""

    def control(self, kind: str = "button", label: str = "Sign in", **more: Any) -> Any:
        """A visible control of 300 x 48 pixels at x = 20; ``rect`` is (x, y, width, height)."""
        from e2e_linker.evidence.models import Control, Rect

        x, y, width, height = more.pop("rect", (20, 300, 300, 48))
        given = {"type": "submit" if kind == "button" else "text", "visible": True, "font_px": 16.0, **more}
        return Control(kind=kind, label=label, rect=Rect(x=x, y=y, width=width, height=height), **given)  # type: ignore[arg-type]

    def digest(self, url: str = "https://login.example.com/login", controls: Any = None, **more: Any) -> Any:
        """A login page that fits a phone: two fields and a button."""
        from e2e_linker.evidence.models import DomDigest

        if controls is None:
            controls = (
                self.control("field", "Email", name="username", type="email"),
                self.control("field", "Password", name="password", type="password"),
                self.control(),
            )
        given = {
            "title": "Sign in",
            "lang": "en",
            "ready_state": "complete",
            "viewport_meta": "width=device-width, initial-scale=1",
            "text": "Sign in to Example",
            "headings": ("Sign in",),
            "elements": 40,
            "visible_elements": 20,
            "scroll_width": 412,
            "client_width": 412,
            "client_height": 839,
            **more,
        }
        given.setdefault("text_length", len(given["text"]))
        return DomDigest(url=url, controls=tuple(controls), **given)

    def screen(self, n: int, at: float, digest: Any, **more: Any) -> Any:
        """Screen ``n`` that shows ``digest`` (or a part that says why it is missing)."""
        from e2e_linker.evidence.models import DomDigest, Screen

        known = isinstance(digest, DomDigest)
        part = Present(value=digest) if known else digest
        picture = NotCollected(reason="no picture in this test")
        given = {
            "label": f"step {n}",
            "window": 0,
            "url": digest.url if known else "https://login.example.com/",
            **more,
        }
        return Screen(n=n, at=at, digest=part, picture=picture, **given)

    def token_call(self, body: Any = None, *, status: int | None = 200, **more: Any) -> Any:
        """An exchange that brought tokens in 180 ms. A mapping as ``body`` is sent as JSON."""
        import json

        from e2e_linker.evidence.models import TokenCall, TokenTiming

        healthy = {
            "access_token": "<access_token#1>",
            "token_type": "Bearer",
            "expires_in": 3600,
            "refresh_token": "<refresh_token#1>",
        }
        text = json.dumps(healthy if body is None else body) if body is None or isinstance(body, dict) else body
        given: dict[str, Any] = {
            "n": 1,
            "purpose": "exchange",
            "at": NOW,
            "url": "https://login.example.com/token",
            "method": "POST",
            "request_headers": (),
            "request_body": "grant_type=authorization_code",
            "status": status,
            "response_headers": (("Content-Type", "application/json;charset=UTF-8"), ("Cache-Control", "no-store")),
            "response_body": text,
            "response_bytes": len(text),
            "timing": TokenTiming(
                dns_ms=5, connect_ms=10, tls_ms=20, first_byte_ms=100, total_ms=more.pop("ms", 180.0)
            ),
        }
        if status is None:
            given |= {"response_headers": (), "response_body": None, "response_bytes": 0}
        return TokenCall(**(given | more))

    def policy_violation(self, **more: Any) -> Any:
        """Chromium's report that a form was stopped on the consent page."""
        from e2e_linker.evidence.models import CspViolation

        given = {
            "at": 0.5,
            "window": 0,
            "directive": "form-action",
            "blocked": "https://login.example.com/consent",
            "document": "https://login.example.com/consent",
            "disposition": "enforce",
            **more,
        }
        return CspViolation(**given)


@pytest.fixture(scope="session")
def pieces() -> Pieces:
    """The builder of single pieces."""
    return Pieces()
