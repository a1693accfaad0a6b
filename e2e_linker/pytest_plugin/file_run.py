"""The runs of one collected configuration."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from e2e_linker.config.load import LoadedConfig
from e2e_linker.errors import LinkerError
from e2e_linker.model import slug
from e2e_linker.pytest_plugin.forwarding import into
from e2e_linker.pytest_plugin.outcomes import CaseNotJudged, case_fails
from e2e_linker.pytest_plugin.recordings import Recorded
from e2e_linker.pytest_plugin.session import LinkerSession, Part
from e2e_linker.pytest_plugin.sharing import once
from e2e_linker.pytest_plugin.wording import in_pytest
from e2e_linker.report.model import RunReport
from e2e_linker.run.engine import run_linking
from e2e_linker.run.events import Event, Notice
from e2e_linker.run.linked import taping
from e2e_linker.run.options import RunOptions

__all__ = ["FileRun"]


class FileRun:
    """Links the selected cases together, once; a case that is tried again, alone and once for each attempt."""

    def __init__(self, session: LinkerSession, loaded: LoadedConfig, part: Part) -> None:
        self._session = session
        self._loaded = loaded
        self._part = part
        self._known: dict[str, RunReport | str] = {}

    @property
    def report_path(self) -> str:
        """Where the report of the session will be, as it is told to people."""
        return self._session.shown(self._part.report)

    def report(self, selected: Sequence[str], *, case: str | None, attempt: int) -> RunReport:
        """The report of the run that has ``case``. Raises :class:`CaseNotJudged` where it could not be made."""
        key, cases = ("all", selected) if attempt == 1 else (f"{case}.{attempt}", [case or ""])
        if key not in self._known:
            self._known[key] = self._shared(key, cases, attempt)
        known = self._known[key]
        if isinstance(known, str):
            raise CaseNotJudged(known)
        return known

    def _shared(self, key: str, cases: Sequence[str], attempt: int) -> RunReport | str:
        folder = self._part.folder / "shared" / f"{slug(self._loaded.config_path.parent.name)}-{slug(key)}"
        done = once(folder, lambda: self._made(folder / "tapes", cases, attempt))
        if "error" in done:
            return str(done["error"])
        return RunReport.model_validate_json((Path(done["folder"]) / "report.json").read_text(encoding="utf-8"))

    def _made(self, tapes: Path, cases: Sequence[str], attempt: int) -> dict[str, Any]:
        kept = self._session.recordings
        tape = taping(tapes, trace=kept.trace, video=kept.video)

        def listen(event: Event) -> None:
            if isinstance(event, Notice) and event.kind == "lasting":
                self._session.note(event.text)

        loaded = into(self._loaded, self._part.folder)
        options = RunOptions(cases=tuple(cases), again=self._session.again(self._loaded.config_path))
        try:
            report, folder = self._session.engine.call(
                lambda browsers: run_linking(loaded, options, listen, browsers=browsers, taping=tape)
            )
        except LinkerError as error:
            return {"error": in_pytest(error)}
        for case in report.cases:
            recorded = Recorded("", case, folder, tapes)
            name = f"{self._loaded.config_path.name}-{case.id}" + (f"-retry{attempt - 1}" if attempt > 1 else "")
            kept.hold(recorded, name, failed=case_fails(case, report))
        return {"folder": str(folder)}
