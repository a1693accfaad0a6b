"""The pages a person sees: templates filled in, in their language, under a strict Content-Security-Policy."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from functools import cache
from html import escape
from importlib.resources import files
from string import Template

from starlette.requests import Request
from starlette.responses import HTMLResponse

from e2e_linker.demo.behaviour import Parameters
from e2e_linker.demo.names import FONTS, HOMEPASS, IMAGES, LOGIN, STATIC
from e2e_linker.demo.world import world_of

__all__ = ["CSRF_COOKIE", "Raw", "csrf_of", "language_of", "page", "render", "words"]

CSRF_COOKIE = "bb_csrf"

_POLICY = {
    "default-src": "'none'",
    "script-src": f"https://{STATIC}",
    "style-src": f"https://{STATIC} https://{FONTS}",
    "font-src": f"https://{FONTS}",
    "img-src": f"'self' https://{IMAGES} https://{HOMEPASS}",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}


class Raw(str):
    """Markup that is already escaped."""

    __slots__ = ()


@cache
def _template(name: str) -> Template:
    return Template(files("e2e_linker.demo").joinpath("templates", name).read_text("utf-8"))


@cache
def _all_words() -> dict[str, dict[str, str]]:
    text = files("e2e_linker.demo").joinpath("templates", "texts.json").read_text("utf-8")
    words: dict[str, dict[str, str]] = json.loads(text)
    return words


def words(request: Request) -> Mapping[str, str]:
    """The texts in the language of the request."""
    return _all_words()[language_of(request)]


def language_of(request: Request) -> str:
    """The best of the languages we speak by ``Accept-Language`` (RFC 9110, 12.5.4), English where none fits."""
    forced = world_of(request).behaviour.pages.language
    if forced:
        return forced
    wanted: list[tuple[float, str]] = []
    for entry in request.headers.get("accept-language", "").split(","):
        tag, _, parameters = entry.strip().partition(";")
        name, _, quality = parameters.strip().partition("=")
        try:
            weight = float(quality) if name == "q" else 1.0
        except ValueError:
            continue
        wanted.append((weight, tag.partition("-")[0].lower()))
    known = [(weight, tag) for weight, tag in wanted if weight > 0 and tag in _all_words()]
    return max(known, key=lambda pair: pair[0])[1] if known else "en"


def render(name: str, values: Mapping[str, str]) -> Raw:
    """The template ``name`` with ``values``, escaped unless :class:`Raw`."""
    safe = {key: value if isinstance(value, Raw) else escape(value) for key, value in values.items()}
    return Raw(_template(name).substitute(safe))


def csrf_of(request: Request) -> str:
    """The anti-forgery value of this browser: its cookie, or a new one that :func:`page` sets."""
    known = request.cookies.get(CSRF_COOKIE, "")
    if len(known) < 20:
        known = getattr(request.state, "csrf", "") or secrets.token_urlsafe(18)
    request.state.csrf = known
    return known


def page(
    request: Request,
    title: str,
    body: Raw,
    *,
    status: int = 200,
    scripts: Sequence[str] = (),
    policy: Parameters = (),
    images: Sequence[str] = (),
    extras: Raw = Raw(""),  # noqa: B008 - immutable
    inert: bool = False,
) -> HTMLResponse:
    """A whole page. ``images`` are hosts of further pictures, ``scripts`` files of the static host.

    ``inert``: with nothing to work on it, and so without the site's own script where no other needs that.
    """
    pages = world_of(request).behaviour.pages
    texts = words(request)
    own = () if inert and not pages.shell and not pages.cookie_banner else ("site.js",)
    sources = [f"https://{STATIC}/{name}" for name in (*own, *pages.scripts, *scripts)]
    frames = [f'<iframe class="hidden-frame" title="session" src="{escape(url)}"></iframe>\n' for url in pages.frames]
    pixels = [f'<img class="pixel" src="https://{host}/pixel.svg" alt="">\n' for host in images]
    if pages.shell:
        sources = [*sources, f"https://{STATIC}/app.js"]
    if pages.reloads:
        sources, policy = [*sources, f"https://{LOGIN}/reload.js"], (*policy, ("script-src", f"https://{LOGIN}"))
    banner = pages.cookie_banner and "bb_cookies" not in request.cookies
    markup = render(
        "page.html",
        {
            **texts,
            "lang": language_of(request),
            "title": title,
            "viewport": Raw("" if pages.fixed_layout else _VIEWPORT),
            "layout": "desktop" if pages.fixed_layout else "cut-off" if pages.cut_off else "plain",
            "open": Raw(f'<div id="root"></div>\n<template data-app="{pages.shell}">\n' if pages.shell else ""),
            "close": Raw("</template>\n" if pages.shell else ""),
            "scripts": Raw("".join(f'<script src="{escape(source)}" defer></script>\n' for source in sources)),
            "banner": render("banner.html", texts) if banner else Raw(""),
            "body": body,
            "extras": Raw("".join([*pixels, *frames]) + extras),
        },
    )
    response = HTMLResponse(markup, status, _headers(request, (*pages.policy, *policy), images))
    if request.cookies.get(CSRF_COOKIE) != csrf_of(request):
        response.set_cookie(CSRF_COOKIE, csrf_of(request), secure=True, httponly=True, samesite="lax")
    return response


def _headers(request: Request, policy: Parameters, images: Sequence[str]) -> dict[str, str]:
    return {
        "Cache-Control": "no-store",
        "Content-Security-Policy": _policy(policy, images, world_of(request).behaviour.pages.policy_instead),
        "Content-Language": language_of(request),
        "Referrer-Policy": "same-origin",
        "Vary": "Accept-Language, Cookie",
        "X-Content-Type-Options": "nosniff",
    }


_VIEWPORT = '<meta name="viewport" content="width=device-width, initial-scale=1">\n'


def _policy(further: Parameters, images: Sequence[str], instead: Parameters) -> str:
    directives = _POLICY | dict(instead)
    for directive, sources in (*further, *(("img-src", f"https://{host}") for host in images)):
        directives[directive] = f"{directives[directive]} {sources}" if directive in directives else sources
    return "; ".join(f"{directive} {sources}" for directive, sources in directives.items())
