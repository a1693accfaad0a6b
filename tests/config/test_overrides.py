from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from e2e_linker.config import Overrides
from e2e_linker.errors import UsageError

CONFIG: dict[str, Any] = {
    "retries": 1,
    "projects": [{"name": "Phone", "retries": 5}, {"name": "Tablet"}, {"name": "phone2"}],
    "linker": {"skill": "skill.json", "resolve": {"a.example.com": "127.0.0.1"}},
}


def names(load: Any, **options: Any) -> list[str]:
    return [project.name for project in load(CONFIG, overrides=Overrides(**options)).config.projects]


def test_projects_are_chosen_by_name_in_any_case(load: Any) -> None:
    assert names(load) == ["Phone", "Tablet", "phone2"]
    assert names(load, projects=("tablet", "Phone", "phone")) == ["Tablet", "Phone"]


def test_devices_replace_the_projects_that_are_not_named(load: Any) -> None:
    assert names(load, devices=("Pixel 7", "iPhone 15", "Pixel 7")) == ["Pixel 7", "iPhone 15"]
    assert names(load, devices=("Pixel 7",), projects=("Phone",)) == ["Phone", "Pixel 7"]


def test_a_device_is_shown_as_it_would_be(load: Any) -> None:
    devices = ("Pixel 7", "iPad (gen 11)", "Desktop Chrome")
    projects = load(CONFIG, overrides=Overrides(devices=devices)).config.projects
    seen = [(project.use.device, project.use.surface, project.use.browser_name) for project in projects]
    assert seen == [
        ("Pixel 7", "custom-tab", None),
        ("iPad (gen 11)", "custom-tab", ("webkit", "chromium")),
        ("Desktop Chrome", "browser", None),
    ]


def test_the_other_options(load: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    config = load(
        CONFIG,
        overrides=Overrides(
            regions=("eu", "NA"),
            resolve=("B.example.com=[::1]:8443", "a.example.com=10.0.0.1"),
            output=Path("elsewhere"),
            formats=("json", "html", "json"),
            workers=3,
            retries=0,
            headed=True,
        ),
    ).config
    assert config.linker.regions == ("EU", "NA")
    assert {host: str(address) for host, address in config.linker.resolve.items()} == {
        "a.example.com": "10.0.0.1",
        "b.example.com": "[::1]:8443",
    }
    assert config.output_dir == tmp_path / "elsewhere"
    assert (config.reporter, config.workers) == (("json", "html"), 3)
    assert {(project.retries, project.use.headless) for project in config.resolved_projects()} == {(0, False)}


def test_all_regions(load: Any) -> None:
    assert load(CONFIG, overrides=Overrides(regions=("all",))).config.linker.regions == ("NA", "EU", "FE")


def test_another_skill_wins(load: Any, skill_json: dict[str, Any], tmp_path: Path) -> None:
    skill_json["accountLinkingResponse"]["clientId"] = "other"
    other = tmp_path / "other.json"
    other.write_text(json.dumps(skill_json))
    skill_json["accountLinkingResponse"]["clientId"] = "alexa"
    assert load(CONFIG, overrides=Overrides(skill=other)).skill.client_id == "other"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (
            {"projects": ("tablte",)},
            "--project: there is no project tablte\n  try: did you mean Tablet? there are: Phone",
        ),
        ({"regions": ("US",)}, "--region: there is no region US"),
        ({"resolve": ("a=b:c",)}, "--resolve: a=b:c is not HOST=ADDRESS[:PORT]"),
        ({"resolve": ("=1.2.3.4",)}, "--resolve"),
        ({"formats": ("htlm",)}, "--format: there is no report format htlm\n  try: did you mean html?"),
        ({"workers": 0}, "--workers: 0 is not between 1 and 256"),
        ({"retries": -1}, "--retries: -1 is not between"),
    ],
)
def test_an_option_that_cannot_be_carried_out_is_named(load: Any, options: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError) as caught:
        load(CONFIG, overrides=Overrides(**options))
    assert said in str(caught.value)
