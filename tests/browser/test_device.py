from __future__ import annotations

import json

import pytest
from playwright.async_api import Error
from starlette.responses import Response

from e2e_linker.browser.settings import device_settings, offer_device
from e2e_linker.config.projects import Use, Viewport
from e2e_linker.errors import ConfigurationError
from e2e_linker.model import Surface

pytestmark = pytest.mark.asyncio(loop_scope="module")

DEVICES = {
    "Pixel 7": {
        "user_agent": "Mozilla/5.0 (Linux; Android 14; Pixel 7) Chrome/156.0.0.0 Mobile Safari/537.36",
        "viewport": {"width": 412, "height": 839},
        "device_scale_factor": 2.625,
        "is_mobile": True,
        "has_touch": True,
    }
}


async def test_what_the_project_writes_wins_over_the_device():
    made = device_settings(
        Use(device="Pixel 7", viewport=Viewport(width=300, height=400), locale="de-DE", has_touch=False),
        DEVICES,
        "chromium",
    )
    options = made.context_options()
    assert options["viewport"] == {"width": 300, "height": 400}
    assert (options["locale"], options["device_scale_factor"], options["is_mobile"]) == ("de-DE", 2.625, True)
    assert "has_touch" not in options
    assert options["accept_downloads"] is False


async def test_firefox_is_not_asked_for_a_mobile_viewport_and_says_so():
    made = device_settings(Use(device="Pixel 7"), DEVICES, "firefox")
    assert "is_mobile" not in made.context_options()
    (mobile,) = [trait for trait in made.traits if trait.name == "mobile viewport"]
    assert not mobile.emulated
    assert "Firefox" in mobile.note


async def test_a_device_nobody_knows_names_the_nearest():
    with pytest.raises(ConfigurationError, match="Pixel 8") as caught:
        device_settings(Use(device="Pixel 8"), DEVICES, "chromium")
    assert caught.value.hint == f"did you mean Pixel 7? there are: {', '.join(DEVICES)}"


@pytest.mark.parametrize(
    ("name", "meant"),
    [("Pixl 7", "did you mean Pixel 7? "), ("Pixel 7 landscap", "did you mean Pixel 7 landscape? "), ("Toaster", "")],
)
async def test_all_devices_are_offered_each_once(name, meant):
    known = ["Pixel 7", "Pixel 7 landscape", "Desktop Chrome"]
    assert offer_device(name, known) == f"{meant}there are: Pixel 7, Desktop Chrome"


async def test_a_project_without_a_locale_still_sends_a_language():
    assert device_settings(Use(), {}, "chromium").context_options()["locale"] == "en-US"


@pytest.mark.browser
async def test_an_iphone_on_chromium_sends_no_client_hints(phone, site):
    site.page("/authorize", "<script>fetch('/told?' + navigator.platform + navigator.webdriver)</script>")
    site.page("/told")
    await phone.walk("/authorize", use={"device": "iPhone 15", "surface": Surface.WEBVIEW, "locale": "de-DE"})
    for path in ("/authorize", "/told"):
        sent = site.headers(path)
        assert not [name for name in sent if name.startswith("sec-ch-ua")]
        assert "Safari/" not in sent["user-agent"]
        assert sent["accept-language"].startswith("de-DE")
    assert site.headers("/authorize")["accept-language"] == "de-DE,de;q=0.9"


@pytest.mark.browser
async def test_an_android_web_view_names_itself_in_client_hints(phone, site):
    site.page("/authorize", "<script>fetch('/told?' + JSON.stringify(navigator.userAgentData))</script>")
    told = []

    async def take(request):
        told.append(json.loads(request.url.query.replace("%22", '"').replace("%20", " ")))
        return Response()

    site.on("/told", take)
    await phone.walk("/authorize", use={"device": "Pixel 7", "surface": Surface.WEBVIEW})
    sent = site.headers("/authorize")
    assert '"Android WebView"' in sent["sec-ch-ua"]
    assert "Headless" not in sent["sec-ch-ua"]
    assert (sent["sec-ch-ua-mobile"], sent["sec-ch-ua-platform"]) == ("?1", '"Android"')
    assert "; wv)" in sent["user-agent"]
    assert told[0]["platform"] == "Android"
    assert told[0]["mobile"] is True


