"""What the last pages of walks say of the redirect URI they were made with."""

from __future__ import annotations

import re

from e2e_linker.audits.walks import of_walk, proves_nothing
from e2e_linker.derive.cut_request import CutRequest
from e2e_linker.derive.further_clients import further_client
from e2e_linker.derive.lost_query import LostQuery
from e2e_linker.derive.own_returns import blames
from e2e_linker.derive.pages import Page, last_page
from e2e_linker.derive.urls import parameters
from e2e_linker.derive.wordings import BLAMED_REDIRECT, ERROR, MISMATCH, first_match
from e2e_linker.evidence.models import DomDigest, Present, Request, Screen, Walk

__all__ = ["blamed", "last_text", "without_redirect_uri", "wrong_url"]

_AROUND = 80
"""Characters of a line that are quoted before and after the words that tell."""
_FIELD = re.compile(r"<input\b[^>]*", re.IGNORECASE)
"""What a form carries on, such as the redirect URI itself: no words of a page."""
_PARTED = re.compile(r"[\n<>]")
"""What ends a line of a text, or of markup."""
_LABELLED = re.compile(r"^[\s:=–—-]+")
"""What stands between a label and what it names."""
_LONGEST = 80
"""Characters of a line that says one thing only."""
_SENTENCES = re.compile(r"[.!] \S|[?？]|://")
"""What shows that a line says more than one thing, or asks for one."""
_WRONG_URL = re.compile(r"(?:error\W+)?(?:unauthori[sz]ed|invalid|unknown|unregistered) ur[il]\W*", re.IGNORECASE)
"""The words of servers that name no parameter (LemonLDAP::NG)."""


def last_text(walk: Walk) -> str:
    """Title and text of the error page that ``walk`` ends on; empty where it ends on none, or that tells nothing.

    A page that lets the user do something is no error page whatever its text says, but for a line that refuses the
    redirect URI and nothing else.
    """
    screens: tuple[Screen, ...] = of_walk(walk, "screens") or ()
    digest = screens[-1].digest if screens and not proves_nothing(walk) else None
    shown: DomDigest | None = digest.value if isinstance(digest, Present) else None
    if shown is None:
        return ""
    if any(control.kind in {"field", "button"} and control.visible for control in shown.controls):
        return next(filter(_refuses, map(str.strip, shown.text.splitlines())), "")
    text = f"{shown.title} {shown.text}"
    return text if first_match(ERROR, text) or first_match(MISMATCH, text) else ""


def wrong_url(text: str) -> str | None:
    """``text`` where it is all that a page says of an address that is not registered; else None."""
    return text if _WRONG_URL.fullmatch(text) else None


def _refuses(line: str) -> bool:
    one = len(line) <= _LONGEST and not _SENTENCES.search(line)
    said = one and BLAMED_REDIRECT.search(line) and MISMATCH.search(line)
    return bool(said) or wrong_url(line) is not None


def without_redirect_uri(walk: Walk) -> int | None:
    """The first request by which ``walk`` asked once more, without the redirect URI; None where it did not."""
    cut: CutRequest | None = of_walk(walk, "cut_request")
    lost: LostQuery | None = of_walk(walk, "lost_query")
    asked = [lost.request] if lost else []
    return min([*asked, *([cut.request] if cut and "redirect_uri" in cut.lost else [])], default=None)


def blamed(walk: Walk) -> str | None:
    """What the last page, or an error answer on the way, says of the redirect URI.

    What is said of a request that came without it, or that another client made, says nothing of the one that Alexa
    sends.
    """
    requests: tuple[Request, ...] = of_walk(walk, "requests") or ()
    if any(r.navigation and (r.status or 0) >= 500 for r in requests):
        return None  # its page may show all that was asked
    cut = without_redirect_uri(walk)
    last: Page | None = last_page(of_walk(walk, "pages") or ())
    said = [(last_text(walk), last.request if last else None)] if cut is None else []
    said += [(_words(r), r.n) for r in requests if r.navigation and (r.status or 0) >= 400 and (not cut or r.n < cut)]
    of_alexa = ((text, n) for text, n in said if further_client(n, requests, walk.authorization) is None)
    lines = (_line(text, blames(text, n, requests, walk.authorization)) for text, n in of_alexa)
    return next(filter(None, lines), None)


def _words(answered: Request) -> str:
    """What an error answer says, in the address to which the server led for it, too."""
    led = parameters(answered.url, nested=False) if answered.redirected_from is not None else ()
    codes = [one.value for one in led if one.name in {"error", "error_description"}]
    return "\n".join((_FIELD.sub("<", answered.excerpt or ""), *codes))


def _line(text: str, found: re.Match[str] | None) -> str | None:
    """The line of ``text`` in which ``found`` stands, or what stands around that where it is long.

    The code of an error says less than the description that servers put behind it; an address repeats what was asked.
    """
    if found is None:
        return None
    lines = (_around(text, each) for each in BLAMED_REDIRECT.finditer(text, found.start()))
    first = next(lines)
    return first if " " in first else next((line for line in lines if " " in line and "://" not in line), first)


def _around(text: str, found: re.Match[str]) -> str:
    near = text[max(0, found.start() - _AROUND - 1) : found.start()], text[found.end() : found.end() + _AROUND + 1]
    before, after = _PARTED.split(near[0])[-1], _PARTED.split(near[1], maxsplit=1)[0]
    begins, ends = ("…" * (len(part) > _AROUND) for part in (before, after))
    line = " ".join(f"{begins}{before[-_AROUND:]}{found[0]}{after[:_AROUND]}{ends}".split())
    return _LABELLED.sub("", line)
