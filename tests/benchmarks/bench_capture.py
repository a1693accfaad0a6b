"""A captured HAR of 100,000 entries and 200 MB, judged: at most 20 s and 1.5 GB, with a cost linear in the entries.

Run it with ``python -m tests.benchmarks.bench_capture`` from the repository's folder (Linux). Never part of a test run.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.benchmarks.figures import verdict

__all__ = ["measure"]

_ENTRIES, _BYTES = 100_000, 2_000
_TARGET_S, _TARGET_MB, _TARGET_GROWTH = 20.0, 1_500.0, 2.4
_START = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
_STATE = "A2SAAEAE" + "x1Y2z3" * 50
_REDIRECT = "https://pitangui.amazon.com/api/skill/link/MABC123DEF456"
_LOGIN = "https://login.brand.example"
_ASKED = f"{_LOGIN}/authorize?client_id=alexa&response_type=code&state={_STATE}&redirect_uri={_REDIRECT}"
_AGENT = "Mozilla/5.0 (Linux; Android 14; Pixel 7; wv) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36"
_SKILL = {
    "type": "AUTH_CODE",
    "authorizationUrl": f"{_LOGIN}/authorize",
    "clientId": "alexa",
    "domains": ["cdn0.brand.example"],
    "accessTokenUrl": f"{_LOGIN}/token",
    "accessTokenScheme": "HTTP_BASIC",
}


async def measure() -> bool:
    """Whether time, memory and growth are within their targets."""
    with tempfile.TemporaryDirectory(prefix="e2e-linker-bench-") as name:
        half, half_s, _ = await _judged(Path(name), _ENTRIES // 2)
        whole, whole_s, peak_mb = await _judged(Path(name), _ENTRIES)
    print(f"  {half:.0f} MB {half_s:.1f} s, {whole:.0f} MB {whole_s:.1f} s")
    met = verdict(f"capture of {_ENTRIES:,} entries", whole_s, _TARGET_S, "s")
    met = verdict("its memory", peak_mb, _TARGET_MB, "MB") and met
    return verdict("twice the entries", whole_s / half_s, _TARGET_GROWTH, "x") and met


async def _judged(folder: Path, entries: int) -> tuple[float, float, float]:
    """Megabytes of a capture, the processor seconds and the megabytes of memory that judging it took."""
    path, skill = folder / f"{entries}.har", folder / "skill.json"
    skill.write_text(json.dumps({"accountLinkingResponse": _SKILL}), "utf-8")
    with path.open("w", encoding="utf-8") as file:
        file.write('{"log":{"version":"1.2","creator":{"name":"bench","version":"1"},"entries":[')
        file.write(",".join(json.dumps(entry) for entry in _entries(entries)))
        file.write("]}}")
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.benchmarks.bench_capture", str(path), str(skill), stdout=asyncio.subprocess.PIPE
    )
    told, _ = await child.communicate()
    assert child.returncode == 0
    seconds, peak_mb = map(float, told.split())
    return path.stat().st_size / 1e6, seconds, peak_mb


def _entries(count: int) -> Iterator[dict[str, Any]]:
    yield _entry(0, _ASKED, "text/html")
    for n in range(1, count - 1):
        yield _entry(n, f"https://cdn{n % 30}.brand.example/assets/{n}.js?v={n * 7919}", "text/javascript")
    yield _entry(count, f"{_REDIRECT}?code=Qm9uZHMtYXJlLWdvb2QtMTIz&state={_STATE}", "text/html")


def _entry(n: int, url: str, kind: str) -> dict[str, Any]:
    asked = {"User-Agent": _AGENT, "Accept": "*/*", "Accept-Language": "en-US,en;q=0.9", "Referer": _LOGIN}
    given = {"Content-Type": kind, "Cache-Control": "public, max-age=3600", "ETag": f'"{n:x}"', "Server": "bench"}
    return {
        "startedDateTime": (_START + timedelta(milliseconds=n)).isoformat(),
        "time": 30.0,
        "request": {
            "method": "GET",
            "url": url,
            "httpVersion": "HTTP/2",
            "cookies": [],
            "headers": [{"name": name, "value": value} for name, value in asked.items()],
            "queryString": [],
            "headersSize": -1,
            "bodySize": 0,
        },
        "response": {
            "status": 200,
            "statusText": "OK",
            "httpVersion": "HTTP/2",
            "cookies": [],
            "headers": [{"name": name, "value": value} for name, value in given.items()],
            "content": {"size": _BYTES, "mimeType": kind, "text": "x" * (_BYTES - 1_050)},
            "redirectURL": "",
            "headersSize": -1,
            "bodySize": _BYTES,
        },
        "cache": {},
        "timings": {"dns": 1.0, "connect": 12.0, "ssl": 8.0, "send": 1.0, "wait": 20.0, "receive": 4.0},
    }


def _judge(path: Path, skill: Path) -> None:
    from e2e_linker.config.linker import Linker
    from e2e_linker.config.smapi import load_skill
    from e2e_linker.run.capture import judge_capture
    from e2e_linker.run.options import RunOptions

    judge_capture(path, load_skill(skill), Linker(), RunOptions(), output=path.parent / "runs")
    print(time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3)


if __name__ == "__main__":
    if len(sys.argv) > 2:
        _judge(Path(sys.argv[1]), Path(sys.argv[2]))
    else:
        sys.exit(not asyncio.run(measure()))
