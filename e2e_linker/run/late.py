"""What is loaded only once the first page is on its way: an HTTP client, and all that judges and shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from e2e_linker.config.load import LoadedConfig
from e2e_linker.errors import StoreError
from e2e_linker.evidence.models import CaseEvidence, RunEvidence
from e2e_linker.evidence.redact import SecretRegistry
from e2e_linker.evidence.store import RunStore

if TYPE_CHECKING:
    from e2e_linker.report.model import RunReport

__all__ = ["Unwritten", "conclude", "judged_all_the_same", "load"]

_CUT_SHORT = "The run was interrupted", "Nothing more could be written: the run was cut short"
"""What the report says of a run that somebody stopped, and what it says of this one."""


class Unwritten(StoreError):  # noqa: N818 - what is told is the report, too
    """The run folder took no more. ``report`` says what was found out all the same."""

    def __init__(self, error: StoreError, report: RunReport) -> None:
        super().__init__(error.message, where=error.where, hint=error.hint)
        self.report = report


def load() -> None:
    """Load it, in one thread and always in this order, so that whoever needs a part early only waits for that part."""
    for name in ("e2e_linker.run.battery", "e2e_linker.run.conclusion"):
        import_module(name)


def conclude(
    run: RunEvidence,
    cases: Sequence[CaseEvidence],
    store: RunStore,
    loaded: LoadedConfig,
    registry: SecretRegistry,
    full: StoreError | None,
) -> tuple[RunReport, Path]:
    """The report of ``run``, written with the last of its evidence, and the run folder.

    ``full`` is why nothing more can be written, where that is known already. Raises :class:`Unwritten` then, and where
    it turns out now.
    """
    from e2e_linker.run.conclusion import concluded

    with judged_all_the_same(run, cases, store, registry, cut_short=full is not None):
        if full is not None:
            raise full
        return concluded(run, cases, store, loaded.config.reporter)


@contextmanager
def judged_all_the_same(
    run: RunEvidence,
    cases: Sequence[CaseEvidence],
    store: RunStore,
    registry: SecretRegistry,
    *,
    cut_short: bool = False,
) -> Iterator[None]:
    """Raise :class:`Unwritten`, with the report of ``run``, where ``store`` takes no more.

    ``cut_short`` says that this, and nobody, has ended the run before its time.
    """
    from e2e_linker.run.conclusion import unwritten

    try:
        yield
    except StoreError as error:
        report = unwritten(run, cases, store, registry)
        if cut_short:
            report = report.model_copy(update={"headline": report.headline.replace(*_CUT_SHORT)})
        raise Unwritten(error, report) from error
