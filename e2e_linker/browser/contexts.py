"""The browser context of a device, and what keeps it from Alexa: a proxy, or a rule of the browser itself."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Browser, BrowserContext, Error, Page
from pydantic.alias_generators import to_camel

from e2e_linker.browser.attached import Bar, barred, knows_no_contexts, reaches_proxy, sharing
from e2e_linker.browser.background import answered
from e2e_linker.browser.engines import Engine, context_proxy
from e2e_linker.browser.network import LoopbackProxy, Upstream
from e2e_linker.browser.pages.digest import lend_digest
from e2e_linker.browser.settings import DeviceSettings
from e2e_linker.browser.tape import Tape

__all__ = ["Opened", "opened"]

_ELSEWHERE = (
    "The browser runs elsewhere and used no proxy of this machine: host overrides and an upstream proxy did not apply, "
    "and only Alexa's hosts were refused."
)
_BORROWED = (
    "The browser has no context beside its customer's own, which was used: its cookies were there before and stayed. "
    "Tabs that were open before were left alone and are not recorded."
)
_TAKEN_ANYWAY = frozenset({"accept_downloads", "no_viewport", "user_agent", "record_video_dir"})
_CAMEL = {"ignore_https_errors": "ignoreHTTPSErrors"}


@dataclass(frozen=True, slots=True)
class Opened:
    """A context that is open."""

    context: BrowserContext
    guard: LoopbackProxy | Bar
    """What keeps it from the hosts no case may reach; its ``connections`` tell what it met."""
    borrowed: bool = False
    """Whether it is the browser's own, which must not be closed."""
    foreign: frozenset[Page] = frozenset()
    """Tabs in it that are none of ours."""
    gaps: tuple[str, ...] = ()


@contextlib.asynccontextmanager
async def opened(
    browser: Browser,
    engine: Engine,
    settings: DeviceSettings,
    *,
    refuse: Callable[[str, int], bool],
    never: frozenset[str],
    resolve: Mapping[str, str],
    upstream: Upstream | None,
    tape: Tape | None,
) -> AsyncIterator[Opened]:
    """A context for ``settings`` in ``browser``, the most isolated that it offers. The caller closes it.

    Raises Playwright's Error where there is none.
    """
    if settings.own_agent is None or reaches_proxy(engine, settings.own_agent):
        vouching = None if settings.ignore_https_errors else settings.vouching
        judged: dict[str, Any] = {} if vouching is None else {"ignore_https_errors": True}
        async with LoopbackProxy(refuse=refuse, resolve=resolve, upstream=upstream, vouching=vouching) as proxy:
            context = await _new(browser, engine, settings, tape, proxy=context_proxy(engine, proxy.url), **judged)
            if context is not None:
                yield Opened(context, proxy)
                return
    async with barred(browser, never) as bar:
        context = await _new(browser, engine, settings, tape)
        if context is not None:
            yield Opened(context, bar, gaps=(_ELSEWHERE,))
            return
        async with sharing(browser):
            context = browser.contexts[0]
            await lend_digest(context)
            yield Opened(context, bar, True, frozenset(context.pages), (_ELSEWHERE, _BORROWED, *_unheeded(settings)))


async def _new(
    browser: Browser, engine: Engine, settings: DeviceSettings, tape: Tape | None, **more: Any
) -> BrowserContext | None:
    """A context of our own; None where the browser has none to give."""
    try:
        options = settings.context_options() | (await tape.context_options(browser) if tape else {})
        return await answered(browser.new_context(**options | more))
    except Error as error:
        if engine.endpoint and knows_no_contexts(error) and browser.contexts:
            return None
        raise


def _unheeded(settings: DeviceSettings) -> tuple[str, ...]:
    asked = [_CAMEL.get(name, to_camel(name)) for name in settings.context_options() if name not in _TAKEN_ANYWAY]
    return (f"The browser's own context takes no {', '.join(asked)}: they were left as they are.",) if asked else ()
