"""The digest of a page, in real browsers: what it finds, what it keeps to itself, what cannot stop it."""

# ruff: noqa: E501 - markup reads better unbroken

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from playwright.async_api import Browser, Page, async_playwright

from e2e_linker.browser.in_clear import InClear
from e2e_linker.browser.pages.digest import Looker, digest
from e2e_linker.errors import InternalError
from e2e_linker.evidence.page import Control, DomDigest
from e2e_linker.evidence.parts import Failed, Present
from e2e_linker.evidence.redact import SecretRegistry

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


@pytest.fixture
def taken(page: Page) -> Callable[[str], Any]:
    """The digest of a body of markup."""

    async def take(body: str, head: str = "") -> DomDigest:
        await page.set_content(
            f"<!doctype html><html lang=de><head><title>T</title>{head}</head><body>{body}</body></html>"
        )
        part = await digest(page)
        assert isinstance(part, Present)
        return part.value

    return take


def control(found: DomDigest, name: str) -> Control:
    return next(c for c in found.controls if name in (c.name, c.label))


async def test_the_document_is_described(taken: Callable[..., Any]) -> None:
    found = await taken(
        "<h1>Anmelden</h1><div role=alert>Falsches Passwort</div><p>Ein <b>fetter</b> Satz</p><p style='display:none'>nie</p>",
        "<meta name=viewport content='width=device-width'>",
    )
    assert (found.title, found.lang, found.ready_state) == ("T", "de", "complete")
    assert found.viewport_meta == "width=device-width"
    assert found.headings == ("Anmelden",)
    assert found.alerts == ("Falsches Passwort",)
    assert "Ein fetter Satz" in found.text.replace("\n", " ")
    assert "nie" not in found.text
    assert found.client_height == 600
    assert 0 < found.visible_elements <= found.elements


@pytest.mark.parametrize(
    ("head", "scheme"),
    [
        ("", "http"),
        ("<meta http-equiv=Content-Security-Policy content='img-src *; Upgrade-Insecure-Requests'>", "https"),
        ("<meta name=description content=upgrade-insecure-requests>", "http"),
    ],
)
async def test_a_form_is_named_with_the_address_that_it_is_sent_to(page: Page, head: str, scheme: str) -> None:
    form = "<form id=login action='http://id.example.test/login?to=http://x.test'><input type=password name=p></form>"
    await page.set_content(f"<!doctype html><title>T</title>{head}{form}")
    view = await Looker().look(page)
    assert view is not None
    assert view.main.forms == (f"login {scheme}://id.example.test/login?to=http://x.test",)
    assert (InClear().ending(view, view.controls[0]) is None) == (scheme == "https")


async def test_a_form_is_named_with_the_address_of_its_button_that_goes_without_tls(page: Page) -> None:
    button = (
        "<button form=f formaction='http://id.example.test/in'>Go</button><button formaction=http://x.test>No</button>"
    )
    await page.set_content(f"<!doctype html><title>T</title><form id=f action=/a><input name=p></form>{button}")
    view = await Looker().look(page)
    assert view is not None
    assert view.main.forms == ("f http://id.example.test/in",)


MATERIAL = """<script>
  const define = (name, inner, role) => customElements.define(name, class extends HTMLElement {
    constructor() {
      super().attachShadow({mode: "open"});
      if (role) this.attachInternals().role = role;
    }
    connectedCallback() {
      if (role) this.tabIndex = 0;
      this.shadowRoot.innerHTML = inner.replace("STATE", this.hasAttribute("checked") ? "checked" : "");
    }
  });
  define("md-radio", "<div class='STATE' style='width:20px;height:20px;background:red'></div>", "radio");
  define("md-checkbox", "<input type=checkbox>");
</script>"""


async def test_the_options_and_boxes_of_components_are_seen_by_their_labels(page: Page) -> None:
    boxes = (
        "<md-radio id=a name=home style='display:block'></md-radio><label for=a>Home A</label>"
        "<label>Home B <md-radio name=home checked style='display:block'></md-radio></label>"
        "<label for=c>The terms</label><md-checkbox id=c></md-checkbox><p>Lamps</p>"
    )
    await page.set_content(f"<!doctype html><title>T</title>{MATERIAL}<form>{boxes}</form>")
    view = await Looker().look(page)
    assert view is not None
    seen = [(c.kind, c.type, c.label, c.checked, c.usable) for c in view.controls]
    assert seen == [
        ("checkbox", "radio", "Home A", False, True),
        ("checkbox", "radio", "Home B", True, True),
        ("checkbox", "checkbox", "The terms", False, True),
    ]


