"""There is no picture of a page that shows a secret, however it is written there; of all other pages there is one."""

# ruff: noqa: E501 - markup reads better unbroken

from __future__ import annotations

import asyncio
import threading
import time
from html import escape

import pytest
from playwright.async_api import CDPSession, Page

from e2e_linker.browser.background import Background
from e2e_linker.browser.pages import camera, covering, pictures
from e2e_linker.browser.pages.pictures import Screens
from e2e_linker.browser.pages.shown_secrets import shows_secret
from e2e_linker.browser.pages.veil import covers
from e2e_linker.browser.windows import Windows
from e2e_linker.evidence.page import Picture
from e2e_linker.evidence.parts import Failed, Part, Present
from e2e_linker.evidence.redact import SecretRegistry

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

SECRET, NAME, SHORT = "Kv9a31f-zQ7!wP8c2e", "alice.tester@example.com", "q7!z"
ERROR = "AADSTS50126"
FRONT = "<p style='position:fixed;top:0;background:#fff'>{}</p>"

SHOWN = {
    "a text": "<p>{}</p>",
    "behind much text": "<div style='height:300px;overflow:hidden'>" + "word " * 1800 + "</div>" + FRONT,
    "behind many elements": "<i></i>" * 20_100 + FRONT,
    "a placeholder": "<input placeholder='{}'>",
    "a placeholder of a text area": "<textarea placeholder='{}'></textarea>",
    "an option": "<select><option>{}</select>",
    "a label of an option": "<select><option label='{}'>one</select>",
    "a button": "<input type=button value='{}'>",
    "a submit button": "<input type=SUBMIT value='{}'>",
    "a picture that did not come": "<img alt='{}' width=300 height=30>",
    "a drawing": "<svg width=300 height=40><text x=5 y=20>{}</text></svg>",
    "without a box": "<p><span style='display:contents'>{}</span></p>",
    "a shadow tree": "<div><template shadowrootmode=open><p>{}</p></template></div>",
    "straight in a shadow tree": "<div><template shadowrootmode=open>{}</template></div>",
    "a frame": "<iframe width=300 srcdoc='<p>{}</p>'></iframe>",
    "backwards": "<p><bdo dir=rtl>" + escape(SECRET[::-1]) + "</bdo></p>",
    "bold in part": f"<p>It is {SECRET[:6]}<b>{SECRET[6:]}</b></p>",
    "a mark for each letter": f"<p>{''.join(f'<span>{one}</span>' for one in SECRET)}</p>",
    "a box for each letter": "\n".join(f"<div style='display:inline-block'>{one}</div>" for one in SECRET),
    "broken anywhere": f"<p>{'<wbr>'.join(SECRET)}</p>",
    "hyphenated anywhere": f"<p>{'&shy;'.join(SECRET)}</p>",
    "a low frame": "<iframe width=300 height=18 frameborder=0 srcdoc='<body style=margin:0>{}'></iframe>",
    "edited as a whole": "<p>{}</p><script>document.designMode = 'on'</script>",
    "a short one between words": f"<p>word</p><p>{SHORT}</p><p>word</p>",
}
NOT_SHOWN = {
    "nothing of it": "<h1>Sign in</h1><form><input name=u><input type=password><button>Sign in</button></form>",
    "a script": "<p>Hello</p><script>const token = '{}'</script><style>/* {} */</style><noscript>{}</noscript>",
    "a hidden field": "<p>Hello</p><input type=hidden value='{}'>",
    "what was typed": "<input value='{}'><input type=password value='{}'><textarea>{}</textarea><div contenteditable>{}</div>",
    "what is not drawn": "<p hidden>{}</p><p style='visibility:hidden'>{}</p><p style='opacity:0'>{}</p><details><summary>x</summary>{}</details>",
    "without a box in what is not drawn": "<div hidden><span style='display:contents'>{}</span></div>",
    "attributes": "<a href='/x/{}' title='{}' data-x='{}'>link</a>",
    "a picture that came": "<img alt='{}' src='data:image/gif;base64,R0lGODlhAQABAIAAAP///wAAACH5BAEAAAAALAAAAAABAAEAAAICRAEAOw=='>",
    "a hint behind what was typed": "<input placeholder='{}' value=x>",
    "a frame that is not drawn": "<iframe hidden srcdoc='<p>{}</p>'></iframe><iframe width=1 height=1 srcdoc='<p>{}</p>'></iframe>",
    "a frame that is not seen": "<iframe width=300 style='visibility:hidden' srcdoc='<p>{}</p>'></iframe>",
    "an error code": f"<p>{ERROR}: try again</p>",
    "the user name": f"<p>Hello {NAME}</p><input type=submit value='Go on as {NAME}'>",
    "the user name in marks": "<p>Hello alice.<b>tester</b>@example.com</p>",
    "a short one as a part of words": f"<p>x{SHORT}x</p><p>q7!</p><p>z</p>",
}


async def tools(page: Page) -> CDPSession | None:
    """The DevTools session of ``page``, as a device has it."""
    browser = page.context.browser
    assert browser is not None
    return await page.context.new_cdp_session(page) if browser.browser_type.name == "chromium" else None


