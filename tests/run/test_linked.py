"""One case, for somebody who wants more than a report."""

from __future__ import annotations

import asyncio

import pytest

from e2e_linker.errors import UsageError
from e2e_linker.report.build import build_report
from e2e_linker.run import linked
from e2e_linker.run.linked import link_case


@pytest.mark.parametrize(("interrupted", "raised"), [(True, asyncio.CancelledError), (False, UsageError)])
def test_a_run_that_was_cancelled_before_its_case_began_says_no_more(build, monkeypatch, tmp_path, interrupted, raised):
    async def ended(*_, **__):
        return build_report(build.run(interrupted=interrupted), []), tmp_path

    monkeypatch.setattr(linked, "run_linking", ended)
    with pytest.raises(raised):
        asyncio.run(link_case(None, None, browsers=None))
