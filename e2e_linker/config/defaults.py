"""The projects that are tried when the configuration names none, and the project of a single ``--device``."""

from __future__ import annotations

from e2e_linker.config.projects import Project, Use, Viewport
from e2e_linker.model import EngineName, Surface

__all__ = ["default_projects", "device_project"]

_APPLE: tuple[EngineName, ...] = ("webkit", "chromium")

# Fire tablets from 2016 on send Silk's tablet template in Silk and in the web view alike (Amazon: "User Agent Strings
# for Fire Tablets", "Learn about user agent strings"). KFONWI is a Fire HD 8, AEOBP an Echo Show 10.1".
_SILK = "AppleWebKit/537.36 (KHTML, like Gecko) Silk/138.3.1 like Chrome/138.0.0.0 Safari/537.36"
_FIRE_TABLET = f"Mozilla/5.0 (Linux; Android 9; KFONWI Build/PS7331) {_SILK}"
_ECHO_SHOW = f"Mozilla/5.0 (Linux; Android 7.1.2; AEOBP Build/NS6265) {_SILK}"


_PROJECTS = (
    Project(name="iPhone", use=Use(device="iPhone 15", surface=Surface.WEBVIEW, browser_name=_APPLE)),
    Project(
        name="Android custom tab", use=Use(device="Pixel 7", surface=Surface.CUSTOM_TAB, browser_name=("chromium",))
    ),
    Project(name="Android web view", use=Use(device="Galaxy S24", surface=Surface.WEBVIEW, browser_name=("chromium",))),
    Project(name="iPad", use=Use(device="iPad (gen 11)", surface=Surface.WEBVIEW, browser_name=_APPLE)),
    Project(
        name="Fire tablet Silk",
        use=Use(
            surface=Surface.BROWSER,
            browser_name=("chromium",),
            user_agent=_FIRE_TABLET,
            viewport=Viewport(width=600, height=960),
            device_scale_factor=1.33,
            is_mobile=True,
            has_touch=True,
        ),
    ),
    Project(
        name="Echo Show",
        use=Use(
            surface=Surface.WEBVIEW,
            browser_name=("chromium",),
            user_agent=_ECHO_SHOW,
            viewport=Viewport(width=1280, height=800),
            device_scale_factor=1,
            is_mobile=True,
            has_touch=True,
        ),
    ),
    Project(
        name="Desktop Chrome",
        use=Use(device="Desktop Chrome", surface=Surface.BROWSER, browser_name=("chromium",)),
    ),
    Project(
        name="Desktop Firefox",
        use=Use(device="Desktop Firefox", surface=Surface.BROWSER, browser_name=("firefox",)),
    ),
)


def default_projects() -> tuple[Project, ...]:
    """The eight default projects: phones, tablets, an Echo Show and two desktop browsers."""
    return _PROJECTS


def device_project(device: str) -> Project:
    """The project of ``--device``: on a desktop a browser, on anything else the custom tab of the Alexa app.

    Apple's devices take WebKit where it is installed. Whether Playwright knows ``device`` is for its caller to check.
    """
    desktop = device.startswith("Desktop ")
    apple = device.startswith(("iPhone", "iPad")) or "Safari" in device
    surface = Surface.BROWSER if desktop else Surface.CUSTOM_TAB
    use = Use(device=device, surface=surface, browser_name=_APPLE) if apple else Use(device=device, surface=surface)
    return Project(name=device, use=use)
