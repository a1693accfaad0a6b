"""What to do where a server does not know what its proxy knows: the scheme and the host that customers use."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from e2e_linker.audits.form_tokens import token_first, unfit_form
from e2e_linker.audits.walks import of_walk
from e2e_linker.derive.cookie_scopes import goes_to, is_removal, names_sent
from e2e_linker.derive.forged_forms import silently_refused, taken_for_forged
from e2e_linker.derive.pages import Page
from e2e_linker.evidence.models import Request, Walk
from e2e_linker.evidence.traffic import READING
from e2e_linker.model import Origin

__all__ = ["forged_form", "unknown_outside"]

_HANDS_ON: Final = (
    "have the proxy hand on the scheme and the host that customers use (`X-Forwarded-Proto`, and `Host` or "
    "`X-Forwarded-Host`), and the server read them"
)
_OTHERWISE: Final = (
    "Where that is right, look at the form's token: how long it is good, and whether all workers have one secret key."
)


def forged_form(walk: Walk, page: Page) -> str | None:
    """Where to look after ``page`` took the form of a page of its host for a forged one; None for other pages."""
    asked: Sequence[Request] = of_walk(walk, "requests") or ()
    shown: Sequence[Page] = of_walk(walk, "pages") or ()
    form = next((one for one in reversed(shown) if one.main_frame and one.request < page.request), None)
    sent = next((one for one in asked if one.n == page.request), None)
    if form is None or sent is None or form.host != page.host or sent.method in READING:
        return None
    if not taken_for_forged(page, asked):
        return None
    if unfit := unfit_form(page, sent, asked):
        return unfit
    lost = sorted(_given(asked, sent) - names_sent(sent))
    if (field := silently_refused(page, asked)) is not None:
        return _without_a_word(field, lost, sent)
    if not lost and not names_sent(sent):
        return (
            f"No cookie was seen that the form's token could be compared with: see that the page of {form.host} sets "
            f"one. Where it needs none, {_HANDS_ON}."
        )
    if lost:
        return _not_back(lost)
    return token_first(page, _HANDS_ON) or (
        "The cookies of the form's page came back, so look first at what the server holds its own address to be, with "
        f"which it compares where the form came from: {_HANDS_ON} (in Django `SECURE_PROXY_SSL_HEADER` and "
        f"`CSRF_TRUSTED_ORIGINS`). {_OTHERWISE}"
    )


def _not_back(lost: Iterable[str]) -> str:
    names = ", ".join(f"`{name}`" for name in lost)
    return (
        f"What the form's token is compared with may not have come back: the form came without {names}. Look at "
        "their `SameSite`, `Secure`, `Domain` and `Path`."
    )


def _without_a_word(field: str, lost: Sequence[str], sent: Request) -> str:
    """Where to look after an empty answer to the form ``sent``, with a token in ``field``, without cookies ``lost``."""
    look = "No cookie was seen that the token could be compared with: see that the form's page sets one."
    if names_sent(sent):
        look = "Its cookies came back: look at how long the token is good, and whether all workers share their keys."
    return (
        f"The form carries a token, `{field}`, and an empty answer with status 400 is how ASP.NET Core refuses a form "
        f"that it takes for forged; its log tells. {_not_back(lost) if lost else look}"
    )


def _given(asked: Iterable[Request], sent: Request) -> frozenset[str]:
    """The names of the cookies that documents before ``sent`` set for it, and did not take away again."""
    found: set[str] = set()
    for one in asked:
        if one.n < sent.n and one.leads:
            for cookie in one.set_cookies:
                if goes_to(cookie, one.url, sent.url):
                    (found.discard if is_removal(cookie) else found.add)(cookie.name)
    return frozenset(found)


def unknown_outside(origin: Origin, before: Iterable[Origin]) -> str | None:
    """What to do where a server sends the browser to ``origin``, after it was asked at the origins ``before``.

    None where nothing says that it is the server's own address behind its proxy.
    """
    same = any(one.host == origin.host and one.scheme == "https" and one.port == 443 for one in before)
    if origin.scheme == "http" and origin.port == 80 and same:
        return (
            f"{origin.host} does not seem to know that its proxy speaks TLS: {_HANDS_ON} (in Django "
            "`SECURE_PROXY_SSL_HEADER`, in Flask `ProxyFix`). Or an address in its settings says http. Every hop of "
            "the login is to be https, without a port."
        )
    inside = "." not in origin.host
    if origin.port not in {80, 443} and (same or inside):
        return (
            "The address looks like the one that the server has behind its proxy. Where the server's settings hold its "
            f"own address, set the one there that customers use; otherwise {_HANDS_ON}. Every hop of the login is to "
            "be https, without a port."
        )
    return None
