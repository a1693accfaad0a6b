"""``demo --serve``: the range alone, for whoever wants to try it by hand."""

from __future__ import annotations

import asyncio
import re
import socket
from pathlib import Path

import pytest

from e2e_linker.config.load import load_config
from e2e_linker.run.practice import Practice, serve_range


def refuses(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) != 0


async def test_it_says_how_to_reach_it_and_is_gone_when_stopped():
    said, told = list[str](), asyncio.Event()

    def say(line: str) -> None:
        said.append(line)
        if line == "Ctrl-C stops it.":
            told.set()

    serving = asyncio.create_task(serve_range(Practice(faults=("unlisted-script",)), say))
    async with asyncio.timeout(60):
        await told.wait()
    text = "\n".join(said)
    port = int(re.findall(r"127\.0\.0\.1:(\d+)", said[0])[0])
    config = Path(re.findall(r"e2e-linker run --config (\S+)", text)[0])
    assert not refuses(port)
    loaded = load_config(config)
    assert loaded.skill.client_id in text
    assert "static.brightbulb-cdn.test" not in loaded.skill.domains
    assert re.search(r"^user +\S+@brightbulb\.test$", text, re.MULTILINE)
    serving.cancel()
    assert await serving is None
    assert refuses(port)
    assert not config.parent.exists()


@pytest.mark.parametrize("name", ["--fault", "--variant"])
def test_what_there_is_not_is_refused_before_anything_is_served(program, name):
    said = program("demo", "--serve", name, "nothing-at-all")
    assert (said.code, said.out) == (2, "")
    assert "nothing-at-all" in said.err
