"""The yardstick: what somebody would write with Playwright alone to see whether the login leads to Alexa.

``python -m tests.benchmarks.plain CONFIG`` does it once, with a browser of its own.
"""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser, Playwright, async_playwright

from e2e_linker.alexa.authorization import authorization
from e2e_linker.alexa.facts import redirect_url
from e2e_linker.browser.engines import Engine, find_engine
from e2e_linker.config.load import LoadedConfig, load_config
from e2e_linker.model import Region

__all__ = ["DEVICE", "PlainScript", "chromium", "launched"]

DEVICE = "Pixel 7"


def chromium() -> Engine:
    """The Chromium that the tool finds. Raises :class:`SystemExit` where this machine has none."""
    engine = find_engine("chromium")
    if engine is None:
        raise SystemExit("no Chromium on this machine: e2e-linker install")
    return engine


async def launched(playwright: Playwright, loaded: LoadedConfig) -> Browser:
    """Chromium as the tool finds it, with every host of the range on loopback."""
    engine = chromium()
    rules = ",".join(f"MAP {host} {address}" for host, address in loaded.config.linker.resolve.items())
    # As without any network: what is not the range's is nowhere, and Alexa is not reached.
    arguments = [f"--host-resolver-rules={rules},MAP * ~NOTFOUND"]
    path = None if engine.kind == "playwright" else engine.executable
    return await playwright.chromium.launch(executable_path=path, args=arguments)


@dataclass(frozen=True, slots=True)
class PlainScript:
    """One login after another, each in a fresh context of ``browser``."""

    playwright: Playwright
    browser: Browser
    loaded: LoadedConfig

    async def link(self) -> str:
        """Log in, allow, and wait for the redirect; the redirect's address."""
        loaded, account = self.loaded, self.loaded.account()
        assert account.username is not None
        assert account.password is not None
        device = {k: v for k, v in self.playwright.devices[DEVICE].items() if k != "default_browser_type"}
        redirect = redirect_url(Region.NA, loaded.skill.grant, loaded.config.linker.vendor_id or "")
        asked = authorization(
            endpoint=loaded.skill.authorization_url,
            client_id=loaded.skill.client_id,
            grant=loaded.skill.grant,
            region=Region.NA,
            redirect_uri=redirect,
            scopes=loaded.skill.scopes,
            pkce=False,
        )
        context = await self.browser.new_context(**device, locale="en-US", ignore_https_errors=True)
        page = await context.new_page()
        async with page.expect_request(lambda request: request.url.startswith(redirect)) as arrival:
            await page.goto(asked.request.url)
            await page.fill("#username", account.username.get_secret_value())
            await page.fill("#password", account.password.get_secret_value())
            # The phone has touch, and the tool taps it: a tap takes the engine longer than a click.
            await page.tap("button[type=submit]")
            await page.tap("button[value=allow]")
        found = (await arrival.value).url
        await context.close()
        return found


async def _once(config: Path) -> None:
    loaded = load_config(config)
    async with async_playwright() as playwright:
        browser = await launched(playwright, loaded)
        print((await PlainScript(playwright, browser, loaded).link()).partition("?")[0])
        await browser.close()


if __name__ == "__main__":
    asyncio.run(_once(Path(sys.argv[1])))