LINES = [
    ("<p>Not active.</p><div><label>Name:</label><input></div>", "Not active.\nName:"),
    ("<div><label>Name:</label><input><label>Word:</label><input></div>", "Name:\nWord:"),
    ("<form><span>Not active.</span><br><label>Name:</label></form>", "Not active.\nName:"),
    ("<form><span style='display:block'>Not active.</span><label>Name:</label></form>", "Not active.\nName:"),
    ("<form style='display:flex;flex-flow:column'><b>Off.</b><label>Name:</label></form>", "Off.\nName:"),
    ("<table><tr><td><label>Name:</label><td><label>Word:</label></table>", "Name:\nWord:"),
    ("<ul><li><span>One</span><li><span>Two</span></ul>", "One\nTwo"),
    ("<p><slot><span>One</span></slot></p><x-y style='display:block'><span>Two</span></x-y>", "One\nTwo"),
    ("<p>Ein <b>fetter</b> <i>kurzer</i></p>", "Ein fetter kurzer"),
    ("<p>Ein <span><b>fetter</b><br><i>kurzer</i></span></p>", "Ein fetter kurzer"),
    ("<p>Ein <x-y><b>fetter</b></x-y></p>", "Ein fetter"),
    ("<p style='display:flex'><span>No account?</span><a href=/x>Join</a></p>", "No account? Join"),
    ("<p><span style='float:left'>No account?</span><a href=/x>Join</a></p>", "No account? Join"),
    ("<div><span>I</span><input type=checkbox><label>agree</label><input hidden><b>now</b></div>", "I agree now"),
]


@pytest.mark.parametrize(("markup", "text"), LINES)
async def test_a_line_ends_where_the_page_ends_it(taken: Callable[..., Any], markup: str, text: str) -> None:
    assert (await taken(markup)).text == text


async def test_a_line_ends_between_shadow_trees(taken: Callable[..., Any]) -> None:
    part = await taken(
        "<div id=a></div><div id=b></div><script>"
        "for (const el of [a, b]) el.attachShadow({mode: 'open'}).innerHTML = '<b>One</b><br><b>Two</b>'</script>"
    )
    assert part.text == "One\nTwo\nOne\nTwo"


NAMES = [
    ("<label for=a>By label</label><input id=a>", "By label"),
    ("<label>Around <input></label>", "Around"),
    ("<input aria-label='By aria'>", "By aria"),
    ("<b id=x>By</b><b id=y>ids</b><input aria-labelledby='x y'>", "By ids"),
    ("<input placeholder='By placeholder'>", "By placeholder"),
    ("<input title='By title'>", "By title"),
    ("<input type=submit value='By value'>", "By value"),
    ("<button><span>By</span> <i>text</i></button>", "By text"),
    ("<button><img alt='By picture' src=''></button>", "By picture"),
    ("<a href=/x>By link text</a>", "By link text"),
    ("<div role=button>By role</div>", "By role"),
    ("<div style='cursor:pointer'>By pointer</div>", "By pointer"),
]


@pytest.mark.parametrize(("markup", "name"), NAMES)
async def test_controls_have_their_accessible_names(taken: Callable[..., Any], markup: str, name: str) -> None:
    found = await taken(markup)
    assert [c.label for c in found.controls] == [name]


HIDDEN = [
    "display:none",
    "visibility:hidden",
    "opacity:0",
    "width:0;height:0;border:0;padding:0",
    "position:absolute;left:-9999px",
]


@pytest.mark.parametrize("style", HIDDEN)
@pytest.mark.parametrize("where", ["itself", "ancestor"])
async def test_what_cannot_be_seen_is_not_visible(taken: Callable[..., Any], style: str, where: str) -> None:
    if where == "ancestor" and style.startswith("width"):
        style += ";overflow:hidden;font-size:0"
    own = f"<input name=n style='{style}'>"
    found = await taken(
        own
        if where == "itself"
        else f"<div style='{style}'><input name=n style='border:0;padding:0;width:100%;height:100%'></div>"
    )
    assert not control(found, "n").visible


