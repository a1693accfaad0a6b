"""Keeping a range up for somebody to try by hand."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

from e2e_linker.demo.range import PracticeRange
from e2e_linker.model import Grant

__all__ = ["serve"]


async def serve(
    *,
    directory: Path,
    ready: Callable[[PracticeRange], None],
    faults: Sequence[str] = (),
    variants: Sequence[str] = (),
    grant: Grant = Grant.AUTH_CODE,
    pkce: bool = False,
) -> None:
    """Serve a range until cancelled. Its files are written to ``directory``; then ``ready`` is called with it, once."""
    async with PracticeRange(faults=faults, variants=variants, grant=grant, pkce=pkce) as practice_range:
        practice_range.write(directory)
        ready(practice_range)
        await asyncio.Event().wait()
