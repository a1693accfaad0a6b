"""Chooses an option of a ``<select>`` by its value or its text."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

from playwright.async_api import Error, Locator

from e2e_linker.browser.login.hands import typed
from e2e_linker.browser.login.words import fold

__all__ = ["Option", "Options", "choose", "fill_or_choose", "options_of"]

_POLL_S = 0.05
_MOST_NAMED = 8
_LONGEST_NAME = 40
_READ = """element => {
  const select = element.matches('label') ? element.control : element;
  return select?.matches('select') ? {
    name: select.getAttribute('aria-label') || select.labels[0]?.innerText || select.name || select.id || '',
    options: Array.from(select.options, option => [option.value, option.label, option.matches(':disabled')]),
  } : null;
}"""
"""What the select that an element is, or labels, offers; null where it is anything else."""


@dataclass(frozen=True, slots=True)
class Option:
    """One of the options of a select."""

    value: str
    text: str
    closed: bool = False
    """Whether it is there but cannot be chosen."""

    def __str__(self) -> str:
        value = "" if self.value == self.text else f" (value {_quoted(self.value)})"
        return f"{_quoted(self.text)}{value}{', disabled' if self.closed else ''}"


@dataclass(frozen=True, slots=True)
class Options:
    """What a select offers, in order."""

    name: str
    """What a person calls the select, or failing that its author."""
    all: tuple[Option, ...]

    def find(self, wanted: str) -> Option | None:
        """What ``wanted`` means, by its value or else its text: exactly, or else whatever its case and its blanks.

        Of several, one that can be chosen. None where it means none.
        """
        ways: tuple[Callable[[str], str], ...] = (str, fold)
        for written in ways:
            for part in ("value", "text"):
                meant = [option for option in self.all if written(getattr(option, part)) == written(wanted)]
                if meant:
                    return min(meant, key=lambda option: option.closed)
        return None

    def __str__(self) -> str:
        """Its options, shortened."""
        named = "; ".join(str(option) for option in self.all[:_MOST_NAMED]) or "none"
        more = f" and {len(self.all) - _MOST_NAMED} more" if len(self.all) > _MOST_NAMED else ""
        return f"The options of the select {_quoted(self.name)}: {named}{more}"


async def options_of(element: Locator, timeout_ms: float) -> Options | None:
    """What the select that ``element`` is, or labels, offers; None where it is anything else.

    Raises Playwright's :class:`Error` where it is gone.
    """
    read = await element.evaluate(_READ, timeout=timeout_ms)
    if read is None:
        return None
    return Options(" ".join(read["name"].split()), tuple(Option(*option) for option in read["options"]))


async def choose(element: Locator, wanted: str, timeout_ms: float) -> bool:
    """Choose what ``wanted`` means, once it is there; False where ``element`` is no select.

    Raises Playwright's :class:`Error`, which lists the options but does not quote ``wanted``.
    """
    until = time.monotonic() + timeout_ms / 1000
    while (offered := await options_of(element, timeout_ms)) is not None:
        left_ms = max((until - time.monotonic()) * 1000, 1.0)
        meant = offered.find(wanted)
        if meant is not None and not meant.closed:
            await element.select_option(index=offered.all.index(meant), timeout=left_ms)
            return True
        if time.monotonic() > until:
            why = "is disabled" if meant else "is none of them"
            raise Error(f"{offered}; what is to be chosen {why}")
        await asyncio.sleep(_POLL_S)
    return False


async def fill_or_choose(element: Locator, value: str, timeout_ms: float) -> None:
    """Type ``value`` into a field, or choose it of a select. Raises Playwright's :class:`Error`."""
    if not await choose(element, value, timeout_ms):
        await typed(element, value, timeout_ms)


def _quoted(text: str) -> str:
    return f"“{text if len(text) <= _LONGEST_NAME else text[: _LONGEST_NAME - 1] + '…'}”"
