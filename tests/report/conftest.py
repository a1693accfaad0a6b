"""Reports to look at: made of synthetic evidence by the real audits, with drawn screenshots."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw

from e2e_linker.evidence.models import (
    CaseEvidence,
    DomDigest,
    Ending,
    Failed,
    Picture,
    Present,
    RunEvidence,
    Screen,
    TokenCall,
    TokenTiming,
    Trait,
)
from e2e_linker.evidence.token_calls import HookAction, ProbedLink, SecretShape, SkippedProbe, TokenBattery
from e2e_linker.model import Fault, Surface, fingerprint
from e2e_linker.report.build import build_report
from e2e_linker.report.html import html_page
from e2e_linker.report.model import CaseReport, FindingReport, OutcomeReport, RunReport

DEVICES: tuple[dict[str, Any], ...] = (
    {
        "project": "iphone",
        "device": "iPhone 15",
        "surface": Surface.WEBVIEW,
        "asked_engines": ("webkit", "chromium"),
        "substitute": True,
    },
    {"project": "android", "device": "Pixel 7"},
    {"project": "android-webview", "device": "Pixel 7", "surface": Surface.WEBVIEW},
    {"project": "ipad", "device": "iPad Pro 11", "asked_engines": ("webkit", "chromium"), "substitute": True},
    {"project": "fire-tablet", "device": "Galaxy Tab S4"},
    {"project": "echo-show", "device": None},
    {"project": "desktop-chrome", "device": "Desktop Chrome", "surface": Surface.BROWSER, "is_mobile": False},
    {
        "project": "desktop-firefox",
        "device": "Desktop Firefox",
        "surface": Surface.BROWSER,
        "is_mobile": False,
        "asked_engines": ("firefox",),
        "engine": "firefox",
        "engine_version": "150.0",
    },
)

TRAITS = (
    Trait(name="user agent", value="Mozilla/5.0 (Linux; Android 14; Pixel 7)", emulated=True),
    Trait(name="web view bridge", value="absent", emulated=False, note="no browser offers it outside the app"),
)

HOSTILE = (
    "</style></script><script>window.owned=1;alert(1)</script><img src=x onerror=\"alert('2')\">"
    "<svg onload=alert(3)><a href='javascript:alert(4)'>go</a>{{ 7*7 }}{% raw %} "
    "\u202egnp.exe\u2066 \x00\x1b[31m \u200bend"
)


@dataclass(frozen=True)
class Drawn:
    """A drawn screenshot in a run folder."""

    folder: Path

    def picture(self, name: str, words: str, *, colour: str = "#1f4fa3", wide: bool = False) -> Picture:
        size = (1280, 800) if wide else (824, 1678)
        image = Image.new("RGB", size, "#f7f8fa")
        draw = ImageDraw.Draw(image)
        draw.rectangle((0, 0, size[0], 150), fill=colour)
        for n, line in enumerate((words, "Name", "Password", "Sign in")):
            top = 220 + n * 140
            draw.rectangle((60, top, size[0] - 60, top + 100), outline="#8b96a5", width=3)
            draw.text((90, top + 30), line, fill="#1a212c", font_size=40)
        path = self.folder / "screens" / f"{name}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        image.save(path, "JPEG", quality=70)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        return Picture(path=f"screens/{name}.jpg", width=size[0], height=size[1], sha256=digest)

    def screens(self, name: str, *, colour: str, wide: bool = False, last: str = "consent") -> tuple[Screen, ...]:
        found = []
        for n, label in enumerate(("authorization page", "after username", last)):
            picture = self.picture(f"{name}-{n}", label, colour=colour, wide=wide)
            found.append(screen(n, label, Present(value=picture)))
        return (*found, screen(3, "last screen", Failed(error="the page shows a secret: no picture is kept")))


def screen(n: int, label: str, picture: Any, **more: Any) -> Screen:
    about: dict[str, Any] = {"url": f"https://login.example.com/step/{n}", "title": f"Sign in, step {n}", **more}
    digest = DomDigest(
        url=about["url"],
        title=about["title"],
        lang="en",
        ready_state="complete",
        viewport_meta=None,
        text=about.pop("text", "Sign in to your account\nName\nPassword"),
        text_length=40,
        controls=(),
        headings=(),
        elements=40,
        visible_elements=20,
        scroll_width=412,
        client_width=412,
        client_height=839,
    )
    return Screen(
        n=n, at=0.4 + n, label=label, window=0, url=about["url"], digest=Present(value=digest), picture=picture
    )


def token_call(build: Any, n: int = 1, **more: Any) -> TokenCall:
    given: dict[str, Any] = {
        "n": n,
        "purpose": "exchange",
        "at": build.run().started_at + timedelta(seconds=3),
        "url": "https://login.example.com/token",
        "method": "POST",
        "request_headers": (
            ("Content-Type", "application/x-www-form-urlencoded"),
            ("Authorization", "Basic <basic#1>"),
        ),
        "request_body": "grant_type=authorization_code&code=<code#1>",
        "status": 200,
        "response_headers": (("Content-Type", "application/json"), ("Cache-Control", "no-store")),
        "response_body": '{"access_token": "<access_token#1>", "token_type": "Bearer", "expires_in": 3600, '
        '"refresh_token": "<refresh_token#1>"}',
        "shapes": tuple(SecretShape(name=name, length=40) for name in ("code", "access_token", "refresh_token")),
        "timing": TokenTiming(dns_ms=2.5, connect_ms=11.0, tls_ms=24.0, first_byte_ms=180.0, total_ms=190.0),
    }
    return TokenCall(**(given | more))


OK = (
    '{{"access_token": "<access_token#{n}>", "token_type": "bearer", "expires_in": {s}, '
    '"refresh_token": "<refresh_token#{n}>"}}'
)
REFUSED = '{"error": "invalid_grant", "error_description": "the token was used before"}'


class Battery:
    """Probes of the token endpoint, call by call; a tenth of a second apart unless said."""

    def __init__(self, build: Any) -> None:
        self.build = build
        self.at = build.run().started_at + timedelta(seconds=5)
        self.calls: list[TokenCall] = []
        self.links: list[ProbedLink] = []
        self.skipped: list[SkippedProbe] = []
        self.hooks: list[HookAction] = []

    def link(self, probe: Any, **more: Any) -> str:
        id_ = f"{probe}-{1 + sum(link.probe == probe for link in self.links)}"
        given: dict[str, Any] = {"id": id_, "probe": probe, "region": "NA", "code": f"<code#{len(self.links) + 10}>"}
        given |= {"redirect_uri": self.build.redirect_uri(), "revoked": "revoked", **more}
        self.links.append(ProbedLink(**given))
        return id_

    def call(self, probe: Any, step: int, purpose: str, link: str | None = None, **more: Any) -> TokenCall:
        n = 100 + len(self.calls)
        refused, wait = more.pop("refused", False), timedelta(milliseconds=more.pop("wait_ms", 100))
        code = next((one.code for one in self.links if one.id == link), None)
        body = f"grant_type=authorization_code&code={code}" if purpose in {"exchange", "misuse"} else ""
        if purpose in {"refresh", "replay"}:
            body = f"grant_type=refresh_token&refresh_token=<refresh_token#{n - 1}>"
        given: dict[str, Any] = {
            "n": n,
            "purpose": purpose,
            "at": self.at,
            "probe": probe,
            "step": step,
            "link": link,
            "request_body": body,
            "status": 400 if refused else 200,
            "response_body": REFUSED if refused else OK.format(n=n, s=3600 if purpose == "exchange" else 1800),
            "timing": TokenTiming(dns_ms=1.0, connect_ms=2.0, tls_ms=9.0, first_byte_ms=70.0, total_ms=80.0),
        }
        made = token_call(self.build, **(given | more))
        self.calls.append(made)
        self.at += wait
        return made

    def use(self, probe: Any, step: int, purpose: str, link: str, **more: Any) -> TokenCall:
        bearer = (("Authorization", "Bearer <access_token#5>"),)
        given: dict[str, Any] = {"endpoint": "resource", "method": "GET", "url": "https://api.example.com/me"}
        given |= {"request_headers": bearer, "request_body": "", "response_body": '{"name": "A. Tester"}', **more}
        return self.call(probe, step, purpose, link, **given)

    def made(self) -> Present[TokenBattery]:
        return Present(
            value=TokenBattery(
                case="android-na",
                links=tuple(self.links),
                calls=tuple(self.calls),
                skipped=tuple(self.skipped),
                hooks=tuple(self.hooks),
            )
        )


def thorough_battery(build: Any) -> Present[TokenBattery]:
    """More than fifty calls: a server that rotates, revokes on reuse, loses races and shortens lives on refresh."""
    made = Battery(build)
    a = made.link("refresh")
    made.call("refresh", 1, "exchange", a)
    for step in (2, 4, 6):
        made.call("refresh", step, "refresh", a)
        made.use("refresh", step + 1, "use" if step == 6 else "use_previous", a)
    a = made.link("reuse_soon")
    made.call("reuse_soon", 1, "exchange", a)
    made.call("reuse_soon", 2, "refresh", a)
    made.call("reuse_soon", 3, "replay", a, refused=True)
    made.call("reuse_soon", 4, "refresh", a, status=403, response_body="", response_headers=())
    for _ in range(3):
        a = made.link("race", revoked="refused")
        made.call("race", 1, "exchange", a)
        at = made.at
        made.call("race", 2, "refresh", a)
        made.call("race", 2, "refresh", a, at=at, status=500, response_body="<html>Oops</html>")
        made.call("race", 3, "refresh", a, refused=True)
    a = made.link("code_twice")
    made.call("code_twice", 1, "exchange", a)
    made.call("code_twice", 2, "replay", a, refused=True)
    made.use("code_twice", 3, "use", a, status=401, response_body="", response_headers=())
    for probe in ("wrong_client", "wrong_secret", "wrong_redirect_uri", "wrong_verifier", "missing_verifier"):
        made.call(probe, 1, "misuse", made.link(probe), refused=True)
    made.call("garbage_grant", 1, "misuse", response_body='{"error": "unsupported_grant_type"}', status=400)
    made.call("bad_refresh_token", 1, "misuse", status=None, response_body=None, failure="no answer within 10 s")
    a = made.link("burst")
    made.call("burst", 1, "exchange", a)
    for n in range(20):
        made.call("burst", 2, "refresh", a, refused=n > 0, wait_ms=3)
    made.link("relink_fresh", jar="fresh", code=None, problem="the login was rejected", revoked="not_tried")
    made.hooks.append(HookAction(action="break", at=made.at))
    a = made.link("outage")
    down = '{"error": "temporarily_unavailable"}'
    made.call("outage", 1, "refresh", a, status=503, response_body=down)
    made.call("outage", 2, "exchange", a, status=503, response_body=down)
    made.hooks.append(HookAction(action="mend", at=made.at))
    made.call("outage", 3, "refresh", a)
    made.at += timedelta(seconds=24)
    a = made.link("reuse_29s")
    made.call("reuse_29s", 1, "exchange", a, at=made.at - timedelta(seconds=29))
    made.call("reuse_29s", 2, "refresh", a, at=made.at - timedelta(seconds=28.8))
    made.call("reuse_29s", 3, "replay", a, refused=True)
    made.call("reuse_29s", 4, "refresh", a)
    revoke = {"endpoint": "revocation", "url": "https://login.example.com/revoke", "response_body": ""}
    for _ in range(6):
        made.call("revocation", 1, "revoke", **revoke)
    made.skipped += [
        SkippedProbe(probe="second_account", reason="linker.secondAccount is not configured"),
        SkippedProbe(probe="migration", reason="linker.previous names no earlier configuration"),
    ]
    return made.made()


class Samples:
    """Whole runs for the report to show."""

    screen = staticmethod(screen)
    battery = Battery
    token_call = staticmethod(token_call)

    def __init__(self, build: Any, folder: Path) -> None:
        self.build = build
        self.folder = folder
        self.drawn = Drawn(folder)
        self._reports: dict[str, RunReport] = {}
        self._pages: dict[str, str] = {}

    def thorough(self) -> Present[TokenBattery]:
        """More than fifty probes of the token endpoint."""
        return thorough_battery(self.build)

    def report(self, name: str) -> RunReport:
        """``sick``, ``hostile``, ``healthy``, ``many`` or ``empty``, made once."""
        if name not in self._reports:
            self._reports[name] = getattr(self, f"_{name}")()
        return self._reports[name]

    def page(self, name: str) -> str:
        """The report of that name as HTML, made once."""
        if name not in self._pages:
            self._pages[name] = html_page(self.report(name), self.folder)
        return self._pages[name]

    def run(self, **more: Any) -> RunEvidence:
        started = self.build.run().started_at
        given: dict[str, Any] = {
            "run_id": "20261120-120000-sample",
            "finished_at": started + timedelta(seconds=34),
            "tool_version": "0.1.0",
            "environment": {"python": "3.11.9", "playwright": "1.64.1", "chromium": "156.0", "system": "Linux x86_64"},
            "options": {"depth": "standard", "repeat": 1, "fail_on": "degrades", "only": [], "skip": []},
            "skill": self.build.skill(
                raw={
                    "type": "AUTH_CODE",
                    "authorizationUrl": "https://login.example.com/authorize",
                    "domains": ["cdn.example.com", "old.example.com"],
                    "clientId": "alexa-skill",
                    "scopes": ["profile"],
                    "accessTokenUrl": "https://login.example.com/token",
                },
                domains=("cdn.example.com", "old.example.com"),
            ),
        }
        return self.build.run(**(given | more))

    def case(self, about: Mapping[str, Any], *walks: Any, **more: Any) -> CaseEvidence:
        asked = walks[0].authorization
        facts = {"id": f"{about['project']}-{asked.region.value.lower()}", "traits": TRAITS, **about}
        started = self.build.run().started_at
        given: dict[str, Any] = {"finished_at": started + timedelta(seconds=4.25), **more}
        return self.build.case(*walks, facts=facts, skill=self.run().skill, **given)

    def sick_walk(self, region: str, screens: Any) -> Any:
        """A login on three hosts that cuts the state off and sends much too large cookies on its last hop."""
        build = self.build
        asked = build.authorization(region=region)
        cut = build.answer(asked, state=asked.state[:255])
        query = asked.url.partition("?")[2]
        huge = "session=" + "x" * 7900
        steps = [
            build.get(asked.url, location=f"{build.login}/login?{query}", timing={"total_ms": 84.2}),
            build.get(f"{build.login}/login?{query}", set_cookies={"session": 60}, timing={"total_ms": 131.0}),
            build.sub("https://cdn.example.com/site.css", "stylesheet"),
            build.sub("https://fonts.example.net/inter.woff2", "font"),
            build.post(
                f"{build.login}/login",
                {"csrf": "t0k", "state": asked.state},
                status=303,
                location=f"https://idp.example.org/session?state={asked.state}",
                cookie="session=s",
            ),
            build.get(
                f"https://idp.example.org/session?state={asked.state}",
                location=f"{build.login}/consent?state={asked.state[:255]}",
            ),
            build.get(f"{build.login}/consent?state={asked.state[:255]}", cookie=huge),
            build.post(f"{build.login}/consent", {"ok": "1"}, status=303, location=cut, cookie=huge),
            build.get(cut, failure="net::ERR_TUNNEL_CONNECTION_FAILED"),
        ]
        return build.walk(steps, asked=asked, screens=screens)

    def _sick(self) -> RunReport:
        """Eight projects: most break, one was blocked, one has no engine; a second region for two of them."""
        cases = []
        for n, about in enumerate(DEVICES):
            colour = "#1f4fa3" if n % 2 else "#8a3fa0"
            screens = self.drawn.screens(f"{about['project']}-na", colour=colour, wide=n > 5)
            if about["project"] == "fire-tablet":
                ending = Ending(
                    kind="captcha",
                    message="the page asked for a captcha",
                    fault=Fault.TESTER,
                    hint="give the test account a way around it, then run again",
                )
                asked = self.build.authorization()
                walk = self.build.walk(asked=asked, answer=None, ending=ending, screens=screens[:2])
                cases.append(self.case(about, walk))
                continue
            if about["project"] == "desktop-firefox":
                missing = Ending(
                    kind="engine_missing", message="Firefox is not installed", hint="e2e-linker install firefox"
                )
                walk = self.build.walk([], answer=None, ending=missing)
                cases.append(self.case({**about, "engine": None, "engine_version": None}, walk))
                continue
            calls = Present(value=(token_call(self.build),))
            walk = self.sick_walk("NA", screens) if n < 4 else self.healthy_walk("NA", screens)
            cases.append(self.case(about, walk, token_calls=calls))
        linked = Present(value=(token_call(self.build),))
        cases += [self.case(about, self.healthy_walk("EU", ()), token_calls=linked) for about in DEVICES[:2]]
        return build_report(self.run(battery=self.thorough()), cases)

    def healthy_walk(self, region: str, screens: Any) -> Any:
        return self.build.walk(asked=self.build.authorization(region=region), screens=screens)

    def _hostile(self) -> RunReport:
        """Every string a tested site can choose is an attack."""
        build = self.build
        evil_url = "https://login.example.com/x?next=javascript:alert(5)&q=%22%3E%3Cscript%3Ealert(6)</script>"
        asked = build.authorization()
        steps = [
            build.get(asked.url, location=evil_url),
            build.get(evil_url, excerpt=HOSTILE, set_cookies={"<script>alert(7)</script>": 9000}),
            build.sub('https://evil"><script>alert(8)</script>.example.net/x.js', "script"),
            build.get("https://login.example.com/end", status=500, location="javascript:alert(9)", failure=None),
        ]
        fake = self.folder / "screens" / "fake.png"
        fake.parent.mkdir(parents=True, exist_ok=True)
        fake.write_text('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(10)"><script>alert(11)</script></svg>')
        svg = Picture(path="screens/fake.png", width=1, height=1, sha256="0" * 64)
        outside = Picture(path="../../outside.png", width=1, height=1, sha256="0" * 64)
        screens = (
            screen(0, HOSTILE, Present(value=svg), title=HOSTILE, url="javascript:alert(12)", text=HOSTILE),
            screen(
                1,
                "long",
                Present(value=outside),
                title="A" * 10_000_000,
                text="data:text/html,<script>alert(13)</script>",
            ),
        )
        walk = build.walk(
            steps,
            asked=asked,
            answer=None,
            screens=screens,
            ending=Ending(kind="dead_end", message=HOSTILE, hint=HOSTILE),
        )
        calls = (
            token_call(
                build,
                status=500,
                response_body=HOSTILE + "B" * 60_000,
                response_headers=(("X-Evil", HOSTILE), (HOSTILE, "x")),
                url="javascript:alert(14)",
            ),
        )
        skill = build.skill(raw={"domains": [HOSTILE], HOSTILE: {"a": HOSTILE}}, domains=(HOSTILE,))
        about = {"project": HOSTILE, "device": HOSTILE, "id": "phone-na", "user_agent": HOSTILE}
        case = self.case(about, walk, token_calls=Present(value=calls))
        evil = Battery(build)
        link = evil.link("race", id=HOSTILE, code=None, problem=HOSTILE)
        reply = json.dumps({"error": HOSTILE, "error_description": HOSTILE})
        evil.call("race", 1, HOSTILE, link, url="javascript:alert(15)", response_body=reply, status=400)
        evil.call("race", 2, "refresh", link, request_body=HOSTILE, failure=HOSTILE, method=HOSTILE, status=None)
        evil.call("race", 3, "refresh", link, response_body='{"access_token": "x", "expires_in": 1e300}')
        evil.skipped.append(SkippedProbe(probe="burst", reason=HOSTILE))
        evil.hooks.append(HookAction(action="break", at=evil.at, failure=HOSTILE))
        run = self.run(skill=skill, environment={"python": HOSTILE}, options={"note": HOSTILE}, battery=evil.made())
        return build_report(run, [case.model_copy(update={"skill": skill})])

    def _healthy(self) -> RunReport:
        """One case that links."""
        calls = Present(value=(token_call(self.build),))
        screens = self.drawn.screens("healthy", colour="#12653a")
        walk = self.build.walk(screens=screens)
        return build_report(self.run(skill=self.build.skill()), [self.case(DEVICES[1], walk, token_calls=calls)])

    def _many(self) -> RunReport:
        """Eight cases that show the same."""
        walk = self.sick_walk("NA", ())
        return build_report(self.run(), [self.case({"project": f"phone-{n}"}, walk) for n in range(8)])

    def _empty(self) -> RunReport:
        """A configuration that was only checked."""
        return build_report(self.run(), [])


@pytest.fixture(scope="session")
def samples(build: Any, tmp_path_factory: pytest.TempPathFactory) -> Samples:
    return Samples(build, tmp_path_factory.mktemp("run"))


class Make:
    """Report documents by hand, for tests of single shapes. Everything not said is healthy."""

    def case(self, id_: str = "phone-na", ending: str = "arrived", **more: Any) -> CaseReport:
        """A case that links where it arrived, unless ``linked`` says otherwise."""
        given: dict[str, Any] = {
            "id": id_,
            "project": id_.rpartition("-")[0],
            "device": "Pixel 7",
            "engine": "chromium",
            "engine_version": "156.0.1",
            "asked_engines": ("chromium",),
            "substitute": False,
            "surface": "custom-tab",
            "region": id_.rpartition("-")[2].upper(),
            "locale": "en-US",
            "viewport": (412, 839),
            "linked": ending == "arrived",
            "arrival_url": None,
            "duration_s": 4.25,
            "ending": {"kind": ending, "message": f"the walk ended: {ending}"},
            "attempts": (),
            "flaky": False,
            "traits": (),
            "outcomes": (),
            "ladder": (),
            "screens": (),
            "gaps": (),
        }
        return CaseReport.model_validate(given | more)

    def outcome(self, audit: str, status: str = "passed", reason: str | None = None) -> OutcomeReport:
        title = f"{audit} is wrong" if status == "failed" else f"{audit} is right"
        return OutcomeReport.model_validate(
            {"audit": audit, "title": title, "rules": (audit,), "status": status, "reason": reason}
        )

    def finding(self, rule: str = "domains-complete", severity: str = "breaks", **more: Any) -> FindingReport:
        given: dict[str, Any] = {
            "rule": rule,
            "title": f"what {rule} demands",
            "audit": rule,
            "severity": severity,
            "confidence": "certain",
            "message": f"{rule} is violated.",
            "why": "The customer sees a blank page.",
            "subject": "cdn.example.com",
            "blame": "skill_configuration",
            "symptom": False,
            "cases": ("phone-na",),
            "evidence": ({"kind": "request", "case": "phone-na", "ref": "measured#3"},),
            "fix": {"text": f"Mend {rule}."},
            "sources": (),
            "basis": ("V",),
            "fingerprint": fingerprint(rule, str(more.get("subject", ""))),
            "expected": False,
        }
        return FindingReport.model_validate(given | more)

    def report(self, build: Any, *cases: CaseReport, **more: Any) -> RunReport:
        empty = {"authorization_host": "login.example.com"}
        empty |= dict.fromkeys(("listed", "observed", "missing", "unused", "paste", "self_host"), ())
        run = build.run()
        given: dict[str, Any] = {
            "run_id": "run-1",
            "started_at": run.started_at,
            "finished_at": run.finished_at,
            "tool": {"version": "0.1.0"},
            "environment": {},
            "skill": build.skill(),
            "options": {"fail_on": "degrades"},
            "verdict": "passed",
            "exit_code": 0,
            "headline": "All cases link.",
            "cases": cases,
            "outcomes": (),
            "findings": (),
            "unmet_expectations": (),
            "domains": empty,
            "state_trail": {},
            "size_headroom": {},
            "token_story": {},
            "tls": {},
        }
        return RunReport.model_validate(given | more)


@pytest.fixture(scope="session")
def make() -> Make:
    return Make()
