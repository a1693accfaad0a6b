"""What a page did beside asking for things: dialogs, console lines, script errors, refused content, downloads."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from typing import Any, Literal, cast

from playwright.async_api import BrowserContext, ConsoleMessage, Dialog, Download, Page, WebError, WebSocket, Worker

from e2e_linker.browser.background import Background
from e2e_linker.browser.in_clear import FORM_GUARD
from e2e_linker.browser.windows import Windows
from e2e_linker.evidence import page as evidence
from e2e_linker.evidence import traffic
from e2e_linker.evidence.cutting import cut
from e2e_linker.evidence.redact import SecretRegistry

__all__ = ["CSP_LISTENER", "Incidents"]

_CSP_MARK = "e2e-linker:securitypolicyviolation"

# The engines write some violations to the console, in sentences of their own, and Firefox writes none that can be read
# from outside; the event says the same in fields, everywhere. The listener is there before any script of the page, has
# no name, keeps its own reference to the console and neither stops nor changes the event, so that a page cannot meet
# it. What it says is taken out of the recorded console again.
CSP_LISTENER = (
    "(() => { const say = console.debug.bind(console), text = JSON.stringify.bind(JSON);"
    f" addEventListener('securitypolicyviolation', event => event.originalPolicy === '{FORM_GUARD}' || say("
    f"'{_CSP_MARK}', text([event.effectiveDirective, event.blockedURI, event.documentURI, event.disposition,"
    " event.sourceFile])"
    "), true) })()"
)
"""An init script that tells of Content-Security-Policy violations by a console line."""

_DRIVER_SOURCE = re.compile(r"(%20| )line(%20| )\d+(%20| )(%3E|>)(%20| )eval$")
"""How Firefox names a script of Playwright's, which adds an empty inline style sheet whenever it takes a picture."""

_LIMIT = 1_000
"""Entries of each kind that are kept: a page may go on for ever."""
_TEXT_LIMIT = 4_000
_MOST_HEARD = 2_000
"""Console lines that are listened to: each takes its time on the way here, and all else waits behind it."""
_MOST_TEXT, _MOST_OF_A_LINE = 2_000_000, 100_000
"""Characters of all those lines that are listened to, and how many of one are counted: one long line is no flood."""
_MUTE = "() => { for (const name of Object.keys(console)) console[name] = () => {} }"
"""Makes the page write no more: what it writes fills the one line that the engine has to us, for all pages."""


