"""Which time-based codes the logins of a run have typed.

A server may take each code once (RFC 6238, section 5.2), and counts one typed again among the failed attempts that lock
an account; most take a code as often as it is typed. So the first code of a window is typed at once and a second time
by one login only, until it is known how the server takes that. One that refuses it gets no code twice from then on.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import pyotp

from e2e_linker.browser.background import within

__all__ = ["CodeTurn", "TypedCodes"]

_PROBES = 2
"""How many logins may type the code of one window before it is known whether the server takes it twice."""


@dataclass(slots=True)
class _Typed:
    """The codes of one secret, by the number of their window."""

    logins: Counter[int] = field(default_factory=Counter)
    passed: Counter[int] = field(default_factory=Counter)
    silent: Counter[int] = field(default_factory=Counter)
    """The logins that ended without showing how the server took the code."""
    freely: bool | None = None
    """Whether the server takes a code again; None where that is not known."""
    wrong: bool = False
    """Whether the server refused a code that nobody had typed, and took none: waiting would mend nothing."""

    def free(self, window: int) -> bool:
        """Whether one more login may type the code of ``window``."""
        most = 1 if self.freely is False else _PROBES
        if self.freely is None:  # from a login that showed nothing, nothing is to be awaited
            most += self.silent[window]
        return self.freely is True or self.wrong or self.logins[window] < most


class TypedCodes:
    """The codes of a run, by secret. ``now`` gives seconds since 1970; ``on_apart`` hears that none is typed twice."""

    def __init__(self, now: Callable[[], float] = time.time, on_apart: Callable[[], object] = lambda: None) -> None:
        self.now = now
        self._on_apart = on_apart
        self._typed: dict[str, _Typed] = {}
        self._changed = asyncio.Event()

    def of(self, secret: str) -> _Typed:
        """What was typed of ``secret``."""
        return self._typed.setdefault(secret, _Typed())

    def apart(self, known: _Typed) -> None:
        """From now on each login types a code of its own."""
        if known.freely is not False:
            known.freely = False
            self._on_apart()

    def changed(self) -> None:
        """Wake those that wait for a code."""
        self._changed.set()
        self._changed = asyncio.Event()

    async def change(self, seconds: float) -> None:
        """Return when something became known, or after ``seconds``."""
        await within(seconds, self._changed.wait())


class CodeTurn:
    """The codes of one login. ``on_wait`` is told the seconds it is about to wait, and, below 0, those it did not."""

    def __init__(self, codes: TypedCodes, on_wait: Callable[[float], object] = lambda seconds: None) -> None:
        self._codes = codes
        self._on_wait = on_wait
        self._last: tuple[str, int] | None = None

    @property
    def typed(self) -> bool:
        """Whether a code was typed of which it is not known how the server took it."""
        return self._last is not None

    async def take(self, maker: pyotp.TOTP) -> str:
        """The code of this moment, once the login may type it. One that it has typed itself, it may type again."""
        known = self._codes.of(maker.secret)
        while True:
            now = self._codes.now()
            window = int(now // maker.interval)
            if self._last == (maker.secret, window):
                break
            if known.free(window):
                self.ended()
                known.logins[window] += 1
                self._last = maker.secret, window
                break
            await self._wait((window + 1) * maker.interval - now)
        return maker.at(int(now))

    def passed(self) -> None:
        """The login went on to Alexa: where another with the same code did, too, the server takes it twice."""
        told = self._told()
        if told is not None:
            known, window = told
            known.passed[window] += 1
            known.wrong = False
            if known.freely is None and known.passed[window] > 1:
                known.freely = True
            self._codes.changed()

    def refused(self, *, alone: bool = True) -> bool:
        """The server refused the login; returns whether that may be because another login typed the same code.

        ``alone``: nothing was sent with the code. Where a password was, it may have been that, unless another login
        went on to Alexa with the same code.
        """
        told = self._told()
        if told is None:
            return False
        known, window = told
        again = known.logins[window] > 1 and not known.wrong and (alone or known.passed[window] > 0)
        if again:
            self._codes.apart(known)
        elif not known.passed and (alone or known.logins[window] == 1):
            known.wrong = True
        else:
            known.silent[window] += 1
        self._codes.changed()
        return again

    def ended(self) -> None:
        """The login goes no further, and showed nothing of how the server took its code: nobody waits to see it."""
        told = self._told()
        if told is not None:
            known, window = told
            known.silent[window] += 1
            self._codes.changed()

    def _told(self) -> tuple[_Typed, int] | None:
        """What was typed last and its window, once; None where nothing was since the last time."""
        if self._last is None:
            return None
        (secret, window), self._last = self._last, None
        return self._codes.of(secret), window

    async def _wait(self, seconds: float) -> None:
        self._on_wait(seconds)
        end = self._codes.now() + seconds
        await self._codes.change(seconds)
        self._on_wait(min(0.0, self._codes.now() - end))