CLEAR = "position:absolute;inset:0;width:200px;height:40px;opacity:0"
TRAPS = {
    "for nobody's fingers": f"<label>E-mail <input name=n tabindex=-1 style='{CLEAR}'></label>",
    "for nobody's ears": f"<label>E-mail <input name=n aria-hidden=true style='{CLEAR}'></label>",
    "for neither, with all around it": f"<b>E-mail</b><div aria-hidden=true style='{CLEAR}'><input name=n></div>",
    "without words in its place": f"<input name=n style='{CLEAR}'>",
    "with words as clear as itself": f"<div style='{CLEAR}'><label>Leave empty <input name=n style='position:absolute;inset:0;width:200px'></label></div>",
    "with words elsewhere": f"<div style='position:relative;height:40px'><input name=n style='{CLEAR}'></div><label>E-mail</label>",
    "too small": "<label>E-mail <input name=n style='position:absolute;inset:0;opacity:0;width:4px;height:4px'></label>",
    "under something else": f"<label>E-mail <input name=n style='{CLEAR}'></label><div id=over style='position:absolute;inset:0'></div>",
    "beside the page": f"<div style='position:absolute;left:-500px'><label>E-mail <input name=n style='{CLEAR}'></label></div>",
}


@pytest.mark.parametrize("trap", TRAPS)
async def test_a_clear_field_that_no_person_would_find_is_not_visible(taken: Callable[..., Any], trap: str) -> None:
    found = await taken(f"<div style='position:relative;height:44px'>{TRAPS[trap]}</div>")
    assert not control(found, "n").visible


async def test_a_clear_field_under_its_words_is_visible(taken: Callable[..., Any]) -> None:
    found = await taken(
        f"<div style='position:relative;height:44px'><label>E-mail <input name=n style='{CLEAR}'></label></div>"
    )
    assert control(found, "n").visible


async def test_a_clear_field_whose_label_is_drawn_a_little_above_it_is_visible(taken: Callable[..., Any]) -> None:
    wrapped = "<label for=i style='position:relative;display:block;height:56px'><b style='position:absolute;top:18px;line-height:18px'>E-mail</b>LEFT</label>"
    field = "<input id=i name=n style='position:absolute;top:29px;left:0;width:200px;height:18px;padding:0;border:0;opacity:0'>"
    assert control(await taken(wrapped.replace("LEFT", field)), "n").visible
    elsewhere = (
        wrapped.replace("LEFT", "") + f"<div style='position:relative;top:-56px'>{field.replace('id=i', '')}</div>"
    )
    assert not control(await taken(elsewhere), "n").visible
    apart = wrapped.replace("top:18px", "top:0").replace("LEFT", field)
    assert not control(await taken(apart), "n").visible


PARTS = [
    ("<form>text<footer>BUTTON</footer></form>", None),
    ("<form><header>BUTTON</header></form>", None),
    ("<article>text<footer><form>BUTTON</form></footer></article>", None),
    ("<main>text<footer>BUTTON</footer></main>", None),
    ("<div role=dialog>text<footer>BUTTON</footer></div>", None),
    ("<div role=complementary aria-modal=true>BUTTON</div>", None),
    ("<header>text<dialog open>BUTTON</dialog></header>", None),
    ("<div role=complementary>BUTTON</div>", "complementary"),
    ("<div style='position:fixed;inset:0'><aside>BUTTON</aside></div>", None),
    ("<div style='position:fixed;inset:0 0 auto'><aside>BUTTON</aside></div>", "aside"),
    ("<div style='position:fixed;inset:0'><nav>BUTTON</nav></div>", "nav"),
    ("<nav aria-modal=true>BUTTON</nav>", "nav"),
    ("<main>text</main><footer>BUTTON</footer>", "footer"),
    ("<main><header>BUTTON</header>text</main>", "header"),
    ("<form><header>text</header><main>text</main><footer>BUTTON</footer></form>", "footer"),
    ("<section><nav>text</nav><footer>BUTTON</footer></section>", "footer"),
    ("<main>text<footer><input type=email>BUTTON</footer></main>", "footer"),
    ("<form>text<footer role=contentinfo>BUTTON</footer></form>", "contentinfo"),
]


