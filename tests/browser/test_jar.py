"""The jar as it is written down at the end of a walk, without a browser."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from e2e_linker.browser.recorder import Recorder
from e2e_linker.evidence.redact import SecretRegistry

pytestmark = pytest.mark.asyncio
INTERACTION = "I-6gHbUKB0zsbGvtZiidIL9bIfq62AuEU5tnygEVUOi"


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
    registry = SecretRegistry()
    recorder = Recorder(device, redirect_uris=(), registry=registry, name="minted-1", sink=None)
    await recorder._read_jar()
    (kept,) = recorder.recording().parts["jar"].value
    written = registry.redact_record(kept)
    assert (written.name, written.path, written.size) == ("_interaction", "/interaction/%3Ccookie%231%3E", 55)
