"""The signals that ask the program to end."""

from __future__ import annotations

import signal

__all__ = ["hangup", "stopping"]


def hangup() -> signal.Signals | None:
    """What is sent where the terminal goes away; None where there is no such signal, or it is to be outlived.

    ``nohup`` ignores it for what it starts, and that stays so.
    """
    number: signal.Signals | None = getattr(signal, "SIGHUP", None)
    return None if number is None or signal.getsignal(number) is signal.SIG_IGN else number


def stopping() -> tuple[signal.Signals, ...]:
    """Those on which a run writes down what it has and ends: Ctrl-C, SIGTERM, and a terminal that goes away."""
    gone = hangup()
    return (signal.SIGINT, signal.SIGTERM, *((gone,) if gone else ()))
