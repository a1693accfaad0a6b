"""A browser that answers nothing any more, though its connection is still there."""

from __future__ import annotations

import os
import signal
from types import SimpleNamespace
from typing import Any, cast

import pytest
from playwright.async_api import Error

from e2e_linker.browser import background
from e2e_linker.browser.contexts import opened
from e2e_linker.browser.device import Device
from e2e_linker.browser.endings import errored
from e2e_linker.browser.engines import Browsers, find_engine
from e2e_linker.browser.settings import device_settings
from e2e_linker.browser.silent import is_gone, jar_of
from e2e_linker.config.projects import Use

pytestmark = pytest.mark.browser


async def test_a_hung_browser_is_given_up_as_one_that_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = find_engine("chromium")
    if engine is None:
        pytest.skip("Chromium is missing")
    async with Browsers() as browsers:
        browser = await browsers.get(engine)
        settings = device_settings(Use(), browsers.playwright.devices, "chromium")
        session = await browser.new_browser_cdp_session()
        processes = (await session.send("SystemInfo.getProcessInfo"))["processInfo"]
        process = next(each["id"] for each in processes if each["type"] == "browser")
        context = await browser.new_context()
        device = cast(Device, SimpleNamespace(context=context))
        assert await jar_of(device) == {"cookies": [], "origins": []}
        assert not await is_gone(device)
        os.kill(process, signal.SIGSTOP)
        try:
            monkeypatch.setattr(background, "_ANSWER_S", 0.2)
            assert await jar_of(device) is None
            assert await is_gone(device)
            way: dict[str, Any] = {"never": frozenset(), "resolve": {}, "upstream": None, "tape": None}
            with pytest.raises(Error, match="No answer within") as caught:
                async with opened(browser, engine, settings, refuse=lambda host, port: False, **way):
                    raise AssertionError("a browser that hangs has opened a context")
        finally:
            os.kill(process, signal.SIGCONT)
    assert errored(caught.value).kind == "crashed"