@pytest.mark.parametrize(("markup", "region"), PARTS)
async def test_the_foot_of_a_part_is_not_that_of_the_page(
    taken: Callable[..., Any], page: Page, markup: str, region: str | None
) -> None:
    await taken(markup.replace("BUTTON", "<button>Allow</button>"))
    view = await Looker().look(page)
    assert view is not None
    assert [c.region for c in view.controls if c.label == "Allow"] == [region]


SHADOWS = [
    ("<button><slot></slot></button>", "Slotted", "Slotted"),
    ("<button><slot>Instead</slot></button>", "", "Instead"),
    ("<button><slot name=a></slot><slot></slot></button>", "<b>Second</b><i slot=a>First</i>", "First Second"),
    ("<button><span style='display:contents'>Without a box</span></button>", "", "Without a box"),
    ("<button><slot></slot></button>", "<style>b{color:red}</style><b hidden>No</b><b>Shown</b>", "Shown"),
    ("<label for=i><slot></slot></label><input id=i>", "Labelled", "Labelled"),
]


@pytest.mark.parametrize(("shadow", "light", "name"), SHADOWS)
async def test_what_is_put_into_a_slot_is_read_where_it_is_drawn(
    taken: Callable[..., Any], page: Page, shadow: str, light: str, name: str
) -> None:
    found = await taken(f"<x-a><template shadowrootmode=open>{shadow}</template>{light}</x-a>")
    assert [c.label for c in found.controls] == [name]


async def test_what_is_put_into_a_slot_does_not_cover_what_the_slot_is_in(taken: Callable[..., Any]) -> None:
    inner = "<div style='cursor:pointer;width:40px;height:40px'><slot></slot></div>"
    found = await taken(
        f"<x-a><template shadowrootmode=open>{inner}</template><p style='margin:0;height:40px'>Go</p></x-a>"
    )
    assert [(c.type, c.covered_by) for c in found.controls] == [("generic", None)]


async def test_what_a_shadow_tree_fades_is_faded_in_its_slot_too(taken: Callable[..., Any]) -> None:
    inner = "<div style='filter:opacity(0)'><slot></slot></div>"
    found = await taken(f"<x-a><template shadowrootmode=open>{inner}</template><input name=n></x-a>")
    assert not control(found, "n").visible


COMPONENTS = [
    ("<x-button tabindex=0>Go</x-button>", ["Go"]),
    ("<x-chip tabindex=0 style='cursor:pointer'>Go</x-chip>", ["Go"]),
    ("<x-chip tabindex=0>Go</x-chip>", []),
    ("<x-button>Go</x-button>", []),
    ("<x-button tabindex=0></x-button>", []),
    ("<x-button tabindex=0><button>Go</button></x-button>", ["Go"]),
    (
        "<x-button tabindex=0><template shadowrootmode=open><button><slot></slot></button></template>Go</x-button>",
        ["Go"],
    ),
    ("<x-button-list tabindex=0><a href=/x>Go</a></x-button-list>", ["Go"]),
    ("<x-button style='background:#0076ff'>Go</x-button>", ["Go"]),
    ("<x-button style='background:#eee'>Go</x-button>", []),
    ("<x-chip style='background:#0076ff'>Go</x-chip>", []),
    ("<x-button style='background:#0076ff'>Go<button hidden></button></x-button>", ["Go", None]),
    ("<x-button style='background:#0076ff'>Or <button>Go</button></x-button>", ["Go"]),
]


@pytest.mark.parametrize(("markup", "names"), COMPONENTS)
async def test_a_component_is_a_button_where_nothing_in_it_is(
    taken: Callable[..., Any], markup: str, names: list[str | None]
) -> None:
    assert [c.label for c in (await taken(markup)).controls] == names


async def test_a_box_hidden_behind_its_label_can_be_used(taken: Callable[..., Any]) -> None:
    found = await taken("<input type=checkbox name=n id=n style='opacity:0'><label for=n>I agree</label>")
    assert control(found, "n").visible
    assert control(found, "n").kind == "checkbox"


