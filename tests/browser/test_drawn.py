"""A page is acted on, pictured and measured as it is drawn: after its style sheets, and not for ever after them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import pytest
from pydantic import SecretStr, TypeAdapter
from starlette.responses import Response

from e2e_linker.browser.login.driver import Credentials, LoginDriver
from e2e_linker.config.login import Login
from e2e_linker.evidence.models import Screen, Walk

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]
ENGINES = pytest.mark.parametrize("engine", ["chromium", "firefox"])
REDIRECT_URI = "https://pitangui.amazon.com/api/skill/link/M2AAAAAAAAAAAA"
SLOW_S = 0.7
TALL = "input, button { display: block; height: 60px; box-sizing: border-box }"
LINK = "<link rel=stylesheet href=/a.css>"
FORM = (
    "<h1>Sign in</h1><form action=/answer method=post><input name=username autocomplete=username>"
    "<input name=password type=password><button>Sign in</button></form>"
)
STILL_LOADING = "<script src=/slow.js async></script>"
"""Keeps the page from being complete."""


def login(register: Callable[[str, str], object], steps: Any = "auto") -> Any:
    return partial(
        LoginDriver,
        login=TypeAdapter(Login).validate_python(steps),
        credentials=Credentials(username=SecretStr("alice@example.test"), password=SecretStr("correct horse 7")),
        register=register,
        step_timeout_s=5,
    )


@pytest.fixture
def served(site: Any) -> Callable[..., None]:
    """Serve the login page with ``head``, and files as (seconds until the answer, status, text)."""

    def serve(head: str, body: str = FORM, **files: tuple[float, int, str]) -> None:
        def file(kind: str, after_s: float, status: int, text: str) -> Callable[[Any], Awaitable[Response]]:
            async def answer(_: Any) -> Response:
                await asyncio.sleep(after_s)
                return Response(text, status, media_type=f"text/{kind}")

            return answer

        site.page("/authorize", f"<!doctype html><html><head>{head}</head><body>{body}{STILL_LOADING}</body></html>")
        site.on("/slow.js", file("javascript", 2.5, 200, ""))
        for name, (after_s, status, text) in files.items():
            site.on(f"/{name}.css", file("css", after_s, status, text))

        async def answer(_: Any) -> Response:
            state = next(made for made in reversed(asked))
            return Response(status_code=303, headers={"location": f"{REDIRECT_URI}?code=Zx8mWq2LrT5v&state={state}"})

        async def authorize(request: Any) -> Response:
            asked.append(request.query_params["state"])
            return await shown(request)

        asked: list[str] = []
        shown = site.answers["/authorize"]
        site.on("/authorize", authorize)
        site.on("/answer", answer)

    return serve


def first(made: Walk) -> Screen:
    return made.screens.value[0]


def heights(screen: Screen) -> set[float]:
    return {control.rect.height for control in screen.digest.value.controls if control.visible}


SHEETS = {
    "a link": LINK,
    "an import in the page": "<style>@import '/a.css';</style>",
    "an import in a sheet": "<link rel=stylesheet href=/outer.css>",
    "a print sheet that is switched on": "<link rel=stylesheet href=/a.css media=print onload=\"this.media='all'\">",
    "a preload that is switched on": "<link rel=preload as=style href=/a.css onload=\"this.rel='stylesheet'\">",
}


@ENGINES
@pytest.mark.parametrize("head", [pytest.param(head, id=name) for name, head in SHEETS.items()])
async def test_nobody_types_before_the_page_is_drawn(phones, served, engine, head):
    phone = await phones(engine)
    served(head, a=(SLOW_S, 200, TALL), outer=(0, 200, "@import '/a.css';"))
    made = await phone.walk("/authorize", login=login(phone.registry.register))
    assert made.ending.kind == "arrived", made.ending
    assert first(made).digest.value.styled
    assert heights(first(made)) == {60}
    sheet = next(request for request in made.requests.value if request.url.endswith("/a.css"))
    assert made.login.value[0].at > sheet.at + SLOW_S - 0.1


@ENGINES
async def test_a_sheet_in_a_shadow_root_counts_too(phones, served, engine):
    attach = (
        "<div id=host></div><script>document.querySelector('#host').attachShadow({mode: 'open'}).innerHTML ="
        " `<link rel=stylesheet href=/a.css><form action=/answer method=post><input name=username>"
        "<input name=password type=password><button>Sign in</button></form>`</script>"
    )
    phone = await phones(engine)
    served("", attach, a=(SLOW_S, 200, TALL))
    made = await phone.walk("/authorize", login=login(phone.registry.register))
    assert heights(first(made)) == {60}


LATE_WORDS = """<div id=app></div><script>
  app.attachShadow({mode: 'open'}).innerHTML = `<h1></h1><form action=/answer method=post>
    <label><span></span><input name=username></label><label><span></span><input name=password type=password></label>
    <button style="width: 90px; height: 50px"></button></form>`;
  const wordless = app.shadowRoot.querySelectorAll('h1, span, button');
  fetch('/words.json').then(answer => answer.json()).then(words => setTimeout(() =>
    wordless.forEach((el, n) => { el.textContent = words[n]; }), 100));
</script>"""
"""A page whose script draws a form and only then, and a request later, the words on it, as Home Assistant's does."""


