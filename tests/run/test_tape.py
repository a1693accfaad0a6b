"""Traces and videos of a case."""

from __future__ import annotations

import json
import stat
import sys
from pathlib import Path

import playwright
import pytest

from e2e_linker.browser.tape import Taping
from e2e_linker.config.load import load_config
from e2e_linker.model import Depth
from e2e_linker.run.engine import run_linking
from e2e_linker.run.events import Notice
from e2e_linker.run.options import RunOptions


def browses(test):
    """Mark a test that drives a browser."""
    return pytest.mark.browser(pytest.mark.asyncio(loop_scope="session")(test))


async def recorded(bench, browsers, **wanted):
    notices: list[str] = []

    def listen(event):
        if isinstance(event, Notice):
            notices.append(event.text)

    folder = bench.folder / "tapes"
    loaded, options = load_config(bench.config()), RunOptions(depth=Depth.PASSIVE)
    report, _ = await run_linking(loaded, options, listen, browsers=browsers, taping=Taping(folder, **wanted))
    assert all(case.linked for case in report.cases)
    return sorted(path.name for path in folder.iterdir()), notices


@browses
async def test_a_video_that_cannot_be_made_costs_only_itself(bench, monkeypatch, tmp_path):
    from e2e_linker.browser.engines import Browsers

    # Where Playwright looks for its ffmpeg; the browser is one of the system.
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "none"))
    async with Browsers() as browsers:
        kept, notices = await recorded(bench, browsers, trace=True, video=True)
    assert kept == ["phone-na.trace.zip"]
    assert notices == ["no video: Playwright's ffmpeg is missing; `playwright install ffmpeg` fetches it"]


@browses
async def test_nothing_is_left_where_traces_are_made(bench, monkeypatch, tmp_path):
    raw = tmp_path / "raw"
    raw.mkdir()
    seen: list[int] = []
    monkeypatch.setattr("tempfile.tempdir", str(raw))

    def look(event):
        seen.extend(stat.S_IMODE(path.stat().st_mode) for path in raw.glob("e2e-linker-tape-*"))

    loaded = load_config(bench.config())
    await run_linking(
        loaded,
        RunOptions(depth=Depth.PASSIVE),
        look,
        browsers=bench.browsers,
        taping=Taping(tmp_path / "tapes", trace=True),
    )
    assert list(raw.glob("e2e-linker-tape-*")) == []
    assert sys.platform == "win32" or set(seen) <= {0o700}
    assert (tmp_path / "tapes" / "phone-na.trace.zip").is_file()


FFMPEG = """#!{python}
import pathlib, sys
pathlib.Path(sys.argv[-1]).write_bytes(sys.stdin.buffer.read()[:100] or b"film")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the stand-in is put where Playwright looks on Linux")
@browses
async def test_each_page_has_a_video(bench, monkeypatch, tmp_path):
    from e2e_linker.browser.engines import Browsers

    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path))
    driver = Path(playwright.__file__).parent / "driver" / "package" / "browsers.json"
    versions = {entry["name"]: entry["revision"] for entry in json.loads(driver.read_text("utf-8"))["browsers"]}
    program = tmp_path / f"ffmpeg-{versions['ffmpeg']}" / "ffmpeg-linux"
    program.parent.mkdir()
    program.write_text(FFMPEG.format(python=sys.executable))
    program.chmod(0o755)
    async with Browsers() as browsers:
        kept, notices = await recorded(bench, browsers, video=True)
    assert (kept, notices) == (["phone-na.webm"], [])
