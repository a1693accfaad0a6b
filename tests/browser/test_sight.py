"""What a person can make out of a page, in real browsers: covered, faint and cut off things are not to be seen."""

# ruff: noqa: E501 - markup reads better unbroken

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page

from e2e_linker.browser.login.endings import not_found
from e2e_linker.browser.login.form import find_form
from e2e_linker.browser.pages.digest import Looker
from e2e_linker.browser.pages.veil import veiled
from e2e_linker.evidence.page import Control, DomDigest, Sight
from e2e_linker.evidence.parts import Present

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

Take = Callable[..., Awaitable[DomDigest]]
FORM = "<label>Name <input name=user></label><input type=password name=pass><button>Sign in</button>"


@pytest.fixture
def taken(page: Page) -> Take:
    async def take(body: str, style: str = "") -> DomDigest:
        await page.set_content(
            f"<!doctype html><html><head><title>T</title><style>{style}</style></head><body>{body}</body></html>"
        )
        part = await Looker(5.0).digest(page)
        assert isinstance(part, Present)
        return part.value

    return take


def sight(digest: DomDigest) -> Sight:
    assert digest.sight is not None
    return digest.sight


def usable(digest: DomDigest) -> list[str]:
    return [control.name or control.label or "" for control in digest.controls if control.visible]


def control(digest: DomDigest, label: str) -> Control:
    return next(one for one in digest.controls if label in {one.label, one.name})


async def test_a_plain_white_form_can_be_seen(taken: Take) -> None:
    digest = await taken(FORM)
    assert usable(digest) == ["user", "pass", "Sign in"]
    assert sight(digest).readable_length >= len("Name")
    assert not any(one.faint or one.out_of_reach for one in digest.controls)


@pytest.mark.parametrize(
    "style",
    [
        "body { opacity: 0 }",
        "html { opacity: .01 }",
        "body { opacity: .1 } div { opacity: .1 }",
        "body { filter: opacity(0) }",
        "body { filter: blur(2px) opacity(0%) }",
        "body { clip-path: inset(50%) }",
        "div { clip-path: inset(0 50% 0 50%) }",
        "div { max-height: 0; overflow: hidden }",
        "body { visibility: hidden }",
        "div { display: none }",
        "div { position: absolute; left: -9999px }",
        "div { transform: translateX(-2000px) }",
        "body { mask-image: linear-gradient(transparent, transparent) }",
        "div { mask: linear-gradient(#000 0 0) 0 0 / 0 100% no-repeat }",
        "div { backface-visibility: hidden; transform: rotateY(180deg) }",
        "body { transform-style: preserve-3d; rotate: x 180deg } div { backface-visibility: hidden }",
        "* { color: #fff !important; background: #fff; border: 0 } ::placeholder { color: #fff }",
        "* { color: transparent !important; background: transparent; border: 1px solid #fffffe }",
        "html { overflow-x: hidden } div { position: absolute; left: 1500px; width: 300px }",
    ],
)
async def test_an_invisible_form_cannot_be_seen(taken: Take, style: str) -> None:
    digest = await taken(f"<div>{FORM}</div>", style)
    assert usable(digest) == []
    if "1500px" not in style:
        assert sight(digest).readable_length == 0


@pytest.mark.parametrize(
    "style",
    [
        "html { opacity: .5 }",
        "body { filter: opacity(.5) }",
        "div { clip-path: inset(10%) }",
        "div { clip-path: inset(5px) }",
        "div { mask-image: linear-gradient(#000, transparent) }",
        "div { mask: linear-gradient(#000 0 0) 0 0 / 100% 100% }",
        "* { backface-visibility: hidden } div { transform: rotate(180deg) scaleX(-1) }",
        "body { transform-style: preserve-3d; transform: rotateY(180deg) } div { backface-visibility: hidden; transform: rotateY(180deg) }",
        "div { max-height: 300px; overflow: hidden }",
        "body::after { content: ''; position: fixed; inset: 0; background: #fff; z-index: -1 }",
        "body::before { content: ''; position: fixed; inset: 0; background: #fff; z-index: 0 } div { position: relative; z-index: 1 }",
        "body::after { content: ''; position: fixed; inset: 0; background: rgba(0, 0, 0, .2) }",
        "body { position: relative } body::before { content: ''; position: absolute; inset: 0 auto auto 0; width: 100%; height: 4px; background: #f80 }",
        "div { position: relative } div::after { content: ''; position: absolute; inset: 0; z-index: 1 }",
    ],
)
async def test_a_form_that_shows_through_can_be_seen(taken: Take, style: str) -> None:
    digest = await taken(f"<div>{FORM}</div>", style)
    assert usable(digest) == ["user", "pass", "Sign in"]
    assert not any(one.covered_by for one in digest.controls)
    assert sight(digest).readable_length > 0


