from __future__ import annotations

import pytest

from e2e_linker.alexa.client_hints import client_hints, family_of
from e2e_linker.alexa.surfaces import accept_language, language_trait, overlay
from e2e_linker.model import Surface

IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/27.2 Mobile/15E148 Safari/604.1"
)
PIXEL = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 7) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/156.0.8078.4 Mobile Safari/537.36"
)
FIRE = (
    "Mozilla/5.0 (Linux; Android 9; KFONWI Build/PS7331) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Silk/138.3.1 like Chrome/138.0.0.0 Safari/537.36"
)
WINDOWS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36"
)
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:157.0) Gecko/20100101 Firefox/157.0"


def on(surface, user_agent, engine="chromium", *, is_mobile=True):
    return overlay(surface, {"user_agent": user_agent, "is_mobile": is_mobile}, engine)


def trait(made, name):
    return next(trait for trait in made.traits if trait.name == name)


def test_an_ios_web_view_names_no_safari():
    made = on(Surface.WEBVIEW, IPHONE)
    assert made.user_agent == (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148"
    )


def test_an_android_web_view_says_wv_and_version_4():
    made = on(Surface.WEBVIEW, PIXEL)
    assert made.user_agent == (
        "Mozilla/5.0 (Linux; Android 14; Pixel 7; wv) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Version/4.0 Chrome/156.0.8078.4 Mobile Safari/537.36"
    )
    assert on(Surface.WEBVIEW, made.user_agent).user_agent == made.user_agent


@pytest.mark.parametrize("surface", [Surface.CUSTOM_TAB, Surface.BROWSER])
@pytest.mark.parametrize("user_agent", [IPHONE, PIXEL, FIRE, WINDOWS])
def test_tabs_and_browsers_keep_the_user_agent(surface, user_agent):
    assert on(surface, user_agent).user_agent == user_agent


@pytest.mark.parametrize(
    ("surface", "user_agent", "absent", "chrome"),
    [
        (Surface.WEBVIEW, IPHONE, ("chrome", "Notification", "PushManager", "navigator.serviceWorker"), False),
        (Surface.BROWSER, IPHONE, ("chrome", "Notification", "PushManager"), False),
        (Surface.WEBVIEW, PIXEL, ("chrome", "Notification", "PushManager"), False),
        (Surface.CUSTOM_TAB, PIXEL, (), True),
        (Surface.BROWSER, WINDOWS, (), True),
        (Surface.BROWSER, FIREFOX, (), False),
        (Surface.BROWSER, FIRE, (), False),
        (Surface.BROWSER, None, (), False),
    ],
)
def test_scripts_miss_what_the_device_has_not(surface, user_agent, absent, chrome):
    made = on(surface, user_agent)
    assert (made.apis.absent, made.apis.chrome) == (absent, chrome)
    assert bool(made.apis.init_script) is bool(absent or chrome)
    assert ("script interfaces" in {one.name for one in made.traits}) is bool(absent)


def test_silk_is_the_same_in_a_web_view():
    assert on(Surface.WEBVIEW, FIRE).user_agent == FIRE


def test_apple_and_mozilla_send_no_client_hints():
    assert on(Surface.BROWSER, IPHONE).client_hints is None
    assert on(Surface.BROWSER, FIREFOX).client_hints is None
    assert trait(on(Surface.BROWSER, IPHONE), "client hints").emulated


@pytest.mark.parametrize(
    ("surface", "user_agent", "brand"),
    [
        (Surface.CUSTOM_TAB, PIXEL, "Google Chrome"),
        (Surface.WEBVIEW, PIXEL, "Android WebView"),
        (Surface.BROWSER, FIRE, "Amazon Silk"),
        (Surface.BROWSER, WINDOWS, "Google Chrome"),
        (Surface.BROWSER, WINDOWS + " Edg/156.0.0.0", "Microsoft Edge"),
    ],
)
def test_client_hints_name_the_browser_and_never_the_headless_one(surface, user_agent, brand):
    brands = [name for name, _ in on(surface, user_agent).client_hints.brands]
    assert brand in brands
    assert "Chromium" in brands
    assert not any("Headless" in name for name in brands)


