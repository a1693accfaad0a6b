"""What ``link_account`` gives back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from e2e_linker.config.nearest import offer
from e2e_linker.errors import UsageError
from e2e_linker.model import Severity
from e2e_linker.pytest_plugin.told import case_told, findings_told
from e2e_linker.report.fate import became, fate
from e2e_linker.run.linked import Linked
from e2e_linker.run.selection import require_audits

__all__ = ["LinkResult", "names_of"]


def names_of(given: str | Iterable[str] | None) -> tuple[str, ...]:
    """Several names, one name, or none."""
    return (given,) if isinstance(given, str) else tuple(given or ())


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class LinkResult(Linked):
    """One account linked, or not. ``report``, ``evidence`` and everything else hold no secret; ``tokens`` do."""

    report_path: str
    """Where the report of the whole session will be."""

    def __repr__(self) -> str:
        told = became(self.case, self.findings)
        return f"<LinkResult {self.case.id}: {told}, {len(self.findings)} findings>"

    def told(self) -> str:
        """What became of it, for people."""
        return case_told(self.case, self.findings, self.report_path)

    def assert_no_findings(self, at_least: str = "degrades", ignore: str | Iterable[str] = ()) -> None:
        """Raise AssertionError naming every finding that is ``at_least`` this bad, but for rules or audits ignored.

        ``at_least`` is ``breaks``, ``degrades`` or ``recommended``. A link of which nothing can be said, because it
        could not be made, fails too: nothing was looked at. Raises :class:`~e2e_linker.errors.UsageError` for a rule
        or audit that does not exist, and for another severity.
        """
        __tracebackhide__ = True
        if at_least not in set(Severity):
            raise UsageError(
                f"there is no severity {at_least!r}", where="at_least", hint=offer(at_least, list(Severity))
            )
        least, ignored = Severity(at_least), frozenset(names_of(ignore))
        require_audits(ignored, option="ignore")
        left = [found for found in self.findings if not ignored & {found.rule, found.audit}]
        bad = [found for found in left if found.severity.at_least(least)]
        if bad:
            count = "1 finding" if len(bad) == 1 else f"{len(bad)} findings"
            raise AssertionError(f"{self.case.id}: {count}\n\n{findings_told(bad, self.report_path)}")
        if fate(self.case, self.findings) in {"unknown", "errored"}:
            raise AssertionError(self.told())
