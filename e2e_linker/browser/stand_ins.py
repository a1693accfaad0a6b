"""Answers given in a server's stead, and elements left out, to see whether a page heals with that.

The proof that a page is broken by an answer that never came, or by one that always says no: with another answer in its
place, and nothing else changed, the page comes. One that something lies over heals where that is hidden.
"""

from __future__ import annotations

import base64
import contextlib
import json
import re
import zlib
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass
from typing import Any, Literal

from playwright.async_api import Error, Route

from e2e_linker.browser.device import Device
from e2e_linker.model import joined

__all__ = ["EMPTY_FONT", "StandIn", "hide", "keep_one_window", "stand_in"]

_FETCH_MS = 5_000
_MOST_BYTES = 1024 * 1024
_KEPT = frozenset({"set-cookie", "referrer-policy"})
_ANCESTORS = re.compile(r"frame-ancestors[^;,]*;?", re.IGNORECASE)
_NAMED = re.compile(r"([a-z][^#.]*)(?:([#.])(.+))?", re.DOTALL)
_HIDING = """(() => {
  const hide = () => {
    if (hide.from === document) return;
    hide.from = document;
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(SELECTOR + " { display: none !important }");
    document.adoptedStyleSheets.push(sheet);
  };
  hide();
  // Firefox keeps the window of a new frame for its first document, and runs this for the empty one before that only.
  for (const moment of ["DOMContentLoaded", "load"]) addEventListener(moment, hide, true);
})()"""
"""A sheet made by a script: no policy of the page's forbids it."""

_ONE_WINDOW = """(() => {
  const named = (at, name) => {
    try { if (at.name === name) return true } catch { /* of another origin */ }
    for (let n = 0; n < at.length; n++) if (named(at[n], name)) return true;
    return false;
  };
  const opens = (target) => {
    const name = target || "", plain = name.toLowerCase();
    return plain !== "" && !["_self", "_top", "_parent"].includes(plain) && (plain === "_blank" || !named(top, name));
  };
  const base = () => document.querySelector("base[target]")?.getAttribute("target");
  const of = (element) => element.getAttribute("target") ?? base();
  addEventListener("click", (event) => {
    const link = event.composedPath().find((one) => one instanceof Element && one.matches("a[href],area[href]"));
    if (link && opens(of(link))) event.preventDefault();
  }, true);
  addEventListener("submit", (event) => {
    if (opens(event.submitter?.getAttribute("formtarget") ?? of(event.target))) event.preventDefault();
  }, true);
  const open = window.open, submit = HTMLFormElement.prototype.submit;
  window.open = (url, target, ...more) => (opens(target || "_blank") ? null : open(url, target, ...more));
  HTMLFormElement.prototype.submit = function () { if (!opens(of(this))) submit.call(this) };
})()"""
"""As in a web view whose app provides for no second window: what asks for one gets nothing."""

EMPTY_FONT = zlib.decompress(
    base64.b85decode(
        "c-nnYu}T9$5Pf@l2{8r*D-nbxSV<rdL<A#<m^J|e7B=ySF<0cwp(iF*sl~$5M(_h{)A<1ww)R>mHg;!YbH2Sj<dopR&b~KuGxO#a"
        "0ze)kNT^1$Txs3xtuu1Rv)}d{9|bf4Q6MjMd&5J-Cf2lbJI=xK+{YVXm3-A@Ko&)rJRo0ky<i~U<L|HOa=m`rN$PLu3Z66YIhP8A"
        "o~Mo+uahk=ERsKx5B&Z~fR$(rSlhZEY!QkpWXLb9dqytJEuK-q7yhw&qh7-%6qHmEwM&HuEhE+v#=TU`gweyTZAL(E$6Q5`@zIN^"
        "GHaM~w(%6UW~-l=Hru|Q?~c-UVmVkzt<Vaz4iTn0rOncrpKN-b^^5(r47T(J_7t;ua)T|*kQpqA<`Zla7ZaQ%E};ewJ^~D}gATel"
        "MGp>+Q}Ibin&JFAW4^>h`vxfhPlx"
    )
)
"""A TrueType font of one empty glyph, with the tables that browsers ask for (OpenType 1.9, "Required tables")."""

