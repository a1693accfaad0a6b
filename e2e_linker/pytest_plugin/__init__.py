"""The pytest plugin: the ``link_account`` fixture, and ``pytest playwright.config.json``.

It goes with pytest-playwright, whose options it honours. Until something asks for it, it imports neither Playwright nor
anything else of this package.
"""

from __future__ import annotations

import secrets
from collections.abc import Generator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from e2e_linker.pytest_plugin.collection import ConfigFile
    from e2e_linker.pytest_plugin.linking import LinkAccount
    from e2e_linker.pytest_plugin.session import LinkerSession

__all__ = ["LinkerWarning", "link_account", "linker_session"]

_NAME = pytest.StashKey[str]()
_SESSION = pytest.StashKey["LinkerSession"]()
_SUFFIX = ".config.json"
_MARKER = (
    "linker(depth=..., device=..., project=..., region=..., only=..., skip=...): "
    "what link_account links with, where the call says nothing else"
)


class LinkerWarning(pytest.PytestWarning):
    """Something that pytest-playwright was told, and that a link cannot honour."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the plugin."""
    group = parser.getgroup("linker", "e2e-linker")
    group.addoption(
        "--linker-config",
        metavar="FILE",
        default="playwright.config.json",
        help="The configuration that link_account uses. Default: playwright.config.json.",
    )
    group.addoption(
        "--linker-skill", metavar="FILE", help="The SMAPI account linking file; wins over the configuration."
    )
    group.addoption(
        "--linker-report",
        metavar="DIR",
        help="The folder of the run folders. Default: what the configuration says, else reports.",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker."""
    config.addinivalue_line("markers", _MARKER)


@pytest.hookimpl(tryfirst=True)
def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """With ``--browser``, run each test that links once for each engine, as pytest-playwright does with its own."""
    names = metafunc.fixturenames
    if "link_account" in names and "browser_name" not in names and metafunc.config.getoption("browser", None):
        names.append("browser_name")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> ConfigFile | None:
    """Collect a configuration that was named on the command line; none that merely lies about."""
    config = parent.config
    if file_path.suffix != ".json" or not parent.session.isinitpath(file_path):
        return None
    if not file_path.name.endswith(_SUFFIX) and file_path.name != Path(config.getoption("--linker-config")).name:
        return None
    from e2e_linker.pytest_plugin.collection import ConfigFile

    return ConfigFile.from_parent(parent, path=file_path)


@pytest.fixture
def link_account(request: pytest.FixtureRequest) -> LinkAccount:
    """Link an account as a customer would: ``result = link_account(device="iPhone 15", region="EU")``.

    In an async test ``await link_account.aio(...)`` keeps the test's own event loop running meanwhile.
    """
    from e2e_linker.pytest_plugin.linking import LinkAccount

    return LinkAccount(request, linker_session(request.config))


def linker_session(config: pytest.Config) -> LinkerSession:
    """What all tests of this process share; made when first asked for."""
    if _SESSION not in config.stash:
        from e2e_linker.pytest_plugin.session import LinkerSession

        config.stash[_SESSION] = LinkerSession(config, _session_name(config))
    return config.stash[_SESSION]


def _session_name(config: pytest.Config) -> str:
    """The name of the session's run folder, the same in every xdist worker."""
    told = getattr(config, "workerinput", {}).get("e2e_linker")
    if told:
        return str(told)
    if _NAME not in config.stash:
        config.stash[_NAME] = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}"
    return config.stash[_NAME]


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell an xdist worker the name of the session."""
    node.workerinput["e2e_linker"] = _session_name(node.config)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """Learn from an xdist worker where it has left its runs."""
    left = getattr(node, "workeroutput", {}).get("e2e_linker")
    if left:
        linker_session(node.config).take_over(*left)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Say on a failing test what its links came to, and keep or drop what was recorded of them."""
    report = yield
    if _SESSION in item.config.stash:
        item.config.stash[_SESSION].recordings.report(item, report)
    return report


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> Generator[None, object, object]:
    """Close the browsers and make one report of everything, once all tests and fixtures are done."""
    result = yield
    if _SESSION in session.config.stash:
        session.config.stash[_SESSION].finish()
    return result


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say where the report is."""
    if _SESSION in config.stash and (lines := config.stash[_SESSION].summary()):
        terminalreporter.section("e2e-linker")
        for line in lines:
            terminalreporter.write_line(line)