FOUND = """<script>
fetch('/told?' + [typeof Notification, typeof PushManager, typeof navigator.serviceWorker, typeof chrome])
</script>"""


@pytest.mark.browser
@pytest.mark.parametrize(
    ("device", "surface", "found"),
    [
        ("iPhone 15", Surface.WEBVIEW, "undefined,undefined,undefined,undefined"),
        ("Pixel 7", Surface.WEBVIEW, "undefined,undefined,object,undefined"),
        ("Pixel 7", Surface.CUSTOM_TAB, "function,function,object,object"),
        ("Desktop Chrome", Surface.BROWSER, "function,function,object,object"),
    ],
)
async def test_scripts_find_what_the_device_has(phone, site, device, surface, found):
    site.page("/authorize", FOUND)
    told = []

    async def take(request):
        told.append(request.url.query)
        return Response()

    site.on("/told", take)
    await phone.walk("/authorize", use={"device": device, "surface": surface})
    assert told == [found]


@pytest.mark.browser
async def test_a_second_window_looks_like_the_device_from_its_second_request_on(phone, site):
    site.page("/authorize", "<script>window.open('/popup')</script>")
    site.page("/popup")
    site.page("/next")

    async with phone.device(device="iPhone 15") as device:

        class Going:
            def __init__(self, **_):
                pass

            async def run(self, windows, arrived):
                while len(windows.pages()) < 2:
                    windows.changed.clear()
                    await windows.changed.wait()
                await device.session(windows.current())
                await windows.current().goto("https://login.example.com/next")

        await phone.on(device, "/authorize", login=Going)
    assert "iPhone" in site.headers("/popup")["user-agent"]
    assert "sec-ch-ua" not in site.headers("/next")


@pytest.mark.browser
@pytest.mark.parametrize("engine", ["chromium", "firefox"])
async def test_a_storage_state_fills_the_jar(phones, site, tmp_path, engine):
    phone = await phones(engine)
    saved = tmp_path / "state.json"
    cookie = {"name": "sid", "value": "kept", "domain": "login.example.com", "path": "/", "expires": -1}
    cookie |= {"httpOnly": True, "secure": True, "sameSite": "Lax"}
    saved.write_text(json.dumps({"cookies": [cookie], "origins": []}))
    site.page("/authorize")
    made = await phone.walk("/authorize", use={"storage_state": saved})
    assert site.headers("/authorize")["cookie"] == "sid=kept"
    assert [(cookie.name, cookie.size) for cookie in made.jar.value] == [("sid", 7)]


@pytest.mark.browser
async def test_padding_lengthens_the_cookie_header_by_as_much_as_asked_and_goes_again(phone, site):
    site.page("/authorize")
    async with phone.device() as device:
        async with device.padded(["login.example.com"], 10_000):
            made = await phone.on(device, "/authorize")
        assert made.requests.value[0].sizes.cookie_header == 10_000 - len("; ")
        assert max(cookie.bytes for cookie in made.requests.value[0].sizes.cookies) <= 4_096
        made = await phone.on(device, "/authorize")
    assert made.requests.value[0].sizes.cookie_header == 0


@pytest.mark.browser
async def test_the_browser_does_not_hide_that_it_is_driven(phone, site):
    site.page("/authorize", "<script>fetch('/driven/' + navigator.webdriver)</script>")
    await phone.walk("/authorize", use={"device": "Pixel 7"})
    assert "/driven/true" in [path for path, _ in site.seen]


@pytest.mark.browser
async def test_a_page_that_firefox_fails_to_open_without_a_reason_is_opened_again(phone, site, monkeypatch):
    site.page("/authorize")
    asked = []
    async with phone.device() as device:
        context, opening = device.context, device.context.new_page

        def failing(reason, times):
            async def new_page():
                asked.append(reason)
                if asked.count(reason) <= times:
                    raise Error(f"BrowserContext.new_page: Protocol error ({reason}): unknown error")
                return await opening()

            return new_page

        monkeypatch.setattr(context, "new_page", failing("browsingContext.create", 4))
        await phone.on(device, "/authorize")
        assert [path for path, _ in site.seen] == ["/authorize"]
        monkeypatch.setattr(context, "new_page", failing("Browser.newPage", 1))
        made = await phone.on(device, "/authorize")
        assert "Browser.newPage" in made.ending.message
        assert asked == ["browsingContext.create"] * 5 + ["Browser.newPage"]
