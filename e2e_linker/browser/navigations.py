"""Where a window was led, and where it failed to get."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.async_api import Error, Page, Request

from e2e_linker.evidence.traffic import CALLED_OFF, CUT_SHORT

__all__ = [
    "FLOOD",
    "MOST_REQUESTS",
    "Led",
    "NavigationFailure",
    "Pending",
    "is_called_off",
    "is_cut_short",
    "is_empty_answer",
    "leaves_page",
    "page_of",
    "shows_page",
    "what_failed",
]

MOST_REQUESTS = 5_000
"""Requests of one walk, more than any login makes: a page that goes on asking leaves no time for anything else."""
FLOOD = "requests without end"
"""What is wrong where a page makes so many."""
_ERROR = 400


@dataclass(frozen=True, slots=True)
class NavigationFailure:
    """A window that was sent to ``url`` and got nowhere, in the engine's own words."""

    url: str
    text: str
    page: Page | None
    source: str | None = None
    """The address that redirected there."""
    status: int | None = None
    visits: int = 0
    """How often at least the same document was loaded, where that is what is wrong."""


@dataclass(frozen=True, slots=True)
class Led:
    """Where a window was led last, and what answered there."""

    url: str
    source: str | None
    status: int | None
    challenge: str
    """The ``WWW-Authenticate`` of the answer."""
    guard: tuple[str, str] | None
    """Whose challenge to robots the answer is, and the header that tells; None for any other answer."""
    headers: tuple[tuple[str, str], ...] = ()
    """Those of an answer with an error."""
    failure: str | None = None
    """Why it came to nothing, or broke off, in the engine's words."""

    @property
    def cut_short(self) -> NavigationFailure | None:
        """That its answer broke off; None where it did not, and of an error, whose status says enough."""
        if self.failure is None or not is_cut_short(self.failure) or (self.status or 0) >= _ERROR:
            return None
        return NavigationFailure(self.url, self.failure, None, source=self.source, status=self.status)


@dataclass(frozen=True, slots=True)
class Pending:
    """A document that is still waited for: whether its answer has begun, and how many redirects in a row led to it."""

    url: str
    begun: bool
    redirects: int
    at: float = 0.0
    """When it was asked for, in seconds since the walk began."""


def leaves_page(failure: str) -> bool:
    """Whether a window shows a page although its navigation ended so.

    Another took its place, the page became a download, CSP forbade it, or the answer broke off and shows as far as it
    came.
    """
    return is_called_off(failure) or is_cut_short(failure)


def is_called_off(failure: str) -> bool:
    """Whether a navigation ended because another took its place, the page became a download or CSP forbade it."""
    return any(words in failure for words in (*CALLED_OFF, "csp"))


def is_cut_short(failure: str) -> bool:
    """Whether less came of an answer than it had announced; what did come may be all there is, and browsers show it."""
    return any(words in failure for words in CUT_SHORT)


def shows_page(failure: str) -> bool:
    """Whether the window may show a page although it could not be led there as asked."""
    return is_empty_answer(failure) or is_cut_short(failure) or "interrupted by another navigation" in failure


def is_empty_answer(failure: str) -> bool:
    """Whether ``failure`` is Chrome's word for an error status without a body, for which it shows a page of its own."""
    return "ERR_HTTP_RESPONSE_CODE_FAILURE" in failure


def what_failed(failure: str | None, status: int | None) -> str | None:
    """Why a request failed, in the engine's words; None where it was answered, with an error status and no body."""
    if status is not None and is_empty_answer(failure or ""):
        return None
    return failure or "failed without a reason"


def page_of(request: Request) -> Page | None:
    """The page that sent ``request``, None where none did or it is not told yet."""
    try:
        return request.frame.page
    except Error:
        # A service worker has no frame; the first request of a new window comes before its page does.
        return None