async def pictured(page: Page, markup: str, *, frames: int = 0) -> Part[Picture]:
    """The picture of a page of ``markup``, once its ``frames`` are there, in which every brace is the secret."""
    registry = SecretRegistry()
    registry.register(NAME, "username")
    registry.register(SECRET, "password")
    registry.register(SHORT, "code")
    registry.register_fields([("code", ERROR)])
    await page.goto("about:blank")
    body = markup.replace("{}", escape(SECRET))
    await page.evaluate("html => { document.open(); document.write(html); document.close() }", f"<!doctype html>{body}")
    for n in range(frames):  # a busy machine takes longer for them than the picture waits
        await page.frame_locator("iframe").nth(n).locator("#end").wait_for(state="attached")
    screens = Screens(
        clock=lambda: 0.0,
        windows=Windows(lambda: 0.0, Background()),
        registry=registry,
        name="p",
        sink=lambda data, name: name,
        tools=tools,
    )
    await screens.take(page, "here")
    await screens.finish()
    return screens.records()[0].picture


@pytest.mark.parametrize("markup", SHOWN.values(), ids=SHOWN)
async def test_a_page_that_shows_a_secret_is_not_pictured(page: Page, markup: str) -> None:
    assert await pictured(page, markup) == Failed(error="withheld: the page shows a secret")


@pytest.mark.parametrize("markup", NOT_SHOWN.values(), ids=NOT_SHOWN)
async def test_a_page_that_shows_none_is_pictured(page: Page, markup: str) -> None:
    assert isinstance(await pictured(page, markup), Present)


@pytest.mark.parametrize(
    "much",
    [
        "<div style='height:9px;overflow:hidden'>" + "word " * 120_000 + "</div>",
        "<bdo>" * 40 + "word " * 4_000 + "</bdo>" * 40,
    ],
    ids=["text", "the same text again and again"],
)
async def test_a_page_with_too_much_text_is_not_pictured(page: Page, much: str) -> None:
    assert await pictured(page, much) == Failed(
        error="withheld: the page shows too much text to be searched for secrets"
    )


async def test_frames_with_too_much_text_are_not_pictured(page: Page) -> None:
    much = "<iframe srcdoc='" + "word " * 90_000 + "<p id=end>'></iframe>"
    assert isinstance(await pictured(page, much, frames=1), Present)
    found = await pictured(page, much * 5, frames=5)
    assert isinstance(found, Failed)
    assert "too much text" in found.error


@pytest.mark.parametrize("always", [False, True])
async def test_a_frame_that_comes_after_the_search_is_searched_too(
    page: Page, monkeypatch: pytest.MonkeyPatch, always: bool
) -> None:
    searches: list[Page] = []

    async def drawn_texts(page: Page, within_s: float) -> object:
        found = await covering.drawn_texts(page, within_s)
        if always or not searches:
            frames = page.frames
            await page.evaluate(
                "html => { const frame = document.createElement('iframe'); frame.srcdoc = html; document.body.append(frame) }",
                f"<p>{SECRET}<p id=end>",
            )
            await page.frame_locator("iframe").nth(len(frames) - 1).locator("#end").wait_for(state="attached")
        searches.append(page)
        return found if not always else ()

    monkeypatch.setattr(camera, "drawn_texts", drawn_texts)
    found = await pictured(page, "<p>x</p>")
    assert len(searches) == 2
    why = "a frame came too late to be searched for secrets" if always else "the page shows a secret"
    assert found == Failed(error=f"withheld: {why}")


@pytest.mark.parametrize("value", ["AADSTS50126", "oidc.invalid_redirect_uri", "E1001", "ERR-4711"])
async def test_what_answers_call_an_error_code_is_no_secret_to_a_picture(value: str) -> None:
    for kind, counts in (("code", False), ("password", True)):
        registry = SecretRegistry()
        registry.register(value, kind)
        assert shows_secret([["Something went wrong"], [f"Error {value}."]], registry, ()) is counts


async def test_the_search_does_not_hold_up_other_pages(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[threading.Thread] = []

    def search(*_: object) -> bool:
        threads.append(threading.current_thread())
        return False

    monkeypatch.setattr(pictures, "shows_secret", search)
    assert isinstance(await pictured(page, "<p>x</p>"), Present)
    assert threads
    assert threading.main_thread() not in threads


async def test_a_frame_that_never_comes_costs_neither_time_nor_the_picture(page: Page) -> None:
    if not covers(page):
        pytest.skip("frames without a document answer here")
    came: list[asyncio.StreamWriter] = []
    server = await asyncio.start_server(lambda _, writer: came.append(writer), "127.0.0.1", 0)
    begun = time.monotonic()
    found = await pictured(
        page, f"<p>x</p><iframe src='http://127.0.0.1:{server.sockets[0].getsockname()[1]}/'></iframe>"
    )
    assert isinstance(found, Present)
    assert came
    assert time.monotonic() - begun < 25
    server.close()
    for writer in came:
        writer.close()
    await asyncio.gather(*(writer.wait_closed() for writer in came), return_exceptions=True)


async def test_a_page_cannot_keep_its_texts_from_being_read(page: Page) -> None:
    named = "checkVisibility localName parentNode isContentEditable shadowRoot"
    fields = "".join(f"<input name={name}>" for name in named.split())
    broken = f"""<script>
      for (const name of {named.split()}.concat('createTreeWalker', 'querySelectorAll', 'textContent'))
        for (const one of [Node, Element, HTMLElement, Document])
          Object.defineProperty(one.prototype, name, {{get() {{ throw Error('no') }}}});
      JSON.stringify = Array.prototype.push = () => {{ throw Error('no') }}</script>"""
    found = await pictured(page, f"<form>{fields}{SECRET}</form>{broken}")
    # Elsewhere such a page cannot be veiled either.
    if covers(page):
        assert found == Failed(error="withheld: the page shows a secret")
    else:
        assert isinstance(found, Failed)
