from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from e2e_linker.config.load import load_config
from e2e_linker.model import Depth, Severity
from e2e_linker.report.model import RunReport
from e2e_linker.run.engine import run_linking
from e2e_linker.run.options import RunOptions

pytestmark = [pytest.mark.real, pytest.mark.browser]

PHONE = {"name": "phone", "use": {"device": "Pixel 7", "surface": "custom-tab", "browserName": "chromium"}}
FIREFOX = {"name": "Desktop Firefox", "use": {"device": "Desktop Firefox", "surface": "browser", "browserName": "firefox"}}

Link = Callable[..., Awaitable[tuple[RunReport, Path]]]


@pytest.fixture
def link(write_config: Callable[..., Path]) -> Link:
    """Links with the server; the report and the run folder."""

    async def run(*, depth: Depth = Depth.STANDARD, **config: Any) -> tuple[RunReport, Path]:
        loaded = load_config(write_config(**config), environ={"DJANGO_USERNAME": "alex"})
        return await run_linking(loaded, RunOptions(depth=depth), lambda _: None)

    return run


def summary(report): 
    for f in report.findings: print(f.severity, f.confidence, f.rule, f.subject, '|', f.message)
    for c in report.cases:
        print(c.ending, c.duration_s)
        for o in c.outcomes:
            if o.status!='passed': print(o.status,o.audit,o.reason)
    for o in report.outcomes:
            if o.status!='passed': print(o.status,o.audit,o.reason)
    print(report.verdict, report.headline)


@pytest.mark.parametrize(
    ("project", "scheme", "pkce"),
    [
        pytest.param(PHONE, "HTTP_BASIC", False, id="phone-basic"),
        pytest.param(PHONE, "REQUEST_BODY_CREDENTIALS", False, id="phone-body"),
        pytest.param(PHONE, "HTTP_BASIC", True, id="phone-pkce"),
        pytest.param(FIREFOX, "HTTP_BASIC", False, id="firefox-basic"),
    ],
)
async def test_links(link: Link, project: dict[str, Any], scheme: str, pkce: bool) -> None:
    report, _ = await link(project=project, scheme=scheme, pkce=pkce)
    summary(report)
    assert report.cases[0].linked


async def test_thorough(link: Link) -> None:
    report, _ = await link(project=PHONE, scheme="HTTP_BASIC", depth=Depth.THOROUGH)
    summary(report)
    assert report.cases[0].linked
