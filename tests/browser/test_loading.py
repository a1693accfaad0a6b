"""A page that cannot be read on before something comes is slow, not stuck: it is waited for, and not without end."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

import pytest
from pydantic import SecretStr, TypeAdapter
from starlette.responses import Response, StreamingResponse

from e2e_linker.browser.login.driver import Credentials, LoginDriver
from e2e_linker.browser.login.moves import Wait
from e2e_linker.browser.login.patience import Patience
from e2e_linker.config.login import Login
from e2e_linker.evidence.models import Ending

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]
STEP_S = 2.0
HELD_S = 1.5 * STEP_S
"""More than a step, and half of what such a page is waited for: the rest is for a busy machine."""
LONG_STEP_S = 3.0
"""Where a test tells one step from three, a busy machine's seconds are fewer than the two between."""
FORM = (
    "<h1>Sign in</h1><form action=/answer method=post><input name=username autocomplete=username>"
    "<input name=password type=password><button id=go {}>Sign in</button></form>"
)
REDIRECT_URI = "https://pitangui.amazon.com/api/skill/link/M2AAAAAAAAAAAA"
PAGES = {
    "a script in the head": "<head><script src=/held></script></head>" + FORM.format(""),
    "a sheet that a script needs": "<head><link rel=stylesheet href=/held><script>1</script></head>" + FORM.format(""),
    "a script that sets the button free": FORM.format("disabled") + "<script src=/held></script>",
}


def login(phone: Any, way: Any = "auto", **more: Any) -> Any:
    account = Credentials(username=SecretStr("alice@example.test"), password=SecretStr("correct horse 7"))
    given = {"credentials": account, "register": phone.registry.register, "step_timeout_s": STEP_S, **more}
    return partial(LoginDriver, login=TypeAdapter(Login).validate_python(way), **given)


def serve(site: Any, page: str, after_s: float) -> None:
    """Serve the login ``page``, and what holds it up ``after_s`` seconds after it was asked for."""

    async def held(request: Any) -> Response:
        await asyncio.sleep(after_s)
        kind = "css" if request.headers.get("sec-fetch-dest") == "style" else "javascript"
        return Response("window.go && (go.disabled = false)" if kind != "css" else "", media_type=f"text/{kind}")

    async def answer(_: Any) -> Response:
        return Response(status_code=303, headers={"location": f"{REDIRECT_URI}?code=Zx8mWq2LrT5v"})

    site.page("/authorize", f"<!doctype html><html>{page}</html>")
    site.on("/held", held)
    site.on("/answer", answer)


@pytest.mark.parametrize("engine", ["chromium", "firefox"])
@pytest.mark.parametrize("name", PAGES)
async def test_a_page_that_is_held_up_is_waited_for(phones: Any, site: Any, name: str, engine: str) -> None:
    phone = await phones(engine)
    serve(site, PAGES[name], HELD_S)
    made = await phone.walk("/authorize", login=login(phone))
    assert made.ending.kind == "arrived", made.ending


async def test_a_page_whose_rest_comes_late_is_waited_for(phone: Any, site: Any) -> None:
    async def page(_: Any) -> Response:
        async def parts() -> Any:
            yield "<!doctype html><html><body><p>Lamps</p>" + " " * 2048
            await asyncio.sleep(HELD_S)
            yield FORM.format("") + "</body></html>"

        return StreamingResponse(parts(), media_type="text/html")

    serve(site, "", 0)
    site.on("/authorize", page)
    made = await phone.walk("/authorize", login=login(phone))
    assert made.ending.kind == "arrived", made.ending


STEPS = [
    {"fill": "[name=username]", "with": "username"},
    {"fill": "[name=password]", "with": "password"},
    {"click": "button"},
]


async def test_steps_wait_for_a_page_that_is_held_up(phone: Any, site: Any) -> None:
    serve(site, PAGES["a script in the head"], HELD_S)
    made = await phone.walk("/authorize", login=login(phone, STEPS))
    assert made.ending.kind == "arrived", made.ending


