"""When a button is clicked at once, and when Playwright looks first whether it stands still and nothing covers it."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.async_api import Error

from e2e_linker.browser.login import hands as module
from e2e_linker.browser.login.fingers import give_finger
from e2e_linker.browser.login.hands import Hands

LONG_AGO = 1.0


class Context:
    """The context of its page."""


@dataclass
class Button:
    """Notes how it is clicked, as an element and as an aim; the first ``missed_by`` clicks would hit something else."""

    missed_by: int = 0
    broken: bool = False
    did: list[str] = field(default_factory=list)
    context: Context = field(default_factory=Context)

    @property
    def element(self) -> Button:
        return self

    @property
    def page(self) -> Button:
        return self

    async def click(
        self, *, timeout: float, trial: bool = False, force: bool = False, no_wait_after: bool = False
    ) -> None:
        assert no_wait_after is not trial
        assert timeout == 3000
        self.did.append("trial" if trial else "at once" if force else "click")
        if self.broken and force:
            raise Error("Element is outside of the viewport")

    async def tap(self, *, timeout: float, force: bool, no_wait_after: bool) -> None:
        assert (timeout, no_wait_after) == (3000, True)
        self.did.append("tapped at once" if force else "tapped")

    async def missed(self) -> bool:
        self.did.append("asked")
        self.missed_by -= 1
        return self.missed_by >= 0


@pytest.fixture
def pictured() -> asyncio.Event:
    return asyncio.Event()


@pytest.fixture
async def hands(pictured: asyncio.Event, monkeypatch: pytest.MonkeyPatch) -> Hands:
    """Hands on a page that is being pictured; what was seen is good for as long as the slowest machine needs."""
    monkeypatch.setattr(module, "_FRESH_S", 60.0)

    async def on_screen(page: Any, label: str) -> asyncio.Event:
        return pictured

    made = Hands(record=lambda step: None, on_screen=on_screen, clock=time.monotonic)
    await made.screen(None, "d", "login")  # type: ignore[arg-type]
    return made


async def clicked(hands: Hands, button: Button, **how: Any) -> list[str]:
    await hands.click(button, 3000, **how)  # type: ignore[arg-type]
    return button.did


async def test_playwright_looks_at_what_was_not_seen_twice(hands: Hands, pictured: asyncio.Event) -> None:
    pictured.set()
    button = Button()
    assert await clicked(hands, button, aim=button) == ["click", "asked"]


async def test_what_stands_still_is_clicked_at_once(hands: Hands, pictured: asyncio.Event) -> None:
    pictured.set()
    button = Button()
    assert await clicked(hands, button, aim=button, still_at=time.monotonic()) == ["at once", "asked"]


async def test_what_was_seen_too_long_ago_is_looked_at_again(
    hands: Hands, pictured: asyncio.Event, monkeypatch
) -> None:
    monkeypatch.setattr(module, "_FRESH_S", LONG_AGO / 2)
    pictured.set()
    button = Button()
    assert await clicked(hands, button, aim=button, still_at=time.monotonic() - LONG_AGO) == ["click", "asked"]


async def test_what_something_got_in_front_of_is_looked_at_again(hands: Hands, pictured: asyncio.Event) -> None:
    pictured.set()
    button = Button(missed_by=1)
    did = await clicked(hands, button, aim=button, still_at=time.monotonic())
    assert did == ["at once", "asked", "click", "asked"]


async def test_playwrights_own_click_is_made_once_more_where_something_got_between(hands: Hands, pictured) -> None:
    pictured.set()
    button = Button(missed_by=1)
    assert await clicked(hands, button, aim=button) == ["click", "asked", "click", "asked"]


@pytest.mark.parametrize("still", [False, True])
async def test_what_is_missed_each_time_was_not_clicked(hands: Hands, pictured: asyncio.Event, still: bool) -> None:
    pictured.set()
    button = Button(missed_by=2)
    with pytest.raises(Error, match="each time it was clicked"):
        await clicked(hands, button, aim=button, **({"still_at": time.monotonic()} if still else {}))
    assert button.did == ["at once" if still else "click", "asked", "click", "asked"]


async def test_a_click_that_cannot_be_made_leaves_no_guard(hands: Hands, pictured: asyncio.Event) -> None:
    pictured.set()
    button = Button(broken=True)
    with pytest.raises(Error, match="outside of the viewport"):
        await clicked(hands, button, aim=button, still_at=time.monotonic())
    assert button.did == ["at once", "asked"]


@pytest.mark.parametrize(
    ("seen_still", "then"), [(False, ["trial", "at once", "asked"]), (True, ["at once", "asked"])], ids=["new", "still"]
)
async def test_nothing_is_clicked_before_the_page_is_pictured(
    hands: Hands, pictured: asyncio.Event, seen_still: bool, then: list[str]
) -> None:
    button = Button()
    how = {"still_at": time.monotonic()} if seen_still else {}
    clicking = asyncio.create_task(clicked(hands, button, aim=button, **how))
    for _ in range(5):
        await asyncio.sleep(0)
    assert button.did == ([] if seen_still else ["trial"])
    pictured.set()
    assert await clicking == then


@pytest.mark.parametrize("still", [False, True])
async def test_a_device_with_touch_is_tapped(hands: Hands, pictured: asyncio.Event, still: bool) -> None:
    pictured.set()
    button = Button(missed_by=1)
    give_finger(button.context)  # type: ignore[arg-type]
    await clicked(hands, button, aim=button, **({"still_at": time.monotonic()} if still else {}))
    assert button.did == ["tapped at once" if still else "tapped", "asked", "tapped", "asked"]


async def test_without_an_aim_nothing_is_asked(hands: Hands, pictured: asyncio.Event) -> None:
    button = Button(missed_by=1)
    clicking = asyncio.create_task(clicked(hands, button))
    await asyncio.sleep(0)
    pictured.set()
    assert await clicking == ["trial", "at once"]
