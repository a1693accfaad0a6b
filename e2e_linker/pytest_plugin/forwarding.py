"""pytest's options and pytest-playwright's fixtures as the configuration of a run."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from e2e_linker.config.load import LoadedConfig, load_config
from e2e_linker.config.overrides import Overrides
from e2e_linker.config.projects import Project, Use, Viewport
from e2e_linker.errors import UsageError
from e2e_linker.pytest_plugin import LinkerWarning

__all__ = ["Forwarded", "all_cases", "into", "one_case"]

_THEIRS = "pytest_playwright.pytest_playwright"
_LAUNCH = ("args", "slow_mo")
_CONTEXT = (
    "user_agent",
    "locale",
    "timezone_id",
    "device_scale_factor",
    "is_mobile",
    "has_touch",
    "color_scheme",
    "storage_state",
    "ignore_https_errors",
)
_OUT_OF_PLACE = frozenset({"base_url", "default_browser_type", "record_video_dir", "record_video_size", "screen"})
"""What says nothing about a link: the address is the skill's, and videos are asked for by --video."""


@dataclass(frozen=True, slots=True)
class Forwarded:
    """What pytest-playwright's fixtures say for one test."""

    launch: Mapping[str, Any]
    context: Mapping[str, Any]
    browser: str | None = None
    """The engine that ``--browser`` names for it."""

    @classmethod
    def of(cls, request: pytest.FixtureRequest) -> Forwarded:
        """What they say for the test of ``request``. What cannot be honoured earns a warning that names it."""
        launch = dict(request.getfixturevalue("browser_type_launch_args")) if _last(request, "launch") else {}
        context: dict[str, Any] = {}
        # Their own says no more than the options do, and would start a driver that is not needed.
        if _last(request, "context") not in {None, _THEIRS}:
            if inspect.iscoroutinefunction(getattr(request, "function", None)):
                _warn("browser_context_args needs pytest-playwright's blocking driver, which no async test can have")
            else:
                context |= request.getfixturevalue("browser_context_args")
        marker = request.node.get_closest_marker("browser_context_args")
        if marker is not None:
            context |= marker.kwargs
        for name in (
            *_unknown(launch, {*_LAUNCH, "executable_path", "headless", "channel"}),
            *_unknown(context, {*_CONTEXT, "viewport"}),
        ):
            _warn(f"link_account does not honour {name!r}")
        return cls(launch, context, _browser(request))

    def over(self, use: Use, *, own_device: bool) -> Use:
        """``use`` with all this on top. A test that names its ``own_device`` keeps what makes that device up."""
        changes: dict[str, Any] = {name: self.context[name] for name in _CONTEXT if name in self.context}
        if self.context.get("viewport"):
            changes["viewport"] = Viewport(**self.context["viewport"])
        if own_device:
            for name in ("user_agent", "viewport", "device_scale_factor", "is_mobile", "has_touch"):
                changes.pop(name, None)
        launch = {name: self.launch[name] for name in _LAUNCH if self.launch.get(name)}
        if "args" in launch:
            launch["args"] = (*use.launch_options.args, *launch["args"])
        path, engine = self.launch.get("executable_path"), self.browser or "chromium"
        if path and engine in _engines(use):
            launch["executable_path"] = Path(path)
            changes["browser_name"] = (engine,)
        if launch:
            changes["launch_options"] = use.launch_options.model_copy(update=launch)
        if self.launch.get("headless") is False:
            changes["headless"] = False
        if self.launch.get("channel"):
            changes |= _channel(self.launch["channel"])
        return use.model_copy(update=changes)


