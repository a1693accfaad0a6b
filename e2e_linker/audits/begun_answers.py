"""What to do where an answer was begun before its redirect was set."""

from __future__ import annotations

from e2e_linker.derive.pages import Page
from e2e_linker.derive.printed_warnings import too_late

__all__ = ["begun_before"]


def begun_before(page: Page) -> str | None:
    """What to do where ``page`` says that its head had been sent before it was whole; None for all others."""
    late = too_late(page.text)
    if late is None:
        return None
    where = f" in {late.file}, line {late.line}" if late.file else ""
    return (
        f"The redirect was not sent: PHP had begun the page{where} before it was set. Take away what prints there (an "
        "`echo`, a notice, a blank line or a byte order mark before `<?php`), or begin with `ob_start()`; with "
        "`display_errors` off, notices are not printed into pages."
    )
