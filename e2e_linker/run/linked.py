"""One case linked for somebody who wants more than a report: its evidence, and the tokens themselves."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

from e2e_linker.browser.engines import Browsers
from e2e_linker.browser.tape import Taping
from e2e_linker.config.load import LoadedConfig
from e2e_linker.derive.tokens import read_token_answer
from e2e_linker.errors import UsageError
from e2e_linker.evidence.models import CaseEvidence, records
from e2e_linker.evidence.redact import SecretRegistry
from e2e_linker.evidence.store import open_run
from e2e_linker.report.model import CaseReport, FindingReport, RunReport
from e2e_linker.run.engine import run_linking
from e2e_linker.run.events import Event, Notice
from e2e_linker.run.options import RunOptions

__all__ = ["Linked", "Secret", "Tokens", "link_case", "taping"]


class Secret:
    """A secret value. Printed by itself it shows a label; ``str()`` and :attr:`value` give what it is."""

    __slots__ = ("_label", "_value")

    def __init__(self, value: str, label: str) -> None:
        self._value = value
        self._label = label

    @property
    def value(self) -> str:
        """The secret itself."""
        return self._value

    def __str__(self) -> str:
        return self._value

    def __repr__(self) -> str:
        return f"Secret({self._label})"


@dataclass(frozen=True, slots=True)
class Tokens:
    """What Alexa would now hold. None where it did not come."""

    access_token: Secret | None
    refresh_token: Secret | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """What became of one case."""

    report: RunReport
    case: CaseReport
    evidence: CaseEvidence
    """Of the last attempt."""
    tokens: Tokens
    folder: Path
    """The run folder."""
    notices: tuple[str, ...]
    """What the run had to say besides."""

    @property
    def linked(self) -> bool:
        """Whether Alexa would now hold an access token for the customer."""
        return self.case.linked

    @property
    def findings(self) -> tuple[FindingReport, ...]:
        """Everything that was found, worst first."""
        return self.report.findings


def taping(folder: Path, *, trace: bool, video: bool) -> Taping | None:
    """What is recorded into ``folder``; None for nothing."""
    return Taping(folder, trace=trace, video=video) if trace or video else None


async def link_case(
    loaded: LoadedConfig, options: RunOptions, *, browsers: Browsers, taping: Taping | None = None
) -> Linked:
    """Link the one case that ``loaded`` and ``options`` plan.

    Raises :class:`~e2e_linker.errors.LinkerError` for what keeps it from starting, or where they plan several cases,
    and :class:`asyncio.CancelledError` where it was cancelled before the case began.
    """
    registry, notices = SecretRegistry(), list[str]()

    def listen(event: Event) -> None:
        if isinstance(event, Notice) and event.kind == "lasting":
            notices.append(event.text)

    report, folder = await run_linking(loaded, options, listen, browsers=browsers, registry=registry, taping=taping)
    if not report.cases and report.verdict == "interrupted":
        raise asyncio.CancelledError
    if len(report.cases) != 1:
        raise UsageError(
            f"{len(report.cases)} cases would be linked, and one is wanted", hint="name one project and one region"
        )
    evidence = open_run(folder).cases[-1]
    return Linked(
        report=report,
        case=report.cases[0],
        evidence=evidence,
        tokens=_tokens(evidence, registry),
        folder=folder,
        notices=tuple(notices),
    )


def _tokens(evidence: CaseEvidence, registry: SecretRegistry) -> Tokens:
    """The tokens of the measured link: evidence holds their labels, the registry knows what these stand for."""
    found: dict[str, str] = {}
    for walk in evidence.walks[:1]:
        for arrival in records(walk.arrivals)[:1]:
            found |= {param.name: param.value for param in arrival.params if param.place == "fragment"}
    for call in records(evidence.token_calls):
        if call.purpose == "exchange":
            answer = read_token_answer(call).json or {}
            found |= {name: value for name, value in answer.items() if isinstance(value, str)}

    def secret(name: str) -> Secret | None:
        label = found.get(name)
        return Secret(registry.reveal(label).get_secret_value(), label) if label else None

    return Tokens(access_token=secret("access_token"), refresh_token=secret("refresh_token"))
