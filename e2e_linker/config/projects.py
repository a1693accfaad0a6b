"""Projects: the devices and browsers a link is tried on, in the words of Playwright Test."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, WithJsonSchema

from e2e_linker.config.written import Count, DevToolsUrl, Milliseconds, Text, Written, WrittenPath, complaint
from e2e_linker.model import EngineName, Surface

__all__ = ["LaunchOptions", "Project", "Use", "Viewport"]

Pixels = Annotated[int, Field(strict=True, gt=0, le=10_000)]


def _listed(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


def _written_short(value: tuple[str, ...] | None) -> Any:
    return value[0] if value is not None and len(value) == 1 else value


_ENGINE_SCHEMA = {"enum": ["chromium", "firefox", "webkit"]}

Engines = Annotated[
    tuple[EngineName, ...],
    Field(min_length=1),
    BeforeValidator(_listed),
    PlainSerializer(_written_short),
    WithJsonSchema({"anyOf": [_ENGINE_SCHEMA, {"type": "array", "items": _ENGINE_SCHEMA, "minItems": 1}]}),
]


_LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")
"""The form of RFC 5646 (BCP 47), without the languages of one letter or more than three, which no browser takes."""


def _locale(value: str) -> str:
    if not _LANGUAGE_TAG.fullmatch(value):
        plain = value.strip().partition(".")[0].replace("_", "-")
        meant = f"; did you mean {plain}?" if _LANGUAGE_TAG.fullmatch(plain) else ", such as de-DE"
        raise complaint(f"is no language tag{meant}")
    return value


def _time_zone(value: str) -> str:
    # Most configurations name no zone.
    from e2e_linker.config.time_zones import unknown_zone

    if wrong := unknown_zone(value):
        raise complaint(wrong)
    return value


def _header(value: str) -> str:
    if any((letter < " " and letter != "\t") or letter == "\x7f" for letter in value):
        raise complaint("holds a line break or another control character, which no header can")
    return value


class Viewport(Written):
    """The size of the page in CSS pixels."""

    width: Pixels
    height: Pixels


class LaunchOptions(Written):
    """How the browser is started."""

    executable_path: WrittenPath | None = None
    """The browser to start, instead of one that is looked for."""
    args: tuple[str, ...] = ()
    """Further arguments for the browser's command line."""
    slow_mo: Annotated[float, Field(strict=True, ge=0, le=60_000)] | None = None
    """Milliseconds to wait before each action, so that a headed run can be followed."""


class Use(Written):
    """What a case looks like to the server. An option that is left out, or null, is the device's own."""

    device: Text | None = None
    """The name of a Playwright device, such as "Pixel 7"."""
    surface: Surface = Surface.BROWSER
    """What shows the page: a browser, a custom tab over the Alexa app, or a web view inside it."""
    browser_name: Engines | None = None
    """An engine, or a list of which the first that is installed is used."""
    channel: Text | None = None
    """A stock browser by Playwright's name, such as "chrome" or "msedge"."""
    cdp_endpoint: DevToolsUrl | None = None
    """A Chromium that runs already, on a real phone or anywhere, by the address of its DevTools; none is started then.
    It is left as it is: only what is written here beside it is changed."""
    launch_options: LaunchOptions = LaunchOptions()
    """Which browser is started, and with what."""
    headless: Annotated[bool, Field(strict=True)] = True
    """False shows the browser on the screen."""
    viewport: Viewport | None = None
    """The size of the page in CSS pixels."""
    user_agent: Annotated[Text, AfterValidator(_header)] | None = None
    """The User-Agent header; the surface may add its own mark."""
    locale: Annotated[Text, AfterValidator(_locale)] | None = None
    """The user's language, such as "de-DE"; it sets Accept-Language."""
    timezone_id: Annotated[Text, AfterValidator(_time_zone)] | None = None
    """The user's time zone, such as "Europe/Berlin"."""
    device_scale_factor: Annotated[float, Field(strict=True, gt=0, le=10)] | None = None
    """Device pixels for one CSS pixel."""
    is_mobile: Annotated[bool, Field(strict=True)] | None = None
    """Whether the viewport meta tag is honoured."""
    has_touch: Annotated[bool, Field(strict=True)] | None = None
    """Whether the page sees a touch screen."""
    color_scheme: Literal["light", "dark", "no-preference"] | None = None
    """What the page sees as prefers-color-scheme."""
    storage_state: WrittenPath | None = None
    """A storage state saved by Playwright, for a jar that is warm at the start."""
    ignore_https_errors: Annotated[bool, Field(strict=True)] = Field(default=False, alias="ignoreHTTPSErrors")
    """True lets the page load over a certificate that the browser does not trust."""
    action_timeout: Milliseconds | None = None
    """Milliseconds for one step of the login."""
    navigation_timeout: Milliseconds | None = None
    """Milliseconds for one navigation."""

    def under(self, base: Use) -> Use:
        """These options on top of ``base``: what is written here wins, option by option, as in Playwright Test."""
        return base.model_copy(update={name: getattr(self, name) for name in self.model_fields_set})


class Project(Written):
    """One device or browser to link on."""

    name: Text
    """What people call it, in the report and after --project."""
    use: Use = Use()
    """What the case looks like to the server."""
    timeout: Milliseconds | None = None
    """The deadline of a case in milliseconds."""
    retries: Count | None = None
    """How often a case that failed for no reason of the server's is tried again."""