SWITCH = "<div style='display:inline-flex;width:40px;height:20px;STYLE'><input type=checkbox role=switch name=n style='opacity:0;width:0;height:0' ATTRS><i style='display:block;width:40px;height:20px;background:gray'></i>MORE</div>"


@pytest.mark.parametrize(
    ("style", "attrs", "more", "usable"),
    [
        ("cursor:pointer", "", "", True),
        ("cursor:pointer;width:300px", "", "<b>I agree to the terms</b>", True),
        ("", "", "", False),
        ("cursor:pointer", "hidden", "", False),
        ("cursor:pointer", "tabindex=-1", "", False),
        ("cursor:pointer;opacity:0", "", "", False),
        ("cursor:pointer", "", "<button>x</button>", False),
    ],
)
async def test_a_box_without_a_label_that_its_surroundings_draw_can_be_used(
    taken: Callable[..., Any], page: Page, style: str, attrs: str, more: str, usable: bool
) -> None:
    await taken(SWITCH.replace("STYLE", style).replace("ATTRS", attrs).replace("MORE", more))
    view = await Looker().look(page)
    assert view is not None
    assert [c.usable for c in view.controls if c.kind == "checkbox"] == [usable]


@pytest.mark.parametrize(
    ("attributes", "told"),
    [
        ("role=alert", True),
        ("role=alert class='MuiAlert-root MuiAlert-colorError'", True),
        ("role=alert class='MuiAlert-root MuiAlert-colorSuccess'", False),
        ("role=alert class=chakra-alert data-status=success", False),
        ("class='alert alert-success'", False),
        ("class='alert alert-danger'", True),
        ("class='alert success error'", True),
        ("role=alert class=unsuccessful", True),
    ],
)
async def test_an_alert_that_all_went_well_is_no_complaint(
    taken: Callable[..., Any], page: Page, attributes: str, told: bool
) -> None:
    await taken(f"<div {attributes}>Signed in</div><b class=error>*</b>")
    view = await Looker().look(page)
    assert view is not None
    assert view.complaints == (("Signed in",) if told else ())


async def test_covers_rects_and_fonts_are_measured(taken: Callable[..., Any]) -> None:
    found = await taken(
        "<button name=under style='position:absolute;left:40px;top:50px;width:120px;height:44px;font-size:18px'>U</button>"
        "<div id=veil style='position:absolute;left:0;top:0;width:300px;height:200px'></div>"
        "<button name=free style='position:absolute;left:40px;top:300px' disabled>F</button>"
    )
    under, free = control(found, "under"), control(found, "free")
    assert (under.covered_by, free.covered_by) == ("div#veil", None)
    assert (under.rect.x, under.rect.y, under.rect.width, under.rect.height) == (40, 50, 120, 44)
    assert under.font_px == 18
    assert (under.enabled, free.enabled) == (True, False)


async def test_the_label_around_a_field_is_where_a_finger_reaches_it(taken: Callable[..., Any], page: Page) -> None:
    inner = "<body style=margin:0><label style=display:block;width:200px;height:50px><input name=framed></label>"
    found = await taken(
        "<label style='position:absolute;left:30px;top:60px;width:336px;height:56px'>User"
        "<input name=u style='height:20px'><button type=button>Show</button></label>"
        "<label for=p>Password</label><input name=p id=p><label style=display:contents>Code<input name=c></label>"
        "<div style='width:300px;height:60px'><input name=d></div>"
        "<p><label>Name<br><input name=e></label></p><p><label>Town<input name=f style='display:block'></label></p>"
        f"<iframe style='position:absolute;left:10px;top:200px;border:0' srcdoc='{inner}'></iframe>"
    )
    around = control(found, "u")
    assert (around.tap.x, around.tap.y, around.tap.width, around.tap.height) == (30, 60, 336, 56)
    assert around.rect.height < 40
    await page.mouse.click(350, 110)
    assert await page.evaluate("document.activeElement.name") == "u"
    assert [control(found, name).tap for name in "pcdef"] == [None] * 5
    assert next(c for c in found.controls if c.label == "Show").tap is None
    framed = control(found, "framed").tap
    assert (framed.x, framed.y, framed.width, framed.height) == (10, 200, 200, 50)


