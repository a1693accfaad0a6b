"""A visitor without a browser: follows redirects, fills in forms, keeps cookies as browsers do."""

from __future__ import annotations

import base64
import http.client
import re
import secrets
import shlex
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urljoin, urlsplit

import pytest
import pytest_asyncio

from e2e_linker.demo import PracticeRange
from e2e_linker.demo.manners import s256
from e2e_linker.model import Grant, Region

REGIONS = {Region.NA: "pitangui.amazon.com", Region.EU: "layla.amazon.com", Region.FE: "alexa.amazon.co.jp"}


@dataclass
class Reply:
    """One answer. Status 0: the connection was closed without one."""

    url: str
    status: int
    headers: list[tuple[str, str]]
    body: str

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")


class Form(HTMLParser):
    """The first form of a page."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.action: str | None = None
        self.target = ""
        self.hidden: dict[str, str] = {}
        self.inputs: list[dict[str, str]] = []
        self.buttons: list[dict[str, str]] = []
        self._open = False
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {key: value or "" for key, value in attrs}
        if tag == "form" and self.action is None:
            self.action, self.target, self._open = values["action"], values.get("target", ""), True
        elif self._open and tag == "input" and values.get("type") == "hidden":
            self.hidden[values["name"]] = values["value"]
        elif self._open and tag == "input":
            self.inputs.append(values)
        elif self._open and tag == "button":
            self.buttons.append(values)

    def handle_endtag(self, tag: str) -> None:
        self._open = self._open and tag != "form"


@dataclass
class Walk:
    """A login from the authorization request to its end."""

    state: str
    verifier: str
    redirect_uri: str
    replies: list[Reply]
    arrival: str = ""
    by: str = ""
    """How the arrival came: a status, ``refresh``, ``twice``."""
    target: str = ""
    """The target of the form that led there."""

    @property
    def last(self) -> Reply:
        return self.replies[-1]

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.arrival).query))

    @property
    def fragment(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.arrival).fragment))


@dataclass
class Visitor:
    """A cookie jar and a way to the range."""

    practice: PracticeRange
    headers: dict[str, str] = field(default_factory=dict)
    jar: dict[str, dict[str, str]] = field(default_factory=dict)

    def send(
        self,
        method: str,
        url: str,
        fields: Any = None,
        headers: dict[str, str] | None = None,
        content: str | None = None,
        timeout: float = 10,
    ) -> Reply:
        parts = urlsplit(url)
        host = parts.hostname or ""
        own = {"Host": parts.netloc, "Cookie": "; ".join(f"{k}={v}" for k, v in self._carried(host).items())}
        own |= self.headers | (headers or {})
        if not own["Cookie"]:
            del own["Cookie"]
        body = urlencode(fields) if fields is not None else content
        if fields is not None:
            own.setdefault("Content-Type", "application/x-www-form-urlencoded;charset=UTF-8")
        connection = self._connection(parts.scheme, host, timeout)
        target = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
        try:
            connection.request(method, target, body, own)
            answer = connection.getresponse()
            reply = Reply(url, answer.status, answer.getheaders(), answer.read().decode("utf-8", "replace"))
        except http.client.RemoteDisconnected:
            reply = Reply(url, 0, [], "")
        finally:
            connection.close()
        self._keep(host, reply)
        return reply

    def _connection(self, scheme: str, host: str, timeout: float) -> http.client.HTTPConnection:
        port = self.practice.port if scheme == "https" else self.practice.plain_port
        plain = socket.create_connection(("127.0.0.1", port), timeout=timeout)
        connection = http.client.HTTPConnection(host)
        if scheme == "https":
            context = ssl.create_default_context(cadata=self.practice.root_pem.decode())
            connection.sock = context.wrap_socket(plain, server_hostname=host)
        else:
            connection.sock = plain
        return connection

    def _keep(self, host: str, reply: Reply) -> None:
        for name, value in reply.headers:
            if name.lower() == "set-cookie":
                key, _, content = value.partition(";")[0].partition("=")
                named = re.search(r";\s*domain=\.?([^;\s]+)", value, re.IGNORECASE)
                domain = named[1] if named else host
                if len(key) + len(content) <= 4096 and _belongs(host, domain):
                    self.jar.setdefault(domain, {})[key] = content

    def _carried(self, host: str) -> dict[str, str]:
        return {
            name: value for domain, held in self.jar.items() if _belongs(host, domain) for name, value in held.items()
        }

    def authorization_url(self, *, state: str, region: Region = Region.NA, verifier: str = "", **more: str) -> str:
        """The request as Alexa makes it; ``more`` adds parameters or replaces them."""
        console = self.practice.behaviour.console
        values = {
            "client_id": console.client_id,
            "response_type": "code" if console.grant is Grant.AUTH_CODE else "token",
            "state": state,
            "scope": " ".join(console.scopes),
            "redirect_uri": self.redirect_uri(region),
        }
        if console.pkce:
            values |= {"code_challenge": s256(verifier), "code_challenge_method": "S256"}
        query = "&".join(f"{name}={quote(value, safe='')}" for name, value in (values | more).items())
        return f"{console.authorization_url}?{query}"

    def redirect_uri(self, region: Region = Region.NA) -> str:
        """Alexa's redirect URI of the present grant."""
        path = f"/api/skill/link/{self.practice.vendor_id}"
        if self.practice.behaviour.console.grant is Grant.IMPLICIT:
            path = f"/spa/skill/account-linking-status.html?vendorId={self.practice.vendor_id}"
        return f"https://{REGIONS[region]}{path}"

    def link(
        self, *, state: str | None = None, region: Region = Region.NA, decision: str = "allow", **more: str
    ) -> Walk:
        """Log the first user in and press ``decision``; ends at Alexa or where nothing leads on."""
        state, verifier = secrets.token_urlsafe(300) if state is None else state, secrets.token_urlsafe(32)
        url = self.authorization_url(state=state, region=region, verifier=verifier, **more)
        walk = Walk(state, verifier, self.redirect_uri(region), [self.send("GET", url)])
        for _ in range(12):
            onward, walk.by = _onward(walk.last)
            if urlsplit(onward).hostname in REGIONS.values():
                walk.arrival = onward
                return walk
            if onward:
                walk.replies.append(self.send("GET", onward))
                continue
            form = Form(walk.last.body)
            if form.action is None or form.action == "/captcha":
                return walk
            walk.target = form.target
            page = urlsplit(walk.last.url)
            url, origin = urljoin(walk.last.url, form.action), {"Origin": f"{page.scheme}://{page.netloc}"}
            walk.replies.append(self.send("POST", url, self._filled(form, decision), origin))
        return walk

    def fields_of(self, page: Reply) -> dict[str, str]:
        """The hidden fields of a page's form."""
        return dict(Form(page.body).hidden)

    def _filled(self, form: Form, decision: str) -> dict[str, str]:
        user, names = self.practice.users[0], {each.get("name") for each in form.inputs}
        kinds = {each.get("type") for each in form.inputs}
        wanted = {
            "username": user.username if "email" in kinds else None,
            "password": user.password if "password" in kinds else None,
            "agree": "yes" if "agree" in names else None,
            "code": self.one_time_code() if "code" in names else None,
            "decision": decision if any(each.get("name") == "decision" for each in form.buttons) else None,
        }
        return form.hidden | {name: value for name, value in wanted.items() if value is not None}

    def one_time_code(self) -> str:
        """From the authenticator app, or from the mail as the configured command fetches it."""
        if self.practice.behaviour.steps.second_factor == "totp":
            return self.practice.users[0].totp(time.time())
        with tempfile.TemporaryDirectory() as folder:
            command = (self.practice.write(Path(folder)) / "otp-command").read_text().strip()
            done = subprocess.run(shlex.split(command), check=True, capture_output=True, text=True, timeout=20)
        return done.stdout.strip()

    def ask(
        self, endpoint: str, fields: dict[str, str], *, scheme: str | None = None, secret: str | None = None
    ) -> Reply:
        """A POST to the OAuth host, the client authenticated by ``scheme``, by default the skill's."""
        console, secret = self.practice.behaviour.console, secret or self.practice.client_secret
        headers: dict[str, str] = {}
        if (scheme or console.access_token_scheme) == "REQUEST_BODY_CREDENTIALS":
            fields = fields | {"client_id": console.client_id, "client_secret": secret}
        else:
            pair = f"{quote(console.client_id, safe='')}:{quote(secret, safe='')}"
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        return self.send("POST", f"https://oauth.brightbulb.test/{endpoint}", fields, headers)

    def redeem(self, walk: Walk, *, scheme: str | None = None, **changed: str) -> Reply:
        """Exchange the code of ``walk``; ``changed`` replaces fields, an empty value leaves one out."""
        fields = {"grant_type": "authorization_code", "code": walk.query["code"], "redirect_uri": walk.redirect_uri}
        if self.practice.behaviour.console.pkce:
            fields["code_verifier"] = walk.verifier
        return self.ask("token", {name: value for name, value in (fields | changed).items() if value}, scheme=scheme)

    def me(self, token: str) -> Reply:
        """The resource behind ``token``."""
        return self.send("GET", "https://api.brightbulb.test/me", headers={"Authorization": f"Bearer {token}"})