class Incidents:
    """Everything but the requests that happened in the windows of one walk, in order."""

    def __init__(
        self, clock: Callable[[], float], windows: Windows, background: Background, registry: SecretRegistry
    ) -> None:
        self._clock = clock
        self._windows = windows
        self._background = background
        self._registry = registry
        self._refusals: list[evidence.ConsoleMessage] = []
        self._untold: list[evidence.ConsoleMessage] = []
        self._said: set[str] = set()
        """The refusals that no event has told of yet, and the words of the others."""
        self._context: BrowserContext | None = None
        self._heard = 0
        self._heard_text = 0
        self.deaf_from: float | None = None
        """Since when the console is not listened to any more, in seconds; None where it always was."""
        self.dialogs: list[evidence.Dialog] = []
        self.console: list[evidence.ConsoleMessage] = []
        self.page_errors: list[evidence.PageError] = []
        self.csp_violations: list[evidence.CspViolation] = []
        self.web_sockets: list[traffic.WebSocket] = []
        self.service_workers: list[traffic.ServiceWorker] = []
        self.downloads: list[traffic.Download] = []

    def listen(self, context: BrowserContext) -> None:
        """Listen to everything the context tells for all its pages."""
        self._context = context
        context.on("dialog", self._dialog)
        context.on("console", self._console)
        context.on("weberror", self._page_error)
        context.on("serviceworker", self._service_worker)

    def ignore(self, context: BrowserContext) -> None:
        """Stop listening."""
        context.remove_listener("dialog", self._dialog)
        if self.deaf_from is None:
            context.remove_listener("console", self._console)
        context.remove_listener("weberror", self._page_error)
        context.remove_listener("serviceworker", self._service_worker)

    def listen_to_page(self, page: Page) -> None:
        """Listen to what only a page tells."""
        page.on("download", self._download)
        page.on("websocket", lambda socket: self._web_socket(socket, self._windows.number_of(page)))

    def missing(self) -> tuple[str, ...]:
        """What was not heard, in sentences."""
        if self.deaf_from is None:
            return ()
        long = f" with at least {self._heard_text:,} characters" if self._heard < _MOST_HEARD else ""
        return (
            f"The page wrote {self._heard} lines{long} to the console within {self.deaf_from:.3g} s. From then on it "
            "was kept from writing; what it wrote all the same, and what a Content-Security-Policy stopped, is not "
            "known.",
        )

    def violations(self) -> tuple[evidence.CspViolation, ...]:
        """Every violation: those with an event of their own, then those only the console spoke of."""
        blocked = {violation.text for violation in self.csp_violations}
        worded = (_worded_violation(line) for line in self._refusals if line.text not in blocked)
        return (*self.csp_violations, *worded)

    def _dialog(self, dialog: Dialog) -> None:
        if self._windows.is_foreign(dialog.page):
            if not self._windows.is_somebody_elses(dialog.page):
                # One that stays open keeps a page of an earlier walk from closing.
                self._background.start(dialog.dismiss())
            return
        kind = cast(Literal["alert", "confirm", "prompt", "beforeunload"], dialog.type)
        window, message = self._windows.number_of(dialog.page), self._text(dialog.message)
        # Events may wait in line: what the page is now tells more than what had come by when the dialog was heard of.
        url = re.split(r"[?#]", dialog.page.url, maxsplit=1)[0] if dialog.page else None
        if len(self.dialogs) < _LIMIT:
            self.dialogs.append(evidence.Dialog(at=self._clock(), window=window, type=kind, message=message, url=url))
            self._windows.said.append(message)
        self._background.start(dialog.accept(dialog.default_value) if kind == "prompt" else dialog.accept())

    def _console(self, message: ConsoleMessage) -> None:
        if self._windows.is_foreign(message.page) or self.deaf_from is not None:
            return
        text = message.text
        self._heard += 1
        self._heard_text += min(len(text), _MOST_OF_A_LINE)
        if (self._heard >= _MOST_HEARD or self._heard_text >= _MOST_TEXT) and self._context is not None:
            self.deaf_from = self._clock()
            self._context.remove_listener("console", self._console)
            for page in self._windows.pages():
                self._background.start(_muted(page))
        window = self._windows.number_of(message.page)
        if text.startswith(_CSP_MARK):
            self._violation(text[len(_CSP_MARK) :], window)
            return
        if len(self.console) >= _LIMIT or FORM_GUARD in text:
            return
        line = evidence.ConsoleMessage(
            at=self._clock(),
            window=window,
            type=message.type,
            text=self._text(text),
            url=message.location.get("url") or None,
        )
        self.console.append(line)
        if "Content Security Policy" in text and message.type in {"error", "warning"}:
            self._refusals.append(line)
            if line.text not in self._said:
                self._untold.append(line)

    def _violation(self, told: str, window: int) -> None:
        try:
            directive, blocked, document, disposition, source = (self._text(str(value)) for value in json.loads(told))
        except (ValueError, TypeError, RecursionError):  # a page may write such a line itself
            return
        ours = directive.startswith("style-src") and blocked == "inline" and _DRIVER_SOURCE.search(source)
        if ours or len(self.csp_violations) >= _LIMIT:
            return
        words = (line.text for line in self._untold if line.window == window)
        text = next((text for text in words if not blocked or blocked.partition("?")[0] in text), None)
        if text is not None:
            self._said.add(text)
            self._untold = [line for line in self._untold if line.text != text]
        self.csp_violations.append(
            evidence.CspViolation(
                at=self._clock(),
                window=window,
                directive=directive,
                blocked=blocked,
                document=document,
                disposition=disposition,
                text=text,
            )
        )

    def _page_error(self, error: WebError) -> None:
        told: Any = error.error
        if len(self.page_errors) < _LIMIT and not self._windows.is_foreign(error.page):
            stack = getattr(told, "stack", None)
            self.page_errors.append(
                evidence.PageError(
                    at=self._clock(),
                    window=self._windows.number_of(error.page),
                    message=self._text(str(getattr(told, "message", told))),
                    stack=self._text(stack) if stack else None,
                )
            )

    def _service_worker(self, worker: Worker) -> None:
        self.service_workers.append(traffic.ServiceWorker(at=self._clock(), url=worker.url))

    def _download(self, download: Download) -> None:
        window, at = self._windows.number_of(download.page), self._clock()
        name = self._text(download.suggested_filename)
        if len(self.downloads) < _LIMIT:
            self.downloads.append(traffic.Download(at=at, window=window, url=download.url, suggested_name=name))
        self._background.start(download.cancel())

    def _web_socket(self, socket: WebSocket, window: int) -> None:
        place, at = len(self.web_sockets), self._clock()
        if place >= _LIMIT:
            return
        self.web_sockets.append(traffic.WebSocket(at=at, window=window, url=socket.url))

        def failed(error: str) -> None:
            record = traffic.WebSocket(at=at, window=window, url=socket.url, error=self._text(str(error)))
            self.web_sockets[place] = record

        socket.on("socketerror", failed)

    def _text(self, text: str) -> str:
        """``text`` cut to size and fit for a file: scripts may hand out half a surrogate pair.

        A listener must not raise: Playwright would throw what it raised at whichever call comes next.
        """
        return cut(text, _TEXT_LIMIT, self._registry.redact).encode("utf-8", "replace").decode()


async def _muted(page: Page) -> None:
    await asyncio.gather(*(frame.evaluate(_MUTE) for frame in page.frames), return_exceptions=True)


def _worded_violation(line: evidence.ConsoleMessage) -> evidence.CspViolation:
    """A violation no event was sent for, such as a frame that its own server forbids, by what the console says."""
    quoted = re.search(r"""["'“](\w+:[^"'”]+)["'”]""", line.text)
    directive = re.search(r"""directive:? ["'“]([\w-]+)""", line.text)
    return evidence.CspViolation(
        at=line.at,
        window=line.window,
        directive=directive[1] if directive else "",
        blocked=quoted[1] if quoted else "",
        document=line.url or "",
        disposition="report" if line.text.startswith("[Report Only]") else "enforce",
        text=line.text,
    )