@pytest.mark.parametrize(
    ("page", "deadline_s", "at_least_s", "below_s"),
    [
        ("<p>Lamps</p><script src=/held></script>", 60, 3, 10),
        ("<p>Lamps</p><script src=/held></script>", 3, 1, 3),
        ("<script src=/held async></script><p>Lamps</p>", 60, 1, 3),
    ],
)
async def test_steps_do_not_wait_without_end(
    phone: Any, site: Any, page: str, deadline_s: float, at_least_s: float, below_s: float
) -> None:
    serve(site, page, 60)
    made = await phone.walk(
        "/authorize", login=login(phone, STEPS, step_timeout_s=LONG_STEP_S, deadline_s=deadline_s * LONG_STEP_S)
    )
    assert made.ending.kind == "login_not_found", made.ending
    waited_s = made.screens.value[-1].at - made.login.value[-1].at
    assert at_least_s * LONG_STEP_S <= waited_s < below_s * LONG_STEP_S


async def test_what_never_comes_is_not_waited_for_without_end(phone: Any, site: Any) -> None:
    serve(site, PAGES["a script in the head"], 60)
    made = await phone.walk("/authorize", login=login(phone, step_timeout_s=1.0))
    assert made.ending.kind == "login_not_found", made.ending
    assert 3 <= made.screens.value[-1].at < 20


async def test_what_did_not_come_before_is_waited_for_less(
    phone: Any, site: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("e2e_linker.browser.loading._SILENT_S", LONG_STEP_S)
    monkeypatch.setattr("e2e_linker.browser.loading._NEXT_TIME", 30)
    never = "<head><script src=/never?{}></script></head>" + FORM.format("")
    serve(site, never.format(1), 60)
    site.on("/never", site.answers["/held"])
    patient = login(phone, step_timeout_s=LONG_STEP_S)
    first = await phone.walk("/authorize", login=patient)
    site.page("/authorize", f"<!doctype html><html>{never.format(2)}</html>")
    again = await phone.walk("/authorize", login=patient)
    assert [first.ending.kind, again.ending.kind] == ["login_not_found"] * 2
    assert first.screens.value[-1].at >= 3 * LONG_STEP_S
    assert LONG_STEP_S <= again.screens.value[-1].at < 2.8 * LONG_STEP_S


@pytest.mark.parametrize(
    "page",
    [
        pytest.param("<script src=/held async></script><p>Lamps</p>", id="what nothing waits for is under way"),
        pytest.param("<p>Lamps</p><script>document.open(); document.write('<p>Lamps')</script>", id="nothing is"),
        pytest.param("<p>Lamps</p><script>fetch('/held')</script>", id="it is read, and asks for something"),
    ],
)
async def test_a_page_that_is_not_held_up_ends_as_soon_as_before(phone: Any, site: Any, page: str) -> None:
    serve(site, page, 60)
    made = await phone.walk("/authorize", login=login(phone, step_timeout_s=LONG_STEP_S))
    assert made.ending.kind == "login_not_found", made.ending
    assert made.screens.value[-1].at < 2.8 * LONG_STEP_S


async def test_the_deadline_of_the_case_bounds_the_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    def given_up_after(patience: Patience, wait: Wait, held_s: float) -> float:
        """Seconds after which ``wait`` is over on a page that is held up for ``held_s`` of them."""
        for tenths in range(1000):
            monkeypatch.setattr("time.monotonic", lambda now=tenths / 10: now)
            if patience.over(wait, ("a",), held_up=tenths / 10 < held_s):
                return tenths / 10
        raise AssertionError("never")

    def patience(left_s: float) -> Patience:
        return Patience(5, left_s=left_s, _began=0.0)

    to_load = Wait("the page to load", Ending(kind="login_not_found", message="no form"))
    captcha = Wait("captcha", to_load.ending, patience_s=3)
    assert given_up_after(patience(60), to_load, 0) == pytest.approx(5.1)
    assert given_up_after(patience(60), to_load, 6) == pytest.approx(11, abs=0.2)
    assert given_up_after(patience(60), to_load, 90) == pytest.approx(15, abs=0.2)
    assert given_up_after(patience(12), to_load, 90) == pytest.approx(10, abs=0.2)
    assert given_up_after(patience(60), captcha, 90) == pytest.approx(3.1)
