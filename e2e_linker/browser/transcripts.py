"""One request on its way from the driver's objects into the evidence: what is known of it before it is asked for."""

from __future__ import annotations

from typing import Any

from playwright.async_api import Error, Request, Response

from e2e_linker.browser.devtools import Course, DevTools, Note
from e2e_linker.browser.windows import Windows
from e2e_linker.evidence import traffic
from e2e_linker.evidence.guards import challenge_in
from e2e_linker.evidence.sizes import url_as_sent

__all__ = ["Transcript"]

_UNKNOWN: Course = (-1.0, -1.0)


class Transcript:
    """What is known of a request so far. The driver's request is kept until everything is written down."""

    __slots__ = (
        "_request",
        "at",
        "challenge",
        "ended",
        "failure",
        "frame",
        "guard",
        "headers",
        "main_frame",
        "method",
        "n",
        "navigation",
        "record",
        "redirected_from",
        "resource_type",
        "service_worker",
        "status",
        "unanswered",
        "url",
        "window",
    )

    def __init__(self, *, n: int, at: float, request: Request, redirected_from: Transcript | None) -> None:
        self._request: Request | None = request
        self.n = n
        self.at = at
        self.url = request.url
        self.method = request.method
        self.resource_type = request.resource_type
        self.navigation = request.is_navigation_request()
        self.service_worker = request.service_worker is not None
        self.redirected_from = redirected_from.n if redirected_from else None
        self.window: int | None = None
        self.frame: int | None = None
        # A frame that is not there yet is the main frame of a new window.
        self.main_frame = self.navigation and not self.service_worker
        self.status: int | None = None
        self.unanswered = False  # our own proxy answered in the server's place
        self.challenge = ""
        self.guard: tuple[str, str] | None = None
        self.headers: tuple[tuple[str, str], ...] = ()  # of a document that came with an error
        self.failure: str | None = None
        self.ended = False
        self.record: traffic.Request | None = None

    @property
    def request(self) -> Request:
        """The driver's request; not to be asked for after :meth:`release`."""
        assert self._request is not None
        return self._request

    @property
    def leads(self) -> bool:
        """Whether the window itself goes where this request leads."""
        return self.navigation and self.main_frame

    def answered(self, response: Response) -> None:
        """Note the status, and of a document who asks whom for a proof: the server the customer, or a guard a robot."""
        self.status = response.status
        if not self.leads:
            return
        self.challenge = response.headers.get("www-authenticate", "") if response.status == 401 else ""
        # What was let through may bear a guard's headers, too; AWS WAF challenges with 202.
        held = response.status >= 400 or response.status == 202
        self.guard = challenge_in(response.headers.items()) if held else None
        self.headers = tuple(response.headers.items()) if response.status >= 400 else ()

    def release(self) -> None:
        """Let the driver's request go."""
        self._request = None

    def place(self, windows: Windows) -> None:
        """Note the window and the frame, if they are there yet."""
        if self.frame is not None or self.service_worker:
            return
        try:
            frame = self.request.frame
            page = frame.page
        except Error:
            return
        self.frame = windows.frame_number(frame)
        self.window = windows.number_of(page)
        self.main_frame = frame.parent_frame is None
        if self.leads:
            windows.saw_navigation(page, _asked_first(self.request))

    def sketch(self, devtools: DevTools) -> traffic.Request:
        """The request as far as it is known without asking the driver."""
        note = devtools.take(self.method, self.url, _UNKNOWN)
        headers = tuple(self.request.headers.items()) if self._request else ()
        return self.written(note, headers=headers)

    def written(self, note: Note | None, **known: Any) -> traffic.Request:
        """The evidence of this request, with what is ``known`` beside the fields of the transcript."""
        return traffic.Request(
            n=self.n,
            at=self.at,
            method=self.method,
            url=f"{self.url}#{note.fragment}" if note and note.fragment and "#" not in self.url else self.url,
            url_length=len(url_as_sent(self.url)),
            window=self.window,
            frame=self.frame,
            main_frame=self.main_frame,
            resource_type=self.resource_type,
            navigation=self.navigation,
            redirected_from=self.redirected_from,
            initiator=note.initiator if note else None,
            service_worker=self.service_worker,
            from_cache=note.cached if note else False,
            failure=self.failure,
            **({"status": self.status} | known),
        )


def _asked_first(request: Request) -> str:
    """The address that ``request`` was redirected from at first, or its own."""
    while request.redirected_from is not None:
        request = request.redirected_from
    return request.url