_EMPTY: dict[str, tuple[str, bytes]] = {
    "document": ("text/html; charset=utf-8", b"<!doctype html><title></title>"),
    "script": ("text/javascript", b""),
    "stylesheet": ("text/css", b""),
    "font": ("font/ttf", EMPTY_FONT),
    "xhr": ("application/json", b"{}"),
    "fetch": ("application/json", b"{}"),
}
"""By Playwright's name of what was asked for, the least that is well-formed."""


@dataclass(frozen=True, slots=True)
class StandIn:
    """What to answer requests for ``address`` (a URL without query and fragment) with."""

    address: str
    resource_type: str
    answer: Literal["empty", "agreeing", "framable"]
    """``empty``: the least that is well-formed, without asking the server. ``agreeing``: the server's own answer, with
    every ``false`` in its JSON made ``true``. ``framable``: the server's own answer, which any page may show in a
    frame; of what a redirect leads to, the first address has to be named as well."""


async def stand_in(device: Device, stand_ins: Iterable[StandIn]) -> None:
    """Answer what ``stand_ins`` name in the server's stead, on every page of ``device`` from now on.

    Raises Playwright's Error where the engine lets nobody answer.
    """
    for one in stand_ins:
        address = re.compile(rf"^{re.escape(one.address)}(?:[?#].*)?$")
        own = _framable if one.answer == "framable" else _agreeing
        await device.context.route(address, _empty(one) if one.answer == "empty" else own)


async def hide(device: Device, element: str) -> None:
    """Show nothing of ``element``, named as the digest does (``div#banner``, ``aside.notice``), from the next page on.

    A name that no style sheet can have hides nothing. Raises Playwright's Error where the engine takes no scripts.
    """
    if (named := _NAMED.fullmatch(element)) is not None:
        tag, mark, name = named.groups()
        narrower = f"[{'id=' if mark == '#' else 'class~='}{json.dumps(name, ensure_ascii=False)}]" if mark else ""
        await device.context.add_init_script(_HIDING.replace("SELECTOR", json.dumps(tag + narrower)))


async def keep_one_window(device: Device) -> None:
    """Let no page of ``device`` open another window from now on.

    Raises Playwright's Error where the engine takes no scripts.
    """
    await device.context.add_init_script(_ONE_WINDOW)


def _empty(one: StandIn) -> Callable[[Route], Coroutine[Any, Any, None]]:
    kind, body = _EMPTY.get(one.resource_type, ("text/plain", b""))

    async def answer(route: Route) -> None:
        # The page may ask from another origin, and with cookies.
        allowed = {
            "Access-Control-Allow-Origin": route.request.headers.get("origin", "*"),
            "Access-Control-Allow-Credentials": "true",
        }
        with contextlib.suppress(Error):
            await route.fulfill(status=200, content_type=kind, headers=allowed, body=body)

    return answer


async def _agreeing(route: Route) -> None:
    with contextlib.suppress(Error):
        answer = await route.fetch(timeout=_FETCH_MS, max_redirects=0)
        data = await answer.body()
        try:
            agreed = _with_every_yes(json.loads(data)) if len(data) <= _MOST_BYTES else None
        except (ValueError, RecursionError):
            agreed = None
        if agreed is None:
            await route.fulfill(response=answer)
        else:
            await route.fulfill(response=answer, json=agreed)


async def _framable(route: Route) -> None:
    with contextlib.suppress(Error):
        answer = await route.fetch(timeout=_FETCH_MS, max_redirects=0)
        headers = {name: value for name, value in answer.headers.items() if name != "x-frame-options"}
        if policy := _ANCESTORS.sub("", headers.pop("content-security-policy", "")).strip(" ;,"):
            headers["content-security-policy"] = policy
        target = headers.pop("location", "")
        if target and 300 <= answer.status < 400:
            # Engines follow a redirect past every route: as a navigation of its own it is met again.
            there = json.dumps(joined(route.request.url, target)).replace("<", "\\u003c")
            kept = {name: value for name, value in headers.items() if name in _KEPT}
            page = f"<!doctype html><script>location.replace({there})</script>"
            await route.fulfill(status=200, content_type="text/html", headers=kept, body=page)
        else:
            await route.fulfill(response=answer, headers=headers)


def _with_every_yes(told: Any) -> Any:
    if isinstance(told, dict):
        return {name: _with_every_yes(value) for name, value in told.items()}
    if isinstance(told, list):
        return [_with_every_yes(value) for value in told]
    return True if told is False else told
