"""Walks that are made once more because the server failed: it may do so now and then, whatever is asked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from e2e_linker.evidence.models import Walk

__all__ = ["answered"]


async def answered(
    walk: Callable[[str], Awaitable[Walk | None]],
    name: str,
    keep: Callable[[Walk | None], None],
    measured: Walk,
    times: int,
) -> None:
    """Hand what ``walk`` makes under ``name`` to ``keep``, and where a server failed on it, the next one, too.

    At most ``times`` in all. What failed on ``measured`` as well stops nobody.
    """
    # Loaded here: what it judges by is not needed before the first page.
    from e2e_linker.derive.server_failures import broken_by

    for n in range(1, times + 1):
        found = await walk(name if n == 1 else f"{name}-{n}")
        keep(found)
        if found is None or not broken_by(found, measured):
            return
