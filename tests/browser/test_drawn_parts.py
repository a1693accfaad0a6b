"""What only looks like something else, in real browsers: fields under drawn boxes, closed components, slides."""

# ruff: noqa: E501 - markup reads better unbroken

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page

from e2e_linker.browser.login.form import find_form
from e2e_linker.browser.login.hands import wake
from e2e_linker.browser.pages.digest import Looker
from e2e_linker.evidence.page import Control, DomDigest
from e2e_linker.evidence.parts import Present

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

Take = Callable[..., Awaitable[DomDigest]]


@pytest.fixture
def taken(page: Page) -> Take:
    async def take(body: str, *, after_ms: int = 0) -> DomDigest:
        await page.goto("about:blank")  # components are known to a document by their names, once for all
        await page.set_content(f"<!doctype html><html><head><title>T</title></head><body>{body}</body></html>")
        await asyncio.sleep(after_ms / 1000)
        part = await Looker(5.0).digest(page)
        assert isinstance(part, Present)
        return part.value

    return take


def control(digest: DomDigest, label: str) -> Control:
    return next(one for one in digest.controls if label in {one.label, one.name})


SLOTS = (
    "<h1>Two-step verification</h1><p>Enter the 6-digit code</p><form><div style='position:relative;height:50px'><div style='display:flex'>"
    + "<div style='width:40px;height:46px;border:1px solid'></div>" * 6
    + "</div><input name=c maxlength=6 ATTRS style='position:absolute;inset:0;width:250px;border:0;background:transparent;STYLE'></div><button>Verify</button></form>"
)


@pytest.mark.parametrize("style", ["color:transparent", "opacity:0", "opacity:0;color:transparent"])
async def test_one_field_over_drawn_boxes_takes_the_code(taken: Take, page: Page, style: str) -> None:
    digest = await taken(SLOTS.replace("ATTRS", "autocomplete=one-time-code").replace("STYLE", style))
    found = control(digest, "c")
    assert found.visible
    assert not found.faint
    view = await Looker().look(page)
    form = find_form(view) if view else None
    assert form is not None
    assert (form.kind, [code.name for code in form.codes]) == ("code", ["c"])
    other = control(await taken(SLOTS.replace("ATTRS", "").replace("STYLE", style)), "c")
    assert not other.visible or other.faint


async def test_a_code_field_that_a_finger_cannot_reach_is_not_there(taken: Take) -> None:
    for style in ("opacity:0;clip-path:inset(50%)", "display:none", "opacity:0;left:-900px"):
        digest = await taken(SLOTS.replace("ATTRS", "autocomplete=one-time-code").replace("STYLE", style))
        assert not control(digest, "c").visible, style


COMPONENT = """<x-part id=p>LIGHT</x-part><script>customElements.define('x-part', class extends HTMLElement {
  connectedCallback() { this.attachShadow({mode: 'MODE'}).innerHTML = "<form><input name=user><button>Sign in</button></form>" }
})</script>"""


async def test_a_closed_component_is_told_and_an_open_one_is_looked_into(taken: Take) -> None:
    closed = await taken(COMPONENT.replace("MODE", "closed").replace("LIGHT", ""))
    assert closed.sight is not None
    assert (closed.sight.sealed, closed.controls) == (("x-part#p",), ())
    for other in (
        COMPONENT.replace("MODE", "open").replace("LIGHT", ""),
        COMPONENT.replace("MODE", "closed").replace("LIGHT", "<p>Some words</p>"),
        "<x-part id=p></x-part>",
        COMPONENT.replace("MODE", "closed").replace("LIGHT", "").replace("id=p", "hidden"),
    ):
        digest = await taken(other)
        assert digest.sight is not None
        assert digest.sight.sealed == (), other


async def test_what_lies_over_a_form_in_a_closed_component_has_its_name(taken: Take) -> None:
    digest = await taken(
        "<button>Log in</button><cookie-wall></cookie-wall><script>customElements.define('cookie-wall', class extends HTMLElement {"
        "connectedCallback() { this.attachShadow({mode: 'closed'}).innerHTML = \"<div style='position:fixed;inset:0;background:#000a'><button>OK</button></div>\" }})</script>"
    )
    assert digest.sight is not None
    assert control(digest, "Log in").covered_by in digest.sight.sealed


@pytest.mark.parametrize(
    ("style", "moving"),
    [
        ("transition: transform 30s; transform: translateX(-100%)", True),
        ("transition: translate 30s; translate: -100%", True),
        ("transition: left 30s; left: -100px", True),
        ("transition: opacity 30s; opacity: .5", False),
        ("transform: translateX(-10%)", False),
        ("transition: transform 1ms; transform: translateX(-10%)", False),
        ("animation: wave 2s infinite", False),
        ("animation: wave 30s", True),
    ],
)
async def test_a_slide_is_told_from_what_rests(taken: Take, style: str, *, moving: bool) -> None:
    digest = await taken(
        f"<style>@keyframes wave {{ from {{ transform: none }} to {{ transform: translateX(30px) }} }} .step {{ position: relative; left: 0 }} .gone {{ {style} }}</style>"
        "<div class=step><p><input name=user></p></div><input name=other>"
        "<script>document.body.offsetWidth; document.querySelector('.step').classList.add('gone')</script>",
        after_ms=150,
    )
    assert control(digest, "user").moving is moving
    assert not control(digest, "other").moving


async def test_a_field_is_woken_by_a_key_and_left_only_where_its_form_waits(page: Page) -> None:
    heard = ["keyup", "keydown", "blur"]
    await page.set_content("<input id=u value=x><button>Go</button><output></output>")
    await page.evaluate(
        "heard => heard.forEach((name) => u.addEventListener(name, () => { document.querySelector('output').textContent += name + ' ' }))",
        heard,
    )
    await wake(page.locator("#u"), 3000, leave=False)
    assert (await page.inner_text("output")).split() == ["keydown", "keyup"]
    await wake(page.locator("#u"), 3000, leave=True)
    assert (await page.inner_text("output")).split()[-1] == "blur"
    assert await page.input_value("#u") == "x"
