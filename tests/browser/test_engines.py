from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import json
import os
import signal
import socket
import sys
import time
from pathlib import Path

import playwright
import pytest
from playwright.async_api import Error as PlaywrightError

from e2e_linker.browser import engine_failures, engine_versions, engines
from e2e_linker.browser.engine_failures import not_started
from e2e_linker.browser.engine_install import Finished, install_engine, run_command
from e2e_linker.browser.engine_places import Machine, own_build
from e2e_linker.browser.engine_versions import read_version
from e2e_linker.browser.engines import (
    Browsers,
    Engine,
    context_proxy,
    describe_engines,
    find_engine,
    supports_is_mobile,
    too_old,
    version_of,
)
from e2e_linker.errors import EngineMissing, UsageError

REGISTRY = json.loads((Path(playwright.__file__).parent / "driver/package/browsers.json").read_text())["browsers"]
ENTRIES = {entry["name"]: entry for entry in REGISTRY}


def executable(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return str(path)


@pytest.fixture
def machine(tmp_path):
    """A made-up machine: add Playwright's builds and commands to it, and ask ``find``."""

    class Machine:
        root = tmp_path
        commands: dict[str, str] = {}  # noqa: RUF012
        asked = {  # noqa: RUF012
            "environ": {"PLAYWRIGHT_BROWSERS_PATH": str(tmp_path / "own"), "HOME": str(tmp_path / "home")},
            "which": lambda command: Machine.commands.get(command),
            "platform": "linux",
        }

        def own(self, product, inside, *, complete=True):
            folder = tmp_path / "own" / f"{product.replace('-', '_')}-{ENTRIES[product]['revision']}"
            path = executable(folder / inside)
            if complete:
                (folder / "INSTALLATION_COMPLETE").touch()
            return path

        def command(self, name):
            self.commands[name] = executable(tmp_path / "bin" / name)
            return self.commands[name]

        def find(self, name, **more):
            return find_engine(name, **{**self.asked, **more})

    return Machine()


SHELL = "chrome-headless-shell-linux64/chrome-headless-shell"
FULL = "chrome-linux64/chrome"


def test_nothing_installed_is_none(machine):
    for name in ("chromium", "firefox", "webkit"):
        assert machine.find(name) is None


def test_the_order_without_a_window(machine):
    for command, kind in (
        ("microsoft-edge", "system"),
        ("google-chrome", "system"),
        ("chromium", "system"),
    ):
        path = machine.command(command)
        assert machine.find("chromium") == Engine("chromium", kind, path, None, None, headed_capable=True)
    full = machine.own("chromium", FULL)
    version = ENTRIES["chromium"]["browserVersion"]
    assert machine.find("chromium") == Engine("chromium", "playwright", full, "chromium", version, headed_capable=True)
    path = machine.command("chromium-headless-shell")
    assert machine.find("chromium") == Engine("chromium", "headless-shell", path, None, None, headed_capable=False)
    shell = machine.own("chromium-headless-shell", SHELL)
    assert machine.find("chromium") == Engine("chromium", "playwright", shell, None, version, headed_capable=False)


def test_a_window_needs_a_full_browser(machine):
    machine.command("chromium-headless-shell")
    machine.own("chromium-headless-shell", SHELL)
    assert machine.find("chromium", headed=True) is None
    machine.command("chromium")
    assert machine.find("chromium", headed=True).kind == "system"
    machine.own("chromium", FULL)
    assert machine.find("chromium", headed=True).kind == "playwright"


def test_an_unfinished_download_does_not_count(machine):
    machine.own("chromium-headless-shell", SHELL, complete=False)
    assert machine.find("chromium") is None


def test_another_revision_does_not_count(machine):
    path = executable(machine.root / "own/chromium_headless_shell-1" / SHELL)
    (Path(path).parents[1] / "INSTALLATION_COMPLETE").touch()
    assert machine.find("chromium") is None


def test_firefox_of_playwright_then_the_stock_one_over_bidi(machine):
    machine.command("firefox")
    path = machine.command("firefox-esr")
    assert machine.find("firefox") == Engine("firefox", "system", path, "moz-firefox", None, headed_capable=True)
    own = machine.own("firefox", "firefox/firefox")
    assert machine.find("firefox").executable == own
    assert machine.find("firefox").channel is None
    assert machine.find("firefox", channel="moz-firefox").executable == path


@pytest.mark.parametrize(
    ("esr", "other", "chosen"),
    [
        ("140.12.0", "153.7.0", "firefox"),
        ("153.7.0", "156.0", "firefox-esr"),
        ("140.12.0", "115.1.0", "firefox-esr"),
        (None, "156.0", "firefox-esr"),
        ("140.12.0", None, "firefox"),
    ],
)
def test_of_two_stock_firefoxes_the_first_that_is_new_enough_is_taken(machine, esr, other, chosen):
    versions = {machine.command("firefox-esr"): esr, machine.command("firefox"): other}
    wanted = machine.commands[chosen]
    assert machine.find("firefox", version=versions.get).executable == wanted
    assert machine.find("firefox", channel="moz-firefox", version=versions.get).executable == wanted
    states = {state.name: state for state in describe_engines(**machine.asked, version=versions.get)}
    assert (states["firefox"].headless.executable, states["firefox"].headless.version) == (wanted, versions[wanted])
    assert len(states["firefox"].looked) == 2


def test_a_single_firefox_is_not_asked_for_its_version_and_one_of_two_once(machine):
    def never(_):
        raise AssertionError

    asked = machine.root / "asked"
    path = machine.command("firefox-esr")
    machine.commands["firefox"] = path
    assert machine.find("firefox", version=never).executable == path
    for command, version in (("firefox-esr", "140.12.0"), ("firefox", "153.7.0")):
        told = f"#!/bin/sh\necho {command} >> {asked}\necho Mozilla Firefox {version}\n"
        Path(machine.command(command)).write_text(told)
    found = {machine.find("firefox").executable for _ in range(3)}
    assert found == {machine.commands["firefox"]}
    assert asked.read_text().split() == ["firefox-esr", "firefox"]


def test_webkit_is_playwrights_own_or_none(machine):
    assert machine.find("webkit") is None
    own = machine.own("webkit", "pw_run.sh")
    assert machine.find("webkit").executable == own


def test_webkit_of_an_older_macos_has_its_own_folder(machine):
    platform, revision = next(iter(ENTRIES["webkit"]["revisionOverrides"].items()))
    folder = machine.root / "own" / f"webkit_{platform.replace('-', '_')}_special-{revision}"
    path = executable(folder / "pw_run.sh")
    (folder / "INSTALLATION_COMPLETE").touch()
    assert machine.find("webkit", platform="darwin").executable == path


@pytest.mark.parametrize(
    ("platform", "variable", "cache"),
    [
        ("linux", "HOME", ".cache/ms-playwright"),
        ("linux", "XDG_CACHE_HOME", "ms-playwright"),
        ("darwin", "HOME", "Library/Caches/ms-playwright"),
        ("win32", "LOCALAPPDATA", "ms-playwright"),
        ("win32", "USERPROFILE", "AppData/Local/ms-playwright"),
    ],
)
def test_playwrights_folder_on_each_platform(tmp_path, platform, variable, cache):
    folder = tmp_path / cache / f"firefox-{ENTRIES['firefox']['revision']}"
    path = executable(folder / "firefox" / ("firefox.exe" if platform == "win32" else "firefox"))
    (folder / "INSTALLATION_COMPLETE").touch()
    engine = find_engine("firefox", environ={variable: str(tmp_path)}, which=lambda _: None, platform=platform)
    assert engine.executable == path


@pytest.mark.parametrize(
    ("platform", "environ", "place", "name"),
    [
        ("darwin", "HOME", "Applications/Google Chrome.app/Contents/MacOS/Google Chrome", "chromium"),
        ("darwin", "HOME", "Applications/Firefox.app/Contents/MacOS/firefox", "firefox"),
        ("win32", "PROGRAMFILES", "Google/Chrome/Application/chrome.exe", "chromium"),
        ("win32", "PROGRAMFILES(X86)", "Microsoft/Edge/Application/msedge.exe", "chromium"),
        ("win32", "LOCALAPPDATA", "Mozilla Firefox/firefox.exe", "firefox"),
    ],
)
def test_usual_places_on_other_systems(tmp_path, platform, environ, place, name):
    path = executable(tmp_path / place)
    asked = {"environ": {"HOME": str(tmp_path), environ: str(tmp_path)}, "which": lambda _: None, "platform": platform}
    found = find_engine(name, **asked).executable
    # A file system without letter case finds macOS' "Firefox" where "firefox" is written.
    assert os.path.samefile(found, path)


def test_a_channel_names_the_product(machine):
    machine.command("chromium-headless-shell")
    edge = machine.command("microsoft-edge")
    assert machine.find("chromium", channel="msedge").executable == edge
    assert machine.find("chromium", channel="chrome") is None
    with pytest.raises(UsageError, match="'chrom' is no channel of chromium"):
        machine.find("chromium", channel="chrom")


def test_what_the_config_names_comes_first(machine):
    machine.own("chromium-headless-shell", SHELL)
    path = executable(machine.root / "my" / "browser")
    assert machine.find("chromium", configured=path) == Engine(
        "chromium", "configured", path, None, None, headed_capable=True
    )
    command = machine.command("my-chrome")
    assert machine.find("chromium", configured="my-chrome").executable == command


def test_a_configured_firefox_is_stock_unless_playwright_made_it(machine):
    own = machine.own("firefox", "firefox/firefox")
    stock = executable(machine.root / "opt" / "firefox")
    assert machine.find("firefox", configured=own).channel is None
    assert machine.find("firefox", configured=stock).channel == "moz-firefox"


@pytest.mark.parametrize(
    ("name", "configured", "headed", "words"),
    [
        ("chromium", "/nowhere/chrome", False, "there is no chromium to run at /nowhere/chrome"),
        ("firefox", "http://127.0.0.1:9222", False, "firefox cannot be driven over DevTools"),
        ("webkit", "bin/safari", False, "is not Playwright's WebKit"),
        ("chromium", "bin/chrome-headless-shell", True, "has no windows to show"),
    ],
)
def test_an_unusable_configured_browser_is_an_error(machine, name, configured, headed, words):
    if configured.startswith("bin/"):
        configured = executable(machine.root / configured)
    with pytest.raises(EngineMissing, match=words):
        machine.find(name, configured=configured, headed=headed)


def test_doctor_sees_what_is_there_and_where_it_was_sought(machine):
    shell = machine.command("chromium-headless-shell")
    full = machine.command("chromium")
    states = {
        state.name: state
        for state in describe_engines(**machine.asked, version=lambda path: f"1.{len(Path(path).name)}")
    }
    chromium = states["chromium"]
    assert (chromium.headless.executable, chromium.headless.version) == (shell, "1.23")
    assert (chromium.headed.executable, chromium.headed.version) == (full, "1.8")
    assert [looked.engine is not None for looked in chromium.looked] == [False, True, False, True, False, False]
    assert states["webkit"].headless is None
    assert [looked.where for looked in states["webkit"].looked] == [
        str(machine.root / "own" / f"webkit-{ENTRIES['webkit']['revision']}")
    ]
    assert "google-chrome" in chromium.looked[4].where


def test_a_version_is_read_from_what_the_browser_prints(tmp_path):
    path = tmp_path / "browser"
    path.write_text("#!/bin/sh\necho Chromium 156.0.1.2 built on something 12\n")
    path.chmod(0o755)
    assert read_version(str(path)) == "156.0.1.2"
    assert read_version(str(tmp_path / "missing")) is None


def test_engine_traits():
    firefox = Engine("firefox", "system", "firefox", "moz-firefox", None, headed_capable=True)
    chromium = Engine("chromium", "system", "chromium", None, None, headed_capable=True)
    assert (supports_is_mobile(firefox), supports_is_mobile(chromium)) == (False, True)
    assert context_proxy(firefox, "http://127.0.0.1:1") == {"server": "http://127.0.0.1:1"}
    assert context_proxy(chromium, "http://127.0.0.1:1")["bypass"] == "<-loopback>"


class Commands:
    """Records commands and answers them by a word they contain."""

    def __init__(self, **answers):
        self.answers = answers
        self.ran = []

    async def __call__(self, command, timeout_s):
        assert timeout_s > 0
        self.ran.append(" ".join(command[1:] if command[0] == sys.executable else command))
        return next((answer for word, answer in self.answers.items() if word in command), Finished(0, ""))


OFFLINE = Finished(
    1,
    "\x1b[2mDownloading Chrome\x1b[22m\nError: getaddrinfo ENOTFOUND cdn.example\n at x\nFailed to install browsers\n",
)
ENGINE = Engine("chromium", "headless-shell", "/bin/x", None, None, headed_capable=False)


async def test_install_takes_playwrights_build_first():
    run, said = Commands(), []
    found = await install_engine("chromium", run=run, find=lambda name: ENGINE, root=False, on_progress=said.append)
    assert found is ENGINE
    assert run.ran == ["-m playwright install chromium --only-shell"]
    assert said == ["chromium: playwright install chromium --only-shell"]


async def test_install_with_a_window_takes_the_full_browser():
    run = Commands()
    await install_engine("chromium", headed=True, run=run, find=lambda name: ENGINE, root=False)
    assert run.ran == ["-m playwright install chromium"]


async def test_advice_for_one_with_windows_asks_for_windows_again():
    for headed, words in ((True, "e2e-linker install chromium --headed as root"), (False, "install chromium as root")):
        with pytest.raises(EngineMissing) as caught:
            await install_engine("chromium", headed=headed, run=Commands(), find=lambda name: None, root=False)
        assert words in caught.value.hint


@pytest.fixture
def debian(monkeypatch):
    monkeypatch.setattr("shutil.which", lambda command, **_: f"/usr/bin/{command}")


async def test_install_falls_back_to_the_distribution(debian):
    run = Commands(playwright=OFFLINE)
    assert await install_engine("firefox", run=run, find=lambda name: ENGINE, root=True) is ENGINE
    assert run.ran == [
        "-m playwright install firefox",
        "env DEBIAN_FRONTEND=noninteractive apt-get update",
        "env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends firefox-esr fonts-liberation",
    ]


async def test_install_asks_for_todays_package_lists_and_goes_on_without(debian):
    run = Commands(playwright=OFFLINE, update=Finished(100, "E: Could not resolve"))
    assert await install_engine("chromium", run=run, find=lambda name: ENGINE, root=True) is ENGINE
    assert [ran.split("apt-get ")[-1].split()[0] for ran in run.ran[1:]] == ["update", "install"]


STOCK = Engine("firefox", "system", "/bin/firefox", "moz-firefox", None, headed_capable=True)


@pytest.mark.parametrize(
    ("engine", "version", "old"),
    [
        (STOCK, "140.12.0", True),
        (STOCK, "142.0", True),
        (STOCK, "143.0", False),
        (STOCK, "153.7.0", False),
        (STOCK, None, False),
        (dataclasses.replace(STOCK, channel=None), "128.0", False),
        (dataclasses.replace(STOCK, version="140.0"), "153.7.0", True),
        (ENGINE, "100.0", False),
    ],
)
def test_a_stock_firefox_before_data_collectors_cannot_be_driven(engine, version, old):
    said = too_old(engine, lambda _: version)
    assert bool(said) is old
    assert not old or f"Firefox {engine.version or version} is too old for Playwright, which needs 143" in said


@pytest.mark.parametrize(
    ("driver", "firefox", "old"),
    [
        ("1.64.1", "153.7.0", False),
        ("1.65.2", "153.7.0", True),
        ("1.65.2", "154.0", False),
        ("2.0.0", "153.7.0", True),
    ],
)
def test_a_newer_playwright_asks_more_of_a_stock_firefox(monkeypatch, driver, firefox, old):
    monkeypatch.setattr(engine_versions, "version", lambda _: driver)
    said = too_old(STOCK, lambda _: firefox)
    assert bool(said) is old
    assert not old or f"Firefox {firefox} is too old for Playwright {driver}" in said


async def test_a_firefox_that_opens_no_context_is_not_started(monkeypatch, tmp_path):
    monkeypatch.setattr(engine_versions, "version", lambda _: "1.65.2")
    path = tmp_path / "firefox"
    path.write_text("#!/bin/sh\necho Mozilla Firefox 153.7.0esr\n")
    path.chmod(0o755)
    with pytest.raises(EngineMissing, match=r"too old for Playwright 1\.65\.2, .* 'playwright<1\.65'") as caught:
        await Browsers().get(dataclasses.replace(STOCK, version=None, executable=str(path)))
    assert caught.value.hint == "e2e-linker install firefox fetches a newer one"


def test_a_home_that_cannot_be_looked_into_holds_no_build():
    closed = Machine(environ={"HOME": f"/{'x' * 5000}"}, which=lambda _: None, platform="linux")
    assert own_build("firefox", closed).executable is None


@pytest.mark.parametrize(
    "said", ["Firefox is unable to launch if the $HOME folder isn't owned by the current user.", ""]
)
def test_a_firefox_without_a_home_is_told_what_it_lacks(monkeypatch, said):
    monkeypatch.setattr(engine_failures.os, "access", lambda *_: bool(said))
    failed = not_started(
        dataclasses.replace(STOCK, version="153.0"), PlaywrightError(said or "Timeout 60000ms exceeded.")
    )
    assert failed.hint.startswith("set HOME to a folder that belongs to the user")
    monkeypatch.setattr(engine_failures.os, "access", lambda *_: True)
    assert "doctor" in not_started(dataclasses.replace(STOCK, version="153.0"), PlaywrightError("Timeout")).hint


async def test_an_install_that_leaves_the_old_one_has_failed(debian):
    with pytest.raises(EngineMissing) as caught:
        await install_engine("firefox", run=Commands(), find=lambda _: STOCK, outdated=lambda _: "is old", root=True)
    assert "playwright install firefox: is old\n" in str(caught.value)
    assert "apt-get install firefox-esr: is old\n" in str(caught.value)


async def test_install_failure_tells_every_attempt_and_its_reason(debian):
    run = Commands(playwright=OFFLINE, install=Finished(100, "Reading...\nE: Unable to locate package x\n"))
    with pytest.raises(EngineMissing) as caught:
        await install_engine("chromium", run=run, find=lambda name: None, root=True)
    text = str(caught.value)
    assert "chromium is not here as Playwright needs it and could not be fetched" in text
    assert "playwright install chromium --only-shell: Error: getaddrinfo ENOTFOUND cdn.example\n" in text
    assert "apt-get install chromium-headless-shell: E: Unable to locate package x\n" in text
    assert "try: install Chromium, Chrome or Edge" in text


async def test_install_failure_without_root_says_so():
    run = Commands(playwright=Finished(None, "stopped after 900 s"))
    with pytest.raises(EngineMissing) as caught:
        await install_engine("firefox", run=run, find=lambda name: None, root=False)
    text = str(caught.value)
    assert "playwright install firefox: stopped after 900 s" in text
    assert "apt-get install firefox-esr: not tried, it needs root" in text
    assert "try: run e2e-linker install firefox as root" in text


async def test_install_that_leaves_nothing_is_a_failure():
    with pytest.raises(EngineMissing, match="finished, but left no browser behind"):
        await install_engine("webkit", run=Commands(), find=lambda name: None, root=False)


async def test_a_command_is_bounded_in_time_and_its_output_kept():
    assert await run_command([sys.executable, "-c", "print('hi')"], 30) == Finished(0, "hi\n")
    stopped = await run_command([sys.executable, "-c", "import time; time.sleep(60)"], 0.2)
    assert stopped == Finished(None, "stopped after 0.2 s")
    assert (await run_command(["/nowhere/x"], 1)).status is None


needs = {
    name: pytest.mark.skipif(find_engine(name) is None, reason=f"{name} is not installed")
    for name in ("chromium", "firefox")
}
ENGINES = [pytest.param("chromium", marks=needs["chromium"]), pytest.param("firefox", marks=needs["firefox"])]


async def page_server(reader, writer):
    await reader.readuntil(b"\r\n\r\n")
    body = b"<title>Sign in</title><form><input autocomplete=username><input type=password></form>"
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    writer.write(head.encode() + body)
    await writer.drain()


@pytest.mark.browser
@pytest.mark.parametrize("name", ENGINES)
async def test_a_page_under_a_made_up_name_opens_and_a_refused_host_fails_fast(serve, proxy, certificate, name):
    secure = await serve(page_server, ssl=certificate.server())
    plain = await serve(page_server)
    engine = find_engine(name)
    through = await proxy(refused={"pitangui.amazon.com"}, resolve={"login.example.com": f"127.0.0.1:{secure.port}"})
    async with Browsers() as browsers:
        browser = await browsers.get(engine)
        assert version_of(browser)[0].isdigit()
        context = await browser.new_context(proxy=context_proxy(engine, through.url), ignore_https_errors=True)
        page = await context.new_page()
        await page.goto("https://login.example.com/")
        assert await page.title() == "Sign in"
        await page.goto(f"http://127.0.0.1:{plain.port}/")
        await page.goto(f"http://localhost:{plain.port}/")
        started = time.monotonic()
        with pytest.raises(PlaywrightError):
            await page.goto("https://pitangui.amazon.com/api/skill/link/M1?code=x")
        assert time.monotonic() - started < 15
    # Loopback goes through the proxy, too, and nothing of the browser's own does.
    seen = {(record.host, record.port, record.refused) for record in through.connections}
    assert seen == {
        ("login.example.com", 443, False),
        ("127.0.0.1", plain.port, False),
        ("localhost", plain.port, False),
        ("pitangui.amazon.com", 443, True),
    }


CALL = """port => new Promise(done => {
  const ways = [];
  const call = new RTCPeerConnection({iceServers: [{urls: `stun:127.0.0.1:${port}`}, {
    urls: `turn:127.0.0.1:${port}?transport=udp`, username: 'a', credential: 'b',
  }]});
  call.onicecandidate = event => event.candidate && ways.push(event.candidate.candidate);
  call.createDataChannel('a');
  call.createOffer().then(offer => call.setLocalDescription(offer));
  setTimeout(() => done(ways), 1500);
})"""
"""Gathers, and gives, candidates of a peer-to-peer call, as scripts do that look for a browser's addresses."""


@pytest.mark.parametrize("switch", ["force-webrtc-ip-handling-policy", "webrtc-ip-handling-policy"])
def test_the_headless_shell_and_full_browsers_are_told_each_in_its_own_way(switch):
    script = Path(engines.__file__).read_text(encoding="utf-8")
    assert f'"--{switch}=disable_non_proxied_udp"' in script


@pytest.mark.browser
@pytest.mark.parametrize("name", ENGINES)
async def test_a_call_does_not_pass_by_the_proxy(serve, proxy, name):
    server, engine = await serve(page_server), find_engine(name)
    through = await proxy(resolve={"login.example.com": f"127.0.0.1:{server.port}"})
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.setblocking(False)
        async with Browsers() as browsers:
            context = await (await browsers.get(engine)).new_context(proxy=context_proxy(engine, through.url))
            page = await context.new_page()
            await page.goto("http://login.example.com/")
            ways = await page.evaluate(CALL, listener.getsockname()[1])
        with pytest.raises(BlockingIOError):
            listener.recv(2_000)
    # Firefox asks no server on loopback: what it would send from tells that it would ask others.
    assert [way for way in ways if " udp " in way.lower()] == []


@pytest.mark.browser
@pytest.mark.skipif(find_engine("chromium", headed=True) is None, reason="no full Chromium here")
async def test_full_chromium_keeps_its_chatter_to_itself(serve, proxy):
    server = await serve(page_server)
    engine = find_engine("chromium", headed=True)
    through = await proxy(resolve={"login.example.com": f"127.0.0.1:{server.port}"})
    async with Browsers() as browsers:
        context = await (await browsers.get(engine)).new_context(proxy=context_proxy(engine, through.url))
        page = await context.new_page()
        await page.goto("http://login.example.com/")
        await page.locator("input").first.fill("somebody")
        await page.evaluate("new Promise(done => requestIdleCallback(done))")
    assert {record.host for record in through.connections} == {"login.example.com"}


@pytest.mark.browser
@pytest.mark.skipif(find_engine("chromium", headed=True) is None, reason="no full Chromium here")
async def test_full_chromium_does_not_ask_again_for_what_is_kept_from_alexa(proxy):
    through = await proxy(refused={"pitangui.amazon.com"})
    engine = find_engine("chromium", headed=True)
    async with Browsers() as browsers:
        context = await (await browsers.get(engine)).new_context(proxy=context_proxy(engine, through.url))
        page = await context.new_page()
        with pytest.raises(PlaywrightError):
            await page.goto("https://pitangui.amazon.com/api/skill/link/M1?code=x")
        asked = []
        context.on("request", lambda request: asked.append(request.url))
        # Its error page would do so after a second.
        await page.wait_for_timeout(2_500)
    assert asked == []


def children(of):
    """The process ids below ``of``, from /proc."""
    parents = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parents[int(status.parent.name)] = int(status.read_text().rpartition(")")[2].split()[1])
    below, found = {of}, set()
    while below := {child for child, parent in parents.items() if parent in below}:
        found |= below
    return found


def browser_processes():
    found = set()
    for process in children(os.getpid()):
        with contextlib.suppress(OSError):
            words = Path(f"/proc/{process}/cmdline").read_bytes()
            if b"--remote-debugging" in words and b"--type=" not in words:
                found.add(process)
    return found


@pytest.mark.browser
@needs["firefox"]
async def test_a_stock_firefox_shows_pages_the_colours_that_were_asked_for():
    engine = find_engine("firefox")
    asked = "['dark', 'light'].filter(colours => matchMedia(`(prefers-color-scheme: ${colours})`).matches)"
    async with Browsers() as browsers:
        for scheme in ("dark", "light"):
            browser = await browsers.get(engine, color_scheme=scheme)
            page = await browser.new_page(color_scheme=scheme)
            assert await page.evaluate(asked) == [scheme]


@pytest.mark.browser
@needs["firefox"]
async def test_a_stock_firefox_on_a_desktop_has_a_mouse():
    asked = "['hover: hover', 'any-hover: hover', 'pointer: fine'].filter(can => matchMedia(`(${can})`).matches)"
    engine = find_engine("firefox")
    if engine.channel != "moz-firefox":
        pytest.skip("Playwright's own Firefox is not told of a mouse")
    async with Browsers() as browsers:
        for mouse in (True, False):
            page = await (await browsers.get(engine, mouse=mouse)).new_page()
            assert len(await page.evaluate(asked)) == (3 if mouse else 0)


@pytest.mark.browser
@needs["chromium"]
@pytest.mark.skipif(not Path("/proc/self").exists(), reason="finds the process in /proc")
async def test_one_browser_per_engine_and_a_new_one_after_a_crash():
    engine = find_engine("chromium")
    async with Browsers() as browsers:
        first, *others = await asyncio.gather(*(browsers.get(engine) for _ in range(4)))
        assert all(other is first for other in others)
        gone = asyncio.Event()
        first.on("disconnected", lambda _: gone.set())
        for process in browser_processes():
            with contextlib.suppress(ProcessLookupError):  # it went with the one before it
                os.kill(process, signal.SIGKILL)
        async with asyncio.timeout(10):
            await gone.wait()
        second = await browsers.get(engine)
        assert second is not first
        page = await second.new_page()
        assert await page.evaluate("1 + 1") == 2
    assert browser_processes() == set()


@pytest.mark.browser
@needs["chromium"]
@pytest.mark.skipif(not Path("/proc/self").exists(), reason="finds the process in /proc")
async def test_cancelled_cases_leave_no_browser_behind():
    engine = find_engine("chromium")
    running = asyncio.Event()

    async def case():
        async with Browsers() as browsers:
            waiting = asyncio.create_task(browsers.get(engine))
            other = asyncio.create_task(browsers.get(engine))
            await asyncio.sleep(0)
            waiting.cancel()
            await other
            running.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(case())
    await running.wait()
    task.cancel()
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert browser_processes() == set()


@pytest.mark.browser
@needs["chromium"]
async def test_a_browser_that_does_not_start_is_named(tmp_path):
    path = tmp_path / "broken"
    path.write_text("#!/bin/sh\necho 'error while loading shared libraries: libnss3.so: cannot open' >&2\nexit 127\n")
    path.chmod(0o755)
    engine = find_engine("chromium", configured=str(path))
    async with Browsers() as browsers:
        with pytest.raises(EngineMissing, match=r"chromium does not start: .*libnss3\.so") as caught:
            await browsers.get(engine)
        assert str(path) in str(caught.value)
        assert (await browsers.get(find_engine("chromium"))).is_connected()


@pytest.mark.browser
async def test_a_firefox_that_is_too_old_is_called_so(tmp_path):
    path = tmp_path / "firefox"
    path.write_text("#!/bin/sh\necho Mozilla Firefox 140.12.0esr\nexit 1\n")
    path.chmod(0o755)
    configured = find_engine("firefox", configured=str(path))
    async with Browsers() as browsers:
        with pytest.raises(EngineMissing, match=r"start: Firefox 140\.12\.0 is too old for Playwright") as caught:
            await browsers.get(dataclasses.replace(configured, kind="system"))
        assert caught.value.hint == "e2e-linker install firefox fetches a newer one"
        with pytest.raises(EngineMissing, match=r"Firefox 140\.12\.0 is too old for Playwright") as caught:
            await browsers.get(configured)
    assert caught.value.message.startswith(f"the configured firefox, {path}, does not start")
    assert caught.value.where == "use.launchOptions.executablePath"
    assert caught.value.hint.startswith(
        "name a newer one in use.launchOptions.executablePath, update this one, or leave"
    )


@pytest.mark.browser
@pytest.mark.skipif(sys.platform != "linux", reason="other systems always have a display")
@pytest.mark.parametrize("name", ENGINES)
async def test_a_window_without_a_display_is_explained(monkeypatch, name):
    engine = find_engine(name, headed=True)
    if engine is None:
        pytest.skip(f"no full {name} here")
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    async with Browsers() as browsers:
        with pytest.raises(EngineMissing) as caught:
            await browsers.get(engine, headed=True)
    assert "without --headed" in caught.value.hint
    assert "\n" not in caught.value.message
    assert "pid=" not in caught.value.message


@pytest.mark.browser
@needs["chromium"]
async def test_further_arguments_start_a_browser_of_their_own():
    engine = find_engine("chromium")
    async with Browsers() as browsers:
        plain = await browsers.get(engine)
        other = await browsers.get(engine, args=["--user-agent=somebody else"])
        assert other is not plain
        assert await (await other.new_page()).evaluate("navigator.userAgent") == "somebody else"


@pytest.mark.browser
@needs["chromium"]
async def test_a_running_chromium_is_joined_over_devtools(tmp_path):
    command = [find_engine("chromium").executable, "--headless", "--no-sandbox", "--remote-debugging-port=0"]
    process = await asyncio.create_subprocess_exec(
        *command, f"--user-data-dir={tmp_path}", stderr=asyncio.subprocess.PIPE, start_new_session=True
    )
    try:
        while b"DevTools listening on" not in (line := await process.stderr.readline()):
            assert line
        engine = find_engine("chromium", configured=line.split()[-1].decode())
        assert (engine.kind, engine.executable) == ("cdp", None)
        async with Browsers() as browsers:
            browser = await browsers.get(engine)
            page = await (await browser.new_context()).new_page()
            assert await page.evaluate("2 + 2") == 4
        assert process.returncode is None
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        await process.communicate()


async def test_a_start_that_is_cancelled_leaves_nothing_running() -> None:
    async def started() -> None:
        async with Browsers():
            pytest.fail("it was cancelled before")

    before = asyncio.all_tasks()
    task = asyncio.create_task(started())
    await asyncio.sleep(0.02)
    task.cancel()
    async with asyncio.timeout(30):
        with pytest.raises(asyncio.CancelledError):
            await task
    assert asyncio.all_tasks() == before
