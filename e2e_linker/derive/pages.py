"""The pages of a login: every document that was answered on the way, with what the person saw of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from e2e_linker.derive.base import fact
from e2e_linker.derive.markup import Markup, read_markup
from e2e_linker.derive.urls import same_endpoint, without_parameters
from e2e_linker.evidence.headers import header, media_type
from e2e_linker.evidence.models import Arrival, Control, DomDigest, EndingKind, Present, Request, Screen, Walk, records
from e2e_linker.model import host_of

__all__ = ["STOPPED", "Page", "View", "last_page", "pages", "policies_of"]

STOPPED: frozenset[EndingKind] = frozenset({"dead_end", "login_not_found", "timeout"})
"""Endings after which the last page is the server's doing; the others are the tester's or the network's."""

_BODILESS = frozenset({204, 205})
"""Statuses after which the browser keeps the page it has."""
_HTML = frozenset({"", "text/html", "application/xhtml+xml"})


@dataclass(frozen=True, slots=True)
class View:
    """What was seen of a page at one moment. ``screen`` is the number of the screen, ``at`` its time in the walk."""

    screen: int
    at: float
    digest: DomDigest


@dataclass(frozen=True, slots=True)
class Page:
    """One document and its answer. Without a screen its words come from the beginning of its source."""

    request: int
    at: float
    method: str
    url: str
    window: int | None
    frame: int | None
    main_frame: bool
    status: int
    content_type: str
    """Media type in lower case, without parameters; empty where none was sent."""
    policies: tuple[str, ...]
    """Enforced Content-Security-Policies as sent, headers first."""
    empty: bool
    """Whether the answer had no body at all, as far as is known."""
    cut_short: bool
    """Whether the answer broke off: what came of it is all that is ever shown."""
    markup: Markup
    views: tuple[View, ...]

    @property
    def host(self) -> str:
        """Where it came from."""
        return host_of(self.url)

    @property
    def address(self) -> str:
        """Its URL without query and fragment, for messages and subjects."""
        return without_parameters(self.url)

    @property
    def is_html(self) -> bool:
        """Whether it is a document that a browser lays out, as far as its media type tells."""
        return self.content_type in _HTML

    @property
    def digest(self) -> DomDigest | None:
        """The last that was seen of it, None where there is no screen."""
        return self.views[-1].digest if self.views else None

    @property
    def title(self) -> str:
        """The document's title."""
        return self.digest.title if self.digest else self.markup.title

    @property
    def headings(self) -> tuple[str, ...]:
        """Headings that can be seen."""
        return self.digest.headings if self.digest else self.markup.headings

    @property
    def text(self) -> str:
        """Text that can be seen, or the text of the source."""
        return self.digest.text if self.digest else self.markup.text

    @property
    def texts(self) -> tuple[str, ...]:
        """All that it says: title, headings and text."""
        return (self.digest or self.markup).texts

    @property
    def controls(self) -> tuple[Control, ...]:
        """Visible controls; empty without a screen."""
        return tuple(control for control in self.digest.controls if control.visible) if self.digest else ()

    @property
    def asks_for_password(self) -> bool:
        """Whether it shows a password field."""
        if self.digest is None:
            return self.markup.password_field
        return any(control.kind == "field" and control.type == "password" for control in self.controls)


def last_page(pages: Sequence[Page]) -> Page | None:
    """The last of ``pages`` that is no frame of another one; None where there is none."""
    return next((page for page in reversed(pages) if page.main_frame), None)


@fact
def pages(requests: tuple[Request, ...], arrivals: tuple[Arrival, ...], walk: Walk) -> tuple[Page, ...]:
    """Every document up to the last arrival, frames' and popups' included, in the order they were asked for."""
    end = max((arrival.at for arrival in arrivals), default=None)
    arrived = {arrival.request for arrival in arrivals}
    shown = [r for r in requests if _is_document(r) and r.n not in arrived and (end is None or r.at <= end)]
    lost = [r for r in requests if r.leads and r.failure and not r.called_off]
    screens = records(walk.screens)
    views: dict[int, list[View]] = {}
    for screen in screens:
        digest = screen.digest.value if isinstance(screen.digest, Present) else None
        if digest and (n := _document_of(screen, digest, shown, lost)) is not None:
            views.setdefault(n, []).append(View(screen.n, screen.at, digest))
    return tuple(_page(request, tuple(views.get(request.n, ()))) for request in shown)


def _is_document(request: Request) -> bool:
    status = request.status
    if not request.navigation or status is None or status in _BODILESS:
        return False
    return not 300 <= status < 400 or status == 304


def _document_of(screen: Screen, digest: DomDigest, shown: Sequence[Request], lost: Sequence[Request]) -> int | None:
    """The document a screen shows: of those asked for before it, the last of the same address, else the last.

    None where the address was asked for in vain: what is shown there is the engine's or the proxy's own word for that.
    """
    if not digest.url.startswith(("http://", "https://")):
        return None
    before = [r for r in shown if r.main_frame and r.window == screen.window and r.at <= screen.at]
    same = [r for r in before if same_endpoint(r.url, digest.url)]
    if before and not same and any(r.n > before[-1].n and same_endpoint(r.url, digest.url) for r in lost):
        return None
    return next((r.n for r in reversed(same or before)), None)


def _page(request: Request, views: tuple[View, ...]) -> Page:
    source = read_markup(request.excerpt or "")
    sizes = request.sizes
    return Page(
        request=request.n,
        at=request.at,
        method=request.method,
        url=request.url,
        window=request.window,
        frame=request.frame,
        main_frame=request.main_frame,
        status=request.status or 0,
        content_type=media_type(header(request.response_headers, "content-type")),
        policies=policies_of(request),
        empty=request.excerpt == "" or (sizes is not None and sizes.response_body == 0 and not request.excerpt),
        cut_short=request.cut_short,
        markup=source,
        views=views,
    )


def policies_of(request: Request) -> tuple[str, ...]:
    """The enforced policies of ``request``'s answer, each header value and meta element as it stands."""
    sent = tuple(value for name, value in request.response_headers if name.lower() == "content-security-policy")
    return sent + read_markup(request.excerpt or "").policies