def test_android_hints_tell_the_phone():
    metadata = on(Surface.CUSTOM_TAB, PIXEL).client_hints.metadata()
    assert (metadata["platform"], metadata["platformVersion"], metadata["model"]) == ("Android", "14", "Pixel 7")
    assert metadata["mobile"]
    assert {"brand": "Google Chrome", "version": "156.0.8078.4"} in metadata["fullVersionList"]


def test_a_tablet_is_not_mobile_in_client_hints():
    hints = on(Surface.BROWSER, FIRE).client_hints
    assert not hints.mobile
    assert hints.model == "KFONWI"


def test_the_brand_list_is_the_one_chromium_156_sends():
    # Seen in the Sec-CH-UA of Chromium 156.0.8078.79, with its own brand in the last place.
    hints = client_hints(Surface.BROWSER, WINDOWS, "windows", mobile=False)
    assert hints.brands == (("Not:A-Brand", "8"), ("Chromium", "156"), ("Google Chrome", "156"))


def test_traits_say_what_stands_in_for_what():
    made = on(Surface.WEBVIEW, IPHONE)
    assert not trait(made, "rendering engine").emulated
    assert "chromium" in trait(made, "rendering engine").note
    assert trait(on(Surface.WEBVIEW, IPHONE, "webkit"), "rendering engine").emulated
    assert not trait(on(Surface.CUSTOM_TAB, PIXEL, "firefox"), "client hints").emulated
    assert not trait(made, "navigator.webdriver").emulated
    assert not trait(made, "windows").emulated
    assert all(trait.source for trait in made.traits)


def test_a_device_that_is_not_described_stays_as_it_is():
    made = overlay(Surface.WEBVIEW, {}, "chromium")
    assert (made.user_agent, made.client_hints, made.platform) == (None, None, None)


@pytest.mark.parametrize(
    ("user_agent", "family"),
    [
        (IPHONE, "ios"),
        (PIXEL, "android"),
        (FIRE, "silk"),
        (WINDOWS, "windows"),
        (None, "unknown"),
        ("curl/8", "unknown"),
    ],
)
def test_families_are_told_by_the_user_agent(user_agent, family):
    assert family_of(user_agent) == family


@pytest.mark.parametrize(
    ("locale", "languages"), [("de-DE", "de-DE,de"), ("ja", "ja"), ("zh-Hant-TW", "zh-Hant-TW,zh")]
)
def test_the_bare_language_follows_the_regional_one(locale, languages):
    assert accept_language(locale) == languages


@pytest.mark.parametrize(
    ("surface", "user_agent", "blocked"),
    [
        (Surface.WEBVIEW, IPHONE, True),
        (Surface.BROWSER, IPHONE, True),
        (Surface.WEBVIEW, PIXEL, True),
        (Surface.CUSTOM_TAB, PIXEL, False),
        (Surface.BROWSER, WINDOWS, False),
    ],
)
def test_blocked_cookies_of_other_sites_are_told_and_not_pretended(surface, user_agent, blocked):
    found = [trait for trait in on(surface, user_agent).traits if trait.name == "third-party cookies"]
    assert [(one.value, one.emulated) for one in found] == [("blocked", False)] * blocked


def test_what_the_app_adds_to_a_browser_is_told_with_its_source():
    view, tab, browser = (on(surface, PIXEL) for surface in (Surface.WEBVIEW, Surface.CUSTOM_TAB, Surface.BROWSER))
    assert trait(view, "cookie jar").emulated
    assert not trait(tab, "cookie jar").emulated
    assert not trait(view, "Domain List").emulated
    assert {"cookie jar", "Domain List", "windows"}.isdisjoint(one.name for one in browser.traits)


@pytest.mark.parametrize(
    ("engine", "described", "value"),
    [("chromium", True, "de-DE,de"), ("chromium", False, "de-DE"), ("firefox", True, "de-DE")],
)
def test_the_language_is_a_trait_too(engine, described, value):
    made = language_trait("de-DE", engine, described=described)
    assert (made.value, made.emulated) == (value, True)
    assert (made.note is None) == (value == "de-DE")