async def test_rects_are_in_page_coordinates_also_when_scrolled(taken: Callable[..., Any], page: Page) -> None:
    await taken("<div style='height:2000px'></div><input name=low>")
    await page.evaluate("scrollTo(0, 9999)")
    part = await digest(page)
    assert isinstance(part, Present)
    assert control(part.value, "low").rect.y > 1900


async def test_what_was_typed_is_never_told(taken: Callable[..., Any], page: Page) -> None:
    await taken(
        "<input name=a value=geheim1><input type=password name=b value=geheim2><textarea name=c>geheim3</textarea>"
        "<div contenteditable=true>geheim4</div><div role=textbox>geheim5</div>"
    )
    await page.fill("[name=a]", "geheim6")
    part = await digest(page)
    assert isinstance(part, Present)
    assert "geheim" not in part.value.model_dump_json()


async def test_shadow_roots_and_frames_are_read(taken: Callable[..., Any], page: Page) -> None:
    found = await taken(
        "<div id=h></div><script>h.attachShadow({mode:'open'}).innerHTML='<p>schattig</p><input name=shaded>'</script>"
        "<div style='height:100px'></div><iframe style='border:0;display:block' srcdoc=\"<p>innen</p><input name=inner>\"></iframe>"
        "<iframe src=\"data:text/html,<input name=foreign>\"></iframe><iframe hidden srcdoc='<input name=unseen>'></iframe>"
    )
    assert "schattig" in found.text
    assert "innen" in found.text
    assert control(found, "shaded").frame == 0
    inner, foreign = control(found, "inner"), control(found, "foreign")
    assert {inner.frame, foreign.frame} == {1, 2}
    box = await page.frames[1].locator("input").bounding_box()
    assert box is not None
    assert (round(inner.rect.x), round(inner.rect.y)) == (round(box["x"]), round(box["y"]))
    assert len(found.frames) == 3
    assert "unseen" not in [c.name for c in found.controls]


async def test_a_hostile_page_cannot_break_or_see_it(own_page: Page) -> None:
    body = (
        "<form id=f><input name=id><input name=action><input name=children><input name=getAttribute><input name=parentNode>"
        "<input name=isConnected><input name=localName><button>Go</button></form>"
        "<img name=createTreeWalker><img name=querySelectorAll><img name=documentElement><img name=body>"
    )
    head = (
        "<meta http-equiv=Content-Security-Policy content=\"script-src 'unsafe-inline'\"><script>"
        "const bad=()=>{document.title='noticed';throw Error('no')};"
        "for (const n of ['getComputedStyle','JSON','MutationObserver']) window[n]=bad;"
        "for (const n of ['querySelectorAll','createTreeWalker','createElement']) Document.prototype[n]=bad;"
        "for (const n of ['getBoundingClientRect','getAttribute','matches','checkVisibility','closest']) Element.prototype[n]=bad;"
        "for (const n of ['map','filter','forEach','push','slice']) Array.prototype[n]=bad;"
        "Array.prototype.toJSON=bad;Object.prototype.toJSON=bad</script>"
    )
    # A navigation, as on the way of a link: over BiDi, Playwright itself may write a page's markup from inside the page.
    await own_page.goto("data:text/html;charset=utf-8," + quote(f"<!doctype html><title>T</title>{head}{body}"))
    part: Any = await digest(own_page)
    found = part.value
    assert len(found.controls) == 8
    assert control(found, "Go").visible
    assert found.title == "T"


async def test_it_is_bounded_and_says_so(taken: Callable[..., Any]) -> None:
    found = await taken("<p>words and words</p>" * 25_000 + "<input name=last>")
    assert len(found.text) <= 4000
    assert "stopped after" in found.text
    assert found.elements > 25_000
    many = await taken("<a href=#>l</a>" * 400 + "<input name=last>")
    assert len(many.controls) == 200
    assert control(many, "last").visible


async def test_a_page_that_does_not_answer_is_a_failure_in_time(own_page: Page) -> None:
    await own_page.set_content(
        "<p>x</p><script>setTimeout(()=>{const t=Date.now();while(Date.now()-t<3000);},50)</script>"
    )
    await own_page.wait_for_timeout(0)
    deadline = time.monotonic() + 2
    part: Any = await digest(own_page, time_box_s=0.3)
    while isinstance(part, Present) and time.monotonic() < deadline:
        part = await digest(own_page, time_box_s=0.3)
    assert part == Failed(error="the page did not answer within 0.3 s")


