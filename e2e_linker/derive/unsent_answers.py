"""The end of a login that is through, on a page that does not send the browser back to Alexa."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from e2e_linker.alexa.authorization import AuthorizationRequest
from e2e_linker.derive.base import fact
from e2e_linker.derive.pages import Page, last_page
from e2e_linker.derive.wordings import ERROR, HOME, LEAVING, first_match
from e2e_linker.evidence.models import Arrival, Ending, Request, Walk, records
from e2e_linker.model import Confidence

__all__ = ["UnsentAnswer", "unsent_answer"]

_ESCAPES = (("\\/", "/"), ("\\u0026", "&"), ("&amp;", "&"))
_FRUIT = re.compile(r"[?#&](?:[^\s\"'<>]*&)?(?:code|access_token)=[^\s&]")
"""What follows the redirect URI where it carries an answer."""
_FIELD = re.compile(r"\"(?:code|access_token)\"\s*:\s*\"[^\"]{6,}\"")
"""A code or a token in a JSON document; there, numbers called ``code`` are something else."""
_FOR_AN_OPENER = re.compile(
    r"\bwindow\.opener\b|\bopener\.(?:location|postMessage)\b|\bwindow\.close\(\)|\bself\.close\(\)"
)
_NOT_CLOSED = re.compile(r"scripts may (?:close only|not close)", re.IGNORECASE)
"""What Chromium and Firefox say where a script closes a window that no script opened."""
_SCRIPT = re.compile(r"<script\b[^>]*>(.*?)(?:</script|\Z)", re.IGNORECASE | re.DOTALL)
_ASKS_TO_CLOSE = re.compile(
    r"\bclose (?:this|the) (?:window|tab|page|browser)|(?:fenster|tab|seite)\b[^.]{0,20}\bschlie(?:ß|ss)en"
    r"|fermer cette (?:fen[êe]tre|page)|cerrar esta (?:ventana|pesta[ñn]a)|chiudere questa (?:finestra|scheda)"
    r"|fechar esta (?:janela|aba|p[áa]gina)|ウィンドウを閉じ|画面を閉じ|关闭此(?:窗口|页面)",
    re.IGNORECASE,
)
_SHORT = 600
"""Characters of text up to which a page says one thing only. Threshold."""


@dataclass(frozen=True, slots=True)
class UnsentAnswer:
    """The page that a customer is left on although there is nothing more to do."""

    kind: Literal["shown", "popup"]
    """``shown``: its document is the answer for Alexa as text. ``popup``: it is made for a window that another one has
    opened: it hands over to that one, or closes itself."""
    page: Page
    confidence: Confidence
    console: str | None = None
    """What the browser says where the page wants to close its window."""
    scripted: bool = False
    """Whether a script of it was seen that does so; else its words alone tell."""


@fact
def unsent_answer(
    pages: tuple[Page, ...],
    requests: tuple[Request, ...],
    arrivals: tuple[Arrival, ...],
    authorization: AuthorizationRequest,
    ending: Ending,
    walk: Walk,
) -> UnsentAnswer | None:
    """The last page of ``walk`` where it keeps the answer; None where one arrived, or where the page asks for more."""
    page = last_page(pages)
    if arrivals or ending.kind not in {"dead_end", "timeout"} or page is None or page.status >= 400 or page.window:
        return None
    source = next((r.excerpt or "" for r in requests if r.n == page.request), "")
    if _holds_answer(page, source, authorization):
        return UnsentAnswer("shown", page, Confidence.LIKELY)
    if page.asks_for_password or any(control.kind != "link" for control in page.controls):
        return None
    if first_match(ERROR, page.title, *page.headings):
        return None
    return _for_an_opener(page, source, walk, failing=_lacks_scripts(page, requests))


def _holds_answer(page: Page, source: str, asked: AuthorizationRequest) -> bool:
    """Whether the text of ``page`` is the answer for Alexa: a link or a script of a page is not text."""
    text = page.text if page.is_html else f"{source} {page.text}"
    for escaped, plain in _ESCAPES:
        text = text.replace(escaped, plain)
    sent = any(_FRUIT.match(text, at.end()) for at in re.finditer(re.escape(asked.redirect_uri), text))
    return sent or (asked.state in text and _FIELD.search(text) is not None)


def _for_an_opener(page: Page, source: str, walk: Walk, *, failing: bool) -> UnsentAnswer | None:
    lines = records(walk.console)
    said = next(
        (one.text for one in lines if one.window == 0 and one.at >= page.at and _NOT_CLOSED.search(one.text)), None
    )
    scripted = any(_FOR_AN_OPENER.search(script) for script in _SCRIPT.findall(source))
    asked = _ASKS_TO_CLOSE.search(page.text) is not None
    # What is no more than possible may stand on any page of a service that has forgotten Alexa.
    if not said and (len(page.text) > _SHORT or (not asked and (failing or not scripted or _is_home(page)))):
        return None
    sure = said is not None or (scripted and asked)
    return UnsentAnswer("popup", page, Confidence.LIKELY if sure else Confidence.POSSIBLE, said, scripted)


def _lacks_scripts(page: Page, requests: Sequence[Request]) -> bool:
    """Whether a script of ``page`` did not come: then what the page was to show is not known."""
    scripts = (r for r in requests if r.resource_type == "script" and r.at >= page.at and not r.called_off)
    return any(r.failure is not None or (r.status or 0) >= 400 for r in scripts)


def _is_home(page: Page) -> bool:
    named = (control.label or control.href or "" for control in page.controls)
    return first_match(HOME, page.title, *page.headings) is not None or first_match(LEAVING, *named) is not None
