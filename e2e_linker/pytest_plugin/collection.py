"""``pytest playwright.config.json``: a configuration as tests.

One node for each case, in it one test for whether it links and one for each audit; one more node for what is judged
once for all cases. The selected cases are linked in one run when the first of their tests begins; under xdist by the
worker that comes first, while the others wait. Run again by pytest-rerunfailures, a case is linked anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from e2e_linker.errors import LinkerError
from e2e_linker.pytest_plugin import linker_session
from e2e_linker.pytest_plugin.file_run import FileRun
from e2e_linker.pytest_plugin.forwarding import all_cases
from e2e_linker.pytest_plugin.outcomes import CaseNotJudged, Found, case_linked, outcome_of
from e2e_linker.pytest_plugin.wording import in_pytest
from e2e_linker.run.outline import AskedAudit, outline

__all__ = ["CaseNode", "ConfigFile", "LinkItem"]

_RUN = "run"
_LINKED = AskedAudit("linked", "the account is linked", ())


class ConfigFile(pytest.File):
    """A configuration file."""

    run: FileRun
    """Links its cases."""

    def collect(self) -> Iterator[CaseNode]:
        """A node for each case, and one for the run."""
        try:
            loaded = all_cases(self.config, self.path)
            plan = outline(loaded)
        except LinkerError as error:
            raise self.CollectError(in_pytest(error)) from None
        session = linker_session(self.config)
        self.run = FileRun(session, loaded, session.part(self.path, loaded))
        for case in plan.cases:
            yield CaseNode.from_parent(self, name=case, asked=(_LINKED, *plan.of_case))
        yield CaseNode.from_parent(self, name=_RUN, asked=plan.of_run)

    @cached_property
    def selected(self) -> list[str]:
        """The cases of which any test will run; known once all is collected."""
        wanted = {item.case.name for item in self.session.items if isinstance(item, LinkItem) and item.of(self)}
        return sorted(wanted - {_RUN})


class CaseNode(pytest.Collector):
    """A case, or the run as a whole."""

    def __init__(self, *, asked: Iterable[AskedAudit], **more: Any) -> None:
        super().__init__(**more)
        self._asked = tuple(asked)

    def collect(self) -> Iterator[LinkItem]:
        """A test for each audit."""
        for audit in self._asked:
            yield LinkItem.from_parent(self, name=audit.id, audit=audit)


class LinkItem(pytest.Item):
    """One thing that is asked of a case."""

    def __init__(self, *, audit: AskedAudit, **more: Any) -> None:
        super().__init__(**more)
        self.audit = audit
        self.extra_keyword_matches.update(audit.rules)
        if self.config.pluginmanager.hasplugin("xdist"):
            self.add_marker(pytest.mark.xdist_group(self.case.nodeid))

    @property
    def case(self) -> CaseNode:
        """The node of its case."""
        assert isinstance(self.parent, CaseNode)
        return self.parent

    def of(self, file: ConfigFile) -> bool:
        """Whether it belongs to ``file``."""
        return self.case.parent is file

    def setup(self) -> None:
        """Link, unless that was done. An error of ours is an error here, no failure."""
        file = self.case.parent
        assert isinstance(file, ConfigFile)
        attempt = getattr(self, "execution_count", 1)
        own = self.case.name if self.case.name != _RUN else None
        report = file.run.report(file.selected, case=own, attempt=attempt if own else 1)
        path = file.run.report_path
        self._outcome = case_linked(report, own, path) if own and self.audit is _LINKED else None
        if self._outcome is None:
            self._outcome = outcome_of(report, own, self.audit.id, path)
        if self._outcome.status == "errored":
            raise CaseNotJudged(self._outcome.text)

    def runtest(self) -> None:
        """Pass, skip with a reason, or fail with the finding."""
        assert self._outcome is not None
        if self._outcome.status == "failed":
            raise Found(self._outcome.text)
        if self._outcome.status in {"inconclusive", "not_applicable"}:
            raise pytest.skip.Exception(self._outcome.text, _use_item_location=True)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """What is wrong, and no traceback where that is not in this program."""
        if isinstance(excinfo.value, Found | CaseNotJudged | LinkerError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where it is, and what it asks in words."""
        return self.path, 0, f"{self.case.name}: {self.audit.title}"