async def test_an_unchanged_page_is_not_described_again(taken: Callable[..., Any], page: Page) -> None:
    await taken("<label>Mail <input></label><p>text</p>")
    looker = Looker()
    views = [await looker.look(page), await looker.look(page), await looker.look(page, afresh=True)]
    first, second, again = (view.main.text for view in views if view is not None)
    # The very same object: nothing came over the wire.
    assert second is first
    assert again == first
    assert again is not first


async def test_the_looker_notices_changes_and_reaches_controls(page: Page) -> None:
    await page.set_content("<button onclick=\"document.body.append(' done')\">Press</button>")
    looker = Looker()
    first = await looker.look(page)
    assert first is not None
    await looker.locate(first.controls[0]).click()
    second = await looker.look(page)
    assert second is not None
    assert "done" in second.main.text
    assert second.documents == first.documents
    assert second.controls[0].key == first.controls[0].key
    await page.set_content("<p>other</p>")
    await page.goto("data:text/html,<p>else</p>")
    third = await looker.look(page)
    assert third is not None
    assert third.documents != first.documents


async def test_without_the_engine_it_says_what_is_missing() -> None:
    path = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    if path is None:
        pytest.skip("no chromium on this machine")
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=path)
        with pytest.raises(InternalError, match="install_digest"):
            await digest(await launched.new_page())
        await launched.close()


async def test_a_closed_page_is_a_failure(browser: Browser) -> None:
    page = await browser.new_page()
    await page.close()
    assert isinstance(await asyncio.wait_for(digest(page), 5), Failed)


SECRET = "Kv9 correct-horse 7b2e"
WORDS = "words " * 31


@pytest.mark.parametrize(
    ("markup", "before"),
    [
        ("<p>{}</p>", "words " * 665),
        ("<button>{}</button>", WORDS),
        ("<button aria-label='{}'></button>", WORDS),
        ("<input placeholder='{}'>", WORDS),
        ("<input id=i><label for=i>{}</label>", WORDS),
        ("<input type=button value='{}'>", WORDS),
        ("<script>document.title = '{}'</script>", "words " * 48),
    ],
    ids=["text", "button", "aria-label", "placeholder", "label", "value", "title"],
)
async def test_of_a_text_that_is_cut_no_part_of_a_secret_stays(page: Page, markup: str, before: str) -> None:
    registry = SecretRegistry()
    registry.register(SECRET, "password")
    for n in range(0, 24, 3):
        await page.set_content(f"<p>{markup.format(before + 'x' * n + ' ' + SECRET + ' tail' * 99)}</p>")
        part: Any = await digest(page, registry.redact)
        kept = registry.redact(part.value.model_dump_json())
        assert "words" in kept
        assert not any(piece in kept for piece in ("Kv9", "correct", "horse", "7b2e")), kept


async def test_what_stands_near_a_field_holds_no_part_of_a_word(page: Page) -> None:
    for n in range(0, 24, 3):
        await page.set_content(
            f"<p>SECRET-secret-SECRET {'x' * n}{' word' * 20}</p><input name=a>"
            f"<input type=checkbox name=b><p>{'word ' * 20}{'x' * n} SECRET-secret-SECRET</p>"
        )
        view: Any = await Looker(5.0).look(page)
        assert all("SECRET" not in seen.near.replace("SECRET-secret-SECRET", "") for seen in view.controls)
        assert all("word" in seen.near for seen in view.controls)


async def test_only_labels_that_are_kept_are_searched_for_secrets(page: Page) -> None:
    asked: list[str] = []
    frame = "<iframe srcdoc='" + f"<button>{'words ' * 60}</button>" * 150 + "'></iframe>"
    await page.set_content(f"<p>x</p>{frame * 4}")
    part: Any = await Looker(5.0).digest(page, lambda text: asked.append(text) or text)
    assert len(part.value.controls) == 200
    assert 0 < sum(text.startswith("words words") and len(text) < 4_000 for text in asked) <= 200
