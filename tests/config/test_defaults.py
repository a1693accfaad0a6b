from __future__ import annotations

from playwright.async_api import async_playwright

from e2e_linker.config.defaults import default_projects
from e2e_linker.model import Surface


async def test_every_default_device_is_one_that_playwright_knows() -> None:
    async with async_playwright() as playwright:
        known = set(playwright.devices)
    named = {project.use.device for project in default_projects() if project.use.device}
    assert named
    assert named <= known


def test_the_default_projects_are_the_published_ones() -> None:
    seen = {project.name: (project.use.surface, project.use.browser_name) for project in default_projects()}
    apple = ("webkit", "chromium")
    assert seen == {
        "iPhone": (Surface.WEBVIEW, apple),
        "Android custom tab": (Surface.CUSTOM_TAB, ("chromium",)),
        "Android web view": (Surface.WEBVIEW, ("chromium",)),
        "iPad": (Surface.WEBVIEW, apple),
        "Fire tablet Silk": (Surface.BROWSER, ("chromium",)),
        "Echo Show": (Surface.WEBVIEW, ("chromium",)),
        "Desktop Chrome": (Surface.BROWSER, ("chromium",)),
        "Desktop Firefox": (Surface.BROWSER, ("firefox",)),
    }


def test_a_device_without_descriptor_says_all_that_a_descriptor_would() -> None:
    for project in default_projects():
        if project.use.device is None:
            described = {"user_agent", "viewport", "device_scale_factor", "is_mobile", "has_touch"}
            assert described <= project.use.model_fields_set