@ENGINES
@pytest.mark.parametrize(
    "steps",
    [
        "auto",
        [
            {"fill": "[name=username]", "with": "username"},
            {"fill": "[name=password]", "with": "password"},
            {"click": "button"},
        ],
    ],
    ids=["auto", "steps"],
)
async def test_nobody_types_before_the_page_says_a_word(phones, site, served, engine, steps):
    phone = await phones(engine)
    served("", LATE_WORDS)

    async def words(_: Any) -> Response:
        await asyncio.sleep(0.2)
        return Response('["Welcome home", "User", "Password", "Log in"]', media_type="application/json")

    site.on("/words.json", words)
    made = await phone.walk("/authorize", login=login(phone.registry.register, steps))
    assert made.ending.kind == "arrived", made.ending
    seen = first(made).digest.value
    assert seen.text.startswith("Welcome home")
    assert [control.label for control in seen.controls] == ["User", "Password", "Log in"]


@ENGINES
async def test_words_that_never_come_are_given_up_on(phones, site, served, engine):
    phone = await phones(engine)
    served("", LATE_WORDS)
    site.on("/words.json", lambda _: asyncio.sleep(60))
    made = await phone.walk("/authorize", login=login(phone.registry.register), deadline_s=30)
    assert made.ending.kind == "arrived", made.ending
    seen = first(made).digest.value
    assert (seen.text, {control.kind for control in seen.controls}) == ("", {"field", "button"})
    document = next(request for request in made.requests.value if request.url.startswith("https://login.example.com"))
    assert 1 <= made.login.value[0].at - document.at < 10


IDLE = {
    "none": "",
    "a print sheet": "<link rel=stylesheet media=print href=/a.css>",
    "an alternate sheet": "<link rel='alternate stylesheet' title=dark href=/a.css>",
    "a disabled sheet": "<link rel=stylesheet disabled href=/a.css>",
    "a sheet for wider screens": "<link rel=stylesheet media='(min-width: 4000px)' href=/a.css>",
    "no address": "<link rel=stylesheet href=''>",
    "an icon": "<link rel=icon href=/a.css>",
}


@ENGINES
@pytest.mark.parametrize("head", [pytest.param(head, id=name) for name, head in IDLE.items()])
async def test_what_does_not_style_the_page_is_not_waited_for(phones, served, engine, head):
    phone = await phones(engine)
    served(head, a=(15, 200, TALL))
    made = await phone.walk("/authorize", login=login(phone.registry.register))
    assert first(made).digest.value.styled
    document = next(request for request in made.requests.value if request.url.startswith("https://login.example.com"))
    assert made.login.value[0].at - document.at < 10


@ENGINES
@pytest.mark.parametrize("status", [404, 500])
async def test_a_sheet_that_failed_leaves_the_page_as_it_is(phones, served, engine, status):
    phone = await phones(engine)
    served(LINK, a=(0.1, status, "gone"))
    made = await phone.walk("/authorize", login=login(phone.registry.register))
    assert first(made).digest.value.styled


@ENGINES
async def test_a_sheet_from_a_host_that_is_down_leaves_the_page_as_it_is(phones, served, engine):
    phone = await phones(engine)
    phone.elsewhere["down.example.com"] = "127.0.0.1:1"
    served("<link rel=stylesheet href=https://down.example.com/a.css>")
    made = await phone.walk("/authorize", login=login(phone.registry.register))
    assert made.ending.kind == "arrived", made.ending
    assert first(made).digest.value.styled


@ENGINES
async def test_a_sheet_that_never_comes_is_given_up_on(phones, served, engine):
    """The form is filled in after a second; the engines draw nothing until then, and say so."""
    phone = await phones(engine)
    served(LINK, a=(15, 200, TALL))
    made = await phone.walk("/authorize", login=login(phone.registry.register), deadline_s=30)
    assert not first(made).digest.value.styled
    document = next(request for request in made.requests.value if request.url.startswith("https://login.example.com"))
    assert 1 <= made.login.value[0].at - document.at < 10


@ENGINES
async def test_declared_steps_wait_for_the_drawn_page_too(phones, served, engine):
    phone = await phones(engine)
    served(LINK, a=(SLOW_S, 200, TALL))
    steps = [{"fill": "[name=username]", "with": "username"}, {"fill": "[name=password]", "with": "password"}]
    made = await phone.walk("/authorize", login=login(phone.registry.register, [*steps, {"click": "button"}]))
    assert made.ending.kind == "arrived", made.ending
    assert [screen.digest.value.styled for screen in made.screens.value] == [True] * 3
    assert heights(first(made)) == {60}


@ENGINES
async def test_a_page_that_is_still_loading_has_the_time_of_a_step_once_it_has_loaded(phones, site, served, engine):
    async def script(_: Any) -> Response:
        await asyncio.sleep(2.2)
        return Response(f"setTimeout(() => {{ app.innerHTML = `{FORM}` }}, 1000)", media_type="text/javascript")

    phone = await phones(engine)
    served("", "<div id=app></div>")
    site.on("/slow.js", script)
    made = await phone.walk("/authorize", login=partial(login(phone.registry.register), step_timeout_s=2.8))
    assert made.ending.kind == "arrived", made.ending