def _belongs(host: str, domain: str) -> bool:
    return host == domain or host.endswith(f".{domain}")


def _onward(reply: Reply) -> tuple[str, str]:
    """Where a reply leads without anybody pressing anything, and by what."""
    if 300 <= reply.status < 400:
        return urljoin(reply.url, reply.header("location")), str(reply.status)
    patterns = {
        "refresh": r'content="3; url=([^"]*)"',
        "twice": r'data-target="([^"]*)"',
        "window": r'data-window="([^"]*)"',
        "opener": r'data-continue="([^"]*)"',
        "script": r'^{"next":"([^"]*)"}$',
    }
    for kind, pattern in patterns.items():
        found = re.search(pattern, reply.body)
        if found:
            return urljoin(reply.url, unescape(found[1])), kind
    return "", ""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running() -> AsyncIterator[PracticeRange]:
    """One range for a module of tests."""
    async with PracticeRange(slow_answer_s=0.2) as practice:
        yield practice


@pytest.fixture
def practice(running: PracticeRange) -> PracticeRange:
    """The range, healthy and with nothing remembered."""
    running.switch()
    return running


@pytest.fixture
def visitor(practice: PracticeRange) -> Visitor:
    """Somebody with an empty cookie jar."""
    return Visitor(practice)


@pytest.fixture
def another(practice: PracticeRange) -> Callable[[], Visitor]:
    """Makes more visitors."""
    return lambda: Visitor(practice)