@pytest.mark.parametrize("place", ["body", "html", "div"])
async def test_a_curtain_drawn_by_the_page_itself_covers_the_form(taken: Take, place: str) -> None:
    style = f"{place}::after {{ content: ''; position: fixed; inset: 0; background: #fff }}"
    digest = await taken(f"<div>{FORM}</div>", style)
    assert {one.covered_by for one in digest.controls} == {f"{place}::after"}
    assert sight(digest).readable_length == 0


async def test_a_form_under_a_solid_sheet_is_covered_and_its_text_unreadable(taken: Take) -> None:
    digest = await taken(
        f"<p>Welcome to the lamps</p>{FORM}<div id=sheet></div>",
        "#sheet { position: fixed; inset: 0; background: #fff }",
    )
    assert sight(digest).readable_length == 0
    assert {one.covered_by for one in digest.controls} == {"div#sheet"}


@pytest.mark.parametrize(
    ("sheet", "covered"),
    [
        ("background: #fff; z-index: 9", True),
        ("background: #fff; z-index: 9; pointer-events: none !important", True),
        ("background: #fff; z-index: -1", False),
        ("background: #fff; mix-blend-mode: multiply", False),
        ("background: #fff; bottom: auto; height: 30px", False),
        ("background: linear-gradient(#fff, transparent)", False),
    ],
)
async def test_a_solid_sheet_that_lets_fingers_through_covers_what_is_under_it(
    page: Page, taken: Take, sheet: str, covered: bool
) -> None:
    style = f"#sheet {{ position: fixed; inset: 0; pointer-events: none; {sheet} }}"
    digest = await taken(f"<p>Welcome to the lamps</p>{FORM}<i></i><div id=sheet></div>", style)
    assert {one.covered_by for one in digest.controls} == {"div#sheet" if covered else None}
    assert (sight(digest).readable_length == 0) is covered
    left = await page.evaluate("[getComputedStyle(sheet).pointerEvents, document.adoptedStyleSheets.length]")
    assert left == ["none", 0]


@pytest.mark.parametrize("sheet", ["background: transparent", "background: #fff; pointer-events: none; opacity: .2"])
async def test_text_under_a_clear_sheet_is_read(taken: Take, sheet: str) -> None:
    digest = await taken(
        "<p>Welcome to the lamps</p><div id=sheet></div>", f"#sheet {{ position: fixed; inset: 0; {sheet} }}"
    )
    assert sight(digest).readable_length >= 20


@pytest.mark.parametrize(
    ("body", "style"),
    [
        ("<h1>Welcome to the white lamps</h1>", "body { background: #222 } h1 { color: #fff }"),
        ("<h1>Welcome to the white lamps</h1>", "body { background: linear-gradient(#000, #333) } h1 { color: #fff }"),
        (
            "<img class=back width=400 height=300 src='data:image/svg+xml,<svg xmlns=%22http://www.w3.org/2000/svg%22/>'><h1>Welcome to the white lamps</h1>",
            ".back { position: absolute; top: 0; left: 0 } h1 { color: #fff; position: relative }",
        ),
        (
            "<h1>Welcome to the lamps of light</h1>",
            "h1 { color: transparent; background: linear-gradient(red, blue); -webkit-background-clip: text; background-clip: text }",
        ),
        ("<h1>Welcome to the lamps of light</h1>", "h1 { color: oklch(0.2 0.1 20) }"),
    ],
)
async def test_light_text_on_something_dark_is_read(taken: Take, body: str, style: str) -> None:
    assert sight(await taken(body, style)).readable_length >= 20