def one_case(
    request: pytest.FixtureRequest,
    path: Path,
    forwarded: Forwarded,
    *,
    device: str | None,
    project: str | None,
    region: str | None,
    name: str,
) -> LoadedConfig:
    """The configuration at ``path`` narrowed to one case called ``name``.

    Raises :class:`~e2e_linker.errors.LinkerError` where there is no such case, or the configuration is wrong.
    """
    if device and project:
        raise UsageError("name a device or a project, not both", where="link_account")
    config = request.config
    own = device or (None if project else config.getoption("device", None))
    overrides = Overrides(
        skill=_skill(config),
        devices=(own,) if own else (),
        projects=(project,) if project else (),
        regions=(region,) if region else (),
    )
    loaded = load_config(path, overrides=overrides)
    chosen, regions = loaded.config.projects[0], loaded.config.linker.regions
    if region and len(regions) > 1:
        raise UsageError(f"{region!r} is more than one region", where="link_account", hint="name NA, EU or FE")
    use = _engine(chosen.use.under(loaded.config.use), forwarded.browser)
    use = forwarded.over(use, own_device=device is not None)
    linker = loaded.config.linker.model_copy(update={"regions": regions[:1]})
    return _with(loaded, projects=(chosen.model_copy(update={"name": name, "use": use}),), linker=linker)


def all_cases(config: pytest.Config, path: Path) -> LoadedConfig:
    """The configuration at ``path`` with pytest's options on top; with ``--browser``, every project on each engine.

    Raises :class:`~e2e_linker.errors.LinkerError` where it is wrong.
    """
    device = config.getoption("device", None)
    overrides = Overrides(
        skill=_skill(config), devices=(device,) if device else (), headed=config.getoption("headed", False)
    )
    loaded = load_config(path, overrides=overrides)
    slow, channel = config.getoption("slowmo", 0), config.getoption("browser_channel", None)
    forwarded = Forwarded({"slow_mo": slow, "channel": channel}, {})
    browsers = config.getoption("browser", None) or [None]

    def variants() -> Iterator[Project]:
        for project in loaded.config.projects:
            for browser in browsers:
                use = _engine(forwarded.over(project.use.under(loaded.config.use), own_device=False), browser)
                name = f"{project.name} {browser}" if len(browsers) > 1 else project.name
                yield project.model_copy(update={"name": name, "use": use})

    return _with(loaded, projects=tuple(variants()))


def into(loaded: LoadedConfig, folder: Path) -> LoadedConfig:
    """``loaded`` with its run folders in ``folder``, and no report but what others are made of."""
    return _with(loaded, output_dir=folder, reporter=("json",))


def _with(loaded: LoadedConfig, **changes: Any) -> LoadedConfig:
    return replace(loaded, config=loaded.config.model_copy(update=changes))


def _skill(config: pytest.Config) -> Path | None:
    named = config.getoption("--linker-skill")
    return config.invocation_params.dir / named if named else None


def _browser(request: pytest.FixtureRequest) -> str | None:
    """The engine this test is run for. Without ``--browser`` pytest-playwright names one that nobody asked for."""
    if not request.config.getoption("browser", None):
        return None
    return getattr(request.node, "callspec", None) and request.node.callspec.params.get("browser_name")


def _engine(use: Use, browser: str | None) -> Use:
    return use.model_copy(update={"browser_name": (browser,)}) if browser else use


def _engines(use: Use) -> tuple[str, ...]:
    """The engines ``use`` may run on; without a word of its own, what its device is at home on."""
    if use.browser_name:
        return use.browser_name
    device = use.device or ""
    return ("firefox",) if "Firefox" in device else ("webkit",) if "Safari" in device else ("chromium",)


def _channel(channel: str) -> dict[str, Any]:
    engine = "firefox" if "firefox" in channel else "webkit" if "webkit" in channel else "chromium"
    return {"channel": channel, "browser_name": (engine,)}


def _last(request: pytest.FixtureRequest, kind: str) -> str | None:
    """The module of the fixture that speaks last for this test; None where there is none."""
    name = {"launch": "browser_type_launch_args", "context": "browser_context_args"}[kind]
    found = request.session._fixturemanager.getfixturedefs(name, request.node)
    return found[-1].func.__module__ if found else None


def _unknown(given: Mapping[str, Any], known: set[str]) -> list[str]:
    return [name for name, value in given.items() if name not in known | _OUT_OF_PLACE and value is not None]


def _warn(text: str) -> None:
    warnings.warn(LinkerWarning(text), stacklevel=2)
