"""The jar as it is written down at the end of a walk, without a browser."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest

from e2e_linker.browser.recorder import Recorder
from e2e_linker.evidence.models import Failed, Present
from e2e_linker.evidence.redact import SecretRegistry

pytestmark = pytest.mark.asyncio
INTERACTION = "I-6gHbUKB0zsbGvtZiidIL9bIfq62AuEU5tnygEVUOi"


def recorder_of(cookies, registry):
    """A recorder that never listened, of a browser that hands out ``cookies``."""
    device = SimpleNamespace(
        borrowed=False,
        foreign=(),
        retired=(),
        session=None,
        gaps=(),
        connections=(),
        settings=SimpleNamespace(engine="firefox"),
        context=SimpleNamespace(cookies=cookies),
    )
    return Recorder(device, redirect_uris=(), registry=registry, name="minted-1", sink=None)


async def test_a_cookie_that_nobody_saw_come_is_in_no_path_of_the_jar():
    cookie = {
        "name": "_interaction",
        "value": INTERACTION,
        "domain": "login.example.com",
        "path": f"/interaction/{INTERACTION}",
        "secure": True,
        "httpOnly": True,
        "sameSite": "Lax",
    }

    async def cookies(urls):
        return [cookie]

    registry = SecretRegistry()
    recorder = recorder_of(cookies, registry)
    await recorder._read_jar()
    (kept,) = recorder.recording().parts["jar"].value
    written = registry.redact_record(kept)
    assert (written.name, written.path, written.size) == ("_interaction", "/interaction/%3Ccookie%231%3E", 55)


async def test_a_busy_browser_has_longer_for_its_jar_than_for_what_else_is_on_its_way(monkeypatch):
    monkeypatch.setattr("e2e_linker.browser.recorder._COLLECT_S", 0.01)

    async def late(urls):
        await asyncio.sleep(0.2)
        return []

    recorder = recorder_of(late, SecretRegistry())
    await recorder.stop()
    assert recorder.recording().parts["jar"] == Present(value=())


async def test_a_browser_that_never_hands_it_out_is_given_up(monkeypatch):
    monkeypatch.setattr("e2e_linker.browser.recorder._JAR_S", 0.05)

    async def never(urls):
        await asyncio.Event().wait()

    recorder = recorder_of(never, SecretRegistry())
    await recorder.stop()
    assert recorder.recording().parts["jar"] == Failed(error="the browser did not hand out its cookies")