@pytest.mark.parametrize(
    ("style", "beyond"),
    [
        ("html { overflow-x: hidden } #wide { width: 1100px; text-align: right }", True),
        ("body { overflow-x: hidden } #wide { width: 1100px; text-align: right }", True),
        ("#frame { width: 300px; overflow: hidden } #wide { width: 1100px; text-align: right }", True),
        ("#frame { height: 0; overflow: hidden }", True),
        ("#wide { width: 1100px; text-align: right }", False),
        ("#frame { width: 100px; overflow: auto } #wide { width: 380px; text-align: right }", False),
        ("html { overflow: hidden } #wide { padding-top: 2000px }", False),
        (
            "#frame { height: 100px; overflow: hidden } #wide { height: 100px; overflow: auto; padding-top: 500px }",
            False,
        ),
        ("#frame { height: 0; overflow: hidden } button { position: fixed; top: 10px; left: 10px }", False),
        ("#frame { height: 0; overflow: hidden } button { position: absolute; top: 10px; left: 10px }", False),
        ("#frame { height: 0; overflow: hidden; position: relative } button { position: absolute; top: 10px }", True),
    ],
)
async def test_a_button_behind_an_edge_is_out_of_reach(taken: Take, style: str, beyond: bool) -> None:
    digest = await taken("<div id=frame><div id=wide><button>Allow</button></div></div>", style)
    found = control(digest, "Allow")
    assert (found.out_of_reach, found.visible) == (beyond, not beyond)


LOW = "#wide { padding-top: 2000px }"


@pytest.mark.parametrize(
    ("style", "held"),
    [
        ("body { height: 100vh; overflow: hidden }", True),
        ("html { overflow: hidden }", True),
        ("body { height: 100vh; overflow: clip }", True),
        ("body { height: 100vh; overflow: hidden } #wide { padding-top: 10px !important }", False),
        ("body { height: 100vh; overflow-x: hidden }", False),
        ("html, body { height: 100% } html { overflow: hidden } body { overflow: auto }", False),
        ("body { overflow: hidden } #frame { height: 100vh; overflow: auto }", False),
        ("body { overflow: hidden } #frame { transform: translateY(0) }", False),
        ("body { overflow: hidden } #frame { will-change: transform }", False),
        ("body { overflow: hidden; position: fixed }", False),
        ("", False),
    ],
)
async def test_a_button_below_a_page_that_does_not_scroll_is_held_there(taken: Take, style: str, held: bool) -> None:
    digest = await taken("<div id=frame><div id=wide><button>Allow</button></div></div>", f"{LOW} {style}")
    found = control(digest, "Allow")
    assert (found.held_below, found.visible, found.out_of_reach) == (held, True, False)


async def test_only_pictures_bigger_than_an_icon_count(taken: Take) -> None:
    assert sight(await taken("<svg width=20 height=20></svg>")).pictures == 0
    assert sight(await taken("<canvas width=300 height=200></canvas>")).pictures == 1


async def test_it_is_told_until_when_a_page_was_empty(page: Page) -> None:
    await page.set_content("<div id=root></div>")
    looker = Looker(5.0)
    for _ in range(3):
        await looker.look(page)
        await asyncio.sleep(0.02)
    await page.evaluate("document.querySelector('#root').innerHTML = '<input><button>Go</button>'")
    part = await looker.digest(page)
    assert isinstance(part, Present)
    seen = sight(part.value)
    assert seen.content_ms is not None
    assert seen.empty_until_ms is not None
    assert 0 < seen.empty_until_ms < seen.content_ms
    assert seen.empty_looks == 3


async def test_a_page_whose_content_is_in_a_frame_is_not_timed(page: Page) -> None:
    await page.set_content("<iframe width=300 height=300 srcdoc='<input><button>Go</button>'></iframe>")
    await page.frames[1].wait_for_selector("button")
    part = await Looker(5.0).digest(page)
    assert isinstance(part, Present)
    assert (sight(part.value).content_ms, sight(part.value).empty_looks) == (None, 0)


