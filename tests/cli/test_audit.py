"""The verb that judges what is there already."""

from __future__ import annotations

import json

import pytest


def test_a_capture_is_known_by_its_name(configured, secrets):
    capture = {"log": {"version": "1.2", "creator": {"name": "phone", "version": "1"}, "entries": []}}
    (configured.folder / "phone.har").write_text(json.dumps(capture))
    named = configured("audit", "--har", "phone.har", **secrets)
    bare = configured("audit", "phone.har", **secrets)
    assert "manifest.json" not in bare.err
    assert (bare.code, bare.err.splitlines()[:1]) == (named.code, named.err.splitlines()[:1])
    assert "phone.har" in bare.err


@pytest.mark.parametrize("arguments", [("--only", "domains-complet"), ("--skip", "domain-lst")], ids=" ".join)
def test_a_choice_that_names_nothing_is_refused_as_a_run_refuses_it(configured, secrets, arguments):
    (configured.folder / "phone.har").write_text("{}")
    said = configured("audit", "--har", "phone.har", *arguments, **secrets)
    assert said.code == 2
    assert said.shown == configured("run", "--dry-run", *arguments, **secrets).shown
