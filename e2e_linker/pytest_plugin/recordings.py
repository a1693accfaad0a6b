"""What was recorded beside a test's links: traces, videos, screenshots, kept as pytest-playwright's options say."""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from e2e_linker.report.model import CaseReport

__all__ = ["Recorded", "Recordings", "output_folder"]

_LEFT = pytest.StashKey[list["Recorded"]]()
_FAILED = pytest.StashKey[bool]()
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Recorded:
    """What one link of a test has left."""

    said: str
    """What it came to, for people."""
    case: CaseReport
    run: Path
    """Its run folder."""
    tapes: Path
    """The folder with its trace and videos."""


def output_folder(config: pytest.Config, name: str) -> Path:
    """The folder below ``--output`` for what was recorded of the test or case called ``name``."""
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    if len(slug) > _LONGEST:
        slug = f"{slug[:_LONGEST]}-{hashlib.sha256(slug.encode()).hexdigest()[:7]}"
    return config.invocation_params.dir / str(config.getoption("output", "test-results")) / slug


class Recordings:
    """The recordings of a process's tests."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._held: list[tuple[Recorded, str, bool]] = []

    @property
    def trace(self) -> bool:
        """Whether ``--tracing`` asks for a trace."""
        return self._asked("tracing")

    @property
    def video(self) -> bool:
        """Whether ``--video`` asks for a video."""
        return self._asked("video")

    def add(self, item: pytest.Item, recorded: Recorded) -> None:
        """Remember a link of the running test."""
        item.stash.setdefault(_LEFT, []).append(recorded)

    def report(self, item: pytest.Item, report: pytest.TestReport) -> None:
        """Put on a failing ``report`` what the links came to; after the last phase, keep what is to be kept."""
        if report.when == "setup":
            item.stash[_FAILED] = False
        left = item.stash.get(_LEFT, [])
        if report.failed:
            item.stash[_FAILED] = True
            told = [one.said for one in left if not _holds(str(report.longrepr), one.said)]
            if told:
                report.sections.append(("e2e-linker", "\n\n".join(told)))
        if report.when == "teardown":
            number = getattr(item, "execution_count", 1)
            folder = output_folder(self._config, item.nodeid + (f"-retry{number - 1}" if number > 1 else ""))
            for n, recorded in enumerate(left, 1):
                prefix = "linker" if len(left) == 1 else f"linker-{n}"
                for kind, path in self._keep(recorded, folder, prefix, failed=item.stash.get(_FAILED, False)):
                    report.user_properties.append((f"linker_{kind}", str(path)))
            item.stash[_LEFT] = []

    def hold(self, recorded: Recorded, name: str, *, failed: bool) -> None:
        """Remember a link of no test of its own, called ``name``, until :meth:`keep_held`.

        pytest-playwright empties ``--output`` before the first test that is a function, whenever that comes.
        """
        self._held.append((recorded, name, failed))

    def keep_held(self) -> None:
        """Move what is to be kept of links that were held, in the place of what an earlier session left of them."""
        for recorded, name, failed in self._held:
            folder = output_folder(self._config, name)
            shutil.rmtree(folder, ignore_errors=True)
            list(self._keep(recorded, folder, "linker", failed=failed, of=recorded.case.id))
        self._held.clear()

    def _keep(
        self, recorded: Recorded, folder: Path, prefix: str, *, failed: bool, of: str = ""
    ) -> Iterator[tuple[str, Path]]:
        """Move what is to be kept into ``folder``; yields what each is and where it is now.

        ``of`` is the case whose recordings are meant, where the folder of the tapes has those of several.
        """
        tapes = [path for path in sorted(recorded.tapes.glob("*")) if _belongs(path.name, of)]
        wanted = []
        if self._kept("tracing", failed):
            wanted += [("trace", path) for path in tapes if path.suffix == ".zip"]
        if self._kept("video", failed):
            wanted += [("video", path) for path in tapes if path.suffix == ".webm"]
        if self._kept("screenshot", failed):
            screens = (screen.picture for screen in recorded.case.screens if screen.picture)
            wanted += [("screenshot", recorded.run / picture) for picture in screens]
        for n, (kind, path) in enumerate(wanted):
            # Screenshots are a series, however few there are; pytest-playwright numbers them likewise.
            alone = kind != "screenshot" and sum(other == kind for other, _ in wanted) == 1
            number = sum(other == kind for other, _ in wanted[: n + 1])
            folder.mkdir(parents=True, exist_ok=True)
            target = folder / f"{prefix}-{kind}{'' if alone else f'-{number}'}{path.suffix}"
            shutil.copyfile(path, target)
            yield kind, target
        for path in tapes:
            path.unlink(missing_ok=True)

    def _asked(self, option: str) -> bool:
        return bool(self._config.getoption(option, "off") != "off")

    def _kept(self, option: str, failed: bool) -> bool:
        value = self._config.getoption(option, "off")
        return value == "on" or (failed and value in {"retain-on-failure", "only-on-failure"})


def _belongs(name: str, case: str) -> bool:
    """Whether the file ``name`` is a recording of ``case``: any is where no case is named."""
    own = rf"{re.escape(case)}(\.attempt-\d+)?(\.trace\.zip|(\.\d+)?\.webm)"
    return not case or re.fullmatch(own, name) is not None


def _holds(text: str, said: str) -> bool:
    """Whether ``text`` says everything that ``said`` does, but for its first line."""
    return all(line.strip() in text for line in said.splitlines()[1:])