@pytest.mark.parametrize(
    ("style", "said"),
    [
        ("body { opacity: 0 }", "with no fields and no buttons"),
        ("form { position: absolute; left: -9999px }", "with no fields and no buttons"),
        (
            "* { color: #fff !important; background: #fff; border: 0 }",
            "in the colour of the background: “Name”, “pass”, “Sign in”",
        ),
        (
            "form { width: 300px; height: 0; overflow: hidden }",
            "out of reach, where the page does not scroll: “Name”, “pass”, “Sign in”",
        ),
    ],
)
async def test_no_login_is_found_where_a_person_finds_none_and_the_ending_says_why(
    page: Page, style: str, said: str
) -> None:
    await page.set_content(f"<!doctype html><style>{style}</style><form action=/login>{FORM}</form>")
    view = await Looker(5.0).look(page)
    assert view is not None
    assert find_form(view) is None
    assert said in not_found(view).message


CLOSED = """<x-login></x-login><script>customElements.define("x-login", class extends HTMLElement {
  connectedCallback() { this.attachShadow({mode: "closed"}).innerHTML = "<h1>Sign in</h1><input>"; } });</script>"""


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (CLOSED, "is drawn by x-login and cannot be read from outside"),
        ("<canvas width=300 height=300></canvas>", "is drawn by a picture or a canvas and cannot be read from outside"),
        ("<p>Welcome</p><canvas width=300 height=300></canvas>", "its text begins “Welcome”"),
        ("<canvas width=20 height=20></canvas>", "it has no visible text"),
        ("<canvas width=300 height=300></canvas><button aria-label=Menu>", "it has no visible text"),
    ],
)
async def test_where_a_page_without_a_text_may_show_one_is_said(page: Page, body: str, said: str) -> None:
    await page.set_content(f"<!doctype html><title>Sign in</title>{body}")
    view = await Looker(5.0).look(page)
    assert view is not None
    ending = not_found(view)
    assert said in ending.message
    assert ("let a function of your own" in (ending.hint or "")) is ("drawn by" in said)


async def test_a_covered_form_is_found_and_what_covers_it_is_said(page: Page) -> None:
    await page.set_content(f"<!doctype html><form>{FORM}</form><div id=veil style='position:fixed;inset:0'></div>")
    view = await Looker(5.0).look(page)
    assert view is not None
    assert find_form(view) is not None
    assert "covered: “Name” by div#veil" in not_found(view).message


async def test_what_is_hidden_for_a_picture_only_is_not_faint(page: Page, taken: Take) -> None:
    bare = "border: 0; background: transparent"
    box = f"<div style='border: 1px solid #000'><input name=user style='{bare}'></div>"
    trap = f"<input name=trap style='{bare}; color: transparent'>"
    await taken(box + trap + f"<input type=submit name=go value=alice style='{bare}'>")
    async with veiled(page, 2.0, ["alice"]):
        part = await Looker(5.0).digest(page)
    assert isinstance(part, Present)
    assert {one.name: one.faint for one in part.value.controls} == {"user": False, "trap": True, "go": False}


@pytest.mark.parametrize(
    ("host", "faint"),
    [("background: #06c", False), ("background: #fff", True), ("display: contents", False)],
)
async def test_a_button_in_a_shadow_tree_stands_out_by_the_ground_of_its_host(
    taken: Take, host: str, *, faint: bool
) -> None:
    bare = "<button style='all:unset;color:#fff'>Log on</button>"
    inner = f"<template shadowrootmode=open>{bare}</template>"
    outer = f"<template shadowrootmode=open><my-inner>{inner}</my-inner></template>"
    markup = f"<div style='background:#036'><my-button style='display:inline-block; {host}'>{outer}</my-button></div>"
    await taken("")
    digest = await taken(f"<div id=at></div><script>at.setHTMLUnsafe({markup!r})</script>")
    assert control(digest, "Log on").faint is faint
